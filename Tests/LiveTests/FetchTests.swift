import Foundation
import Testing

/// What a plugin fetches from a server elsewhere.
@Suite struct FetchTests {
    /// Fetches what it is told: `METHOD URL MILLISECONDS MOST BODY`, as a request or as a message of somebody who is let in
    /// with the answer.
    private static let plugin = TestPlugin(
        registrations: """
            http = host->capability(host->context, PB_HTTP_CLIENT);
            host->on_request(host->context, TEXT(""), TEXT("POST"), TEXT(""), asked, &service);
            const pb_message_type all = { .size = sizeof all };
            host->on_message(host->context, TEXT("chat"), &all, told, &service);
            """,
        functions: """
            #include <stdio.h>
            #include <string.h>
            static const pb_http *http;
            static char line[1 << 20];
            static pb_bytes sentence(const pb_fetched *answer, pb_bytes failure) {
                if (!answer) return (pb_bytes){ line, snprintf(line, sizeof line, "failed: %.*s", (int)failure.count, failure.data) };
                int count = snprintf(line, sizeof line, "%u", answer->status);
                for (size_t i = 0; i < answer->header_count; i++) {
                    const pb_bytes name = answer->headers[i].name, value = answer->headers[i].value.bytes;
                    if (name.count != 6 || memcmp(name.data, "x-mark", 6) != 0) continue;
                    count += snprintf(line + count, sizeof line - count, " x-mark=%.*s", (int)value.count, value.data);
                }
                count += snprintf(line + count, sizeof line - count, " %.*s", (int)answer->body.count, answer->body.data);
                return (pb_bytes){ line, count };
            }
            static int32_t begin(pb_bytes words, uint64_t ticket, pb_on_fetched done) {
                char method[40], url[9000];
                unsigned milliseconds = 0, most = 0;
                int end = 0;
                char *copy = strndup((const char *)words.data, words.count);
                sscanf(copy, "%39s %8999s %u %u %n", method, url, &milliseconds, &most, &end);
                const pb_named mark = { TEXT("X-Mark"), { .type = PB_STRING, .bytes = TEXT("mine") } };
                const pb_fetch fetch = {
                    .size = sizeof fetch, .milliseconds = milliseconds, .most = most,
                    .method = { method, strlen(method) }, .url = { url, strlen(url) },
                    .headers = &mark, .header_count = 1, .body = { copy + end, end ? strlen(copy + end) : 0 },
                };
                const int32_t status = http->fetch(host->context, &fetch, ticket, done, &service);
                free(copy);
                return status;
            }
            static void respond(uint64_t ticket, pb_bytes text) {
                host->respond(host->context, ticket, 200, NULL, 0, text);
            }
            static void answered(void *self, uint64_t ticket, const pb_fetched *answer, pb_bytes failure) {
                (void)self;
                respond(ticket, sentence(answer, failure));
            }
            static void asked(void *self, const pb_request *request) {
                (void)self;
                const int32_t status = begin(request->body, request->ticket, answered);
                if (status < 0) respond(request->ticket, (pb_bytes){ line, snprintf(line, sizeof line, "status %d", status) });
            }
            static void admitted(void *self, uint64_t ticket, const pb_fetched *answer, pb_bytes failure) {
                (void)self;
                const pb_connection who = { ticket };
                host->accept(host->context, who, TEXT("somebody"));
                host->send(host->context, who, PB_TEXT, sentence(answer, failure));
            }
            static void told(void *self, pb_connection from, const pb_message *message) {
                (void)self;
                pb_connection_info info = { .size = sizeof info };
                host->describe(host->context, from, &info);
                if (info.logged_in) {
                    host->send(host->context, from, PB_TEXT, message->body);
                    return;
                }
                host->later(host->context, from);
                begin(message->body, from.bits, admitted);
            }
            """
    )

    /// A server with the plugin, and one elsewhere.
    private final class Ground {
        let server: LiveServer
        let elsewhere: Program
        let port: String
        let client: RequestClient

        /// - Parameters:
        ///   - certificate: of the server elsewhere; nil: it speaks no TLS.
        ///   - authorities: whom the server trusts; nil: as the system does.
        init(certificate: String? = nil, authorities: String? = nil, lane: String = "shared") throws {
            let trust = authorities.map { "http_authorities \(Products.certificate($0));" } ?? ""
            let configuration = """
                \(trust)
                lane \(lane);
                loops 2;
                drain 0s;
                listen web { address 127.0.0.1:0; }
                service test { plugin FOLDER/test.so; http web /fetch; websocket web /chat chat; }
                """
            server = try LiveServer(configuration) { try FetchTests.plugin.build("test.so", in: $0) }
            let files = certificate.map {
                [Products.certificate("\($0).pem"), Products.certificate("\($0).key")]
            }
            let folder = server.patchbay.folder
            let words = [Products.client("elsewhere.py")] + (files ?? [])
            elsewhere = try Program(Products.python, words, errors: folder.file("elsewhere.log"))
            guard let port = try elsewhere.readLine() else { throw Unexpected(folder.text("elsewhere.log")) }
            self.port = port
            client = try RequestClient(try server.address("/fetch"))
        }

        /// Has something fetched.
        func say(_ words: String) throws -> String { try client.ask("POST", "/fetch", body: words).body }

        func get(
            _ target: String,
            scheme: String = "http",
            host: String = "127.0.0.1",
            milliseconds: Int = 0,
            most: Int = 0
        ) throws -> String {
            try fetch("GET", target, scheme: scheme, host: host, milliseconds: milliseconds, most: most)
        }

        /// From the server elsewhere.
        func fetch(
            _ method: String,
            _ target: String,
            scheme: String = "http",
            host: String = "127.0.0.1",
            milliseconds: Int = 0,
            most: Int = 0,
            body: String = ""
        ) throws -> String {
            try say("\(method) \(scheme)://\(host):\(port)\(target) \(milliseconds) \(most) \(body)")
        }
    }

    @Test func `what a server answers comes to the plugin as it is`() throws {
        let ground = try Ground()
        for host in ["127.0.0.1", "localhost"] {
            #expect(try ground.get("/echo?a=b", host: host) == "200 GET /echo?a=b x-mark=mine ")
        }
        #expect(
            try ground.fetch("POST", "/echo", body: "the body")
                == "200 POST /echo content-length=8 x-mark=mine the body"
        )
        #expect(try ground.fetch("POST", "/echo") == "200 POST /echo content-length=0 x-mark=mine ")
        #expect(try ground.fetch("DELETE", "/echo") == "200 DELETE /echo x-mark=mine ")
        for status in [200, 201, 301, 404, 500, 599] {
            #expect(try ground.get("/status/\(status)") == "\(status) x-mark=Yes body")
        }
        for status in [204, 304] { #expect(try ground.get("/status/\(status)") == "\(status) x-mark=Yes ") }
        #expect(try ground.fetch("HEAD", "/head") == "200 ")
        #expect(try ground.get("/chunked") == "200 hello, world")
        #expect(try ground.get("/close") == "200 until the end")
        #expect(try ground.get("/large", most: 70_000) == "200 " + String(repeating: "x", count: 70_000))
        // One connection for each host, and one more for the one that was closed.
        #expect(try ground.get("/number") == "200 3 2")
    }

    @Test func `what goes wrong is said in a sentence`() throws {
        let ground = try Ground()
        let place = "127.0.0.1:\(ground.port)"
        #expect(
            try ground.get("/half?secret")
                == "failed: \(place): the connection ended inside the answer's body"
        )
        #expect(
            try ground.get("/nothing")
                == "failed: \(place): the connection ended before the answer's head was whole"
        )
        #expect(
            try ground.get("/garbage")
                == "failed: \(place): the answer does not begin as one of HTTP/1.1"
        )
        #expect(try ground.get("/large") == "failed: \(place): the body is over the limit")
        #expect(try ground.get("/endless") == "failed: \(place): the body is over the limit")
        #expect(
            try ground.get("/hang?secret", milliseconds: 50) == "failed: \(place) did not answer within 50 ms"
        )
        #expect(try ground.elsewhere.readLine() == "hanging")
        #expect(try ground.elsewhere.readLine() == "left")
        let closed = try ListeningPort()
        #expect(
            try ground.say("GET http://127.0.0.1:\(closed.number)/ 0 0 ")
                == "failed: cannot connect to 127.0.0.1:\(closed.number): Connection refused"
        )
        let unknown = try ground.say("GET http://nobody.invalid/secret 0 0 ")
        #expect(unknown.hasPrefix("failed: nobody.invalid cannot be looked up: "), "\(unknown)")
        for words in [
            "GET ftp://a/ 0 0 ", "GET http://a:0/ 0 0 ", "GET http://me@a/ 0 0 ", "CONNECT http://a/ 0 0 ",
            "G(T http://a/ 0 0 ", "GET http://a/ 60001 0 ", "GET http://a/ 0 4194305 ", "GET a 0 0 ",
        ] {
            #expect(try ground.say(words) == "status -4", "\(words)")
        }
    }

    /// A port of which nothing listens.
    private struct ListeningPort {
        let number: UInt16

        init() throws {
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            defer { close(descriptor) }
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
            var size = socklen_t(MemoryLayout<sockaddr_in>.size)
            let isBound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                    unsafe bind(descriptor, address, size) == 0
                        && getsockname(descriptor, address, &size) == 0
                }
            }
            guard isBound else { throw Unexpected.failed("bind") }
            number = UInt16(bigEndian: address.sin_port)
        }
    }

    @Test func `connections are kept, and one that ended meanwhile is not noticed`() throws {
        let ground = try Ground()
        #expect(try ground.get("/number") == "200 1 1")
        #expect(try ground.fetch("POST", "/number") == "200 1 2")
        #expect(try ground.get("/leave") == "200 bye")
        #expect(try ground.fetch("POST", "/number") == "200 2 1")
    }

    @Test func `what may have been carried out is not sent twice, unless it changes nothing`() throws {
        let ground = try Ground()
        #expect(try ground.get("/mute") == "200 1")
        // The second request of a connection is read and not answered.
        #expect(try ground.get("/mute") == "200 2")
        #expect(
            try ground.fetch("POST", "/mute")
                == "failed: 127.0.0.1:\(ground.port) ended a kept connection without an answer; POST is not sent twice"
        )
        #expect(try ground.fetch("POST", "/mute") == "200 3")
    }

    @Test(arguments: ["localhost", "127.0.0.1"])
    func `over TLS a certificate must be for the host`(host: String) throws {
        let ground = try Ground(certificate: "localhost", authorities: "authority.pem")
        func fetch(_ target: String) throws -> String { try ground.get(target, scheme: "https", host: host) }
        #expect(try fetch("/number") == "200 1 1")
        #expect(try fetch("/number") == "200 1 2")
        #expect(try fetch("/chunked") == "200 hello, world")
        #expect(try fetch("/close") == "200 until the end")
        #expect(
            try fetch("/cut") == "failed: the connection to \(host):\(ground.port) broke off"
        )
        #expect(try ground.get("/", host: host).hasPrefix("failed: "))
    }

    @Test(
        arguments: [
            ("localhost", "other-authority.pem", "localhost", "unable to get local issuer certificate"),
            ("localhost", nil, "localhost", "unable to get local issuer certificate"),
            ("example", "authority.pem", "localhost", "hostname mismatch"),
            ("example", "authority.pem", "127.0.0.1", "IP address mismatch"),
            ("expired", "authority.pem", "localhost", "certificate has expired"),
            ("future", "authority.pem", "localhost", "certificate is not yet valid"),
        ] as [(String, String?, String, String)]
    )
    func `a certificate that is not trusted, not for the host or not valid now is refused`(
        certificate: String,
        authorities: String?,
        host: String,
        reason: String
    ) throws {
        let ground = try Ground(certificate: certificate, authorities: authorities)
        #expect(
            try ground.get("/number", scheme: "https", host: host)
                == "failed: TLS with \(host):\(ground.port) failed: its certificate is refused: \(reason)"
        )
    }

    @Test(arguments: ["shared", "own"])
    func `what was fetched for is asked again of the next generation`(lane: String) throws {
        let ground = try Ground(lane: lane)
        ground.client.send(
            "POST",
            "/fetch",
            body: "GET http://127.0.0.1:\(ground.port)/second?request 60000 0 "
        )
        #expect(try ground.elsewhere.readLine() == "hanging")
        let member = try WebSocketClient(try ground.server.address("/chat"))
        member.send("GET http://127.0.0.1:\(ground.port)/second?connection 60000 0 ")
        #expect(try ground.elsewhere.readLine() == "hanging")
        member.send("behind it")
        let outcome = try ground.server.command("reload", "test")
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(try ground.client.answer().body == "200 visit 2")
        #expect(try member.receive() == .text("200 visit 2"))
        #expect(try member.receive() == .text("behind it"))
        #expect(try Set([ground.elsewhere.readLine(), ground.elsewhere.readLine()]) == ["left"])
    }

    @Test func `a server ends at once while something is fetched`() throws {
        let ground = try Ground()
        ground.client.send("POST", "/fetch", body: "GET http://127.0.0.1:\(ground.port)/hang 60000 0 ")
        #expect(try ground.elsewhere.readLine() == "hanging")
        let start = ContinuousClock.now
        #expect(try ground.server.end() == 0)
        #expect(ContinuousClock.now - start < .seconds(10))
        #expect(try ground.elsewhere.readLine() == "left")
    }

    @Test func `a service has 64 under way, and the next one is refused`() throws {
        let ground = try Ground()
        let clients = try (0..<64).map { _ in try RequestClient(try ground.server.address("/fetch")) }
        let words = "GET http://127.0.0.1:\(ground.port)/hang 60000 0 "
        for client in clients {
            client.send("POST", "/fetch", body: words)
            #expect(try ground.elsewhere.readLine() == "hanging")
        }
        #expect(try ground.say(words) == "status -2")
        let outcome = try ground.server.command("reload", "test")
        #expect(outcome.code == 0, "\(outcome.errors)")
    }

    @Test(arguments: ["check", "run"])
    func `a file of authorities that cannot be read is named before anything runs`(command: String) throws {
        let patchbay = try Patchbay("http_authorities none.pem;\nstate FOLDER/state;\n" + LiveServer.echo)
        let outcome = try patchbay.command(command)
        let said = outcome.output + outcome.errors
        #expect(outcome.code != 0 && said.contains("plugins.conf:1:1: "), "\(said)")
        #expect(said.contains("none.pem: cannot be read: No such file or directory"), "\(said)")
    }
}
