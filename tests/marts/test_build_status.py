"""marts.mart_build_status: what a SQL reader is told of the build that stands in the tables, and of its gate."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from tests.marts.conftest import Built, copied
from warehouse.connection import connect
from warehouse.dbt import PROJECT
from warehouse.mart_changes import finish, prepare
from warehouse.roles import ensure_bi_reader

GATED = """
insert into quality.results (run_id, layer, suite, expectation, target, severity, success, ran_at)
values (%(run)s, 'marts', 's', 'e', 't', 'batch', %(success)s, (select finished_at from ops.mart_builds) + %(later)s)
"""


@pytest.fixture
def told(built: Built) -> Iterator[Built]:
    """A copy of the built warehouse, which no gate has looked at, with its reader."""
    with copied(built.url) as url:
        with connect(url) as connection:
            ensure_bi_reader(connection, built.settings.home)
        yield Built(url, built.settings, built.world)


def status(url: str) -> dict[str, Any]:
    """The row, as the reader of open marts sees it."""
    with psycopg.connect(url, row_factory=dict_row) as connection:
        connection.execute("set role bi_reader")
        (row,) = connection.execute("select * from marts.mart_build_status").fetchall()
        return row


def gated(url: str, run: str, success: bool, later: timedelta) -> None:
    with connect(url) as connection:
        connection.execute(GATED, {"run": run, "success": success, "later": later})
        connection.commit()


def test_a_reader_sees_whether_the_gate_has_passed(told: Built) -> None:
    row = status(told.url)
    assert (row["as_of"], row["build"], row["gate"], row["is_gated"]) == (told.settings.as_of, "finished", "pending", False)
    gated(told.url, "before", True, -timedelta(seconds=1))
    assert (status(told.url)["gate"], status(told.url)["next_gate"]) == ("pending", "after this build")
    gated(told.url, "refused", False, timedelta(seconds=1))
    assert [status(told.url)[c] for c in ("gate", "is_gated", "failed_check_count")] == ["refused", False, 1]
    gated(told.url, "passed", True, timedelta(seconds=2))
    assert [status(told.url)[c] for c in ("gate", "is_gated", "failed_check_count", "next_gate")] == ["passed", True, 0, "after the next build"]


@pytest.mark.parametrize("whole", [False, True])
def test_a_build_under_way_is_told_and_stops_at_no_reader(told: Built, whole: bool) -> None:
    """A whole build drops schema marts_changes: nothing that readers see may depend on it."""
    gated(told.url, "passed", True, timedelta(seconds=1))
    with connect(told.url, autocommit=True) as connection:
        plan = prepare(connection, PROJECT, told.settings.now(), whole=whole)
        row = status(told.url)
        assert [row[c] for c in ("build", "gate", "is_gated", "finished_at")] == ["building", "pending", False, None]
        finish(connection, PROJECT, plan)
    assert [status(told.url)[c] for c in ("build", "gate")] == ["finished", "pending"], "the gate looked at the build before"
