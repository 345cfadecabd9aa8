"""Knows the passwords of VK: verifier.py prints its port, and then what it is asked. The password says what it answers:
200, 401, another status, or `hang`."""
import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Verifier(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        print(self.path, self.headers["content-type"], body.decode(), flush=True)
        password = json.loads(body)["password"]
        if password == "hang":
            self.rfile.read(1)
            return
        self.send_response(int(password))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *words):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Verifier)
server.daemon_threads = True
print(server.server_port, flush=True)
server.serve_forever()
