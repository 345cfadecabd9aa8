"""What is measured. A new case is one more line here."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    name: str
    mode: str  # of load: echo, fanout, idle
    options: str  # of load
    meaning: str

    @property
    def path(self):
        return "/room" if self.mode == "fanout" else "/echo"

    @property
    def is_idle(self):
        return self.mode == "idle"


ALL = [
    Case("echo", "echo", "--connections 100 --depth 1 --size 200",
         "100 connections, each with one message of 200 bytes in flight"),
    Case("echo-pipelined", "echo", "--connections 100 --depth 16 --size 200",
         "the same with 16 in flight"),
    Case("fanout", "fanout", "--connections 1000 --publishers 1 --window 4 --size 200",
         "each message of one publisher goes to 1,000 subscribers, 4 in flight"),
    Case("fanout-paced", "fanout", "--connections 1000 --publishers 1 --rate 60 --size 200",
         "the same at 60 messages a second, whatever the server does"),
    Case("idle", "idle", "--connections 10000 --settle 1",
         "10,000 connections that are silent"),
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
