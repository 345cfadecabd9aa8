import JSON
import PatchbayKit

/// The GG chat, version 2: who is connected, and in which channels. What outlives a connection is stored;
/// what belongs to one is kept by the host, so a new generation finds everybody again.
final class GGService: Service {
    static let manifest = Manifest(
        name: "GG",
        version: "1.0",
        summary: "GG chat, version 2",
        options: [
            .choice(
                "dialect",
                of: ["document", "original"],
                initial: "document",
                meaning: "types of values: as documented, or as programs in the field send them"
            ),
            .boolean(
                "guests_without_auth",
                meaning: "guests join and read without auth; on in the original dialect"
            ),
            .integer("history", initial: 1000, in: 1...1_000_000, meaning: "messages kept of each channel"),
            .integer("users_list_limit", initial: 5000, in: 1...1_000_000, meaning: "users in a users_list"),
            .duration(
                "counters_interval",
                initial: "5s",
                in: 1...3_600_000,
                meaning: "shortest time between two channel_counters"
            ),
            .boolean("demo", initial: false, meaning: "a web page of the chat, and users for whoever comes"),
        ],
        migrations: Schema.migrations
    )

    let host: Host
    let store: Store
    let secrets: Secrets
    let userRecords: UserRecords
    let channelRecords: ChannelRecords
    let messageRecords: MessageRecords
    let slowModeRecords: SlowModeRecords
    let moderatorRecords: ModeratorRecords
    let banRecords: BanRecords
    let pollRecords: PollRecords
    let ignoreRecords: IgnoreRecords
    let smileRecords: SmileRecords
    let credentialRecords: CredentialRecords
    let dialect: Dialect
    let welcomesGuests: Bool
    let historyLimit: Int64
    let usersListLimit: Int
    let countersInterval: Int64  // milliseconds

    var clients: [Connection: Client] = [:]
    var people: [UserID: Person] = [:]  // who is connected
    var channels: [ChannelID: Channel] = [:]  // where somebody is
    var lastOrder: Int64 = 0  // of a join
    var smilesText: [UInt8]?  // global.js as written last, until a smile changes
    var demo: Demo?
    private var writer = JSONWriter(capacity: 1024)

    init(_ setup: Setup<GGService>) throws(ServiceError) {
        guard let store = setup.store, let secrets = setup.secrets else {
            throw ServiceError("this host offers no store or no secrets; GG needs both")
        }
        do throws(StoreError) {
            userRecords = try UserRecords(store)
            channelRecords = try ChannelRecords(store)
            messageRecords = try MessageRecords(store)
            slowModeRecords = try SlowModeRecords(store)
            moderatorRecords = try ModeratorRecords(store)
            banRecords = try BanRecords(store)
            pollRecords = try PollRecords(store)
            ignoreRecords = try IgnoreRecords(store)
            smileRecords = try SmileRecords(store)
            credentialRecords = try CredentialRecords(store)
            demo = setup.options.boolean("demo") ? try Demo(store, secrets) : nil
        } catch {
            throw ServiceError(error)
        }
        host = setup.host
        self.store = store
        self.secrets = secrets
        let options = setup.options
        dialect = options.text("dialect") == "original" ? .original : .document
        welcomesGuests =
            options.isGiven("guests_without_auth")
            ? options.boolean("guests_without_auth") : dialect == .original
        historyLimit = options.integer("history")
        usersListLimit = Int(options.integer("users_list_limit"))
        countersInterval = options.milliseconds("counters_interval")
        setup.grammar(.json(type: "type", payload: "data"), loginFirst: !welcomesGuests, maximum: 4096)
        Self.registerConnections(setup)
        Self.registerRequests(setup)
        Self.registerAdministration(setup)
        Self.registerSmiles(setup)
        Self.registerAPI(setup)
        Self.registerDemo(setup)
        do throws(Failure) {
            try restore()
        } catch {
            throw ServiceError("the connections could not be restored: \(error)")
        }
    }

    /// Numbers joins, so that the latest is known on whichever connection.
    func nextOrder() -> Int64 {
        lastOrder += 1
        return lastOrder
    }

    /// Sends one message to one connection.
    func send(_ type: String, to connection: Connection, _ data: (inout JSONWriter) -> Void) {
        write(type, data)
        host.send(writer, to: connection)
    }

    /// Sends one message to everybody in the channel; it is written once.
    func publish(_ type: String, to channel: Channel, _ data: (inout JSONWriter) -> Void) {
        write(type, data)
        host.publish(writer, to: channel.room)
    }

    /// Sends one message to some connections; it is written once.
    func tell(_ type: String, to connections: [Connection], _ data: (inout JSONWriter) -> Void) {
        write(type, data)
        for connection in connections { host.send(writer, to: connection) }
    }

    private func write(_ type: String, _ data: (inout JSONWriter) -> Void) {
        writer.removeAll()
        writer.beginObject()
        writer.member("type", type)
        writer.key("data")
        writer.beginObject()
        data(&writer)
        writer.endObject()
        writer.endObject()
    }
}
