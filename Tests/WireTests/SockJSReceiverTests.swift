import Testing
import Wire

@Suite struct SockJSReceiverTests {
    @Test(
        arguments: [
            (.xhr, "a[\"x\"]\n"), (.xhrStreaming, "a[\"x\"]\n"), (.eventSource, "data: a[\"x\"]\r\n\r\n"),
            (.htmlFile, "<script>\np(\"a[\\\"x\\\"]\");\n</script>\r\n"),
            (.jsonp, "/**/callback(\"a[\\\"x\\\"]\");\r\n"),
        ] as [(SockJSTransport, String)]
    )
    func `each transport wraps a frame its way`(transport: SockJSTransport, wrapped: String) throws {
        #expect(try appended(transport, "a[\"x\"]") == wrapped)
    }

    @Test func `an event is decoded like a URL`() throws {
        #expect(try appended(.eventSource, #"a["%41%"]"#) == "data: a[\"%2541%25\"]\r\n\r\n")
    }

    @Test(
        arguments: [
            (
                .htmlFile, #"a["</script>\n\\"]"#,
                "<script>\np(\"a[\\\"\\u003c/script>\\\\n\\\\\\\\\\\"]\");\n</script>\r\n"
            ),
            (.jsonp, #"a["<\n"]"#, "/**/callback(\"a[\\\"\\u003c\\\\n\\\"]\");\r\n"),
        ] as [(SockJSTransport, String, String)]
    )
    func `a message cannot leave the script`(transport: SockJSTransport, frame: String, wrapped: String)
        throws
    {
        #expect(try appended(transport, frame) == wrapped)
    }

    @Test(
        arguments: [
            (.xhr, ""), (.jsonp, ""), (.xhrStreaming, String(repeating: "h", count: 2048) + "\n"),
            (.eventSource, "\r\n"),
        ] as [(SockJSTransport, String)]
    )
    func `a stream begins with its prelude`(transport: SockJSTransport, prelude: String) throws {
        var buffer: [UInt8] = []
        try receiver(transport).appendPrelude(to: &buffer)
        #expect(String(decoding: buffer, as: UTF8.self) == prelude)
        #expect(transport.isStreaming == !prelude.isEmpty)
    }

    @Test func `an htmlfile is a page of more than a kilobyte`() throws {
        var buffer: [UInt8] = []
        try receiver(.htmlFile).appendPrelude(to: &buffer)
        let page = String(decoding: buffer, as: UTF8.self)
        let lines = [
            "<!doctype html>", "<html><head>",
            "  <meta http-equiv=\"X-UA-Compatible\" content=\"IE=edge\" />",
            "  <meta http-equiv=\"Content-Type\" content=\"text/html; charset=UTF-8\" />",
            "</head><body><h2>Don't panic!</h2>", "  <script>", "    document.domain = document.domain;",
            "    var c = parent.callback;", "    c.start();", "    function p(d) {c.message(d);};",
            "    window.onload = function() {c.stop();};", "  </script>", "",
        ]
        #expect(page.hasPrefix(lines.joined(separator: "\n") + "  "))
        #expect(page.utf8.count == 1028)
        #expect(page.hasSuffix("  \r\n\r\n"))
    }

    @Test(arguments: [
        ("c=%63allback", "callback"), ("c=x", "x"), ("a=b&c=_jp.a1-B", "_jp.a1-B"), ("callback=f", "f"),
        ("c=a&c=b", "a"),
    ])
    func `the query names the callback`(query: String, name: String) throws {
        #expect(try callback(.jsonp, query) == Array(name.utf8))
        #expect(try callback(.xhr, query) == [])
    }

    @Test(arguments: ["", "c", "c=", "d=x", "cc=x", "C=x", "&&", "=c"])
    func `a callback that is not there is asked for`(query: String) {
        #expect(throws: SockJSFailure.callbackRequired) {
            try callback(.htmlFile, query)
        }
    }

    @Test(arguments: ["c=%20", "c=*", "c=abc(", "c=abc%28", "c=a+b", "c=a%", "c=%c3%a9", "c=a;b", "c=%00"])
    func `a callback with other characters is refused`(query: String) {
        #expect(throws: SockJSFailure.callbackInvalid) { try callback(.jsonp, query) }
    }

    private func callback(_ transport: SockJSTransport, _ query: String) throws -> [UInt8] {
        try SockJSReceiver(transport, query: query.utf8.span).callback
    }

    private func receiver(_ transport: SockJSTransport) throws -> SockJSReceiver {
        try SockJSReceiver(transport, query: "c=callback".utf8.span)
    }

    private func appended(_ transport: SockJSTransport, _ frame: String) throws -> String {
        var buffer: [UInt8] = []
        try receiver(transport).append(frame.utf8.span, to: &buffer)
        return String(decoding: buffer, as: UTF8.self)
    }
}
