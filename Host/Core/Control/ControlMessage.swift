import JSON

/// What a command asks of the running server: one JSON object on one line of the control socket.
package struct ControlRequest: Sendable {
    package var command: String
    package var service = ""
    package var name = ""  // of an administration command; of a file, for a reload
    package var arguments: [(name: String, value: String)] = []

    package init(command: String, service: String = "", name: String = "") {
        self.command = command
        self.service = service
        self.name = name
    }

    /// The request as a line, its end included.
    package func line() -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("command", command)
        writer.member("service", service)
        writer.member("name", name)
        writer.key("arguments")
        writer.beginArray()
        for (name, value) in arguments {
            writer.beginArray()
            writer.string(name)
            writer.string(value)
            writer.endArray()
        }
        writer.endArray()
        writer.endObject()
        return writer.bytes + [UInt8(ascii: "\n")]
    }

    /// Nil: the line is no request.
    package init?(line: [UInt8]) {
        let bytes = line.span
        guard let root = try? JSONValue.read(bytes),
            let command = root.member("command", in: bytes).value?.string(in: bytes),
            let service = ControlRequest.text("service", of: root, in: bytes),
            let name = ControlRequest.text("name", of: root, in: bytes),
            let arguments = ControlRequest.arguments(of: root, in: bytes)
        else { return nil }
        self.init(command: command, service: service, name: name)
        self.arguments = arguments
    }

    /// A member that may be left out; nil: it is no text.
    private static func text(_ name: String, of root: JSONValue, in bytes: Span<UInt8>) -> String? {
        let member = root.member(name, in: bytes)
        return member == .absent ? "" : member.value?.string(in: bytes)
    }

    private static func arguments(of root: JSONValue, in bytes: Span<UInt8>) -> [(
        name: String, value: String
    )]? {
        let member = root.member("arguments", in: bytes)
        guard member != .absent else { return [] }
        guard let list = member.value, list.kind == .array else { return nil }
        var arguments: [(name: String, value: String)] = []
        var isRight = true
        list.forEachElement(in: bytes) { pair in
            var texts: [String?] = []
            pair.forEachElement(in: bytes) { value in
                texts.append(value.string(in: bytes))
                return true
            }
            guard texts.count == 2, let name = texts[0], let value = texts[1] else {
                isRight = false
                return false
            }
            arguments.append((name, value))
            return true
        }
        return isRight ? arguments : nil
    }
}

/// The server's answer: text to be printed, or what is wrong.
package struct ControlAnswer: Equatable, Sendable {
    package let isSuccess: Bool
    package let text: String

    package init(isSuccess: Bool, text: String) {
        self.isSuccess = isSuccess
        self.text = text
    }

    package func line() -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("ok", isSuccess)
        writer.member("text", text)
        writer.endObject()
        return writer.bytes + [UInt8(ascii: "\n")]
    }

    package init?(line: [UInt8]) {
        let bytes = line.span
        guard let root = try? JSONValue.read(bytes),
            let isSuccess = root.member("ok", in: bytes).value?.bool(in: bytes),
            let text = root.member("text", in: bytes).value?.string(in: bytes)
        else { return nil }
        self.init(isSuccess: isSuccess, text: text)
    }
}
