"""A small WebSocket server that breaks its promises in one chosen way, to see that `load` notices.

Every connection is in one room, and a message goes to each of them (so with one connection it is an echo).
"""

import base64
import hashlib
import socket
import struct
import threading

TEXT, CLOSE, PING, PONG = 1, 8, 9, 10
FAULTY_MESSAGE = 5  # counted from 0: the delivery that goes wrong, on each connection


def frame(opcode, payload, is_final=True):
    head = bytes([0x80 * is_final | opcode])
    if len(payload) < 126:
        return head + bytes([len(payload)]) + payload
    if len(payload) < 65536:
        return head + struct.pack(">BH", 126, len(payload)) + payload
    return head + struct.pack(">BQ", 127, len(payload)) + payload


def changed(message, place):
    """The message with one letter replaced."""
    return message[:place] + (b"b" if message[place:place + 1] == b"a" else b"a") + message[place + 1:]


def in_pieces(message):
    """A fragmented message with a ping between its frames: unusual, but right."""
    return frame(TEXT, message[:20], False) + frame(PING, b"here?") + frame(0, message[20:])


def wrapped(message):
    """As a chat would: the text in a message of the server's own, among others."""
    text = message.split(b'"text":"')[1].split(b'"')[0]
    return frame(TEXT, b'{"type":"noise"}') + frame(TEXT, b'{"data":{"from":"you","text":"' + text + b'"}}')


# What a delivery becomes. Each gets the message and the one before it.
BEHAVIOURS = {
    "good": lambda message, before: frame(TEXT, message),
    "in pieces": lambda message, before: in_pieces(message),
    "wrapped": lambda message, before: wrapped(message),
}
FAULTS = {
    "lost": lambda message, before: b"",
    "repeated": lambda message, before: frame(TEXT, message) * 2,
    "of before": lambda message, before: frame(TEXT, before),
    "altered in the marker": lambda message, before: frame(TEXT, changed(message, message.index(b"Pb") + 9)),
    "altered in the padding": lambda message, before: frame(TEXT, changed(message, len(message) - 10)),
    "altered around it": lambda message, before: frame(TEXT, changed(message, 3)),
    "without a marker": lambda message, before: frame(TEXT, b'{"type":"noise"}'),
    "cut short": lambda message, before: frame(TEXT, message[:-20]),
    "masked": lambda message, before: b"\x81\x84aaaabbbb",
    "ended by Close": lambda message, before: frame(CLOSE, struct.pack(">H", 1011) + b"tired"),
}


class Connection:
    """One peer: its socket, and what it has been sent."""

    def __init__(self, peer):
        self.socket = peer
        self.input = peer.makefile("rb")
        self.sending = threading.Lock()
        self.deliveries = 0
        self.before = b""
        self.held = b""

    def upgrade(self, accept_suffix):
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += self.input.readline()
        key = head.split(b"Sec-WebSocket-Key: ")[1].split(b"\r\n")[0]
        digest = hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest()
        answer = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        self.send(answer + b"Sec-WebSocket-Accept: " + base64.b64encode(digest) + accept_suffix + b"\r\n\r\n")

    def read_frame(self):
        first, second = self.input.read(2)
        count = second & 0x7F
        if count > 125:
            count = int.from_bytes(self.input.read(2 if count == 126 else 8), "big")
        assert second & 0x80, "a client masks"
        mask = self.input.read(4)
        payload = self.input.read(count)
        return first & 0x0F, bytes(byte ^ mask[place % 4] for place, byte in enumerate(payload))

    def send(self, data):
        with self.sending:
            self.socket.sendall(data)


class FaultyServer:
    """Listens on a free port of the loopback until it is closed."""

    def __init__(self, behaviour):
        self.behaviour = behaviour
        self.members = []
        self.pongs = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def close(self):
        self.listener.close()

    def accept(self):
        while True:
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=[Connection(peer)], daemon=True).start()

    def serve(self, connection):
        try:
            connection.upgrade(b"x" if self.behaviour == "wrong accept" else b"")
            self.members.append(connection)
            while True:
                opcode, payload = connection.read_frame()
                if opcode == PONG:
                    self.pongs += payload == b"here?"
                elif b'"join"' in payload:
                    connection.send(frame(TEXT, b'{"joined":"' + payload.split(b'"')[3] + b'"}'))
                else:
                    for member in self.members:
                        member.send(self.delivery(member, payload))
        except (OSError, ValueError):
            if connection in self.members:
                self.members.remove(connection)

    def delivery(self, member, message):
        number, before = member.deliveries, member.before
        member.deliveries, member.before = number + 1, message
        if self.behaviour in BEHAVIOURS:
            return BEHAVIOURS[self.behaviour](message, before)
        if self.behaviour == "swapped" and number in (FAULTY_MESSAGE, FAULTY_MESSAGE + 1):
            member.held, held = frame(TEXT, message), member.held
            return member.held + held if held else b""
        if self.behaviour in FAULTS and number == FAULTY_MESSAGE:
            return FAULTS[self.behaviour](message, before)
        return frame(TEXT, message)
