"""A server elsewhere: elsewhere.py [CERTIFICATE KEY] prints its port, and then what the paths below say.

It answers byte for byte what a path asks for, on a thread for each connection, which it numbers.
"""
import socket
import ssl
import sys
import threading

connections = 0
visits = {}
lock = threading.Lock()


def head(*lines):
    return "\r\n".join(lines + ("", "")).encode()


def answer(body, status="200 OK", *lines):
    return head(f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *lines) + body


def serve(connection, number):
    if context:
        try:
            connection = context.wrap_socket(connection, server_side=True)
        except (ssl.SSLError, OSError) as error:
            say(f"refused {type(error).__name__}")
            return
    stream = connection.makefile("rb")
    requests = 0
    while True:
        line = stream.readline().decode().split()
        if not line:
            break
        requests += 1
        fields = {}
        while (field := stream.readline().strip()):
            name, _, value = field.decode().partition(":")
            fields[name.lower()] = value.strip()
        body = stream.read(int(fields.get("content-length", 0)))
        with lock:
            visits[line[1]] = visits.get(line[1], 0) + 1
            visit = visits[line[1]]
        if not reply(connection, line[0], line[1], fields, body, number, requests, visit):
            break
    try:
        # The descriptor is the stream's, too.
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
    stream.close()
    connection.close()


def reply(connection, method, target, fields, body, number, requests, visit):
    """False: the connection ends."""
    path = target.split("?")[0]
    if path == "/echo":
        names = " ".join(f"{name}={value}" for name, value in sorted(fields.items()) if name != "host")
        connection.sendall(answer(f"{method} {target} {names} {body.decode()}".encode()))
    elif path == "/number":
        connection.sendall(answer(f"{number} {requests}".encode()))
    elif path.startswith("/status/"):
        status = path[8:]
        connection.sendall(answer(b"" if status in ("204", "304") else b"body", f"{status} Words", "X-Mark: Yes"))
    elif path == "/head":
        connection.sendall(head("HTTP/1.1 200 OK", "Content-Length: 500"))
    elif path == "/chunked":
        connection.sendall(head("HTTP/1.1 103 Early", "Link: x") + head("HTTP/1.1 200 OK", "Transfer-Encoding: chunked"))
        for part in (b"5;x=y\r\nhello\r\n", b"7\r\n, world\r\n0\r\nA: b\r\n\r\n"):
            connection.sendall(part)
    elif path == "/close":
        connection.sendall(head("HTTP/1.1 200 OK", "Connection: close") + b"until the end")
        if context:
            connection.unwrap()
        return False
    elif path == "/cut":  # over TLS: without the end that only the server can say
        connection.sendall(head("HTTP/1.1 200 OK", "Connection: close") + b"until the end")
        return False
    elif path == "/half":
        connection.sendall(head("HTTP/1.1 200 OK", "Content-Length: 10") + b"half!")
        return False
    elif path == "/nothing":
        return False
    elif path == "/garbage":
        connection.sendall(b"220 mail.example ESMTP\r\n")
    elif path == "/large":
        connection.sendall(answer(b"x" * 70000))
    elif path == "/endless":
        connection.sendall(head("HTTP/1.1 200 OK", "Transfer-Encoding: chunked"))
        try:
            while True:
                connection.sendall(b"1000\r\n" + b"y" * 4096 + b"\r\n")
        except OSError:
            return False
    elif path == "/leave":  # an answer after which the connection ends, though it does not say so
        connection.sendall(answer(b"bye"))
        return False
    elif path == "/mute":  # the second request of a connection is read, and not answered
        if requests > 1:
            return False
        connection.sendall(answer(f"{number}".encode()))
    elif path == "/hang":
        say("hanging")
        connection.recv(1)
        say("left")
        return False
    elif path == "/second":  # hangs the first time
        if visit == 1:
            say("hanging")
            connection.recv(1)
            say("left")
            return False
        connection.sendall(answer(f"visit {visit}".encode()))
    else:
        connection.sendall(answer(b"no such path", "404 Not Found"))
    return True


def say(line):
    with lock:
        print(line, flush=True)


context = None
if len(sys.argv) > 1:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[1], sys.argv[2])
listener = socket.create_server(("127.0.0.1", 0), backlog=512)
say(listener.getsockname()[1])
while True:
    connection, _ = listener.accept()
    connections += 1
    threading.Thread(target=serve, args=(connection, connections), daemon=True).start()
