/// Who is in which room: the lane's truth, of which each loop mirrors its own part.
struct RoomTable {
    private struct Room {
        let name: [UInt8]
        var members: [ConnectionHandle] = []  // in no order
        var places: [ConnectionHandle: Int] = [:]
    }

    private var numbers: [[UInt8]: Int] = [:]
    private var rooms: [Room?] = []
    private var free: [Int] = []

    /// The room's number; nil while nobody is in it.
    func number(of name: [UInt8]) -> Int? { numbers[name] }

    func members(_ room: Int) -> [ConnectionHandle] { rooms[room]?.members ?? [] }
    func count(_ room: Int) -> Int { rooms[room]?.members.count ?? 0 }
    func name(_ room: Int) -> [UInt8] { rooms[room]?.name ?? [] }

    func contains(_ room: Int, _ handle: ConnectionHandle) -> Bool { rooms[room]?.places[handle] != nil }

    /// Puts a peer in, making the room when it is the first. Nil: it is in it.
    ///
    /// - Parameter former: the number that the room had, by which loops may still know it.
    mutating func join(_ name: [UInt8], _ peer: Peer, former: Int? = nil) -> Int? {
        let number = numbers[name] ?? make(name, former)
        guard rooms[number]?.places[peer.handle] == nil else { return nil }
        let place = count(number)
        rooms[number]?.places[peer.handle] = place
        rooms[number]?.members.append(peer.handle)
        peer.rooms.append(number)
        return number
    }

    /// Takes a peer out, and the room away when it was the last. False: it is not in it.
    mutating func leave(_ room: Int, _ peer: Peer) -> Bool {
        guard let place = rooms[room]?.places.removeValue(forKey: peer.handle) else { return false }
        // In no order; whoever leaves all of them begins at the end, so that none is looked for.
        if let index = peer.rooms.lastIndex(of: room) {
            peer.rooms.swapAt(index, peer.rooms.count - 1)
            peer.rooms.removeLast()
        }
        guard let last = rooms[room]?.members.popLast() else { return true }
        if last != peer.handle {
            rooms[room]?.members[place] = last
            rooms[room]?.places[last] = place
        }
        if rooms[room]?.members.isEmpty == true, let name = rooms[room]?.name {
            numbers[name] = nil
            rooms[room] = nil
            free.append(room)
        }
        return true
    }

    private mutating func make(_ name: [UInt8], _ former: Int?) -> Int {
        if let former, let place = free.lastIndex(of: former) { free.swapAt(place, free.count - 1) }
        let number = free.popLast() ?? rooms.count
        if number == rooms.count { rooms.append(nil) }
        rooms[number] = Room(name: name)
        numbers[name] = number
        return number
    }
}
