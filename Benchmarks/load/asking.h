#pragma once
#include "connection.h"
#include "message.h"

/* The mode ask: some of the connections play the script's turn again and again. What is counted as a message
   is a turn; what is timed are its questions, from sending one, or from when a turn that begins with one
   should have begun, until its answer has come. */

/* Begins a turn on every asker. */
void asking_start(struct load *load);
/* Begins a turn, due at `time`, on the next asker that has none under way. */
void asking_begin_next(struct load *load, uint64_t time);
void asking_message(struct load *load, struct connection *connection, const struct message *message);
