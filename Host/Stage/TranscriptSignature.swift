import Crypto

/// What a transcript signs with a key that was captured: the text of each is put in place of it, inside quotes too.
///
/// - `$jwt(KEY,PAYLOAD)`, `$jwt(KEY,PAYLOAD,HEADER)`: a JSON Web Token, HS256 (RFC 7515, RFC 7519);
/// - `$hmac(KEY,TEXT)`: what ends such a token, the HMAC with SHA-256 of a text in base64url.
///
/// KEY is a capture's name without `$`. Others end at a comma or parenthesis that is in no bracket and no
/// string, or stand in single quotes, in which everything is only itself.
struct TranscriptSignature {
    private static let usualHeader = #"{"alg":"HS256","typ":"JWT"}"#

    private let captures: [String: String]

    /// `text` with everything signed.
    static func filled(_ text: String, with captures: [String: String]) throws(Deviation) -> String {
        let signature = TranscriptSignature(captures: captures)
        var result = ""
        var rest = text[...]
        while !rest.isEmpty {
            if rest.hasPrefix("$jwt(") {
                result += try signature.token(try arguments(of: "$jwt", from: &rest, 2...3))
            } else if rest.hasPrefix("$hmac(") {
                let parts = try arguments(of: "$hmac", from: &rest, 2...2)
                result += try signature.code(of: parts[1], by: parts[0])
            } else {
                result.append(rest.removeFirst())
            }
        }
        return result
    }

    private func token(_ parts: [String]) throws(Deviation) -> String {
        let header = parts.count > 2 ? parts[2] : Self.usualHeader
        let text = Self.base64(Array(header.utf8)) + "." + Self.base64(Array(parts[1].utf8))
        return text + "." + (try code(of: text, by: parts[0]))
    }

    private func code(of text: String, by name: String) throws(Deviation) -> String {
        guard let value = captures[name], value.count >= 2, value.hasPrefix("\""), value.hasSuffix("\"")
        else {
            throw Deviation(expected: "a string captured as $\(name)", found: captures[name] ?? "none")
        }
        let key = Array(value.dropFirst().dropLast().utf8)
        return Self.base64(Digest.hmacSHA256(key: key.span, Array(text.utf8).span))
    }

    // MARK: Arguments

    /// Moves `text` past a function and all that stands in its parentheses.
    private static func arguments(
        of function: String,
        from text: inout Substring,
        _ counts: ClosedRange<Int>
    ) throws(Deviation) -> [String] {
        let start = text
        text.removeFirst(function.count)
        var parts: [String] = []
        repeat {
            text = text.dropFirst().drop(while: \.isWhitespace)
            parts.append(argument(from: &text))
        } while text.first == ","
        guard text.popFirst() == ")", counts.contains(parts.count) else {
            throw Deviation(expected: "\(function)(KEY,…)", found: String(start))
        }
        return parts
    }

    private static func argument(from text: inout Substring) -> String {
        if text.first == "'" {
            let quoted = text.dropFirst().prefix { $0 != "'" }
            text = text.dropFirst(quoted.count + 2).drop(while: \.isWhitespace)
            return String(quoted)
        }
        var part = ""
        var depth = 0
        var isQuoted = false
        while let character = text.first, isQuoted || depth > 0 || !",)".contains(character) {
            part.append(text.removeFirst())
            switch character {
            case "\\" where isQuoted && !text.isEmpty: part.append(text.removeFirst())
            case "\"": isQuoted.toggle()
            case "{" where !isQuoted, "[" where !isQuoted, "(" where !isQuoted: depth += 1
            case "}" where !isQuoted, "]" where !isQuoted, ")" where !isQuoted: depth -= 1
            default: break
            }
        }
        return String(part[...].trimmed)
    }

    /// Base64url without padding. RFC 4648 §5.
    private static func base64(_ bytes: [UInt8]) -> String {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        var text = ""
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start...].prefix(3)
            let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for place in 0...group.count { text.append(digits[bits >> (18 - 6 * place) & 63]) }
        }
        return text
    }
}
