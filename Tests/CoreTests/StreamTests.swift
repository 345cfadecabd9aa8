import Net
import TLS
import Testing
import Wire

@testable import Core

/// Frames without HTTP. The stream's listener is the second one.
@Suite struct StreamTests {
    /// A framing in the words of plugins.conf; what a peer sends, and what an echo of it is.
    struct Sample: Sendable, CustomTestStringConvertible {
        let words: String
        let sent: [UInt8]
        let answer: [UInt8]
        var testDescription: String { words }

        init(_ words: String, _ sent: [UInt8], _ answer: [UInt8]? = nil) {
            self.words = words
            self.sent = sent
            self.answer = answer ?? sent
        }
    }

    private static let samples: [Sample] = [
        Sample("length 1", [2, 0x61, 0x62, 0, 1, 0x63]), Sample("length 2", [0, 2, 0x61, 0x62, 0, 1, 0x63]),
        Sample("length 2 little", [2, 0, 0x61, 0x62, 1, 0, 0x63]),
        Sample("length 4 big", [0, 0, 0, 2, 0x61, 0x62]),
        Sample("length 4 little trailer 0", [2, 0, 0, 0, 0x61, 0x62, 0, 1, 0, 0, 0, 0x63, 0]),
        Sample("length 2 counts_itself", [0, 4, 0x61, 0x62, 0, 2]),
        Sample("length 1 counts_itself counts_trailer trailer 9", [4, 0x61, 0x62, 9]),
        Sample("length 2 trailer 0 unchecked", [0, 1, 0x61, 7], [0, 1, 0x61, 0]),
        Sample("length 1 empty skipped", [0, 1, 0x61, 0], [1, 0x61]),
        Sample("lines", Array("ab\r\nc\n\n\r\n".utf8), Array("ab\nc\n\n\n".utf8)),
        Sample("delimiter 0", [0x61, 0x62, 0, 0x63, 0]),
        Sample("delimiter 10 empty skipped", Array("\nab\r\n\n".utf8), Array("ab\r\n".utf8)),
    ]

    private func server(
        _ stream: String,
        _ plugin: String = "EchoC",
        _ more: String = "",
        listen: String = "",
        defines: [String] = []
    ) throws -> TestServer {
        try TestServer(
            """
            listen control { address 127.0.0.1:0; \(listen) }
            service puppet { plugin \(plugin); websocket web /main; stream control \(stream); \(more) }
            """,
            plugin: FaultPlugin(source: "puppet", defines: defines)
        )
    }

    private static func lines(_ text: String) -> [UInt8] { Array(text.utf8) }

    @Test(arguments: samples)
    func `each framing is read and written, at once and cut anywhere`(sample: Sample) throws {
        let test = try server(sample.words)
        for cut in 0..<sample.sent.count {
            let peer = test.connect(to: 1)
            peer.send(bytes: Array(sample.sent[..<cut]))
            test.settle()
            peer.send(bytes: Array(sample.sent[cut...]))
            test.settle()
            #expect(peer.take(.max) == sample.answer, "cut at \(cut)")
        }
        let peer = test.connect(to: 1)
        for byte in sample.sent {
            peer.send(bytes: [byte])
            test.settle()
        }
        peer.leave()
        test.settle()
        #expect(peer.take(.max) == sample.answer && test.engine.isClosed(peer.number))
    }

    @Test(arguments: samples)
    func `each framing works over TLS`(sample: Sample) throws {
        let test = try server(sample.words, listen: Certificates.block())
        let peer = try test.connectSecurely(to: 1, TLSClientSession())
        peer.send(bytes: sample.sent)
        test.settle()
        #expect(peer.take(.max) == sample.answer)
        peer.closeSession()
        test.settle()
        #expect(peer.take(.max) == [] && peer.outcome == .closed && test.engine.isClosed(peer.number))
    }

    @Test(arguments: [
        ("fire", [8, 0, 0, 0] + lines("echo abc") + [0], [3, 0, 0, 0] + lines("abc") + [0]),
        ("own", lines("(echo abc)(echo )(echo (d)"), lines("abc(d")),
        ("own plugin", lines("(echo abc)"), lines("abc")), ("own lines", lines("echo abc\n"), lines("abc\n")),
    ])
    func `a plugin says itself how its stream is divided`(stream: String, sent: [UInt8], answer: [UInt8])
        throws
    {
        let test = try server(stream, "Puppet")
        for cut in 0..<sent.count {
            let peer = test.connect(to: 1)
            peer.send(bytes: Array(sent[..<cut]))
            test.settle()
            peer.send(bytes: Array(sent[cut...]))
            test.settle()
            #expect(peer.take(.max) == answer, "cut at \(cut)")
        }
    }

    @Test(
        arguments: [
            ("length 2", [0x40, 1], "stream_tooLong"),
            ("length 2 counts_itself", [0, 1], "stream_lengthTooSmall"),
            ("length 1 trailer 0", [1, 0x61, 1], "stream_wrongTrailer"),
            ("length 1 empty refused", [0], "stream_empty"),
            ("length 4 little", [0xff, 0xff, 0xff, 0xff], "stream_tooLong"),
            ("lines", [UInt8](repeating: 0x61, count: 16_385), "stream_tooLong"),
            ("lines empty refused", [13, 10], "stream_empty"), ("own", [0x61], "stream_notAFrame"),
            ("own", [0x28] + [UInt8](repeating: 0x61, count: 30_000), "stream_tooLong"),
            ("own", [0x28] + [UInt8](repeating: 0x61, count: 16_385) + [0x29], "stream_tooLong"),
        ] as [(String, [UInt8], String)],
        [false, true]
    )
    func `a frame that is wrong ends the stream, and is counted by its reason`(
        sample: (stream: String, bytes: [UInt8], reason: String),
        isSecure: Bool
    ) throws {
        let plugin = sample.stream == "own" ? "Puppet" : "EchoC"
        let listen = isSecure ? Certificates.block() : ""
        let test = try server(sample.stream, plugin, "limit message 16k;", listen: listen)
        let peer = isSecure ? try test.connectSecurely(to: 1, TLSClientSession()) : test.connect(to: 1)
        peer.send(bytes: sample.bytes)
        test.settle()
        #expect(peer.take(.max) == [] && test.engine.isClosed(peer.number))
        #expect(peer.outcome == (isSecure ? .closed : .goesOn))
        #expect(test.server.refusals == [sample.reason: 1])
        test.pass(milliseconds: 5_000)
        #expect(test.server.connectionCount == 0)
    }

    @Test(arguments: [[], ["STORE"]], [false, true])
    func `what came before a frame that is wrong is answered`(defines: [String], leaves: Bool) throws {
        let test = try server("length 1 trailer 0", "Puppet", defines: defines)
        let peer = test.connect(to: 1), other = test.connect(to: 1)
        let question = [6] + Array("echo a".utf8) + [0], answer = [1, 0x61, 0] as [UInt8]
        peer.send(bytes: question + question + [1, 0x61, 1] + question)
        if leaves { peer.leave() }
        test.settle()
        #expect(peer.take(.max) == answer + answer && test.engine.isClosed(peer.number))
        other.send(bytes: question)
        test.settle()
        #expect(other.take(.max) == answer)
        test.pass(milliseconds: 5_000)
        #expect(test.server.connectionCount == 1)
    }

    @Test(arguments: [("lines", "a\nb"), ("lines", "a\r"), ("delimiter 32", "a b")])
    func `a message that does not fit the frames ends its receiver, and no other`(
        stream: String,
        message: String
    ) throws {
        let test = try server(stream, "Puppet")
        let socket = try test.open(), peer = test.connect(to: 1), other = test.connect(to: 1)
        let end = stream == "delimiter 32" ? " " : "\n"
        // These have no argument, and stand in any frame.
        peer.send(bytes: Array(("keep" + end).utf8))
        other.send(bytes: Array(("state" + end).utf8))
        test.settle()
        _ = (peer.take(.max), other.take(.max))
        #expect(socket.ask("kept " + message).count == 1)
        #expect(peer.take(.max) == [] && test.engine.isClosed(peer.number))
        #expect(!test.engine.isClosed(other.number))
    }

    // MARK: Time

    @Test func `the first frame has its time, and after it there is no limit`() throws {
        let test = try server("lines", "EchoC", "limit login 5s; limit idle 1s;")
        let silent = test.connect(to: 1), half = test.connect(to: 1), good = test.connect(to: 1)
        half.send(bytes: [0x61])
        good.send(bytes: [0x61, 10])
        test.pass(milliseconds: 4_999)
        #expect(test.server.connectionCount == 3)
        test.pass(milliseconds: 1)
        #expect(test.engine.isClosed(silent.number) && test.engine.isClosed(half.number))
        #expect(test.server.refusals == ["login_timeout": 2])
        test.pass(milliseconds: 10 * 3_600_000)
        good.send(bytes: [0x62, 10])
        test.settle()
        #expect(good.take(.max) == [0x61, 10, 0x62, 10] && test.server.connectionCount == 1)
    }

    @Test func `the first frame has 30 seconds by itself`() throws {
        let test = try server("lines")
        _ = test.connect(to: 1)
        test.pass(milliseconds: 29_999)
        #expect(test.server.connectionCount == 1)
        test.pass(milliseconds: 1)
        #expect(test.server.refusals == ["login_timeout": 1])
    }

    // MARK: Endings

    @Test(arguments: [false, true], [false, true])
    func `who closes his side gets all answers, and then the end`(hasStore: Bool, isSecure: Bool) throws {
        let test = try server(
            "lines",
            "Puppet",
            listen: isSecure ? Certificates.block() : "",
            defines: hasStore ? ["STORE"] : []
        )
        let peer = isSecure ? try test.connectSecurely(to: 1, TLSClientSession()) : test.connect(to: 1)
        let numbers = 0..<500
        peer.send(bytes: numbers.flatMap { Array("echo \($0)\n".utf8) })
        // A TLS client may wait for our end before it closes the connection.
        if isSecure { peer.closeSession() } else { peer.leave() }
        test.settle()
        let answer = String(decoding: peer.take(.max), as: UTF8.self)
        #expect(answer == numbers.map { "\($0)\n" }.joined())
        #expect(test.engine.isClosed(peer.number) && (!isSecure || peer.outcome == .closed))
        #expect(try test.service().peers.count == 0)
        peer.leave()
        test.settle()
        #expect(test.server.connectionCount == 0 && test.server.refusals.isEmpty)
    }

    @Test func `who closes his side and takes little gets all answers all the same`() throws {
        let test = try server("lines")
        let peer = test.connect(to: 1)
        peer.setWindow(0)
        peer.send(bytes: Array(String(repeating: "0123456789\n", count: 3_000).utf8))
        peer.leave()
        test.settle()
        var answer: [UInt8] = []
        for _ in 0..<100 {
            peer.setWindow(500)
            test.settle()
            answer += peer.take(.max)
        }
        #expect(answer.count == 33_000 && test.engine.isClosed(peer.number))
        test.settle()
        #expect(test.server.connectionCount == 0)
    }

    @Test func `frames that a close has cut off are not handled`() throws {
        let test = try server("lines", "Puppet")
        let socket = try test.open(), peer = test.connect(to: 1)
        _ = socket.ask("join watch")
        peer.send(bytes: Array("echo 1\nend 1000 bye\necho 2\npublish watch late\n".utf8))
        test.settle()
        #expect(peer.take(.max) == Array("1\n".utf8) && test.engine.isClosed(peer.number))
        #expect(socket.seen() == [.text("gone 1000 -1")])
    }

    // MARK: With everybody else

    @Test func `a room has members on streams and on WebSockets`() throws {
        let test = try server("length 1", "Puppet")
        let socket = try test.open(), stream = test.connect(to: 1)
        _ = socket.ask("join room")
        stream.send(bytes: [9] + Array("join room".utf8))
        test.settle()
        #expect(stream.take(.max) == [1] + Array("0".utf8))
        #expect(socket.ask("publish room hello") == [.text("hello")])
        #expect(stream.take(.max) == [5] + Array("hello".utf8))
        stream.send(bytes: [15] + Array("publish room ho".utf8))
        test.settle()
        #expect(stream.take(.max) == [2] + Array("ho".utf8) && socket.seen() == [.text("ho")])
        // 256 bytes have no length in one byte.
        #expect(socket.ask("publish room " + String(repeating: "x", count: 256)).count == 1)
        #expect(test.engine.isClosed(stream.number))
        #expect(socket.ask("members room") == [.text("1")])
    }

    @Test func `the host tells the plugin what a stream is`() throws {
        let test = try server("own", "Puppet")
        let peer = test.connect(to: 1, from: .v6(high: 0x2001_0db8_0000_0000, low: 1))
        peer.send(bytes: Array("(peer)".utf8))
        test.settle()
        #expect(peer.take(.max) == Array("2 at 'own' from 2001:db8::1 as ''".utf8))
    }

    @Test func `streams stay open over a reload, in the middle of a frame too`() throws {
        let test = try server("own", "Puppet")
        let peer = test.connect(to: 1)
        peer.send(bytes: Array("(life)(li".utf8))
        test.settle()
        try test.reload(FaultPlugin(source: "puppet", defines: ["GENERATION=\"2\""]))
        peer.send(bytes: Array("fe)".utf8))
        test.settle()
        let answer = String(decoding: peer.take(.max), as: UTF8.self)
        #expect(answer == "generation 1 restored  start 0generation 2 restored  start 1")
    }

    // MARK: The longest message

    /// How the plugin's endpoint is bound, and a message of so many bytes in its frame.
    enum Large: String, CaseIterable {
        case fire
        case words = "fire length 4"
        case own

        func frame(_ message: [UInt8]) -> [UInt8] {
            let count = UInt32(message.count)
            switch self {
            case .fire: return StreamTests.bytes(count) + message + [0]
            case .words: return StreamTests.bytes(count).reversed() + message
            case .own: return [0x28] + message + [0x29]
            }
        }

        /// What comes back of it: a plugin's own frames have nothing around them.
        func answer(_ message: [UInt8]) -> [UInt8] { self == .own ? message : frame(message) }
    }

    private static let largest = 300_000

    private static func bytes(_ number: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
    }

    /// A message for the plugin, filled up to so many bytes.
    private static func message(_ word: String, count: Int = largest) -> [UInt8] {
        let head = Array("\(word) ".utf8)
        return head + [UInt8](repeating: 0x78, count: count - head.count)
    }

    /// Whether exactly these bytes came. Not compared by `#expect`, which would look long for what differs.
    private func got(_ peer: TestPeer, _ bytes: [UInt8]) -> Bool { peer.take(.max) == bytes }

    private func largeServer(
        _ stream: String,
        _ limits: String = "limit message 1k; limit queue 2k;",
        _ defines: [String] = []
    ) throws -> TestServer {
        try server(
            stream,
            "Puppet",
            limits,
            defines: ["LONGEST=0", "LARGEST=\(StreamTests.largest)"] + defines
        )
    }

    @Test(arguments: Large.allCases, [[], ["STORE"]])
    func `a plugin may take longer messages of a stream than the limit`(large: Large, defines: [String])
        throws
    {
        let test = try largeServer(large.rawValue, "limit message 1k; limit queue 2k;", defines)
        let peer = test.connect(to: 1), other = test.connect(to: 1)
        let message = StreamTests.message("echo"), echo = large.answer(Array(message[5...]))
        // Three at once, and one byte by byte at its end.
        for _ in 0..<3 { peer.send(bytes: large.frame(message)) }
        test.settle()
        #expect(got(peer, echo + echo + echo))
        let frame = large.frame(message)
        peer.send(bytes: Array(frame.dropLast(4)))
        for byte in frame.suffix(4) {
            test.settle()
            #expect(got(peer, []))
            peer.send(bytes: [byte])
        }
        test.settle()
        #expect(got(peer, echo))
        other.send(bytes: large.frame(message + [0x78]))
        test.settle()
        #expect(got(other, []) && test.engine.isClosed(other.number))
        #expect(test.server.refusals == ["stream_tooLong": 1] && !test.engine.isClosed(peer.number))
    }

    @Test(arguments: Large.allCases, [[], ["STORE"]])
    func `a long message waits for its pace as any other`(large: Large, defines: [String]) throws {
        let limits = "limit message 1k; limit queue 2k; limit queries 1/s burst 1;"
        let test = try largeServer(large.rawValue, limits, defines)
        let peer = test.connect(to: 1)
        let message = StreamTests.message("paced"), echo = large.answer(Array(message[6...]))
        for _ in 0..<3 { peer.send(bytes: large.frame(message)) }
        test.settle()
        #expect(got(peer, echo))
        for _ in 0..<2 {
            test.pass(milliseconds: 1_000)
            #expect(got(peer, echo))
        }
    }

    @Test(arguments: Large.allCases)
    func `one long message, and others, may wait for a login`(large: Large) throws {
        let test = try largeServer(large.rawValue)
        let peer = test.connect(to: 1), helper = try test.open()
        let message = StreamTests.message("echo"), short = Array("echo x".utf8)
        peer.send(bytes: large.frame(Array("later".utf8)))
        for _ in 0..<100 { peer.send(bytes: large.frame(short)) }
        peer.send(bytes: large.frame(message))
        for _ in 0..<100 { peer.send(bytes: large.frame(short)) }
        test.settle()
        #expect(got(peer, large.answer(Array("0".utf8))))
        _ = helper.ask("admit anna")
        let shorts = (0..<100).flatMap { _ in large.answer(Array("x".utf8)) }
        #expect(got(peer, shorts + large.answer(Array(message[5...])) + shorts))
        // Two of them are too many.
        peer.send(bytes: large.frame(Array("later".utf8)))
        for _ in 0..<2 { peer.send(bytes: large.frame(message)) }
        test.settle()
        #expect(got(peer, large.answer(Array("0".utf8))) && test.engine.isClosed(peer.number))
    }

    @Test func `a reload changes it for streams that begin later`() throws {
        let test = try largeServer("fire")
        let old = test.connect(to: 1)
        test.settle()
        try test.reload(FaultPlugin(source: "puppet", defines: ["LONGEST=0", "LARGEST=8"]))
        let new = test.connect(to: 1)
        for peer in [old, new] { peer.send(bytes: Large.fire.frame(Array("echo four".utf8))) }
        test.settle()
        #expect(old.take(.max) == Large.fire.frame(Array("four".utf8)) && test.engine.isClosed(new.number))
    }

    @Test func `a structure of interface 1.2 has no longest message, whatever lies behind it`() throws {
        let defines = ["LONGEST=0", "LARGEST=8", "FRAMING_SIZE=offsetof(pb_framing,maximum)"]
        let test = try server("fire", "Puppet", "limit message 1k;", defines: defines)
        let peer = test.connect(to: 1)
        peer.send(bytes: Large.fire.frame(StreamTests.message("echo", count: 1_024)))
        test.settle()
        #expect(peer.take(.max) == Large.fire.frame([UInt8](repeating: 0x78, count: 1_019)))
    }

    @Test(arguments: [("1 << 30", 0), ("(1 << 30) + 1", -4), ("UINT32_MAX", -4)])
    func `it is a gigabyte at most`(maximum: String, status: Int) throws {
        let test = try server("fire", "Puppet")
        let framing = "&((pb_framing){ .size = sizeof(pb_framing), .width = 1, .maximum = \(maximum) })"
        let next = FaultPlugin(
            source: "puppet",
            defines: ["TRIED=CALL(framing, TEXT(\"large\"), \(framing))"]
        )
        #expect(throws: CallError("the plugin refused: it answered \(status)")) { try test.reload(next) }
    }

    // MARK: Limits

    @Test func `over the connections of a service or an address a stream is not begun`() throws {
        let test = try server("lines", "EchoC", "limit connections_per_address 2;")
        let first = test.connect(to: 1)
        let peers = [first, test.connect(to: 1), test.connect(to: 1)]
        let other = test.connect(to: 1, from: .v4(0x7f00_0002))
        test.settle()
        #expect(peers.map { test.engine.isClosed($0.number) } == [false, false, true])
        #expect(!test.engine.isClosed(other.number) && test.server.refusals == ["address_limit": 1])
        first.leave()
        test.settle()
        let next = test.connect(to: 1)
        test.settle()
        #expect(!test.engine.isClosed(next.number))
    }

    @Test func `an IPv6 network of 64 bits is one address`() throws {
        let test = try server("lines", "EchoC", "limit connections_per_address 2;")
        let network: UInt64 = 0x2001_0db8_0000_0001
        let peers = (0..<4).map { test.connect(to: 1, from: .v6(high: network, low: UInt64($0) << 40)) }
        let other = test.connect(to: 1, from: .v6(high: network + 1, low: 0))
        test.settle()
        #expect(peers.map { test.engine.isClosed($0.number) } == [false, false, true, true])
        #expect(!test.engine.isClosed(other.number))
    }

    @Test func `peers of a Unix socket have no address that could be counted`() throws {
        let test = try server("lines", "EchoC", "limit connections_per_address 1;")
        let peers = (0..<9).map { _ in test.connect(to: 1, from: .unix("")) }
        test.settle()
        #expect(peers.allSatisfy { !test.engine.isClosed($0.number) })
    }

    @Test func `a stream that does not read is ended at the limit of its outbox`() throws {
        let test = try server("lines", "EchoC", "limit outbox 10k;")
        let peer = test.connect(to: 1)
        peer.setWindow(0)
        for _ in 0..<50 {
            peer.send(bytes: [UInt8](repeating: 0x61, count: 1_000) + [10])
            test.settle()
        }
        #expect(test.server.refusals == ["too_slow": 1])
        #expect(try test.service().peers.count == 0)
        test.pass(milliseconds: 5_000)
        #expect(test.server.connectionCount == 0)
    }
}
