/// Appends a response's head to a buffer, line by line. RFC 9112 §4, §5.
///
/// Whatever is given, the lines stay lines: a value cannot bring a line of its own.
package enum ResponseHead {
    /// Appends the status line.
    package static func begin(_ status: HTTPStatus, to buffer: inout [UInt8]) {
        let status = (100...599).contains(status.rawValue) ? status : .internalServerError
        append("HTTP/1.1 ", to: &buffer)
        appendNumber(Int(status.rawValue), to: &buffer)
        buffer.append(0x20)
        append(status.reason, to: &buffer)
        endLine(&buffer)
    }

    /// Appends the lines that every final answer has: status, Date, the fields given, Connection.
    ///
    /// Left out of the fields are those that say where the body ends, what it is and whether the connection
    /// stays open: two that differ would be understood in two ways.
    static func begin(
        _ status: HTTPStatus,
        _ fields: [ResponseField],
        keepsAlive: Bool,
        date: Int?,
        to buffer: inout [UInt8]
    ) {
        begin(status, to: &buffer)
        if let date { HTTPDate.appendField(date, to: &buffer) }
        for field in fields where !reserved.contains(where: field.isNamed) {
            if date != nil, field.isNamed("Date") { continue }
            self.field(field.name, field.value, to: &buffer)
        }
        // Who sends Upgrade must name it here too: RFC 9110 §7.8. To an HTTP/1.0 client that asked to keep
        // the connection it must be said that it is kept.
        let isUpgrade = fields.contains { $0.isNamed("Upgrade") }
        field(
            "Connection",
            (keepsAlive ? "keep-alive" : "close") + (isUpgrade ? ", Upgrade" : ""),
            to: &buffer
        )
    }

    private static let reserved = [
        "Connection", "Keep-Alive", "Content-Length", "Content-Type", "Transfer-Encoding",
    ]

    /// Appends what a client that waits before it sends its body is told: that it may. RFC 9110 §15.2.1.
    package static func appendContinue(to buffer: inout [UInt8]) {
        begin(.continue, to: &buffer)
        end(&buffer)
    }

    /// Appends one field. Control bytes in the value become spaces, as RFC 9110 §5.5 has it.
    ///
    /// - Returns: false if the name is not a token; then nothing is appended.
    @discardableResult
    package static func field(_ name: String, _ value: Span<UInt8>, to buffer: inout [UInt8]) -> Bool {
        let text = name.utf8.span
        guard text.consists(text.indices, of: Grammar.isToken) else { return false }
        buffer.append(copying: text)
        buffer.append(0x3a)
        buffer.append(0x20)
        let start = buffer.count
        buffer.append(copying: value)
        for offset in start..<buffer.count where isControl(buffer[offset]) { buffer[offset] = 0x20 }
        endLine(&buffer)
        return true
    }

    /// Appends one field.
    @discardableResult
    package static func field(_ name: String, _ value: String, to buffer: inout [UInt8]) -> Bool {
        field(name, value.utf8.span, to: &buffer)
    }

    /// Appends one field whose value is a number that is not negative.
    package static func field(_ name: String, _ number: Int, to buffer: inout [UInt8]) {
        append(name, to: &buffer)
        append(": ", to: &buffer)
        appendNumber(number, to: &buffer)
        endLine(&buffer)
    }

    /// Appends the empty line.
    package static func end(_ buffer: inout [UInt8]) { endLine(&buffer) }

    private static func isControl(_ byte: UInt8) -> Bool { (byte < 0x20 && byte != 0x09) || byte == 0x7f }

    private static func endLine(_ buffer: inout [UInt8]) {
        buffer.append(0x0d)
        buffer.append(0x0a)
    }

    private static func append(_ text: String, to buffer: inout [UInt8]) {
        buffer.append(copying: text.utf8.span)
    }

    private static func appendNumber(_ number: Int, to buffer: inout [UInt8]) {
        let start = buffer.count
        var rest = number
        repeat {
            buffer.append(UInt8(truncatingIfNeeded: 0x30 + rest % 10))
            rest /= 10
        } while rest > 0
        buffer[start...].reverse()
    }
}
