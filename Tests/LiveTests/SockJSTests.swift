import Testing

/// SockJS as its clients count on it.
@Suite struct SockJSTests {
    /// `/close` ends each connection at once.
    private static let close = TestPlugin(
        registrations: "host->on_open(host->context, TEXT(\"\"), opened, &service);",
        functions: """
            static void opened(void *self, pb_connection who) {
                (void)self;
                host->close(host->context, who, 3000, TEXT("Go away!"));
            }
            """
    )

    private static let configuration = """
        listen web { address 127.0.0.1:0; }
        limit sockjs_response 4k;
        service echo { plugin EchoC; sockjs web /echo; }
        service plain { plugin EchoC; sockjs web /plain; sockjs_websocket off; }
        service cookie { plugin EchoC; sockjs web /cookie; sockjs_cookie on; }
        service close { plugin FOLDER/test.so; sockjs web /close; }
        """

    @Test func `everything that a client of SockJS 0.3.4 counts on is so`() throws {
        let server = try LiveServer(SockJSTests.configuration) {
            try SockJSTests.close.build("test.so", in: $0)
        }
        let address = "http://127.0.0.1:\(try server.address("/echo").port)"
        let folder = server.patchbay.folder
        let words = [Products.client("sockjs.py"), address]
        let client = try Program(Products.python, words, errors: folder.file("client.log"))
        let lines = try client.waitForEnd().output.split(separator: "\n")
        #expect(lines.last == "45 checks", "\(folder.text("client.log"))")
        #expect(lines.filter { $0.hasPrefix("failed ") } == [])
        #expect(lines.count { $0.hasPrefix("ok ") } == 45)
    }
}
