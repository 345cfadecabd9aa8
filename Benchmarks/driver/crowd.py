"""Very many bots of wnet over few sockets: SockJS sessions, by pipelined requests.

A session lives for five seconds without a receiver, so `keep` has to come round again within that: each session asks
something and polls for the answer. Every answer is checked.
"""

import contextlib
import re
import select
import socket
import time
from collections import deque

SOCKETS, AT_ONCE = 100, 20  # sessions whose requests a socket sends together
SOURCES = 50  # the host checks at most 16 passwords of an address at once
COOKIE = "auth=type=password&auth=bench:x"
KEPT_FOR = 2.5  # seconds, after which those who are in are kept while others still open
PATIENCE = 10

OPENED, TAKEN = b"o\n", b""  # the bodies of answers
ADDED = b'a["info@You added as bot"]\n'
NONE_FOUND = b'a["list@zz@"]\n'


class CrowdError(Exception):
    """What was not answered as it should be."""


def name(number):
    """Of 18 letters, of which five are the number's digits."""
    return "".join("abcdefghij"[int(digit)] for digit in f"{number:05}") + "klmnopqrstuvw"


def post(number, way, body=""):
    cookie = f"Cookie: {COOKIE}\r\n" if not body else ""
    return (f"POST /polled/000/s{number}/{way} HTTP/1.1\r\nHost: x\r\n{cookie}"
            f"Content-Length: {len(body)}\r\n\r\n{body}").encode()


def opening(number):
    return post(number, "xhr") + post(number, "xhr_send", f'["add@{name(number)}"]') + post(number, "xhr")


def keeping(number):
    return post(number, "xhr_send", '["search@zz"]') + post(number, "xhr")


class SessionEnded(CrowdError):
    """Nothing is wrong, but the polls came too late."""


class Purpose:
    """Requests of a session, and the bodies of its answers. Batches of the same purpose are answered alike."""

    def __init__(self, requests, *bodies):
        self.requests, self.bodies = requests, bodies * AT_ONCE
        self.prepared = {}  # by the first session
        self.right = b""  # the answers to a batch, but for when they were made

    def batch(self, first):
        if first not in self.prepared:
            self.prepared[first] = b"".join(map(self.requests, range(first, first + AT_ONCE)))
        return self.prepared[first]

    def check(self, received, first):
        """Whether all answers to the batch are there; raises CrowdError if they are not what they should be."""
        plain = DATE.sub(b"", received)
        if plain == self.right:
            return True
        answers = received.split(b"HTTP/1.1 ")[1:]
        for place, answer in enumerate(answers):
            head, end, body = answer.partition(b"\r\n\r\n")
            wanted = self.bodies[place] if place < len(self.bodies) else None
            is_last = place == len(answers) - 1
            if is_last and (not end or wanted and body != wanted and wanted.startswith(body)):
                return False  # more of it will come
            if wanted is None or not end or body != wanted or not head.startswith(b"200" if wanted else b"204"):
                session = first + place * AT_ONCE // len(self.bodies)
                kind = SessionEnded if head.startswith(b"404") else CrowdError
                raise kind(f"session {session} got {bytes(answer)!r} instead of {wanted!r}")
        if len(answers) < len(self.bodies):
            return False
        self.right = plain
        self.length = len(received)
        return True

    length = 1  # of all answers to a batch, once it is known


DATE = re.compile(rb"\r\nDate: [^\r]*")


class Line:
    """One socket and the sessions that are its own."""

    def __init__(self, address, number, port, sessions):
        self.socket = socket.socket()
        self.socket.bind((address, 0))
        self.socket.connect(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.outside = deque(range(number * sessions, (number + 1) * sessions, AT_ONCE))
        self.inside = deque()  # the first sessions of batches, with when each was last kept
        self.received, self.purpose, self.first = bytearray(), None, None

    def send(self, first, purpose):
        self.first, self.purpose = first, purpose
        # To be woken for each answer would take longer than all else.
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, purpose.length)
        self.socket.sendall(purpose.batch(first))

    def go_on(self, begun, opening, keeping):
        """Sends the next batch that is due; `begun`: when those who are in have to be kept again. False: none is."""
        if self.inside and self.inside[0][0] < begun:
            self.send(self.inside.popleft()[1], keeping)
        elif self.outside:
            self.send(self.outside.popleft(), opening)
        else:
            return False
        return True

    def receive(self):
        """Whether a batch is complete."""
        more = self.socket.recv(1 << 18)
        if not more:
            raise CrowdError("a connection was closed")
        self.received += more
        if not self.purpose.check(self.received, self.first):
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, max(self.purpose.length - len(self.received), 1))
            return False
        self.inside.append((time.monotonic(), self.first))
        self.received.clear()
        return True


class Crowd:
    """`with Crowd(port, 100000) as crowd`: all are bots, as long as `keep` is called in time."""

    def __init__(self, port, count, patience=PATIENCE):
        self.patience = patience
        if count % (SOCKETS * AT_ONCE):
            raise CrowdError(f"{count} is no multiple of {SOCKETS * AT_ONCE}")
        self.purposes = Purpose(opening, OPENED, TAKEN, ADDED), Purpose(keeping, TAKEN, NONE_FOUND)
        self.lines = [Line(f"127.0.0.{2 + number % SOURCES}", number, port, count // SOCKETS) for number in range(SOCKETS)]

    def __enter__(self):
        self.play(lambda: time.monotonic() - KEPT_FOR)
        return self

    def __exit__(self, *_):
        for line in self.lines:
            line.socket.close()

    def keep(self):
        """All sessions poll once; returns how many seconds it took."""
        begun = time.monotonic()
        self.play(lambda: begun)
        return time.monotonic() - begun

    def play(self, begun):
        """Has every line do what it has to, until nothing is due."""
        poller, busy = select.epoll(), {}
        for line in self.lines:
            if line.go_on(begun(), *self.purposes):
                busy[line.socket.fileno()] = line
                poller.register(line.socket, select.EPOLLIN)
        while busy:
            ready = [descriptor for descriptor, _ in poller.poll(self.patience)]
            if not ready:
                raise CrowdError(complaint(next(iter(busy.values()))))
            for descriptor in ready:
                line = busy[descriptor]
                if line.receive() and not line.go_on(begun(), *self.purposes):
                    poller.unregister(descriptor)
                    del busy[descriptor]
        poller.close()


def complaint(line):
    """What is wrong with a line whose answers do not come."""
    line.socket.setblocking(False)
    with contextlib.suppress(BlockingIOError):
        line.receive()
    return f"the answers to sessions {line.first} and those after it do not all come"
