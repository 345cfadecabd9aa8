import Foundation
import TLS
import Wire

/// The certificates that `Tests/certificates` makes.
enum Certificates {
    private static let folder: String = {
        let make = Process()
        make.executableURL = URL(filePath: "\(Products.root)/Tests/certificates")
        do { try make.run() } catch { fatalError("Tests/certificates cannot be run: \(error)") }
        make.waitUntilExit()
        precondition(make.terminationStatus == 0, "Tests/certificates failed")
        return "\(Products.root)/.build/certificates"
    }()

    static func path(_ file: String) -> String { "\(folder)/\(file)" }
}

/// A WebSocket over TLS that waits for what it asks for.
final class SecureClient {
    private let socket: PeerSocket
    private let session: TLSClientSession
    private var plain: [UInt8] = []
    private var reader = ServerFrameReader(limit: 1 << 20)

    /// - Parameters:
    ///   - host: the certificate must be for it, and be signed by the tests' authority.
    ///   - ticket: of an earlier client.
    init(_ address: LiveAddress, host: String, resuming ticket: TLSClientTicket? = nil) throws {
        socket = try PeerSocket(port: address.port)
        let context = try TLSClientContext(authorities: Certificates.path("authority.pem"))
        session = TLSClientSession(context, host: host, resuming: ticket)
        var sealed: [UInt8] = []
        _ = session.start(sealed: &sealed)
        socket.write(sealed)
        while !session.isEstablished { try receive() }
        let handshake = ClientHandshake(host: host, path: address.path)
        var request: [UInt8] = []
        handshake.appendRequest(to: &request)
        send(request)
        try finish(handshake)
    }

    private func finish(_ handshake: ClientHandshake) throws {
        var cursor = 0
        while true {
            switch handshake.check(plain.span, from: &cursor) {
            case .accepted: return plain.removeSubrange(..<cursor)
            case .refused(let status, let reason): throw Unexpected("refused with \(status): \(reason)")
            case .needMore: try receive()
            }
        }
    }

    var isResumed: Bool { session.isResumed }

    /// What another client may resume by.
    var ticket: TLSClientTicket? { session.ticket }

    /// Sends a text and takes the one that it is answered with.
    func ask(_ text: String) throws -> String {
        send(WebSocketClient.frame(.text, Array(text.utf8)))
        while true {
            var cursor = 0
            switch reader.next(plain.span, from: &cursor) {
            case .frame(.text, _, let payload):
                defer { plain.removeSubrange(..<cursor) }
                return String(decoding: plain[payload], as: UTF8.self)
            case .needMore:
                plain.removeSubrange(..<cursor)
                try receive()
            case let other:
                throw Unexpected("\(other)")
            }
        }
    }

    private func send(_ bytes: [UInt8]) {
        var sealed: [UInt8] = []
        _ = session.send(bytes.span, sealed: &sealed)
        socket.write(sealed)
    }

    private func receive() throws {
        guard let bytes = try socket.read() else { throw Unexpected("ended") }
        var sealed: [UInt8] = []
        let outcome = session.receive(bytes.span, plain: &plain, sealed: &sealed)
        if !sealed.isEmpty { socket.write(sealed) }
        guard outcome == .goesOn else { throw Unexpected("\(outcome)") }
    }
}
