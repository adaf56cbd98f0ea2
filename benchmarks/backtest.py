"""Backtest of the alarms in worlds whose truth is known: is the crisis found, how late, and what else alarms, at each severity.

    sandbox seed ──► truth.jsonl (the labels are the truth's own) ──► an empty warehouse ──► crisis marts ──► alarm hours ──► episodes
    20 seeds by default; each world has 12 weeks and one crisis of the home bank; the first 28 days are history and not judged

python benchmarks/backtest.py [--seeds 201-220] [--scale 0.2] [--json FILE]

Found: an alarm hour of at least this severity begins inside the crisis; the delay counts from the crisis' first item to the end of that hour, when it
can be known. False: episodes (alarm hours at most six hours apart) of any bank outside the crisis, a month of judged time. No times are asserted.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

sys.path.insert(0, str(Path(__file__).parents[1]))

from settings import load_settings
from tests.marts.compare import fill, read_truth, world_of
from tests.marts.conftest import copied
from warehouse.connection import connect
from warehouse.dbt import run_dbt
from warehouse.embedded import ensure_running, stop
from warehouse.migrate import migrate

REPOSITORY = Path(__file__).parents[1]
LEVELS = (1, 2, 3, 4, 5)
APART = timedelta(hours=6)
HISTORY = timedelta(days=28)
AFTERMATH = timedelta(hours=24)  # what a crisis stirs up belongs to it
MONTH = timedelta(days=30.4375)
ALARMS = "select bank_id, hour_at, max(severity) from marts.mart_crisis_signals where is_alarm group by 1, 2 order by 1, 2"
FIRST = "select min(event_at) from marts.fct_mentions"


@dataclass(frozen=True)
class Outcome:
    """What one world's alarms came to at one severity; `delay_seconds` None: not found."""

    seed: int
    level: int
    delay_seconds: float | None
    false_episodes: int
    months: float


def outcomes(seed: int, scale: float, base: str, home: Path) -> Iterator[Outcome]:
    """One world, generated, loaded and judged at every severity."""
    with tempfile.TemporaryDirectory(dir=home) as folder, copied(base) as url:
        truth = _generate(seed, scale, Path(folder))
        settings = load_settings(REPOSITORY / "config", home=home)
        settings = settings.model_copy(update={"as_of": datetime.fromisoformat(truth["clock"]["end"])})
        fill(url, settings, world_of(settings, read_truth(f"{folder}/truth.jsonl")))
        run_dbt(settings, ["run", "--select", "+mart_crisis_signals"], url=url, as_of=settings.as_of)
        with psycopg.connect(url) as connection:
            alarms = connection.execute(ALARMS.encode()).fetchall()
            first = connection.execute(FIRST.encode()).fetchone()
    assert first is not None
    for level in LEVELS:
        yield judged(seed, level, [(bank, hour) for bank, hour, severity in alarms if severity >= level], truth, first[0] + HISTORY)


def judged(seed: int, level: int, alarms: Sequence[tuple[str, datetime]], truth: dict[str, Any], since: datetime) -> Outcome:
    """The delay of the first alarm inside the crisis, and the episodes outside it, from `since` on."""
    crisis = truth["crisis"]
    starts, ends = (datetime.fromisoformat(crisis[edge]) for edge in ("starts_at", "ends_at"))
    inside = [hour for bank, hour in alarms if bank == crisis["bank"] and starts - timedelta(hours=1) < hour <= ends]
    others = [(bank, hour) for bank, hour in alarms if hour >= since and not (starts - timedelta(hours=1) < hour <= ends + AFTERMATH)]
    episodes = sum(bank != before[0] or hour - before[1] > APART for before, (bank, hour) in zip([("", since), *others], others, strict=False))
    delay = (min(inside) + timedelta(hours=1) - starts).total_seconds() if inside else None
    return Outcome(seed, level, delay, episodes, (datetime.fromisoformat(truth["clock"]["end"]) - since) / MONTH)


def _generate(seed: int, scale: float, folder: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "sandbox", "--generate-only", "--seed", str(seed), "--scale", str(scale), "--banks",
               str(REPOSITORY / "config" / "banks.yml"), "--truth", str(folder)]
    subprocess.run(command, check=True, cwd=REPOSITORY, timeout=600)
    return dict(json.loads((folder / "truth.json").read_text("utf-8")))


def table(found: Sequence[Outcome]) -> Iterator[str]:
    """Markdown: one row a severity."""
    yield "| severity at least | crises found | within 2 hours | median delay, minutes | slowest | false episodes a month |"
    yield "|---|---|---|---|---|---|"
    for level in LEVELS:
        rows = [row for row in found if row.level == level]
        delays = sorted(row.delay_seconds for row in rows if row.delay_seconds is not None)
        false = sum(row.false_episodes for row in rows) / sum(row.months for row in rows)
        told = f"{statistics.median(delays) / 60:.0f} | {delays[-1] / 60:.0f}" if delays else "– | –"
        yield f"| {level} | {len(delays)} of {len(rows)} | {sum(delay <= 7200 for delay in delays)} | {told} | {false:.2f} |"


def main(arguments: Sequence[str] | None = None) -> None:
    """All seeds one after the other, progress on stderr, the table on stdout."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seeds", default="201-220")
    parser.add_argument("--scale", type=float, default=0.2)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args(arguments)
    first, last = map(int, options.seeds.split("-"))
    found: list[Outcome] = []
    with tempfile.TemporaryDirectory(prefix="renown-backtest-") as folder:
        os.chmod(folder, 0o755)
        base = ensure_running(Path(folder))
        try:
            with connect(base) as connection:
                migrate(connection)
            for seed in range(first, last + 1):
                found += outcomes(seed, options.scale, base, Path(folder))
                told = ", ".join(f"{row.level}: {row.delay_seconds}, {row.false_episodes}" for row in found[-len(LEVELS):])
                print(f"seed {seed}: {told}", file=sys.stderr, flush=True)
        finally:
            stop(Path(folder), "immediate")
    print("\n".join(table(found)))
    if options.json:
        options.json.write_text(json.dumps([asdict(row) for row in found], indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
