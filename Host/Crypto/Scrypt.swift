import COpenSSL

/// Hashes of passwords by scrypt (RFC 7914), kept as PHC strings: `$scrypt$ln=14,r=8,p=1$SALT$HASH`, salt and hash in
/// base 64 without padding.
package enum Scrypt {
    /// What one hash takes: 128 · r · 2^ln bytes of memory, and p passes over them.
    package struct Cost: Equatable, Sendable {
        package let ln: Int
        package let r: Int
        package let p: Int

        package init(ln: Int, r: Int, p: Int) {
            self.ln = ln
            self.r = r
            self.p = p
        }

        /// 16 MB, and about 50 milliseconds.
        package static let usual = Cost(ln: 14, r: 8, p: 1)
        /// For tests: no time at all, and no protection.
        package static let lowest = Cost(ln: 1, r: 8, p: 1)

        /// Whether a hash may cost so much: at most 64 MB, and eight times the usual time.
        var isBearable: Bool {
            guard (1...20).contains(ln), (1...32).contains(r), (1...16).contains(p) else { return false }
            // Of memory r · 2^ln, of time the same p times. RFC 7914 §6: 2^ln is below 2^(16 · r).
            return r << ln <= 1 << 19 && p * r << ln <= 1 << 20 && ln < 16 * r
        }
    }

    /// The hash of a password with a new random salt of 16 bytes, as a PHC string; nil: there is no memory for it.
    package static func hash(_ password: Span<UInt8>, cost: Cost = .usual) -> [UInt8]? {
        let salt = Random.bytes(16)
        guard let key = derive(password, salt: salt.span, cost: cost, count: 32) else { return nil }
        return PasswordHash(cost: cost, salt: salt, key: key).text
    }

    /// Whether a password is the one of a PHC string. A string that is none, or asks for too much, fits nothing; that
    /// takes as long as a hash of `cost`.
    package static func verify(_ password: Span<UInt8>, against text: Span<UInt8>, cost: Cost = .usual)
        -> Bool
    {
        guard let hash = PasswordHash(text) else {
            _ = derive(password, salt: [UInt8](repeating: 0, count: 16).span, cost: cost, count: 32)
            return false
        }
        guard let key = derive(password, salt: hash.salt.span, cost: hash.cost, count: hash.key.count) else {
            return false
        }
        return ConstantTime.equal(key.span, hash.key.span)
    }

    /// The bytes of scrypt; nil: there is no memory for it, or it costs too much.
    static func derive(_ password: Span<UInt8>, salt: Span<UInt8>, cost: Cost, count: Int) -> [UInt8]? {
        guard cost.isBearable else { return nil }
        var key = [UInt8](repeating: 0, count: count)
        var target = key.mutableSpan
        let isDone = unsafe target.withUnsafeMutableBufferPointer { target in
            unsafe password.withUnsafeBufferPointer { password in
                unsafe salt.withUnsafeBufferPointer { salt in
                    // Without a password it would only check the cost. An empty span may have no address.
                    var none: CChar = 0
                    return unsafe withUnsafePointer(to: &none) { none in
                        unsafe EVP_PBE_scrypt(
                            UnsafeRawPointer(password.baseAddress)?.assumingMemoryBound(to: CChar.self)
                                ?? none,
                            password.count,
                            salt.baseAddress,
                            salt.count,
                            1 << UInt64(cost.ln),
                            UInt64(cost.r),
                            UInt64(cost.p),
                            mostMemory,
                            target.baseAddress,
                            target.count
                        ) == 1
                    }
                }
            }
        }
        return isDone ? key : nil
    }

    /// As OpenSSL counts it: more than what is bearable takes.
    private static let mostMemory: UInt64 = 80 << 20
}

/// A PHC string of scrypt, taken apart.
struct PasswordHash: Equatable {
    let cost: Scrypt.Cost
    let salt: [UInt8]
    let key: [UInt8]

    init(cost: Scrypt.Cost, salt: [UInt8], key: [UInt8]) {
        self.cost = cost
        self.salt = salt
        self.key = key
    }

    /// Nil: it is none, or one that would cost too much.
    init?(_ text: Span<UInt8>) {
        guard text.count <= 256 else { return nil }
        let bytes = text.indices.map { text[$0] }
        let parts = bytes.split(separator: UInt8(ascii: "$"), omittingEmptySubsequences: false)
        guard parts.count == 5, parts[0].isEmpty, parts[1].elementsEqual("scrypt".utf8) else { return nil }
        let numbers = parts[2].split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        guard numbers.count == 3, let ln = PasswordHash.number(numbers[0], "ln="),
            let r = PasswordHash.number(numbers[1], "r="), let p = PasswordHash.number(numbers[2], "p="),
            let salt = UnpaddedBase64.decode(parts[3]), let key = UnpaddedBase64.decode(parts[4])
        else { return nil }
        cost = Scrypt.Cost(ln: ln, r: r, p: p)
        self.salt = salt
        self.key = key
        guard cost.isBearable, (8...64).contains(salt.count), (16...64).contains(key.count) else {
            return nil
        }
    }

    var text: [UInt8] {
        let head = "$scrypt$ln=\(cost.ln),r=\(cost.r),p=\(cost.p)$"
        return Array(head.utf8) + UnpaddedBase64.encode(salt) + [UInt8(ascii: "$")]
            + UnpaddedBase64.encode(key)
    }

    /// Digits behind their name, as they are written.
    private static func number(_ part: ArraySlice<UInt8>, _ name: StaticString) -> Int? {
        let text = "\(name)"
        guard part.starts(with: text.utf8) else { return nil }
        let digits = part.dropFirst(text.utf8.count)
        guard (1...2).contains(digits.count), digits.first != UInt8(ascii: "0") else { return nil }
        var number = 0
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
            number = number * 10 + Int(digit - UInt8(ascii: "0"))
        }
        return number
    }
}

/// Base 64 (RFC 4648 §4) without its padding, as PHC strings have it.
enum UnpaddedBase64 {
    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func encode(_ bytes: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        for byte in bytes {
            bits = bits << 8 | UInt32(byte)
            count += 8
            while count >= 6 {
                count -= 6
                text.append(digits[Int(bits >> UInt32(count) & 63)])
            }
        }
        if count > 0 { text.append(digits[Int(bits << UInt32(6 - count) & 63)]) }
        return text
    }

    /// Nil: it is none, or written otherwise than `encode` does.
    static func decode(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        for character in text {
            guard let digit = digits.firstIndex(of: character) else { return nil }
            bits = bits << 6 | UInt32(digit)
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        guard count < 6, bits & (1 << UInt32(count) - 1) == 0 else { return nil }
        return bytes
    }
}
