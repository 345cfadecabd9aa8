import Foundation

/// A plugin in C that echoes: messages at a pace; those of the streams `own`, each up to a full stop, and `control`,
/// behind their length, as they come. At `gate` it looks at the header `x-do`: a status to refuse with, or how to decide after
/// five seconds; who comes is all of his cookies.
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
        static void decide(const pb_host *host, pb_connection who, const uint8_t *word, size_t count) {
            if (count && *word >= '0' && *word <= '9')
                host->reject(host->context, who, (uint32_t)atoi((const char *)word), (pb_bytes){ (void *)"not you", 7 });
            else
                host->guest(host->context, who);
        }
        static void decided(void *self, pb_bytes key) {
            pb_connection who;
            memcpy(&who.bits, key.data, 8);
            decide(self, who, key.data + 8, key.count - 8);
        }
        static void asked(void *self, pb_connection who, const pb_request *upgrade) {
            const pb_host *host = self;
            const pb_bytes timer = { (const uint8_t *)"decide", 6 };
            uint8_t name[64] = "", key[32] = "";
            size_t count = 0;
            memcpy(key, &who.bits, 8);
            for (size_t i = 0; i < upgrade->header_count; i++) {
                const pb_bytes header = upgrade->headers[i].name, value = upgrade->headers[i].value.bytes;
                if (header.count == 6 && memcmp(header.data, "cookie", 6) == 0) {
                    memcpy(name + count, value.data, value.count);
                    count += value.count;
                } else if (header.count == 4 && memcmp(header.data, "x-do", 4) == 0) {
                    memcpy(key + 8, value.data, value.count);
                    if (value.count == 3) return decide(host, who, key + 8, 3);
                    const pb_bytes late = { key, value.count + 8 };
                    host->later(host->context, who);
                    if (host->timer_left(host->context, timer, late) < 0)
                        host->start_timer(host->context, timer, late, 5000);
                }
            }
            if (count) host->accept(host->context, who, (pb_bytes){ name, count });
        }
        static void opened(void *self, pb_connection who) {
            const pb_host *host = self;
            pb_connection_info info = { .size = sizeof info };
            host->describe(host->context, who, &info);
            host->send(host->context, who, PB_TEXT, info.principal.count ? info.principal : (pb_bytes){ (void *)"guest", 5 });
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
            const pb_bytes gate = { (const uint8_t *)"gate", 4 }, timer = { (const uint8_t *)"decide", 6 };
            failures += host->on_message(host->context, gate, &any, heard, (void *)host) < 0;
            failures += host->on_auth(host->context, gate, asked, (void *)host) < 0;
            failures += host->on_open(host->context, gate, opened, (void *)host) < 0;
            failures += host->on_timer(host->context, timer, decided, (void *)host) < 0;
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

    /// - Parameter source: of another one.
    init(source text: String = EchoPlugin.source) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "patchbay-\(UUID())")
        file = folder.appending(path: "libEcho.so").path()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let source = folder.appending(path: "echo.c").path()
        try text.write(toFile: source, atomically: false, encoding: .utf8)
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
