#pragma once
#include <stddef.h>
#include <stdint.h>

/* A whole message that came, without what the transport put around it. */
struct message {
    const uint8_t *text;
    size_t count;
    uint64_t time; /* when it was read */
};
