import JSON
import PatchbayKit

/// A command's attributes. What is null counts as missing.
struct Arguments {
    /// What it is called, as the client wrote it.
    let command: [UInt8]
    private let members: Fields
    private let found: FoundFields  // of `frequent`

    init(_ text: [UInt8]) throws(Failure) {
        let message = Field(json: text)
        guard message.kind != nil else { throw .invalidJSON }
        guard let members = message.fields else { throw .needsCommand }
        found = members[Self.frequentNames]
        guard let command = found[0].text else { throw .needsCommand }
        self.command = command
        self.members = members
    }

    /// What is looked for in one pass, as most commands ask for some of them.
    private static let frequent = ["cmd", "text", "id_dialog", "id_user", "after", "login", "pas", "token"]
    private static let frequentNames = frequent.map { Array($0.utf8) }

    /// Nil: it is missing.
    private func given(_ name: String) throws(Failure) -> Field? {
        let field = Self.frequent.firstIndex(of: name).map { found[$0] } ?? members[name]
        guard !field.isRepeated else { throw .bad(name) }
        return field.isAbsent || field.kind == .null ? nil : field
    }

    private func required(_ name: String) throws(Failure) -> Field {
        guard let field = try given(name) else { throw .needs(name) }
        return field
    }

    // MARK: Texts

    func text(_ name: String) throws(Failure) -> [UInt8] {
        guard let text = try required(name).text else { throw .bad(name) }
        return text
    }

    func textIfGiven(_ name: String) throws(Failure) -> [UInt8]? {
        guard let field = try given(name) else { return nil }
        guard let text = field.text else { throw .bad(name) }
        return text
    }

    /// A login or a password, which is not empty.
    func credential(_ name: String) throws(Failure) -> [UInt8] {
        let text = try text(name)
        guard !text.isEmpty else { throw .bad(name) }
        return text
    }

    /// A password that is to be kept.
    func newPassword(_ name: String) throws(Failure) -> [UInt8] {
        let password = try credential(name)
        guard Self.isKept(password) else { throw .bad(name) }
        return password
    }

    /// Whether the host makes a hash of the password: not of a long one, nor of one with a zero byte.
    static func isKept(_ password: [UInt8]) -> Bool { password.count <= 4096 && !password.contains(0) }

    // MARK: Numbers

    /// The id of something; one that cannot be is that of nothing.
    func id(_ name: String) throws(Failure) -> Int64 { try number(try required(name), name) }

    /// How old or how many.
    func quantityIfGiven(_ name: String) throws(Failure) -> Int64? {
        guard let number = try numberIfGiven(name) else { return nil }
        guard number >= 0, number < .max else { throw .bad(name) }
        return number
    }

    /// A number, written as such or as a string of digits; beyond 64 bits it is the greatest or least that there is.
    func numberIfGiven(_ name: String) throws(Failure) -> Int64? {
        guard let field = try given(name) else { return nil }
        return try number(field, name)
    }

    private func number(_ field: Field, _ name: String) throws(Failure) -> Int64 {
        switch field.kind {
        case .number:
            if let number = field.integer { return number }
            let digits = field.raw.first == UInt8(ascii: "-") ? field.raw.dropFirst() : field.raw
            guard digits.isDigits else { throw .bad(name) }
            return digits.startIndex == field.raw.startIndex ? .max : .min
        case .string:
            guard let text = field.text, text.isDigits else { throw .bad(name) }
            return Int64(digits: text) ?? .max
        default: throw .bad(name)
        }
    }

    /// Ids of users; none where it is missing.
    func ids(_ name: String) throws(Failure) -> [Int64] {
        guard let field = try given(name) else { return [] }
        guard let elements = field.elements else { throw .bad(name) }
        var ids: [Int64] = []
        for element in elements { ids.append(try number(element, name)) }
        return ids
    }

    // MARK: Who gives the command

    /// Nil: it is missing.
    func token() throws(Failure) -> [UInt8]? { try textIfGiven("token") }
}
