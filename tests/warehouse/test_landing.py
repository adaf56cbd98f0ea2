"""Landing: one page, one transaction; the same input gives the same rows however often and in whatever order it comes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from settings import RenownError
from warehouse import landing, landing_rows
from warehouse.connection import connect
from warehouse.landing import Landing, advance
from warehouse.landing_rows import Entry

NOW = datetime(2026, 3, 30, tzinfo=UTC)


def mention(native_id: str = "1", text: str = "hello", **changes: Any) -> dict[str, Any]:
    counts = {"likes": 1, "shares": None, "comments": 0, "views": None, "quotes": None} | changes.pop("engagement", {})
    empty = dict.fromkeys((*landing.landing_sql.MENTION_COLUMNS, "deleted"))
    return empty | {
        "platform": "x", "site": "", "kind": "post", "native_id": native_id, "text": text, "author_id": "7", "deleted": False,
        "created_at": "2026-03-01T00:00:00Z", "mentions": [], "hashtags": [], "links": [], "media_count": 0, "truncated": False,
        "engagement": counts,
    } | changes  # fmt: skip


def entry(native_id: str = "1", text: str = "hello", graves: Any = (), **changes: Any) -> Entry:
    made = mention(native_id, text, **changes)
    return Entry("x", "", made["kind"], native_id, json.dumps(made).encode(), mention=made, tombstones=graves)


@pytest.fixture
def connection(warehouse_url: str) -> Iterator[psycopg.Connection[Any]]:
    with connect(warehouse_url) as made:
        yield made


def opened(connection: psycopg.Connection[Any], now: datetime = NOW, source: str = "s", **given: Any) -> Landing:
    made = Landing(connection, source, "x", now, **given)
    made.open(0)
    return made


def rows(connection: psycopg.Connection[Any], query: str) -> list[tuple[Any, ...]]:
    found = connection.execute(query.encode()).fetchall()
    connection.commit()
    return found


def test_a_page_lands_in_every_table(connection: psycopg.Connection[Any]) -> None:
    batch = opened(connection, interval=(NOW - timedelta(days=1), NOW), run_id="r")
    counts = batch.page(
        [entry("1"), entry("2", author_handle="ann")], stream="q", cursor={"watermark": 5}, requests=2, promised=9
    )
    assert (counts.returned, counts.new, counts.known, counts.rejected) == (2, 2, 0, 0)
    result = batch.finish("success")
    assert result["items_promised"] == 9
    assert rows(connection, "select native_id, version, event_at_basis from core.mentions order by 1") == [
        ("1", 1, "created_at"),
        ("2", 1, "created_at"),
    ]
    assert rows(
        connection, "select count(*) from core.mentions where mention_id <> core.mention_id(platform, site, kind, native_id)"
    ) == [(0,)]
    assert rows(connection, "select author_id, handle from core.authors") == [("7", "ann")]
    assert rows(connection, "select likes, shares from core.engagement") == [(1, None), (1, None)]
    assert rows(connection, "select cursor from raw.cursors") == [({"watermark": 5},)]
    assert rows(connection, "select status, requests, items_promised, items_returned, items_new, gap from raw.batches") == [
        ("success", 2, 9, 2, 2, False)
    ]
    payload = rows(connection, "select body, raw.body_json(body) ->> 'text', payload_sha256 from raw.payloads where native_id = '1'")[0]
    assert (payload[1], payload[2]) == ("hello", hashlib.sha256(payload[0]).digest())


def test_the_same_page_again_adds_nothing(connection: psycopg.Connection[Any]) -> None:
    for now in (NOW, NOW, NOW + timedelta(days=1)):
        batch = opened(connection, now)
        batch.page([entry("1"), entry("1"), entry("2")])
        result = batch.finish("success")
        assert result["items_returned"] == result["items_new"] + result["items_known"] + result["items_rejected"]
    for table, expected in (
        ("raw.payloads", 2),
        ("raw.payload_hashes", 2),
        ("core.mentions", 2),
        ("core.engagement", 2),
        ("core.authors", 1),
    ):
        assert rows(connection, f"select count(*) from {table}") == [(expected,)], table


def test_versions_and_engagement_snapshots(connection: psycopg.Connection[Any]) -> None:
    for hour, (text, likes) in enumerate((("a", 1), ("a", 5), ("b", 5), ("a", 5))):
        batch = opened(connection, NOW + timedelta(hours=hour))
        batch.page([entry("1", text, engagement={"likes": likes})])
        batch.finish("success")
    assert rows(connection, "select version, text, first_seen_at from core.mentions order by version") == [
        (1, "a", NOW),
        (2, "b", NOW),
    ]
    assert rows(connection, "select observed_at, likes from core.engagement order by 1") == [
        (NOW, 1),
        (NOW + timedelta(hours=1), 5),
    ]
    assert rows(connection, "select text from core.current_mentions") == [("b",)]


def test_two_versions_in_one_page_are_numbered_in_order(connection: psycopg.Connection[Any]) -> None:
    opened(connection).page([entry("1", "first"), entry("1", "second"), entry("1", "first")])
    assert rows(connection, "select version, text from core.mentions order by version") == [(1, "first"), (2, "second")]


def test_unknown_engagement_is_no_snapshot_and_no_zero(connection: psycopg.Connection[Any]) -> None:
    opened(connection).page([entry("1", engagement={"likes": None, "comments": None})])
    assert rows(connection, "select count(*) from core.engagement") == [(0,)]


def test_a_fuller_answer_fills_what_was_unknown(connection: psycopg.Connection[Any]) -> None:
    batch = opened(connection)
    batch.page([entry("1", author_id=None, created_at=None)])
    assert rows(connection, "select event_at, event_at_basis from core.mentions") == [(NOW, "first_seen")]
    batch.page([entry("1", parent_id="9", author_handle="ann")])
    batch.page([entry("1", parent_id="8", author_handle="bob")])
    found = rows(
        connection,
        "select version, author_id, author_handle, parent_id, event_at_basis, event_at = created_at from core.mentions",
    )
    assert found == [(1, "7", "ann", "9", "created_at", True)]


def test_a_fuller_answer_in_the_same_page_fills_too(connection: psycopg.Connection[Any]) -> None:
    opened(connection).page([entry("1", author_handle=None), entry("1", author_handle="ann")])
    assert rows(connection, "select version, author_handle from core.mentions") == [(1, "ann")]


def test_the_same_bytes_of_two_items_are_stored_for_each(connection: psycopg.Connection[Any]) -> None:
    same = [Entry("x", "", kind, "1", b"{}", mention=mention("1", kind=kind)) for kind in ("post", "reply")]
    assert opened(connection).page([*same, *same]).new == 2
    assert rows(connection, "select kind, body, raw.body_json(body) from raw.payloads order by kind") == [
        ("post", b"{}", {}), ("reply", b"{}", {})]  # fmt: skip


def test_lists_land_as_they_are(connection: psycopg.Connection[Any]) -> None:
    odd = ['a"b', "c\\d", "{e,f}", "null", "", " ", "é\tß\n", "\\N"]
    opened(connection).page([entry("1", hashtags=odd, links=["g\x00h"])])
    assert rows(connection, "select hashtags, links, mentions from core.mentions") == [(odd, ["gh"], [])]


def test_a_page_is_looked_up_by_key_however_core_grows(connection: psycopg.Connection[Any]) -> None:
    batch = opened(connection)
    for page in range(12):  # psycopg prepares a statement at its sixth use, PostgreSQL keeps its plan from then on
        batch.page([entry(f"{page}-{n}") for n in range(20)])
    connection.execute("select pg_stat_force_next_flush()")
    connection.commit()
    assert rows(
        connection, "select seq_tup_read from pg_stat_user_tables where schemaname = 'core' and relname = 'mentions'"
    ) == [(0,)]


def test_tombstones_hide_and_are_undone_by_a_later_sight(connection: psycopg.Connection[Any]) -> None:
    grave = {"native_id": "1", "kind": "post", "basis": "author", "deleted_at": None}
    old = {"native_id": "0", "kind": "post", "basis": "superseded", "deleted_at": None}
    batch = opened(connection)
    batch.page([entry("1"), entry("0")])
    batch.page([entry("1", deleted=True, graves=[grave]), entry("2", graves=[old])])
    assert rows(connection, "select native_id from core.current_mentions order by 1") == [("2",)]
    assert rows(connection, "select count(*) from core.mentions where native_id = '1'") == [(1,)], "a deletion is no version"
    batch.page([entry("1")])
    assert rows(connection, "select native_id from core.current_mentions order by 1") == [("2",)], (
        "the same instant undoes nothing"
    )
    batch.finish("success")
    opened(connection, NOW + timedelta(hours=1)).page([entry("1"), entry("0")])
    assert rows(connection, "select native_id from core.current_mentions order by 1") == [("1",), ("2",)], (
        "superseded stays hidden"
    )


def test_a_tombstone_of_unknown_kind_hides_every_kind(connection: psycopg.Connection[Any]) -> None:
    grave = {"native_id": "1", "kind": None, "basis": "compliance", "deleted_at": NOW}
    batch = opened(connection)
    batch.page([entry("1", kind="reply")])
    batch.page([Entry("x", "", "post", "1", b"{}", tombstones=[grave])])
    assert rows(connection, "select count(*) from core.current_mentions") == [(0,)]


def test_rejects_keep_their_bytes_and_are_counted(connection: psycopg.Connection[Any]) -> None:
    batch = opened(connection)
    bad = Entry("x", "", "post", "", b'{"text": "private words"}', reason="missing id")
    counts = batch.page([bad, entry("1"), bad])
    assert (counts.returned, counts.new, counts.rejected) == (3, 1, 2)
    assert rows(connection, "select stage, native_id, body, reason from raw.rejects") == [
        ("item", None, b'{"text": "private words"}', "missing id")
    ]
    batch.reject_page(b"<html>", "not JSON")
    assert rows(connection, "select count(*) from raw.rejects where stage = 'page' and resolved_at is null") == [(1,)]
    batch.finish("failed", "not JSON")
    opened(connection).finish("success")
    assert rows(connection, "select count(*) from raw.rejects where stage = 'page' and resolved_at is null") == [(0,)]


@pytest.mark.parametrize(("known", "new", "moved"), [
    (None, {"watermark": 3}, {"watermark": 3}), ({"watermark": 3}, None, None), ({"watermark": 3}, {}, None),
    ({"watermark": 3}, {"watermark": None, "todo": [1]}, {"watermark": 3, "todo": [1]}), ({"watermark": 3}, {"watermark": 2}, {"watermark": 3}),
    ({"watermark": 3}, {"watermark": 4}, {"watermark": 4}), ({"etag": "a"}, {"etag": None, "until": "b"}, {"until": "b"}),
])  # fmt: skip
def test_cursors_are_monotone_and_null_never_overwrites(known: Any, new: Any, moved: Any) -> None:
    assert advance(known, new) == moved


def test_rows_and_cursor_commit_together(connection: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    batch = opened(connection)
    batch.page([entry("1")], stream="q", cursor={"watermark": 1})
    monkeypatch.setattr(landing.landing_sql, "COUNT", "select 1 / 0")
    with pytest.raises(psycopg.Error):
        batch.page([entry("2")], stream="q", cursor={"watermark": 2})
    connection.rollback()
    assert rows(connection, "select native_id from core.mentions") == [("1",)]
    assert rows(connection, "select native_id from raw.payload_hashes") == [("1",)]
    assert rows(connection, "select cursor from raw.cursors") == [({"watermark": 1},)]
    assert batch.cursors["q"] == {"watermark": 1}


def test_one_run_at_a_time_and_the_dead_are_closed(connection: psycopg.Connection[Any], warehouse_url: str) -> None:
    opened(connection)
    with connect(warehouse_url) as other, pytest.raises(RenownError, match="source 's' is already running"):
        opened(other)
    connection.close()  # as a killed process does
    with connect(warehouse_url) as other:
        opened(other, source="t")
        Landing(other, "s", "x", NOW).open(10)  # the server takes a moment to notice
        assert rows(other, "select status, error from raw.batches where source_id = 's' order by started_at") == [
            ("failed", "the process died"), ("running", None)]  # fmt: skip


def test_two_sources_land_the_same_item_once(connection: psycopg.Connection[Any], warehouse_url: str) -> None:
    with connect(warehouse_url) as other:
        opened(connection).page([entry("1")])
        assert opened(other, source="t").page([entry("1")]).known == 1
    assert rows(connection, "select count(*) from core.mentions") == [(1,)]


def test_what_postgresql_cannot_hold_is_cleaned(connection: psycopg.Connection[Any]) -> None:
    body = b'{"text": "a\\u0000b"}'
    nul = Entry("x", "", "post", "1", body, mention=mention("1", "a\x00b \ud83d", author_handle="h\x00"))
    lone = Entry("x", "", "post", "2", '{"t": "\ud83d"}'.encode("utf-8", "surrogatepass"), mention=mention("2"))
    opened(connection).page([nul, lone])
    assert rows(connection, "select text, author_handle from core.mentions where native_id = '1'") == [("ab ?", "h")]
    assert rows(connection, "select raw.body_json(body) is null from raw.payloads") == [(True,), (True,)]
    assert rows(connection, "select body from raw.payloads where native_id = '1'") == [(body,)]


def test_one_item_that_postgresql_refuses_does_not_hold_up_the_page(connection: psycopg.Connection[Any]) -> None:
    noise = "".join(
        hashlib.sha256(str(n).encode()).hexdigest() for n in range(900)
    )  # longer than an index row, and incompressible
    entries = [entry("1"), entry("2", media_count=2**40), entry("3"), entry(noise), entry("4")]
    counts = opened(connection).page(entries, stream="q", cursor={"watermark": 1})
    assert (counts.returned, counts.new, counts.known, counts.rejected) == (5, 3, 0, 2)
    assert rows(connection, "select native_id from core.mentions order by 1") == [("1",), ("3",), ("4",)]
    assert rows(connection, "select stage, reason, length(body) > 0 from raw.rejects order by reason") == [
        ("core", "the warehouse refused it (22003)", True), ("core", "the warehouse refused it (54000)", True)]  # fmt: skip
    assert rows(connection, "select cursor from raw.cursors") == [({"watermark": 1},)]


def test_mention_id_is_that_of_sql(connection: psycopg.Connection[Any]) -> None:
    key = ("rss", "news.example", "article", "https://ä/ё?1")
    assert connection.execute("select core.mention_id(%s, %s, %s, %s)", key).fetchone() == (landing_rows.mention_id(*key),)


def test_memory_of_recent_threads(connection: psycopg.Connection[Any]) -> None:
    batch = opened(connection)
    batch.page(
        [entry("1", created_at="2026-03-29T00:00:00Z"), entry("2"), entry("3", created_at="2026-03-29T01:00:00Z", kind="reply")]
    )
    assert landing.recent_threads(connection, "s", "post", NOW - timedelta(days=3)) == [("1", "7")]


@pytest.mark.parametrize("text", ["plain", 'a "quoted" \\ line\n', "сбер 😡 \u200f", "\ud83d", "\x00\x1f\x7f"])
def test_a_version_is_named_by_the_same_bytes_as_ever(text: str) -> None:
    """Hashes are stored: another form of the same content would make a new version of every mention."""
    made = mention(text=text, title=None, edited_at="2026-03-01T00:00:00Z")
    written = json.dumps((None, text, "2026-03-01T00:00:00Z"), ensure_ascii=True)
    assert landing_rows.content_sha256(made) == hashlib.sha256(written.encode()).digest()
