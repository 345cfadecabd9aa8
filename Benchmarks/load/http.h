#pragma once
#include "bytes.h"
#include "websocket.h"

/* Messages over HTTP/1.1 on a connection that is kept: each is the body of a POST, and what comes is the body of its
   answer, which has to have the status 200 and a Content-Length. */
void http_append(struct bytes *out, const char *path, const char *host, const uint8_t *body, size_t count);
/* Reads the answer at the beginning of the bytes, as a final text frame. */
enum frame_result http_read(const uint8_t *bytes, size_t count, struct frame *frame);
