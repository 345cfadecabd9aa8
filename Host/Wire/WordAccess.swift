// The one file of Wire that reads and writes memory 8 or 32 bytes at a time. Every function checks its range
// once and stays inside it; what is measured and why: README.md.

extension Span<UInt8> {
    /// The first offset from `start` on that does not hold ASCII, or `count`.
    func endOfASCII(from start: Int) -> Int {
        unsafe withUnsafeBytes { memory in
            var offset = start
            while offset + 8 <= memory.count {
                let word = unsafe memory.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                let high = UInt64(littleEndian: word) & 0x8080_8080_8080_8080
                guard high == 0 else { return offset + high.trailingZeroBitCount / 8 }
                offset += 8
            }
            while offset < memory.count, unsafe memory[offset] < 0x80 { offset += 1 }
            return offset
        }
    }
}

extension Span<UInt8> {
    /// The first offset from `start` on that holds a control byte (00–1F, 7F), or `count`.
    func endOfPrintable(from start: Int) -> Int {
        unsafe withUnsafeBytes { memory in
            var offset = start
            while offset + 8 <= memory.count {
                let word = UInt64(
                    littleEndian: unsafe memory.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                )
                // Exact for the lowest byte that matches; a borrow can only spoil those above it.
                let low = (word &- 0x2020_2020_2020_2020) & ~word
                let deleted = word ^ 0x7f7f_7f7f_7f7f_7f7f
                let found = (low | ((deleted &- 0x0101_0101_0101_0101) & ~deleted)) & 0x8080_8080_8080_8080
                guard found == 0 else { return offset + found.trailingZeroBitCount / 8 }
                offset += 8
            }
            while offset < memory.count, unsafe memory[offset] >= 0x20, unsafe memory[offset] != 0x7f {
                offset += 1
            }
            return offset
        }
    }
}

extension [UInt8] {
    /// Appends `text` from `offset` on, with a backslash before each `"` and `\`, and moves `offset` to where
    /// SockJS wants another escape, or to the end.
    mutating func appendVerbatim(_ text: Span<UInt8>, from offset: inout Int) {
        // Every byte may become two, and the last word is written whole.
        append(addingCapacity: 2 * (text.count - offset) + 8) { output in
            unsafe text.withUnsafeBytes { memory in
                unsafe output.withUnsafeMutableBufferPointer { buffer, count in
                    let target = UnsafeMutableRawBufferPointer(buffer)
                    // Locals, for the compiler keeps what it was given by reference in memory.
                    var source = offset, end = count
                    defer {
                        offset = source
                        count = end
                    }
                    while source < memory.count {
                        while source + 8 <= memory.count {
                            let word = unsafe memory.loadUnaligned(fromByteOffset: source, as: UInt64.self)
                            unsafe target.storeBytes(of: word, toByteOffset: end, as: UInt64.self)
                            let found = escapable(UInt64(littleEndian: word))
                            guard found == 0 else {
                                source += found.trailingZeroBitCount / 8
                                end += found.trailingZeroBitCount / 8
                                break
                            }
                            source += 8
                            end += 8
                        }
                        guard source < memory.count else { return }
                        let byte = unsafe memory[source]
                        if byte == 0x22 || byte == 0x5c {
                            unsafe target[end] = 0x5c
                            end += 1
                        } else if SockJSFrame.escaped(text, at: source) != nil {
                            return
                        }
                        unsafe target[end] = byte
                        end += 1
                        source += 1
                    }
                }
            }
        }
    }
}

/// Sets the highest bit of the lowest byte that SockJS may have to escape, and perhaps bits above it: a control
/// byte, `"`, `\`, and E2 and EF, with which the characters begin that browsers spoil.
private func escapable(_ word: UInt64) -> UInt64 {
    // Exact for the lowest byte that matches, as above.
    let control = (word &- 0x2020_2020_2020_2020) & ~word
    let quotes = zeros(word ^ 0x2222_2222_2222_2222) | zeros(word ^ 0x5c5c_5c5c_5c5c_5c5c)
    let leads = zeros(word ^ 0xe2e2_e2e2_e2e2_e2e2) | zeros(word ^ 0xefef_efef_efef_efef)
    return (control | quotes | leads) & 0x8080_8080_8080_8080
}

/// Sets the highest bit of the lowest byte that is zero, and perhaps bits above it.
private func zeros(_ word: UInt64) -> UInt64 { (word &- 0x0101_0101_0101_0101) & ~word }

extension MutableSpan<UInt8> {
    /// Combines `range` with the mask, whose lowest byte belongs to the first byte of the range.
    ///
    /// - Returns: whether the result is ASCII. To know it costs nothing in the same pass.
    mutating func combine(with mask: UInt32, in range: Range<Int>) -> Bool {
        precondition(range.lowerBound >= 0 && range.upperBound <= count)
        return unsafe withUnsafeMutableBytes { whole in
            let memory = unsafe UnsafeMutableRawBufferPointer(rebasing: whole[range])
            let word = (UInt64(mask) << 32 | UInt64(mask)).littleEndian
            let words = SIMD4<UInt64>(repeating: word)
            var seens = SIMD4<UInt64>.zero
            var offset = 0
            while offset + 32 <= memory.count {
                let plain =
                    unsafe memory.loadUnaligned(fromByteOffset: offset, as: SIMD4<UInt64>.self) ^ words
                unsafe memory.storeBytes(of: plain, toByteOffset: offset, as: SIMD4<UInt64>.self)
                seens |= plain
                offset += 32
            }
            var seen = seens[0] | seens[1] | seens[2] | seens[3]
            while offset + 8 <= memory.count {
                let plain = unsafe memory.loadUnaligned(fromByteOffset: offset, as: UInt64.self) ^ word
                unsafe memory.storeBytes(of: plain, toByteOffset: offset, as: UInt64.self)
                seen |= plain
                offset += 8
            }
            while offset < memory.count {
                let plain = unsafe memory[offset] ^ UInt8(truncatingIfNeeded: mask >> UInt32(offset % 4 * 8))
                unsafe memory[offset] = plain
                seen |= UInt64(plain)
                offset += 1
            }
            return seen & 0x8080_8080_8080_8080 == 0
        }
    }
}

extension [UInt8] {
    /// Appends a copy of the bytes, in one piece.
    mutating func append(copying bytes: Span<UInt8>) {
        unsafe bytes.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
    }
}
