#pragma once
#include <stdint.h>

struct load;
struct marker;

/* Closed-loop fan-out: when every member of its channel has a message, the next publisher sends one. */
struct fanout {
    uint32_t *awaited; /* receivers that lack it, by publisher and sequence modulo `slots` */
    uint32_t slots;    /* a power of two, over the window */
    uint32_t done;     /* messages done since the last sending */
};

void fanout_prepare(struct load *load);
void fanout_start(struct load *load);
/* One more receiver has the message. */
void fanout_arrived(struct load *load, const struct marker *marker);
/* Sends a message for each that is done. */
void fanout_continue(struct load *load);
/* Sends the next publisher's message, stamped with `time`. */
void fanout_send(struct load *load, uint64_t time);
