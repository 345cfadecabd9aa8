#include "padding.h"

#include <stdio.h>
#include <string.h>

/* The padding of sequence s begins STRIDE bytes after that of s - 1, until that has gone once round. */
enum { PERIOD = 1 << 15, STRIDE = 97, LINE_LIMIT = 512 };

static const char *const names[] = {
    "Anna", "Boris", "Clara", "Dmitri", "Elena", "Felix", "Greta", "Hugo", "Irina", "Jonas", "Katya",
    "Leon", "Marta", "Nikolai", "Olga", "Pavel", "quietfox42", "Rosa", "Stefan", "Tamara", "Ulrich",
    "Vera", "xXwolfXx", "Zoe",
};

/* The frequent ones first. */
static const char *const words[] = {
    "the", "you", "i", "a", "to", "and", "is", "that", "it", "of", "in", "not", "what", "we", "this",
    "for", "on", "have", "be", "no", "just", "so", "but", "with", "was", "are", "do", "like", "lol", "he",
    "at", "they", "all", "one", "if", "how", "there", "can", "my", "go", "me", "now", "up", "out", "get",
    "about", "why", "who", "yes", "good", "think", "know", "time", "right", "see", "here", "game", "play",
    "when", "would", "really", "stream", "then", "well", "from", "more", "your", "very", "again", "back",
    "want", "some", "him", "over", "down", "new", "never", "should", "people", "song", "where", "nice",
    "haha", "today", "after", "still", "chat", "first", "way", "look", "wait", "please", "hello",
    "thanks", "night", "morning", "channel", "watch", "boss", "level", "music", "tomorrow", "because",
    "something", "anybody", "question", "answer", "welcome", "probably", "late", "remember", "evening",
    "weather", "different", "together", "favourite", "yesterday", "microphone", "river", "mountain",
    "window", "Thursday", "coffee", "keyboard", "umbrella", "station", "holiday", "theatre", "garlic",
};

static uint32_t random_below(uint32_t limit) {
    static uint32_t state = 2463534242;
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return (uint32_t)((uint64_t)state * limit >> 32);
}

static const char *next_word(void) {
    /* The smaller of two prefers the beginning, as speech does. */
    uint32_t count = sizeof words / sizeof *words, one = random_below(count), other = random_below(count);
    return words[one < other ? one : other];
}

/* Writes one line of the log, at most LINE_LIMIT bytes; returns how many. */
static size_t write_line(char *place) {
    uint32_t who = random_below(sizeof names / sizeof *names);
    int length = sprintf(place, "type message channel 5 user %u name %s text", 1000 + who * 37, names[who]);
    for (uint32_t left = 4 + random_below(12); left > 0; left--) {
        length += sprintf(place + length, " %s", next_word());
    }
    length += sprintf(place + length, " ");
    return (size_t)length;
}

static const uint8_t *padding_from(uint32_t sequence) {
    static char table[PADDING_LIMIT + PERIOD + LINE_LIMIT];
    if (table[0] == 0) {
        for (size_t count = 0; count < PADDING_LIMIT + PERIOD;) count += write_line(table + count);
    }
    return (const uint8_t *)table + sequence % PERIOD * STRIDE % PERIOD;
}

void padding_write(uint8_t *place, size_t count, uint32_t sequence) {
    memcpy(place, padding_from(sequence), count);
}

bool padding_matches(const uint8_t *place, size_t count, uint32_t sequence) {
    return memcmp(place, padding_from(sequence), count) == 0;
}
