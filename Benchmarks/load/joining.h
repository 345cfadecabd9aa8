#pragma once
#include "connection.h"
#include "message.h"

/* Plays the script on a connection until it is ready. */

void joining_begin(struct load *load, struct connection *connection);
void joining_message(struct load *load, struct connection *connection, const struct message *message);
