#pragma once
#include "answers.h"
#include "connection.h"
#include "deflate.h"
#include "failure.h"
#include "fanout.h"
#include "histogram.h"
#include "ledger.h"
#include "measurement.h"
#include "options.h"
#include "payload.h"
#include "script.h"
#include "template.h"
#include "tls.h"
#include "values.h"

/* The life of a run, in this order. */
enum phase { PHASE_OPENING, PHASE_SETTLING, PHASE_WARMING, PHASE_MEASURING, PHASE_DRAINING, PHASE_FINISHED };

/* Counts of a run. Messages are those with a marker. */
struct counts {
    uint64_t expected; /* what the messages sent so far should bring, all receivers together */
    uint64_t received; /* of it, each once */
    uint64_t repeated, reordered, altered;
    uint64_t others; /* messages without a marker, or with one of an earlier run */
    uint64_t measured; /* received in the measured time */
    uint64_t timed, bytes; /* of those, the ones whose latency counts, and their length together */
    uint64_t packed, unpacked; /* bytes of the compressed messages that came, before and after */
};

/* Everything of one run. */
struct load {
    struct options options;
    struct script script;
    struct values values;
    const char *payload_pattern;
    bool is_verbatim; /* the server sends messages on as they are, so all their bytes are compared */

    int epoll;
    int askers; /* another, within it: their answers must not wait here behind what comes to a crowd */
    struct connection *connections;
    uint32_t opened, opening, ready;
    uint32_t visiting; /* connections whose visit is not over */
    struct tls tls;
    struct deflate deflate;

    struct payload *payloads; /* of each sender */
    struct stream *streams; /* of each receiver, for each sender that it hears */
    struct fanout fanout;
    struct answers answers;
    struct bytes input, output; /* shared by all connections while one of them is served */
    uint64_t random;

    enum phase phase;
    uint64_t phase_end, start, opening_end, last_arrival;
    uint64_t next_send; /* at a fixed rate: when the next message is due */
    uint32_t next_sender;

    struct counts counts;
    struct histogram latencies;
    struct histogram completions; /* fanout: from the sending of a message to its last receiver */
    struct measurement begin, end;
    uint64_t memory_before, memory_open, memory_after;
    struct failure failure;
};

/* Does it still send, and answer arrivals with new messages? */
static inline bool is_sending(const struct load *load) {
    return load->phase == PHASE_WARMING || load->phase == PHASE_MEASURING;
}

static inline bool is_closed_loop(const struct load *load) {
    return load->options.rate == 0;
}

static inline struct identity identity_of(const struct load *load, uint32_t connection) {
    const struct options *options = &load->options;
    uint32_t receiver = is_relaying(options, connection) ? receiver_of(options, connection, 0) : connection;
    return (struct identity){
        connection, channel_of(options, connection), receiver, value_of_line(&load->values, connection)};
}

static inline uint64_t load_random(struct load *load) {
    load->random ^= load->random << 13;
    load->random ^= load->random >> 7;
    load->random ^= load->random << 17;
    return load->random;
}
