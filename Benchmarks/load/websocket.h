#pragma once
#include "bytes.h"

#include <stdbool.h>

/* Frames of RFC 6455 §5 from the client's side: it masks what it sends and refuses what comes masked. */

enum opcode {
    OPCODE_CONTINUATION = 0,
    OPCODE_TEXT = 1,
    OPCODE_BINARY = 2,
    OPCODE_CLOSE = 8,
    OPCODE_PING = 9,
    OPCODE_PONG = 10,
};

struct frame {
    enum opcode opcode;
    bool is_final;
    bool is_compressed; /* RFC 7692: stands at a message's first frame, for all of it */
    const uint8_t *payload; /* in the bytes given */
    size_t count;
    size_t length; /* of header and payload */
};

enum frame_result { FRAME_INCOMPLETE, FRAME_WHOLE, FRAME_BROKEN };

/* What a frame says of its message besides the opcode. */
enum frame_mark { FRAME_PLAIN = 0, FRAME_COMPRESSED = 0x40 };

/* Appends one final frame, masked with `mask`. */
void frame_append(
    struct bytes *out, enum opcode opcode, enum frame_mark mark, const uint8_t *payload, size_t count,
    uint32_t mask);
/* Reads the frame at the beginning of the bytes. */
enum frame_result frame_read(const uint8_t *bytes, size_t count, struct frame *frame);
