import Core
import JSON
import Wire

extension Transcript.Step {
    /// Reads one line. The text of a message begins after one space and goes to the line's very end.
    init(line: Substring) throws(TranscriptLineError) {
        let (word, rest) = line.splitWord
        switch word {
        case "option": self = try .option(rest)
        case "limit": self = try .limit(rest)
        case "back_ends": self = try .backEnds(rest)
        case "websocket":
            let (path, endpoint) = try Self.place(rest, "websocket /room room")
            self = .serves(path: path, endpoint: endpoint)
        case "http":
            let (path, endpoint) = try Self.place(rest, "http /api api")
            self = .answers(path: path, endpoint: endpoint)
        case "stream": self = try .stream(rest)
        case "call": self = try .call(rest)
        case "wait": self = .waits(try Duration(transcript: rest.trimmed))
        case "reload": self = try .alone(.reloads, rest)
        case "restart": self = try .alone(.restarts, rest)
        case "=": self = .prints(expected: String(rest))
        case "!": self = .fails(expected: String(rest))
        case "+": self = try .header(rest)
        default: self = try .peer(String(word), rest)
        }
    }

    private static func option(_ text: Substring) throws(TranscriptLineError) -> Self {
        let (name, value) = text.splitWord
        guard !name.isEmpty, !value.trimmed.isEmpty else {
            throw TranscriptLineError("an option needs a name and a value: option history 100")
        }
        return .option(name: String(name), value: String(value.trimmed))
    }

    private static func limit(_ text: Substring) throws(TranscriptLineError) -> Self {
        guard !text.splitWord.rest.trimmed.isEmpty, text.isOneDirective else {
            throw TranscriptLineError("a limit needs a name and a value: limit rate 10/s burst 30")
        }
        return .limit(String(text.trimmed))
    }

    private static func stream(_ text: Substring) throws(TranscriptLineError) -> Self {
        guard text.isOneDirective else {
            throw TranscriptLineError(
                "a stream has an endpoint's name and a framing, or one of them: stream control length 4 little"
            )
        }
        return .streams(String(text.trimmed))
    }

    private static func backEnds(_ text: Substring) throws(TranscriptLineError) -> Self {
        let words = text.split(whereSeparator: \.isWhitespace)
        guard !words.isEmpty, words.allSatisfy({ AddressRange(String($0)) != nil }) else {
            throw TranscriptLineError("addresses are needed: back_ends 10.0.0.7 10.1.0.0/16")
        }
        return .backEnds(words.joined(separator: " "))
    }

    private static func place(_ text: Substring, _ example: String) throws(TranscriptLineError)
        -> (path: String, endpoint: String?)
    {
        let (word, name) = text.splitWord
        guard let path = try path(word), name.trimmed.splitWord.rest.isEmpty else {
            throw TranscriptLineError("a path is needed, and perhaps an endpoint's name: \(example)")
        }
        return (path, name.trimmed.isEmpty ? nil : String(name.trimmed))
    }

    /// Whether it says what the service is started with.
    var isSetting: Bool {
        switch self {
        case .option, .limit, .backEnds, .serves, .answers, .streams: true
        default: false
        }
    }

    private static func call(_ text: Substring) throws(TranscriptLineError) -> Self {
        let (command, texts) = text.splitWord
        guard !command.isEmpty, !command.contains("=") else {
            throw TranscriptLineError("a call needs a command before its arguments: call kick name=anna")
        }
        var arguments: [Transcript.Argument] = []
        var rest = texts.trimmed
        while !rest.isEmpty { arguments.append(try Transcript.Argument(from: &rest)) }
        return .calls(command: String(command), arguments: arguments)
    }

    private static func peer(_ who: String, _ text: Substring) throws(TranscriptLineError) -> Self {
        let (verb, rest) = text.splitWord
        switch verb {
        case "connects": return try connects(who, rest)
        case "disconnects": return try alone(.disconnects(who: who), rest)
        case "closes": return .closes(who: who, code: try closeCode(rest.trimmed))
        case "requests": return .requests(who: who, try request(rest))
        case ">": return .sends(who: who, text: String(rest))
        case "ends": return try alone(.ends(who: who), rest)
        case ">escaped": return .sends(who: who, text: try unescaped(rest))
        case "<escaped": return .gets(who: who, expected: try unescaped(rest))
        case ">hex": return .sendsBytes(who: who, bytes: try hexadecimal(rest))
        case "<": return gets(who, rest)
        case "<hex": return .getsBytes(who: who, bytes: try hexadecimal(rest))
        case ">raw": return .sendsRaw(who: who, segments: try TranscriptBytes.segments(rest))
        case "<raw": return .getsRaw(who: who, bytes: try frame(rest))
        case "": throw TranscriptLineError("unknown step \"\(who)\"; a step is like: \(who) connects")
        default:
            throw TranscriptLineError(
                "unknown step \"\(verb)\"; use connects, disconnects, closes, ends, requests, "
                    + ">, <, >hex, <hex, >escaped, <escaped, >raw or <raw"
            )
        }
    }

    private static func connects(_ who: String, _ text: Substring) throws(TranscriptLineError) -> Self {
        let (word, end) = text.trimmed.splitWord
        guard word != "stream" else { return try connectsStream(who, end.trimmed) }
        guard word != "from" else { return .connects(who: who, path: nil, address: try address(end)) }
        let (from, rest) = end.splitWord
        guard from == "from" else { return .connects(who: who, path: try whereto(text.trimmed)) }
        return .connects(who: who, path: try whereto(word), address: try address(rest))
    }

    private static func whereto(_ text: Substring) throws(TranscriptLineError) -> String? {
        guard text.isEmpty || text.isPath else {
            throw TranscriptLineError("\"\(text)\" is no path; write one like /chat/websocket, or stream")
        }
        return text.isEmpty ? nil : String(text)
    }

    private static func connectsStream(_ who: String, _ text: Substring) throws(TranscriptLineError) -> Self {
        let (word, end) = text.splitWord
        guard !word.isEmpty else { return .connectsStream(who: who, endpoint: nil) }
        guard word != "from" else {
            return .connectsStream(who: who, endpoint: nil, address: try address(end))
        }
        let (from, rest) = end.splitWord
        guard !from.isEmpty else { return .connectsStream(who: who, endpoint: String(word)) }
        guard from == "from" else {
            throw TranscriptLineError(
                "\"\(end.trimmed)\" is too much here; write: \(who) connects stream \(word) from 10.0.0.7"
            )
        }
        return .connectsStream(who: who, endpoint: String(word), address: try address(rest))
    }

    private static func address(_ text: Substring) throws(TranscriptLineError) -> String {
        guard AddressText.bytes(text.trimmed) != nil else {
            throw TranscriptLineError(
                "\"\(text.trimmed)\" is no address; write one like 10.0.0.7 or 2001:db8::1"
            )
        }
        return String(text.trimmed)
    }

    private static func request(_ text: Substring) throws(TranscriptLineError) -> Transcript.Request {
        let (method, rest) = text.splitWord
        let (word, body) = rest.splitWord
        let isMethod = !method.isEmpty && method.allSatisfy { $0.isASCII && $0.isUppercase }
        guard isMethod, let path = try path(word) else {
            throw TranscriptLineError("a request needs a method and a path: anna requests POST /api/user {}")
        }
        return Transcript.Request(method: String(method), path: path, body: body.isEmpty ? nil : String(body))
    }

    private static func header(_ text: Substring) throws(TranscriptLineError) -> Self {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].trimmed.isEmpty, !parts[0].trimmed.contains(" ") else {
            throw TranscriptLineError("\"\(text.trimmed)\" is no header; write one like + authorization: a:b")
        }
        return .has(
            header: Transcript.Header(name: String(parts[0].trimmed), value: String(parts[1].trimmed))
        )
    }

    private static func path(_ text: Substring) throws(TranscriptLineError) -> String? {
        guard !text.isEmpty else { return nil }
        guard text.isPath else {
            throw TranscriptLineError("\"\(text)\" is no path; write one like /chat/websocket")
        }
        return String(text)
    }

    /// `closed` followed by anything but a code is a message that begins so.
    private static func gets(_ who: String, _ text: Substring) -> Self {
        let (word, rest) = text.splitWord
        let (code, reason) = rest.splitWord
        switch (word, Int(code)) {
        case ("nothing", _) where code.isEmpty: return .getsNothing(who: who)
        case ("closed", nil) where code.isEmpty: return .getsClosed(who: who, code: nil, reason: nil)
        case ("closed", let number?):
            let reason = reason.trimmed
            return .getsClosed(who: who, code: number, reason: reason.isEmpty ? nil : String(reason))
        default: return .gets(who: who, expected: String(text))
        }
    }

    private static func closeCode(_ text: Substring) throws(TranscriptLineError) -> Int {
        guard let code = Int(text), (1000..<5000).contains(code) else {
            throw TranscriptLineError("\"\(text)\" is no close code; write a number from 1000 to 4999")
        }
        return code
    }

    private static func hexadecimal(_ text: Substring) throws(TranscriptLineError) -> [UInt8] {
        guard let bytes = TranscriptBytes.bytes(ofDigits: text) else {
            throw TranscriptLineError("\"\(text)\" is no bytes; write two hex digits for each, like 00 ff")
        }
        return bytes
    }

    /// A text in which line breaks and the like are written as in a JSON string.
    private static func unescaped(_ text: Substring) throws(TranscriptLineError) -> String {
        let quoted = Array("\"\(text)\"".utf8)
        var bytes: [UInt8] = []
        guard let value = try? JSONValue.read(quoted.span), value.kind == .string,
            value.appendUnescaped(in: quoted.span, to: &bytes)
        else {
            throw TranscriptLineError(
                #""\#(text)" cannot be unescaped; write it as in a JSON string: a\nb \"c\""#
            )
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func frame(_ text: Substring) throws(TranscriptLineError) -> [UInt8] {
        let segments = try TranscriptBytes.segments(text)
        guard segments.count == 1 else {
            throw TranscriptLineError("\"|\" stands in what is sent; write a line for each frame that comes")
        }
        return segments[0]
    }

    private static func alone(_ step: Self, _ rest: Substring) throws(TranscriptLineError) -> Self {
        guard rest.trimmed.isEmpty else {
            throw TranscriptLineError("\"\(rest.trimmed)\" is too much here; leave it out")
        }
        return step
    }
}

extension Transcript.Argument {
    /// Reads `name=value` or `name="two words"`, in which `\"` and `\\` may stand, and moves past it.
    init(from text: inout Substring) throws(TranscriptLineError) {
        let name = text.prefix { $0 != "=" && !$0.isWhitespace }
        guard !name.isEmpty, text.dropFirst(name.count).first == "=" else {
            throw TranscriptLineError("\"\(text.splitWord.word)\" is no argument; write name=value")
        }
        self.name = String(name)
        text = text.dropFirst(name.count + 1)
        if text.first == "\"" {
            value = try Self.quoted(from: &text)
        } else {
            value = String(text.prefix { !$0.isWhitespace })
            text = text.dropFirst(value.count)
        }
        guard text.first?.isWhitespace != false else {
            throw TranscriptLineError("\"\(text)\" follows a closing quote; put a space between")
        }
        text = text.trimmed
    }

    private static func quoted(from text: inout Substring) throws(TranscriptLineError) -> String {
        text.removeFirst()
        var value = ""
        while let character = text.popFirst() {
            switch character {
            case "\"": return value
            case "\\" where text.first == "\"" || text.first == "\\": value.append(text.removeFirst())
            default: value.append(character)
            }
        }
        throw TranscriptLineError("a quote is open; close it before the line ends")
    }
}

extension Duration {
    /// `500ms`, `5s`, `2m` or `1h`.
    fileprivate init(transcript text: Substring) throws(TranscriptLineError) {
        let units: [String: Int64] = ["ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000]
        let digits = text.prefix(while: \.isNumber)
        guard let amount = Int64(digits), amount < 1_000_000_000,
            let unit = units[String(text.dropFirst(digits.count))]
        else {
            throw TranscriptLineError("\"\(text)\" is no time; write one like 500ms, 5s, 2m or 1h")
        }
        self = .milliseconds(amount * unit)
    }
}

extension Substring {
    /// Without white space around it.
    var trimmed: Substring {
        let start = drop(while: \.isWhitespace)
        let last = start.lastIndex { !$0.isWhitespace }
        return last.map { start[...$0] } ?? ""
    }

    fileprivate var isPath: Bool { hasPrefix("/") && !contains(" ") }

    /// Whether plugins.conf takes it as a part of one directive.
    fileprivate var isOneDirective: Bool { !contains { "{};#".contains($0) } }

    /// The first word, and all that follows the one space or tab after it.
    fileprivate var splitWord: (word: Substring, rest: Substring) {
        let start = drop(while: \.isWhitespace)
        let word = start.prefix { !$0.isWhitespace }
        return (word, start.dropFirst(word.count + 1))
    }
}
