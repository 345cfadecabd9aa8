#pragma once
#include "bytes.h"

/* Whose text is made: {i} becomes the connection's number, {c} that of its channel, {v} its value;
   {l} its number in letters, {r} that of the connection that it sends to. */
struct identity {
    uint32_t connection;
    uint32_t channel;
    uint32_t receiver;
    const char *value;
};

/* Appends `text` with all these replaced; other braces stay as they are. */
void template_expand(struct bytes *out, const char *text, struct identity identity);

enum { LETTERS = 4 };

/* Writes a number below 65,536 as letters from a to p. */
void letters_write(uint8_t *place, uint32_t number);
