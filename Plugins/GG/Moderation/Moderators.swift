import PatchbayKit

/// `make_moderator` and `clean_moderator`: a streamer's assistants.
extension GGService {
    func makeModerator(_ request: Request, _ client: Client) throws(Failure) {
        try changeModerator(request, client) { user, channel throws(StoreError) in
            try moderatorRecords.add(user, to: channel)
        }
    }

    func cleanModerator(_ request: Request, _ client: Client) throws(Failure) {
        try changeModerator(request, client) { user, channel throws(StoreError) in
            try moderatorRecords.remove(user, from: channel)
        }
    }

    /// Who it concerns hears of it by `update_rights`.
    private func changeModerator(
        _ request: Request,
        _ client: Client,
        _ change: (UserID, ChannelID) throws(StoreError) -> Void
    ) throws(Failure) {
        let id = try request.channel()
        let target = try request.user("user_id")
        let streamer = try participant(id, client, rights: Rights.streamer)
        let user = try knownUser(target)
        try Failure.catching { () throws(StoreError) in
            try changingRights(of: user.id, global: user.record.rights) { () throws(StoreError) in
                try change(user.id, streamer.channel.id)
            }
        }
    }
}
