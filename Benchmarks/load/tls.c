#include "tls.h"

#include "failure.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/x509.h>
#include <stdlib.h>

enum { RECORD = 1 << 14, READ_AHEAD = 1 << 16 };

/* The newest session takes the place of the one before it; 1 keeps it. */
static int keep_session(SSL *secured, SSL_SESSION *session) {
    SSL_SESSION **place = SSL_get_app_data(secured);
    SSL_SESSION_free(*place);
    *place = session;
    return 1;
}

struct tls tls_prepare(const char *certificate, uint32_t connections) {
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    bool is_set = context && SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION)
        && SSL_CTX_set_ciphersuites(context, "TLS_AES_128_GCM_SHA256")
        && SSL_CTX_set1_groups_list(context, "X25519");
    struct tls tls = {context, calloc(connections, sizeof *tls.sessions)};
    if (!is_set || !tls.sessions) fatal(EXIT_USAGE, "no TLS: %s", ERR_reason_error_string(ERR_get_error()));
    if (!SSL_CTX_load_verify_file(context, certificate)) {
        fatal(EXIT_USAGE, "--tls %s: %s; name the server's certificate", certificate,
              ERR_reason_error_string(ERR_get_error()));
    }
    /* The very certificate is enough; nobody has to have signed it. */
    X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(context), X509_V_FLAG_PARTIAL_CHAIN);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER
                                  | SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_read_ahead(context, 1);
    SSL_CTX_set_default_read_buffer_len(context, READ_AHEAD);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(context, keep_session);
    return tls;
}

/* OpenSSL lets a session of TLS 1.3 be resumed once, and not every server then gives a new one: so a copy. */
static void offer_session(SSL *secured, SSL_SESSION *session) {
    SSL_SESSION *copy = SSL_SESSION_dup(session);
    if (!copy || !SSL_set_session(secured, copy)) fatal(EXIT_USAGE, "out of memory; use fewer connections");
    SSL_SESSION_free(copy);
}

bool tls_open(struct tls *tls, SSL **secured, uint32_t number, int descriptor, bool resumes) {
    SSL_SESSION *session = tls->sessions[number];
    if (resumes && !session) return false;
    *secured = SSL_new(tls->context);
    if (!*secured || !SSL_set_fd(*secured, descriptor)) {
        fatal(EXIT_USAGE, "out of memory; use fewer connections");
    }
    SSL_set_app_data(*secured, &tls->sessions[number]);
    if (resumes) offer_session(*secured, session);
    return true;
}

void tls_close(SSL *secured) {
    /* Without this OpenSSL takes the end for a failure, and the session for spoilt. */
    SSL_set_shutdown(secured, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    SSL_free(secured);
}

enum tls_progress tls_negotiate(SSL *secured) {
    ERR_clear_error();
    int result = SSL_connect(secured);
    if (result == 1) return TLS_DONE;
    switch (SSL_get_error(secured, result)) {
    case SSL_ERROR_WANT_READ: return TLS_READS;
    case SSL_ERROR_WANT_WRITE: return TLS_WRITES;
    default: return TLS_REFUSED;
    }
}

const char *tls_reason(SSL *secured) {
    long verdict = SSL_get_verify_result(secured);
    if (verdict != X509_V_OK) return X509_verify_cert_error_string(verdict);
    const char *reason = ERR_reason_error_string(ERR_peek_last_error());
    return reason ? reason : "the connection ended";
}

bool tls_is_resumed(SSL *secured) {
    return SSL_session_reused(secured);
}

/* What SSL_read's or SSL_write's failure is in the words of a socket. */
static ssize_t socket_result(SSL *secured, int result) {
    switch (SSL_get_error(secured, result)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
        errno = EAGAIN;
        return -1;
    case SSL_ERROR_ZERO_RETURN:
        return 0;
    case SSL_ERROR_SYSCALL:
        return -1;
    default:
        errno = EPROTO;
        return -1;
    }
}

ssize_t tls_send(SSL *secured, const uint8_t *bytes, size_t count) {
    size_t sent = 0;
    while (sent < count) {
        ERR_clear_error();
        size_t rest = count - sent;
        int result = SSL_write(secured, bytes + sent, (int)(rest < RECORD ? rest : RECORD));
        if (result <= 0) {
            if (sent > 0 && SSL_get_error(secured, result) == SSL_ERROR_WANT_WRITE) break;
            return socket_result(secured, result);
        }
        sent += (size_t)result;
    }
    return (ssize_t)sent;
}

ssize_t tls_receive(SSL *secured, struct bytes *input) {
    ssize_t received = 0;
    do {
        ERR_clear_error();
        int result = SSL_read(secured, bytes_reserve(input, RECORD), RECORD);
        if (result <= 0) return received > 0 ? received : socket_result(secured, result);
        input->count += (size_t)result;
        received += result;
    } while (SSL_has_pending(secured));
    return received;
}
