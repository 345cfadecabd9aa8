"""Says on what and when a measurement was made, and whether the machine can make it."""

import os
import platform
import resource
import subprocess
import time

NEEDED_FILES = 10300  # ten thousand connections, and some


class MachineError(Exception):
    """What the machine lacks, and what to do."""


def prepare():
    """Raises the limit of open files, for the servers inherit it; raises MachineError."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most < NEEDED_FILES:
        raise MachineError(f"only {most} open files are allowed; start with: ulimit -Hn 65536")
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    if not {0, 1} <= os.sched_getaffinity(0):
        raise MachineError("two cores, 0 and 1, are needed: one for the server and one for the load")


def processor():
    with open("/proc/cpuinfo") as file:
        for line in file:
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.machine()


def compiler():
    result = subprocess.run(["gcc", "-dumpfullversion"], capture_output=True, text=True)
    return f"gcc {result.stdout.strip()}"


def description(command):
    date = time.strftime("%Y-%m-%d %H:%M")
    return (f"Measured {date} by `{command}` on {os.cpu_count()} cores of {processor()}, "
            f"Linux {platform.release()}, {compiler()}.\n")
