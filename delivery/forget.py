"""Files of ours beside the warehouse that may still name somebody who was erased: copies of alerts, cached extracts, what waits in the outbox.

    ids of erased mentions ──► $RENOWN_HOME/<oncall.folder>: their lines taken out ──► department extracts: removed, to be written anew
                                                                                └──► $RENOWN_HOME/outbox: emptied, to be rendered anew

What was delivered is out of reach: the ledger says which windows held something (`renown erase` lists them).
"""

from __future__ import annotations

import re
from collections.abc import Set
from pathlib import Path

from settings import Settings

MENTION = re.compile(r"\(mention ([0-9a-f-]{36})\)")
GONE = "     (erased)"


def forget(settings: Settings, erased: Set[str], extracts: Path) -> dict[str, int]:
    """Take the erased mentions' lines out of the copies of alerts, drop cached extracts and what waits to be sent; how many files each.

    Safe to run again.
    """
    folder = settings.home / (settings.oncall.folder or "alerts")
    texts = sorted(path for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else []
    return {"copies of alerts": sum(_take_out(path, erased) for path in texts), "cached extracts": _drop(extracts),
            "deliveries not sent yet": _empty(settings.home / "outbox")}  # fmt: skip


def _take_out(path: Path, erased: Set[str]) -> bool:
    """Whether the file named one of them; it is replaced as a whole."""
    lines = path.read_text("utf-8").splitlines()
    kept = [GONE if (found := MENTION.search(line)) and found[1] in erased else line for line in lines]
    if kept == lines:
        return False
    half = path.with_name(f".{path.name}.part")
    half.write_text("\n".join(kept) + "\n", "utf-8")
    half.replace(path)
    return True


def _drop(folder: Path) -> int:
    """The files go, their manifests stay: who has one gets it anew after the next build of the marts (DAG `extracts`)."""
    files = sorted(folder.glob("*.hyper"))
    for path in files:
        path.unlink(missing_ok=True)
    return len(files)


def _empty(outbox: Path) -> int:
    """Whatever window it is of, since nobody can tell once the rows are gone: the next run renders it anew, as the next issue where some have this one."""
    files = sorted(path for path in outbox.rglob("*") if path.is_file()) if outbox.is_dir() else []
    for path in files:
        path.unlink(missing_ok=True)
    return len(files)
