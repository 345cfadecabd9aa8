/// song-request with the Admin `songbot` and some Users.
struct SongSite {
    static let configuration = """
        listen web { address 127.0.0.1:0; }
        service song-request {
            plugin SongRequest;
            websocket web /song-request;
            OPTIONS
        }
        """

    static let greeting = said("ok", "connected, please send your identificator", "6900")
    static let welcome = said("ok", "successfully authorized", "6900")
    static let wrongPin = said("err", "incorrect password", "6905")

    static func said(_ status: String, _ info: String, _ code: String) -> WebSocketClient.Seen {
        .text(#"{"status":"\#(status)","info":"\#(info)","code":"\#(code)"}"#)
    }

    let server: LiveServer

    /// The pin of `anna` is `pin-of-anna`.
    init(_ users: String..., options: String = "") throws {
        server = try LiveServer(SongSite.configuration.replacing("OPTIONS", with: options))
        let secrets = ["secret1=one", "secret2=two", "secret3=three"]
        try call(["admin.set", "nick=songbot"] + secrets)
        for user in users { try call(["user.add", "nick=\(user)", "pass=pin-of-\(user)"]) }
    }

    /// Runs an administration command, which has nothing to refuse; what it prints.
    @discardableResult
    func call(_ words: [String]) throws -> String {
        let (program, errors) = try begin(words)
        let outcome = try server.patchbay.finish(program, errors)
        guard outcome.code == 0 else { throw Unexpected(outcome.errors) }
        return outcome.output
    }

    /// Starts an administration command.
    func begin(_ words: [String]) throws -> (Program, errors: String) {
        try server.patchbay.begin(["call", "song-request"] + words + ["-c", server.patchbay.file])
    }

    // MARK: Who comes

    static let admin =
        #"{"nick":"songbot","pass":"","data":{"secret1":"one","secret2":"two","secret3":"three"}}"#

    static func user(_ nick: String, pin: String) -> String {
        #"{"nick":"\#(nick)","pass":"\#(pin)","data":{}}"#
    }

    static func user(_ nick: String) -> String { user(nick, pin: "pin-of-\(nick)") }

    /// A client that has been greeted, who comes from 127.0.0.`host`.
    func client(from host: UInt8 = 1, behind: [UInt8] = []) throws -> WebSocketClient {
        let client = try WebSocketClient(server.address("/song-request"), from: host, behind: behind)
        guard try client.receive() == SongSite.greeting else { throw Unexpected("not greeted") }
        return client
    }

    /// A client that has come in.
    func logIn(_ identification: String, from host: UInt8 = 1) throws -> WebSocketClient {
        let client = try client(from: host)
        let answer = try client.ask(identification)
        guard answer == SongSite.welcome else { throw Unexpected("not let in: \(answer)") }
        return client
    }

    // MARK: What is said

    static func message(_ operation: String, _ nick: String, _ data: String = "{}") -> String {
        #"{"op":"\#(operation)","User_nick":"\#(nick)","data":\#(data)}"#
    }

    static func adding(_ video: String, by name: String = "carol", to nick: String = "anna") -> String {
        message("sr.song.add", nick, #"{"vid_id":"\#(video)","by":"\#(name)"}"#)
    }

    static func removing(_ video: String, from nick: String = "anna") -> String {
        message("sr.song.remove", nick, #"{"vid_id":"\#(video)"}"#)
    }

    /// What the page, or a program like it, answers.
    static func answer(
        to operation: String,
        _ status: String,
        _ info: String,
        _ code: String,
        nick: String = "anna"
    ) -> String {
        let members = #""op":"\#(operation)","status":"\#(status)","info":"\#(info)","code":"\#(code)""#
        return message("serv.answer", nick, "{\(members)}")
    }
}
