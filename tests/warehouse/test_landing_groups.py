"""Pages that share a transaction leave the same rows as pages that come one by one, and what the landing thread meets reaches the run."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.warehouse.test_landing import NOW, entry, opened, rows
from warehouse import landing_queue
from warehouse.connection import connect
from warehouse.landing_queue import LandingQueue, grouped
from warehouse.landing_rows import Entry
from warehouse.landing_write import Work

DUMPS = (
    "select mention_id, version, text, author_id, author_handle, parent_id, created_at, event_at, event_at_basis, first_seen_at, url, payload_sha256"
    " from core.mentions",
    "select author_id, handle, name, followers, location, first_seen_at, last_seen_at from core.authors",
    "select mention_id, observed_at, likes, shares from core.engagement",
    "select mention_id, observed_at, deleted_at, basis, reason, undone_at from core.deletions",
    "select native_id, payload_sha256, body, fetched_at from raw.payloads",
    "select mention_id, payload_sha256, conversation_id from raw.filtered",
    "select stage, native_id, body, reason from raw.rejects",
    "select stream, cursor from raw.cursors",
    "select items_returned, items_new, items_known, items_rejected, items_filtered, items_truncated, items_promised, requests, gap, gap_reason"
    " from raw.batches",
)
TABLES = "core.mentions, core.authors, core.engagement, core.deletions, raw.payloads, raw.payload_hashes, raw.filtered, raw.rejects, raw.cursors, raw.batches"


@pytest.fixture
def connection(warehouse_url: str) -> Iterator[psycopg.Connection[Any]]:
    with connect(warehouse_url) as made:
        yield made


def _maybe(*values: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from([None, *values])


@st.composite
def entries(draw: st.DrawFn) -> Entry:
    native_id = draw(st.sampled_from("123"))
    if draw(st.integers(0, 9)) == 0:
        return Entry("x", "", "post", native_id, draw(st.sampled_from([b"a", b"b"])), reason="missing text")
    changes = {
        "author_id": draw(_maybe("7", "8")),
        "author_handle": draw(_maybe("ann", "bob")),
        "author_followers": draw(_maybe(10, 20)),
        "author_location": draw(_maybe("here")),
        "parent_id": draw(_maybe("9")),
        "created_at": draw(_maybe("2026-03-01T00:00:00Z")),
        "engagement": {"likes": draw(_maybe(1, 2)), "comments": None},
        "media_count": draw(st.sampled_from([0] * 9 + [2**40])),
        "truncated": draw(st.booleans()),
    }
    graves = [
        {"native_id": native_id, "kind": "post", "basis": draw(st.sampled_from(["platform", "superseded"])), "deleted_at": None}
    ]
    made = entry(native_id, draw(st.sampled_from("ab")), graves if draw(st.integers(0, 9)) == 0 else (), **changes)
    filtered = draw(st.integers(0, 4)) == 0
    return Entry(
        made.platform, "", made.kind, native_id, made.body, mention=made.mention, tombstones=made.tombstones, filtered=filtered
    )


WORKS = st.builds(
    Work,
    st.lists(entries(), max_size=4),
    stream=st.sampled_from(["", "q"]),
    cursor=st.sampled_from([None, {"watermark": 1}, {"watermark": 2}, {"until": "x", "watermark": None}]),
    requests=st.integers(0, 2),
    promised=_maybe(3),
    gap=_maybe("a cap"),
    gone=st.sampled_from([(), (), (), (("x", "", {"native_id": "1", "kind": None, "basis": "page", "deleted_at": None}),)]),
)


def dump(connection: psycopg.Connection[Any]) -> list[list[str]]:
    found = [sorted(map(repr, rows(connection, query))) for query in DUMPS]
    connection.execute(f"truncate {TABLES}".encode())
    connection.commit()
    return found


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=st.lists(WORKS, max_size=2), works=st.lists(WORKS, min_size=1, max_size=6), size=st.integers(2, 20))
def test_groups_leave_the_rows_of_single_pages(
    connection: psycopg.Connection[Any], before: Sequence[Work], works: Sequence[Work], size: int
) -> None:
    dumps = []
    for groups in ([[work] for work in works], list(grouped(works, size))):
        for now, chosen in ((NOW - timedelta(days=1), [[work] for work in before]), (NOW, groups)):
            batch = opened(connection, now)
            for group in chosen:
                batch._land(group)
            batch.finish("success")
        dumps.append(dump(connection))
    assert dumps[0] == dumps[1]


def test_what_was_unknown_is_filled_by_the_first_that_knows_it(connection: psycopg.Connection[Any]) -> None:
    fuller = [
        entry("1", author_handle=handle, parent_id=parent) for handle, parent in ((None, None), ("ann", None), ("bob", "9"))
    ]
    opened(connection)._land([Work([made]) for made in fuller])
    assert rows(connection, "select author_handle, parent_id from core.mentions") == [("ann", "9")]


def test_groups_are_full_but_in_order_and_tombstones_stand_alone() -> None:
    grave = {"native_id": "1", "kind": "post", "basis": "author", "deleted_at": None}
    works = [Work([entry(str(n))] * size) for n, size in enumerate((2, 2, 1, 9, 0))] + [
        Work([entry("9", graves=[grave])]),
        Work([]),
        Work([]),
    ]
    found = list(grouped(works, 5))
    assert [len(group) for group in found] == [3, 1, 1, 1, 2]
    assert [work for group in found for work in group] == works


def test_what_waits_is_landed_together_by_one_transaction() -> None:
    first, written = threading.Event(), []

    def write(group: Sequence[Work]) -> None:
        first.wait(10)
        written.append(len(group))

    queue = LandingQueue(write)
    queue.add(Work([]))
    while not queue.is_writing():
        pass
    for _ in range(5):
        queue.add(Work([entry()]))
    first.set()
    queue.settle()
    assert written == [1, 5]
    queue.close()


def test_the_queue_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(landing_queue, "GROUP", 3)
    go, written = threading.Event(), []

    def write(group: Sequence[Work]) -> None:
        go.wait(10)
        written.extend(group)

    queue = LandingQueue(write)
    adding = threading.Thread(target=lambda: [queue.add(Work([entry()])) for _ in range(20)])
    adding.start()
    until = time.monotonic() + 10
    while queue.waiting() < 3 and time.monotonic() < until:
        time.sleep(0.01)
    time.sleep(0.1)
    assert queue.waiting() == 3, "who adds must wait"
    go.set()
    adding.join(10)
    queue.close()
    assert len(written) == 20


def test_an_error_reaches_the_next_add_and_drops_what_was_queued_behind(connection: psycopg.Connection[Any]) -> None:
    others = set(threading.enumerate())  # a thread of another test's batch may still be ending
    batch = opened(connection)
    batch.add(Work([entry("1")], "q", {"watermark": 1}))
    batch.settle()
    whole = batch._writer.write

    def broken(*given: Any) -> Any:
        raise psycopg.OperationalError("gone")

    batch._writer.write = broken  # type: ignore[method-assign]
    batch.add(Work([entry("2")], "q", {"watermark": 2}))
    with pytest.raises(psycopg.OperationalError):
        batch.settle()
    batch._writer.write = whole  # type: ignore[method-assign]
    assert batch.finish("failed", "gone")["items_new"] == 1
    assert rows(connection, "select native_id from core.mentions") == [("1",)]
    assert rows(connection, "select cursor from raw.cursors") == [({"watermark": 1},)]
    ours = [thread for thread in set(threading.enumerate()) - others if thread.name == "landing"]
    for thread in ours:
        thread.join(5)
    assert not any(thread.is_alive() for thread in ours)


def test_a_cursor_is_stored_as_it_was_when_its_page_came(connection: psycopg.Connection[Any]) -> None:
    batch, cursor = opened(connection), {"seen": ["1"]}
    with batch.connection.transaction():  # holds the thread up, which needs the connection
        batch.add(Work([entry("1")], "q", cursor))
        cursor["seen"].append("2")
    batch.finish("success")
    assert rows(connection, "select cursor from raw.cursors") == [({"seen": ["1"]},)]


def test_a_run_that_fails_lands_what_it_had_read(connection: psycopg.Connection[Any]) -> None:
    batch = opened(connection)
    batch.add(Work([entry("1")]))
    batch.fail("a fault of the reader")
    assert rows(connection, "select native_id from core.mentions") == [("1",)]
    assert rows(connection, "select status, items_new, error from raw.batches") == [("failed", 1, "a fault of the reader")]


def test_json_of_a_moment_is_the_same_by_either_way() -> None:
    from extractors.base import iso

    moment = datetime(2026, 3, 30, 12, 0, 0, 120000, tzinfo=UTC)
    assert json.dumps([iso(moment), iso(moment.astimezone())]) == '["2026-03-30T12:00:00.120Z", "2026-03-30T12:00:00.120Z"]'
