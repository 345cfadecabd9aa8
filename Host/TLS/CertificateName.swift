import COpenSSL
import Glibc

/// Names in a certificate, as text without control characters.
enum CertificateName {
    static func common(of certificate: OpaquePointer) -> String? {
        let subject = unsafe X509_get_subject_name(certificate)
        let place = unsafe X509_NAME_get_index_by_NID(subject, NID_commonName, -1)
        guard place >= 0 else { return nil }
        return unsafe text(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, place)))
    }

    /// The first alternative name that names a client.
    static func alternative(of certificate: OpaquePointer) -> String? {
        unsafe alternatives(of: certificate) { name in
            unsafe [GEN_DNS, GEN_EMAIL, GEN_URI].contains(name.type) ? text(name.d.ia5) : nil
        }.first
    }

    /// The names and addresses of hosts that a certificate stands for; where it has none, its common name.
    static func hosts(of certificate: OpaquePointer) -> [String] {
        let hosts = unsafe alternatives(of: certificate) { name in
            switch unsafe name.type {
            case GEN_DNS: unsafe text(name.d.ia5)
            case GEN_IPADD: unsafe address(name.d.ip)
            default: nil
            }
        }
        return unsafe hosts.isEmpty ? common(of: certificate).map { [$0] } ?? [] : hosts
    }

    private static func alternatives(
        of certificate: OpaquePointer,
        _ text: (GENERAL_NAME) -> String?
    ) -> [String] {
        guard let list = unsafe X509_get_ext_d2i(certificate, NID_subject_alt_name, nil, nil) else {
            return []
        }
        let names = OpaquePointer(list)
        defer { unsafe GENERAL_NAMES_free(names) }
        return (0..<(unsafe OPENSSL_sk_num(names))).compactMap { place in
            guard let item = unsafe OPENSSL_sk_value(names, place) else { return nil }
            return unsafe text(item.assumingMemoryBound(to: GENERAL_NAME.self).pointee)
        }
    }

    private static func text(_ string: UnsafePointer<ASN1_STRING>?) -> String? {
        var bytes: UnsafeMutablePointer<UInt8>?
        let count = unsafe ASN1_STRING_to_UTF8(&bytes, string)
        guard count > 0, let start = unsafe bytes else { return nil }
        defer { unsafe CRYPTO_free(start, nil, 0) }
        let name = unsafe String(
            decoding: UnsafeBufferPointer(start: start, count: Int(count)),
            as: UTF8.self
        )
        return name.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7f } ? nil : name
    }

    private static func address(_ string: UnsafePointer<ASN1_STRING>?) -> String? {
        let family: Int32
        switch unsafe ASN1_STRING_length(string) {
        case 4: family = AF_INET
        case 16: family = AF_INET6
        default: return nil
        }
        var buffer = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard unsafe inet_ntop(family, ASN1_STRING_get0_data(string), &buffer, socklen_t(buffer.count)) != nil
        else { return nil }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
