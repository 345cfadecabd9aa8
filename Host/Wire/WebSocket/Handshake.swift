/// A request to become a WebSocket, checked and not yet answered. RFC 6455 §4.2.
///
/// Who may connect from where is not decided here: see `origin`. Of the extensions that a client may offer,
/// permessage-deflate is known: see `agree`.
package struct Handshake {
    /// What a request is.
    package enum Verdict {
        /// A handshake: answer it with `appendAnswer`, or refuse it for reasons of your own.
        case accept(Handshake)
        /// None, or a wrong one.
        case refuse(HTTPFailure)
    }

    private let key: AcceptKey
    /// The only Origin field, as an offset range of the head; browsers always send it. RFC 6454 §7.
    package let origin: Range<Int>?
    /// The subprotocols offered, as ranges of the head, the client's favourite first.
    package let subprotocols: [Range<Int>]
    /// The client's favourite first; without those that are declined whatever the policy.
    private let deflateOffers: [DeflateParameters]

    /// Checks a head.
    ///
    /// - Refused: 405 for another method than GET; 426 for no upgrade or another version of WebSocket;
    ///   400 for the rest.
    package static func check(_ head: RequestHead) -> Verdict {
        do throws(HTTPFailure) {
            return .accept(try Handshake(head))
        } catch {
            return .refuse(error)
        }
    }

    private init(_ head: RequestHead) throws(HTTPFailure) {
        guard head.isMethod("GET") else {
            throw HTTPFailure(
                .methodNotAllowed,
                "a WebSocket begins with GET",
                fields: [ResponseField("Allow", "GET")]
            )
        }
        try Self.checkUpgrade(head)
        try Self.checkVersion(head)
        guard let range = head.fields.only("Sec-WebSocket-Key"), let key = AcceptKey(head.bytes.span, range)
        else {
            throw HTTPFailure(.badRequest, "Sec-WebSocket-Key must be there once: 16 bytes in base64")
        }
        guard head.body == .none else { throw HTTPFailure(.badRequest, "a WebSocket's request has no body") }
        guard head.fields.count(of: "Origin") <= 1 else {
            throw HTTPFailure(.badRequest, "there is more than one Origin")
        }
        self.key = key
        origin = head.fields.first("Origin")
        subprotocols = try Self.subprotocols(head)
        deflateOffers = try Self.deflateOffers(head)
    }

    /// An Upgrade in HTTP/1.0 is to be ignored (RFC 9110 §7.8): there is none.
    private static func checkUpgrade(_ head: RequestHead) throws(HTTPFailure) {
        guard head.minorVersion == 1, head.fields.lists("websocket", in: "Upgrade"),
            head.fields.lists("upgrade", in: "Connection")
        else {
            throw HTTPFailure(
                .upgradeRequired,
                "this is a WebSocket: the request must say Upgrade: websocket and Connection: Upgrade",
                fields: [ResponseField("Upgrade", "websocket"), ResponseField("Sec-WebSocket-Version", "13")]
            )
        }
    }

    private static func checkVersion(_ head: RequestHead) throws(HTTPFailure) {
        guard let version = head.fields.only("Sec-WebSocket-Version"), head.fields.equals(version, "13")
        else {
            throw HTTPFailure(
                .upgradeRequired,
                "the version of WebSocket must be 13",
                fields: [ResponseField("Upgrade", "websocket"), ResponseField("Sec-WebSocket-Version", "13")]
            )
        }
    }

    private static func subprotocols(_ head: RequestHead) throws(HTTPFailure) -> [Range<Int>] {
        var offered: [Range<Int>] = []
        head.fields.forEach("Sec-WebSocket-Protocol") { value in
            var rest = value
            while let member = head.bytes.nextMember(of: &rest) { offered.append(member) }
        }
        for member in offered where !head.bytes.span.consists(member, of: Grammar.isToken) {
            throw HTTPFailure(.badRequest, "Sec-WebSocket-Protocol must be a list of tokens")
        }
        return offered
    }

    private static func deflateOffers(_ head: RequestHead) throws(HTTPFailure) -> [DeflateParameters] {
        var offers: [DeflateParameters] = [], isWrong = false
        head.fields.forEach("Sec-WebSocket-Extensions") { value in
            let members = ExtensionList.read(value, of: head.bytes)
            isWrong = isWrong || members == nil
            offers += (members ?? []).compactMap { DeflateParameters($0, of: head.bytes) }
        }
        guard !isWrong else {
            throw HTTPFailure(
                .badRequest,
                "Sec-WebSocket-Extensions must be a list as in RFC 6455 section 9.1"
            )
        }
        return offers
    }

    /// What can be agreed on of permessage-deflate: the first offer that is right. Nil: nothing was offered, or
    /// nothing is wanted.
    package func agree(_ policy: DeflatePolicy) -> DeflateAgreement? {
        deflateOffers.first.flatMap { DeflateAgreement($0, policy) }
    }

    /// Whether a subprotocol may have this name. RFC 6455 §4.1.
    package static func isSubprotocol(_ name: String) -> Bool {
        name.utf8.span.consists(name.utf8.span.indices, of: Grammar.isToken)
    }

    /// Appends the 101 that makes the connection a WebSocket.
    ///
    /// - Parameters:
    ///   - subprotocol: one of those offered; nil agrees on none.
    ///   - deflate: what `agree` gave; nil agrees on none.
    ///   - fields: others, such as Set-Cookie.
    package func appendAnswer(
        to buffer: inout [UInt8],
        subprotocol: String? = nil,
        deflate: DeflateAgreement? = nil,
        fields: [ResponseField] = []
    ) {
        ResponseHead.begin(.switchingProtocols, to: &buffer)
        ResponseHead.field("Upgrade", "websocket", to: &buffer)
        ResponseHead.field("Connection", "Upgrade", to: &buffer)
        buffer.append(copying: "Sec-WebSocket-Accept: ".utf8.span)
        key.appendAnswer(to: &buffer)
        buffer.append(copying: "\r\n".utf8.span)
        if let subprotocol { ResponseHead.field("Sec-WebSocket-Protocol", subprotocol, to: &buffer) }
        if let deflate {
            let value = deflate.value(namesServerWindow: deflateOffers.first?.serverWindowBits != nil)
            ResponseHead.field("Sec-WebSocket-Extensions", value, to: &buffer)
        }
        for field in fields { ResponseHead.field(field.name, field.value, to: &buffer) }
        ResponseHead.end(&buffer)
    }
}
