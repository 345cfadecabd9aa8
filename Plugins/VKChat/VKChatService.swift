import JSON
import PatchbayKit

/// vkchat: a small messenger's back end, by requests and by WebSockets.
///
/// All that it knows is stored. Who has logged in on a connection is its principal, and those who follow a dialog are a
/// room, so a new generation goes on where the one before ended.
final class VKChatService: Service {
    static let manifest = Manifest(
        name: "VKChat",
        version: "1.0",
        summary: "vkchat: users, dialogs and messages, by HTTP and WebSocket",
        options: [
            .choice(
                "dialect",
                of: ["document", "original"],
                initial: "document",
                meaning:
                    "how replies are worded: as the document has them, or as programs in the field expect them"
            ),
            .choice(
                "sessions",
                of: ["open", "required"],
                initial: "open",
                meaning: "whether anybody may write as anybody, or a token is needed"
            ),
            .text(
                "vk_verifier",
                initial: "accounts",
                meaning: "who knows VK's passwords: accounts, as vk.add keeps them, or an https:// URL"
            ),
        ],
        migrations: Schema.migrations
    )

    let host: Host
    let secrets: Secrets
    let dialect: Dialect
    /// Whether commands need a token.
    let needsToken: Bool
    let verifier: Verifier
    let users: UserRecords
    let tokens: TokenRecords
    let dialogs: DialogRecords
    let messages: MessageRecords
    let accounts: VKAccounts
    let store: Store
    /// The highest id that a message has had.
    var lastMessage: Int64
    private let commands = Command.all
    /// Some of those who have written, and so are members; nothing need be looked up for them.
    var knownMembers: Set<Member> = []
    /// Of users who are being made: their passwords are being hashed.
    var comingLogins: Set<[UInt8]> = []
    var writer = JSONWriter(capacity: 4096)

    init(_ setup: Setup<VKChatService>) throws(ServiceError) {
        guard let store = setup.store, let secrets = setup.secrets else {
            throw ServiceError("this host offers no store or no secrets; vkchat needs both")
        }
        host = setup.host
        self.store = store
        self.secrets = secrets
        dialect = setup.options.text("dialect") == "original" ? .original : .document
        needsToken = setup.options.text("sessions") == "required"
        verifier = try Verifier(setup.options.text("vk_verifier"), setup.http)
        do throws(StoreError) {
            users = try UserRecords(store)
            tokens = try TokenRecords(store)
            dialogs = try DialogRecords(store)
            messages = try MessageRecords(store)
            accounts = try VKAccounts(store)
            lastMessage = try messages.lastID()
        } catch {
            throw ServiceError(error)
        }
        Self.registerCommands(setup)
        Self.registerAdministration(setup)
        setup.onRequest("GET", on: "form") { _, request in
            request.respond(200, Form.page, contentType: "text/html; charset=utf-8")
        }
        if setup.isExposed, !needsToken {
            host.log(
                .warning,
                "other machines reach the service and its sessions are open: anybody writes as anybody; "
                    + "say \"option sessions required;\""
            )
        }
    }

    private static func registerCommands(_ setup: Setup<VKChatService>) {
        setup.grammar(.raw)
        setup.onMessage("", .paced, summary: "A command", example: #"{"cmd":"get_users"}"#) {
            chat,
            message,
            connection in
            chat.receive(message.bytes, .connection(connection))
        }
        setup.onRefused { chat, message, connection, refusal in
            guard refusal == .store else { return }
            let command = (try? Arguments(message.bytes)).flatMap { chat.command(named: $0.command) }
            chat.fail(.store, command, .connection(connection))
        }
        setup.onRequest("POST") { chat, request in chat.receive(request.body, .request(request)) }
    }

    private func command(named name: [UInt8]) -> Command? { commands.first { $0.isCalled(name) } }

    private func receive(_ text: [UInt8], _ client: Client) {
        var command: Command?
        do throws(Failure) {
            let arguments = try Arguments(text)
            command = self.command(named: arguments.command)
            guard let command else { throw .unknownCommand }
            try command.run(self, arguments, client)
        } catch {
            fail(error, command, client)
        }
    }

    /// Does what is to be done when something off the lane is done. What it throws is the command's reply, and the connection
    /// is then who it was before, if he is still a user.
    func finish(_ name: String, _ client: Client, _ former: Int64?, _ work: () throws(Failure) -> Void) {
        do throws(Failure) {
            try work()
        } catch {
            settleAgain(client, as: former)
            fail(error, command(named: Array(name.utf8)), client)
        }
    }

    /// Does what may fail in the store.
    func storing<Result>(_ work: () throws(StoreError) -> Result) throws(Failure) -> Result {
        do throws(StoreError) {
            return try work()
        } catch {
            host.log(.error, "the store failed: \(error.description)")
            throw .store
        }
    }

    // MARK: Who may

    /// Refuses a command of somebody who has not logged in.
    ///
    /// - Parameter user: whom it must be; nil: anybody.
    func authorize(_ arguments: Arguments, _ client: Client, as user: Int64? = nil) throws(Failure) {
        guard needsToken else { return }
        let found: Int64?
        if let token = try arguments.token() {
            found = try storing { () throws(StoreError) in try tokens.user(of: secrets.sha256(token)) }
        } else {
            found = self.user(of: client)
        }
        guard let found, user == nil || user == found else { throw .unauthorized }
    }
}
