import Testing
import Wire

@Suite struct HTTPDateTests {
    @Test(arguments: [
        (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
        (951_782_399, "Mon, 28 Feb 2000 23:59:59 GMT"), (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
        (951_868_800, "Wed, 01 Mar 2000 00:00:00 GMT"), (1_735_689_599, "Tue, 31 Dec 2024 23:59:59 GMT"),
        (4_107_542_399, "Sun, 28 Feb 2100 23:59:59 GMT"), (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"),
        (-1, "Wed, 31 Dec 1969 23:59:59 GMT"), (Int.max, "Fri, 31 Dec 9999 23:59:59 GMT"),
        (Int.min, "Mon, 01 Jan 0001 00:00:00 GMT"),
    ])
    func `a time is written as HTTP wants it`(seconds: Int, text: String) {
        var buffer: [UInt8] = []
        HTTPDate.append(seconds, to: &buffer)
        #expect(String(decoding: buffer, as: UTF8.self) == text)
        #expect(read(text) == min(max(seconds, -62_135_596_800), 253_402_300_799))
    }

    @Test(arguments: [
        ("Sunday, 06-Nov-94 08:49:37 GMT", 784_111_777), ("Sun Nov  6 08:49:37 1994", 784_111_777),
        ("Wednesday, 29-Feb-00 00:00:00 GMT", 951_782_400), ("Wed Mar 01 00:00:00 2000", 951_868_800),
        ("Thursday, 01-Jan-70 00:00:00 GMT", 0), ("Tuesday, 31-Dec-69 23:59:59 GMT", 3_155_759_999),
    ])
    func `the two old forms are read`(text: String, seconds: Int) {
        #expect(read(text) == seconds)
    }

    @Test(arguments: [
        "", "0", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 UTC",
        "Mon, 06 Nov 1994 08:49:37 GMT",
        "Sun, 31 Nov 1994 08:49:37 GMT", "Sun, 00 Nov 1994 08:49:37 GMT", "Sun, 06 nov 1994 08:49:37 GMT",
        "Tue, 29 Feb 2100 00:00:00 GMT", "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Nov 1994 08:60:37 GMT",
        "Sun, 06 Nov 1994 08:49:60 GMT", "Sun, 06 Nov 1994  8:49:37 GMT", "Sun,  6 Nov 1994 08:49:37 GMT",
        "Sat, 01 Jan 0000 00:00:00 GMT", "Sun, 06 Nov 1994 08-49-37 GMT", "Sun, 06 Nov 199x 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 UTC", "Sunday, 31-Nov-94 08:49:37 GMT", "Sun Nov 31 08:49:37 1994",
        "Sun Nov  6 08:49:37   94", "Sun Nov x6 08:49:37 1994", "Sun Nov  6 24:49:37 1994",
        "Sun Nov  6 08:60:37 1994",
    ])
    func `what is no date is not read`(text: String) {
        #expect(read(text) == nil)
    }

    private func read(_ text: String) -> Int? {
        let bytes = Array("#\(text)#".utf8)
        return HTTPDate.read(bytes.span, 1..<bytes.count - 1)
    }
}
