"""Erasing a person: no table holds them afterwards, nothing of theirs lands again, and a kill anywhere leaves all or nothing."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest

from nlp.labels import write_human
from settings import RenownError
from tests.warehouse.test_landing import entry, mention, opened, rows
from warehouse import erasure, erasure_bodies
from warehouse.connection import connect
from warehouse.dispositions import take
from warehouse.erased_names import masked, nameless, spoken
from warehouse.erasure import Erasure, Person
from warehouse.erasure_bodies import is_named, naming
from warehouse.landing_rows import Entry, mention_id

NOW = datetime(2026, 3, 30, tzinfo=UTC)
ANN, HANDLE, WORDS = "70000007", "Ann_K", "my own zebra words"
REASON = "request 2026-17"
ANNS = {"author_id": ANN, "author_handle": HANDLE, "author_name": "Ann Canary"}
# What names her, or is hers: none of it may stand anywhere afterwards, in a text or in bytes.
TRACES = (ANN, HANDLE, "zebra", "Ann Canary", "zebra theme", "zebra note")
TABLES = """select format('%I.%I', schemaname, tablename) from pg_tables where schemaname in ('raw', 'core', 'nlp', 'quality', 'ops', 'marts_changes')
and tablename <> 'schema_migrations' order by 1"""


@pytest.fixture
def connection(warehouse_url: str) -> Iterator[psycopg.Connection[Any]]:
    with connect(warehouse_url) as made:
        yield made


def hers() -> list[Entry]:
    """Two posts, one of them edited, and one that was only set aside."""
    aside = mention("4", WORDS, **ANNS)
    return [
        entry("1", WORDS, **ANNS), entry("2", WORDS + " too", **ANNS), entry("2", WORDS + " edited", edited_at="2026-03-02T00:00:00Z", **ANNS),
        Entry("x", "", "post", "4", json.dumps(aside).encode(), mention=aside, filtered=True),
    ]  # fmt: skip


def others() -> list[Entry]:
    """A repost of hers, an answer to her, a post whose bytes alone name her, and one that has nothing to do with her."""
    embedded = mention("6", "something else", author_id="8")
    return [
        entry("3", "RT: " + WORDS, author_id="8", author_handle="bob", repost_of_id="1"),
        entry("5", f"@{HANDLE.upper()} we are sorry", kind="reply", author_id="9", author_handle="TheDesk", in_reply_to_author_id=ANN,
              mentions=[HANDLE, "bob"]),
        Entry("x", "", "post", "6", json.dumps({**embedded, "quoted": {"user": {"screen_name": HANDLE}}}).encode(), mention=embedded),
        entry("7", "170000007 thanks, ann_kept", author_id="8", author_handle="bob"),
    ]  # fmt: skip


def filled(connection: psycopg.Connection[Any]) -> None:
    """A warehouse in which she stands everywhere where a person can."""
    batch = opened(connection)
    batch.page([*hers(), *others(), Entry("x", "", "post", "99", b'{"user": "' + HANDLE.encode() + b'"}', reason="no date")])
    batch.finish("success")
    one, answer = "core.mention_id('x', '', 'post', '1')", "core.mention_id('x', '', 'reply', '5')"
    quoted = json.dumps([{"start": 0, "end": 6, "label": "PER", "text": f"@{HANDLE.upper()}"}])
    for statement in (
        f"insert into nlp.annotations (mention_id, mention_version, task, model_version, label) values ({one}, 1, 'entities', 'm', '{quoted}'),"
        f" ({one}, 1, 'sentiment', 'human:zed', '{{}}'), ({answer}, 1, 'entities', 'm', '{quoted}'),"
        f" ({answer}, 1, 'handles', 'm', '[{{\"handle\": \"{HANDLE.lower()}\", \"status\": \"unknown\", \"looks_like\": null}}]')",
        f"insert into nlp.masked_texts (mention_id, mention_version, model_version, masked_text) values ({one}, 1, 'm', '{WORDS}'),"
        f" ({answer}, 1, 'm', '@{HANDLE} we are sorry')",
        f"insert into nlp.done (mention_id, mention_version, pipeline_version, outcome) values ({one}, 1, 'p', 'annotated')",
        "insert into nlp.emerging_topics values (now(), 'en', 't', 'm', '{zebra theme}', 3, 3, 1, 1, 0.1, null, 0, 7, 56,"
        f" array[{one}])",
        f"insert into raw.visits values ({one}, now())",
        f"insert into quality.quarantine (mention_id, mention_version, layer, rule) values ({one}, 1, 'core', 'r')",
        f"insert into ops.dispositions (platform, conversation_id, author_id, bank_id, outcome, decided_at, note)"
        f" values ('x', '1', '{ANN}', 'velmora', 'solved', now(), 'zebra note')",
        f"insert into ops.disposition_statements values ('x', '', '1', '{ANN}', 'velmora', now(), 'c', now())",
        f"insert into ops.disposition_rejects (reject_id, source, line, reason, is_waiting, body)"
        f" values ('r', 'f.csv', 2, 'unknown', true, '{{\"platform\": \"x\", \"author_id\": \"{ANN}\"}}')",
        "insert into ops.alerts (alert_id, alert_key, kind, status, severity, magnitude, title, facts, example_ids, started_at, last_at, opened_at, fired_at,"
        f" fired_severity, fired_magnitude) values (gen_random_uuid(), 'k', 'gap', 'open', 1, 1, 't', '{{}}', array[{answer}, {one}],"
        " now(), now(), now(), now(), 1, 1)",
        "insert into ops.publications (as_of, config_version, definition_version) values (now(), 'c', 'd')",
        "insert into ops.published_cells (mart, cell_id, publication_id, cell, first_day, last_day) values ('mart_impersonation', gen_random_uuid(), 1,"
        f" '{{\"platform\": \"x\", \"account\": \"{HANDLE}\"}}', '2026-03-01', '2026-03-01')",
        "insert into ops.deliveries (subscription_id, window_start, window_end, status, channel) values"
        " ('care_weekly', '2026-02-28', '2026-03-02', 'sent', 'folder'), ('care_weekly', '2026-02-20', '2026-02-27', 'sent', 'folder')",
    ):
        connection.execute(statement.encode())
    connection.commit()


def erase(connection: psycopg.Connection[Any], author: str = ANN, **given: Any) -> Erasure:
    return erasure.erase(connection, erasure.person(connection, "x", author), REASON, now=NOW, **given)


def traces(connection: psycopg.Connection[Any]) -> set[tuple[str, str]]:
    """(table, trace) of every table that still holds one, in a text or in bytes."""
    found = set()
    for (table,) in rows(connection, TABLES):
        shown = rows(connection, f"select lower(string_agg(t::text, ' ')) from {table} as t")[0][0] or ""
        for trace in TRACES:
            words = trace.lower()
            forms = {words, words.encode().hex(), trace.encode().hex()}
            for other in ("170000007", "ann_kept"):  # that is somebody else
                shown = shown.replace(other, "").replace(other.encode().hex(), "")
            if any(form in shown for form in forms):
                found.add((table, trace))
    return found


def state(connection: psycopg.Connection[Any]) -> dict[str, Any]:
    """Every row of every table."""
    return {table: rows(connection, f"select coalesce(string_agg(t::text, ' ' order by t::text), '') from {table} as t") for (table,) in rows(connection, TABLES)}


def test_no_table_holds_a_trace_of_an_erased_person(connection: psycopg.Connection[Any]) -> None:
    filled(connection)
    assert len({table for table, _ in traces(connection)}) >= 12  # the search finds what is there
    done = erase(connection)
    assert traces(connection) == set()
    assert done.removed["mentions"] == 4
    assert [(name, start.day, end.day, status, who) for name, start, end, status, who in done.deliveries] == [("care_weekly", 28, 2, "sent", [])]


def test_others_keep_their_words_their_rows_and_their_offsets(connection: psycopg.Connection[Any]) -> None:
    filled(connection)
    erase(connection)
    assert rows(connection, "select native_id, text, mentions, in_reply_to_author_id from core.mentions order by 1") == [
        ("5", "@***** we are sorry", ["erased", "bob"], "erased"), ("6", "something else", [], None), ("7", "170000007 thanks, ann_kept", [], None)]  # fmt: skip
    assert rows(connection, "select task, label -> 0 ->> 'text', label -> 0 ->> 'handle' from nlp.annotations order by 1") == [
        ("entities", "@*****", None), ("handles", None, "erased")]  # fmt: skip
    assert rows(connection, "select masked_text from nlp.masked_texts") == [("@***** we are sorry",)]
    assert rows(connection, "select native_id, body = '' from raw.payloads order by 1") == [("5", True), ("6", True), ("7", False)]
    assert rows(connection, "select author_id from core.authors order by 1") == [("8",), ("9",)]
    # what the gates rest on: each version has its payload, each payload its hash
    assert rows(connection, "select count(*) from core.mentions m where not exists (select from raw.payloads p where p.payload_sha256 = m.payload_sha256)") == [(0,)]
    assert rows(connection, "select count(*) from raw.payloads") == rows(connection, "select count(*) from raw.payload_hashes") == [(3,)]


def test_the_marts_are_led_to_the_touched_items_and_hours(connection: psycopg.Connection[Any]) -> None:
    filled(connection)
    connection.execute("truncate ops.mart_changes; truncate ops.mart_hours; truncate ops.mart_authors; truncate ops.mart_conversations")
    erase(connection)
    touched = "select distinct core.mention_id('x', '', k, n) from (values ('post', '1'), ('post', '2'), ('post', '3'), ('reply', '5')) as t (k, n)"
    assert rows(connection, f"select count(*) from ({touched} except select mention_id from ops.mart_changes) as missed") == [(0,)]
    assert rows(connection, "select count(*) from ops.mart_changes where mention_id = core.mention_id('x', '', 'post', '7') or mention_id is null") == [(0,)]
    assert rows(connection, "select distinct hour_at from ops.mart_hours") == [(datetime(2026, 3, 1, tzinfo=UTC),)]
    assert rows(connection, "select distinct conversation_id from ops.mart_conversations") == [("1",)]
    assert len(rows(connection, "select distinct author_key from ops.mart_authors")) == 1


@pytest.mark.parametrize("author", [ANN, "@ann_k", "Ann_K"])
def test_nothing_of_theirs_lands_again(connection: psycopg.Connection[Any], author: str) -> None:
    filled(connection)
    erase(connection, author)
    batch = opened(connection)
    again = [*hers(), *others(), entry("10", "a new zebra", **ANNS), entry("11", f"hello @{HANDLE}", author_id="8", mentions=[HANDLE]),
             entry("12", "by nobody's id: zebra", author_id=None, author_handle=HANDLE),
             entry("13", "RT: " + WORDS, author_id="8", repost_of_id="2"), Entry("x", "", "post", "1", b'{"zebra": 1}', reason="no date")]  # fmt: skip
    counts = batch.page(again)
    result = batch.finish("success")
    assert traces(connection) == set()
    assert (counts.rejected, result["items_returned"]) == (0, result["items_new"] + result["items_known"])
    assert rows(connection, "select native_id, text, version from core.mentions order by length(native_id), native_id") == [
        ("5", "@***** we are sorry", 1), ("6", "something else", 1), ("7", "170000007 thanks, ann_kept", 1), ("11", "hello @*****", 1)]  # fmt: skip
    batch = opened(connection)
    assert batch.page(again[:-1]).new == 0
    batch.finish("success")


def test_an_objection_holds_before_the_first_item(connection: psycopg.Connection[Any]) -> None:
    done = erase(connection)
    assert (done.rows, done.is_known, done.erasure_id) == (0, False, 1)
    batch = opened(connection)
    batch.page(hers())
    batch.finish("success")
    assert traces(connection) == set()


def test_others_of_the_same_name_elsewhere_are_not_touched(connection: psycopg.Connection[Any]) -> None:
    erasure.erase(connection, Person("x", "elsewhere", (ANN,), ("ann_k",)), REASON, now=NOW)
    filled(connection)
    assert rows(connection, f"select count(*) from core.mentions where author_id = '{ANN}'") == [(3,)]


def test_a_preview_changes_nothing_and_says_the_same(connection: psycopg.Connection[Any]) -> None:
    filled(connection)
    before = state(connection)
    preview = erase(connection, dry_run=True)
    assert state(connection) == before
    assert (preview.removed, preview.deliveries) == ((done := erase(connection)).removed, done.deliveries)
    assert preview.rows > 20


def test_again_there_is_nothing_left_and_no_second_row(connection: psycopg.Connection[Any]) -> None:
    filled(connection)
    erase(connection)
    after = state(connection)
    again = erase(connection, "@ann_k")
    assert (again.rows, again.is_known, again.erasure_id) == (0, True, None)
    assert state(connection) == after


def test_what_something_wrote_beside_an_erasure_goes_with_the_next(connection: psycopg.Connection[Any]) -> None:
    filled(connection)
    erase(connection)
    connection.execute("insert into nlp.annotations (mention_id, mention_version, task, model_version, label)"
                       " values (core.mention_id('x', '', 'post', '1'), 1, 'entities', 'late', '[{\"text\": \"zebra\"}]')")
    connection.commit()
    assert erase(connection).rows == 1
    assert traces(connection) == set()


def test_labels_on_their_way_go_too(connection: psycopg.Connection[Any], warehouse_url: str) -> None:
    filled(connection)
    with connect(warehouse_url) as model, ThreadPoolExecutor(1) as pool:
        model.execute("select 1 from core.mentions where native_id = '1' for update")  # as nlp.enrich claims what it reads
        model.execute("insert into nlp.annotations (mention_id, mention_version, task, model_version, label)"
                      " values (core.mention_id('x', '', 'post', '1'), 1, 'places', 'late', '[{\"text\": \"zebra\"}]')")
        running = pool.submit(erase, connection)
        deadline = time.monotonic() + 30
        while model.execute("select count(*) from pg_locks where not granted").fetchone() == (0,):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        model.commit()
        running.result(60)
    assert traces(connection) == set()


def test_the_ledger_names_nobody_and_refuses_a_reason_that_does(connection: psycopg.Connection[Any]) -> None:
    filled(connection)
    for reason in ("asked by ann_k", f"account {ANN}", " ", "x" * 501):
        with pytest.raises(RenownError, match="reason"):
            erasure.erase(connection, Person("x", "", (ANN,), ("ann_k",)), reason, now=NOW)
    erase(connection)
    assert rows(connection, "select platform, reason, removed ->> 'mentions' from ops.erasures") == [("x", REASON, "4")]
    assert rows(connection, "select count(*), min(length(name_hash)) from ops.erased_names") == [(2, 32)]


def test_a_handle_of_several_people_and_one_of_nobody_are_refused(connection: psycopg.Connection[Any]) -> None:
    batch = opened(connection)
    batch.page([entry("1", **ANNS), entry("2", **{**ANNS, "author_id": "80000008"})])
    batch.finish("success")
    for author, what in (("@ann_k", "2 authors"), ("ann_k", "2 authors"), ("@nobody", "no author")):
        with pytest.raises(RenownError, match=what):
            erasure.person(connection, "x", author)
    assert erasure.person(connection, "x", ANN).ids == (ANN,)


def test_a_desk_s_outcome_does_not_name_them_again(connection: psycopg.Connection[Any]) -> None:
    erase(connection)
    row = {"platform": "x", "conversation_id": "1", "author_id": ANN, "bank_id": "velmora", "outcome": "solved",
           "decided_at": "2026-03-01T00:00:00Z", "note": "zebra note"}  # fmt: skip
    taken = take(connection, json.dumps([row, row | {"author_id": "8", "note": "thanks"}]), source="f.json", now=NOW)
    assert (taken.rejected, "erased" in taken.rejects[0][1]) == (2, True)
    assert traces(connection) == set()
    assert rows(connection, "select body ->> 'author_id' from ops.disposition_rejects") == [("8",)]


@pytest.mark.parametrize(
    ("ids", "handles", "body", "named"),
    [
        (["70000007"], [], b'{"user_id": 70000007}', True),
        (["70000007"], [], b'{"likes": 170000007}', False),
        (["42"], [], b'{"likes": 42, "post_number": 42}', False),
        (["42"], [], b'{"likes": 1, "user_id": 42}', True),
        (["42"], [], b'{"user": {"id": "42"}}', True),
        (["-42"], [], b'{"from_id": -42}', True),
        (["42"], [], b'{"user_id": 421}', False),
        ([], ["john"], b'{"text": "ask john about it"}', False),
        ([], ["john"], b'{"text": "thanks @John!"}', True),
        ([], ["john"], b'<a href="/u/john">J.</a>', True),
        ([], ["john"], b'{"screen_name": "johnny"}', False),
        ([], ["\u0438\u0432\u0430\u043d"], b'{"name": "\\u0438\\u0432\\u0430\\u043d"}', True),
        ([], [], b'{"anything": ""}', False),
    ],
)
def test_bytes_name_a_person_where_a_platform_writes_them(ids: list[str], handles: list[str], body: bytes, named: bool) -> None:
    assert (naming(ids, handles).search(body) is not None) is named


def _die_at(url: str, count: int, ended: Any) -> None:
    """Erase in a process that kills itself at its n-th statement."""
    with connect(url) as connection:
        who = erasure.person(connection, "x", ANN)
        done, execute = [0], psycopg.Connection.execute

        def counted(self: Any, *given: Any, **more: Any) -> Any:
            done[0] += 1
            if done[0] == count:
                os.kill(os.getpid(), signal.SIGKILL)
            return execute(self, *given, **more)

        psycopg.Connection.execute = counted  # type: ignore[method-assign]
        erasure.erase(connection, who, REASON, now=NOW)
        ended.set()


def test_killed_at_any_statement_nothing_happened_and_the_next_run_ends_it(warehouse_url: str) -> None:
    with connect(warehouse_url) as connection:
        filled(connection)
        before = state(connection)
        forks = multiprocessing.get_context("fork")
        for count in range(1, 100):
            ended = forks.Event()
            child = forks.Process(target=_die_at, args=(warehouse_url, count, ended))
            child.start()
            child.join(60)
            if ended.is_set():
                break
            assert child.exitcode == -signal.SIGKILL
            assert state(connection) == before, count
        assert 30 < count < 99
        assert traces(connection) == set()
        assert erase(connection).rows == 0


def at(site: str, native_id: str, text: str = "hello", **changes: Any) -> Entry:
    made = mention(native_id, text, site=site, **changes)
    return Entry("x", site, made["kind"], native_id, json.dumps(made).encode(), mention=made)


def landed(connection: psycopg.Connection[Any], *entries: Entry, source: str = "s") -> None:
    batch = opened(connection, source=source)
    batch.page(list(entries))
    batch.finish("success")


def words(connection: psycopg.Connection[Any]) -> dict[str, str]:
    return dict(rows(connection, "select native_id, text from core.mentions"))


def test_people_of_equal_ids_at_another_site_keep_everything(connection: psycopg.Connection[Any]) -> None:
    aside = mention("14", WORDS, site="b", **ANNS)
    elsewhere = [at("b", "1", WORDS, **ANNS), at("b", "3", "RT", repost_of_id="1"), at("b", "5", f"@{HANDLE} hi", mentions=[HANDLE]),
                 Entry("x", "b", "post", "14", json.dumps(aside).encode(), mention=aside, filtered=True),
                 Entry("x", "b", "post", "1", b'{"broken": true, "user": "' + HANDLE.encode() + b'"}', reason="no date")]  # fmt: skip
    landed(connection, *elsewhere, source="at_b")
    there = {table: f"select t::text from {table} as t where t.site = 'b' order by 1" for table in (
        "core.mentions", "raw.payloads", "raw.payload_hashes", "raw.filtered", "core.authors")}  # fmt: skip
    before = {table: rows(connection, query) for table, query in there.items()}
    filled(connection)
    erase(connection)
    assert {table: rows(connection, query) for table, query in there.items()} == before
    assert rows(connection, "select site, native_id, length(body) > 0 from raw.payloads where site = 'b' order by 2") == [
        ("b", "1", True), ("b", "14", True), ("b", "3", True), ("b", "5", True)]  # fmt: skip
    assert rows(connection, "select source_id, native_id, length(body) > 0 from raw.rejects") == [("at_b", "1", True)]


def test_another_site_keeps_aside_what_it_set_aside(connection: psycopg.Connection[Any]) -> None:
    aside = mention("14", site="b", author_id="8")
    landed(connection, Entry("x", "b", "post", "14", json.dumps(aside).encode(), mention=aside, filtered=True))
    connection.execute("delete from raw.payloads")  # as a purge of old bytes leaves it
    connection.commit()
    filled(connection)
    erase(connection)
    assert rows(connection, "select site, native_id from raw.filtered") == [("b", "14")]


def test_landing_goes_on_while_an_erasure_searches(connection: psycopg.Connection[Any], warehouse_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(connection)
    late = json.dumps({"user": {"screen_name": HANDLE}, "text": "late"}).encode()
    search, seen = erasure_bodies.payloads, list[bool]()

    def searching(given_connection: Any, given: Any) -> Any:
        found = search(given_connection, given)
        if not seen:  # a page lands between the search and the lock
            with connect(warehouse_url) as other:
                other.execute("set lock_timeout = '5s'")
                landed(other, entry("20", WORDS, **ANNS), entry("21", "RT", author_id="8", repost_of_id="2"),
                       entry("22", f"hi @{HANDLE}", author_id="8", mentions=[HANDLE]),
                       Entry("x", "", "post", "23", late, mention=mention("23", "late", author_id="8")), source="other")  # fmt: skip
            seen.append(True)
        return found

    monkeypatch.setattr(erasure_bodies, "payloads", searching)
    erase(connection)
    assert seen
    assert traces(connection) == set()
    assert {"20", "21"}.isdisjoint(words(connection))
    assert words(connection)["22"] == "hi @*****"


def test_what_names_her_in_its_list_alone_loses_the_name_in_its_labels_too(connection: psycopg.Connection[Any]) -> None:
    filled(connection)
    landed(connection, entry("30", "thanks for nothing", author_id="8", mentions=[HANDLE]))
    connection.execute("insert into nlp.annotations (mention_id, mention_version, task, model_version, label) values"
                       " (core.mention_id('x', '', 'post', '30'), 1, 'handles', 'm', '[{\"handle\": \"ann_k\", \"status\": \"unknown\"}]')")
    connection.commit()
    erase(connection)
    assert traces(connection) == set()
    assert rows(connection, "select mentions from core.mentions where native_id = '30'") == [(["erased"],)]


def test_links_to_her_go_and_come_no_more(connection: psycopg.Connection[Any]) -> None:
    filled(connection)
    landed(connection, entry("30", "see", author_id="8", links=["https://x.com/Ann_K/status/1", "https://x.com/bob/status/2"]))
    erase(connection)
    assert rows(connection, "select links from core.mentions where native_id = '30'") == [(["erased", "https://x.com/bob/status/2"],)]
    assert traces(connection) == set()
    landed(connection, entry("31", "see there", author_id="8", links=["https://x.com/Ann_K/status/1", "https://x.com/i/70000007"]))
    assert rows(connection, "select links from core.mentions where native_id = '31'") == [(["erased", "erased"],)]
    assert traces(connection) == set()


@pytest.mark.parametrize(
    ("platform", "site", "handle", "text", "told"),
    [
        ("mastodon", "her.host", "ann", "@ann, @ann@other.host @ann-smith @ann.smith @ann@her.host", "@***, @ann@other.host @ann-smith @ann.smith @***@her.host"),
        ("mastodon", "", "ann", "thanks @ANN. And @anna", "thanks @***. And @anna"),
        ("x", "", "ann", "@ann-thanks .@ann", "@***-thanks .@***"),
        ("reddit", "", "ann", "ask u/Ann or /u/ann, not menu/ann", "ask u/*** or /u/***, not menu/ann"),
        ("x", "", "u_ann", "https://x.com/u_ann/status/1 and/u_ann", "https://x.com/*****/status/1 and/u_ann"),
        ("vk", "", "ann", "*ann (Ann)", "**** (Ann)"),
        ("x", "", "\u0438\u0432\u0430\u043d", "@\u0418\u0432\u0430\u043d!", "@****!"),
    ],
)
def test_a_name_is_masked_as_its_platform_writes_it_and_no_longer_name(platform: str, site: str, handle: str, text: str, told: str) -> None:
    assert masked(text, [handle], platform, site) == told


def test_a_local_part_stands_for_the_whole_address_where_nobody_else_bears_it() -> None:
    assert spoken(["Ann@her.host"], ["Ann@her.host", "bob"]) == {"ann@her.host", "ann"}
    assert spoken(["ann@her.host"], ["ann@her.host", "ann"]) == {"ann@her.host"}


def test_labels_keep_their_own_words(connection: psycopg.Connection[Any]) -> None:
    label = [{"handle": "text", "status": "unknown", "looks_like": None}, {"text": "@Text", "label": "text", "start": 0}]
    assert nameless(label, ["text"], "x", "") == [
        {"handle": "erased", "status": "unknown", "looks_like": None}, {"text": "@****", "label": "text", "start": 0}]  # fmt: skip


@pytest.mark.parametrize("handle", ["user", "text", "name", "id", "photo"])
def test_a_handle_that_is_a_word_of_the_body_names_nobody_there(handle: str) -> None:
    body = b'{"id": "1", "user" : {"name": "J."}, "text": "hello", "media_type": "photo", "type":"user"}'
    assert not is_named(naming([], [handle]), body)
    assert is_named(naming([], [handle]), b'{"user": {"screen_name": "' + handle.encode() + b'"}}')


@pytest.mark.parametrize("body", ['{"name": "\u0418\u0432\u0430\u043d"}', json.dumps({"name": "\u0418\u0432\u0430\u043d"}), '{"name": "\u0418\u0412\u0430\u043d"}'])
def test_capitals_beyond_ascii_are_found_in_bytes(connection: psycopg.Connection[Any], body: str) -> None:
    made = mention("41", "something", author_id="8")
    landed(connection, entry("40", author_id="50", author_handle="\u0418\u0412\u0430\u043d"), Entry("x", "", "post", "41", body.encode(), mention=made))
    erase(connection, "@\u0438\u0432\u0430\u043d")
    assert rows(connection, "select native_id, length(body) from raw.payloads") == [("41", 0)]


def test_a_name_in_cdata_is_found() -> None:
    assert is_named(naming([], ["john"]), b"<author><![CDATA[John]]></author>")


def test_who_was_erased_by_handle_alone_is_told_when_the_id_comes(connection: psycopg.Connection[Any]) -> None:
    landed(connection, entry("50", "zebra", author_id=None, author_handle=HANDLE))
    erase(connection, f"@{HANDLE}")
    landed(connection, entry("51", "zebra two", **ANNS))
    landed(connection, entry("52", "zebra three", **{**ANNS, "author_handle": "renamed"}))
    assert (words(connection), traces(connection)) == ({}, set())
    landed(connection, entry("53", "somebody else by now", author_id="90000009", author_handle=HANDLE))
    assert words(connection) == {"53": "somebody else by now"}


def test_published_cells_of_all_platforms_forget_too(connection: psycopg.Connection[Any]) -> None:
    filled(connection)
    connection.execute("insert into ops.published_cells (mart, cell_id, publication_id, cell, first_day, last_day) values"
                       f" ('mart_impersonation', gen_random_uuid(), 1, '{{\"platform\": \"all\", \"account\": \"{HANDLE}\"}}', '2026-03-01', '2026-03-01')")
    connection.commit()
    erase(connection)
    assert traces(connection) == set()


def test_a_published_wish_of_one_item_forgets_it(connection: psycopg.Connection[Any]) -> None:
    filled(connection)
    connection.execute("insert into ops.published_cells (mart, cell_id, publication_id, cell, first_day, last_day)"
                       " select 'mart_wishes', gen_random_uuid(), 1, jsonb_build_object('bank_id', 'b', 'story_key', ops.story_key(story)), '2026-03-01', '2026-03-01'"
                       " from unnest(array[core.mention_id('x', '', 'post', '1')::text, 'of many']) as story")
    connection.commit()
    erase(connection)
    kept = rows(connection, "select cell ->> 'story_key' = ops.story_key('of many') from ops.published_cells where mart = 'mart_wishes' and cell ->> 'story_key' <> 'erased'")
    assert kept == [(True,)]


def test_deliveries_say_their_state_and_who_has_them(connection: psycopg.Connection[Any]) -> None:
    filled(connection)
    connection.execute("update ops.deliveries set status = 'failed'")
    connection.execute("insert into ops.delivery_recipients (subscription_id, window_start, window_end, issue, recipient, status, file_sha256)"
                       " select subscription_id, window_start, window_end, issue, r, s, 'f' from ops.deliveries, (values ('one@b.test', 'sent'),"
                       " ('two@b.test', 'refused'), ('three@b.test', 'handed')) as t (r, s)")
    connection.commit()
    assert [told[3:] for told in erase(connection).deliveries] == [("failed", ["one@b.test", "three@b.test"])]


def test_snapshots_under_way_are_waited_for(connection: psycopg.Connection[Any], warehouse_url: str) -> None:
    filled(connection)
    for lock in ("nlp.story", "nlp.bot", "nlp.emerging"):
        with connect(warehouse_url) as model:
            model.execute("select pg_advisory_xact_lock(hashtext(%s))", (lock,))
            connection.execute("set lock_timeout = '300ms'")
            connection.commit()
            with pytest.raises(psycopg.errors.LockNotAvailable):
                erase(connection)
            connection.rollback()


def test_people_s_labels_under_way_go_too_and_later_ones_find_nothing(connection: psycopg.Connection[Any], warehouse_url: str) -> None:
    filled(connection)
    label = [(str(mention_id("x", "", "post", "1")), 1, "entities", [{"text": "zebra"}])]
    with connect(warehouse_url) as people, ThreadPoolExecutor(1) as pool:
        assert len(write_human(people, label, "human:ann")) == 1
        running = pool.submit(erase, connection)
        with pytest.raises(TimeoutError):
            running.result(1.5)
        people.commit()
        running.result(60)
        assert write_human(people, label, "human:ann") == []
        people.commit()
    assert traces(connection) == set()


def test_a_forgotten_site_and_a_misspelt_name_are_refused(connection: psycopg.Connection[Any]) -> None:
    landed(connection, at("b.test", "1", WORDS, **ANNS))
    for author in (ANN, "80000008"):
        with pytest.raises(RenownError, match="no site"):
            erasure.person(connection, "x", author)
    with pytest.raises(RenownError, match="site other"):
        erasure.person(connection, "x", ANN, "other")
    with pytest.raises(RenownError, match="ids are numbers"):
        erasure.person(connection, "x", "ann_kk", "b.test")
    assert erasure.person(connection, "x", "80000008", "b.test").ids == ("80000008",)
    assert rows(connection, "select count(*) from ops.erasures") == [(0,)]


def test_a_site_that_an_erasure_left_empty_is_no_forgotten_one(connection: psycopg.Connection[Any]) -> None:
    landed(connection, at("b.test", "1", WORDS, **ANNS), at("c.test", "1", author_id="8"))
    assert erasure.erase(connection, erasure.person(connection, "x", ANN, "b.test"), REASON, now=NOW).rows > 0
    for author in (ANN, "Ann_K", "@ann_k"):
        assert erasure.erase(connection, erasure.person(connection, "x", author, "b.test"), REASON, now=NOW).rows == 0
    assert rows(connection, "select count(*) from ops.erasures") == [(1,)]


def test_no_tombstone_s_key_holds_the_id_again(connection: psycopg.Connection[Any]) -> None:
    filled(connection)
    told = Entry("x", "", "post", "told", b"{}", tombstones=[{"native_id": f"{ANN}_9", "kind": "post", "basis": "platform"}])
    landed(connection, entry(f"{ANN}_9", WORDS, **ANNS), told)
    assert "core.deletions" in {table for table, _ in traces(connection)}
    erase(connection)
    assert traces(connection) == set()
    batch = opened(connection)
    other = {"native_id": f"{ANN}_9", "kind": "post", "basis": "compliance"}
    batch.page([Entry("x", "", "post", "told", b"{ }", tombstones=[other])])
    batch.finish("success")
    assert traces(connection) == set()
    assert rows(connection, "select count(*) from core.deletions where basis = 'compliance'") == [(1,)]
