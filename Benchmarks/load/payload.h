#pragma once
#include "bytes.h"
#include "marker.h"
#include "message.h"
#include "template.h"

/* The message of one sender: fixed text around a marker and its padding, stamped anew for each sending. */
struct payload {
    struct bytes text;
    size_t marker_at;
    size_t padding;
    size_t number_at;   /* where {n} stood; 0: nowhere */
    size_t receiver_at; /* where {r} did */
    uint32_t sent; /* messages so far, so the next one's sequence */
};

/* `pattern` holds {mark} once, and {n} or {r} before it at most once; the padding fills the message up to `size` bytes. */
struct payload payload_make(const char *pattern, struct identity identity, size_t size);
void payload_stamp(struct payload *payload, struct marker marker, uint32_t receiver);
/* Is the text around marker and padding of the received message just that which was sent? */
bool payload_surrounds(const struct payload *payload, const struct message *message, size_t marker_at);
