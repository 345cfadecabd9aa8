#pragma once
#include <stdint.h>

/* Counts durations in buckets that are at most 1/64 of their value wide. */
struct histogram {
    uint64_t total;
    uint64_t longest; /* nanoseconds, exact */
    uint32_t buckets[64 * 60];
};

void histogram_add(struct histogram *histogram, uint64_t nanoseconds);
/* The duration that `share` (0 to 1) of the counted ones do not exceed, in microseconds. */
double histogram_quantile(const struct histogram *histogram, double share);
