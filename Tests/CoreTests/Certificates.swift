import Foundation
import TLS

/// The certificates that `Tests/certificates` makes, as a listener's block names them.
enum Certificates {
    private static let folder: String = {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let make = Process()
        make.executableURL = tests.appending(path: "certificates")
        do { try make.run() } catch { fatalError("Tests/certificates cannot be run: \(error)") }
        make.waitUntilExit()
        precondition(make.terminationStatus == 0, "Tests/certificates failed")
        return tests.deletingLastPathComponent().appending(path: ".build/certificates").path()
    }()

    static func path(_ file: String) -> String { "\(folder)/\(file)" }

    /// A `tls` block with more directives, such as `host` or `clients`.
    static func block(_ name: String = "localhost", _ more: String = "") -> String {
        "tls { certificate \(path("\(name).pem")); key \(path("\(name).key")); \(more) }"
    }

    /// What a client shows.
    static func client(_ name: String, _ version: TLSVersion) throws -> TLSClientContext {
        let certificate = TLSCertificate(certificate: path("\(name).pem"), key: path("\(name).key"))
        return try TLSClientContext(
            minimum: version,
            maximum: version,
            certificate: certificate,
            now: 1_700_000_000
        )
    }
}

extension TLSClientSession {
    /// One that trusts the tests' authority, speaks one version, and asks for a host.
    convenience init(_ version: TLSVersion = .tls13, host: String = "localhost") throws {
        let context = try TLSClientContext(
            authorities: Certificates.path("authority.pem"),
            minimum: version,
            maximum: version
        )
        self.init(context, host: host)
    }
}
