import Core
import Testing

@Suite struct ConfigurationOptionTests {
    private static let schema = [
        OptionSchema(
            name: "history",
            kind: .integer,
            default: "1000",
            minimum: 0,
            maximum: 10_000,
            meaning: "How many."
        ),
        OptionSchema(name: "greeting", kind: .text, minimum: 2, maximum: 5, meaning: "What to say."),
        OptionSchema(name: "guests", kind: .boolean, default: "off", meaning: "Whether guests may read."),
        OptionSchema(name: "interval", kind: .duration, default: "5s", minimum: 100, meaning: "How often."),
        OptionSchema(name: "cache", kind: .size, default: "64k", maximum: 1 << 20, meaning: "How much."),
        OptionSchema(
            name: "dialect",
            kind: .choice(["document", "original"]),
            default: "document",
            meaning: "Which."
        ),
        OptionSchema(name: "key", kind: .text, isRequired: true, meaning: "The server's key."),
    ]

    /// Reads the options of a service that stands in line 2, and checks them.
    private func check(
        _ options: String,
        schema: [OptionSchema] = schema
    ) throws -> (values: OptionValues, errors: [ConfigurationError]) {
        let text = "listen web { address *:0; }\nservice gg { plugin GG; http web /a;\n\(options) }"
        let service = try ConfigurationFixture(text).read().services[0]
        return OptionValues.check(
            schema: schema,
            given: service.options,
            plugin: "GG",
            at: service.pluginPosition
        )
    }

    @Test func `options that are not given have their defaults, or none`() throws {
        let (values, errors) = try check("option key k;")
        #expect(errors.isEmpty)
        #expect(values["history"] == .integer(1_000))
        #expect(values["greeting"] == nil)
        #expect(values["guests"] == .boolean(false))
        #expect(values["interval"] == .milliseconds(5_000))
        #expect(values["cache"] == .bytes(65_536))
        #expect(values["dialect"] == .text("document"))
        #expect(values["key"] == .text("k"))
        #expect(values.values.count == 6)
    }

    @Test(arguments: [
        ("history", "0", OptionValue.integer(0)), ("history", "10000", .integer(10_000)),
        ("greeting", "\"щ щ\"", .text("щ щ")), ("greeting", "12345", .text("12345")),
        ("guests", "on", .boolean(true)),
        ("interval", "100ms", .milliseconds(100)), ("interval", "2h", .milliseconds(7_200_000)),
        ("cache", "1m", .bytes(1 << 20)), ("cache", "17", .bytes(17)),
        ("dialect", "original", .text("original")),
    ])
    func `a value has its option's type`(name: String, text: String, value: OptionValue) throws {
        let (values, errors) = try check("option key k; option \(name) \(text);")
        #expect(errors.isEmpty)
        #expect(values[name] == value)
    }

    @Test(arguments: [
        ("option histroy 1;", #"3:8: unknown option "histroy" of plugin GG; did you mean "history"?"#),
        (
            "option colour 1;",
            #"3:8: unknown option "colour" of plugin GG; it has cache, dialect, greeting, guests, history, interval, key"#
        ),
        (
            "option history 10001;",
            #"3:16: "10001" is out of range for option "history" of plugin GG; allowed: 0 to 10000"#
        ),
        (
            "option history -1;",
            #"3:16: "-1" is out of range for option "history" of plugin GG; allowed: 0 to 10000"#
        ),
        (
            "option history 1k;",
            #"3:16: option "history" of plugin GG needs a whole number, not "1k"; write digits only, such as 10"#
        ),
        (
            "option history 1 2;",
            #"3:8: option "history" of plugin GG takes one value, found 2; put a value with spaces in double quotes"#
        ),
        ("option greeting a;", #"3:17: option "greeting" of plugin GG has 1 characters; allowed: 2 to 5"#),
        (
            "option guests yes;",
            #"3:15: "yes" is no value for option "guests" of plugin GG; allowed: on, off"#
        ),
        (
            "option interval 10;",
            #"3:17: "10" for option "interval" of plugin GG has no unit; write a number with ms, s, m or h, such as 10s"#
        ),
        (
            "option interval 99ms;",
            #"3:17: "99ms" is out of range for option "interval" of plugin GG; allowed: at least 100ms"#
        ),
        (
            "option cache 2m;",
            #"3:14: "2m" is out of range for option "cache" of plugin GG; allowed: at most 1m"#
        ),
        (
            "option cache 9999999999g;",
            #"3:14: "9999999999g" is out of range for option "cache" of plugin GG; write a smaller number"#
        ),
        (
            "option dialect orignal;",
            #"3:16: "orignal" is no value for option "dialect" of plugin GG; did you mean "original"?"#
        ),
    ])
    func `an option that is wrong is named, with its place`(option: String, error: String) throws {
        let errors = try check("\(option) option key k;").errors
        #expect(errors.map(\.description) == ["plugins.conf:" + error])
    }

    @Test func `a required option that is missing is an error at the plugin`() throws {
        let expected =
            #"plugins.conf:2:21: option "key" of plugin GG is missing; write: option key VALUE; (The server's key.)"#
        #expect(try check("").errors.map(\.description) == [expected])
    }

    @Test func `all that is wrong is found at once, and what is right is kept`() throws {
        let (values, errors) = try check("option history x; option cache x; option guests on;")
        #expect(errors.map(\.code) == [.badNumber, .badNumber, .missingOption])
        #expect(values["guests"] == .boolean(true))
        #expect(values["history"] == nil)
    }

    @Test func `a default that does not fit is an error of the plugin`() throws {
        let schema = [OptionSchema(name: "a", kind: .integer, default: "b", meaning: "Wrong.")]
        let error = try check("", schema: schema).errors[0].description
        let message =
            #"the default of option "a" of plugin GG is wrong: option "a" of plugin GG needs a whole number, not "b""#
        let remedy = "give the option in the service, or tell the plugin's author"
        #expect(error == "plugins.conf:2:21: \(message); \(remedy)")
    }

    @Test(arguments: ["", "option a 1;"])
    func `of two options with one name in a schema the first counts`(option: String) throws {
        let schema = [OptionSchema.Kind.integer, .text].map { kind in
            OptionSchema(name: "a", kind: kind, default: "1", meaning: "Twice.")
        }
        #expect(try check(option, schema: schema).values["a"] == .integer(1))
    }
}
