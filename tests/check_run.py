"""After `make run`: does what it built equal what the sandbox says it must be? Used by the gate: python -m tests.check_run"""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

from settings.home import home_path

RENOWN = str(Path(sys.executable).parent / "renown")


def ask(query: str) -> list[dict[str, str]]:
    """Rows of `renown sql --csv`."""
    result = subprocess.run([RENOWN, "sql", "--csv", query], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    return list(csv.DictReader(io.StringIO(result.stdout)))


def check_counts(truth: dict[str, object]) -> None:
    """Every mention that a complete extraction must show is there, and nothing else."""
    totals = truth["totals"]
    assert isinstance(totals, dict)
    (row,) = ask("select count(*) as n from marts.fct_mentions")
    assert int(row["n"]) == totals["expected_mentions"], f"{row['n']} mentions, the truth has {totals['expected_mentions']}"
    (row,) = ask("select count(*) as n from raw.rejects where resolved_at is null")
    assert row["n"] == "0", f"{row['n']} rejects"


def check_crisis(truth: dict[str, object]) -> None:
    """The crisis is flagged within two hours of its start, and nothing else exceeds severity 2."""
    crisis = truth["crisis"]
    assert isinstance(crisis, dict)
    start = datetime.fromisoformat(crisis["starts_at"])
    rows = ask("select bank_id, hour_at, severity from marts.mart_crisis_signals where severity > 2 order by hour_at")
    assert rows, "the crisis was not flagged"
    hours = [datetime.fromisoformat(row["hour_at"]) for row in rows]
    ends = datetime.fromisoformat(crisis["ends_at"])
    assert start - timedelta(hours=1) < hours[0] <= start + timedelta(hours=1), f"first flagged hour {hours[0]}, start {start}"
    strays = [row for row, hour in zip(rows, hours, strict=True) if row["bank_id"] != crisis["bank"] or not start <= hour <= ends]
    assert not strays, f"{len(strays)} other alarms above severity 2: {strays[:3]}"


def main() -> None:
    """Run all checks on the home that RENOWN_HOME names; exits 1 with the difference."""
    truth = json.loads((home_path() / "sandbox" / "truth.json").read_text("utf-8"))
    failures = 0
    for check in (check_counts, check_crisis):
        try:
            check(truth)
        except AssertionError as error:
            failures += 1
            print(f"{check.__name__}: {error}", file=sys.stderr)
    print(f"{2 - failures} passed, {failures} failed")
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()
