/// One session over HTTP: what is owed to its client, and who may have it. No I/O, no clock.
///
/// Its owner writes heads, preludes and chunks, and knows which request is the receiver. Times are nanoseconds of
/// any one clock that never goes back. Each call appends at most what fits one chunk.
package struct SockJSSession: Sendable {
    /// What may be set.
    package struct Settings: Equatable, Sendable {
        /// How long a session lives without a receiver, in nanoseconds.
        package var disconnectDelay: Int64 = 5_000_000_000
        /// How long a receiver waits in vain before it gets a heartbeat, in nanoseconds.
        package var heartbeat: Int64 = 25_000_000_000
        /// After so many bytes of frames a streaming response ends, for the browser keeps all of it.
        package var responseLimit = 128 * 1024
        /// When more bytes than this, quoted, wait for a receiver, no message is added to them.
        package var queueLimit = 1024 * 1024

        /// The usual ones.
        package init() {}
    }

    /// What the owner is to do with the receiver's response.
    package enum Action: Equatable, Sendable {
        /// Nothing: nothing was appended.
        case nothing
        /// Send what was appended; the response goes on.
        case more
        /// Send what was appended and end the response: there is no receiver now.
        case finished
        /// Send what was appended and end the response of the one who came; the receiver is who it was.
        case refused
        /// Forget the session: its time is over. If it was open, its connection ends with this.
        case ended(wasOpen: Bool)
    }

    /// What became of a message.
    package enum Acceptance: Equatable, Sendable {
        /// It waits for `flush`, or for a receiver.
        case queued
        /// The queue is full: the client does not come, or not often enough.
        case full
        /// The session is closed.
        case closed
    }

    private enum State: Equatable { case fresh, open, closed(frame: [UInt8]) }

    private let settings: Settings
    private var state = State.fresh
    private var receiver: SockJSReceiver?
    private var queue: [UInt8] = []  // a frame without its bracket: a["one","two"
    private var responseCount = 0
    private var since: Int64  // the last frame, while there is a receiver; else the beginning of solitude

    /// A session that waits for its first receiver.
    package init(_ settings: Settings = Settings(), now: Int64) {
        self.settings = settings
        since = now
    }

    /// Whether messages are taken: from the first receiver on, until it is closed.
    package var isOpen: Bool { state == .open }

    /// Whether a response waits for frames.
    package var hasReceiver: Bool { receiver != nil }

    /// When `passTime` is to be called.
    package var deadline: Int64 { since + (receiver == nil ? settings.disconnectDelay : settings.heartbeat) }

    /// A receiver comes. It gets `o`, what waits, or why it cannot be one.
    package mutating func attach(_ new: SockJSReceiver, now: Int64, to buffer: inout [UInt8]) -> Action {
        guard receiver == nil else {
            new.append(Self.closeFrame(2010, "Another connection still open").span, to: &buffer)
            return .refused
        }
        receiver = new
        responseCount = 0
        switch state {
        case .closed: break
        case .open: since = now
        case .fresh:
            state = .open
            return write("o".utf8.span, by: new, now, to: &buffer)
        }
        return flush(now: now, to: &buffer)
    }

    /// The receiver's request broke off before its response ended. What it was sent may be lost, and so the
    /// session closes with 1002.
    ///
    /// - Returns: whether there was a receiver: then the session's connection ends with this.
    package mutating func detach(now: Int64) -> Bool {
        guard receiver != nil else { return false }
        receiver = nil
        since = now
        dropQueue()
        state = .closed(frame: Self.closeFrame(1002, "Connection interrupted"))
        return true
    }

    /// Queues a message, which must be UTF-8.
    package mutating func send(_ message: Span<UInt8>) -> Acceptance {
        add { SockJSFrame.appendQuoted(message, to: &$0) }
    }

    /// Queues a message that `SockJSFrame.appendQuoted` has quoted, for many sessions perhaps.
    package mutating func send(quoted message: Span<UInt8>) -> Acceptance {
        add { $0.append(copying: message) }
    }

    private mutating func add(_ append: (inout [UInt8]) -> Void) -> Acceptance {
        guard state == .open else { return .closed }
        // What was queued before counts, so that one message alone never fills it.
        guard queue.count <= settings.queueLimit else { return .full }
        queue.append(copying: (queue.isEmpty ? "a[" : ",").utf8.span)
        append(&queue)
        return .queued
    }

    /// Writes what waits. To be called once after messages were queued: they become one frame.
    package mutating func flush(now: Int64, to buffer: inout [UInt8]) -> Action {
        guard let receiver else { return .nothing }
        var isFinished = false, action = Action.nothing
        if !queue.isEmpty {
            queue.append(UInt8(ascii: "]"))
            let start = buffer.count
            receiver.append(queue.span, to: &buffer)
            dropQueue()
            since = now
            isFinished = fills(receiver, buffer.count - start)
            action = .more
        }
        // Who closes does not take back what was said before: it may need another receiver.
        if !isFinished, case .closed(let frame) = state {
            receiver.append(frame.span, to: &buffer)
            isFinished = true
        }
        guard isFinished else { return action }
        self.receiver = nil
        return .finished
    }

    /// Closes the session: each receiver that comes from now on is told why, until the session ends.
    package mutating func close(_ code: UInt16, reason: String, now: Int64, to buffer: inout [UInt8])
        -> Action
    {
        if case .closed = state { return .nothing }
        state = .closed(frame: Self.closeFrame(code, reason))
        since = now
        return flush(now: now, to: &buffer)
    }

    /// Does what is due at `deadline`: a heartbeat, or the end.
    package mutating func passTime(now: Int64, to buffer: inout [UInt8]) -> Action {
        guard now >= deadline else { return .nothing }
        guard let receiver else { return .ended(wasOpen: state == .open) }
        return write("h".utf8.span, by: receiver, now, to: &buffer)
    }

    private mutating func write(
        _ frame: Span<UInt8>,
        by receiver: SockJSReceiver,
        _ now: Int64,
        to buffer: inout [UInt8]
    ) -> Action {
        let start = buffer.count
        receiver.append(frame, to: &buffer)
        since = now
        guard fills(receiver, buffer.count - start) else { return .more }
        self.receiver = nil
        return .finished
    }

    /// Counts what was written to the response. The prelude does not count.
    private mutating func fills(_ receiver: SockJSReceiver, _ count: Int) -> Bool {
        responseCount += count
        return !receiver.transport.isStreaming || responseCount >= settings.responseLimit
    }

    /// Many sessions wait at the same time: a large buffer is given back.
    private mutating func dropQueue() { queue.removeAll(keepingCapacity: queue.capacity <= 4096) }

    private static func closeFrame(_ code: UInt16, _ reason: String) -> [UInt8] {
        var frame: [UInt8] = []
        SockJSFrame.appendClose(code, reason: reason, to: &frame)
        return frame
    }
}
