/* The floor's behaviour as a libwebsockets plugin: paths beginning with /echo echo, any other path is a room.
   A message is kept once, counted by the queues that hold it, and written when libwebsockets says that the
   socket takes it. */
#include <libwebsockets.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct message {
    unsigned holders;
    enum lws_write_protocol kind;
    size_t count;
    unsigned char bytes[]; /* LWS_PRE bytes for the frame header, then the text */
};

/* A ring of messages to write. */
struct queue {
    struct message **places;
    unsigned first, count, capacity;
};

/* libwebsockets keeps one for each connection, zeroed at first. */
struct session {
    struct lws *connection;
    struct room *room;
    int place; /* in the room */
    struct queue queue;
    unsigned char *fragments;
    size_t fragments_count;
};

struct room {
    char path[64];
    struct session **members;
    int count, capacity;
    struct room *next;
};

static struct room *all_rooms;

static struct message *make_message(struct lws *connection, const void *text, size_t count) {
    struct message *message = malloc(sizeof *message + LWS_PRE + count);
    message->holders = 0;
    message->kind = lws_frame_is_binary(connection) ? LWS_WRITE_BINARY : LWS_WRITE_TEXT;
    message->count = count;
    memcpy(message->bytes + LWS_PRE, text, count);
    return message;
}

static void let_go(struct message *message) {
    if (--message->holders == 0) free(message);
}

static void grow(struct queue *queue) {
    unsigned capacity = queue->capacity ? queue->capacity * 2 : 4;
    struct message **places = malloc(capacity * sizeof *places);
    for (unsigned offset = 0; offset < queue->count; offset++) {
        places[offset] = queue->places[(queue->first + offset) % queue->capacity];
    }
    free(queue->places);
    *queue = (struct queue){places, 0, queue->count, capacity};
}

static void enqueue(struct session *session, struct message *message) {
    struct queue *queue = &session->queue;
    if (queue->count == queue->capacity) grow(queue);
    queue->places[(queue->first + queue->count++) % queue->capacity] = message;
    message->holders++;
    lws_callback_on_writable(session->connection);
}

static struct message *dequeue(struct queue *queue) {
    struct message *message = queue->places[queue->first];
    queue->first = (queue->first + 1) % queue->capacity;
    queue->count--;
    return message;
}

static struct room *room_at(const char *path) {
    for (struct room *room = all_rooms; room; room = room->next) {
        if (strcmp(room->path, path) == 0) return room;
    }
    struct room *room = calloc(1, sizeof *room);
    strcpy(room->path, path);
    room->next = all_rooms;
    return all_rooms = room;
}

static void join(struct session *session, struct room *room) {
    if (room->count == room->capacity) {
        room->capacity = room->capacity * 2 + 64;
        room->members = realloc(room->members, (size_t)room->capacity * sizeof *room->members);
    }
    session->room = room;
    session->place = room->count;
    room->members[room->count++] = session;
}

static void leave(struct session *session) {
    struct session *last = session->room->members[--session->room->count];
    session->room->members[session->place] = last;
    last->place = session->place;
}

/* The host's word is the level, or NULL. The buffers are 2^16 bytes, so that a message stays one frame. */
static void set_compression(struct lws *connection) {
    const char *level = lws_context_user(lws_get_context(connection));
    if (!level) return;
    lws_set_extension_option(connection, "permessage-deflate", "compression_level", level);
    lws_set_extension_option(connection, "permessage-deflate", "tx_buf_size", "16");
    lws_set_extension_option(connection, "permessage-deflate", "rx_buf_size", "16");
}

static void established(struct session *session, struct lws *connection) {
    char path[64] = "";
    set_compression(connection);
    lws_hdr_copy(connection, path, sizeof path, WSI_TOKEN_GET_URI);
    session->connection = connection;
    if (strncmp(path, "/echo", 5) != 0) join(session, room_at(path));
}

static void closed(struct session *session) {
    if (session->room) leave(session);
    while (session->queue.count > 0) let_go(dequeue(&session->queue));
    free(session->queue.places);
    free(session->fragments);
}

static void deliver(struct session *session, const void *text, size_t count) {
    struct message *message = make_message(session->connection, text, count);
    struct room *room = session->room;
    message->holders++;
    if (!room) enqueue(session, message);
    else for (int place = 0; place < room->count; place++) enqueue(room->members[place], message);
    let_go(message);
}

/* libwebsockets hands a large message over in pieces. */
static void received(struct session *session, const void *piece, size_t count) {
    struct lws *connection = session->connection;
    bool is_last = lws_is_final_fragment(connection) && lws_remaining_packet_payload(connection) == 0;
    if (is_last && session->fragments_count == 0) {
        deliver(session, piece, count);
        return;
    }
    session->fragments = realloc(session->fragments, session->fragments_count + count + 1);
    memcpy(session->fragments + session->fragments_count, piece, count);
    session->fragments_count += count;
    if (!is_last) return;
    deliver(session, session->fragments, session->fragments_count);
    session->fragments_count = 0;
}

/* Writes while the socket takes it. -1 closes the connection. */
static int writable(struct session *session) {
    while (session->queue.count > 0) {
        struct message *message = dequeue(&session->queue);
        int written = lws_write(session->connection, message->bytes + LWS_PRE, message->count, message->kind);
        bool is_failed = written < (int)message->count;
        let_go(message);
        if (is_failed) return -1;
        if (session->queue.count > 0 && lws_send_pipe_choked(session->connection)) {
            lws_callback_on_writable(session->connection);
            break;
        }
    }
    return 0;
}

static int serve(
    struct lws *connection, enum lws_callback_reasons reason, void *user, void *bytes, size_t count
) {
    struct session *session = user;
    switch (reason) {
    case LWS_CALLBACK_ESTABLISHED: established(session, connection); break;
    case LWS_CALLBACK_CLOSED: closed(session); break;
    case LWS_CALLBACK_RECEIVE: received(session, bytes, count); break;
    case LWS_CALLBACK_SERVER_WRITEABLE: return writable(session);
    default: break;
    }
    return 0;
}

static const struct lws_protocols protocols[] = {
    {
        .name = "rooms",
        .callback = serve,
        .per_session_data_size = sizeof(struct session),
        .rx_buffer_size = 1 << 16,
    },
};

/* The export has to bear the name of the file. */
LWS_VISIBLE const lws_plugin_protocol_t rooms = {
    .hdr = {.name = "rooms", ._class = "lws_protocol_plugin", .api_magic = LWS_PLUGIN_API_MAGIC},
    .protocols = protocols,
    .count_protocols = 1,
};
