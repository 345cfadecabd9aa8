#include "sha1.h"

#include <string.h>

static uint32_t rotated(uint32_t word, unsigned by) {
    return word << by | word >> (32 - by);
}

static uint32_t read_word(const uint8_t *bytes) {
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static void write_word(uint8_t *bytes, uint32_t word) {
    for (unsigned place = 0; place < 4; place++) bytes[place] = (uint8_t)(word >> (24 - 8 * place));
}

/* The function and constant of a round, FIPS 180-4 §4.1.1 and §4.2.1. */
static uint32_t round_term(unsigned round, uint32_t b, uint32_t c, uint32_t d) {
    if (round < 20) return ((b & c) | (~b & d)) + 0x5a827999;
    if (round < 40) return (b ^ c ^ d) + 0x6ed9eba1;
    if (round < 60) return ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
    return (b ^ c ^ d) + 0xca62c1d6;
}

static void add_block(uint32_t state[5], const uint8_t block[64]) {
    uint32_t words[80];
    for (unsigned place = 0; place < 16; place++) words[place] = read_word(block + 4 * place);
    for (uint32_t *word = words + 16; word < words + 80; word++) {
        *word = rotated(word[-3] ^ word[-8] ^ word[-14] ^ word[-16], 1);
    }
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3], e = state[4];
    for (unsigned round = 0; round < 80; round++) {
        uint32_t sum = rotated(a, 5) + round_term(round, b, c, d) + e + words[round];
        e = d;
        d = c;
        c = rotated(b, 30);
        b = a;
        a = sum;
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
    state[4] += e;
}

void sha1(const void *text, size_t count, uint8_t digest[20]) {
    uint8_t padded[128] = {0};
    size_t length = count + 9 <= 64 ? 64 : 128;
    memcpy(padded, text, count);
    padded[count] = 0x80;
    write_word(padded + length - 4, (uint32_t)(count * 8));

    uint32_t state[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
    for (size_t offset = 0; offset < length; offset += 64) add_block(state, padded + offset);
    for (unsigned word = 0; word < 5; word++) write_word(digest + 4 * word, state[word]);
}
