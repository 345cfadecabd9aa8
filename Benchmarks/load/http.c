#include "http.h"

#include "fields.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEAD_LIMIT = 4096, BODY_LIMIT = 1 << 28 };

void http_append(struct bytes *out, const char *path, const char *host, const uint8_t *body, size_t count) {
    char head[HEAD_LIMIT];
    int length = snprintf(
        head, sizeof head,
        "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n", path, host, count);
    bytes_append(out, head, (size_t)length);
    bytes_append(out, body, count);
}

/* The length of the answer's body; below 0: it is none that was wanted. */
static long body_length(const char *head) {
    if (strncmp(head, "HTTP/1.1 200 ", 13) != 0 || field_value(head, "Transfer-Encoding")) return -1;
    const char *value = field_value(head, "Content-Length");
    if (!value) return -1;
    char *end;
    long length = strtol(value, &end, 10);
    return end > value && *end == '\r' && length <= BODY_LIMIT ? length : -1;
}

enum frame_result http_read(const uint8_t *bytes, size_t count, struct frame *frame) {
    const uint8_t *end = memmem(bytes, count < HEAD_LIMIT ? count : HEAD_LIMIT, "\r\n\r\n", 4);
    if (!end) return count < HEAD_LIMIT ? FRAME_INCOMPLETE : FRAME_BROKEN;
    char head[HEAD_LIMIT + 1];
    size_t head_length = (size_t)(end - bytes) + 4;
    memcpy(head, bytes, head_length);
    head[head_length] = 0;
    long body = body_length(head);
    if (body < 0) return FRAME_BROKEN;
    if (count - head_length < (size_t)body) return FRAME_INCOMPLETE;
    *frame = (struct frame){
        .opcode = OPCODE_TEXT, .is_final = true, .payload = bytes + head_length, .count = (size_t)body,
        .length = head_length + (size_t)body,
    };
    return FRAME_WHOLE;
}
