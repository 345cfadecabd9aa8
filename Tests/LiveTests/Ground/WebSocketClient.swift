import Wire

/// A client that waits for what it asks for.
final class WebSocketClient {
    /// What the server sent.
    enum Seen: Equatable {
        case text(String)
        case binary([UInt8])
        case ping([UInt8])
        case pong([UInt8])
        case close(Int)  // 1005: without a code
        case ended  // with no close frame before
    }

    let socket: PeerSocket
    private var received: [UInt8] = []
    private var cursor = 0
    private var reader = ServerFrameReader(limit: 1 << 24)

    /// - Parameters:
    ///   - host: comes from 127.0.0.`host`.
    ///   - cookie: the header of the request.
    ///   - behind: bytes right behind the request, before there is an answer.
    init(
        _ address: LiveAddress,
        from host: UInt8 = 1,
        cookie: String? = nil,
        behind: [UInt8] = [],
        receiveBuffer: Int32? = nil,
        _ deadline: Deadline = Deadline()
    ) throws {
        socket = try PeerSocket(port: address.port, receiveBuffer: receiveBuffer, from: host)
        let handshake = ClientHandshake(
            host: "127.0.0.1:\(address.port)",
            path: address.path,
            fields: cookie.map { [ResponseField("Cookie", $0)] } ?? []
        )
        var request: [UInt8] = []
        handshake.appendRequest(to: &request)
        socket.write(request + behind)
        while true {
            switch handshake.check(received.span, from: &cursor) {
            case .accepted: return
            case .refused(let status, let reason):
                throw Unexpected("refused with \(status.rawValue): \(reason)")
            case .needMore:
                guard let bytes = try socket.read(deadline) else {
                    throw Unexpected("ended during the handshake")
                }
                received += bytes
            }
        }
    }

    // MARK: Out

    static func frame(_ opcode: Opcode, isFinal: Bool = true, _ payload: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        ClientFrameWriter.append(opcode, isFinal: isFinal, payload.span, mask: 0x37fa_213d, to: &bytes)
        return bytes
    }

    func send(_ text: String) { socket.write(WebSocketClient.frame(.text, Array(text.utf8))) }

    func close(_ code: Int = 1000) {
        socket.write(WebSocketClient.frame(.close, [UInt8(code >> 8 & 0xff), UInt8(code & 0xff)]))
    }

    // MARK: In

    /// The next frame.
    func receive(_ deadline: Deadline = Deadline()) throws -> Seen {
        while true {
            switch reader.next(received.span, from: &cursor) {
            case .frame(let opcode, _, let payload):
                return WebSocketClient.seen(opcode, Array(received[payload]))
            case .deflated:
                throw Unexpected("a compressed message, which was not offered")
            case .failed(let failure):
                throw Unexpected(failure.sentence)
            case .needMore:
                received.removeSubrange(..<cursor)
                cursor = 0
                guard let bytes = try socket.read(deadline) else { return .ended }
                received += bytes
            }
        }
    }

    /// Sends a text and takes the next frame.
    func ask(_ text: String) throws -> Seen {
        send(text)
        return try receive()
    }

    /// The code that ends the connection, whatever comes before it; nil: it ends without one.
    func closeCode(_ deadline: Deadline = Deadline()) throws -> Int? {
        while true {
            switch try receive(deadline) {
            case .close(let code): return code
            case .ended: return nil
            default: continue
            }
        }
    }

    private static func seen(_ opcode: Opcode, _ payload: [UInt8]) -> Seen {
        switch opcode {
        case .text: .text(String(decoding: payload, as: UTF8.self))
        case .ping: .ping(payload)
        case .pong: .pong(payload)
        case .close: .close(payload.count < 2 ? 1005 : Int(payload[0]) << 8 | Int(payload[1]))
        case .binary, .continuation: .binary(payload)
        }
    }
}
