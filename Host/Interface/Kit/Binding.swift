import PatchbayABI

/// The values that a statement is run with, in order; texts stand side by side in one buffer.
@safe public struct Binding {
    private var values: [pb_value] = unsafe []  // a text's `integer` is where it begins in `bytes`
    private var bytes: [UInt8] = []

    mutating func appendNull() {
        unsafe values.append(pb_value())
    }

    mutating func append(integer: Int64) {
        var value = unsafe pb_value()
        unsafe value.type = PB_INTEGER.rawValue
        unsafe value.integer = integer
        unsafe values.append(value)
    }

    mutating func append(real: Double) {
        var value = unsafe pb_value()
        unsafe value.type = PB_REAL.rawValue
        unsafe value.real = real
        unsafe values.append(value)
    }

    mutating func append(text: Span<UInt8>) {
        append(text, as: PB_STRING)
    }

    mutating func append(blob: Span<UInt8>) {
        append(blob, as: PB_BLOB)
    }

    /// Lends the values to one call of the host.
    mutating func lend<Result>(_ body: (UnsafePointer<pb_value>?, Int) -> Result) -> Result {
        unsafe bytes.withUnsafeBufferPointer { buffer in
            for index in unsafe values.indices {
                let type = unsafe values[index].type
                guard type == PB_STRING.rawValue || type == PB_BLOB.rawValue else { continue }
                let start = unsafe Int(values[index].integer)
                unsafe values[index].bytes.data = buffer.baseAddress.map { unsafe $0 + start }
            }
            return unsafe values.withUnsafeBufferPointer { unsafe body($0.baseAddress, $0.count) }
        }
    }

    mutating func removeAll() {
        unsafe values.removeAll(keepingCapacity: true)
        bytes.removeAll(keepingCapacity: true)
    }

    private mutating func append(_ span: Span<UInt8>, as type: pb_type) {
        var value = unsafe pb_value()
        unsafe value.type = type.rawValue
        unsafe value.integer = Int64(bytes.count)
        unsafe value.bytes.count = span.count
        unsafe values.append(value)
        unsafe span.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
    }
}

/// A binding that is used again and again. A statement run while another one gives rows gets a new one.
final class BindingPool {
    private var spare = Binding()

    func take() -> Binding {
        var binding = Binding()
        swap(&binding, &spare)
        return binding
    }

    /// Takes the buffers back. Handing them over by copy would leave them shared, and so allocated anew.
    func put(_ binding: inout Binding) {
        binding.removeAll()
        swap(&binding, &spare)
    }
}
