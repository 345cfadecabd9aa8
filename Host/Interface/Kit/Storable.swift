import PatchbayABI

/// A value for a statement's parameter.
public protocol Storable {
    /// Appends the value to what a statement is run with.
    func bind(to binding: inout Binding)
}

extension Int: Storable {
    /// As an integer.
    public func bind(to binding: inout Binding) { binding.append(integer: Int64(self)) }
}

extension Int64: Storable {
    /// As an integer.
    public func bind(to binding: inout Binding) { binding.append(integer: self) }
}

extension Bool: Storable {
    /// As 0 or 1.
    public func bind(to binding: inout Binding) { binding.append(integer: self ? 1 : 0) }
}

extension Double: Storable {
    /// As a real number.
    public func bind(to binding: inout Binding) { binding.append(real: self) }
}

extension String: Storable {
    /// As text.
    public func bind(to binding: inout Binding) { binding.append(text: utf8.span) }
}

extension [UInt8]: Storable {
    /// As text, in UTF-8.
    public func bind(to binding: inout Binding) { binding.append(text: span) }
}

extension ArraySlice<UInt8>: Storable {
    /// As text, in UTF-8.
    public func bind(to binding: inout Binding) { binding.append(text: span) }
}

extension Optional: Storable where Wrapped: Storable {
    /// As NULL when there is no value.
    public func bind(to binding: inout Binding) {
        switch self {
        case let value?: value.bind(to: &binding)
        case nil: binding.appendNull()
        }
    }
}

/// Bytes that are no text.
public struct Blob: Storable {
    private let bytes: [UInt8]

    /// A blob of these bytes.
    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// As a blob.
    public func bind(to binding: inout Binding) { binding.append(blob: bytes.span) }
}
