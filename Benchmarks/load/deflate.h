#pragma once
#include "bytes.h"

#include <stdbool.h>
#include <zlib.h>

/* permessage-deflate (RFC 7692) without context takeover: each message is compressed by itself, so one pair
   of streams serves all connections. */
struct deflate {
    z_stream out, in;
    struct bytes packed, unpacked; /* the message that was worked on last */
};

/* What is shorter goes as it is, here as on the servers; what is not, has to come compressed. */
enum { DEFLATE_THRESHOLD = 1024 };

void deflate_prepare(struct deflate *deflate);
/* Compresses the text into `packed`. */
void deflate_pack(struct deflate *deflate, const uint8_t *text, size_t count);
/* Puts the text of a compressed message into `unpacked`. False: the bytes are none. */
bool deflate_unpack(struct deflate *deflate, const uint8_t *bytes, size_t count);
