#include "marker.h"

#include <string.h>

static const char word[4] = "PbMk";

#define EACH_BYTE(byte) (UINT64_C(0x0101010101010101) * (byte))

/* Spreads eight groups of four bits over eight letters, the lowest first. */
static uint64_t letters_of(uint32_t value) {
    uint64_t bits = value;
    bits = (bits | bits << 16) & UINT64_C(0x0000ffff0000ffff);
    bits = (bits | bits << 8) & UINT64_C(0x00ff00ff00ff00ff);
    bits = (bits | bits << 4) & UINT64_C(0x0f0f0f0f0f0f0f0f);
    return bits + EACH_BYTE('a');
}

static uint32_t value_of(uint64_t letters) {
    uint64_t bits = (letters - EACH_BYTE('a')) & UINT64_C(0x0f0f0f0f0f0f0f0f);
    bits = (bits | bits >> 4) & UINT64_C(0x00ff00ff00ff00ff);
    bits = (bits | bits >> 8) & UINT64_C(0x0000ffff0000ffff);
    return (uint32_t)(bits | bits >> 16);
}

static void write_letters(uint8_t *place, uint32_t value) {
    uint64_t letters = letters_of(value);
    memcpy(place, &letters, sizeof letters);
}

/* False if a byte is none of the sixteen letters: then the value does not give the same letters back. */
static bool read_letters(const uint8_t *place, uint32_t *value) {
    uint64_t letters;
    memcpy(&letters, place, sizeof letters);
    *value = value_of(letters);
    return letters_of(*value) == letters;
}

static uint32_t checksum(struct marker marker) {
    uint64_t who = (uint64_t)marker.sender << 32 | marker.sequence;
    uint64_t mixed = (who ^ UINT64_C(0x6a09e667f3bcc908)) * UINT64_C(0xd6e8feb86659fd93);
    mixed ^= mixed >> 32;
    mixed = (mixed ^ marker.time) * UINT64_C(0xa0761d6478bd642f);
    return (uint32_t)(mixed >> 32);
}

void marker_write(uint8_t *place, struct marker marker) {
    memcpy(place, word, sizeof word);
    write_letters(place + 4, marker.sender);
    write_letters(place + 12, marker.sequence);
    write_letters(place + 20, (uint32_t)marker.time);
    write_letters(place + 28, (uint32_t)(marker.time >> 32));
    write_letters(place + 36, checksum(marker));
}

bool marker_read(const uint8_t *place, struct marker *marker) {
    uint32_t low, high, sum;
    bool letters = read_letters(place + 4, &marker->sender) & read_letters(place + 12, &marker->sequence)
        & read_letters(place + 20, &low) & read_letters(place + 28, &high) & read_letters(place + 36, &sum);
    marker->time = (uint64_t)high << 32 | low;
    return letters && sum == checksum(*marker);
}

static bool marker_begins(const uint8_t *place, size_t count) {
    return count >= MARKER_LENGTH && memcmp(place, word, sizeof word) == 0;
}

const uint8_t *marker_find(const uint8_t *bytes, size_t count) {
    while (count >= MARKER_LENGTH) {
        const uint8_t *found = memchr(bytes, word[0], count - MARKER_LENGTH + 1);
        if (!found) return NULL;
        count -= (size_t)(found - bytes);
        if (marker_begins(found, count)) return found;
        bytes = found + 1;
        count--;
    }
    return NULL;
}
