#include "fanout.h"

#include "instant.h"
#include "load.h"
#include "traffic.h"

#include <stdlib.h>

enum { SECONDS_IN_FLIGHT = 6 }; /* at a fixed rate; a longer silence ends the run */

void fanout_prepare(struct load *load) {
    const struct options *options = &load->options;
    double most = options->rate * SECONDS_IN_FLIGHT / options->publishers + 1;
    load->fanout.slots = 1;
    while (load->fanout.slots < options->window || load->fanout.slots < most) load->fanout.slots *= 2;
    load->fanout.awaited = calloc((size_t)load->options.publishers * load->fanout.slots, sizeof(uint32_t));
    if (!load->fanout.awaited) fatal(EXIT_USAGE, "out of memory; use fewer publishers or a smaller window");
}

static uint32_t *slot_of(struct load *load, uint32_t sender, uint32_t sequence) {
    return &load->fanout.awaited[(size_t)sender * load->fanout.slots + (sequence & (load->fanout.slots - 1))];
}

static void await(struct load *load, uint32_t sender, uint32_t receivers) {
    uint32_t *slot = slot_of(load, sender, load->payloads[sender].sent);
    if (*slot > 0) {
        failure_note(&load->failure, EXIT_CONTENT, "%u messages of sender %u are on their way; too many",
                     load->fanout.slots, sender);
    }
    *slot = receivers;
}

void fanout_send(struct load *load, uint64_t time) {
    uint32_t sender = load->next_sender;
    load->next_sender = sender + 1 < load->options.publishers ? sender + 1 : 0;
    uint32_t receivers =
        load->options.relays ? 1 : channel_members(&load->options, channel_of(&load->options, sender));
    if (!load->options.relays) await(load, sender, receivers);
    load->counts.expected += receivers;
    load->output.count = 0;
    traffic_compose(load, sender, time);
    connection_send(load, &load->connections[sender], load->output.data, load->output.count);
}

void fanout_start(struct load *load) {
    for (uint32_t message = 0; message < load->options.window; message++) fanout_send(load, instant_now());
}

void fanout_arrived(struct load *load, const struct marker *marker, uint64_t time) {
    bool is_relay = load->options.relays; /* to one receiver, and no faster one has to wait for a slow one */
    if (!is_relay && --*slot_of(load, marker->sender, marker->sequence) > 0) return;
    if (load->phase == PHASE_MEASURING) {
        histogram_add(&load->completions, time > marker->time ? time - marker->time : 0);
    }
    load->fanout.done++;
}

void fanout_continue(struct load *load) {
    for (; load->fanout.done > 0; load->fanout.done--) fanout_send(load, instant_now());
}
