#pragma once
#include "bytes.h"

#include <stdbool.h>

/* The opening of a WebSocket connection from the client's side, RFC 6455 §4.1. */

enum { HANDSHAKE_KEY_LENGTH = 24 };

/* Makes the text of Sec-WebSocket-Key out of 128 random bits. */
void handshake_key(char key[HANDSHAKE_KEY_LENGTH + 1], uint64_t first, uint64_t second);
/* Appends the request, with the offer of permessage-deflate if wanted, and a cookie if there is one. */
void handshake_request(
    struct bytes *out, const char *path, const char *host, const char *key, bool offers_deflate,
    const char *cookie);

enum handshake_answer {
    HANDSHAKE_INCOMPLETE,
    HANDSHAKE_ACCEPTED,
    HANDSHAKE_REFUSED,
    HANDSHAKE_WITHOUT_DEFLATE, /* accepted, but for the extension as it was offered */
};

/* Judges the answer; `used` is the length of its head once that is complete. */
enum handshake_answer handshake_judge(
    const uint8_t *bytes, size_t count, const char *key, bool offers_deflate, size_t *used);
