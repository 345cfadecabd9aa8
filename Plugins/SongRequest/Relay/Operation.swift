import JSON
import PatchbayKit

/// What Users and the Admin may say to each other: who says it, and what its `data` needs.
struct Operation {
    private let name: [UInt8]
    private let senders: Senders
    private let needs: [[UInt8]]
    private let hasStatus: Bool

    private enum Senders { case admin, users, both }

    private init(_ name: String, from senders: Senders, _ needs: [String] = [], hasStatus: Bool = false) {
        self.name = Array(name.utf8)
        self.senders = senders
        self.needs = needs.map { Array($0.utf8) }
        self.hasStatus = hasStatus
    }

    /// All that there are but what the server says itself.
    private static let all = [
        Operation("sr.song.add", from: .admin, ["vid_id", "by"]),
        Operation("sr.song.remove", from: .both, ["vid_id"]),
        Operation("serv.answer", from: .both, ["op", "status", "info"], hasStatus: true),
        Operation("serv.ping", from: .both),
        Operation("serv.check_ver", from: .admin),
        Operation("serv.check_ver_answer", from: .users, ["ver"]),
    ]

    /// The operation of that name; nil: there is none, or none that clients may send.
    static func named(_ name: Field) -> Operation? { all.first { name.equals($0.name) } }

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
