import Foundation

/// A plugin in C that echoes, and whose messages are paced.
struct PacedPlugin {
    private let folder: URL
    let file: String

    private static let source = """
        #include <patchbay.h>
        #include <stdlib.h>
        PB_NOTE("Paced");
        static void heard(void *self, pb_connection from, const pb_message *message) {
            const pb_host *host = self;
            host->send(host->context, from, message->kind, message->body);
        }
        static void *create(const pb_host *host, const pb_setup *setup) {
            (void)setup;
            const pb_bytes none = { NULL, 0 };
            const pb_message_type any = { .size = sizeof any, .flags = PB_PACED };
            return host->on_message(host->context, none, &any, heard, (void *)host) < 0 ? NULL : (void *)host;
        }
        static void destroy(void *self) { (void)self; }
        const pb_plugin *patchbay_plugin(void) {
            static const pb_plugin table = {
                .size = sizeof table, .abi_major = PB_ABI_MAJOR, .abi_minor = PB_ABI_MINOR, .name = "Paced",
                .version = "1", .summary = "Echoes at a pace", .create = create, .destroy = destroy,
            };
            return &table;
        }
        """

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "patchbay-\(UUID())")
        file = folder.appending(path: "libPaced.so").path()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let source = folder.appending(path: "paced.c").path()
        try PacedPlugin.source.write(toFile: source, atomically: false, encoding: .utf8)
        let root = URL(filePath: #filePath).deletingLastPathComponent()
        let include = root.appending(path: "../../Host/Interface/ABI/include").standardizedFileURL.path()
        let compiler = Process()
        compiler.executableURL = URL(filePath: "/usr/bin/env")
        compiler.arguments = [
            "cc", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-I", include, "-o", file, source,
        ]
        try compiler.run()
        compiler.waitUntilExit()
    }

    func remove() { try? FileManager.default.removeItem(at: folder) }
}
