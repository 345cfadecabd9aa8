#pragma once
#include "bytes.h"

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* TLS 1.3 from the client's side, over sockets that do not wait. One suite and one group are offered, so that
   every server does the same work: AES-128-GCM and X25519. */
struct tls {
    SSL_CTX *context;       /* NULL: the run is without TLS */
    SSL_SESSION **sessions; /* by connection's number: the newest that its server gave */
};

/* `certificate` is the file of the one that the server has to show. Ends the program if it cannot be read. */
struct tls tls_prepare(const char *certificate, uint32_t connections);
/* TLS over a connected socket. With `resumes` it offers the session that came last; false: there is none. */
bool tls_open(struct tls *tls, SSL **secured, uint32_t number, int descriptor, bool resumes);
/* Leaves the socket alone, and its session good for being resumed. */
void tls_close(SSL *secured);

enum tls_progress { TLS_DONE, TLS_READS, TLS_WRITES, TLS_REFUSED };

/* Goes on with the handshake, as far as the socket lets it. */
enum tls_progress tls_negotiate(SSL *secured);
/* Why the handshake was refused. */
const char *tls_reason(SSL *secured);
bool tls_is_resumed(SSL *secured);

/* As send() and recv() would; `errno` is EAGAIN when the socket is not ready, EPROTO for what is no TLS. */
ssize_t tls_send(SSL *secured, const uint8_t *bytes, size_t count);
/* Appends everything that has come: what stays in TLS's own buffer, epoll does not tell. */
ssize_t tls_receive(SSL *secured, struct bytes *input);
