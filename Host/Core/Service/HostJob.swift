/// What a plugin has asked the host for, and what is made off its lane: a hash, an answer from elsewhere. Whom to tell, and
/// what it was for.
@safe class HostJob: @unchecked Sendable {  // handed on from thread to thread; each of them alone has it
    /// What the plugin was handling when it asked.
    enum Cause {
        case none
        case connection(ConnectionHandle)
        case errand(Errand)
    }

    @safe struct Facts {
        let number: UInt64  // in its service
        let generation: Generation
        let cause: Cause
        let ticket: UInt64  // the plugin's, as `context` is
        let context: UnsafeMutableRawPointer?
    }

    let facts: Facts
    let service: Service
    var number: UInt64 { facts.number }
    var generation: Generation { facts.generation }
    var cause: Cause { facts.cause }

    /// For a request or a command, not for a connection.
    var isOfErrand: Bool { if case .errand = cause { true } else { false } }

    init(_ facts: Facts) {
        self.facts = facts
        service = facts.generation.service
    }

    /// Tells the plugin. On the lane, when it is made.
    func answer() {}

    /// Has the lane tell the plugin. [any thread]
    func deliver() {
        var batch = LaneBatch()
        batch.append(made: self)
        service.lane.post(&batch)
    }
}

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
