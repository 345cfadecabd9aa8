/* floor PORT [framed]: the least that a server in user space can do on this kernel.

   One thread, one epoll, one recv and one send for each readable connection however many messages it holds.
   It trusts its peers: no checks, no limits, no timers. A WebSocket whose path begins with /echo gets its
   messages back, written over the ones just read. Any other path is a room: a message is framed once, and
   everything that one wake-up brought goes to each member in one send; but below /relay what a member says goes to the
   one alone who was there first. With `framed`, plain TCP: 32-bit
   little-endian length, body, zero byte, echoed. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { DESCRIPTOR_LIMIT = 65536, EVENTS_AT_ONCE = 512, READ_SIZE = 1 << 19 };
enum { PATH_LIMIT = 64, HEADER_LIMIT = 10 };

struct bytes {
    uint8_t *data;
    uint32_t count, capacity;
};

struct room {
    char path[PATH_LIMIT];
    int *members; /* descriptors */
    uint32_t count, capacity;
    struct bytes pending; /* frames that this wake-up's messages became */
    bool is_relay;
    struct room *next, *next_pending;
};

/* Found by its descriptor. Nothing is allocated for a connection that has nothing left over. */
struct connection {
    struct room *room;
    struct bytes unread, unsent;
    uint32_t place; /* in the room */
    bool is_upgraded;
};

static struct connection connections[DESCRIPTOR_LIMIT];
static struct room *rooms, *pending_rooms;
static uint8_t input[READ_SIZE + 1];
static int poller;
static bool is_framed;

static void append(struct bytes *bytes, const void *source, size_t count) {
    if (bytes->count + count > bytes->capacity) {
        bytes->capacity = (uint32_t)(bytes->count + count) * 2;
        bytes->data = realloc(bytes->data, bytes->capacity);
    }
    memcpy(bytes->data + bytes->count, source, count);
    bytes->count += (uint32_t)count;
}

static void release(struct bytes *bytes) {
    free(bytes->data);
    *bytes = (struct bytes){0};
}

/* --- Sending --- */

static void watch(int descriptor, int operation, uint32_t events) {
    struct epoll_event event = {.events = events, .data.fd = descriptor};
    epoll_ctl(poller, operation, descriptor, &event);
}

/* A failed send is left to the next read, which learns of it too. */
static void transmit(int descriptor, const uint8_t *bytes, size_t count) {
    struct bytes *unsent = &connections[descriptor].unsent;
    if (unsent->count > 0) {
        append(unsent, bytes, count);
        return;
    }
    ssize_t sent = send(descriptor, bytes, count, MSG_NOSIGNAL);
    if (sent == (ssize_t)count || (sent < 0 && errno != EAGAIN)) return;
    if (sent < 0) sent = 0;
    append(unsent, bytes + sent, count - (size_t)sent);
    watch(descriptor, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
}

static void transmit_rest(int descriptor) {
    struct bytes *unsent = &connections[descriptor].unsent;
    ssize_t sent = send(descriptor, unsent->data, unsent->count, MSG_NOSIGNAL);
    if (sent <= 0) return;
    unsent->count -= (uint32_t)sent;
    memmove(unsent->data, unsent->data + sent, unsent->count);
    if (unsent->count > 0) return;
    release(unsent);
    watch(descriptor, EPOLL_CTL_MOD, EPOLLIN);
}

/* --- Rooms --- */

static struct room *room_at(const char *path) {
    for (struct room *room = rooms; room; room = room->next) {
        if (strcmp(room->path, path) == 0) return room;
    }
    struct room *room = calloc(1, sizeof *room);
    strcpy(room->path, path);
    room->is_relay = strncmp(path, "/relay", 6) == 0;
    room->next = rooms;
    return rooms = room;
}

static void join(int descriptor, struct room *room) {
    if (room->count == room->capacity) {
        room->capacity = room->capacity * 2 + 64;
        room->members = realloc(room->members, room->capacity * sizeof *room->members);
    }
    connections[descriptor].room = room;
    connections[descriptor].place = room->count;
    room->members[room->count++] = descriptor;
}

static void leave(int descriptor) {
    struct room *room = connections[descriptor].room;
    uint32_t place = connections[descriptor].place;
    int last = room->members[--room->count];
    room->members[place] = last;
    connections[last].place = place;
}

/* Makes room for a frame, and has the room's members served at the end of this wake-up. */
static uint8_t *reserve_frame(struct room *room, size_t count) {
    struct bytes *pending = &room->pending;
    if (pending->count == 0) {
        room->next_pending = pending_rooms;
        pending_rooms = room;
    }
    if (pending->count + count + HEADER_LIMIT > pending->capacity) {
        pending->capacity = (uint32_t)(pending->count + count + HEADER_LIMIT) * 2;
        pending->data = realloc(pending->data, pending->capacity);
    }
    return pending->data + pending->count;
}

static void serve_pending_rooms(void) {
    for (; pending_rooms; pending_rooms = pending_rooms->next_pending) {
        struct room *room = pending_rooms;
        for (uint32_t place = 0; place < room->count; place++) {
            transmit(room->members[place], room->pending.data, room->pending.count);
        }
        room->pending.count = 0;
    }
}

/* --- WebSocket --- */

static void accept_key(const char *key, char answer[32]) {
    uint8_t question[24 + 36], digest[SHA_DIGEST_LENGTH];
    memcpy(question, key, 24);
    memcpy(question + 24, "258EAFA5-E914-47DA-95CA-C5AB0DC85B11", 36);
    SHA1(question, sizeof question, digest);
    EVP_EncodeBlock((uint8_t *)answer, digest, sizeof digest);
}

static const char *key_in(const char *head) {
    static const char name[] = "sec-websocket-key:";
    const char *field = strcasestr(head, name);
    if (!field) return NULL;
    field += strlen(name);
    field += strspn(field, " ");
    return strlen(field) < 24 ? NULL : field;
}

/* Answers the request, a text that ends with a zero byte. False: it is none that this server knows. */
static bool upgrade(int descriptor, const char *head) {
    char path[PATH_LIMIT], accept[32], answer[256];
    const char *key = key_in(head);
    if (!key || sscanf(head, "GET %63s", path) != 1) return false;
    accept_key(key, accept);
    int length = snprintf(
        answer, sizeof answer,
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Accept: %s\r\n\r\n",
        accept);
    connections[descriptor].is_upgraded = true;
    if (strncmp(path, "/echo", 5) != 0) join(descriptor, room_at(path));
    transmit(descriptor, (const uint8_t *)answer, (size_t)length);
    return true;
}

struct frame {
    uint8_t opcode;
    size_t header, count;
};

/* Reads a client's frame header. False: the frame is not whole yet. */
static bool read_frame(const uint8_t *bytes, size_t available, struct frame *frame) {
    if (available < 6) return false;
    frame->opcode = bytes[0] & 0x0f;
    frame->count = bytes[1] & 0x7f;
    frame->header = 6;
    if (frame->count == 126) {
        frame->header = 8;
        frame->count = (size_t)bytes[2] << 8 | bytes[3];
    } else if (frame->count == 127) {
        if (available < 14) return false;
        frame->header = 14;
        frame->count = 0;
        for (unsigned byte = 2; byte < 10; byte++) frame->count = frame->count << 8 | bytes[byte];
    }
    return available >= frame->header && available - frame->header >= frame->count;
}

static size_t write_header(uint8_t *place, uint8_t opcode, size_t count) {
    place[0] = 0x80 | opcode;
    if (count < 126) {
        place[1] = (uint8_t)count;
        return 2;
    }
    if (count < 65536) {
        place[1] = 126;
        place[2] = (uint8_t)(count >> 8);
        place[3] = (uint8_t)count;
        return 4;
    }
    place[1] = 127;
    for (unsigned byte = 0; byte < 8; byte++) place[9 - byte] = (uint8_t)((uint64_t)count >> (8 * byte));
    return 10;
}

/* `to` may lie before `from` in the same buffer. */
static void unmask(uint8_t *to, const uint8_t *from, size_t count) {
    uint32_t mask;
    memcpy(&mask, from - 4, sizeof mask);
    uint64_t wide = (uint64_t)mask << 32 | mask;
    size_t done = 0;
    for (; done + 8 <= count; done += 8) {
        uint64_t eight;
        memcpy(&eight, from + done, 8);
        eight ^= wide;
        memcpy(to + done, &eight, 8);
    }
    for (; done < count; done++) to[done] = from[done] ^ (uint8_t)(wide >> (done % 8 * 8));
}

static void write_frame(uint8_t **place, const uint8_t *source, const struct frame *frame) {
    *place += write_header(*place, frame->opcode == 9 ? 10 : frame->opcode, frame->count);
    unmask(*place, source + frame->header, frame->count);
    *place += frame->count;
}

/* Serves the whole frames of the input from `begin` to `end`; returns where the rest begins. False in
   `is_open`: a Close frame was among them. An answer takes its question's place, for it is never longer. */
static uint8_t *serve_frames(int descriptor, uint8_t *begin, uint8_t *end, bool *is_open) {
    struct room *room = connections[descriptor].room;
    uint8_t *question = begin, *answer = begin;
    struct frame frame = {0};
    while (*is_open && read_frame(question, (size_t)(end - question), &frame)) {
        if (room && !room->is_relay && frame.opcode < 8) {
            uint8_t *start = reserve_frame(room, frame.count), *place = start;
            write_frame(&place, question, &frame);
            room->pending.count += (uint32_t)(place - start);
        } else {
            write_frame(&answer, question, &frame);
        }
        question += frame.header + frame.count;
        *is_open = frame.opcode != 8;
    }
    int receiver = room && room->is_relay ? room->members[0] : descriptor;
    if (answer > begin) transmit(receiver, begin, (size_t)(answer - begin));
    return question;
}

/* --- Framed TCP --- */

static uint8_t *serve_framed(int descriptor, uint8_t *begin, uint8_t *end) {
    uint8_t *rest = begin;
    while (end - rest >= 5) {
        uint32_t body;
        memcpy(&body, rest, sizeof body);
        if ((size_t)(end - rest) < (size_t)body + 5) break;
        rest += body + 5;
    }
    if (rest > begin) transmit(descriptor, begin, (size_t)(rest - begin));
    return rest;
}

/* --- Connections --- */

static void drop(int descriptor) {
    struct connection *connection = &connections[descriptor];
    if (connection->room) leave(descriptor);
    release(&connection->unread);
    release(&connection->unsent);
    *connection = (struct connection){0};
    close(descriptor);
}

static uint8_t *serve_head(int descriptor, uint8_t *begin, uint8_t *end, bool *is_open) {
    uint8_t *blank = memmem(begin, (size_t)(end - begin), "\r\n\r\n", 4);
    if (!blank) return begin;
    *blank = 0;
    *is_open = upgrade(descriptor, (const char *)begin);
    return blank + 4;
}

static void serve_input(int descriptor, uint8_t *begin, uint8_t *end) {
    bool is_open = true;
    uint8_t *rest = begin;
    if (is_framed) {
        rest = serve_framed(descriptor, begin, end);
    } else {
        if (!connections[descriptor].is_upgraded) rest = serve_head(descriptor, begin, end, &is_open);
        if (connections[descriptor].is_upgraded) rest = serve_frames(descriptor, rest, end, &is_open);
    }
    if (!is_open) drop(descriptor);
    else if (rest < end) append(&connections[descriptor].unread, rest, (size_t)(end - rest));
}

static void serve_readable(int descriptor) {
    struct bytes *unread = &connections[descriptor].unread;
    size_t kept = unread->count;
    if (kept > 0) memcpy(input, unread->data, kept);
    ssize_t count = recv(descriptor, input + kept, READ_SIZE - kept, 0);
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) {
        drop(descriptor);
        return;
    }
    if (kept > 0) release(unread);
    serve_input(descriptor, input, input + kept + count);
}

static void accept_all(int listener) {
    for (int descriptor; (descriptor = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0;) {
        int yes = 1;
        setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        watch(descriptor, EPOLL_CTL_ADD, EPOLLIN);
    }
}

static int listen_on(uint16_t port) {
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), yes = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0 || listen(listener, 4096) < 0) {
        perror("floor: cannot listen");
        exit(1);
    }
    return listener;
}

static void serve(int listener, const struct epoll_event *event) {
    int descriptor = event->data.fd;
    if (descriptor == listener) {
        accept_all(listener);
        return;
    }
    if (event->events & EPOLLOUT) transmit_rest(descriptor);
    if (event->events & ~(uint32_t)EPOLLOUT) serve_readable(descriptor);
}

int main(int count, char **words) {
    if (count < 2) {
        fputs("usage: floor PORT [framed]\n", stderr);
        return 1;
    }
    is_framed = count > 2 && strcmp(words[2], "framed") == 0;
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max < DESCRIPTOR_LIMIT ? limit.rlim_max : DESCRIPTOR_LIMIT;
    setrlimit(RLIMIT_NOFILE, &limit);

    poller = epoll_create1(EPOLL_CLOEXEC);
    int listener = listen_on((uint16_t)atoi(words[1]));
    watch(listener, EPOLL_CTL_ADD, EPOLLIN);
    for (;;) {
        struct epoll_event events[EVENTS_AT_ONCE];
        int ready = epoll_wait(poller, events, EVENTS_AT_ONCE, -1);
        for (int place = 0; place < ready; place++) serve(listener, &events[place]);
        serve_pending_rooms();
    }
}
