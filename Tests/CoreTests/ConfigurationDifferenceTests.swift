import Testing

@testable import Core

@Suite struct ConfigurationDifferenceTests {
    private static let text = """
        listen web { address 127.0.0.1:1; }
        listen safe { address 127.0.0.1:2; tls { certificate a; key b; } }
        service one { plugin A; websocket web /one; option loud yes; }
        service two { plugin B; websocket safe /two; limit rate 5/s; }
        """

    private func differences(_ old: String, _ new: String) throws -> [String] {
        var difference = ConfigurationDifference()
        difference.compare(try ConfigurationFixture(old).read(), try ConfigurationFixture(new).read())
        let ending = "; that needs a restart in this version"
        #expect(difference.sentences.allSatisfy { $0.hasSuffix(ending) })
        return difference.sentences.map { String($0.dropLast(ending.count)) }
    }

    @Test(
        arguments: [
            ("state other;", "state"), ("loops 3;", "loops"), ("engine epoll;", "engine"),
            ("plugin_path x;", "plugin_path"), ("log debug;", "log"), ("drain 3s;", "drain"),
            ("http_authorities a.pem;", "http_authorities"), ("supervise on;", "supervise"),
            ("limit connections 3;", "limit connections"),
            ("limit connections_per_address 3;", "limit connections_per_address"),
            ("limit connections_per_principal 3;", "limit connections_per_principal"),
            ("limit rate 3/s;", "limit rate"), ("limit queries 3/s;", "limit queries"),
            ("limit bytes 3k/s;", "limit bytes"),
            ("limit auth_failures 3/m;", "limit auth_failures"), ("limit message 3k;", "limit message"),
            ("limit outbox 3k;", "limit outbox"), ("limit queue 3k;", "limit queue"),
            ("limit login 3s;", "limit login"), ("limit idle 3s;", "limit idle"),
            ("limit head 3k;", "limit head"), ("limit head_time 3s;", "limit head_time"),
            ("limit handshake 3s;", "limit handshake"), ("limit body_time 3s;", "limit body_time"),
            ("limit compress 3k;", "limit compress"),
            ("limit sockjs_response 3k;", "limit sockjs_response"),
            ("origins https://a.example;", "origins"), ("back_ends 10.0.0.1;", "back_ends"),
            ("lane own;", "lane"), ("watch on;", "watch"), ("isolate on;", "isolate"),
            ("compression off;", "compression"), ("sockjs_websocket off;", "sockjs_websocket"),
            ("sockjs_cookie on;", "sockjs_cookie"),
            ("sockjs_script https://a.example/a.js;", "sockjs_script"),
        ]
    )
    func `what stands at the top is named once, though all services have it`(line: String, place: String)
        throws
    {
        #expect(try differences(Self.text, "\(line)\n\(Self.text)") == ["\(place) has changed"])
        #expect(try differences("\(line)\n\(Self.text)", Self.text) == ["\(place) has changed"])
    }

    @Test(
        arguments: [
            ("address 127.0.0.1:1;", "address 127.0.0.1:9;", "listener web: its address has changed"),
            ("address 127.0.0.1:1;", "unix a.sock;", "listener web: its address has changed"),
            ("127.0.0.1:1;", "127.0.0.1:1; origins https://a.example;", "listener web: origins has changed"),
            ("127.0.0.1:1;", "127.0.0.1:1; proxy_protocol on;", "listener web: proxy_protocol has changed"),
            (
                "127.0.0.1:1;", "127.0.0.1:1; trust_forwarded 10.0.0.1;",
                "listener web: trust_forwarded has changed"
            ),
            ("127.0.0.1:1;", "127.0.0.1:1; tls { certificate a; key b; }", "listener web: tls has changed"),
            ("tls { certificate a; key b; }", "", "listener safe: tls has changed"),
            ("plugin A;", "plugin C;", "service one: plugin has changed"),
            ("option loud yes;", "option loud no;", "service one: option loud has changed"),
            ("option loud yes;", "", "service one: option loud is gone"),
            (
                "option loud yes;", "option loud yes; option far 3;",
                "service one: option far is new"
            ),
            (
                "websocket web /one;", "websocket web /one here;",
                "service one: websocket web /one has changed"
            ),
            (
                "websocket web /one;", "websocket web /one; http web /plain;",
                "service one: http web /plain is new"
            ),
            ("plugin A;", "plugin A; limit idle 2s;", "service one: limit idle has changed"),
            ("limit rate 5/s;", "", "service two: limit rate has changed"),
        ]
    )
    func `what a listener or a service says is named`(old: String, new: String, sentence: String) throws {
        #expect(try differences(Self.text, Self.text.replacing(old, with: new)) == [sentence])
    }

    @Test func `what comes and goes is named`() throws {
        let more =
            Self.text + "listen more { address 127.0.0.1:3; }\nservice more { plugin A; http more /a; }"
        #expect(try differences(Self.text, more) == ["listener more is new", "service more is new"])
        #expect(try differences(more, Self.text) == ["listener more is gone", "service more is gone"])
        let moved = Self.text.replacing("web /one;", with: "web /other;")
        #expect(
            try differences(Self.text, moved) == [
                "service one: websocket web /one is gone", "service one: websocket web /other is new",
            ]
        )
    }

    @Test func `administration is named`() throws {
        let plain = Self.text + "listen more { address 127.0.0.1:3; }"
        let admin = Self.text + "listen more { address 127.0.0.1:3; admin; }"
        #expect(try differences(plain, admin) == ["listener more: admin has changed"])
    }

    @Test func `a mode of a socket is named`() throws {
        let unix = Self.text.replacing("address 127.0.0.1:1;", with: "unix a.sock;")
        let other = unix.replacing("a.sock;", with: "a.sock mode 0600;")
        #expect(try differences(unix, other) == ["listener web: the mode of its socket has changed"])
    }

    @Test func `a service's own limit is not the top level's`() throws {
        let old = "limit idle 5s;\n" + Self.text
        let own = old.replacing("plugin A;", with: "plugin A; limit idle 7s;")
        #expect(try differences(old, own) == ["service one: limit idle has changed"])
        // The top level moves to what the service had of its own.
        #expect(
            try differences(own, "limit idle 7s;\n" + Self.text) == [
                "limit idle has changed"
            ]
        )
    }

    @Test(arguments: [
        ("certificate a; key b;", "certificate c; key d; host a.example; clients ca required;"),
        (
            "tls { certificate a; key b; }",
            "tls { certificate a; key b; } tls { certificate c; key d; host a.example; }"
        ),
        ("\n", "\n\n   # a comment\n"), ("option loud yes;", "option   \"loud\"   \"yes\"  ;"),
    ])
    func `certificates, and how a file is written, are no difference`(old: String, new: String) throws {
        #expect(try differences(Self.text, Self.text.replacing(old, with: new)) == [])
    }

    @Test func `another order is a difference`() throws {
        let lines = Self.text.split(separator: "\n")
        let turned = [lines[1], lines[0], lines[2], lines[3]].joined(separator: "\n")
        #expect(
            try differences(Self.text, turned) == [
                "the order of listeners, services or endpoints has changed"
            ]
        )
    }
}
