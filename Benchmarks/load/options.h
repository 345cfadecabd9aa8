#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum mode { MODE_ECHO, MODE_FANOUT, MODE_ASK, MODE_VISIT, MODE_IDLE };
enum protocol { PROTOCOL_WEBSOCKET, PROTOCOL_FRAMED, PROTOCOL_HTTP };

enum { PROCESS_LIMIT = 32 };

/* What the command line asks for, checked. */
struct options {
    enum mode mode;
    enum protocol protocol;
    const char *address; /* IPv4, of this machine's loopback */
    uint16_t port;
    uint16_t control; /* where publishers connect, as framed streams; 0: as everybody else */
    const char *path; /* may hold {i} and {c} */
    const char *script; /* a file, or NULL */
    const char *values; /* a file with a line for each connection, or NULL */
    const char *certificate; /* a file: with TLS; or NULL */
    bool resumes;  /* TLS sessions */
    bool is_apart; /* fanout: what comes to publishers is checked, but not counted */
    bool relays;   /* fanout: each message is for one connection that is no publisher */
    bool bounces;  /* relay: which sends it back */
    bool deflates; /* permessage-deflate */
    const char *cookie; /* of the upgrade, or NULL */
    uint32_t connections;
    uint32_t sources; /* addresses that they come from */
    uint32_t depth;
    uint32_t publishers;
    uint32_t askers;
    uint32_t channels;
    uint32_t window; /* 0 in the mode echo: depth counts */
    size_t size;   /* bytes of a message */
    double rate;   /* messages a second from all senders; 0: closed loop */
    double settle, warmup, seconds, drain;
    pid_t processes[PROCESS_LIMIT];
    size_t process_count;
};

/* Ends the program if the words make no sense, or only ask for help. */
struct options options_parse(int count, char **words);
const char *mode_name(enum mode mode);
/* The number of the channel that a connection is in. */
uint32_t channel_of(const struct options *options, uint32_t connection);
/* How many connections are in the channel. */
uint32_t channel_members(const struct options *options, uint32_t channel);
/* Whether the connection plays the turns of the mode ask. */
bool is_asker(const struct options *options, uint32_t connection);
/* Whether the connection is a publisher with a port of its own. */
bool is_back_end(const struct options *options, uint32_t connection);
/* Whether what comes to the connection is a message of those that are counted. */
bool is_counted(const struct options *options, uint32_t connection);
/* Whether the connection sends to others one by one. */
bool is_relaying(const struct options *options, uint32_t connection);
/* Whom such a message is for: they take turns. */
uint32_t receiver_of(const struct options *options, uint32_t sender, uint32_t sequence);
/* Every how many messages a sender comes back to the same receiver. */
uint32_t receivers_in_turn(const struct options *options);
/* Whether the connection begins with what the script has for back ends. */
bool has_own_steps(const struct options *options, uint32_t connection);
enum protocol protocol_of(const struct options *options, uint32_t connection);
/* How many connections send. */
uint32_t sender_count(const struct options *options);
