#include "handshake.h"

#include "sha1.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static void base64(char *text, const uint8_t *bytes, size_t count) {
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t offset = 0; offset < count; offset += 3) {
        size_t have = count - offset < 3 ? count - offset : 3;
        uint32_t group = (uint32_t)bytes[offset] << 16;
        if (have > 1) group |= (uint32_t)bytes[offset + 1] << 8;
        if (have > 2) group |= bytes[offset + 2];
        for (unsigned place = 0; place < 4; place++) {
            *text++ = place <= have ? alphabet[group >> (18 - 6 * place) & 63] : '=';
        }
    }
    *text = 0;
}

void handshake_key(char key[HANDSHAKE_KEY_LENGTH + 1], uint64_t first, uint64_t second) {
    uint64_t bits[2] = {first, second};
    base64(key, (const uint8_t *)bits, sizeof bits);
}

void handshake_request(struct bytes *out, const char *path, const char *host, const char *key) {
    char request[2048];
    int length = snprintf(
        request, sizeof request,
        "GET %s HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: %s\r\nSec-WebSocket-Version: 13\r\n\r\n",
        path, host, key);
    bytes_append(out, request, (size_t)length);
}

/* The value of a header field in a head that ends with a zero byte, or NULL. */
static const char *field(const char *head, const char *name) {
    size_t length = strlen(name);
    for (const char *line = strstr(head, "\r\n"); line; line = strstr(line, "\r\n")) {
        line += 2;
        if (strncasecmp(line, name, length) == 0 && line[length] == ':') {
            return line + length + 1 + strspn(line + length + 1, " \t");
        }
    }
    return NULL;
}

static bool accepts(const char *head, const char *key) {
    char question[HANDSHAKE_KEY_LENGTH + 36 + 1], expected[29];
    uint8_t digest[20];
    snprintf(question, sizeof question, "%s258EAFA5-E914-47DA-95CA-C5AB0DC85B11", key);
    sha1(question, strlen(question), digest);
    base64(expected, digest, sizeof digest);
    const char *accept = field(head, "Sec-WebSocket-Accept");
    return strncmp(head, "HTTP/1.1 101 ", 13) == 0 && accept && strncmp(accept, expected, 28) == 0
        && strchr(" \t\r", accept[28])
        && !field(head, "Sec-WebSocket-Extensions");  /* none was offered */
}

enum handshake_answer handshake_judge(const uint8_t *bytes, size_t count, const char *key, size_t *used) {
    const uint8_t *end = memmem(bytes, count, "\r\n\r\n", 4);
    if (!end) return count < 16384 ? HANDSHAKE_INCOMPLETE : HANDSHAKE_REFUSED;
    *used = (size_t)(end - bytes) + 4;
    char *head = strndup((const char *)bytes, *used);
    bool accepted = accepts(head, key);
    free(head);
    return accepted ? HANDSHAKE_ACCEPTED : HANDSHAKE_REFUSED;
}
