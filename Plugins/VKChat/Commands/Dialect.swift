import JSON

/// How replies are worded: as the document has them, or as programs in the field expect them.
enum Dialect: String {
    case document, original

    /// What a reply's sentence stands under.
    private var key: String { self == .document ? "ans" : "answer" }

    /// The reply to a command that brings nothing else.
    func writeOK(_ command: String, to writer: inout JSONWriter) {
        writer.member(key, self == .document ? "OK" : "\(command) OK")
    }

    /// Begins what stands under `ans` or `answer`; a value follows.
    func key(_ writer: inout JSONWriter) { writer.key(key) }

    /// The reply to a login.
    func writeSuccess(id: Int64, token: [UInt8]?, to writer: inout JSONWriter) {
        if self == .original {
            writer.key("answer")
            writer.beginObject()
        }
        writer.member("ans", "Authorization success")
        writer.member("id", id)
        if let token { writer.member("token", utf8: token) }
        if self == .original { writer.endObject() }
    }

    func write(_ failure: Failure, of command: Command?, to writer: inout JSONWriter) {
        let isOfVK = failure == .wrongVK
        let isWrapped =
            switch (failure, command?.kind) {
            case (.wrongLogin, .login), (.taken, .registration), (.noUser, .information): true
            default: false
            }
        writer.beginObject()
        if self == .original, isWrapped {
            writer.key("answer")
            writer.beginObject()
            writer.member("ans", failure.text)
            writer.endObject()
        } else {
            writer.member(isOfVK ? "answer" : key, failure.text)
        }
        writer.endObject()
    }
}
