/// Makes JSON texts, whole and damaged, that are the same for the same seed.
struct TextGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: Int) {
        state = UInt64(truncatingIfNeeded: seed)
    }

    /// SplitMix64.
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }

    /// A valid text whose objects and arrays are at most `depth` deep.
    mutating func text(depth: Int) -> String {
        switch Int.random(in: 0..<(depth > 0 ? 9 : 5), using: &self) {
        case 0: pick(["true", "false", "null"])
        case 1, 2: number()
        case 3, 4: string()
        case 5, 6: "[" + list { $0.text(depth: depth - 1) } + "]"
        default: "{" + members(depth: depth) + "}"
        }
    }

    /// `text` with one to three bytes changed, added, taken away or repeated.
    mutating func damaged(_ text: String) -> [UInt8] {
        var bytes = Array(text.utf8)
        for _ in 0..<Int.random(in: 1...3, using: &self) where !bytes.isEmpty {
            let place = Int.random(in: bytes.indices, using: &self)
            switch Int.random(in: 0..<5, using: &self) {
            case 0: bytes[place] = UInt8.random(in: 1...255, using: &self)
            case 1: bytes[place] = pick(Array(#"{}[]:,"\0123456789eE+-.tfnu"#.utf8))
            case 2: bytes.remove(at: place)
            case 3: bytes.insert(pick(Array(#"{}[]:,"\0123456789eE+-. "#.utf8)), at: place)
            default: bytes.removeSubrange(place...)
            }
        }
        return bytes
    }

    private mutating func pick<Element>(_ choices: [Element]) -> Element {
        choices[Int.random(in: choices.indices, using: &self)]
    }

    private mutating func space() -> String {
        pick(["", "", "", " ", "\n", "\t \r\n"])
    }

    private mutating func list(_ element: (inout TextGenerator) -> String) -> String {
        let elements = (0..<Int.random(in: 0...4, using: &self)).map { _ in space() + element(&self) + space()
        }
        return elements.isEmpty ? space() : elements.joined(separator: ",")
    }

    private mutating func members(depth: Int) -> String {
        var count = 0
        return list { generator in
            count += 1
            let name = generator.string().dropLast() + "\(count)\""
            return name + generator.space() + ":" + generator.space() + generator.text(depth: depth - 1)
        }
    }

    private mutating func number() -> String {
        let whole = pick([
            "0", "-0", "7", "-1", "10", "9007199254740993", "123456789", "-9223372036854775808",
        ])
        return whole + pick(["", "", "", ".0", ".5", ".25", ".001"])
            + pick(["", "", "", "e3", "E-7", "e+02"])
    }

    private mutating func string() -> String {
        let pieces = [
            "a", "type", "two words", "é", "€", "😀", "\u{7f}", "\\\"", "\\\\", "\\/", "\\b", "\\n", "\\u0000",
            "\\u00e9", "\\uD83D\\ude00", "'", "{", "]", ",", "12345678",
        ]
        return "\"" + (0..<Int.random(in: 0...5, using: &self)).map { _ in pick(pieces) }.joined() + "\""
    }
}
