#include "framed.h"

#include <string.h>

enum { BODY_LIMIT = 1 << 28 };

void framed_append(struct bytes *out, const uint8_t *body, size_t count) {
    uint8_t *place = bytes_reserve(out, count + 5);
    for (unsigned byte = 0; byte < 4; byte++) place[byte] = (uint8_t)(count >> (8 * byte));
    memcpy(place + 4, body, count);
    place[4 + count] = 0;
    out->count += count + 5;
}

enum frame_result framed_read(const uint8_t *bytes, size_t count, struct frame *frame) {
    if (count < 4) return FRAME_INCOMPLETE;
    size_t body = (size_t)bytes[0] | (size_t)bytes[1] << 8 | (size_t)bytes[2] << 16 | (size_t)bytes[3] << 24;
    if (body > BODY_LIMIT) return FRAME_BROKEN;
    if (count < body + 5) return FRAME_INCOMPLETE;
    if (bytes[4 + body] != 0) return FRAME_BROKEN;
    *frame = (struct frame){
        .opcode = OPCODE_TEXT, .is_final = true, .payload = bytes + 4, .count = body, .length = body + 5,
    };
    return FRAME_WHOLE;
}
