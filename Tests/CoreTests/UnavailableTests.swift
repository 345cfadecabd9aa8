import Testing

@testable import Core

@Suite struct UnavailableTests {
    private static let service = "service a { plugin A; websocket web /a; }"

    private func errors(_ text: String) throws -> [String] {
        let listener = text.contains("listen web") ? "" : " listen web { address *:0; }"
        let configuration = try ConfigurationFixture(text + listener).read()
        return Unavailable.errors(in: configuration).map(\.description)
    }

    @Test(arguments: [
        ("engine io_uring; \(service)", "1:1: engine io_uring"),
        ("log info;\n supervise on; \(service)", "2:2: supervise"),
        ("listen web { address *:0; admin; }", "1:8: the admin listener"),
        ("service a { plugin A; websocket web /a; watch on; }", "1:9: watch"),
        ("service a { plugin A; websocket web /a; isolate on; }", "1:9: isolate"),
        ("watch on; \(service)", "1:19: watch"),
    ])
    func `what is not served yet is refused at its place`(text: String, expected: String) throws {
        #expect(
            try errors(text) == ["plugins.conf:\(expected) is not available in this version; leave it out"]
        )
    }

    @Test(arguments: [
        service, "engine auto; \(service)", "engine epoll; \(service)", "supervise off; \(service)",
        "watch off; isolate off; \(service)",
        "listen web { address *:0; proxy_protocol on; trust_forwarded 10.0.0.0/8; }",
        "listen web { unix a.sock; tls { certificate a; key b; } }", "service a { plugin A; stream web; }",
        "service a { plugin A; http web /a; }", "service a { plugin A; sockjs web /a; }",
        "limit bytes 6k/s; limit auth_failures 10/m; back_ends 10.0.0.1; \(service)",
    ])
    func `what is served, or said not to be wanted, is not`(text: String) throws {
        #expect(try errors(text) == [])
    }
}
