#include "joining.h"

#include "load.h"
#include "visits.h"

#include <string.h>

struct bytes joining_text(struct load *load, const struct connection *connection, const struct step *step) {
    struct bytes text = {0};
    template_expand(&text, step->text, identity_of(load, connection->number));
    return text;
}

/* Where its steps end. */
static size_t steps_of(const struct load *load, const struct connection *connection) {
    bool is_prepared = is_asker(&load->options, connection->number);
    if (load->script.back_end > 0 && !has_own_steps(&load->options, connection->number)) {
        return load->script.back_end;
    }
    return is_prepared ? load->script.turn : load->script.preparation;
}

/* Sends until a step has to wait, or none is left. */
static void advance(struct load *load, struct connection *connection) {
    while (connection->step < steps_of(load, connection)) {
        const struct step *step = &load->script.steps[connection->step];
        if (step->kind == STEP_AWAIT) return;
        struct bytes text = joining_text(load, connection, step);
        connection->step++;
        connection_send_message(load, connection, text.data, text.count);
        bytes_free(&text);
        if (connection->stage == STAGE_CLOSED) return;
    }
    connection->stage = STAGE_READY;
    load->opening--;
    load->ready++;
    if (load->options.mode == MODE_VISIT && load->phase != PHASE_OPENING) visit_speak(load, connection);
}

void joining_begin(struct load *load, struct connection *connection) {
    connection->stage = STAGE_JOINING;
    if (has_own_steps(&load->options, connection->number)) connection->step = (uint32_t)load->script.back_end;
    advance(load, connection);
}

void joining_message(struct load *load, struct connection *connection, const struct message *message) {
    struct bytes wanted = joining_text(load, connection, &load->script.steps[connection->step]);
    bool is_wanted = memmem(message->text, message->count, wanted.data, wanted.count) != NULL;
    bytes_free(&wanted);
    if (!is_wanted) return;
    connection->step++;
    advance(load, connection);
}
