#pragma once
#include "connection.h"

/* A visit: connect, upgrade, one message there and back, Close there and back. Every connection makes one
   after the other. The first is that of the connection that the run has opened, so that each has a TLS
   session to resume. */

void visits_start(struct load *load);
/* The connection has become ready once more: it sends its message, stamped with the visit's begin. */
void visit_speak(struct load *load, struct connection *connection);
/* Its message has come: it says Close. */
void visit_leave(struct load *load, struct connection *connection);
/* The server has said Close as well. */
void visit_end(struct load *load, struct connection *connection);
/* The connection has been closed: it comes again, if the run goes on. */
void visit_again(struct load *load, struct connection *connection);
