import Foundation
import PatchbayStage
import Testing

/// Plays with peers on streams, in memory and over sockets.
@Suite struct StreamPlayTests {
    enum Ground: CaseIterable { case memory, sockets }

    /// Lines, the number of the one that goes wrong, and how.
    private static let wrong: [(text: String, line: Int, difference: String)] = [
        ("site > a\nsite < b", 2, #"expected "b", found "a""#),
        ("site < a", 1, "expected a, found nothing"),
        (
            #"site > {"a":[1,2]}"# + "\n" + #"site < {"a":[1,3]}"#, 2,
            "at a[1]: expected 3, found 2\n  in {\"a\":[1,2]}"
        ),
        ("site >hex ff 00\nsite < a", 2, #"expected "a", found 2 bytes that are no UTF-8"#),
        ("site >hex ff 00\nsite < nothing", 2, "expected nothing, found hex ff 00"),
        ("site > a\nsite <hex 61 62", 2, "expected hex 61 62, found hex 61"),
        ("site > ab\nsite <raw 'ab'", 2, "expected raw 'ab', found raw 02 'ab'"),
        ("site >hex 27 20 61\nsite <raw 27", 2, "expected raw 27, found raw 03 27 ' a'"),
        ("site <raw 02 'ab'", 1, "expected raw 02 'ab', found nothing"),
        ("site >raw 01 'a' 01 'b' 01\nsite < a\nsite < c", 3, #"expected "c", found "b""#),
        ("site > a\nsite < closed", 2, #"expected closed, found "a""#),
        ("site < closed", 1, "expected closed, found an open connection"),
        ("site < closed 1000", 1, "expected a WebSocket, found \(codeless)"),
        ("site closes 1000", 1, "expected a WebSocket, found \(codeless)"),
        ("site ends\nsite > a", 2, "expected site with an open connection, found closed"),
        ("site ends\nsite ends", 2, "expected site with an open connection, found closed"),
        ("site ends\nsite < a", 2, "expected a, found closed"),
        ("bot > two lines\nbot >hex 61 0a", 2, TooLong.ends),
        ("site > \(TooLong.text)", 1, TooLong.length),
        ("site connects stream", 1, "expected site without a connection, found one that is open"),
        ("site > a\nsite disconnects", 2, #"expected nothing more for site, found "a""#),
        ("site > a\nrestart", 2, #"expected nothing more for site, found "a""#),
        ("restart\nsite > a", 2, "expected site with an open connection, found closed"),
        ("ben connects stream rom", 1, "expected the stream rom, found that of the main endpoint, room"),
        ("anna >raw 00", 1, "expected a stream, found \(web)"),
        ("anna <raw 00", 1, "expected a stream, found \(web)"),
        ("anna ends", 1, "expected a stream, found \(web)"),
    ]

    private static let codeless = "a stream, which has no close codes; use ends, disconnects and < closed"
    private static let web = "a WebSocket, which has messages and close codes: >, >hex, <, <hex and closes"

    private enum TooLong {
        static let text = String(repeating: "a", count: 256)
        static let length = "expected what fits into a frame, found more than its length can say"
        static let ends = "expected what fits into a frame, found what would end the frame too early"
    }

    @Test(arguments: Ground.allCases, wrong)
    func `a wrong line is found, with what it expects and what came`(
        ground: Ground,
        wrong: (text: String, line: Int, difference: String)
    ) throws {
        let start = """
            stream length 1
            stream room lines
            anna connects
            site connects stream
            bot connects stream room

            """
        let failure = try play(start + wrong.text + "\nanna > never", of: StreamPlayTests.echo, on: ground)
        let line = wrong.text.split(separator: "\n")[wrong.line - 1]
        #expect(failure?.description == "wrong:\(wrong.line + 5): \(line)\n  \(wrong.difference)")
    }

    @Test(arguments: Ground.allCases)
    func `the end of a stream is a failure unless a line asks for it`(ground: Ground) throws {
        let text = "stream length 1 trailer 0\nsite connects stream\nsite >raw 01 'a' 01"
        let failure = try play(text, of: StreamPlayTests.echo, on: ground)
        #expect(failure?.text == "the end" && failure?.found == "closed", "\(failure as Any)")
        #expect(try play(text + "\nsite < closed", of: StreamPlayTests.echo, on: ground) == nil)
        let again = text + "\nsite < closed\nsite connects stream\nsite > a\nsite < a"
        #expect(try play(again, of: StreamPlayTests.echo, on: ground) == nil)
    }

    @Test(arguments: Ground.allCases)
    func `a segment has been handled when the next one is sent`(ground: Ground) throws {
        let text = "stream length 1 trailer 0\nsite connects stream\nsite >raw 01 'a' 01 | 01 'b' 00"
        let failure = try play(text, of: StreamPlayTests.echo, on: ground)
        #expect(failure?.line == 3 && failure?.expected == "site with an open connection")
    }

    @Test(arguments: Ground.allCases)
    func `a play without a stream says how to have one`(ground: Ground) throws {
        let failure = try play("site connects stream", of: StreamPlayTests.echo, on: ground)
        #expect(failure?.expected == "a stream")
        #expect(failure?.found == "none; write at the start: stream ENDPOINT")
    }

    @Test(arguments: [
        ("stream lenght 4", "\"lenght\" is no framing; did you mean \"length\"?"),
        ("stream", "plugin EchoC does not say how the stream on listener stream1 is divided"),
    ])
    func `a framing that is wrong fails at the first line`(text: String, found: String) throws {
        let failure = try play(text + "\nsite connects stream", of: StreamPlayTests.echo, on: .memory)
        #expect(failure?.line == 1 && failure?.expected == "a service that starts")
        #expect(failure?.found.contains(found) == true, "\(failure as Any)")
    }

    // MARK: How the plugin divides them

    /// Each play goes on from streams of each kind.
    private static let divided = """
        stream control
        stream own
        stream control lines
        websocket /
        limit queries 1/s burst 2
        site connects stream
        bot connects stream own
        site > {"a":1}
        site <raw 07000000 '{"a":1}' 00
        bot >raw 'a.b' | '.' 'c'
        bot <raw 'a.'
        bot <raw 'b.'
        bot < nothing
        bot >raw '.d.'
        bot <raw 'c.d.'
        bot >raw '!'
        bot < closed

        """

    @Test(arguments: Ground.allCases, [false, true])
    func `a stream is divided as the plugin says`(ground: Ground, isReloading: Bool) throws {
        let plugin = try EchoPlugin()
        defer { plugin.remove() }
        let failure = try play(StreamPlayTests.divided, of: plugin.file, on: ground, isReloading)
        #expect(failure == nil)
    }

    @Test(
        arguments: Ground.allCases,
        [
            ("bot > a.", 1, "expected a stream in frames, found \(own)"),
            ("bot >hex 2e", 1, "expected a stream in frames, found \(own)"),
            ("bot < a.", 1, "expected a stream in frames, found \(own)"),
            ("bot <hex 2e", 1, "expected a stream in frames, found \(own)"),
            ("bot >raw 'a.'\nbot <raw 'ab.'", 2, "expected raw 'ab.', found raw 'a.'"),
            ("bot >raw 'a.b.'\nbot <raw 'a.'\nbot < nothing", 3, "expected nothing, found raw 'b.'"),
            ("bot <raw '.'", 1, "expected raw 2e, found nothing"),
        ]
    )
    func `without frames only bytes are sent and compared`(
        ground: Ground,
        wrong: (text: String, line: Int, difference: String)
    ) throws {
        let plugin = try EchoPlugin()
        defer { plugin.remove() }
        let text = "stream own\nbot connects stream\n" + wrong.text
        let failure = try #require(try play(text, of: plugin.file, on: ground))
        #expect(failure.line == wrong.line + 2)
        #expect(failure.description.hasSuffix("\n  " + wrong.difference), "\(failure)")
    }

    private static let own = "one that the plugin divides itself, on which >raw and <raw work"

    @Test(arguments: Ground.allCases, [false, true])
    func `what waits for its pace comes when the clock is moved`(ground: Ground, isReloading: Bool) throws {
        let plugin = try EchoPlugin()
        defer { plugin.remove() }
        let text = """
            stream lines
            limit queries 1/s burst 2
            site connects stream
            site >raw 'a' 0a 'b' 0a 'c' 0a 'd' 0a | 'e' 0a
            site ends
            site < a
            site < b
            site < nothing
            wait 999ms
            site < nothing
            wait 1ms
            site < c
            wait 1h
            site < d
            site < e
            site < closed
            """
        #expect(try play(text, of: plugin.file, on: ground, isReloading) == nil)
    }

    @Test(arguments: Ground.allCases)
    func `whom another's message has ended may come again`(ground: Ground) throws {
        let text = """
            stream room lines
            websocket / room
            bot connects stream room
            anna connects
            anna >hex 61 0a 62
            anna <hex 61 0a 62
            bot < closed
            bot connects stream
            anna > a
            anna < a
            bot < a
            """
        #expect(try play(text, of: StreamPlayTests.echo, on: ground) == nil)
    }

    // MARK: Much at once

    /// More than a loop reads in a few turns, and more than a socket holds.
    @Test(arguments: Ground.allCases)
    func `a frame is handled whole, however long it is`(ground: Ground) throws {
        let long = String(repeating: "x", count: 8_000_000)
        let text = """
            stream lines
            limit message 16m
            limit queue 16m
            site connects stream
            site > \(long)
            site < x…
            site < nothing
            """
        #expect(try play(text, of: StreamPlayTests.echo, on: ground) == nil)
    }

    @Test(arguments: Ground.allCases)
    func `a segment is handled whole, however long it is`(ground: Ground) throws {
        let line = "'\(String(repeating: "x", count: 10_000))' 0a "
        let text = """
            stream lines
            limit queue 4m
            site connects stream
            site >raw \(String(repeating: line, count: 30)) | 'y' 0a
            call online
            = {"connections":1}
            \(String(repeating: "site < x…\n", count: 30))site < y
            site < nothing
            """
        #expect(try play(text, of: StreamPlayTests.echo, on: ground) == nil)
    }

    private static let folder = URL(filePath: "/proc/self/exe")
        .resolvingSymlinksInPath().deletingLastPathComponent().path
    private static let echo = folder + "/libEchoC.so"

    private func play(
        _ text: String,
        of plugin: String,
        on ground: Ground,
        _ isReloading: Bool = false
    ) throws -> StageFailure? {
        let transcript = try Transcript(name: "wrong", text: text)
        return switch ground {
        case .memory:
            Stage(plugin: plugin, in: "").play(transcript, reloadingAfterEveryLine: isReloading)
        case .sockets:
            LiveStage(plugin: plugin, in: "").play(transcript, reloadingAfterEveryLine: isReloading)
        }
    }
}
