import PatchbayABI

/// Rooms: who is in them, and one message for all of them.
extension Host {
    /// Puts the connection into the room, which need not exist. `.exists`: it is there already.
    @discardableResult
    public func join(_ room: some Bytes, _ connection: Connection) -> Status {
        unsafe room.lend { Status(unsafe table.pointee.join(context, $0, connection.handle)) }
    }

    /// Takes the connection out of the room. `.invalid`: it is not in it.
    @discardableResult
    public func leave(_ room: some Bytes, _ connection: Connection) -> Status {
        unsafe room.lend { Status(unsafe table.pointee.leave(context, $0, connection.handle)) }
    }

    /// Sends one text message to the room's members. Answers how many members it has.
    @discardableResult
    public func publish(_ text: some Bytes, to room: some Bytes) -> Int {
        unsafe publish(text, PB_TEXT, to: room, nil, 0)
    }

    /// Sends one text message to the room's members but one. Answers how many members it has.
    @discardableResult
    public func publish(_ text: some Bytes, to room: some Bytes, except: Connection) -> Int {
        var handle = except.handle
        return unsafe publish(text, PB_TEXT, to: room, &handle, 1)
    }

    /// Sends one text message to the room's members but some. Answers how many members it has.
    @discardableResult
    public func publish(_ text: some Bytes, to room: some Bytes, except: [Connection]) -> Int {
        let handles = except.map(\.handle)
        return unsafe handles.withUnsafeBufferPointer {
            unsafe publish(text, PB_TEXT, to: room, $0.baseAddress, $0.count)
        }
    }

    /// Sends one binary message to the room's members. Answers how many members it has.
    @discardableResult
    public func publish(binary: some Bytes, to room: some Bytes) -> Int {
        unsafe publish(binary, PB_BINARY, to: room, nil, 0)
    }

    /// The room's members, in no order.
    public func members(of room: some Bytes) -> [Connection] {
        var all = Gathered()
        unsafe room.lend { name in
            unsafe withUnsafeMutablePointer(to: &all) {
                _ = unsafe table.pointee.members(context, name, Gathered.add, $0)
            }
        }
        return all.connections
    }

    /// How many members the room has.
    public func memberCount(of room: some Bytes) -> Int {
        unsafe room.lend { max(0, Int(unsafe table.pointee.members(context, $0, nil, nil))) }
    }

    /// Whether the connection is in the room.
    @inlinable
    public func isMember(_ connection: Connection, of room: some Bytes) -> Bool {
        room.withBytes { isMember(connection, ofRoom: $0) }
    }

    @usableFromInline
    func isMember(_ connection: Connection, ofRoom room: Span<UInt8>) -> Bool {
        guard unsafe offers(\.is_member) else {
            return unsafe members(of: room.lend(\.array)).contains(connection)
        }
        return unsafe room.lend { unsafe table.pointee.is_member(context, $0, connection.handle) } == 1
    }

    /// How many rooms the connection is in.
    public func roomCount(of connection: Connection) -> Int {
        guard unsafe offers(\.rooms) else { return 0 }
        return max(0, Int(unsafe table.pointee.rooms(context, connection.handle, nil, nil)))
    }

    /// The rooms that the connection is in, in no order.
    public func rooms(of connection: Connection) -> [[UInt8]] {
        guard unsafe offers(\.rooms) else { return [] }
        var names: [[UInt8]] = []
        unsafe withUnsafeMutablePointer(to: &names) {
            let add: pb_on_room = { user, room in
                unsafe user?.assumingMemoryBound(to: [[UInt8]].self).pointee.append(room.array)
            }
            _ = unsafe table.pointee.rooms(context, connection.handle, add, $0)
        }
        return names
    }

    private func publish(
        _ message: some Bytes,
        _ kind: pb_kind,
        to room: some Bytes,
        _ except: UnsafePointer<pb_connection>?,
        _ exceptCount: Int
    ) -> Int {
        let count = unsafe room.lend { name in
            unsafe message.lend { bytes in
                unsafe table.pointee.publish(context, name, kind.rawValue, bytes, except, exceptCount)
            }
        }
        return max(0, Int(count))
    }
}
