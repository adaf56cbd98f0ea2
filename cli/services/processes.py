"""Start, find and end the processes of one home.

Every process that we start carries RENOWN_SERVICE_OF=<home> in its environment, and so do its children: what a killed
supervisor left behind is found by that mark, never by name. The embedded PostgreSQL is not among them (warehouse.embedded).
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from settings import RenownError
from settings.home import read_home, update_home

MARK = "RENOWN_SERVICE_OF"
MARK_SECONDS = 5.0  # a launched process is found by its mark in well under a millisecond, on a stalled machine in some
GONE_SECONDS = 30.0  # a process that waits for a busy disk ends only after it, SIGKILL or not


@dataclass(frozen=True)
class Service:
    """One long-running process: `name` (its log is logs/<name>.log), command, environment on top of ours, health address."""

    name: str
    command: list[str]
    environment: dict[str, str]
    health_url: str | None = None


def start(home: Path, service: Service) -> int:
    """Start a service of the platform; returns its pid and records it in home.json: where it dies, the platform is not up."""
    pid = launch(home, service)
    known = read_home(home).get("services", {})
    update_home(home, services={**known, service.name: pid})
    return pid


def launch(home: Path, service: Service) -> int:
    """Start a process of this home in a session of its own, output to its log; returns its pid. `renown down` ends it by its mark."""
    log = home / "logs" / f"{service.name}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:  # SPT_NOENV: process titles must not overwrite the environment, where the mark is
        process = subprocess.Popen(
            service.command, stdout=output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, start_new_session=True,
            cwd=home, env={**os.environ, **service.environment, MARK: str(home), "SPT_NOENV": "1"})
    _wait_for_mark(home, process)
    return process.pid


def marked(home: Path) -> list[int]:
    """Pids of every living process that carries this home's mark, ours excluded."""
    others = (entry for entry in Path("/proc").iterdir() if entry.name.isdigit() and int(entry.name) != os.getpid())
    return [int(entry.name) for entry in others if _carries_mark(home, entry)]


def alive(pid: int) -> bool:
    """Whether this process runs (a zombie does not count)."""
    entry = Path("/proc") / str(pid)
    return entry.exists() and not _is_zombie(entry)


def end_all(home: Path, patience_seconds: float = 15.0) -> int:
    """End every marked process: SIGTERM, then SIGKILL for what stays. Returns how many there were."""
    first = marked(home)
    _signal(first, signal.SIGTERM)
    deadline = time.monotonic() + patience_seconds
    while marked(home) and time.monotonic() < deadline:
        reap()
        time.sleep(0.2)
    deadline = time.monotonic() + GONE_SECONDS
    while (left := marked(home)) and time.monotonic() < deadline:  # a dying parent may still have forked
        _signal(left, signal.SIGKILL)
        reap()
        time.sleep(0.1)
    update_home(home, services={})
    return len(first)


@contextlib.contextmanager
def only_one(home: Path) -> Iterator[None]:
    """Hold the home's lock: one starter at a time. Raises RenownError when another holds it."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / "lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RenownError(f"another 'renown run' or 'renown up' works on {home} now",
                              "wait for it, or choose another RENOWN_HOME") from None
        yield


def _wait_for_mark(home: Path, process: subprocess.Popen[bytes]) -> None:
    """Popen returns in the middle of exec, when the kernel has not laid out the new environment yet: /proc shows it as empty."""
    deadline = time.monotonic() + MARK_SECONDS
    while process.poll() is None and not _carries_mark(home, Path("/proc") / str(process.pid)) and time.monotonic() < deadline:
        time.sleep(0.002)


def _carries_mark(home: Path, entry: Path) -> bool:
    with contextlib.suppress(OSError):
        return f"{MARK}={home}".encode() in (entry / "environ").read_bytes().split(b"\0") and not _is_zombie(entry)
    return False


def _is_zombie(entry: Path) -> bool:
    with contextlib.suppress(OSError, IndexError):
        return (entry / "stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    return True


def _signal(pids: list[int], number: signal.Signals) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)


def reap() -> None:
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
