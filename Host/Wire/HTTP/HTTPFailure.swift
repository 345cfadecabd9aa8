/// A request that is refused: how to answer it, and why. After one that a reader gives, the connection is
/// closed, for where the next request would begin is uncertain.
package struct HTTPFailure: Error, Equatable, Sendable {
    /// A 4xx or 5xx.
    package let status: HTTPStatus
    /// One sentence in ASCII, without a full stop: what was wrong and, if known, what is right.
    package let sentence: String
    /// What the answer's head must say besides, such as `Allow` with a 405.
    package let fields: [ResponseField]

    /// A refusal with its reason.
    package init(_ status: HTTPStatus, _ sentence: String, fields: [ResponseField] = []) {
        self.status = status
        self.sentence = sentence
        self.fields = fields
    }
}
