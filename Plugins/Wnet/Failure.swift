/// Why a command is not carried out: what follows `error@`. The connection stays.
enum Failure: Error, Equatable {
    case notText
    case unknown
    case usage(String)
    case needsAccount
    case badName
    case hasName([UInt8])
    case taken
    case notAsked
    case noBot
    case isConnected
    case isNotConnected([UInt8])
    case isNoBot
    case noClient

    var text: [UInt8] {
        switch self {
        case .notText: Array("Text frames only".utf8)
        case .unknown: Array("Unknown command".utf8)
        case .usage(let form): Array("Usage: \(form)".utf8)
        case .needsAccount: Array("Authorization required".utf8)
        case .badName: Array("Bad name: letters a-z A-Z only, at most \(BotName.longest)".utf8)
        case .hasName(let name): Array("You already added as ".utf8) + name
        case .taken: Array("Such bot connected. Sending ping to confirm that bot is alive.".utf8)
        case .notAsked: Array("No isalive request".utf8)
        case .noBot: Array("No such bot".utf8)
        case .isConnected: Array("Already connected".utf8)
        case .isNotConnected(let name): Array("Not connected to ".utf8) + name
        case .isNoBot: Array("You are not a bot".utf8)
        case .noClient: Array("No such client".utf8)
        }
    }
}
