import JSON
import PatchbayKit

/// wnet (Protocol_4.1): bots register under a name, clients find them, connect to them, and both exchange messages.
///
/// Accounts are stored. Names are claims and a bot's clients are a room, both the host's; what a connection is called it
/// keeps as the connection's state; so a new generation finds everybody again.
final class WnetService: Service {
    static let manifest = Manifest(
        name: "Wnet",
        version: "1.0",
        summary: "wnet: bots that clients find by name and talk to",
        options: [
            .integer(
                "per_address",
                initial: 40,
                in: 1...1_000_000,
                meaning: "connections from one address"
            ),
            .duration(
                "alive_timeout",
                initial: "5s",
                in: 1...3_600_000,
                meaning: "time for a bot to answer isalive"
            ),
        ],
        migrations: Schema.migrations
    )

    let host: Host
    let secrets: Secrets
    let mostPerAddress: Int
    let names: ClaimKind

    var accounts: Accounts
    var peers: [Connection: Peer] = [:]
    var sids: [[UInt8]: Connection] = [:]
    var addresses: [[UInt8]: Int] = [:]  // how many connections each has
    var line = Line()

    init(_ setup: Setup<WnetService>) throws(ServiceError) {
        guard let store = setup.store, let secrets = setup.secrets else {
            throw ServiceError("this host offers no store or no secrets; wnet needs both")
        }
        host = setup.host
        self.secrets = secrets
        mostPerAddress = Int(setup.options.integer("per_address"))
        names = setup.claims(
            "bot",
            .probe(milliseconds: setup.options.milliseconds("alive_timeout")),
            lost: { wnet, connection, name in wnet.endSilent(connection, name) },
            granted: { wnet, connection, name in wnet.grant(name, connection) }
        )
        do throws(StoreError) {
            accounts = try Accounts(store)
        } catch {
            throw ServiceError(error)
        }
        Self.registerConnections(setup)
        Self.registerCommands(setup)
        Self.registerAdministration(setup)
        restore()
    }

    private static func registerCommands(_ setup: Setup<WnetService>) {
        setup.grammar(.delimiter(Line.separator))
        for command in Command.all {
            setup.onMessage(command.type, .paced, summary: command.summary, example: command.form) {
                wnet,
                message,
                connection in
                wnet.perform(command, message, connection)
            }
        }
        setup.onUnknown { wnet, message, connection in
            guard wnet.peers[connection] != nil else { return }
            wnet.tell(message.isText ? .unknown : .notText, connection)
        }
    }

    private func perform(_ command: Command, _ message: Message, _ connection: Connection) {
        guard let peer = peers[connection] else { return }
        do throws(Failure) {
            try command.run(self, message, peer)
        } catch {
            tell(error, connection)
        }
    }

    private func tell(_ failure: Failure, _ connection: Connection) {
        tell("error", failure.text, connection)
    }

    /// Sends `TYPE@FIELD`.
    func tell(_ type: String, _ field: some Collection<UInt8>, _ connection: Connection) {
        line.begin(type)
        line.append(field)
        host.send(line.bytes, to: connection)
    }
}
