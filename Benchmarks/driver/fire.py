"""The name space of the fire cases: a store that has it, and what each connection needs to log in."""

import base64
import hashlib
import hmac
import json
import shutil
import socket
import struct

from driver.cases import BACK_ENDS, BROWSERS, Case
from driver.prepared import Prepared
from driver.servers import KEY, Server, ServerError

PREPARATION = Case("preparation", "idle", "", "the name space", servers=("fire",))


class Site(Prepared):
    """Made by the plugin's own protocol."""

    service = "fire"

    @property
    def values(self):
        """A line for each connection: the back end's key, then the browsers' tokens."""
        return self.store.with_name("values")

    def make(self, store):
        with Server("fire", PREPARATION, place=self.folder.name) as server:
            with socket.create_connection(("127.0.0.1", server.control)) as back_end:
                answer = ask(back_end, {"action": "registerNameSpace", "name": "site", "key": KEY})
                ask(back_end, {"action": "set", "channel": "news", "data": "first"})
            server.end()
            shutil.copy(server.state / store.name, store)
        secret = answer["secretKey"]
        lines = [secret] * BACK_ENDS + [token(secret, user) for user in range(BROWSERS)]
        self.values.write_text("\n".join(lines) + "\n")


def ask(back_end, request):
    body = json.dumps(request).encode()
    back_end.sendall(struct.pack("<i", len(body)) + body + b"\0")
    with back_end.makefile("rb") as answers:
        answer = json.loads(answers.read(struct.unpack("<i", answers.read(4))[0]))
        answers.read(1)
    if not answer["success"]:
        raise ServerError(f"{request['action']} failed: {answer['reason']}")
    return answer


def token(secret, user):
    """A JWT by HS256 that says who the user is."""
    def part(data):
        return base64.urlsafe_b64encode(data).rstrip(b"=")

    signed = part(b'{"alg":"HS256","typ":"JWT"}') + b"." + part(json.dumps({"i": user}).encode())
    return (signed + b"." + part(hmac.digest(secret.encode(), signed, hashlib.sha256))).decode()
