"""Requests over TLS on Python's own library: secure.py PORT AUTHORITY VERSION.

Prints how three requests on one connection were answered, and for a second connection with the first one's ticket
whether its session was resumed.
"""
import http.client
import ssl
import sys

port, authority, version = sys.argv[1:]
context = ssl.create_default_context(cafile=authority)
context.minimum_version = context.maximum_version = ssl.TLSVersion[f"TLSv{version.replace('.', '_')}"]
context.set_alpn_protocols(["h2", "http/1.1"])

session = None
for _ in range(2):
    connection = http.client.HTTPSConnection("localhost", int(port), context=context)
    connection.connect()
    plain, socket = None, connection.sock
    if session:
        socket.close()
        plain = http.client.HTTPConnection("localhost", int(port))
        plain.connect()
        socket = connection.sock = context.wrap_socket(plain.sock, server_hostname="localhost", session=session)
    statuses = []
    for _ in range(3):
        connection.request("GET", "/none")
        answer = connection.getresponse()
        answer.read()
        statuses.append(str(answer.status))
    print(" ".join(statuses), socket.version(), socket.selected_alpn_protocol(),
          "resumed" if socket.session_reused else "full", flush=True)
    session = socket.session
    connection.close()
