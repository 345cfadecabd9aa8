/// The first line of a request: method, target, version. RFC 9112 §3.
struct RequestLine: Equatable {
    /// The longest target taken, in bytes: what RFC 9112 §3 recommends to take at least.
    static let longestTarget = 8192

    /// What this server implements of methods. TRACE would send credentials back to scripts, and CONNECT
    /// is for proxies: they are as unknown here as any other word, and so 501 and not 405 (RFC 9110 §9.1,
    /// §15.6.2), which is for a method that the server knows and the resource does not take.
    private static let methods = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"]

    let method: Range<Int>
    let target: Range<Int>
    let parts: RequestTarget
    /// The digit after `HTTP/1.`; higher than 1 counts as 1 (RFC 9110 §2.5).
    let minorVersion: UInt8

    /// Reads the line, which is given without its CRLF.
    ///
    /// - Throws: 400; 505 for a version other than 1.x; 501 for an unknown method; 414 for a target over
    ///   8 KiB.
    static func read(_ bytes: Span<UInt8>, _ line: Range<Int>) throws(HTTPFailure) -> RequestLine {
        let space = UInt8(ascii: " ")
        guard let first = bytes.firstIndex(of: space, in: line),
            let second = bytes.firstIndex(of: space, in: first + 1..<line.upperBound)
        else { throw HTTPFailure(.badRequest, "the request line must be method, target and version") }
        let method = line.lowerBound..<first
        guard bytes.consists(method, of: Grammar.isToken) else {
            throw HTTPFailure(.badRequest, "the method must be a token")
        }
        let minor = try minorVersion(bytes, second + 1..<line.upperBound)
        guard methods.contains(where: { bytes.isExactly(method, $0.utf8.span) }) else {
            throw HTTPFailure(.notImplemented, "the method is not known here; upper and lower case differ")
        }
        let target = first + 1..<second
        guard target.count <= longestTarget else {
            throw HTTPFailure(.targetTooLong, "the request target is over 8 KiB")
        }
        return RequestLine(
            method: method,
            target: target,
            parts: try RequestTarget.read(bytes, method: method, target: target),
            minorVersion: minor
        )
    }

    private static func minorVersion(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(HTTPFailure) -> UInt8 {
        let start = range.lowerBound
        guard range.count == 8, bytes.isExactly(start..<start + 5, "HTTP/".utf8.span),
            let major = digit(bytes[start + 5]), bytes[start + 6] == UInt8(ascii: "."),
            let minor = digit(bytes[start + 7])
        else { throw HTTPFailure(.badRequest, "the request line must end with HTTP/1.1") }
        guard major == 1 else {
            throw HTTPFailure(.versionNotSupported, "only HTTP/1.0 and HTTP/1.1 are spoken here")
        }
        return min(minor, 1)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        byte >= 0x30 && byte <= 0x39 ? byte - 0x30 : nil
    }
}
