/// The lines of a head, of requests and of answers. RFC 9112 §2.2, §5. What two readers could understand in two ways is refused.
enum HeadLines {
    /// Where the line's CR is. Nil: it has not come. Every byte before it is checked to be no control.
    ///
    /// - Parameter searched: how far the head has been looked at.
    static func end(of head: Span<UInt8>, searched: inout Int) throws(HTTPFailure) -> Int? {
        while true {
            searched = head.endOfPrintable(from: searched)
            guard searched < head.count else { return nil }
            switch head[searched] {
            case 0x0d:
                guard searched + 1 < head.count else { return nil }
                guard head[searched + 1] == 0x0a else {
                    throw HTTPFailure(.badRequest, "a CR without its LF in the head")
                }
                return searched
            case 0x09:
                searched += 1
            case 0x0a:
                throw HTTPFailure(.badRequest, "a LF without its CR in the head: lines end with CRLF")
            default:
                throw HTTPFailure(.badRequest, "a control byte in the head")
            }
        }
    }

    /// Where name and value of a field stand.
    static func field(_ head: Span<UInt8>, _ line: Range<Int>) throws(HTTPFailure) -> HeadFields.Place {
        guard head[line.lowerBound] != 0x20, head[line.lowerBound] != 0x09 else {
            throw HTTPFailure(.badRequest, "a folded line in the head: a field must stand on one line")
        }
        guard let colon = head.firstIndex(of: UInt8(ascii: ":"), in: line) else {
            throw HTTPFailure(.badRequest, "a field without a colon")
        }
        let name = line.lowerBound..<colon
        guard head.consists(name, of: Grammar.isToken) else {
            throw HTTPFailure(.badRequest, "a field name must be a token, with nothing before its colon")
        }
        return HeadFields.Place(name: name, value: head.trimmed(colon + 1..<line.upperBound))
    }
}

/// What the fields of a head say about the length of what follows, one field after the other. RFC 9112 §6.
struct BodyFraming {
    private(set) var isChunked = false
    private(set) var length: Int?

    /// A second Content-Length is refused even when it says the same (RFC 9110 §8.6 lets us choose): what
    /// sends two of them may well read the other one.
    mutating func takeLength(_ value: Range<Int>, of fields: HeadFields) throws(HTTPFailure) {
        guard length == nil else { throw HTTPFailure(.badRequest, "there is more than one Content-Length") }
        guard let number = BodyFraming.number(value, of: fields) else {
            throw HTTPFailure(.badRequest, "the Content-Length is not a number of at most 18 digits")
        }
        length = number
    }

    /// 18 digits cannot overflow; a sign, a list or an empty value is no number.
    private static func number(_ range: Range<Int>, of fields: HeadFields) -> Int? {
        guard !range.isEmpty, range.count <= 18 else { return nil }
        var number = 0
        for offset in range {
            let byte = fields.bytes[offset]
            guard byte >= 0x30, byte <= 0x39 else { return nil }
            number = number * 10 + Int(byte - 0x30)
        }
        return number
    }

    mutating func takeCoding(_ value: Range<Int>, of fields: HeadFields) throws(HTTPFailure) {
        var rest = value, isEmpty = true
        while let coding = fields.bytes.nextMember(of: &rest) {
            isEmpty = false
            guard !isChunked else {
                throw HTTPFailure(.badRequest, "chunked must be the last transfer coding, and once")
            }
            guard fields.equals(coding, "chunked") else {
                throw HTTPFailure(.notImplemented, "the only transfer coding known here is chunked")
            }
            isChunked = true
        }
        if isEmpty { throw HTTPFailure(.badRequest, "the Transfer-Encoding is empty") }
    }

    func check(minorVersion: UInt8) throws(HTTPFailure) {
        if isChunked, length != nil {
            throw HTTPFailure(.badRequest, "both Content-Length and Transfer-Encoding")
        }
        if isChunked, minorVersion == 0 {
            throw HTTPFailure(.badRequest, "HTTP/1.0 has no Transfer-Encoding")
        }
    }
}
