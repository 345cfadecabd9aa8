"""A small WebSocket server that breaks its promises in one chosen way, to see that `load` notices.

Every connection is in one room, and a message goes to each of them (so with one connection it is an echo); but at
/echo to nobody else, below /relay to the first who came to that path, where it says from whom and to whom it is to the
other of these two, and a back end's to all but itself, who is answered. On another port it takes framed streams, which
are not in the room, and get an answer to each of their messages. So does who sends by POST.
"""

import base64
import contextlib
import hashlib
import select
import socket
import ssl
import struct
import threading
import zlib

TEXT, CLOSE, PING, PONG = 1, 8, 9, 10
COMPRESSED = 0x40  # in a frame's first byte: RFC 7692
THRESHOLD = 1024
SILENT_JOIN = 10  # counted from 1, on all connections together: the one that gets no answer
COOKIE = "auth=type=x&auth=me"
PAUSE = 20  # milliseconds, in which nothing more may come to who is slow
FAULTY_MESSAGE = 5  # counted from 0: the delivery that goes wrong, on each connection

OFFER = b"permessage-deflate; server_no_context_takeover; client_no_context_takeover"


def frame(opcode, payload, is_final=True, mark=0):
    head = bytes([0x80 * is_final | mark | opcode])
    if len(payload) < 126:
        return head + bytes([len(payload)]) + payload
    if len(payload) < 65536:
        return head + struct.pack(">BH", 126, len(payload)) + payload
    return head + struct.pack(">BQ", 127, len(payload)) + payload


def framed(body):
    return struct.pack("<i", len(body)) + body + b"\0"


def responded(body, status=b"200 OK"):
    return b"HTTP/1.1 %s\r\nDate: today\r\nContent-Length: %d\r\n\r\n%s" % (status, len(body), body)


def packed(message, level=6, before=b""):
    """The message compressed, with what was said before as context."""
    words = [before] if before else []
    stream = zlib.compressobj(level, zlib.DEFLATED, -15, 8, zlib.Z_DEFAULT_STRATEGY, *words)
    return (stream.compress(message) + stream.flush(zlib.Z_SYNC_FLUSH))[:-4]


def unpacked(payload):
    return zlib.decompressobj(-15).decompress(payload + b"\0\0\xff\xff")


def changed(message, place):
    """The message with one letter replaced."""
    return message[:place] + (b"b" if message[place:place + 1] == b"a" else b"a") + message[place + 1:]


def pieces(payload, mark, second_mark=0):
    """A fragmented message with a ping between its frames: unusual, but right, but for a second mark."""
    return (frame(TEXT, payload[:20], False, mark) + frame(PING, b"here?")
            + frame(0, payload[20:], mark=second_mark))


def wrapped(message):
    """As a chat would: the text in a message of the server's own, among others."""
    text = message.split(b'"text":"')[1].split(b'"')[0]
    return frame(TEXT, b'{"type":"noise"}') + frame(TEXT, b'{"data":{"from":"you","text":"' + text + b'"}}')


# What a delivery becomes. Each gets what makes a frame of a message, the message, and the one before it.
BEHAVIOURS = {
    "in pieces": lambda text, message, before: pieces(message, 0),
    "compressed in pieces": lambda text, message, before: pieces(packed(message), COMPRESSED),
    "wrapped": lambda text, message, before: wrapped(message),
}
FAULTS = {
    "lost": lambda text, message, before: b"",
    "repeated": lambda text, message, before: text(message) * 2,
    "of before": lambda text, message, before: text(before),
    "altered in the marker": lambda text, message, before: text(changed(message, message.index(b"Pb") + 9)),
    "altered in the padding": lambda text, message, before: text(changed(message, len(message) - 10)),
    "altered around it": lambda text, message, before: text(changed(message, 3)),
    "without a marker": lambda text, message, before: text(b'{"type":"noise"}'),
    "cut short": lambda text, message, before: text(message[:-20]),
    "masked": lambda text, message, before: b"\x81\x84aaaabbbb",
    "ended by Close": lambda text, message, before: frame(CLOSE, struct.pack(">H", 1011) + b"tired"),
    "compressed": lambda text, message, before: frame(TEXT, packed(message), mark=COMPRESSED),
    "uncompressed": lambda text, message, before: frame(TEXT, message),
    "compressed to no less": lambda text, message, before: frame(TEXT, packed(message, 0), mark=COMPRESSED),
    "badly compressed": lambda text, message, before: frame(TEXT, b"\xff" + packed(message), mark=COMPRESSED),
    "compressed with context":
        lambda text, message, before: frame(TEXT, packed(message, 6, before), mark=COMPRESSED),
    "marked twice": lambda text, message, before: pieces(packed(message), COMPRESSED, COMPRESSED),
}
# Who gets a delivery instead, of its connection, its sender and all.
DIRECTIONS = {
    "misdirected": lambda member, sender, members: next(other for other in members if other not in (member, sender)),
    "returned": lambda member, sender, members: sender,
}
# What an answer to a framed stream becomes.
ANSWERING = {
    "unanswered": lambda answer: b"",
    "answered twice": lambda answer: answer * 2,
    "answered otherwise": lambda answer: framed(b'{"done":false}'),
    "framed otherwise": lambda answer: answer[:-1] + b"x",
}
# The same for a POST.
RESPONDING = {
    "unanswered": lambda answer: b"",
    "answered twice": lambda answer: answer * 2,
    "answered otherwise": lambda answer: responded(b'{"done":false}'),
    "altered within": lambda answer: answer[:-3] + b"x" + answer[-2:],
    "cut short": lambda answer: answer[:-1],
    "too long": lambda answer: answer + b" ",
    "refused": lambda answer: responded(b'{"done":true}', b"503 Service Unavailable"),
    "without a length": lambda answer: answer.replace(b"Content-Length", b"Content-Size"),
    "negative in length": lambda answer: answer.replace(b"Length: ", b"Length: -"),
    "in chunks": lambda answer: answer.replace(b"Date: ", b"Transfer-Encoding: chunked\r\nDate: "),
    "of another version": lambda answer: answer.replace(b"HTTP/1.1", b"HTTP/1.0"),
}
# What a server says to the offer of compression.
ANSWERS = {
    "without the extension": None,
    "with context promised": b"permessage-deflate; client_no_context_takeover",
    "with a window nobody offered": OFFER + b"; client_max_window_bits=12",
    "with a second extension": OFFER + b", x-other",
}


def secure_context(certificate, behaviour):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.certificate, certificate.key)
    if behaviour == "TLS 1.2":
        context.maximum_version = ssl.TLSVersion.TLSv1_2
    if behaviour == "without tickets":
        context.num_tickets = 0
    return context


class Connection:
    """One peer: its socket, and what it has been sent."""

    def __init__(self, peer, deliveries):
        self.socket = peer
        self.input = peer.makefile("rb")
        self.sending = threading.Lock()
        self.deliveries = deliveries
        self.before = b""
        self.held = b""
        self.path = self.name = b""

    def read_head(self):
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            line = self.input.readline()
            if not line:
                raise ValueError("no whole head")
            head += line
        return head

    def upgrade(self, head, accept_suffix, extension, cookie):
        """`cookie` is what the request has to have, or None."""
        self.path = head.split(b" ")[1]
        if cookie and b"\r\nCookie: " + cookie.encode() + b"\r\n" not in head:
            self.send(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
            raise ValueError("another cookie")
        key = head.split(b"Sec-WebSocket-Key: ")[1].split(b"\r\n")[0]
        digest = hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest()
        answer = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        if extension:
            answer += b"Sec-WebSocket-Extensions: " + extension + b"\r\n"
        self.send(answer + b"Sec-WebSocket-Accept: " + base64.b64encode(digest) + accept_suffix + b"\r\n\r\n")

    def read_frame(self):
        """Opcode, payload, and whether it came compressed."""
        first, second = self.input.read(2)
        count = second & 0x7F
        if count > 125:
            count = int.from_bytes(self.input.read(2 if count == 126 else 8), "big")
        assert second & 0x80, "a client masks"
        mask = self.input.read(4) * (count // 4 + 1)
        payload = self.input.read(count)
        text = (int.from_bytes(payload, "big") ^ int.from_bytes(mask[:count], "big")).to_bytes(count, "big")
        return first & 0x0F, unpacked(text) if first & COMPRESSED else text, bool(first & COMPRESSED)

    def send(self, data):
        with self.sending:
            self.socket.sendall(data)


class FaultyServer:
    """Listens on a free port of the loopback until it is closed."""

    def __init__(self, behaviour, certificate=None, compresses=False):
        self.behaviour = behaviour
        self.certificate = certificate
        self.context = secure_context(certificate, behaviour) if certificate else None
        self.compresses = compresses
        self.members, self.everybody = [], []  # those who are there, and those who were, too
        self.departed = 0  # the deliveries of visits before: the connections of one are counted as one
        self.pongs = self.compressed = self.resumed = self.joins = self.impatient = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.streams = socket.create_server(("127.0.0.1", 0))
        self.control = self.streams.getsockname()[1]
        for listener, serve in [(self.listener, self.serve), (self.streams, self.serve_stream)]:
            threading.Thread(target=self.accept, args=[listener, serve], daemon=True).start()

    def close(self):
        self.listener.close()
        self.streams.close()

    def accept(self, listener, serve):
        while True:
            try:
                peer, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=[peer], daemon=True).start()

    def serve_stream(self, peer):
        """Answers each message after it has gone to the room, so that none is behind its answer."""
        answered = 0
        with contextlib.suppress(OSError), peer, peer.makefile("rb") as stream:
            while len(head := stream.read(4)) == 4:
                message = stream.read(int.from_bytes(head, "little") + 1)[:-1]
                for member in self.members:
                    member.send(self.delivery(member, message))
                change = ANSWERING.get(self.behaviour, bytes) if answered == FAULTY_MESSAGE else bytes
                peer.sendall(change(framed(b'{"done":true}')))
                answered += 1

    def secured(self, peer):
        if not self.context:
            return peer
        if self.behaviour == "forgetful":  # every context has keys of its own for its tickets
            self.context = secure_context(self.certificate, self.behaviour)
        peer = self.context.wrap_socket(peer, server_side=True)
        self.resumed += peer.session_reused
        return peer

    def serve(self, peer):
        connection = None
        try:
            connection = Connection(self.secured(peer), self.departed)
            extension = ANSWERS.get(self.behaviour, OFFER) if self.compresses else None
            head = connection.read_head()
            if head.startswith(b"POST "):
                self.serve_posts(connection, head)
                return
            connection.upgrade(head, b"x" if self.behaviour == "wrong accept" else b"", extension,
                               COOKIE if self.behaviour == "wants a cookie" else None)
            self.members.append(connection)
            self.everybody.append(connection)
            while self.serve_frame(connection, *connection.read_frame()):
                pass
        except (OSError, ValueError):
            if connection in self.members:
                self.members.remove(connection)

    def serve_posts(self, connection, head):
        """Answers each message of a connection with what it joins as, or that all is done."""
        while True:
            message = connection.input.read(int(head.split(b"Content-Length: ")[1].split(b"\r\n")[0]))
            answer = b'{"joined":"' + message.split(b'"')[3] + b'"}' if b'"join"' in message else b'{"done":true}'
            change = RESPONDING.get(self.behaviour, bytes) if connection.deliveries == FAULTY_MESSAGE else bytes
            answer = change(responded(answer))
            if self.behaviour == "in pieces":
                for byte in answer:
                    connection.send(bytes([byte]))
            else:
                connection.send(answer)
            connection.deliveries += 1
            if self.behaviour == "ended early" and connection.deliveries > FAULTY_MESSAGE:
                connection.socket.shutdown(socket.SHUT_RDWR)
            head = connection.read_head()

    def serve_frame(self, connection, opcode, payload, is_compressed):
        """Returns whether the connection goes on."""
        self.compressed += is_compressed
        if opcode == PONG:
            self.pongs += payload == b"here?"
        elif opcode == CLOSE:
            self.part(connection, payload)
            return False
        elif b'"join"' in payload:
            self.joins += 1
            connection.name = payload.split(b'"')[3]
            if self.behaviour != "silent once" or self.joins != SILENT_JOIN:
                connection.send(frame(TEXT, b'{"joined":"' + payload.split(b'"')[3] + b'"}'))
        else:
            for member in self.receivers(connection, payload):
                direct = DIRECTIONS.get(self.behaviour) if member.deliveries == FAULTY_MESSAGE else None
                if self.behaviour == "slow" and member.deliveries == FAULTY_MESSAGE:
                    poller = select.poll()
                    poller.register(connection.socket, select.POLLIN)
                    self.impatient += bool(poller.poll(PAUSE))
                delivery = self.delivery(member, payload)
                (direct(member, connection, self.members) if direct else member).send(delivery)
            if b'"back end"' in payload:
                connection.send(frame(TEXT, b'{"done":true}'))
        return True

    def receivers(self, sender, message):
        if sender.path == b"/echo":
            return [sender]
        if sender.path.startswith(b"/relay/"):
            return [member for member in self.members if member.path == sender.path][:1]
        if b'"to":"' in message:
            both = [message.split(b'"%s":"' % word)[1].split(b'"')[0] for word in (b"from", b"to")]
            return [member for member in self.members if member.name in both and member.name != sender.name]
        if b'"back end"' in message:
            return [member for member in self.members if member is not sender]
        return list(self.members)

    def part(self, connection, payload):
        self.members.remove(connection)
        self.departed = connection.deliveries
        if self.behaviour == "deaf to Close":
            return
        if self.behaviour != "gone without Close":
            connection.send(frame(CLOSE, payload))
        connection.socket.shutdown(socket.SHUT_RDWR)

    def text(self, message):
        if self.compresses and len(message) >= THRESHOLD:
            return frame(TEXT, packed(message), mark=COMPRESSED)
        return frame(TEXT, message)

    def delivery(self, member, message):
        number, before = member.deliveries, member.before
        member.deliveries, member.before = number + 1, message
        if self.behaviour in BEHAVIOURS:
            return BEHAVIOURS[self.behaviour](self.text, message, before)
        if self.behaviour == "swapped" and number in (FAULTY_MESSAGE, FAULTY_MESSAGE + 1):
            member.held, held = self.text(message), member.held
            return member.held + held if held else b""
        if self.behaviour in FAULTS and number == FAULTY_MESSAGE:
            return FAULTS[self.behaviour](self.text, message, before)
        return self.text(message)
