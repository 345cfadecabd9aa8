import Core

/// Reads any bytes as a plugin's file; what is accepted names a plugin that the host can use in file names.
func fuzzElfNote(_ bytes: [UInt8]) {
    guard let note = try? ElfNote.read(bytes.span) else { return }
    precondition(note.abiMajor == 1, "another interface passed")
    precondition(!note.name.isEmpty && !note.name.contains("/"), "a name that is none passed")
}
