import Foundation
import Net
import TLS
import Testing
import Wire

@testable import Core

/// The real server on an engine in memory, with a clock that stands still: one listener, `web`, and what the
/// test's services say. Its folder goes with it.
final class TestServer {
    let folder: TemporaryFolder
    let engine = MemoryEngine()
    let clock = Clock(manualFrom: 1_700_000_000_000_000_000)
    let server: Server

    /// - Parameters:
    ///   - services: what stands in plugins.conf beside the listener.
    ///   - plugin: becomes libPuppet.so in the plugin path.
    ///   - listen: in the listener's block.
    convenience init(_ services: String = TestServer.puppet, plugin: FaultPlugin? = nil, listen: String = "")
        throws
    {
        let folder = try TemporaryFolder()
        try (plugin ?? FaultPlugin(source: "puppet")).build(to: folder.file("libPuppet.so"))
        try self.init(services, in: folder, listen: listen)
    }

    /// On a folder that has its plugins already.
    init(_ services: String, in folder: TemporaryFolder, listen: String = "") throws {
        self.folder = folder
        let built = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
            .path()
        try folder.write(
            """
            plugin_path \(folder.path) \(TestServer.binaries(built));
            listen web { address 127.0.0.1:0; \(listen) }
            \(services)
            """,
            to: "plugins.conf"
        )
        let configuration = try Configuration.read(path: folder.file("plugins.conf"))
        let log = Log(level: .error, clock: clock, descriptor: nil)
        server = try Server.start(configuration, on: .memory(engine, log: log, clock: clock), binary: built)
    }

    deinit { server.halt() }

    static let puppet = "service puppet { plugin Puppet; websocket web /main; }"
    static let echo = "service echo { plugin EchoC; websocket web /echo; websocket web /room room; }"

    /// `swift test` runs the bundle by a helper of the toolchain, so the path of the bundle is an argument.
    private static func binaries(_ executable: String) -> String {
        let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? executable + "/x"
        return URL(filePath: bundle).deletingLastPathComponent().path()
    }

    var loop: Loop { server.loops[0] }

    func service(_ name: String = "puppet") throws -> Service { try #require(server.service(named: name)) }

    /// One turn of the loop.
    func turn() { loop.turn(waits: false) }

    /// Turns until there is nothing to do.
    func settle() {
        for _ in 0..<10_000 where !loop.turn(waits: false) { return }
        Issue.record("the server does not come to rest")
    }

    /// Moves the clock; what is due on the way happens at its time.
    func pass(milliseconds: Int64) {
        settle()
        let end = clock.monotonic + milliseconds * 1_000_000
        while let next = loop.nextDeadline, next <= end {
            clock.advance(nanoseconds: max(next - clock.monotonic, 0))
            settle()
        }
        clock.advance(nanoseconds: max(end - clock.monotonic, 0))
        settle()
    }

    /// A connection that has sent nothing.
    ///
    /// - Parameter listener: by its place in plugins.conf; `web` is the first.
    func connect(to listener: Int = 0, from host: SocketAddress.Host = .v4(0x7f00_0001)) -> TestPeer {
        TestPeer(engine.connect(to: listener, from: host), self)
    }

    /// A connection that has done its handshake of TLS.
    func connectSecurely(to listener: Int = 0, _ client: TLSClientSession) throws -> TestPeer {
        let peer = connect(to: listener)
        peer.secure(by: client)
        peer.shakeHands()
        try #require(client.isEstablished)
        return peer
    }

    /// A WebSocket.
    func open(_ path: String = "/main", _ fields: [ResponseField] = []) throws -> TestPeer {
        try open(path, fields, on: connect())
    }

    /// A WebSocket on a connection that is there.
    func open(_ path: String, _ fields: [ResponseField] = [], on peer: TestPeer) throws -> TestPeer {
        var request: [UInt8] = []
        ClientHandshake(host: "example", path: path, fields: fields).appendRequest(to: &request)
        peer.send(bytes: request)
        settle()
        let answer = try #require(peer.head())
        try #require(answer.hasPrefix("HTTP/1.1 101 "), "\(answer)")
        return peer
    }

    /// The first line of what a request for an upgrade is answered.
    func answer(_ path: String, _ fields: [ResponseField] = []) -> String? {
        let peer = connect()
        var request: [UInt8] = []
        ClientHandshake(host: "example", path: path, fields: fields).appendRequest(to: &request)
        peer.send(bytes: request)
        settle()
        return peer.head()?.split(separator: "\r\n").first.map(String.init)
    }

    /// Builds a plugin beside the others, and puts it in the place of the service's running one.
    func reload(_ plugin: FaultPlugin, as name: String = "next.so", service: String = "puppet") throws {
        try plugin.build(to: folder.file(name))
        try reload(file: folder.file(name), service: service)
    }

    /// As the control server does it: loaded by the caller, put in force on the lane.
    func reload(file: String?, service name: String = "puppet") throws {
        let service = try service(name)
        let library = try service.load(path: file)
        let outcome = Outcome()
        service.lane.perform {
            do {
                try service.reload(library)
            } catch {
                outcome.error = error
            }
        }
        settle()
        if let error = outcome.error { throw error }
    }

    private final class Outcome: @unchecked Sendable {  // everything runs on the test's thread
        var error: (any Error)?
    }
}

/// The other side of a connection.
final class TestPeer {
    /// What the server sent.
    enum Seen: Equatable {
        case text(String)
        case binary([UInt8])
        case ping
        case pong(String)
        case close(Int, String)  // 1005: without a code
        case ended  // the server shut its side
        case broken(String)
    }

    let number: Int32
    private unowned let test: TestServer
    private var received: [UInt8] = []
    private var reader = ServerFrameReader(limit: 1 << 24)
    private var hasSeenEnd = false
    /// What it speaks TLS by.
    private(set) var session: TLSClientSession?
    /// How its last reading ended: `closed` by the server's close_notify.
    private(set) var outcome = TLSStream.Outcome.goesOn
    /// The most bytes of TLS that the server gets at once.
    var piece = Int.max

    init(_ number: Int32, _ test: TestServer) {
        self.number = number
        self.test = test
    }

    func send(bytes: [UInt8]) {
        guard let session else { return test.engine.send(bytes, from: number) }
        guard session.isEstablished else {
            Issue.record("the handshake is not done")
            return
        }
        var sealed: [UInt8] = []
        _ = session.send(bytes.span, sealed: &sealed)
        transmit(sealed)
    }

    /// Bytes as they are, below TLS.
    func transmit(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            test.engine.send(Array(rest.prefix(piece)), from: number)
            rest = rest.dropFirst(piece)
            if piece != .max { test.turn() }
        }
    }

    /// What comes next is TLS; says hello.
    func secure(by session: TLSClientSession) {
        self.session = session
        var sealed: [UInt8] = []
        _ = session.start(sealed: &sealed)
        transmit(sealed)
    }

    /// As many rounds as a handshake has.
    func shakeHands() {
        for _ in 0..<3 {
            test.settle()
            pump()
        }
        test.settle()
    }

    /// Takes what the server sent, and answers what TLS wants answered.
    func pump() {
        let bytes = test.engine.take(number)
        guard let session else {
            received += bytes
            return
        }
        guard !bytes.isEmpty else { return }
        var sealed: [UInt8] = []
        outcome = session.receive(bytes.span, plain: &received, sealed: &sealed)
        transmit(sealed)
    }

    /// Says by TLS that it will send nothing more.
    func closeSession() {
        var sealed: [UInt8] = []
        session?.close(sealed: &sealed)
        transmit(sealed)
    }

    func frame(_ opcode: Opcode, isFinal: Bool = true, _ payload: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        ClientFrameWriter.append(opcode, isFinal: isFinal, payload.span, mask: 0x5a17_c3e9, to: &bytes)
        return bytes
    }

    func send(_ text: String) { send(bytes: frame(.text, Array(text.utf8))) }

    func close(_ code: UInt16, _ reason: String = "") {
        send(bytes: frame(.close, [UInt8(code >> 8), UInt8(code & 255)] + Array(reason.utf8)))
    }

    /// Closes its side.
    func leave() { test.engine.leave(number) }

    /// Is gone, which the server has not heard yet: what it writes fails.
    func breakOff() { test.engine.breakOff(number) }

    /// Takes so many bytes more, and then none.
    func setWindow(_ bytes: Int) { test.engine.setWindow(number, bytes) }

    /// Everything until the end of a head, once it is there.
    func head() -> String? {
        pump()
        guard let end = received.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        defer { received.removeSubrange(..<end.upperBound) }
        return String(decoding: received[..<end.upperBound], as: UTF8.self)
    }

    /// So many of the bytes that came.
    func take(_ count: Int) -> [UInt8] {
        pump()
        let taken = Array(received.prefix(count))
        received.removeFirst(taken.count)
        return taken
    }

    func settle() { test.settle() }

    /// Everything else that came, once the server has settled.
    func seen() -> [Seen] {
        test.settle()
        return arrived()
    }

    /// Sends a text and takes what came.
    func ask(_ text: String) -> [Seen] {
        send(text)
        return seen()
    }

    /// What came so far.
    func arrived() -> [Seen] {
        pump()
        var seen: [Seen] = [], cursor = 0
        reading: while true {
            switch reader.next(received.span, from: &cursor) {
            case .needMore: break reading
            case .frame(let opcode, _, let payload):
                seen.append(TestPeer.seen(opcode, Array(received[payload])))
            case .deflated:
                seen.append(.broken("a compressed message, which was not offered"))
            case .failed(let failure):
                seen.append(.broken(failure.sentence))
                break reading
            }
        }
        received.removeFirst(cursor)
        if test.engine.isClosed(number), !hasSeenEnd {
            hasSeenEnd = true
            seen.append(.ended)
        }
        return seen
    }

    private static func seen(_ opcode: Opcode, _ payload: [UInt8]) -> Seen {
        switch opcode {
        case .text: .text(String(decoding: payload, as: UTF8.self))
        case .binary: .binary(payload)
        case .ping: .ping
        case .pong: .pong(String(decoding: payload, as: UTF8.self))
        case .close where payload.count < 2: .close(1005, "")
        case .close:
            .close(Int(payload[0]) << 8 | Int(payload[1]), String(decoding: payload[2...], as: UTF8.self))
        case .continuation: .broken("a continuation")
        }
    }
}

extension [TestPeer.Seen] {
    /// The texts alone.
    var texts: [String] {
        compactMap { seen in
            if case .text(let text) = seen { text } else { nil }
        }
    }
}
