/// What a request asks for, in one of three forms; the fourth is CONNECT's. RFC 9112 §3.2. Nothing is
/// decoded.
struct RequestTarget: Equatable {
    /// Begins with `/`, or is `*`.
    let path: Range<Int>
    /// What follows the first `?`, without it.
    let query: Range<Int>?
    /// Host and port, where the target names them itself.
    let authority: Range<Int>?

    /// - Throws: 400 for a target of no form, or of a form that the method does not take.
    static func read(
        _ bytes: Span<UInt8>,
        method: Range<Int>,
        target: Range<Int>
    ) throws(HTTPFailure) -> RequestTarget {
        guard bytes.consists(target, of: Grammar.isTarget) else {
            throw HTTPFailure(.badRequest, "the request target has bytes that must be percent-encoded")
        }
        if bytes[target.lowerBound] == UInt8(ascii: "/") {
            return origin(bytes, target, authority: nil, root: target.lowerBound)
        }
        if bytes.isExactly(method, "OPTIONS".utf8.span), bytes.isExactly(target, "*".utf8.span) {
            return RequestTarget(path: target, query: nil, authority: nil)
        }
        return try absolute(bytes, target)
    }

    /// - Parameter root: a byte `/`, which stands for a path that is not there.
    private static func origin(
        _ bytes: Span<UInt8>,
        _ range: Range<Int>,
        authority: Range<Int>?,
        root: Int
    ) -> RequestTarget {
        let mark = bytes.firstIndex(of: UInt8(ascii: "?"), in: range)
        let path = range.lowerBound..<(mark ?? range.upperBound)
        return RequestTarget(
            path: path.isEmpty ? root..<root + 1 : path,
            query: mark.map { $0 + 1..<range.upperBound },
            authority: authority
        )
    }

    private static func absolute(
        _ bytes: Span<UInt8>,
        _ target: Range<Int>
    ) throws(HTTPFailure) -> RequestTarget {
        let failure = HTTPFailure(.badRequest, "the request target must begin with / or http://")
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":"), in: target) else { throw failure }
        guard isScheme(bytes, target.lowerBound..<colon), target.upperBound - colon > 3 else { throw failure }
        guard bytes.isExactly(colon..<colon + 3, "://".utf8.span) else { throw failure }
        var end = colon + 3
        while end < target.upperBound, Grammar.isHost(bytes[end]) { end += 1 }
        let authority = colon + 3..<end
        let isEnded =
            end == target.upperBound || bytes[end] == UInt8(ascii: "/") || bytes[end] == UInt8(ascii: "?")
        guard !authority.isEmpty, isEnded else { throw failure }
        return origin(bytes, end..<target.upperBound, authority: authority, root: colon + 1)
    }

    private static func isScheme(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        bytes.equals(range, "http".utf8.span) || bytes.equals(range, "https".utf8.span)
            || bytes.equals(range, "ws".utf8.span) || bytes.equals(range, "wss".utf8.span)
    }
}
