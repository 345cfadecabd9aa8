import Testing
import Wire

@Suite struct UTF8ValidatorTests {
    @Test(arguments: UTF8Sample.valid)
    func `valid text is taken, cut anywhere`(text: [UInt8]) {
        for cut in 0...text.count { #expect(accepts(text, cut: cut)) }
    }

    @Test(arguments: UTF8Sample.invalid)
    func `invalid text is refused, cut anywhere`(text: [UInt8]) {
        for cut in 0...text.count { #expect(!accepts(text, cut: cut)) }
    }

    @Test(
        arguments: [
            ([0xe0, 0x80], 2), ([0xed, 0xa0], 2), ([0xf0, 0x80], 2), ([0xf4, 0x90], 2), ([0xc0], 1),
            ([0xf5], 1), ([0xc3, 0x28], 2),
        ] as [([UInt8], Int)]
    )
    func `text is refused at the first byte that nothing can follow`(text: [UInt8], count: Int) {
        var validator = UTF8Validator()
        let before = validator.accept(text.span.extracting(first: count - 1))
        let at = validator.accept(text.span.extracting(count - 1..<count))
        #expect(before)
        #expect(!at)
    }

    @Test(arguments: 0..<500)
    func `it agrees with the standard library on random bytes`(seed: UInt64) {
        var random = SplitMix(seed), text: [UInt8] = []
        let alphabet: [UInt8] = [
            0x61, 0x80, 0xbf, 0x9f, 0xa0, 0x90, 0x8f, 0xc3, 0xe0, 0xe1, 0xed, 0xf0, 0xf4,
        ]
        let valid = ["a", "é", "ж", "€", "🎉"].map { Array($0.utf8) }
        for _ in 0..<Int.random(in: 1...12, using: &random) {
            text += valid[Int.random(in: 0..<valid.count, using: &random)]
        }
        if seed % 2 == 0 {
            text[Int.random(in: 0..<text.count, using: &random)] = alphabet[Int(seed / 2) % alphabet.count]
        }
        #expect(accepts(text, cut: text.count / 2) == (String(validating: text, as: UTF8.self) != nil))
    }

    private func accepts(_ text: [UInt8], cut: Int) -> Bool {
        var validator = UTF8Validator()
        return validator.accept(text.span.extracting(first: cut))
            && validator.accept(text.span.extracting(droppingFirst: cut)) && validator.isComplete
    }
}
