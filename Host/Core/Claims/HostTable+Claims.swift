import PatchbayABI

// `patchbay.claims.1`: names held by one connection.
extension HostTable {
    // Constant once made, so any thread may read it.
    nonisolated(unsafe) static let claims: UnsafePointer<pb_claims> = {
        var table = pb_claims()
        table.size = UInt32(MemoryLayout<pb_claims>.size)
        HostTable.addClaiming(&table)
        HostTable.addHolders(&table)
        return unsafe permanent(table)
    }()

    private static func addClaiming(_ table: inout pb_claims) {
        unsafe table.kind = { context, kind in
            var number: Int32 = 0
            let status = unsafe HostTable.inCreate(context) { generation in
                guard let kind = unsafe kind, let registration = unsafe Ledger.ClaimKind(kind.pointee),
                    unsafe HostTable.isName(kind.pointee.name)
                else { return PB_INVALID }
                let place = unsafe generation.service.claims.kind(kind.pointee.name.array)
                number = Int32(place)
                return HostTable.registered(generation.ledger.add(registration, claimKind: place))
            }
            return status == PB_OK.rawValue ? number : status
        }
        unsafe table.claim = { context, kind, name, who, holder in
            unsafe holder?.pointee = pb_connection()
            var answer: Int32 = 0
            let status = unsafe HostTable.onClaim(context, kind, name, who) { service, registered, peer in
                guard !peer.isClosing else { return PB_GONE }
                let claim = unsafe service.claim(Int(kind), registered, name.buffer.span, peer.handle)
                let holding: ConnectionHandle?
                (answer, holding) = HostTable.answer(claim, peer.handle)
                unsafe holder?.pointee = holding?.plugin ?? pb_connection()
                return PB_OK
            }
            return status == PB_OK.rawValue ? answer : status
        }
        unsafe table.release = { context, kind, name, who in
            unsafe HostTable.onClaim(context, kind, name, who) { service, _, peer in
                unsafe service.release(Int(kind), name.buffer.span, peer.handle) ? PB_OK : PB_INVALID
            }
        }
        unsafe table.leave_queues = { context, kind, who in
            var count = 0
            let status = unsafe HostTable.onLane(context) { generation, service in
                guard generation.ledger.claimKind(Int(kind)) != nil else { return PB_INVALID }
                guard let peer = service.peers[ConnectionHandle(who)] else { return PB_GONE }
                count = service.leaveQueues(Int(kind), peer.handle)
                return PB_OK
            }
            return status == PB_OK.rawValue ? Int32(clamping: count) : status
        }
        unsafe table.confirm = { context, kind, name, who in
            unsafe HostTable.onClaim(context, kind, name, who) { service, _, peer in
                unsafe service.confirm(Int(kind), name.buffer.span, peer.handle) ? PB_OK : PB_INVALID
            }
        }
    }

    private static func addHolders(_ table: inout pb_claims) {
        unsafe table.holder = { context, kind, name, who in
            unsafe who?.pointee = pb_connection()
            return unsafe HostTable.onLane(context) { generation, service in
                guard generation.ledger.claimKind(Int(kind)) != nil else { return PB_INVALID }
                guard let holder = unsafe service.claims.holder(Int(kind), name.buffer.span) else {
                    return PB_GONE
                }
                unsafe who?.pointee = holder.plugin
                return PB_OK
            }
        }
        unsafe table.held = { context, kind, prefix, most, each, user in
            var found: [(name: [UInt8], holder: ConnectionHandle)] = []
            var count = 0
            let status = unsafe HostTable.onLane(context) { generation, service in
                guard generation.ledger.claimKind(Int(kind)) != nil else { return PB_INVALID }
                let most = Int(clamping: UInt(bitPattern: most))  // Swift has size_t as Int
                guard unsafe each != nil else {
                    count = unsafe service.claims.heldCount(
                        Int(kind),
                        prefix: prefix.buffer.span,
                        most: most
                    )
                    return PB_OK
                }
                found = unsafe service.claims.held(Int(kind), prefix: prefix.buffer.span, most: most)
                count = found.count
                return PB_OK
            }
            guard status == PB_OK.rawValue else { return status }
            if let each = unsafe each {
                for (name, holder) in found {
                    unsafe name.withPluginBytes { unsafe each(user, $0, holder.plugin) }
                }
            }
            return Int32(clamping: count)
        }
        unsafe table.names = { context, kind, who, each, user in
            var names: [[UInt8]] = []
            var count = 0
            let status = unsafe HostTable.onLane(context) { generation, service in
                guard generation.ledger.claimKind(Int(kind)) != nil else { return PB_INVALID }
                guard let peer = service.peers[ConnectionHandle(who)] else { return PB_GONE }
                count = service.claims.nameCount(Int(kind), of: peer.handle)
                if unsafe each != nil { names = service.claims.names(Int(kind), of: peer.handle) }
                return PB_OK
            }
            guard status == PB_OK.rawValue else { return status }
            if let each = unsafe each {
                for name in names { unsafe name.withPluginBytes { unsafe each(user, $0, who) } }
            }
            return Int32(clamping: count)
        }
    }

    /// Runs `body` for a name of a kind that the generation registered, and a connection that has not ended.
    private static func onClaim(
        _ context: UnsafeMutableRawPointer?,
        _ kind: Int32,
        _ name: pb_bytes,
        _ who: pb_connection,
        _ body: (Service, Ledger.ClaimKind, Peer) -> pb_status
    ) -> Int32 {
        unsafe onLane(context) { generation, service in
            guard let registered = generation.ledger.claimKind(Int(kind)), unsafe isName(name) else {
                return PB_INVALID
            }
            guard let peer = service.peers[ConnectionHandle(who)] else { return PB_GONE }
            guard peer.upgrade == nil else { return PB_DENIED }
            return body(service, registered, peer)
        }
    }

    private static func isName(_ name: pb_bytes) -> Bool { unsafe name.count > 0 && name.count <= 1024 }

    private static func answer(_ answer: ClaimTable.Answer, _ who: ConnectionHandle)
        -> (Int32, ConnectionHandle?)
    {
        switch answer {
        case .granted: (PB_OK.rawValue, who)
        case .isHolder: (PB_EXISTS.rawValue, who)
        case .denied(let holder): (Int32(PB_CLAIM_DENIED.rawValue), holder)
        case .replaced(let former): (Int32(PB_CLAIM_REPLACED.rawValue), former)
        case .probing(let holder): (Int32(PB_CLAIM_PROBING.rawValue), holder)
        case .waiting(let holder): (Int32(PB_CLAIM_WAITING.rawValue), holder)
        }
    }
}

extension Ledger.ClaimKind {
    /// Nil: of a mode that there is not, or without what its mode needs.
    fileprivate convenience init?(_ kind: pb_claim_kind) {
        let mode: ClaimTable.Mode
        switch unsafe pb_claim_mode(rawValue: kind.mode) {
        case PB_CLAIM_DENY: mode = .deny
        case PB_CLAIM_REPLACE: mode = .replace
        case PB_CLAIM_PROBE: mode = .probe
        default: return nil
        }
        let lost = unsafe kind.lost.map { unsafe ClaimHandler(function: $0, context: kind.`self`) }
        let granted = unsafe kind.granted.map { unsafe ClaimHandler(function: $0, context: kind.`self`) }
        let milliseconds = unsafe kind.milliseconds
        if mode == .probe {
            guard lost != nil, granted != nil, (1...Service.longestChallenge).contains(milliseconds) else {
                return nil
            }
        }
        self.init(mode: mode, milliseconds: milliseconds, lost: lost, granted: granted)
    }
}
