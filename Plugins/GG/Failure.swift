import PatchbayKit

/// What a request is answered with when it cannot be done: an error's number and text.
enum Failure: Error, Equatable {
    case invalidJSON
    case unknownType
    case tooLong
    case field(String)
    case tooMany
    case store(String)  // the store's sentence, for the log
    case invalidChannel
    case alreadyConnected(ChannelID)
    case notConnected
    case invalidUser
    case invalidMessage
    case noPoll
    case invalidAnswer
    case alreadyVoted
    case unknownCommand
    case emptyMessage
    case badPoll
    case tooManyChannels
    case notEnoughRights
    case banned
    case slowMode(seconds: Int64)
    case authorizationRequired
    case ignored

    init(_ error: StoreError) {
        self = .store(error.description)
    }

    var number: Int {
        switch self {
        case .invalidJSON: 1
        case .unknownType: 2
        case .tooLong: 3
        case .field: 4
        case .tooMany: 5
        case .store: 6
        case .invalidChannel: 101
        case .alreadyConnected: 102
        case .notConnected: 103
        case .invalidUser: 104
        case .invalidMessage: 105
        case .noPoll: 106
        case .invalidAnswer: 107
        case .alreadyVoted: 108
        case .unknownCommand: 109
        case .emptyMessage: 110
        case .badPoll: 111
        case .tooManyChannels: 112
        case .notEnoughRights: 201
        case .banned: 202
        case .slowMode: 203
        case .authorizationRequired: 204
        case .ignored: 205
        }
    }

    var text: String {
        switch self {
        case .invalidJSON: "Invalid JSON"
        case .unknownType: "Unknown message type"
        case .tooLong: "Message is too long"
        case .field(let name): "Missing or bad field \(name)"
        case .tooMany: "Too many messages"
        case .store: "Temporary failure"
        case .invalidChannel: "Invalid channel id"
        case .alreadyConnected(let channel): "You are already connected to the channel `\(channel.text)`."
        case .notConnected: "You are not connected to the channel"
        case .invalidUser: "Invalid user id"
        case .invalidMessage: "Invalid message id"
        case .noPoll: "No poll in this channel"
        case .invalidAnswer: "Invalid answer id"
        case .alreadyVoted: "You have already voted"
        case .unknownCommand: "Unknown command"
        case .emptyMessage: "Message is empty"
        case .badPoll: "Bad poll"
        case .tooManyChannels: "Too many channels"
        case .notEnoughRights: "Not enough rights"
        case .banned: "You are banned"
        case .slowMode(let seconds): "Slow mode: wait \(seconds) seconds"
        case .authorizationRequired: "Authorization required"
        case .ignored: "You are ignored by the user"
        }
    }

    /// Whether it says that somebody's program, or ours, does not work; those are logged.
    var isTechnical: Bool { number <= 100 }

    /// Does what may fail in the store, and fails with error 6.
    static func catching<Result>(_ work: () throws(StoreError) -> Result) throws(Failure) -> Result {
        do throws(StoreError) {
            return try work()
        } catch {
            throw Failure(error)
        }
    }
}
