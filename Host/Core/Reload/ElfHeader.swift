/// An ELF file's header as far as loading a plugin goes: for this machine, shared, whole. ELF-64 (System V ABI
/// chapter 4). Every offset comes from the file and is checked before use.
struct ElfHeader: Equatable {
    /// A program header: a piece of the file and what it is.
    struct Segment: Equatable {
        let type: UInt32
        let alignment: UInt64
        let bytes: Range<Int>  // within the file
    }

    static let load: UInt32 = 1  // PT_LOAD
    static let note: UInt32 = 4  // PT_NOTE
    private static let size = 64
    private static let segmentSize = 56
    private static let sharedObject: UInt16 = 3  // ET_DYN

    private let segmentsStart: Int
    let segmentCount: Int

    static func read(_ file: Span<UInt8>) throws(PluginFileError) -> ElfHeader {
        guard file.count >= 4, file[0] == 0x7f, file[1] == 0x45, file[2] == 0x4c, file[3] == 0x46 else {
            throw .notElf
        }
        guard file.count >= size else { throw .truncated }
        guard file[4] == 2, file[5] == 1 else { throw .otherClass }
        guard file[6] == 1, file.word32(20) == 1 else { throw .damaged("unknown ELF version") }
        guard file.word16(18) == hostMachine else { throw .otherMachine(file.word16(18)) }
        guard file.word16(16) == sharedObject else { throw .notSharedObject(file.word16(16)) }
        guard file.word16(54) == segmentSize else { throw .damaged("size of the program headers") }
        let count = Int(file.word16(56))
        let table = try range(file.word64(32), UInt64(count * segmentSize), in: file)
        return ElfHeader(segmentsStart: table.lowerBound, segmentCount: count)
    }

    /// The program header at `index`, which is under `segmentCount`, of the file that was read.
    func segment(_ index: Int, of file: Span<UInt8>) throws(PluginFileError) -> Segment {
        let start = segmentsStart + index * Self.segmentSize
        return Segment(
            type: file.word32(start),
            alignment: file.word64(start + 48),
            bytes: try Self.range(file.word64(start + 8), file.word64(start + 32), in: file)
        )
    }

    private static func range(
        _ offset: UInt64,
        _ count: UInt64,
        in file: Span<UInt8>
    ) throws(PluginFileError) -> Range<Int> {
        let (end, overflow) = offset.addingReportingOverflow(count)
        guard !overflow, end <= UInt64(file.count) else { throw .truncated }
        return Int(offset)..<Int(end)
    }
}

extension ElfHeader {
    #if arch(x86_64)
    static let hostMachine: UInt16 = 62
    #elseif arch(arm64)
    static let hostMachine: UInt16 = 183
    #endif

    static var hostMachineName: String { machineName(hostMachine) }

    static func machineName(_ machine: UInt16) -> String {
        switch machine {
        case 3: "x86 (32 bits)"
        case 40: "arm (32 bits)"
        case 62: "x86_64"
        case 183: "aarch64"
        case 243: "riscv"
        default: "machine \(machine)"
        }
    }

    static func typeName(_ type: UInt16) -> String {
        switch type {
        case 1: "an object file"
        case 2: "an executable"
        case 4: "a core dump"
        default: "an ELF file of type \(type)"
        }
    }
}

/// Little-endian numbers; the caller has checked that they are inside.
extension Span<UInt8> {
    func word16(_ offset: Int) -> UInt16 { UInt16(self[offset]) | UInt16(self[offset + 1]) << 8 }
    func word32(_ offset: Int) -> UInt32 { UInt32(word16(offset)) | UInt32(word16(offset + 2)) << 16 }
    func word64(_ offset: Int) -> UInt64 { UInt64(word32(offset)) | UInt64(word32(offset + 4)) << 32 }
}
