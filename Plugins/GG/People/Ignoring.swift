import JSON
import PatchbayKit

/// `get_ignore_list`, `add_to_ignore_list` and `del_from_ignore_list`.
extension GGService {
    func getIgnoreList(_ request: Request, _ client: Client) throws(Failure) {
        try sendIgnoreList(of: client.person?.id, to: client.connection)
    }

    func ignore(_ request: Request, _ client: Client) throws(Failure) {
        try changeIgnoreList(request, client) { owner, other throws(StoreError) in
            try ignoreRecords.add(other, to: owner)
        }
    }

    func stopIgnoring(_ request: Request, _ client: Client) throws(Failure) {
        try changeIgnoreList(request, client) { owner, other throws(StoreError) in
            try ignoreRecords.remove(other, from: owner)
        }
    }

    private func changeIgnoreList(
        _ request: Request,
        _ client: Client,
        _ change: (_ owner: UserID, _ other: UserID) throws(StoreError) -> Void
    ) throws(Failure) {
        let other = try request.user("user_id")
        guard let owner = client.person?.id else { throw .authorizationRequired }
        guard other != owner else { throw .invalidUser }
        let user = try knownUser(other)
        try Failure.catching { () throws(StoreError) in try change(owner, user.id) }
        try sendIgnoreList(of: owner, to: client.connection)
    }

    /// Nil is a guest, who ignores nobody.
    private func sendIgnoreList(of owner: UserID?, to connection: Connection) throws(Failure) {
        var list = JSONWriter()
        list.beginArray()
        try Failure.catching { () throws(StoreError) in
            guard let owner else { return }
            try ignoreRecords.forEach(of: owner) { id, name in
                list.beginObject()
                list.member("id", String(id))
                list.member("name", utf8: name)
                list.endObject()
            }
        }
        list.endArray()
        send("ignore_list", to: connection) { writer in writer.member("users", raw: list.bytes) }
    }
}
