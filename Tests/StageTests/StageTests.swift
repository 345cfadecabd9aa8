import Foundation
import PatchbayStage
import Testing

/// Plays that go wrong, so that one may believe those that go right.
@Suite struct StageTests {
    enum Ground: CaseIterable { case memory, sockets }

    @Test(arguments: Ground.allCases, WrongPlay.all)
    func `a wrong line is found, with what it expects and what came`(
        ground: Ground,
        wrong: WrongPlay
    ) throws {
        let text = "anna connects\n\(wrong.text)\nanna > never"
        let failure = try play(text, on: ground)
        let line = text.split(separator: "\n")[wrong.line - 1]
        #expect(failure?.description == "wrong:\(wrong.line): \(line)\n  \(wrong.difference)")
    }

    @Test(
        arguments: Ground.allCases,
        [
            ("anna > a", "the end", 2),
            ("anna > a\nanna disconnects", "anna disconnects", 3),
            ("anna > a\nanna closes 1000\nanna connects", "anna connects", 4),
            ("anna > a\nrestart", "restart", 3),
        ]
    )
    func `a message that no line asks for is a failure when its connection goes`(
        ground: Ground,
        play: (text: String, place: String, line: Int)
    ) throws {
        let failure = try self.play("anna connects\n" + play.text, on: ground)
        let difference = "expected nothing more for anna, found \"a\""
        #expect(failure?.description == "wrong:\(play.line): \(play.place)\n  \(difference)")
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

    @Test(arguments: Ground.allCases)
    func `reloads between the lines take two loads of the file by turns`(ground: Ground) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "libTurns-\(ground).so")
        try FileManager.default.copyItem(atPath: StageTests.folder + "/libEchoC.so", toPath: file.path)
        let transcript = try Transcript(
            name: "right",
            text: "anna connects\nanna > a\nanna < a\nreload\nwait 1s"
        )
        let failure =
            switch ground {
            case .memory: Stage(plugin: file.path, in: "").play(transcript, reloadingAfterEveryLine: true)
            case .sockets:
                LiveStage(plugin: file.path, in: "").play(transcript, reloadingAfterEveryLine: true)
            }
        #expect(failure == nil)
        let maps = try #require(FileHandle(forReadingAtPath: "/proc/self/maps"))
        let mapped = String(decoding: try maps.readToEnd() ?? Data(), as: UTF8.self)
        // The start's, the two, and that of the line `reload`.
        let isMapped = (1...5).map { mapped.contains("/turns-\(ground)-\($0)-") }
        #expect(isMapped == [true, true, true, true, false])
    }

    @Test func `a transcript's file that is not there is an error`() {
        let error = TranscriptError(
            name: "/nowhere/none.transcript",
            line: 0,
            message: "the file cannot be read: there is no such file or directory"
        )
        #expect(throws: error) { try Transcript(file: "/nowhere/none.transcript") }
    }

    @Test(
        arguments: [StageTransport.sockJSWebSocket, .sockJSRequests],
        [
            ("anna > a\nanna < a\nanna > b\nanna < c", 5, "\"b\""), ("anna > a", 2, "\"a\""),
            ("anna >hex 00", 2, "SockJS, which carries texts alone"), ("anna < a", 2, "nothing"),
            ("anna > a\nanna < a\nanna closes 1000\nanna > b", 5, "closed 1000"),
        ]
    )
    func `over SockJS a wrong line is found too`(
        transport: StageTransport,
        play: (text: String, line: Int, found: String)
    ) throws {
        let transcript = try Transcript(name: "wrong", text: "anna connects\n" + play.text)
        let memory = Stage(plugin: "EchoC", in: StageTests.folder, by: transport).play(transcript)
        let live = LiveStage(plugin: "EchoC", in: StageTests.folder, by: transport).play(transcript)
        for failure in [memory, live] {
            #expect(failure?.line == play.line && failure?.found == play.found, "\(failure as Any)")
        }
    }

    @Test(arguments: [StageTransport.webSocket, .sockJSWebSocket, .sockJSRequests], Ground.allCases)
    func `peers come from the addresses that the play says`(transport: StageTransport, ground: Ground) throws
    {
        let text = """
            limit connections_per_address 1
            anna connects
            ben connects from 10.0.0.7
            cleo connects from 2001:db8::1
            dora connects from 10.0.0.7
            """
        let transcript = try Transcript(name: "wrong", text: text)
        let failure =
            switch ground {
            case .memory: Stage(plugin: "EchoC", in: StageTests.folder, by: transport).play(transcript)
            case .sockets: LiveStage(plugin: "EchoC", in: StageTests.folder, by: transport).play(transcript)
            }
        #expect(failure?.line == 5 && failure?.found.hasPrefix("HTTP 429") == true, "\(failure as Any)")
    }

    @Test(arguments: [StageTransport.webSocket, .sockJSWebSocket, .sockJSRequests], [false, true])
    func `messages over their pace come when the clock is moved`(transport: StageTransport, isReloading: Bool)
        throws
    {
        let plugin = try EchoPlugin()
        defer { plugin.remove() }
        let text = """
            limit queries 1/s burst 2
            anna connects
            ben connects
            anna > 0
            anna < 0
            anna > 1
            anna > 2
            anna > 3
            anna > 4
            anna < 1
            anna < nothing
            ben > free
            ben < free
            wait 999ms
            anna < nothing
            wait 1ms
            anna < 2
            reload
            wait 2s
            anna < 3
            anna < 4
            wait 5s
            anna > last
            anna < last
            ben > a
            ben < a
            ben > b
            ben < b
            ben > c
            ben disconnects
            anna > again
            anna < again
            """
        let transcript = try Transcript(name: "paced", text: text)
        let failures = [
            Stage(plugin: plugin.file, in: "", by: transport)
                .play(transcript, reloadingAfterEveryLine: isReloading),
            LiveStage(plugin: plugin.file, in: "", by: transport)
                .play(transcript, reloadingAfterEveryLine: isReloading),
        ]
        #expect(failures == [nil, nil])
    }

    @Test(
        arguments: Ground.allCases,
        [
            ("site requests GET /api/x", 3, "an answer", "401 …"),
            ("site requests GET /api/x\n= 404 …", 4, "404 …", "401 …"),
            ("site requests GET /api/x\n= 401", 4, "\"\"", "\"{…"),
            ("site requests GET /api/x\n= 401 …\n= allow: GET", 4, "allow: GET", "no such header"),
            (
                "site requests GET /api/x\n= 401 …\n= content-type: text/…", 4, "content-type: text/…",
                "Content-Type: application/json"
            ),
            ("site requests GET /none", 3, "an answer", "404 nothing is served at this path…"),
        ]
    )
    func `a wrong answer to a request is found, with what it expects and what came`(
        ground: Ground,
        wrong: (text: String, line: Int, expected: String, found: String)
    ) throws {
        let text = "http /api api\nanna connects\n\(wrong.text)\nanna > never"
        let failure = try #require(try play(text, of: "GG", on: ground))
        #expect(failure.line == wrong.line && failure.expected == wrong.expected, "\(failure)")
        let start = wrong.found.prefix { $0 != "…" }
        #expect(failure.found.hasPrefix(start), "\(failure)")
    }

    @Test(arguments: Ground.allCases)
    func `what is captured stands in paths, headers and bodies of requests`(ground: Ground) throws {
        let text = """
            http /api api
            call credential.add id=site
            = {"id":$id,"token":$token}
            site requests POST /api/user {"user_id":7,"nickname":$id,"token":$token}
            + authorization: $id:$token
            = 201 {"user_id":$user,"nickname":"site",…}
            site requests DELETE /api/user/$user
            + authorization: $id:$token
            = 200 {"user_id":"7"}
            = content-type: $type
            = cache-control: no-…
            """
        #expect(try play(text, of: "GG", on: ground) == nil)
    }

    private static let folder = URL(filePath: "/proc/self/exe")
        .resolvingSymlinksInPath().deletingLastPathComponent().path

    private func play(_ text: String, of plugin: String = "EchoC", on ground: Ground) throws -> StageFailure?
    {
        let transcript = try Transcript(name: "wrong", text: text)
        return switch ground {
        case .memory:
            Stage(plugin: plugin, in: StageTests.folder).play(transcript)
        case .sockets:
            LiveStage(plugin: plugin, in: StageTests.folder).play(transcript)
        }
    }
}
