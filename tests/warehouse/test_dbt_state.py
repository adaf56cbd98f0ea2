"""What dbt parsed is kept for each kind of build, and the clock goes to the server."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import psycopg

from warehouse import dbt


def _parses(work: Path, partial: bool, state: str) -> str | None:
    """What a build of that kind finds parsed, before it leaves `state`."""
    place = work / "target" / "partial_parse.msgpack"
    with dbt._parsed_before(work, partial):
        found = place.read_text() if place.exists() else None
        place.parent.mkdir(exist_ok=True)
        place.write_text(state)
    return found


def test_each_kind_of_build_goes_on_from_its_own_last_one(tmp_path: Path) -> None:
    assert _parses(tmp_path, False, "whole") is None
    assert _parses(tmp_path, True, "partial") == "whole"  # dbt's to refuse
    assert _parses(tmp_path, False, "whole 2") == "whole"
    assert _parses(tmp_path, True, "partial 2") == "partial"
    assert _parses(tmp_path, True, "partial 3") == "partial 2"


def test_the_clock_is_a_setting_of_the_session_and_no_var(warehouse_url: str, tmp_path: Path) -> None:
    clock = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    options = dbt._environment(warehouse_url, clock)["PGOPTIONS"]
    with psycopg.connect(warehouse_url, options=options) as connection:
        assert connection.execute("select current_setting('renown.as_of')::timestamptz").fetchone() == (clock,)
    assert "renown.as_of" not in dbt._environment(warehouse_url, None)["PGOPTIONS"]
    assert "2026" not in str(dbt._command(["run"], tmp_path, partial=False)[3:])
