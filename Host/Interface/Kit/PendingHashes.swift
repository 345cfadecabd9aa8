import PatchbayABI

/// What an instance does when hashes that it has asked for are made. It ends with the instance.
final class PendingHashes {
    private var bodies: [UInt64: (Bool, [UInt8]) -> Void] = [:]
    private var lastTicket: UInt64 = 0
    private var isOver = false

    /// Asks the host by `call`, which is given a ticket, `done` and its first argument. False: the host does not do it.
    func ask(
        _ body: @escaping (Bool, [UInt8]) -> Void,
        _ call: (UInt64, @escaping pb_on_secret, UnsafeMutableRawPointer) -> Int32
    ) -> Bool {
        guard !isOver else { return false }
        lastTicket += 1
        bodies[lastTicket] = body
        let answer = unsafe call(lastTicket, PendingHashes.done, Unmanaged.passUnretained(self).toOpaque())
        if answer < 0 { bodies[lastTicket] = nil }
        return answer >= 0
    }

    /// Lets go of all that the bodies hold: mostly the service, which holds what holds them.
    func end() {
        isOver = true
        bodies = [:]
    }

    private static let done: pb_on_secret = { address, ticket, verdict, hash in
        guard let address = unsafe address else { return }
        let pending = unsafe Unmanaged<PendingHashes>.fromOpaque(address).takeUnretainedValue()
        let body = pending.bodies.removeValue(forKey: ticket)
        body?(verdict == 1, unsafe hash.array)
    }
}
