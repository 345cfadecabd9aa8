#pragma once
#include <stdint.h>

/* What one receiver has had from one sender. All zero is the beginning. */
struct stream {
    uint64_t missing; /* bit k: the message `next - 1 - k` was skipped */
    uint32_t next;    /* the sequence that is due */
};

enum arrival {
    ARRIVAL_DUE,       /* the one that was due */
    ARRIVAL_EARLY,     /* others before it have not come */
    ARRIVAL_LATE,      /* one of those, after a later one */
    ARRIVAL_REPEATED,  /* it has come before */
};

enum arrival stream_take(struct stream *stream, uint32_t sequence);
