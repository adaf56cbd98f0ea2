"""Several enrichment workers as child processes, each claiming its own batches; they end with their parent.

run_workers ──► python -m nlp.workers (N times; settings and address by environment) ──► counts a line on stdout ──► progress
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from datetime import date
from pathlib import Path
from queue import Queue

from nlp.enrich import ALL, Part, Progress, Tally
from settings import RenownError, Settings, load_settings

ADDRESS, PART = "RENOWN_ENRICH_URL", "RENOWN_ENRICH_PART"
ROOT = Path(__file__).resolve().parent.parent
Event = tuple[int, dict[str, int] | None]


def run_workers(
    settings: Settings,
    url: str,
    limit: int | None,
    processes: int,
    progress: Progress | None,
    part: Part = ALL,
) -> Tally:
    """Run `processes` workers until nothing is left. Raises RenownError where one of them fails; what the others finished stays."""
    shares: list[int | None] = (
        [None] * processes
        if limit is None
        else [limit // processes + (i < limit % processes) for i in range(processes)]
    )
    events: Queue[Event] = Queue()
    children = [_start(settings, url, share, i, events, part) for i, share in enumerate(shares) if share != 0]
    try:
        tallies = _collect(events, len(children), progress)
    finally:
        codes = [_stop(child) for child in children]
    if any(codes):
        raise RenownError(
            f"an enrichment worker ended with exit code {next(code for code in codes if code)}",
            "see its message above; run it again to go on",
        )
    total = Tally()
    for tally in tallies.values():
        total.add(tally)
    return total


def _start(
    settings: Settings, url: str, share: int | None, number: int, events: Queue[Event], part: Part
) -> subprocess.Popen[str]:
    environment = os.environ | {
        ADDRESS: url,
        "RENOWN_CONFIG": str(settings.config_dir),
        "RENOWN_HOME": str(settings.home),
        "PYTHONPATH": str(ROOT),
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }
    if settings.as_of:
        environment["RENOWN_AS_OF"] = settings.as_of.isoformat()
    environment[PART] = json.dumps({"days": part.days and [day.isoformat() for day in part.days], "beside": part.beside})
    command = [sys.executable, "-m", "nlp.workers", *([str(share)] if share is not None else [])]
    child = subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    threading.Thread(target=_listen, args=(child, number, events), daemon=True).start()
    return child


def _listen(child: subprocess.Popen[str], number: int, events: Queue[Event]) -> None:
    for line in child.stdout or ():
        events.put((number, json.loads(line)))
    events.put((number, None))


def _collect(events: Queue[Event], running: int, progress: Progress | None) -> dict[int, Tally]:
    tallies: dict[int, Tally] = {}
    while running:
        number, counts = events.get()
        if counts is None:
            running -= 1
            continue
        tallies[number] = Tally(**counts)
        if progress:
            progress(sum(t.annotated + t.rejected for t in tallies.values()))
    return tallies


def _stop(child: subprocess.Popen[str]) -> int:
    if child.stdin:
        child.stdin.close()
    try:
        return child.wait(timeout=10)
    except subprocess.TimeoutExpired:
        child.kill()
        return child.wait()


def _end_with_parent() -> None:
    """The parent's end closes our stdin: then stop at once; the open batch rolls back."""
    while os.read(0, 1024):  # unbuffered: a buffered read would hold a lock when the interpreter ends
        pass
    os._exit(0)


def main() -> None:
    """The child: work, printing the running totals as one JSON object a batch."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    total = Tally()

    def report(_: int) -> None:
        print(json.dumps(vars(total)), flush=True)

    from nlp.enrich import batches
    from warehouse.connection import connect

    limit = int(sys.argv[1]) if len(sys.argv) > 1 else None
    given = json.loads(os.environ.get(PART, "{}"))
    days = given.get("days")
    part = Part(None if days is None else tuple(map(date.fromisoformat, days)), given.get("beside"))
    with connect(os.environ[ADDRESS]) as connection:
        for tally in batches(connection, load_settings(), limit, part):
            total.add(tally)
            report(0)


if __name__ == "__main__":
    try:
        main()
    except RenownError as error:
        print(error, file=sys.stderr)
        sys.exit(error.exit_code)
