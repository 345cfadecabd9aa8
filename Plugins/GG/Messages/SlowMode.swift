import PatchbayKit

/// Slow mode: seconds that must lie between a user's messages in a channel.
extension GGService {
    /// 203 when the user's last message, on whichever connection, was sent too recently.
    func checkSlowMode(_ author: Participant) throws(Failure) {
        let pause = author.channel.settings.slowmod * 1000
        guard pause > 0, author.rights < Rights.moderating else { return }
        let left = try min(lastSent(author) + pause - host.wallMilliseconds, pause)
        guard left <= 0 else { throw .slowMode(seconds: (left + 999) / 1000) }
    }

    /// When the user's last message in the channel was accepted, in milliseconds since 1970.
    private func lastSent(_ author: Participant) throws(Failure) -> Int64 {
        if let time = author.presence.lastSent { return time }
        let time = try Failure.catching { () throws(StoreError) in
            try messageRecords.lastTime(of: author.person.id, in: author.channel.id)
        }
        author.presence.lastSent = time ?? 0
        return time ?? 0
    }
}
