import Foundation
import Testing

/// Whatever is malformed ends, is counted, and leaves nothing behind.
@Suite struct MalformedTests {
    /// One listener of each kind.
    static let configuration = """
        origins http://example;
        listen web { address 127.0.0.1:0; }
        listen sealed {
            address 127.0.0.1:0;
            tls { certificate CERTIFICATES/localhost.pem; key CERTIFICATES/localhost.key; }
        }
        listen proxied { address 127.0.0.1:0; proxy_protocol on; }
        listen framed { address 127.0.0.1:0; }
        service echo {
            plugin EchoC;
            websocket web /echo;
            sockjs web /sockjs;
            websocket sealed /sealed;
            websocket proxied /proxied;
        }
        service posts { plugin FOLDER/test.so; http web /post; }
        service frames {
            plugin EchoC;
            limit message 1k;
            stream framed length 2 counts_itself trailer 0 empty refused;
        }
        """.replacing("CERTIFICATES", with: "\(Products.root)/.build/certificates")

    private static let posts = TestPlugin(
        registrations: """
            host->on_request(host->context, TEXT(""), TEXT("POST"), TEXT(""), asked, &service);
            """,
        functions: """
            static void asked(void *self, const pb_request *request) {
                (void)self;
                host->respond(host->context, request->ticket, 200, NULL, 0, request->body);
            }
            """
    )

    private struct Ground {
        let server: LiveServer
        private let ports: [Malformed.Place: UInt16]

        init() throws {
            server = try LiveServer(MalformedTests.configuration) {
                try MalformedTests.posts.build("test.so", in: $0)
            }
            ports = [
                .web: try server.address("/echo").port, .sealed: try server.address("/sealed").port,
                .proxied: try server.address("/proxied").port, .framed: try server.address("").port,
            ]
        }

        /// Does one thing from one of several addresses of this machine.
        func begin(_ malformed: Malformed, number: Int) throws -> PeerSocket {
            guard let port = ports[malformed.place] else { throw Unexpected("no such listener") }
            let peer = try PeerSocket(port: port, from: UInt8(1 + number % 8))
            peer.write(malformed.bytes)
            // Ports do not wait for late packets.
            peer.resetAtEnd()
            return peer
        }

        /// What `status` has counted, by reason.
        func refusals() throws -> [String: Int] { try server.status()["refusals"] as? [String: Int] ?? [:] }
    }

    @Test func `each kind is counted by its own reason`() throws {
        let ground = try Ground()
        for (number, malformed) in Malformed.all.enumerated() {
            let before = try ground.refusals()
            let peer = try ground.begin(malformed, number: number)
            if malformed.reason != nil { _ = try peer.readToEnd() }
            let counted = try ground.refusals().filter { before[$0.key] != $0.value }.map(\.key)
            #expect(counted == (malformed.reason.map { [$0] } ?? []), "\(malformed.name)")
        }
    }

    @Test func `a hundred thousand malformed things leave the process where it was`() throws {
        Crowd.raiseFileLimit()
        let ground = try Ground()
        let good = try WebSocketClient(ground.server.address("/echo"))
        #expect(try good.ask("before") == .text("before"))
        var expected: [String: Int] = [:]
        // What is allocated once is there after a tenth.
        try attack(ground, 0..<10_000, &expected)
        try ground.server.waitForConnections(1)
        let resident = try ground.server.resident()
        let descriptors = try ground.server.descriptors()

        try attack(ground, 10_000..<100_000, &expected)
        try ground.server.waitForConnections(1)
        #expect(try good.ask("after") == .text("after"))
        let counted = try ground.refusals()
        for reason in Set(counted.keys).union(expected.keys) {
            #expect(counted[reason] == expected[reason], "\(reason)")
        }
        #expect(try ground.server.resident() - resident < 2_048)
        // The status command's own connection may still be open.
        #expect(try ground.server.descriptors() <= descriptors + 2)
    }

    /// All kinds by turns, some at a time.
    private func attack(_ ground: Ground, _ numbers: Range<Int>, _ expected: inout [String: Int]) throws {
        for start in stride(from: numbers.lowerBound, to: numbers.upperBound, by: 100) {
            var waiting: [PeerSocket] = []
            for number in start..<start + 100 {
                let malformed = Malformed.all[number % Malformed.all.count]
                let peer = try ground.begin(malformed, number: number)
                guard let reason = malformed.reason else { continue }
                expected[reason, default: 0] += 1
                waiting.append(peer)
            }
            for peer in waiting { try peer.waitForEnd() }
        }
    }
}
