import PatchbayKit

/// Why nobody was let into the demo.
enum DemoRefusal: Error {
    case noDemo
    case wrongType
    case wrongNick
    case taken
    case tooMany
    case full
    case store(String)

    var status: Int {
        switch self {
        case .noDemo: 404
        case .taken: 409
        case .wrongType: 415
        case .wrongNick: 422
        case .tooMany: 429
        case .full, .store: 503
        }
    }

    var sentence: String {
        switch self {
        case .noDemo: "There is no demo here"
        case .taken: "Somebody has this nick already"
        case .wrongType: "The body has to be application/json"
        case .wrongNick: "A nick has 1 to 20 characters, and none that cannot be seen"
        case .tooMany: "Too many people from this address; try again in a minute"
        case .full: "Everybody whom the demo has room for is here; try again later"
        case .store: "Nothing was changed; try again"
        }
    }

    /// Does what may fail in the store.
    static func catching<Result>(_ work: () throws(StoreError) -> Result) throws(DemoRefusal) -> Result {
        do throws(StoreError) {
            return try work()
        } catch {
            throw .store(error.description)
        }
    }

    /// Does what administration may refuse: what it is asked to here only for the store's sake.
    static func administering<Result>(_ work: () throws(AdministrationError) -> Result) throws(DemoRefusal)
        -> Result
    {
        do throws(AdministrationError) {
            return try work()
        } catch {
            throw .store(error.sentence)
        }
    }
}
