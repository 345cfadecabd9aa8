import Foundation
import TLS
import Testing

@Suite struct CertificateTests {
    private typealias Case = (certificate: String, key: String, code: TLSError.Code, words: String)

    private static func error(_ certificate: String, key: String, now: Int = Certificates.now) -> [TLSError] {
        TLSContext.errors(
            of: [
                TLSCertificate(certificate: Certificates.path(certificate), key: Certificates.path(key))
            ],
            now: now
        )
    }

    @Test(
        arguments: [
            ("none.pem", "localhost.key", .unreadable, "No such file or directory; correct the path"),
            ("localhost.pem", "none.key", .unreadable, "No such file or directory; correct the path"),
            (".", "localhost.key", .unreadable, "not a file"),
            ("localhost.key", "localhost.key", .notPEM, "no certificate in PEM"),
            ("localhost.pem", "localhost.pem", .notPEM, "no private key in PEM"),
            ("localhost.pem", "encrypted.key", .encryptedKey, "wants a passphrase"),
            ("localhost.pem", "example.key", .otherKey, "does not belong to the certificate in"),
            ("expired.pem", "expired.key", .expired, "valid until 2020-02-01"),
            ("future.pem", "future.key", .notYetValid, "valid from 2070-01-01 only"),
            ("weak.pem", "weak.key", .tooWeak, "too weak for OpenSSL (ee key too small)"),
            (
                "reversed.pem", "reversed.key", .wrongOrder,
                "certificate 2 of the file did not sign certificate 1"
            ),
        ] as [(String, String, TLSError.Code, String)]
    )
    func `a file that cannot serve is named, with what is wrong`(
        certificate: String,
        key: String,
        code: TLSError.Code,
        words: String
    ) throws {
        let errors = Self.error(certificate, key: key)
        let error = try #require(errors.first)
        #expect(error.code == code)
        #expect(error.description.contains(words), "\(error)")
        let isKey = [.otherKey, .encryptedKey].contains(code) || key == "none.key" || key == "localhost.pem"
        #expect(error.file == Certificates.path(isKey ? key : certificate))
        #expect(errors.count == (code == .wrongOrder ? 2 : 1))
    }

    @Test func `a damaged certificate is said to be damaged`() throws {
        let text = try String(contentsOfFile: Certificates.path("localhost.pem"), encoding: .utf8)
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).pem")
        defer { try? FileManager.default.removeItem(at: file) }
        try text.replacing("MI", with: "IM", maxReplacements: 1)
            .write(to: file, atomically: true, encoding: .utf8)
        let certificate = TLSCertificate(certificate: file.path, key: Certificates.path("localhost.key"))
        let error = try #require(TLSContext.errors(of: [certificate], now: Certificates.now).first)
        #expect(error.code == .notPEM && error.message.contains("damaged"))
    }

    @Test(arguments: [(1_577_836_799, TLSError.Code.notYetValid), (3_313_526_400, .expired)])
    func `the clock that is given counts`(now: Int, code: TLSError.Code) {
        #expect(Self.error("localhost.pem", key: "localhost.key", now: now).map(\.code) == [code])
    }

    @Test func `an intermediate certificate has to be valid, too`() {
        let errors = Self.error("chain.pem", key: "chain.key", now: 4_102_444_800)
        #expect(errors.map(\.code) == [.expired, .expired])
        #expect(errors.last?.message.hasPrefix("certificate 2 of the file was valid until") == true)
    }

    @Test func `all errors of all files come at once`() {
        let errors = TLSContext.errors(
            of: [
                Certificates.certificate("none"), Certificates.certificate("localhost"),
                Certificates.certificate("expired", key: "localhost"),
            ],
            authorities: TLSClientAuthorities(file: Certificates.path("nobody.pem"), isRequired: true),
            now: Certificates.now
        )
        #expect(errors.map(\.code) == [.unreadable, .unreadable, .expired, .otherKey, .unreadable])
        #expect(errors.last?.file == Certificates.path("nobody.pem"))
    }

    @Test func `certificates that can serve have no errors`() {
        let names = ["localhost", "example", "chain"]
        #expect(
            TLSContext.errors(of: names.map { Certificates.certificate($0) }, now: Certificates.now) == []
        )
    }

    @Test func `a context is not made of what cannot serve`() {
        #expect(throws: TLSError.self) { try TLSContext.of([Certificates.certificate("expired")]) }
    }

    @Test(arguments: [
        ("localhost", ["localhost", "127.0.0.1"], "2075-01-01"),
        ("example", ["example.org", "*.example.org"], "2075-01-01"),
        ("boris", ["boris.example.org"], "2075-01-01"), ("middle", ["middle"], "2075-01-01"),
    ])
    func `a certificate says for whom it is and until when`(name: String, hosts: [String], lastDay: String)
        throws
    {
        let facts = try TLSContext.of([Certificates.certificate(name)]).facts
        #expect(facts.map(\.hosts) == [hosts] && facts.map(\.lastDay) == [lastDay])
    }
}
