/// Why a command is not carried out.
enum Failure: Error, Equatable {
    case invalidJSON
    case needsCommand
    case unknownCommand
    case needs(String)
    case bad(String)
    case tooLong
    case unauthorized
    case noDialog
    case noUser
    case wrongLogin
    case taken
    case wrongVK
    case busy
    case store

    var text: String {
        switch self {
        case .invalidJSON: "Invalid JSON"
        case .needsCommand: "Need cmd"
        case .unknownCommand: "Unknown command"
        case .needs(let name): "Need \(name)"
        case .bad(let name): "Bad \(name)"
        case .tooLong: "Text is too long"
        case .unauthorized: "Authorization required"
        case .noDialog: "Dialog with this id not find"
        case .noUser: "User with this id not find"
        case .wrongLogin: "Incorrect login or password"
        case .taken: "Username is taken"
        case .wrongVK: "Incorrect username or password"
        case .busy: "Too many logins, try again"
        case .store: "Nothing was stored, try again"
        }
    }
}
