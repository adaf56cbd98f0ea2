"""dbt for tests without its start: a process that has imported it forks for each command, as `subprocess.run` would start one.

    tests ──► {"args", "env", "cwd", "out", "err"}, a line a command ──► this process ──► fork: dbt's own command line ──► exit status, a line

Importing dbt takes five seconds of processor time, which a suite pays for each of its builds. The whole world's tests and the `renown` command start dbt as
users do; a command that comes while another runs does so, too. Whatever ends the tests ends both processes here.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any, NoReturn

from settings.loader import REPOSITORY

PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of <sys/prctl.h>


class WarmDbt:
    """In the place of module subprocess in warehouse.dbt: `run` of dbt by the process that has it imported."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._free = threading.Lock()

    def run(self, command: list[str], **given: Any) -> subprocess.CompletedProcess[str]:
        """As subprocess.run of dbt with captured output; anything else, or while another runs, is subprocess.run itself."""
        if not given.get("capture_output") or not self._free.acquire(blocking=False):
            return subprocess.run(command, **given)
        try:
            return self._ask(command, given["env"])
        except BaseException:  # a test that ran out of time leaves a command behind whose status would be taken for the next one's
            self._end()
            raise
        finally:
            self._free.release()

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._process = None

    def _ask(self, command: list[str], env: dict[str, str]) -> subprocess.CompletedProcess[str]:
        if self._process is None or self._process.poll() is not None:
            self._process = subprocess.Popen([sys.executable, "-m", "tests.warm_dbt"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                             cwd=REPOSITORY, preexec_fn=_die_with_parent)
        assert self._process.stdin
        assert self._process.stdout
        with tempfile.TemporaryDirectory(prefix="renown-dbt-") as folder:
            out, err = Path(folder, "out"), Path(folder, "err")
            told = {"args": command[1:], "env": env, "cwd": os.getcwd(), "out": str(out), "err": str(err)}
            self._process.stdin.write(json.dumps(told) + "\n")
            self._process.stdin.flush()
            status = int(self._process.stdout.readline())
            return subprocess.CompletedProcess(command, status, out.read_text("utf-8"), err.read_text("utf-8"))


def serve() -> None:
    """Fork for each line of the standard input until it ends; the status of each goes out as a line."""
    import dbt.adapters.postgres
    import dbt.cli.main  # noqa: F401

    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            _be_dbt(json.loads(line))
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _be_dbt(told: dict[str, Any]) -> NoReturn:
    from dbt.cli.main import cli

    _die_with_parent()
    os.environ.clear()
    os.environ.update(told["env"])
    os.chdir(told["cwd"])
    for number, path in ((0, os.devnull), (1, told["out"]), (2, told["err"])):
        os.dup2(os.open(path, os.O_RDWR | os.O_CREAT), number)
    sys.argv = ["dbt", *told["args"]]
    cli()  # ends this process as it ends dbt's own: by SystemExit, after all that is to be tidied up
    raise SystemExit(0)


def _die_with_parent() -> None:
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(PARENT_DEATH_SIGNAL, signal.SIGKILL)


if __name__ == "__main__":
    serve()
