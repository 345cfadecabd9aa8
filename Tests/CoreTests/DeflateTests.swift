import Net
import Testing
import Wire

@testable import Core

/// permessage-deflate as the server speaks it. RFC 7692.
@Suite struct DeflateTests {
    typealias Seen = DeflatedPeer.Seen

    private static let long = String(repeating: "long and the same ", count: 100)

    private func server(_ settings: String = "", listen: String = "") throws -> TestServer {
        try TestServer(settings + "\n" + SessionTests.service, listen: listen)
    }

    private func watcher(_ test: TestServer) throws -> TestPeer {
        let watcher = try test.open()
        _ = watcher.ask("join watch")
        return watcher
    }

    @Test(arguments: [
        ("off", "permessage-deflate", nil),
        ("on", "permessage-deflate", DeflateAgreement(false, false, 15, 15)),
        ("on", "permessage-deflate; server_max_window_bits=10", DeflateAgreement(false, false, 10, 15)),
        ("takeover", "permessage-deflate; client_max_window_bits", DeflateAgreement(true, true, 15, 15)),
        ("takeover", "permessage-deflate", DeflateAgreement(true, true, 15, 15)),
        (
            "takeover", "permessage-deflate; server_no_context_takeover; client_max_window_bits=9",
            DeflateAgreement(false, true, 15, 9)
        ),
        ("on", "x-webkit-deflate-frame", nil), ("on", "permessage-deflate; unknown", nil),
    ])
    func `what is agreed on follows the setting and the offer`(
        setting: String,
        offer: String,
        agreement: DeflateAgreement?
    ) throws {
        let test = try server("compression \(setting);"), peer = try DeflatedPeer(test, offer: offer)
        #expect(peer.agreement == agreement)
        #expect(
            peer.ask("echo " + DeflateTests.long, isDeflated: agreement != nil)
                == [Seen(text: DeflateTests.long, isDeflated: agreement != nil)]
        )
    }

    @Test(arguments: ["permessage-deflate;;", "permessage-deflate; =1", "\"x\"", "permessage-deflate,,;"])
    func `an offer outside the grammar is 400`(offer: String) throws {
        let test = try server()
        #expect(
            test.answer("/main", [ResponseField("Sec-WebSocket-Extensions", offer)])
                == "HTTP/1.1 400 Bad Request"
        )
    }

    @Test(arguments: ["on", "takeover"])
    func `messages of either form go both ways, again and again`(setting: String) throws {
        let test = try server("compression \(setting);"), peer = try DeflatedPeer(test)
        for number in 0..<20 {
            let text = "\(number) " + DeflateTests.long
            #expect(
                peer.ask("echo " + text, isDeflated: number % 3 != 0) == [Seen(text: text, isDeflated: true)]
            )
        }
    }

    @Test func `a message is compressed from the limit on, if it gets shorter`() throws {
        let test = try server("limit compress 100;"), peer = try DeflatedPeer(test)
        let short = String(repeating: "a", count: 99), long = short + "a"
        #expect(peer.ask("echo " + short) == [Seen(text: short)])
        #expect(peer.ask("echo " + long) == [Seen(text: long, isDeflated: true)])
        var source = SplitMix(7)
        let noise = String(
            decoding: (0..<120).map { _ in UInt8(truncatingIfNeeded: 0x21 + source.next() % 94) },
            as: UTF8.self
        )
        let plain = peer.ask("echo " + noise)
        #expect(plain == [Seen(text: noise)])
    }

    @Test func `a room's message is compressed once for all who keep no context`() throws {
        let test = try server("limit compress 100;"), message = Array(DeflateTests.long.utf8)
        _ = try (0..<5).map { _ in try DeflatedPeer(test) }
        _ = try DeflatedPeer(test, offer: "permessage-deflate; server_max_window_bits=9")
        _ = try test.open()
        var frames = RoomFrames(), count = 0
        for connection in test.loop.connections.compactMap({ $0 }) {
            if test.loop.frame(for: connection, .text, message.span, &frames) != nil { count += 1 }
        }
        #expect(count == 7)
        #expect(frames.deflated.map(\.windowBits) == [15, 9])
        #expect(frames.deflated.allSatisfy { $0.frame != nil } && frames.plain != nil)
        frames.release(to: test.loop.pool)
    }

    @Test func `a room with members of every kind gives each its messages once and in order`() throws {
        let test = try server("limit compress 100;\ncompression takeover;"), client = SessionClient(test)
        let plain = try test.open(), sockJS = try DeflatedPeer(test, "/sock/a/b/websocket"),
            raw = try DeflatedPeer(test, "/sock/websocket")
        let keeping = try DeflatedPeer(test),
            forgetful = try DeflatedPeer(test, offer: "permessage-deflate; server_no_context_takeover")
        _ = (client.poll(), client.send("join room"), client.poll())
        _ = (
            plain.ask("join room"), sockJS.ask("[\"join room\"]"), raw.ask("join room"),
            keeping.ask("join room")
        )
        _ = forgetful.ask("join room")
        let texts = (0..<6).map { $0 % 2 == 0 ? "\($0)" : "\($0) " + DeflateTests.long }
        for (number, text) in texts.enumerated() {
            plain.send("publish room \(text)")
            // One of its own between them, so that its context is another's no more.
            if number == 3 { keeping.send("echo mine " + DeflateTests.long) }
        }
        let all = texts.map { Seen(text: $0, isDeflated: $0.count > 100) }
        #expect(plain.seen().texts == texts)
        #expect(raw.seen() == all && forgetful.seen() == all)
        #expect(Set(keeping.seen().map(\.text)) == Set(texts + ["mine " + DeflateTests.long]))
        #expect(sockJS.seen() == texts.map { Seen(text: "a[\"\($0)\"]", isDeflated: $0.count > 100) })
        #expect(client.poll() == "a[" + texts.map { "\"\($0)\"" }.joined(separator: ",") + "]\n")
    }

    @Test func `connections without contexts share what they compress by, and each with one has its own`()
        throws
    {
        let test = try server("compression takeover;")
        let forgetful = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
        let peers = try (0..<100).map { _ in try DeflatedPeer(test, offer: forgetful) }
        for peer in peers { #expect(peer.ask("echo " + DeflateTests.long).count == 1) }
        let shared = test.loop.connections.compactMap { $0?.compression }
        #expect(shared.count == 100 && shared.allSatisfy { $0 === shared[0] })
        #expect(shared[0].ownInflater == nil && shared[0].ownDeflater == nil)
        _ = try (0..<2).map { _ in try DeflatedPeer(test) }
        let own = test.loop.connections.compactMap { $0?.compression }.suffix(2)
        #expect(own.first !== own.last && own.allSatisfy { $0.ownInflater != nil && $0.ownDeflater != nil })
    }

    @Test func `a bomb is 1009, and its memory bounded`() throws {
        let test = try server(), watcher = try watcher(test), peer = try DeflatedPeer(test)
        let other = try DeflatedPeer(test)
        let bomb = peer.compressed([UInt8](repeating: 0x61, count: 16 << 20))
        #expect(bomb.count < 64 << 10)
        peer.send(marked: bomb)
        #expect(peer.seen() == [] && peer.closeCode == 1009)
        #expect(watcher.seen() == [.text("gone 1009 -1")])
        #expect(test.loop.scratch.allSatisfy { $0.capacity <= 256 << 10 })
        #expect(test.server.refusals == ["websocket_messageTooBig": 1])
        #expect(other.ask("echo " + DeflateTests.long) == [Seen(text: DeflateTests.long, isDeflated: true)])
    }

    @Test(
        arguments: [
            ([0xff, 0xff, 0xff], 1007, "websocket_notDeflate"),
            ([0x4a, 0x4c], 1007, "websocket_notDeflate"),
            (nil, 1007, "websocket_textNotUTF8"),
        ] as [([UInt8]?, Int, String)]
    )
    func `what is no DEFLATE, or no text, is 1007`(bytes: [UInt8]?, code: Int, reason: String) throws {
        let test = try server(), peer = try DeflatedPeer(test), other = try DeflatedPeer(test)
        peer.send(marked: bytes ?? peer.compressed(Array("echo ".utf8) + [0xff]))
        #expect(peer.seen() == [] && peer.closeCode == code)
        #expect(test.server.refusals == [reason: 1])
        #expect(other.ask("echo x") == [Seen(text: "x")])
    }

    @Test func `a mark without an agreement is a protocol error`() throws {
        let test = try server("compression off;"), peer = try DeflatedPeer(test)
        peer.send(marked: peer.compressed(Array("echo x".utf8)))
        #expect(peer.seen() == [] && peer.closeCode == 1002)
    }

    @Test func `a peer with a context that reads too slowly is closed, and others keep theirs`() throws {
        let test = try server("compression takeover;\nlimit outbox 1k;\nlimit compress 100;")
        let slow = try DeflatedPeer(test), quick = try DeflatedPeer(test), watcher = try watcher(test)
        _ = (slow.ask("join room"), quick.ask("join room"))
        slow.setWindow(0)
        var source = SplitMix(3)
        for _ in 0..<10 {
            let noise = String((0..<60).map { _ in String(source.next(), radix: 36) }.joined().prefix(600))
            #expect(quick.ask("publish room " + noise).map(\.text) == [noise])
        }
        #expect(watcher.seen() == [.text("gone 1013 -1")])
    }
}

extension DeflateAgreement {
    init(_ server: Bool, _ client: Bool, _ serverBits: UInt8, _ clientBits: UInt8) {
        self.init(
            serverKeepsContext: server,
            clientKeepsContext: client,
            serverWindowBits: serverBits,
            clientWindowBits: clientBits
        )
    }
}
