/// What bots may be called: letters a to z and A to Z. Their case counts.
enum BotName {
    static let longest = 18

    static func isValid(_ name: ArraySlice<UInt8>) -> Bool {
        (1...longest).contains(name.count) && name.allSatisfy(isLetter)
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
}
