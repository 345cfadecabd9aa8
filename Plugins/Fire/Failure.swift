import PatchbayKit

/// Why something that was asked for is not done: the protocol's number and text for it.
enum Failure: Error, Equatable {
    case notJSON
    case needs(String)
    case store
    case wrongSecretKey
    case wrongKey
    case nameTaken
    case needsAuth
    case unknownAction
    case notPrivate
    case noNameSpace
    case tooManyChannels

    var code: Int {
        switch self {
        case .notJSON, .needs, .tooManyChannels: 300
        case .store: 302
        case .wrongSecretKey: 305
        case .wrongKey: 306
        case .nameTaken: 309
        case .needsAuth: 311
        case .unknownAction: 312
        case .notPrivate: 343
        case .noNameSpace: 404
        }
    }

    var reason: String {
        switch self {
        case .notJSON: "Bad JSON"
        case .needs(let what): "Need \(what)"
        case .store: "Error store, try latter..."
        case .wrongSecretKey: "Invalid sKey"
        case .wrongKey: "Invalid key"
        case .nameTaken: "Name space is busy"
        case .needsAuth: "Need auth"
        case .unknownAction: "Invalid action..."
        case .notPrivate: "Private channel must begin with #"
        case .noNameSpace: "Name space not found"
        case .tooManyChannels: "Too many channels"
        }
    }

    /// Does what may fail in the store. Why it failed the host has logged.
    static func catching<Result>(_ work: () throws(StoreError) -> Result) throws(Failure) -> Result {
        do throws(StoreError) {
            return try work()
        } catch {
            throw .store
        }
    }
}
