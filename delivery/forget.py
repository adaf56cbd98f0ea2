"""Files of ours beside the warehouse that may still hold what was erased or purged: copies of alerts, cached extracts, what waits in the outbox.

    forget(): ids of erased mentions ──► $RENOWN_HOME/<oncall.folder>: their lines taken out ──► department extracts: removed, to be written anew
                                                                                └──► $RENOWN_HOME/outbox: emptied, to be rendered anew
    forget_purged(): the same of what was deleted; of extracts and the outbox only what was made before the grace

What was delivered is out of reach: the ledger says which windows held something (`renown erase` lists them).
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Set
from datetime import timedelta
from pathlib import Path

import psycopg

from delivery.extracts import state
from settings import Settings

MENTION = re.compile(r"\(mention ([0-9a-f-]{36})\)")
ERASED, DELETED = "     (erased)", "     (deleted)"
PURGED = "select mention_id::text from core.deletions where purged_at is not null and undone_at is null and mention_id = any(%s::uuid[])"


def forget(settings: Settings, erased: Set[str], extracts: Path) -> dict[str, int]:
    """Take the erased mentions' lines out of the copies of alerts, drop cached extracts and what waits to be sent; how many files each.

    Safe to run again.
    """
    texts = _files(settings.home / (settings.oncall.folder or "alerts"))
    return {"copies of alerts": sum(_take_out(path, erased, ERASED) for path in texts), "cached extracts": _drop(extracts.glob("*.hyper")),
            "deliveries not sent yet": _drop(_files(settings.home / "outbox"))}  # fmt: skip


def forget_purged(connection: psycopg.Connection, settings: Settings, extracts: Path) -> dict[str, int]:
    """Take purged mentions' lines out of the copies of alerts; drop extracts that are older than a deletion, and what waits in the outbox, where
    they were made before the grace: they may hold what was hidden since. How many files each. Safe to run again.
    """
    before = time.time() - timedelta(days=settings.general.deletion_grace_days).total_seconds()  # by the wall, as files are dated
    texts = _files(settings.home / (settings.oncall.folder or "alerts"))
    named = sorted({found for path in texts for found in MENTION.findall(path.read_text("utf-8"))})
    purged = {row[0] for row in connection.execute(PURGED, (named,)).fetchall()}
    stale = [path for path in _older(extracts.glob("*.hyper"), before) if state(connection, extracts, path.stem).state != "current"]
    connection.commit()
    return {"copies of alerts": sum(_take_out(path, purged, DELETED) for path in texts), "cached extracts": _drop(stale),
            "deliveries not sent yet": _drop(_older(_files(settings.home / "outbox"), before))}  # fmt: skip


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else []


def _older(paths: Iterable[Path], before: float) -> list[Path]:
    """Those written before an instant; one that was sent and removed meanwhile is none."""
    return [path for path in paths if path.exists() and path.stat().st_mtime <= before]


def _take_out(path: Path, gone: Set[str], instead: str) -> bool:
    """Whether the file named one of them; it is replaced as a whole."""
    lines = path.read_text("utf-8").splitlines()
    kept = [instead if (found := MENTION.search(line)) and found[1] in gone else line for line in lines]
    if kept == lines:
        return False
    half = path.with_name(f".{path.name}.part")
    half.write_text("\n".join(kept) + "\n", "utf-8")
    half.replace(path)
    return True


def _drop(paths: Iterable[Path]) -> int:
    """How many went. Extracts' manifests stay: who has one gets it anew after the next build of the marts (DAG `extracts`). Of the outbox every window,
    since nobody can tell which held something: the next run renders it anew, as the next issue where some have this one.
    """
    listed = sorted(paths)
    for path in listed:
        path.unlink(missing_ok=True)
    return len(listed)
