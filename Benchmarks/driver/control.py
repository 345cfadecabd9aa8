"""The control socket of a Patchbay that runs."""

import json
import socket
import time

from driver.servers import START_LIMIT, ServerError


def connected(path):
    """The control socket, which a server makes a moment after it listens."""
    deadline = time.monotonic() + START_LIMIT
    while True:
        control = socket.socket(socket.AF_UNIX)
        try:
            control.connect(str(path))
            return control
        except OSError as error:
            control.close()
            if time.monotonic() > deadline:
                raise ServerError(f"{path}: {error}")
            time.sleep(0.02)


def ask(server, request):
    """What the server answers to one command."""
    with connected(server.state / "control.sock") as control:
        control.sendall(json.dumps(request).encode() + b"\n")
        answer = json.loads(control.makefile().readline())
    if not answer["ok"]:
        raise ServerError(f"{request.get('name') or request['command']} failed: {answer['text']}")
    return answer["text"]


def call(server, service, command, arguments):
    """One administration command, as `patchbay call` sends it."""
    ask(server, {"command": "call", "service": service, "name": command,
                 "arguments": [[name, value] for name, value in arguments.items()]})


def status(server):
    """The services by name, as `patchbay status --json` shows them."""
    services = json.loads(ask(server, {"command": "status", "name": "json"}))["services"]
    return {service["name"]: service for service in services}
