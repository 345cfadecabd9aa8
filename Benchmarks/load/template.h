#pragma once
#include "bytes.h"

/* Whose text is made: {i} becomes the connection's number, {c} that of its channel, {v} its value. */
struct identity {
    uint32_t connection;
    uint32_t channel;
    const char *value;
};

/* Appends `text` with {i}, {c} and {v} replaced; other braces stay as they are. */
void template_expand(struct bytes *out, const char *text, struct identity identity);
