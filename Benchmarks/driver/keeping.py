"""What a service keeps: how many rows go into a commit, whether all are there in the end, and what SQLite alone takes."""

import json
import shutil
import sqlite3
import subprocess
import tempfile
from contextlib import closing
from dataclasses import dataclass
from typing import Callable

from driver.cases import CHANNELS, SENT_TO, STATE_LENGTH
from driver.control import status
from driver.servers import BUILD, PLACE, SERVER_CORE


@dataclass(frozen=True)
class Kept:
    """`count` is SQL for how many there are; `wanted` how many there have to be, by the report of `load`."""

    service: str
    count: str
    wanted: Callable
    length: int  # of each, in bytes


KINDS = {
    "states": Kept("fire", f"SELECT count(*) FROM states WHERE channel LIKE 'c____' AND length(data) = {STATE_LENGTH}",
                   lambda report: CHANNELS, STATE_LENGTH),
    # Each has a text of its own.
    "messages": Kept("vkchat", f"SELECT count(DISTINCT text) FROM messages WHERE dialog_id = {SENT_TO}",
                     lambda report: report["received"], 144),
}


class Keeping:
    """Watches a server keep rows."""

    def __init__(self, server):
        self.server, self.kept = server, KINDS[server.case.keeps]
        self.is_service = server.name == self.kept.service
        self.before = self.figures()

    def figures(self):
        """Messages, and commits that kept them, where the server tells."""
        if not self.is_service:
            return 0, 0
        figures = status(self.server)[self.kept.service]
        return figures["messages"], figures["commits"]

    def complete(self, report):
        """Adds to the report what was seen."""
        messages, commits = (now - before for now, before in zip(self.figures(), self.before))
        report["rows_per_commit"] = messages / max(commits, 1) if self.is_service else None
        self.server.end()
        check(self.kept, self.server.state / f"{self.kept.service}.sqlite", report)


def check(kept, path, report):
    """Makes a report of rows that are not in the store a failed one."""
    with closing(sqlite3.connect(path)) as store:
        count = store.execute(kept.count).fetchone()[0]
    if report["good"] and count != kept.wanted(report):
        report |= {"good": False, "failure": f"{count} of {kept.wanted(report):.0f} were kept"}


def keep_by_sqlite_alone(kind, store, rows, warmup, seconds):
    """What SQLite takes for the same rows without a server; the report as of `load`."""
    with tempfile.TemporaryDirectory(prefix="patchbay-bench-", dir=PLACE) as folder:
        words = [BUILD / "rows", kind, shutil.copy(store, folder), round(rows), KINDS[kind].length, warmup, seconds]
        result = subprocess.run(["taskset", "-c", SERVER_CORE, *map(str, words)], capture_output=True, text=True,
                                stdin=subprocess.DEVNULL)
    return json.loads(result.stdout) if result.stdout else {"good": False, "failure": result.stderr.strip()}
