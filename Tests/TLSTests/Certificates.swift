import Foundation
import TLS

/// The certificates that `Tests/certificates` makes, and the time at which they are tested.
enum Certificates {
    /// 2026-01-01.
    static let now = 1_767_225_600

    private static let folder: String = {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let make = Process()
        make.executableURL = tests.appendingPathComponent("certificates")
        do { try make.run() } catch { fatalError("Tests/certificates cannot be run: \(error)") }
        make.waitUntilExit()
        precondition(make.terminationStatus == 0, "Tests/certificates failed")
        return tests.deletingLastPathComponent().appendingPathComponent(".build/certificates").path
    }()

    static func path(_ file: String) -> String { "\(folder)/\(file)" }

    static func certificate(_ name: String, key: String? = nil, hosts: [String] = []) -> TLSCertificate {
        TLSCertificate(certificate: path("\(name).pem"), key: path("\(key ?? name).key"), hosts: hosts)
    }
}

extension TLSContext {
    /// A context of the tests' certificates.
    static func of(
        _ certificates: [TLSCertificate] = [Certificates.certificate("localhost")],
        authorities: TLSClientAuthorities? = nil,
        ticketKeys: TLSTicketKeys = TLSTicketKeys(now: 0)
    ) throws -> TLSContext {
        try TLSContext(
            certificates,
            authorities: authorities,
            ticketKeys: ticketKeys,
            now: Certificates.now
        )
    }
}
