import JSON
import PatchbayKit

/// What a client says of itself when it has connected: `{"nick":…,"pass":…,"data":{…}}`.
struct Identification {
    let nick: Nick
    let password: [UInt8]
    private let data: Fields

    init(_ message: Message) throws(Failure) {
        guard message.isText, let members = Field(json: message.bytes).fields else { throw .notJSON }
        let found = members[Self.names]
        // The seed's example of an Admin spells it `nicK`.
        let name = found[0].isAbsent ? found[1] : found[0]
        guard let nick = name.text, let password = found[2].text, let data = found[3].data else {
            throw .fields
        }
        self.nick = Nick(nick)
        self.password = password
        self.data = data
    }

    private static let names = ["nick", "nicK", "pass", "data"].map { Array($0.utf8) }

    /// What an Admin has to know.
    func secrets() throws(Failure) -> [[UInt8]] {
        let found = data[Self.secretNames].compactMap(\.text)
        guard found.count == Self.secretNames.count else { throw .fields }
        return found
    }

    static let secretNames = ["secret1", "secret2", "secret3"].map { Array($0.utf8) }
}

extension Field {
    /// An object's members. An empty array counts as an empty object, as PHP writes one.
    var data: Fields? {
        if let fields { return fields }
        return elements?.isEmpty == true ? Fields([]) : nil
    }
}
