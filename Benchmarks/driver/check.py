"""Checks `load` itself: it has to pass a server that is right, and to notice each way of being wrong."""

import contextlib
import json
import sqlite3
import subprocess
import tempfile
from pathlib import Path

from driver import cases, crowd, keeping
from driver.certificate import Certificate
from driver.faulty import COOKIE, FaultyServer
from driver.faulty_polls import FAULTS, FaultyPolls

USAGE, CONNECTION, JOINING, CONTENT = 1, 2, 3, 4
SCRIPT = """\
# joins, then does so again with every turn
> {"join":"user{i}"}
< {"joined":"user{i}"}
P {"type":"say","text":"{mark}"}
A
> {"join":"asker{i}"}
< {"joined":"asker{i}"}
R
> {"join":"a{i}"}
< {"joined":"a{i}"}
? {"join":"b{i}"}
< {"joined":"b{i}"}
"""

ANSWERED = """\
# a back end, whose number is its value, sends to the others
> {"join":"user{i}"}
< {"joined":"user{i}"}
B
P {"type":"say","number":"{n}","back end":"{v}","text":"{mark}"}
= {"done":true}
"""

ASKED = """\
# asks once, then the same again and again
> {"join":"asker"}
< {"joined":"asker"}
R
? {"join":"asker"}
< {"joined":"asker"}
"""

RELAYED = """\
# says who it is; publishers say to whom they speak, too
> {"join":"{l}"}
< {"joined":"{l}"}
B
> {"join":"{l}"}
< {"joined":"{l}"}
P {"from":"{l}","to":"{r}","text":"{mark}"}
"""

IN_TURN = ["--path", "/echo", "--connections", "4", "--window", "2"]
# Two publishers for two receivers, where the path or the message says for whom it is; one for two in turn; two for one.
BY_PATH = ["--relay", "--path", "/relay/{r}", "--connections", "4", "--publishers", "2", "--window", "8"]
BY_NAME = ["--relay", "--relayed", "--connections", "4", "--publishers", "2", "--window", "8"]
ONE_TO_MANY = ["--relay", "--relayed", "--window", "8"]
MANY_TO_ONE = ["--relay", "--relayed", "--publishers", "2", "--window", "8"]
BOUNCED = ["--bounce", "--relayed", "--publishers", "2", "--window", "8"]
BY_POST = ["--answered", "--values", "--proto", "http"]
ASKED_BY_POST = ["--asked", "--proto", "http"]
ALTERED_WITHIN = [(behaviour, {"altered": 2, "lost": 2}) for behaviour in [
    "altered in the marker", "altered in the padding", "cut short"]]
ALTERED = [*ALTERED_WITHIN, *[(behaviour, {"altered": 2, "lost": 2}) for behaviour in [
    "altered around it", "without a marker"]]]

SMALL, BIG = ["--size", "200"], ["--size", "2048"]  # on both sides of the threshold for compression

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
    ("good", "ask", ["--script"], 0, {}),
    ("good", "fanout", ["--apart"], 0, {}),
    ("good", "fanout", ["--answered", "--control", "--values"], 0, {}),
    ("good", "fanout", ["--answered", "--control", "--values", "--rate", "50"], 0, {}),
    ("good", "fanout", ["--answered", "--apart", "--values"], 0, {}),
    ("lost", "fanout", ["--answered", "--apart", "--values"], CONTENT, {"lost": 2}),
    ("lost", "fanout", ["--answered", "--control", "--values"], CONTENT, {"lost": 2}),
    ("unanswered", "fanout", ["--answered", "--control", "--values"], CONTENT, {"lost": 1}),
    ("answered twice", "fanout", ["--answered", "--control", "--values"], CONTENT, {}),
    ("answered otherwise", "fanout", ["--answered", "--control", "--values"], CONTENT, {"altered": 1}),
    ("framed otherwise", "fanout", ["--answered", "--control", "--values"], CONNECTION, {}),
    ("good", "echo", ["--answered", "--control", "--values", "--depth", "8"], 0, {}),
    ("unanswered", "echo", ["--answered", "--control", "--values", "--depth", "8"], CONTENT, {"lost": 1}),
    ("good", "ask", ["--script", "--rate", "100", "--askers", "3"], 0, {}),
    ("silent once", "ask", ["--script", "--askers", "2"], CONTENT, {"lost": 1}),
    ("silent once", "ask", ["--script", "--rate", "50"], CONTENT, {"lost": 1}),
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
    ("good", "visit", [], 0, {}),
    ("lost", "visit", [], CONTENT, {"lost": 1}),
    ("repeated", "visit", [], CONTENT, {"repeated": 1, "lost": 0}),
    ("altered in the padding", "visit", [], CONTENT, {"altered": 1, "lost": 1}),
    ("deaf to Close", "visit", [], CONNECTION, {"lost": 0}),
    ("gone without Close", "visit", [], CONNECTION, {}),
    ("compressed", "echo", BIG, CONNECTION, {}),
    ("good", "echo", [*BIG, "--deflate"], 0, {}),
    ("good", "fanout", [*BIG, "--deflate"], 0, {}),
    ("good", "echo", ["--size", "65000", "--deflate"], 0, {}),
    ("good", "echo", [*SMALL, "--deflate"], 0, {"packed_share": 0}),
    ("compressed in pieces", "fanout", [*BIG, "--deflate"], 0, {}),
    ("without the extension", "echo", [*BIG, "--deflate"], CONNECTION, {}),
    ("with context promised", "echo", [*BIG, "--deflate"], CONNECTION, {}),
    ("with a window nobody offered", "echo", [*BIG, "--deflate"], CONNECTION, {}),
    ("with a second extension", "echo", [*BIG, "--deflate"], CONNECTION, {}),
    ("uncompressed", "echo", [*BIG, "--deflate"], CONTENT, {"altered": 0, "lost": 0}),
    ("compressed to no less", "echo", [*BIG, "--deflate"], CONTENT, {"altered": 0, "lost": 0}),
    ("badly compressed", "echo", [*BIG, "--deflate"], CONNECTION, {}),
    ("compressed with context", "echo", [*BIG, "--deflate"], CONNECTION, {}),
    ("marked twice", "echo", [*BIG, "--deflate"], CONNECTION, {}),
    ("lost", "fanout", [*BIG, "--deflate"], CONTENT, {"lost": 3}),
    ("altered in the padding", "echo", [*BIG, "--deflate"], CONTENT, {"altered": 1, "lost": 1}),
    ("cut short", "echo", [*BIG, "--deflate"], CONTENT, {"altered": 1, "lost": 1}),
    ("good", "echo", ["--tls"], 0, {}),
    ("good", "echo", ["--tls", "--size", "65000", "--depth", "8"], 0, {}),
    ("good", "fanout", ["--tls", *BIG, "--deflate"], 0, {}),
    ("in pieces", "fanout", ["--tls"], 0, {}),
    ("good", "idle", ["--tls"], 0, {}),
    ("altered in the padding", "echo", ["--tls"], CONTENT, {"altered": 1, "lost": 1}),
    ("ended by Close", "fanout", ["--tls"], CONNECTION, {}),
    ("another's certificate", "echo", ["--tls"], CONNECTION, {}),
    ("TLS 1.2", "echo", ["--tls"], CONNECTION, {}),
    ("good", "visit", ["--tls"], 0, {}),
    ("good", "visit", ["--tls", "--resume"], 0, {}),
    ("lost", "visit", ["--tls", "--resume"], CONTENT, {"lost": 1}),
    ("without tickets", "visit", ["--tls", "--resume"], CONNECTION, {}),
    ("forgetful", "visit", ["--tls", "--resume"], CONNECTION, {}),
    *[(behaviour, "echo", IN_TURN, CONTENT, counts) for behaviour, counts in [
        ("lost", {"lost": 2}), ("repeated", {"repeated": 4, "lost": 0}), ("swapped", {"lost": 2}),
        ("of before", {"repeated": 2, "lost": 2}), ("misdirected", {"altered": 2, "lost": 2}), *ALTERED]],
    ("good", "echo", IN_TURN, 0, {}),
    ("slow", "echo", IN_TURN, 0, {}),
    ("good", "echo", ["--path", "/echo", "--connections", "4", "--window", "4"], 0, {}),
    *[(behaviour, "fanout", way, CONTENT, counts) for way in (BY_PATH, BY_NAME, ONE_TO_MANY) for behaviour, counts in [
        ("lost", {"lost": 2}), ("repeated", {"repeated": 2, "lost": 0}), ("swapped", {"reordered": 2, "lost": 0}),
        ("of before", {"repeated": 2, "lost": 2}), ("misdirected", {"altered": 2, "lost": 2}),
        ("returned", {"altered": 2, "lost": 2}),
        *(ALTERED if way is BY_PATH else ALTERED_WITHIN)]],
    *[("good", "fanout", way, 0, {}) for way in (BY_PATH, BY_NAME, ONE_TO_MANY, MANY_TO_ONE, BOUNCED)],
    *[(behaviour, "fanout", MANY_TO_ONE, CONTENT, counts) for behaviour, counts in [
        ("lost", {"lost": 1}), ("repeated", {"repeated": 1, "lost": 0}), ("returned", {"altered": 1, "lost": 1}),
        ("without a marker", {"lost": 1})]],
    ("misdirected", "fanout", BOUNCED, CONTENT, {"altered": 3, "lost": 3}),
    *[(behaviour, "fanout", BOUNCED, CONTENT, {}) for behaviour in [
        "returned", "lost", "repeated", "of before", "altered in the marker", "altered in the padding", "cut short",
        "without a marker"]],
    ("good", "fanout", [*BOUNCED, "--rate", "50"], 0, {}),
    ("lost", "fanout", [*BY_PATH, "--rate", "200"], CONTENT, {"lost": 2}),
    *[(behaviour, "echo", [*BY_POST, *depth], status, counts) for depth in ([], ["--depth", "8"])
      for behaviour, status, counts in [
        ("good", 0, {}), ("in pieces", 0, {}), ("unanswered", CONTENT, {"lost": 1}), ("answered twice", CONTENT, {}),
        ("answered otherwise", CONTENT, {"altered": 1}), ("altered within", CONTENT, {"altered": 1}),
        *[(behaviour, CONNECTION, {}) for behaviour in [
            "too long", "refused", "without a length", "negative in length", "in chunks", "of another version",
            "ended early"]]]],
    ("cut short", "echo", [*BY_POST, "--depth", "8"], CONTENT, {"altered": 1}),
    ("cut short", "echo", BY_POST, CONTENT, {"lost": 1}),
    ("good", "echo", [*BY_POST, "--tls"], 0, {}),
    ("good", "ask", ASKED_BY_POST, 0, {}),
    ("altered within", "ask", ASKED_BY_POST, CONTENT, {"lost": 1}),
    ("unanswered", "ask", ASKED_BY_POST, CONTENT, {"lost": 1}),
    ("refused", "ask", ASKED_BY_POST, CONNECTION, {}),
    ("good", "fanout", BY_POST, USAGE, {}),
    ("wants a cookie", "echo", ["--cookie", COOKIE], 0, {}),
    ("wants a cookie", "echo", [], CONNECTION, {}),
    ("wants a cookie", "echo", ["--cookie", COOKIE + "!"], CONNECTION, {}),
]


def run(load, server, mode, options, script, certificate):
    connections = 1 if mode in ("echo", "visit") else 3
    values = {
        "--script": ["--script", script], "--answered": ["--script", script.with_name("answered.txt")],
        "--asked": ["--script", script.with_name("asked.txt")],
        "--relayed": ["--script", script.with_name("relayed.txt")],
        "--values": ["--values", script.with_name("values.txt")], "--control": ["--control", str(server.control)],
        "--tls": ["--tls", certificate.certificate],
    }
    options = [word for option in options for word in values.get(option, [option])]
    command = [load, mode, "--port", str(server.port), "--connections", str(connections)]
    command += ["--window", "2"] if mode == "fanout" else []
    command += ["--settle", "0.1", "--warmup", "0.1", "--seconds", "0.3", "--drain", "0.4", *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


def complaints(result, status, counts):
    if result.returncode != status:
        yield f"exit status {result.returncode} instead of {status}: {result.stdout}{result.stderr}"
        return
    if status == USAGE:
        return
    report = json.loads(result.stdout)
    for name, expected in counts.items():
        if report[name] != expected:
            yield f"{report[name]:g} {name} instead of {expected}"
    if status == 0 and report["mode"] != "idle" and report["messages"] < 5:
        yield "hardly any message was measured"
    if status == 0 and report["mode"] == "fanout" and not 0 < report["p50_us"] <= report["p99_last_us"]:
        yield "the last receivers have it before the others"
    if status == 0 and report["mode"] != "idle" and not report["bytes_per_message"] > 0:
        yield "messages without a length"


def omissions(server, options, status):
    """What a good load would have done, by the server's account."""
    if server.behaviour.endswith("in pieces") and server.pongs == 0 and "http" not in options:
        yield "no ping was answered"
    compresses = "--deflate" in options and options[:2] != SMALL
    if status == 0 and bool(server.compressed) != compresses:
        yield f"{server.compressed} messages came compressed"
    if status == 0 and bool(server.resumed) != ("--resume" in options):
        yield f"{server.resumed} TLS sessions were resumed"
    if server.impatient:
        yield f"{server.impatient} connections said more before they were answered"
    if status == 0 and options == IN_TURN:
        deliveries = [member.deliveries for member in server.everybody]
        if min(deliveries) < 0.7 * max(deliveries):
            yield f"the connections do not take turns: {deliveries}"


def expect(load, script, certificate, others, expectation):
    """Plays one expectation; returns whether it held."""
    behaviour, mode, options, status, counts = expectation
    shown = others if behaviour == "another's certificate" else certificate
    server = FaultyServer(behaviour, shown if "--tls" in options else None, "--deflate" in options)
    found = list(complaints(run(load, server, mode, options, script, certificate), status, counts))
    found += omissions(server, options, status)
    server.close()
    print("FAILED" if found else "held  ", mode, behaviour, *options, "; ".join(found), flush=True)
    return not found


def expect_of_crowd(behaviour):
    """Plays with a server that is asked by very many bots; returns whether what had to be noticed was."""
    count = crowd.SOCKETS * crowd.AT_ONCE
    server, found = FaultyPolls(behaviour, count), "nothing"
    try:
        with crowd.Crowd(server.port, count, patience=1) as bots:
            bots.keep()
    except crowd.CrowdError as error:
        found = str(error)
    server.close()
    holds = (found == "nothing") == (behaviour == "good")
    print("held  " if holds else "FAILED", "search", behaviour, f"noticed {found[:100]}" if not holds else "", flush=True)
    return holds


def expect_of_store(kept, status):
    """Judges a report of three messages by a store that kept so many texts; returns whether it was judged so."""
    with tempfile.TemporaryDirectory(prefix="patchbay-bench-") as folder:
        path = Path(folder) / "messages.sqlite"
        with contextlib.closing(sqlite3.connect(path)) as rows, rows:
            rows.execute("CREATE TABLE messages (dialog_id, text)")
            rows.executemany("INSERT INTO messages VALUES (?, ?)", kept)
        report = {"good": True, "received": 3}
        keeping.check(keeping.KINDS["messages"], path, report)
    holds = report["good"] == status
    texts = [text for _, text in kept]
    print("held  " if holds else "FAILED", "messages kept:", *texts, report.get("failure", ""), flush=True)
    return holds


def check(load):
    """Plays every expectation; returns whether all of them held."""
    with tempfile.TemporaryDirectory(prefix="patchbay-bench-") as folder:
        script = Path(folder) / "script.txt"
        script.write_text(SCRIPT)
        script.with_name("answered.txt").write_text(ANSWERED)
        script.with_name("asked.txt").write_text(ASKED)
        script.with_name("relayed.txt").write_text(RELAYED)
        script.with_name("values.txt").write_text("first\nsecond\nthird\n")
        others = Path(folder) / "another"
        others.mkdir()
        words = [load, script, Certificate(folder), Certificate(others)]
        held = [expect(*words, expectation) for expectation in EXPECTATIONS]
    dialog = cases.SENT_TO
    for texts, status in [("abc", True), ("ab", False), ("abb", False), ("abcd", False)]:
        held.append(expect_of_store([(dialog, text) for text in texts], status))
    held.append(expect_of_store([(dialog, "a"), (dialog, "b"), (dialog + 1, "c")], False))
    return all(held + [expect_of_crowd(behaviour) for behaviour in ("good", "not added", "closed", *FAULTS)])
