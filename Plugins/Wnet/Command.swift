import PatchbayKit

/// What a connection may say, and how many fields it takes. A class, so that a message copies nothing of it.
final class Command {
    typealias Work = (WnetService, Arguments, Peer) throws(Failure) -> Void

    let type: String
    /// As `error@Usage` writes it.
    let form: String
    let summary: String
    private let fields: Int
    private let work: Work

    private init(_ form: String, _ summary: String, _ work: @escaping Work) {
        let parts = form.split(separator: "@")
        type = String(parts[0])
        fields = parts.count - 1
        self.form = form
        self.summary = summary
        self.work = work
    }

    static var all: [Command] {
        [
            Command("add@name", "Registers the connection as a bot") { wnet, fields, bot throws(Failure) in
                try wnet.add(fields.first, bot)
            },
            Command("alive", "A bot's answer to isalive") { wnet, _, bot throws(Failure) in
                try wnet.confirm(bot)
            },
            Command("scsend@sid@message", "From a bot to a client") { wnet, fields, bot throws(Failure) in
                try wnet.send(fields.second, toClient: fields.first, from: bot)
            },
            Command("search@prefix", "Asks for bots") { wnet, fields, client throws(Failure) in
                wnet.search(fields.first, client)
            },
            Command("connect@name", "Connects a client to a bot") { wnet, fields, client throws(Failure) in
                try wnet.connect(client, to: fields.first)
            },
            Command("cssend@name@message", "From a client to a bot") { wnet, fields, client throws(Failure) in
                try wnet.send(fields.second, toBot: fields.first, from: client)
            },
            Command("disconnect@name", "Takes a client from a bot") { wnet, fields, client throws(Failure) in
                try wnet.disconnect(client, from: fields.first)
            },
        ]
    }

    func run(_ wnet: WnetService, _ message: Message, _ peer: Peer) throws(Failure) {
        guard message.isText else { throw .notText }
        guard let arguments = Arguments(message, count: fields) else { throw .usage(form) }
        try work(wnet, arguments, peer)
    }
}

/// What follows a message's type. The last field takes the rest, whatever it holds.
struct Arguments {
    let first: ArraySlice<UInt8>
    let second: ArraySlice<UInt8>

    /// Nil: there are too few.
    init?(_ message: borrowing Message, count: Int) {
        let rest = message.payload
        guard count > 0 else {
            (first, second) = ([], [])
            return
        }
        guard message.bytes.count > message.type.count else { return nil }
        guard count > 1 else {
            (first, second) = (rest, [])
            return
        }
        guard let end = rest.firstIndex(of: Line.separator) else { return nil }
        (first, second) = (rest[..<end], rest[(end + 1)...])
    }
}
