"""Runs one case on one server, and a whole schedule of them in turn."""

import json
import subprocess
import sys
import time

from driver.keeping import KINDS, Keeping, keep_by_sqlite_alone
from driver.servers import BUILD, PEERS, NotOffered, Server, ServerError

LOAD_CORE = "1"
ROWS = 256  # in a transaction of SQLite alone, where the service was not measured before it
DISTURBING_LOAD = 0.25  # cores that others use in the measured time
TRIES = 3
WARMUP = 0.7  # seconds
IDLE_SECONDS = 1  # to hold silent connections; longer shows nothing more


def load(server, mode, *options):
    """Runs `load` against the server as its case says, but for `options`; its report as a dictionary."""
    command = ["taskset", "-c", LOAD_CORE, str(BUILD / "load"), mode, "--port", str(server.port),
               *server.options(), *options, "--pid", ",".join(map(str, server.processes()))]
    command += ["--resume"] if server.case.resumes and mode == "visit" else []
    result = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    lines = result.stdout.splitlines()
    return json.loads(lines[-1]) if lines else {"good": False, "failure": result.stderr.strip()}


def measure_once(case, name, seconds, prepared, before):
    """`before` are the reports of this round so far, by server."""
    warmup, seconds = case.warmup or WARMUP, max(seconds, case.least_seconds)
    try:
        if name == "sqlite":
            service = KINDS[case.keeps].service
            rows = before.get(service, {}).get("rows_per_commit", ROWS)
            return keep_by_sqlite_alone(case.keeps, prepared[service].store, rows, warmup, seconds)
        with Server(name, case, prepared.get(name)) as server:
            if case.is_idle:  # what a server allocates once is not the connections'
                first = "idle" if case.is_chat else "echo"  # guests say nothing
                load(server, first, "--connections", "100", "--warmup", "0.1", "--seconds", "0.3")
                seconds = IDLE_SECONDS
            keeping = Keeping(server) if case.keeps and server.prepared else None
            report = load(server, case.mode_of(name), "--warmup", str(warmup), "--seconds", str(seconds))
            if keeping:
                keeping.complete(report)
            return report
    except NotOffered as error:
        return {"good": False, "offered": False, "failure": str(error)}
    except ServerError as error:
        return {"good": False, "failure": str(error)}


def is_failed(report):
    return not report["good"] and report.get("offered", True)


def disturbance(report):
    """Cores that neither the server nor the load had."""
    return report["other_busy"] + report["stolen"]


class Schedule:
    """Every case on every server in turn, A B C A B C, in as many rounds as asked for.

    A disturbed run is done again, as long as the time limit leaves room for the runs that are still to come.
    """

    def __init__(self, cases, servers, rounds, seconds, limit, prepared):
        self.cases, self.servers, self.rounds, self.seconds = cases, servers, rounds, seconds
        self.prepared = prepared  # what a server begins with, by its name
        self.deadline = time.monotonic() + limit
        self.remaining = sum(case.rounds(rounds) * len(self.having(case)) for case in cases)
        self.longest = 0

    def having(self, case):
        return [name for name in self.servers if name in case.servers and PEERS[name].has(case)]

    def run(self, case):
        """The reports of one case: a list of rounds, each a dictionary by server."""
        rounds, names = [], self.having(case)
        for number in range(1, case.rounds(self.rounds) + 1):
            before = rounds[0] if rounds else {}
            rounds.append({})
            for name in names:
                rounds[-1][name] = self.measure(case, name, number, before.get(name), rounds[-1])
        return rounds

    def measure(self, case, name, number, first, round_so_far):
        self.remaining -= 1
        if first and not first["good"]:  # it failed in the first round: no use in waiting for that again
            return first
        tries = []
        while not tries or (tries[-1]["disturbed"] and len(tries) < TRIES and self.has_time()):
            begin = time.monotonic()
            report = measure_once(case, name, self.seconds, self.prepared, round_so_far)
            self.longest = max(self.longest, time.monotonic() - begin)
            report["disturbed"] = self.is_disturbed(case, report)
            tell(case, name, number, report)
            tries.append(report)
        failed = [report for report in tries if not report["good"]]
        return failed[0] if failed else min(tries, key=disturbance)

    def is_disturbed(self, case, report):
        if case.is_idle or not report["good"]:  # memory does not suffer from others
            return False
        return disturbance(report) > DISTURBING_LOAD

    def has_time(self):
        return time.monotonic() + (self.remaining + 1) * self.longest < self.deadline


def tell(case, name, number, report):
    if is_failed(report):
        text = f"FAILED {report['failure']}"
    elif not report["good"]:
        text = report["failure"]
    elif case.is_idle:
        text = f"{report['memory_per_connection']:.0f} bytes a connection"
    else:
        text = f"{report['messages_per_second']:.0f} {case.unit}s/s "
        text += f"at {report['server_us_per_message']:.2f} us, "
        text += f"busy: server {report['server_busy']:.2f}, load {report['load_busy']:.2f}, "
        text += f"other {disturbance(report):.2f}"
        text += " (disturbed)" if report["disturbed"] else ""
    print(f"{case.name} {number} {name}: {text}", file=sys.stderr, flush=True)
