import Core
import Testing

@Suite struct ConfigurationTextTests {
    private let start = "listen web { address 127.0.0.1:0; }\nservice a { plugin A; http web /a; "

    /// The values of the only option of a service.
    private func values(_ text: String, environment: [String: String] = [:]) throws -> [String] {
        let fixture = ConfigurationFixture("\(start)option o \(text); }", environment: environment)
        return try fixture.read().services[0].options[0].values.map(\.text)
    }

    @Test(arguments: [
        (#""a;{}#b c""#, ["a;{}#b c"]), (#""""#, [""]), (#""\"\\\$""#, [#""\$"#]), (#""a" "b""#, ["a", "b"]),
        ("\"a\nb\"", ["a\nb"]), ("\"a\r\nb\"", ["a\nb"]), ("\"a\tb\"", ["a\tb"]), (#""🎈 щ""#, ["🎈 щ"]),
        ("$HOME $ a$", ["$HOME", "$", "a$"]), (#"a\b 'c'"#, [#"a\b"#, "'c'"]), ("a#b\nc", ["a", "c"]),
        (#""\$env{A}""#, ["$env{A}"]),
    ])
    func `a value is what is written`(text: String, expected: [String]) throws {
        #expect(try values(text) == expected)
    }

    @Test(arguments: [
        ("$env{A}", ["1 ;{}#\"\\"]), (#""$env{A}""#, ["1 ;{}#\"\\"]), ("x$env{B_2}y$env{B_2}", ["xbyb"]),
        ("$env{EMPTY}", [""]),
    ])
    func `a variable is replaced, and its value never read as marks`(text: String, expected: [String]) throws
    {
        let environment = ["A": "1 ;{}#\"\\", "B_2": "b", "EMPTY": ""]
        #expect(try values(text, environment: environment) == expected)
    }

    @Test func `a quoted word on a new line begins no directive`() throws {
        #expect(
            try ConfigurationFixture("plugin_path a\n\"state\"\nb;").read().pluginPath == ["a", "state", "b"]
        )
    }

    @Test func `a message names a variable, not its value`() {
        let fixture = ConfigurationFixture("drain $env{A}; loops $env{A};", environment: ["A": "10secret"])
        #expect(
            fixture.errors == """
                plugins.conf:1:7: unknown unit in "$env{A}" for drain; write a number with ms, s, m or h, such as 10s
                plugins.conf:1:22: loops needs a whole number, not "$env{A}"; write digits only, such as 10
                """
        )
    }

    @Test(arguments: [
        "state a;\r\nloops 2;\r\n", "\u{feff}state a;\nloops 2;", "\tstate\ta\t;loops 2;#",
        "state a;loops\n2\n;",
    ])
    func `line ends, tabs and a byte order mark are no part of words`(text: String) throws {
        let configuration = try ConfigurationFixture(text).read()
        #expect(configuration.state == "a")
        #expect(configuration.loops == .count(2))
    }

    @Test(arguments: [
        ("state a;\r\n  x;", "2:3"), ("\t\tx;", "1:3"), ("state \"щи\"; x;", "1:13"),
        ("state \"🎈\"; x;", "1:12"),
        ("state \"e\u{301}\"; x;", "1:13"), ("state \"a\nb\"; x;", "2:5"), ("# щ\nx;", "2:1"),
        ("\u{feff}x;", "1:1"),
        ("state a; x;", "1:10"), ("\n\n\nx;", "4:1"),
    ])
    func `columns count Unicode scalars`(text: String, place: String) {
        #expect(ConfigurationFixture(text).errors.hasPrefix("plugins.conf:\(place): unknown directive \"x\""))
    }

    @Test(arguments: [
        ("state a\0\0b;", "1:8: a NUL byte"), ("state \"a\0\";", "1:9: a NUL byte"),
        ("# \0", "1:3: a NUL byte"),
        ("state a; \u{7f}", "1:10: the control character 127"),
        ("\u{1b}[2J;", "1:1: the control character 27"),
    ])
    func `a control character is refused, once for several`(text: String, error: String) {
        let lines = ConfigurationFixture(text).errors.split(separator: "\n")
        #expect(lines.contains("plugins.conf:\(error) in the file; save the file as plain UTF-8 text"))
        #expect(lines.count { $0.contains("in the file") } == 1)
    }

    @Test(
        arguments: [
            ([0xff], "1:1"), (Array("state a;\nщ ".utf8) + [0xd0], "2:3"), ([0x23, 0xed, 0xa0, 0x80], "1:2"),
            ([0x23, 0xc0, 0x80], "1:2"),
        ] as [([UInt8], String)]
    )
    func `what is not UTF-8 is refused at its place`(bytes: [UInt8], place: String) {
        let expected = "plugins.conf:\(place): this is not UTF-8; save the file as plain UTF-8 text"
        #expect(
            ConfigurationFixture(bytes: bytes).errors.split(separator: "\n").contains(Substring(expected))
        )
    }

    @Test(arguments: ["{", "a{", "}", "a{}", "a {b;", "\"", "$env{", "a;a{"])
    func `ten thousand braces or marks do no harm`(piece: String) {
        let fixture = ConfigurationFixture(String(repeating: piece, count: 10_000))
        #expect(!fixture.errors.isEmpty)
    }

    @Test func `errors past a thousand are counted`() {
        let lines = ConfigurationFixture(String(repeating: "x;\n", count: 1_500)).errors.split(
            separator: "\n"
        )
        #expect(lines.count == 1_001)
        #expect(lines.last == "plugins.conf:1000:1: 500 more errors are not shown; correct these first")
    }

    @Test func `ten megabytes are read`() throws {
        let filler = "# a comment of sixty-four bytes, so that a line is a power of two.\n"
        let comments = String(repeating: filler, count: 5 << 20 / filler.utf8.count + 75_000)
        let long = String(repeating: "щ", count: 2_500_000)
        let text = comments + start + "option o \"\(long)\"; }"
        #expect(text.utf8.count > 10_000_000)
        #expect(try ConfigurationFixture(text).read().services[0].options[0].values[0].text == long)
    }

    @Test func `a word of any length is cut in messages`() {
        let fixture = ConfigurationFixture("loops \"\(String(repeating: "щ\n", count: 100_000))\";")
        let shown = String(repeating: "щ\\n", count: 30)
        #expect(fixture.errors.hasPrefix("plugins.conf:1:7: loops needs a whole number, not \"\(shown)…\"; "))
        #expect(!fixture.errors.contains("\n"))
    }

    @Test func `a control character of the file never reaches a message`() {
        let text = "listen \u{1e}e; service g { plugin P; http web /a; }"
        #expect(!ConfigurationFixture(text).errors.contains("\u{1e}"))
    }

    @Test func `every error is found at once, in order`() {
        let text = """
            loops 99;
            stat var;
            listen web { address 127.0.0.1:99999; }
            service gg {
                plugin GG
                websocket wbe /chat;
                limit mesage 1k;
                watch maybe;
            """
        #expect(
            ConfigurationFixture(text).errors == """
                plugins.conf:1:7: "99" is out of range for loops; allowed: 1 to 64
                plugins.conf:2:1: unknown directive "stat" at top level; did you mean "state"?
                plugins.conf:3:22: "99999" is out of range for the port; allowed: 0 to 65535
                plugins.conf:4:12: this block of "service" is never closed; close it with "}"
                plugins.conf:5:5: no ";" after "plugin"; end every directive with ";"
                plugins.conf:6:15: unknown listener "wbe" of service gg; did you mean "web"?
                plugins.conf:7:11: unknown limit "mesage"; did you mean "message"?
                plugins.conf:8:11: "maybe" is no value for watch; write: watch on|off;
                """
        )
    }

    @Test func `an error has its parts`() throws {
        let error = try #require(throws: ConfigurationErrors.self) {
            try ConfigurationFixture("\n stat a;").read()
        }
        let first = try #require(error.list.first)
        #expect(first.code == .unknownDirective)
        #expect(first.code.rawValue == "C401")
        #expect([first.line, first.column] == [2, 2])
        #expect(first.file == "plugins.conf")
        #expect(first.message == "unknown directive \"stat\" at top level")
        #expect(first.remedy == "did you mean \"state\"?")
    }
}
