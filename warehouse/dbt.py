"""Run the dbt project against a warehouse.

    Settings (clock, home) + address ──► dbt as a subprocess ──► marts.*
    its run_results.json              ──► RenownError that names the failing nodes

The build holds an advisory lock, so that two builds of one warehouse follow one another instead of meeting half-way.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from settings import RenownError, Settings
from settings.loader import REPOSITORY
from warehouse.connection import SESSION, connect, libpq_environment
from warehouse.mart_changes import finish, prepare

PROJECT = REPOSITORY / "dbt_project"
OURS = " that views may read: "  # names of relations only
FAILED = {"error", "fail", "runtime error"}
WAIT_FOR_OTHER_BUILD = "30min"
LOOKS = ("source", "test", "list", "ls", "show", "compile", "parse", "debug")  # what dbt does without writing a model
PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of <sys/prctl.h>


def build_marts(settings: Settings, url: str, *, whole: bool = False) -> None:
    """Build and test the models as of the settings' clock: what changed since the last build, or the `whole`.

    Raises RenownError with the failing nodes' names; the next build then goes on from what this one left.

    Unit tests of the models' logic are left out: they need no data, and the suite runs them.
    """
    with connect(url, autocommit=True) as connection:
        connection.execute(f"set lock_timeout = '{WAIT_FOR_OTHER_BUILD}'".encode())
        try:
            connection.execute("select pg_advisory_lock(hashtext('renown.marts'))")
        except psycopg.errors.LockNotAvailable:
            raise RenownError(f"another build of the marts has been running for {WAIT_FOR_OTHER_BUILD}",
                              "wait for it or stop it, then run again") from None
        plan = prepare(connection, PROJECT, settings.now(), whole=whole)
        run_dbt(settings, ["build", "--exclude-resource-type", "unit_test"], url=url, as_of=plan.as_of, partial=plan.partial)
        finish(connection, PROJECT, plan)


def run_dbt(settings: Settings, args: list[str], *, url: str, as_of: datetime | None, partial: bool = False) -> None:
    """Run `dbt <args>` on the project; target and logs lie under <home>/dbt. Raises RenownError in one line.

    `as_of` is the instant that "now" means in the marts (None: the moment of the build). `partial`: only what
    warehouse/mart_changes.py has prepared is rebuilt.
    """
    work = settings.home / "dbt"
    work.mkdir(parents=True, exist_ok=True)
    results = work / "target" / "run_results.json"
    results.unlink(missing_ok=True)
    with _parsed_before(work, partial):
        process = subprocess.run(_command(args, work, partial), env=_environment(url, as_of, partial), capture_output=True, text=True,
                                 check=False, preexec_fn=_die_with_parent())
    (work / "last_output.log").write_text(process.stdout + process.stderr, "utf-8")
    if process.returncode != 0:
        raise RenownError(_what_failed(results, process.stdout + process.stderr), f"see {work / 'logs' / 'dbt.log'}")


def refuse_writing(words: Sequence[str]) -> None:
    """Raises RenownError (exit code 2) for a dbt command that writes models: such builds are prepared, locked and published by `build_marts`."""
    if not words or words[0] not in LOOKS:
        raise RenownError(f"`renown dbt {words[0] if words else ''}` is not to be had, only {', '.join(LOOKS)}",
                          "build the marts by `renown run` or the DAG `marts`", exit_code=2)


def look(settings: Settings, words: Sequence[str], url: str) -> int:
    """Run `dbt <words>` against the warehouse, as of the settings' clock, its output going where ours goes; returns its exit code."""
    refuse_writing(words)
    work = settings.home / "dbt"
    work.mkdir(parents=True, exist_ok=True)
    with _parsed_before(work, False):
        return subprocess.run(_command(list(words), work, False), env=_environment(url, settings.now()), check=False,
                              preexec_fn=_die_with_parent()).returncode


@contextlib.contextmanager
def _parsed_before(work: Path, partial: bool) -> Iterator[None]:
    """Each kind of build goes on from what its own last one parsed: dbt keeps one state, and another var voids it (10 s of processor time a build).

    A state of other files, of another database or dbt is dbt's to refuse.
    """
    state, own = work / "target" / "partial_parse.msgpack", work / f"parsed_{'partial' if partial else 'whole'}.msgpack"
    if own.exists():
        state.parent.mkdir(exist_ok=True)
        shutil.copyfile(own, state)
    yield
    if state.exists():
        shutil.copyfile(state, own)


def _command(args: list[str], work: Path, partial: bool) -> list[str]:
    binary = Path(sys.executable).with_name("dbt")
    if not binary.exists():
        raise RenownError(f"dbt is not installed beside {sys.executable}", "install requirements.lock into this environment")
    return [str(binary), "--no-use-colors", "--no-version-check", *args,
            "--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT), "--target-path", str(work / "target"),
            "--log-path", str(work / "logs"), "--vars", json.dumps({"partial": partial})]


def _environment(url: str, as_of: datetime | None, partial: bool = False) -> dict[str, str]:
    """The clock goes to the server (macros/clock.sql), so that dbt need not parse anew where only the hour is another.

    A partial build looks rows up by index: with pages as dear as on a spinning disk, the planner would read whole tables instead.
    """
    clock = f" -c renown.as_of={as_of.astimezone(UTC).isoformat()}" if as_of else ""
    options = f"{SESSION}{clock}{' -c random_page_cost=1.1' if partial else ''}"
    quiet = {"DBT_SEND_ANONYMOUS_USAGE_STATS": "false", "DO_NOT_TRACK": "1", "PGOPTIONS": options}
    return {**os.environ, **libpq_environment(url), **quiet}


def _die_with_parent() -> Callable[[], None] | None:
    """On Linux, a dbt whose caller was killed dies too, so that a retry does not meet it at work."""
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None)
    return lambda: libc.prctl(PARENT_DEATH_SIGNAL, signal.SIGKILL) and None


def _what_failed(results: Path, output: str) -> str:
    """One line: the nodes that failed (a few of them, and how many), or dbt's own first complaint where no node ran."""
    try:
        nodes: list[dict[str, Any]] = json.loads(results.read_text("utf-8"))["results"]
    except (OSError, ValueError, KeyError):
        nodes = []
    broken = [node for node in nodes if node["status"] in FAILED]
    if not broken:
        return f"dbt could not run ({_complaint(output)})"
    names = [f"{node['unique_id'].split('.')[0]} {node['unique_id'].split('.')[2]}{_own_words(node)}" for node in broken]
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return f"dbt: {len(names)} of {len(nodes)} nodes failed: {', '.join(names[:5])}{more}"


def _own_words(node: dict[str, Any]) -> str:
    """What a macro or ops.no_readers complains of, in brackets. Another message of the database is left out: it may quote a row."""
    lines = str(node.get("message") or "").splitlines()
    ours = len(lines) > 1 and (lines[0].startswith("Compilation Error in model") or OURS in lines[1])
    return f" ({lines[1].strip()})" if ours else ""


def _complaint(output: str) -> str:
    lines = [line.split("  ", 1)[-1].strip() for line in output.splitlines()]
    start = next((i + 1 for i, line in enumerate(lines) if "Encountered an error" in line), 0)
    return next((line for line in lines[start:] if line), "no reason given")[:200]
