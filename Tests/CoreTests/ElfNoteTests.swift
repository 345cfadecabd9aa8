import Foundation
import Testing

@testable import Core

@Suite struct ElfNoteTests {
    private func failure(_ bytes: [UInt8], abiMajor: UInt16 = 1) -> PluginFileError? {
        do {
            _ = try ElfNote.read(bytes.span, abiMajor: abiMajor)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [["gcc"], ["gcc", "-s"], ["gcc", "-Wl,--build-id=none"], ["clang"]])
    func `a compiled plugin's note is read`(compiler: [String]) throws {
        let file = try CompiledPlugin(compiler).bytes
        #expect(try ElfNote.read(file.span) == ElfNote.echo)
    }

    @Test func `a compiled library without the note is no plugin`() throws {
        let file = try CompiledPlugin(["gcc", "-DWITHOUT_NOTE"]).bytes
        #expect(failure(file) == .noNote)
    }

    @Test func `an object file and an executable are no plugins`() throws {
        #expect(failure(try CompiledPlugin(["gcc", "-c"], shared: false).bytes) == .notSharedObject(1))
        let options = ["gcc", "-no-pie", "-DWITH_MAIN"]
        #expect(failure(try CompiledPlugin(options, shared: false).bytes) == .notSharedObject(2))
    }

    @Test func `the smallest file with a note is read`() throws {
        #expect(try ElfNote.read(ElfFile().bytes.span) == ElfNote.echo)
    }

    @Test(arguments: 0..<ElfFile().bytes.count)
    func `a file cut anywhere is refused`(count: Int) {
        let bytes = Array(ElfFile().bytes.prefix(count))
        #expect(failure(bytes) == (count < 4 ? .notElf : .truncated))
    }

    @Test(arguments: [
        (0, [0x7e], PluginFileError.notElf),
        (4, [1], .otherClass),
        (5, [2], .otherClass),
        (6, [0], .damaged("unknown ELF version")),
        (16, [2], .notSharedObject(2)),
        (18, [3, 0], .otherMachine(3)),
        (20, [2], .damaged("unknown ELF version")),
        (32, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], .truncated),
        (32, [0, 0, 0, 0, 0, 0, 0, 0x80], .truncated),
        (54, [55], .damaged("size of the program headers")),
        (56, [0], .noNote),
        (56, [0xff, 0xff], .truncated),
    ])
    func `a header that says something else is refused`(offset: Int, edit: [UInt8], error: PluginFileError) {
        var file = ElfFile()
        file.edit(offset, edit)
        #expect(failure(file.bytes) == error)
    }

    @Test(arguments: [
        (ElfFile.segment, [1], PluginFileError.noNote),  // p_type: PT_LOAD
        (ElfFile.segment + 8, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], .truncated),  // p_offset
        (ElfFile.segment + 32, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f], .truncated),  // p_filesz
        (ElfFile.segment + 32, [11, 0], .noNote),
        (ElfFile.note, [0xff, 0xff, 0xff, 0xff], .damaged("a note longer than its segment")),
        (ElfFile.note, [8], .noNote),
        (ElfFile.note + 4, [0xff, 0xff, 0xff, 0xff], .damaged("a note longer than its segment")),
        (ElfFile.note + 4, [3], .damaged("a patchbay note that is too short")),
        (ElfFile.note + 4, [4], .badName),
        (ElfFile.note + 8, [2], .noNote),
        (ElfFile.note + 12, [0x50], .noNote),  // "Patchbay"
        (ElfFile.note + 24, [2], .otherInterface(plugin: 2, host: 1)),
        (ElfFile.note + 28, [0], .badName),
        (ElfFile.note + 28, Array("../x".utf8), .badName),
        (ElfFile.note + 28, [0xff], .badName),
        (ElfFile.note + 28, [0x1b], .badName),
    ])
    func `a segment or note that says something else is refused`(
        offset: Int,
        edit: [UInt8],
        error: PluginFileError
    ) {
        var file = ElfFile()
        file.edit(offset, edit)
        #expect(failure(file.bytes) == error)
    }

    @Test func `a newer minor version is read`() throws {
        var file = ElfFile()
        file.edit(ElfFile.note + 26, [9, 1])
        #expect(try ElfNote.read(file.bytes.span).abiMinor == 265)
    }

    @Test func `a host of another major refuses today's plugins`() {
        #expect(failure(ElfFile().bytes, abiMajor: 2) == .otherInterface(plugin: 1, host: 2))
    }

    @Test(arguments: [(4, 4), (8, 8), (0, 4)])
    func `the note is found behind others, by the segment's padding`(alignment: UInt8, padding: Int) throws {
        let other = ElfFile.noteBytes(owner: "GNU", description: [1, 2, 3, 4], padding: padding)
        let file = ElfFile(notes: other + ElfFile.echoNote(padding: padding), alignment: alignment)
        #expect(try ElfNote.read(file.bytes.span) == ElfNote.echo)
    }

    @Test func `a second segment of notes changes nothing`() throws {
        var file = ElfFile()
        file.edit(56, [2])
        file.edit(ElfFile.secondSegment, [4])
        #expect(try ElfNote.read(file.bytes.span) == ElfNote.echo)
    }

    @Test(arguments: [1, 64, 65, 100_000])
    func `a name is 64 bytes long at most`(length: Int) {
        let description = [1, 0, 0, 0] + [UInt8](repeating: 0x61, count: length)
        let file = ElfFile(notes: ElfFile.noteBytes(owner: "patchbay", description: description))
        #expect(failure(file.bytes) == (length <= 64 ? nil : .badName))
    }

    @Test func `a segment past the file's end is refused, though the note is fine`() throws {
        var file = try CompiledPlugin(["gcc"]).bytes
        file.removeLast(file.count - file.count / 4)
        #expect(failure(file) == .truncated)
    }

    @Test func `many segments of many notes end soon`() {
        let notes = (0..<2000).flatMap { _ in ElfFile.noteBytes(owner: "GNU", description: []) }
        #expect(failure(ElfFile(notes: notes).bytes) == .damaged("more than 1000 notes"))
    }

    @Test(arguments: 0..<ElfFile().bytes.count)
    func `no single byte's change is more than a refusal`(offset: Int) {
        var file = ElfFile()
        let old = file.bytes[offset]
        for value in UInt8.min...UInt8.max where value != old {
            file.edit(offset, [value])
            guard let note = try? ElfNote.read(file.bytes.span) else { continue }
            #expect(note.abiMajor == 1 && ConfigurationName.isValid(note.name))
        }
    }

    @Test func `no byte of a compiled file's headers is more than a refusal when it changes`() throws {
        var file = try CompiledPlugin(["gcc"]).bytes
        for offset in 0..<min(file.count, 1024) {
            let old = file[offset]
            for value: UInt8 in [0, 1, 0x7f, 0x80, 0xff, old ^ 1, old ^ 0x80] {
                file[offset] = value
                guard let note = try? ElfNote.read(file.span) else { continue }
                #expect(note.abiMajor == 1 && ConfigurationName.isValid(note.name))
            }
            file[offset] = old
        }
    }

    @Test(arguments: [
        (PluginFileError.notElf, "this is not an ELF file; "),
        (.otherMachine(40), "the plugin is built for arm (32 bits), the host for "),
        (.notSharedObject(2), "this is an executable, not a shared object; "),
        (.damaged("x"), "the file is damaged (x); "),
        (.otherInterface(plugin: 2, host: 1), "the plugin is built for interface 2, the host has 1; "),
    ])
    func `an error says what is wrong`(error: PluginFileError, beginning: String) {
        #expect(error.description.hasPrefix(beginning))
    }
}
