/// What a path of the API names.
enum APIResource: Equatable {
    case users
    case user(UserID)
    case grant(UserID)
    case group(UserID)
    case smile(UserID)
    case channels
    case channel(ChannelID)
    case online

    /// What follows the path of plugins.conf. Nil: nothing has that path, or that id.
    init?(path: String) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map(String.init)
        let user = parts.count > 1 ? UserID(canonical: parts[1].utf8) : nil
        switch (parts.first, parts.count, user) {
        case ("user", 1, _): self = .users
        case ("user", 2, let user?): self = .user(user)
        case ("user", 3, let user?):
            switch parts[2] {
            case "grant": self = .grant(user)
            case "group": self = .group(user)
            case "smile": self = .smile(user)
            default: return nil
            }
        case ("channel", 1, _): self = .channels
        case ("channel", 2, _):
            guard let channel = ChannelID(Array(parts[1].utf8)) else { return nil }
            self = .channel(channel)
        case ("channels", 2, _):
            guard parts[1] == "online" else { return nil }
            self = .online
        default: return nil
        }
    }

    var methods: [String] {
        switch self {
        case .users, .channels, .grant: ["POST"]
        case .user, .channel: ["DELETE", "PUT"]
        case .group, .smile: ["DELETE", "POST"]
        case .online: ["GET", "HEAD"]
        }
    }
}
