#include "visits.h"

#include "instant.h"
#include "load.h"
#include "traffic.h"

static void begin(struct load *load, struct connection *connection) {
    connection->begun = instant_now();
    load->counts.expected++;
    load->visiting++;
}

void visits_start(struct load *load) {
    for (uint32_t number = 0; number < load->options.connections; number++) {
        begin(load, &load->connections[number]);
        visit_speak(load, &load->connections[number]);
    }
}

void visit_speak(struct load *load, struct connection *connection) {
    load->output.count = 0;
    traffic_compose(load, connection->number, connection->begun);
    connection_send(load, connection, load->output.data, load->output.count);
}

void visit_leave(struct load *load, struct connection *connection) {
    static const uint8_t normal[2] = {1000 >> 8, 1000 & 0xff};
    load->output.count = 0;
    uint32_t mask = (uint32_t)load_random(load);
    frame_append(&load->output, OPCODE_CLOSE, FRAME_PLAIN, normal, sizeof normal, mask);
    connection->stage = STAGE_LEAVING;
    connection_send(load, connection, load->output.data, load->output.count);
}

void visit_end(struct load *load, struct connection *connection) {
    connection_close(connection);
    load->ready--;
    load->visiting--;
    connection->stage = STAGE_NEW;
}

void visit_again(struct load *load, struct connection *connection) {
    if (!is_sending(load)) return;
    begin(load, connection);
    connection_open(load, connection);
}
