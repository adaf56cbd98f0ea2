"""The purge: after the grace no table holds the words of what was deleted; ids, numbers and everybody else's bytes stay as they were."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from settings import RenownError
from tests.warehouse.test_landing import entry, mention, opened, rows
from warehouse import erasure, landing_sql, purge, purge_others, purge_sql
from warehouse.connection import connect
from warehouse.landing import Landing
from warehouse.landing_rows import Entry
from warehouse.purge import Due, Purge
from warehouse.purge_bodies import Sought

NOW, GRACE = datetime(2026, 3, 30, tzinfo=UTC), 7
OLD, YOUNG = NOW - timedelta(days=GRACE), NOW - timedelta(days=GRACE - 1)
WORDS = "canary sang a long song about cards"
TRACES = ("canary", "\u043a\u0430\u043d\u0430\u0440\u0435\u0439\u043a\u0430")
# The item in every column that holds words.
ITEM = {"title": "Canary's title", "url": "https://x.test/canary/1", "author_handle": "ann", "author_name": "Canary Ann", "author_location": "Canary Row",
        "page_id": "p", "page_name": "Canary Page", "place_name": "Canary Wharf", "mentions": ["canary_desk"], "hashtags": ["canary"],
        "links": ["https://canary.test/"], "conversation_id": "1"}  # fmt: skip
TABLES = """select format('%I.%I', n.nspname, c.relname) from pg_class as c inner join pg_namespace as n on n.oid = c.relnamespace
where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema') and not starts_with(n.nspname, 'pg_t') order by 1"""
COLUMNS = """select a.attname, t.typname from pg_attribute as a inner join pg_type as t on t.oid = a.atttypid
where a.attrelid = %s::regclass and a.attnum > 0 and not a.attisdropped"""


@pytest.fixture
def connection(warehouse_url: str) -> Iterator[psycopg.Connection[Any]]:
    with connect(warehouse_url) as made:
        yield made


def traces(connection: psycopg.Connection[Any], words: tuple[str, ...] = TRACES) -> set[str]:
    """Every table.column, of whatever type, schema and name, that holds one of the words: as text, as bytes, escaped or not."""
    found = set()
    for (table,) in rows(connection, TABLES):
        for column, kind in connection.execute(COLUMNS, (table,)).fetchall():
            shown = f"encode({column}, 'escape')" if kind == "bytea" else f'"{column}"::text'
            text = (rows(connection, f"select string_agg({shown}, ' ') from {table}")[0][0] or "").lower()
            forms = {form for word in words for form in (word, json.dumps(word)[1:-1], "".join(f"\\{byte:03o}" if byte > 127 else chr(byte) for byte in word.encode()))}
            if any(form in text for form in forms):
                found.add(f"{table}.{column}")
    return found


def state(connection: psycopg.Connection[Any], but: tuple[str, ...] = ()) -> dict[str, str]:
    """Every row of every table."""
    return {table: rows(connection, f"select coalesce(string_agg(t::text, ' ' order by t::text), '') from {table} as t")[0][0]
            for (table,) in rows(connection, TABLES) if table not in but}  # fmt: skip


def land(connection: psycopg.Connection[Any], *entries: Entry, now: datetime = NOW, **given: Any) -> Any:
    batch = opened(connection, now, **given)
    counts = batch.page(list(entries))
    batch.finish("success")
    return counts


def bury(connection: psycopg.Connection[Any], *native_ids: str, at: datetime = OLD, basis: str = "platform", kind: str = "post") -> None:
    """As a page that tells of deletions does."""
    told = Entry("x", "", kind, "told", b"{}", tombstones=[{"native_id": one, "kind": kind, "basis": basis} for one in native_ids])
    land(connection, told, now=at)


def run(connection: psycopg.Connection[Any], **given: Any) -> Purge:
    return purge.purge(connection, NOW, GRACE, **given)


def aside(native_id: str, text: str, **changes: Any) -> Entry:
    made = mention(native_id, text, **changes)
    return Entry("x", "", "post", native_id, json.dumps(made).encode(), mention=made, filtered=True)


def quoting(native_id: str, own: str, *, quoted: str = WORDS, filtered: bool = False) -> Entry:
    """A post whose bytes hold the one that it quotes."""
    made = mention(native_id, own, author_id="8", quote_of_id="1")
    body = json.dumps({**made, "quoted": {"id": "1", "full_text": f"<b>{quoted}</b>", "likes": 3}}).encode()
    return Entry("x", "", "post", native_id, body, mention=made, filtered=filtered)


def filled(connection: psycopg.Connection[Any], at: datetime = OLD) -> None:
    """The item in every table that can hold words, edited once, deleted; others beside it, one of the same thread and page."""
    before = OLD - timedelta(days=2)
    land(connection, entry("1", WORDS, **ITEM), entry("2", "something else", conversation_id="1"), aside("4", WORDS), now=before)
    land(connection, entry("1", "\u041a\u0430\u043d\u0430\u0440\u0435\u0439\u043a\u0430 " + WORDS, edited_at="2026-03-02T00:00:00Z", **ITEM), now=before)
    land(connection, quoting("6", "so true"), quoting("7", "wow", filtered=True), Entry("x", "", "post", "1", b'{"canary": 1}', reason="no date"),
         Entry("x", "", "", "", b'{"page": ["' + WORDS.encode() + b'", "others"]}', reason="a page of an unknown form"), now=before)  # fmt: skip
    stub = mention("8", WORDS, deleted=True)  # as an archive brings what was deleted already
    land(connection, Entry("x", "", "post", "8", json.dumps(stub).encode(), mention=stub, tombstones=[{"native_id": "8", "kind": "post", "basis": "platform"}]), now=at)
    one = "core.mention_id('x', '', 'post', '1')"
    spans = json.dumps([{"start": 0, "end": 6, "label": "ORG", "text": "canary", "bank_id": "velmora"}, {"start": 1, "text": "canary"}])
    for task, model, label in (("entities", "m", spans), ("banks", "human:zed", spans), ("places", "shadow", spans),
                               ("handles", "m", '[{"handle": "canary_desk", "status": "unknown", "looks_like": null}]'),
                               ("sentiment", "m", '{"label": "negative"}')):  # fmt: skip
        connection.execute(f"insert into nlp.annotations (mention_id, mention_version, task, model_version, label) values ({one}, 1, %s, %s, %s)".encode(),
                           (task, model, label))
    connection.execute(f"insert into nlp.masked_texts (mention_id, mention_version, model_version, masked_text) values ({one}, 1, 'm', 'canary'),"
                       f" (core.mention_id('x', '', 'post', '2'), 1, 'm', 'something else')".encode())
    connection.execute(f"insert into nlp.done (mention_id, mention_version, pipeline_version, outcome) values ({one}, 1, 'p', 'annotated')".encode())
    connection.execute(f"insert into nlp.emerging_topics values (now(), 'en', 't', 'm', '{{canary theme}}', 3, 3, 1, 1, 0.1, null, 0, 7, 56, array[{one}])".encode())
    connection.commit()
    bury(connection, "1", "4", at=at)


def test_no_table_holds_the_words_after_the_grace(connection: psycopg.Connection[Any]) -> None:
    filled(connection)
    assert len(traces(connection)) >= 15, "the search finds what is there"
    done = run(connection)
    # the author of live items, who is another matter than the words
    assert traces(connection) - {"core.authors.name", "core.authors.location"} == set()
    assert done.items == 3
    assert rows(connection, "select items, removed ->> 'versions', ended_at is not null, until from ops.purges") == [(3, "2", True, OLD)]


@pytest.mark.parametrize("left_out", sorted({*purge_sql.WORDS, "others"}))
def test_the_search_misses_no_table_that_a_purge_leaves_out(connection: psycopg.Connection[Any], left_out: str, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(connection)
    monkeypatch.setattr(purge_sql, "WORDS", {name: statement for name, statement in purge_sql.WORDS.items() if name != left_out})
    if left_out == "others":
        monkeypatch.setattr(purge_others, "payloads", lambda connection, given: 0)
    run(connection)
    is_of_ids = left_out == "set aside"  # its row holds ids: it goes since nothing of it can be taken up any more
    found = rows(connection, "select 1 from raw.filtered where native_id = '4'") if is_of_ids else traces(connection) - {"core.authors.name", "core.authors.location"}
    assert found


def test_ids_numbers_and_rows_stay(connection: psycopg.Connection[Any]) -> None:
    filled(connection)
    counts = {table: rows(connection, f"select count(*) from {table}") for (table,) in rows(connection, TABLES) if table not in ("ops.purges", "raw.filtered")}
    kept = """select native_id, version, author_id, author_handle, page_id, conversation_id, created_at, edited_at, event_at, payload_sha256, language_hint
        from core.mentions order by 1, 2"""
    before, numbers = rows(connection, kept), rows(connection, "select * from core.engagement order by 1, 2")
    run(connection)
    assert rows(connection, kept) == before
    assert rows(connection, "select * from core.engagement order by 1, 2") == numbers
    native = "select 1 from raw.payload_hashes where native_id = '7'"
    assert rows(connection, native) == [], "set aside, with the words in it: the next look stores it anew"
    land(connection, quoting("7", "wow", quoted="(gone)", filtered=True))
    now = {table: rows(connection, f"select count(*) from {table}") for table in counts if table not in ("raw.batches", "raw.cursors")}
    assert now == {table: counts[table] for table in now}
    assert rows(connection, "select label from nlp.annotations where task = 'banks'") == [
        ([{"start": 0, "end": 6, "label": "ORG", "text": "", "bank_id": "velmora"}, {"start": 1, "text": ""}],)]  # fmt: skip
    assert rows(connection, "select label from nlp.annotations where task in ('sentiment', 'handles') order by task") == [
        ([{"handle": "", "status": "unknown", "looks_like": None}],), ({"label": "negative"},)]  # fmt: skip


def test_neighbours_keep_their_bytes_and_those_that_held_the_words_the_rest_of_theirs(connection: psycopg.Connection[Any]) -> None:
    filled(connection)
    land(connection, entry("9", f"I was quoting: {WORDS}", conversation_id="1"), entry("10", "RT", repost_of_id="1"), now=OLD)
    native = "select native_id, body from raw.payloads where native_id in ('2', '9', '10') order by 1"
    before = rows(connection, native)
    run(connection)
    assert rows(connection, native) == before, "words of their own, which they said themselves"
    (body,) = rows(connection, "select body from raw.payloads where native_id = '6'")[0]
    told = json.loads(body)
    assert (told["text"], told["quoted"]["likes"], set(told["quoted"]["full_text"]) - set("<b/>")) == ("so true", 3, {"*"})
    assert rows(connection, "select text from core.mentions where native_id = '2'") == [("something else",)]
    assert rows(connection, "select masked_text from nlp.masked_texts order by 1") == [("",), ("something else",)]
    page = rows(connection, "select body, resolved_at is null, reason from raw.rejects where native_id is null")
    assert page == [(b"", False, "it held words of what was deleted: to be looked up anew")], "masked it could land one day"


PHOTO = "photo"
OPEN = "select native_id, body from raw.rejects where resolved_at is null order by reject_id"


def unread(native_id: str, body: object, kind: str = "post", platform: str = "x") -> Entry:
    return Entry(platform, "", kind, native_id, body if isinstance(body, bytes) else json.dumps(body).encode(), reason="no date")


def test_rejects_are_never_masked_and_a_living_item_s_or_an_original_s_stays(connection: psycopg.Connection[Any]) -> None:
    gone = [entry("1", WORDS, repost_of_id="30"), entry("2", PHOTO), entry("3", "another long song of the canary", kind="comment")]
    bodies = {"30": {"text": WORDS}, "31": {"text": f"as I said: {WORDS}"}, "32": {"text": "mine", "media": [{"type": PHOTO}], "status": PHOTO, "title": PHOTO},
              "33": {"quoted": WORDS}}  # fmt: skip
    land(connection, *gone, entry("31", "mine"), now=OLD - timedelta(days=1))
    land(connection, *(unread(native_id, body) for native_id, body in bodies.items()), entry("3", "a post of that number"),
         unread("3", {"post": 3}), unread("3", {"comment": 3}, "comment"), now=OLD)  # fmt: skip
    bury(connection, "1", "2")
    bury(connection, "3", kind="comment")
    assert run(connection).removed["others' rejects"] == 1
    assert rows(connection, OPEN) == [*((key, json.dumps(bodies[key]).encode()) for key in ("30", "31", "32")), ("3", b'{"post": 3}')]
    assert rows(connection, "select native_id, kind from raw.rejects where body = ''") == [("33", "post"), ("3", "comment")]


def test_a_common_word_goes_from_texts_and_never_from_what_a_platform_says_itself(connection: psycopg.Connection[Any]) -> None:
    land(connection, entry("1", PHOTO), quoting("6", "so true", quoted=PHOTO), quoting("7", "wow", quoted=PHOTO, filtered=True), now=OLD)
    told = mention("8", "x", quote_of_id="1", author_id="8")
    body = json.dumps({**told, "type": PHOTO, "quoted": {"type": PHOTO, "text": PHOTO}}).encode()
    land(connection, Entry("x", "", "post", "8", body, mention=told), now=OLD)
    bury(connection, "1")
    run(connection)
    kept = {native_id: json.loads(body) for native_id, body in rows(connection, "select native_id, body from raw.payloads where native_id in ('6', '7', '8')")}
    assert kept["6"]["quoted"]["full_text"] == f"<b>{'*' * 5}</b>"
    assert kept["7"]["quoted"]["full_text"] == f"<b>{PHOTO}</b>", "set aside: nobody knows its own words"
    assert (kept["8"]["type"], kept["8"]["quoted"]) == (PHOTO, {"type": PHOTO, "text": "*" * 5})


def test_a_body_loses_only_words_of_what_it_is_related_to(connection: psycopg.Connection[Any]) -> None:
    land(connection, entry("1", WORDS), entry("2", "a canary of another thread", conversation_id="t"), now=OLD)
    land(connection, quoting("6", "so true", quoted=f"{WORDS}; a canary of another thread"), now=OLD)
    bury(connection, "1", "2")
    run(connection)
    (body,) = rows(connection, "select body from raw.payloads where native_id = '6'")[0]
    assert (b"a canary of another thread" in body, WORDS.encode() in body) == (True, False)


def test_a_reject_that_is_settled_while_it_is_read_stays_so(connection: psycopg.Connection[Any], warehouse_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    land(connection, entry("1", WORDS), unread("33", {"quoted": WORDS}), unread("34", {"n": 4, "quoted": WORDS}), now=OLD)
    bury(connection, "1")
    is_in = Sought.is_in

    def settled_meanwhile(self: Sought, body: bytes) -> bool:
        with connect(warehouse_url) as other:
            other.execute("update raw.rejects set resolved_at = '2026-03-29Z' where native_id = '33'")
        return is_in(self, body)

    monkeypatch.setattr(Sought, "is_in", settled_meanwhile)
    assert run(connection).removed["others' rejects"] == 1
    kept = rows(connection, "select native_id, reason, resolved_at from raw.rejects where resolved_at = '2026-03-29Z'")
    assert kept == [("33", "no date", datetime(2026, 3, 29, tzinfo=UTC))], "as it was read, or not at all"


def test_what_comes_after_the_rejects_were_read_is_closed_too(connection: psycopg.Connection[Any], warehouse_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    land(connection, entry("1", WORDS), now=OLD)
    bury(connection, "1")
    close = purge._close

    def then_one_comes(*given: Any) -> int:
        closed = close(*given)
        with connect(warehouse_url) as other:
            land(other, unread("33", {"quoted": WORDS}))
        return closed

    monkeypatch.setattr(purge, "_close", then_one_comes)
    assert run(connection).removed["others' rejects"] == 1
    assert traces(connection) == set()


def test_one_platform_s_failure_ends_no_other_s_purge(connection: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    for platform in ("x", "y", "z"):
        batch = Landing(connection, platform, platform, OLD)
        batch.open(0)
        made = mention("1", WORDS, platform=platform)
        batch.page([Entry(platform, "", "post", "1", WORDS.encode(), mention=made), unread("33", {"quoted": WORDS}, platform=platform)])
        batch.page([Entry(platform, "", "post", "told", b"{}", tombstones=[{"native_id": "1", "kind": "post", "basis": "platform"}])])
        batch.finish("success")
    for name in ("payloads", "rejects"):
        real = getattr(purge_others, name)

        def fail(connection: Any, given: Any, *more: Any, real: Any = real, name: str = name, **named: Any) -> Any:
            if given["platform"] == {"payloads": "x", "rejects": "y"}[name]:
                connection.execute("select 1 / 0 as canary")
            return real(connection, given, *more, **named)

        monkeypatch.setattr(purge_others, name, fail)
    done = run(connection)
    assert (done.items, done.failed) == (1, {"x": "DivisionByZero", "y": "DivisionByZero"})
    assert rows(connection, "select items, ended_at from ops.purges") == [(1, None)]
    with pytest.raises(RenownError, match=r"failed for x \(DivisionByZero\), y \(DivisionByZero\)"):
        purge.raise_failed(done)
    monkeypatch.undo()
    purge.raise_failed(again := run(connection))
    assert again.items == 2
    assert traces(connection) == set()


def test_a_clock_that_was_set_ahead_shortens_no_grace(connection: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    land(connection, entry("1", WORDS), now=OLD)
    bury(connection, "1", at=(present := datetime.now(UTC)))
    ahead = present + timedelta(days=30)
    assert purge.purge(connection, ahead, GRACE).items == 0
    monkeypatch.setenv("RENOWN_SANDBOX_URL", "http://127.0.0.1:1")
    assert purge.purge(connection, ahead, GRACE).items == 1, "the sandbox has a clock of its own"


def test_a_tombstone_without_key_and_item_is_asked_for_once(connection: psycopg.Connection[Any]) -> None:
    connection.execute("insert into core.deletions (mention_id, observed_at, basis) values (gen_random_uuid(), %s, 'platform'),"
                       " (gen_random_uuid(), %s, 'platform'), (gen_random_uuid(), %s, 'erasure')", (OLD, YOUNG, OLD))  # fmt: skip
    connection.commit()
    assert run(connection).purge_id is None
    assert rows(connection, "select observed_at, basis from core.deletions where purged_at is not null") == [(OLD, "platform")]


def test_inside_the_grace_and_where_it_was_taken_back_everything_stays(connection: psycopg.Connection[Any]) -> None:
    filled(connection, at=YOUNG)
    land(connection, entry("20", WORDS), now=OLD - timedelta(days=1))
    bury(connection, "20", at=OLD)
    land(connection, entry("20", WORDS), now=YOUNG)  # it is there again
    before = state(connection)
    assert (run(connection).items, purge.due(connection, NOW, GRACE)) == (0, [])
    assert state(connection) == before
    assert purge.purge(connection, NOW, 0).items == 3, "without a grace: at the next purge"


@pytest.mark.parametrize("basis", ["platform", "author", "page", "compliance", "superseded"])
def test_whatever_the_reason_was(connection: psycopg.Connection[Any], basis: str) -> None:
    land(connection, entry("1", WORDS), now=OLD)
    bury(connection, "1", basis=basis)
    assert run(connection).items == 1
    assert traces(connection) == set()


def test_a_second_run_does_nothing(connection: psycopg.Connection[Any]) -> None:
    filled(connection)
    run(connection)
    before = state(connection)
    assert (again := run(connection)).purge_id is None
    assert (again.items, again.removed) == (0, {})
    assert state(connection) == before


def test_a_look_counts_items_payloads_and_bytes_and_changes_nothing(connection: psycopg.Connection[Any]) -> None:
    filled(connection)
    before = state(connection)
    (stored,) = rows(connection, "select count(*), sum(length(body)) from raw.payloads where native_id in ('1', '4', '8') and body <> ''")
    assert purge.due(connection, NOW, GRACE) == [Due("x", 3, *stored)]
    assert stored[0] == 4
    assert state(connection) == before
    run(connection)
    assert purge.due(connection, NOW, GRACE) == []


def test_batches_commit_one_by_one(connection: psycopg.Connection[Any], warehouse_url: str) -> None:
    land(connection, *(entry(str(number), f"{WORDS} {number}") for number in range(10)), now=OLD)
    bury(connection, *map(str, range(10)))
    told = list[int]()

    def progress(items: int) -> None:
        with connect(warehouse_url) as other:
            assert rows(other, "select count(*) from core.mentions where text = ''") == [(items,)]
        told.append(items)

    run(connection, size=4, progress=progress)
    assert told == [4, 8, 10]
    assert rows(connection, "select items from ops.purges") == [(10,)]


def _die_at(url: str, count: int, ended: Any) -> None:
    """Purge in a process that kills itself at its n-th statement."""
    with connect(url) as connection:
        done, execute = [0], psycopg.Connection.execute

        def counted(self: Any, *given: Any, **more: Any) -> Any:
            done[0] += 1
            if done[0] == count:
                os.kill(os.getpid(), signal.SIGKILL)
            return execute(self, *given, **more)

        psycopg.Connection.execute = counted  # type: ignore[method-assign]
        purge.purge(connection, NOW, GRACE, size=1)
        ended.set()


def test_killed_at_any_statement_an_item_is_whole_or_gone_and_the_next_run_does_the_rest(warehouse_url: str) -> None:
    whole = "select count(*) from core.deletions d join core.mentions m using (mention_id) where (m.text = '') <> (d.purged_at is not null)"
    with connect(warehouse_url) as connection:
        land(connection, *(entry(one, f"{WORDS} {one}") for one in ("1", "2")), now=OLD)
        bury(connection, "1", "2")
        forks = multiprocessing.get_context("fork")
        seen = set()
        for count in range(3, 200, 5):
            ended = forks.Event()
            child = forks.Process(target=_die_at, args=(warehouse_url, count, ended))
            child.start()
            child.join(60)
            assert rows(connection, whole) == [(0,)], count
            seen.add(rows(connection, "select count(*) from core.mentions where text = ''")[0][0])
            if ended.is_set():
                break
            assert child.exitcode == -signal.SIGKILL
        assert {0, 2} <= seen
        assert traces(connection) == set()
        assert rows(connection, "select sum(items) from ops.purges") == [(2,)]


def test_two_at_once_are_one(connection: psycopg.Connection[Any], warehouse_url: str) -> None:
    with connect(warehouse_url) as other:
        other.execute(purge_sql.LOCK)
        other.commit()
        with pytest.raises(RenownError, match="already running"):
            run(connection)
    deadline = time.monotonic() + 30
    while rows(connection, "select count(*) from pg_locks where locktype = 'advisory'") != [(0,)]:  # a closed connection's server ends a moment later
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert run(connection).items == 0  # whoever held it is gone, and so is the lock


def test_what_came_back_while_a_batch_waited_keeps_its_words(connection: psycopg.Connection[Any], warehouse_url: str) -> None:
    land(connection, entry("1", WORDS), now=OLD - timedelta(days=1))
    bury(connection, "1")
    with connect(warehouse_url) as lander, ThreadPoolExecutor(1) as pool:
        lander.execute(landing_sql.LOCK_PLATFORM, ("x",))
        lander.execute("update core.deletions set undone_at = now()")
        running = pool.submit(run, connection)
        deadline = time.monotonic() + 30
        while lander.execute("select count(*) from pg_locks where not granted").fetchone() == (0,):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        lander.commit()
        assert running.result(60).items == 0
    assert rows(connection, "select text from core.mentions") == [(WORDS,)]


def test_the_marts_have_nothing_to_build_after_it(connection: psycopg.Connection[Any]) -> None:
    filled(connection)
    connection.execute("truncate ops.mart_changes, ops.mart_hours, ops.mart_authors")
    connection.commit()
    run(connection)
    assert rows(connection, "select (select count(*) from ops.mart_changes), (select count(*) from ops.mart_hours)") == [(0, 0)]
    connection.execute("update core.mentions set url = null where native_id = '2'")  # others are noted as ever, on the same connection
    assert rows(connection, "select (select count(*) from ops.mart_changes), (select count(*) from ops.mart_hours)") == [(1, 1)]


def test_an_author_whose_items_were_purged_can_be_erased(connection: psycopg.Connection[Any]) -> None:
    filled(connection)
    run(connection)
    erasure.erase(connection, erasure.person(connection, "x", "@ann"), "request 17", now=NOW)
    assert rows(connection, "select count(*) from core.mentions where native_id = '1'") == [(0,)]
    assert run(connection).items == 0


# What comes later -----------------------------------------------------------------------------------------------------
def purged(connection: psycopg.Connection[Any], basis: str = "platform") -> None:
    land(connection, entry("1", WORDS, **ITEM), entry("2"), now=OLD - timedelta(days=1))
    bury(connection, "1", basis=basis)
    run(connection)


def texts(connection: psycopg.Connection[Any]) -> list[tuple[Any, ...]]:
    return rows(connection, "select version, text from core.mentions where native_id = '1' order by 1")


OLD_COPIES = {"a file again": {"mode": "ingest", "is_file": True}, "a reject read again": {"mode": "replay"}}


@pytest.mark.parametrize("given", OLD_COPIES.values(), ids=OLD_COPIES.keys())
def test_an_old_copy_brings_nothing_back(connection: psycopg.Connection[Any], given: dict[str, Any]) -> None:
    purged(connection)
    before = state(connection, but=("raw.batches", "raw.cursors"))
    counts = land(connection, entry("1", WORDS, **ITEM), Entry("x", "", "post", "1", b'{"canary": 2}', reason="no date"), now=NOW, **given)
    assert (counts.returned, counts.new, counts.known, counts.rejected) == (2, 0, 2, 0)
    assert state(connection, but=("raw.batches", "raw.cursors")) == before


def test_bytes_that_a_reject_held_bring_nothing_back_though_they_were_never_landed(connection: psycopg.Connection[Any]) -> None:
    purged(connection)
    land(connection, entry("1", "another canary", **ITEM), now=NOW, mode="replay")
    assert traces(connection) - {"core.authors.name", "core.authors.location"} == set()
    assert rows(connection, "select undone_at from core.deletions") == [(None,)]


@pytest.mark.parametrize("given", OLD_COPIES.values(), ids=OLD_COPIES.keys())
def test_an_old_copy_takes_no_tombstone_back_inside_the_grace(connection: psycopg.Connection[Any], given: dict[str, Any]) -> None:
    land(connection, entry("1", WORDS, **ITEM), now=OLD - timedelta(days=1))
    bury(connection, "1")
    land(connection, entry("1", WORDS, **ITEM), now=YOUNG, **given)
    assert rows(connection, "select undone_at from core.deletions") == [(None,)]
    assert run(connection).items == 1
    assert traces(connection) - {"core.authors.name", "core.authors.location"} == set()


@pytest.mark.parametrize(("given", "is_back"), [({}, True), ({"mode": "ingest", "is_file": True}, True), ({"mode": "replay"}, False)])
def test_inside_the_grace_a_look_and_new_bytes_of_a_file_take_it_back(connection: psycopg.Connection[Any], given: dict[str, Any], is_back: bool) -> None:
    land(connection, entry("1", "before"), entry("2"), now=OLD - timedelta(days=1))
    bury(connection, "1", "2")
    land(connection, entry("1", WORDS), now=YOUNG, **given)
    assert rows(connection, "select native_id from core.current_mentions") == ([("1",)] if is_back else [])
    assert rows(connection, "select count(*) from core.mentions where text = '" + WORDS + "'") == [(1,)], "kept: the tombstone may be taken back yet"
    assert run(connection).items == (1 if is_back else 2)


@pytest.mark.parametrize("basis", ["compliance", "superseded"])
def test_what_no_look_takes_back_stays_out(connection: psycopg.Connection[Any], basis: str) -> None:
    purged(connection, basis)
    land(connection, entry("1", WORDS, **ITEM), entry("1", "a new canary"), now=NOW)
    assert traces(connection) - {"core.authors.name", "core.authors.location"} == set()


def test_a_tombstone_that_was_laid_at_this_very_instant_is_not_taken_back(connection: psycopg.Connection[Any]) -> None:
    land(connection, entry("1", WORDS), now=OLD)
    bury(connection, "1", at=NOW)
    purge.purge(connection, NOW, 0)
    land(connection, entry("1", WORDS), now=NOW)
    assert traces(connection) == set()


@pytest.mark.parametrize("likes", [1, 5], ids=["the same bytes", "other counts"])
def test_what_a_platform_shows_again_is_there_again(connection: psycopg.Connection[Any], likes: int) -> None:
    purged(connection)
    back = entry("1", WORDS, **ITEM, engagement={"likes": likes})
    counts = land(connection, back, now=NOW)
    assert counts.new == 1
    assert texts(connection) == [(1, ""), (2, WORDS)]
    assert rows(connection, "select title, url, page_name, hashtags, links from core.current_mentions where native_id = '1'") == [
        (ITEM["title"], ITEM["url"], ITEM["page_name"], ITEM["hashtags"], ITEM["links"])]  # fmt: skip
    assert rows(connection, "select body from raw.payloads where native_id = '1' and body <> ''") == [(back.body,)]
    assert rows(connection, "select undone_at from core.deletions") == [(NOW,)]
    assert rows(connection, """select count(*) from core.mentions m where not exists (
        select from raw.payloads p join raw.payload_hashes h using (platform, site, kind, native_id, payload_sha256)
        where p.payload_sha256 = m.payload_sha256 and p.native_id = m.native_id)""") == [(0,)]  # what the gates rest on
    assert land(connection, back, now=NOW + timedelta(days=1)).new == 0
    assert texts(connection) == [(1, ""), (2, WORDS)]


def test_a_file_with_other_bytes_brings_it_back(connection: psycopg.Connection[Any]) -> None:
    purged(connection)
    land(connection, entry("1", WORDS + " again"), now=NOW, mode="ingest", is_file=True)
    assert texts(connection) == [(1, ""), (2, WORDS + " again")]


def test_deleted_once_more_it_is_purged_once_more(connection: psycopg.Connection[Any]) -> None:
    purged(connection)
    land(connection, entry("1", WORDS, **ITEM), now=NOW)
    bury(connection, "1", at=NOW + timedelta(days=1))
    assert run(connection).items == 0
    assert purge.purge(connection, NOW + timedelta(days=1 + GRACE), GRACE).items == 1
    assert texts(connection) == [(1, ""), (2, "")]


def test_what_was_set_aside_and_deleted_is_not_taken_up(connection: psycopg.Connection[Any]) -> None:
    land(connection, aside("4", WORDS, conversation_id="2"), aside("5", "hello", conversation_id="2"), entry("2"), now=OLD)
    bury(connection, "4", at=YOUNG)
    given = {"source": "s", "all": True, "after": "00000000-0000-0000-0000-000000000000", "size": 9}
    taken = connection.execute(landing_sql.SET_ASIDE_OF.encode(), given).fetchall()
    assert [json.loads(body)["native_id"] for *_, body in taken] == ["5"]
