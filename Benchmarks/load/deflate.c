#include "deflate.h"

#include "failure.h"

enum { WINDOW_BITS = 15, MEMORY_LEVEL = 8, STEP = 1 << 14, TEXT_LIMIT = 1 << 24 };

/* What ends every message, and is therefore not sent: RFC 7692 §7.2.1. */
static const uint8_t tail[4] = {0x00, 0x00, 0xff, 0xff};

void deflate_prepare(struct deflate *self) {
    /* The fastest level: the load should not be slower than the servers. */
    int out = deflateInit2(
        &self->out, Z_BEST_SPEED, Z_DEFLATED, -WINDOW_BITS, MEMORY_LEVEL, Z_DEFAULT_STRATEGY);
    int in = inflateInit2(&self->in, -WINDOW_BITS);
    if (out != Z_OK || in != Z_OK) fatal(EXIT_USAGE, "zlib has no memory");
}

void deflate_pack(struct deflate *self, const uint8_t *text, size_t count) {
    z_stream *stream = &self->out;
    deflateReset(stream);
    stream->next_in = (uint8_t *)text;
    stream->avail_in = (uInt)count;
    self->packed.count = 0;
    do {
        stream->next_out = bytes_reserve(&self->packed, STEP);
        stream->avail_out = STEP;
        deflate(stream, Z_SYNC_FLUSH);
        self->packed.count += STEP - stream->avail_out;
    } while (stream->avail_out == 0);
    self->packed.count -= sizeof tail;
}

/* Appends what `bytes` become. False: they are not compressed, or become too much. */
static bool unpack_some(struct deflate *self, const uint8_t *bytes, size_t count) {
    z_stream *stream = &self->in;
    stream->next_in = (uint8_t *)bytes;
    stream->avail_in = (uInt)count;
    int result;
    do {
        stream->next_out = bytes_reserve(&self->unpacked, STEP);
        stream->avail_out = STEP;
        result = inflate(stream, Z_SYNC_FLUSH);
        self->unpacked.count += STEP - stream->avail_out;
    } while (result == Z_OK && stream->avail_out == 0 && self->unpacked.count <= TEXT_LIMIT);
    bool is_whole = stream->avail_in == 0 && stream->avail_out > 0;
    return (result == Z_OK || result == Z_BUF_ERROR) && is_whole;
}

bool deflate_unpack(struct deflate *self, const uint8_t *bytes, size_t count) {
    inflateReset(&self->in);
    self->unpacked.count = 0;
    return unpack_some(self, bytes, count) && unpack_some(self, tail, sizeof tail);
}
