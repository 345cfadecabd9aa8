/* A load generator and checker for message servers; `load --help` says what it can do. */
#include "failure.h"
#include "instant.h"
#include "report.h"
#include "run.h"
#include "traffic.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

static void give_up(int signal) {
    (void)signal;
    static const char text[] = "load: the run took longer than all its phases together may\n";
    (void)!write(STDERR_FILENO, text, sizeof text - 1);
    _exit(EXIT_TIME);
}

/* A last resort: every phase has its own limit. */
static void limit_time(const struct options *options) {
    signal(SIGALRM, give_up);
    alarm((unsigned)(90 + options->settle + options->warmup + options->seconds + options->drain));
}

static void raise_file_limit(uint32_t connections) {
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_max < connections + 32) {
        fatal(EXIT_USAGE, "%u connections need more than the %lu open files allowed; raise ulimit -Hn",
              connections, (unsigned long)limit.rlim_max);
    }
}

static const char default_payload[] = "{\"type\":\"message\",\"text\":\"{mark}\"}";

static void prepare(struct load *load) {
    load->is_verbatim = load->options.script == NULL;
    if (load->options.script) load->script = script_read(load->options.script);
    if (load->options.values) load->values = values_read(load->options.values, load->options.connections);
    if (load->options.mode == MODE_ASK && load->script.turn == load->script.count) {
        fatal(EXIT_USAGE, "%s: no turn; begin one with a line \"R\"", load->options.script);
    }
    load->payload_pattern = load->script.payload ? load->script.payload : default_payload;
    load->random = instant_now() | 1;
    load->epoll = epoll_create1(EPOLL_CLOEXEC);
    load->askers = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN};
    if (epoll_ctl(load->epoll, EPOLL_CTL_ADD, load->askers, &event) < 0) {
        fatal(EXIT_USAGE, "no epoll: %s", strerror(errno));
    }
    uint32_t count = load->options.connections;
    load->connections = calloc(count, sizeof *load->connections);
    if (!load->connections) fatal(EXIT_USAGE, "out of memory; use fewer connections");
    for (uint32_t number = 0; number < count; number++) load->connections[number].number = number;
    if (load->options.certificate) load->tls = tls_prepare(load->options.certificate, count);
    if (load->options.deflates) deflate_prepare(&load->deflate);
    traffic_prepare(load);
}

int main(int count, char **words) {
    static struct load load;
    load.options = options_parse(count, words);
    limit_time(&load.options);
    signal(SIGPIPE, SIG_IGN); /* TLS writes as to a file */
    raise_file_limit(load.options.connections);
    prepare(&load);
    run(&load);
    report(&load);
    return (int)load.failure.code;
}
