import JSON
import PatchbayKit

/// Who gave a command, and where its reply goes.
enum Client {
    case connection(Connection)
    case request(Request)
}

extension VKChatService {
    func address(of client: Client) -> [UInt8] {
        switch client {
        case .connection(let connection): host.address(of: connection)
        case .request(let request): Array(request.address.utf8)
        }
    }

    /// Sends the reply that `writer` holds.
    func reply(_ client: Client, status: Int = 200) {
        switch client {
        case .connection(let connection): host.send(writer, to: connection)
        case .request(let request):
            request.respond(status, writer, contentType: "application/json")
        }
    }

    /// Writes a reply and sends it.
    func reply(_ client: Client, _ members: (inout JSONWriter) -> Void) {
        writer.removeAll()
        writer.beginObject()
        members(&writer)
        writer.endObject()
        reply(client)
    }

    /// The command is not carried out: says why.
    func fail(_ failure: Failure, _ command: Command?, _ client: Client) {
        writer.removeAll()
        dialect.write(failure, of: command, to: &writer)
        reply(client, status: failure == .invalidJSON ? 400 : 200)
        if case .connection(let connection) = client {
            host.log(.info, failure.text, ["connection": "\(connection)"])
        }
    }

    // MARK: Who the connection is

    /// Who has logged in on the connection; nil: nobody, or it is a request.
    func user(of client: Client) -> Int64? {
        guard case .connection(let connection) = client else { return nil }
        return Int64(digits: host.principal(of: connection))
    }

    /// The connection's further messages wait until `settle`.
    func wait(_ client: Client) {
        if case .connection(let connection) = client { host.decideLater(connection) }
    }

    /// The connection is who it was before it waited; nobody, where that user has been removed meanwhile.
    func settleAgain(_ client: Client, as former: Int64?) {
        guard case .connection = client else { return }
        var isThere = false
        if let former, let found = try? users.contains(former) { isThere = found }
        settle(client, as: isThere ? former : nil)
    }

    /// What waited goes on; the connection is `user` from now on. False: it may not be.
    @discardableResult
    func settle(_ client: Client, as user: Int64?) -> Bool {
        guard case .connection(let connection) = client else { return true }
        guard let user else { return host.acceptGuest(connection) == .done }
        return host.accept(connection, as: String(user)) == .done
    }
}
