/// Why the host will not load a plugin's file: what is wrong, and what to do. The caller adds the path.
package enum PluginFileError: Error, Equatable, CustomStringConvertible {
    /// The file is no ELF file at all.
    case notElf
    /// The file ends before what its headers announce.
    case truncated
    /// A header contradicts itself; what, in a few words.
    case damaged(String)
    /// A 32-bit file, or one of the other byte order.
    case otherClass
    /// Built for this machine (ELF's e_machine), which is not the host's.
    case otherMachine(UInt16)
    /// An executable, an object file or a core dump (ELF's e_type).
    case notSharedObject(UInt16)
    /// A shared object without a patchbay note.
    case noNote
    /// The note's name is none that a plugin may have.
    case badName
    /// Built for another major version of the plugin interface.
    case otherInterface(plugin: UInt16, host: UInt16)

    /// A sentence: what is wrong; what to do.
    package var description: String {
        switch self {
        case .notElf:
            "this is not an ELF file; give the shared object (.so) that the plugin's build made"
        case .truncated:
            "the file is cut short; copy it again, and reload when the copy is complete"
        case .damaged(let what):
            "the file is damaged (\(what)); build or copy it again"
        case .otherClass:
            "the plugin is not built for 64 bits, little-endian; build it for \(ElfHeader.hostMachineName)"
        case .otherMachine(let machine):
            "the plugin is built for \(ElfHeader.machineName(machine)), the host for "
                + "\(ElfHeader.hostMachineName); build it for \(ElfHeader.hostMachineName)"
        case .notSharedObject(let type):
            "this is \(ElfHeader.typeName(type)), not a shared object; link the plugin with -shared"
        case .noNote:
            "there is no patchbay note in it; add PB_NOTE(\"Name\") from patchbay.h if it is a plugin"
        case .badName:
            "the name in its note is not 1 to 64 letters, digits, \"-\" or \"_\"; correct it and build again"
        case .otherInterface(let plugin, let host):
            "the plugin is built for interface \(plugin), the host has \(host); "
                + "build it with this host's patchbay.h"
        }
    }
}
