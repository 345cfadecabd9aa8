import Core
import Testing
import Wire

@Suite struct ConfigurationFramingTests {
    private func fixture(_ words: String) -> ConfigurationFixture {
        ConfigurationFixture("listen s { address *:0; }\nservice a { plugin A;\nstream s \(words); }")
    }

    @Test(
        arguments: [
            ("", nil, nil),
            ("control", "control", nil),
            ("plugin", nil, .plugin),
            ("lines", nil, .lines),
            ("control lines", "control", .lines),
            ("control plugin", "control", .plugin),
            ("lines empty skipped", nil, .delimiter(Framing.Delimiter(dropsReturn: true, empty: .skipped))),
            ("lines empty given", nil, .lines),
            ("delimiter 0", nil, .delimiter(Framing.Delimiter(0))),
            ("delimiter 255 empty refused", nil, .delimiter(Framing.Delimiter(255, empty: .refused))),
            ("delimiter 10", nil, .delimiter(Framing.Delimiter())),
            ("length 1", nil, .length(Framing.LengthPrefix(.one))),
            ("length 2 big", nil, .length(Framing.LengthPrefix(.two))),
            ("length 2 counts_itself", nil, .length(Framing.LengthPrefix(.two, countsItself: true))),
            ("control length 4 little", "control", .length(Framing.LengthPrefix(.four, .little))),
            ("length 4 trailer 13", nil, .length(Framing.LengthPrefix(.four, trailer: Framing.Trailer(13)))),
            (
                "length 4 trailer 0 unchecked", nil,
                .length(Framing.LengthPrefix(.four, trailer: Framing.Trailer(0, isChecked: false)))
            ),
            (
                "length 4 trailer 0 counts_trailer", nil,
                .length(Framing.LengthPrefix(.four, trailer: Framing.Trailer(0, isCounted: true)))
            ),
            (
                "length 4 little trailer 0 empty refused", nil,
                .length(Framing.LengthPrefix(.four, .little, trailer: Framing.Trailer(0), empty: .refused))
            ),
            (
                "length 1 empty skipped unchecked counts_trailer counts_itself trailer 9 little", nil,
                .length(
                    Framing.LengthPrefix(
                        .one,
                        .little,
                        countsItself: true,
                        trailer: Framing.Trailer(9, isChecked: false, isCounted: true),
                        empty: .skipped
                    )
                )
            ),
        ] as [(String, String?, Framing?)]
    )
    func `a stream has a name, a framing, both or none`(words: String, name: String?, framing: Framing?)
        throws
    {
        let endpoint = try fixture(words).read().services[0].endpoints[0]
        #expect(endpoint.name == name)
        #expect(endpoint.framing == framing)
    }

    private static let widths = "write length 1, length 2 or length 4"
    private static let lengthWords =
        "known are big, counts_itself, counts_trailer, empty, little, trailer, unchecked"

    @Test(arguments: [
        ("lenght 4", #"10: "lenght" is no framing; did you mean "length"?"#),
        ("api lenght 4", #"14: "lenght" is no framing; did you mean "length"?"#),
        ("api 4", #"14: "4" is no framing; known are delimiter, length, lines, plugin"#),
        ("a.b lines", #"10: "a.b" is no name for an endpoint; use at most 64 letters, digits, - and _"#),
        ("length", "10: length has no width; \(widths)"),
        ("length 3", #"17: a length does not have "3" bytes; \#(widths)"#),
        ("length 04", #"17: a length does not have "04" bytes; \#(widths)"#),
        ("length little", #"17: a length does not have "little" bytes; \#(widths)"#),
        ("length 4 litle", #"19: "litle" is no word of the framing length; did you mean "little"?"#),
        ("length 4 xyzzy", #"19: "xyzzy" is no word of the framing length; \#(lengthWords)"#),
        ("length 4 lines", #"19: "lines" is no word of the framing length; \#(lengthWords)"#),
        ("length 4 big little", "23: byte order stands twice; the first is at plugins.conf:3:19"),
        ("length 4 big big", "23: byte order stands twice; the first is at plugins.conf:3:19"),
        (
            "length 4 counts_itself counts_itself",
            "33: counts_itself stands twice; the first is at plugins.conf:3:19"
        ),
        ("length 4 trailer", "19: trailer has no byte; write it as a number, such as trailer 0"),
        ("length 4 trailer 256", #"27: "256" is out of range for the byte of trailer; allowed: 0 to 255"#),
        (
            "length 4 trailer zero",
            #"27: the byte of trailer needs a whole number, not "zero"; write digits only, such as 10"#
        ),
        ("length 4 unchecked", "19: unchecked stands without a trailer; write trailer BYTE before it"),
        (
            "length 4 counts_trailer",
            "19: counts_trailer stands without a trailer; write trailer BYTE before it"
        ),
        ("length 4 empty", "19: empty has no value; write empty given, or empty skipped, or empty refused"),
        ("length 4 empty skiped", #"25: "skiped" is no value for empty; did you mean "skipped"?"#),
        ("lines empty never", #"22: "never" is no value for empty; known are given, skipped, refused"#),
        ("lines big", #"16: "big" is no word of the framing lines; known are empty"#),
        ("lines empty given empty given", "28: empty stands twice; the first is at plugins.conf:3:16"),
        ("delimiter", "10: delimiter has no byte; write it as a number, such as delimiter 0"),
        ("delimiter -1", #"20: "-1" is out of range for the byte of delimiter; allowed: 0 to 255"#),
        ("delimiter 0 emty given", #"22: "emty" is no word of the framing delimiter; did you mean "empty"?"#),
        ("plugin 4", #"17: the framing plugin has no further words, not "4"; remove it"#),
    ])
    func `a framing that is wrong is named`(words: String, error: String) {
        let first = fixture(words).errors.split(separator: "\n").first
        #expect(first == "plugins.conf:3:\(error)")
    }
}
