import JSON
import PatchbayKit

/// The body of a request to the API: a JSON object, its fields typed as those of the chat's requests. What it
/// reads is there and right, or it throws a refusal that names the field.
struct APIBody {
    private let fields: Fields
    private let request: Request

    init(_ bytes: [UInt8]) throws(AdministrationError) {
        guard (try? JSONValue.read(bytes.span))?.kind == .object else {
            throw .invalid("The body is no JSON object")
        }
        fields = Fields(bytes)
        request = Request(fields)
    }

    /// The user that a field names.
    func user(_ name: String = "user_id") throws(AdministrationError) -> UserID {
        let id = try Self.naming { () throws(Failure) in try request.user(name) }
        guard let id else { throw Self.bad(name) }
        return id
    }

    /// The channel that `channel_id` names.
    func channel() throws(AdministrationError) -> ChannelID {
        let id = try Self.naming { () throws(Failure) in try request.channel() }
        guard let id else { throw Self.bad("channel_id") }
        return id
    }

    /// Nil, everywhere, where `channel_id` is missing, or 0.
    func channelOrEverywhere() throws(AdministrationError) -> ChannelID? {
        let text = try Self.naming { () throws(Failure) in try request.identifier("channel_id") }
        return text == nil || text == [UInt8(ascii: "0")] ? nil : try channel()
    }

    /// A text that is not empty.
    func text(_ name: String) throws(AdministrationError) -> String {
        guard let text = try givenText(name) else { throw Self.bad(name) }
        return text
    }

    /// A text that is not empty; nil when it is missing or null.
    func givenText(_ name: String) throws(AdministrationError) -> String? {
        guard let text = try givenLabel(name) else { return nil }
        guard !text.isEmpty else { throw Self.bad(name) }
        return text
    }

    /// A text; nil when it is missing or null.
    func givenLabel(_ name: String) throws(AdministrationError) -> String? {
        let field = fields[name]
        if isMissing(field) { return nil }
        guard let text = field.string, !text.utf8.contains(0) else { throw Self.bad(name) }
        return text
    }

    /// A whole number, 0 or above; nil when it is missing or null.
    func givenNumber(_ name: String) throws(AdministrationError) -> Int64? {
        if isMissing(fields[name]) { return nil }
        let number = try Self.naming { () throws(Failure) in try request.number(name) }
        guard let number, number >= 0 else { throw Self.bad(name) }
        return number
    }

    /// One of the levels that there are.
    func rights() throws(AdministrationError) -> Int64 {
        guard let rights = try givenNumber("rights"), Rights.levels.contains(rights) else {
            throw Self.bad("rights")
        }
        return rights
    }

    /// Users, each once; nil when they are missing or null.
    func givenUsers(_ name: String) throws(AdministrationError) -> [UserID]? {
        let field = fields[name]
        if isMissing(field) { return nil }
        guard let elements = field.elements else { throw Self.bad(name) }
        var users: [UserID] = []
        for element in elements {
            guard let user = UserID(canonical: element.text ?? Array(element.raw)) else {
                throw Self.bad(name)
            }
            if !users.contains(user) { users.append(user) }
        }
        return users
    }

    private func isMissing(_ field: Field) -> Bool { field.isAbsent || field.kind == .null }

    private static func naming<Result>(_ read: () throws(Failure) -> Result) throws(AdministrationError)
        -> Result
    {
        do throws(Failure) {
            return try read()
        } catch {
            throw .invalid(error.text)
        }
    }

    private static func bad(_ name: String) -> AdministrationError { .invalid(Failure.field(name).text) }
}
