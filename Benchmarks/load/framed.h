#pragma once
#include "bytes.h"
#include "websocket.h"

/* Messages over plain TCP: the body's length (32 bits, little-endian), the body, a zero byte. */
void framed_append(struct bytes *out, const uint8_t *body, size_t count);
/* Reads the message at the beginning of the bytes, as a final text frame. */
enum frame_result framed_read(const uint8_t *bytes, size_t count, struct frame *frame);
