#pragma once
#include <stdint.h>
#include <time.h>

/* Time in this program is nanoseconds of the monotonic clock. */
#define SECOND UINT64_C(1000000000)
#define MILLISECOND UINT64_C(1000000)

static inline uint64_t instant_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * SECOND + (uint64_t)now.tv_nsec;
}

static inline uint64_t instant_after(uint64_t start, double seconds) {
    return start + (uint64_t)(seconds * (double)SECOND);
}
