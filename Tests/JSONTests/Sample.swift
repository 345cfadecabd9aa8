import JSON
import Testing

/// A text and what the reader must say of it.
struct Sample: Sendable, CustomTestStringConvertible {
    let title: String
    let bytes: [UInt8]
    let verdict: Result<JSONValue.Kind, JSONError>

    var testDescription: String { title }

    /// A text that is accepted as a value of `kind`.
    static func accepted(_ title: String, _ text: String, _ kind: JSONValue.Kind) -> Sample {
        Sample(title: title, bytes: Array(text.utf8), verdict: .success(kind))
    }

    /// A text that is refused for `reason` at byte `offset`.
    static func refused(_ title: String, _ text: String, _ reason: JSONError.Reason, _ offset: Int) -> Sample
    {
        refused(title, Array(text.utf8), reason, offset)
    }

    /// Bytes that are refused for `reason` at byte `offset`.
    static func refused(_ title: String, _ bytes: [UInt8], _ reason: JSONError.Reason, _ offset: Int)
        -> Sample
    {
        Sample(title: title, bytes: bytes, verdict: .failure(JSONError(reason: reason, offset: offset)))
    }

    /// A string holding `bytes`, refused as no UTF-8 at the byte `offset` of them.
    static func notUTF8(_ title: String, _ bytes: [UInt8], _ offset: Int) -> Sample {
        refused(title, [0x22] + bytes + [0x22], .badUTF8, offset + 1)
    }
}
