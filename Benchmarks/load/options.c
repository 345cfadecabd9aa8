#include "options.h"

#include "failure.h"

#include <arpa/inet.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
    "load MODE --port N [options]\n"
    "Puts load on a message server of this machine, and checks that every message comes once, in order,\n"
    "unaltered. Prints one line of JSON. Exit status: 0 good, 1 usage, 2 connection, 3 script, 4 content,\n"
    "5 time.\n"
    "\n"
    "  echo      every connection sends and gets its own messages back, or an answer to each\n"
    "  fanout    a publisher's message comes to every connection of its channel, the publisher among them,\n"
    "            or brings him an answer\n"
    "  ask       the first connections play the turn of the script again and again; see script.h\n"
    "  visit     every connection connects, upgrades, gets one message back, closes, and begins again\n"
    "  idle      connections are held open\n"
    "\n"
    "  --address A       127.0.0.1; addresses other than 127.x.x.x are refused\n"
    "  --port N\n"
    "  --control N       where the publishers connect, as by --proto framed; implies --apart\n"
    "  --path P          / (WebSocket, HTTP); for WebSocket {i} becomes the connection's number, {c} its channel's\n"
    "  --proto P         websocket, or framed: 32-bit little-endian length, body, zero byte; or http: each message\n"
    "                    is the body of a POST on a connection that is kept, and what comes that of its answer\n"
    "  --script FILE     what a connection says first; see script.h\n"
    "  --values FILE     {v} in the script and the path becomes the connection's line\n"
    "  --tls FILE        TLS 1.3; the file is the certificate that the server has to show\n"
    "  --resume          visit: every TLS session has to be resumed, but those of the first connections\n"
    "  --deflate         permessage-deflate; from 1,024 bytes on messages go, and have to come, so\n"
    "  --connections N   100\n"
    "  --sources N       1     addresses of this machine that they come from, 127.0.0.1 and those after it\n"
    "  --size BYTES      200, of a message\n"
    "  --depth N         1     echo: messages in flight on each connection\n"
    "  --publishers N    1     fanout: who sends, the first N connections\n"
    "  --apart           fanout: what comes to publishers is checked, but not counted\n"
    "  --relay           fanout: a message comes to one connection that is no publisher; they take turns\n"
    "  --bounce          relay: who sends it back, so that it counts when it has come back\n"
    "  --cookie TEXT     a cookie to connect with\n"
    "  --channels N      1     connection i is in channel i modulo N\n"
    "  --askers N        1     ask: how many connections do, each for itself\n"
    "  --window N        4     fanout: messages in flight from all publishers; echo: from all connections,\n"
    "                          one at most on each, which take turns, instead of --depth on each\n"
    "  --rate R          messages, or turns, a second from all, sent whether or not answers come\n"
    "  --settle S        0.3   seconds between the last connection's readiness and the first message\n"
    "  --warmup S        1     seconds of load that are not measured\n"
    "  --seconds S       3     seconds that are measured\n"
    "  --drain S         3     seconds to wait at most for what is still on its way\n"
    "  --pid N[,N...]    the server's processes, to measure their CPU time and memory\n";

enum option_code {
    OPTION_ADDRESS = 256, OPTION_PORT, OPTION_CONTROL, OPTION_PATH, OPTION_PROTOCOL, OPTION_SCRIPT,
    OPTION_VALUES, OPTION_TLS, OPTION_RESUME, OPTION_DEFLATE, OPTION_CONNECTIONS, OPTION_SOURCES,
    OPTION_SIZE, OPTION_DEPTH, OPTION_PUBLISHERS, OPTION_APART, OPTION_RELAY, OPTION_BOUNCE, OPTION_COOKIE,
    OPTION_ASKERS, OPTION_CHANNELS, OPTION_WINDOW, OPTION_RATE,
    OPTION_SETTLE, OPTION_WARMUP, OPTION_SECONDS, OPTION_DRAIN, OPTION_PROCESSES, OPTION_HELP,
};

static const struct option words_known[] = {
    {"address", required_argument, NULL, OPTION_ADDRESS},
    {"port", required_argument, NULL, OPTION_PORT},
    {"control", required_argument, NULL, OPTION_CONTROL},
    {"path", required_argument, NULL, OPTION_PATH},
    {"proto", required_argument, NULL, OPTION_PROTOCOL},
    {"script", required_argument, NULL, OPTION_SCRIPT},
    {"values", required_argument, NULL, OPTION_VALUES},
    {"tls", required_argument, NULL, OPTION_TLS},
    {"resume", no_argument, NULL, OPTION_RESUME},
    {"deflate", no_argument, NULL, OPTION_DEFLATE},
    {"connections", required_argument, NULL, OPTION_CONNECTIONS},
    {"sources", required_argument, NULL, OPTION_SOURCES},
    {"size", required_argument, NULL, OPTION_SIZE},
    {"depth", required_argument, NULL, OPTION_DEPTH},
    {"publishers", required_argument, NULL, OPTION_PUBLISHERS},
    {"apart", no_argument, NULL, OPTION_APART},
    {"relay", no_argument, NULL, OPTION_RELAY},
    {"bounce", no_argument, NULL, OPTION_BOUNCE},
    {"cookie", required_argument, NULL, OPTION_COOKIE},
    {"askers", required_argument, NULL, OPTION_ASKERS},
    {"channels", required_argument, NULL, OPTION_CHANNELS},
    {"window", required_argument, NULL, OPTION_WINDOW},
    {"rate", required_argument, NULL, OPTION_RATE},
    {"settle", required_argument, NULL, OPTION_SETTLE},
    {"warmup", required_argument, NULL, OPTION_WARMUP},
    {"seconds", required_argument, NULL, OPTION_SECONDS},
    {"drain", required_argument, NULL, OPTION_DRAIN},
    {"pid", required_argument, NULL, OPTION_PROCESSES},
    {"help", no_argument, NULL, OPTION_HELP},
    {0},
};

static double number(const char *name, const char *text, double least, double most) {
    char *end;
    double value = strtod(text, &end);
    if (end == text || *end || !(value >= least && value <= most)) {
        fatal(EXIT_USAGE, "--%s %s: give a number from %g to %g", name, text, least, most);
    }
    return value;
}

static uint32_t whole(const char *name, const char *text, uint32_t least, uint32_t most) {
    double value = number(name, text, least, most);
    if (value != (uint32_t)value) fatal(EXIT_USAGE, "--%s %s: give a whole number", name, text);
    return (uint32_t)value;
}

static void parse_processes(struct options *options, const char *text) {
    char *copy = strdup(text), *rest = copy, *word;
    while ((word = strsep(&rest, ","))) {
        if (options->process_count == PROCESS_LIMIT) fatal(EXIT_USAGE, "--pid: at most %d", PROCESS_LIMIT);
        options->processes[options->process_count++] = (pid_t)whole("pid", word, 1, INT32_MAX);
    }
    free(copy);
}

static enum mode parse_mode(const char *word) {
    for (enum mode mode = MODE_ECHO; mode <= MODE_IDLE; mode++) {
        if (strcmp(word, mode_name(mode)) == 0) return mode;
    }
    fatal(EXIT_USAGE, "unknown mode \"%s\"; use echo, fanout, ask, visit or idle", word);
}

static enum protocol parse_protocol(const char *word) {
    if (strcmp(word, "websocket") == 0) return PROTOCOL_WEBSOCKET;
    if (strcmp(word, "framed") == 0) return PROTOCOL_FRAMED;
    if (strcmp(word, "http") == 0) return PROTOCOL_HTTP;
    fatal(EXIT_USAGE, "unknown protocol \"%s\"; use websocket, framed or http", word);
}

static void take(struct options *options, enum option_code code, const char *name, const char *value) {
    switch (code) {
    case OPTION_ADDRESS: options->address = value; break;
    case OPTION_PORT: options->port = (uint16_t)whole(name, value, 1, 65535); break;
    case OPTION_CONTROL:
        options->control = (uint16_t)whole(name, value, 1, 65535);
        options->is_apart = true;
        break;
    case OPTION_PATH: options->path = value; break;
    case OPTION_PROTOCOL: options->protocol = parse_protocol(value); break;
    case OPTION_SCRIPT: options->script = value; break;
    case OPTION_VALUES: options->values = value; break;
    case OPTION_TLS: options->certificate = value; break;
    case OPTION_RESUME: options->resumes = true; break;
    case OPTION_DEFLATE: options->deflates = true; break;
    case OPTION_CONNECTIONS: options->connections = whole(name, value, 1, 1000000); break;
    case OPTION_SOURCES: options->sources = whole(name, value, 1, 250); break;
    case OPTION_SIZE: options->size = whole(name, value, 0, 65000); break;
    case OPTION_DEPTH: options->depth = whole(name, value, 1, 4096); break;
    case OPTION_PUBLISHERS: options->publishers = whole(name, value, 1, 1000000); break;
    case OPTION_APART: options->is_apart = true; break;
    case OPTION_RELAY: options->relays = true; break;
    case OPTION_BOUNCE: options->relays = options->bounces = true; break;
    case OPTION_COOKIE: options->cookie = value; break;
    case OPTION_ASKERS: options->askers = whole(name, value, 1, 1000000); break;
    case OPTION_CHANNELS: options->channels = whole(name, value, 1, 1000000); break;
    case OPTION_WINDOW: options->window = whole(name, value, 1, 4096); break;
    case OPTION_RATE: options->rate = number(name, value, 0.1, 1e7); break;
    case OPTION_SETTLE: options->settle = number(name, value, 0, 60); break;
    case OPTION_WARMUP: options->warmup = number(name, value, 0, 60); break;
    case OPTION_SECONDS: options->seconds = number(name, value, 0.1, 600); break;
    case OPTION_DRAIN: options->drain = number(name, value, 0, 60); break;
    case OPTION_PROCESSES: parse_processes(options, value); break;
    case OPTION_HELP: fputs(usage, stdout); exit(EXIT_GOOD);
    }
}

enum { PORTS_OF_A_SOURCE = 28000 };

static void check(const struct options *options) {
    struct in_addr address;
    if (inet_pton(AF_INET, options->address, &address) != 1 || ntohl(address.s_addr) >> 24 != 127) {
        fatal(EXIT_USAGE, "--address %s: only 127.x.x.x; other machines are left alone", options->address);
    }
    if (options->port == 0) fatal(EXIT_USAGE, "--port is missing; give the server's");
    if (options->connections > options->sources * PORTS_OF_A_SOURCE) {
        fatal(EXIT_USAGE, "--connections %u: an address has %d ports; give more --sources",
              options->connections, PORTS_OF_A_SOURCE);
    }
    if (options->resumes && (options->mode != MODE_VISIT || !options->certificate)) {
        fatal(EXIT_USAGE, "--resume belongs to the mode visit with --tls");
    }
    if (options->mode == MODE_VISIT && options->rate > 0) fatal(EXIT_USAGE, "the mode visit has no --rate");
    if (options->protocol != PROTOCOL_WEBSOCKET && (options->deflates || options->mode == MODE_VISIT)) {
        fatal(EXIT_USAGE, "--deflate and the mode visit are for WebSocket alone");
    }
    if (options->protocol == PROTOCOL_HTTP && options->mode == MODE_FANOUT) {
        fatal(EXIT_USAGE, "over HTTP a server only answers; the mode fanout is for the others");
    }
    if (strlen(options->path) > 1000) fatal(EXIT_USAGE, "--path: at most 1,000 bytes");
    if (options->is_apart && options->mode == MODE_VISIT) {
        fatal(EXIT_USAGE, "the mode visit has no publishers: neither --apart nor --control");
    }
    if (options->control && (options->deflates || options->certificate)) {
        fatal(EXIT_USAGE, "--control goes neither with --tls nor with --deflate");
    }
    if (options->publishers > options->connections || options->askers > options->connections
        || options->channels > options->connections) {
        fatal(EXIT_USAGE, "publishers, askers and channels cannot outnumber --connections %u",
              options->connections);
    }
    if (options->cookie && strlen(options->cookie) > 1000) fatal(EXIT_USAGE, "--cookie: at most 1,000 bytes");
    uint32_t receivers = options->connections - options->publishers;
    if (options->relays && (options->mode != MODE_FANOUT || options->is_apart || options->channels > 1)) {
        fatal(EXIT_USAGE, "--relay is for the mode fanout, without --apart, --control and --channels");
    }
    if (options->relays
        && (receivers == 0 || (options->publishers > 1 && options->publishers % receivers > 0)
            || (options->bounces && receivers > 1 && options->publishers == 1))) {
        fatal(EXIT_USAGE, "%u publishers for %u receivers: each has to have one alone, or one has all (no --bounce)",
              options->publishers, receivers);
    }
    bool takes_turns = options->mode == MODE_ECHO && options->window > 0;
    if (takes_turns && (options->rate > 0 || options->depth > 1 || options->window > options->connections)) {
        fatal(EXIT_USAGE, "the mode echo: --window goes with neither --rate nor --depth, and is at most --connections");
    }
    if (options->mode == MODE_ASK && !options->script) fatal(EXIT_USAGE, "the mode ask needs a --script");
}

struct options options_parse(int count, char **words) {
    struct options options = {
        .address = "127.0.0.1", .path = "/", .connections = 100, .sources = 1, .size = 200, .depth = 1,
        .publishers = 1, .askers = 1, .channels = 1, .settle = 0.3, .warmup = 1,
        .seconds = 3, .drain = 3,
    };
    int code, place = 0;
    while ((code = getopt_long(count, words, "", words_known, &place)) >= 0) {
        if (code == '?') fatal(EXIT_USAGE, "see load --help");
        take(&options, (enum option_code)code, words_known[place].name, optarg);
    }
    if (optind + 1 != count) {
        fatal(EXIT_USAGE, "give one mode: echo, fanout, ask, visit or idle; see load --help");
    }
    options.mode = parse_mode(words[optind]);
    if (options.mode == MODE_FANOUT && options.window == 0) options.window = 4;
    check(&options);
    return options;
}

const char *mode_name(enum mode mode) {
    static const char *const names[] = {"echo", "fanout", "ask", "visit", "idle"};
    return names[mode];
}

uint32_t channel_of(const struct options *options, uint32_t connection) {
    return connection % options->channels;
}

uint32_t channel_members(const struct options *options, uint32_t channel) {
    return options->connections / options->channels + (channel < options->connections % options->channels);
}

bool is_asker(const struct options *options, uint32_t connection) {
    return options->mode == MODE_ASK && connection < options->askers;
}

bool is_back_end(const struct options *options, uint32_t connection) {
    return options->control && connection < options->publishers;
}

bool is_relaying(const struct options *options, uint32_t connection) {
    return options->relays && connection < options->publishers;
}

uint32_t receiver_of(const struct options *options, uint32_t sender, uint32_t sequence) {
    uint32_t receivers = options->connections - options->publishers;
    return options->publishers + (uint32_t)((sender + (uint64_t)options->publishers * sequence) % receivers);
}

uint32_t receivers_in_turn(const struct options *options) {
    return options->publishers == 1 ? options->connections - options->publishers : 1;
}

bool has_own_steps(const struct options *options, uint32_t connection) {
    return (options->is_apart && connection < options->publishers) || is_relaying(options, connection);
}

bool is_counted(const struct options *options, uint32_t connection) {
    return options->mode != MODE_FANOUT || !options->is_apart || connection >= options->publishers;
}

enum protocol protocol_of(const struct options *options, uint32_t connection) {
    return is_back_end(options, connection) ? PROTOCOL_FRAMED : options->protocol;
}

uint32_t sender_count(const struct options *options) {
    switch (options->mode) {
    case MODE_ECHO:
    case MODE_VISIT: return options->connections;
    case MODE_FANOUT: return options->publishers;
    case MODE_ASK:
    case MODE_IDLE: break;
    }
    return 0;
}
