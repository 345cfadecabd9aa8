import JSON
import PatchbayKit

/// `/user` and what is below it.
extension GGService {
    func postUser(_ body: APIBody) throws(AdministrationError) -> APIAnswer {
        let id = try body.user()
        let name = try body.text("nickname")
        let token = try body.text("token")
        let regtime = try body.givenNumber("regtime") ?? 0
        try createUser(id, name: name, token: token, regtime: regtime)
        return .made { writer in Self.writeUser(id, Array(name.utf8), regtime, to: &writer) }
    }

    func putUser(_ id: UserID, _ body: APIBody) throws(AdministrationError) -> APIAnswer {
        let name = try body.givenText("nickname")
        let token = try body.givenText("token")
        let regtime = try body.givenNumber("regtime")
        let user = try changeUser(id, name: name, token: token, regtime: regtime)
        return .done { writer in Self.writeUser(id, user.name, user.regtime, to: &writer) }
    }

    func deleteUser(_ id: UserID) throws(AdministrationError) -> APIAnswer {
        try removeUser(id)
        return .done { writer in writer.member("user_id", String(id)) }
    }

    func postGrant(_ id: UserID, _ body: APIBody) throws(AdministrationError) -> APIAnswer {
        let channel = try body.channelOrEverywhere()
        let rights = try body.rights()
        try grant(rights, to: id, in: channel)
        return .done { writer in
            writer.member("user_id", String(id))
            if let channel { writer.member("channel_id", channel.text) }
            writer.member("rights", rights)
        }
    }

    func changeGroup(_ id: UserID, _ body: APIBody, _ isRemoval: Bool) throws(AdministrationError)
        -> APIAnswer
    {
        let group = try body.text("group_key")
        let channel = try body.channel()
        if isRemoval {
            try removeGroup(group, of: id, in: channel)
        } else {
            try addGroup(group, of: id, in: channel)
        }
        return Self.answer(id, channel, "group_key", group, isRemoval)
    }

    func changeSmile(_ id: UserID, _ body: APIBody, _ isRemoval: Bool) throws(AdministrationError)
        -> APIAnswer
    {
        let smile = try body.text("smile")
        let channel = try body.channel()
        if isRemoval {
            try revokeSmile(smile, from: id, in: channel)
        } else {
            try grantSmile(smile, to: id, in: channel)
        }
        return Self.answer(id, channel, "smile", smile, isRemoval)
    }

    /// What was given to a user in a channel, or taken.
    private static func answer(
        _ id: UserID,
        _ channel: ChannelID,
        _ name: String,
        _ value: String,
        _ isRemoval: Bool
    ) -> APIAnswer {
        APIAnswer(isRemoval ? 200 : 201) { writer in
            writer.member("user_id", String(id))
            writer.member("channel_id", channel.text)
            writer.member(name, value)
        }
    }

    /// All but the token, which is never shown.
    private static func writeUser(
        _ id: UserID,
        _ name: [UInt8],
        _ regtime: Int64,
        to writer: inout JSONWriter
    ) {
        writer.member("user_id", String(id))
        writer.member("nickname", utf8: name)
        writer.member("regtime", regtime)
    }
}
