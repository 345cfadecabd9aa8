#pragma once
#include "message.h"

#include <stdbool.h>
#include <stdint.h>

struct connection;
struct load;

/* Messages that bring their sender an answer, which has no marker: one to each, in their order. */
struct answers {
    uint64_t *times; /* when a message was sent, by sender and sequence modulo `slots` */
    uint32_t *taken; /* answers so far, by sender */
    uint32_t slots;  /* a power of two, over what a sender may have in flight */
};

void answers_prepare(struct load *load);
/* Whether what comes to the connection are answers. */
bool answers_come_to(const struct load *load, const struct connection *connection);
/* Notes a sending. */
void answers_await(struct load *load, uint32_t sender, uint32_t sequence, uint64_t time);
/* Takes a message as the next answer. False: it is none, which is noted. Else the message that is answered, and when
   that was sent. */
bool answers_take(
    struct load *load, struct connection *connection, const struct message *message, uint32_t *sequence,
    uint64_t *time);
