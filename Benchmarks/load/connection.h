#pragma once
#include "bytes.h"
#include "handshake.h"
#include "tls.h"
#include "websocket.h"

#include <stdbool.h>

struct load;

enum stage {
    STAGE_NEW, /* it has no socket yet, or its visit is over */
    STAGE_CONNECTING,
    STAGE_SECURING, /* the TLS handshake */
    STAGE_UPGRADING,
    STAGE_JOINING,
    STAGE_READY,
    STAGE_LEAVING, /* it has said Close, and waits for the server's */
    STAGE_CLOSED,
};

/* One client of the server. */
struct connection {
    int descriptor;
    SSL *secured; /* NULL: without TLS */
    uint32_t number;
    enum stage stage;
    bool wants_output; /* the kernel's buffer was full; epoll tells when it has room */
    bool has_fragments, has_compressed_fragments;
    uint32_t step;     /* of the script: the one that is due */
    uint32_t answers;  /* echo: messages that came in the bytes just read */
    bool is_awaiting;  /* echo in turns: its message is on its way */
    bool is_asking;    /* ask: its turn is not over */
    uint64_t begun;    /* visit: when it did; ask: when the question was sent, 0 while none is open */
    struct bytes unread, unsent, fragments;
    char key[HANDSHAKE_KEY_LENGTH + 1];
};

void connection_open(struct load *load, struct connection *connection);
/* Serves what epoll reported. */
void connection_serve(struct load *load, struct connection *connection, uint32_t events);
/* Sends, or keeps what the kernel does not take at once. */
void connection_send(struct load *load, struct connection *connection, const uint8_t *bytes, size_t count);
/* Sends one message in the transport's form. */
void connection_send_message(
    struct load *load, struct connection *connection, const uint8_t *text, size_t count);
/* Closes at once, leaving nothing behind in the kernel. */
void connection_close(struct connection *connection);
/* Closes and notes why. */
__attribute__((format(printf, 3, 4)))
void connection_fail(struct load *load, struct connection *connection, const char *format, ...);
