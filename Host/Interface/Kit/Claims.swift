import PatchbayABI

/// How a second connection that wants a name is met.
public enum ClaimMode: Equatable, Sendable {
    /// It is refused.
    case deny
    /// It gets the name, and the holder has lost it.
    case replace
    /// It waits while the holder is asked whether it is still there, and has so much time to answer.
    case probe(milliseconds: Int64)

    fileprivate var number: UInt32 {
        switch self {
        case .deny: PB_CLAIM_DENY.rawValue
        case .replace: PB_CLAIM_REPLACE.rawValue
        case .probe: PB_CLAIM_PROBE.rawValue
        }
    }

    fileprivate var milliseconds: Int64 {
        if case .probe(let milliseconds) = self { milliseconds } else { 0 }
    }
}

/// A kind of names, each held by one connection at a time; good for the service that registered it.
@safe public struct ClaimKind {
    fileprivate let number: Int32
    fileprivate let table: UnsafePointer<pb_claims>?
}

/// What a claim came to.
public enum Claim: Equatable, Sendable {
    /// The connection holds the name now.
    case granted
    /// It does already.
    case isHolder
    /// This one holds the name and keeps it.
    case denied(Connection)
    /// The connection holds the name now, which was this one's until now.
    case replaced(Connection)
    /// The connection is the first that waits: ask the holder whether it is still there.
    case probing(Connection)
    /// It waits behind others; the holder has been asked already.
    case waiting
    /// The connection has ended, or is being closed.
    case gone
    /// The name is empty or longer than 1024 bytes.
    case invalid
}

extension Setup {
    /// Registers a kind of names. A connection holds its names until it ends, releases or loses them, through reloads.
    ///
    /// - Parameters:
    ///   - lost: for `.probe`: the holder did not answer in time, and holds the name no more.
    ///   - granted: for `.probe`: a connection that waited holds the name now.
    public func claims(
        _ name: String,
        _ mode: ClaimMode,
        lost: ((S, Connection, [UInt8]) -> Void)? = nil,
        granted: ((S, Connection, [UInt8]) -> Void)? = nil
    ) -> ClaimKind {
        guard let found = unsafe host.table.pointee.capability(host.context, PB_CLAIMS) else {
            note(.unavailable, "claims", name)
            return unsafe ClaimKind(number: -1, table: nil)
        }
        let table = unsafe found.assumingMemoryBound(to: pb_claims.self)
        let handler = instance.keep(ClaimHandler(instance, lost: lost, granted: granted))
        let number = unsafe name.lend { name in
            var kind = unsafe pb_claim_kind()
            unsafe kind.size = UInt32(MemoryLayout<pb_claim_kind>.size)
            unsafe kind.mode = mode.number
            unsafe kind.name = name
            unsafe kind.milliseconds = mode.milliseconds
            unsafe kind.lost = lost == nil ? nil : Entry.lost
            unsafe kind.granted = granted == nil ? nil : Entry.granted
            unsafe kind.`self` = handler.address
            return unsafe table.pointee.kind(host.context, &kind)
        }
        note(Status(number), "claims", name)
        return unsafe ClaimKind(number: number, table: table)
    }
}

/// Names, each held by one connection.
extension Host {
    /// Wants the name for the connection. Whoever waits and asks again keeps its place.
    public func claim(_ kind: ClaimKind, _ name: some Bytes, for connection: Connection) -> Claim {
        var holder = pb_connection()
        let answer = unsafe name.lend {
            unsafe kind.table?.pointee.claim(context, kind.number, $0, connection.handle, &holder)
        }
        switch answer {
        case PB_OK.rawValue: return .granted
        case PB_EXISTS.rawValue: return .isHolder
        case Int32(PB_CLAIM_DENIED.rawValue): return .denied(Connection(holder))
        case Int32(PB_CLAIM_REPLACED.rawValue): return .replaced(Connection(holder))
        case Int32(PB_CLAIM_PROBING.rawValue): return .probing(Connection(holder))
        case Int32(PB_CLAIM_WAITING.rawValue): return .waiting
        case PB_GONE.rawValue: return .gone
        default: return .invalid
        }
    }

    /// The connection neither holds the name any more nor waits for it. `.invalid`: it did neither.
    @discardableResult
    public func release(_ kind: ClaimKind, _ name: some Bytes, of connection: Connection) -> Status {
        unsafe name.lend {
            Status(
                unsafe kind.table?.pointee.release(context, kind.number, $0, connection.handle)
                    ?? PB_UNAVAILABLE.rawValue
            )
        }
    }

    /// The connection waits for no name of the kind any more, and keeps those that it holds. Answers for how many it did.
    @discardableResult
    public func leaveQueues(_ kind: ClaimKind, _ connection: Connection) -> Int {
        guard let table = unsafe kind.table,
            unsafe Int(table.pointee.size) >= MemoryLayout<pb_claims>.size
        else { return 0 }
        return max(0, Int(unsafe table.pointee.leave_queues(context, kind.number, connection.handle)))
    }

    /// The holder that was asked is there: it keeps the name, and nobody waits any more. False: it was not asked.
    public func confirm(_ kind: ClaimKind, _ name: some Bytes, by connection: Connection) -> Bool {
        unsafe name.lend {
            unsafe kind.table?.pointee.confirm(context, kind.number, $0, connection.handle) == PB_OK.rawValue
        }
    }

    /// Who holds the name.
    @inlinable
    public func holder(_ kind: ClaimKind, _ name: some Bytes) -> Connection? {
        name.withBytes { holder(kind, ofName: $0) }
    }

    @usableFromInline
    func holder(_ kind: ClaimKind, ofName name: Span<UInt8>) -> Connection? {
        var holder = pb_connection()
        let answer = unsafe name.lend {
            unsafe kind.table?.pointee.holder(context, kind.number, $0, &holder)
        }
        return answer == PB_OK.rawValue ? Connection(holder) : nil
    }

    /// Gives the names that begin with `prefix`, in the order of their bytes, and who holds them.
    public func forEachHeld(
        _ kind: ClaimKind,
        prefix: some Bytes = "",
        atMost: Int = .max,
        _ body: (ArraySlice<UInt8>, Connection) -> Void
    ) {
        var held = HeldNames()
        unsafe prefix.lend { prefix in
            unsafe withUnsafeMutablePointer(to: &held) {
                _ = unsafe kind.table?.pointee.held(
                    context,
                    kind.number,
                    prefix,
                    max(atMost, 0),
                    HeldNames.add,
                    $0
                )
            }
        }
        held.forEach(body)
    }

    /// How many names begin with `prefix`; at most so many.
    public func heldCount(_ kind: ClaimKind, prefix: some Bytes = "", atMost: Int = .max) -> Int {
        let count = unsafe prefix.lend {
            unsafe kind.table?.pointee.held(context, kind.number, $0, max(atMost, 0), nil, nil)
        }
        return max(0, Int(count ?? 0))
    }

    /// The names that the connection holds, in no order.
    public func names(_ kind: ClaimKind, of connection: Connection) -> [[UInt8]] {
        var held = HeldNames()
        unsafe withUnsafeMutablePointer(to: &held) {
            _ = unsafe kind.table?.pointee.names(
                context,
                kind.number,
                connection.handle,
                HeldNames.add,
                $0
            )
        }
        var names: [[UInt8]] = []
        held.forEach { name, _ in names.append(Array(name)) }
        return names
    }
}

/// Names side by side in one array, and who holds each.
private struct HeldNames {
    var bytes: [UInt8] = []
    var held: [(end: Int, holder: Connection)] = []

    static let add: pb_on_held = { user, name, holder in
        guard let names = unsafe user?.assumingMemoryBound(to: HeldNames.self) else { return }
        unsafe names.pointee.bytes.append(contentsOf: name.buffer)
        unsafe names.pointee.held.append((names.pointee.bytes.count, Connection(holder)))
    }

    func forEach(_ body: (ArraySlice<UInt8>, Connection) -> Void) {
        var start = 0
        for (end, holder) in held {
            body(bytes[start..<end], holder)
            start = end
        }
    }
}
