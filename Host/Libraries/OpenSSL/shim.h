#pragma once
#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

/* Swift does not see macros with arguments. What OpenSSL has as such is a function here, under its own name. */

static const uint64_t OP_NO_RENEGOTIATION = SSL_OP_NO_RENEGOTIATION;
static const uint64_t OP_NO_COMPRESSION = SSL_OP_NO_COMPRESSION;

#undef SSL_CTX_set_min_proto_version
static inline int SSL_CTX_set_min_proto_version(SSL_CTX *context, int version) {
    return (int)SSL_CTX_ctrl(context, SSL_CTRL_SET_MIN_PROTO_VERSION, version, NULL);
}

#undef SSL_CTX_set_max_proto_version
static inline int SSL_CTX_set_max_proto_version(SSL_CTX *context, int version) {
    return (int)SSL_CTX_ctrl(context, SSL_CTRL_SET_MAX_PROTO_VERSION, version, NULL);
}

#undef SSL_CTX_set_mode
static inline long SSL_CTX_set_mode(SSL_CTX *context, long mode) {
    return SSL_CTX_ctrl(context, SSL_CTRL_MODE, mode, NULL);
}

#undef SSL_CTX_set_session_cache_mode
static inline long SSL_CTX_set_session_cache_mode(SSL_CTX *context, long mode) {
    return SSL_CTX_ctrl(context, SSL_CTRL_SET_SESS_CACHE_MODE, mode, NULL);
}

#undef SSL_CTX_set_max_cert_list
static inline long SSL_CTX_set_max_cert_list(SSL_CTX *context, long bytes) {
    return SSL_CTX_ctrl(context, SSL_CTRL_SET_MAX_CERT_LIST, bytes, NULL);
}

#undef SSL_CTX_set1_groups_list
static inline int SSL_CTX_set1_groups_list(SSL_CTX *context, const char *list) {
    return (int)SSL_CTX_ctrl(context, SSL_CTRL_SET_GROUPS_LIST, 0, (char *)list);
}

#undef SSL_CTX_add1_chain_cert
static inline int SSL_CTX_add1_chain_cert(SSL_CTX *context, X509 *certificate) {
    return (int)SSL_CTX_ctrl(context, SSL_CTRL_CHAIN_CERT, 1, certificate);
}

#undef SSL_CTX_set_tlsext_servername_callback
static inline void SSL_CTX_set_tlsext_servername_callback(SSL_CTX *context, int (*callback)(SSL *, int *, void *)) {
    SSL_CTX_callback_ctrl(context, SSL_CTRL_SET_TLSEXT_SERVERNAME_CB, (void (*)(void))callback);
}

#undef SSL_set_tlsext_host_name
static inline int SSL_set_tlsext_host_name(SSL *session, const char *name) {
    return (int)SSL_ctrl(session, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, (char *)name);
}
