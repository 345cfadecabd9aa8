#!/usr/bin/env python3
"""Talks to a bot on wnet: client.py [NAME], or the beginning of a name that no other bot has. Alone it lists the bots.

Each line of standard input goes to the bot, each answer to standard output; the end of the input (Ctrl-D) ends it, and
so does Ctrl-C. WNET_ADDRESS in the environment says where the server is; with WNET_USER and WNET_PASSWORD bots are told
who it is. Python 3.9 and websockets 15.
"""
import contextlib, json, os, re, sys, threading
from urllib.parse import quote
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.sync.client import connect

ADDRESS = os.environ.get("WNET_ADDRESS", "ws://127.0.0.1:8080/wnet/ws")


def find(socket, beginning):
    """The names of the bots that begin so."""
    socket.send(f"search@{beginning}")
    return list(filter(None, socket.recv()[len(f"list@{beginning}@"):].split("@")))


def talk(socket, name, answers, end):
    """Sends the lines. Each may have an answer, but need not have one: after the last nobody waits for long."""
    with contextlib.suppress(ConnectionClosed), open(0, encoding="utf-8", errors="replace", closefd=False) as lines:
        count = 0
        for count, line in enumerate(lines, 1): socket.send(f"cssend@{name}@" + line.rstrip("\n"))
        while count and answers.acquire(timeout=2): count -= 1
        end.set()
        socket.send(f"disconnect@{name}")


def listen(socket, name):
    """Shows what comes until the lines have ended; why it was not for that."""
    answers, end = threading.Semaphore(0), threading.Event()
    talking = threading.Thread(target=talk, args=(socket, name, answers, end), daemon=True)
    socket.send(f"connect@{name}")
    for message in socket:
        kind, _, text = message.partition("@")
        if kind == "connectedto": talking.start()
        elif kind == "mess":  # bots write what they like, but do not steer the terminal
            print(re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", "\ufffd", text.partition("@")[2]), flush=True)
            answers.release()
        elif kind == "disconnectedfrom": return None if end.is_set() else f"client.py: {name} has gone"
        elif kind == "error": return f"client.py: {text}"
    return "client.py: the server has closed the connection"


def run(wanted):
    account = {"username": os.environ.get("WNET_USER", ""), "password": os.environ.get("WNET_PASSWORD", "")}
    cookie = {"Cookie": f'auth="type=password&auth={quote(json.dumps(account))}"'} if account["username"] else None
    with connect(ADDRESS, additional_headers=cookie, proxy=None) as socket:
        names = find(socket, wanted)
        if not names: return "client.py: there is no such bot"
        if wanted in names or (wanted and len(names) == 1):
            with contextlib.suppress(KeyboardInterrupt): return listen(socket, wanted if wanted in names else names[0])
        else: print(*names, sep="\n")


try: sys.exit(run(sys.argv[1] if len(sys.argv) > 1 else ""))
except (OSError, WebSocketException) as error: sys.exit(f"client.py: {error}")
