/// A certificate, key or list of authorities that cannot serve: the file, what is wrong, and what to do now.
package struct TLSError: Error, Equatable, CustomStringConvertible {
    /// What is wrong; what a caller decides by.
    package enum Code: String, Sendable {
        /// The file is not there or cannot be read.
        case unreadable
        /// The file holds nothing of the kind that it should, in PEM.
        case notPEM
        /// The key wants a passphrase.
        case encryptedKey
        /// The key belongs to another certificate.
        case otherKey
        /// The certificate's time is over.
        case expired
        /// The certificate's time has not begun.
        case notYetValid
        /// A key or a signature is below what OpenSSL takes for safe.
        case tooWeak
        /// The certificates of the file do not sign one another from the first to the last.
        case wrongOrder
        /// What OpenSSL refuses for another reason.
        case other
    }

    package let code: Code
    /// The file as it was named.
    package let file: String
    /// What is wrong, with what was found.
    package let message: String
    /// What the reader can do now.
    package let remedy: String

    init(_ code: Code, _ file: String, _ message: String, remedy: String) {
        self.code = code
        self.file = file
        self.message = message
        self.remedy = remedy
    }

    /// `server.pem: the certificate was valid until 2026-05-01; REMEDY`.
    package var description: String { "\(file): \(message); \(remedy)" }
}
