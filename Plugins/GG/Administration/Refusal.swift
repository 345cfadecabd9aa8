import PatchbayKit

/// Why administration did not do something, as a sentence. The commands print it; the HTTP API has a status
/// for each kind.
struct Refusal: Error {
    enum Kind {
        case missing  // what it is about is not there
        case exists  // it is there already
        case invalid  // no such thing can be
        case store
    }

    let kind: Kind
    let sentence: String

    static func missing(_ sentence: String) -> Refusal { Refusal(kind: .missing, sentence: sentence) }
    static func exists(_ sentence: String) -> Refusal { Refusal(kind: .exists, sentence: sentence) }
    static func invalid(_ sentence: String) -> Refusal { Refusal(kind: .invalid, sentence: sentence) }

    /// Does what may fail in the store.
    static func catching<Result>(_ work: () throws(StoreError) -> Result) throws(Refusal) -> Result {
        do throws(StoreError) {
            return try work()
        } catch {
            throw Refusal(kind: .store, sentence: "nothing was changed: \(error.description)")
        }
    }
}

extension Store {
    /// Changes what is stored: as a whole, or nothing of it.
    func changing<Result>(_ work: () throws(StoreError) -> Result) throws(Refusal) -> Result {
        try Refusal.catching { () throws(StoreError) in try atomically(work) }
    }
}
