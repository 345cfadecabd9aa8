/* Echo: the main endpoint answers each message with itself; the endpoint `room` gives it to everybody there. */
#include <patchbay.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

PB_NOTE("EchoC");

#define TEXT(literal) ((pb_bytes){ (const uint8_t *)(literal), sizeof(literal) - 1 })

typedef struct echo {
    const pb_host *host;
    int32_t failure; /* what the first registration that failed answered */
} echo;

static void echoed(void *self, pb_connection from, const pb_message *message) {
    const pb_host *host = ((echo *)self)->host;
    host->send(host->context, from, message->kind, message->body);
}

static void entered(void *self, pb_connection who) {
    const pb_host *host = ((echo *)self)->host;
    host->join(host->context, TEXT("all"), who);
}

static void spoken(void *self, pb_connection from, const pb_message *message) {
    const pb_host *host = ((echo *)self)->host;
    (void)from;
    host->publish(host->context, TEXT("all"), message->kind, message->body, NULL, 0);
}

static void counted(void *user, pb_connection member) {
    (void)member;
    *(int32_t *)user += 1;
}

static void online(void *self, const pb_call *call) {
    const pb_host *host = ((echo *)self)->host;
    int32_t connections = 0;
    char text[32];
    host->connections(host->context, counted, &connections);
    int length = snprintf(text, sizeof text, "{\"connections\":%" PRId32 "}", connections);
    host->answer(host->context, call->ticket, PB_OK, (pb_bytes){ (const uint8_t *)text, (size_t)length });
}

static void check(echo *self, int32_t status) {
    if (status < 0 && self->failure == 0) self->failure = status;
}

static void registered(echo *self) {
    const pb_host *host = self->host;
    const pb_message_type any = { .size = sizeof any, .summary = TEXT("Anything, echoed to its sender") };
    const pb_message_type said = { .size = sizeof said, .summary = TEXT("Anything, for everybody in the room") };
    const pb_command command = {
        .size = sizeof command, .name = TEXT("online"), .summary = TEXT("How many connections there are")
    };
    check(self, host->on_message(host->context, TEXT(""), &any, echoed, self));
    check(self, host->on_open(host->context, TEXT("room"), entered, self));
    check(self, host->on_message(host->context, TEXT("room"), &said, spoken, self));
    check(self, host->on_command(host->context, &command, online, self));
}

static void *create(const pb_host *host, const pb_setup *setup) {
    (void)setup;
    echo *self = calloc(1, sizeof *self);
    if (!self) return NULL;
    self->host = host;
    registered(self);
    if (self->failure == 0) return self;
    host->refuse(host->context, TEXT("a registration was refused"));
    free(self);
    return NULL;
}

const pb_plugin *patchbay_plugin(void) {
    static const pb_plugin table = {
        .size = sizeof table, .abi_major = PB_ABI_MAJOR, .abi_minor = PB_ABI_MINOR,
        .name = "EchoC", .version = "1.0", .summary = "Echoes each message, to its sender or to a room",
        .create = create, .destroy = free
    };
    return &table;
}
