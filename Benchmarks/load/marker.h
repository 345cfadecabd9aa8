#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What makes a message recognisable wherever a server puts its text: the word "PbMk", then the fields and a
   checksum over them as letters a to p, one per four bits. A padding follows: padding.h. Letters only: no
   encoding of text changes them. */
struct marker {
    uint32_t sender;   /* connection number */
    uint32_t sequence; /* counts each sender's messages from 0 */
    uint64_t time;     /* when it was sent or, at a fixed rate, should have been */
};

enum { MARKER_LENGTH = 4 + 8 + 8 + 16 + 8 };

void marker_write(uint8_t *place, struct marker marker);
/* False: the letters or the checksum are damaged. */
bool marker_read(const uint8_t *place, struct marker *marker);
/* The first one in the bytes, or NULL. */
const uint8_t *marker_find(const uint8_t *bytes, size_t count);
