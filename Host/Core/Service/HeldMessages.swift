/// Messages of one connection that wait, in order, for its login to be decided or for its pace.
struct HeldMessages {
    /// Bytes, about, that a message costs beside its own.
    static let overhead = 64

    struct Message {
        let form: MessageForm
        let bytes: [UInt8]
        /// The batch that it came with and is lost with; nil: it goes on waiting, whatever becomes of that.
        let batch: Int?
    }

    private var messages: [Message?] = []  // nil before `first`
    private var first = 0
    /// Of all that wait.
    private(set) var bytes = 0
    /// Bytes of the longest, since none waited.
    private(set) var longest = 0

    var isEmpty: Bool { first == messages.count }

    mutating func append(_ message: Message) {
        // So that each is moved once or so, however many they are.
        if first > messages.count / 2 {
            messages.removeFirst(first)
            first = 0
        }
        messages.append(message)
        count(message)
    }

    private mutating func count(_ message: Message) {
        bytes += message.bytes.count + HeldMessages.overhead
        longest = max(longest, message.bytes.count)
    }

    mutating func popFirst() -> Message? {
        guard first < messages.count, let message = messages[first] else { return nil }
        messages[first] = nil
        first += 1
        bytes -= message.bytes.count + HeldMessages.overhead
        if isEmpty { self = HeldMessages() }
        return message
    }

    /// Puts what was popped back to where it stood.
    mutating func putBack(_ message: Message) {
        if first == 0 {
            messages.insert(message, at: 0)
        } else {
            first -= 1
            messages[first] = message
        }
        count(message)
    }

    /// Forgets those that came with a batch that was lost.
    mutating func remove(batch: Int) {
        let left = messages[first...].compactMap { $0 }.filter { $0.batch != batch }
        self = HeldMessages()
        for message in left { append(message) }
    }
}
