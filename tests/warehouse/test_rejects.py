"""Rejects that were overtaken: by the item itself, understood later in whatever bytes; never by what was there before."""

from __future__ import annotations

from typing import Any

import psycopg

from tests.warehouse.test_landing import connection, entry, opened, rows
from warehouse.landing_rows import Entry
from warehouse.rejects import settle_all, settle_rejects

__all__ = ["connection"]
OPEN = "select native_id from raw.rejects where resolved_at is null order by reject_id"


def bad(native_id: str, body: bytes = b"{}") -> Entry:
    return Entry("x", "", "post", native_id, body, reason="missing text")


def test_an_item_that_is_understood_later_resolves_its_reject(connection: psycopg.Connection[Any]) -> None:
    batch = opened(connection)
    batch.page([bad("1", b"1"), bad("2", b"2"), bad("", b"no id")])
    batch.page([entry("1")])
    batch.finish("success")
    assert settle_rejects(connection, "s") == 1
    assert rows(connection, OPEN) == [("2",), (None,)]
    assert rows(connection, "select native_id, body from raw.rejects where resolved_at is not null") == [("1", b"")]
    opened(connection).page([bad("1", b"1")])
    assert rows(connection, "select body from raw.rejects where native_id = '1'") == [(b"1",)], "come again, it can be read again"


def test_what_was_there_before_a_reject_does_not_resolve_it(connection: psycopg.Connection[Any]) -> None:
    batch = opened(connection)
    batch.page([bad("9", b"9")])
    batch.page([entry("1", "as it was")])
    batch.page([bad("1", b"its edit, which nobody understood")])
    batch.finish("success")
    assert settle_rejects(connection, "s") == 0
    assert rows(connection, OPEN) == [("9",), ("1",)]


def test_a_run_that_died_is_made_up_for_by_the_next_and_other_sources_do_not_count(connection: psycopg.Connection[Any]) -> None:
    batch = opened(connection)
    batch.page([bad("1", b"1"), bad("2", b"2")])
    batch.finish("success")
    batch = opened(connection)
    batch.page([entry("1")])
    batch.finish("failed")
    batch = opened(connection, source="other")
    batch.page([entry("2")])
    batch.finish("success")
    opened(connection).finish("success")
    assert settle_all(connection) == 1
    assert rows(connection, OPEN) == [("2",)]
    assert settle_all(connection) == 0


def test_a_page_that_could_not_be_read_is_left_to_the_next_success(connection: psycopg.Connection[Any]) -> None:
    batch = opened(connection)
    batch.reject_page(b"<html>", "not JSON")
    batch.page([entry("1")])
    batch.finish("failed")
    assert settle_rejects(connection, "s") == 0
    opened(connection).finish("success")
    assert rows(connection, "select resolved_at is null, body from raw.rejects") == [(False, b"")]


def test_a_reject_that_comes_again_is_open_again(connection: psycopg.Connection[Any]) -> None:
    opened(connection).page([bad("1")])
    connection.execute("update raw.rejects set resolved_at = clock_timestamp()")
    connection.commit()
    again = opened(connection, source="s")
    again.page([bad("1")])
    assert rows(connection, "select batch_id, resolved_at from raw.rejects") == [(again.batch_id, None)]
