/// What a GET or HEAD asks to be true of a resource before it is sent. RFC 9110 §13.1, in the order of
/// §13.2.2.
struct Conditions {
    /// To be answered with 412.
    let isBroken: Bool
    /// To be answered with 304: the client has it.
    let isUnchanged: Bool

    /// - Parameters:
    ///   - tag: the strong tag of what would be sent.
    ///   - modified: seconds since 1970; without it, conditions about dates are passed over.
    init(_ fields: HeadFields, tag: String, modified: Int?) {
        if let isMatch = Self.lists(tag, in: "If-Match", isWeak: false, fields) {
            isBroken = !isMatch
        } else if let modified, let date = Self.date("If-Unmodified-Since", fields) {
            isBroken = modified > date
        } else {
            isBroken = false
        }
        if let isMatch = Self.lists(tag, in: "If-None-Match", isWeak: true, fields) {
            isUnchanged = isMatch
        } else if let modified, let date = Self.date("If-Modified-Since", fields) {
            isUnchanged = modified <= date
        } else {
            isUnchanged = false
        }
    }

    /// Whether the tag or a lone `*` is listed. Nil: there is no such field. Tags are compared between
    /// commas: one that has a comma itself is cut up, but none of its parts can be a whole tag.
    private static func lists(_ tag: String, in name: String, isWeak: Bool, _ fields: HeadFields) -> Bool? {
        guard let only = fields.first(name) else { return nil }
        if fields.count(of: name) == 1, fields.equals(only, "*") { return true }
        var isListed = false
        fields.forEach(name) { value in
            var rest = value
            while let member = fields.bytes.nextMember(of: &rest) {
                let span = fields.bytes.span
                let isMarked =
                    member.count > 2
                    && span.isExactly(member.lowerBound..<member.lowerBound + 2, "W/".utf8.span)
                if isMarked, !isWeak { continue }
                let opaque = isMarked ? member.lowerBound + 2..<member.upperBound : member
                isListed = isListed || span.isExactly(opaque, tag.utf8.span)
            }
        }
        return isListed
    }

    private static func date(_ name: String, _ fields: HeadFields) -> Int? {
        fields.only(name).flatMap { HTTPDate.read(fields.bytes.span, $0) }
    }
}
