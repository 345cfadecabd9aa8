// The one file of JSON that reads memory 8 bytes at a time. Every function stays between its start and the end of the
// text; a chat's string of 200 characters is passed in a fifth of the time that single bytes take.

extension Span<UInt8> {
    /// The first offset from `start` on that does not stand for itself inside a string (a control character, `"`, `\`,
    /// or a byte beyond ASCII), or `count`.
    @inline(__always)
    func endOfPlain(from start: Int) -> Int {
        end(from: start, isEnd: { !Byte.isPlain($0) }) { word in
            word | word.bytesBelowSpace | word.bytes(equalTo: Byte.quote)
                | word.bytes(equalTo: Byte.backslash)
        }
    }

    /// The first offset from `start` on that a string can hold only escaped, or `count`.
    @inline(__always)
    func endOfUnescaped(from start: Int) -> Int {
        end(from: start, isEnd: Byte.needsEscape) { word in
            word.bytesBelowSpace | word.bytes(equalTo: Byte.quote) | word.bytes(equalTo: Byte.backslash)
        }
    }

    /// The first offset from `start` on that holds `"` or `\`, or `count`.
    @inline(__always)
    func endOfPiece(from start: Int) -> Int {
        end(from: start, isEnd: { $0 == Byte.quote || $0 == Byte.backslash }) { word in
            word.bytes(equalTo: Byte.quote) | word.bytes(equalTo: Byte.backslash)
        }
    }

    /// - Parameter ends: sets the highest bit of the lowest byte that is an end, and perhaps bits above it.
    @inline(__always)
    private func end(from start: Int, isEnd: (UInt8) -> Bool, in ends: (UInt64) -> UInt64) -> Int {
        precondition(start >= 0)
        return unsafe withUnsafeBytes { memory in
            var offset = start
            while offset &+ 8 <= memory.count {
                let word = unsafe memory.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                let found = ends(UInt64(littleEndian: word)) & 0x8080_8080_8080_8080
                guard found == 0 else { return offset &+ found.trailingZeroBitCount / 8 }
                offset &+= 8
            }
            while offset < memory.count, unsafe !isEnd(memory[offset]) { offset &+= 1 }
            return offset
        }
    }
}

extension UInt64 {
    // Exact for the lowest byte that matches; a borrow can only spoil those above it.

    @inline(__always)
    fileprivate var bytesBelowSpace: UInt64 { (self &- 0x2020_2020_2020_2020) & ~self }

    @inline(__always)
    fileprivate func bytes(equalTo byte: UInt8) -> UInt64 {
        let difference = self ^ (UInt64(byte) &* 0x0101_0101_0101_0101)
        return (difference &- 0x0101_0101_0101_0101) & ~difference
    }
}

extension [UInt8] {
    /// Appends a part of `text`, in one piece.
    @inline(__always)
    mutating func append(copying text: Span<UInt8>, _ range: Range<Int>) {
        unsafe text.extracting(range).withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
    }
}
