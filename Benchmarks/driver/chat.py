"""The people and channels of the gg cases, and a store that has them. What they say stands in ../scripts."""

import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from driver.cases import Case
from driver.control import call
from driver.measuring import load
from driver.servers import MEMORY, Server, ServerError

USERS = 10100  # connection i is user 1{i}
CHANNELS = 200  # channel c is 1{c}, and user 1{c} its streamer
CALLS_AT_ONCE = 8

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

    values = None  # every connection has all that it needs in the script

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
            list(pool.map(lambda words: call(server, "gg", *words), calls))
