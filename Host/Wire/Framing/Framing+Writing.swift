extension Framing {
    /// What stands around one payload: at most 5 bytes, without an allocation.
    package struct Envelope: Sendable {
        package fileprivate(set) var head = InlineArray<4, UInt8>(repeating: 0)
        package fileprivate(set) var headCount = 0
        package fileprivate(set) var tail: UInt8?
    }

    /// Why a payload cannot be written.
    package enum Refusal: Error, Equatable, Sendable {
        case overPrefix  // its length has more digits than the prefix
        case holdsDelimiter  // the reader would see its end too early, or take its last CR for a part of it
    }

    /// What to write before and after a payload. A plugin's own framing has nothing around it.
    package func envelope(of payload: Span<UInt8>) throws(Refusal) -> Envelope {
        switch self {
        case .length(let prefix):
            return try prefix.envelope(ofLength: payload.count)
        case .delimiter(let delimiter):
            guard payload.firstIndex(of: delimiter.byte, in: payload.indices) == nil else {
                throw .holdsDelimiter
            }
            let endsInReturn = payload.count > 0 && payload[payload.count - 1] == 0x0d
            guard !(delimiter.dropsReturn && endsInReturn) else { throw .holdsDelimiter }
            var envelope = Envelope()
            envelope.tail = delimiter.byte
            return envelope
        case .plugin:
            return Envelope()
        }
    }

    /// Appends a whole frame.
    package func append(_ payload: Span<UInt8>, to buffer: inout [UInt8]) throws(Refusal) {
        let envelope = try envelope(of: payload)
        buffer.append(copying: envelope.head.span.extracting(first: envelope.headCount))
        buffer.append(copying: payload)
        if let tail = envelope.tail { buffer.append(tail) }
    }
}

extension Framing.LengthPrefix {
    /// What the length counts besides the payload.
    var overhead: Int { (countsItself ? width.rawValue : 0) + (trailer?.isCounted == true ? 1 : 0) }

    fileprivate func envelope(ofLength count: Int) throws(Framing.Refusal) -> Framing.Envelope {
        let length = count + overhead
        guard length < 1 << (width.rawValue * 8) else { throw .overPrefix }
        var envelope = Framing.Envelope()
        envelope.headCount = width.rawValue
        for position in 0..<width.rawValue {
            let place = order == .little ? position : width.rawValue - 1 - position
            envelope.head[position] = UInt8(truncatingIfNeeded: length >> (place * 8))
        }
        envelope.tail = trailer?.byte
        return envelope
    }

    /// The payload's length as the prefix at `offset` says it. Negative: the prefix counts more than there is.
    func payload(_ bytes: Span<UInt8>, at offset: Int) -> Int {
        var length = 0
        for position in 0..<width.rawValue {
            let place = order == .little ? width.rawValue - 1 - position : position
            length = length << 8 | Int(bytes[offset + place])
        }
        return length - overhead
    }
}
