"""Builds load and the peers into .build-bench, and gets the Debian packages that they need."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from driver.servers import BUILD

SOURCES = Path(__file__).resolve().parents[1]

FLAGS = ["-std=c11", "-D_GNU_SOURCE", "-O3", "-march=native", "-Wall", "-Wextra"]

# Debian package, and a file or command by which one sees that it is there
PACKAGES = {
    "gcc": "gcc",
    "libc6-dev": "/usr/include/stdlib.h",
    "libssl-dev": "/usr/include/openssl/sha.h",
    "libsqlite3-dev": "/usr/include/sqlite3.h",
    "libwebsockets-dev": "/usr/include/libwebsockets.h",
    "zlib1g-dev": "/usr/include/zlib.h",
    "nodejs": "node",
    "libnode-dev": "/usr/include/node/node_api.h",
    "node-ws": "/usr/share/nodejs/ws",
    "openssl": "openssl",
    "util-linux": "taskset",
}

PYTHON = ["flask==3.1.3", "gunicorn==27.0.1"]  # from PyPI
ABI = SOURCES.parent / "Host" / "Interface" / "ABI" / "include"
SHARED = ["-shared", "-fPIC", "-fvisibility=hidden"]

# what is built, from which sources, with which further words
TARGETS = [
    ("load", "load/*.c", ["-lssl", "-lcrypto", "-lz"]),
    ("floor", "peers/floor.c", ["-lcrypto"]),
    ("rows", "peers/rows.c load/measurement.c load/histogram.c", ["-lsqlite3"]),
    ("lws/host", "peers/lws/host.c", ["-lwebsockets", "-ldl"]),
    ("lws/rooms.so", "peers/lws/rooms.c", [*SHARED, "-lwebsockets"]),
    ("store.node", "peers/node/store.c", [*SHARED, "-I/usr/include/node", "-lsqlite3"]),
    ("plugins/libFixed.so", "peers/fixed/fixed.c", ["-shared", "-fPIC", f"-I{ABI}"]),
]


class BuildError(Exception):
    """What is missing or does not compile, and what to do."""


def is_there(sign):
    return Path(sign).exists() if sign.startswith("/") else shutil.which(sign) is not None


def install_packages():
    missing = [package for package, sign in PACKAGES.items() if not is_there(sign)]
    if not missing:
        return
    command = ["apt-get", "install", "-y", "--no-install-recommends", *missing]
    if os.geteuid() != 0:
        command = ["sudo", "-n", *command]
    can_install = shutil.which("apt-get") and shutil.which(command[0])
    if not can_install or subprocess.run(command, stdout=subprocess.DEVNULL).returncode != 0:
        raise BuildError(f"packages are missing; install them with: apt-get install {' '.join(missing)}")


def is_newer(target, sources):
    return target.exists() and all(target.stat().st_mtime > source.stat().st_mtime for source in sources)


def compile_target(name, patterns, words):
    target = BUILD / name
    sources = sorted(source for pattern in patterns.split() for source in SOURCES.glob(pattern))
    if is_newer(target, [file for source in sources for file in source.parent.glob("*.[ch]")]):
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    # Written beside and renamed: a target that exists is whole.
    fresh = target.with_name(target.name + ".new")
    command = ["gcc", *FLAGS, "-o", str(fresh), *map(str, sources), *words]
    if subprocess.run(command).returncode != 0:
        raise BuildError(f"{patterns} does not compile; see the messages above")
    fresh.rename(target)


def build_python():
    """The environment that Flask runs in; raises BuildError."""
    environment = BUILD / "python"
    mark = environment / "wanted"
    if mark.exists() and mark.read_text().split() == PYTHON:
        return
    commands = [[sys.executable, "-m", "venv", "--clear", environment],
                [environment / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check", *PYTHON]]
    if any(subprocess.run(command).returncode != 0 for command in commands):
        raise BuildError(f"no Python environment with {' '.join(PYTHON)}; install python3-venv and see that PyPI can be "
                         "reached, or leave the server flask out by --servers")
    mark.write_text(" ".join(PYTHON))


def build():
    """Brings everything up to date; raises BuildError."""
    install_packages()
    for target in TARGETS:
        compile_target(*target)
