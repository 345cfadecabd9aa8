import Testing
import Wire

@Suite struct StreamReaderTests {
    /// Every setting of a length.
    private static let prefixes = Framing.LengthPrefix.Width.allCases.flatMap { width in
        Framing.LengthPrefix.Order.allCases.flatMap { order in
            [false, true].flatMap { countsItself in
                trailers.flatMap { trailer in
                    Framing.Empty.allCases.map { empty in
                        Framing.LengthPrefix(
                            width,
                            order,
                            countsItself: countsItself,
                            trailer: trailer,
                            empty: empty
                        )
                    }
                }
            }
        }
    }
    private static let trailers: [Framing.Trailer?] = [
        nil, Framing.Trailer(0), Framing.Trailer(0xff, isChecked: false),
        Framing.Trailer(0x0a, isCounted: true),
        Framing.Trailer(7, isChecked: false, isCounted: true),
    ]

    /// Every setting of a delimiter that differs in more than its byte.
    private static let delimiters = ([0x0a, 0x00] as [UInt8]).flatMap { byte in
        [false, true].flatMap { dropsReturn in
            Framing.Empty.allCases.map { empty in
                Framing.Delimiter(byte, dropsReturn: dropsReturn, empty: empty)
            }
        }
    }

    static let settings =
        prefixes.map { Framing.length($0) } + delimiters.map { Framing.delimiter($0) }

    private func written(_ payloads: [String], as framing: Framing) throws -> [UInt8] {
        var bytes: [UInt8] = []
        for payload in payloads { try framing.append(payload.utf8.span, to: &bytes) }
        return bytes
    }

    private func empty(of framing: Framing) -> Framing.Empty {
        switch framing {
        case .length(let prefix): prefix.empty
        case .delimiter(let delimiter): delimiter.empty
        case .plugin: .given
        }
    }

    @Test(arguments: settings)
    func `what is written with a setting is read with it, however it is cut`(framing: Framing) throws {
        let bytes = try written(["a", "hello there", "{}"], as: framing)
        let expected: [StreamSample] = [.frame("a"), .frame("hello there"), .frame("{}")]
        #expect(StreamSample.readingEveryWay(bytes, as: framing) == expected)
    }

    @Test(arguments: settings)
    func `an empty frame is given, skipped or refused as the setting says`(framing: Framing) throws {
        let bytes = try written(["a", "", "b"], as: framing)
        let expected: [StreamSample] =
            switch empty(of: framing) {
            case .given: [.frame("a"), .frame(""), .frame("b")]
            case .skipped: [.frame("a"), .frame("b")]
            case .refused: [.frame("a"), .failed(.empty)]
            }
        #expect(StreamSample.readingEveryWay(bytes, as: framing) == expected)
    }

    @Test(arguments: settings)
    func `exactly the limit is taken, one byte more is refused`(framing: Framing) throws {
        let bytes = try written(["abcd", "abcd", "abcde", "a"], as: framing)
        let expected: [StreamSample] = [.frame("abcd"), .frame("abcd"), .failed(.tooLong)]
        #expect(StreamSample.readingEveryWay(bytes, as: framing, limit: 4) == expected)
    }

    @Test(arguments: settings) func `what is left over is no frame`(framing: Framing) throws {
        let whole = try written(["first"], as: framing)
        let bytes = try whole + written(["second one"], as: framing).dropLast()
        #expect(StreamSample.readingEveryWay(bytes, as: framing) == [.frame("first")])
    }

    @Test(
        arguments: [
            (Framing.LengthPrefix(.one), [3, 1, 2, 3]),
            (Framing.LengthPrefix(.two), [0, 3, 1, 2, 3]),
            (Framing.LengthPrefix(.two, .little), [3, 0, 1, 2, 3]),
            (Framing.LengthPrefix(.four), [0, 0, 0, 3, 1, 2, 3]),
            (Framing.LengthPrefix(.four, .little), [3, 0, 0, 0, 1, 2, 3]),
            (Framing.LengthPrefix(.one, countsItself: true), [4, 1, 2, 3]),
            (Framing.LengthPrefix(.two, countsItself: true), [0, 5, 1, 2, 3]),
            (Framing.LengthPrefix(.four, .little, countsItself: true), [7, 0, 0, 0, 1, 2, 3]),
            (Framing.LengthPrefix(.four, .little, trailer: Framing.Trailer(0)), [3, 0, 0, 0, 1, 2, 3, 0]),
            (Framing.LengthPrefix(.one, trailer: Framing.Trailer(9, isCounted: true)), [4, 1, 2, 3, 9]),
            (
                Framing.LengthPrefix(.two, countsItself: true, trailer: Framing.Trailer(9, isCounted: true)),
                [0, 6, 1, 2, 3, 9]
            ),
            (Framing.LengthPrefix(.one, trailer: Framing.Trailer(9, isChecked: false)), [3, 1, 2, 3, 9]),
        ] as [(Framing.LengthPrefix, [UInt8])]
    )
    func `a length stands where and as the setting says`(prefix: Framing.LengthPrefix, bytes: [UInt8]) throws
    {
        let payload: [UInt8] = [1, 2, 3]
        var written: [UInt8] = []
        try Framing.length(prefix).append(payload.span, to: &written)
        #expect(written == bytes)
        #expect(StreamSample.readingEveryWay(bytes, as: .length(prefix)) == [.frame(payload)])
    }

    @Test(
        arguments: [
            (.lines, "a\nb\r\n\r\n\n", ["a", "b", "", ""]),
            (.lines, "a\rb\n\r\r\n", ["a\rb", "\r"]),
            (.delimiter(Framing.Delimiter()), "a\nb\r\n\r\n", ["a", "b\r", "\r"]),
            (.delimiter(Framing.Delimiter(0)), "a\nb\0\r\0", ["a\nb", "\r"]),
            (.delimiter(Framing.Delimiter(dropsReturn: true, empty: .skipped)), "\r\n\na\n\r\n", ["a"]),
        ] as [(Framing, String, [String])]
    )
    func `a line ends where the setting says`(framing: Framing, text: String, lines: [String]) {
        let seen = StreamSample.readingEveryWay(Array(text.utf8), as: framing)
        #expect(seen == lines.map { .frame($0) })
    }

    @Test(
        arguments: [
            (Framing.LengthPrefix(.one, countsItself: true), [0], .lengthTooSmall),
            (Framing.LengthPrefix(.two, countsItself: true), [0, 1], .lengthTooSmall),
            (Framing.LengthPrefix(.two, countsItself: true), [0, 0], .lengthTooSmall),
            (Framing.LengthPrefix(.four, countsItself: true), [0, 0, 0, 0, 1], .lengthTooSmall),
            (Framing.LengthPrefix(.four, .little, countsItself: true), [3, 0, 0, 0], .lengthTooSmall),
            (
                Framing.LengthPrefix(.one, trailer: Framing.Trailer(0, isCounted: true)), [0], .lengthTooSmall
            ),
            (
                Framing.LengthPrefix(.one, countsItself: true, trailer: Framing.Trailer(0, isCounted: true)),
                [1], .lengthTooSmall
            ),
            (Framing.LengthPrefix(.one, trailer: Framing.Trailer(0)), [1, 7, 1], .wrongTrailer),
            (Framing.LengthPrefix(.one, trailer: Framing.Trailer(0)), [0, 1], .wrongTrailer),
            (Framing.LengthPrefix(.four), [0xff, 0xff, 0xff, 0xff], .tooLong),
            (Framing.LengthPrefix(.four, .little), [0, 0, 0, 0x80], .tooLong),
            (Framing.LengthPrefix(.two), [0, 101], .tooLong),
        ] as [(Framing.LengthPrefix, [UInt8], StreamFailure)]
    )
    func `a wrong frame is refused as soon as it shows`(
        prefix: Framing.LengthPrefix,
        bytes: [UInt8],
        failure: StreamFailure
    ) {
        #expect(StreamSample.readingEveryWay(bytes, as: .length(prefix), limit: 100) == [.failed(failure)])
    }

    @Test func `a trailer that is not checked may be any byte`() {
        let prefix = Framing.LengthPrefix(.one, trailer: Framing.Trailer(0, isChecked: false))
        let seen = StreamSample.readingEveryWay([1, 7, 99, 1, 8, 0], as: .length(prefix))
        #expect(seen == [.frame([7]), .frame([8])])
    }

    @Test func `a line over the limit is refused before it ends`() {
        let seen = StreamSample.readingEveryWay(Array("ab\nabcde".utf8), as: .lines, limit: 4)
        #expect(seen == [.frame("ab"), .failed(.tooLong)])
    }

    @Test(
        arguments: [
            ("abcd\r\n", [.frame("abcd")]), ("abcd\r", []), ("abcd\r\r\n", [.failed(.tooLong)]),
            ("abcd\re", [.failed(.tooLong)]), ("abc\r\r\n", [.frame("abc\r")]),
        ] as [(String, [StreamSample])]
    )
    func `the CR of a line is not counted`(text: String, seen: [StreamSample]) {
        #expect(StreamSample.readingEveryWay(Array(text.utf8), as: .lines, limit: 4) == seen)
    }

    @Test func `a whole frame is given where it lies`() throws {
        let bytes: [UInt8] = [9, 9, 2, 0, 0, 0, 7, 8, 0, 1]
        var reader = try #require(StreamReader(FireFrames.framing, limit: 2)), cursor = 2
        #expect(reader.next(bytes.span, from: &cursor) == .frame(6..<8))
        #expect(cursor == 9)
        #expect(reader.next(bytes.span, from: &cursor) == .needMore)
        #expect(cursor == 9)
        #expect(reader.assembled.isEmpty)
    }

    @Test(arguments: [StreamFailure.tooLong, .lengthTooSmall, .wrongTrailer, .empty])
    func `a failure says what was wrong in ASCII`(failure: StreamFailure) {
        #expect(failure.sentence.utf8.allSatisfy { (0x20...0x7e).contains($0) })
        #expect(!failure.sentence.hasSuffix("."))
    }

    @Test func `a failure is for good`() throws {
        let bytes: [UInt8] = [0, 0, 0, 0, 1, 0, 0, 0, 7, 0]
        var reader = try #require(StreamReader(FireFrames.framing, limit: 2)), cursor = 0
        #expect(reader.next(bytes.span, from: &cursor) == .failed(.empty))
        cursor = 4
        #expect(reader.next(bytes.span, from: &cursor) == .failed(.empty))
    }

    @Test func `a length that is claimed takes no memory`() throws {
        let bytes: [UInt8] = [0x3f, 0xff, 0xff, 0xff, 1]
        var reader = try #require(StreamReader(.length(Framing.LengthPrefix(.four)), limit: 1 << 30))
        var cursor = 0
        #expect(reader.next(bytes.span, from: &cursor) == .needMore)
        #expect(cursor == 5)
        #expect(reader.assembled.capacity < 100)
    }

    @Test func `the memory of a long frame is given back at the next call`() throws {
        let long = [UInt8](repeating: 0x61, count: 100_000)
        var reader = try #require(StreamReader(.lines, limit: 100_000)), cursor = 0
        #expect(reader.next(long.span, from: &cursor) == .needMore)
        let end: [UInt8] = [0x0a]
        cursor = 0
        #expect(reader.next(end.span, from: &cursor) == .assembled)
        #expect(reader.assembled == long)
        #expect(reader.next(end.span, from: &cursor) == .needMore)
        #expect(reader.assembled.capacity < 65_536)
    }

    @Test func `a plugin's own framing has no reader`() {
        #expect(StreamReader(.plugin, limit: 1) == nil)
    }

    @Test func `an idle reader is small`() {
        #expect(MemoryLayout<StreamReader>.size <= 48)
    }
}

/// The control frames of the fire protocol: a signed length, the lowest byte first, a body, a zero.
enum FireFrames {
    static let framing = Framing.length(
        Framing.LengthPrefix(.four, .little, trailer: Framing.Trailer(0), empty: .refused)
    )
}

@Suite struct FireFramesTests {
    private let request = Array("{\"action\":\"get\"}".utf8)

    private func frame(_ body: [UInt8], length: Int32? = nil, trailer: UInt8 = 0) -> [UInt8] {
        let length = UInt32(bitPattern: length ?? Int32(body.count))
        return (0..<4).map { UInt8(truncatingIfNeeded: length >> ($0 * 8)) } + body + [trailer]
    }

    private func reading(_ bytes: [UInt8]) -> [StreamSample]? {
        StreamSample.readingEveryWay(bytes, as: FireFrames.framing, limit: 64)
    }

    @Test func `several frames in one segment, and a frame in several, are read`() {
        #expect(
            reading(frame(request) + frame([7]) + frame(request)) == [
                .frame(request), .frame([7]), .frame(request),
            ]
        )
    }

    @Test(
        arguments: [
            (0, StreamFailure.empty), (-1, .tooLong), (.min, .tooLong), (.max, .tooLong), (65, .tooLong),
        ] as [(Int32, StreamFailure)]
    )
    func `a length below 1 or over the limit ends the stream`(length: Int32, failure: StreamFailure) {
        #expect(reading(frame(request) + frame([], length: length)) == [.frame(request), .failed(failure)])
    }

    @Test func `a trailer that is not zero ends the stream`() {
        let bytes = frame([1]) + frame(request, trailer: 0x20) + frame([2])
        #expect(reading(bytes) == [.frame([1]), .failed(.wrongTrailer)])
    }

    @Test func `a reply is written as requests are read`() throws {
        var bytes: [UInt8] = []
        try FireFrames.framing.append(request.span, to: &bytes)
        #expect(bytes == frame(request))
    }
}
