/// Why something that was asked for is not done: the seed's codes and texts.
enum Failure: Error, Equatable {
    case notJSON
    case fields
    case secrets
    case nickNotFound
    case password
    case userNotConnected
    case adminNotConnected
    case unknownOperation

    /// A string, as all codes are: programs in the field need it so.
    var code: String {
        switch self {
        case .notJSON: "6901"
        case .fields: "6902"
        case .secrets: "6903"
        case .nickNotFound: "6904"
        case .password: "6905"
        case .userNotConnected: "6906"
        case .adminNotConnected: "6907"
        case .unknownOperation: "6908"
        }
    }

    var info: String {
        switch self {
        case .notJSON: "data in isnot json format"
        case .fields: "data dont have needed fields"
        case .secrets: "secrets do not match"
        case .nickNotFound: "nick not found"
        case .password: "incorrect password"
        case .userNotConnected: "that User is not connected"
        case .adminNotConnected: "Admin not connected"
        case .unknownOperation: "unknown operation"
        }
    }
}
