import Net

/// Reads any bytes as what is done to the outboxes of one loop; each must owe what a plain array would.
///
/// Each step is two bytes: what is done to which of three outboxes, and how much.
func fuzzOutbox(_ bytes: [UInt8]) {
    let pool = BlockPool()
    var outboxes = [Outbox](repeating: Outbox(), count: 3), owed = [[UInt8]](repeating: [], count: 3)
    var written: UInt8 = 0
    for step in stride(from: 0, to: bytes.count - 1, by: 2) {
        let which = Int(bytes[step] % 3), size = Int(bytes[step + 1])
        switch bytes[step] / 3 % 6 {
        case 0, 1:
            let piece = pattern(size, &written)
            outboxes[which].append(piece.span, pool: pool)
            owed[which] += piece
        case 2:
            let piece = pattern(size * 32, &written)
            outboxes[which].append(piece.span, pool: pool)
            owed[which] += piece
        case 3:
            let head = pattern(size % 11, &written), body = pattern(size * 7, &written)
            let shared = SharedBytes(head.span, body.span, pool: pool)
            for index in outboxes.indices where index != which {
                outboxes[index].append(shared: shared)
                owed[index] += head + body
            }
            shared.release(to: pool)
        case 4:
            let count = min(size * 16, owed[which].count)
            outboxes[which].consume(count, pool: pool)
            owed[which].removeFirst(count)
        default:
            guard size > 200 else { continue }
            outboxes[which].clear(pool: pool)
            owed[which] = []
        }
        precondition(outboxes[which].count == owed[which].count, "another count")
        precondition(outboxes[which].copy() == owed[which], "other bytes")
    }
    for index in outboxes.indices {
        precondition(outboxes[index].copy() == owed[index], "other bytes in the end")
        outboxes[index].clear(pool: pool)
    }
}

/// Bytes that go on where the last ones ended.
private func pattern(_ count: Int, _ next: inout UInt8) -> [UInt8] {
    (0..<count).map { _ in
        next &+= 1
        return next
    }
}
