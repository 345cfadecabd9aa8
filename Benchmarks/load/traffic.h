#pragma once
#include "connection.h"
#include "message.h"

/* Messages with markers: sending them, and checking those that come. */

void traffic_prepare(struct load *load);
/* Sends the first messages of a closed loop. */
void traffic_start(struct load *load);
/* At a fixed rate: sends what is due at `now`. Returns when the next is. */
uint64_t traffic_send_due(struct load *load, uint64_t now);
/* Appends the sender's next message to the shared output, stamped with `time`. */
void traffic_compose(struct load *load, uint32_t sender, uint64_t time);
/* Checks a message that came to a ready connection. */
void traffic_message(struct load *load, struct connection *connection, const struct message *message);
/* Everything that could be read is handled: a closed loop sends on. */
void traffic_after_input(struct load *load, struct connection *connection);
