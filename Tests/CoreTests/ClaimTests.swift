import Testing

@testable import Core

@Suite struct ClaimTests {
    private static let plugin = FaultPlugin(source: "puppet")

    @Test func `what makes no sense is answered so`() throws {
        let test = try TestServer()
        let answers = [-3, -4, -4, -4, -4, -1, -4, -4, -1, -4, -4, -4, -1]
        #expect(try test.open().ask("claims").texts == answers.map(String.init))
    }

    @Test(arguments: ["BOT_MODE=3", "BOT_TIME=0", "BOT_TIME=-1", "BOT_TIME=(1LL<<40)+1"])
    func `a kind of no mode, or a challenge of no time, is invalid`(define: String) throws {
        let test = try TestServer(plugin: FaultPlugin(source: "puppet", defines: [define]))
        // The puppet calls its kind what it was answered.
        #expect(try test.open().ask("claim bot x") == [.text("-4")])
    }

    @Test func `names are listed in the order of their bytes, by what they begin with`() throws {
        let play = try ClaimPlay(ClaimTests.plugin)
        try play.play(
            """
            anna > claim bot b
            ben > claim bot ab
            anna > claim bot abc
            anna > claim bot B
            ben > claim bot a
            anna > claim seat ax
            anna < 0 anna
            ben < 0 ben
            anna < 0 anna
            anna < 0 anna
            ben < 0 ben
            anna < 0 anna
            anna > held bot 100
            anna < 5 B=anna a=ben ab=ben abc=anna b=anna
            anna > held bot 100 ab
            anna < 2 ab=ben abc=anna
            anna > held bot 1 a
            anna < 1 a=ben
            anna > held bot 0 a
            anna < 0
            anna > held bot -1 a
            anna < 3
            anna > held bot 100 abcd
            anna < 0
            anna > names bot
            anna < 3 b=anna abc=anna B=anna
            ben > names bot count
            ben < 2
            ben > names user
            ben < 0
            """
        )
    }

    @Test func `a name whose holder has just been lost is in no list`() throws {
        let play = try ClaimPlay(FaultPlugin(source: "puppet", defines: ["CLAIMING_LOST"]))
        // In `lost` the former holder claims it anew, and stands behind the one that waited.
        try play.play(
            """
            anna > claim bot Foo
            ben > claim bot Foo
            wait 5000
            anna < 0 anna
            anna < isalive Foo
            anna < lost Foo -1
            anna < 4
            ben < 3 anna
            ben < granted Foo 1
            """
        )
    }

    @Test func `a holder that claims what it has just lost gets it again, if nobody waits`() throws {
        let play = try ClaimPlay(FaultPlugin(source: "puppet", defines: ["CLAIMING_LOST"]))
        try play.play(
            """
            anna > claim bot Foo
            ben > claim bot Foo
            ben ends
            wait 5000
            anna < 0 anna
            anna < isalive Foo
            anna < lost Foo -1
            anna < 4
            anna < granted Foo 1
            ben < 3 anna
            """
        )
    }

    @Test
    func `a challenge goes on through a reload with the time that it has left, the next has the new one`()
        throws
    {
        let play = try ClaimPlay(ClaimTests.plugin)
        try play.play(
            "anna > claim bot Foo\nben > claim bot Foo\nwait 4000\nanna < 0 anna\nanna < isalive Foo\nben < 3 anna"
        )
        try play.reload(FaultPlugin(source: "puppet", defines: ["BOT_TIME=1500"]))
        try play.play(
            """
            wait 999
            ben > holder bot Foo
            ben < 0 anna
            wait 1
            anna < lost Foo -1
            ben < granted Foo 1
            anna > claim bot Foo
            anna < 3 ben
            ben < isalive Foo
            wait 1499
            anna > holder bot Foo
            anna < 0 ben
            wait 1
            ben < lost Foo -1
            anna < granted Foo 1
            """
        )
    }

    @Test(arguments: ["PB_CLAIM_DENY", "PB_CLAIM_REPLACE"])
    func `a generation with another mode leaves names with their holders, and nobody waits`(mode: String)
        throws
    {
        let play = try ClaimPlay(ClaimTests.plugin)
        try play.play(
            "anna > claim bot Foo\nben > claim bot Foo\nanna < 0 anna\nanna < isalive Foo\nben < 3 anna"
        )
        try play.reload(FaultPlugin(source: "puppet", defines: ["BOT_MODE=\(mode)"]))
        try play.play("ben > release bot Foo\nben < -4\nwait 10000\nben > holder bot Foo\nben < 0 anna")
        try play.reload(ClaimTests.plugin)
        try play.play(
            "anna > alive bot Foo\nanna < -4\nben > claim bot Foo\nben < 3 anna\nanna < isalive Foo"
        )
    }

    @Test func `a generation without the kind frees its names`() throws {
        let play = try ClaimPlay(ClaimTests.plugin)
        try play.play(
            """
            anna > claim bot Foo
            ben > claim bot Foo
            ben > claim seat 1
            anna > claim bot Bar
            anna < 0 anna
            anna < isalive Foo
            anna < 0 anna
            ben < 3 anna
            ben < 0 ben
            """
        )
        try play.reload(FaultPlugin(source: "puppet", defines: ["WITHOUT_BOTS"]))
        try play.play("ben > claim 0 Foo\nben < -4\nben > held seat 9\nben < 1 1=ben")
        try play.reload(ClaimTests.plugin)
        try play.play(
            "ben > claim bot Foo\nben < 0 ben\nben > claim bot Bar\nben < 0 ben\nanna > names bot\nanna < 0"
        )
        #expect(try play.test.service().claims.challengeCount == 0)
    }

    @Test func `a refused generation leaves all of it as it was`() throws {
        let play = try ClaimPlay(ClaimTests.plugin)
        try play.play(
            "anna > claim bot Foo\nben > claim bot Foo\nanna < 0 anna\nanna < isalive Foo\nben < 3 anna"
        )
        let refusing = ["REFUSAL=\"no\"", "WITHOUT_BOTS"]
        #expect(throws: CallError.self) {
            try play.reload(FaultPlugin(source: "puppet", defines: refusing))
        }
        try play.play("wait 5000\nanna < lost Foo -1\nben < granted Foo 1")
    }

    @Test func `handlers that pass a name on let others go on`() throws {
        let test = try TestServer(plugin: FaultPlugin(source: "puppet", defines: ["PASSING_ON"]))
        let anna = try test.open(), ben = try test.open(), cleo = try test.open()
        _ = (ben.ask("keep"), anna.ask("claim bot Foo"), cleo.ask("claim bot Foo"))
        anna.send("release bot Foo")
        for _ in 0..<10 { test.turn() }
        cleo.send("echo still here")
        for _ in 0..<10 { test.turn() }
        #expect(cleo.arrived().texts.contains("still here"))
        #expect(try test.service().claims.vacancyCount == 1)
        test.pass(milliseconds: 1)
        #expect(try test.service().claims.vacancyCount == 0)
    }

    @Test func `status counts the names that are held`() throws {
        let test = try TestServer()
        let anna = try test.open(), service = try test.service()
        #expect(ServiceStatus(service).claims == 0)
        _ = anna.ask("many bot 12")
        #expect(ServiceStatus(service).claims == 12)
    }

    @Test(.timeLimit(.minutes(1)), arguments: ["", "STORE"])
    func `whoever holds or waits for very many names ends at once`(store: String) throws {
        let test = try TestServer(plugin: FaultPlugin(source: "puppet", defines: [store].filter { $0 != "" }))
        let anna = try test.open(), ben = try test.open(), cleo = try test.open()
        #expect(anna.ask("many bot 10000") == [.text("10000 granted 0 probing")])
        #expect(ben.ask("many bot 10000") == [.text("0 granted 10000 probing")])
        #expect(cleo.ask("many bot 10000") == [.text("0 granted 0 probing")])
        ben.leave()
        test.settle()
        #expect(try test.service().claims.challengeCount == 10_000)
        anna.leave()
        // The first of the names ends all other waits.
        #expect(cleo.seen() == [.text("granted 9999 1")])
        #expect(cleo.ask("held bot -1") == [.text("1")])
    }
}
