import PatchbayABI
import Wire

/// Everything that one generation of a service registered. It goes as a whole when the generation goes.
struct Ledger {
    /// What a message type asks for, and who handles it. A class, as an endpoint is.
    final class MessageType {
        let name: [UInt8]
        let flags: UInt32  // pb_message_flag
        let maximum: Int  // bytes; 0: the grammar's
        let summary: String
        let example: String
        let handler: MessageHandler

        init(
            name: [UInt8],
            flags: UInt32,
            maximum: Int,
            summary: String,
            example: String,
            handler: MessageHandler
        ) {
            self.name = name
            self.flags = flags
            self.maximum = maximum
            self.summary = summary
            self.example = example
            self.handler = handler
        }

        var isLogin: Bool { flags & PB_LOGIN.rawValue != 0 }
        var needsLogin: Bool { flags & (PB_NEEDS_LOGIN.rawValue | PB_NEEDS_PRINCIPAL.rawValue) != 0 }
        var needsPrincipal: Bool { flags & PB_NEEDS_PRINCIPAL.rawValue != 0 }
        var isCounted: Bool { flags & PB_COUNTED.rawValue != 0 }
        var isPaced: Bool { flags & PB_PACED.rawValue != 0 }
    }

    /// What was registered for one endpoint. A class, so that handing on a message copies nothing of it.
    final class Endpoint {
        let name: [UInt8]
        var grammar: Grammar?
        var types = TypeTable()
        var messages: [MessageType] = []  // at their places in `types`
        var auth: AuthHandler?
        var open: OpenHandler?
        var close: CloseHandler?
        var malformed: MessageHandler?
        var unknown: MessageHandler?
        var refused: RefusedHandler?
        var requests = RequestTable()
        var traits = EndpointTraits()

        init(name: [UInt8]) { self.name = name }
    }

    struct Parameter {
        let name: String
        let isRequired: Bool
        let isSecret: Bool
        let meaning: String
    }

    struct Command {
        let name: String
        let summary: String
        let parameters: [Parameter]
        let handler: CommandHandler
    }

    /// How a kind of name is held. A class, so that a claim copies nothing of it.
    final class ClaimKind {
        let mode: ClaimTable.Mode
        let milliseconds: Int64  // of a challenge
        let lost: ClaimHandler?
        let granted: ClaimHandler?

        init(mode: ClaimTable.Mode, milliseconds: Int64, lost: ClaimHandler?, granted: ClaimHandler?) {
            self.mode = mode
            self.milliseconds = milliseconds
            self.lost = lost
            self.granted = granted
        }
    }

    private(set) var endpoints: [Endpoint] = [Endpoint(name: [])]  // the main one first
    private(set) var timers: [[UInt8]: TimerHandler] = [:]
    private(set) var commands: [Command] = []  // by name

    private var claimKinds: [ClaimKind?] = []  // by the service's number of the kind

    /// How many things were registered, for `status`.
    var count: Int {
        timers.count + commands.count + claimKinds.reduce(0) { $0 + ($1 == nil ? 0 : 1) }
            + endpoints.reduce(0) { sum, endpoint in
                sum + endpoint.messages.count + (endpoint.auth == nil ? 0 : 1)
                    + (endpoint.open == nil ? 0 : 1)
                    + (endpoint.close == nil ? 0 : 1)
                    + (endpoint.malformed == nil ? 0 : 1) + (endpoint.unknown == nil ? 0 : 1)
                    + (endpoint.refused == nil ? 0 : 1) + endpoint.requests.count
                    + (endpoint.traits.framing == nil ? 0 : 1) + endpoint.traits.subprotocols.count
            }
    }

    /// The endpoint's registrations; nil: it has none.
    func endpoint(named name: [UInt8]) -> Endpoint? { endpoints.first { $0.name == name } }

    private mutating func made(_ name: [UInt8]) -> Endpoint {
        if let endpoint = endpoint(named: name) { return endpoint }
        let endpoint = Endpoint(name: name)
        endpoints.append(endpoint)
        return endpoint
    }

    /// Registers once what stands at `path`. False: something was there.
    mutating func set<Value>(
        _ path: ReferenceWritableKeyPath<Endpoint, Value?>,
        _ name: [UInt8],
        _ value: Value
    ) -> Bool {
        let endpoint = made(name)
        guard endpoint[keyPath: path] == nil else { return false }
        endpoint[keyPath: path] = value
        return true
    }

    mutating func add(_ type: MessageType, endpoint: [UInt8]) -> Bool {
        let endpoint = made(endpoint)
        guard endpoint.types.insert(type.name) else { return false }
        endpoint.messages.append(type)
        return true
    }

    mutating func add(method: [UInt8], path: [UInt8], _ handler: RequestHandler, endpoint: [UInt8]) -> Bool {
        made(endpoint).requests.insert(method: method, path: path, handler)
    }

    /// False: there is one.
    mutating func set(_ grammar: Grammar, _ timeout: LoginTimeout, endpoint: [UInt8]) -> Bool {
        guard set(\.grammar, endpoint, grammar) else { return false }
        made(endpoint).traits.loginTimeout = timeout
        return true
    }

    /// False: there is one.
    mutating func set(_ framing: Framing, _ framer: Framer?, maximum: Int?, endpoint: [UInt8]) -> Bool {
        let endpoint = made(endpoint)
        guard endpoint.traits.framing == nil else { return false }
        endpoint.traits.framing = framing
        endpoint.traits.framer = framer
        endpoint.traits.maximum = maximum
        return true
    }

    mutating func add(subprotocol: String, endpoint: [UInt8]) -> Bool {
        let endpoint = made(endpoint)
        guard !endpoint.traits.subprotocols.contains(subprotocol) else { return false }
        endpoint.traits.subprotocols.append(subprotocol)
        return true
    }

    mutating func add(timer: [UInt8], _ handler: TimerHandler) -> Bool {
        guard timers[timer] == nil else { return false }
        timers[timer] = handler
        return true
    }

    /// The kind of that number; nil: this generation has not registered it.
    func claimKind(_ number: Int) -> ClaimKind? {
        claimKinds.indices.contains(number) ? claimKinds[number] : nil
    }

    mutating func add(_ kind: ClaimKind, claimKind number: Int) -> Bool {
        while claimKinds.count <= number { claimKinds.append(nil) }
        guard claimKinds[number] == nil else { return false }
        claimKinds[number] = kind
        return true
    }

    mutating func add(_ command: Command) -> Bool {
        guard !commands.contains(where: { $0.name == command.name }) else { return false }
        commands.append(command)
        commands.sort { $0.name < $1.name }
        return true
    }
}
