import Testing

@testable import Wire

@Suite struct MaskTests {
    @Test(arguments: Array(0...40) + [1000])
    func `a payload is masked byte by byte with the four bytes of the key, wherever it begins`(count: Int) {
        let key: [UInt8] = [0x37, 0xfa, 0x21, 0x3d]
        let payload = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let expected = payload.enumerated().map { $1 ^ key[$0 % 4] }
        for start in 0..<9 {
            var bytes = [UInt8](repeating: 0xaa, count: start) + payload + [0xbb]
            var span = bytes.mutableSpan, mask = Mask(key.span, at: 0)
            _ = mask.apply(to: &span, in: start..<start + count)
            #expect(bytes == [UInt8](repeating: 0xaa, count: start) + expected + [0xbb])
        }
    }

    @Test(arguments: 0..<20)
    func `a payload in two pieces is masked as in one`(cut: Int) {
        let payload = (0..<20).map { UInt8($0 &* 11) }
        var whole = payload, pieces = payload
        var span = whole.mutableSpan, mask = Mask(key: 0x1234_5678)
        _ = mask.apply(to: &span, in: 0..<20)
        var parts = pieces.mutableSpan
        mask = Mask(key: 0x1234_5678)
        _ = mask.apply(to: &parts, in: 0..<cut)
        _ = mask.apply(to: &parts, in: cut..<20)
        #expect(whole == pieces)
    }

    @Test(arguments: 0..<20)
    func `it tells ASCII from the rest at every place`(place: Int) {
        var bytes = [UInt8](repeating: 0x61, count: 20)
        var span = bytes.mutableSpan, mask = Mask(key: 0)
        let before = mask.apply(to: &span, in: 0..<20)
        span[place] = 0x80
        let after = mask.apply(to: &span, in: 0..<20)
        #expect(before)
        #expect(!after)
    }
}
