/// What the fields of a request say about its connection and its body, gathered in one pass.
/// RFC 9112 §3.2, §6, §9.3; RFC 9110 §7.2, §10.1.1.
struct RequestFraming {
    private let fields: HeadFields
    private var framing = BodyFraming()
    private(set) var host: Range<Int>?
    private(set) var asksToClose = false
    private(set) var asksToKeepAlive = false
    private(set) var expectation = RequestHead.Expectation.none

    init(_ fields: HeadFields, line: RequestLine) throws(HTTPFailure) {
        self.fields = fields
        for index in 0..<fields.count {
            let (name, value) = fields[index]
            // Most fields are none of these: their length tells it before their bytes do.
            switch name.count {
            case 4 where fields.equals(name, "Host"): try takeHost(value)
            case 6 where fields.equals(name, "Expect"): takeExpectation(value)
            case 10 where fields.equals(name, "Connection"): takeConnection(value)
            case 14 where fields.equals(name, "Content-Length"): try framing.takeLength(value, of: fields)
            case 17 where fields.equals(name, "Transfer-Encoding"):
                try framing.takeCoding(value, of: fields)
            default: break
            }
        }
        try check(line)
    }

    var body: RequestHead.Body {
        if framing.isChunked { return .chunked }
        return framing.length.map { $0 == 0 ? .none : .length($0) } ?? .none
    }

    private mutating func takeHost(_ value: Range<Int>) throws(HTTPFailure) {
        guard host == nil else { throw HTTPFailure(.badRequest, "there is more than one Host") }
        guard fields.bytes.span.isHost(value) else {
            throw HTTPFailure(.badRequest, "the Host is not a host with an optional port")
        }
        host = value
    }

    private mutating func takeExpectation(_ value: Range<Int>) {
        let isContinue = fields.equals(value, "100-continue") && expectation != .unknown
        expectation = isContinue ? .continue : .unknown
    }

    private mutating func takeConnection(_ value: Range<Int>) {
        var rest = value
        while let option = fields.bytes.nextMember(of: &rest) {
            if fields.equals(option, "close") { asksToClose = true }
            if fields.equals(option, "keep-alive") { asksToKeepAlive = true }
        }
    }

    private func check(_ line: RequestLine) throws(HTTPFailure) {
        try framing.check(minorVersion: line.minorVersion)
        guard let host else {
            if line.minorVersion == 0 { return }
            throw HTTPFailure(.badRequest, "there is no Host")
        }
        // A client must send the same in both (RFC 9112 §3.2); one that does not may have been read in
        // another way by what stands before us. No 421: that is for whom the host's names are known to.
        guard let authority = line.parts.authority else { return }
        let bytes = fields.bytes.span
        guard bytes.equals(authority, bytes.extracting(host)) else {
            throw HTTPFailure(.badRequest, "the request target names another host than the Host field")
        }
    }
}
