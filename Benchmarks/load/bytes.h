#pragma once
#include <stddef.h>
#include <stdint.h>

/* A byte buffer that grows and never shrinks. All zero is an empty one. */
struct bytes {
    uint8_t *data;
    size_t count;
    size_t capacity;
};

/* Makes room for `more` bytes after those there are; returns the place where they go. */
uint8_t *bytes_reserve(struct bytes *bytes, size_t more);
void bytes_append(struct bytes *bytes, const void *source, size_t count);
/* Takes away the first `count` bytes. */
void bytes_drop(struct bytes *bytes, size_t count);
void bytes_free(struct bytes *bytes);
