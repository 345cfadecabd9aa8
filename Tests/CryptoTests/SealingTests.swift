import Testing

@testable import Crypto

@Suite struct SealingTests {
    private static func bytes(_ text: String) -> [UInt8] {
        let digits = text.compactMap(\.hexDigitValue)
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }

    private let key = [UInt8](0..<32)
    private let associated = Array("a name".utf8)

    /// One of the vectors for AES-256-GCM with a nonce of 96 bits.
    struct Vector: Sendable, CustomTestStringConvertible {
        let name: String
        let key: String
        let nonce: String
        var clear = ""
        var associated = ""
        let sealed: String  // with the tag
        var testDescription: String { name }
    }

    private static let texts = (
        key: "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
        nonce: "cafebabefacedbaddecaf888",
        clear: "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
            + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
        sealed: "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
            + "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
    )
    private static let zeros = String(repeating: "0", count: 64)

    // Test cases 13 to 16 of the algorithm's submission to NIST, and two of NIST's gcmEncryptExtIV256.rsp.
    private static let vectors = [
        Vector(
            name: "13",
            key: zeros,
            nonce: String(zeros.prefix(24)),
            sealed: "530f8afbc74536b9a963b4f1c4cb738b"
        ),
        Vector(
            name: "14",
            key: zeros,
            nonce: String(zeros.prefix(24)),
            clear: String(zeros.prefix(32)),
            sealed: "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"
        ),
        Vector(
            name: "15",
            key: texts.key,
            nonce: texts.nonce,
            clear: texts.clear + "1aafd255",
            sealed: texts.sealed + "898015adb094dac5d93471bdec1a502270e3cc6c"
        ),
        Vector(
            name: "16",
            key: texts.key,
            nonce: texts.nonce,
            clear: texts.clear,
            associated: "feedfacedeadbeeffeedfacedeadbeefabaddad2",
            sealed: texts.sealed + "76fc6ece0f4e1768cddf8853bb2d551b"
        ),
        Vector(
            name: "NIST, no text",
            key: "b52c505a37d78eda5dd34f20c22540ea1b58963cf8e5bf8ffa85f9f2492505b4",
            nonce: "516c33929df5a3284ff463d7",
            sealed: "bdc1ac884d332457a1d2664f168c76f0"
        ),
        Vector(
            name: "NIST, 16 bytes",
            key: "31bdadd96698c204aa9ce1448ea94ae1fb4a9a0b3c9d773b51bb1822666b8f22",
            nonce: "0d18e06c7c725ac9e362e1ce",
            clear: "2db5168e932556f8089a0622981d017d",
            sealed: "fa4362189661d163fcd6a56d8bf0405ad636ac1bbedd5cc3ee727dc2ab4a9489"
        ),
    ]

    @Test(arguments: vectors)
    func `the standard's texts are sealed and opened as it says`(vector: Vector) {
        let key = Self.bytes(vector.key), nonce = Self.bytes(vector.nonce), clear = Self.bytes(vector.clear)
        let associated = Self.bytes(vector.associated)
        let sealed = Sealing.seal(clear.span, key: key.span, associated: associated.span, nonce: nonce.span)
        #expect(sealed == nonce + Self.bytes(vector.sealed))
        #expect(Sealing.open(sealed.span, key: key.span, associated: associated.span) == clear)
    }

    private func seal(_ clear: [UInt8]) -> [UInt8] {
        Sealing.seal(clear.span, key: key.span, associated: associated.span)
    }

    private func open(_ sealed: [UInt8]) -> [UInt8]? {
        Sealing.open(sealed.span, key: key.span, associated: associated.span)
    }

    @Test(arguments: [0, 1, 15, 16, 17, 1000, 100_000])
    func `what was sealed is opened, and has 28 bytes more`(count: Int) {
        let clear = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        let sealed = seal(clear)
        #expect(sealed.count == count + 28 && Sealing.overhead == 28)
        #expect(open(sealed) == clear)
    }

    @Test func `the same text is sealed differently each time`() {
        let sealed = (0..<100).map { _ in seal([1, 2, 3]) }
        #expect(Set(sealed.map { $0.prefix(12) }).count == 100 && Set(sealed).count == 100)
    }

    @Test(arguments: [0, 5])
    func `with any byte changed it is not opened`(count: Int) {
        let sealed = seal([UInt8](repeating: 7, count: count))
        for index in sealed.indices {
            for bit in 0..<8 {
                var changed = sealed
                changed[index] ^= 1 << bit
                #expect(open(changed) == nil, "bit \(bit) of byte \(index)")
            }
        }
    }

    @Test(arguments: [0, 5])
    func `cut anywhere, or longer, it is not opened`(count: Int) {
        let sealed = seal([UInt8](repeating: 7, count: count))
        for end in sealed.indices { #expect(open(Array(sealed[..<end])) == nil, "\(end) bytes") }
        for start in sealed.indices.dropFirst() { #expect(open(Array(sealed[start...])) == nil) }
        #expect(open(sealed + [0]) == nil && open([0] + sealed) == nil)
    }

    @Test func `another key does not open it, nor other associated data`() {
        let sealed = seal([1, 2, 3]), name = associated
        for index in key.indices {
            var other = key
            other[index] ^= 1
            #expect(Sealing.open(sealed.span, key: other.span, associated: name.span) == nil)
        }
        for other in [[], Array("a nam".utf8), Array("a name ".utf8), Array("A name".utf8)] as [[UInt8]] {
            #expect(Sealing.open(sealed.span, key: key.span, associated: other.span) == nil)
        }
    }
}
