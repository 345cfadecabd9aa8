import JSON
import PatchbayKit

/// song-request: one Admin, the bot that reads a stream's chat, and the players of the songs that are asked for there.
///
/// Users and the Admin are stored, their pins and secrets hashed. Who is connected under which name are claims, which the
/// host keeps, so a new generation finds everybody again.
final class SongRequestService: Service {
    static let manifest = Manifest(
        name: "SongRequest",
        version: "1.0",
        summary: "song-request: a bot and the players of the songs that its chat asks for",
        options: [
            .duration(
                "identify_timeout",
                initial: "30s",
                in: 1...3_600_000,
                meaning: "time for the identification"
            ),
            .boolean("error_op", initial: false, meaning: "errors after the login have the op serv.error"),
            .boolean(
                "notify_connect",
                initial: false,
                meaning: "the Admin is told of Users that come, not only of those that go"
            ),
        ],
        migrations: Schema.migrations
    )

    let host: Host
    let secrets: Secrets
    let errorsHaveOp: Bool
    let notifiesOfConnects: Bool
    let userNames: ClaimKind
    let adminName: ClaimKind
    let userRecords: UserRecords
    let adminRecords: AdminRecords

    var users: [Nick: [UInt8]]  // and the hashes of their pins
    var admin: Admin?
    var clients: [Connection: Client] = [:]  // those that have logged in
    var writer = JSONWriter(capacity: 1024)
    var relay = Relay()

    init(_ setup: Setup<SongRequestService>) throws(ServiceError) {
        guard let store = setup.store, let secrets = setup.secrets else {
            throw ServiceError("this host offers no store or no secrets; song-request needs both")
        }
        host = setup.host
        self.secrets = secrets
        errorsHaveOp = setup.options.boolean("error_op")
        notifiesOfConnects = setup.options.boolean("notify_connect")
        userNames = setup.claims("user", .replace)
        adminName = setup.claims("admin", .replace)
        do throws(StoreError) {
            userRecords = try UserRecords(store)
            adminRecords = try AdminRecords(store)
            users = try userRecords.all()
            admin = try adminRecords.admin()
        } catch {
            throw ServiceError(error)
        }
        Self.registerMessages(setup)
        Self.registerAdministration(setup)
        setup.onRequest("GET") { _, request in request.respond(200, "OK\n") }
        restore()
    }

    private static func registerMessages(_ setup: Setup<SongRequestService>) {
        setup.grammar(
            .raw,
            loginFirst: true,
            loginMilliseconds: Int(setup.options.milliseconds("identify_timeout")),
            loginReason: "identification timeout"
        )
        setup.onOpen { songs, connection in songs.greet(connection) }
        // The identification has no op, so a message's meaning is whether its sender has logged in.
        setup.onMessage("", [.login, .paced], summary: "The identification, then operations") {
            songs,
            message,
            connection in
            if let client = songs.clients[connection] {
                songs.receive(message, from: client, connection)
            } else {
                songs.identify(message, connection)
            }
        }
        setup.onClose { songs, connection, _ in songs.leave(connection) }
    }

    /// Finds everybody again.
    private func restore() {
        for connection in host.connections {
            if !host.names(adminName, of: connection).isEmpty {
                clients[connection] = .admin
            } else if let name = host.names(userNames, of: connection).first {
                clients[connection] = .user(Nick(name))
            }
        }
    }
}
