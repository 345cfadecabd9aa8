"""The people and channels of the gg cases, and a store that has them. What they say stands in ../scripts."""

import json
import shutil
import socket
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from driver.cases import Case
from driver.measuring import load
from driver.servers import START_LIMIT, Server, ServerError

USERS = 10100  # connection i is user 1{i}
CHANNELS = 200  # channel c is 1{c}, and user 1{c} its streamer
CALLS_AT_ONCE = 8
MEMORY = Path("/dev/shm")  # ten thousand commits need no disk here

STREAMERS = Case("preparation", "idle",
                 f"--connections {CHANNELS} --channels {CHANNELS} --settle 0 --seconds 0.1",
                 "every streamer turns the slow mode on, by which messages are checked; none comes too early",
                 servers=("gg",), script="gg-slow-mode.txt")


class Population:
    """Makes the store once, when it is first asked for, by the plugin's own commands."""

    def __enter__(self):
        folder = MEMORY if MEMORY.is_dir() else None
        self.folder = tempfile.TemporaryDirectory(prefix="patchbay-bench-", dir=folder)
        return self

    def __exit__(self, *_):
        self.folder.cleanup()

    @property
    def store(self):
        store = Path(self.folder.name) / "gg.sqlite"
        if not store.exists():
            self.make(store)
        return store

    def make(self, store):
        with Server("gg", STREAMERS, place=self.folder.name) as server:
            fill(server)
            report = load(server, STREAMERS.mode)
            if not report["good"]:
                raise ServerError(f"the channels could not be prepared: {report['failure']}")
            server.end()
            shutil.copy(server.state / store.name, store)


def fill(server):
    users = [("user.add", {"user_id": f"1{i}", "name": f"User {i}", "token": f"token-{i}"})
             for i in range(USERS)]
    channels = [("channel.add", {"channel_id": f"1{c}", "name": f"Channel {c}", "streamer": f"1{c}"})
                for c in range(CHANNELS)]
    with ThreadPoolExecutor(CALLS_AT_ONCE) as pool:
        for calls in users, channels:  # streamers have to be there
            list(pool.map(lambda call: tell(server, *call), calls))


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


def tell(server, command, arguments):
    """One administration command, as `patchbay call gg` sends it."""
    request = {"command": "call", "service": "gg", "name": command,
               "arguments": [[name, value] for name, value in arguments.items()]}
    with connected(server.state / "control.sock") as control:
        control.sendall(json.dumps(request).encode() + b"\n")
        answer = json.loads(control.makefile().readline())
    if not answer["ok"]:
        raise ServerError(f"{command} failed: {answer['text']}")
