import PatchbayABI
import Wire

/// What a server answered.
struct FetchAnswer: Equatable, Sendable {
    let head: AnswerHead
    let body: [UInt8]
}

/// Why there is no answer: one sentence, without the URL's path and query, which may hold secrets.
struct FetchFailure: Error, Equatable, Sendable {
    let sentence: String

    init(_ sentence: String) { self.sentence = sentence }
}

/// A request to a server elsewhere that a plugin has asked for.
@safe final class FetchJob: HostJob, @unchecked Sendable {
    let request: ClientRequest
    /// When there must be an answer, by the monotonic clock.
    let deadline: Int64
    let milliseconds: Int64
    /// The longest body, in bytes.
    let most: Int
    private let done: pb_on_fetched
    /// Set once, before the lane is told.
    var outcome = Result<FetchAnswer, FetchFailure>.failure(FetchFailure("nothing was tried"))

    init(
        _ facts: Facts,
        _ request: ClientRequest,
        now: Int64,
        milliseconds: Int64,
        most: Int,
        done: @escaping pb_on_fetched
    ) {
        self.request = request
        self.milliseconds = milliseconds
        deadline = now + milliseconds * 1_000_000
        self.most = most
        unsafe self.done = done
        super.init(facts)
    }

    override func answer() {
        switch outcome {
        case .success(let answer): tell(answer)
        case .failure(let failure):
            let sentence = Array(failure.sentence.utf8)
            unsafe sentence.withPluginBytes { unsafe done(facts.context, facts.ticket, nil, $0) }
        }
    }

    private func tell(_ answer: FetchAnswer) {
        let fields = answer.head.fields
        // One buffer for all texts, so that their pointers are good together.
        var text = fields.bytes
        for index in 0..<fields.count {
            for offset in fields[index].name where text[offset] >= 0x41 && text[offset] <= 0x5a {
                text[offset] |= 0x20
            }
        }
        unsafe text.withUnsafeBufferPointer { text in
            func part(_ range: Range<Int>) -> pb_bytes {
                unsafe pb_bytes(UnsafeBufferPointer(rebasing: text[range]))
            }
            let named = unsafe (0..<fields.count).map { index in
                var value = unsafe pb_value()
                unsafe value.type = PB_STRING.rawValue
                unsafe value.bytes = part(fields[index].value)
                return unsafe pb_named(name: part(fields[index].name), value: value)
            }
            unsafe named.withUnsafeBufferPointer { named in
                unsafe answer.body.withPluginBytes { body in
                    var fetched = unsafe pb_fetched(
                        size: UInt32(MemoryLayout<pb_fetched>.size),
                        status: UInt32(answer.head.status.rawValue),
                        headers: named.baseAddress,
                        header_count: named.count,
                        body: body
                    )
                    unsafe done(facts.context, facts.ticket, &fetched, pb_bytes(data: nil, count: 0))
                }
            }
        }
    }
}
