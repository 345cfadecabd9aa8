import Core
import Testing

@Suite struct ConfigurationIncludeTests {
    @Test func `files are included by name, each with paths of its own`() throws {
        let files = [
            "conf.d/b.conf": "plugin_path b;", "conf.d/a.conf": "plugin_path ./a; include ../more/*;",
            "conf.d/a.txt": "x;", "conf.d/.c.conf": "x;", "conf.d/sub/d.conf": "x;",
            "conf.d/../more/m": "plugin_path m /m;",
        ]
        let fixture = ConfigurationFixture(
            "plugin_path z; include conf.d/*.conf; plugin_path y;",
            files: files
        )
        let expected = ["z", "conf.d/./a", "conf.d/../more/m", "/m", "conf.d/b", "y"]
        #expect(try fixture.read().pluginPath == expected)
    }

    @Test func `a block can include, also the same file as another`() throws {
        let text = """
            listen web { include address; }
            service a { plugin A; http web /a; include limits; }
            service b { plugin B; http web /b; include limits; }
            """
        let files = ["address": "address *:0;", "limits": "limit message 1k; limit outbox 2k;"]
        let configuration = try ConfigurationFixture(text, files: files).read()
        #expect(configuration.services.map(\.settings.limits.message) == [1_024, 1_024])
        #expect(configuration.services.map(\.settings.limits.outbox) == [2_048, 2_048])
    }

    @Test(arguments: [
        ("*", "a1b"), ("a*b", "a1b"), ("*1*", "a1b"), ("a1b*", "a1b"), ("*a*b", "xaab.ab"), ("**", "a"),
        (".*", ".a"),
    ])
    func `a star stands for any characters`(pattern: String, name: String) throws {
        let fixture = ConfigurationFixture("include d/\(pattern);", files: ["d/\(name)": "loops 7;"])
        #expect(try fixture.read().loops == .count(7))
    }

    @Test(arguments: [("*", ".a"), ("a*b", "ab1"), ("*a*b", "xaab.a"), ("a*", "ba"), ("*.conf", "aconf")])
    func `a name that does not fit is not included`(pattern: String, name: String) throws {
        let fixture = ConfigurationFixture("include d/\(pattern);", files: ["d/\(name)": "loops 7;"])
        #expect(try fixture.read().loops == .automatic)
    }

    @Test func `a pattern may be for the file's own directory, and hold a variable`() throws {
        let files = ["x.inc": "loops 7;", "y.inc": "log debug;"]
        let fixture = ConfigurationFixture("include *.$env{E};", files: files, environment: ["E": "inc"])
        #expect(try fixture.read().loops == .count(7))
        #expect(try fixture.read().log == .debug)
        let unset =
            "plugins.conf:1:11: the environment variable \"E\" is not set; set it before the server starts"
        #expect(ConfigurationFixture("include *.$env{E};", files: files).errors == unset)
    }

    @Test func `files that are too long together are refused`() {
        let fixture = ConfigurationFixture(
            "include a;",
            files: ["a": String(repeating: " ", count: 64 << 20)]
        )
        let expected = "plugins.conf:1:9: the files have more than 64 MiB together; include less"
        #expect(fixture.errors == expected)
    }

    @Test func `a directory without a match is no error`() {
        #expect(ConfigurationFixture("include d/*.conf;", files: ["d/a.txt": "x;"]).errors.isEmpty)
    }

    @Test(arguments: [
        (
            ["a": "include ./plugins.conf;"],
            "a:1:9: \"./plugins.conf\" includes itself; include it from one place only"
        ),
        (
            ["a": "include b;", "b": "include a;"],
            "b:1:9: \"a\" includes itself; include it from one place only"
        ),
        (["a": "x;"], "a:1:1: unknown directive \"x\" at top level; known are "),
        (["a": "service g {"], "a:1:11: this block of \"service\" is never closed; close it with \"}\""),
        (["a": "}"], "a:1:1: \"}\" closes no block; remove it"),
        (["a": "state 1;"], "a:1:1: state stands twice; the first is at plugins.conf:1:1"),
        (
            [:],
            "plugins.conf:1:18: \"a\" cannot be read: there is no such file or directory; correct the name"
        ),
    ])
    func `what is wrong in an included file is found there`(files: [String: String], error: String) {
        let lines = ConfigurationFixture("state 0; include a;", files: files).errors.split(separator: "\n")
        #expect(lines.contains { $0.hasPrefix(error) })
    }

    @Test func `a file included in a block is read as part of it`() {
        let fixture = ConfigurationFixture("service g { include a; }", files: ["a": "plugin P\nhttp web /a;"])
        #expect(fixture.errors.contains("a:1:1: no \";\" after \"plugin\"; end every directive with \";\""))
    }

    @Test func `errors come by file in the order of reading`() {
        let fixture = ConfigurationFixture("x;\ninclude d/*;\ny;", files: ["d/b": "b;", "d/a": "\na;"])
        let places = fixture.errors.split(separator: "\n").map { $0.prefix { $0 != " " } }
        #expect(places == ["plugins.conf:1:1:", "plugins.conf:3:1:", "d/a:2:1:", "d/b:1:1:"])
    }

    @Test func `files that include ever more files end in an error`() {
        let files = Dictionary(
            uniqueKeysWithValues: (0..<40).map { ("f\($0)", "include f\($0 + 1); include f\($0 + 1);") }
        )
        #expect(
            ConfigurationFixture("include f0;", files: files).errors.contains(
                "more than 1000 files, or 16 within each other"
            )
        )
    }

    @Test func `a main file that is missing is an error`() {
        let source = ConfigurationSource(
            read: { _ throws(ConfigurationFileError) in throw .denied },
            list: { _ throws(ConfigurationFileError) in [] },
            environment: { _ in nil }
        )
        let error = #expect(throws: ConfigurationErrors.self) {
            try Configuration.read(path: "/x/p.conf", from: source)
        }
        let expected = "/x/p.conf:1:1: the file cannot be read: permission denied; name the file with -c FILE"
        #expect(error?.description == expected)
    }
}
