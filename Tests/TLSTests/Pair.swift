import TLS

/// A client and a server that hand each other their bytes.
final class Pair {
    let client: TLSClientSession
    let server: TLSSession
    private(set) var clientOutcome = TLSStream.Outcome.goesOn
    private(set) var serverOutcome = TLSStream.Outcome.goesOn
    /// What either of them has read.
    var clientPlain: [UInt8] = []
    var serverPlain: [UInt8] = []
    /// What is under way.
    var toServer: [UInt8] = []
    var toClient: [UInt8] = []
    /// How many bytes each direction has carried.
    private(set) var serverReceived = 0
    private(set) var clientReceived = 0
    private let cut: Int
    private let piece: Int

    /// - Parameters:
    ///   - cut: a place in both streams where one call ends and the next begins.
    ///   - piece: the most bytes that one call gets.
    init(
        _ server: TLSContext,
        _ client: TLSClientContext? = nil,
        host: String? = nil,
        resuming ticket: TLSClientTicket? = nil,
        cut: Int = .max,
        piece: Int = .max
    ) throws {
        self.server = TLSSession(server)
        self.client = TLSClientSession(try client ?? TLSClientContext(), host: host, resuming: ticket)
        self.cut = cut
        self.piece = piece
        clientOutcome = self.client.start(sealed: &toServer)
    }

    /// Hands over what is under way until there is nothing more.
    func run() {
        while !toServer.isEmpty || !toClient.isEmpty {
            let forServer = toServer
            toServer = []
            deliver(forServer, from: &serverReceived) { bytes in
                serverOutcome = server.receive(bytes, plain: &serverPlain, sealed: &toClient)
            }
            let forClient = toClient
            toClient = []
            deliver(forClient, from: &clientReceived) { bytes in
                clientOutcome = client.receive(bytes, plain: &clientPlain, sealed: &toServer)
            }
        }
    }

    private func deliver(_ bytes: [UInt8], from position: inout Int, to receive: (Span<UInt8>) -> Void) {
        var start = 0
        while start < bytes.count {
            var end = min(bytes.count, piece < bytes.count - start ? start + piece : bytes.count)
            if position < cut, cut < position + end - start { end = start + cut - position }
            receive(bytes.span.extracting(start..<end))
            position += end - start
            start = end
        }
    }

    func clientSends(_ text: String) {
        _ = client.send(text.utf8.span, sealed: &toServer)
        run()
    }

    func serverSends(_ text: String) {
        _ = server.send(text.utf8.span, sealed: &toClient)
        run()
    }

    /// Whether both can speak to one another.
    var works: Bool {
        guard client.isEstablished, server.isEstablished else { return false }
        clientPlain = []
        serverPlain = []
        clientSends("question")
        serverSends("answer")
        return clientPlain == Array("answer".utf8) && serverPlain == Array("question".utf8)
    }
}

extension TLSClientContext {
    /// Speaks one version only.
    static func of(_ version: TLSVersion, certificate: TLSCertificate? = nil) throws -> TLSClientContext {
        try TLSClientContext(
            minimum: version,
            maximum: version,
            certificate: certificate,
            now: Certificates.now
        )
    }
}

/// The versions that are served.
let served: [TLSVersion] = [.tls12, .tls13]
