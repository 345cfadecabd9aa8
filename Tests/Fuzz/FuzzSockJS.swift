import JSON
import Wire

/// Reads any bytes as what a SockJS client sends, each way. What is taken must be UTF-8, and when it is quoted
/// for the client it must be JSON that says the same; so must any text.
func fuzzSockJS(_ bytes: [UInt8]) {
    var reader = SockJSReader()
    let frame = messages { (body) throws(SockJSFailure) in try reader.readFrame(bytes.span, body) }
    let array = messages { (body) throws(SockJSFailure) in try reader.readBody(bytes.span, body) }
    let form = messages { (body) throws(SockJSFailure) in
        try reader.readForm(bytes.span, contentType: "application/x-www-form-urlencoded".utf8.span, body)
    }
    precondition(array == nil || array == frame, "a body has other messages than a frame")
    for message in (frame ?? []) + (form ?? []) { checkQuoting(message) }
    if String(validating: bytes, as: UTF8.self) != nil { checkQuoting(bytes) }
    checkNames(bytes)
}

/// Nil: refused.
private func messages(
    _ read: ((Span<UInt8>) -> Void) throws(SockJSFailure) -> Void
) -> [[UInt8]]? {
    var messages: [[UInt8]] = []
    do throws(SockJSFailure) {
        try read { message in messages.append(message.indices.map { message[$0] }) }
    } catch {
        precondition(messages.isEmpty, "messages of what is refused")
        return nil
    }
    return messages
}

private func checkQuoting(_ message: [UInt8]) {
    precondition(String(validating: message, as: UTF8.self) != nil, "a message that is not UTF-8")
    var frame: [UInt8] = [], seen: [[UInt8]]?
    SockJSFrame.appendMessage(message.span, to: &frame)
    precondition(frame.first == UInt8(ascii: "a"), "a frame that is no array")
    var reader = SockJSReader()
    seen = messages { (body) throws(SockJSFailure) in
        try reader.readBody(frame.span.extracting(1..<frame.count), body)
    }
    precondition(seen == [message], "quoted, it says something else")
    checkLiteral(frame)
}

/// A frame inside a script is one line, cannot end the script, and says the same.
private func checkLiteral(_ frame: [UInt8]) {
    guard let receiver = try? SockJSReceiver(.jsonp, query: "c=f".utf8.span) else {
        preconditionFailure("no receiver")
    }
    var script: [UInt8] = [], text: [UInt8] = []
    receiver.append(frame.span, to: &script)
    let literal = Array(script.dropFirst("/**/f(".utf8.count).dropLast(");\r\n".utf8.count))
    precondition(!literal.contains { $0 < 0x20 || $0 == UInt8(ascii: "<") }, "a literal that leaves its line")
    let value = try? JSONValue.read(literal.span)
    precondition(value?.appendUnescaped(in: literal.span, to: &text) == true, "a literal that is no string")
    precondition(text == frame, "in a script, it says something else")
}

/// Any path has one meaning, and any query a clean callback or none.
private func checkNames(_ bytes: [UInt8]) {
    if case .receive(_, let session) = SockJSRoute.find(method: "POST".utf8.span, path: bytes.span) {
        precondition(!session.isEmpty && session.upperBound < bytes.count, "a session without a name")
    }
    guard let receiver = try? SockJSReceiver(.jsonp, query: bytes.span) else { return }
    precondition(!receiver.callback.isEmpty, "an empty callback")
    precondition(receiver.callback.allSatisfy { $0 < 0x80 && $0 > 0x2c }, "a callback of other characters")
}
