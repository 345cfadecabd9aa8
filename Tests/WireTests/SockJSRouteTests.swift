import Testing
import Wire

@Suite struct SockJSRouteTests {
    @Test(arguments: ["GET", "HEAD"], ["", "/"])
    func `the prefix greets, with a slash or without`(method: String, path: String) {
        #expect(find(method, path) == .greeting)
    }

    @Test(arguments: [
        "/a", "/a.html", "//", "///", "/a/a", "/a/a/", "/a/", "a", "x/info", "/info/", "/Info", "/infos",
        "/websocket/", "/a/b/c", "/a/b/xhr/", "/a/b/xhr/d", "/a/b/XHR", "/a/b/xhr-send", "/a/b/",
        "/a/b/xhr_sen", "/a/b/websockets",
    ])
    func `what is not there is not found`(path: String) {
        #expect(find("GET", path) == .notFound)
        #expect(find("POST", path) == .notFound)
    }

    @Test(arguments: [
        "/iframe.html", "/iframe-a.html", "/iframe-.html", "/iframe-0.1.2.html", "/iframe_.html",
        "/iframe-0.1.2abc-dirty.2144.html", "/iframe.html.html",
    ])
    func `the iframe's page has versions`(path: String) {
        #expect(find("GET", path) == .iframe)
        #expect(find("POST", path) == .notAllowed(allow: "GET, HEAD"))
    }

    @Test(arguments: [
        "/iframe.htm", "/iframe", "/IFRAME.HTML", "/IFRAME", "/iframe.HTML", "/iframe.xml", "/iframe-/.html",
        "/iframeA.html", "/iframe%20.html", "/iframhtml", "/xframe.html",
    ])
    func `what is nearly the iframe's page is not found`(path: String) {
        #expect(find("GET", path) == .notFound)
    }

    @Test(
        arguments: [
            ("GET", "/info", .info), ("HEAD", "/info", .info),
            ("OPTIONS", "/info", .preflight(allow: "OPTIONS, GET, HEAD")),
            ("POST", "/info", .notAllowed(allow: "OPTIONS, GET, HEAD")),
            ("POST", "/", .notAllowed(allow: "GET, HEAD")), ("OPTIONS", "", .notAllowed(allow: "GET, HEAD")),
            ("GET", "/websocket", .rawWebSocket), ("POST", "/websocket", .notAllowed(allow: "GET")),
            ("GET", "/0/0/websocket", .webSocket), ("POST", "/0/0/websocket", .notAllowed(allow: "GET")),
            ("HEAD", "/0/0/websocket", .notAllowed(allow: "GET")),
            ("POST", "/0/abc/xhr", .receive(.xhr, session: 3..<6)),
            ("GET", "/0/abc/xhr", .notAllowed(allow: "OPTIONS, POST")),
            ("OPTIONS", "/0/abc/xhr", .preflight(allow: "OPTIONS, POST")),
            ("POST", "/0/a/xhr_streaming", .receive(.xhrStreaming, session: 3..<4)),
            ("OPTIONS", "/0/a/xhr_streaming", .preflight(allow: "OPTIONS, POST")),
            ("POST", "/0/a/xhr_send", .send(.xhrSend, session: 3..<4)),
            ("OPTIONS", "/0/a/xhr_send", .preflight(allow: "OPTIONS, POST")),
            ("GET", "/0/a/xhr_send", .notAllowed(allow: "OPTIONS, POST")),
            ("GET", "/0/a/jsonp", .receive(.jsonp, session: 3..<4)),
            ("OPTIONS", "/0/a/jsonp", .notAllowed(allow: "GET")),
            ("POST", "/0/a/jsonp_send", .send(.jsonpSend, session: 3..<4)),
            ("GET", "/0/a/jsonp_send", .notAllowed(allow: "POST")),
            ("GET", "/0/a/eventsource", .receive(.eventSource, session: 3..<4)),
            ("OPTIONS", "/0/a/eventsource", .preflight(allow: "OPTIONS, GET")),
            ("POST", "/0/a/eventsource", .notAllowed(allow: "OPTIONS, GET")),
            ("GET", "/0/a/htmlfile", .receive(.htmlFile, session: 3..<4)),
            ("POST", "/0/a/htmlfile", .notAllowed(allow: "GET")),
            ("get", "/info", .notAllowed(allow: "OPTIONS, GET, HEAD")),
            ("DELETE", "/0/a/xhr", .notAllowed(allow: "OPTIONS, POST")),
        ] as [(String, String, SockJSRoute)]
    )
    func `each path has its methods`(method: String, path: String, route: SockJSRoute) {
        #expect(find(method, path) == route)
    }

    @Test(arguments: [
        ("/a/a", 3..<4), ("/_/_7", 3..<5), ("/1/", 3..<3), ("/abcdefgh_i-j%20/abcd_i-j%20", 17..<28),
    ])
    func `server and session may be anything but empty`(names: String, id: Range<Int>) {
        let expected = id.isEmpty ? SockJSRoute.notFound : .receive(.xhr, session: id)
        #expect(find("POST", names + "/xhr") == expected)
    }

    @Test(arguments: ["//", "/a./a", "/a/a.", "/./.", "/", "///", "/a/..", "//a", "/a//b"])
    func `names that are empty or have dots are not found`(names: String) {
        #expect(find("GET", names + "/xhr") == .notFound)
        #expect(find("POST", names + "/xhr") == .notFound)
    }

    @Test(arguments: ["/websocket", "/0/0/websocket"])
    func `a WebSocket that is switched off is not found`(path: String) {
        #expect(find("GET", path, hasWebSocket: false) == .notFound)
    }

    private func find(_ method: String, _ path: String, hasWebSocket: Bool = true) -> SockJSRoute {
        SockJSRoute.find(method: method.utf8.span, path: path.utf8.span, hasWebSocket: hasWebSocket)
    }
}
