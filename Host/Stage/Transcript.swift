/// A protocol's behaviour as a play: who connects, sends and gets what, and when.
///
/// One step a line; lines that are empty or begin with `#` say nothing but are counted. `…` in an expected
/// text stands for anything, `$NAME` for a value to be remembered (`TranscriptMatch`).
///
///     option NAME VALUE          anna connects [PATH]       anna < TEXT
///     limit NAME VALUE           … from ADDRESS             anna <hex 00 ff
///     back_ends ADDRESS…         anna > TEXT                anna < nothing
///     websocket PATH [ENDPOINT]  anna >hex 00 ff            anna < closed [CODE [REASON]]
///     http PATH [ENDPOINT]       anna closes CODE           anna requests METHOD PATH [BODY]
///     stream [ENDPOINT] [WORDS]  site connects stream [ENDPOINT] [from ADDRESS]
///     anna >escaped a\nb\u0000  anna <escaped a\nb
///     site >raw 05 'a' | 00      site <raw 05 'a' 00        site ends
///     call COMMAND [name=value]  anna disconnects           + NAME: VALUE
///     = TEXT, ! TEXT             wait 5s, reload, restart   = STATUS [BODY], = NAME: VALUE
///
/// Headers (`+`) and an answer (`= STATUS`) stand behind `requests`, and behind `connects`, which is then refused.
public struct Transcript: Equatable, Sendable {
    /// A step and where it stands.
    public struct Line: Equatable, Sendable {
        /// From 1, in the file.
        public let number: Int
        /// The line as written, without white space before it.
        public let text: String
        /// What the line says.
        public let step: Step
    }

    /// What a line says. `who` is the name that the play gives to a peer.
    public enum Step: Equatable, Sendable {
        /// An option of the service for this play. Settings stand before every other step.
        case option(name: String, value: String)
        /// A limit of the service, as in plugins.conf: `rate 10/s burst 30`.
        case limit(String)
        /// Addresses that bring many people, as in plugins.conf: `10.0.0.7 10.1.0.0/16`.
        case backEnds(String)
        /// A path that the service is reached at, and the plugin's name for it; nil is its main endpoint. Without
        /// such a line the main endpoint is at `/`.
        case serves(path: String, endpoint: String?)
        /// A path at which the service answers plain requests, and the plugin's name for it; nil is its main endpoint.
        case answers(path: String, endpoint: String?)
        /// A stream that the service is reached by: what follows the listener in plugins.conf, which is perhaps the
        /// plugin's name for it, and perhaps how it is divided.
        case streams(String)
        /// A peer connects; nil is the first path, and the address of this machine. Captures may stand in headers.
        case connects(who: String, path: String?, address: String? = nil, headers: [Header] = [])
        /// A peer connects to the stream of an endpoint; nil is the first one, and the address of this machine.
        case connectsStream(who: String, endpoint: String?, address: String? = nil)
        /// A peer sends a text message, in which captures may stand.
        case sends(who: String, text: String)
        /// A peer sends a binary message.
        case sendsBytes(who: String, bytes: [UInt8])
        /// A peer on a stream sends bytes as they go over the wire; what is in one segment has been handled before
        /// the next one is sent.
        case sendsRaw(who: String, segments: [[UInt8]])
        /// The next message that a peer gets matches `expected`.
        case gets(who: String, expected: String)
        /// The next message that a peer gets has exactly these bytes.
        case getsBytes(who: String, bytes: [UInt8])
        /// The next frame that a peer gets from a stream has exactly these bytes, in it and around it.
        case getsRaw(who: String, bytes: [UInt8])
        /// No message waits for a peer.
        case getsNothing(who: String)
        /// The server has closed a peer's connection; nil matches any code or reason, `…` may stand in a reason.
        case getsClosed(who: String, code: Int?, reason: String?)
        /// A peer goes away without a close frame.
        case disconnects(who: String)
        /// A peer on a stream closes its own side.
        case ends(who: String)
        /// A peer sends a close frame.
        case closes(who: String, code: Int)
        /// A peer makes a plain request, on a connection of its own.
        case requests(who: String, Request)
        /// A header of the request or of whoever connects before, which has it from then on: no line of a transcript says only this.
        case has(header: Header)
        /// An administration command of the service.
        case calls(command: String, arguments: [Argument])
        /// The call before printed what matches `expected`; several lines of them make one, joined by newlines. Of
        /// a request it is the answer: status and body, and then headers, one a line.
        case prints(expected: String)
        /// The call before failed with an error that matches `expected`.
        case fails(expected: String)
        /// The clock moves on.
        case waits(Duration)
        /// The service is reloaded.
        case reloads
        /// The server stops hard and starts again on the same store.
        case restarts
    }

    /// A plain request, in whose path, headers and body captures may stand.
    public struct Request: Equatable, Sendable {
        /// In capitals.
        public let method: String
        /// With the query, if there is one.
        public let path: String
        /// Besides those that say whereto it goes and how long it is.
        public var headers: [Header]
        /// Nil: it has none, and no length.
        public let body: String?

        /// A request for what `path` names.
        public init(method: String, path: String, headers: [Header] = [], body: String?) {
            self.method = method
            self.path = path
            self.headers = headers
            self.body = body
        }
    }

    /// `name: value` of a request.
    public struct Header: Equatable, Sendable {
        /// Before the colon.
        public let name: String
        /// After it, without white space around it.
        public let value: String

        /// A header called `name`.
        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// `name=value` of a call.
    public struct Argument: Equatable, Sendable {
        /// Before the `=`.
        public let name: String
        /// After it, without the quotes that may stand around it.
        public let value: String

        /// An argument called `name`.
        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// What errors call it: the file's name.
    public let name: String
    /// The steps in order.
    public let lines: [Line]

    /// Reads a transcript.
    ///
    /// - Parameters:
    ///   - name: the file's name, for errors.
    ///   - text: the file's content; lines end with a newline, before which a carriage return may stand.
    /// - Throws: the first line that cannot be understood, and why.
    public init(name: String, text: String) throws(TranscriptError) {
        var lines: [Line] = []
        // Not every character that counts as a newline ends a line: a message may hold U+2028.
        let texts = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
        for (number, text) in zip(1..., texts.map { $0.drop(while: \.isWhitespace) }) {
            guard !text.isEmpty, !text.hasPrefix("#") else { continue }
            do throws(TranscriptLineError) {
                let line = Line(number: number, text: String(text), step: try Step(line: text))
                try Transcript.append(line, to: &lines)
            } catch {
                throw TranscriptError(name: name, line: number, message: error.message)
            }
        }
        self.name = name
        self.lines = lines
    }

    /// Keeps what a line means only in its place: settings first, results after their call.
    private static func append(_ line: Line, to lines: inout [Line]) throws(TranscriptLineError) {
        switch (line.step, lines.last?.step) {
        case (let step, let last) where step.isSetting:
            guard last?.isSetting != false else {
                throw TranscriptLineError("a setting stands before every other line; move it up")
            }
        case (.prints, .calls), (.fails, .calls), (.prints, .requests), (.prints, .connects): break
        case (.has(let header), .connects(let who, let path, let address, let headers)):
            let step = Step.connects(who: who, path: path, address: address, headers: headers + [header])
            replaceLast(of: &lines, by: step, line)
            return
        case (.has(let header), .requests(let who, var request)):
            request.headers.append(header)
            replaceLast(of: &lines, by: .requests(who: who, request), line)
            return
        case (.prints(let next), .prints(let expected)):
            replaceLast(of: &lines, by: .prints(expected: expected + "\n" + next), line)
            return
        case (.fails, .requests), (.fails, .connects):
            throw TranscriptLineError("\"!\" says how a call failed; a request is answered: = 404 …")
        case (.prints, _), (.fails, _):
            throw TranscriptLineError(
                "\"=\" and \"!\" say what a call answered; put a call before it, or for \"=\" a request or who connects"
            )
        case (.has, _):
            throw TranscriptLineError(
                "\"+\" adds a header to a request, or to who connects; put it right after one"
            )
        default: break
        }
        lines.append(line)
    }

    /// What several lines say is one step, at the first of them.
    private static func replaceLast(of lines: inout [Line], by step: Step, _ line: Line) {
        let first = lines.removeLast()
        lines.append(Line(number: first.number, text: first.text + "\n" + line.text, step: step))
    }
}
