"""Who is measured: how each server is started. A new server is one more line in PEERS."""

import os
import random
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from driver.cases import SCRIPTED
from driver.certificate import Certificate

PROJECT = Path(__file__).resolve().parents[2]
BUILD = PROJECT / ".build-bench"
SCRIPTS = PROJECT / "Benchmarks" / "scripts"
RELEASE = PROJECT / ".build" / "release"

SERVER_CORE = "0"
MEMORY = Path("/dev/shm")  # ten thousand commits of a preparation need no disk
PLACE = "/var/tmp"  # on a disk, as /tmp may not be

PLUGINS_CONF = """\
state {state};
loops 1;
log error;
plugin_path {plugins};
listen web {{
    address 127.0.0.1:{port};{tls}
}}
limit connections_per_address none;     # the load has few addresses
{service}"""
ECHO = """service echo {{
    plugin    EchoC;
    websocket web /echo;
    websocket web /room room;{compression}
    lane      {lane_of_echo};
    limit     message 1m;
}}
"""
GG = """service gg {{
    plugin    GG;
    websocket web /chat;
    option    history 1000;
    limit     rate 10/s burst 30;
}}
"""
FIRE = """listen control {{ address 127.0.0.1:{control}; }}
service fire {{
    plugin    Fire;
    websocket web /chat;
    stream    control control;
    option    key {key_of_fire};
}}
"""
SONG = """service song {{
    plugin    SongRequest;
    websocket web /chat;
    limit     queries none;
    limit     auth_failures {auth_failures};{lane}
}}
"""
WNET = """service wnet {{
    plugin    Wnet;
    websocket web /chat;
    sockjs    web /polled;
    option    per_address 100000;
    limit     queries none;
    limit     auth_failures {auth_failures};{lane}
}}
"""
VKCHAT = """service vkchat {{
    plugin    VKChat;
    websocket web /chat;
    http      web /tests/endpoint;
    limit     queries none;
    limit     auth_failures {auth_failures};{lane}
}}
"""
FIXED = """service fixed {{
    plugin    Fixed;
    http      web /tests/endpoint;
    option    file {answer};
}}
"""
KEY = "registers-name-spaces"
TLS_CONF = "\n    tls {{ certificate {certificate}; key {key}; }}"
COMPRESSION_CONF = "\n    compression on;"

# zlib's level of Patchbay, for the others as well. So are the rest: no context is kept, from 1,024 bytes on.
LEVEL = "6"


@dataclass(frozen=True)
class Peer:
    """The words that start a server; those that are added for TLS and compression, None if it has it not.

    {port}, {certificate}, {key}, {state}, its folder, and {configuration}, the written PLUGINS_CONF, are put in.
    """

    command: list
    service: str = ECHO  # of Patchbay's
    processes: int = 1  # how many there are when it serves
    lane: str = ""  # if not the usual one: shared of the echo, own of all others
    tls: list | None = None
    compression: list | None = None

    def words(self, case):
        words = list(self.command)
        words += self.tls if case.is_secure else []
        words += self.compression if case.is_compressed else []
        return words

    def has(self, case):
        """Whether it can do what the case asks for, if the case is for it."""
        lacks_tls = case.is_secure and self.tls is None
        lacks_compression = case.is_compressed and self.compression is None
        return not lacks_tls and not lacks_compression


FLOOR, LWS = str(BUILD / "floor"), str(BUILD / "lws" / "host")
NODE = str(PROJECT / "Benchmarks" / "peers" / "node" / "server.js")
PATCHBAY = [str(RELEASE / "patchbay"), "run", "-c", "{configuration}"]
MESSAGES = [str(PROJECT / "Benchmarks" / "peers" / "node" / "messages.js"), "{port}", str(BUILD / "store.node"),
            "{state}/vkchat.sqlite"]
# Two workers, as one core has use for no more, and eight threads each, which were the fastest of 2, 8 and 50.
GUNICORN = [
    str(BUILD / "python" / "bin" / "python"), "-m", "gunicorn", "--bind", "127.0.0.1:{port}", "--workers", "2",
    "--worker-class", "gthread", "--threads", "8", "--keep-alive", "60", "--backlog", "4096", "--graceful-timeout", "1",
    "--no-control-socket", "--chdir", str(PROJECT / "Benchmarks" / "peers" / "flask"),
    "--env", "STORE={state}/vkchat.sqlite", "--env", "PYTHONDONTWRITEBYTECODE=1", "messages:app"]
WORDS = {"tls": ["tls", "{certificate}", "{key}"], "compression": ["deflate", LEVEL]}

PEERS = {
    "floor": Peer([FLOOR, "{port}"]),
    "lws": Peer([LWS, "{port}"], **WORDS),
    "node": Peer(["node", NODE, "{port}"], **WORDS),
    "patchbay": Peer(PATCHBAY, tls=[], compression=[]),
    "bare": Peer(PATCHBAY),  # what the host alone costs, for comparison with gg
    "gg": Peer(PATCHBAY, service=GG),
    "bare-own": Peer(PATCHBAY, lane="own"),
    "bare-all": Peer(PATCHBAY),  # with as many connections as a relay has, or as it writes to
    "fire": Peer(PATCHBAY, service=FIRE),
    "song": Peer(PATCHBAY, service=SONG),
    "song-shared": Peer(PATCHBAY, service=SONG, lane="shared"),
    "wnet": Peer(PATCHBAY, service=WNET),
    "wnet-shared": Peer(PATCHBAY, service=WNET, lane="shared"),
    "flask": Peer(GUNICORN, processes=3),
    "node-http": Peer(["node", *MESSAGES]),
    "node-batched": Peer(["node", *MESSAGES, "batched"]),
    "fixed": Peer(PATCHBAY, service=FIXED),
    "vkchat": Peer(PATCHBAY, service=VKCHAT),
    "sqlite": Peer([str(BUILD / "rows")]),  # no server: see keeping.py
}
NODE_PATH = "/usr/share/nodejs"  # where Debian has ws

# How Patchbay refuses what it cannot do: C103, or a directive that it does not know yet.
NOT_OFFERED = re.compile(r" is not available in this version; |unknown directive \"compression\"")

START_LIMIT = 10  # seconds
STOP_LIMIT = 5


class ServerError(Exception):
    """A server that cannot be started: what is wrong and what to do."""


class NotOffered(ServerError):
    """The server is right, but cannot do what the case asks for."""


def check(names, cases):
    """Raises ServerError for a server that is unknown, or that is not there though one of the cases is for it."""
    for name in names:
        if name not in PEERS:
            raise ServerError(f"unknown server \"{name}\"; there are: {', '.join(PEERS)}")
        program = PEERS[name].command[0]
        if any(name in case.servers for case in cases) and not shutil.which(program):
            raise ServerError(f"{program} is missing; build it with: swift build -c release")


def free_port():
    """A port below the range from which the kernel gives clients theirs."""
    while True:
        port = random.randrange(20000, 32000)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


def parent_of(process):
    try:
        text = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return 0
    return int(text[text.rindex(")") + 2:].split()[1])


def family_of(process):
    """The process and all that came from it: a server may have a supervisor and a worker."""
    parents = {int(entry): parent_of(entry) for entry in os.listdir("/proc") if entry.isdigit()}
    family = [process]
    for member in family:
        family += [child for child, parent in parents.items() if parent == member]
    return family


class Server:
    """One server, started for one run in a folder of its own: `with Server("floor", case) as server`.

    `prepared` has the store that gg or another begins with. The folder lies on a disk, or where `place` says.
    """

    def __init__(self, name, case, prepared=None, place=PLACE):
        self.name, self.case, self.prepared, self.place = name, case, prepared, place
        self.port, self.control = free_port(), free_port()
        self.certificate = None

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="patchbay-bench-", dir=self.place)
        self.state = Path(self.folder.name) / "state"
        self.errors = open(Path(self.folder.name) / "errors", "w+")
        self.process = subprocess.Popen(
            ["taskset", "-c", SERVER_CORE, *self.command()], env={**os.environ, "NODE_PATH": NODE_PATH},
            stdin=subprocess.DEVNULL, stdout=self.errors, stderr=self.errors)
        try:
            self.wait_until_listening()
        except BaseException:
            self.__exit__()
            raise
        return self

    def command(self):
        folder = Path(self.folder.name)
        configuration = folder / "plugins.conf"
        self.state.mkdir(mode=0o700)
        if self.prepared:
            shutil.copy(self.prepared.store, self.state)
        places = {"port": self.port, "configuration": configuration, "state": self.state,
                  "plugins": f"{RELEASE} {BUILD / 'plugins'}"}
        places |= {"control": self.control, "key_of_fire": KEY}
        places["answer"] = self.prepared.answer(self.case) if self.prepared else ""
        if self.case.is_secure:
            self.certificate = Certificate(folder)
            places |= {"certificate": self.certificate.certificate, "key": self.certificate.key}
        places["tls"] = TLS_CONF.format(**places) if self.case.is_secure else ""
        places["compression"] = COMPRESSION_CONF if self.case.is_compressed else ""
        lane = PEERS[self.name].lane
        places |= {"lane_of_echo": lane or "shared", "lane": f"\n    lane      {lane};" if lane else ""}
        places["auth_failures"] = "none" if self.case.logs_in_freely else "10/m"
        places["service"] = PEERS[self.name].service.format(**places)
        configuration.write_text(PLUGINS_CONF.format(**places))
        return [word.format(**places) for word in PEERS[self.name].words(self.case)]

    def wait_until_listening(self):
        deadline = time.monotonic() + START_LIMIT
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                complaint = self.complaint()
                if NOT_OFFERED.search(complaint):
                    raise NotOffered("not offered")
                raise ServerError(f"{self.name} ended at its start: {complaint}")
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                if len(self.processes()) >= PEERS[self.name].processes:
                    return
            except OSError:
                time.sleep(0.02)
        raise ServerError(f"{self.name} does not listen after {START_LIMIT} s: {self.complaint()}")

    def complaint(self):
        self.errors.seek(0)
        lines = self.errors.read().strip().splitlines()
        return lines[-1] if lines else "it said nothing"

    def processes(self):
        return family_of(self.process.pid)

    def options(self):
        """The words of `load` for this server in its case."""
        case = self.case
        words = ["--path", case.path(self.name), *case.options_of(self.name).split()]
        words += ["--size", str(case.sizes[self.name])] if self.name in case.sizes else []
        words += ["--script", str(self.script())] if self.name in SCRIPTED else []
        words += ["--control", str(self.control)] if self.name == "fire" else []
        words += ["--values", str(self.prepared.values)] if self.prepared and self.prepared.values else []
        words += ["--tls", self.certificate.certificate] if case.is_secure else []
        return words + (["--deflate"] if case.is_compressed else [])

    def script(self):
        return self.prepared.script(self.case) if self.case.question else SCRIPTS / self.case.script

    def __exit__(self, *_):
        self.end()
        self.folder.cleanup()

    def end(self):
        if self.errors.closed:
            return
        family = self.processes()
        self.process.terminate()
        try:
            self.process.wait(STOP_LIMIT)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        for child in family[1:]:
            self.end_orphan(child)
        self.errors.close()

    def end_orphan(self, child):
        """Kills a worker that outlived its supervisor, unless its number is another's by now."""
        try:
            words = Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")
            if Path(PEERS[self.name].command[0]).name.encode() in words[0]:
                os.kill(child, signal.SIGKILL)
        except (OSError, ProcessLookupError):
            pass
