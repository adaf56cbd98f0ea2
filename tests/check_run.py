"""After `make run`: does what it built equal what the sandbox says it must be? Used by the gate: python -m tests.check_run"""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
from psycopg.rows import dict_row

from settings import load_settings
from settings.home import home_path
from tests.whole.truth import truth_differences
from warehouse import embedded

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


MODELS_AGAINST_TRUTH = """
select bank_id, sum(mention_count) as mentions, sum(positive_count) as positive, sum(neutral_count) as neutral,
       sum(negative_count) as negative from marts.mart_reputation_daily where platform = 'all' and language = 'all' and country = 'all' group by 1 order by 1
"""
CARE_AGAINST_TRUTH = """
select bank_id, sum(case_count) as cases, sum(answered_count) as answered, sum(misdirected_numerator) as misdirected
from marts.mart_customer_care where platform = 'all' and period_type = 'month' group by 1 order by 1
"""


def check_truth(truth: dict[str, object]) -> None:
    """In a copy of the warehouse: with the truth's labels as human labels, every number of three marts equals the truth.

    Prints the difference that the models alone make.
    """
    home, settings = home_path(), load_settings()
    with embedded.running(home) as url:
        base = url.rsplit("/", 1)[0]
        with psycopg.connect(base + "/postgres", autocommit=True) as connection:
            connection.execute("drop database if exists truth with (force)")
            connection.execute("create database truth template renown")
        items = [json.loads(line) for line in (home / "sandbox" / "truth.jsonl").read_text("utf-8").splitlines()]
        models = [_figures(url, query) for query in (MODELS_AGAINST_TRUTH, CARE_AGAINST_TRUTH)]
        try:
            differing = truth_differences(settings, f"{base}/truth", items)
            known = [_figures(f"{base}/truth", query) for query in (MODELS_AGAINST_TRUTH, CARE_AGAINST_TRUTH)]
        finally:
            with psycopg.connect(base + "/postgres", autocommit=True) as connection:
                connection.execute("drop database if exists truth with (force)")
    for by_models, by_truth in zip(models, known, strict=True):
        _print_differences(by_models, by_truth)
    assert not differing, f"{len(differing)} cells differ from the truth: {differing[:5]}"
    unlike = _unlike(models[0], known[0], "mentions") + _unlike(models[1], known[1], "misdirected")
    assert not unlike, f"names are found otherwise than the truth has them: {unlike}"


def _unlike(models: list[dict[str, object]], truth: list[dict[str, object]], name: str) -> list[str]:
    """Banks whose figure, which rests on names and handles alone, is more than 0.5 % off the truth."""
    known = {row["bank_id"]: int(str(row[name])) for row in truth}
    return [f"{row['bank_id']} {name} {row[name]} [{known[row['bank_id']]}]" for row in models
            if abs(int(str(row[name])) - known[row["bank_id"]]) > 0.005 * known[row["bank_id"]]]


def _figures(url: str, query: str) -> list[dict[str, object]]:
    with psycopg.connect(url, row_factory=dict_row) as connection:
        return connection.execute(query.encode()).fetchall()


def _print_differences(models: list[dict[str, object]], truth: list[dict[str, object]]) -> None:
    known = {row["bank_id"]: row for row in truth}
    print("models alone (truth in brackets):")
    for row in models:
        print("  " + "  ".join(f"{name} {value} [{known[row['bank_id']][name]}]" if name != "bank_id" else f"{value:14}"
                               for name, value in row.items()))


def main() -> None:
    """Run all checks on the home that RENOWN_HOME names; exits 1 with the difference."""
    os.environ.setdefault("RENOWN_AS_OF", "2026-03-30T00:00:00Z")  # the sandbox's clock
    truth = json.loads((home_path() / "sandbox" / "truth.json").read_text("utf-8"))
    failures = 0
    for check in CHECKS:
        try:
            check(truth)
        except AssertionError as error:
            failures += 1
            print(f"{check.__name__}: {error}", file=sys.stderr)
    print(f"{len(CHECKS) - failures} passed, {failures} failed")
    sys.exit(bool(failures))


CHECKS = (check_counts, check_crisis, check_truth)

if __name__ == "__main__":
    main()
