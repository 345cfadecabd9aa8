import Testing
import Wire

/// Sec-WebSocket-Extensions: RFC 6455 §9.1 and RFC 7692 §7.1.
@Suite struct DeflateNegotiationTests {
    private static let plain = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"

    // The client's lines, and what is answered without and with context.
    @Test(
        arguments: [
            // RFC 7692 §7.1, its examples in §7.1.2.2 and §7.1.3.
            ("permessage-deflate", plain, "permessage-deflate"),
            ("permessage-deflate; client_max_window_bits", plain, "permessage-deflate"),
            (
                "permessage-deflate; client_max_window_bits; server_max_window_bits=10",
                plain + "; server_max_window_bits=10", "permessage-deflate; server_max_window_bits=10"
            ),
            (
                "permessage-deflate; client_max_window_bits; server_max_window_bits=10, "
                    + "permessage-deflate; client_max_window_bits",
                plain + "; server_max_window_bits=10", "permessage-deflate; server_max_window_bits=10"
            ),
            (
                "permessage-deflate; server_no_context_takeover", plain,
                "permessage-deflate; server_no_context_takeover"
            ),
            (
                "permessage-deflate; client_no_context_takeover", plain,
                "permessage-deflate; client_no_context_takeover"
            ),
            (
                "permessage-deflate; client_max_window_bits=10", plain + "; client_max_window_bits=10",
                "permessage-deflate; client_max_window_bits=10"
            ),
            // Autobahn 13.1 to 13.7, of its versions with 8 and with 9 bits.
            (
                "permessage-deflate; client_no_context_takeover; client_max_window_bits", plain,
                "permessage-deflate; client_no_context_takeover"
            ),
            (
                "permessage-deflate; server_max_window_bits=9; client_max_window_bits",
                plain + "; server_max_window_bits=9", "permessage-deflate; server_max_window_bits=9"
            ),
            (
                "permessage-deflate; server_max_window_bits=15", plain + "; server_max_window_bits=15",
                "permessage-deflate; server_max_window_bits=15"
            ),
            (
                "permessage-deflate; server_no_context_takeover; server_max_window_bits=8",
                plain + "; server_max_window_bits=8",
                "permessage-deflate; server_no_context_takeover; server_max_window_bits=8"
            ),
            (
                "permessage-deflate; server_no_context_takeover; server_max_window_bits=15",
                plain + "; server_max_window_bits=15",
                "permessage-deflate; server_no_context_takeover; server_max_window_bits=15"
            ),
            (
                "permessage-deflate; server_no_context_takeover; server_max_window_bits=9, "
                    + "permessage-deflate; server_no_context_takeover, permessage-deflate",
                plain + "; server_max_window_bits=9",
                "permessage-deflate; server_no_context_takeover; server_max_window_bits=9"
            ),
            // Quoted, escaped, blanks, other extensions, empty members.
            (
                "permessage-deflate;server_max_window_bits=\"1\\0\"", plain + "; server_max_window_bits=10",
                "permessage-deflate; server_max_window_bits=10"
            ),
            (
                " , ,\tpermessage-deflate ; server_max_window_bits = 8,",
                plain + "; server_max_window_bits=8",
                "permessage-deflate; server_max_window_bits=8"
            ),
            ("x-foo; a=\"permessage-deflate\"; b, permessage-deflate", plain, "permessage-deflate"),
        ]
    )
    func `an offer is answered`(offer: String, without: String, with: String) throws {
        #expect(try answer([offer], .on()) == without)
        #expect(try answer([offer], .on(keepsContext: true)) == with)
        #expect(try answer([offer], .off) == nil)
    }

    @Test(arguments: [
        "server_no_context_takeover; server_no_context_takeover", "server_no_context_takeover=1",
        "client_no_context_takeover; client_no_context_takeover", "client_no_context_takeover=\"true\"",
        "server_max_window_bits", "server_max_window_bits=10; server_max_window_bits=10",
        "server_max_window_bits=7", "server_max_window_bits=16", "server_max_window_bits=08",
        "server_max_window_bits=010", "server_max_window_bits=1", "server_max_window_bits=100",
        "server_max_window_bits=ten", "server_max_window_bits=+9", "server_max_window_bits=-9",
        "client_max_window_bits=7", "client_max_window_bits=16", "client_max_window_bits=09",
        "client_max_window_bits=20", "client_max_window_bits; client_max_window_bits=10",
        "client_max_window_bits=10; client_max_window_bits", "client_max_window_bits=1x", "mux", "mux=1",
        "Server_No_Context_Takeover",
    ])
    func `a wrong offer is declined, and the next one is looked at`(parameters: String) throws {
        let wrong = "permessage-deflate; \(parameters)"
        let next = "permessage-deflate; server_max_window_bits=11"
        #expect(try answer([wrong], .on()) == nil)
        #expect(try answer(["\(wrong), \(next)"], .on()) == Self.plain + "; server_max_window_bits=11")
        #expect(try answer([wrong, next], .on()) == Self.plain + "; server_max_window_bits=11")
    }

    @Test(arguments: [
        [], [""], [" , "], ["permessage-bzip2"], ["x-webkit-deflate-frame"], ["permessage-deflate-2"],
        ["Permessage-Deflate"], ["a; permessage-deflate"], ["a; b=permessage-deflate"],
    ])
    func `without permessage-deflate nothing is agreed on`(lines: [String]) throws {
        #expect(try answer(lines, .on()) == nil)
    }

    @Test(arguments: [
        "permessage-deflate;", "permessage-deflate; =1", "permessage-deflate; a=", "permessage-deflate; a=,b",
        "permessage-deflate a", "permessage-deflate; a b", "permessage-deflate; a=1 2", "; a", "a/b", "\"a\"",
        "a=1", "permessage-deflate; a=\"", "permessage-deflate; a=\"b", "permessage-deflate; a=\"\"",
        "permessage-deflate; a=\"b c\"", "permessage-deflate; a=\"b\\\"", "permessage-deflate; a=\"b\\",
        "permessage-deflate; a=\"b\"c", "permessage-deflate; a=\"b\\\"c\"", "a, b;;c",
        "permessage-deflate; a=b=c",
        "fine, b@d", "a\u{e9}",
    ])
    func `a line that breaks the grammar is refused with 400`(line: String) throws {
        for lines in [[line], ["permessage-deflate", line], [line, "permessage-deflate"]] {
            guard case .refuse(let failure) = try verdict(lines) else {
                Issue.record("taken: \(lines)")
                continue
            }
            #expect(failure.status == .badRequest)
        }
    }

    @Test(
        arguments: [
            ("permessage-deflate", 12, 15, false),
            ("permessage-deflate; client_max_window_bits", 12, 12, true),
            ("permessage-deflate; client_max_window_bits=10", 12, 10, true),
            ("permessage-deflate; client_max_window_bits=14", 12, 12, true),
            ("permessage-deflate; client_max_window_bits=8; server_max_window_bits=14", 12, 8, true),
            ("permessage-deflate; client_max_window_bits; server_max_window_bits=9", 9, 12, true),
        ] as [(String, UInt8, UInt8, Bool)]
    )
    func `the policy's window is the largest, and a client that cannot be told of it keeps no context`(
        offer: String,
        serverWindowBits: UInt8,
        clientWindowBits: UInt8,
        clientKeepsContext: Bool
    ) throws {
        let policy = DeflatePolicy.on(keepsContext: true, windowBits: 12)
        let expected = DeflateAgreement(
            serverKeepsContext: true,
            clientKeepsContext: clientKeepsContext,
            serverWindowBits: serverWindowBits,
            clientWindowBits: clientWindowBits
        )
        #expect(try handshake([offer]).agree(policy) == expected)
        #expect(try client([offer], policy) == .accepted(subprotocol: nil, deflate: expected))
    }

    @Test(arguments: [
        "permessage-deflate; client_max_window_bits", "permessage-deflate; x",
        "permessage-deflate; client_max_window_bits=7",
        "permessage-deflate, permessage-deflate", "x-foo", "", "permessage-deflate;",
        "permessage-deflate\r\nSec-WebSocket-Extensions: permessage-deflate",
    ])
    func `a client refuses an answer that is wrong`(value: String) throws {
        let client = ClientHandshake(host: "h", path: "/", extensions: "permessage-deflate")
        guard case .refused = try check(client, "Sec-WebSocket-Extensions: \(value)\r\n") else {
            Issue.record("taken")
            return
        }
    }

    @Test func `a client refuses an answer to what it did not offer`() throws {
        let line = "Sec-WebSocket-Extensions: permessage-deflate\r\n"
        let offering = ClientHandshake(host: "h", path: "/", extensions: "permessage-deflate")
        let silent = ClientHandshake(host: "h", path: "/")
        let agreement = DeflateAgreement(
            serverKeepsContext: true,
            clientKeepsContext: true,
            serverWindowBits: 15,
            clientWindowBits: 15
        )
        #expect(try check(offering, line) == .accepted(subprotocol: nil, deflate: agreement))
        #expect(try check(offering, "") == .accepted(subprotocol: nil))
        guard case .refused = try check(silent, line) else {
            Issue.record("taken")
            return
        }
    }

    // MARK: The two sides

    private func verdict(_ lines: [String]) throws -> Handshake.Verdict {
        let good = [
            "Host: h", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        ]
        let fields = lines.map { "Sec-WebSocket-Extensions: \($0)" }
        return Handshake.check(try #require(RequestSample.head(good + fields)?.head))
    }

    private func handshake(_ lines: [String]) throws -> Handshake {
        switch try verdict(lines) {
        case .accept(let handshake): return handshake
        case .refuse(let failure): throw failure
        }
    }

    /// The value of the answer's line; nil: there is none.
    private func answer(_ lines: [String], _ policy: DeflatePolicy) throws -> String? {
        let handshake = try handshake(lines)
        var bytes: [UInt8] = []
        handshake.appendAnswer(to: &bytes, deflate: handshake.agree(policy))
        let name = "Sec-WebSocket-Extensions: "
        let line = String(decoding: bytes, as: UTF8.self).split(separator: "\r\n").first {
            $0.hasPrefix(name)
        }
        return line.map { String($0.dropFirst(name.count)) }
    }

    /// What a client makes of the server's answer.
    private func client(_ lines: [String], _ policy: DeflatePolicy) throws -> ClientHandshake.Event {
        let client = ClientHandshake(host: "h", path: "/", extensions: lines.joined(separator: ", "))
        var request: [UInt8] = [], cursor = 0, reader = RequestHeadReader(limit: 1000)
        client.appendRequest(to: &request)
        let head = try #require(reader.next(request.span, from: &cursor).head)
        guard case .accept(let handshake) = Handshake.check(head) else { throw HTTPFailure(.badRequest, "") }
        var answer: [UInt8] = []
        handshake.appendAnswer(to: &answer, deflate: handshake.agree(policy))
        cursor = 0
        return client.check(answer.span, from: &cursor)
    }

    /// The same of an answer with a line that no server of ours gives.
    private func check(_ client: ClientHandshake, _ line: String) throws -> ClientHandshake.Event {
        var request: [UInt8] = [], answer: [UInt8] = [], cursor = 0, reader = RequestHeadReader(limit: 1000)
        client.appendRequest(to: &request)
        let head = try #require(reader.next(request.span, from: &cursor).head)
        guard case .accept(let handshake) = Handshake.check(head) else { throw HTTPFailure(.badRequest, "") }
        handshake.appendAnswer(to: &answer)
        answer = Array(answer.dropLast(2)) + Array(line.utf8) + [0x0d, 0x0a]
        cursor = 0
        return client.check(answer.span, from: &cursor)
    }
}
