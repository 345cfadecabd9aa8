import Crypto
import PatchbayABI

/// A password that is to be hashed, or compared with a hash.
@safe final class HashJob: HostJob, @unchecked Sendable {
    enum Task {
        case hash
        case verify([UInt8])  // against this PHC string
    }

    private let password: [UInt8]
    private let task: Task
    private let done: pb_on_secret
    private var verdict: Int32 = 0
    private var made: [UInt8] = []

    init(_ facts: Facts, password: [UInt8], task: Task, done: @escaping pb_on_secret) {
        self.password = password
        self.task = task
        unsafe self.done = done
        super.init(facts)
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

    override func answer() {
        unsafe made.withPluginBytes { hash in
            unsafe done(facts.context, facts.ticket, verdict, hash)
        }
    }
}
