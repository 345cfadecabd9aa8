import GGPage
import PatchbayKit

/// The web page of the chat, and what a browser is told to let it do: to run its one script and to talk to its
/// own server, and nothing else.
struct DemoPage {
    let bytes: [UInt8]
    let policy: String  // Content-Security-Policy

    init(_ secrets: Secrets) {
        bytes = (0..<gg_page_count()).map(gg_page_byte)
        let script = Self.source("script", in: bytes, secrets)
        let style = Self.source("style", in: bytes, secrets)
        policy = [
            "default-src 'none'", "script-src \(script)", "style-src \(style)", "connect-src 'self'",
            "img-src data:", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
        ].joined(separator: "; ")
    }

    /// Names what stands between `<tag>` and `</tag>` by its digest.
    private static func source(_ tag: String, in page: [UInt8], _ secrets: Secrets) -> String {
        let opening = Array("<\(tag)>".utf8), closing = Array("</\(tag)>".utf8)
        guard let start = page.indices.first(where: { page[$0...].starts(with: opening) }) else {
            return "'none'"
        }
        let text = page[(start + opening.count)...]
        guard let end = text.indices.first(where: { text[$0...].starts(with: closing) }) else {
            return "'none'"
        }
        return "'sha256-\(base64(secrets.sha256(text[..<end])))'"
    }

    /// RFC 4648 §4.
    static func base64(_ bytes: [UInt8]) -> String {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for place in 0..<4 {
                text.append(place <= group.count ? digits[bits >> (18 - 6 * place) & 63] : UInt8(ascii: "="))
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
