"""What is measured. A new case is one more line here."""

from dataclasses import dataclass


IDLE_ROUNDS = 2

HANDSHAKES = "--connections 50 --sources 4 --size 200"
SILENCE = "--connections 10000 --sources 4 --settle 1"


@dataclass(frozen=True)
class Case:
    name: str
    mode: str  # of load: echo, fanout, visit, idle
    options: str  # of load
    meaning: str
    is_secure: bool = False  # over TLS
    is_compressed: bool = False  # with permessage-deflate
    resumes: bool = False  # TLS sessions

    @property
    def path(self):
        return "/room" if self.mode == "fanout" else "/echo"

    @property
    def is_idle(self):
        return self.mode == "idle"

    @property
    def unit(self):
        """What is counted."""
        return "handshake" if self.mode == "visit" else "message"

    def rounds(self, wanted):
        """Memory is nearly the same each time, and ten thousand TLS handshakes take long."""
        return min(wanted, IDLE_ROUNDS) if self.is_idle else wanted


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
         "50 clients connect, upgrade, get one message back, say Close and hear it, and begin again"),
    Case("handshake-tls", "visit", HANDSHAKES,
         "the same over TLS 1.3 with X25519 and a certificate on P-256, each time in full", is_secure=True),
    Case("handshake-resumed", "visit", HANDSHAKES,
         "the same with the TLS session resumed each time", is_secure=True, resumes=True),
    Case("idle", "idle", SILENCE,
         "10,000 connections that are silent"),
    Case("idle-tls", "idle", SILENCE,
         "the same over TLS", is_secure=True),
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
