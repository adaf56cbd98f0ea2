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
insert into quality.results (run_id, layer, suite, expectation, target, severity, success, ran_at, build_finished_at)
select %(run)s, 'marts', 's', 'e', 't', 'batch', %(success)s, finished_at + %(later)s, finished_at - %(earlier)s from ops.mart_builds
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


def gated(url: str, run: str, success: bool, later: timedelta, earlier: timedelta = timedelta()) -> None:
    """A gate that ended so much later than the build that stands there, and looked at one that had come to its end so much earlier."""
    with connect(url) as connection:
        connection.execute(GATED, {"run": run, "success": success, "later": later, "earlier": earlier})
        connection.commit()


def test_a_reader_sees_whether_the_gate_has_passed(told: Built) -> None:
    row = status(told.url)
    assert (row["as_of"], row["build"], row["gate"], row["is_gated"]) == (told.settings.as_of, "finished", "pending", False)
    gated(told.url, "before", True, timedelta(seconds=1), earlier=timedelta(hours=1))
    assert (status(told.url)["gate"], status(told.url)["next_gate"]) == ("pending", "after this build")
    gated(told.url, "refused", False, timedelta(seconds=2))
    assert [status(told.url)[c] for c in ("gate", "is_gated", "failed_check_count")] == ["refused", False, 1]
    gated(told.url, "passed", True, timedelta(seconds=3))
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


def test_an_open_reader_holds_no_build_up_and_sees_one_moment(told: Built) -> None:
    """Who began to read in the middle of a build is told so, also after its end."""
    gated(told.url, "passed", True, timedelta(seconds=1))
    with connect(told.url, autocommit=True) as connection, psycopg.connect(told.url) as reader:
        connection.execute("set lock_timeout = '5s'")
        plan = prepare(connection, PROJECT, told.settings.now())
        reader.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        reader.execute("select count(*) from marts.dim_bank")  # the snapshot
        finish(connection, PROJECT, plan)
        assert reader.execute("select build, is_gated from marts.mart_build_status").fetchall() == [("building", False)]
        finish(connection, PROJECT, prepare(connection, PROJECT, told.settings.now(), whole=True))
