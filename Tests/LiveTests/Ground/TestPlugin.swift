/// A small plugin in C that a test writes, built by the compiler of the machine.
struct TestPlugin {
    var note = "PB_NOTE(\"Test\");"
    var registrations = ""
    var functions = ""
    var answer = "&service"
    var entry = "patchbay_plugin"
    var version = "1.0"

    private var source: String {
        """
        #include <patchbay.h>
        #include <stdlib.h>
        #define TEXT(literal) ((pb_bytes){ (const uint8_t *)(literal), sizeof(literal) - 1 })
        \(note)
        static int service;
        static const pb_host *host;
        static void heard(void *self, pb_connection from, const pb_message *message) {
            (void)self;
            host->send(host->context, from, message->kind, TEXT("\(version)"));
        }
        \(functions)
        static void *create(const pb_host *given, const pb_setup *setup) {
            (void)setup;
            host = given;
            const pb_message_type any = { .size = sizeof any };
            host->on_message(host->context, TEXT(""), &any, heard, &service);
            \(registrations)
            return \(answer);
        }
        static void destroy(void *self) { (void)self; }
        const pb_plugin *\(entry)(void);
        const pb_plugin *\(entry)(void) {
            static const pb_plugin table = {
                .size = sizeof table, .abi_major = PB_ABI_MAJOR, .abi_minor = 0, .name = "Test",
                .version = "\(version)", .summary = "A test's plugin", .create = create, .destroy = destroy,
            };
            return &table;
        }
        """
    }

    /// Builds it as the file `name` of `folder`; answers the file's path.
    @discardableResult
    func build(_ name: String, in folder: TemporaryFolder) throws -> String {
        try folder.write(source, to: "\(name).c")
        let include = "\(Products.root)/Host/Interface/ABI/include"
        let words = ["-shared", "-fPIC", "-I", include, "-o", folder.file(name), folder.file("\(name).c")]
        let compiler = try Program("cc", words, errors: folder.file("\(name).log"))
        guard try compiler.waitForEnd().code == 0 else { throw Unexpected(folder.text("\(name).log")) }
        return folder.file(name)
    }
}
