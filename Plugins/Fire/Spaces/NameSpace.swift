import PatchbayKit

/// What one site has for itself: channels, states, users and a secret key.
struct NameSpace {
    /// Never given again, not even when the name is.
    typealias ID = Int64

    let id: ID
    let name: [UInt8]
    /// Signs the browsers' JWTs and logs back ends in: the characters of a UUID.
    var secretKey: [UInt8]
}

extension FireService {
    /// The host's room of a channel.
    func room(_ space: NameSpace.ID, _ channel: ChannelName) -> [UInt8] { scoped(space, channel.bytes) }

    /// The host's principal of a user.
    func principal(_ space: NameSpace.ID, _ user: UserID) -> [UInt8] { scoped(space, user.text) }

    /// A name with the name space's number, so that name spaces never meet; a long one by its digest, as the host's names
    /// are short.
    private func scoped(_ space: NameSpace.ID, _ name: [UInt8]) -> [UInt8] {
        let isLong = name.count > 512
        var scoped: [UInt8] = []
        scoped.reserveCapacity(name.count + 24)
        scoped += String(space).utf8
        scoped.append(UInt8(ascii: isLong ? "=" : "/"))
        scoped += isLong ? secrets.sha256(name) : name
        return scoped
    }
}
