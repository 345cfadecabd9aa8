import Wire

/// Reads any bytes as a stream, framed as the first two bytes say: however they are cut, the same frames; and what
/// was read is written and read again as it was.
func fuzzStreamReader(_ bytes: [UInt8]) {
    guard bytes.count >= 2 else { return }
    let framing = framing(bytes[0], bytes[1]), bytes = Array(bytes[2...])
    let limit = 100
    let whole = frames(bytes, framing, step: bytes.count, limit: limit)
    precondition(frames(bytes, framing, step: 1, limit: limit) == whole, "byte by byte, other frames")
    precondition(frames(bytes, framing, step: 3, limit: limit) == whole, "in threes, other frames")
    var written: [UInt8] = []
    var payloads: [StreamPart] = []
    for case .frame(let payload) in whole {
        precondition(payload.count <= limit, "a frame over the limit")
        // A line that ends in a CR and lost the one behind it cannot be written.
        guard (try? framing.append(payload.span, to: &written)) != nil else { continue }
        payloads.append(.frame(payload))
    }
    precondition(frames(written, framing, step: 7, limit: limit) == payloads, "written, other frames")
}

private enum StreamPart: Equatable {
    case frame([UInt8])
    case failed(StreamFailure)
}

private func framing(_ kind: UInt8, _ byte: UInt8) -> Framing {
    let empty = Framing.Empty.allCases[Int(kind >> 6) % 3]
    if kind & 1 == 1 {
        return .delimiter(Framing.Delimiter(byte, dropsReturn: kind & 2 != 0 && byte != 0x0d, empty: empty))
    }
    let trailer = Framing.Trailer(byte, isChecked: kind & 0x10 != 0, isCounted: kind & 0x20 != 0)
    let width = Framing.LengthPrefix.Width.allCases[Int(kind >> 1) % 3]
    return .length(
        Framing.LengthPrefix(
            width,
            kind & 2 == 0 ? .little : .big,
            countsItself: kind & 4 != 0,
            trailer: kind & 8 == 0 ? nil : trailer,
            empty: empty
        )
    )
}

private func frames(_ bytes: [UInt8], _ framing: Framing, step: Int, limit: Int) -> [StreamPart] {
    guard var reader = StreamReader(framing, limit: limit) else { return [] }
    var kept: [UInt8] = [], end = 0, seen: [StreamPart] = []
    while end < bytes.count {
        let start = end
        end = min(end + max(step, 1), bytes.count)
        kept += bytes[start..<end]
        var cursor = 0
        reading: while true {
            switch reader.next(kept.span, from: &cursor) {
            case .needMore: break reading
            case .frame(let range): seen.append(.frame(Array(kept[range])))
            case .assembled: seen.append(.frame(reader.assembled))
            case .failed(let failure): return seen + [.failed(failure)]
            }
        }
        kept.removeFirst(cursor)
        precondition(kept.count < 4, "more than an incomplete length was left")
        precondition(reader.assembled.count <= limit + 1, "more was kept than a frame may have")
    }
    return seen
}

/// Reads any bytes as the start of a proxy's connection, alone and behind a signature, which is not soon found: however
/// they are cut, the same answer. And as what stands in X-Forwarded-For.
func fuzzProxyReader(_ bytes: [UInt8]) {
    checkProxy(bytes)
    checkProxy([0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a, 0x21] + bytes)
    checkAddress(bytes)
}

private func checkProxy(_ bytes: [UInt8]) {
    let whole = proxyEvent(bytes, step: bytes.count)
    precondition(proxyEvent(bytes, step: 1) == whole, "byte by byte, another header")
    precondition(proxyEvent(bytes, step: 5) == whole, "in fives, another header")
    guard case .header(let header)? = whole?.event, let source = header.source else { return }
    precondition([0, 4, 16].contains(source.address.count), "an address of a strange length")
}

private func checkAddress(_ bytes: [UInt8]) {
    guard let address = AddressText.bytes(beforePort: bytes.span) else { return }
    precondition(address.count == 4 || address.count == 16, "an address of a strange length")
}

private struct ProxyEnd: Equatable {
    let event: ProxyReader.Event
    let used: Int
}

/// The reader's last word, and how many bytes it took for a header.
private func proxyEvent(_ bytes: [UInt8], step: Int) -> ProxyEnd? {
    var reader = ProxyReader(), cursor = 0, end = 0
    while end < bytes.count {
        end = min(end + max(step, 1), bytes.count)
        switch reader.next(bytes.span.extracting(first: end), from: &cursor) {
        case .needMore: precondition(cursor == end, "not everything was taken")
        case .header(let header): return ProxyEnd(event: .header(header), used: cursor)
        case .failed(let failure): return ProxyEnd(event: .failed(failure), used: 0)
        }
    }
    return nil
}
