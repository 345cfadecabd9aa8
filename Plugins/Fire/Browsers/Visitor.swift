import JSON
import PatchbayKit

/// A browser's connection that has logged in.
struct Visitor {
    /// Of what the host keeps with each connection.
    static let stateVersion: UInt32 = 1

    /// By which the protocol names the connection.
    let id: String
    let space: NameSpace.ID
    let user: UserID
    /// The user as its JWT has it: a number or a string.
    let userJSON: [UInt8]

    init(id: String, space: NameSpace.ID, user: UserID, userJSON: [UInt8]) {
        self.id = id
        self.space = space
        self.user = user
        self.userJSON = userJSON
    }

    /// Nil: it is no visitor that `state` wrote.
    init?(_ state: Fields) {
        let field = state["user"]
        guard let id = state["cid"].string, let space = state["space"].integer, let user = UserID(field)
        else {
            return nil
        }
        self.init(id: id, space: space, user: user, userJSON: Array(field.raw))
    }

    /// What the host keeps, for the generations to come: `{"space":1,"cid":"…","user":3}`.
    var state: JSONWriter {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("space", space)
        writer.member("cid", id)
        writer.member("user", raw: userJSON)
        writer.endObject()
        return writer
    }
}
