import JSON
import PatchbayKit

/// The arguments of a back end's request. One of a wrong type, an empty one and one that stands twice are missing.
struct Arguments {
    private let fields: Fields
    private let channelField: Field
    private let dataField: Field
    private let paramsField: Field
    private let userField: Field

    init(_ message: Message) {
        fields = message.members
        let found = fields[Self.names]
        (channelField, dataField, paramsField, userField) = (found[0], found[1], found[2], found[3])
    }

    private static let names = ["channel", "data", "params", "userId"].map { Array($0.utf8) }

    func text(_ name: String, _ failure: Failure) throws(Failure) -> [UInt8] {
        guard let text = fields[name].text, !text.isEmpty else { throw failure }
        return text
    }

    func channel() throws(Failure) -> ChannelName {
        guard let channel = ChannelName(channelField.text) else { throw .needs("argument channel") }
        return channel
    }

    /// The JSON as it is written; `null` is data too.
    func data() throws(Failure) -> ArraySlice<UInt8> {
        guard dataField.kind != nil else { throw .needs("argument data") }
        return dataField.raw
    }

    /// Nil: there are none. `null` counts as that, and so does an empty array, as PHP writes an empty object.
    func parameters() throws(Failure) -> Fields? {
        if paramsField.isAbsent || paramsField.kind == .null || paramsField.elements?.isEmpty == true {
            return nil
        }
        guard let members = paramsField.fields else { throw .needs("argument params") }
        return members
    }

    /// Whom it is about; nil: nobody in particular. What is no user fails, so that what was meant for one is never
    /// sent to all.
    func user() throws(Failure) -> UserID? {
        if let user = try user(try parameters()?["userId"]) { return user }
        return try user(userField)
    }

    private func user(_ field: Field?) throws(Failure) -> UserID? {
        guard let field, !field.isAbsent, field.kind != .null else { return nil }
        guard let user = UserID(field) else { throw .needs("argument params.userId") }
        return user
    }

    /// Whom it is about; without anybody it fails.
    func requiredUser() throws(Failure) -> UserID {
        if let user = try user() { return user }
        throw .needs(try parameters() == nil ? "argument params" : "argument params.userId")
    }

    /// Whether the new state is to be sent, too.
    func emits() throws(Failure) -> Bool {
        guard let emit = try parameters()?["emit"] else { return false }
        guard !emit.isRepeated else { throw .needs("argument params.emit") }
        return emit.bool == true
    }

    /// For how long the state is kept, in milliseconds; nil: for good.
    func timeToLive() throws(Failure) -> Int64? {
        guard let field = try parameters()?["ttl"], !field.isAbsent, field.kind != .null else { return nil }
        guard let seconds = Self.seconds(field), seconds >= 0 else { throw .needs("argument params.ttl") }
        let milliseconds = min((seconds * 1000).rounded(.up), Self.longest)
        return milliseconds > 0 ? Int64(milliseconds) : nil
    }

    /// Some 30,000 years: what is later does not differ from never.
    private static let longest: Double = 1e15

    private static func seconds(_ field: Field) -> Double? {
        guard let text = field.text else { return field.number }
        return text.isDigits ? text.reduce(0) { $0 * 10 + Double($1 - UInt8(ascii: "0")) } : nil
    }
}
