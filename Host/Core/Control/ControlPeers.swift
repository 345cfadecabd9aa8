import Net
import Synchronization

/// The commands that are being answered, each on a thread of its own: one that waits holds up no other.
final class ControlPeers: Sendable {
    private static let most = 64
    /// For commands to end when the server does; a plugin file that is being read may take a while.
    private static let endingTime: Int64 = 5_000_000_000

    private struct Contents: Sendable {
        var sockets: [Int32: ControlSocket] = [:]
        var replies: [ObjectIdentifier: ControlReply] = [:]
        var isEnding = false
    }

    private let contents = Mutex(Contents())
    private let emptied: Wakeup

    init() throws(SystemError) { emptied = try Wakeup() }

    deinit { emptied.close() }

    /// Runs `body` on a thread, then closes the socket. Where there are too many it is told so at once.
    func serve(_ socket: ControlSocket, _ body: @escaping @Sendable (ControlSocket) -> Void) {
        let isWelcome = contents.withLock { contents in
            guard !contents.isEnding, contents.sockets.count < ControlPeers.most else { return false }
            contents.sockets[socket.descriptor] = socket
            return true
        }
        guard isWelcome else {
            let sentence =
                "the server is busy with \(ControlPeers.most) commands or going down; try again later"
            // A new socket has room for it.
            socket.write(ControlAnswer(isSuccess: false, text: sentence).line())
            return socket.close()
        }
        do throws(SystemError) {
            let thread = try Thread(name: "command") { [self] in
                body(socket)
                remove(socket)
            }
            thread.detach()
        } catch {
            remove(socket)
        }
    }

    private func remove(_ socket: ControlSocket) {
        contents.withLock { contents in
            contents.sockets[socket.descriptor] = nil
            socket.close()
            if contents.isEnding, contents.sockets.isEmpty { emptied.ring() }
        }
    }

    /// A place for an answer; nil when there are no descriptors left.
    func makeReply() -> ControlReply? {
        guard let reply = try? ControlReply() else { return nil }
        contents.withLock { $0.replies[ObjectIdentifier(reply)] = reply }
        return reply
    }

    func forget(_ reply: ControlReply) {
        contents.withLock { $0.replies[ObjectIdentifier(reply)] = nil }
    }

    /// Ends those that wait for a line or for an answer, and waits for all.
    func end() {
        contents.withLock { contents in
            contents.isEnding = true
            for socket in contents.sockets.values { socket.shutReading() }
            for reply in contents.replies.values {
                reply.give(ControlAnswer(isSuccess: false, text: "the server is going down"))
            }
        }
        if !contents.withLock({ $0.sockets.isEmpty }) { emptied.wait(nanoseconds: ControlPeers.endingTime) }
    }
}

/// An answer that one thread waits for and another gives, perhaps too late.
final class ControlReply: Sendable {
    private let wakeup: Wakeup
    private let contents = Mutex(Contents())

    private struct Contents: Sendable {
        var answer: ControlAnswer?
        var isAwaited = true
    }

    init() throws(SystemError) { wakeup = try Wakeup() }

    deinit { wakeup.close() }

    /// The first answer counts.
    func give(_ answer: ControlAnswer) {
        contents.withLock { $0.answer = $0.answer ?? answer }
        wakeup.ring()
    }

    /// Whether an answer still reaches somebody.
    var isAwaited: Bool { contents.withLock { $0.isAwaited && $0.answer == nil } }

    /// The answer; nil when none was given in time.
    func wait(seconds: Int) -> ControlAnswer? {
        wakeup.wait(nanoseconds: Int64(seconds) * 1_000_000_000)
        return contents.withLock { contents in
            contents.isAwaited = false
            return contents.answer
        }
    }
}
