"""Outcomes of cases from the bank's desk: by file and by signed webhook, each once, what cannot be taken kept and told by line."""

from __future__ import annotations

import csv
import json
import threading
from datetime import UTC, datetime

import psycopg
import pytest
import requests

from delivery import desk, door
from settings import RenownError, Settings
from tests.delivery.alerts.conftest import KEY
from tests.delivery.alerts.scenes import ask, put
from warehouse.connection import connect
from warehouse.dispositions import Taken, retry, take

NOW = datetime(2026, 3, 30, tzinfo=UTC)
CASE = "c0000000-0000-0000-0000-000000000001"
WHOLE = "platform,conversation_id,author_id,bank_id,outcome,decided_at,note"
AT = "2026-03-18T14:05:00+01:00"


@pytest.fixture
def cases(url: str) -> str:
    put(url, "fct_cases", case_id=CASE, platform="x", site="", conversation_id="c1", author_id="a1", bank_id="velmora")
    return url


def took(url: str, text: str) -> Taken:
    with connect(url) as connection:
        return take(connection, text, source="desk.csv", now=NOW)


def stored(url: str) -> list[tuple[object, ...]]:
    return ask(url, "select platform, site, conversation_id, author_id, bank_id, outcome, note from ops.dispositions order by decided_at")


def test_a_file_by_case_id_or_by_key_once(cases: str) -> None:
    by_id = f"\ufeffOutcome,case_id,decided_at,extra\nanswered,{CASE},{AT},x\n"
    assert took(cases, by_id).counts() == {"read": 1, "new": 1, "changed": 0, "known": 0, "rejected": 0}
    assert took(cases, by_id).counts()["known"] == 1
    by_key = f"{WHOLE}\nx,c1,a1,velmora,solved,{AT},\nx,c1,a1,velmora,solved,2026-03-19T10:00Z,called back\n"
    assert took(cases, by_key).counts() == {"read": 2, "new": 1, "changed": 1, "known": 0, "rejected": 0}
    key = ("x", "", "c1", "a1", "velmora")
    assert stored(cases) == [(*key, "solved", None), (*key, "solved", "called back")], "the same moment again corrects it"


def said(outcome: str, stated_at: str | None = None, note: str | None = None) -> str:
    row = {"case_id": CASE, "outcome": outcome, "decided_at": AT, "stated_at": stated_at, "note": note}
    return json.dumps([row])


def test_a_repeat_of_an_older_body_does_not_undo_its_correction(cases: str) -> None:
    first, correction = said("answered"), said("solved", note="called back")
    assert [(took(cases, text).new, took(cases, text).known) for text in (first, correction, first)] == [(1, 1), (0, 1), (0, 1)]
    assert [row[5:] for row in stored(cases)] == [("solved", "called back")]


def test_of_two_statements_the_one_said_later_holds_in_whatever_order_they_come(cases: str) -> None:
    early, late = said("answered", "2026-03-20T09:00Z"), said("rejected", "2026-03-21T09:00+02:00")
    assert (took(cases, late).new, took(cases, early).known) == (1, 1)
    assert [row[5] for row in stored(cases)] == ["rejected"]
    back = took(cases, said("answered", "2026-03-22T09:00Z")).counts()
    assert (back["changed"], stored(cases)[0][5]) == (1, "answered"), "the same again, said later, is a statement of its own"
    assert took(cases, said("rejected", "2026-03-21T10:00Z")).known == 1
    assert took(cases, said("answered", "2026-03-24T09:00Z")).known == 1
    assert took(cases, said("rejected", "2026-03-23T09:00Z")).known == 1, "agreeing moved the time of what holds"
    assert stored(cases)[0][5] == "answered"


def test_a_statement_cannot_be_of_tomorrow_or_without_an_offset(cases: str) -> None:
    reasons = [took(cases, said("solved", at)).rejects[0][1].partition(":")[0] for at in ("2026-03-31T00:00Z", "2026-03-20T00:00", "then")]
    assert reasons == ["stated_at lies in the future", "stated_at has no offset", "stated_at is no instant"]


def test_a_desk_s_clock_may_be_a_little_ahead_of_ours(cases: str) -> None:
    assert took(cases, said("solved", "2026-03-30T00:04:59Z")).counts()["new"] == 1
    assert ask(cases, "select stated_at from ops.dispositions") == [(NOW,)], "it counts as said now, so that whatever is said next is later"
    assert took(cases, said("solved", "2026-03-30T00:05:01Z")).rejected == 1


def test_an_outcome_waits_for_an_erasure_of_its_platform(cases: str) -> None:
    with connect(cases) as erasing, connect(cases) as desk_:
        erasing.execute("select pg_advisory_xact_lock(hashtext('renown.landing'), hashtext('x'))")
        desk_.execute("set lock_timeout = '300ms'")
        desk_.commit()
        with pytest.raises(psycopg.errors.LockNotAvailable):
            take(desk_, said("answered"), source="desk.csv", now=NOW)


def test_what_waited_is_older_than_what_was_said_meanwhile(cases: str) -> None:
    later, now = "c0000000-0000-0000-0000-000000000002", datetime.now(UTC)
    text = said("answered").replace(CASE, later)
    with connect(cases) as connection:
        assert take(connection, text, source="desk", now=now).rejected == 1
        put(cases, "fct_cases", case_id=later, platform="vk", site="", conversation_id="c9", author_id="a9", bank_id="velmora")
        now = datetime.now(UTC)
        assert take(connection, text.replace("answered", "solved"), source="desk", now=now).new == 1
        assert retry(connection, datetime.now(UTC)) == 1
    assert [row[5] for row in stored(cases)] == ["solved"]


@pytest.mark.parametrize("text", [json.dumps([{"case_id": CASE, "outcome": "solved", "decided_at": AT}]),
                                  json.dumps({"case_id": CASE, "outcome": "solved", "decided_at": AT, "note": None}) + "\n\n"])
def test_json_as_a_list_or_line_by_line(cases: str, text: str) -> None:
    assert took(cases, text).new == 1


def test_rows_that_cannot_be_taken_are_kept_once_and_told_by_line_and_mend(cases: str) -> None:
    bad = "\n".join([WHOLE, f"x,c1,a1,velmora,done,{AT},", "x,c1,a1,velmora,solved,yesterday,", "x,c1,a1,velmora,solved,2026-03-18T14:05:00,",
                     "x,c1,a1,velmora,solved,2026-03-30T00:00:01Z,", f"x,,a1,velmora,solved,{AT},", f'x,c1,a1,velmora,solved,{AT},"{"a" * 2001}"',
                     f"x,c1,a1,velmora,solved,{AT},my secret", f"x,c2,a1,velmora,solved,{AT},"])
    taken = took(cases, bad)
    assert (taken.read, taken.new, taken.rejected) == (8, 1, 7)
    assert [(line, reason.partition(":")[0]) for line, reason in taken.rejects] == [
        (2, "outcome is none of answered, solved, rejected"), (3, "decided_at is no instant"), (4, "decided_at has no offset"),
        (5, "decided_at lies in the future"), (6, "the case is not named (conversation_id missing)"), (7, "note is longer than 2000 letters"),
        (9, "no such case is known yet")]
    assert all(": " in reason for _, reason in taken.rejects), "each with its mend"
    took(cases, bad)
    assert ask(cases, "select line, source, is_waiting from ops.disposition_rejects order by line") == [
        (n, "desk.csv", n == 9) for n in (2, 3, 4, 5, 6, 7, 9)]


def test_an_outcome_that_came_before_its_case_is_taken_later(cases: str) -> None:
    later = "c0000000-0000-0000-0000-000000000002"
    assert took(cases, f"case_id,outcome,decided_at\n{later},solved,{AT}\n").rejected == 1
    with connect(cases) as connection:
        assert retry(connection, NOW) == 0
        put(cases, "fct_cases", case_id=later, platform="vk", site="", conversation_id="c9", author_id="a9", bank_id="velmora")
        assert retry(connection, NOW) == 1
        assert retry(connection, NOW) == 0
    assert stored(cases) == [("vk", "", "c9", "a9", "velmora", "solved", None)]
    assert ask(cases, "select resolved_at is not null from ops.disposition_rejects") == [(True,)]


def test_a_webhook_leaves_what_waits_to_the_build(cases: str) -> None:
    later = "c0000000-0000-0000-0000-000000000002"
    took(cases, f"case_id,outcome,decided_at\n{later},solved,{AT}\n")
    put(cases, "fct_cases", case_id=later, platform="vk", site="", conversation_id="c9", author_id="a9", bank_id="velmora")
    took(cases, f"case_id,outcome,decided_at\n{CASE},solved,{AT}\n")
    assert [row[2] for row in stored(cases)] == ["c1"], "one POST must not read all that waits"


@pytest.mark.parametrize("note", ["a\\u0000b", "a\\ud800b"])
def test_letters_that_no_text_holds_are_told_by_line(cases: str, note: str) -> None:
    good = json.dumps({"case_id": CASE, "outcome": "solved", "decided_at": AT})
    taken = took(cases, f'{good[:-1]}, "note": "{note}"}}\n{good}\n')
    assert (taken.new, taken.rejects) == (1, [(1, "a value holds a NUL or half of a letter: take it out")])
    assert ask(cases, "select body ->> 'note' from ops.disposition_rejects") == [("a\ufffdb",)]


def test_the_webhook_answers_what_cannot_be_read_at_all(cases: str, house: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(desk.KEY, KEY)
    nested, long = b"[" * 100_000, f"case_id,outcome,decided_at,note\n{CASE},solved,{AT},{'a' * 131_073}\n".encode()
    large, heading = b'[{"case_id": ' + b"1" * 5_000 + b"}]", b"a" * 131_073 + b",outcome\n"
    before = csv.field_size_limit(131_072)  # the process's, which readers of archives widen
    try:
        with connect(cases) as connection:
            answers = [desk.receive(connection, house, body, desk.sign(body, KEY)) for body in (nested, long, large, heading)]
    finally:
        csv.field_size_limit(before)
    assert [status for status, _ in answers] == [400] * 4
    assert [answer["error"].partition(":")[0] for _, answer in answers] == [
        "line 1 is no JSON", "line 2 is no CSV", "line 1 is no JSON", "line 1 is no CSV"]


def test_before_the_marts_are_built_outcomes_wait(warehouse_url: str) -> None:
    assert took(warehouse_url, f"case_id,outcome,decided_at\n{CASE},solved,{AT}\n").rejects[0][1].startswith("no such case is known yet")


@pytest.mark.parametrize("text", ["a,b\n1,2\n", "{\"outcome\": \n", "[1, 2]", "case_id,decided_at\n1,2\n"])
def test_what_is_no_table_of_outcomes_is_refused_whole(cases: str, text: str) -> None:
    with pytest.raises(RenownError, match=r"line 1|heading"):
        took(cases, text)
    assert ask(cases, "select from ops.disposition_rejects") == []


def test_the_webhook_takes_what_is_signed_and_nothing_else(cases: str, house: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    body = json.dumps([{"case_id": CASE, "outcome": "answered", "decided_at": AT}, {"case_id": "x", "outcome": "answered", "decided_at": AT}]).encode()
    with door.serve(house, cases, port=0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        at = f"http://127.0.0.1:{server.server_port}/dispositions"

        def sent(data: bytes, signature: str | None) -> requests.Response:
            return requests.post(at, data, headers={desk.HEADER: signature} if signature else {}, timeout=10)

        assert sent(body, desk.sign(body, KEY)).status_code == 503, "no key of the desk's"
        monkeypatch.setenv(desk.KEY, KEY)
        assert [sent(body, signature).status_code for signature in (None, "sha256=00", "ü", desk.sign(body, KEY[:-1] + "x"), desk.sign(body + b" ", KEY))] == [401] * 5
        assert stored(cases) == []
        answer = sent(body, desk.sign(body, KEY))
        assert (answer.status_code, answer.json()["new"], answer.json()["rejects"]) == (
            200, 1, [{"line": 2, "reason": "case_id is no id: take it from mart_open_cases as it stands"}])
        again = sent(body, desk.sign(body, KEY)).json()
        assert (again["new"], again["known"]) == (0, 1)
        assert sent(b"\xff", desk.sign(b"\xff", KEY)).status_code == 400
        monkeypatch.setattr(desk, "LARGEST", 10)
        assert sent(body, desk.sign(body, KEY)).status_code == 413
        server.shutdown()
