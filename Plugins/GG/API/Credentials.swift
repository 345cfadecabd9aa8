import JSON
import PatchbayKit

/// Who may use the HTTP API: the header `authorization: ID:TOKEN`, and the commands that give and take it.
extension GGService {
    static func registerCredentialCommands(_ setup: Setup<GGService>) {
        let id = Parameter.required("id", "letters, digits, dots, hyphens or underscores")
        setup.onCommand(
            "credential.add",
            summary: "Lets a site use the HTTP API; the token is shown once",
            parameters: [id]
        ) { gg, call throws(AdministrationError) in
            let id = try Self.credentialID(call)
            let token = try gg.addCredential(id)
            call.answer { writer in
                writer.member("id", id)
                writer.member("token", utf8: token)
            }
        }
        setup.onCommand(
            "credential.remove",
            summary: "Lets a site use the HTTP API no longer",
            parameters: [id]
        ) { gg, call throws(AdministrationError) in
            let id = try Self.credentialID(call)
            try gg.removeCredential(id)
            call.answer { writer in writer.member("id", id) }
        }
    }

    /// In the header it stands before a colon.
    private static func credentialID(_ call: Call) throws(AdministrationError) -> String {
        let id = try call.text("id")
        guard id.utf8.count <= 64, id.utf8.allSatisfy(isOfCredential) else {
            throw .invalid(
                "id \"\(id)\" is none; give up to 64 letters, digits, dots, hyphens or underscores"
            )
        }
        return id
    }

    private static func isOfCredential(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: [UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_")].contains(byte)
        }
    }

    /// Makes a token, of which only the digest is kept.
    private func addCredential(_ id: String) throws(AdministrationError) -> [UInt8] {
        let token = secrets.random(32).hexadecimal
        let digest = digest(of: token)
        let isNew = try store.changing { () throws(StoreError) in
            try credentialRecords.add(id, token: digest)
        }
        guard isNew else { throw .exists("there is a credential \(id) already; remove it first") }
        return token
    }

    private func removeCredential(_ id: String) throws(AdministrationError) {
        let isFound = try store.changing { () throws(StoreError) in try credentialRecords.remove(id) }
        guard isFound else { throw .missing("there is no credential \(id)") }
    }

    /// Whether the request comes with a credential's id and token.
    func isAuthorized(_ request: PatchbayKit.Request) throws(AdministrationError) -> Bool {
        let parts = (request[header: "authorization"] ?? "").split(separator: ":", maxSplits: 1)
        guard parts.count == 2 else { return false }
        let id = String(parts[0])
        let stored = try AdministrationError.catching { () throws(StoreError) in
            try credentialRecords.token(of: id)
        }
        // Beside the users' accounts, which are numbers; ids that nobody has are one.
        let account = "site " + (stored == nil ? "" : id)
        guard let login = host.tryLogin(account: account, from: request.address) else { return false }
        guard secrets.equal(digest(of: Array(parts[1].utf8)), stored ?? Self.noDigest) else {
            login.failed()
            host.log(.info, "a wrong credential", ["address": request.address])
            return false
        }
        login.succeeded()
        return true
    }

    /// As long as a digest, and none: to find that nobody has an id takes the same time.
    static let noDigest = [UInt8](repeating: 0, count: 64)
}
