#include "bytes.h"

#include "failure.h"

#include <stdlib.h>
#include <string.h>

uint8_t *bytes_reserve(struct bytes *bytes, size_t more) {
    size_t needed = bytes->count + more;
    if (needed > bytes->capacity) {
        bytes->capacity = needed + needed / 2 + 256;
        bytes->data = realloc(bytes->data, bytes->capacity);
        if (!bytes->data) fatal(EXIT_USAGE, "out of memory; use fewer connections or smaller messages");
    }
    return bytes->data + bytes->count;
}

void bytes_append(struct bytes *bytes, const void *source, size_t count) {
    if (count == 0) return;
    memcpy(bytes_reserve(bytes, count), source, count);
    bytes->count += count;
}

void bytes_drop(struct bytes *bytes, size_t count) {
    bytes->count -= count;
    if (bytes->count > 0) memmove(bytes->data, bytes->data + count, bytes->count);
}

void bytes_free(struct bytes *bytes) {
    free(bytes->data);
    *bytes = (struct bytes){0};
}
