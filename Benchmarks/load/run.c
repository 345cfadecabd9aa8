#include "run.h"

#include "instant.h"
#include "traffic.h"

#include <sys/epoll.h>

enum { OPENING_AT_ONCE = 128, EVENTS_AT_ONCE = 256, CROWD_EVENTS_AT_ONCE = 16 };

static const double opening_limit = 60, silence_limit = 5; /* seconds */
static const double afterthought = 0.1; /* seconds to look for repeated messages when all have come */

static void enter(struct load *load, enum phase phase, double seconds) {
    load->phase = phase;
    load->phase_end = instant_after(instant_now(), seconds);
}

static void begin_measuring(struct load *load) {
    enter(load, PHASE_MEASURING, load->options.seconds);
    load->begin = measurement_take(&load->options);
    load->counts.measured = 0;
}

static void end_measuring(struct load *load) {
    load->end = measurement_take(&load->options);
    load->memory_after = resident_memory(&load->options);
    if (load->options.mode == MODE_IDLE) enter(load, PHASE_FINISHED, 0);
    else enter(load, PHASE_DRAINING, load->options.drain);
}

/* Of a relay the receivers come first, so that each sender finds its own. */
static uint32_t next_to_open(const struct load *load) {
    const struct options *options = &load->options;
    return options->relays ? (load->opened + options->publishers) % options->connections : load->opened;
}

static bool may_open(const struct load *load) {
    const struct options *options = &load->options;
    uint32_t receivers = options->connections - options->publishers;
    return !options->relays || load->opened < receivers || load->ready >= receivers;
}

static void open_more(struct load *load, uint64_t now) {
    uint32_t wanted = load->options.connections;
    while (load->opened < wanted && load->opening < OPENING_AT_ONCE && may_open(load)
           && load->failure.count == 0) {
        connection_open(load, &load->connections[next_to_open(load)]);
        load->opened++;
    }
    if (load->ready == wanted) {
        load->opening_end = now;
        enter(load, PHASE_SETTLING, load->options.settle);
    }
}

static const char *first_wait(const struct load *load) {
    for (uint32_t number = 0; number < load->options.connections; number++) {
        const struct connection *connection = &load->connections[number];
        if (connection->stage == STAGE_CONNECTING) return "the server to accept";
        if (connection->stage == STAGE_SECURING) return "the answer to the TLS handshake";
        if (connection->stage == STAGE_UPGRADING) return "the answer to the upgrade";
        if (connection->stage == STAGE_JOINING) return load->script.steps[connection->step].text;
    }
    return "nothing";
}

static void give_up_opening(struct load *load) {
    failure_note(&load->failure, load->script.count > 0 ? EXIT_JOINING : EXIT_CONNECTION,
                 "%u of %u connections ready after %.0f s; one waits for: %s",
                 load->ready, load->options.connections, opening_limit, first_wait(load));
}

static void end_settling(struct load *load) {
    load->memory_open = resident_memory(&load->options);
    if (load->options.mode == MODE_IDLE) {
        begin_measuring(load);
        return;
    }
    enter(load, PHASE_WARMING, load->options.warmup);
    traffic_start(load);
}

static void drain(struct load *load, uint64_t now) {
    uint64_t lost = load->counts.expected - load->counts.received;
    bool is_quiet =
        lost == 0 && load->visiting == 0 && now > instant_after(load->last_arrival, afterthought);
    if (!is_quiet && now < load->phase_end) return;
    if (lost > 0) {
        failure_note(&load->failure, EXIT_CONTENT, "%llu messages lost", (unsigned long long)lost);
    } else if (load->visiting > 0) {
        failure_note(&load->failure, EXIT_CONNECTION, "%u connections wait in vain for the server's Close",
                     load->visiting);
    }
    enter(load, PHASE_FINISHED, 0);
}

static void look_for_silence(struct load *load, uint64_t now) {
    bool is_awaiting = load->counts.received < load->counts.expected;
    if (load->options.mode == MODE_IDLE || !is_awaiting) return;
    if (now < instant_after(load->last_arrival, silence_limit)) return;
    failure_note(&load->failure, EXIT_CONTENT, "nothing came for %.0f s, though messages are on their way",
                 silence_limit);
}

/* Does what the phase asks for at this time, and goes to the next one when it is over. */
static void advance(struct load *load, uint64_t now) {
    bool is_over = now >= load->phase_end;
    switch (load->phase) {
    case PHASE_OPENING:
        if (is_over) give_up_opening(load);
        open_more(load, now);
        break;
    case PHASE_SETTLING:
        if (is_over) end_settling(load);
        break;
    case PHASE_WARMING:
        look_for_silence(load, now);
        if (is_over) begin_measuring(load);
        break;
    case PHASE_MEASURING:
        look_for_silence(load, now);
        if (is_over) end_measuring(load);
        break;
    case PHASE_DRAINING:
        drain(load, now);
        break;
    case PHASE_FINISHED:
        break;
    }
}

/* A lost connection ends the run at once; bad content only at its end, when all of it has been counted. */
static bool is_hopeless(const struct load *load) {
    return load->failure.count > 0
        && (load->failure.code != EXIT_CONTENT || load->phase == PHASE_OPENING);
}

static const uint64_t longest_wait = 20 * MILLISECOND;

static uint64_t wait_until(struct load *load, uint64_t now) {
    uint64_t until = now + longest_wait;
    if (is_sending(load) && !is_closed_loop(load)) {
        uint64_t next = traffic_send_due(load, now);
        if (next < until) until = next;
    }
    return load->phase_end < until ? load->phase_end : until;
}

static void serve(struct load *load, int epoll, int most, uint64_t nanoseconds) {
    struct timespec timeout = {.tv_nsec = (long)nanoseconds};
    struct epoll_event events[EVENTS_AT_ONCE];
    int count = epoll_pwait2(epoll, events, most, &timeout, NULL);
    for (int place = 0; place < count; place++) {
        struct connection *connection = events[place].data.ptr;
        if (connection) connection_serve(load, connection, events[place].events); /* else the askers' epoll */
    }
}

static void serve_events(struct load *load, uint64_t now) {
    bool is_asking = load->options.mode == MODE_ASK;
    uint64_t until = wait_until(load, now);
    if (is_asking) serve(load, load->askers, EVENTS_AT_ONCE, 0);
    now = instant_now();
    uint64_t wait = until > now ? until - now : 0;
    serve(load, load->epoll, is_asking ? CROWD_EVENTS_AT_ONCE : EVENTS_AT_ONCE, wait);
}

void run(struct load *load) {
    load->memory_before = load->memory_open = load->memory_after = resident_memory(&load->options);
    load->start = instant_now();
    enter(load, PHASE_OPENING, opening_limit);
    while (load->phase != PHASE_FINISHED && !is_hopeless(load)) {
        uint64_t now = instant_now();
        advance(load, now);
        if (load->phase != PHASE_FINISHED) serve_events(load, now);
    }
    if (load->end.instant == 0) load->end = load->begin;
    for (uint32_t number = 0; number < load->options.connections; number++) connection_close(&load->connections[number]);
}
