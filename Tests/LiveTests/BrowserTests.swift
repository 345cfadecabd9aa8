import Foundation
import Testing

/// Clients in Debian's Chromium: its own WebSocket, and Debian's SockJS with each transport.
@Suite struct BrowserTests {
    /// A browser that has no page yet.
    private final class Browser {
        private let program: Program
        private let folder: TemporaryFolder
        /// Where the page is: `http://127.0.0.1:40123`
        let home: String

        init() throws {
            folder = try TemporaryFolder()
            let words = [Products.client("browser.py"), folder.file("profile")]
            program = try Program("python3", words, errors: folder.file("log"))
            guard let line = try program.readLine() else { throw Unexpected(folder.text("log")) }
            home = line
        }

        /// Opens the page with what it is to do, and answers what came of each thing.
        func perform(_ tasks: [[String: Any]], at page: String) throws -> [String] {
            let text = String(decoding: try JSONSerialization.data(withJSONObject: tasks), as: UTF8.self)
            let fragment = text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
            try program.write("\(page)#\(fragment)")
            let outcomes = try tasks.map { _ in
                guard let line = try program.readLine(Deadline(seconds: 60)) else {
                    throw Unexpected(folder.text("log"))
                }
                return line
            }
            program.endInput()
            _ = try program.waitForEnd()
            return outcomes
        }
    }

    /// Bodies hold as many messages as the client likes to send at once; a form is three times as long.
    private func server(script: String) throws -> LiveServer {
        try LiveServer(
            """
            limit message 1m;
            listen web { address 127.0.0.1:0; }
            listen sealed {
                address 127.0.0.1:0;
                tls { certificate CERTIFICATES/localhost.pem; key CERTIFICATES/localhost.key; }
            }
            service echo {
                plugin EchoC;
                sockjs web /echo;
                websocket web /plain;
                websocket sealed /sealed;
                sockjs_script \(script)/sockjs.js;
            }
            """.replacing("CERTIFICATES", with: "\(Products.root)/.build/certificates")
        )
    }

    @Test func `SockJS of another origin's page echoes by each transport that Chromium has`() throws {
        let browser = try Browser()
        let server = try server(script: browser.home)
        let address = "http://127.0.0.1:\(try server.address("/echo").port)/echo"
        let transports = [
            "websocket", "xhr-streaming", "eventsource", "iframe-eventsource", "iframe-htmlfile",
            "xhr-polling",
            "iframe-xhr-polling", "jsonp-polling",
        ]
        let outcomes = try browser.perform(
            transports.map { ["transport": $0, "address": address, "many": 300] },
            at: "\(browser.home)/page.html"
        )
        #expect(outcomes == transports.map { "\($0): 316 messages, closed 1000" })
    }

    @Test func `SockJS of the server's own page echoes by htmlfile, too`() throws {
        let browser = try Browser()
        let server = try server(script: browser.home)
        let address = "http://127.0.0.1:\(try server.address("/echo").port)/echo"
        let outcomes = try browser.perform(
            ["htmlfile", "xhr-streaming"].map { ["transport": $0, "address": address, "many": 300] },
            at: "\(address)/iframe.html"
        )
        #expect(
            outcomes == ["htmlfile: 316 messages, closed 1000", "xhr-streaming: 316 messages, closed 1000"]
        )
    }

    @Test func `a WebSocket of the browser's own echoes, compressed, plain and over TLS`() throws {
        let browser = try Browser()
        let server = try server(script: browser.home)
        let addresses = [
            "ws://127.0.0.1:\(try server.address("/plain").port)/plain",
            "wss://127.0.0.1:\(try server.address("/sealed").port)/sealed",
        ]
        let outcomes = try browser.perform(
            addresses.map { ["address": $0, "many": 300] },
            at: "\(browser.home)/page.html"
        )
        #expect(outcomes.count == 2)
        for outcome in outcomes {
            #expect(outcome.hasPrefix("permessage-deflate"))
            #expect(outcome.hasSuffix(": 316 messages, closed 1000"))
        }
    }
}
