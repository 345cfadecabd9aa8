import Core
import Testing

@Suite struct ConfigurationTests {
    private static let example = """
        state var;
        loops auto;
        # plugin_path DIR…;             # default: beside the binary, then ../lib/patchbay
        log   info;                     # text on a terminal, JSON lines otherwise

        listen web     { address 127.0.0.1:8080; }
        listen control { address 127.0.0.1:8085; }
        listen admin   { address 127.0.0.1:9180; admin; }

        service gg {
            plugin    GG;                       # finds libGG.so in plugin_path
            websocket web /chat/websocket /chat2/;
            sockjs    web /chat;
            http      web /js/minified/global.js smiles;
            http      web /api api;
            option    history 1000;
            limit     rate 10/s burst 30;
        }
        service fire {
            plugin    Fire;
            stream    control;
            websocket web /socket/websocket;
            sockjs    web /socket;
            option    key change-me;            # the example's key is refused on a public address
        }
        service song-request { plugin SongRequest; websocket web /song-request; http web /pingpong; }
        service wnet         { plugin Wnet; websocket web /wnet/ws; }
        service vkchat       { plugin VKChat; http web /tests/endpoint; websocket web /vkchat/ws; }

        """

    private let web = "listen web { address 127.0.0.1:0; }\n"
    private let nowhere = SourcePosition(file: "", line: 1, column: 1)

    private func endpoint(
        _ kind: EndpointConfiguration.Kind,
        _ listener: String,
        _ paths: String...,
        name: String? = nil
    ) -> EndpointConfiguration {
        var endpoint = EndpointConfiguration(
            kind: kind,
            listener: listener,
            position: nowhere,
            listenerPosition: nowhere
        )
        endpoint.paths = paths
        endpoint.name = name
        return endpoint
    }

    private func service(
        _ name: String,
        _ plugin: String,
        _ endpoints: [EndpointConfiguration],
        option: (name: String, value: String)? = nil,
        rate: Limits.Rate? = nil
    ) -> ServiceConfiguration {
        var settings = ServiceSettings()
        settings.limits.rate = rate
        var service = ServiceConfiguration(
            name: name,
            plugin: .name(plugin),
            settings: settings,
            position: nowhere,
            pluginPosition: nowhere
        )
        service.endpoints = endpoints
        if let option {
            let value = ConfigurationWord(option.value, at: nowhere)
            service.options = [OptionEntry(name: option.name, values: [value], position: nowhere)]
        }
        return service
    }

    private func listener(_ name: String, port: UInt16, isAdmin: Bool = false) -> ListenerConfiguration {
        let address = ListenerConfiguration.Address.ip([127, 0, 0, 1], port: port)
        var listener = ListenerConfiguration(
            name: name,
            address: address,
            position: nowhere,
            addressPosition: nowhere
        )
        listener.isAdmin = isAdmin
        return listener
    }

    @Test func `the whole example reads as it is written`() throws {
        var expected = Configuration(path: "plugins.conf")
        expected.listeners = [
            listener("web", port: 8080), listener("control", port: 8085),
            listener("admin", port: 9180, isAdmin: true),
        ]
        let gg = [
            endpoint(.websocket, "web", "/chat/websocket", "/chat2/"), endpoint(.sockjs, "web", "/chat"),
            endpoint(.http, "web", "/js/minified/global.js", name: "smiles"),
            endpoint(.http, "web", "/api", name: "api"),
        ]
        let fire = [
            endpoint(.stream, "control"), endpoint(.websocket, "web", "/socket/websocket"),
            endpoint(.sockjs, "web", "/socket"),
        ]
        let song = [endpoint(.websocket, "web", "/song-request"), endpoint(.http, "web", "/pingpong")]
        let vkchat = [endpoint(.http, "web", "/tests/endpoint"), endpoint(.websocket, "web", "/vkchat/ws")]
        let rate = Limits.Rate(perSecond: 10, burst: 30)
        expected.services = [
            service("gg", "GG", gg, option: ("history", "1000"), rate: rate),
            service("fire", "Fire", fire, option: ("key", "change-me")),
            service("song-request", "SongRequest", song),
            service("wnet", "Wnet", [endpoint(.websocket, "web", "/wnet/ws")]),
            service("vkchat", "VKChat", vkchat),
        ]
        #expect(try ConfigurationFixture(Self.example).read() == expected)
    }

    @Test func `positions are kept`() throws {
        let gg = try #require(try ConfigurationFixture(Self.example).read().service(named: "gg"))
        #expect(gg.position.description == "plugins.conf:10:9")
        #expect(gg.pluginPosition.description == "plugins.conf:11:15")
        #expect(gg.endpoints[1].listenerPosition.description == "plugins.conf:13:15")
        #expect(gg.options[0].position.description == "plugins.conf:16:15")
        #expect(gg.options[0].values[0].position.description == "plugins.conf:16:23")
    }

    @Test func `positions, comments and spaces make no difference`() throws {
        let moved = "\n# moved\n" + Self.example.split(separator: " ").joined(separator: "  ")
        #expect(try ConfigurationFixture(moved).read() == ConfigurationFixture(Self.example).read())
    }

    @Test(arguments: [
        ("history 1000", "history 999"), ("/api api", "/api apis"), ("rate 10/s", "rate 11/s"),
        ("8085", "8086"),
        ("plugin    GG", "plugin    GGG"), ("state var", "state vat"), ("9180; admin;", "9180;"),
    ])
    func `what is said makes a difference`(old: String, new: String) throws {
        let parts = Self.example.split(separator: old, maxSplits: 1, omittingEmptySubsequences: false)
        try #require(parts.count == 2)
        let changed = try ConfigurationFixture(parts.map(String.init).joined(separator: new)).read()
        #expect(try changed != ConfigurationFixture(Self.example).read())
    }

    @Test func `a free port can be asked for twice`() {
        let any = "listen a { address *:0; } listen b { address *:0; } "
        let one = "listen c { address [::]:0; } listen d { address [::]:0; }"
        #expect(ConfigurationFixture(any + one).errors.isEmpty)
    }

    @Test func `a port can be taken on several addresses`() {
        let four = "listen a { address 127.0.0.1:80; } listen b { address 127.0.0.2:80; } "
        let all = "listen a { address *:80; } listen b { address *:81; } "
        let six = "listen c { address [::1]:80; } listen d { address [::2]:80; }"
        #expect(ConfigurationFixture(four + six).errors.isEmpty)
        #expect(ConfigurationFixture(all + six).errors.isEmpty)
    }

    @Test func `an empty file has the defaults`() throws {
        let empty = try ConfigurationFixture("").read()
        #expect(empty == Configuration(path: "plugins.conf"))
        #expect(empty.state == "var")
        #expect(empty.loops == .automatic)
        #expect(empty.engine == .automatic)
        #expect(empty.log == .info)
        #expect(empty.drain == .seconds(10))
        #expect(empty.isSupervised == nil)
        #expect(empty.defaults.compression == .on)
        #expect(empty.defaults.hasSockJSWebSocket)
        #expect(!empty.defaults.hasSockJSCookie)
        #expect(empty.defaults.sockJSScript == nil)
    }

    @Test func `the top level sets everything`() throws {
        let text = """
            state /srv/p; loops 64; engine io_uring; plugin_path a /b; plugin_path c; log debug; drain 0s;
            compression takeover; sockjs_websocket off; sockjs_cookie on; sockjs_script /sockjs.js;
            supervise off; lane own; watch on; isolate on; back_ends 10.0.0.0/8 ::1; origins wss://A.example:443;
            """
        let configuration = try ConfigurationFixture(text).read()
        #expect(configuration.state == "/srv/p")
        #expect(configuration.loops == .count(64))
        #expect(configuration.engine == .uring)
        #expect(configuration.pluginPath == ["a", "/b", "c"])
        #expect(configuration.log == .debug)
        #expect(configuration.drain == .zero)
        #expect(configuration.isSupervised == false)
        #expect(configuration.defaults.lane == .own)
        #expect(configuration.defaults.isWatched)
        #expect(configuration.defaults.isIsolated)
        #expect(configuration.defaults.compression == .takeover)
        #expect(!configuration.defaults.hasSockJSWebSocket)
        #expect(configuration.defaults.hasSockJSCookie)
        #expect(configuration.defaults.sockJSScript == "/sockjs.js")
        #expect(configuration.defaults.backEnds.map(\.prefix) == [8, 128])
        #expect(configuration.defaults.origins == ["https://a.example"])
    }

    @Test func `a service overrides the defaults, wherever these stand`() throws {
        let own = """
            lane shared; watch off; isolate off; back_ends 10.0.0.1; origins *; compression off;
            sockjs_websocket on; sockjs_cookie off; sockjs_script https://cdn.example/sockjs.min.js;
            """
        let text = """
            service a { plugin A; http web /a; \(own) } service b { plugin B; http web /b; }
            lane own; watch on; isolate on; back_ends 10.0.0.2; origins https://b; compression on;
            sockjs_websocket off; sockjs_cookie on; sockjs_script /sockjs.js;
            """
        let configuration = try ConfigurationFixture(web + text).read()
        let first = try #require(configuration.service(named: "a")).settings
        #expect(first.lane == .shared)
        #expect(!first.isWatched)
        #expect(!first.isIsolated)
        #expect(first.backEnds == [AddressRange("10.0.0.1")])
        #expect(first.origins.isEmpty)
        #expect(first.compression == .off)
        #expect(first.hasSockJSWebSocket)
        #expect(!first.hasSockJSCookie)
        #expect(first.sockJSScript == "https://cdn.example/sockjs.min.js")
        #expect(configuration.service(named: "b")?.settings == configuration.defaults)
    }

    @Test func `a listener has all that its block says`() throws {
        let text = """
            listen web {
                unix run/web.sock;
                tls { certificate a.pem; key /k/a.pem; host A.example *.b.example; }
                tls { certificate c.pem; key c.key; host c.example; clients ca.pem; }
                tls { certificate d.pem; key d.key; clients /k/ca.pem required; }
                origins http://localhost:80 https://x:8443;
                proxy_protocol on;
                trust_forwarded 127.0.0.1 fd00::/8 unix;
            }
            """
        let listener = try #require(try ConfigurationFixture(text).read().listener(named: "web"))
        #expect(listener.address == .unix("run/web.sock"))
        #expect(listener.certificates.map(\.certificate) == ["a.pem", "c.pem", "d.pem"])
        #expect(listener.certificates.map(\.key) == ["/k/a.pem", "c.key", "d.key"])
        #expect(listener.certificates.map(\.hosts) == [["a.example", "*.b.example"], ["c.example"], []])
        let clients = listener.certificates.map(\.clients)
        #expect(clients.map { $0?.authorities } == [nil, "ca.pem", "/k/ca.pem"])
        #expect(clients.map { $0?.isRequired } == [nil, false, true])
        #expect(listener.origins == ["http://localhost", "https://x:8443"])
        #expect(listener.hasProxyProtocol)
        let trusted = [AddressRange("127.0.0.1"), AddressRange("fd00::/8"), AddressRange("unix")]
        #expect(listener.trustForwarded == trusted)
    }

    @Test(
        arguments: [
            ("", 0o660), (" mode 0660", 0o660), (" mode 600", 0o600), (" mode 0777", 0o777), (" mode 000", 0),
        ] as [(String, UInt32)]
    )
    func `a socket has a mode`(words: String, mode: UInt32) throws {
        let text = "listen web { unix a.sock\(words); }"
        let listener = try #require(try ConfigurationFixture(text).read().listener(named: "web"))
        #expect(listener.address == .unix("a.sock"))
        #expect(listener.socketMode == mode)
    }

    @Test(arguments: [
        ("127.0.0.1:0", ListenerConfiguration.Address.ip([127, 0, 0, 1], port: 0)),
        ("*:65535", .any(port: 65_535)),
        ("[::1]:80", .ip([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], port: 80)),
    ])
    func `an address is read`(text: String, address: ListenerConfiguration.Address) throws {
        #expect(
            try ConfigurationFixture("listen a { address \(text); }").read().listeners[0].address == address
        )
    }

    @Test(arguments: [
        ("GG", ServiceConfiguration.Plugin.name("GG")), ("./GG", .file("./GG")), ("a.so", .file("a.so")),
        ("/p/a.so", .file("/p/a.so")),
    ])
    func `a plugin is a name or a file`(text: String, plugin: ServiceConfiguration.Plugin) throws {
        let whole = web + "service a { plugin \(text); http web /a; }"
        #expect(try ConfigurationFixture(whole).read().services[0].plugin == plugin)
    }

    @Test(arguments: [
        "sockjs web /a; websocket web /a/websocket;", "websocket web /a/websocket; sockjs web /a;",
        "http web /a; websocket web /a;",
    ])
    func `transports of one service may share a path`(endpoints: String) {
        #expect(ConfigurationFixture(web + "service a { plugin A; \(endpoints) }").errors.isEmpty)
    }
}
