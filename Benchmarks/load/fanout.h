#pragma once
#include <stdint.h>

struct load;
struct marker;

/* Fan-out: which receivers lack which messages. In the closed loop the next publisher sends one when every
   member of its channel has a message. */
struct fanout {
    uint32_t *awaited; /* receivers that lack it, by publisher and sequence modulo `slots` */
    uint32_t slots;    /* a power of two, over what a publisher may have in flight */
    uint32_t done;     /* messages done since the last sending */
};

void fanout_prepare(struct load *load);
void fanout_start(struct load *load);
/* One more receiver has the message, at `time`. */
void fanout_arrived(struct load *load, const struct marker *marker, uint64_t time);
/* Sends a message for each that is done. */
void fanout_continue(struct load *load);
/* Sends the next publisher's message, stamped with `time`. */
void fanout_send(struct load *load, uint64_t time);
