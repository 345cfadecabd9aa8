import PatchbayStage
import Testing

/// Plays with headers at who connects, and with those who are refused.
@Suite struct UpgradePlayTests {
    /// Plays it in memory and over sockets.
    private func play(
        _ text: String,
        by transport: StageTransport = .webSocket,
        _ isReloading: Bool = false
    ) throws -> [StageFailure?] {
        let plugin = try EchoPlugin()
        defer { plugin.remove() }
        let transcript = try Transcript(name: "upgrade", text: "websocket /gate gate\n" + text)
        return [
            Stage(plugin: plugin.file, in: "", by: transport)
                .play(transcript, reloadingAfterEveryLine: isReloading),
            LiveStage(plugin: plugin.file, in: "", by: transport)
                .play(transcript, reloadingAfterEveryLine: isReloading),
        ]
    }

    @Test(arguments: StageTransport.allCases, [false, true])
    func `who connects has headers, and is let in, refused, or waits`(
        transport: StageTransport,
        isReloading: Bool
    ) throws {
        let play = """
            anna connects
            + cookie: auth="anna"
            + Cookie: ; b=2
            anna < auth="anna"; b=2
            anna > "secret"
            anna < $secret
            ben connects from 10.0.0.7
            + cookie: $secret
            ben < secret
            ben disconnects
            ben connects
            + x-do: 403
            = 403 not you
            = content-type: text/plain; charset=utf-8
            ben connects
            ben < guest
            cleo connects
            + x-do: guest
            dora connects
            + x-do: 429 late
            cleo < nothing
            dora < nothing
            wait 4999ms
            cleo < nothing
            reload
            ben > a
            ben < a
            wait 1ms
            cleo < guest
            dora < closed 429 not you
            cleo > b
            cleo < b
            eve connects
            + x-do: later
            eve disconnects
            wait 10s
            """
        #expect(try self.play(play, by: transport, isReloading) == [nil, nil])
    }

    @Test(
        arguments: [
            ("anna connects\n+ x-do: 403", 2, "a WebSocket at /gate", "HTTP 403: not you\n"),
            ("anna connects\n+ x-do: 403\n= 404 …", 4, "404 …", "403 not you"),
            ("anna connects\n+ x-do: 403\n= 403 you", 4, "\"you\"", "\"not you\""),
            ("anna connects\n+ x-do: 403\n= 403 …\n= x-a: b", 4, "x-a: b", "no such header"),
            ("anna connects\n= 403 …", 3, "403 …", "an open connection"),
            (
                "anna connects\n+ x-do: 403\n= 403 …\nanna > a", 5, "anna with a connection",
                "none; write before: anna connects"
            ),
            (
                "anna connects\n+ x-do: 403 late\nwait 5s\nreload", 5, "nothing more for anna",
                "closed 403 not you"
            ),
            (
                "anna connects\n+ x-do: 403 late\nwait 5s\nanna < closed 404", 5, "closed 404",
                "closed 403 not you"
            ),
        ] as [(String, Int, String, String)]
    )
    func `a refusal that is another, or none, is found`(
        text: String,
        line: Int,
        expected: String,
        found: String
    ) throws {
        for failure in try play(text) {
            #expect(
                failure?.line == line && failure?.expected == expected && failure?.found == found,
                "\(failure as Any)"
            )
        }
    }
}
