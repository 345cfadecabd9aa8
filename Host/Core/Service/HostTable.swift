import Net
import PatchbayABI
import Wire

/// The `pb_host` that a generation is given: each entry finds its generation, checks that it may be called
/// now, and hands on to the service. All of it is C's side of the line.
enum HostTable {
    /// The table without its context.
    static func make() -> pb_host {
        var table = unsafe pb_host()
        unsafe table.size = UInt32(MemoryLayout<pb_host>.size)
        unsafe addRegistrations(&table)
        unsafe addConnections(&table)
        unsafe addLogins(&table)
        unsafe addThrottle(&table)
        unsafe addRooms(&table)
        unsafe addTimers(&table)
        unsafe addAnswers(&table)
        return unsafe table
    }

    /// Runs `body` on the lane of the context's generation; PB_DENIED anywhere else, and after its end.
    static func onLane(_ context: UnsafeMutableRawPointer?, _ body: (Generation, Service) -> pb_status)
        -> Int32
    {
        guard let generation = unsafe Generation.of(context), generation.phase != .retired else {
            return PB_DENIED.rawValue
        }
        let service = generation.service
        guard service.lane.isCurrent else { return PB_DENIED.rawValue }
        return body(generation, service).rawValue
    }

    /// Runs `body` on any thread; PB_DENIED after the generation's end.
    static func anywhere(_ context: UnsafeMutableRawPointer?, _ body: (Service) -> Void) -> Int32 {
        guard let generation = unsafe Generation.of(context), generation.phase != .retired else {
            return PB_DENIED.rawValue
        }
        body(generation.service)
        return PB_OK.rawValue
    }

    /// The same for one of the service's connections; PB_GONE when it has ended.
    static func onPeer(
        _ context: UnsafeMutableRawPointer?,
        _ connection: pb_connection,
        _ body: (Service, Peer) -> pb_status
    ) -> Int32 {
        unsafe onLane(context) { _, service in
            guard let peer = service.peers[ConnectionHandle(connection)] else { return PB_GONE }
            return body(service, peer)
        }
    }

    /// The same while the generation is being created.
    static func inCreate(_ context: UnsafeMutableRawPointer?, _ body: (Generation) -> pb_status) -> Int32 {
        unsafe onLane(context) { generation, _ in
            generation.phase == .creating ? body(generation) : PB_DENIED
        }
    }

    static func registered(_ isNew: Bool) -> pb_status { isNew ? PB_OK : PB_EXISTS }

    static func form(_ kind: UInt32) -> MessageForm? {
        switch kind {
        case PB_TEXT.rawValue: .text
        case PB_BINARY.rawValue: .binary
        default: nil
        }
    }
}

extension HostTable {
    private static func addConnections(_ table: inout pb_host) {
        unsafe table.send = { context, to, kind, message in
            unsafe HostTable.onLane(context) { _, service in
                guard let form = HostTable.form(kind) else { return PB_INVALID }
                return unsafe service.send(ConnectionHandle(to), form, message.buffer.span)
            }
        }
        unsafe table.close = { context, who, code, reason in
            unsafe HostTable.onPeer(context, who) { service, peer in
                guard let code = UInt16(exactly: code), HostTable.mayClose(code), unsafe reason.count <= 123
                else {
                    return PB_INVALID
                }
                guard peer.upgrade == nil else { return PB_DENIED }
                unsafe service.close(peer, code: code, reason.buffer.span)
                return PB_OK
            }
        }
        unsafe table.describe = { context, who, info in
            unsafe HostTable.onLane(context) { generation, service in
                guard let peer = service.peers[ConnectionHandle(who)] else { return PB_GONE }
                guard let info = unsafe info,
                    unsafe Int(info.pointee.size) >= HostTable.firstInfoSize
                else { return PB_INVALID }
                unsafe HostTable.describe(generation, service, peer, info)
                return PB_OK
            }
        }
        unsafe table.connections = { context, each, user in
            unsafe HostTable.visit(context, each, user) { service in
                service.peers.all.filter { $0.upgrade == nil }.map(\.handle)
            }
        }
        unsafe table.set_state = { context, who, version, state in
            unsafe HostTable.onPeer(context, who) { service, peer in
                guard unsafe state.count <= 64 << 10 else { return PB_FULL }
                unsafe service.setState(peer, version: version, state.array)
                return PB_OK
            }
        }
        unsafe table.state = { context, who, version, state in
            unsafe HostTable.onLane(context) { generation, service in
                guard let peer = service.peers[ConnectionHandle(who)] else { return PB_GONE }
                unsafe version?.pointee = peer.stateVersion
                unsafe state?.pointee = generation.lend(peer.state)
                return PB_OK
            }
        }
    }

    /// RFC 6455 §7.4: codes that an endpoint may put into a close frame.
    static func mayClose(_ code: UInt16) -> Bool {
        switch code {
        case 1000, 1001, 1008...1013, 3000...4999: true
        default: false
        }
    }

    /// Of a plugin that was built for 1.0.
    private static let firstInfoSize = unsafe MemoryLayout<pb_connection_info>.offset(of: \.subprotocol) ?? 0

    private static func describe(
        _ generation: Generation,
        _ service: Service,
        _ peer: Peer,
        _ info: UnsafeMutablePointer<pb_connection_info>
    ) {
        let binding = service.bindings[peer.binding]
        let endpoint = Array((binding.endpoint ?? "").utf8)
        let address = peer.origin.address
        let subprotocol = peer.origin.subprotocol
        let certificate = peer.origin.certificate
        var principal: [UInt8] = []
        if case .principal(let name) = peer.login { principal = name }
        // One loan for all texts, so that all stay good until the next call.
        let lent = unsafe generation.lend(endpoint + address + principal + subprotocol + certificate)
        func part(_ start: Int, _ count: Int) -> pb_bytes {
            unsafe pb_bytes(UnsafeBufferPointer(rebasing: lent.buffer[start..<start + count]))
        }
        let transport =
            switch binding.kind {
            case .websocket: PB_WEBSOCKET
            case .sockjs: PB_SOCKJS
            case .stream: PB_STREAM
            case .http: PB_HTTP
            }
        unsafe info.pointee.transport = transport.rawValue
        unsafe info.pointee.endpoint = part(0, endpoint.count)
        unsafe info.pointee.address = part(endpoint.count, address.count)
        unsafe info.pointee.principal = part(endpoint.count + address.count, principal.count)
        unsafe info.pointee.logged_in = peer.isLoggedIn ? 1 : 0
        guard unsafe Int(info.pointee.size) >= MemoryLayout<pb_connection_info>.size else { return }
        let start = endpoint.count + address.count + principal.count
        unsafe info.pointee.subprotocol = part(start, subprotocol.count)
        unsafe info.pointee.certificate = part(start + subprotocol.count, certificate.count)
    }

    /// Calls `each` for handles that were collected before, as it may end some of them. Answers how many.
    static func visit(
        _ context: UnsafeMutableRawPointer?,
        _ each: pb_on_member?,
        _ user: UnsafeMutableRawPointer?,
        _ handles: (Service) -> [ConnectionHandle]
    ) -> Int32 {
        guard let generation = unsafe Generation.of(context), generation.phase != .retired,
            generation.service.lane.isCurrent
        else { return PB_DENIED.rawValue }
        let found = handles(generation.service)
        if let each = unsafe each {
            for handle in found { unsafe each(user, handle.plugin) }
        }
        return Int32(clamping: found.count)
    }
}

extension HostTable {
    private static func addLogins(_ table: inout pb_host) {
        unsafe table.accept = { context, who, principal in
            unsafe HostTable.onPeer(context, who) { service, peer in
                guard unsafe principal.count > 0, unsafe principal.count <= 1024 else { return PB_INVALID }
                return unsafe service.logIn(peer, .principal(principal.array))
            }
        }
        unsafe table.guest = { context, who in
            unsafe HostTable.onPeer(context, who) { service, peer in service.logIn(peer, .guest) }
        }
        unsafe table.reject = { context, who, code, reason in
            unsafe HostTable.onPeer(context, who) { service, peer in
                guard let code = UInt16(exactly: code), unsafe reason.count <= 123,
                    peer.upgrade == nil ? HostTable.mayClose(code) : 400...599 ~= code
                else {
                    return PB_INVALID
                }
                if peer.upgrade == nil {
                    unsafe service.close(peer, code: code, reason.buffer.span)
                } else {
                    let status = HTTPStatus(rawValue: code), sentence = unsafe reason.string
                    service.reject(peer, HTTPFailure(status, sentence.isEmpty ? status.reason : sentence))
                }
                return PB_OK
            }
        }
        unsafe table.later = { context, who in
            unsafe HostTable.onPeer(context, who) { service, peer in service.logIn(peer, .checking) }
        }
        unsafe table.send_principal = { context, principal, kind, message in
            guard let form = HostTable.form(kind) else { return PB_INVALID.rawValue }
            var count: Int32 = 0
            let status = unsafe HostTable.onLane(context) { _, service in
                for handle in unsafe service.principals[principal.array] ?? [] {
                    _ = unsafe service.send(handle, form, message.buffer.span)
                    count += 1
                }
                return PB_OK
            }
            return status == PB_OK.rawValue ? count : status
        }
        unsafe table.principal = { context, principal, each, user in
            unsafe HostTable.visit(context, each, user) { service in
                unsafe service.principals[principal.array] ?? []
            }
        }
    }

    private static func addThrottle(_ table: inout pb_host) {
        unsafe table.try_login = { context, account, address in
            var ticket: Int64 = 0
            let status = unsafe HostTable.onLane(context) { _, service in
                guard let begun = unsafe service.beginLogin(account.buffer.span, address.buffer.span) else {
                    return PB_FULL
                }
                ticket = Int64(begun)
                return PB_OK
            }
            return status == PB_OK.rawValue ? ticket : Int64(status)
        }
        unsafe table.settle_login = { context, ticket, hasSucceeded in
            unsafe HostTable.onLane(context) { _, service in
                service.settleLogin(ticket, hasSucceeded: hasSucceeded != 0) ? PB_OK : PB_GONE
            }
        }
    }

    private static func addRooms(_ table: inout pb_host) {
        unsafe table.join = { context, room, who in
            unsafe HostTable.onPeer(context, who) { service, peer in
                guard unsafe room.count > 0, unsafe room.count <= 1024, !peer.isClosing else {
                    return PB_INVALID
                }
                guard peer.upgrade == nil else { return PB_DENIED }
                return unsafe service.join(room.buffer.span, peer)
            }
        }
        unsafe table.leave = { context, room, who in
            unsafe HostTable.onPeer(context, who) { service, peer in
                unsafe service.leave(room.buffer.span, peer)
            }
        }
        unsafe table.publish = { context, room, kind, message, except, exceptCount in
            guard let form = HostTable.form(kind) else { return PB_INVALID.rawValue }
            var count: Int32 = 0
            let status = unsafe HostTable.onLane(context) { _, service in
                let given = unsafe UnsafeBufferPointer(start: except, count: except == nil ? 0 : exceptCount)
                var handles = unsafe given.map { ConnectionHandle($0) }
                if let ending = service.ending { handles.append(ending) }
                count = Int32(
                    clamping: unsafe service.publish(
                        room.buffer.span,
                        form,
                        message.buffer.span,
                        except: handles.span
                    )
                )
                return PB_OK
            }
            return status == PB_OK.rawValue ? count : status
        }
        unsafe table.members = { context, room, each, user in
            unsafe HostTable.visit(context, each, user) { service in
                guard let number = unsafe service.rooms.number(of: room.buffer.span) else { return [] }
                return service.rooms.members(number)
            }
        }
        unsafe table.is_member = { context, room, who in
            var isMember = false
            let status = unsafe HostTable.onPeer(context, who) { service, peer in
                isMember = unsafe service.rooms.contains(room.buffer.span, peer)
                return PB_OK
            }
            return status == PB_OK.rawValue && isMember ? 1 : status
        }
        unsafe table.rooms = { context, who, each, user in
            var rooms: [[UInt8]] = []
            var count = 0
            let status = unsafe HostTable.onPeer(context, who) { service, peer in
                count = peer.rooms.count
                if unsafe each != nil { rooms = peer.rooms.map(service.rooms.name) }
                return PB_OK
            }
            guard status == PB_OK.rawValue else { return status }
            if let each = unsafe each {
                for room in rooms { unsafe room.span.withPluginBytes { unsafe each(user, $0) } }
            }
            return Int32(clamping: count)
        }
    }

    private static func addTimers(_ table: inout pb_host) {
        unsafe table.start_timer = { context, timer, key, milliseconds in
            unsafe HostTable.onLane(context) { generation, service in
                let name = unsafe timer.array
                guard generation.ledger.timers[name] != nil else { return PB_INVALID }
                unsafe service.startTimer(TimerKey(name: name, key: key.array), milliseconds: milliseconds)
                return PB_OK
            }
        }
        unsafe table.stop_timer = { context, timer, key in
            unsafe HostTable.onLane(context) { _, service in
                unsafe service.stopTimer(TimerKey(name: timer.array, key: key.array)) ? PB_OK : PB_INVALID
            }
        }
        unsafe table.timer_left = { context, timer, key in
            var left: Int64 = 0
            let status = unsafe HostTable.onLane(context) { _, service in
                guard let found = unsafe service.timerLeft(TimerKey(name: timer.array, key: key.array)) else {
                    return PB_INVALID
                }
                left = found
                return PB_OK
            }
            return status == PB_OK.rawValue ? left : Int64(status)
        }
    }
}
