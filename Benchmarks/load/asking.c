#include "asking.h"

#include "instant.h"
#include "joining.h"
#include "load.h"

#include <string.h>

static void end(struct load *load, struct connection *connection, uint64_t time) {
    connection->is_asking = false;
    connection->step = (uint32_t)load->script.turn;
    load->counts.received++;
    load->last_arrival = time;
    if (load->phase == PHASE_MEASURING) load->counts.measured++;
}

/* Sends until a step has to wait, or the turn is over; `time` is that of what led here. */
static void advance(struct load *load, struct connection *connection, uint64_t time) {
    while (connection->step < load->script.count) {
        const struct step *step = &load->script.steps[connection->step];
        if (step->kind == STEP_AWAIT) return;
        struct bytes text = joining_text(load, connection, step);
        connection->step++;
        if (step->kind == STEP_ASK) connection->begun = time;
        connection_send_message(load, connection, text.data, text.count);
        bytes_free(&text);
        if (connection->stage == STAGE_CLOSED) return;
    }
    end(load, connection, time);
}

static void begin(struct load *load, struct connection *connection, uint64_t time) {
    load->counts.expected++;
    connection->is_asking = true;
    connection->begun = 0;
    advance(load, connection, time);
}

void asking_start(struct load *load) {
    for (uint32_t number = 0; number < load->options.askers; number++) {
        begin(load, &load->connections[number], instant_now());
    }
}

void asking_begin_next(struct load *load, uint64_t time) {
    for (uint32_t tried = 0; tried < load->options.askers; tried++) {
        struct connection *connection = &load->connections[load->next_sender];
        load->next_sender = (load->next_sender + 1) % load->options.askers;
        if (connection->is_asking) continue;
        begin(load, connection, time);
        return;
    }
    failure_note(&load->failure, EXIT_CONTENT, "all %u askers wait for answers; give more, or a lower rate",
                 load->options.askers);
}

void asking_message(struct load *load, struct connection *connection, const struct message *message) {
    load->counts.others++;
    if (!connection->is_asking) return;
    struct bytes wanted = joining_text(load, connection, &load->script.steps[connection->step]);
    bool is_wanted = message->count == wanted.count /* which is much faster where a whole long answer is wanted */
        ? memcmp(message->text, wanted.data, wanted.count) == 0
        : memmem(message->text, message->count, wanted.data, wanted.count) != NULL;
    bytes_free(&wanted);
    if (!is_wanted) return;
    load->counts.others--;
    if (connection->begun > 0 && load->phase == PHASE_MEASURING) {
        histogram_add(&load->latencies, message->time - connection->begun);
        load->counts.bytes += message->count;
        load->counts.timed++;
    }
    connection->begun = 0;
    connection->step++;
    advance(load, connection, message->time);
    if (connection->is_asking || !is_sending(load) || !is_closed_loop(load)) return;
    begin(load, connection, message->time);
}
