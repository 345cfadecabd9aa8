#pragma once
#include "connection.h"

/* The way of messages to and from a connection's bytes, for the protocol of the run. */

void transport_upgrade(struct load *load, struct connection *connection);
void transport_append(
    struct load *load, uint32_t connection, struct bytes *out, const uint8_t *text, size_t count);
/* Hands on every whole message that came at `now`; returns how many bytes that used up. */
size_t transport_consume(
    struct load *load, struct connection *connection, const uint8_t *bytes, size_t count, uint64_t now);
