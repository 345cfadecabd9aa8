#include "websocket.h"

#include <string.h>

enum { HEADER_LIMIT = 14, PAYLOAD_LIMIT = 1 << 28 };

static size_t write_header(uint8_t *place, uint8_t first, size_t count, uint32_t mask) {
    size_t used = 2;
    place[0] = first;
    if (count < 126) {
        place[1] = (uint8_t)(0x80 | count);
    } else if (count < 65536) {
        place[1] = 0x80 | 126;
        place[2] = (uint8_t)(count >> 8);
        place[3] = (uint8_t)count;
        used = 4;
    } else {
        place[1] = 0x80 | 127;
        for (unsigned byte = 0; byte < 8; byte++) place[9 - byte] = (uint8_t)((uint64_t)count >> (8 * byte));
        used = 10;
    }
    memcpy(place + used, &mask, sizeof mask);
    return used + sizeof mask;
}

static void copy_masked(uint8_t *to, const uint8_t *from, size_t count, uint32_t mask) {
    uint64_t wide = (uint64_t)mask << 32 | mask;
    size_t done = 0;
    for (; done + 8 <= count; done += 8) {
        uint64_t eight;
        memcpy(&eight, from + done, 8);
        eight ^= wide;
        memcpy(to + done, &eight, 8);
    }
    uint8_t rest[8];
    memcpy(rest, &wide, 8);
    for (; done < count; done++) to[done] = from[done] ^ rest[done % 8];
}

void frame_append(
    struct bytes *out, enum opcode opcode, enum frame_mark mark, const uint8_t *payload, size_t count,
    uint32_t mask
) {
    uint8_t *place = bytes_reserve(out, HEADER_LIMIT + count);
    size_t header = write_header(place, (uint8_t)(0x80 | mark | opcode), count, mask);
    copy_masked(place + header, payload, count, mask);
    out->count += header + count;
}

/* Reads the payload's length; `header` becomes the number of bytes in front of it. */
static enum frame_result read_length(
    const uint8_t *bytes, size_t available, size_t *count, size_t *header
) {
    *count = bytes[1] & 0x7f;
    *header = 2;
    if (*count == 126) {
        *header = 4;
        if (available < *header) return FRAME_INCOMPLETE;
        *count = (size_t)bytes[2] << 8 | bytes[3];
        return *count < 126 ? FRAME_BROKEN : FRAME_WHOLE;
    }
    if (*count == 127) {
        *header = 10;
        if (available < *header) return FRAME_INCOMPLETE;
        uint64_t wide = 0;
        for (unsigned byte = 2; byte < 10; byte++) wide = wide << 8 | bytes[byte];
        *count = (size_t)wide;
        return wide < 65536 || wide > PAYLOAD_LIMIT ? FRAME_BROKEN : FRAME_WHOLE;
    }
    return FRAME_WHOLE;
}

static bool is_known(uint8_t opcode) {
    return opcode <= OPCODE_BINARY || (opcode >= OPCODE_CLOSE && opcode <= OPCODE_PONG);
}

enum frame_result frame_read(const uint8_t *bytes, size_t count, struct frame *frame) {
    if (count < 2) return FRAME_INCOMPLETE;
    uint8_t opcode = bytes[0] & 0x0f;
    bool has_reserved_bits = bytes[0] & 0x30, is_masked = bytes[1] & 0x80;
    if (has_reserved_bits || is_masked || !is_known(opcode)) return FRAME_BROKEN;

    size_t header;
    enum frame_result length = read_length(bytes, count, &frame->count, &header);
    if (length != FRAME_WHOLE) return length;
    frame->opcode = (enum opcode)opcode;
    frame->is_final = bytes[0] & 0x80;
    frame->is_compressed = bytes[0] & FRAME_COMPRESSED;
    bool begins_message = opcode == OPCODE_TEXT || opcode == OPCODE_BINARY;
    if (frame->is_compressed && !begins_message) return FRAME_BROKEN;
    if (opcode >= OPCODE_CLOSE && (!frame->is_final || frame->count > 125)) return FRAME_BROKEN;
    frame->payload = bytes + header;
    frame->length = header + frame->count;
    return count < frame->length ? FRAME_INCOMPLETE : FRAME_WHOLE;
}
