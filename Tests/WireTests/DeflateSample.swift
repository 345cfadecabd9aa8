import Wire

/// The compressed messages of RFC 7692 §7.2.3, each "Hello" but for the empty one.
enum DeflateSample {
    static let hello: [UInt8] = [0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00]
    /// After `hello`, with context.
    static let helloAgain: [UInt8] = [0xf2, 0x00, 0x11, 0x00, 0x00]
    static let stored: [UInt8] = [0x00, 0x05, 0x00, 0xfa, 0xff, 0x48, 0x65, 0x6c, 0x6c, 0x6f, 0x00]
    static let final: [UInt8] = [0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, 0x00]
    static let twoBlocks: [UInt8] = [
        0xf2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xff, 0xff, 0xca, 0xc9, 0xc9, 0x07, 0x00,
    ]
    static let empty: [UInt8] = [0x00]

    static let tail: [UInt8] = [0x00, 0x00, 0xff, 0xff]

    /// Words in no order, as chat has them.
    static func text(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
        var random = SplitMix(seed), text: [UInt8] = []
        let words = [
            "hello ", "Привет ", "what is ", "the news ", "{\"type\":", "\"message\"}", "🎉", "1", "42 ",
        ]
        while text.count < count { text += words.randomElement(using: &random)?.utf8 ?? "".utf8 }
        return Array(text.prefix(count))
    }

    /// What no encoder makes shorter.
    static func noise(_ count: Int) -> [UInt8] {
        var random = SplitMix(7)
        return (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
    }
}

extension Deflater {
    func deflate(_ message: [UInt8]) -> [UInt8] {
        var compressed: [UInt8] = [1, 2, 3]
        deflate(message.span, into: &compressed)
        return compressed
    }
}

extension Inflater {
    /// The message, or why there is none.
    func inflate(_ compressed: [UInt8], as kind: MessageKind = .binary, limit: Int = 1 << 20) -> Result<
        [UInt8], WebSocketFailure
    > {
        var message: [UInt8] = [1, 2, 3]
        return switch inflate(compressed.span, as: kind, limit: limit, into: &message) {
        case .message: .success(message)
        case .failed(let failure): .failure(failure)
        }
    }
}
