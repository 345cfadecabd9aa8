#include "histogram.h"

/* Values below 128 have a bucket each; above, every doubling has 64. */
static unsigned bucket_of(uint64_t value, unsigned *shift) {
    unsigned highest_bit = 63 - (unsigned)__builtin_clzll(value | 1);
    *shift = highest_bit > 6 ? highest_bit - 6 : 0;
    return *shift * 64 + (unsigned)(value >> *shift);
}

void histogram_add(struct histogram *histogram, uint64_t nanoseconds) {
    unsigned shift;
    histogram->buckets[bucket_of(nanoseconds, &shift)]++;
    histogram->total++;
    if (nanoseconds > histogram->longest) histogram->longest = nanoseconds;
}

static double middle_of(unsigned bucket) {
    if (bucket < 128) return bucket;
    unsigned shift = bucket / 64 - 1;
    double width = (double)(UINT64_C(1) << shift);
    return (bucket - shift * 64) * width + width / 2;
}

double histogram_quantile(const struct histogram *histogram, double share) {
    double wanted = share * (double)histogram->total;
    double seen = 0;
    for (unsigned bucket = 0; bucket < sizeof histogram->buckets / sizeof *histogram->buckets; bucket++) {
        seen += histogram->buckets[bucket];
        if (seen > 0 && seen >= wanted) return middle_of(bucket) / 1000;
    }
    return 0;
}
