import Wire

/// What a lane tells one loop to do, in order, with the bytes beside it.
struct Outgoing: Sendable {
    enum Operation: Sendable {
        case send(ConnectionHandle, MessageForm, start: Int, count: Int)
        case close(ConnectionHandle, code: UInt16, start: Int, count: Int)
        case conclude(ConnectionHandle)
        case admit(ConnectionHandle)
        case turnAway(ConnectionHandle, HTTPFailure)
        case publish(RoomKey, MessageForm, start: Int, count: Int, except: Range<Int>)
        case join(RoomKey, ConnectionHandle)
        case leave(RoomKey, ConnectionHandle)
        case loginTime(ConnectionHandle, Int64?)  // nanoseconds; nil: it has logged in
        case pace(ConnectionHandle, isPaced: Bool)
        case resume(service: Int)
        case respond(ConnectionHandle, number: UInt32, place: Int)  // in `responses`
    }

    private(set) var operations: [Operation] = []
    private(set) var bytes: [UInt8] = []
    private(set) var exceptions: [ConnectionHandle] = []
    private(set) var responses: [Response] = []

    var isEmpty: Bool { operations.isEmpty }

    mutating func send(_ handle: ConnectionHandle, _ form: MessageForm, _ message: Span<UInt8>) {
        operations.append(.send(handle, form, start: bytes.count, count: message.count))
        bytes.append(message)
    }

    mutating func close(_ handle: ConnectionHandle, code: UInt16, _ reason: Span<UInt8>) {
        operations.append(.close(handle, code: code, start: bytes.count, count: reason.count))
        bytes.append(reason)
    }

    mutating func publish(
        _ room: RoomKey,
        _ form: MessageForm,
        _ message: Span<UInt8>,
        except: Span<ConnectionHandle>
    ) {
        let first = exceptions.count
        for index in except.indices { exceptions.append(except[index]) }
        operations.append(
            .publish(room, form, start: bytes.count, count: message.count, except: first..<exceptions.count)
        )
        bytes.append(message)
    }

    mutating func respond(_ handle: ConnectionHandle, number: UInt32, _ response: Response) {
        operations.append(.respond(handle, number: number, place: responses.count))
        responses.append(response)
    }

    mutating func append(_ operation: Operation) { operations.append(operation) }

    mutating func removeAll() {
        operations.removeAll(keepingCapacity: true)
        bytes.removeAll(keepingCapacity: bytes.capacity <= 1 << 20)
        exceptions.removeAll(keepingCapacity: true)
        responses.removeAll()
    }
}

/// A room as the loops know it: the service's number and the room's number in it.
struct RoomKey: Hashable, Sendable {
    let bits: UInt64
    init(service: Int, room: Int) { bits = UInt64(service) << 32 | UInt64(room) }
}
