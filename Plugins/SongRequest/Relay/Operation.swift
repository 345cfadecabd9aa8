import JSON
import PatchbayKit

/// What Users and the Admin may say to each other: who says it, and what its `data` needs.
struct Operation {
    private let senders: Senders
    private let needs: [[UInt8]]
    private var hasStatus = false

    private enum Senders { case admin, users, both }

    private init(from senders: Senders, _ needs: [String] = []) {
        self.senders = senders
        self.needs = needs.map { Array($0.utf8) }
    }

    /// All that there are but what the server says itself.
    static let all: [[UInt8]: Operation] = {
        var answer = Operation(from: .both, ["op", "status", "info"])
        answer.hasStatus = true
        let named = [
            "sr.song.add": Operation(from: .admin, ["vid_id", "by"]),
            "sr.song.remove": Operation(from: .both, ["vid_id"]),
            "serv.answer": answer,
            "serv.ping": Operation(from: .both),
            "serv.check_ver": Operation(from: .admin),
            "serv.check_ver_answer": Operation(from: .users, ["ver"]),
        ]
        return Dictionary(uniqueKeysWithValues: named.map { (Array($0.key.utf8), $0.value) })
    }()

    func isSent(by client: Client) -> Bool {
        switch senders {
        case .admin: client == .admin
        case .users: client != .admin
        case .both: true
        }
    }

    /// Whether everything is there, each a string. Of a `code` nothing is asked.
    func accepts(_ data: Fields) -> Bool {
        guard !needs.isEmpty else { return true }
        let found = data[needs]
        guard found.allSatisfy({ $0.kind == .string }) else { return false }
        return !hasStatus || found[1].equals("ok") || found[1].equals("err")
    }
}
