import PatchbayKit
import Testing

extension KitTests {
    @Suite struct DigitsTests {
        @Test(arguments: [
            ("0", 0), ("007", 7), ("9223372036854775807", .max), ("9223372036854775808", nil), ("", nil),
            ("-1", nil), ("1.0", nil), (" 1", nil), ("١", nil),
        ])
        func `a number has digits alone, and fits`(text: String, number: Int64?) {
            #expect(Int64(digits: text.utf8) == number)
        }

        @Test func `bytes are written in hexadecimal`() {
            #expect([0x00, 0x1f, 0xff].hexadecimal == Array("001fff".utf8))
        }
    }
}
