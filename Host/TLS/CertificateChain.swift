import COpenSSL
import Glibc

/// A certificate with those above it and its key, read from their files and checked.
@safe
struct CertificateChain: ~Copyable {
    private var certificates = unsafe [OpaquePointer]()  // X509, the host's own first
    private var key: OpaquePointer?  // EVP_PKEY
    private let names: TLSCertificate

    /// Reads both files. What is wrong is added to `errors`; the chain is to be used only where nothing was.
    ///
    /// - Parameter now: seconds since 1970, UTC.
    init(_ names: TLSCertificate, now: Int, errors: inout [TLSError]) {
        self.names = names
        do throws(TLSError) {
            unsafe certificates = try PEMFile(names.certificate).certificates()
            errors += errorsOfTime(now: now) + errorsOfOrder()
        } catch {
            errors.append(error)
        }
        do throws(TLSError) {
            unsafe key = try PEMFile(names.key).key()
        } catch {
            errors.append(error)
        }
        errors += errorsOfKey()
    }

    deinit {
        unsafe certificates.forEach { unsafe X509_free($0) }
        unsafe EVP_PKEY_free(key)
    }

    /// Puts all of it into a context of OpenSSL, which keeps references of its own.
    func install(into context: OpaquePointer, errors: inout [TLSError]) {
        ERR_clear_error()
        defer { ERR_clear_error() }
        for place in unsafe certificates.indices {
            let isDone =
                unsafe place == 0
                ? SSL_CTX_use_certificate(context, certificates[place]) == 1
                : SSL_CTX_add1_chain_cert(context, certificates[place]) == 1
            if !isDone {
                errors.append(OpenSSLReason.last.error(names.certificate, place: place + 1))
                return
            }
        }
        if unsafe SSL_CTX_use_PrivateKey(context, key) != 1 {
            errors.append(OpenSSLReason.last.error(names.key, place: nil))
        }
    }

    /// What it says of itself; nil: it holds no certificate.
    var facts: TLSCertificateFacts? {
        guard let own = unsafe certificates.first else { return nil }
        var lastDay: String?
        for place in unsafe certificates.indices {
            let day = unsafe Self.date(X509_get0_notAfter(certificates[place]))
            lastDay = min(lastDay ?? day, day)
        }
        return unsafe TLSCertificateFacts(hosts: CertificateName.hosts(of: own), lastDay: lastDay ?? "")
    }

    /// An intermediate certificate that has run out makes the chain as useless as the host's own.
    private func errorsOfTime(now: Int) -> [TLSError] {
        var now = time_t(now), errors: [TLSError] = []
        for place in unsafe certificates.indices {
            let which = place == 0 ? "the certificate" : "certificate \(place + 1) of the file"
            let first = unsafe X509_get0_notBefore(certificates[place])
            let last = unsafe X509_get0_notAfter(certificates[place])
            if unsafe X509_cmp_time(last, &now) <= 0 {
                errors.append(
                    TLSError(
                        .expired,
                        names.certificate,
                        "\(which) was valid until \(unsafe Self.date(last))",
                        remedy: "renew it"
                    )
                )
            } else if unsafe X509_cmp_time(first, &now) > 0 {
                errors.append(
                    TLSError(
                        .notYetValid,
                        names.certificate,
                        "\(which) is valid from \(unsafe Self.date(first)) only",
                        remedy: "look at the machine's clock (date -u), or wait"
                    )
                )
            }
        }
        return errors
    }

    private func errorsOfOrder() -> [TLSError] {
        for place in unsafe certificates.indices.dropLast()
        where unsafe X509_check_issued(certificates[place + 1], certificates[place]) != X509_V_OK {
            return [
                TLSError(
                    .wrongOrder,
                    names.certificate,
                    "certificate \(place + 2) of the file did not sign certificate \(place + 1)",
                    remedy: "put the host's own first, then the one that signed it, and so on"
                )
            ]
        }
        return []
    }

    private func errorsOfKey() -> [TLSError] {
        guard let key = unsafe key else { return [] }
        let owner = unsafe certificates.firstIndex { unsafe X509_check_private_key($0, key) == 1 }
        ERR_clear_error()
        guard unsafe !certificates.isEmpty, owner != 0 else { return [] }
        if let owner {
            return [
                TLSError(
                    .wrongOrder,
                    names.certificate,
                    "the key belongs to certificate \(owner + 1) of the file, not to the first",
                    remedy: "put the host's own first, then the one that signed it, and so on"
                )
            ]
        }
        return [
            TLSError(
                .otherKey,
                names.key,
                "the key does not belong to the certificate in \(names.certificate)",
                remedy: "name the key that the certificate was asked for with"
            )
        ]
    }

    private static func date(_ time: UnsafePointer<ASN1_TIME>?) -> String {
        var parts = unsafe tm()
        guard unsafe ASN1_TIME_to_tm(time, &parts) == 1 else { return "a time that is none" }
        let month = unsafe parts.tm_mon + 1, day = unsafe parts.tm_mday
        let two = { (number: Int32) in (number < 10 ? "0" : "") + String(number) }
        return "\(unsafe Int(parts.tm_year) + 1900)-\(two(month))-\(two(day))"
    }
}
