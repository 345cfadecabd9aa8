/// The permessage-deflate that both sides agreed on. RFC 7692 §7.1.
package struct DeflateAgreement: Hashable, Sendable {
    /// Whether the server's messages may refer to those before them: the server keeps a `Deflater` for the
    /// connection, the client an `Inflater`.
    package let serverKeepsContext: Bool
    /// The same for the client's messages: the server keeps an `Inflater`.
    package let clientKeepsContext: Bool
    /// 8 to 15: how far back the server's messages may refer, as a power of two.
    package let serverWindowBits: UInt8
    /// The same for the client's messages.
    package let clientWindowBits: UInt8

    /// An agreement that was made elsewhere.
    package init(
        serverKeepsContext: Bool,
        clientKeepsContext: Bool,
        serverWindowBits: UInt8,
        clientWindowBits: UInt8
    ) {
        self.serverKeepsContext = serverKeepsContext
        self.clientKeepsContext = clientKeepsContext
        self.serverWindowBits = serverWindowBits
        self.clientWindowBits = clientWindowBits
    }

    /// What a server agrees on: as much as its policy wants and the offer allows. Nil: the policy is `off`.
    ///
    /// A client that does not say client_max_window_bits cannot be told to use a smaller window (RFC 7692
    /// §7.1.2.2). Then it keeps no context, so that a connection never costs more memory than the policy says.
    init?(_ offer: DeflateParameters, _ policy: DeflatePolicy) {
        guard case .on(let keepsContext, let windowBits) = policy else { return nil }
        serverWindowBits = min(windowBits, offer.serverWindowBits ?? 15)
        clientWindowBits = offer.namesClientWindow ? min(windowBits, offer.clientWindowBits ?? 15) : 15
        serverKeepsContext = keepsContext && !offer.isServerWithoutContext
        clientKeepsContext = keepsContext && !offer.isClientWithoutContext && clientWindowBits <= windowBits
    }

    /// What a server's answer says. Nil: it must not say so.
    init?(answer: DeflateParameters) {
        guard !answer.namesClientWindow || answer.clientWindowBits != nil else { return nil }
        serverWindowBits = answer.serverWindowBits ?? 15
        clientWindowBits = answer.clientWindowBits ?? 15
        serverKeepsContext = !answer.isServerWithoutContext
        clientKeepsContext = !answer.isClientWithoutContext
    }

    /// The answer's line. A client that said server_max_window_bits must be answered it (RFC 7692 §7.1.2.1).
    func value(namesServerWindow: Bool) -> String {
        var value = "permessage-deflate"
        if !serverKeepsContext { value += "; server_no_context_takeover" }
        if !clientKeepsContext { value += "; client_no_context_takeover" }
        if namesServerWindow || serverWindowBits < 15 {
            value += "; server_max_window_bits=\(serverWindowBits)"
        }
        if clientWindowBits < 15 { value += "; client_max_window_bits=\(clientWindowBits)" }
        return value
    }
}
