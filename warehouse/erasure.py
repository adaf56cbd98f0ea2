"""A person's data erased on request: all of it in one transaction, and held back from then on.

    who ──► person() ──► what they wrote, reposts of it ──► deleted in every table, a tombstone (basis erasure) in its place
                     ├─► what others wrote to or of them ──► the name taken out; the words are the others'
                     ├─► stored bytes that name them ──────► emptied
                     └─► ops.erased_names (hashes) ────────► nothing of theirs lands again (warehouse/erased.py)

What may go is looked for before landing's lock is taken, under it only in what was loaded since: other platforms' and sites' loads never wait.
A preview is the same transaction, rolled back. Killed before the commit nothing has happened, after it everything; run again it finds what is left.
The tombstones and the triggers of ops.mart_changes lead the next build of the marts to the touched days (docs/contracts.md).
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, LiteralString

import psycopg
from psycopg.types.json import Jsonb

from settings import RenownError
from warehouse import erasure_bodies, erasure_sql
from warehouse.bulk import copy_rows
from warehouse.erased import name_hash
from warehouse.erased_names import folded, linkless, masked, nameless, spoken

LONGEST_REASON = 500
Connection = psycopg.Connection[Any]


@dataclass(frozen=True)
class Person:
    """An author of one platform and site, by every id and handle that the warehouse knows (handles without @, lower-cased)."""

    platform: str
    site: str
    ids: tuple[str, ...]
    handles: tuple[str, ...]
    spellings: tuple[str, ...] = ()  # the handles as the platform spelt them

    def given(self) -> dict[str, Any]:
        """As the statements take it."""
        near, linked = ("|".join(map(re.escape, names)) for names in (spoken(self.handles), (*self.ids, *self.handles)))
        return {"platform": self.platform, "site": self.site, "ids": list(self.ids), "handles": list(self.handles),
                "spellings": list(self.spellings), "near": f"[@/*\\[]({near})" if near else None, "linked": f"/@?({linked})" if linked else None}  # fmt: skip


@dataclass
class Erasure:
    """What went (or would go): rows by what they were, in the order of the work; deliveries whose windows held some
    of it (subscription, from, to, state, recipients that have it or may have it)."""

    removed: dict[str, int] = field(default_factory=dict)
    deliveries: list[tuple[str, datetime, datetime, str, list[str]]] = field(default_factory=list)
    is_known: bool = False  # erased before
    erasure_id: int | None = None

    @property
    def rows(self) -> int:
        """All of them."""
        return sum(self.removed.values())


def person(connection: Connection, platform: str, author: str, site: str = "") -> Person:
    """Whom an id or an @handle names. Raises RenownError where it names several people, or a handle that nobody here has."""
    name = author.removeprefix("@").lower()
    given = {"platform": platform, "site": site, "ids": [author], "handles": [name]}
    by_handle = {row[0] for row in connection.execute(erasure_sql.IDS_OF_HANDLE, given).fetchall()}
    is_id = not author.startswith("@") and connection.execute(erasure_sql.IS_ID, given).fetchone() is not None
    others = by_handle - {None} - ({author} if is_id else set())
    if len(others) + is_id > 1:
        raise RenownError(f"'{author}' names {len(others) + is_id} authors of {platform}", "give the platform's own id of the one", 2)
    if not by_handle and not is_id:
        if _was_erased(connection, platform, site, name):
            return Person(platform, site, (), (name,))
        if connection.execute(erasure_sql.KNOWN, (platform, _hashes(connection, Person(platform, site, (author,), ())))).fetchone() is None:
            _refuse_elsewhere(connection, given, author)
    if author.startswith("@") and not by_handle:
        raise RenownError(f"no author of {platform}{f' at {site}' if site else ''} has this handle",
                          "give the platform's own id: it is held back even before its first item", 2)  # fmt: skip
    ids = sorted(others | ({author} if is_id or not (by_handle or author.startswith("@")) else set()))
    is_named = author.startswith("@") or bool(by_handle)
    known = connection.execute(erasure_sql.HANDLES_OF_IDS, given | {"ids": ids, "handles": [name] if is_named else []}).fetchall()
    spellings = {row[0] for row in known}
    handles = {folded(spelling) for spelling in spellings} | ({name} if is_named else set()) | _handles_by_id(platform, ids)
    return Person(platform, site, tuple(ids), tuple(sorted(handles)), tuple(sorted(spellings)))


def _handles_by_id(platform: str, ids: Sequence[str]) -> set[str]:
    """What a platform writes in a handle's place for an account without one."""
    return {f"club{one[1:]}" if one.startswith("-") else f"id{one}" for one in ids} if platform == "vk" else set()


def _refuse_elsewhere(connection: Connection, given: dict[str, Any], author: str) -> None:
    """Nobody here has this name: where it was surely meant for somebody else, the ledger is not to say that it was done. Raises RenownError."""
    site, platform = given["site"], given["platform"]
    sites = connection.execute(erasure_sql.OTHER_SITES, given).fetchone()
    if sites is not None:
        listed = ", ".join(one or "(none)" for one in sites[0])
        raise RenownError(f"nothing of {platform} is from {f'site {site}' if site else 'no site'}", f"name it by --site, as it is stored: {listed} …", 2)
    is_word = not author.startswith("@") and not re.fullmatch(r"-?[0-9]+", author)
    if is_word and connection.execute(erasure_sql.IDS_ARE_NUMBERS, given).fetchone() == (True,):
        raise RenownError(f"no author of {platform} has this name, and ids are numbers there", "give the platform's own id, or @handle as it is written", 2)


def refuse_reason(reason: str, who: Person) -> None:
    """The ledger keeps the reason for good. Raises RenownError for none, a long one, and one that names the person."""
    if not 1 <= len(reason.strip()) <= LONGEST_REASON:
        raise RenownError(f"the reason is empty or longer than {LONGEST_REASON} letters", "say in a few words who asked for it, and when", 2)
    words = {word.lower() for word in re.findall(r"[\w.-]+", reason)}
    if words & {name.lower() for name in (*who.ids, *who.handles)}:
        raise RenownError("the reason names the person", "the ledger keeps it for good: write the number of the request instead", 2)


def erase(connection: Connection, who: Person, reason: str, *, now: datetime, dry_run: bool = False) -> Erasure:
    """Erase the person's data, or say what would go (`dry_run`). Commits. Raises RenownError for a reason that cannot be kept."""
    refuse_reason(reason, who)
    done = Erasure()
    since = _searched(connection, who)
    with connection.transaction(force_rollback=dry_run):
        connection.execute(erasure_sql.LOCK_SNAPSHOTS)
        connection.execute(erasure_sql.LOCK, (who.platform,))
        hashes = _hashes(connection, who)
        done.is_known = connection.execute(erasure_sql.KNOWN, (who.platform, hashes)).fetchone() is not None
        _gather(connection, who, since)
        connection.execute(erasure_sql.HOLD)  # no model is reading them meanwhile
        done.deliveries = connection.execute(erasure_sql.DELIVERIES).fetchall()
        _remove(connection, who, done, now)
        if not done.is_known and not who.ids:
            hashes += _hashes(connection, who, is_sole=True)
        if done.rows or not done.is_known:
            done.erasure_id = _note(connection, who, reason.strip(), done, hashes)
        connection.execute(erasure_sql.DROP)  # after a preview they stay until the session ends, or the next erasure
    connection.commit()
    return done


def gone(connection: Connection) -> set[str]:
    """Ids of every mention that was erased: files beside the warehouse may still name them."""
    rows = connection.execute("select mention_id::text from core.deletions where basis = 'erasure'").fetchall()
    connection.commit()
    return {row[0] for row in rows}


def _was_erased(connection: Connection, platform: str, site: str, handle: str) -> bool:
    who = Person(platform, site, (), (handle,))
    return connection.execute(erasure_sql.KNOWN, (platform, _hashes(connection, who))).fetchone() is not None


def _hashes(connection: Connection, who: Person, is_sole: bool = False) -> list[bytes]:
    """Of the ids and handles; `is_sole`: of the handles of somebody without a known id, who are told by them whatever id comes beside."""
    row = connection.execute("select salt::text from ops.erasure_salt").fetchone()
    if row is None:
        raise RenownError("ops.erasure_salt is empty, so nobody who was erased can be told any more", "restore the table from a backup")
    named = [("id", one) for one in who.ids] + [("handle", one) for one in who.handles]
    named = [("sole", one) for one in who.handles] if is_sole else named
    return [name_hash(row[0], who.site, kind, name) for kind, name in named]


def _searched(connection: Connection, who: Person) -> str:
    """Look for all that may go, before any lock is held for long; returns the instant from which on it is to be looked at again."""
    connection.commit()
    connection.execute(erasure_sql.LOCK, (who.platform,))  # whoever lands at this moment has committed then
    row = connection.execute(erasure_sql.NOW).fetchone()
    connection.commit()
    for statement in erasure_sql.MAKE:
        connection.execute(statement)
    connection.execute(erasure_sql.SITE_SOURCES, who.given())
    _gather(connection, who, "-infinity")
    connection.execute(erasure_sql.LOOKED_AT)
    connection.commit()
    return str(row[0]) if row else "-infinity"


def _gather(connection: Connection, who: Person, since: str) -> None:
    """What goes and what names the person, of all that was loaded since, into the session's tables."""
    given = who.given() | {"since": since}
    is_new = connection.execute(erasure_sql.OWN_ITEMS, given).rowcount > 0
    connection.execute(erasure_sql.REPOSTS, given | ({"since": "-infinity"} if is_new else {}))
    connection.execute(erasure_sql.LEFT_BEHIND)
    connection.execute(erasure_sql.NAMING, given)
    _add(connection, "bodies", ("site", "kind", "native_id", "payload_sha256"), erasure_bodies.payloads(connection, given))
    _add(connection, "unread", ("reject_id",), [(one,) for one in erasure_bodies.rejects(connection, given)])


def _add(connection: Connection, table: str, columns: tuple[str, ...], rows: Sequence[tuple[Any, ...]]) -> None:
    """Rows that the table has not yet."""
    known = set(connection.execute(f"select {', '.join(columns)} from pg_temp.{table}".encode()).fetchall())
    copy_rows(connection, f"pg_temp.{table}", columns, [row for row in dict.fromkeys(rows) if row not in known])


def _remove(connection: Connection, who: Person, done: Erasure, now: datetime) -> None:
    """Every table, children before parents; what names the person was found before the rows go by which it is found."""
    given = who.given() | {"now": now}
    given["cases"] = [row[0] for row in connection.execute(erasure_sql.CASES, given).fetchall()] if _has_cases(connection) else []
    emptied = connection.execute(erasure_sql.EMPTY_BODIES, given).rowcount
    forgotten = max(connection.execute(statement, given).rowcount for statement in erasure_sql.FORGET_BODIES)
    done.removed["stored bytes that name them"] = emptied + forgotten
    done.removed["names in others' words and labels"] = _words_taken_out(connection, who) + _labels_taken_out(connection, who)
    for name, statement in (erasure_sql.OTHERS | erasure_sql.OWN).items():
        done.removed[name] = connection.execute(statement, given).rowcount


def _has_cases(connection: Connection) -> bool:
    return connection.execute("select to_regclass('marts_rows.fct_cases') is not null").fetchone() == (True,)


def _words_taken_out(connection: Connection, who: Person) -> int:
    """The name in others' texts, titles and links, letter by letter; rows changed."""
    changed = []
    for mention_id, version, text, title, links, mentions in connection.execute(erasure_sql.NAMED_WORDS).fetchall():
        names = _names(who, mentions)
        kept = linkless(links, lambda part: part in who.ids or folded(part) in who.handles)
        told = (masked(text, names, who.platform, who.site), masked(title, names, who.platform, who.site), kept)
        if told != (text, title, links):
            changed.append((*told, mention_id, version))
    return _changed(connection, erasure_sql.TAKE_OUT_WORDS, changed)


def _labels_taken_out(connection: Connection, who: Person) -> int:
    """The name in the masked texts and labels of what names the person; rows changed."""
    listed: dict[Any, list[str]] = {}
    for mention_id, *_, mentions in connection.execute(erasure_sql.NAMED_WORDS).fetchall():
        listed.setdefault(mention_id, []).extend(mentions)
    changed = []
    for *key, text in connection.execute(erasure_sql.NAMED_MASKED).fetchall():
        told = masked(text, _names(who, listed.get(key[0], ())), who.platform, who.site)
        changed += [(told, *key)] if told != text else []
    count = _changed(connection, erasure_sql.TAKE_OUT_MASKED, changed)
    changed = []
    for *key, label in connection.execute(erasure_sql.NAMED_LABELS).fetchall():
        kept = nameless(label, sorted(_names(who, listed.get(key[0], ()))), who.platform, who.site)
        changed += [(Jsonb(kept), *key)] if kept != label else []
    return count + _changed(connection, erasure_sql.TAKE_OUT_LABEL, changed)


def _names(who: Person, mentions: Sequence[str]) -> set[str]:
    """The handles, and their local parts where this very item mentions the person by the whole address."""
    return {*who.handles, *spoken([one for one in mentions if folded(one) in who.handles], mentions)}


def _changed(connection: Connection, statement: LiteralString, rows: Sequence[tuple[Any, ...]]) -> int:
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(statement, rows)
    return len(rows)


def _note(connection: Connection, who: Person, reason: str, done: Erasure, hashes: Sequence[bytes]) -> int:
    """A row of the ledger, and the hashes by which landing tells the person."""
    row = connection.execute(erasure_sql.NOTE, (who.platform, reason, json.dumps(done.removed))).fetchone()
    number = int(row[0]) if row else 0
    for one in hashes:
        connection.execute(erasure_sql.NAME, (who.platform, one, number))
    return number
