"""What is measured. A new case is one more line here."""

from dataclasses import dataclass, field

BACK_ENDS, BROWSERS = 1, 10000  # of fire
CHANNELS, STATE_LENGTH = 10000, 100  # whose states are kept, in bytes
SENT_TO, ASKED_FOR, FOLLOWED = 1, 2, 3  # dialogs of vkchat, as its scripts have them

ALIKE = ("floor", "lws", "node", "patchbay")  # servers that do the same

SENDING = ("vkchat", "flask", "node-http", "node-batched")  # what sends vkchat's messages
SCRIPTED = ("gg", "fire", "song", "song-shared", "wnet", "wnet-shared", "fixed", *SENDING)  # who have a script

HANDSHAKES = "--connections 50 --sources 4 --size 200"
SILENCE = "--connections 10000 --sources 4 --settle 1"
CHAT = "--connections 1000 --publishers 100 --rate 60"
BUSY = "--connections 10000 --channels 200 --publishers 10000 --rate 2000 --settle 1"
CROWD = "--connections 10100 --settle 1 --askers 100"
EVENTS = "--publishers 1 --apart --settle 1"
LISTED = "--connections 5000 --settle 1 --askers 200"
TWICE = {"most_rounds": 2}  # memory is nearly the same each time, and ten thousand handshakes take long
MOST = {"most_rounds": 3}
LONG = {"most_rounds": 2, "least_seconds": 11}  # so that it has two of what gg does every five seconds


# Relays of messages of 200 bytes. bare-all echoes on as many connections, with as many in flight in turn.
ADMIN = "--relay --publishers 1 --connections 1001 --sources 64"
USERS = "--relay --publishers 1000 --connections 1001 --sources 64"
ONE = "--connections 1"
PAIRS = "--relay --publishers 1000 --connections 2000 --sources 32 --cookie auth=type=password&auth=bench:x"
SEARCH = "--connections 19000 --askers 20 --sources 32 --cookie auth=type=password&auth=bench:x --settle 1"


def relay(who, options, load, *echo, of_all=None):
    """What a relay's case has: the servers, and what the echoes beside it do; the floor relays as well, if it can."""
    echo = ("echo", " ".join([*echo, "--size 200"]))
    echo_of_all = {"bare-all": ("echo", f"{of_all} {load} --size 200")} if of_all else {}
    options = f"{options} {load}"
    plain = options.split(" --cookie")[0]
    floor = {} if "--publishers 1 " in options else {"floor": ("fanout", f"{plain} {load} --size 200")}
    others = {"bare": echo, "bare-own": echo, **echo_of_all, **floor}
    servers = (*floor, "bare", "bare-own", *echo_of_all, who, f"{who}-shared")
    return {"options": options, "others": others, "servers": servers,
            "sizes": {who: 200, f"{who}-shared": 200}, **MOST}


EMIT = {"servers": ("bare", "fire"), "script": "fire.txt", "sizes": {"bare": 200, "fire": 218}, "unit": "event",
        "compares_rates": True}


POSTS = "--proto http"
WHOLE = {"servers": ("fixed", "vkchat"), "unit": "request", "least_seconds": 1, **MOST}


@dataclass(frozen=True)
class Case:
    name: str
    mode: str  # of load: echo, fanout, ask, visit, idle
    options: str  # of load
    meaning: str
    servers: tuple = ALIKE  # that it is for
    others: dict = field(default_factory=dict)  # mode and options of servers for which those are not, by server
    sizes: dict = field(default_factory=dict)  # of a message, where they are not in the options, by server
    script: str = ""  # in the folder scripts: what the clients of gg and the others say
    question: str = ""  # or what they ask again and again; the whole answer is known before
    most_rounds: int = 1000
    least_seconds: float = 0
    warmup: float = 0  # seconds, where the usual are too few
    unit: str = "message"  # what is counted
    compares_rates: bool = False  # not CPU alone
    keeps: str = ""  # what has to be in the store afterwards; see keeping.py
    logs_in_freely: bool = True  # without a limit of failed logins, as very many come at once from few addresses
    is_secure: bool = False  # over TLS
    is_compressed: bool = False  # with permessage-deflate
    resumes: bool = False  # TLS sessions

    def path(self, server):
        if POSTS in self.options_of(server):
            return "/tests/endpoint"
        if server in SCRIPTED:
            return "/chat"
        if "--relay" in self.options_of(server):
            return "/relay/{r}"
        return "/room" if self.mode_of(server) == "fanout" else "/echo"

    def mode_of(self, server):
        return self.others[server][0] if server in self.others else self.mode

    def options_of(self, server):
        return self.others[server][1] if server in self.others else self.options

    @property
    def is_idle(self):
        return self.mode == "idle"

    @property
    def is_chat(self):
        """Whether it shows what gg or another plugin costs."""
        return bool(self.script or self.question)

    def rounds(self, wanted):
        return min(wanted, self.most_rounds)


ALL = [
    Case("echo", "echo", "--connections 100 --depth 1 --size 200",
         "100 connections, each with one message of 200 bytes in flight"),
    Case("echo-pipelined", "echo", "--connections 100 --depth 16 --size 200",
         "the same with 16 in flight"),
    Case("echo-16k", "echo", "--connections 100 --depth 1 --size 16384",
         "as echo, with messages of 16 KiB"),
    Case("echo-tls", "echo", "--connections 100 --depth 1 --size 200",
         "as echo, over TLS 1.3 with AES-128-GCM", is_secure=True),
    Case("echo-compressed", "echo", "--connections 100 --depth 1 --size 2048",
         "as echo, with 2 KiB that read like a chat's log, compressed both ways, each message by itself",
         is_compressed=True),
    Case("fanout", "fanout", "--connections 1000 --publishers 1 --window 4 --size 200",
         "each message of one publisher goes to 1,000 subscribers, 4 in flight"),
    Case("fanout-paced", "fanout", "--connections 1000 --publishers 1 --rate 60 --size 200",
         "the same at 60 messages a second, whatever the server does"),
    Case("handshake", "visit", HANDSHAKES,
         "50 clients connect, upgrade, get one message back, say Close and hear it, and begin again",
         unit="handshake"),
    Case("handshake-tls", "visit", HANDSHAKES,
         "the same over TLS 1.3 with X25519 and a certificate on P-256, each time in full",
         unit="handshake", is_secure=True),
    Case("handshake-resumed", "visit", HANDSHAKES,
         "the same with the TLS session resumed each time", unit="handshake", is_secure=True, resumes=True),
    Case("idle", "idle", SILENCE,
         "10,000 connections that are silent", **TWICE),
    Case("idle-tls", "idle", SILENCE,
         "the same over TLS", is_secure=True, **TWICE),
    Case("gg-chat", "fanout", CHAT,
         "60 messages a second to the 1,000 users of a gg channel, each checked (rights, ban, slow mode), "
         "escaped, stored and kept as history; bare is the echo plugin's room, with messages as long as gg's",
         servers=("bare", "gg"), script="gg.txt", sizes={"bare": 324, "gg": 200}, least_seconds=4, warmup=2),
    Case("gg-busy", "fanout", BUSY,
         "200 gg channels with 50 users each, 2,000 messages a second in all, stored on disk; each goes to 50",
         servers=("gg",), script="gg.txt", sizes={"gg": 200}, **LONG),
    Case("gg-join", "ask", f"{CROWD} --rate 100",
         "100 times a second a user joins a gg channel of 10,000 and leaves it; p50 and p99 are of the join",
         servers=("gg",), script="gg.txt", unit="join", **LONG),
    Case("gg-list", "ask", f"{LISTED} --rate 100",
         "100 times a second a user asks for the 5,000 users of a gg channel, in which nothing changes",
         servers=("gg",), script="gg-list.txt", unit="list", least_seconds=4, **TWICE),
    Case("gg-list-changed", "ask", f"{LISTED} --rate 20",
         "20 times a second a user leaves that channel, joins it and asks; p50 and p99 are of the list alone",
         servers=("gg",), script="gg-list-changed.txt", unit="list", least_seconds=4, **TWICE),
    Case("gg-idle", "idle", SILENCE,
         "10,000 users in one gg channel, silent", servers=("gg",), script="gg.txt", **TWICE),
    Case("gg-idle-guests", "idle", SILENCE,
         "10,000 guests in it", servers=("gg",), script="gg-guest.txt", **TWICE),
    Case("fire-emit-one", "fanout", f"{EVENTS} --connections 2 --window 64",
         "a back end of fire sends events to the one subscriber of a channel, 64 in flight, each with its reply; bare "
         "is the echo plugin's room, whose sender gets his own message, too, as long as the event",
         **EMIT, **MOST),
    Case("fire-emit-one-paced", "fanout", f"{EVENTS} --connections 2 --rate 5000",
         "the same at 5,000 events a second", **EMIT, **MOST),
    Case("fire-emit", "fanout", f"{EVENTS} --connections 10001 --window 64",
         "the same to 10,000 subscribers, 64 in flight", **EMIT, least_seconds=4, warmup=2, most_rounds=2),
    Case("fire-emit-paced", "fanout", f"{EVENTS} --connections 10001 --rate 6",
         "the same with 6 events a second", **EMIT, least_seconds=4, warmup=1, most_rounds=2),
    Case("fire-set", "echo", "--connections 1 --depth 1024",
         "states of 100 bytes for 10,000 channels, set by one back end with 1,024 requests in flight, each answered "
         "when it is on the disk; sqlite is SQLite alone with as many rows in a transaction",
         servers=("fire", "sqlite"), script="fire-set.txt", sizes={"fire": 142}, unit="set", keeps="states",
         compares_rates=True, **MOST),
    Case("fire-idle", "idle", "--connections 10001 --sources 4 --settle 1",
         "10,000 browsers logged in to fire, each with one subscription, silent; and a back end",
         servers=("fire",), script="fire.txt", **TWICE),
    Case("song-admin", "fanout", script="song-admin.txt",
         meaning="song-request: the Admin's messages of 200 bytes go to 1,000 Users in turn, 64 in flight; bare echoes as "
         "many on one connection, bare-own with a thread of its own, as the relays have but for the shared ones",
         **relay("song", ADMIN, "--window 64", ONE, "--depth 64")),
    Case("song-admin-each", "fanout", script="song-admin.txt",
         meaning="the same, but bare echoes on 64 connections, one in flight on each: what it sends goes to as many at "
         "once; bare-all on 1,000 connections in turn, 64 in flight: what it sends goes to the same, but what it reads "
         "comes on as many, too, and not on one",
         **relay("song", ADMIN, "--window 64", "--connections 64 --depth 1", of_all="--connections 1000")),
    Case("song-admin-paced", "fanout", script="song-admin.txt",
         meaning="the same at 5,000 messages a second; bare echoes on one connection, bare-all on 1,000 in turn",
         **relay("song", ADMIN, "--rate 5000", ONE, "--rate 5000", of_all="--connections 1000")),
    Case("song-users", "fanout", script="song-users.txt",
         meaning="song-request: messages of 200 bytes from 1,000 Users to the Admin, 1,000 in flight; bare echoes as many, "
         "on 1,000 connections, one fewer than there are",
         **relay("song", USERS, "--window 1000", "--connections 1000", "--depth 1")),
    Case("song-users-paced", "fanout", script="song-users.txt",
         meaning="the same at 5,000 messages a second", **relay("song", USERS, "--rate 5000", "--connections 1000", "--rate 5000")),
    Case("wnet-relay", "fanout", script="wnet-relay.txt",
         meaning="wnet: messages of 200 bytes from 1,000 clients, each to a bot of its own, 1,000 in flight; bare echoes as "
         "many on 1,000 connections, one in flight on each; bare-all on 2,000 in turn, as many as wnet has",
         **relay("wnet", PAIRS, "--window 1000", "--connections 1000", "--depth 1",
                 of_all="--connections 2000 --sources 32")),
    Case("wnet-relay-paced", "fanout", script="wnet-relay.txt",
         meaning="the same at 5,000 messages a second",
         **relay("wnet", PAIRS, "--rate 5000", "--connections 1000", "--rate 5000",
                 of_all="--connections 2000 --sources 32")),
    Case("wnet-search", "ask", SEARCH,
         "20 of the 19,000 bots of wnet, with names of 18 letters, search one after another; 1,000 are found",
         servers=("wnet",), script="wnet-search.txt", unit="request", **TWICE),
    Case("wnet-search-one", "ask", SEARCH,
         "the same; one is found", servers=("wnet",), script="wnet-search-one.txt", unit="request", **TWICE),
    Case("wnet-search-none", "ask", SEARCH,
         "the same; none is found", servers=("wnet",), script="wnet-search-none.txt", unit="request", **TWICE),
    Case("vk-send", "echo", f"--connections 100 --depth 1 {POSTS} --size 200 --drain 10",
         "send_msg over HTTP, 100 connections that are kept, one request of 200 bytes in flight on each, answered when the "
         "message is on the disk; sqlite is SQLite alone with as many rows in a transaction as vkchat had",
         servers=("flask", "node-http", "node-batched", "vkchat", "sqlite"), script="vk-send.txt", unit="request",
         keeps="messages", compares_rates=True, **MOST),
    Case("vk-send-websocket", "echo", "--connections 100 --depth 1 --size 200",
         "the same over WebSocket; bare echoes as long messages, and keeps nothing",
         servers=("bare", "vkchat"), script="vk-send.txt", unit="request", keeps="messages", compares_rates=True, **MOST),
    Case("vk-follow", "fanout", "--connections 1000 --sources 64 --publishers 1 --apart --rate 60",
         "60 messages a second, kept, to 999 who follow a dialog; bare is the echo plugin's room, with messages as long",
         servers=("bare", "vkchat"), script="vk-follow.txt", sizes={"bare": 200, "vkchat": 200}, least_seconds=4, warmup=2,
         **MOST),
    Case("vk-get-msg", "ask", f"--connections 1 {POSTS}", "get_msg of 1,000 messages of 100 characters, one request after "
         "another on one connection; fixed is a plugin in C that answers with the same bytes, whatever is asked",
         question=f'{{"cmd":"get_msg","id_dialog":{ASKED_FOR}}}', **WHOLE),
    Case("vk-get-users", "ask", f"--connections 1 {POSTS}", "get_users of 10,000, the ages of half of them computed",
         question='{"cmd":"get_users"}', **WHOLE),
]


def named(names):
    """The cases of these names, in their order; raises LookupError."""
    found = []
    for name in names:
        matching = [case for case in ALL if case.name == name]
        if not matching:
            raise LookupError(f"unknown case \"{name}\"; there are: {', '.join(case.name for case in ALL)}")
        found += matching
    return found
