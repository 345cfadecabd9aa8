import Net
import Wire

// Messages as they stand on the wire.
extension Loop {
    /// Puts a message on any wire but a plain WebSocket's. False: it cannot be, and the connection ends.
    func append(_ connection: Connection, _ form: MessageForm, _ message: Span<UInt8>) -> Bool {
        switch connection.encoding {
        case .webSocket, .deflated:
            appendFrame(connection, form.opcode, message)
        case .sockJS:
            // In a room it was looked at before, once for all.
            guard isText(message, connection) else { return true }
            var frame = takeScratch()
            SockJSFrame.appendMessage(message, to: &frame)
            appendFrame(connection, .text, frame.span)
            giveScratch(&frame)
        case .session:
            guard let session = connection.session, isText(message, connection) else { return true }
            var quoted = takeScratch()
            SockJSFrame.appendQuoted(message, to: &quoted)
            defer { giveScratch(&quoted) }
            return append(connection, session, quoted: quoted.span)
        case .stream:
            guard let stream = connection.stream else { return true }
            return appendFrame(connection, stream, message)
        }
        return true
    }

    /// Appends a frame of a WebSocket, compressed where that was agreed on and is worth it.
    func appendFrame(_ connection: Connection, _ opcode: Opcode, _ payload: Span<UInt8>) {
        guard let compression = connection.compression, payload.count >= connection.leastCompressed else {
            return appendFrame(connection, opcode, payload, isDeflated: false)
        }
        var compressed = takeScratch()
        codecs.deflater(compression).deflate(payload, into: &compressed)
        // What a context has taken in must be sent, however long it became.
        if compression.agreement.serverKeepsContext || compressed.count < payload.count {
            appendFrame(connection, opcode, compressed.span, isDeflated: true)
        } else {
            appendFrame(connection, opcode, payload, isDeflated: false)
        }
        giveScratch(&compressed)
    }

    private func appendFrame(
        _ connection: Connection,
        _ opcode: Opcode,
        _ payload: Span<UInt8>,
        isDeflated: Bool
    ) {
        let header =
            isDeflated
            ? FrameHeader.encode(opcode: opcode, isDeflated: true, length: payload.count)
            : FrameHeader.encode(opcode: opcode, length: payload.count)
        connection.outbox.append(header.bytes.span.extracting(first: header.count), pool: pool)
        connection.outbox.append(payload, pool: pool)
        touch(connection)
    }

    /// SockJS carries text alone. What is none is a mistake of the service's, and is lost.
    private func isText(_ message: Span<UInt8>, _ connection: Connection) -> Bool {
        var text = UTF8Validator()
        if text.accept(message), text.isComplete { return true }
        let fields = ["service": connection.service?.name ?? ""]
        log.write(.error, "a message that is not UTF-8 cannot be sent over SockJS", fields)
        return false
    }

    // MARK: Rooms

    /// Whether the connection can carry the message; looked at once for all.
    func mayHave(_ connection: Connection, _ message: Span<UInt8>, _ frames: inout RoomFrames) -> Bool {
        guard connection.encoding == .sockJS || connection.encoding == .session else { return true }
        if let isText = frames.isText { return isText }
        let isText = isText(message, connection)
        frames.isText = isText
        return isText
    }

    /// The frame of a message that others get too. Nil: this connection's is its own.
    func frame(
        for connection: Connection,
        _ form: MessageForm,
        _ message: Span<UInt8>,
        _ frames: inout RoomFrames
    ) -> SharedBytes? {
        switch connection.encoding {
        case .webSocket:
            return plain(form, message, &frames)
        case .deflated:
            guard let compression = connection.compression, message.count >= connection.leastCompressed else {
                return plain(form, message, &frames)
            }
            guard !compression.agreement.serverKeepsContext else { return nil }
            return deflated(compression, form, message, &frames)
        case .sockJS:
            guard connection.compression == nil else { return nil }
            return sockJS(message, &frames)
        case .session, .stream:
            return nil
        }
    }

    private func plain(_ form: MessageForm, _ message: Span<UInt8>, _ frames: inout RoomFrames) -> SharedBytes
    {
        if let frame = frames.plain { return frame }
        let header = FrameHeader.encode(opcode: form.opcode, length: message.count)
        let frame = SharedBytes(header.bytes.span.extracting(first: header.count), message, pool: pool)
        frames.plain = frame
        return frame
    }

    private func deflated(
        _ compression: Compression,
        _ form: MessageForm,
        _ message: Span<UInt8>,
        _ frames: inout RoomFrames
    ) -> SharedBytes {
        let bits = compression.agreement.serverWindowBits
        if let made = frames.deflated.first(where: { $0.windowBits == bits }) {
            return made.frame ?? plain(form, message, &frames)
        }
        var compressed = takeScratch()
        defer { giveScratch(&compressed) }
        codecs.deflater(compression).deflate(message, into: &compressed)
        guard compressed.count < message.count else {
            frames.deflated.append((bits, nil))
            return plain(form, message, &frames)
        }
        let header = FrameHeader.encode(opcode: form.opcode, isDeflated: true, length: compressed.count)
        let frame = SharedBytes(
            header.bytes.span.extracting(first: header.count),
            compressed.span,
            pool: pool
        )
        frames.deflated.append((bits, frame))
        return frame
    }

    private func sockJS(_ message: Span<UInt8>, _ frames: inout RoomFrames) -> SharedBytes {
        if let frame = frames.sockJS { return frame }
        var text = takeScratch()
        defer { giveScratch(&text) }
        SockJSFrame.appendMessage(message, to: &text)
        let header = FrameHeader.encode(opcode: .text, length: text.count)
        let frame = SharedBytes(header.bytes.span.extracting(first: header.count), text.span, pool: pool)
        frames.sockJS = frame
        return frame
    }

    /// The message as SockJS quotes it, for a session.
    func quoted(_ message: Span<UInt8>, _ frames: inout RoomFrames) -> [UInt8] {
        if let quoted = frames.quoted { return quoted }
        var quoted: [UInt8] = []
        SockJSFrame.appendQuoted(message, to: &quoted)
        frames.quoted = quoted
        return quoted
    }
}

extension Connection {
    /// Bytes of the shortest message that is compressed.
    fileprivate var leastCompressed: Int { service?.limits.compress ?? .max }
}
