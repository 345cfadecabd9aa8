"""The people and channels of the gg cases, and a store that has them. What they say stands in ../scripts."""

import shutil
from concurrent.futures import ThreadPoolExecutor

from driver.cases import Case
from driver.control import call
from driver.measuring import load
from driver.prepared import Prepared
from driver.servers import Server, ServerError

USERS = 10100  # connection i is user 1{i}
CHANNELS = 200  # channel c is 1{c}, and user 1{c} its streamer
CALLS_AT_ONCE = 8

STREAMERS = Case("preparation", "idle",
                 f"--connections {CHANNELS} --channels {CHANNELS} --settle 0 --seconds 0.1",
                 "every streamer turns the slow mode on, by which messages are checked; none comes too early",
                 servers=("gg",), script="gg-slow-mode.txt")


class Population(Prepared):
    """Made by the plugin's own commands."""

    service = "gg"

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
