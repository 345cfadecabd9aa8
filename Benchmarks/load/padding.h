#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What fills a message up: words that read, and compress, like the log of a chat. It depends on the sequence,
   so that the padding of one message does not pass for that of another. Letters, digits and spaces only: no
   encoding of text changes them. */

enum { PADDING_LIMIT = 1 << 16 };

/* `count` is at most PADDING_LIMIT. */
void padding_write(uint8_t *place, size_t count, uint32_t sequence);
bool padding_matches(const uint8_t *place, size_t count, uint32_t sequence);
