import Foundation

@testable import Core

extension ElfNote {
    /// What all fixtures say.
    static let echo = ElfNote(abiMajor: 1, abiMinor: 0, name: "Echo")
}

/// An ELF file of one PT_NOTE segment, in bytes: header, program header, room for another, notes.
struct ElfFile {
    static let segment = 64
    static let secondSegment = 120
    static let note = 176

    private(set) var bytes: [UInt8]

    init(notes: [UInt8] = echoNote(padding: 4), alignment: UInt8 = 4) {
        bytes = [UInt8](repeating: 0, count: Self.note) + notes
        edit(0, [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1])
        edit(16, [3, 0, UInt8(ElfHeader.hostMachine), 0, 1])
        edit(32, [UInt8(Self.segment)])
        edit(54, [56, 0, 1])
        edit(Self.segment, [4])
        edit(Self.segment + 8, [UInt8(Self.note)])
        edit(Self.segment + 32, (0..<4).map { UInt8(truncatingIfNeeded: notes.count >> ($0 * 8)) })
        edit(Self.segment + 48, [alignment])
    }

    mutating func edit(_ offset: Int, _ values: [UInt8]) {
        bytes.replaceSubrange(offset..<offset + values.count, with: values)
    }

    static func echoNote(padding: Int) -> [UInt8] {
        noteBytes(
            owner: "patchbay",
            description: [1, 0, 0, 0] + Array("Echo\0\0\0\0".utf8),
            padding: padding
        )
    }

    static func noteBytes(owner: String, description: [UInt8], padding: Int = 4) -> [UInt8] {
        var note: [UInt8] = [UInt8(owner.utf8.count + 1), 0, 0, 0]
        note += (0..<4).map { UInt8(truncatingIfNeeded: description.count >> ($0 * 8)) }
        note += [1, 0, 0, 0] + owner.utf8 + [0]
        note += [UInt8](repeating: 0, count: (padding - note.count % padding) % padding)
        note += description
        return note + [UInt8](repeating: 0, count: (padding - note.count % padding) % padding)
    }
}

/// A small plugin as a real compiler and linker make it.
struct CompiledPlugin {
    let bytes: [UInt8]

    private static let source = """
        #include <stdint.h>
        #ifndef WITHOUT_NOTE
        __attribute__((section(".note.patchbay"), used, aligned(4))) static const struct {
            uint32_t name_size, description_size, type;
            char owner[12];
            uint16_t abi_major, abi_minor;
            char plugin[32];
        } pb_note = { 9, 36, 1, "patchbay", 1, 0, "Echo" };
        #endif
        #ifdef WITH_MAIN
        int main(void) { return 0; }
        #endif
        int patchbay_plugin(void) { return 1; }
        """

    init(_ compiler: [String], shared: Bool = true) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "elf-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let source = folder.appending(path: "plugin.c"), output = folder.appending(path: "plugin.so")
        try Self.source.write(to: source, atomically: false, encoding: .utf8)
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments =
            compiler + (shared ? ["-shared", "-fPIC"] : []) + ["-o", output.path(), source.path()]
        try process.run()
        process.waitUntilExit()
        bytes = try Array(Data(contentsOf: output))
    }
}
