/* patchbay.h: the contract between the Patchbay host and a plugin. C11; needs nothing but the compiler.
 *
 * A plugin is a shared object that exports one function, patchbay_plugin, and carries one ELF note,
 * PB_NOTE. The host reads the note before it loads the file, asks for the table, creates a service from
 * it, and from then on calls the handlers that the service registered in create.
 *
 * Threads. A service is serial: none of its functions runs while another of them runs.
 *     [create]  only inside create                [lane]  inside create and every handler
 *     [any]     on any thread, at any time
 * Nothing below may be called from a thread of the plugin's own, unless it says [any].
 * Ownership. Every pointer, in either direction, is borrowed until that call returns, unless it says
 *     otherwise. Neither side frees the other's memory.
 * Errors. Calls answer 0 or more for success and one of pb_status for what went wrong. A handle that is
 *     no longer good is PB_GONE, never a crash.
 * Versions. Structures begin with their size and are only ever appended to. A call that this host does
 *     not offer yet answers PB_UNAVAILABLE; PB_HAS tells whether a newer field is there at all.
 * Text is UTF-8, given by pointer and length. Times are in milliseconds.
 */
#pragma once
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PB_ABI_MAJOR 1
#define PB_ABI_MINOR 3

enum pb_status {
    PB_OK = 0,
    PB_GONE = -1,        /* the connection, statement or call has ended */
    PB_FULL = -2,        /* over a limit: the peer reads too slowly, or there are too many */
    PB_DENIED = -3,      /* not allowed here: the wrong moment, or somebody else's */
    PB_INVALID = -4,     /* the arguments make no sense: an empty name, an unknown kind */
    PB_UNAVAILABLE = -5, /* this host does not offer it */
    PB_FAILED = -6,      /* it was tried and did not work; the capability tells why */
    PB_EXISTS = -7       /* registered already */
};

typedef struct pb_bytes {
    const uint8_t *data; /* may be NULL when count is 0 */
    size_t count;
} pb_bytes;

/* A connection. Slot in the low 32 bits, generation in the high 32; 0 is none. Never a pointer: once its
 * connection has ended a handle answers PB_GONE, and cannot reach the slot's next owner. */
typedef struct pb_connection {
    uint64_t bits;
} pb_connection;

enum pb_kind { PB_TEXT = 0, PB_BINARY = 1 };

/* One complete message from a client. */
typedef struct pb_message {
    uint32_t size;
    uint32_t kind;    /* pb_kind, as it was sent */
    pb_bytes body;    /* all of it */
    pb_bytes type;    /* what the endpoint's grammar found; unescaped when it came out of JSON */
    pb_bytes payload; /* inside body: PB_GRAMMAR_JSON: the payload member as written; else what follows the type */
} pb_message;

/* A typed value: an option, an argument of a call, a parameter or a column of a statement. */
enum pb_type { PB_NULL = 0, PB_INTEGER = 1, PB_REAL = 2, PB_STRING = 3, PB_BLOB = 4 };
typedef struct pb_value {
    uint32_t type; /* pb_type */
    uint32_t reserved;
    int64_t integer; /* also a boolean as 0 or 1, a time in milliseconds, a size in bytes */
    double real;
    pb_bytes bytes;
} pb_value;

typedef struct pb_named {
    pb_bytes name;
    pb_value value;
} pb_named;

/* ---- What a plugin registers in create ------------------------------------------------------------------
 *
 * Endpoints. The operator's plugins.conf binds paths and ports to endpoints of a service by name. The
 * empty name is the plugin's main endpoint: it serves every binding that names none. */

enum pb_grammar_kind {
    PB_GRAMMAR_RAW = 0,      /* no types: every message goes to the handler of the empty type */
    PB_GRAMMAR_JSON = 1,     /* a JSON object (RFC 8259); its type is the string member called `member` */
    PB_GRAMMAR_DELIMITER = 2 /* text; its type stands before the first `delimiter`, or is all of it */
};

enum pb_grammar_flag {
    PB_LOGIN_FIRST = 1 /* before accept or guest, every message but a login is refused as PB_REFUSED_LOGIN */
};

/* How an endpoint's messages are read. Where none is given an endpoint is PB_GRAMMAR_RAW. */
typedef struct pb_grammar {
    uint32_t size;
    uint32_t kind;  /* pb_grammar_kind */
    uint32_t flags; /* pb_grammar_flag */
    uint32_t maximum; /* longest message in bytes, longer ones are PB_REFUSED_SIZE; 0: the operator's limit */
    pb_bytes member;  /* JSON: the type's member, looked for at the top level */
    pb_bytes payload; /* JSON: a member that must be there too, as an object; empty: none */
    uint32_t delimiter; /* DELIMITER: one byte */
    uint32_t login_milliseconds; /* time to log in when the operator's file says nothing; 0: his default */
    /* 1.3: what a connection is closed with when that time has passed, or a stream's for its first message; as of
     * close, else PB_INVALID. 0 and empty: 1008 `login timeout`. A reload changes it for all connections */
    uint32_t login_code;
    uint32_t reserved;
    pb_bytes login_reason;
} pb_grammar;

enum pb_message_flag {
    PB_LOGIN = 1,           /* the login itself: passes PB_LOGIN_FIRST */
    PB_NEEDS_LOGIN = 2,     /* refused before accept or guest */
    PB_NEEDS_PRINCIPAL = 4, /* refused for guests too */
    PB_COUNTED = 8,         /* counts for the operator's `limit rate`; over it: PB_REFUSED_RATE */
    PB_PACED = 16           /* 1.2: counts for his `limit queries`; over it the message waits, and all that come after
                             * it: nothing is refused or lost. Not with PB_COUNTED: PB_INVALID */
};

typedef struct pb_message_type {
    uint32_t size;
    uint32_t flags;   /* pb_message_flag */
    uint32_t maximum; /* longest message of this type in bytes; 0: the grammar's */
    uint32_t reserved;
    pb_bytes type;
    pb_bytes summary; /* one line for the operator; may be empty */
    pb_bytes example; /* one message; may be empty */
} pb_message_type;

enum pb_refusal {
    PB_REFUSED_SIZE = 1,  /* longer than its maximum; over the grammar's it was not read: type and payload are empty */
    PB_REFUSED_RATE = 2,  /* more than `limit rate` */
    PB_REFUSED_LOGIN = 3, /* needs a login, or a principal */
    PB_REFUSED_STORE = 4  /* was handled, but could not be stored: nothing of it is in force */
};

typedef void (*pb_on_message)(void *self, pb_connection from, const pb_message *message);
typedef void (*pb_on_refused)(void *self, pb_connection from, const pb_message *message, uint32_t refusal);
typedef void (*pb_on_open)(void *self, pb_connection who);
/* code: the WebSocket close code, 1006 where there was none. `who` still has its state, principal and
 * rooms; sending to it does nothing. */
typedef void (*pb_on_close)(void *self, pb_connection who, uint32_t code, pb_bytes reason);
typedef void (*pb_on_timer)(void *self, pb_bytes key);

/* A request over plain HTTP; answered once by respond, now or later. Nothing in it is decoded but the names of
 * headers, which are in lower case. HEAD goes to the handler of GET where it has none of its own. */
typedef struct pb_request {
    uint32_t size;
    uint32_t reserved;
    uint64_t ticket;
    pb_bytes method, path, query, body;
    const pb_named *headers; /* each a PB_STRING */
    size_t header_count;
    /* 1.1 */
    pb_bytes below;   /* the end of path: what follows the path of plugins.conf */
    pb_bytes address; /* the client's, as text */
} pb_request;
typedef void (*pb_on_request)(void *self, const pb_request *request);

/* The request by which a connection comes that is not open yet, of no body and no ticket: a WebSocket's upgrade, or the
 * first of a SockJS session. Answered by accept, guest, reject or later; else it opens as it does without the handler.
 * Until then it has a state, and what else is asked for it is PB_DENIED. on_open follows the verdict, and who has gone
 * meanwhile is PB_GONE, without on_close. The next generation is shown again what is undecided, and so is an instance
 * that starts anew from its store. After a minute the client gets a 504. A stream has no request and just opens. 1.3 */
typedef void (*pb_on_auth)(void *self, pb_connection who, const pb_request *upgrade);

/* An administration command; answered once by answer, now or later. */
typedef struct pb_call {
    uint32_t size;
    uint32_t reserved;
    uint64_t ticket;
    const pb_named *arguments; /* each a PB_STRING; those that were given */
    size_t argument_count;
} pb_call;
typedef void (*pb_on_command)(void *self, const pb_call *call);

enum pb_parameter_flag { PB_REQUIRED = 1, PB_SECRET = 2 };
typedef struct pb_parameter {
    pb_bytes name;
    uint32_t flags; /* pb_parameter_flag: a missing required one is refused without calling the plugin */
    uint32_t reserved;
    pb_bytes meaning;
} pb_parameter;
typedef struct pb_command {
    uint32_t size;
    uint32_t reserved;
    pb_bytes name;
    pb_bytes summary;
    const pb_parameter *parameters;
    size_t parameter_count;
} pb_command;

enum pb_level { PB_ERROR = 0, PB_WARNING = 1, PB_INFO = 2, PB_DEBUG = 3 };

/* What is known of a connection. */
typedef struct pb_connection_info {
    uint32_t size;      /* set by the caller */
    uint32_t transport; /* pb_transport */
    pb_bytes endpoint;
    pb_bytes address;   /* the peer's, as text */
    pb_bytes principal; /* empty for guests and before the login */
    uint32_t logged_in; /* 1 after accept or guest */
    uint32_t reserved;
    /* 1.1 */
    pb_bytes subprotocol; /* agreed on at the upgrade; empty: none */
    pb_bytes certificate; /* whom the client's certificate names, where the operator asks for one; empty: it has none */
} pb_connection_info;
enum pb_transport { PB_WEBSOCKET = 0, PB_SOCKJS = 1, PB_STREAM = 2, PB_HTTP = 3 };

/* How a stream's bytes are divided into messages, for endpoints that plugins.conf binds as `stream`; what stands there
 * comes first. */
enum pb_framing_kind {
    PB_FRAMING_LENGTH = 0,    /* each message behind its length, of `width` bytes */
    PB_FRAMING_DELIMITER = 1, /* each before the byte `byte`, which does not stand in it */
    PB_FRAMING_OWN = 2        /* `framer` divides; what the plugin sends leaves as it is */
};
enum pb_framing_flag {
    PB_LITTLE_ENDIAN = 1,      /* the length's first byte counts least */
    PB_COUNTS_ITSELF = 2,      /* the length counts its own bytes too */
    PB_TRAILER = 4,            /* the byte `byte` behind each message */
    PB_TRAILER_UNCHECKED = 8,  /* any byte will do when it is read */
    PB_COUNTS_TRAILER = 16,    /* the length counts it */
    PB_DROPS_RETURN = 32,      /* DELIMITER: a CR before it does not belong to the message */
    PB_SKIPS_EMPTY = 64,       /* a message of no bytes is passed over */
    PB_REFUSES_EMPTY = 128     /* it ends the connection */
};
/* Looks for the first message in all bytes that have come and are not used yet. Answers how many of them it takes up,
 * with `message` as a part of them; 0: more is needed; less: they are wrong, and the connection ends. It knows nothing
 * but its arguments and may be called again with the same bytes, after the generation's end too. [any] */
typedef int64_t (*pb_framer)(pb_bytes bytes, pb_bytes *message);
typedef struct pb_framing {
    uint32_t size;
    uint32_t kind;  /* pb_framing_kind */
    uint32_t flags; /* pb_framing_flag */
    uint32_t width; /* LENGTH: 1, 2 or 4 */
    uint32_t byte;
    uint32_t reserved;
    pb_framer framer;
    /* 1.3 */
    uint32_t maximum; /* longest message of a stream in bytes, at most 2^30, in place of the operator's `limit message`,
                       * also where plugins.conf says the framing; 0: his limit. For streams that begin later */
    uint32_t reserved_2;
} pb_framing;

typedef void (*pb_on_member)(void *user, pb_connection member);
typedef void (*pb_on_room)(void *user, pb_bytes room);

/* ---- The host, as a service sees it ---------------------------------------------------------------------
 *
 * Registrations take effect together, when create has succeeded; they end with the generation. `self` is
 * handed to the handler unchanged. A second registration of the same thing answers PB_EXISTS. */
typedef struct pb_host {
    uint32_t size; /* bytes that the host filled in; see PB_HAS */
    uint32_t reserved;
    void *context; /* the host's own; first argument of every call */

    /* registrations [create] */
    int32_t (*grammar)(void *context, pb_bytes endpoint, const pb_grammar *grammar);
    int32_t (*on_message)(void *context, pb_bytes endpoint, const pb_message_type *type,
                          pb_on_message handler, void *self);
    int32_t (*on_auth)(void *context, pb_bytes endpoint, pb_on_auth handler, void *self);
    int32_t (*on_open)(void *context, pb_bytes endpoint, pb_on_open handler, void *self);
    int32_t (*on_close)(void *context, pb_bytes endpoint, pb_on_close handler, void *self);
    int32_t (*on_malformed)(void *context, pb_bytes endpoint, pb_on_message handler, void *self);
    int32_t (*on_unknown)(void *context, pb_bytes endpoint, pb_on_message handler, void *self);
    int32_t (*on_refused)(void *context, pb_bytes endpoint, pb_on_refused handler, void *self);
    /* path: what follows the path of plugins.conf: empty for that path itself, "/users" below it, and what ends
     * with a slash and a star takes everything below. What has no handler is 404, or 405. */
    int32_t (*on_request)(void *context, pb_bytes endpoint, pb_bytes method, pb_bytes path,
                          pb_on_request handler, void *self);
    int32_t (*on_timer)(void *context, pb_bytes timer, pb_on_timer handler, void *self);
    int32_t (*on_command)(void *context, const pb_command *command, pb_on_command handler, void *self);
    /* An option as checked against the plugin's table, its default filled in; PB_NULL where it has none and was
     * not given. PB_INVALID: no such option. */
    int32_t (*option)(void *context, pb_bytes name, pb_value *value);
    /* Why create is about to answer NULL: one sentence for the operator. */
    int32_t (*refuse)(void *context, pb_bytes reason);

    /* connections [lane] */
    /* Copies into the outbox; it leaves when the batch of messages at hand has been handled and, where the
     * service stores, committed. PB_FULL: the peer reads too slowly and is being closed with 1013. */
    int32_t (*send)(void *context, pb_connection to, uint32_t kind, pb_bytes message);
    /* What was sent before still leaves. 1000, 1001, 1008 to 1013 and 3000 to 4999; reason at most 123 bytes. */
    int32_t (*close)(void *context, pb_connection who, uint32_t code, pb_bytes reason);
    int32_t (*describe)(void *context, pb_connection who, pb_connection_info *info);
    /* Every connection of the service, in no order. Answers how many. */
    int32_t (*connections)(void *context, pb_on_member each, void *user);
    /* Up to 64 KiB that the host keeps with the connection, through reloads too. */
    int32_t (*set_state)(void *context, pb_connection who, uint32_t version, pb_bytes state);
    int32_t (*state)(void *context, pb_connection who, uint32_t *version, pb_bytes *state);

    /* who a connection is [lane] */
    int32_t (*accept)(void *context, pb_connection who, pb_bytes principal);
    int32_t (*guest)(void *context, pb_connection who);
    /* code: an HTTP status, 400 to 599, before it is open, with reason as the body; then as of close. */
    int32_t (*reject)(void *context, pb_connection who, uint32_t code, pb_bytes reason);
    /* Its further messages wait, in order, until one of the three above; or its opening, in on_auth. If the generation ends
     * before, this is undone: the message that was being handled goes to the next one once more, before those that wait. */
    int32_t (*later)(void *context, pb_connection who);
    /* To each connection of the principal. Answers how many. */
    int32_t (*send_principal)(void *context, pb_bytes principal, uint32_t kind, pb_bytes message);
    /* Its connections, oldest login first. Answers how many. */
    int32_t (*principal)(void *context, pb_bytes principal, pb_on_member each, void *user);

    /* rooms [lane] */
    int32_t (*join)(void *context, pb_bytes room, pb_connection who);  /* PB_EXISTS: is in it */
    int32_t (*leave)(void *context, pb_bytes room, pb_connection who); /* PB_INVALID: is not in it */
    /* One frame for all its members but those in except. Answers how many members the room has. */
    int32_t (*publish)(void *context, pb_bytes room, uint32_t kind, pb_bytes message,
                       const pb_connection *except, size_t except_count);
    int32_t (*members)(void *context, pb_bytes room, pb_on_member each, void *user); /* each may be NULL */

    /* timers [lane]: by name and key; starting a running one starts it anew. They survive reloads. */
    int32_t (*start_timer)(void *context, pb_bytes timer, pb_bytes key, int64_t milliseconds);
    int32_t (*stop_timer)(void *context, pb_bytes timer, pb_bytes key); /* PB_INVALID: does not run */
    int64_t (*timer_left)(void *context, pb_bytes timer, pb_bytes key); /* milliseconds, or a status */

    /* answers [lane] */
    /* status PB_OK: `text` is one JSON value. Anything else: a sentence that says what is wrong. */
    int32_t (*answer)(void *context, uint64_t ticket, int32_t status, pb_bytes text);
    /* status 200 to 599; headers but those of the connection and the length; PB_GONE: nobody waits any more.
     * A 200 to a GET that says `Cache-Control: public, …` gets a tag, a gzip and its 304s from the host. */
    int32_t (*respond)(void *context, uint64_t ticket, uint32_t status, const pb_named *headers,
                       size_t header_count, pb_bytes body);

    /* seeing inside [any]; never a password or a token */
    int32_t (*log)(void *context, uint32_t level, pb_bytes text, const pb_named *fields, size_t field_count);
    int32_t (*count)(void *context, pb_bytes counter, int64_t by);
    int32_t (*gauge)(void *context, pb_bytes gauge, int64_t value);

    /* time [any]; virtual in transcripts */
    int64_t (*monotonic)(void *context); /* milliseconds, from no particular start */
    int64_t (*wall)(void *context);      /* milliseconds since 1970-01-01 UTC */

    /* A table of further calls by name, "patchbay.store.1"; NULL: not offered. It lives as long as the host. */
    const void *(*capability)(void *context, const char *name);
    /* 1.1: append below this line; never insert, reorder, remove, or change a meaning. */
    int32_t (*framing)(void *context, pb_bytes endpoint, const pb_framing *framing); /* [create] */
    /* A subprotocol that the endpoint speaks: the first that a client offers and the endpoint has is agreed on. A token
     * of RFC 9110. [create] */
    int32_t (*subprotocol)(void *context, pb_bytes endpoint, pb_bytes name);
    /* 1.2 */
    /* Before a login is checked: a ticket above 0, or PB_FULL: too many have failed for this account or from this
     * address, and it is answered as a wrong one would be. address: as pb_connection_info and pb_request have it.
     * 1.3: with an empty account only the address counts; where that has no count of its own, nothing does. [lane] */
    int64_t (*try_login)(void *context, pb_bytes account, pb_bytes address);
    /* succeeded: 1 or 0. Until then it counts as failed. PB_GONE: it is settled or forgotten. [lane] */
    int32_t (*settle_login)(void *context, uint64_t ticket, uint32_t succeeded);
    /* 1.3 */
    int32_t (*is_member)(void *context, pb_bytes room, pb_connection who); /* 1: is in it; 0 [lane] */
    /* The rooms that a connection is in, in no order; each may be NULL. Answers how many. [lane] */
    int32_t (*rooms)(void *context, pb_connection who, pb_on_room each, void *user);
} pb_host;

#define PB_HAS(table, field) ((table)->size >= offsetof(__typeof__(*(table)), field) + sizeof((table)->field))

/* ---- Capabilities ------------------------------------------------------------------------------------- */

#define PB_STORE "patchbay.store.1"
/* Answers 0 to go on, anything else to stop. */
typedef int32_t (*pb_on_row)(void *user, const pb_value *columns, size_t column_count);

/* The service's own database: SQL as both SQLite and PostgreSQL take it, parameters $1, $2, … All that
 * one batch of messages writes is one transaction; what the batch sends leaves when it is committed. If
 * that fails nothing is sent, the service is created anew from the store, and each message of the batch
 * goes to on_refused with PB_REFUSED_STORE. */
typedef struct pb_store {
    uint32_t size;
    uint32_t reserved;
    /* A statement, at least 0, that lives as long as the generation. [lane] */
    int32_t (*prepare)(void *context, pb_bytes sql);
    /* Runs it and calls row, which may be NULL, for each row. Answers rows changed, PB_FAILED, PB_GONE. A statement
     * that failed has changed nothing; what the batch wrote besides stands. [lane] */
    int64_t (*run)(void *context, int32_t statement, const pb_value *parameters, size_t parameter_count,
                   pb_on_row row, void *user);
    /* What the last PB_FAILED of prepare or run was, as a sentence; good until the next call. [lane] */
    pb_bytes (*error)(void *context);
    /* 1.2 */
    /* What runs between the two stands or falls together, inside the batch; they may lie in each other. end keeps what
     * was written, or undoes it when keep is 0; PB_DENIED: inside a row. PB_FAILED of either is as of run. [lane] */
    int32_t (*begin)(void *context);
    int32_t (*end)(void *context, int32_t keep);
} pb_store;

#define PB_SECRETS "patchbay.secrets.1"
/* verdict: 1 for a match, 0 for none; hash: the PHC string, for hash only; empty and 0: there was no memory for it. */
typedef void (*pb_on_secret)(void *self, uint64_t ticket, int32_t verdict, pb_bytes hash);
/* Bytes that a sealed text has more than the clear one. */
#define PB_SEAL_OVERHEAD 28
typedef struct pb_secrets {
    uint32_t size;
    uint32_t reserved;
    int32_t (*random)(void *context, uint8_t *buffer, size_t count);                           /* [any] */
    int32_t (*sha256)(void *context, pb_bytes message, uint8_t digest[32]);                    /* [any] */
    int32_t (*hmac_sha256)(void *context, pb_bytes key, pb_bytes message, uint8_t digest[32]); /* [any] */
    int32_t (*equal)(void *context, pb_bytes one, pb_bytes other); /* 1 or 0, in constant time [any] */
    /* Passwords, by scrypt, off the lane; answered on it later, never before this call has returned, and not at all when
     * the generation ends before. PB_FULL: too many are under way, in all or for the address of the connection or request
     * that is being handled: answer as to a wrong password. PB_INVALID: over 4096 bytes, or with a zero byte, which scrypt
     * does not always see. `hash` is a PHC string as hash makes it; an empty one, or one that is none, fits no password,
     * which takes as long to find out. */
    int32_t (*hash)(void *context, pb_bytes password, uint64_t ticket, pb_on_secret done, void *self); /* [lane] */
    int32_t (*verify)(void *context, pb_bytes password, pb_bytes hash, uint64_t ticket, pb_on_secret done,
                      void *self); /* [lane] */
    /* 1.3: AES-256-GCM with a key of the plugin's, good for 2^32 texts; nothing is kept of it. */
    /* Writes clear.count + PB_SEAL_OVERHEAD bytes, different ones each time, and answers how many. `associated` is not
     * among them, and must be the same when they are opened. PB_INVALID: one of them is over 2^30 bytes. [any] */
    int64_t (*seal)(void *context, const uint8_t key[32], pb_bytes clear, pb_bytes associated, uint8_t *sealed);
    /* Writes sealed.count - PB_SEAL_OVERHEAD bytes and answers how many. PB_INVALID: sealed with another key or other
     * associated data, or changed since; nothing is written then. [any] */
    int64_t (*open)(void *context, const uint8_t key[32], pb_bytes sealed, pb_bytes associated, uint8_t *clear);
    /* As verify; the address is the one that try_login was given for this login. [lane] */
    int32_t (*verify_login)(void *context, pb_bytes password, pb_bytes hash, uint64_t login, uint64_t ticket,
                            pb_on_secret done, void *self);
} pb_secrets;

#define PB_CLAIMS "patchbay.claims.1" /* 1.3 */
/* Names that one connection holds at a time: by kind, 1 to 1024 bytes, let go when the connection ends (after its
 * on_close). How a second connection that wants one is met: */
enum pb_claim_mode {
    PB_CLAIM_DENY = 0,    /* it is refused */
    PB_CLAIM_REPLACE = 1, /* it gets the name, and the holder has lost it */
    PB_CLAIM_PROBE = 2    /* it waits while the holder is asked whether it is still there */
};
enum pb_claim_answer {
    PB_CLAIM_DENIED = 1,
    PB_CLAIM_REPLACED = 2,
    PB_CLAIM_PROBING = 3, /* it is the first that waits: ask the holder now, in the protocol's words */
    PB_CLAIM_WAITING = 4  /* the holder has been asked already */
};
typedef void (*pb_on_claim)(void *self, pb_connection who, pb_bytes name);
typedef void (*pb_on_held)(void *user, pb_bytes name, pb_connection holder);
/* The holder that is asked has `milliseconds` for confirm. Then it keeps the name, and those that wait do so no more,
 * without a word. Otherwise, also when nobody waits any more, it loses the name: `lost`; and the first that waits and
 * has not ended or been closed gets it: `granted`; and so it does at once when the holder ends or releases the name in
 * this time. Those behind it wait no more. Whoever gets a name, by claim too, waits for no other of its kind. Both are
 * handlers of the batch as others are, and never called inside another. All of it lives on through reloads, a challenge
 * with the time that it has left. A generation that does not register a kind frees its names; one that registers it
 * with another mode than PROBE ends its challenges: holders keep what they hold, nobody waits. */
typedef struct pb_claim_kind {
    uint32_t size;
    uint32_t mode;        /* pb_claim_mode */
    pb_bytes name;        /* of the kind */
    int64_t milliseconds; /* PROBE: of a challenge that begins from now on; at least 1 */
    pb_on_claim lost;     /* PROBE; nobody holds the name while it runs */
    pb_on_claim granted;  /* PROBE */
    void *self;
} pb_claim_kind;
typedef struct pb_claims {
    uint32_t size;
    uint32_t reserved;
    /* A kind, at least 0, for the calls of this generation. [create] */
    int32_t (*kind)(void *context, const pb_claim_kind *kind);
    /* PB_OK: it holds the name now; PB_EXISTS: it does already; otherwise one of pb_claim_answer. PB_GONE: it has ended
     * or is being closed. `holder`, which may be NULL, becomes who holds the name, for REPLACED who held it; 0: it is
     * about to be given to the first that waits. Whoever waits and asks again keeps its place. [lane] */
    int32_t (*claim)(void *context, int32_t kind, pb_bytes name, pb_connection who, pb_connection *holder);
    /* It neither holds the name any more nor waits for it. PB_INVALID: it did neither. [lane] */
    int32_t (*release)(void *context, int32_t kind, pb_bytes name, pb_connection who);
    /* The holder that was asked is there. PB_INVALID: it was not asked. [lane] */
    int32_t (*confirm)(void *context, int32_t kind, pb_bytes name, pb_connection who);
    /* PB_GONE: nobody holds it. [lane] */
    int32_t (*holder)(void *context, int32_t kind, pb_bytes name, pb_connection *who);
    /* The names that begin with `prefix`, in the order of their bytes, at most so many. `each` may be NULL. Answers how
     * many. [lane] */
    int32_t (*held)(void *context, int32_t kind, pb_bytes prefix, size_t most, pb_on_held each, void *user);
    /* The names that a connection holds, in no order. Answers how many. [lane] */
    int32_t (*names)(void *context, int32_t kind, pb_connection who, pb_on_held each, void *user);
    /* It waits for no name of the kind any more, and keeps those that it holds. Answers for how many it did. [lane] */
    int32_t (*leave_queues)(void *context, int32_t kind, pb_connection who);
} pb_claims;

#define PB_HTTP_CLIENT "patchbay.http.1" /* 1.3; PB_HTTP is a transport */
/* One request to a server elsewhere, by HTTP/1.1, with https over TLS whose certificate is verified. */
typedef struct pb_fetch {
    uint32_t size;
    uint32_t milliseconds; /* for all of it, look-up and TLS too: at most 60000; 0: 10000 */
    uint32_t most;         /* longest body of the answer, in bytes, at most 4 MiB; 0: 64 KiB */
    uint32_t reserved;
    pb_bytes method;       /* a token of RFC 9110, such as GET; not CONNECT */
    /* http://HOST[:PORT][/PATH][?QUERY] or https, at most 8192 bytes: a name, an IPv4 address or an IPv6 address in
     * brackets, and what may stand in a request as it is. No user name, no fragment. */
    pb_bytes url;
    /* Each a PB_STRING, together at most 16 KiB. Those that frame the message or are about the connection are the host's:
     * Host, Content-Length, Connection, Transfer-Encoding, TE, Trailer, Upgrade, Expect, Keep-Alive, Proxy-Connection. */
    const pb_named *headers;
    size_t header_count;
    pb_bytes body; /* at most 4 MiB; may be empty */
} pb_fetch;
/* What came back, whatever its status: redirects are not followed, and nothing in it is decoded but chunks and the
 * names of headers, which are in lower case. */
typedef struct pb_fetched {
    uint32_t size;
    uint32_t status; /* 200 to 599 */
    const pb_named *headers; /* each a PB_STRING */
    size_t header_count;
    pb_bytes body;
} pb_fetched;
/* answer: NULL when there is none; failure is a sentence then, without the URL's path and query: the host is not known,
 * does not answer in time, has another certificate, or answers what is over the limit or no HTTP. Whether a request that
 * failed was carried out is not known. */
typedef void (*pb_on_fetched)(void *self, uint64_t ticket, const pb_fetched *answer, pb_bytes failure);
typedef struct pb_http {
    uint32_t size;
    uint32_t reserved;
    /* PB_OK: it is under way, and `done` is called on the lane later, once, never before this call has returned, and not
     * at all when the generation ends before; what it was for is asked again of the next generation as with a hash.
     * Connections are kept for 10 s; GET and HEAD are sent once more where such a one has ended meanwhile, other methods
     * only where nothing of them was sent. PB_INVALID: a url, method, header, body or limit that cannot be. PB_FULL: 64
     * of the service are under way, or 256 of all. In a play in memory all of them fail. [lane] */
    int32_t (*fetch)(void *context, const pb_fetch *fetch, uint64_t ticket, pb_on_fetched done, void *self);
} pb_http;

/* ---- The plugin's table ------------------------------------------------------------------------------- */

enum pb_option_kind {
    PB_OPTION_TEXT = 0,
    PB_OPTION_INTEGER = 1,
    PB_OPTION_BOOLEAN = 2,  /* on, off */
    PB_OPTION_DURATION = 3, /* 10s; milliseconds */
    PB_OPTION_SIZE = 4,     /* 64k; bytes */
    PB_OPTION_CHOICE = 5    /* one of choices */
};
typedef struct pb_option {
    const char *name;
    uint32_t kind;             /* pb_option_kind */
    uint32_t required;         /* 1: the operator must give it */
    const char *initial;       /* its default as it would stand in the file; NULL: none */
    int64_t minimum, maximum;  /* both 0: no bounds; in the unit of the kind */
    const char *const *choices; /* ends with NULL; for PB_OPTION_CHOICE */
    const char *meaning;       /* one line */
} pb_option;

enum pb_start { PB_START = 0, PB_RELOAD = 1, PB_RECOVERY = 2 };
typedef struct pb_setup {
    uint32_t size;
    uint32_t start;            /* pb_start: RECOVERY is after a store that failed, with nothing restored */
    pb_bytes service;          /* the service's name in plugins.conf */
    pb_bytes restored;         /* what save gave; empty at a start */
    uint32_t restored_version; /* the state_version of the table whose save it was */
    uint32_t reserved;
    /* 1.3 */
    uint32_t is_exposed; /* 1: other machines reach some listener of the service: one on an address that is not this
                          * machine's own (127.0.0.0/8, ::1, a Unix socket) */
    uint32_t reserved_2;
} pb_setup;

typedef struct pb_plugin {
    uint32_t size;
    uint16_t abi_major, abi_minor;
    const char *name, *version, *summary; /* static, UTF-8 */
    uint32_t state_version;               /* of what save gives */
    uint32_t reserved;
    const pb_option *options;
    size_t option_count;
    const char *const *migrations; /* SQL, numbered from 1; only ever appended to; none: no store */
    size_t migration_count;
    /* A service, or NULL to refuse. host outlives it. [create] */
    void *(*create)(const pb_host *host, const pb_setup *setup);
    /* Its state for the next generation; the bytes stay valid until destroy. PB_OK, or a status that
     * ends the reload and leaves this generation running. May be NULL: no state. [lane] */
    int32_t (*save)(void *service, pb_bytes *state);
    void (*destroy)(void *service); /* the last call; the host is told nothing any more [lane] */
} pb_plugin;

/* The only export; a static table, valid for ever. [any] */
const pb_plugin *patchbay_plugin(void);

/* The ELF note by which the host knows the file before it runs any of its code:
 *     PB_NOTE("Echo")        at file level, the name as in the table, at most 31 bytes */
#define PB_NOTE(plugin_name)                                                                               \
    __attribute__((section(".note.patchbay"), used, aligned(4))) static const struct {                     \
        uint32_t name_size, description_size, type;                                                        \
        char owner[12];                                                                                    \
        uint16_t abi_major, abi_minor;                                                                     \
        char plugin[32];                                                                                   \
    } pb_note = { 9, 36, 1, "patchbay", PB_ABI_MAJOR, PB_ABI_MINOR, plugin_name }

#ifdef __cplusplus
}
#endif
