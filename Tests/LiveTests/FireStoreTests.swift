import Testing

/// Fire when its database takes nothing, or not all; and what is left in it.
@Suite struct FireStoreTests {
    private static let configuration = BackEnd.configuration("limit auth_failures none;")
    private static let failed = #"{"success":false,"reason":"Error store, try latter...","code":302}"#

    /// A name space with a state, a permission and a browser in two channels.
    private struct Site {
        let server: LiveServer
        let backEnd: BackEnd
        let key: String
        let browser: WebSocketClient
        let connection: String

        init() throws {
            server = try LiveServer(FireStoreTests.configuration)
            backEnd = try BackEnd(server)
            key = try backEnd.register()
            let before = [
                #"{"action":"set","channel":"c","data":"first"}"#,
                ##"{"action":"subscribe","channel":"#p","userId":1}"##,
            ]
            for request in before { #expect(try backEnd.ask(request) == BackEnd.success) }
            browser = try WebSocketClient(server.address("/socket/websocket"))
            let token = Token.make("1", key: key)
            guard
                case .text(let welcome) = try browser.ask(
                    #"{"event":"auth","data":{"i":"site","s":"\#(token)"}}"#
                )
            else { throw Unexpected("the browser is not let in") }
            connection = String(welcome.split(separator: "\"")[9])
            #expect(try browser.ask(#"{"event":"subscribe","data":"c"}"#) == .text(state("first")))
            browser.send(##"{"event":"subscribe","data":"#p"}"##)
            #expect(try browser.ask(#"{"event":"x"}"#) == .text(Site.unknown))
        }

        func state(_ text: String) -> String { #"{"event":"c","data":"\#(text)"}"# }

        /// Everything that is stored, but keys.
        func stored() throws -> String {
            try server.sql(
                "SELECT * FROM states",
                "SELECT * FROM permissions",
                "SELECT id, name FROM spaces",
                "SELECT * FROM last_space"
            )
        }

        /// Nothing has changed for anybody, and everything goes on.
        func expectUnchanged() throws {
            let everybody = #"{"countUser":1,"countConnection":1,"connId_UserId":{"\#(connection)":1}}"#
            for channel in ["c", "#p"] {
                #expect(
                    try backEnd.ask(#"{"action":"channelInfo","channel":"\#(channel)"}"#) == everybody
                )
            }
            #expect(try backEnd.ask(#"{"action":"get","channel":"c"}"#) == #""first""#)
            #expect(try BackEnd(server).logIn(key) == BackEnd.success)
            let list = try server.command("call", "fire", "namespace.list").output
            #expect(list == #"[{"name":"site","backEnds":1,"browsers":1}]"# + "\n")
            // Nothing was sent, either.
            #expect(try browser.ask(#"{"event":"x"}"#) == .text(Site.unknown))
        }

        private static let unknown = #"{"event":"error","data":{"code":312,"reason":"Invalid action..."}}"#
    }

    private static let requests = [
        ("INSERT ON states", #"{"action":"set","channel":"new","data":1,"params":{"ttl":9}}"#),
        ("UPDATE ON states", #"{"action":"set","channel":"c","data":2,"params":{"emit":true}}"#),
        ("DELETE ON states", #"{"action":"set","channel":"c","data":null,"params":{"emit":true}}"#),
        ("INSERT ON permissions", ##"{"action":"subscribe","channel":"#q","userId":1}"##),
        ("DELETE ON permissions", ##"{"action":"unsubscribe","channel":"#p","userId":1}"##),
        ("INSERT ON spaces", #"{"action":"registerNameSpace","name":"new","key":"server-key"}"#),
        ("UPDATE ON last_space", #"{"action":"registerNameSpace","name":"new","key":"server-key"}"#),
    ]

    @Test(arguments: requests, [LiveServer.Loss.statement, .batch])
    func `what cannot be stored is answered with 302, and nothing of it is done`(
        request: (fails: String, text: String),
        loss: LiveServer.Loss
    ) throws {
        let site = try Site(), before = try site.stored()
        try site.server.failOn(request.fails, losing: loss)
        #expect(try site.backEnd.ask(request.text) == Self.failed)
        try site.server.failNoMore()
        #expect(try site.stored() == before)
        try site.expectUnchanged()
        #expect(try site.backEnd.ask(request.text)?.contains(#""success":true"#) == true)
    }

    @Test func `a body that is no JSON ends its connection, though its batch is lost`() throws {
        let site = try Site(), other = try BackEnd(site.server)
        #expect(try other.logIn(site.key) == BackEnd.success)
        try site.server.failOn("INSERT ON states", losing: .batch)
        let request = #"{"action":"set","channel":"new","data":1}"#
        other.socket.write(BackEnd.frame(request) + BackEnd.frame("[]"))
        #expect(try other.receive() == Self.failed)
        #expect(try other.receive() == #"{"success":false,"reason":"Bad JSON","code":300}"#)
        #expect(try other.receive() == nil)
        try site.server.failNoMore()
        try site.expectUnchanged()
    }

    private static let commands = [
        ("DELETE ON spaces", "remove"), ("DELETE ON states", "remove"), ("DELETE ON permissions", "remove"),
        ("UPDATE ON spaces", "rekey"),
    ]

    @Test(arguments: commands, [LiveServer.Loss.statement, .batch])
    func `a command whose work cannot be stored changes nothing`(
        command: (fails: String, name: String),
        loss: LiveServer.Loss
    ) throws {
        let site = try Site(), before = try site.stored()
        try site.server.failOn(command.fails, losing: loss)
        let outcome = try site.server.command("call", "fire", "namespace.\(command.name)", "name=site")
        #expect(outcome.code == 1 && outcome.errors.hasPrefix("nothing was changed: "))
        try site.server.failNoMore()
        #expect(try site.stored() == before)
        try site.expectUnchanged()
    }

    @Test func `a browser whose batch is lost is told so, and is where it was`() throws {
        let site = try Site()
        try site.server.sql("ALTER TABLE permissions RENAME TO away")
        let subscription = ##"{"event":"subscribe","data":"#p"}"##
        let failed = #"{"event":"error","data":{"code":302,"reason":"Error store, try latter..."}}"#
        #expect(try site.browser.ask(subscription) == .text(failed))
        try site.server.sql("ALTER TABLE away RENAME TO permissions")
        site.browser.send(subscription)
        try site.expectUnchanged()
    }

    @Test func `nothing is left of a name space that was removed`() throws {
        let site = try Site()
        _ = try site.server.command("call", "fire", "namespace.remove", "name=site")
        for table in ["spaces", "states", "permissions"] {
            #expect(try site.server.sql("SELECT count(*) FROM \(table)").hasSuffix("\n(0,)\n"))
        }
    }

    @Test func `states that ended while the server did not run are removed as well`() throws {
        let site = try Site()
        let short = #"{"action":"set","channel":"short","data":1,"params":{"ttl":0.001}}"#
        let long = #"{"action":"set","channel":"long","data":1,"params":{"ttl":3600}}"#
        for request in [short, long] { #expect(try site.backEnd.ask(request) == BackEnd.success) }
        try site.server.crash()
        try site.server.restart()
        let deadline = Deadline()
        var channels = ""
        repeat {
            channels = try site.server.sql("SELECT channel FROM states ORDER BY channel")
        } while channels.contains("'short'") && !deadline.hasPassed
        #expect(channels.hasSuffix("channel\n('c',)\n('long',)\n"))
    }
}
