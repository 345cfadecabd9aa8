#include "traffic.h"

#include "asking.h"
#include "instant.h"
#include "load.h"
#include "padding.h"
#include "transport.h"
#include "visits.h"

#include <stdlib.h>

/* Senders that a receiver hears: all of its channel's, or itself. */
static uint32_t streams_each(const struct options *options) {
    if (options->mode != MODE_FANOUT || options->bounces) return 1;
    if (options->relays) return options->publishers;
    return (options->publishers + options->channels - 1) / options->channels;
}

void traffic_prepare(struct load *load) {
    const struct options *options = &load->options;
    uint32_t senders = sender_count(options);
    load->payloads = calloc(senders + 1, sizeof *load->payloads);
    load->streams = calloc((size_t)options->connections * streams_each(options), sizeof *load->streams);
    if (!load->payloads || !load->streams) fatal(EXIT_USAGE, "out of memory; use fewer connections");
    for (uint32_t sender = 0; sender < senders; sender++) {
        load->payloads[sender] = payload_make(load->payload_pattern, identity_of(load, sender), options->size);
    }
    if (options->mode == MODE_FANOUT) fanout_prepare(load);
    answers_prepare(load);
}

static uint32_t receiver_of_next(const struct load *load, uint32_t sender) {
    return load->options.relays ? receiver_of(&load->options, sender, load->payloads[sender].sent) : sender;
}

void traffic_compose(struct load *load, uint32_t sender, uint64_t time) {
    struct payload *payload = &load->payloads[sender];
    payload_stamp(payload, (struct marker){.sender = sender, .sequence = payload->sent, .time = time},
                  receiver_of_next(load, sender));
    answers_await(load, sender, payload->sent, time);
    payload->sent++;
    transport_append(load, sender, &load->output, payload->text.data, payload->text.count);
}

static void echo_send(struct load *load, struct connection *connection, uint32_t messages, uint64_t time) {
    load->counts.expected += messages;
    load->output.count = 0;
    for (; messages > 0; messages--) traffic_compose(load, connection->number, time);
    connection_send(load, connection, load->output.data, load->output.count);
}

/* As many connections send as messages are named, those whose turn it is and that have none on its way. */
static void echo_in_turn(struct load *load, uint32_t messages, uint64_t time) {
    for (uint32_t tried = 0; messages > 0 && tried < load->options.connections; tried++) {
        struct connection *connection = &load->connections[load->next_sender];
        load->next_sender = (load->next_sender + 1) % load->options.connections;
        if (connection->is_awaiting) continue;
        connection->is_awaiting = true;
        echo_send(load, connection, 1, time);
        messages--;
    }
}

void traffic_start(struct load *load) {
    load->last_arrival = instant_now();
    load->next_send = load->last_arrival;
    if (load->options.mode == MODE_VISIT) {
        visits_start(load);
        return;
    }
    if (!is_closed_loop(load)) return;
    if (load->options.mode == MODE_ASK) {
        asking_start(load);
        return;
    }
    if (load->options.mode == MODE_FANOUT) {
        fanout_start(load);
        return;
    }
    if (load->options.window > 0) {
        echo_in_turn(load, load->options.window, instant_now());
        return;
    }
    for (uint32_t number = 0; number < load->options.connections; number++) {
        echo_send(load, &load->connections[number], load->options.depth, instant_now());
    }
}

enum { MESSAGES_A_TURN = 256 }; /* arrivals must not wait long behind a backlog of sendings */

uint64_t traffic_send_due(struct load *load, uint64_t now) {
    uint64_t interval = (uint64_t)((double)SECOND / load->options.rate);
    for (unsigned turn = 0; load->next_send <= now && turn < MESSAGES_A_TURN; turn++) {
        if (load->options.mode == MODE_FANOUT) {
            fanout_send(load, load->next_send);
        } else if (load->options.mode == MODE_ASK) {
            asking_begin_next(load, load->next_send);
        } else {
            echo_send(load, &load->connections[load->next_sender], 1, load->next_send);
            load->next_sender = (load->next_sender + 1) % load->options.connections;
        }
        load->next_send += interval;
    }
    return load->next_send;
}

static bool hears(
    const struct load *load, const struct connection *connection, const struct marker *marker
) {
    uint32_t sender = marker->sender;
    if (sender >= sender_count(&load->options)) return false;
    if (load->options.bounces) return sender == connection->number;
    if (load->options.relays) return receiver_of(&load->options, sender, marker->sequence) == connection->number;
    if (load->options.mode != MODE_FANOUT) return sender == connection->number;
    return channel_of(&load->options, sender) == channel_of(&load->options, connection->number);
}

static struct stream *stream_of(struct load *load, const struct connection *connection, uint32_t sender) {
    bool is_shared = load->options.mode == MODE_FANOUT && !load->options.bounces;
    size_t place = is_shared ? sender / load->options.channels : 0;
    return &load->streams[(size_t)connection->number * streams_each(&load->options) + place];
}

static void count_arrival(
    struct load *load, struct connection *connection, const struct marker *marker,
    const struct message *message
) {
    load->counts.received++;
    load->last_arrival = message->time;
    if (load->phase == PHASE_MEASURING && is_counted(&load->options, connection->number)) {
        load->counts.measured++;
        load->counts.timed++;
        load->counts.bytes += message->count;
        histogram_add(&load->latencies, message->time > marker->time ? message->time - marker->time : 0);
    }
    if (load->options.mode == MODE_FANOUT) fanout_arrived(load, marker, message->time);
    else if (is_closed_loop(load)) connection->answers++;
}

static void note(
    struct load *load, const struct connection *connection, const struct marker *marker, const char *fault
) {
    failure_note(&load->failure, EXIT_CONTENT, "connection %u: message %u of sender %u %s",
                 connection->number, marker->sequence, marker->sender, fault);
}

static void take_marker(
    struct load *load, struct connection *connection, const struct marker *marker,
    const struct message *message
) {
    uint32_t place = load->options.relays ? marker->sequence / receivers_in_turn(&load->options) : marker->sequence;
    switch (stream_take(stream_of(load, connection, marker->sender), place)) {
    case ARRIVAL_REPEATED:
        load->counts.repeated++;
        note(load, connection, marker, "came again");
        return;
    case ARRIVAL_EARLY:
        note(load, connection, marker, "came before one that was sent before it");
        break;
    case ARRIVAL_LATE:
        load->counts.reordered++;
        break;
    case ARRIVAL_DUE:
        break;
    }
    count_arrival(load, connection, marker, message);
}

static void take_answer(struct load *load, struct connection *connection, const struct message *message) {
    struct marker marker = {.sender = connection->number};
    if (answers_take(load, connection, message, &marker.sequence, &marker.time)) {
        count_arrival(load, connection, &marker, message);
    }
}

/* What is wrong with the message around this marker, or NULL. */
static const char *fault_of(
    const struct load *load, const struct connection *connection, const struct marker *marker,
    const struct message *message, size_t marker_at
) {
    if (!hears(load, connection, marker)) return "came to a connection that it is not for";
    const struct payload *payload = &load->payloads[marker->sender];
    if (marker->sequence >= payload->sent) return "has not been sent";
    size_t padding_at = marker_at + MARKER_LENGTH;
    if (message->count - padding_at < payload->padding) return "is cut short";
    if (!padding_matches(message->text + padding_at, payload->padding, marker->sequence)) return "is altered";
    if (load->is_verbatim && !payload_surrounds(payload, message, marker_at)) return "is altered";
    return NULL;
}

/* Checks the message that the marker belongs to. Returns the bytes from the marker that are its own. */
static size_t check_marker(
    struct load *load, struct connection *connection, const struct message *message, size_t marker_at
) {
    struct marker marker;
    if (!marker_read(message->text + marker_at, &marker)) {
        load->counts.altered++;
        failure_note(&load->failure, EXIT_CONTENT, "connection %u: a marker is damaged", connection->number);
        return MARKER_LENGTH;
    }
    if (marker.time < load->start) {
        load->counts.others++;
        return MARKER_LENGTH;
    }
    const char *fault = fault_of(load, connection, &marker, message, marker_at);
    if (fault) {
        load->counts.altered++;
        note(load, connection, &marker, fault);
        return MARKER_LENGTH;
    }
    take_marker(load, connection, &marker, message);
    return MARKER_LENGTH + load->payloads[marker.sender].padding;
}

/* A server may put several messages into one, so the search goes on behind each. False: there is none. */
static bool check_markers(struct load *load, struct connection *connection, const struct message *message) {
    bool is_any = false;
    size_t offset = 0;
    for (const uint8_t *found; (found = marker_find(message->text + offset, message->count - offset));) {
        size_t marker_at = (size_t)(found - message->text);
        offset = marker_at + check_marker(load, connection, message, marker_at);
        is_any = true;
    }
    return is_any;
}

void traffic_message(struct load *load, struct connection *connection, const struct message *message) {
    if (load->options.mode == MODE_ASK) {
        asking_message(load, connection, message);
        return;
    }
    if (load->options.bounces && !is_relaying(&load->options, connection->number)) {
        if (marker_find(message->text, message->count)) {
            connection_send_message(load, connection, message->text, message->count);
        }
        return;
    }
    if (answers_come_to(load, connection)) {
        take_answer(load, connection, message);
        return;
    }
    if (check_markers(load, connection, message)) return;
    load->counts.others++;
    if (!load->is_verbatim || load->options.mode == MODE_IDLE) return;
    load->counts.altered++;
    failure_note(&load->failure, EXIT_CONTENT, "connection %u: no marker in a message", connection->number);
}

void traffic_after_input(struct load *load, struct connection *connection) {
    if (load->options.mode == MODE_FANOUT) {
        if (is_sending(load) && is_closed_loop(load)) fanout_continue(load);
        return;
    }
    if (load->options.mode == MODE_ASK) return;
    if (load->options.mode == MODE_VISIT) {
        if (connection->answers > 0) visit_leave(load, connection);
        connection->answers = 0;
        return;
    }
    uint32_t answers = connection->answers;
    connection->answers = 0;
    if (answers == 0) return;
    connection->is_awaiting = false;
    if (!is_sending(load)) return;
    if (load->options.window > 0) echo_in_turn(load, answers, instant_now());
    else echo_send(load, connection, answers, instant_now());
}
