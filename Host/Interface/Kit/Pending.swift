import PatchbayABI

/// What an instance does when something that it has asked the host for is there. It ends with the instance.
class Pending<Answer> {
    private var bodies: [UInt64: (Answer) -> Void] = [:]
    private var lastTicket: UInt64 = 0
    private var isOver = false

    /// Asks the host by `call`, which is given a ticket and the address of this. False: the host does not do it.
    func ask(
        _ body: @escaping (Answer) -> Void,
        _ call: (UInt64, UnsafeMutableRawPointer) -> Int32
    ) -> Bool {
        guard !isOver else { return false }
        lastTicket += 1
        bodies[lastTicket] = body
        let answer = unsafe call(lastTicket, Unmanaged.passUnretained(self).toOpaque())
        if answer < 0 { bodies[lastTicket] = nil }
        return answer >= 0
    }

    func answer(_ ticket: UInt64, _ answer: Answer) { bodies.removeValue(forKey: ticket)?(answer) }

    /// Lets go of all that the bodies hold: mostly the service, which holds what holds them.
    func end() {
        isOver = true
        bodies = [:]
    }
}

/// Hashes.
final class PendingHashes: Pending<(isRight: Bool, hash: [UInt8])> {
    static let done: pb_on_secret = { address, ticket, verdict, hash in
        guard let address = unsafe address else { return }
        let pending = unsafe Unmanaged<PendingHashes>.fromOpaque(address).takeUnretainedValue()
        pending.answer(ticket, (verdict == 1, unsafe hash.array))
    }
}

/// Answers of servers elsewhere.
final class PendingFetches: Pending<Result<HTTPAnswer, FetchFailure>> {
    static let done: pb_on_fetched = { address, ticket, answer, failure in
        guard let address = unsafe address else { return }
        let pending = unsafe Unmanaged<PendingFetches>.fromOpaque(address).takeUnretainedValue()
        guard let answer = unsafe answer else {
            return pending.answer(ticket, .failure(FetchFailure(sentence: unsafe failure.string)))
        }
        pending.answer(ticket, .success(unsafe HTTPAnswer(answer.pointee)))
    }
}
