import Net
import Wire

// What services want done with this loop's connections.
extension Loop {
    func apply(_ outgoing: Outgoing) {
        let bytes = outgoing.bytes.span
        for operation in outgoing.operations {
            switch operation {
            case .send(let handle, let form, let start, let count):
                _ = send(handle, form, bytes.extracting(start..<start + count))
            case .close(let handle, let code, let start, let count):
                close(handle, code: code, bytes.extracting(start..<start + count))
            case .publish(let key, let form, let start, let count, let except):
                publish(
                    key,
                    form,
                    bytes.extracting(start..<start + count),
                    except: outgoing.exceptions.span.extracting(except)
                )
            case .conclude(let handle): conclude(handle)
            case .admit(let handle): admit(handle)
            case .turnAway(let handle, let failure): turnAway(handle, failure)
            case .join(let key, let handle): join(key, handle)
            case .leave(let key, let handle): leave(key, handle)
            case .loginTime(let handle, let time): setLoginTime(handle, time)
            case .pace(let handle, let isPaced): setPaced(handle, isPaced)
            case .resume(let service): resume(service)
            case .respond(let handle, let number, let place):
                respond(handle, number: number, outgoing.responses[place])
            }
        }
    }

    /// Puts a message into a connection's outbox. False: that was over its limit, and the connection ends.
    func send(_ handle: ConnectionHandle, _ form: MessageForm, _ message: Span<UInt8>) -> Bool {
        guard let connection = connection(handle), connection.phase.takesMessages else { return true }
        guard hasRoom(connection) else { return false }
        touch(connection)
        guard connection.encoding == .webSocket else { return append(connection, form, message) }
        let header = FrameHeader.encode(opcode: form.opcode, length: message.count)
        connection.outbox.append(header.bytes.span.extracting(first: header.count), pool: pool)
        connection.outbox.append(message, pool: pool)
        return true
    }

    /// Each member gets the message; those who get the same bytes share them.
    func publish(
        _ key: RoomKey,
        _ form: MessageForm,
        _ message: Span<UInt8>,
        except: Span<ConnectionHandle>
    ) {
        guard let room = rooms[key] else { return }
        var frames = RoomFrames()
        for connection in room.members where except.isEmpty || !isListed(connection, except) {
            guard connection.phase.takesMessages, hasRoom(connection) else { continue }
            guard mayHave(connection, message, &frames) else { continue }
            touch(connection)
            if let frame = frame(for: connection, form, message, &frames) {
                connection.outbox.append(shared: frame)
            } else if let session = connection.session {
                _ = append(connection, session, quoted: quoted(message, &frames).span)
            } else {
                _ = append(connection, form, message)
            }
        }
        frames.release(to: pool)
    }

    private func isListed(_ connection: Connection, _ handles: Span<ConnectionHandle>) -> Bool {
        for index in handles.indices where handles[index] == connection.handle { return true }
        return false
    }

    /// What was queued before counts, so that one message alone never ends a receiver.
    private func hasRoom(_ connection: Connection) -> Bool {
        guard connection.outbox.count > connection.outboxLimit else { return true }
        // What nobody has tried to write yet does not show that the peer is slow.
        if connection.isTouched || connection.isPostponed { flush(connection) }
        guard connection.outbox.count > connection.outboxLimit else { return connection.phase.takesMessages }
        endSlow(connection)
        return false
    }

    func close(_ handle: ConnectionHandle, code: UInt16, _ reason: Span<UInt8>) {
        guard let connection = connection(handle), connection.phase.takesMessages else { return }
        end(connection, code: CloseCode(rawValue: code), String(decoding: [UInt8](reason), as: UTF8.self))
    }

    /// The service has said all that it had to say to a peer that has closed its side.
    func conclude(_ handle: ConnectionHandle) {
        guard let connection = connection(handle), connection.phase == .leaving else { return }
        concludeLeaving(connection)
    }

    func join(_ key: RoomKey, _ handle: ConnectionHandle) {
        guard let connection = connection(handle), connection.phase == .open else { return }
        let room = rooms[key] ?? LoopRoom()
        rooms[key] = room
        connection.memberships.append(
            Connection.Membership(key: key, room: room, place: room.members.count)
        )
        room.members.append(connection)
    }

    func leave(_ key: RoomKey, _ handle: ConnectionHandle) {
        guard let connection = connection(handle),
            let index = connection.memberships.firstIndex(where: { $0.key == key })
        else { return }
        leave(connection.memberships.remove(at: index))
    }

    /// Takes a connection out of all its rooms.
    func leaveRooms(_ connection: Connection) {
        let memberships = connection.memberships
        connection.memberships = []
        for membership in memberships { leave(membership) }
    }

    private func leave(_ membership: Connection.Membership) {
        let room = membership.room
        guard let last = room.members.popLast() else { return }
        if membership.place < room.members.count {
            room.members[membership.place] = last
            let moved = last.memberships.firstIndex { $0.key == membership.key }
            if let moved { last.memberships[moved].place = membership.place }
        }
        if room.members.isEmpty { rooms[membership.key] = nil }
    }

    /// The time for logging in begins (nanoseconds from now), or stops (nil).
    func setLoginTime(_ handle: ConnectionHandle, _ time: Int64?) {
        guard let connection = connection(handle), connection.phase == .open else { return }
        connection.loginDeadline = time.map { now + $0 }
        if time != nil { arm(connection) }
    }

    /// The service's lane has caught up: its connections are read again.
    private func resume(_ service: Int) {
        for connection in heldUp.removeValue(forKey: service) ?? [] {
            connection.isBehind = false
            readAgain(connection)
        }
    }
}

extension MessageForm {
    var opcode: Opcode { self == .text ? .text : .binary }
}
