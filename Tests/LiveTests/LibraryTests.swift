import Testing

/// Clients on other people's WebSocket libraries, each a process of its own.
@Suite struct LibraryTests {
    /// A client that sends what it is told and tells what it receives, a line each.
    struct Client {
        let program: Program

        /// - Parameters:
        ///   - library: `websockets` (Python) or `ws` (Node).
        ///   - version: the one of TLS to speak, where the address asks for TLS: `1.2` or `1.3`.
        init(
            _ library: String,
            _ address: LiveAddress,
            in folder: TemporaryFolder,
            version: String = "1.3"
        ) throws {
            let errors = folder.file("\(library).log")
            let authority = Products.certificate("authority.pem")
            if library == "websockets" {
                let words = [Products.client("client.py"), address.description, authority, version]
                program = try Program(Products.python, words, errors: errors)
            } else {
                let words = [
                    "--tls-min-v\(version)", "--tls-max-v\(version)", Products.client("client.js"),
                    address.description, authority,
                ]
                let path = ["NODE_PATH=/usr/share/nodejs"]
                program = try Program("node", words, errors: errors, environment: path)
            }
            guard try program.readLine() == "open" else { throw Unexpected(folder.text("\(library).log")) }
        }

        func send(_ text: String) throws { try program.write(text) }

        func receive() throws -> String {
            guard let line = try program.readLine() else { throw Unexpected("the client has ended") }
            return line
        }

        /// Takes messages until one of gg's type `type` comes.
        func receive(type: String) throws -> String {
            while true {
                let line = try receive()
                if line.contains("\"type\":\"\(type)\"") { return line }
            }
        }

        /// Closes in good order; the last line tells the code.
        func close() throws -> String {
            program.endInput()
            return try program.waitForEnd().output
        }
    }

    static let texts = ["Привет, мир", "щука 🎉 fish", "👩‍👩‍👧‍👦 и 日本語", "naïve \u{10ffff}"]

    @Test(arguments: ["websockets", "ws"])
    func `echo answers what it was sent`(library: String) throws {
        let server = try LiveServer()
        let client = try Client(library, server.address("/echo"), in: server.patchbay.folder)
        for text in LibraryTests.texts {
            try client.send(text)
            #expect(try client.receive() == text)
        }
        #expect(try client.close() == "closed 1000\n")
    }

    @Test func `two libraries meet in a channel of gg, and its history survives kill -9`() throws {
        let server = try LiveServer(GGChannel.configuration)
        _ = try GGChannel(server, users: 2)
        let python = try join("websockets", user: 1, server)
        let node = try join("ws", user: 2, server)
        for (number, text) in LibraryTests.texts.enumerated() {
            try (number.isMultiple(of: 2) ? python : node).send(GGChannel.saying(text))
            for client in [python, node] {
                #expect(try client.receive(type: "message").contains("\"text\":\"\(text)\""))
            }
        }
        try server.crash()
        try server.restart()
        for library in ["websockets", "ws"] {
            let client = try join(library, user: 1, server)
            try client.send(GGChannel.history)
            let history = try client.receive(type: "channel_history")
            let places = LibraryTests.texts.map { history.firstRange(of: "\"text\":\"\($0)\"")?.lowerBound }
            #expect(!places.contains(nil))
            #expect(places.compactMap { $0 } == places.compactMap { $0 }.sorted())
            #expect(try client.close() == "closed 1000\n")
        }
    }

    private func join(_ library: String, user: Int, _ server: LiveServer) throws -> Client {
        let client = try Client(library, server.address("/chat/websocket"), in: server.patchbay.folder)
        _ = try client.receive(type: "welcome")
        try client.send(GGChannel.authentication(user: user))
        _ = try client.receive(type: "success_auth")
        try client.send(GGChannel.joining)
        _ = try client.receive(type: "success_join")
        return client
    }
}
