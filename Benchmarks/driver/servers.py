"""Who is measured: how each server is started. A new server is one more line in COMMANDS."""

import os
import random
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
BUILD = PROJECT / ".build-bench"
RELEASE = PROJECT / ".build" / "release"

SERVER_CORE = "0"

PLUGINS_CONF = """\
state {state};
loops 1;
log error;
plugin_path {plugins};
listen web {{ address 127.0.0.1:{port}; }}
service echo {{
    plugin    EchoC;
    websocket web /echo;
    websocket web /room room;
    lane      shared;
    limit     message 1m;
    limit     connections_per_address none;     # the load has one address
}}
"""

# {port} and {configuration}, the written PLUGINS_CONF, are put in.
COMMANDS = {
    "floor": [str(BUILD / "floor"), "{port}"],
    "lws": [str(BUILD / "lws" / "host"), "{port}"],
    "patchbay": [str(RELEASE / "patchbay"), "run", "-c", "{configuration}"],
}

START_LIMIT = 10  # seconds
STOP_LIMIT = 5


class ServerError(Exception):
    """A server that cannot be started: what is wrong and what to do."""


def check(names):
    """Raises ServerError for a server that is unknown or not there."""
    for name in names:
        if name not in COMMANDS:
            raise ServerError(f"unknown server \"{name}\"; there are: {', '.join(COMMANDS)}")
        if not os.access(COMMANDS[name][0], os.X_OK):
            raise ServerError(f"{COMMANDS[name][0]} is missing; build it with: swift build -c release")


def free_port():
    """A port below the range from which the kernel gives clients theirs."""
    while True:
        port = random.randrange(20000, 32000)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


def parent_of(process):
    try:
        text = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return 0
    return int(text[text.rindex(")") + 2:].split()[1])


def family_of(process):
    """The process and all that came from it: a server may have a supervisor and a worker."""
    parents = {int(entry): parent_of(entry) for entry in os.listdir("/proc") if entry.isdigit()}
    family = [process]
    for member in family:
        family += [child for child, parent in parents.items() if parent == member]
    return family


class Server:
    """One server, started for one run in a folder of its own: `with Server("floor") as server`."""

    def __init__(self, name):
        self.name = name
        self.port = free_port()

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="patchbay-bench-")
        self.errors = open(Path(self.folder.name) / "errors", "w+")
        self.process = subprocess.Popen(
            ["taskset", "-c", SERVER_CORE, *self.command()],
            stdin=subprocess.DEVNULL, stdout=self.errors, stderr=self.errors)
        try:
            self.wait_until_listening()
        except BaseException:
            self.__exit__()
            raise
        return self

    def command(self):
        state = Path(self.folder.name) / "state"
        state.mkdir(mode=0o700)
        configuration = Path(self.folder.name) / "plugins.conf"
        configuration.write_text(PLUGINS_CONF.format(state=state, plugins=RELEASE, port=self.port))
        places = {"port": self.port, "configuration": configuration}
        return [word.format(**places) for word in COMMANDS[self.name]]

    def wait_until_listening(self):
        deadline = time.monotonic() + START_LIMIT
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise ServerError(f"{self.name} ended at its start: {self.complaint()}")
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.02)
        raise ServerError(f"{self.name} does not listen after {START_LIMIT} s: {self.complaint()}")

    def complaint(self):
        self.errors.seek(0)
        lines = self.errors.read().strip().splitlines()
        return lines[-1] if lines else "it said nothing"

    def processes(self):
        return family_of(self.process.pid)

    def __exit__(self, *_):
        family = self.processes()
        self.process.terminate()
        try:
            self.process.wait(STOP_LIMIT)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        for child in family[1:]:
            self.end_orphan(child)
        self.errors.close()
        self.folder.cleanup()

    def end_orphan(self, child):
        """Kills a worker that outlived its supervisor, unless its number is another's by now."""
        try:
            words = Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")
            if Path(COMMANDS[self.name][0]).name.encode() in words[0]:
                os.kill(child, signal.SIGKILL)
        except (OSError, ProcessLookupError):
            pass
