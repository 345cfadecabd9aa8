#!/usr/bin/env python3
"""A bot on wnet that says everything back in capital letters, and counts: bot.py NAME.

WNET_USER and WNET_PASSWORD in the environment say whose bot it is, WNET_ADDRESS where the server is. A lost connection
it makes anew; while another bot has the name it waits for it. Ctrl-C ends it. Python 3.9 and websockets 15.
"""
import json, os, random, sys, time
from urllib.parse import quote
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidURI
from websockets.sync.client import connect

ADDRESS = os.environ.get("WNET_ADDRESS", "ws://127.0.0.1:8080/wnet/ws")
TAKEN = "Such bot connected. Sending ping to confirm that bot is alive."


class Bot:
    def __init__(self, name): self.name, self.pause = name, 0.5  # seconds, before the next try

    def serve(self, socket):
        """Answers what comes, until the connection ends; why there is no use in another one."""
        clients, is_in, patience = {}, False, None
        socket.send(f"add@{self.name}")
        while True:
            try: message = socket.recv(patience)
            except TimeoutError:  # who has the name is alive: nothing was said
                socket.send(f"add@{self.name}")
                continue
            kind, _, rest = message.partition("@")
            sid, _, text = rest.partition("@")  # the last field may have more of them
            if kind == "isalive": socket.send("alive")
            elif kind == "info":
                is_in, patience, self.pause = True, None, 0.5
                print(f"{self.name} is there", flush=True)
            elif kind == "connection": clients[sid] = ["guest" if text == "None" else json.loads(text)["username"], 0]
            elif kind == "disconnected": clients.pop(sid, None)
            elif kind == "mess":
                clients[sid][1] += 1
                socket.send("scsend@{}@{}, message {}: {}".format(sid, *clients[sid], text.upper()))
            elif rest == TAKEN:
                if not patience: print(f"{self.name} is taken, waiting", flush=True)
                patience = 10
            elif kind == "error" and not is_in: return f"bot.py: {rest}"  # else: a client that has gone meanwhile

    def run(self, headers):
        while True:
            try:
                with connect(ADDRESS, additional_headers=headers, proxy=None) as socket:
                    try: return self.serve(socket)
                    except KeyboardInterrupt: return None
            except (OSError, ConnectionClosed, InvalidHandshake) as error: print(f"lost: {error}", flush=True)
            time.sleep(self.pause * random.uniform(0.8, 1.2))
            self.pause = min(30, self.pause * 2)


user, password = os.environ.get("WNET_USER"), os.environ.get("WNET_PASSWORD")
if len(sys.argv) != 2 or not user or not password: sys.exit("usage: WNET_USER=… WNET_PASSWORD=… bot.py NAME")
data = quote(json.dumps({"username": user, "password": password}))
try: sys.exit(Bot(sys.argv[1]).run({"Cookie": f'auth="type=password&auth={data}"'}))
except InvalidURI as error: sys.exit(f"bot.py: {error}")
except KeyboardInterrupt: pass
