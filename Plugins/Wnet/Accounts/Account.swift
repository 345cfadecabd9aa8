import JSON

/// An account, as stored. What is not known of it is nil.
struct Account {
    typealias ID = Int64

    let id: ID
    let username: String
    /// The scrypt hash, in PHC string form.
    var hash: [UInt8]
    var firstName: String?
    var lastName: String?
    var photo: String?

    /// All but the password.
    func write(_ writer: inout JSONWriter) {
        writer.member("id", id)
        writer.member("username", username)
        for (name, text) in [("first_name", firstName), ("last_name", lastName), ("photo_url", photo)] {
            writer.key(name)
            if let text { writer.string(text) } else { writer.null() }
        }
    }
}
