import Testing
import Wire

@testable import Core

/// The other side of a WebSocket that offered permessage-deflate.
final class DeflatedPeer {
    /// A message that the server sent.
    struct Seen: Equatable {
        let text: String
        var isDeflated = false
    }

    let agreement: DeflateAgreement?
    private let peer: TestPeer
    private let inflater: Inflater
    private let deflater: Deflater
    private var received: [UInt8] = []
    private var reader: ServerFrameReader
    /// The code of the server's close frame.
    private(set) var closeCode: Int?

    init(
        _ test: TestServer,
        _ path: String = "/main",
        offer: String = "permessage-deflate; client_max_window_bits"
    )
        throws
    {
        peer = test.connect()
        let handshake = ClientHandshake(host: "example", path: path, extensions: offer)
        var request: [UInt8] = []
        handshake.appendRequest(to: &request)
        peer.send(bytes: request)
        test.settle()
        received = peer.take(.max)
        var cursor = 0
        let event = handshake.check(received.span, from: &cursor)
        guard case .accepted(_, let agreement) = event else {
            Issue.record("\(event)")
            throw CancellationError()
        }
        received.removeFirst(cursor)
        self.agreement = agreement
        reader = ServerFrameReader(limit: 1 << 24, isDeflated: agreement != nil)
        inflater = Inflater(
            windowBits: agreement?.serverWindowBits ?? 15,
            keepsContext: agreement?.serverKeepsContext ?? false
        )
        deflater = Deflater(
            windowBits: agreement?.clientWindowBits ?? 15,
            keepsContext: agreement?.clientKeepsContext ?? false
        )
    }

    func leave() { peer.leave() }

    func setWindow(_ bytes: Int) { peer.setWindow(bytes) }

    func compressed(_ message: [UInt8]) -> [UInt8] {
        var compressed: [UInt8] = []
        deflater.deflate(message.span, into: &compressed)
        return compressed
    }

    /// A frame as given, marked as compressed.
    func send(marked payload: [UInt8], _ opcode: Opcode = .text) {
        var bytes: [UInt8] = []
        ClientFrameWriter.append(opcode, isDeflated: true, payload.span, mask: 0x5a17_c3e9, to: &bytes)
        peer.send(bytes: bytes)
    }

    func send(_ text: String, isDeflated: Bool = true) {
        let text = Array(text.utf8)
        guard isDeflated else { return peer.send(bytes: peer.frame(.text, text)) }
        send(marked: compressed(text))
    }

    func ask(_ text: String, isDeflated: Bool = true) -> [Seen] {
        send(text, isDeflated: isDeflated)
        return seen()
    }

    func seen() -> [Seen] {
        peer.settle()
        received += peer.take(.max)
        var seen: [Seen] = [], cursor = 0
        reading: while true {
            switch reader.next(received.span, from: &cursor) {
            case .needMore: break reading
            case .failed(let failure):
                seen.append(Seen(text: failure.sentence))
                break reading
            case .frame(.close, _, let payload):
                let bytes = Array(received[payload])
                closeCode = bytes.count < 2 ? 1005 : Int(bytes[0]) << 8 | Int(bytes[1])
            case .frame(_, _, let payload):
                seen.append(Seen(text: String(decoding: received[payload], as: UTF8.self)))
            case .deflated(_, _, let payload):
                var message: [UInt8] = []
                let outcome = inflater.inflate(
                    received.span.extracting(payload),
                    as: .binary,
                    limit: 1 << 24,
                    into: &message
                )
                #expect(outcome == .message)
                seen.append(Seen(text: String(decoding: message, as: UTF8.self), isDeflated: true))
            }
        }
        received.removeFirst(cursor)
        return seen
    }
}
