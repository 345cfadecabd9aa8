import Foundation
import PatchbayStage
import Testing

/// Plays that go wrong, so that one may believe those that go right.
@Suite struct StageTests {
    enum Ground: CaseIterable { case memory, sockets }

    @Test(arguments: Ground.allCases, [
        ("anna > b\nanna < a", 3, #"expected "a", found "b""#),
        ("anna < a", 2, "expected a, found nothing"),
        (#"anna > {"a":[1,2]}"# + "\n" + #"anna < {"a":[1,3]}"#, 3, "at a[1]: expected 3, found 2\n  in {\"a\":[1,2]}"),
        ("anna > a\nanna < nothing", 3, #"expected nothing, found "a""#),
        ("anna > a\nanna < closed", 3, #"expected closed, found "a""#),
        ("anna < closed 1000 bye", 2, "expected closed 1000 bye, found an open connection"),
        ("anna >hex 00 0a\nanna <hex 00 0b", 3, "expected hex 00 0b, found hex 00 0a"),
        ("anna >hex 00 0a\nanna < a", 3, "expected a, found hex 00 0a"),
        ("anna > a\nanna <hex 61", 3, #"expected hex 61, found "a""#),
        ("anna <hex 61", 2, "expected hex 61, found nothing"),
        ("bert < a", 2, "expected bert with a connection, found none; write before: bert connects"),
        ("bert > a", 2, "expected bert with a connection, found none; write before: bert connects"),
        ("anna disconnects\nanna > a", 3, "expected anna with a connection, found none; write before: anna connects"),
        ("anna closes 1000\nanna > a", 3, "expected anna with an open connection, found closed 1000"),
        ("anna closes 1000\nanna < closed 1001", 3, "expected closed 1001, found closed 1000"),
        ("anna connects", 2, "expected anna without a connection, found one that is open"),
        ("bert connects /nowhere", 2, "expected a WebSocket at /nowhere, found HTTP 404: nothing is served at this path\n"),
        ("restart\nanna > a", 3, "expected anna with an open connection, found closed 1006"),
        ("call online\n= {\"connections\":2}", 3, "at connections: expected 2, found 1\n  in {\"connections\":1}"),
        ("call onlin\n= 1", 3, #"expected 1, found the error service echoc has no command "onlin"; did you mean "online"?"#),
        ("call onlin\n! no", 3, #"expected "no", found "service echoc has no command "onlin"; did you mean "online"?""#),
        ("call onlin\nanna < nothing", 2, #"expected an answer, found the error service echoc has no command "onlin"; did you mean "online"?"#),
        ("call online\n! no", 3, #"expected the error no, found "{"connections":1}""#),
    ] as [(String, Int, String)])
    func `a wrong line is found, with what it expects and what came`(
        ground: Ground,
        wrong: (text: String, line: Int, difference: String)
    ) throws {
        let text = "anna connects\n\(wrong.text)\nanna > never"
        let failure = try play(text, on: ground)
        let line = text.split(separator: "\n")[wrong.line - 1]
        #expect(failure?.description == "wrong:\(wrong.line): \(line)\n  \(wrong.difference)")
    }

    @Test(arguments: Ground.allCases, [
        ("anna > a", "the end", 2),
        ("anna > a\nanna disconnects", "anna disconnects", 3),
        ("anna > a\nanna closes 1000\nanna connects", "anna connects", 4),
        ("anna > a\nrestart", "restart", 3),
    ])
    func `a message that no line asks for is a failure when its connection goes`(
        ground: Ground,
        play: (text: String, place: String, line: Int)
    ) throws {
        let failure = try self.play("anna connects\n" + play.text, on: ground)
        #expect(failure?.description == "wrong:\(play.line): \(play.place)\n  expected nothing more for anna, found \"a\"")
    }

    @Test(arguments: Ground.allCases)
    func `a service that does not start fails at the first line`(ground: Ground) throws {
        let failure = try play("# A play.\noption loud on\nanna connects", on: ground)
        #expect(failure?.line == 2)
        #expect(failure?.expected == "a service that starts")
        #expect(failure?.found.contains("unknown option \"loud\" of plugin EchoC") == true)
    }

    @Test(arguments: Ground.allCases)
    func `a plugin that is not there fails with the folder`(ground: Ground) throws {
        let transcript = try Transcript(name: "wrong", text: "anna connects")
        let failure =
            switch ground {
            case .memory: Stage(plugin: "Nobody", in: "/nowhere").play(transcript)
            case .sockets: LiveStage(plugin: "Nobody", in: "/nowhere").play(transcript)
            }
        #expect(failure?.found.contains("libNobody.so: there is no such file in /nowhere") == true)
    }

    @Test(arguments: Ground.allCases)
    func `the host's own ending is a failure unless a line asks for it`(ground: Ground) throws {
        let long = String(repeating: "a", count: 70_000)
        let unasked = try play("anna connects\nanna > \(long)", on: ground)
        #expect(unasked?.text == "the end")
        #expect(unasked?.found == "closed 1009 the message is over the limit")
        #expect(try play("anna connects\nanna > \(long)\nanna < closed 1009 …limit", on: ground) == nil)
    }

    @Test(arguments: Ground.allCases)
    func `a plugin may be given by its file`(ground: Ground) throws {
        let transcript = try Transcript(name: "right", text: "anna connects\nanna > a\nanna < a")
        let file = StageTests.folder + "/libEchoC.so"
        let failure =
            switch ground {
            case .memory: Stage(plugin: file, in: "/nowhere").play(transcript)
            case .sockets: LiveStage(plugin: file, in: "/nowhere").play(transcript)
            }
        #expect(failure == nil)
    }

    @Test func `a transcript's file that is not there is an error`() {
        let error = TranscriptError(
            name: "none.transcript",
            line: 0,
            message: "/nowhere/none.transcript cannot be read: there is no such file or directory"
        )
        #expect(throws: error) { try Transcript(file: "/nowhere/none.transcript") }
    }

    private static let folder = URL(filePath: "/proc/self/exe")
        .resolvingSymlinksInPath().deletingLastPathComponent().path

    private func play(_ text: String, on ground: Ground) throws -> StageFailure? {
        let transcript = try Transcript(name: "wrong", text: text)
        let endpoints = [Stage.Endpoint("/echo"), Stage.Endpoint("/room", name: "room")]
        return switch ground {
        case .memory:
            Stage(plugin: "EchoC", endpoints: endpoints, in: StageTests.folder).play(transcript)
        case .sockets:
            LiveStage(plugin: "EchoC", endpoints: endpoints, in: StageTests.folder).play(transcript)
        }
    }
}
