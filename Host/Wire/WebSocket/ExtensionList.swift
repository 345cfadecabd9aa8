/// Reads Sec-WebSocket-Extensions. RFC 6455 §9.1. It knows the grammar, and no extension.
struct ExtensionList {
    /// One member of the list; ranges are those of the bytes read.
    struct Member {
        let name: Range<Int>
        fileprivate(set) var parameters: [Parameter] = []
    }

    struct Parameter {
        let name: Range<Int>
        /// Without the quotes and backslashes that it may have come in; nil: there is none.
        let value: [UInt8]?
    }

    private let bytes: [UInt8]
    private let end: Int
    private var offset: Int

    /// The members of one field's value. Nil: it breaks the grammar. Members that are empty are passed over, as
    /// RFC 9110 §5.6.1.2 wants it.
    static func read(_ value: Range<Int>, of bytes: [UInt8]) -> [Member]? {
        var list = ExtensionList(bytes: bytes, end: value.upperBound, offset: value.lowerBound)
        var members: [Member] = []
        while true {
            while list.take(",") {}
            if list.offset == list.end { return members }
            guard let member = list.member(), list.offset == list.end || list.take(",") else { return nil }
            members.append(member)
        }
    }

    private mutating func member() -> Member? {
        guard let name = token() else { return nil }
        var member = Member(name: name)
        while take(";") {
            guard let name = token() else { return nil }
            var value: [UInt8]?
            if take("=") {
                value =
                    offset < end && bytes[offset] == UInt8(ascii: "\"")
                    ? quoted() : token().map { Array(bytes[$0]) }
                if value == nil { return nil }
            }
            member.parameters.append(Parameter(name: name, value: value))
        }
        return member
    }

    private mutating func token() -> Range<Int>? {
        let start = offset
        while offset < end, Grammar.isToken(bytes[offset]) { offset += 1 }
        return start < offset ? start..<offset : nil
    }

    /// A quoted string, in which a backslash stands before any byte. What it says must be a token.
    private mutating func quoted() -> [UInt8]? {
        var value: [UInt8] = []
        offset += 1
        while offset < end {
            let isEscaped = bytes[offset] == UInt8(ascii: "\\")
            if isEscaped { offset += 1 }
            guard offset < end else { return nil }
            let byte = bytes[offset]
            offset += 1
            if byte == UInt8(ascii: "\""), !isEscaped { return value.isEmpty ? nil : value }
            guard Grammar.isToken(byte) else { return nil }
            value.append(byte)
        }
        return nil
    }

    /// Passes over the separator, with the blanks around it.
    private mutating func take(_ separator: Unicode.Scalar) -> Bool {
        skipBlanks()
        guard offset < end, bytes[offset] == UInt8(ascii: separator) else { return false }
        offset += 1
        skipBlanks()
        return true
    }

    private mutating func skipBlanks() {
        while offset < end, bytes[offset] == 0x20 || bytes[offset] == 0x09 { offset += 1 }
    }
}
