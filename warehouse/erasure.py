"""A person's data erased on request: all of it in one transaction, and held back from then on.

    who ──► person() ──► what they wrote, reposts of it ──► deleted in every table, a tombstone (basis erasure) in its place
                     ├─► what others wrote to or of them ──► the name taken out; the words are the others'
                     ├─► stored bytes that name them ──────► emptied
                     └─► ops.erased_names (hashes) ────────► nothing of theirs lands again (warehouse/erased.py)

A preview is the same transaction, rolled back. Killed before the commit nothing has happened, after it everything; run again it finds what is left.
The tombstones and the triggers of ops.mart_changes lead the next build of the marts to the touched days (docs/contracts.md).
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import psycopg

from settings import RenownError
from warehouse import erasure_bodies, erasure_sql
from warehouse.erased import name_hash

LONGEST_REASON = 500
Connection = psycopg.Connection[Any]


@dataclass(frozen=True)
class Person:
    """An author of one platform and site, by every id and handle that the warehouse knows (handles without @, lower-cased)."""

    platform: str
    site: str
    ids: tuple[str, ...]
    handles: tuple[str, ...]

    def given(self) -> dict[str, Any]:
        """As the statements take it."""
        return {"platform": self.platform, "site": self.site, "ids": list(self.ids), "handles": list(self.handles)}


@dataclass
class Erasure:
    """What went (or would go): rows by what they were, in the order of the work; deliveries whose windows held some of it."""

    removed: dict[str, int] = field(default_factory=dict)
    deliveries: list[tuple[str, datetime, datetime]] = field(default_factory=list)
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
    if author.startswith("@") and not by_handle and not _was_erased(connection, platform, site, name):
        raise RenownError(f"no author of {platform}{f' at {site}' if site else ''} has this handle",
                          "give the platform's own id: it is held back even before its first item", 2)  # fmt: skip
    ids = sorted(others | ({author} if is_id or not (by_handle or author.startswith("@")) else set()))
    known = connection.execute(erasure_sql.HANDLES_OF_IDS, given | {"ids": ids}).fetchall()
    handles = {row[0] for row in known} | ({name} if author.startswith("@") or by_handle else set())
    return Person(platform, site, tuple(ids), tuple(sorted(handles)))


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
    with connection.transaction(force_rollback=dry_run):
        connection.execute("select pg_advisory_xact_lock(hashtext('renown.landing'), hashtext(%s))", (who.platform,))
        hashes = _hashes(connection, who)
        done.is_known = connection.execute(erasure_sql.KNOWN, (who.platform, hashes)).fetchone() is not None
        _gather(connection, who)
        done.deliveries = connection.execute(erasure_sql.DELIVERIES).fetchall()
        _remove(connection, who, done, now)
        if done.rows or not done.is_known:
            done.erasure_id = _note(connection, who, reason.strip(), done, hashes)
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


def _hashes(connection: Connection, who: Person) -> list[bytes]:
    row = connection.execute("select salt::text from ops.erasure_salt").fetchone()
    if row is None:
        raise RenownError("ops.erasure_salt is empty, so nobody who was erased can be told any more", "restore the table from a backup")
    named = [("id", one) for one in who.ids] + [("handle", one) for one in who.handles]
    return [name_hash(row[0], who.site, kind, name) for kind, name in named]


def _gather(connection: Connection, who: Person) -> None:
    """The ids of what goes, as a temporary table; its rows are held, so that no model is reading them meanwhile."""
    connection.execute(erasure_sql.MAKE_ERASING)
    connection.execute(erasure_sql.MAKE_NAMING)
    connection.execute(erasure_sql.ERASING, who.given())
    connection.execute(erasure_sql.HOLD)


def _remove(connection: Connection, who: Person, done: Erasure, now: datetime) -> None:
    """Every table, children before parents; what names the person is found before the rows go by which it is found."""
    given = who.given() | {"now": now}
    cases = [row[0] for row in connection.execute(erasure_sql.CASES, given).fetchall()] if _has_cases(connection) else []
    bodies = erasure_bodies.payloads(connection, who.platform, who.ids, who.handles)
    unread = erasure_bodies.rejects(connection, who.platform, who.ids, who.handles)
    given |= {"cases": cases, "rejects": unread}
    done.removed["stored bytes that name them"] = sum(_forget_body(connection, who, key) for key in bodies)
    for name, statement in erasure_sql.OTHERS.items():
        done.removed[name] = connection.execute(statement, given).rowcount
    done.removed["names in others' words and labels"] = sum(_take_out(connection, who, handle) for handle in who.handles)
    for name, statement in erasure_sql.OWN.items():
        done.removed[name] = connection.execute(statement, given).rowcount


def _has_cases(connection: Connection) -> bool:
    return connection.execute("select to_regclass('marts_rows.fct_cases') is not null").fetchone() == (True,)


def _forget_body(connection: Connection, who: Person, key: erasure_bodies.Key) -> int:
    """Others' bytes: emptied under core's versions, which rest on the row; forgotten where they were only set aside."""
    place = (who.platform, *key)
    emptied = connection.execute(erasure_sql.EMPTY_BODY, place).rowcount
    return emptied + max(connection.execute(statement, place).rowcount for statement in erasure_sql.FORGET_BODY)


def _take_out(connection: Connection, who: Person, handle: str) -> int:
    """@handle in others' words and labels, letter by letter, so that offsets stay."""
    given = {"at": rf"@{re.escape(handle)}\M", "stars": "@" + "*" * len(handle), "handle": handle,
             "quoted": re.escape(json.dumps(handle, ensure_ascii=False)), "platform": who.platform, "site": who.site}  # fmt: skip
    connection.execute(erasure_sql.NAMING, given)
    return sum(connection.execute(statement, given).rowcount for statement in erasure_sql.TAKE_OUT)


def _note(connection: Connection, who: Person, reason: str, done: Erasure, hashes: Sequence[bytes]) -> int:
    """A row of the ledger, and the hashes by which landing tells the person."""
    row = connection.execute(erasure_sql.NOTE, (who.platform, reason, json.dumps(done.removed))).fetchone()
    number = int(row[0]) if row else 0
    for one in hashes:
        connection.execute(erasure_sql.NAME, (who.platform, one, number))
    return number
