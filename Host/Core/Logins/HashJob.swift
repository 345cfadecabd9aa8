import Crypto
import PatchbayABI

/// A password that is to be hashed, or compared with a hash, and whom to tell.
@safe final class HashJob {
    enum Task {
        case hash
        case verify([UInt8])  // against this PHC string
    }

    let number: UInt64  // in its service
    let service: Service
    let generation: Generation
    let cause: Cause
    private let password: [UInt8]
    private let task: Task
    private let ticket: UInt64
    private let done: pb_on_secret
    private let context: UnsafeMutableRawPointer?
    private var verdict: Int32 = 0
    private var made: [UInt8] = []

    /// What the plugin was handling when it asked.
    enum Cause {
        case none
        case connection(ConnectionHandle)
        case errand(Errand)
    }

    /// For a request or a command, not for a connection.
    var isOfErrand: Bool { if case .errand = cause { true } else { false } }

    init(
        number: UInt64,
        generation: Generation,
        cause: Cause,
        password: [UInt8],
        task: Task,
        ticket: UInt64,
        done: @escaping pb_on_secret,
        context: UnsafeMutableRawPointer?
    ) {
        self.number = number
        self.generation = generation
        service = generation.service
        self.cause = cause
        self.password = password
        self.task = task
        self.ticket = ticket
        unsafe self.done = done
        unsafe self.context = context
    }

    /// Makes the hash: once, on whatever thread.
    func run(cost: Scrypt.Cost) {
        switch task {
        case .hash:
            let password = password
            made = Scrypt.hash(password.span, cost: cost) ?? []
            verdict = made.isEmpty ? 0 : 1
        case .verify(let hash):
            let password = password
            verdict = Scrypt.verify(password.span, against: hash.span, cost: cost) ? 1 : 0
        }
    }

    /// Tells the plugin. On the lane, after `run`.
    func answer() {
        unsafe made.withPluginBytes { hash in unsafe done(context, ticket, verdict, hash) }
    }
}

extension HashJob: @unchecked Sendable {}  // handed on from thread to thread; each of them alone has it

/// A request or an administration command, as long as it may have to be handed on once more.
final class Errand {
    enum Kind {
        case request(Request)
        case call(String, [(name: String, value: String)])
    }

    let ticket: UInt64
    let kind: Kind
    /// Logins that were begun for it.
    var logins: [UInt64] = []

    init(ticket: UInt64, _ kind: Kind) {
        self.ticket = ticket
        self.kind = kind
    }
}
