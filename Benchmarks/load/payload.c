#include "payload.h"

#include "failure.h"
#include "padding.h"

#include <stdlib.h>
#include <string.h>

static const char placeholder[] = "{mark}", number_placeholder[] = "{n}", receiver_placeholder[] = "{r}";

enum { NUMBERS = 10000, SCATTERING = 7919 }; /* without a common divisor, so that each number has its turn */

static void write_number(uint8_t *place, uint32_t sequence) {
    uint32_t number = (uint32_t)((uint64_t)sequence * SCATTERING % NUMBERS);
    for (int digit = 3; digit >= 0; digit--, number /= 10) place[digit] = (uint8_t)('0' + number % 10);
}

/* Appends what stands before the marker. */
static void make_front(struct payload *payload, char *pattern, struct identity identity) {
    char *number = strstr(pattern, number_placeholder), *receiver = strstr(pattern, receiver_placeholder);
    char *changing = number ? number : receiver;
    if (changing) {
        *changing = 0;
        template_expand(&payload->text, pattern, identity);
        *(number ? &payload->number_at : &payload->receiver_at) = payload->text.count;
        bytes_append(&payload->text, "0000", 4);
        pattern = changing + strlen(number_placeholder);
    }
    template_expand(&payload->text, pattern, identity);
}

struct payload payload_make(const char *pattern, struct identity identity, size_t size) {
    const char *mark = strstr(pattern, placeholder);
    if (!mark) {
        fatal(EXIT_USAGE, "the payload \"%s\" holds no {mark}; put it where the text belongs", pattern);
    }
    char *before = strndup(pattern, (size_t)(mark - pattern));
    struct bytes tail = {0};
    template_expand(&tail, mark + strlen(placeholder), identity);

    struct payload payload = {0};
    make_front(&payload, before, identity);
    free(before);
    payload.marker_at = payload.text.count;
    size_t least = payload.text.count + MARKER_LENGTH + tail.count;
    payload.padding = size > least ? size - least : 0;
    bytes_reserve(&payload.text, MARKER_LENGTH + payload.padding + tail.count);
    payload.text.count += MARKER_LENGTH + payload.padding;
    bytes_append(&payload.text, tail.data, tail.count);
    bytes_free(&tail);
    return payload;
}

void payload_stamp(struct payload *payload, struct marker marker, uint32_t receiver) {
    uint8_t *place = payload->text.data + payload->marker_at;
    marker_write(place, marker);
    if (payload->number_at > 0) write_number(payload->text.data + payload->number_at, marker.sequence);
    if (payload->receiver_at > 0) letters_write(payload->text.data + payload->receiver_at, receiver);
    padding_write(place + MARKER_LENGTH, payload->padding, marker.sequence);
}

bool payload_surrounds(const struct payload *payload, const struct message *message, size_t marker_at) {
    size_t tail = marker_at + MARKER_LENGTH + payload->padding;
    return message->count == payload->text.count && marker_at == payload->marker_at
        && memcmp(message->text, payload->text.data, marker_at) == 0
        && memcmp(message->text + tail, payload->text.data + tail, message->count - tail) == 0;
}
