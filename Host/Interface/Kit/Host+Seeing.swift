import PatchbayABI

/// Logs, counters and gauges.
extension Host {
    /// How much a line of the log matters.
    public enum Level: UInt32, Sendable { case error, warning, info, debug }

    /// Writes one line to the log. Never a password or a token.
    public func log(_ level: Level, _ text: String, _ fields: KeyValuePairs<String, String> = [:]) {
        let names = NamedTexts(fields)
        unsafe text.lend { line in
            unsafe names.lend { named, count in
                _ = unsafe table.pointee.log(context, level.rawValue, line, named, count)
            }
        }
    }

    /// Adds to a counter.
    public func count(_ counter: String, by amount: Int64 = 1) {
        unsafe counter.lend { _ = unsafe table.pointee.count(context, $0, amount) }
    }

    /// Sets a gauge.
    public func gauge(_ name: String, to value: Int64) {
        unsafe name.lend { _ = unsafe table.pointee.gauge(context, $0, value) }
    }
}

/// Pairs of texts, side by side in one array for as long as a call of the host lasts.
struct NamedTexts {
    private var bytes: [UInt8] = []
    private var ends: [Int] = []  // of name, value, name, value, …

    init(_ pairs: some Sequence<(key: String, value: String)>) {
        for (name, value) in pairs {
            bytes += name.utf8
            ends.append(bytes.count)
            bytes += value.utf8
            ends.append(bytes.count)
        }
    }

    func lend<Result>(_ body: (UnsafePointer<pb_named>?, Int) -> Result) -> Result {
        unsafe bytes.withUnsafeBufferPointer { buffer in
            var start = 0
            let texts = unsafe ends.map { end in
                defer { start = end }
                return unsafe pb_bytes(data: buffer.baseAddress.map { unsafe $0 + start }, count: end - start)
            }
            let named = unsafe stride(from: 0, to: texts.count, by: 2).map { index in
                var value = unsafe pb_value()
                unsafe value.type = PB_STRING.rawValue
                unsafe value.bytes = texts[index + 1]
                return unsafe pb_named(name: texts[index], value: value)
            }
            return unsafe named.withUnsafeBufferPointer { unsafe body($0.baseAddress, $0.count) }
        }
    }
}
