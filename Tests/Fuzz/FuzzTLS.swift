import Glibc
import TLS

/// Gives any bytes to a TLS session, at a point of its life that the first byte names: from the beginning, after
/// the client's hello, instead of or inside of its last flight, and after the handshake; or to a client.
///
/// Handshakes are full of random numbers, so each is played anew and the bytes change what the sides really said.
func fuzzTLS(_ bytes: [UInt8]) {
    guard bytes.count >= 2 else { return }
    let point = bytes[0] % 7, piece = Int(bytes[1]) + 1, rest = Array(bytes[2...])
    let game = TLSGame(clientOf: bytes[0] / 7 % 2 == 0 ? fuzzingTLS.older : fuzzingTLS.newer)
    switch point {
    case 0: game.serverReads(rest, piece: piece)
    case 1: game.serverReads(changed(game.toServer, by: rest), piece: piece)
    case 2:
        game.exchange()
        game.serverReads(rest, piece: piece)
    case 3:
        game.exchange()
        game.serverReads(changed(game.toServer, by: rest), piece: piece)
    case 4:
        game.finish()
        game.serverReads(rest, piece: piece)
    case 5:
        game.finish()
        _ = game.client.send(rest.span, sealed: &game.toServer)
        game.serverReads(changed(game.toServer, by: rest), piece: piece)
    default:
        game.serverReads(game.toServer, piece: piece)
        game.clientReads(changed(game.toClient, by: rest), piece: piece)
    }
}

/// A client and a server that say what the fuzzer lets them.
private final class TLSGame {
    let client: TLSClientSession
    let server = TLSSession(fuzzingTLS.server)
    var toServer: [UInt8] = []
    var toClient: [UInt8] = []
    private var plain: [UInt8] = []

    init(clientOf context: TLSClientContext) {
        client = TLSClientSession(context, host: "localhost")
        _ = client.start(sealed: &toServer)
    }

    /// One flight each way.
    func exchange() {
        serverReads(toServer, piece: .max)
        toServer = []
        clientReads(toClient, piece: .max)
        toClient = []
    }

    func finish() {
        while !toServer.isEmpty { exchange() }
        precondition(server.isEstablished && client.isEstablished, "an honest handshake failed")
    }

    func serverReads(_ bytes: [UInt8], piece: Int) {
        read(bytes, by: server, piece: piece, into: &toClient)
        if server.isEstablished { precondition(server.version != nil && server.cipher != nil, "no version") }
        server.close(sealed: &toClient)
    }

    func clientReads(_ bytes: [UInt8], piece: Int) {
        read(bytes, by: client, piece: piece, into: &toServer)
    }

    private func read(_ bytes: [UInt8], by side: TLSStream, piece: Int, into sealed: inout [UInt8]) {
        var start = 0, over: TLSStream.Outcome?
        while start < bytes.count {
            let end = piece < bytes.count - start ? start + piece : bytes.count
            let outcome = side.receive(bytes.span.extracting(start..<end), plain: &plain, sealed: &sealed)
            if let over { precondition(outcome == over, "it went on after its end") }
            if outcome != .goesOn { over = outcome }
            if case .failed = outcome { precondition(!side.isEstablished, "established, and failed") }
            start = end
        }
        precondition(plain.count <= bytes.count, "more came out than went in")
    }
}

/// Each pair of bytes changes one byte of what was said; a last single one says where it ends.
private func changed(_ said: [UInt8], by bytes: [UInt8]) -> [UInt8] {
    guard !said.isEmpty else { return bytes }
    var said = said
    for index in stride(from: 0, to: bytes.count - 1, by: 2) {
        said[(Int(bytes[index]) + index * 16) % said.count] ^= bytes[index + 1]
    }
    guard let last = bytes.last, !bytes.count.isMultiple(of: 2) else { return said }
    return Array(said.prefix(said.count - Int(last) % said.count))
}

/// Made once: contexts do not change.
private let fuzzingTLS: (server: TLSContext, older: TLSClientContext, newer: TLSClientContext) = {
    let folder =
        unsafe getenv("FUZZ_CERTIFICATES").map { unsafe String(cString: $0) } ?? ".build/certificates"
    let certificate = TLSCertificate(certificate: "\(folder)/localhost.pem", key: "\(folder)/localhost.key")
    let authorities = TLSClientAuthorities(file: "\(folder)/authority.pem", isRequired: false)
    let now = 1_767_225_600
    do {
        return (
            try TLSContext(
                [certificate],
                authorities: authorities,
                ticketKeys: TLSTicketKeys(now: 0),
                now: now
            ),
            try TLSClientContext(maximum: .tls12, certificate: certificate, now: now),
            try TLSClientContext(authorities: authorities.file, minimum: .tls13)
        )
    } catch {
        fatalError("\(error)")
    }
}()
