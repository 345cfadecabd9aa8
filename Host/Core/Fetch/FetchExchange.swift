import TLS
import Wire

/// One connection to a server, without its socket: sealed bytes in and out, one request and its answer after the other.
/// No I/O, no clock.
final class FetchExchange {
    enum Outcome: Equatable {
        case goesOn
        case answered(FetchAnswer)
        case failed(FetchFailure)
        /// As failed, but the connection was kept from a request before, and the server has ended it without a word.
        case abandoned
    }

    /// The longest head of an answer, in bytes.
    static let longestHead = 64 << 10

    /// Host and port, for sentences.
    private let place: String
    private let tls: TLSClientSession?
    /// What is to be sent, from `sent` on.
    private(set) var outgoing: [UInt8] = []
    private(set) var sent = 0
    private var request: ClientRequest?
    private var waiting: [UInt8] = []  // the request, until TLS is there
    private var reader = AnswerReader(head: 0, limit: 0)
    private var arrived: [UInt8] = []  // in clear, not read yet
    private var head: AnswerHead?
    private var body: [UInt8] = []
    private var answered = 0
    /// Of this request.
    private var hasArrived = false
    private var hasSent = false
    private var isBroken = false

    /// - Parameter tls: nil: in clear.
    init(to place: String, tls: TLSClientSession? = nil) {
        self.place = place
        self.tls = tls
    }

    // MARK: Requests

    /// Whether the next request may be sent on it.
    var mayBeKept: Bool {
        request == nil && !isBroken && answered > 0 && sent == outgoing.count && arrived.isEmpty
            && tls?.isClosed != true
    }

    /// Whether what went wrong may be tried again on a new connection.
    var mayBeRepeated: Bool { answered > 0 && !hasArrived && (request?.isSafe == true || !hasSent) }

    /// Asks for something. Not while something is under way.
    ///
    /// - Parameter most: the longest body of the answer, in bytes.
    func begin(_ request: ClientRequest, most: Int) -> Outcome {
        self.request = request
        reader = AnswerReader(head: Self.longestHead, limit: most, isBodiless: request.isHead)
        (head, body, hasArrived, hasSent) = (nil, [], false, false)
        var bytes: [UInt8] = []
        request.append(to: &bytes)
        guard let tls else {
            outgoing += bytes
            return .goesOn
        }
        waiting = bytes
        if tls.isEstablished { return sendWaiting(tls) }
        return check(tls.start(sealed: &outgoing), tls)
    }

    private func sendWaiting(_ tls: TLSClientSession) -> Outcome {
        let bytes = waiting
        waiting = []
        return check(tls.send(bytes.span, sealed: &outgoing), tls)
    }

    /// So many of the bytes from `sent` on have left.
    func note(sent count: Int) {
        sent += count
        if count > 0, waiting.isEmpty { hasSent = true }
        guard sent == outgoing.count else { return }
        outgoing = []
        sent = 0
    }

    // MARK: Answers

    /// Takes what the server sent.
    func receive(_ bytes: Span<UInt8>) -> Outcome {
        guard let tls else {
            arrived.append(bytes)
            return read()
        }
        let outcome = tls.receive(bytes, plain: &arrived, sealed: &outgoing)
        if tls.isEstablished, !waiting.isEmpty, outcome == .goesOn {
            let sending = sendWaiting(tls)
            guard sending == .goesOn else { return sending }
        }
        let reading = read()
        guard reading == .goesOn else { return reading }
        return outcome == .closed ? ended() : check(outcome, tls)
    }

    /// The server has ended the connection.
    func ended() -> Outcome {
        isBroken = true
        guard request != nil else { return .goesOn }
        if !hasArrived, answered > 0 { return .abandoned }
        // Over TLS only the server can say that all has come: anybody on the way can end a connection.
        if let tls, !tls.isClosed {
            return fail(tls.isEstablished ? "the connection to \(place) broke off" : Self.noTLS(place))
        }
        switch reader.ended() {
        case .failed(let sentence): return fail("\(place): \(sentence)")
        default: return finish()
        }
    }

    /// The connection broke, and why.
    func broke(_ reason: String) -> Outcome {
        isBroken = true
        guard request != nil else { return .goesOn }
        if !hasArrived, answered > 0 { return .abandoned }
        return fail("the connection to \(place) broke off: \(reason)")
    }

    private static func noTLS(_ place: String) -> String {
        "\(place) ended the connection before TLS was agreed on"
    }

    private func read() -> Outcome {
        guard request != nil else {
            // Nobody has asked for anything.
            if !arrived.isEmpty { isBroken = true }
            return .goesOn
        }
        if !arrived.isEmpty { hasArrived = true }
        let bytes = arrived
        arrived = []
        var cursor = 0
        let outcome = read(bytes, from: &cursor)
        arrived = Array(bytes[cursor...])
        return outcome
    }

    private func read(_ bytes: [UInt8], from cursor: inout Int) -> Outcome {
        while true {
            switch reader.next(bytes.span, from: &cursor) {
            case .needMore: return .goesOn
            case .head(let head): self.head = head
            case .part(let range): body += bytes[range]
            case .end: return finish()
            case .failed(let sentence): return fail("\(place): \(sentence)")
            }
        }
    }

    private func finish() -> Outcome {
        guard let head else { return fail("\(place): no answer") }
        if !head.keepsAlive { isBroken = true }
        request = nil
        answered += 1
        defer { body = [] }
        return .answered(FetchAnswer(head: head, body: body))
    }

    private func fail(_ sentence: String) -> Outcome {
        isBroken = true
        return .failed(FetchFailure(sentence))
    }

    // MARK: TLS

    private func check(_ outcome: TLSStream.Outcome, _ tls: TLSClientSession) -> Outcome {
        guard case .failed(let failure) = outcome else { return .goesOn }
        isBroken = true
        guard request != nil else { return .goesOn }
        let reason =
            switch failure {
            case .plainHTTP, .notTLS: "it does not speak TLS"
            case .version: "no version of TLS that both sides speak"
            case .refusedByPeer: "it refused by an alert"
            case .certificateRefused:
                "its certificate is refused: \(tls.certificateFault ?? "it is not valid")"
            default: failure.sentence
            }
        return fail("TLS with \(place) failed: \(reason)")
    }
}
