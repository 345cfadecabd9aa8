import JSON

/// What a command asks of the running server: one JSON object on one line of the control socket.
package struct ControlRequest: Equatable, Sendable {
    package var command: String
    package var service = ""
    package var name = ""  // of an administration command; of a file, for a reload
    package var arguments: [(name: String, value: String)] = []

    package init(command: String, service: String = "", name: String = "") {
        self.command = command
        self.service = service
        self.name = name
    }

    package static func == (one: ControlRequest, other: ControlRequest) -> Bool { one.line() == other.line() }

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
        guard let root = try? JSONValue.read(bytes), root.kind == .object,
            let command = root.member("command", in: bytes).value?.string(in: bytes)
        else { return nil }
        self.command = command
        service = root.member("service", in: bytes).value?.string(in: bytes) ?? ""
        name = root.member("name", in: bytes).value?.string(in: bytes) ?? ""
        var pairs: [(name: String, value: String)] = []
        root.member("arguments", in: bytes).value?.forEachElement(in: bytes) { pair in
            var texts: [String] = []
            pair.forEachElement(in: bytes) { value in
                texts.append(value.string(in: bytes) ?? "")
                return true
            }
            if texts.count == 2 { pairs.append((texts[0], texts[1])) }
            return true
        }
        arguments = pairs
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
