/// What a client did wrong, in the words that SockJS gives for it.
package enum SockJSFailure: String, Error, Sendable {
    /// A body without messages: empty, or JSON that is no array of strings.
    case payloadExpected = "Payload expected."
    /// A body that is no JSON.
    case brokenJSON = "Broken JSON encoding."
    /// A transport that calls a function, and no function named.
    case callbackRequired = "\"callback\" parameter required"
    /// A function's name with other characters than letters, digits, `-`, `_` and `.`.
    case callbackInvalid = "invalid \"callback\" parameter"

    /// The sentence for the client.
    package var sentence: String { rawValue }
}
