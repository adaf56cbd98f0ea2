"""An entry more in a file of config/, with what stands there left as it is.

    entry ──► appended (or a round trip that keeps comments) ──► read back and compared ──► loaded once as a test ──► in the file's place
"""

from __future__ import annotations

import os
import re
import tempfile
from io import StringIO
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel


def write_entry(path: Path, key: str, entry: dict[str, Any], model: type[BaseModel]) -> None:
    """Append the entry to the file's list `key`: what stands there stays byte for byte, or at least with its comments. All or nothing.

    The new text is loaded as `model` before it takes the file's place. Raises RenownError where the file cannot be added to.
    """
    from settings import RenownError

    old = path.read_bytes().decode("utf-8") if path.exists() else ""
    known = _listed(old, key)
    for text in (_appended(old, key, entry), _round_trip(old, key, entry)):
        if text is not None and _listed(text, key) == [*known, entry]:
            _replace(path, text, model)
            return
    raise RenownError(f"{path} cannot be added to", "write the entry into it by hand", 2)


def _listed(text: str, key: str) -> list[Any]:
    """The list of a file's entries, [] where there is none, or where it is no YAML."""
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError:
        return []
    return list(document.get(key) or []) if isinstance(document, dict) else []


def _appended(old: str, key: str, entry: dict[str, Any]) -> str | None:
    """The old text and the entry behind it, indented like its neighbours; None where the list is not written line by line."""
    found = re.search(rf"^{key}:[ \t]*(?:#.*)?\r?\n(?:[ \t]*(?:#.*)?\r?\n)*([ ]*)- ", old, re.MULTILINE)
    if old.strip() and not found:
        return None
    pad, end = (found[1] if found else "  "), ("\r\n" if "\r\n" in old else "\n")
    written = yaml.safe_dump([entry], sort_keys=False, allow_unicode=True, width=150, default_flow_style=None)
    body = end.join(pad + line for line in written.splitlines()) + end
    head = old if old.endswith("\n") or not old else old + end
    return head + ("" if found else f"{key}:{end}") + body


def _round_trip(old: str, key: str, entry: dict[str, Any]) -> str:
    """The document written anew with the entry, comments and order kept (for lists in brackets and the like)."""
    from ruamel.yaml import YAML

    trip = YAML()
    trip.preserve_quotes, trip.width = True, 160
    trip.indent(mapping=2, sequence=4, offset=2)
    document = trip.load(old)
    document = document if isinstance(document, dict) else {key: []}
    listed = document.get(key)
    if listed:
        listed.append(entry)
    else:
        document[key] = [entry]
    out = StringIO()
    trip.dump(document, out)
    return out.getvalue()


def _replace(path: Path, text: str, model: type[BaseModel]) -> None:
    """Put the text in the file's place as a whole, after it was loaded once; its rights stay."""
    model.model_validate(yaml.safe_load(text))
    target = path.resolve()
    mode = target.stat().st_mode & 0o777 if target.exists() else 0o644
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{path.stem}-")
    with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
        file.write(text)
    os.chmod(name, mode)
    os.replace(name, target)
