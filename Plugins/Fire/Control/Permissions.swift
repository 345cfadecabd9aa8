import PatchbayKit

/// How a back end lets users in to private channels, and out again.
extension FireService {
    static func registerPermissions(_ setup: Setup<FireService>) {
        onAction("subscribe", "Lets a user in to a private channel", setup) {
            fire,
            arguments,
            space throws(Failure) in
            let channel = try arguments.channel()
            let user = try arguments.requiredUser()
            guard channel.isPrivate else { throw .notPrivate }
            try Failure.catching { () throws(StoreError) in
                try fire.permissionRecords.add(space, channel, user)
            }
            return nil
        }
        onAction("unsubscribe", "Lets a user out of a private channel, at once", setup) {
            fire,
            arguments,
            space throws(Failure) in
            let channel = try arguments.channel()
            let user = try arguments.requiredUser()
            try fire.letOut(user, space, channel)
            return nil
        }
    }

    private func letOut(_ user: UserID, _ space: NameSpace.ID, _ channel: ChannelName) throws(Failure) {
        guard channel.isPrivate else { return }
        try Failure.catching { () throws(StoreError) in
            try permissionRecords.remove(space, channel, user)
        }
        let room = room(space, channel)
        for connection in host.connections(ofPrincipal: principal(space, user)) {
            host.leave(room, connection)
        }
    }
}
