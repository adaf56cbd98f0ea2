"""A department's own extract for tools that leave row security behind: one file with the marts as that department's role reads them.

    department ──► set role ──► marts ──► <department>.hyper + <department>.manifest.json (when, by whom, how much, the newest tombstone)

A file cannot forget. Its manifest holds the instant it was read at; a tombstone that came later makes it stale, and it is written anew: by the
DAG `extracts` after each build of the marts (delivery/reissue.py), where it was asked for once. The manifest also says where it was published.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

import psycopg
from psycopg import sql

from delivery import formats
from delivery.coverage import measure
from delivery.document import Document, Table
from delivery.query import UNORDERED, Column, catalog
from delivery.reading import read_as
from delivery.window import Window
from settings import RenownError, Settings
from settings.models import Subscription

OFFERED = (
    "select relation from ops.mart_access where access in ('open', 'rows') and relation not like 'explain_%' order by relation"
)
# A tombstone laid or taken back since. Their number stands beside the newest instant, since one that was laid earlier may be committed later.
NEWEST_DELETION = "select max(greatest(loaded_at, undone_at)), count(*), count(undone_at) from core.deletions"
# Tombstones that the marts do not know of yet: changes not taken by a build, or taken by one that has not come to its end (0014_mart_changes.sql).
WAITING = """
select exists (select from ops.mart_changes as change left join core.deletions as gone on change.mention_id = gone.mention_id
               where change.mention_id is null or gone.mention_id is not null)"""
TAKEN = "select exists (select from marts_changes.mentions inner join core.deletions using (mention_id))"
FETCH = 5_000
State = Literal["missing", "stale", "current", "removed"]


@dataclass(frozen=True)
class Extract:
    """One department's file and what is known of it."""

    department: str
    file: Path
    state: State
    made_at: str | None = None
    rows: dict[str, int] | None = None


def state(connection: psycopg.Connection, folder: Path, department: str, kind: str = "hyper") -> Extract:
    """What there is of the department's extract, and whether something was deleted since."""
    file = folder / f"{department}.{kind}"
    manifest = known_of(file)
    if manifest is None or not file.exists() or hashlib.sha256(file.read_bytes()).hexdigest() != manifest["sha256"]:
        return Extract(department, file, "missing")
    stale = _newest_deletion(connection) != manifest["newest_deletion"]
    return Extract(department, file, "stale" if stale else "current", manifest["made_at"], manifest["rows"])


def write(
    connection: psycopg.Connection,
    settings: Settings,
    folder: Path,
    department: str,
    marts: Sequence[str] = (),
    kind: str = "hyper",
) -> Extract:
    """Write the department's extract over what was there, whole or not at all.

    Raises RenownError: an unknown or closed mart, no role, or deletions that the marts still show.
    """
    names = {entry.id: entry.name for entry in settings.departments.departments}
    if department not in names:
        raise RenownError(f"there is no department '{department}'", f"use one of {', '.join(names)}", 2)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    half, file = folder / f".{department}.part.{kind}", folder / f"{department}.{kind}"
    try:
        manifest = _read_into(connection, settings, half, department, names[department], marts, kind)
        half.chmod(0o600)
        manifest["asked"] = list(marts)
        manifest["sha256"] = hashlib.sha256(half.read_bytes()).hexdigest()
        manifest["published"] = (known_of(file) or {}).get("published", [])
        half.replace(file)
    finally:
        half.unlink(missing_ok=True)
    keep(file, manifest)
    return Extract(department, file, "current", manifest["made_at"], manifest["rows"])


def known_of(file: Path) -> dict[str, Any] | None:
    """The manifest of an extract, None where there is none. Raises RenownError for one that cannot be read."""
    try:
        found: dict[str, Any] = json.loads(manifest_of(file).read_text("utf-8"))
    except FileNotFoundError:
        return None
    except ValueError:
        raise RenownError(f"{manifest_of(file)} is no JSON", f"delete it; 'renown bi hyper {file.stem}' writes the extract anew") from None
    return found


def keep(file: Path, manifest: dict[str, Any]) -> None:
    """Write the manifest beside the extract, whole or not at all."""
    half = file.with_name(f".{file.stem}.manifest.part")
    half.write_text(json.dumps(manifest, indent=2) + "\n", "utf-8")
    half.replace(manifest_of(file))


def manifest_of(file: Path) -> Path:
    """Where the manifest of an extract stands."""
    return file.with_suffix(".manifest.json")


def newest_publication(connection: psycopg.Connection) -> int | None:
    """The newest publication of the marts, None before the first."""
    row = connection.execute("select max(publication_id) from ops.publications").fetchone()
    return row[0] if row else None


def deletions_wait(connection: psycopg.Connection) -> bool:
    """Whether the marts still show what was deleted."""
    built = connection.execute("select to_regclass('marts_changes.mentions') is not null").fetchone() == (True,)
    return any(connection.execute(statement).fetchone() == (True,) for statement in ((WAITING, TAKEN) if built else (WAITING,)))


def _read_into(
    connection: psycopg.Connection, settings: Settings, path: Path, department: str, name: str, marts: Sequence[str], kind: str
) -> dict[str, Any]:
    """Read everything in one snapshot, so that what the manifest says of deletions holds for every row."""
    connection.rollback()
    connection.set_isolation_level(psycopg.IsolationLevel.REPEATABLE_READ)
    connection.set_read_only(True)
    try:
        _refuse_waiting(connection)
        newest, published, made_at = _newest_deletion(connection), newest_publication(connection), settings.now().isoformat()
        chosen = list(marts) or [str(row[0]) for row in connection.execute(OFFERED)]
        today = settings.now().astimezone(settings.zone()).date()
        window = Window(today - timedelta(days=90), today, settings.zone())
        document = Document(f"extract of {department}", name, "", window, measure(connection, window))
        columns = {mart: catalog(connection, mart) for mart in chosen}
        role = read_as(connection, settings, _reader(department), chosen)
        tables = [Table(mart, tuple(columns[mart]), _rows(connection, mart, columns[mart])) for mart in chosen]
        formats.write(path, kind, document, tables)
        return {
            "department": department,
            "read_as": role,
            "made_at": made_at,
            "newest_deletion": newest,
            "publication": published,
            "rows": {table.mart: table.count for table in tables},
        }
    finally:
        connection.rollback()
        connection.set_read_only(None)
        connection.set_isolation_level(None)


def _reader(department: str) -> Subscription:
    """A subscription that is never sent: it says with whose rights to read, and that people stay hidden."""
    return Subscription.model_validate(
        {
            "id": f"extract_{department}",
            "department": department,
            "owner": department,
            "mart": "fct_cases",
            "schedule": "0 7 * * *",
            "personal_data": "masked",
            "channel": {"kind": "folder", "path": "extracts"},
        }
    )


def _rows(connection: psycopg.Connection, mart: str, columns: Sequence[Column]) -> Iterator[tuple[Any, ...]]:
    chosen = sql.SQL(", ").join(sql.Identifier(column.name) for column in columns)
    order = ", ".join(str(at) for at, column in enumerate(columns, start=1) if column.type not in UNORDERED) or "1"
    with connection.cursor(name="extract") as cursor:
        cursor.itersize = FETCH
        cursor.execute(sql.SQL("select {} from {} order by ").format(chosen, sql.Identifier("marts", mart)) + sql.SQL(order))
        yield from cursor


def _refuse_waiting(connection: psycopg.Connection) -> None:
    if deletions_wait(connection):
        raise RenownError(
            "deletions wait for the marts, which still show what was deleted",
            "'renown run' (or the DAG marts) builds them; then write the extract",
        )


def _newest_deletion(connection: psycopg.Connection) -> str | None:
    row = connection.execute(NEWEST_DELETION).fetchone()
    return f"{row[0].isoformat()} {row[1]} {row[2]}" if row and row[0] else None
