import Glibc
import PatchbayABI

/// A plugin file's copy that is mapped into the process, for good: unloading Swift code crashes.
package final class PluginLibrary {
    let file: String  // the copy
    let original: String
    let hash: String  // of the file, the first 16 hexadecimal digits of its SHA-256
    let table: PluginTable

    init(copy: String, original: String, hash: String, note: ElfNote) throws(PluginError) {
        guard let handle = unsafe dlopen(copy, RTLD_NOW | RTLD_LOCAL) else {
            let reason = unsafe dlerror().map { unsafe String(cString: $0) } ?? "unknown"
            throw PluginError(
                path: original,
                "the loader refuses it: \(reason); build it against this machine"
            )
        }
        guard let symbol = unsafe dlsym(handle, "patchbay_plugin") else {
            throw PluginError(
                path: original,
                "it does not export patchbay_plugin; see Docs/writing-a-plugin.md"
            )
        }
        typealias Entry = @convention(c) () -> UnsafePointer<pb_plugin>?
        let entry = unsafe unsafeBitCast(symbol, to: Entry.self)
        guard let pointer = unsafe entry(), let table = unsafe PluginTable(pointer) else {
            throw PluginError(
                path: original,
                "its table is not one of interface \(PB_ABI_MAJOR); build it with this patchbay.h"
            )
        }
        guard table.name == note.name else {
            throw PluginError(
                path: original,
                "its table is called \(table.name), its note \(note.name); give both the same name"
            )
        }
        file = copy
        self.original = original
        self.hash = hash
        self.table = table
    }
}

extension PluginLibrary: @unchecked Sendable {}  // constant once made
