import JSON
import PatchbayKit

/// A user of a name space. A number as it is written and a string of the same characters are the same user.
struct UserID: Hashable {
    /// What it is known by; never empty.
    let text: [UInt8]

    /// Nil: it is no number and no string, or an empty one.
    init?(_ field: Field) {
        guard let text = field.identifier else { return nil }
        self.text = text
    }
}

extension Field {
    /// A string unescaped, or a number as it is written; nil for anything else, and for what is empty.
    var identifier: [UInt8]? {
        guard let text = kind == .number ? Array(raw) : text, !text.isEmpty else { return nil }
        return text
    }
}
