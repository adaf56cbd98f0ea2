"""Eight departments' subscriptions and the digest, by a real Airflow over the sandbox's twelve weeks, backfilled tick by tick.

    renown up ──► extract, enrich, marts ──► backfill of each deliver__<id> ──► ledger complete, files open in their own readers, totals equal the marts

Minutes: RENOWN_DELIVERIES_HOME names a sandbox's home whose marts stand (`make run` leaves one), and RENOWN_DELIVERIES_WEEKS how many of the last weeks are asked for.
"""

from __future__ import annotations

import csv
import importlib.util
import itertools
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import openpyxl
import psycopg
import pyarrow.parquet
import pytest
import yaml

from cli.services.airflow import Api
from cli.services.processes import marked
from delivery.words import heading
from settings.loader import REPOSITORY
from tests.delivery.postbox import Postbox, smtp_server
from tests.whole import runner
from warehouse import embedded

pytestmark = [pytest.mark.slow, pytest.mark.timeout(5400)]
SCALE = "0.05"
WEEKS = int(os.environ.get("RENOWN_DELIVERIES_WEEKS", "12"))
LAST = date(2026, 3, 30)  # a Monday, which delivers the week before
FIRST = LAST - timedelta(days=7 * (WEEKS - 1))
MONDAYS = [FIRST + timedelta(days=7 * n) for n in range(WEEKS)]
HAS_HYPER = importlib.util.find_spec("tableauhyperapi") is not None
FORMATS = {"marketing_weekly": "json", "claims_weekly": "xlsx", "internet_bank_weekly": "hyper" if HAS_HYPER else "json", "atms_weekly": "parquet"}
TO = ["hr@bank.example", "head@bank.example"]
PAGE = {"id": "week_at_a_glance", "department": "pr", "owner": "press.office@velmora.example", "schedule": "45 7 * * 1", "window": {"unit": "week"},
        "language": "ru", "format": "html", "channel": {"kind": "folder", "path": "deliveries/digest/{year}"}}
PRINT = {**PAGE, "id": "week_in_print", "language": "en", "format": "pdf", "channel": {"kind": "folder", "path": "deliveries/print"}}
DIGESTS = (PAGE, PRINT)
SOURCES = ("extract__x", "extract__vk", "extract__weibo", "extract__forum", "extract__news")
OWN = "bank_id = 'velmora' and "
WEEK = f"{{0}} >= date '{FIRST}' - 7 and {{0}} < date '{LAST}'"
TOTALS = {
    "care_weekly": ("case_count", f"select sum(case_count) from marts.mart_customer_care where {OWN} period_type = 'week' and {WEEK.format('period_start')}"),
    "reputation_weekly": ("mention_count", "select sum(mention_count) from marts.mart_reputation_daily where platform = 'all' and language = 'all'"
                          f" and country = 'all' and {WEEK.format('event_day')}"),
    "atms_weekly": ("mention_count", f"select sum(mention_count) from marts.mart_places where {OWN} kind = 'atm' and period_type = 'week'"
                    f" and {WEEK.format('period_start')}"),
    "marketing_weekly": ("share_of_voice_numerator", "select sum(share_of_voice_numerator) from marts.mart_share_of_voice where period_type = 'week'"
                         f" and {WEEK.format('period_start')}"),
    "claims_weekly": (heading("silent_count", "en"), f"select sum(silent_count) from marts.mart_handled_negative where {OWN} period_type = 'week'"
                      f" and department_id = 'claims' and {WEEK.format('period_start')}"),
    "internet_bank_weekly": ("complaint_count", f"select sum(complaint_count) from marts.mart_product_feedback where {OWN} period_type = 'week'"
                             f" and department_id = 'internet_bank' and {WEEK.format('period_start')}"),
    "cards_weekly": (heading("complaint_count", "en"), f"select sum(complaint_count) from marts.mart_product_feedback where {OWN} period_type = 'week'"
                     f" and department_id = 'cards' and {WEEK.format('period_start')}")}
SCORES = f"select sum(n) from marts.mart_scorecard where {OWN} period_type = 'week' and platform = 'all' and {WEEK.format('period_start')}"


@pytest.fixture(scope="module")
def post() -> Iterator[Postbox]:
    with smtp_server() as box:
        yield box


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ours, in more formats, with the digest as page and as PDF, and one department served by e-mail."""
    folder = tmp_path_factory.mktemp("bank") / "config"
    shutil.copytree(REPOSITORY / "config", folder)
    listed = yaml.safe_load((folder / "subscriptions.yml").read_text("utf-8"))
    for entry in listed["subscriptions"]:
        entry["format"] = FORMATS.get(entry["id"], entry.get("format", "xlsx"))
        if entry["department"] == "hr":
            entry["channel"] = {"kind": "email", "to": TO}
    listed["subscriptions"] += DIGESTS
    (folder / "subscriptions.yml").write_text(yaml.safe_dump(listed, allow_unicode=True), "utf-8")
    return folder


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory, config: Path, post: Postbox) -> Iterator[Path]:
    """The home of a platform whose marts are built and whose every subscription was delivered for each of the weeks."""
    given = os.environ.get("RENOWN_DELIVERIES_HOME")
    home = Path(given) if given else tmp_path_factory.mktemp("whole") / "home"
    try:
        told = _renown(home, config, post, "up")
        assert told.returncode == 0, told.stderr
        api = Api(home)
        api.login()
        assert runner.wait_until(lambda: _is_quiet(api, home), 2400), "the marts were not built"
        _backfill(api, _ids(config))
        yield home
    finally:
        _renown(home, config, post, "down")
        assert not marked(home)


def _ids(config: Path) -> list[str]:
    return [entry["id"] for entry in yaml.safe_load((config / "subscriptions.yml").read_text("utf-8"))["subscriptions"]]


def _backfill(api: Api, ids: list[str]) -> None:
    """Every Monday of every subscription, as an operator asks Airflow for it, and wait for the end."""
    made = []
    for name in ids:
        body = {"dag_id": f"deliver__{name}", "from_date": f"{FIRST}T00:00:00Z", "to_date": f"{LAST}T23:00:00Z", "max_active_runs": 1,
                "run_backwards": False, "reprocess_behavior": "none"}  # fmt: skip
        made.append(api.call("POST", "backfills", json=body)["id"])
    assert runner.wait_until(lambda: all(api.call("GET", f"backfills/{number}")["completed_at"] for number in made), 2400), "the backfills did not end"


def _ledger(home: Path) -> list[tuple[Any, ...]]:
    return _rows(home, "select subscription_id, (window_end at time zone 'Europe/Berlin')::date, status, maybe_duplicate, file_name, row_count from ops.deliveries")


def test_the_ledger_is_complete_and_holds_nothing_twice(up: Path, config: Path) -> None:
    ledger = _ledger(up)
    assert sorted(row[:2] for row in ledger) == sorted((name, monday) for name in _ids(config) for monday in MONDAYS)
    assert {row[2:4] for row in ledger} == {("sent", False)}
    assert not list((up / "outbox").iterdir())


def test_files_open_in_their_own_readers_and_their_totals_are_the_marts(up: Path, config: Path) -> None:
    ledger, apart = _ledger(up), {"hr_weekly", *(digest["id"] for digest in DIGESTS)}
    rows = {name: _opened(up, name, [row for row in ledger if row[0] == name]) for name in _ids(config) if name not in apart}
    for name, (column, total) in TOTALS.items():
        assert sum(float(row.get(column) or 0) for row in rows[name]) == float(_rows(up, total)[0][0] or 0), name
    for name, column in (("reputation_weekly", "mention_count"), ("claims_weekly", heading("silent_count", "en")), ("internet_bank_weekly", "complaint_count")):
        assert sum(float(row.get(column) or 0) for row in rows[name]) > 0, name


def test_each_recipient_of_the_department_by_mail_has_each_week_once(up: Path, post: Postbox) -> None:
    assert sorted(whom for whom, _ in post.received) == sorted(TO * len(MONDAYS))
    assert {mail["X-Renown-Maybe-Duplicate"] for _, mail in post.received} == {None}


def test_what_is_attached_opens_and_its_totals_are_the_marts(up: Path, post: Postbox, tmp_path: Path) -> None:
    for whom in TO:
        rows: list[dict[str, Any]] = []
        for number, mail in enumerate(post.of(whom)):
            [attached] = mail.iter_attachments()
            path = tmp_path / f"{whom}-{number}.xlsx"
            content = attached.get_payload(decode=True)
            assert isinstance(content, bytes)
            path.write_bytes(content)
            rows += _xlsx(path)
        assert sum(float(row.get(heading("n", "en")) or 0) for row in rows) == float(_rows(up, SCORES)[0][0]) > 0


def test_each_page_shows_the_week_s_mentions(up: Path) -> None:
    pages = sorted((up / "deliveries" / "digest").rglob("*.html"))
    assert len(pages) == len(MONDAYS)
    for path, monday in zip(pages, MONDAYS, strict=True):
        assert str(_mentions(up, monday)) in _Words(path.read_text("utf-8")).words, path.name


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="needs pdftotext (Debian: poppler-utils) to read the PDF")
def test_each_pdf_shows_the_week_s_mentions(up: Path) -> None:
    prints = sorted((up / "deliveries" / "print").glob("*.pdf"))
    assert len(prints) == len(MONDAYS)
    for path, monday in zip(prints, MONDAYS, strict=True):
        words = subprocess.run(["pdftotext", path, "-"], capture_output=True, text=True, check=True).stdout.split("\n")
        assert "the week at a glance" in words[0], path.name
        assert f"{_mentions(up, monday):,}" in words, path.name


def _mentions(home: Path, monday: date) -> int:
    """Our mentions of the week before that Monday, by the mart."""
    query = ("select coalesce(sum(mention_count), 0)::bigint from marts.mart_reputation_daily where bank_id = 'velmora' and platform = 'all'"
             f" and language = 'all' and country = 'all' and event_day >= date '{monday}' - 7 and event_day < date '{monday}'")
    return int(_rows(home, query)[0][0])


def _opened(home: Path, name: str, entries: list[tuple[Any, ...]]) -> list[dict[str, Any]]:
    """All rows of a subscription's files, by the reader of their format; each file has as many as the ledger says."""
    found: list[dict[str, Any]] = []
    for *_, file, count in entries:
        [path] = (home / "deliveries").rglob(file)
        rows = READERS[path.suffix](path)
        assert len(rows) == count, file
        found += rows
    return found


def _csv(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [row for row in csv.DictReader(file) if not str(next(iter(row.values()))).startswith("#")]


def _xlsx(path: Path) -> list[dict[str, Any]]:
    book, rows = openpyxl.load_workbook(path), list[dict[str, Any]]()
    about = {sheet["A1"].value for sheet in book.worksheets[-2:]}
    assert len(about) == 2
    for sheet in book.worksheets[:-2]:
        first, *rest = sheet.iter_rows(values_only=True)
        rows += [dict(zip(first, row, strict=True)) for row in rest if not _is_notice(row, rest)]
    return rows


def _is_notice(row: tuple[Any, ...], rows: list[tuple[Any, ...]]) -> bool:
    """Whether it says in words why there are no rows."""
    return len(rows) == 1 and str(row[0]).startswith(("Nothing happened", "No data came"))


def _json(path: Path) -> list[dict[str, Any]]:
    told = json.loads(path.read_text("utf-8"))
    return [row for part in told["extracts"] for row in part["rows"]]


def _hyper(path: Path) -> list[dict[str, Any]]:
    from tableauhyperapi import Connection, HyperProcess, Telemetry

    rows: list[dict[str, Any]] = []
    quiet = {"log_config": ""}  # or it leaves its log where it was called
    with HyperProcess(Telemetry.DO_NOT_SEND_USAGE_DATA_TO_TABLEAU, parameters=quiet) as process, Connection(process.endpoint, path) as connection:
        for table in connection.catalog.get_table_names("Extract"):
            if table.name.unescaped == "Delivery":  # what the file says of itself
                continue
            names = [column.name.unescaped for column in connection.catalog.get_table_definition(table).columns]
            rows += [dict(zip(names, row, strict=True)) for row in connection.execute_list_query(f"select * from {table}")]
    return rows


READERS = {".csv": _csv, ".xlsx": _xlsx, ".json": _json, ".parquet": lambda path: pyarrow.parquet.read_table(path).to_pylist(), ".hyper": _hyper}


class _Words(HTMLParser):
    """The words of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.feed(text)

    def handle_data(self, data: str) -> None:
        self.words.append(data.replace("\u00a0", ""))


def _is_quiet(api: Api, home: Path, seconds: int = 20) -> bool:
    """Whether every source was read, the marts hold what came, and nothing has begun again since: waits that long to see."""
    for wait in (0, seconds):
        time.sleep(wait)
        runs = {dag: [run["state"] for run in api.runs(dag)] for dag in ("enrich", "marts", *SOURCES)}
        if not all("success" in runs[source] for source in SOURCES) or {"queued", "running"} & {*itertools.chain(*runs.values())}:
            return False
    return bool(_rows(home, "select max(ran_at) > (select max(loaded_at) from core.mentions) from quality.results where layer = 'marts'")[0][0])


def _rows(home: Path, query: str) -> list[tuple[Any, ...]]:
    with embedded.running(home) as url, psycopg.connect(url) as connection:
        return connection.execute(query.encode()).fetchall()


def _renown(home: Path, config: Path, post: Postbox, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**runner.environment(home, SCALE), "RENOWN_CONFIG": str(config), "RENOWN_HOME": str(home), "RENOWN_SMTP_URL": post.url}
    return subprocess.run([sys.executable, "-m", "cli.main", *arguments], capture_output=True, text=True, cwd=REPOSITORY, env=environment)
