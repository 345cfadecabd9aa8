"""The stores that services begin with, made once for all runs."""

import tempfile
from pathlib import Path

from driver.servers import MEMORY


class Prepared:
    """A folder for the run, with the store of `service`, which is made when it is first asked for."""

    service = ""
    values = None  # a file with a line for each connection, where it needs one

    def script(self, case):
        """What clients say, and the answer that they wait for, where it is made with the store."""
        return None

    def answer(self, case):
        """A file with that answer alone."""
        return None

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory(
            prefix="patchbay-bench-", dir=MEMORY if MEMORY.is_dir() else None)
        return self

    def __exit__(self, *_):
        self.folder.cleanup()

    @property
    def store(self):
        store = Path(self.folder.name) / f"{self.service}.sqlite"
        if not store.exists():
            self.make(store)
        return store
