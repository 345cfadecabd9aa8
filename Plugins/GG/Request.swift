import JSON
import PatchbayKit

/// The `data` of a request. What it reads is there and right, or it throws error 4 with the field's name.
struct Request {
    private let fields: Fields

    init(_ fields: Fields) {
        self.fields = fields
    }

    /// The `channel_id` as text for an error's answer, whether or not it names anything; else empty.
    var channelText: [UInt8] {
        (try? identifier("channel_id")).flatMap { $0 } ?? []
    }

    /// The channel that `channel_id` names. Nil: it is the id of nothing.
    func channel() throws(Failure) -> ChannelID? {
        ChannelID(try required("channel_id"))
    }

    /// The user that a field names. Nil: it is the id of nothing.
    func user(_ name: String) throws(Failure) -> UserID? {
        UserID(canonical: try required(name))
    }

    /// An id as text: a string, or an integer as written. Nil: it is missing, or null.
    func identifier(_ name: String) throws(Failure) -> [UInt8]? {
        let field = fields[name]
        switch field.kind {
        case .string:
            guard let text = field.text, !text.isEmpty else { throw .field(name) }
            return text
        case .number:
            guard !field.raw.contains(where: Self.isFractional) else { throw .field(name) }
            return Array(field.raw)
        case nil where field.isAbsent: return nil
        case .null: return nil
        default: throw .field(name)
        }
    }

    /// A flag: `true`, `1`, `"1"`, `"true"` and their opposites.
    func flag(_ name: String, missing: Bool = false) throws(Failure) -> Bool {
        let field = fields[name]
        if field.isAbsent { return missing }
        if let flag = field.bool { return flag }
        if field.integer == 1 || field.equals("1") || field.equals("true") { return true }
        if field.integer == 0 || field.equals("0") || field.equals("false") { return false }
        throw .field(name)
    }

    /// A whole number, or a string of digits. Nil: it is missing.
    func number(_ name: String) throws(Failure) -> Int64? {
        let field = fields[name]
        if field.isAbsent { return nil }
        if let number = field.integer { return number }
        guard let text = field.text, let number = Int64(digits: text) else { throw .field(name) }
        return number
    }

    /// A string, in UTF-8.
    func text(_ name: String) throws(Failure) -> [UInt8] {
        guard let text = fields[name].text else { throw .field(name) }
        return text
    }

    /// A string, in UTF-8; empty when it is missing or null.
    func optionalText(_ name: String) throws(Failure) -> [UInt8] {
        let field = fields[name]
        return field.isAbsent || field.kind == .null ? [] : try text(name)
    }

    /// A field whose request has an error of its own for what is wrong with it.
    subscript(name: String) -> Field { fields[name] }

    /// Throws when the field stands there twice.
    func checkSingle(_ name: String) throws(Failure) {
        guard !fields[name].isRepeated else { throw .field(name) }
    }

    /// An id as text, which must be there.
    func required(_ name: String) throws(Failure) -> [UInt8] {
        guard let text = try identifier(name) else { throw .field(name) }
        return text
    }

    private static func isFractional(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ".") || byte | 0x20 == UInt8(ascii: "e")
    }
}
