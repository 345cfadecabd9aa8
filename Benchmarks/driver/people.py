"""Who logs in to song-request and wnet: stores with hashes that cost next to nothing, as thousands log in for each run."""

import base64
import hashlib
import shutil
import sqlite3
from contextlib import closing

from driver.cases import Case
from driver.control import status
from driver.prepared import Prepared
from driver.servers import Server

USERS = 1001  # of song-request: connection i is the User uX, X its number in letters as `load` writes it
SECRETS = ("a", "b", "c")


def letters(number):
    return "".join("abcdefghijklmnop"[number >> shift & 15] for shift in (12, 8, 4, 0))


def hashed(secret, log_cost=1):
    """A PHC string by scrypt, of the least cost unless said otherwise."""
    def text(data):
        return base64.b64encode(data).rstrip(b"=").decode()

    salt = bytes(16)
    key = hashlib.scrypt(secret.encode(), salt=salt, n=1 << log_cost, r=8, p=1, dklen=32, maxmem=1 << 26)
    return f"$scrypt$ln={log_cost},r=8,p=1${text(salt)}${text(key)}"


class People(Prepared):
    """A server makes the tables, and the rows are put into them."""

    log_cost = 1

    def make(self, store):
        case = Case("preparation", "idle", "", "the tables", servers=(self.service,))
        with Server(self.service, case, place=self.folder.name) as server:
            status(server)  # it answers when the tables are there
            server.end()
            shutil.copy(server.state / store.name, store)
        with closing(sqlite3.connect(store)) as rows, rows:
            self.fill(rows)


class Songs(People):
    service = "song"

    def fill(self, rows):
        pin = hashed("x", self.log_cost)
        rows.executemany("INSERT INTO users VALUES (?, ?)", [(f"u{letters(i)}", pin) for i in range(USERS)])
        secrets = "".join(f"{len(secret)}:{secret}" for secret in SECRETS)
        rows.execute("INSERT INTO admin VALUES (1, 'admin', ?)", [hashed(secrets, self.log_cost)])


class Accounts(People):
    service = "wnet"

    def fill(self, rows):
        rows.execute("INSERT INTO accounts (id, username, password) VALUES (1, 'bench', ?)",
                     [hashed("x", self.log_cost)])
        rows.execute("UPDATE last_account SET id = 1")
