"""Delivery end to end on a mart of our own: files, windows, the ledger, kills, refusals."""

from __future__ import annotations

import csv
import importlib
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from delivery import DeliveryResult, deliver, ledger
from delivery.channels.folder import digest
from settings import ConfigError, RenownError, Settings, load_settings
from settings.loader import REPOSITORY
from warehouse.connection import connect
from warehouse.roles import ensure_groups

MART = """
create table marts.mart_care (
    bank_id text, platform text, period_start date, case_count bigint, response_rate_pct double precision,
    share numeric, last_at timestamptz, is_open boolean, note text, topics text[]);
comment on column marts.mart_care.case_count is 'Cases opened in the period.';
comment on column marts.mart_care.note is '=A comment that is no formula';
insert into marts.mart_care values
    ('velmora', 'x', '2026-03-23', 12, 91.5, 0.25, '2026-03-24 10:00+00', true, '=HYPERLINK("http://evil")', '{a,b}'),
    ('velmora', 'vk', '2026-03-29', 3, null, null, null, false, 'plain, "quoted"', '{}'),
    ('velmora', 'x', '2026-03-30', 99, 1, 1, null, false, 'after the window', '{}'),
    ('velmora', 'x', '2026-03-22', 98, 1, 1, null, false, 'before the window', '{}'),
    ('tarnwick', 'x', '2026-03-24', 97, 1, 1, null, false, 'another bank', '{}');
"""
BATCH = (
    "insert into raw.batches "
    "(batch_id, source_id, platform, mode, status, interval_start, interval_end, items_returned, ended_at) "
    "values (gen_random_uuid(), 'x', 'x', 'backfill', 'success', '2026-03-20', '2026-03-30', 40, now())"
)
SUBSCRIPTION = """
subscriptions:
  - id: care
    department: service_quality
    owner: someone@bank.example
    mart: mart_care
    columns: {columns}
    filters: {filters}
    schedule: "0 7 * * 1"
    window_column: {window_column}
    window_days: 7
    format: {format}
    channel: {{kind: folder, path: {path}}}
"""
OUR_BANK = '[{column: bank_id, op: "=", value: velmora}]'
Configure = Callable[..., Settings]


@pytest.fixture
def mart_url(warehouse_url: str) -> str:
    with connect(warehouse_url) as connection:
        connection.execute(MART.encode())
        connection.execute(BATCH.encode())
        ensure_groups(connection, load_settings(REPOSITORY / "config"))
        connection.execute("select ops.class_mart('mart_care', 'open')")
    return warehouse_url


@pytest.fixture
def configure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Configure:
    """Settings whose subscriptions.yml holds one subscription, with what the test varies."""
    monkeypatch.setenv("RENOWN_AS_OF", "2026-03-30T00:00:00Z")
    folder = tmp_path / "config"
    folder.mkdir()
    for path in (REPOSITORY / "config").glob("*.yml"):
        (folder / path.name).write_bytes(path.read_bytes())

    def build(**given: str) -> Settings:
        values = {
            "columns": "[]",
            "filters": OUR_BANK,
            "format": "xlsx",
            "path": "out",
            "window_column": "period_start",
        } | given
        (folder / "subscriptions.yml").write_text(SUBSCRIPTION.format(**values), "utf-8")
        return load_settings(folder, home=tmp_path / "home")

    return build


def entries(url: str) -> list[tuple[Any, ...]]:
    with connect(url) as connection:
        return connection.execute("select status, row_count, attempts, error, file_name from ops.deliveries").fetchall()


def files(settings: Settings, folder: str = "out") -> list[str]:
    return sorted(path.name for path in (settings.home / folder).rglob("*"))


def execute(url: str, statement: str) -> None:
    with connect(url) as connection:
        connection.execute(statement.encode())


def cells(path: Path, sheet: str = "Data") -> list[tuple[Any, ...]]:
    return list(openpyxl.load_workbook(path)[sheet].iter_rows(values_only=True))


def test_a_spreadsheet_is_typed_filtered_frozen_and_explains_itself(mart_url: str, configure: Configure) -> None:
    settings = configure()
    result = deliver(settings, "care", url=mart_url)
    assert (result.status, result.row_count) == ("sent", 2)
    assert result.file.name == "care_2026-03-23_2026-03-29.xlsx"
    assert (result.window_start, result.window_end) == (
        datetime(2026, 3, 22, 23, tzinfo=UTC),
        datetime(2026, 3, 29, 22, tzinfo=UTC),
    ), "Berlin midnights, over the clock change"
    book = openpyxl.load_workbook(result.file)
    page = book["Data"]
    assert (page.freeze_panes, page.auto_filter.ref) == ("A2", "A1:J3")
    rows = {row[1]: row for row in cells(result.file)[1:]}
    assert rows["x"] == (
        "velmora",
        "x",
        datetime(2026, 3, 23),
        12,
        91.5,
        0.25,
        datetime(2026, 3, 24, 11),
        True,
        '\'=HYPERLINK("http://evil")',
        '["a", "b"]',
    )
    assert rows["vk"][4:7] == (None, None, None), "NULL stays empty, never 0"
    assert all(cell.data_type != "f" for sheet in book for row in sheet.iter_rows() for cell in row), (
        "no cell is a formula"
    )
    definitions = {row[0]: row[1:] for row in cells(result.file, "Definitions")[1:]}
    assert definitions["case_count"] == ("case_count", "bigint", "marts.mart_care", "Cases opened in the period.")
    coverage = {row[0]: row[1:] for row in cells(result.file, "Coverage")}
    assert coverage["rows"][0] == "2"
    assert coverage["x"] == (1, 0, 0, 40, 0, 0)
    notes = [row[1] for row in cells(result.file, "Coverage") if row[0] == "note"]
    assert notes[0].startswith("Complete")
    assert notes[1] == "To change or stop this delivery, ask someone@bank.example."
    assert files(settings) == [result.file.name], "nothing else lies in the channel's folder"


def test_a_csv_reads_back(mart_url: str, configure: Configure) -> None:
    result = deliver(configure(format="csv", columns="[note, case_count, is_open, last_at]"), "care", url=mart_url)
    with result.file.open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file)) == [
            ["note", "case_count", "is_open", "last_at"],
            ['\'=HYPERLINK("http://evil")', "12", "true", "2026-03-24T11:00:00+01:00"],
            ['plain, "quoted"', "3", "false", ""],
            ["# Complete: every source was read without a gap."],
            ["# To change or stop this delivery", " ask someone@bank.example."],
        ]


def test_a_rerun_sends_nothing_and_says_so(mart_url: str, configure: Configure) -> None:
    settings = configure()
    first = deliver(settings, "care", url=mart_url)
    stamp = first.file.stat().st_mtime_ns
    again = deliver(settings, "care", url=mart_url)
    assert (again.status, again.row_count, again.file) == ("already_sent", 2, first.file)
    assert "already sent" in again.note
    assert first.file.stat().st_mtime_ns == stamp
    first.file.unlink()  # the department took the file: still nothing is sent twice
    assert deliver(settings, "care", url=mart_url).status == "already_sent"
    assert files(settings) == []
    assert entries(mart_url) == [("sent", 2, 1, None, first.file.name)]


def test_each_window_is_its_own_delivery(mart_url: str, configure: Configure) -> None:
    settings = configure()
    deliver(settings, "care", url=mart_url)
    earlier = deliver(settings, "care", url=mart_url, window_end=datetime(2026, 3, 23, 6, tzinfo=UTC))
    assert (earlier.status, earlier.row_count, earlier.file.name) == ("sent", 1, "care_2026-03-16_2026-03-22.xlsx")
    assert len(entries(mart_url)) == 2


class Killed(BaseException):
    """Stands for SIGKILL: no handler of ours may catch it."""


@pytest.mark.parametrize("where", ["render", "ledger.rendered", "ledger.handed", "place", "sent"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_anywhere_and_run_again_there_is_one_file_and_one_entry(
    where: str, when: str, mart_url: str, configure: Configure, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = configure()
    module, name = {
        "render": ("delivery.contents", "render"),
        "ledger.handed": ("delivery.ledger", "handed"),
        "ledger.rendered": ("delivery.ledger", "rendered"),
        "place": ("delivery.channels.folder", "place"),
        "sent": ("delivery.ledger", "sent"),
    }[where]
    owner = importlib.import_module(module)
    original = getattr(owner, name)

    def dies(*args: Any, **kwargs: Any) -> None:
        if when == "after":
            original(*args, **kwargs)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(owner, name, dies)
        with pytest.raises(Killed):
            deliver(settings, "care", url=mart_url)
    killed = {path.name: path.stat().st_mtime_ns for path in (settings.home / "out").rglob("*")}
    result = deliver(settings, "care", url=mart_url)
    assert result.status == ("already_sent" if (where, when) == ("sent", "after") else "sent")
    assert files(settings) == ["care_2026-03-23_2026-03-29.xlsx"]
    assert len(cells(result.file)) == 3
    assert [entry[0] for entry in entries(mart_url)] == ["sent"]
    if killed:
        assert result.file.stat().st_mtime_ns == killed[result.file.name], "what had arrived is not sent again"


def test_cut_off_while_copying_leaves_no_half_file(
    mart_url: str, configure: Configure, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = configure()
    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", lambda *_: (_ for _ in ()).throw(Killed()))
        with pytest.raises(Killed):
            deliver(settings, "care", url=mart_url)
    assert files(settings) == [".care_2026-03-23_2026-03-29.xlsx.part"]
    deliver(settings, "care", url=mart_url)
    assert files(settings) == ["care_2026-03-23_2026-03-29.xlsx"]


def test_a_channel_that_is_down_is_noted_and_tried_again(mart_url: str, configure: Configure) -> None:
    settings = configure()
    (settings.home).mkdir(parents=True)
    (settings.home / "out").write_text("a file where the folder should be")
    with pytest.raises(RenownError, match=r"delivery folder .* cannot be written .*: make it writable"):
        deliver(settings, "care", url=mart_url)
    assert entries(mart_url)[0][0] == "failed"
    (settings.home / "out").unlink()
    assert deliver(settings, "care", url=mart_url).status == "sent"
    assert entries(mart_url)[0][::3] == ("sent", None)


def test_two_deliverers_at_once_send_once(mart_url: str, configure: Configure) -> None:
    from concurrent.futures import ThreadPoolExecutor

    settings = configure()
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda _: deliver(settings, "care", url=mart_url), range(4)))
    assert sorted(result.status for result in results) == ["already_sent"] * 3 + ["sent"]
    assert entries(mart_url)[0][2] == 1


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_an_empty_window_tells_nothing_happened_from_no_data_came(
    kind: str, mart_url: str, configure: Configure
) -> None:
    settings = configure(format=kind, filters='[{column: platform, op: "=", value: weibo}]')

    def said(result: DeliveryResult) -> str:
        assert result.row_count == 0
        text = str(cells(result.file)) if kind == "xlsx" else result.file.read_text("utf-8-sig")
        return (
            "nothing"
            if "Nothing happened" in text + "" and "Nothing happened" in result.note
            else ("no data" if "No data came" in text and "No data came" in result.note else text)
        )

    assert said(deliver(settings, "care", url=mart_url)) == "nothing"
    assert said(deliver(settings, "care", url=mart_url, window_end=datetime(2026, 2, 2, tzinfo=UTC))) == "no data"


def test_gaps_make_the_coverage_incomplete(mart_url: str, configure: Configure) -> None:
    execute(mart_url, "update raw.batches set gap = true, gap_reason = 'quota'")
    result = deliver(configure(), "care", url=mart_url)
    assert "Incomplete" in result.note
    with connect(mart_url) as connection:
        assert connection.execute("select coverage ->> 'verdict' from ops.deliveries").fetchall() == [("partial",)]


@pytest.mark.parametrize(
    ("filters", "count"),
    [
        ('[{column: platform, op: in, value: [x, vk]}, {column: bank_id, op: "!=", value: tarnwick}]', 2),
        ('[{column: case_count, op: ">", value: 10}]', 2),
        ('[{column: case_count, op: "<=", value: "12"}]', 2),
        ("[{column: last_at, op: is not null}]", 1),
        ("[{column: is_open, value: true}]", 1),
        ('[{column: period_start, op: ">=", value: 2026-03-29}]', 1),
        ('[{column: note, value: "\' or true --"}]', 0),
    ],
)
def test_filters_are_bound_to_the_column_s_type(filters: str, count: int, mart_url: str, configure: Configure) -> None:
    assert deliver(configure(filters=filters), "care", url=mart_url).row_count == count


@pytest.mark.parametrize(
    ("given", "line", "what"),
    [
        ({"filters": "[{column: bank, value: velmora}]"}, 8, "has no column 'bank': use one of bank_id, platform"),
        ({"columns": "[bank_id, cases]"}, 7, "has no column 'cases'"),
        ({"window_column": "platform"}, 10, "window_column 'platform' is of type text"),
        ({"window_column": "day"}, 10, "has no column 'day'"),
        ({"filters": "[{column: bank_id, op: in, value: velmora}]"}, 8, "'in' needs a list"),
        ({"filters": "[{column: bank_id}]"}, 8, "needs one value"),
        ({"filters": "[{column: case_count, value: many}]"}, 8, "does not fit its column's type"),
        ({"path": "../out"}, 13, "climbs out"),
        ({"path": "a/../../b"}, 13, "climbs out"),
        ({"path": "~root"}, 13, "climbs out"),
        ({"path": "''"}, 13, "climbs out"),
        ({"path": "'out/{subscription.owner}'"}, 13, "nothing fills"),
        ({"path": "'out/{}'"}, 13, "nothing fills"),
        ({"path": "'out/{bank}'"}, 13, "nothing fills"),
        ({"path": "'..\\\\out'"}, 13, "climbs out"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_file_and_line(
    given: dict[str, str], line: int, what: str, mart_url: str, configure: Configure, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError) as caught:
        deliver(configure(**given), "care", url=mart_url)
    assert what in str(caught.value)
    assert str(caught.value).startswith(f"{tmp_path / 'config' / 'subscriptions.yml'}:{line}: ")
    assert not (tmp_path / "home" / "out").exists()


def test_a_path_may_say_whose_and_when(mart_url: str, configure: Configure) -> None:
    result = deliver(configure(path="'{department}/{year}/{month}/{subscription}/{first_day}_{last_day}'"), "care", url=mart_url)
    assert result.file.parent.as_posix().endswith("/service_quality/2026/03/care/2026-03-23_2026-03-29")
    assert result.file.is_file()


def test_a_link_that_leads_out_of_the_home_is_refused(mart_url: str, configure: Configure, tmp_path: Path) -> None:
    settings = configure(path="link/deep")
    settings.home.mkdir()
    (settings.home / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ConfigError, match="leaves the home"):
        deliver(settings, "care", url=mart_url)


def test_an_absolute_folder_is_the_operator_s_choice(mart_url: str, configure: Configure, tmp_path: Path) -> None:
    assert deliver(configure(path=str(tmp_path / "share")), "care", url=mart_url).file.parent == tmp_path / "share"


def test_unknown_subscription_and_missing_mart_say_the_mend(warehouse_url: str, configure: Configure) -> None:
    with pytest.raises(RenownError, match="no subscription 'nobody': use one of care"):
        deliver(configure(), "nobody", url=warehouse_url)
    with pytest.raises(RenownError, match=r"mart marts\.mart_care does not exist: run"):
        deliver(configure(), "care", url=warehouse_url)


def test_the_same_rows_give_the_same_bytes(mart_url: str, configure: Configure) -> None:
    digests = set()
    for _ in range(2):
        result = deliver(configure(), "care", url=mart_url)
        digests.add(digest(result.file))
        execute(mart_url, "delete from ops.deliveries")
    assert len(digests) == 1


def test_the_ledger_keeps_the_file_s_digest(mart_url: str, configure: Configure) -> None:
    result = deliver(configure(), "care", url=mart_url)
    with connect(mart_url) as connection:
        [(kept,)] = connection.execute("select file_sha256 from ops.deliveries").fetchall()
    assert kept == digest(result.file)


def test_the_lock_is_freed_after_a_failure(mart_url: str, configure: Configure) -> None:
    with connect(mart_url) as connection:
        with pytest.raises(RuntimeError), ledger.alone(connection, "care"):
            raise RuntimeError
        held = connection.execute("select count(*) from pg_locks where locktype = 'advisory'").fetchone()
    assert held == (0,)


def test_each_of_eight_departments_has_a_subscription_that_passes_the_check() -> None:
    from cli.findings import Folder
    from cli.rules import subscriptions

    settings = load_settings(REPOSITORY / "config")
    folder = Folder(REPOSITORY / "config", {"subscriptions": settings.subscriptions, "departments": settings.departments})
    subscriptions(folder)
    assert folder.found == []
    listed = settings.subscriptions.subscriptions
    assert {sub.department for sub in listed} == {
        "pr", "marketing", "service_quality", "claims", "internet_bank", "atms", "cards", "hr"}
    assert all(any(c.value == sub.department for c in part.filters if c.column == "department_id") or part.mart not in DEPARTMENTAL
               for sub in listed for part in sub.parts), "a department's numbers are its own"


DEPARTMENTAL = ("mart_topics_daily", "mart_product_feedback", "mart_handled_negative")
