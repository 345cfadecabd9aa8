#include "connection.h"

#include "instant.h"
#include "joining.h"
#include "load.h"
#include "tls.h"
#include "transport.h"
#include "visits.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

static void watch(struct load *load, struct connection *connection, int operation, uint32_t events) {
    struct epoll_event event = {.events = events, .data.ptr = connection};
    int epoll = is_asker(&load->options, connection->number) ? load->askers : load->epoll;
    epoll_ctl(epoll, operation, connection->descriptor, &event);
}

/* The kernel has about 28,000 ports for each address that a client comes from. */
static bool bind_source(const struct load *load, const struct connection *connection) {
    if (load->options.sources == 1) return true;
    uint32_t host = INADDR_LOOPBACK + connection->number % load->options.sources;
    struct sockaddr_in source = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(host)};
    int yes = 1; /* the port is chosen by connect, which may use one for several servers */
    setsockopt(connection->descriptor, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof yes);
    return bind(connection->descriptor, (struct sockaddr *)&source, sizeof source) == 0;
}

void connection_open(struct load *load, struct connection *connection) {
    load->opening++;
    connection->stage = STAGE_CONNECTING;
    connection->descriptor = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (connection->descriptor < 0) {
        connection_fail(load, connection, "no socket: %s; raise the limit of open files", strerror(errno));
        return;
    }
    int yes = 1;
    setsockopt(connection->descriptor, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    bool has_own_port = is_back_end(&load->options, connection->number);
    uint16_t port = has_own_port ? load->options.control : load->options.port;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    inet_pton(AF_INET, load->options.address, &address.sin_addr);
    bool is_begun = bind_source(load, connection)
        && (connect(connection->descriptor, (struct sockaddr *)&address, sizeof address) == 0
            || errno == EINPROGRESS);
    if (!is_begun) {
        connection_fail(load, connection, "cannot connect: %s", strerror(errno));
        return;
    }
    watch(load, connection, EPOLL_CTL_ADD, EPOLLOUT);
}

void connection_close(struct connection *connection) {
    if (connection->stage == STAGE_NEW || connection->stage == STAGE_CLOSED) return;
    /* A reset instead of the usual farewell: ten thousand of those would keep their ports for a minute. */
    struct linger at_once = {.l_onoff = 1, .l_linger = 0};
    if (connection->descriptor >= 0) {
        setsockopt(connection->descriptor, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        close(connection->descriptor);
    }
    if (connection->secured) tls_close(connection->secured);
    connection->secured = NULL;
    connection->stage = STAGE_CLOSED;
    connection->wants_output = connection->has_fragments = false;
    connection->step = 0;
    bytes_free(&connection->unread);
    bytes_free(&connection->unsent);
    bytes_free(&connection->fragments);
}

void connection_fail(struct load *load, struct connection *connection, const char *format, ...) {
    if (connection->stage == STAGE_CLOSED) return;
    char reason[160];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(reason, sizeof reason, format, arguments);
    va_end(arguments);
    failure_note(&load->failure, EXIT_CONNECTION, "connection %u: %s", connection->number, reason);
    if (connection->stage == STAGE_READY || connection->stage == STAGE_LEAVING) load->ready--;
    else load->opening--;
    connection_close(connection);
}

static void say_first(struct load *load, struct connection *connection) {
    if (protocol_of(&load->options, connection->number) == PROTOCOL_WEBSOCKET) transport_upgrade(load, connection);
    else joining_begin(load, connection);
}

/* In a run that resumes, the connections that it opens before any load have nothing to resume yet. */
static bool resumes(const struct load *load) {
    return load->options.resumes && load->phase != PHASE_OPENING;
}

static void negotiate(struct load *load, struct connection *connection) {
    switch (tls_negotiate(connection->secured)) {
    case TLS_READS:
        watch(load, connection, EPOLL_CTL_MOD, EPOLLIN);
        return;
    case TLS_WRITES:
        watch(load, connection, EPOLL_CTL_MOD, EPOLLOUT);
        return;
    case TLS_REFUSED:
        connection_fail(load, connection, "no TLS: %s", tls_reason(connection->secured));
        return;
    case TLS_DONE:
        break;
    }
    if (resumes(load) && !tls_is_resumed(connection->secured)) {
        connection_fail(load, connection, "the server did not resume its TLS session");
        return;
    }
    watch(load, connection, EPOLL_CTL_MOD, EPOLLIN);
    say_first(load, connection);
}

static void secure(struct load *load, struct connection *connection) {
    connection->stage = STAGE_SECURING;
    uint32_t number = connection->number;
    if (tls_open(&load->tls, &connection->secured, number, connection->descriptor, resumes(load))) {
        negotiate(load, connection);
    } else {
        connection_fail(load, connection, "the server gave no TLS session that could be resumed");
    }
}

static void begin(struct load *load, struct connection *connection) {
    int error = 0;
    socklen_t length = sizeof error;
    getsockopt(connection->descriptor, SOL_SOCKET, SO_ERROR, &error, &length);
    if (error) {
        connection_fail(load, connection, "cannot connect: %s", strerror(error));
        return;
    }
    if (load->tls.context) {
        secure(load, connection);
        return;
    }
    watch(load, connection, EPOLL_CTL_MOD, EPOLLIN);
    say_first(load, connection);
}

/* Sends as much as the kernel takes. False: the connection failed. */
static bool send_some(
    struct load *load, struct connection *connection, const uint8_t *bytes, size_t count, size_t *sent
) {
    *sent = 0;
    ssize_t result = connection->secured
        ? tls_send(connection->secured, bytes, count)
        : send(connection->descriptor, bytes, count, MSG_NOSIGNAL);
    if (result >= 0) {
        *sent = (size_t)result;
        return true;
    }
    if (errno == EAGAIN || errno == EINTR) return true;
    connection_fail(load, connection, "cannot send: %s", strerror(errno));
    return false;
}

void connection_send(struct load *load, struct connection *connection, const uint8_t *bytes, size_t count) {
    if (connection->stage == STAGE_CLOSED) return;
    size_t sent = 0;
    if (connection->unsent.count == 0 && !send_some(load, connection, bytes, count, &sent)) return;
    if (sent == count) return;
    bytes_append(&connection->unsent, bytes + sent, count - sent);
    if (!connection->wants_output) watch(load, connection, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
    connection->wants_output = true;
}

void connection_send_message(
    struct load *load, struct connection *connection, const uint8_t *text, size_t count
) {
    load->output.count = 0;
    transport_append(load, connection->number, &load->output, text, count);
    connection_send(load, connection, load->output.data, load->output.count);
}

static void send_rest(struct load *load, struct connection *connection) {
    size_t sent;
    if (!send_some(load, connection, connection->unsent.data, connection->unsent.count, &sent)) return;
    bytes_drop(&connection->unsent, sent);
    if (connection->unsent.count > 0) return;
    connection->wants_output = false;
    watch(load, connection, EPOLL_CTL_MOD, EPOLLIN);
}

enum { READ_SIZE = 1 << 18 };

static ssize_t receive(struct connection *connection, struct bytes *input) {
    if (connection->secured) return tls_receive(connection->secured, input);
    ssize_t count = recv(connection->descriptor, bytes_reserve(input, READ_SIZE), READ_SIZE, 0);
    if (count > 0) input->count += (size_t)count;
    return count;
}

/* Reads once: epoll reports again what is left. The unfinished message of last time goes in front. */
static bool read_input(struct load *load, struct connection *connection) {
    struct bytes *input = &load->input;
    input->count = 0;
    bytes_append(input, connection->unread.data, connection->unread.count);
    ssize_t count = receive(connection, input);
    if (count > 0) {
        connection->unread.count = 0;
        return true;
    }
    if (count == 0) connection_fail(load, connection, "closed by the server");
    else if (errno != EAGAIN && errno != EINTR) connection_fail(load, connection, "%s", strerror(errno));
    return false;
}

static void serve_input(struct load *load, struct connection *connection) {
    if (!read_input(load, connection)) return;
    size_t used = transport_consume(load, connection, load->input.data, load->input.count, instant_now());
    if (connection->stage == STAGE_NEW) {
        visit_again(load, connection);
    } else if (connection->stage != STAGE_CLOSED) {
        bytes_append(&connection->unread, load->input.data + used, load->input.count - used);
    }
}

void connection_serve(struct load *load, struct connection *connection, uint32_t events) {
    if (connection->stage == STAGE_CLOSED) return;
    if (connection->stage == STAGE_CONNECTING) {
        begin(load, connection);
        return;
    }
    if (connection->stage == STAGE_SECURING) {
        negotiate(load, connection);
        return;
    }
    if (events & EPOLLOUT && connection->unsent.count > 0) send_rest(load, connection);
    if (events & ~(uint32_t)EPOLLOUT && connection->stage != STAGE_CLOSED) serve_input(load, connection);
}
