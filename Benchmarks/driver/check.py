"""Checks `load` itself: it has to pass a server that is right, and to notice each way of being wrong."""

import json
import subprocess
import tempfile

from driver.faulty import FaultyServer

CONTENT, CONNECTION, JOINING = 4, 2, 3
SCRIPT = '# joins\n> {"join":"user{i}"}\n< {"joined":"user{i}"}\nP {"type":"say","text":"{mark}"}\n'

# server's behaviour, mode, extra options, exit status, what the report's counts must say
EXPECTATIONS = [
    ("good", "echo", [], 0, {}),
    ("good", "fanout", [], 0, {}),
    ("good", "idle", [], 0, {}),
    ("good", "echo", ["--rate", "200"], 0, {}),
    ("good", "fanout", ["--rate", "50", "--size", "20000"], 0, {}),
    ("in pieces", "fanout", [], 0, {}),
    ("wrapped", "fanout", ["--script"], 0, {}),
    ("wrapped", "fanout", [], CONTENT, {}),
    ("good", "echo", ["--script"], 0, {}),
    ("lost", "echo", ["--depth", "4"], CONTENT, {"lost": 1}),
    ("lost", "fanout", [], CONTENT, {"lost": 3}),
    ("repeated", "echo", [], CONTENT, {"repeated": 1, "lost": 0}),
    ("repeated", "fanout", [], CONTENT, {"repeated": 3, "lost": 0}),
    ("swapped", "echo", ["--depth", "4"], CONTENT, {"reordered": 1, "lost": 0}),
    ("swapped", "fanout", [], CONTENT, {"reordered": 3, "lost": 0}),
    ("of before", "echo", ["--depth", "4"], CONTENT, {"repeated": 1, "lost": 1}),
    ("altered in the marker", "echo", [], CONTENT, {"altered": 1, "lost": 1}),
    ("altered in the padding", "echo", [], CONTENT, {"altered": 1, "lost": 1}),
    ("altered around it", "echo", [], CONTENT, {"altered": 1, "lost": 1}),
    ("without a marker", "fanout", [], CONTENT, {"altered": 3, "lost": 3}),
    ("cut short", "fanout", [], CONTENT, {"altered": 3, "lost": 3}),
    ("masked", "echo", [], CONNECTION, {}),
    ("ended by Close", "fanout", [], CONNECTION, {}),
    ("wrong accept", "idle", [], CONNECTION, {}),
]


def run(load, server, mode, options, script):
    connections = 1 if mode == "echo" else 3
    if "--script" in options:
        options = [*options, script]
    command = [load, mode, "--port", str(server.port), "--connections", str(connections), "--window", "2"]
    command += ["--settle", "0.1", "--warmup", "0.1", "--seconds", "0.3", "--drain", "0.4", *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


def complaints(result, status, counts):
    if result.returncode != status:
        yield f"exit status {result.returncode} instead of {status}: {result.stdout}{result.stderr}"
        return
    report = json.loads(result.stdout)
    for name, expected in counts.items():
        if report[name] != expected:
            yield f"{report[name]:g} {name} instead of {expected}"
    if status == 0 and report["mode"] != "idle" and report["messages"] < 5:
        yield "hardly any message was measured"


def check(load):
    """Plays every expectation; returns whether all of them held."""
    held = True
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as script:
        script.write(SCRIPT)
        script.flush()
        for behaviour, mode, options, status, counts in EXPECTATIONS:
            server = FaultyServer(behaviour)
            found = list(complaints(run(load, server, mode, options, script.name), status, counts))
            if behaviour == "in pieces" and server.pongs == 0:
                found.append("no ping was answered")
            server.close()
            print("FAILED" if found else "held  ", mode, behaviour, *options, "; ".join(found))
            held = held and not found
    return held
