import Testing

@testable import Crypto

@Suite struct ScryptTests {
    private func text(_ string: String) -> [UInt8] { Array(string.utf8) }

    private func derive(_ password: String, _ salt: String, _ cost: Scrypt.Cost, count: Int = 32) -> [UInt8]?
    {
        let password = text(password), salt = text(salt)
        return Scrypt.derive(password.span, salt: salt.span, cost: cost, count: count)
    }

    private func hash(_ password: String, _ cost: Scrypt.Cost = .lowest) -> String? {
        let password = text(password)
        return Scrypt.hash(password.span, cost: cost).map { String(decoding: $0, as: UTF8.self) }
    }

    private func parsed(_ hash: String) -> PasswordHash? {
        let hash = text(hash)
        return PasswordHash(hash.span)
    }

    private func verify(_ password: String, _ hash: String) -> Bool {
        let password = text(password), hash = text(hash)
        return Scrypt.verify(password.span, against: hash.span, cost: .lowest)
    }

    /// RFC 7914 §12; the fourth takes a gigabyte.
    @Test(arguments: [
        (
            "", "", Scrypt.Cost(ln: 4, r: 1, p: 1),
            "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442"
                + "fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906"
        ),
        (
            "password", "NaCl", Scrypt.Cost(ln: 10, r: 8, p: 16),
            "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
                + "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640"
        ),
        (
            "pleaseletmein", "SodiumChloride", .usual,
            "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
                + "d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887"
        ),
    ])
    func `the vectors of the standard`(password: String, salt: String, cost: Scrypt.Cost, expected: String)
        throws
    {
        let key = try #require(derive(password, salt, cost, count: 64))
        #expect(key.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined() == expected)
    }

    @Test(arguments: [
        ("secret", "$scrypt$ln=1,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$VT0pcNZoTiDGi7oxtKbKmRXM7HJsOVONlu2c4UnBYSw"),
        (
            "secret",
            "$scrypt$ln=14,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$lUTkiXnaPIlt+39/W8AV+zIOgQ+DcviNZtmSHaWiqmU"
        ),
        ("пароль", "$scrypt$ln=4,r=4,p=3$AAECAwQFBgc$3iaooJfTv7wt1Qe3RYYv/A"),
    ])
    func `hashes that others made are read with their own cost`(password: String, hash: String) {
        #expect(verify(password, hash))
        #expect(!verify(password + "x", hash) && !verify("", hash))
    }

    @Test(arguments: ["", "secret", "a longer one, with 🔑 and a \0 in it"])
    func `a hash is a string that fits its password alone, and another each time`(password: String) throws {
        let string = try #require(hash(password))
        #expect(string.hasPrefix("$scrypt$ln=1,r=8,p=1$") && string.utf8.count == 87)
        #expect(verify(password, string) && !verify(password + " ", string))
        #expect(hash(password) != string)
    }

    @Test func `the usual cost stands in the string`() throws {
        let string = try #require(hash("secret", .usual))
        #expect(string.hasPrefix("$scrypt$ln=14,r=8,p=1$") && verify("secret", string))
    }

    private static let end = "$AAECAwQFBgcICQoLDA0ODw$VT0pcNZoTiDGi7oxtKbKmRXM7HJsOVONlu2c4UnBYSw"

    @Test(arguments: [
        "", "$", "$$$$", "secret", "$scrypt$ln=1,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$",
        "$scrypt$ln=1,r=8,p=1\(end)$",
        "x$scrypt$ln=1,r=8,p=1\(end)", "$argon2id$ln=1,r=8,p=1\(end)", "$scrypt$r=8,ln=1,p=1\(end)",
        "$scrypt$ln=1,r=8\(end)", "$scrypt$ln=1,r=8,p=1,x=1\(end)", "$scrypt$ln=,r=8,p=1\(end)",
        "$scrypt$ln=01,r=8,p=1\(end)", "$scrypt$ln=-1,r=8,p=1\(end)", "$scrypt$ln= 1,r=8,p=1\(end)",
        "$scrypt$ln=1,r=8,p=1\(end)=", "$scrypt$ln=1,r=8,p=1$AAECAwQFBgcICQoLDA0OD$VT0pcNZoTiDGi7oxtKbKmQ",
        "$scrypt$ln=1,r=8,p=1$AAECAwQFBgcICQoLDA0ODx$VT0pcNZoTiDGi7oxtKbKmRXM7HJsOVONlu2c4UnBYSw",
        "$scrypt$ln=1,r=8,p=1$AAEC-wQFBgcICQoLDA0ODw$VT0pcNZoTiDGi7oxtKbKmRXM7HJsOVONlu2c4UnBYSw",
        "$scrypt$ln=1,r=8,p=1$AAEC$VT0pcNZoTiDGi7oxtKbKmRXM7HJsOVONlu2c4UnBYSw",
        "$scrypt$ln=1,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$VT0p",
    ])
    func `what is no such string fits nothing`(hash: String) {
        #expect(parsed(hash) == nil && !verify("secret", hash))
    }

    @Test(arguments: [
        ("ln=16,r=8,p=1", true), ("ln=16,r=8,p=2", true), ("ln=14,r=8,p=8", true), ("ln=14,r=32,p=1", true),
        ("ln=17,r=8,p=1", false), ("ln=16,r=8,p=3", false), ("ln=14,r=8,p=9", false), ("ln=0,r=8,p=1", false),
        ("ln=21,r=1,p=1", false), ("ln=63,r=8,p=1", false), ("ln=64,r=8,p=1", false),
        ("ln=99,r=99,p=99", false),
        ("ln=1,r=33,p=1", false), ("ln=1,r=0,p=1", false), ("ln=1,r=1,p=17", false), ("ln=1,r=1,p=0", false),
        ("ln=16,r=1,p=1", false), ("ln=15,r=1,p=1", true), ("ln=999,r=8,p=1", false),
    ])
    func `a string that would take too much memory or time fits nothing`(cost: String, isBearable: Bool) {
        #expect((parsed("$scrypt$\(cost)\(ScryptTests.end)") != nil) == isBearable)
    }

    @Test func `what costs most still is made`() {
        #expect(derive("x", "salt", Scrypt.Cost(ln: 16, r: 8, p: 2)) != nil)
        #expect(derive("x", "salt", Scrypt.Cost(ln: 17, r: 8, p: 1)) == nil)
    }

    @Test func `no hash takes as long as one`() {
        let clock = ContinuousClock(), password = text("secret")
        let cost = Scrypt.Cost(ln: 12, r: 8, p: 1)
        // The shortest of some: others use the machine, too.
        func time(_ hash: [UInt8]) -> Duration {
            (0..<5).map { _ in
                clock.measure { _ = Scrypt.verify(password.span, against: hash.span, cost: cost) }
            }.min() ?? .zero
        }
        let real = time(Scrypt.hash(password.span, cost: cost) ?? [])
        for hash in ["", "nonsense", "$scrypt$ln=40,r=8,p=1\(ScryptTests.end)"] {
            let none = time(text(hash))
            #expect(none > real / 3 && none < real * 3, "\(none) and \(real)")
        }
    }

    @Test(arguments: 0..<20) func `base 64 gives back what it was given`(count: Int) {
        let bytes = Random.bytes(count)
        #expect(UnpaddedBase64.decode(UnpaddedBase64.encode(bytes)[...]) == bytes)
    }
}
