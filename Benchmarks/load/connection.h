#pragma once
#include "bytes.h"
#include "handshake.h"
#include "websocket.h"

#include <stdbool.h>

struct load;

enum stage { STAGE_NEW, STAGE_CONNECTING, STAGE_UPGRADING, STAGE_JOINING, STAGE_READY, STAGE_CLOSED };

/* One client of the server. */
struct connection {
    int descriptor;
    uint32_t number;
    enum stage stage;
    bool wants_output; /* the kernel's buffer was full; epoll tells when it has room */
    bool has_fragments;
    uint32_t step;     /* of the script: the one that is due */
    uint32_t answers;  /* echo: messages that came in the bytes just read */
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
