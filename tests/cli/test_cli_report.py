"""`renown report`: which week it is about where nobody says one, and what its file becomes."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from cli.report import _window, write
from settings import Settings
from tests.delivery.digest_facts import facts
from warehouse.connection import connect

TABLE = "create table marts.mart_scorecard (period_type text, period_start date, is_period_over boolean, n bigint)"
ROWS = [("week", date(2026, 3, 9), True, 5), ("week", date(2026, 3, 16), True, 40), ("week", date(2026, 3, 23), True, 0), ("day", date(2026, 3, 23), True, 9),
        ("week", date(2026, 3, 30), False, 7), ("week", date(2026, 4, 6), True, 8)]  # fmt: skip


@pytest.mark.parametrize(("now", "rows", "expected"), [
    (datetime(2026, 4, 1, tzinfo=UTC), ROWS, date(2026, 3, 16)),  # the week before is silent, this one runs, and nobody knows of a later one yet
    (datetime(2026, 3, 22, 12, tzinfo=UTC), ROWS, date(2026, 3, 9)),  # Sunday noon: its week is not over, whatever marts of a later clock say
    (datetime(2026, 3, 22, 23, 30, tzinfo=UTC), ROWS, date(2026, 3, 16)),  # Monday in Berlin
    (datetime(2026, 4, 1, tzinfo=UTC), [("week", date(2026, 3, 16), True, 4), ("week", date(2026, 3, 23), False, 7)], date(2026, 3, 16)),  # built on its Friday
    (datetime(2026, 4, 1, tzinfo=UTC), [], date(2026, 3, 23)),
])  # fmt: skip
def test_the_newest_week_that_is_over_and_has_mentions(warehouse_url: str, settings: Settings, now: datetime, rows: list[object], expected: date) -> None:
    with connect(warehouse_url) as connection:
        connection.execute(TABLE)
        connection.cursor().executemany("insert into marts.mart_scorecard values (%s, %s, %s, %s)", rows)
        window = _window(connection, settings.model_copy(update={"as_of": now}), None)
    assert window.first_day == expected
    assert window.end_day.toordinal() - expected.toordinal() == 7


@pytest.mark.parametrize(("name", "kind"), [("report.html", "html"), ("report.pdf", "pdf"), ("report", "html")])
def test_the_suffix_says_what_the_file_becomes(warehouse_url: str, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, kind: str) -> None:
    monkeypatch.setattr("delivery.digest.gather", lambda *_, **__: facts())
    with connect(warehouse_url) as connection:
        connection.execute(TABLE)
        connection.commit()
        write(connection, settings, tmp_path / name)
    assert (tmp_path / name).read_bytes().startswith(b"%PDF-" if kind == "pdf" else b"<!doctype html>")
    assert [file.name for file in tmp_path.iterdir()] == [name], "nothing half-written stays"
