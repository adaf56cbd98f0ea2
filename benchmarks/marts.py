"""Marts: one new day on a short and on a long history, rebuilt in part, against building the whole.

    generate_series ──► core.*, nlp.annotations of the history ──► whole build ──► one more day ──► partial build

python benchmarks/marts.py [--history 200000,1000000] [--day 20000] [--per-day 20000] [--queries] [--home FOLDER [--keep]] [--json FILE]
    the bar's own scale: --history 1000000,10000000 --day 100000 --per-day 10000 (some 70 GB of disk, and hours for the whole build)
    --keep: databases stay in FOLDER; the same command again goes on with a history or a whole build that was interrupted, and where both are there,
    measures one more day behind what is there

Every mention is a brand mention; each day of the history has --per-day (as many as the new one, where it is not given), so a longer history
is more days. Months, phases of campaigns and recovery's 30 days are counted anew around a new day: a short history that is shorter than they are
makes its day cheaper for that reason alone, and --per-day gives both histories more days than that. One in ten is an official account's answer,
a quarter complain, one in eight asks, four in six have a stage of the journey (about as in the sandbox), a third stand in threads of five, authors
are 100,000 people. Processor seconds are those of all the server's processes, from the first to the last model: what to compare on a machine that
others use, too. Beside them the models' seconds by dbt (summed over its two threads) and wall clock, dbt's start included. The data tests, which
look at all rows on purpose, are in none of them.
--queries: the statements of docs/queries.md (or TYPICAL, where there is no such page) on the longest history, the median of five runs each.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import nullcontext, suppress
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import psycopg

from benchmarks import marts_history as history
from benchmarks.marts_history import END
from settings import Settings, load_settings
from settings.loader import REPOSITORY
from warehouse import embedded
from warehouse.config_sync import sync_config
from warehouse.connection import connect
from warehouse.dbt import PROJECT, run_dbt
from warehouse.mart_changes import finish, prepare
from warehouse.migrate import migrate
from warehouse.publish import publish, standing_build

MOST_MS = 300  # the bar of a query
PAGE = REPOSITORY / "docs" / "queries.md"
# What BI asks where there is no such page: trends of cells, a desk's list, single items behind a number.
TYPICAL = {
    "share of voice by month": "select * from marts.mart_share_of_voice where period_type = 'month' and platform = 'all'",
    "reputation, 30 days": "select event_day, sum(mention_count) from marts.mart_reputation_daily where bank_id = 'velmora' and event_day > date '2026-02-10'"
                           " and platform = 'all' and language = 'all' and country = 'all' group by event_day order by event_day",
    "customer care by week": "select * from marts.mart_customer_care where period_type = 'week' and bank_id = 'velmora' order by period_start, platform",
    "topics of a month": "select * from marts.mart_topics_daily where period_type = 'month' and bank_id = 'velmora' order by mention_count desc limit 50",
    "signals of the last day": "select * from marts.mart_crisis_signals where hour_at >= timestamptz '2026-03-11' order by severity desc limit 100",
    "the desk's first 50": "select * from marts.mart_open_cases where bank_id = 'velmora' order by triage_rank limit 50",
    "a day's negative items": "select mention_id, platform, language, engagement from marts.fct_brand_mentions where bank_id = 'velmora'"
                              " and event_day = date '2026-03-10' and sentiment = 'negative' order by engagement desc nulls last limit 100",
    "one author's items": "select count(*) from marts.fct_mentions where platform = 'x' and site = '' and author_id = 'a77'",
    "audience of a month": "select * from marts.mart_audience where period_type = 'month' and bank_id = 'velmora' order by mention_count desc",
    "cases of a week by level": "select handled_level, count(*) from marts.fct_cases where bank_id = 'velmora'"
                                " and opened_day between date '2026-03-02' and date '2026-03-08' group by handled_level",
}  # fmt: skip


def server_cpu(url: str) -> float:
    """User and system seconds that the server's processes have used so far: those that ended are counted by the postmaster, their parent."""
    with connect(url) as connection:
        row = connection.execute("select pg_read_file('postmaster.pid')").fetchone()
    postmaster = int(str(row[0] if row else "").splitlines()[0])
    ticks = 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rsplit(") ", 1)[1].split()
        except (OSError, IndexError):
            continue  # it ended meanwhile
        if int(path.parent.name) == postmaster:
            ticks += sum(int(field) for field in fields[11:15])
        elif int(fields[1]) == postmaster:
            ticks += sum(int(field) for field in fields[11:13])
    return ticks / os.sysconf("SC_CLK_TCK")


def build(settings: Settings, url: str) -> dict[str, Any]:
    """The models without tests: whether in part, seconds of wall clock, of the server's processors and of each model. A whole build that was
    interrupted goes on: its processor time is that of all attempts, the rest that of the last one."""
    began, used = time.monotonic(), server_cpu(url)
    with connect(url, autocommit=True) as connection:
        plan = prepare(connection, PROJECT, settings.now())
        there = [] if plan.partial else sorted(set(history.built(connection)) & {path.stem for path in (PROJECT / "models").rglob("*.sql")})
        left_out = ["--exclude", *there] if there else []
        with nullcontext() if plan.partial else history.processor_time_kept(url, lambda: round(server_cpu(url) - used, 1)):
            run_dbt(settings, ["run", *left_out], url=url, as_of=plan.as_of, partial=plan.partial)
        finish(connection, PROJECT, plan)
        cpu = server_cpu(url) - used if plan.partial else history.processor_time(connection)
    results = json.loads((settings.home / "dbt" / "target" / "run_results.json").read_text("utf-8"))["results"]
    models = {node["unique_id"].split(".")[2]: round(node["execution_time"], 2) for node in results if node["unique_id"].startswith("model.")}
    return {"partial": plan.partial, "wall": round(time.monotonic() - began, 1), "cpu": round(cpu, 1),
            "seconds": round(sum(models.values()), 1), "models": models}


def queries(page: Path = PAGE) -> dict[str, str]:
    """{title: statement}: each SQL block of a page under the nearest heading above it (numbered where one has several); TYPICAL without a page."""
    if not page.exists():
        return TYPICAL
    found: dict[str, str] = {}
    for part in re.split(r"^#+ ", page.read_text("utf-8"), flags=re.MULTILINE)[1:]:
        title, _, text = part.partition("\n")
        for number, block in enumerate(re.findall(r"^```sql\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)):
            found[title.strip() + (f" ({number + 1})" if number else "")] = block.strip().rstrip(";")
    return found


def ask(url: str, repeats: int = 5) -> dict[str, dict[str, Any]]:
    """Each query's median milliseconds, its rows and, where it takes longer than the bar allows, its plan."""
    answers: dict[str, dict[str, Any]] = {}
    with connect(url, autocommit=True) as connection:
        for title, statement in queries().items():
            times = []
            for _ in range(repeats):
                began = time.monotonic()
                rows = connection.execute(statement.encode()).fetchall()
                times.append(1000 * (time.monotonic() - began))
            answers[title] = {"ms": round(median(times), 1), "rows": len(rows)}
            if answers[title]["ms"] > MOST_MS:
                plan = connection.execute(f"explain (analyze, costs off, timing off) {statement}".encode()).fetchall()
                answers[title]["plan"] = [line for (line,) in plan]
    return answers


def measure(url: str, settings: Settings, mentions: int, day: int, per_day: int) -> dict[str, Any]:
    """A whole build of `mentions`, `per_day` a day, in a migrated database, and a partial one of a day of `day` more. What is done already stays."""
    with connect(url) as connection:
        sync_config(connection, settings)
    history.fill(url, mentions, per_day)
    with connect(url) as connection:
        whole = history.told(connection, "whole")
    if not whole:
        _vacuum(url)
        whole = build(settings.model_copy(update={"as_of": END}), url)
        with connect(url) as connection:
            history.tell(connection, "whole", whole)
    return {"history": mentions, "whole": whole, "day": _new_day(url, settings, -(-mentions // per_day) * per_day, day)}


def _new_day(url: str, settings: Settings, first: int, day: int) -> dict[str, Any]:
    """The build of a day behind all that is there; of the last one, where that was loaded and not built."""
    with connect(url) as connection:
        days = history.days_done(connection)
        if days and not history.told(connection, f"day {days - 1}"):
            days -= 1
        else:
            history.tell(connection, f"day {days}", {})
            history.load(connection, first + days * day, day, day, END + timedelta(days=days))
    _vacuum(url)
    built = build(settings.model_copy(update={"as_of": END + timedelta(days=days + 1)}), url)
    with connect(url) as connection:
        history.tell(connection, f"day {days}", built)
    return built


def run(home: Path, histories: Sequence[int], day: int, *, per_day: int = 0, asked: bool = False, keep: bool = False) -> dict[str, Any]:
    """A database a history, on the server of `home`: a fresh one that is dropped, or one to `keep`; `asked`: the queries, too, on the last one."""
    base = embedded.ensure_running(home).rsplit("/", 1)[0]
    runs: list[dict[str, Any]] = []
    answers: dict[str, dict[str, Any]] = {}
    for mentions in histories:
        name = f"bench_marts_{mentions}_{per_day or day}"
        settings = load_settings(REPOSITORY / "config", home=home / name)
        if not keep:
            _say(base, f"drop database if exists {name} with (force)")
        with suppress(psycopg.errors.DuplicateDatabase):
            _say(base, f"create database {name}")
        with connect(f"{base}/{name}") as connection:
            migrate(connection)
        runs.append(measure(f"{base}/{name}", settings, mentions, day, per_day or day))
        if asked and mentions == histories[-1]:
            publish(f"{base}/{name}", standing_build(f"{base}/{name}"))  # two questions are of what was published
            answers = ask(f"{base}/{name}")
        if not keep:
            _say(base, f"drop database {name} with (force)")
    return {"day": day, "per_day": per_day or day, "runs": runs, "queries": answers}


def table(result: dict[str, Any]) -> str:
    """The figures, and the models that cost most of the last new day."""
    lines = ["| history | whole: CPU s (models s, wall s) | one new day: CPU s (models s, wall s) | whole ÷ day, CPU |", "|---|---|---|---|"]
    for r in result["runs"]:
        whole, day = r["whole"], r["day"]
        lines.append(f"| {r['history']:,} | {whole['cpu']} ({whole['seconds']}, {whole['wall']}) | {day['cpu']} ({day['seconds']}, {day['wall']})"
                     f" | {whole['cpu'] / day['cpu']:.1f} |")
    first, last = result["runs"][0]["day"], result["runs"][-1]["day"]
    lines.append(f"\none new day, longest ÷ shortest history: CPU {last['cpu'] / first['cpu']:.2f}, models {last['seconds'] / first['seconds']:.2f};"
                 " models' seconds (the whole of the longest beside them):")
    whole = result["runs"][-1]["whole"]["models"]
    for model, seconds in sorted(last["models"].items(), key=lambda item: -item[1])[:20]:
        lines.append(f"  {model}: {first['models'][model]} → {seconds} ({whole[model]})")
    for title, answer in result["queries"].items():
        lines += [f"  {answer['ms']} ms, {answer['rows']} rows: {title}", *(f"      {line}" for line in answer.get("plan", ()))]
    return "\n".join(lines)


def _vacuum(url: str) -> None:
    with connect(url, autocommit=True) as connection:
        connection.execute("vacuum analyze")


def _say(base: str, *statements: str) -> None:
    with psycopg.connect(base + "/postgres", autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--history", default="200000,1000000")
    parser.add_argument("--day", type=int, default=20_000)
    parser.add_argument("--per-day", type=int, default=0)
    parser.add_argument("--queries", action="store_true")
    parser.add_argument("--home", type=Path)
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="renown-bench-marts-") as folder:
        home = given.home or Path(folder)
        home.chmod(0o755)
        result = run(home, [int(number) for number in given.history.split(",")], given.day, per_day=given.per_day, asked=given.queries, keep=given.keep)
        if not given.home:
            embedded.stop(home, "fast")
    print(table(result))
    if given.json:
        given.json.write_text(json.dumps(result, indent=1), "utf-8")


if __name__ == "__main__":
    main()
