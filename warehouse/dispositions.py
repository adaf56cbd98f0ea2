"""Outcomes of cases from the bank's own desk: ops.dispositions, which the marts read as answers.

    CSV | JSON Lines | JSON ──► rows with their lines ──► checked ──► case_id or key looked up ──► ops.dispositions (same again: nothing)
                                                          └──────────────────────────────────────► ops.disposition_rejects (kept, told by line)

A row says its case by `case_id` (as mart_open_cases shows it), or by `platform, site, conversation_id, author_id, bank_id`; and
`outcome` (answered, solved, rejected), `decided_at` (ISO 8601 with an offset), and a `note` if it likes.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import psycopg

from settings import RenownError
from warehouse.erased import erased_of

OUTCOMES = ("answered", "solved", "rejected")
KEY = ("platform", "conversation_id", "author_id", "bank_id")
COLUMNS = ("case_id", *KEY, "site", "outcome", "decided_at", "stated_at", "note")
LONGEST_NOTE = 2_000
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")  # what no text of PostgreSQL holds
AHEAD = timedelta(minutes=5)  # by which the desk's clock may be ahead of ours
UNKNOWN = "no such case is known yet"
BY_ID = "select platform, site, conversation_id, author_id, bank_id from marts_rows.fct_cases where case_id = %s"
BY_KEY = """
select platform, site, conversation_id, author_id, bank_id from marts_rows.fct_cases
where platform = %s and site = %s and conversation_id = %s and author_id = %s and bank_id = %s
"""
# A statement that was taken before is a repeat, unless it was said again later than all that is known of it.
STATE = """
insert into ops.disposition_statements as known (platform, site, conversation_id, author_id, bank_id, decided_at, content, stated_at)
values (%s, %s, %s, %s, %s, %s, md5(%s || chr(31) || coalesce(%s, '')), coalesce(%s::timestamptz, %s))
on conflict (platform, site, conversation_id, author_id, bank_id, decided_at, content) do update set stated_at = excluded.stated_at
where %s::timestamptz > known.stated_at
returning stated_at
"""
STORE = """
insert into ops.dispositions as known (platform, site, conversation_id, author_id, bank_id, decided_at, outcome, note, stated_at)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s)
on conflict (platform, site, conversation_id, author_id, bank_id, decided_at) do update
set outcome = excluded.outcome, note = excluded.note, stated_at = excluded.stated_at, loaded_at = clock_timestamp()
where excluded.stated_at >= coalesce(known.stated_at, '-infinity') and (known.outcome, known.note) is distinct from (excluded.outcome, excluded.note)
returning xmax = 0
"""
AGREE = """
update ops.dispositions set stated_at = %s where (platform, site, conversation_id, author_id, bank_id, decided_at) = (%s, %s, %s, %s, %s, %s)
    and (outcome, coalesce(note, '')) = (%s, coalesce(%s, '')) and stated_at < %s
"""
REJECT = """
insert into ops.disposition_rejects (reject_id, source, line, reason, is_waiting, body) values (%s, %s, %s, %s, %s, %s)
on conflict (reject_id) do nothing
"""
RESOLVED = "update ops.disposition_rejects set resolved_at = clock_timestamp() where reject_id = any(%s)"
WAITING = "select reject_id, body, received_at from ops.disposition_rejects where is_waiting and resolved_at is null order by received_at, reject_id"

Row = dict[str, str]


@dataclass
class Taken:
    """What became of the rows; `rejects`: (line, what is wrong and how to mend it), never a value that a person wrote."""

    read: int = 0
    new: int = 0
    changed: int = 0
    known: int = 0
    rejected: int = 0
    rejects: list[tuple[int, str]] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """The numbers alone."""
        return {name: getattr(self, name) for name in ("read", "new", "changed", "known", "rejected")}


class Wrong(Exception):
    """A row that cannot be taken; `waits` where only its case is unknown, not `is_kept` where it may not be stored."""

    def __init__(self, reason: str, waits: bool = False, is_kept: bool = True) -> None:
        super().__init__(reason)
        self.reason, self.waits, self.is_kept = reason, waits, is_kept


def take(connection: psycopg.Connection, text: str, *, source: str, now: datetime) -> Taken:
    """Take the outcomes in `text`, all that can be, in one transaction; the rest is kept with its line.

    What waits for its case is not tried here: each build does that, by retry(). Raises RenownError for what is no table.
    """
    taken = Taken()
    with connection.transaction():
        for line, row in rows(text):
            taken.read += 1
            try:
                _count(taken, _store(connection, row, now))
            except Wrong as wrong:
                taken.rejected += 1
                taken.rejects.append((line, wrong.reason))
                if wrong.is_kept:
                    connection.execute(REJECT, (_content(row), source, line, wrong.reason, wrong.waits, json.dumps(_storable(row))))
    connection.commit()
    return taken


def retry(connection: psycopg.Connection, now: datetime) -> int:
    """Try again what waits for its case; returns how many were taken. Commits."""
    with connection.transaction():
        count = _retry(connection, now)
    connection.commit()
    return count


def rows(text: str) -> Iterator[tuple[int, Row]]:
    """(line, the columns that we know) of CSV with a heading, JSON Lines, or a JSON list. Raises RenownError naming the line."""
    stripped = text.lstrip("\ufeff").strip()
    if stripped.startswith("["):
        listed = _json(stripped, 1)
        yield from ((n, _row(item, n)) for n, item in enumerate(listed, 1))
    elif stripped.startswith("{"):
        yield from ((n, _row(_json(line, n), n)) for n, line in enumerate(text.lstrip("\ufeff").splitlines(), 1) if line.strip())
    elif stripped:
        yield from _csv(text.lstrip("\ufeff"))


def _csv(text: str) -> Iterator[tuple[int, Row]]:
    reader = csv.DictReader(io.StringIO(text), restkey="")
    names = {(name or "").strip().lower(): name for name in _heading(reader)}
    if not {"outcome", "decided_at"} <= set(names) or not ("case_id" in names or set(KEY) <= set(names)):
        raise RenownError("the heading names no case, outcome and decided_at",
                          f"line 1: case_id (or {', '.join(KEY)}), outcome, decided_at; with commas between", 2)
    try:
        for row in reader:
            yield reader.line_num, {name: str(row[names[name]] or "").strip() for name in COLUMNS if name in names and row.get(names[name])}
    except csv.Error:
        raise RenownError(f"line {reader.line_num + 1} is no CSV", "at most 131072 letters a field, and a closing quote for each opening one", 2) from None


def _heading(reader: csv.DictReader[str]) -> list[str]:
    try:
        return list(reader.fieldnames or [])
    except csv.Error:
        raise RenownError("line 1 is no CSV", "a heading of short names with commas between", 2) from None


def _json(text: str, line: int) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise RenownError(f"line {line} is no JSON", "one object a line, or a list of objects", 2) from None


def _row(item: Any, line: int) -> Row:
    if not isinstance(item, dict):
        raise RenownError(f"line {line} is no JSON object", "one object a line, or a list of objects", 2)
    return {name: _text(item[name]).strip() for name in COLUMNS if item.get(name) is not None}


def _text(value: Any) -> str:
    return "" if isinstance(value, (dict, list)) else str(value)


def _storable(row: Row) -> Row:
    return {name: UNSTORABLE.sub("\ufffd", value) for name, value in row.items()}


def _store(connection: psycopg.Connection, row: Row, now: datetime, came: datetime | None = None) -> bool | None:
    """True: new, False: changed, None: known, or overtaken by what the desk said later. Raises Wrong."""
    if row != _storable(row):
        raise Wrong("a value holds a NUL or half of a letter: take it out")
    if row.get("outcome") not in OUTCOMES:
        raise Wrong(f"outcome is none of {', '.join(OUTCOMES)}: write one of them")
    if len(row.get("note", "")) > LONGEST_NOTE:
        raise Wrong(f"note is longer than {LONGEST_NOTE} letters: shorten it")
    decided = _instant("decided_at", row.get("decided_at", ""), now)
    told = min(_instant("stated_at", row["stated_at"], now + AHEAD), now) if "stated_at" in row else None
    moment, said = (*_key(connection, row), decided), (row["outcome"], row.get("note"))
    stated = connection.execute(STATE, (*moment, *said, told, came or now, told)).fetchone()
    if stated is None:
        return None
    stored = connection.execute(STORE, (*moment, *said, stated[0])).fetchone()
    if stored is None:
        connection.execute(AGREE, (stated[0], *moment, *said, stated[0]))
    return bool(stored[0]) if stored else None


def _instant(name: str, text: str, now: datetime) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Wrong(f"{name} is no instant: write it like 2026-03-18T14:05:00+01:00") from None
    if found.tzinfo is None:
        raise Wrong(f"{name} has no offset: write it like 2026-03-18T14:05:00+01:00")
    if found > now:
        raise Wrong(f"{name} lies in the future: correct it, or its offset")
    return found


def _key(connection: psycopg.Connection, row: Row) -> tuple[str, ...]:
    """The case's whole key. Raises Wrong."""
    if "case_id" in row:
        try:
            wanted: tuple[Any, ...] = (uuid.UUID(row["case_id"]),)
        except ValueError:
            raise Wrong("case_id is no id: take it from mart_open_cases as it stands") from None
    else:
        if missing := [name for name in KEY if not row.get(name)]:
            raise Wrong(f"the case is not named ({', '.join(missing)} missing): give case_id, or {', '.join(KEY)}")
        wanted = (row["platform"], row.get("site", ""), row["conversation_id"], row["author_id"], row["bank_id"])
        _refuse_erased(connection, *wanted)
    there = connection.execute("select to_regclass('marts_rows.fct_cases') is not null").fetchone() == (True,)
    found = connection.execute(BY_ID if "case_id" in row else BY_KEY, wanted).fetchone() if there else None
    if found is None:
        raise Wrong(f"{UNKNOWN}: it is kept, and taken when its mentions have come in", waits=True)
    _refuse_erased(connection, *found)
    return tuple(found)


def _refuse_erased(connection: psycopg.Connection, platform: str, site: str, _conversation: str, author_id: str, _bank: str) -> None:
    """A person who was erased is not named here again: none is being erased until this is committed. Raises Wrong."""
    connection.execute("select pg_advisory_xact_lock_shared(hashtext('renown.landing'), hashtext(%s))", (platform,))
    erased = erased_of(connection, platform)
    if erased and erased.has(site, "id", author_id):
        raise Wrong("its author was erased: take the row out, nothing of it is kept", is_kept=False)


def _count(taken: Taken, is_new: bool | None) -> None:
    name = {True: "new", False: "changed", None: "known"}[is_new]
    setattr(taken, name, getattr(taken, name) + 1)


def _retry(connection: psycopg.Connection, now: datetime) -> int:
    done = []
    for reject_id, body, received_at in connection.execute(WAITING).fetchall():
        try:
            _store(connection, body, now, min(received_at, now))  # what the desk said while it waited is newer
            done.append(reject_id)
        except Wrong:
            continue
    connection.execute(RESOLVED, (done,))
    return len(done)


def _content(row: Row) -> str:
    return hashlib.sha256(json.dumps(row, sort_keys=True).encode()).hexdigest()
