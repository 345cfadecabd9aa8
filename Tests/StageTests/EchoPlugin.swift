import Foundation

/// A plugin in C that echoes: messages at a pace; those of the streams `own`, each up to a full stop, and `control`,
/// behind their length, as they come.
struct EchoPlugin {
    private let folder: URL
    let file: String

    private static let source = """
        #include <patchbay.h>
        #include <stdlib.h>
        #include <string.h>
        PB_NOTE("Echo");
        static void heard(void *self, pb_connection from, const pb_message *message) {
            const pb_host *host = self;
            host->send(host->context, from, message->kind, message->body);
        }
        static int64_t stop(pb_bytes bytes, pb_bytes *message) {
            const uint8_t *end = memchr(bytes.data, '.', bytes.count);
            if (!end) return memchr(bytes.data, '!', bytes.count) ? -1 : 0;
            *message = (pb_bytes){ bytes.data, (size_t)(end - bytes.data) + 1 };
            return (int64_t)message->count;
        }
        static void *create(const pb_host *host, const pb_setup *setup) {
            (void)setup;
            const pb_bytes none = { NULL, 0 };
            const pb_bytes own = { (const uint8_t *)"own", 3 }, control = { (const uint8_t *)"control", 7 };
            const pb_message_type any = { .size = sizeof any }, paced = { .size = sizeof paced, .flags = PB_PACED };
            const pb_framing framer = { .size = sizeof framer, .kind = PB_FRAMING_OWN, .framer = stop };
            const pb_framing length = {
                .size = sizeof length, .kind = PB_FRAMING_LENGTH, .flags = PB_LITTLE_ENDIAN | PB_TRAILER, .width = 4
            };
            int failures = host->on_message(host->context, none, &paced, heard, (void *)host) < 0;
            failures += host->on_message(host->context, own, &any, heard, (void *)host) < 0;
            failures += host->framing(host->context, own, &framer) < 0;
            failures += host->on_message(host->context, control, &any, heard, (void *)host) < 0;
            failures += host->framing(host->context, control, &length) < 0;
            return failures ? NULL : (void *)host;
        }
        static void destroy(void *self) { (void)self; }
        const pb_plugin *patchbay_plugin(void) {
            static const pb_plugin table = {
                .size = sizeof table, .abi_major = PB_ABI_MAJOR, .abi_minor = PB_ABI_MINOR, .name = "Echo",
                .version = "1", .summary = "Echoes", .create = create, .destroy = destroy,
            };
            return &table;
        }
        """

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "patchbay-\(UUID())")
        file = folder.appending(path: "libEcho.so").path()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let source = folder.appending(path: "echo.c").path()
        try EchoPlugin.source.write(toFile: source, atomically: false, encoding: .utf8)
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
