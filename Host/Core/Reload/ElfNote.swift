/// What a plugin's file says of itself before any of its code runs: the ELF note that `PB_NOTE` of patchbay.h
/// makes. It is found by the program headers, which the loader needs, too, and no `strip` takes away.
package struct ElfNote: Equatable, Sendable {
    /// The major version of the plugin interface that it was built for.
    package let abiMajor: UInt16
    /// The minor version; the host need not know it.
    package let abiMinor: UInt16
    /// The plugin's name: 1 to 64 letters, digits, `-` or `_`.
    package let name: String

    private static let owner = Array("patchbay\0".utf8)
    private static let type: UInt32 = 1
    private static let headerSize = 12
    // Linkers write a handful; a hostile file could have the same million read again for each segment.
    private static let mostNotes = 1000

    /// Reads a whole file. It may hold anything.
    ///
    /// - Parameter abiMajor: the host's own.
    /// - Throws: why the host must not load it.
    package static func read(_ file: Span<UInt8>, abiMajor: UInt16 = 1) throws(PluginFileError) -> ElfNote {
        let header = try ElfHeader.read(file)
        var found: Range<Int>?
        var notesLeft = mostNotes
        for index in 0..<header.segmentCount {
            let segment = try header.segment(index, of: file)
            // All segments are looked at: the loader would map what lies past the end, and die of it.
            guard found == nil, segment.type == ElfHeader.note else { continue }
            found = try description(in: segment, of: file, &notesLeft)
        }
        guard let found else { throw .noNote }
        return try ElfNote(file.extracting(found), abiMajor: abiMajor)
    }

    /// Where the description of the patchbay note lies; nil where this segment has none.
    private static func description(
        in segment: ElfHeader.Segment,
        of file: Span<UInt8>,
        _ notesLeft: inout Int
    ) throws(PluginFileError) -> Range<Int>? {
        // Notes are padded to 4 bytes, in a segment aligned to 8 (x86's properties) to 8.
        let padding = segment.alignment == 8 ? 8 : 4
        var start = segment.bytes.lowerBound
        let end = segment.bytes.upperBound
        while end - start >= headerSize {
            notesLeft -= 1
            guard notesLeft >= 0 else { throw .damaged("more than \(mostNotes) notes") }
            let nameSize = Int(file.word32(start))
            let size = Int(file.word32(start + 4))
            let name = start + headerSize
            let description = padded(name + nameSize, from: start, to: padding)
            guard description + size <= end else { throw .damaged("a note longer than its segment") }
            if file.word32(start + 8) == type, nameSize == owner.count, file.holds(owner, at: name) {
                return description..<description + size
            }
            start = padded(description + size, from: start, to: padding)
        }
        return nil
    }

    private static func padded(_ offset: Int, from start: Int, to padding: Int) -> Int {
        start + (offset - start + padding - 1) / padding * padding
    }
}

extension ElfNote {
    fileprivate init(_ description: Span<UInt8>, abiMajor: UInt16) throws(PluginFileError) {
        guard description.count >= 4 else { throw .damaged("a patchbay note that is too short") }
        self.abiMajor = description.word16(0)
        abiMinor = description.word16(2)
        // Another major may have another note behind its version.
        guard self.abiMajor == abiMajor else {
            throw .otherInterface(plugin: self.abiMajor, host: abiMajor)
        }
        var bytes: [UInt8] = []
        for index in 4..<description.count {
            guard description[index] != 0, bytes.count <= ConfigurationName.longest else { break }
            bytes.append(description[index])
        }
        name = String(decoding: bytes, as: UTF8.self)
        guard ConfigurationName.isValid(name) else { throw .badName }
    }
}

extension Span<UInt8> {
    fileprivate func holds(_ bytes: [UInt8], at offset: Int) -> Bool {
        for index in bytes.indices where self[offset + index] != bytes[index] { return false }
        return true
    }
}
