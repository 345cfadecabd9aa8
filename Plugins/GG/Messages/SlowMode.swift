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
            let user = author.person.id, channel = author.channel.id
            // Of messages sent before slow mode was on the history knows, but for those that were removed.
            return max(
                try slowModeRecords.time(of: user, in: channel) ?? 0,
                try messageRecords.lastTime(of: user, in: channel) ?? 0
            )
        }
        author.presence.lastSent = time
        return time
    }
}
