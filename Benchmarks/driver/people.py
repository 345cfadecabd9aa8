"""Who logs in to song-request, wnet and vkchat.

Their stores have hashes that cost next to nothing, as thousands log in for each run.
"""

import base64
import hashlib
import http.client
import json
import shutil
import sqlite3
import time
from contextlib import closing

from driver.cases import ALL, ASKED_FOR, FOLLOWED, SENT_TO, Case
from driver.control import status
from driver.prepared import Prepared
from driver.servers import Server, ServerError

MEMBERS = 10_000  # of vkchat, with the ids from 1 on: connection i is 1{i}
MESSAGES = 1000  # of the dialog that is asked for
BEGIN = 1_700_000_000  # when the first of them was written; one more each minute
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


class Messengers(People):
    """And the answers to the questions of the cases, which a server gave and which are those that the rows ask for."""

    service = "vkchat"

    def fill(self, rows):
        password = hashed("x", self.log_cost)
        rows.executemany("INSERT INTO authors VALUES (?)", [(user,) for user in range(1, MEMBERS + 1)])
        rows.executemany(
            "INSERT INTO users (id, login, password, from_vk, first_name, last_name, d_birth, age, sex, city) "
            "VALUES (?, ?, ?, 0, ?, ?, ?, ?, ?, ?)",
            [(user, f"user{user}", password, *profile(user).values()) for user in range(1, MEMBERS + 1)])
        rows.executemany("INSERT INTO dialogs (id, name, create_date) VALUES (?, ?, '2026-01-01')",
                         [(dialog, f"Dialog {dialog}") for dialog in (SENT_TO, ASKED_FOR, FOLLOWED)])
        rows.executemany("INSERT INTO messages (id, dialog_id, user_id, text, time) VALUES (?, ?, ?, ?, ?)",
                         [(number, *message(number).values()) for number in range(1, MESSAGES + 1)])

    def make(self, store):
        super().make(store)
        messages = {str(number): message(number) for number in range(1, MESSAGES + 1)}
        users = [{"id_user": user} | profile(user) | {"age": age(user)} for user in range(1, MEMBERS + 1)]
        wanted = {"vk-get-msg": {"Error": "0", "msg": messages}, "vk-get-users": {"ans": users}}
        with Server(self.service, PREPARATION, self, place=self.folder.name) as server:
            for case in ALL:
                if case.question:
                    self.keep(case, asked(server, case.question), wanted[case.name])

    def keep(self, case, answer, wanted):
        found = json.loads(answer)
        if found != wanted or list(found.get("msg", [])) != list(wanted.get("msg", [])):
            raise ServerError(f"{case.name}: another answer than the rows ask for: {answer[:200]}")
        self.path(case, "answer").write_bytes(answer)
        self.path(case, "txt").write_bytes(b"R\n? %s\n< %s\n" % (case.question.encode(), answer))

    def path(self, case, kind):
        return self.store.with_name(f"{case.name}.{kind}")

    def script(self, case):
        return self.path(case, "txt")

    def answer(self, case):
        return self.path(case, "answer") if case.question else None


PREPARATION = Case("preparation", "idle", "", "the answers", servers=("vkchat",))


def asked(server, question):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    with closing(connection):
        connection.request("POST", "/tests/endpoint", question)
        response = connection.getresponse()
        answer = response.read()
    if response.status != 200:
        raise ServerError(f"{question}: {response.status} {answer[:100]}")
    return answer


def profile(user):
    """As it is stored: of every other user no age."""
    return {"first_name": f"First {user}", "last_name": f"Last {user}", "D_birth": f"{1960 + user % 50}-01-01",
            "age": 20 + user % 50 if user % 2 else None, "sex": "female" if user % 3 else "male", "city": "Кишинёв"}


def age(user):
    """Everybody's birthday is the first day of the year."""
    known = profile(user)["age"]
    return time.localtime().tm_year - 1960 - user % 50 if known is None else known


def message(number):
    """Of 100 characters; each tenth has some that are escaped, each fifth some that are not ASCII."""
    text = f"Message {number} " + ('"said"\n' if number % 10 == 0 else "привет " if number % 5 == 0 else "")
    text = text.ljust(100, ".")
    return {"id_dialog": ASKED_FOR, "id_user": 1 + number % 100, "text": text, "time": BEGIN + 60 * number}
