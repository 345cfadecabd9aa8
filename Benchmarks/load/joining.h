#pragma once
#include "connection.h"
#include "message.h"
#include "script.h"

/* Plays the script on a connection, up to the turn, until it is ready. */

void joining_begin(struct load *load, struct connection *connection);
void joining_message(struct load *load, struct connection *connection, const struct message *message);
/* A step's text for this connection. */
struct bytes joining_text(struct load *load, const struct connection *connection, const struct step *step);
