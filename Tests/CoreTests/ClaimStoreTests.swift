import Net
import Store
import Testing

@testable import Core

/// Claims in batches that are not stored.
@Suite struct ClaimStoreTests {
    private static let plugin = FaultPlugin(source: "puppet", defines: ["STORE"])

    private let play: ClaimPlay

    init() throws {
        play = try ClaimPlay(ClaimStoreTests.plugin)
        try play.test.service().database?.limitSize(to: 1)
        try play.play(
            """
            anna > claim bot Foo
            ben > claim bot Foo
            anna < 0 anna
            anna < isalive Foo
            ben < 3 anna
            cleo > claim bot Foo
            cleo < 4 anna
            dora > claim bot Bar
            dora < 0 dora
            """
        )
    }

    /// Messages of one batch, which is lost by a last one.
    private func lose(_ messages: [String], by name: String) throws {
        try play.send(messages + ["fill 1000000"], by: name)
        for message in messages + ["fill 1000000"] {
            try play.expect("refused \(message.split(separator: " ")[0]) 4", by: name)
        }
    }

    @Test(arguments: [
        ["release bot Foo"], ["claim bot Bar"], ["claim bot New"], ["release bot Foo", "claim bot New"],
        [
            "claim bot New", "claim bot New2", "release bot New", "claim bot Foo", "claim user 1",
            "claim seat 1",
        ],
    ])
    func `what a waiting one did is not in force, and it keeps its place`(messages: [String]) throws {
        try lose(messages, by: "ben")
        try play.play(
            """
            ben > held bot 9
            ben < 2 Bar=dora Foo=anna
            wait 5000
            anna < lost Foo -1
            ben < granted Foo 1
            """
        )
    }

    @Test(arguments: [
        ["alive bot Foo"], ["release bot Foo"], ["swap bot Foo"], ["release bot Foo", "claim bot Foo"],
        ["alive bot Foo", "release bot Foo", "claim bot Foo", "claim bot Zoo"],
    ])
    func `what the holder did is not in force, and those that wait do so in their order`(messages: [String])
        throws
    {
        try lose(messages, by: "anna")
        try play.play(
            """
            ben > claim bot Foo
            ben < 4 anna
            wait 4999
            ben > release bot Foo
            ben < 0
            wait 1
            anna < lost Foo -1
            cleo < granted Foo 1
            """
        )
    }

    @Test func `a time that ended in a lost batch ends again a second later`() throws {
        play.test.pass(milliseconds: 4999)
        try play.sendOnly(["fill 1000000"], by: "dora")
        play.test.clock.advance(nanoseconds: 1_000_000)
        try play.play("dora < refused fill 4\ndora > held bot 9\ndora < 2 Bar=dora Foo=anna")
        play.test.pass(milliseconds: 999)
        try play.play("dora > holder bot Foo\ndora < 0 anna\nwait 1\nanna < lost Foo -1\nben < granted Foo 1")
    }

    @Test func `a holder whose time ended in a lost batch may still answer`() throws {
        play.test.pass(milliseconds: 4999)
        try play.sendOnly(["fill 1000000"], by: "dora")
        play.test.clock.advance(nanoseconds: 1_000_000)
        try play.play("dora < refused fill 4\nanna > alive bot Foo\nanna < 0\nwait 5000")
    }

    @Test func `a holder that ended in a lost batch has ended, and the first gets the name`() throws {
        try play.sendOnly(["fill 1000000"], by: "dora")
        try play.leave("anna")
        try play.play(
            "dora < refused fill 4\nben < granted Foo 1\ndora > held bot 9\ndora < 2 Bar=dora Foo=ben"
        )
    }
}
