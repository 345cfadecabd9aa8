import Wire

/// Reads any bytes as a server's answer: however they are cut, the same content and the same end, and nothing over the limit.
func fuzzAnswers(_ bytes: [UInt8]) {
    for isBodiless in [false, true] {
        let whole = answer(bytes, step: bytes.count, isBodiless)
        precondition(answer(bytes, step: 1, isBodiless) == whole, "byte by byte, another answer")
        precondition(answer(bytes, step: 7, isBodiless) == whole, "in sevens, another answer")
        precondition(whole.content.count <= most, "content over the limit")
    }
    if let address = WebAddress(bytes) {
        precondition(address.target.first == 0x2f && !address.hostText.isEmpty, "no address")
    }
}

private let most = 100

private struct Seen: Equatable {
    var status: UInt16?
    var content: [UInt8] = []
    var used = 0
    var failure: String?
    var hasEnded = false
}

private func answer(_ bytes: [UInt8], step: Int, _ isBodiless: Bool) -> Seen {
    var reader = AnswerReader(head: 300, limit: most, isBodiless: isBodiless)
    var seen = Seen(), kept: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: max(step, 1)) {
        kept += bytes[start..<min(start + step, bytes.count)]
        var cursor = 0
        reading: while true {
            switch reader.next(kept.span, from: &cursor) {
            case .needMore: break reading
            case .head(let head): seen.status = head.status.rawValue
            case .part(let range): seen.content += kept[range]
            case .end:
                seen.used += cursor
                seen.hasEnded = true
                return seen
            case .failed(let sentence):
                // What came before it in the same bytes may have been given already, or not.
                return Seen(failure: sentence)
            }
        }
        kept.removeFirst(cursor)
        seen.used += cursor
    }
    if case .failed(let sentence) = reader.ended() { return Seen(failure: sentence) }
    seen.hasEnded = true
    return seen
}
