import PatchbayStage
import Testing

/// Plays with passwords, which are hashed beside the lane: in memory at once, over sockets on threads.
@Suite struct PasswordPlayTests {
    /// One password, set by a command; whoever says `in PASSWORD` is let in, and hears what he says.
    private static let door = """
        #include <patchbay.h>
        #include <stdlib.h>
        #include <string.h>
        PB_NOTE("Door");
        #define TEXT(text) ((pb_bytes){ (const uint8_t *)(text), sizeof(text) - 1 })
        typedef struct door { const pb_host *host; const pb_secrets *secrets; char hash[128]; size_t count; } door;
        static void said(void *service, pb_connection from, const pb_message *message) {
            door *self = service;
            self->host->send(self->host->context, from, PB_TEXT, message->payload);
        }
        static void checked(void *service, uint64_t ticket, int32_t verdict, pb_bytes hash) {
            door *self = service;
            const pb_host *host = self->host;
            pb_connection who = { ticket };
            (void)hash;
            if (!verdict) { host->reject(host->context, who, 4001, TEXT("wrong")); return; }
            host->accept(host->context, who, TEXT("somebody"));
            host->send(host->context, who, PB_TEXT, TEXT("welcome"));
        }
        static void in(void *service, pb_connection from, const pb_message *message) {
            door *self = service;
            const pb_host *host = self->host;
            pb_bytes hash = { (const uint8_t *)self->hash, self->count };
            host->later(host->context, from);
            if (self->secrets->verify(host->context, message->payload, hash, from.bits, checked, self) < 0)
                host->reject(host->context, from, 4001, TEXT("full"));
        }
        static void hashed(void *service, uint64_t ticket, int32_t verdict, pb_bytes hash) {
            door *self = service;
            memcpy(self->hash, hash.data, self->count = hash.count < 128 ? hash.count : 0);
            self->host->answer(self->host->context, ticket, verdict ? PB_OK : PB_FAILED, TEXT("true"));
        }
        static void set(void *service, const pb_call *call) {
            door *self = service;
            pb_bytes password = call->arguments[0].value.bytes;
            self->secrets->hash(self->host->context, password, call->ticket, hashed, self);
        }
        static void *create(const pb_host *host, const pb_setup *setup) {
            door *self = calloc(1, sizeof *self);
            const pb_grammar words = {
                .size = sizeof words, .kind = PB_GRAMMAR_DELIMITER, .flags = PB_LOGIN_FIRST, .delimiter = ' '
            };
            const pb_message_type login = { .size = sizeof login, .flags = PB_LOGIN, .type = TEXT("in") };
            const pb_message_type echo = { .size = sizeof echo, .type = TEXT("say") };
            const pb_parameter password = { .name = TEXT("password"), .flags = PB_REQUIRED };
            const pb_command command = {
                .size = sizeof command, .name = TEXT("set"), .parameters = &password, .parameter_count = 1
            };
            self->host = host;
            self->secrets = host->capability(host->context, PB_SECRETS);
            memcpy(self->hash, setup->restored.data, self->count = setup->restored.count);
            host->grammar(host->context, TEXT(""), &words);
            host->on_message(host->context, TEXT(""), &login, in, self);
            host->on_message(host->context, TEXT(""), &echo, said, self);
            host->on_command(host->context, &command, set, self);
            return self;
        }
        static int32_t save(void *service, pb_bytes *state) {
            door *self = service;
            *state = (pb_bytes){ (const uint8_t *)self->hash, self->count };
            return PB_OK;
        }
        const pb_plugin *patchbay_plugin(void) {
            static const pb_plugin table = {
                .size = sizeof table, .abi_major = PB_ABI_MAJOR, .abi_minor = PB_ABI_MINOR, .name = "Door",
                .version = "1", .summary = "Asks for a password", .create = create, .save = save, .destroy = free,
            };
            return &table;
        }
        """

    private static let play = """
        anna connects
        anna > in secret
        anna < closed 4001 wrong
        call set password=secret
        = true
        anna connects
        ben connects
        cleo connects
        anna > in secret
        anna > say one
        ben > in secret
        ben > say two
        cleo > in wrong
        cleo < closed 4001 wrong
        ben < welcome
        ben < two
        anna < welcome
        anna < one
        call set password=other
        dora connects
        dora > in secret
        dora < closed 4001 wrong
        dora connects
        dora > in other
        dora < welcome
        anna > say three
        anna < three
        """

    @Test(arguments: [false, true], [false, true])
    func `logins are decided in order, live and in memory, whatever is reloaded`(
        isLive: Bool,
        isReloading: Bool
    )
        throws
    {
        let plugin = try EchoPlugin(source: PasswordPlayTests.door)
        defer { plugin.remove() }
        let transcript = try Transcript(name: "door", text: PasswordPlayTests.play)
        let failure =
            isLive
            ? LiveStage(plugin: plugin.file, loops: 2, in: "").play(
                transcript,
                reloadingAfterEveryLine: isReloading
            )
            : Stage(plugin: plugin.file, in: "").play(transcript, reloadingAfterEveryLine: isReloading)
        #expect(failure == nil)
    }
}
