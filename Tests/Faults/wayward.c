/* Does what it may not: registers twice and outside create, calls from a thread of its own, and clings to its
 * host's table. `wayward_results` and `wayward_late` are for the test, which finds them by name. */
#include <patchbay.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

PB_NOTE("Puppet");

#define TEXT(literal) ((pb_bytes){ (const uint8_t *)(literal), sizeof(literal) - 1 })
#define CALL(name, ...) (host->name(host->context, ##__VA_ARGS__))

static const pb_host *host;
static pb_connection last;
int32_t wayward_results[64];
int32_t wayward_count;

static void note(int32_t status) { wayward_results[wayward_count++ & 63] = status; }

static void heard(void *self, pb_connection from, const pb_message *message);
static void opened(void *self, pb_connection who) { (void)self, last = who; }
static void closed(void *self, pb_connection who, uint32_t code, pb_bytes reason) {
    (void)self, (void)who, (void)code, (void)reason;
}
static void refused(void *self, pb_connection from, const pb_message *message, uint32_t refusal) {
    (void)self, (void)from, (void)message, (void)refusal;
}
static void rang(void *self, pb_bytes key) { (void)self, (void)key; }
static void called(void *self, const pb_call *call) { (void)self, (void)call; }

static void register_all(void) {
    const pb_grammar grammar = { .size = sizeof grammar };
    const pb_message_type type = { .size = sizeof type };
    const pb_command command = { .size = sizeof command, .name = TEXT("do") };
    note(CALL(grammar, TEXT(""), &grammar));
    note(CALL(on_message, TEXT(""), &type, heard, NULL));
    note(CALL(on_open, TEXT(""), opened, NULL));
    note(CALL(on_close, TEXT(""), closed, NULL));
    note(CALL(on_malformed, TEXT(""), heard, NULL));
    note(CALL(on_unknown, TEXT(""), heard, NULL));
    note(CALL(on_refused, TEXT(""), refused, NULL));
    note(CALL(on_timer, TEXT("t"), rang, NULL));
    note(CALL(on_command, &command, called, NULL));
}

/* Every argument that may be missing is. */
static void register_nothing(void) {
    const pb_grammar strange = { .size = sizeof strange, .kind = 77 };
    const pb_command nameless = { .size = sizeof nameless };
    note(CALL(grammar, TEXT("x"), NULL));
    note(CALL(grammar, TEXT("x"), &strange));
    note(CALL(on_message, TEXT("x"), NULL, heard, NULL));
    note(CALL(on_open, TEXT("x"), NULL, NULL));
    note(CALL(on_close, TEXT("x"), NULL, NULL));
    note(CALL(on_timer, TEXT(""), rang, NULL));
    note(CALL(on_command, &nameless, called, NULL));
    note(CALL(option, TEXT("none"), NULL));
}

static void call_all(void) {
    const pb_store *store = CALL(capability, PB_STORE);
    pb_bytes state;
    uint32_t version;
    pb_connection_info info = { .size = sizeof info };
    note(CALL(send, last, PB_TEXT, TEXT("x")));
    note(CALL(close, last, 1000, TEXT("")));
    note(CALL(describe, last, &info));
    note(CALL(connections, NULL, NULL));
    note(CALL(set_state, last, 1, TEXT("x")));
    note(CALL(state, last, &version, &state));
    note(CALL(accept, last, TEXT("x")));
    note(CALL(guest, last));
    note(CALL(reject, last, 1008, TEXT("")));
    note(CALL(later, last));
    note(CALL(send_principal, TEXT("x"), PB_TEXT, TEXT("x")));
    note(CALL(principal, TEXT("x"), NULL, NULL));
    note(CALL(join, TEXT("x"), last));
    note(CALL(leave, TEXT("x"), last));
    note(CALL(publish, TEXT("x"), PB_TEXT, TEXT("x"), NULL, 0));
    note(CALL(members, TEXT("x"), NULL, NULL));
    note(CALL(start_timer, TEXT("t"), TEXT(""), 1));
    note(CALL(stop_timer, TEXT("t"), TEXT("")));
    note((int32_t)CALL(timer_left, TEXT("t"), TEXT("")));
    note(CALL(answer, 1, PB_OK, TEXT("1")));
    if (store) note(store->prepare(host->context, TEXT("SELECT 1")));
}

static void call_anywhere(void) {
    note(CALL(log, PB_INFO, TEXT("x"), NULL, 0));
    note(CALL(count, TEXT("x"), 1));
    note(CALL(gauge, TEXT("x"), 1));
    note(CALL(monotonic) < 0 ? (int32_t)CALL(monotonic) : 0);
    note(CALL(wall) < 0 ? (int32_t)CALL(wall) : 0);
}

static void *elsewhere(void *unused) {
    call_all();
    call_anywhere();
    return unused;
}

static void answer_with_results(pb_connection to) {
    char text[512] = "";
    for (int32_t i = 0; i < wayward_count; i++) {
        size_t used = strlen(text);
        snprintf(text + used, sizeof text - used, "%s%d", i ? " " : "", wayward_results[i]);
    }
    wayward_count = 0;
    CALL(send, to, PB_TEXT, ((pb_bytes){ (const uint8_t *)text, strlen(text) }));
}

static int is(const pb_message *message, const char *word) {
    return message->body.count == strlen(word) && memcmp(message->body.data, word, message->body.count) == 0;
}

static void heard(void *self, pb_connection from, const pb_message *message) {
    pthread_t thread;
    (void)self;
    last = from;
    if (is(message, "register")) register_all();
    if (is(message, "thread") && pthread_create(&thread, NULL, elsewhere, NULL) == 0) pthread_join(thread, NULL);
    if (is(message, "kinds")) {
        pb_connection_info small = { .size = 4 };
        note(CALL(send, from, 7, TEXT("x")));
        note(CALL(publish, TEXT("x"), 7, TEXT("x"), NULL, 0));
        note(CALL(describe, from, &small));
        note(CALL(describe, from, NULL));
        note(CALL(log, 9, TEXT("x"), NULL, 0));
        note(CALL(start_timer, TEXT("unregistered"), TEXT(""), 1));
        note(CALL(answer, 99, PB_OK, TEXT("1")));
        note(CALL(capability, "patchbay.nothing.1") == NULL);
        note(CALL(respond, 1, 200, NULL, 0, TEXT("")));
        note(CALL(set_state, from, 1, ((pb_bytes){ (const uint8_t *)message, (64 << 10) + 1 })));
    }
    answer_with_results(from);
}

/* Called by the test, long after the service's end. */
void wayward_late(void) {
    wayward_count = 0;
    register_all();
    call_all();
    call_anywhere();
}

static void *create(const pb_host *given, const pb_setup *setup) {
    (void)setup;
    host = given;
    register_all();
    register_all();
    register_nothing();
    return malloc(1);
}

static void destroy(void *service) {
    free(service);
    wayward_late();
}

const pb_plugin *patchbay_plugin(void) {
    static const pb_plugin table = {
        .size = sizeof table, .abi_major = PB_ABI_MAJOR, .name = "Puppet", .create = create, .destroy = destroy
    };
    return &table;
}
