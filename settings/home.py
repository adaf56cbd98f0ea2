"""The home of all state ($RENOWN_HOME, default .renown/) and what is written there for others to find.

home.json holds ports, addresses and generated passwords (mode 0600); it is written by rename, so a reader never sees half of it.
"""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path
from typing import Any


def home_path() -> Path:
    """RENOWN_HOME, else .renown/ under the current folder; absolute, not created."""
    return Path(os.environ.get("RENOWN_HOME") or ".renown").resolve()


def read_home(home: Path) -> dict[str, Any]:
    """home.json as a dict, {} where there is none yet."""
    try:
        return dict(json.loads((home / "home.json").read_text("utf-8")))
    except FileNotFoundError:
        return {}


def update_home(home: Path, **values: Any) -> dict[str, Any]:
    """Merge `values` into home.json and return the whole; atomic against readers and kills."""
    home.mkdir(parents=True, exist_ok=True)
    merged = read_home(home) | values
    temporary = home / f"home.json.{os.getpid()}"
    temporary.touch(mode=0o600)
    temporary.write_text(json.dumps(merged, indent=2, sort_keys=True) + "\n", "utf-8")
    temporary.replace(home / "home.json")
    return merged


def secret(home: Path, name: str) -> str:
    """A generated secret that stays the same for this home, 32 URL-safe characters."""
    known = read_home(home).get("secrets", {})
    if name not in known:
        known[name] = secrets.token_urlsafe(24)
        update_home(home, secrets=known)
    return str(known[name])
