/// Who is in which room: the lane's truth, of which each loop mirrors its own part.
///
/// A class, for it is asked in most messages, and the compiler copied the whole of a struct for that.
final class RoomTable {
    private final class Room {
        let name: [UInt8]
        let hash: UInt32
        var members: [ConnectionHandle] = []  // in no order
        var places: [ConnectionHandle: Int] = [:]

        init(name: [UInt8], hash: UInt32) {
            self.name = name
            self.hash = hash
        }
    }

    private var index = NameIndex()
    private var rooms: [Room?] = []
    private var free: [Int] = []

    /// The room's number; nil while nobody is in it.
    func number(of name: Span<UInt8>) -> Int? { number(of: name, NameIndex.hash(name)) }

    private func number(of name: Span<UInt8>, _ hash: UInt32) -> Int? {
        index.place(hash) { hasName($0, name) }
    }

    private func hasName(_ room: Int, _ name: Span<UInt8>) -> Bool {
        rooms[room]?.name.isEqual(to: name) == true
    }

    func members(_ room: Int) -> [ConnectionHandle] { rooms[room]?.members ?? [] }
    func count(_ room: Int) -> Int { rooms[room]?.members.count ?? 0 }
    func name(_ room: Int) -> [UInt8] { rooms[room]?.name ?? [] }

    /// Whether the peer is in the room of that name.
    func contains(_ name: Span<UInt8>, _ peer: Peer) -> Bool {
        // Mostly it is in a few, and to look at their names is cheaper than to look for the room.
        guard peer.rooms.count > RoomTable.few else { return peer.rooms.contains { hasName($0, name) } }
        return number(of: name).map { rooms[$0]?.places[peer.handle] != nil } ?? false
    }

    private static let few = 4

    /// Puts a peer in, making the room when it is the first. Nil: it is in it.
    ///
    /// - Parameter former: the number that the room had, by which loops may still know it.
    func join(_ name: Span<UInt8>, _ peer: Peer, former: Int? = nil) -> Int? {
        let hash = NameIndex.hash(name)
        let number = number(of: name, hash) ?? make([UInt8](name), hash, former)
        guard let room = rooms[number], room.places[peer.handle] == nil else { return nil }
        room.places[peer.handle] = room.members.count
        room.members.append(peer.handle)
        peer.rooms.append(number)
        return number
    }

    /// Takes a peer out, and the room away when it was the last. False: it is not in it.
    func leave(_ number: Int, _ peer: Peer) -> Bool {
        guard let room = rooms[number], let place = room.places.removeValue(forKey: peer.handle) else {
            return false
        }
        // In no order; whoever leaves all of them begins at the end, so that none is looked for.
        if let index = peer.rooms.lastIndex(of: number) {
            peer.rooms.swapAt(index, peer.rooms.count - 1)
            peer.rooms.removeLast()
        }
        let last = room.members.removeLast()
        if last != peer.handle {
            room.members[place] = last
            room.places[last] = place
        }
        if room.members.isEmpty {
            index.remove(number, room.hash)
            rooms[number] = nil
            free.append(number)
        }
        return true
    }

    private func make(_ name: [UInt8], _ hash: UInt32, _ former: Int?) -> Int {
        if let former, let place = free.lastIndex(of: former) { free.swapAt(place, free.count - 1) }
        let number = free.popLast() ?? rooms.count
        if number == rooms.count { rooms.append(nil) }
        rooms[number] = Room(name: name, hash: hash)
        index.insert(number, hash)
        return number
    }
}
