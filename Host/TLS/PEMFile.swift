import COpenSSL
import Glibc

/// A PEM file, read whole.
struct PEMFile {
    let path: String
    let bytes: [UInt8]

    private static let longest = 1 << 20  // bytes; the certificates of all public authorities are shorter

    init(_ path: String) throws(TLSError) {
        self.path = path
        bytes = try Self.read(path)
    }

    /// Every certificate of the file, in its order; the caller frees them.
    func certificates() throws(TLSError) -> [OpaquePointer] {
        var found = unsafe [OpaquePointer]()
        let isSound = unsafe withReader { reader in
            while let certificate = unsafe PEM_read_bio_X509(reader, nil, refusePassphrase, nil) {
                unsafe found.append(certificate)
            }
            // At the end there is no further begin line; everything else is a damaged block.
            return ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE
        }
        guard unsafe isSound && !found.isEmpty else {
            unsafe found.forEach { unsafe X509_free($0) }
            throw TLSError(
                .notPEM,
                path,
                isSound ? "no certificate in PEM" : "a certificate in PEM that is damaged",
                remedy: "it begins with the line -----BEGIN CERTIFICATE-----"
            )
        }
        return unsafe found
    }

    /// The first private key of the file; the caller frees it.
    func key() throws(TLSError) -> OpaquePointer {
        var wantedPassphrase = false
        let key = unsafe withUnsafeMutablePointer(to: &wantedPassphrase) { wanted in
            unsafe withReader { unsafe PEM_read_bio_PrivateKey($0, nil, refusePassphrase, wanted) }
        }
        if let key = unsafe key { return unsafe key }
        if wantedPassphrase {
            throw TLSError(
                .encryptedKey,
                path,
                "the key wants a passphrase",
                remedy: "take it off (openssl pkey -in FILE -out NEW) and let nobody else read the file"
            )
        }
        throw TLSError(
            .notPEM,
            path,
            "no private key in PEM",
            remedy: "it begins with a line such as -----BEGIN PRIVATE KEY-----"
        )
    }

    private func withReader<Result>(_ body: (OpaquePointer) -> Result) -> Result {
        unsafe bytes.withUnsafeBytes { buffer in
            guard let reader = unsafe BIO_new_mem_buf(buffer.baseAddress, Int32(buffer.count)) else {
                fatalError("OpenSSL has no memory")
            }
            defer { unsafe BIO_free(reader) }
            ERR_clear_error()
            defer { ERR_clear_error() }
            return unsafe body(reader)
        }
    }

    private static func read(_ path: String) throws(TLSError) -> [UInt8] {
        // Without O_NONBLOCK the opening of a pipe waits for somebody who writes.
        let descriptor = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw unreadable(path, errno) }
        defer { close(descriptor) }
        var facts = stat()
        guard unsafe fstat(descriptor, &facts) == 0 else { throw unreadable(path, errno) }
        guard facts.st_mode & S_IFMT == S_IFREG else {
            throw TLSError(.unreadable, path, "not a file", remedy: "name a file in PEM")
        }
        var content = [UInt8](repeating: 0, count: min(Int(facts.st_size), longest) + 1), count = 0
        while count < content.count {
            let room = content.count - count
            let read = unsafe content.withUnsafeMutableBytes {
                unsafe Glibc.read(descriptor, $0.baseAddress.map { unsafe $0 + count }, room)
            }
            if read < 0, errno == EINTR { continue }
            guard read >= 0 else { throw unreadable(path, errno) }
            guard read > 0 else { break }
            count += read
        }
        guard count <= longest else {
            throw TLSError(.notPEM, path, "longer than \(longest >> 20) MiB", remedy: "name a file in PEM")
        }
        content.removeLast(content.count - count)
        return content
    }

    private static func unreadable(_ path: String, _ code: Int32) -> TLSError {
        let reason = unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
        return TLSError(
            .unreadable,
            path,
            "cannot be read: \(reason)",
            remedy: code == ENOENT
                ? "correct the path, or put the file there" : "let the server's user read the file"
        )
    }
}

/// OpenSSL would ask on the terminal. A context, where given, is told that it wanted to.
private func refusePassphrase(
    _: UnsafeMutablePointer<CChar>?,
    _: Int32,
    _: Int32,
    context: UnsafeMutableRawPointer?
) -> Int32 {
    unsafe context?.storeBytes(of: true, as: Bool.self)
    return -1
}
