#include "answers.h"

#include "load.h"

#include <stdlib.h>
#include <string.h>

enum { SECONDS_IN_FLIGHT = 6 }; /* at a fixed rate; a longer silence ends the run */

void answers_prepare(struct load *load) {
    if (!load->script.answer) return;
    const struct options *options = &load->options;
    uint32_t senders = sender_count(options);
    double most = options->rate * SECONDS_IN_FLIGHT / (senders > 0 ? senders : 1) + 1;
    struct answers *answers = &load->answers;
    answers->slots = 1;
    while (answers->slots < options->window || answers->slots < options->depth || answers->slots < most) {
        answers->slots *= 2;
    }
    answers->times = calloc((size_t)senders * answers->slots + 1, sizeof *answers->times);
    answers->taken = calloc(senders + 1, sizeof *answers->taken);
    if (!answers->times || !answers->taken) fatal(EXIT_USAGE, "out of memory; use fewer connections");
}

bool answers_come_to(const struct load *load, const struct connection *connection) {
    return load->script.answer && connection->number < sender_count(&load->options);
}

static uint64_t *time_of(struct answers *answers, uint32_t sender, uint32_t sequence) {
    return &answers->times[(size_t)sender * answers->slots + (sequence & (answers->slots - 1))];
}

void answers_await(struct load *load, uint32_t sender, uint32_t sequence, uint64_t time) {
    if (load->script.answer) *time_of(&load->answers, sender, sequence) = time;
}

bool answers_take(
    struct load *load, struct connection *connection, const struct message *message, uint32_t *sequence,
    uint64_t *time
) {
    const char *wanted = load->script.answer;
    if (!memmem(message->text, message->count, wanted, strlen(wanted))) {
        load->counts.altered++;
        failure_note(&load->failure, EXIT_CONTENT, "connection %u: another answer: %.*s", connection->number,
                     (int)(message->count < 100 ? message->count : 100), message->text);
        return false;
    }
    uint32_t *taken = &load->answers.taken[connection->number];
    if (*taken == load->payloads[connection->number].sent) {
        load->counts.repeated++;
        failure_note(&load->failure, EXIT_CONTENT, "connection %u: more answers than messages",
                     connection->number);
        return false;
    }
    *sequence = (*taken)++;
    *time = *time_of(&load->answers, connection->number, *sequence);
    return true;
}
