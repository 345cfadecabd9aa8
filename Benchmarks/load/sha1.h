#pragma once
#include <stddef.h>
#include <stdint.h>

/* SHA-1 (FIPS 180-4) of a short text, at most 119 bytes: all that a WebSocket handshake needs. */
void sha1(const void *text, size_t count, uint8_t digest[20]);
