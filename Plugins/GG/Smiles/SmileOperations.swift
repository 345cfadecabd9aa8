import JSON
import PatchbayKit

/// What administration does with smiles, however it was asked to. No channel is everywhere.
extension GGService {
    /// Adds a smile. Without a bind it gets its number.
    func addSmile(
        _ name: String,
        bind: String?,
        donat: Int64,
        premium: Int64,
        paid: Int64,
        to channel: ChannelID?
    ) throws(AdministrationError) -> Smile {
        if let channel { _ = try requireChannel(channel) }
        let added = try store.changing { () throws(StoreError) -> Smile? in
            let number = try smileRecords.nextNumber()
            let smile = Smile(
                name: name,
                bind: bind ?? String(number),
                donat: donat,
                premium: premium,
                paid: paid
            )
            return try smileRecords.add(smile, number: number, to: channel) ? smile : nil
        }
        guard let smile = added else {
            throw .exists("there is a smile \"\(name)\" \(Self.place(channel)) already; remove it first")
        }
        smilesText = nil
        return smile
    }

    func removeSmile(_ name: String, of channel: ChannelID?) throws(AdministrationError) {
        if let channel { _ = try requireChannel(channel) }
        let isFound = try store.changing { () throws(StoreError) in
            guard let smile = try smileRecords.smile(name, of: channel) else { return false }
            for (user, channel) in try smileRecords.remove(smile.number) {
                try paidSmilesChanged(of: user, in: channel)
            }
            return true
        }
        guard isFound else { throw .missing("there is no smile \"\(name)\" \(Self.place(channel))") }
        smilesText = nil
    }

    /// Grants a paid smile, of the channel or of everybody, for use in the channel.
    func grantSmile(_ name: String, to user: UserID, in channel: ChannelID) throws(AdministrationError) {
        try requireBoth(user, channel)
        let found = try AdministrationError.catching {
            () throws(StoreError) -> (number: Int64, isPaid: Bool)? in
            if let own = try smileRecords.smile(name, of: channel) { return own }
            return try smileRecords.smile(name, of: nil)
        }
        guard let smile = found else {
            throw .missing("there is no smile \"\(name)\" in channel \(channel.text); add it first")
        }
        guard smile.isPaid else { throw .invalid("the smile \"\(name)\" is not paid; everybody has it") }
        let isNew = try store.changing { () throws(StoreError) in
            guard try smileRecords.grant(smile.number, to: user, in: channel) else { return false }
            try paidSmilesChanged(of: user, in: channel)
            return true
        }
        guard !isNew else { return }
        throw .exists("user \(user) has the smile \"\(name)\" in channel \(channel.text) already")
    }

    func revokeSmile(_ name: String, from user: UserID, in channel: ChannelID) throws(AdministrationError) {
        try requireBoth(user, channel)
        let isFound = try store.changing { () throws(StoreError) in
            guard try smileRecords.revoke(name, from: user, in: channel) else { return false }
            try paidSmilesChanged(of: user, in: channel)
            return true
        }
        guard !isFound else { return }
        throw .missing("user \(user) does not have the smile \"\(name)\" in channel \(channel.text)")
    }

    private func paidSmilesChanged(of user: UserID, in channel: ChannelID) throws(StoreError) {
        guard let presence = channels[channel]?.people[user] else { return }
        presence.paidSmiles = try smileRecords.granted(to: user, in: channel)
    }

    private static func place(_ channel: ChannelID?) -> String {
        channel.map { "of channel \($0.text)" } ?? "of all channels"
    }
}
