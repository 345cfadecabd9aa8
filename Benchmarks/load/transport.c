#include "transport.h"

#include "framed.h"
#include "http.h"
#include "joining.h"
#include "load.h"
#include "traffic.h"
#include "visits.h"

void transport_upgrade(struct load *load, struct connection *connection) {
    struct bytes path = {0};
    template_expand(&path, load->options.path, identity_of(load, connection->number));
    bytes_append(&path, "", 1);
    handshake_key(connection->key, load_random(load), load_random(load));
    load->output.count = 0;
    handshake_request(&load->output, (const char *)path.data, load->options.address, connection->key,
        load->options.deflates, load->options.cookie);
    bytes_free(&path);
    connection->stage = STAGE_UPGRADING;
    connection_send(load, connection, load->output.data, load->output.count);
}

static void append_text(struct load *load, struct bytes *out, const uint8_t *text, size_t count) {
    uint32_t mask = (uint32_t)load_random(load);
    if (!load->options.deflates || count < DEFLATE_THRESHOLD) {
        frame_append(out, OPCODE_TEXT, FRAME_PLAIN, text, count, mask);
        return;
    }
    deflate_pack(&load->deflate, text, count);
    const struct bytes *packed = &load->deflate.packed;
    frame_append(out, OPCODE_TEXT, FRAME_COMPRESSED, packed->data, packed->count, mask);
}

void transport_append(
    struct load *load, uint32_t connection, struct bytes *out, const uint8_t *text, size_t count
) {
    switch (protocol_of(&load->options, connection)) {
    case PROTOCOL_WEBSOCKET: append_text(load, out, text, count); break;
    case PROTOCOL_FRAMED: framed_append(out, text, count); break;
    case PROTOCOL_HTTP: http_append(out, load->options.path, load->options.address, text, count); break;
    }
}

static size_t consume_answer(
    struct load *load, struct connection *connection, const uint8_t *bytes, size_t count
) {
    size_t used = 0;
    switch (handshake_judge(bytes, count, connection->key, load->options.deflates, &used)) {
    case HANDSHAKE_INCOMPLETE:
        return 0;
    case HANDSHAKE_ACCEPTED:
        joining_begin(load, connection);
        return used;
    case HANDSHAKE_REFUSED:
        connection_fail(load, connection, "upgrade refused: %.*s", (int)(count < 60 ? count : 60), bytes);
        break;
    case HANDSHAKE_WITHOUT_DEFLATE:
        connection_fail(load, connection, "the server does not take permessage-deflate as it was offered");
        break;
    }
    return 0;
}

static void take_text(struct load *load, struct connection *connection, const struct message *message) {
    if (connection->stage == STAGE_JOINING) joining_message(load, connection, message);
    else traffic_message(load, connection, message);
}

/* Notes a message that came as `received` bytes and should have been compressed: the texts are such that they
   become smaller. */
static void check_packing(
    struct load *load, const struct connection *connection, size_t received, const struct message *message
) {
    if (message->count < DEFLATE_THRESHOLD || received < message->count) return;
    failure_note(&load->failure, EXIT_CONTENT, "connection %u: a message of %zu bytes came as %zu",
                 connection->number, message->count, received);
}

static void take_compressed(struct load *load, struct connection *connection, struct message message) {
    size_t packed = message.count;
    if (!deflate_unpack(&load->deflate, message.text, packed)) {
        connection_fail(load, connection, "a message whose compression is broken");
        return;
    }
    message.text = load->deflate.unpacked.data;
    message.count = load->deflate.unpacked.count;
    load->counts.packed += packed;
    load->counts.unpacked += message.count;
    check_packing(load, connection, packed, &message);
    take_text(load, connection, &message);
}

static void take_message(
    struct load *load, struct connection *connection, const struct message *message, bool is_compressed
) {
    if (is_compressed) {
        take_compressed(load, connection, *message);
        return;
    }
    if (load->options.deflates) check_packing(load, connection, message->count, message);
    take_text(load, connection, message);
}

static void take_control(struct load *load, struct connection *connection, const struct frame *frame) {
    if (frame->opcode == OPCODE_PING) {
        load->output.count = 0;
        frame_append(&load->output, OPCODE_PONG, FRAME_PLAIN, frame->payload, frame->count,
                     (uint32_t)load_random(load));
        connection_send(load, connection, load->output.data, load->output.count);
    } else if (frame->opcode == OPCODE_CLOSE && connection->stage == STAGE_LEAVING) {
        visit_end(load, connection);
    } else if (frame->opcode == OPCODE_CLOSE) {
        int code = frame->count >= 2 ? frame->payload[0] << 8 | frame->payload[1] : 1005;
        int length = frame->count > 2 ? (int)frame->count - 2 : 0;
        const uint8_t *reason = frame->payload + 2;
        connection_fail(load, connection, "closed by the server with %d %.*s", code, length, reason);
    }
}

/* A message may come as several frames: RFC 6455 §5.4. */
static void take_fragment(
    struct load *load, struct connection *connection, const struct frame *frame, uint64_t now
) {
    if ((frame->opcode == OPCODE_CONTINUATION) != connection->has_fragments) {
        connection_fail(load, connection, "a continuation frame out of place");
        return;
    }
    if (!connection->has_fragments) connection->has_compressed_fragments = frame->is_compressed;
    bytes_append(&connection->fragments, frame->payload, frame->count);
    connection->has_fragments = !frame->is_final;
    if (!frame->is_final) return;
    struct message message = {connection->fragments.data, connection->fragments.count, now};
    take_message(load, connection, &message, connection->has_compressed_fragments);
    connection->fragments.count = 0;
}

static void take_frame(
    struct load *load, struct connection *connection, const struct frame *frame, uint64_t now
) {
    if (frame->opcode >= OPCODE_CLOSE) {
        take_control(load, connection, frame);
    } else if (frame->is_final && frame->opcode != OPCODE_CONTINUATION && !connection->has_fragments) {
        struct message message = {frame->payload, frame->count, now};
        take_message(load, connection, &message, frame->is_compressed);
    } else {
        take_fragment(load, connection, frame, now);
    }
}

static enum frame_result read_frame(
    const struct load *load, const struct connection *connection, const uint8_t *bytes, size_t count, struct frame *frame
) {
    switch (protocol_of(&load->options, connection->number)) {
    case PROTOCOL_WEBSOCKET: return frame_read(bytes, count, frame);
    case PROTOCOL_FRAMED: return framed_read(bytes, count, frame);
    case PROTOCOL_HTTP: return http_read(bytes, count, frame);
    }
    return FRAME_BROKEN;
}

static size_t consume_frame(
    struct load *load, struct connection *connection, const uint8_t *bytes, size_t count, uint64_t now
) {
    struct frame frame;
    enum frame_result result = read_frame(load, connection, bytes, count, &frame);
    if (result == FRAME_WHOLE && frame.is_compressed && !load->options.deflates) result = FRAME_BROKEN;
    if (result == FRAME_BROKEN) {
        connection_fail(load, connection, "bytes that are no frame, or no good answer, of this protocol: %.*s",
                        (int)(count < 60 ? count : 60), bytes);
    }
    if (result != FRAME_WHOLE) return 0;
    take_frame(load, connection, &frame, now);
    return frame.length;
}

size_t transport_consume(
    struct load *load, struct connection *connection, const uint8_t *bytes, size_t count, uint64_t now
) {
    size_t used = 0;
    while (used < count && connection->stage != STAGE_CLOSED && connection->stage != STAGE_NEW) {
        size_t step = connection->stage == STAGE_UPGRADING
            ? consume_answer(load, connection, bytes + used, count - used)
            : consume_frame(load, connection, bytes + used, count - used, now);
        if (step == 0) break;
        used += step;
    }
    if (connection->stage == STAGE_READY) traffic_after_input(load, connection);
    return used;
}
