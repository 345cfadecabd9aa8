#pragma once
#include "options.h"

/* The machine's counters at one moment; two of them tell what a time between cost. Times are nanoseconds. */
struct measurement {
    uint64_t instant;
    uint64_t server;        /* CPU time of all threads of the server's processes */
    uint64_t server_user;   /* of it in user mode; counted in ticks, so coarser */
    uint64_t server_system; /* of it in the kernel; likewise */
    uint64_t load;          /* CPU time of this program */
    uint64_t machine;       /* time that all cores were busy */
    uint64_t stolen;        /* time that the hypervisor kept from all cores */
    uint64_t segments, segments_with_data; /* of TCP, sent on this machine by anybody: counts, not times */
};

struct measurement measurement_take(const struct options *options);
/* Resident memory of the server's processes, in bytes. */
uint64_t resident_memory(const struct options *options);
