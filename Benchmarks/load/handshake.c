#include "handshake.h"

#include "fields.h"

#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void handshake_key(char key[HANDSHAKE_KEY_LENGTH + 1], uint64_t first, uint64_t second) {
    uint64_t bits[2] = {first, second};
    EVP_EncodeBlock((uint8_t *)key, (const uint8_t *)bits, sizeof bits);
}

/* Without context takeover, so that a message is compressed by itself on every server. */
static const char offer[] =
    "Sec-WebSocket-Extensions: permessage-deflate; "
    "server_no_context_takeover; client_no_context_takeover\r\n";

void handshake_request(
    struct bytes *out, const char *path, const char *host, const char *key, bool offers_deflate,
    const char *cookie
) {
    char request[2048];
    int length = snprintf(
        request, sizeof request,
        "GET %s HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: %s\r\nSec-WebSocket-Version: 13\r\n%s%s%s%s\r\n",
        path, host, key, offers_deflate ? offer : "", cookie ? "Cookie: " : "", cookie ? cookie : "",
        cookie ? "\r\n" : "");
    bytes_append(out, request, (size_t)length);
}

static bool accepts(const char *head, const char *key) {
    char question[HANDSHAKE_KEY_LENGTH + 36 + 1], expected[29];
    uint8_t digest[SHA_DIGEST_LENGTH];
    snprintf(question, sizeof question, "%s258EAFA5-E914-47DA-95CA-C5AB0DC85B11", key);
    SHA1((const uint8_t *)question, strlen(question), digest);
    EVP_EncodeBlock((uint8_t *)expected, digest, sizeof digest);
    const char *accept = field_value(head, "Sec-WebSocket-Accept");
    return strncmp(head, "HTTP/1.1 101 ", 13) == 0 && accept && strncmp(accept, expected, 28) == 0
        && strchr(" \t\r", accept[28]);
}

static bool is_word(const char *text, size_t length, const char *word) {
    return length == strlen(word) && strncmp(text, word, length) == 0;
}

/* Does the answer take the offer, as it was made? Nothing may be in it that was not in the offer, but the
   size of the server's window. */
static bool takes_offer(const char *value) {
    static const char window[] = "server_max_window_bits=";
    size_t length = strcspn(value, "; ,\r");
    if (!is_word(value, length, "permessage-deflate")) return false;
    bool resets = false;
    for (const char *text = value + length; *text != '\r'; text += length) {
        text += strspn(text, "; ");
        length = strcspn(text, "; ,\r");
        if (is_word(text, length, "server_no_context_takeover")) resets = true;
        else if (is_word(text, length, "client_no_context_takeover")) continue;
        else if (strncmp(text, window, strlen(window)) != 0) return false;
    }
    return resets;
}

static enum handshake_answer judge(const char *head, const char *key, bool offers_deflate) {
    if (!accepts(head, key)) return HANDSHAKE_REFUSED;
    const char *extensions = field_value(head, "Sec-WebSocket-Extensions");
    if (!offers_deflate) return extensions ? HANDSHAKE_REFUSED : HANDSHAKE_ACCEPTED;
    return extensions && takes_offer(extensions) ? HANDSHAKE_ACCEPTED : HANDSHAKE_WITHOUT_DEFLATE;
}

enum handshake_answer handshake_judge(
    const uint8_t *bytes, size_t count, const char *key, bool offers_deflate, size_t *used
) {
    const uint8_t *end = memmem(bytes, count, "\r\n\r\n", 4);
    if (!end) return count < 16384 ? HANDSHAKE_INCOMPLETE : HANDSHAKE_REFUSED;
    *used = (size_t)(end - bytes) + 4;
    char *head = strndup((const char *)bytes, *used);
    enum handshake_answer answer = judge(head, key, offers_deflate);
    free(head);
    return answer;
}
