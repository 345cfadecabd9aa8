"""A small SockJS server for the bots of wnet that breaks its promises in one chosen way, to see that `crowd` notices."""

import contextlib
import json
import socket
import threading

FAULTY_ANSWER = 1000  # counted from 0, on all connections together, when all have been added


def response(status, body=b""):
    return (b"HTTP/1.1 %s\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\nContent-Length: %d\r\n\r\n" % (status, len(body))
            if body else b"HTTP/1.1 %s\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\n\r\n" % status) + body


FAULTS = {
    "lost": lambda answer: b"",
    "repeated": lambda answer: answer * 2,
    "altered": lambda answer: answer.replace(b"@zz@", b"@zy@") if b"zz" in answer else answer.replace(b"204", b"200"),
    "cut short": lambda answer: answer[:-3],
    "refused": lambda answer: response(b"503 Service Unavailable", b"later"),
    "forgotten": lambda answer: response(b"404 Not Found", b"there is no such session"),
    "found some": lambda answer: response(b"200 OK", b'a["list@zz@zza"]\n'),
    "not found": lambda answer: response(b"200 OK", b"h\n"),
}


class FaultyPolls:
    """Listens on a free port of the loopback until it is closed."""

    def __init__(self, behaviour, count):
        self.behaviour, self.answers = behaviour, -3 * count  # so many answers until all have been added
        self.lock, self.waiting = threading.Lock(), {}
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=200)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def close(self):
        self.listener.close()

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=self.serve, args=[self.listener.accept()[0]], daemon=True).start()

    def serve(self, peer):
        with contextlib.suppress(OSError, ValueError), peer, peer.makefile("rb") as requests:
            while line := requests.readline():
                _, _, _, session, way = line.split(b" ")[1].split(b"/")
                count = 0
                while (field := requests.readline()) != b"\r\n":
                    if field.startswith(b"Content-Length: "):
                        count = int(field.split(b" ")[1])
                peer.sendall(self.answered(self.answer(session, way, requests.read(count))))

    def answer(self, session, way, body):
        if way == b"xhr_send":
            message = json.loads(body)[0]
            added = "error@Bad name" if self.behaviour == "not added" else "info@You added as bot"
            self.waiting[session] = added if message.startswith("add@") else "list@zz@"
            return response(b"204 No Content")
        if session not in self.waiting:
            self.waiting[session] = None
            return response(b"200 OK", b"o\n")
        return response(b"200 OK", b'a["%s"]\n' % self.waiting[session].encode())

    def answered(self, answer):
        with self.lock:
            number, self.answers = self.answers, self.answers + 1
        if self.behaviour == "closed" and number == FAULTY_ANSWER:
            raise ValueError
        return FAULTS.get(self.behaviour, bytes)(answer) if number == FAULTY_ANSWER else answer
