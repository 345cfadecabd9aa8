import Testing

@testable import Wire

@Suite struct Base64Tests {
    // RFC 4648 §10; the last one has every digit's upper half.
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
        ("\u{0}>?~", "AD4/fg=="),
    ])
    func `bytes are written as RFC 4648 has them`(text: String, base64: String) {
        var buffer: [UInt8] = []
        Base64.append(text.utf8.span, to: &buffer)
        #expect(String(decoding: buffer, as: UTF8.self) == base64)
    }

    @Test func `the last digits are plus and slash`() {
        var buffer: [UInt8] = []
        Base64.append([0xfb, 0xff, 0xbf] as [UInt8], to: &buffer)
        #expect(String(decoding: buffer, as: UTF8.self) == "+/+/")
    }
}

extension Base64 {
    fileprivate static func append(_ bytes: [UInt8], to buffer: inout [UInt8]) {
        append(bytes.span, to: &buffer)
    }
}
