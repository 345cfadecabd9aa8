import Foundation
import Testing
import Wire

/// Logins at the upgrade, with a client of other people's, on a loop's thread and on one of the lane's own.
@Suite struct AuthTests {
    private static let plugin = TestPlugin(
        registrations: """
            host->on_auth(host->context, TEXT(""), asked, &service);
            host->on_open(host->context, TEXT(""), opened, &service);
            host->on_timer(host->context, TEXT("decide"), decided, &service);
            """,
        functions: """
            static void decided(void *self, pb_bytes key) {
                (void)self;
                pb_connection who;
                __builtin_memcpy(&who.bits, key.data, 8);
                host->accept(host->context, who, (pb_bytes){ key.data + 8, key.count - 8 });
            }
            static void asked(void *self, pb_connection who, const pb_request *upgrade) {
                (void)self;
                uint8_t name[256];
                size_t count = 8;
                __builtin_memcpy(name, &who.bits, 8);
                for (size_t i = 0; i < upgrade->header_count; i++) {
                    const pb_bytes header = upgrade->headers[i].name, value = upgrade->headers[i].value.bytes;
                    if (header.count != 6 || __builtin_memcmp(header.data, "cookie", 6) != 0) continue;
                    __builtin_memcpy(name + count, value.data, value.count);
                    count += value.count;
                }
                const pb_bytes cookies = { name + 8, count - 8 };
                if (cookies.count == 0) return;
                if (name[8] == '-') host->reject(host->context, who, 403, TEXT("not you"));
                else if (name[8] != '~') host->accept(host->context, who, cookies);
                else {
                    host->later(host->context, who);
                    host->start_timer(host->context, TEXT("decide"), (pb_bytes){ name, count }, 20);
                }
            }
            static void opened(void *self, pb_connection who) {
                (void)self;
                pb_connection_info info = { .size = sizeof info };
                host->describe(host->context, who, &info);
                host->send(host->context, who, PB_TEXT, info.principal.count ? info.principal : TEXT("nobody"));
            }
            """
    )

    private func server(_ lane: String, _ loops: Int) throws -> LiveServer {
        let configuration = """
            loops \(loops);
            lane \(lane);
            listen web { address 127.0.0.1:0; }
            service test { plugin FOLDER/test.so; websocket web /test; sockjs web /sock; }
            """
        return try LiveServer(configuration) { try AuthTests.plugin.build("test.so", in: $0) }
    }

    /// What Python's websockets see.
    private func come(_ server: LiveServer, _ count: Int, _ cookies: [String]) throws -> Set<String> {
        let address = try server.address("/test")
        let url = "ws://127.0.0.1:\(address.port)/test"
        let folder = server.patchbay.folder
        let words = [Products.client("cookies.py"), url, "\(count)"] + cookies
        let client = try Program(Products.python, words, errors: folder.file("client.log"))
        let lines = try client.waitForEnd().output.split(separator: "\n").map(String.init)
        #expect(lines.count == count, "\(folder.text("client.log"))")
        return Set(lines)
    }

    @Test(arguments: ["shared", "own"], [1, 2])
    func `cookies say who comes, at once and later, and whom nobody wants hears so`(lane: String, loops: Int)
        throws
    {
        let server = try server(lane, loops)
        #expect(try come(server, 50, [#"auth="anna:1\054x""#, "b=2"]) == [#"auth="anna:1\054x"b=2 1.0"#])
        #expect(try come(server, 50, ["~auth=ben"]) == ["~auth=ben 1.0"])
        #expect(try come(server, 20, ["-", "b"]) == ["403 not you"])
        #expect(try come(server, 5, []) == ["nobody 1.0"])
    }

    @Test(arguments: ["shared", "own"], [1, 2])
    func `those who go away while it is thought about leave nothing behind`(lane: String, loops: Int) throws {
        let server = try server(lane, loops), address = try server.address("/test")
        var request: [UInt8] = []
        let cookie = [ResponseField("Cookie", "~x")]
        ClientHandshake(host: "a", path: "/test", fields: cookie).appendRequest(to: &request)
        for round in 0..<40 {
            let socket = try PeerSocket(port: address.port)
            socket.write(request + WebSocketClient.frame(.text, Array("early \(round)".utf8)))
        }
        #expect(try come(server, 10, ["~ben"]) == ["~ben 1.0"])
        try server.waitForConnections(0)
    }
}
