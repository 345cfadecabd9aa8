/// Why administration did not do something, as a sentence for whoever asked.
public struct AdministrationError: Error, Equatable, Sendable {
    /// What is wrong; for those who need a number for it, such as an HTTP status.
    public enum Kind: Sendable {
        /// What it is about is not there.
        case missing
        /// It is there already.
        case exists
        /// No such thing can be.
        case invalid
        /// The store did not do it; nothing was changed.
        case store
        /// Too much is under way; later it may work.
        case busy
    }

    /// What is wrong.
    public let kind: Kind
    /// What is wrong, and what to do about it.
    public let sentence: String

    /// What it is about is not there.
    public static func missing(_ sentence: String) -> Self { Self(kind: .missing, sentence: sentence) }
    /// It is there already.
    public static func exists(_ sentence: String) -> Self { Self(kind: .exists, sentence: sentence) }
    /// No such thing can be.
    public static func invalid(_ sentence: String) -> Self { Self(kind: .invalid, sentence: sentence) }
    /// Too much is under way.
    public static func busy(_ sentence: String) -> Self { Self(kind: .busy, sentence: sentence) }

    /// Does what may fail in the store.
    public static func catching<Result>(_ work: () throws(StoreError) -> Result) throws(Self) -> Result {
        do throws(StoreError) {
            return try work()
        } catch {
            throw Self(kind: .store, sentence: "nothing was changed: \(error.description)")
        }
    }
}

extension Store {
    /// Changes what is stored: as a whole, or nothing of it.
    public func changing<Result>(_ work: () throws(StoreError) -> Result) throws(AdministrationError)
        -> Result
    {
        try AdministrationError.catching { () throws(StoreError) in try atomically(work) }
    }
}

extension Setup {
    /// Handles an administration command that may be refused: what `body` throws is its answer. Otherwise as
    /// `onCommand(_:summary:parameters:_:)` of what cannot fail.
    public func onCommand(
        _ name: String,
        summary: String = "",
        parameters: [Parameter] = [],
        _ body: @escaping (S, Call) throws(AdministrationError) -> Void
    ) {
        onCommand(name, summary: summary, parameters: parameters) { (service: S, call: Call) in
            call.perform { () throws(AdministrationError) in try body(service, call) }
        }
    }
}

extension Call {
    /// Does what may be refused; what it throws is the call's answer. For what comes later than the command's handler.
    public func perform(_ work: () throws(AdministrationError) -> Void) {
        do throws(AdministrationError) {
            try work()
        } catch {
            fail(error.sentence)
        }
    }

    /// A text that must be given and must not be empty; a zero byte in it is refused, as no store keeps one.
    public func text(_ name: String) throws(AdministrationError) -> String {
        guard let text = self[name], !text.isEmpty else { throw .invalid("\(name) is empty; give one") }
        guard !text.utf8.contains(0) else { throw .invalid("\(name) holds a zero byte; leave it out") }
        return text
    }
}
