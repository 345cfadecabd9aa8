import JSON
import PatchbayKit

/// Fire Web Socket: back ends say over framed TCP what the browsers of their name space get over WebSocket and SockJS.
///
/// Name spaces, channels' states and permissions are stored. Who is in which channel the host knows by its rooms, and
/// who somebody is by the state of his connection, so a new generation finds everybody again.
final class FireService: Service {
    static let manifest = Manifest(
        name: "Fire",
        version: "1.0",
        summary: "Fire Web Socket: back ends send events to browsers",
        stateVersion: 1,
        options: [
            .text("key", meaning: "what registers a name space").required,
            .text("storage_key", meaning: "encrypts the name spaces' secret keys where they are stored"),
            .text(
                "storage_key_before",
                meaning: "the storage_key until now; what it encrypts is encrypted anew"
            ),
            .size(
                "max_control_message",
                initial: "1m",
                in: 2...64 << 20,
                meaning: "longest message of a back end"
            ),
            .duration(
                "auth_timeout",
                initial: "30s",
                in: 1...3_600_000,
                meaning: "time for a browser's auth"
            ),
            .integer(
                "channels_per_connection",
                initial: 1000,
                in: 1...1_000_000,
                meaning: "channels that one browser may subscribe to"
            ),
        ],
        migrations: Schema.migrations
    )

    /// The key of the plugins.conf that comes with Patchbay.
    static let exampleKey = "change-this-key"
    /// The endpoint of back ends; the main one is the browsers'.
    static let control = "control"

    let host: Host
    let secrets: Secrets
    let store: Store
    let key: String
    let channelsPerConnection: Int
    let stateRecords: StateRecords
    let permissionRecords: PermissionRecords

    var spaces: NameSpaces
    var joined: JoinedChannels
    var backEnds: [Connection: NameSpace.ID] = [:]  // those that have logged in
    var visitors: [Connection: Visitor] = [:]  // browsers that have
    var writer = JSONWriter(capacity: 1024)

    init(_ setup: Setup<FireService>) throws(ServiceError) {
        guard let store = setup.store, let secrets = setup.secrets else {
            throw ServiceError("this host offers no store or no secrets; Fire needs both")
        }
        host = setup.host
        self.store = store
        self.secrets = secrets
        key = setup.options.text("key")
        channelsPerConnection = Int(setup.options.integer("channels_per_connection"))
        try Self.check(key, isExposed: setup.isExposed)
        joined = JoinedChannels(restored: setup.restored)
        let locked: [UInt8]?
        let haveEnds: Bool
        do throws(StoreError) {
            stateRecords = try StateRecords(store)
            permissionRecords = try PermissionRecords(store)
            spaces = try NameSpaces(store, StorageKeys(setup.options, secrets))
            locked = try spaces.load()
            haveEnds = try stateRecords.haveEnds()
        } catch {
            throw ServiceError(error)
        }
        if let locked {
            let name = String(decoding: locked, as: UTF8.self)
            throw ServiceError(
                "the secret key of name space \(name) is encrypted with another storage_key than the options "
                    + "say; give that as option storage_key, or as storage_key_before to have it changed"
            )
        }
        Self.registerControl(setup)
        Self.registerBrowsers(setup)
        Self.registerExpiry(setup)
        Self.registerAdministration(setup)
        restore()
        if haveEnds { resumeExpiry(setup.start) }
    }

    /// - Throws: the key is none to be served with.
    private static func check(_ key: String, isExposed: Bool) throws(ServiceError) {
        let advice = "give the service one of its own, such as `openssl rand -hex 32` makes: option key …"
        guard !key.isEmpty else { throw ServiceError("the option key is empty; \(advice)") }
        guard key != exampleKey || !isExposed else {
            throw ServiceError("the key is the example's, and other machines can connect; \(advice)")
        }
    }

    func save() -> [UInt8] { joined.saved }

    /// Finds everybody again.
    private func restore() {
        for connection in host.connections {
            guard let state = host.state(of: connection), state.version == Visitor.stateVersion else {
                continue
            }
            let fields = Fields(state.bytes)
            if let visitor = Visitor(fields) {
                visitors[connection] = visitor
            } else if let space = fields["space"].integer {
                backEnds[connection] = space
            }
        }
    }
}
