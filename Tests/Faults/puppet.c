/* Puppet: does what its messages say, "word rest", and answers with the status, so that a test can pull every
 * string of the host. STORE gives it a store, GENERATION and MIGRATIONS tell one build from another; TRIED is a call
 * for `create`, which then refuses with its status. */
#include <patchbay.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef GENERATION
#define GENERATION "1"
#endif
#ifndef MIGRATIONS
#define MIGRATIONS 1
#endif
#ifndef REFUSED_START
#define REFUSED_START PB_RELOAD
#endif
#ifndef LONGEST
#define LONGEST 2000 /* message of a grammar */
#endif
#ifndef LARGEST
#define LARGEST 0 /* message of a stream */
#endif
#ifndef FRAMING_SIZE
#define FRAMING_SIZE sizeof(pb_framing)
#endif
#ifndef GRAMMAR_SIZE
#define GRAMMAR_SIZE sizeof(pb_grammar)
#endif
#ifndef LOGIN_CODE
#define LOGIN_CODE 0
#define LOGIN_REASON ""
#endif
#ifndef BOT_MODE
#define BOT_MODE PB_CLAIM_PROBE
#endif
#ifndef BOT_TIME
#define BOT_TIME 5000
#endif
#ifdef NOTE_MINOR
#undef PB_ABI_MINOR
#define PB_ABI_MINOR NOTE_MINOR
#endif
#ifndef TABLE_MINOR
#define TABLE_MINOR PB_ABI_MINOR
#endif

PB_NOTE("Puppet");

#define TEXT(literal) ((pb_bytes){ (const uint8_t *)(literal), sizeof(literal) - 1 })
#define CALL(name, ...) (self->host->name(self->host->context, ##__VA_ARGS__))

typedef struct puppet {
    const pb_host *host;
    pb_connection kept;
    uint64_t ticket;
    uint32_t start, is_exposed;
    const pb_claims *claims;
    int32_t bots, seats, users;
    pb_on_secret verified;
    uint64_t login;
    int64_t spoilt; /* bytes that the next answers write */
    char restored[64];
#ifdef STORE
    const pb_store *store;
    int32_t insert, count, fill;
#endif
} puppet;

static pb_bytes text(const char *string) { return (pb_bytes){ (const uint8_t *)string, strlen(string) }; }

static int is(pb_bytes bytes, const char *word) {
    return bytes.count == strlen(word) && memcmp(bytes.data, word, bytes.count) == 0;
}

static int64_t number(pb_bytes bytes) {
    char digits[32] = { 0 };
    memcpy(digits, bytes.data, bytes.count < 31 ? bytes.count : 31);
    return strtoll(digits, NULL, 10);
}

/* What stands before the first blank; `rest` becomes what follows it. */
static pb_bytes first(pb_bytes *rest) {
    const uint8_t *blank = rest->count ? memchr(rest->data, ' ', rest->count) : NULL;
    size_t count = blank ? (size_t)(blank - rest->data) : rest->count;
    pb_bytes word = { rest->data, count };
    rest->data += count + (blank ? 1 : 0);
    rest->count -= count + (blank ? 1 : 0);
    return word;
}

static void say(puppet *self, pb_connection to, pb_bytes message) { CALL(send, to, PB_TEXT, message); }

static void answer(puppet *self, pb_connection to, int64_t status) {
    char digits[32];
    snprintf(digits, sizeof digits, "%" PRId64, status);
    say(self, to, text(digits));
}

static void tell(puppet *self, pb_connection to, const char *format, pb_bytes rest, int64_t value) {
    char line[256];
    snprintf(line, sizeof line, format, (int)rest.count, (const char *)rest.data, value);
    say(self, to, text(line));
}

/* ---- connections, logins, rooms */

static void echo(void *context, pb_connection from, const pb_message *message) {
    puppet *self = context;
    CALL(send, from, message->kind, message->payload);
}

static void end(void *context, pb_connection from, const pb_message *message) {
    puppet *self = context;
    pb_bytes rest = message->payload;
    int64_t code = number(first(&rest));
    int32_t status = CALL(close, from, (uint32_t)code, rest);
    if (status < 0) answer(self, from, status);
}

static void keep(void *context, pb_connection from, const pb_message *message) {
    (void)message;
    puppet *self = context;
    self->kept = from;
    answer(self, from, PB_OK);
}

static void kept(void *context, pb_connection from, const pb_message *message) {
    puppet *self = context;
    answer(self, from, CALL(send, self->kept, PB_TEXT, message->payload));
}

static void set_state(void *context, pb_connection from, const pb_message *message) {
    puppet *self = context;
    answer(self, from, CALL(set_state, from, 7, message->payload));
}

static void state(void *context, pb_connection from, const pb_message *message) {
    (void)message;
    puppet *self = context;
    uint32_t version = 0;
    pb_bytes bytes = { 0 };
    CALL(state, from, &version, &bytes);
    tell(self, from, "%.*s:%" PRId64, bytes, version);
}

static void who(void *context, pb_connection from, const pb_message *message) {
    (void)message;
    puppet *self = context;
    pb_connection_info info = { .size = sizeof info };
    CALL(describe, from, &info);
    tell(self, from, "%.*s:%" PRId64, info.principal, info.logged_in);
}

/* Everything that the host knows of it. */
static void peer(void *context, pb_connection from, const pb_message *message) {
    (void)message;
    puppet *self = context;
    char line[256];
    pb_connection_info info = { .size = sizeof info };
    CALL(describe, from, &info);
    snprintf(
        line, sizeof line, "%" PRIu32 " at '%.*s' from %.*s as '%.*s'", info.transport, (int)info.endpoint.count,
        (const char *)info.endpoint.data, (int)info.address.count, (const char *)info.address.data,
        (int)info.certificate.count, (const char *)info.certificate.data);
    say(self, from, text(line));
}

static void logged_in(void *context, pb_connection from, const pb_message *message) {
    puppet *self = context;
    answer(self, from, CALL(accept, from, message->payload));
}

static void guest(void *context, pb_connection from, const pb_message *message) {
    (void)message;
    puppet *self = context;
    answer(self, from, CALL(guest, from));
}

static void later(void *context, pb_connection from, const pb_message *message) {
    (void)message;
    puppet *self = context;
    self->kept = from;
    answer(self, from, CALL(later, from));
}

static void admit(void *context, pb_connection from, const pb_message *message) {
    puppet *self = context;
    answer(self, from, CALL(accept, self->kept, message->payload));
}

/* "try ACCOUNT [ADDRESS]", by default from where the connection comes. */
static void try_login(void *context, pb_connection from, const pb_message *message) {
    puppet *self = context;
    pb_bytes rest = message->payload, account = first(&rest);
    pb_connection_info info = { .size = sizeof info };
    CALL(describe, from, &info);
    answer(self, from, CALL(try_login, account, rest.count ? rest : info.address));
}

/* "settle TICKET 1" */
static void settle_login(void *context, pb_connection from, const pb_message *message) {
    puppet *self = context;
    pb_bytes rest = message->payload;
    uint64_t ticket = (uint64_t)number(first(&rest));
    answer(self, from, CALL(settle_login, ticket, (uint32_t)number(rest)));
}

static void to_principal(void *context, pb_connection from, const pb_message *message) {
    puppet *self = context;
    pb_bytes rest = message->payload, name = first(&rest);
    answer(self, from, CALL(send_principal, name, PB_TEXT, rest));
}

static void join(void *context, pb_connection from, const pb_message *message) {
    puppet *self = context;
    answer(self, from, CALL(join, message->payload, from));
}

static void leave(void *context, pb_connection from, const pb_message *message) {
    puppet *self = context;
    answer(self, from, CALL(leave, message->payload, from));
}

static void publish(void *context, pb_connection from, const pb_message *message) {
    (void)from;
    puppet *self = context;
    pb_bytes rest = message->payload, room = first(&rest);
    CALL(publish, room, PB_TEXT, rest, NULL, 0);
}

/* As text or binary, like the message itself. */
static void shout(void *context, pb_connection from, const pb_message *message) {
    (void)from;
    puppet *self = context;
    pb_bytes rest = message->payload, room = first(&rest);
    CALL(publish, room, message->kind, rest, NULL, 0);
}

static void others(void *context, pb_connection from, const pb_message *message) {
    puppet *self = context;
    pb_bytes rest = message->payload, room = first(&rest);
    CALL(publish, room, PB_TEXT, rest, &from, 1);
}

static void members(void *context, pb_connection from, const pb_message *message) {
    puppet *self = context;
    answer(self, from, CALL(members, message->payload, NULL, NULL));
}

static void is_member(void *context, pb_connection from, const pb_message *message) {
    puppet *self = context;
    answer(self, from, CALL(is_member, message->payload, from));
}

static void tell_room(void *user, pb_bytes room) {
    void **both = user;
    puppet *self = both[0];
    CALL(send, *(pb_connection *)both[1], PB_TEXT, room);
}

/* Their names, if the payload says so, and how many they are. */
static void my_rooms(void *context, pb_connection from, const pb_message *message) {
    puppet *self = context;
    void *both[] = { self, &from };
    answer(self, from, CALL(rooms, from, message->payload.count ? tell_room : NULL, both));
}

static void everybody(void *context, pb_connection from, const pb_message *message) {
    (void)message;
    puppet *self = context;
    answer(self, from, CALL(connections, NULL, NULL));
}

static void gone(void *context, pb_connection from, uint32_t code, pb_bytes reason) {
    (void)reason;
    puppet *self = context;
    char line[32];
    int32_t status = CALL(send, from, PB_TEXT, TEXT("to nobody"));
    snprintf(line, sizeof line, "gone %" PRIu32 " %" PRId32, code, status);
    CALL(publish, TEXT("watch"), PB_TEXT, text(line), NULL, 0);
    int32_t names = self->claims->names(self->host->context, self->bots, from, NULL, NULL);
    snprintf(line, sizeof line, "holding %" PRId32, names);
    if (names > 0) CALL(publish, TEXT("watch"), PB_TEXT, text(line), NULL, 0);
#ifdef STORE
    pb_value value = { .type = PB_STRING, .bytes = TEXT("gone") };
    self->store->run(self->host->context, self->insert, &value, 1, NULL, NULL);
#endif
}

static void refused(void *context, pb_connection from, const pb_message *message, uint32_t refusal) {
    tell(context, from, "refused %.*s %" PRId64, message->type, refusal);
#ifdef WRITING_REFUSAL
    puppet *self = context;
    pb_value value = { .type = PB_INTEGER, .integer = 1000000 };
    self->store->run(self->host->context, self->fill, &value, 1, NULL, NULL);
#endif
}

static void unknown(void *context, pb_connection from, const pb_message *message) {
    tell(context, from, "unknown %.*s%.0" PRId64, message->type, 0);
}

/* ---- plain requests */

static void respond(puppet *self, uint64_t ticket, uint32_t status, pb_bytes body) {
    const pb_named type = { TEXT("Content-Type"), { .type = PB_STRING, .bytes = TEXT("text/plain") } };
    CALL(respond, ticket, status, &type, 1, body);
}

static void hello(void *context, const pb_request *request) { respond(context, request->ticket, 200, TEXT("hello")); }

/* Everything that it was told, a line each. */
static int write_request(char *lines, size_t size, const pb_request *request) {
    int count = snprintf(
        lines, size, "%.*s %.*s below %.*s query %.*s from %.*s body %.*s\n", (int)request->method.count,
        (const char *)request->method.data, (int)request->path.count, (const char *)request->path.data,
        (int)request->below.count, (const char *)request->below.data, (int)request->query.count,
        (const char *)request->query.data, (int)request->address.count, (const char *)request->address.data,
        (int)request->body.count, (const char *)request->body.data);
    for (size_t i = 0; i < request->header_count; i++) {
        const pb_named *header = &request->headers[i];
        count += snprintf(
            lines + count, size - (size_t)count, "%.*s=%.*s\n", (int)header->name.count,
            (const char *)header->name.data, (int)header->value.bytes.count, (const char *)header->value.bytes.data);
    }
    return count;
}

static void mirror(void *context, const pb_request *request) {
    char lines[4096];
    int count = write_request(lines, sizeof lines, request);
    respond(context, request->ticket, 201, (pb_bytes){ (const uint8_t *)lines, (size_t)count });
}

static void kept_waiting(void *context, const pb_request *request) { ((puppet *)context)->ticket = request->ticket; }

static void respond_now(void *context, pb_connection from, const pb_message *message) {
    puppet *self = context;
    /* A generation that was not asked itself answers the service's first. */
    answer(self, from, CALL(respond, self->ticket ? self->ticket : 1, 200, NULL, 0, message->payload));
}

/* Twenty times as long as it is interesting. */
static void page(void *context, const pb_request *request) {
    puppet *self = context;
    static const char line[] = "all the same, all the same, all the same\n";
    char text_of[20 * sizeof line] = "";
    for (int i = 0; i < 20; i++) strcat(text_of, line);
    const pb_named control = { TEXT("Cache-Control"), { .type = PB_STRING, .bytes = TEXT("public, max-age=60") } };
    CALL(respond, request->ticket, 200, &control, is(request->query, "private") ? 0 : 1, text(text_of));
}

static void framed(void *context, const pb_request *request) {
    puppet *self = context;
    const pb_named length = { TEXT("Content-Length"), { .type = PB_STRING, .bytes = TEXT("1") } };
    const pb_named split = { TEXT("X-Split"), { .type = PB_STRING, .bytes = TEXT("a\r\nX-Other: b") } };
    int32_t status = CALL(respond, request->ticket, 200, &length, 1, TEXT(""));
    char text_of[16];
    snprintf(text_of, sizeof text_of, "%" PRId32, status);
    CALL(respond, request->ticket, 200, &split, 1, text(text_of));
}

#ifdef STORE
static void stored_request(void *context, const pb_request *request) {
    puppet *self = context;
    pb_value value = { .type = PB_INTEGER, .integer = number(request->body) };
    self->store->run(self->host->context, self->fill, &value, 1, NULL, NULL);
    respond(self, request->ticket, 200, TEXT("stored"));
}
#endif

/* ---- upgrades */

/* Does what the query says, "word=rest&word=rest", and tells `watch` what it was answered. */
static int64_t begin_check(puppet *self, pb_connection who, pb_bytes password);

static void auth(void *context, pb_connection who, const pb_request *upgrade) {
    puppet *self = context;
    char line[256] = "shown " GENERATION, query[128] = "", *place = NULL;
    snprintf(query, sizeof query, "%.*s", (int)upgrade->query.count, (const char *)upgrade->query.data);
    self->kept = who;
    for (char *part = strtok_r(query, "&", &place); part; part = strtok_r(NULL, "&", &place)) {
        char *value = strchr(part, '=');
        if (value) *value++ = 0; else value = part + strlen(part);
        int64_t status = PB_INVALID;
        pb_bytes rest = text(value);
        if (!strcmp(part, "accept")) status = CALL(accept, who, rest);
        if (!strcmp(part, "guest")) status = CALL(guest, who);
        if (!strcmp(part, "reject")) status = CALL(reject, who, (uint32_t)number(rest), TEXT("not you"));
        if (!strcmp(part, "later")) status = CALL(later, who);
        if (!strcmp(part, "check")) status = begin_check(self, who, rest);
        if (!strcmp(part, "close")) status = CALL(close, who, 1000, TEXT(""));
        if (!strcmp(part, "send")) status = CALL(send, who, PB_TEXT, rest);
        if (!strcmp(part, "join")) status = CALL(join, rest, who);
        if (!strcmp(part, "state")) status = CALL(set_state, who, 1, rest);
        if (!strcmp(part, "count")) status = CALL(connections, NULL, NULL);
        if (!strcmp(part, "respond")) status = CALL(respond, upgrade->ticket, 200, NULL, 0, rest);
        if (!strcmp(part, "remember"))
            status = snprintf(self->restored, sizeof self->restored, "%" PRIx64, who.bits) > 0 ? PB_OK : PB_FAILED;
        if (!strcmp(part, "request")) {
            char lines[4096];
            int count = write_request(lines, sizeof lines, upgrade);
            status = CALL(set_state, who, 1, ((pb_bytes){ (const uint8_t *)lines, (size_t)count }));
        }
#ifdef STORE
        pb_value size = { .type = PB_INTEGER, .integer = number(rest) };
        if (!strcmp(part, "fill"))
            status = self->store->run(self->host->context, self->fill, &size, 1, NULL, NULL);
#endif
        snprintf(line + strlen(line), sizeof line - strlen(line), " %s=%" PRId64, part, status);
    }
    CALL(publish, TEXT("watch"), PB_TEXT, text(line), NULL, 0);
}

/* Says who it is. */
static void opened(void *context, pb_connection who_is) {
    puppet *self = context;
    CALL(publish, TEXT("watch"), PB_TEXT, TEXT("opened"), NULL, 0);
    who(self, who_is, NULL);
}

/* ---- timers, figures, lives */

static void timer(void *context, pb_connection from, const pb_message *message) {
    puppet *self = context;
    pb_bytes rest = message->payload, key = first(&rest);
    answer(self, from, CALL(start_timer, TEXT("alarm"), key, number(rest)));
}

static void fired(void *context, pb_bytes key) {
    puppet *self = context;
    char line[64];
    snprintf(line, sizeof line, "fired %.*s", (int)key.count, (const char *)key.data);
    CALL(publish, TEXT("watch"), PB_TEXT, text(line), NULL, 0);
    if (is(key, "again")) CALL(start_timer, TEXT("alarm"), key, 0);
    if (is(key, "admit")) CALL(accept, self->kept, TEXT("late"));
    if (is(key, "turn-away")) CALL(reject, self->kept, 403, TEXT("too late"));
#ifdef STORE
    pb_value value = { .type = PB_STRING, .bytes = TEXT("fired") };
    self->store->run(self->host->context, self->insert, &value, 1, NULL, NULL);
#endif
}

static void left(void *context, pb_connection from, const pb_message *message) {
    puppet *self = context;
    answer(self, from, CALL(timer_left, TEXT("alarm"), message->payload));
}

static void stop(void *context, pb_connection from, const pb_message *message) {
    puppet *self = context;
    answer(self, from, CALL(stop_timer, TEXT("alarm"), message->payload));
}

static void count(void *context, pb_connection from, const pb_message *message) {
    puppet *self = context;
    answer(self, from, CALL(count, TEXT("counted"), number(message->payload)));
}

static void measure(void *context, pb_connection from, const pb_message *message) {
    puppet *self = context;
    pb_bytes rest = message->payload, name = first(&rest);
    answer(self, from, CALL(gauge, name, number(rest)));
}

static void reject(void *context, pb_connection from, const pb_message *message) {
    puppet *self = context;
    pb_bytes rest = message->payload;
    int64_t code = number(first(&rest));
    int32_t status = CALL(reject, self->kept, (uint32_t)code, rest);
    answer(self, from, status);
}

static void tell_member(void *user, pb_connection member) {
    puppet *self = user;
    say(self, member, TEXT("you"));
}

static void visit(void *context, pb_connection from, const pb_message *message) {
    puppet *self = context;
    answer(self, from, CALL(principal, message->payload, tell_member, self));
}

static void pardon(void *context, pb_connection from, const pb_message *message) {
    (void)message;
    puppet *self = context;
    answer(self, from, CALL(guest, self->kept));
}

/* What this version does not offer. */
static void missing(void *context, pb_connection from, const pb_message *message) {
    (void)message;
    puppet *self = context;
    answer(self, from, CALL(capability, "patchbay.none.1") == NULL && CALL(capability, NULL) == NULL);
}

static void wrong(void *context, pb_connection from, const pb_message *message) {
    (void)message;
    puppet *self = context;
    const pb_secrets *secrets = CALL(capability, PB_SECRETS);
    answer(self, from, CALL(send, from, 2, TEXT("kind")));
    answer(self, from, CALL(send_principal, TEXT("nobody"), 2, TEXT("kind")));
    answer(self, from, CALL(publish, TEXT("room"), 2, TEXT("kind"), NULL, 0));
    answer(self, from, CALL(log, 4, TEXT("level"), NULL, 0));
    answer(self, from, CALL(start_timer, TEXT("unknown"), TEXT(""), 1));
    answer(self, from, CALL(answer, 12345, PB_OK, TEXT("1")));
    answer(self, from, CALL(respond, 12345, 200, NULL, 0, TEXT("")));
    answer(self, from, CALL(respond, 12345, 101, NULL, 0, TEXT("")));
    answer(self, from, secrets->random(self->host->context, NULL, 1));
    answer(self, from, secrets->sha256(self->host->context, TEXT(""), NULL));
    answer(self, from, secrets->hmac_sha256(self->host->context, TEXT(""), TEXT(""), NULL));
}

/* Seals the rest and opens it again; then tries what must not open it. */
static void seal(void *context, pb_connection from, const pb_message *message) {
    puppet *self = context;
    const pb_secrets *secrets = CALL(capability, PB_SECRETS);
    const pb_bytes name = TEXT("name");
    uint8_t key[32] = { 1 }, box[2000 + PB_SEAL_OVERHEAD], clear[2000] = "untouched";
    void *host = self->host->context;
    if (!PB_HAS(secrets, open)) return;
    pb_bytes sealed = { box, (size_t)secrets->seal(host, key, message->payload, name, box) };
    answer(self, from, (int64_t)sealed.count);
    answer(self, from, secrets->open(host, key, sealed, TEXT("other"), clear));
    box[0] ^= 1;
    answer(self, from, secrets->open(host, key, sealed, name, clear));
    box[0] ^= 1;
    key[31] = 1;
    answer(self, from, secrets->open(host, key, sealed, name, clear));
    key[31] = 0;
    answer(self, from, secrets->open(host, key, (pb_bytes){ box, PB_SEAL_OVERHEAD - 1 }, name, clear));
    answer(self, from, secrets->seal(host, NULL, message->payload, name, box));
    answer(self, from, secrets->seal(host, key, message->payload, name, NULL));
    answer(self, from, secrets->seal(host, key, (pb_bytes){ box, (1u << 30) + 1 }, name, box));
    answer(self, from, secrets->open(host, NULL, sealed, name, clear));
    answer(self, from, secrets->open(host, key, sealed, name, NULL));
    say(self, from, text((const char *)clear));
    int64_t count = secrets->open(host, key, sealed, name, clear);
    say(self, from, (pb_bytes){ clear, count < 0 ? 0 : (size_t)count });
}

/* ---- passwords; everybody's is "secret" */

#define HASH TEXT("$scrypt$ln=1,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$VT0pcNZoTiDGi7oxtKbKmRXM7HJsOVONlu2c4UnBYSw")
#define SECRETS ((const pb_secrets *)CALL(capability, PB_SECRETS))

static void hashed(void *context, uint64_t ticket, int32_t verdict, pb_bytes hash) {
    puppet *self = context;
    tell(self, (pb_connection){ ticket }, "hash %.*s %" PRId64, hash, verdict);
    SECRETS->verify(self->host->context, TEXT("secret"), hash, ticket, self->verified, self);
}

static void verified(void *context, uint64_t ticket, int32_t verdict, pb_bytes hash) {
    tell(context, (pb_connection){ ticket }, "verdict %.*s%" PRId64, hash, verdict);
}

static void hash(void *context, pb_connection from, const pb_message *message) {
    puppet *self = context;
    self->verified = verified;
    int32_t status = SECRETS->hash(self->host->context, message->payload, from.bits, hashed, self);
    if (status < 0) answer(self, from, status);
}

/* "verify PASSWORD": against HASH, or, without a password, against nothing. */
static void verify(void *context, pb_connection from, const pb_message *message) {
    puppet *self = context;
    int32_t status = SECRETS->verify(
        self->host->context, message->payload, message->payload.count ? HASH : TEXT(""), from.bits, verified, self);
    if (status < 0) answer(self, from, status);
}

static void fetched(void *context, uint64_t ticket, const pb_fetched *answer, pb_bytes failure) {
    tell(context, (pb_connection){ ticket }, "fetched %.*s %" PRId64, failure, answer ? (int64_t)answer->status : 0);
}

/* "fetch URL" */
static void fetch(void *context, pb_connection from, const pb_message *message) {
    puppet *self = context;
    const pb_http *http = CALL(capability, PB_HTTP_CLIENT);
    const pb_fetch fetch = { .size = sizeof fetch, .method = TEXT("GET"), .url = message->payload };
    answer(self, from, http->fetch(self->host->context, &fetch, from.bits, fetched, self));
}

static void spoil(void *context, pb_connection from, const pb_message *message) {
    puppet *self = context;
    self->spoilt = number(message->payload);
    answer(self, from, PB_OK);
}

static void write_spoilt(puppet *self) {
#ifdef STORE
    pb_value value = { .type = PB_INTEGER, .integer = self->spoilt };
    if (self->spoilt) self->store->run(self->host->context, self->fill, &value, 1, NULL, NULL);
#endif
    (void)self;
}

static void checked(void *context, uint64_t ticket, int32_t verdict, pb_bytes hash) {
    (void)hash;
    puppet *self = context;
    pb_connection who = { ticket };
    write_spoilt(self);
    if (verdict) {
        CALL(settle_login, self->login, 1);
        CALL(accept, who, TEXT("anna"));
        say(self, who, TEXT("welcome to " GENERATION));
    } else {
        CALL(reject, who, 4001, TEXT("wrong password"));
    }
    CALL(publish, TEXT("watch"), PB_TEXT, verdict ? TEXT("right") : TEXT("wrong"), NULL, 0);
}

static int64_t begin_check(puppet *self, pb_connection who, pb_bytes password) {
    pb_connection_info info = { .size = sizeof info };
    CALL(describe, who, &info);
    int64_t login = CALL(try_login, TEXT("anna"), info.address);
    self->login = (uint64_t)login;
    if (login < 0) return login;
    CALL(later, who);
    return SECRETS->verify_login(self->host->context, password, HASH, self->login, who.bits, checked, self);
}

/* "check PASSWORD", a login. */
static void check(void *context, pb_connection from, const pb_message *message) {
    puppet *self = context;
    if (begin_check(self, from, message->payload) < 0) CALL(reject, from, 4001, TEXT("wrong password"));
}

static void asked(void *context, uint64_t ticket, int32_t verdict, pb_bytes hash) {
    (void)hash;
    puppet *self = context;
    CALL(respond, ticket, verdict ? 200 : 403, NULL, 0, TEXT(GENERATION));
}

/* Its query is the password. */
static void ask(void *context, const pb_request *request) {
    puppet *self = context;
    if (SECRETS->verify(self->host->context, request->query, HASH, request->ticket, asked, self) < 0)
        CALL(respond, request->ticket, 429, NULL, 0, TEXT(""));
}

static void told(void *context, uint64_t ticket, int32_t verdict, pb_bytes hash) {
    (void)hash;
    puppet *self = context;
    write_spoilt(self);
    CALL(answer, ticket, PB_OK, verdict ? TEXT("\"right " GENERATION "\"") : TEXT("\"wrong\""));
}

static void call_checked(void *context, const pb_call *call) {
    puppet *self = context;
    SECRETS->verify(self->host->context, TEXT("secret"), HASH, call->ticket, told, self);
}

static void life(void *context, pb_connection from, const pb_message *message) {
    (void)message;
    puppet *self = context;
    tell(self, from, "generation " GENERATION " restored %.*s start %" PRId64, text(self->restored), self->start);
}

static void exposed(void *context, pb_connection from, const pb_message *message) {
    (void)message;
    puppet *self = context;
    answer(self, from, self->is_exposed);
}

static void remember(void *context, pb_connection from, const pb_message *message) {
    puppet *self = context;
    snprintf(
        self->restored, sizeof self->restored, "%.*s", (int)message->payload.count,
        (const char *)message->payload.data);
    answer(self, from, PB_OK);
}

static void admitted(void *context, const pb_call *call) {
    puppet *self = context;
    int32_t status = CALL(accept, self->kept, TEXT("called"));
    CALL(answer, call->ticket, PB_OK, status == PB_OK ? TEXT("true") : TEXT("false"));
}

static void waited(void *context, const pb_call *call) {
    puppet *self = context;
    self->ticket = call->ticket;
}

static void finish(void *context, pb_connection from, const pb_message *message) {
    puppet *self = context;
    answer(self, from, CALL(answer, self->ticket, PB_OK, message->payload));
}

/* ---- claims: "claim KIND NAME", where KIND is bot (PROBE), seat (DENY), user (REPLACE) or a number */

#define CLAIMS(name, ...) (self->claims->name(self->host->context, ##__VA_ARGS__))

static int32_t kind_of(puppet *self, pb_bytes *rest) {
    pb_bytes word = first(rest);
    if (is(word, "bot")) return self->bots;
    if (is(word, "seat")) return self->seats;
    return is(word, "user") ? self->users : (int32_t)number(word);
}

/* The status, and the state of the connection, as tests name them by it. */
static void point(puppet *self, pb_connection to, int32_t status, pb_connection whom) {
    pb_bytes name = { 0 };
    char line[64];
    if (whom.bits) CALL(state, whom, NULL, &name);
    snprintf(
        line, sizeof line, "%" PRId32 "%s%.*s", status, name.count ? " " : "", (int)name.count, (const char *)name.data);
    say(self, to, text(line));
}

static void claimed(void *context, pb_connection from, const pb_message *message) {
    puppet *self = context;
    pb_bytes rest = message->payload;
    pb_connection holder = { 77 };
    int32_t status = CLAIMS(claim, kind_of(self, &rest), rest, from, &holder);
    point(self, from, status, holder);
    if (status == PB_CLAIM_PROBING) tell(self, holder, "isalive %.*s%.0" PRId64, rest, 0);
}

static void released(void *context, pb_connection from, const pb_message *message) {
    puppet *self = context;
    pb_bytes rest = message->payload;
    int32_t kind = kind_of(self, &rest);
    answer(self, from, CLAIMS(release, kind, rest, from));
}

/* Lets it go and looks who has it, all in one handler; takes it again if the message is "swap". */
static void given_up(void *context, pb_connection from, const pb_message *message) {
    puppet *self = context;
    pb_bytes rest = message->payload;
    int32_t kind = kind_of(self, &rest);
    pb_connection who = { 77 };
    answer(self, from, CLAIMS(release, kind, rest, from));
    point(self, from, CLAIMS(holder, kind, rest, &who), who);
    if (is(message->type, "swap")) point(self, from, CLAIMS(claim, kind, rest, from, &who), who);
}

static void confirmed(void *context, pb_connection from, const pb_message *message) {
    puppet *self = context;
    pb_bytes rest = message->payload;
    int32_t kind = kind_of(self, &rest);
    answer(self, from, CLAIMS(confirm, kind, rest, from));
}

static void holding(void *context, pb_connection from, const pb_message *message) {
    puppet *self = context;
    pb_bytes rest = message->payload;
    int32_t kind = kind_of(self, &rest);
    pb_connection who = { 77 };
    int32_t status = CLAIMS(holder, kind, rest, &who);
    point(self, from, status, who);
}

typedef struct list {
    puppet *self;
    char text[1024];
} list;

static void add_to_list(void *user, pb_bytes name, pb_connection holder) {
    list *list = user;
    pb_bytes who = { 0 };
    puppet *self = list->self;
    CALL(state, holder, NULL, &who);
    size_t used = strlen(list->text);
    snprintf(
        list->text + used, sizeof list->text - used, " %.*s=%.*s", (int)name.count, (const char *)name.data,
        (int)who.count, (const char *)who.data);
}

/* "held KIND MOST PREFIX" and "names KIND"; with MOST 0 and for "count" they are only counted. */
static void held(void *context, pb_connection from, const pb_message *message) {
    puppet *self = context;
    list list = { .self = self };
    pb_bytes rest = message->payload;
    int32_t kind = kind_of(self, &rest), count;
    if (is(message->type, "names")) {
        count = CLAIMS(names, kind, from, is(rest, "count") ? NULL : add_to_list, &list);
    } else {
        int64_t most = number(first(&rest));
        count = CLAIMS(held, kind, rest, most < 0 ? SIZE_MAX : (size_t)most, most < 0 ? NULL : add_to_list, &list);
    }
    char line[1100];
    snprintf(line, sizeof line, "%" PRId32 "%s", count, list.text);
    say(self, from, text(line));
}

/* "many KIND COUNT [FROM]": claims so many names, 0 and up, by one message. */
static void many(void *context, pb_connection from, const pb_message *message) {
    puppet *self = context;
    pb_bytes rest = message->payload;
    int32_t kind = kind_of(self, &rest);
    int64_t count = number(first(&rest)), start = number(rest), answers[8] = { 0 };
    char name[32], line[64];
    for (int64_t i = start; i < start + count; i++) {
        snprintf(name, sizeof name, "%" PRId64, i);
        int32_t status = CLAIMS(claim, kind, text(name), from, NULL);
        answers[status < 0 || status > 7 ? 7 : status] += 1;
    }
    snprintf(line, sizeof line, "%" PRId64 " granted %" PRId64 " probing", answers[0], answers[PB_CLAIM_PROBING]);
    say(self, from, text(line));
}

static void lost(void *context, pb_connection who, pb_bytes name) {
    puppet *self = context;
    pb_connection holder = { 77 };
    tell(self, who, "lost %.*s %" PRId64, name, CLAIMS(holder, self->bots, name, &holder));
#ifdef CLOSING_LOST
    CALL(close, who, 4001, TEXT("did not answer isalive"));
#endif
#ifdef CLAIMING_LOST
    point(self, who, CLAIMS(claim, self->bots, name, who, &holder), holder);
#endif
#ifdef STORE
    pb_value value = { .type = PB_STRING, .bytes = TEXT("lost") };
    self->store->run(self->host->context, self->insert, &value, 1, NULL, NULL);
#endif
}

static void granted(void *context, pb_connection who, pb_bytes name) {
    puppet *self = context;
    pb_connection holder = { 77 };
    CLAIMS(holder, self->bots, name, &holder);
    tell(self, who, "granted %.*s %" PRId64, name, holder.bits == who.bits);
#ifdef PASSING_ON
    /* To and fro between two connections. */
    pb_connection next = self->kept;
    self->kept = who;
    if (self->ticket++ == 100) return;
    CLAIMS(claim, self->bots, name, next, NULL);
    CLAIMS(release, self->bots, name, who);
#endif
}

static int32_t register_kind(puppet *self, pb_bytes name, uint32_t mode, int64_t milliseconds) {
    const pb_claim_kind kind = {
        .size = sizeof kind, .mode = mode, .name = name, .milliseconds = milliseconds, .lost = lost,
        .granted = granted, .self = self
    };
    return CLAIMS(kind, &kind);
}

static void register_kinds(puppet *self) {
    self->claims = CALL(capability, PB_CLAIMS);
#ifdef WITHOUT_BOTS
    self->bots = -1;
#else
    self->bots = register_kind(self, TEXT("bot"), BOT_MODE, BOT_TIME);
#endif
    self->seats = register_kind(self, TEXT("seat"), PB_CLAIM_DENY, 0);
    self->users = register_kind(self, TEXT("user"), PB_CLAIM_REPLACE, 0);
}

/* What a kind must not be, and what is too late or unknown. */
static void wrong_claims(void *context, pb_connection from, const pb_message *message) {
    (void)message;
    puppet *self = context;
    static const uint8_t zeros[1025];
    pb_connection holder;
    answer(self, from, register_kind(self, TEXT("late"), PB_CLAIM_DENY, 0));
    answer(self, from, CLAIMS(claim, 99, TEXT("x"), from, &holder));
    answer(self, from, CLAIMS(claim, -1, TEXT("x"), from, NULL));
    answer(self, from, CLAIMS(claim, self->bots, TEXT(""), from, NULL));
    answer(self, from, CLAIMS(claim, self->bots, (pb_bytes){ zeros, 1025 }, from, NULL));
    answer(self, from, CLAIMS(claim, self->bots, TEXT("x"), (pb_connection){ 77 }, &holder));
    answer(self, from, CLAIMS(release, self->bots, TEXT("x"), from));
    answer(self, from, CLAIMS(confirm, self->bots, TEXT("x"), from));
    answer(self, from, CLAIMS(holder, self->bots, TEXT("x"), NULL));
    answer(self, from, CLAIMS(holder, 99, TEXT("x"), NULL));
    answer(self, from, CLAIMS(held, 99, TEXT(""), 1, NULL, NULL));
    answer(self, from, CLAIMS(names, 99, from, NULL, NULL));
    answer(self, from, CLAIMS(names, self->bots, (pb_connection){ 77 }, NULL, NULL));
}

/* ---- the store */

#ifdef STORE
static void stored(void *context, pb_connection from, const pb_message *message) {
    puppet *self = context;
    pb_value value = { .type = PB_STRING, .bytes = message->payload };
    answer(self, from, self->store->run(self->host->context, self->insert, &value, 1, NULL, NULL));
}

/* More than the store's limit: the batch is lost. */
static void filled(void *context, pb_connection from, const pb_message *message) {
    puppet *self = context;
    pb_value value = { .type = PB_INTEGER, .integer = number(message->payload) };
    answer(self, from, self->store->run(self->host->context, self->fill, &value, 1, NULL, NULL));
}

static int32_t read_count(void *user, const pb_value *columns, size_t column_count) {
    (void)column_count;
    *(int64_t *)user = columns[0].integer;
    return 0;
}

static void rows(void *context, pb_connection from, const pb_message *message) {
    (void)message;
    puppet *self = context;
    int64_t found = -1;
    self->store->run(self->host->context, self->count, NULL, 0, read_count, &found);
    answer(self, from, found);
}

typedef struct nesting {
    puppet *self;
    int64_t rows, inner;
} nesting;

static int32_t nested(void *user, const pb_value *columns, size_t column_count) {
    (void)columns, (void)column_count;
    nesting *nest = user;
    nest->rows += 1;
    nest->inner = nest->self->store->run(nest->self->host->context, nest->self->count, NULL, 0, NULL, NULL);
    return nest->rows < 100 ? 0 : 1;
}

/* Runs a statement while its own rows are read. */
static void nest(void *context, pb_connection from, const pb_message *message) {
    (void)message;
    nesting nest = { .self = context };
    nest.self->store->run(nest.self->host->context, nest.self->count, NULL, 0, nested, &nest);
    tell(context, from, "inner %.*s%" PRId64, TEXT(""), nest.inner);
    tell(context, from, "rows %.*s%" PRId64, TEXT(""), nest.rows);
}

static int prepare(puppet *self) {
    self->store = CALL(capability, PB_STORE);
    if (!self->store) return 0;
    void *host = self->host->context;
    self->insert = self->store->prepare(host, TEXT("INSERT INTO line (text) VALUES ($1)"));
    self->fill = self->store->prepare(host, TEXT("INSERT INTO line (text) VALUES (zeroblob($1))"));
    self->count = self->store->prepare(host, TEXT("SELECT count(*) FROM line"));
    return self->insert >= 0 && self->fill >= 0 && self->count >= 0;
}
#endif

/* ---- the plugin */

typedef struct string {
    const char *word;
    pb_on_message handler;
    uint32_t flags;
} string;

static const string strings[] = {
    { "echo", echo, 0 }, { "end", end, 0 }, { "keep", keep, 0 }, { "kept", kept, 0 }, { "set", set_state, 0 },
    { "state", state, 0 }, { "who", who, 0 }, { "peer", peer, 0 }, { "shout", shout, 0 }, { "login", logged_in, PB_LOGIN }, { "guest", guest, PB_LOGIN },
    { "try", try_login, 0 }, { "settle", settle_login, 0 },
    { "later", later, PB_LOGIN }, { "admit", admit, 0 }, { "pardon", pardon, 0 }, { "tell", to_principal, 0 }, { "join", join, 0 },
    { "leave", leave, 0 }, { "publish", publish, 0 }, { "others", others, 0 }, { "members", members, 0 },
    { "member", is_member, 0 }, { "rooms", my_rooms, 0 },
    { "everybody", everybody, 0 }, { "timer", timer, 0 }, { "left", left, 0 }, { "stop", stop, 0 },
    { "count", count, 0 }, { "life", life, 0 }, { "remember", remember, 0 }, { "rated", echo, PB_COUNTED }, { "paced", echo, PB_PACED },
    { "fetch", fetch, 0 }, { "hash", hash, 0 }, { "verify", verify, 0 }, { "check", check, PB_LOGIN }, { "spoil", spoil, 0 },
    { "exposed", exposed, 0 }, { "seal", seal, 0 }, { "gauge", measure, 0 }, { "reject", reject, 0 }, { "visit", visit, 0 }, { "missing", missing, 0 },
    { "claim", claimed, 0 }, { "release", released, 0 }, { "give", given_up, 0 }, { "swap", given_up, 0 },
    { "alive", confirmed, 0 }, { "holder", holding, 0 }, { "held", held, 0 }, { "names", held, 0 }, { "many", many, 0 },
    { "claims", wrong_claims, 0 }, { "respond", respond_now, 0 }, { "wrong", wrong, 0 }, { "finish", finish, 0 }, { "known", echo, PB_NEEDS_LOGIN }, { "named", echo, PB_NEEDS_PRINCIPAL },
#ifdef STORE
    { "store", stored, 0 }, { "fill", filled, 0 }, { "rows", rows, 0 }, { "nest", nest, 0 },
#endif
};

static void register_endpoint(puppet *self, pb_bytes endpoint, uint32_t flags) {
    const pb_grammar grammar = {
        .size = GRAMMAR_SIZE, .kind = PB_GRAMMAR_DELIMITER, .flags = flags, .delimiter = ' ', .maximum = LONGEST,
        .login_code = LOGIN_CODE, .login_reason = TEXT(LOGIN_REASON)
    };
    CALL(grammar, endpoint, &grammar);
    for (size_t i = 0; i < sizeof strings / sizeof *strings; i++) {
        const pb_message_type type = {
            .size = sizeof type, .flags = strings[i].flags, .type = text(strings[i].word)
        };
        CALL(on_message, endpoint, &type, strings[i].handler, self);
    }
    CALL(on_close, endpoint, gone, self);
    CALL(on_refused, endpoint, refused, self);
    CALL(on_unknown, endpoint, unknown, self);
}

/* A message in parentheses; whatever stands before the first is wrong. */
static int64_t parentheses(pb_bytes bytes, pb_bytes *message) {
    if (bytes.data[0] != '(') return -1;
    const uint8_t *end = memchr(bytes.data, ')', bytes.count);
    if (!end) return 0;
    *message = (pb_bytes){ bytes.data + 1, (size_t)(end - bytes.data - 1) };
    return end - bytes.data + 1;
}

/* Endpoints that say themselves how a stream is divided. */
static void register_framings(puppet *self) {
    const pb_framing length = {
        .size = FRAMING_SIZE, .kind = PB_FRAMING_LENGTH, .flags = PB_LITTLE_ENDIAN | PB_TRAILER, .width = 4,
        .maximum = LARGEST
    };
    const pb_framing own = {
        .size = FRAMING_SIZE, .kind = PB_FRAMING_OWN, .framer = parentheses, .maximum = LARGEST
    };
    register_endpoint(self, TEXT("fire"), 0);
    CALL(framing, TEXT("fire"), &length);
    register_endpoint(self, TEXT("own"), 0);
    CALL(framing, TEXT("own"), &own);
}

static void register_requests(puppet *self) {
    const pb_bytes end = TEXT("web");
    CALL(on_request, end, TEXT("GET"), TEXT(""), hello, self);
    CALL(on_request, end, TEXT("POST"), TEXT("/mirror"), mirror, self);
    CALL(on_request, end, TEXT("PUT"), TEXT("/mirror"), mirror, self);
    CALL(on_request, end, TEXT("GET"), TEXT("/below/*"), mirror, self);
    CALL(on_request, end, TEXT("GET"), TEXT("/below/exact"), hello, self);
    CALL(on_request, end, TEXT("GET"), TEXT("/wait"), kept_waiting, self);
    CALL(on_request, end, TEXT("GET"), TEXT("/framed"), framed, self);
    CALL(on_request, end, TEXT("GET"), TEXT("/ask"), ask, self);
    CALL(on_request, end, TEXT("GET"), TEXT("/page"), page, self);
#ifdef STORE
    CALL(on_request, end, TEXT("POST"), TEXT("/store"), stored_request, self);
#endif
}

static void *create(const pb_host *host, const pb_setup *setup) {
    puppet *self = calloc(1, sizeof *self);
    if (!self) return NULL;
    self->host = host;
    self->start = setup->start;
    self->is_exposed = PB_HAS(setup, is_exposed) ? setup->is_exposed : 2;
    memcpy(self->restored, setup->restored.data, setup->restored.count < 63 ? setup->restored.count : 63);
    register_endpoint(self, TEXT(""), 0);
#ifndef WITHOUT_DOOR
    register_endpoint(self, TEXT("door"), PB_LOGIN_FIRST);
#endif
#ifndef WITHOUT_GATE
    register_endpoint(self, TEXT("gate"), 0);
    CALL(on_open, TEXT("gate"), opened, self);
#ifndef WITHOUT_AUTH
    CALL(on_auth, TEXT("gate"), auth, self);
#endif
    register_endpoint(self, TEXT("gate-door"), PB_LOGIN_FIRST);
    CALL(on_auth, TEXT("gate-door"), auth, self);
    CALL(on_open, TEXT("gate-door"), opened, self);
#endif
    register_framings(self);
    register_requests(self);
    register_kinds(self);
#ifdef CONTRARY
    const pb_message_type contrary = {
        .size = sizeof contrary, .flags = PB_COUNTED | PB_PACED, .type = TEXT("contrary")
    };
    char sentence[64];
    const int32_t answered = CALL(on_message, TEXT(""), &contrary, echo, self);
    snprintf(sentence, sizeof sentence, "a type counted and paced is %" PRId32, answered);
    return CALL(refuse, text(sentence)), free(self), NULL;
#endif
#ifdef TRIED
    char answered_by_host[32];
    snprintf(answered_by_host, sizeof answered_by_host, "it answered %" PRId32, (int32_t)(TRIED));
    return CALL(refuse, text(answered_by_host)), free(self), NULL;
#endif
#ifdef WITHOUT_TIMER
    CALL(on_timer, TEXT("another"), fired, self);
#else
    CALL(on_timer, TEXT("alarm"), fired, self);
#endif
    const pb_command command = { .size = sizeof command, .name = TEXT("admit") };
    CALL(on_command, &command, admitted, self);
    const pb_command waiting = { .size = sizeof waiting, .name = TEXT("wait") };
    CALL(on_command, &waiting, waited, self);
    const pb_command checking = { .size = sizeof checking, .name = TEXT("check") };
    CALL(on_command, &checking, call_checked, self);
#ifdef STORE
    if (!prepare(self)) return CALL(refuse, TEXT("the tables are not as expected")), free(self), NULL;
#endif
#ifdef HASTY
    CALL(accept, ((pb_connection){ strtoull(self->restored, NULL, 16) }), TEXT("hasty"));
#endif
#ifdef REFUSAL
    CALL(publish, TEXT("watch"), PB_TEXT, TEXT("from a refused generation"), NULL, 0);
#ifndef WITHOUT_TIMER
    CALL(start_timer, TEXT("alarm"), TEXT("refused"), 1);
#endif
    if (setup->start == REFUSED_START) return CALL(refuse, TEXT(REFUSAL)), free(self), NULL;
#endif
    return self;
}

static int32_t save(void *service, pb_bytes *bytes) {
    puppet *self = service;
#ifdef UNSAVABLE
    return PB_FAILED;
#endif
#ifdef SAVING
    pb_value value = { .type = PB_STRING, .bytes = TEXT("saved") };
    self->store->run(self->host->context, self->insert, &value, 1, NULL, NULL);
    CALL(publish, TEXT("watch"), PB_TEXT, TEXT("saved"), NULL, 0);
#endif
    *bytes = text(self->restored);
    return PB_OK;
}

const pb_plugin *patchbay_plugin(void) {
    static const char *const migrations[] = {
        "CREATE TABLE line (id INTEGER PRIMARY KEY, text)",
#ifdef BREAKING
        "ALTER TABLE line RENAME TO row; CREATE VIEW line AS SELECT 1 AS id, text FROM row",
#else
        "ALTER TABLE line ADD COLUMN note; UPDATE line SET note = 'old'",
#endif
    };
    static const pb_plugin table = {
        .size = sizeof table, .abi_major = PB_ABI_MAJOR, .abi_minor = TABLE_MINOR, .name = "Puppet",
        .version = GENERATION, .summary = "Does what it is told", .state_version = 3,
        .create = create, .save = save, .destroy = free,
#ifdef STORE
        .migrations = migrations, .migration_count = MIGRATIONS,
#endif
    };
    (void)migrations;
    return &table;
}
