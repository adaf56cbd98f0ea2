"""Banks as their configuration names them, and the detector that says which of them a text names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from sandbox.world.model import Bank

_URL = re.compile(r"https?://\S+")
_UNSPACED = re.compile(r"[\u0600-\u06ff\u3400-\u9fff]")


def load_banks(path: Path) -> tuple[str, dict[str, Bank]]:
    """Read banks.yml: (home bank id, banks by id in the file's order).

    Raises ValueError when the file names no home bank, fewer than two banks, or a bank without its own accounts.
    """
    data: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    banks = {entry["id"]: _bank(entry) for entry in data.get("banks") or []}
    home = data.get("home")
    if home not in banks or len(banks) < 2:
        raise ValueError(f"{path}: the sandbox needs `home` and at least two banks")
    for bank in banks.values():
        missing = [name for name in ("x", "vk", "weibo", "discourse") if not bank.handles.get(name)]
        missing += [] if bank.pages.get("vk") else ["vk page"]
        if missing:
            raise ValueError(f"{path}: bank {bank.bank_id} has no account on {', '.join(missing)}")
    return str(home), banks


def _bank(entry: dict[str, Any]) -> Bank:
    return Bank(
        bank_id=entry["id"],
        name=entry["name"],
        aliases={language: tuple(names) for language, names in (entry.get("aliases") or {}).items()},
        ambiguous=tuple(entry.get("ambiguous") or ()),
        handles={platform: tuple(names) for platform, names in (entry.get("handles") or {}).items()},
        pages={platform: tuple(names) for platform, names in (entry.get("pages") or {}).items()},
    )


def load_press(path: Path) -> dict[str, list[str]]:
    """Press accounts by platform; an absent file means none."""
    if not path.exists():
        return {}
    return dict((yaml.safe_load(path.read_text(encoding="utf-8")) or {}).get("accounts") or {})


class NameFinder:
    """Finds any of some names, case-insensitively: at word boundaries, or anywhere in scripts without spaces."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = [
            (name.lower(), None if _UNSPACED.search(name) else re.compile(rf"(?<!\w){re.escape(name.lower())}(?!\w)"))
            for name in sorted(names)
        ]

    def found(self, lowered: str) -> bool:
        """Whether a lower-cased text holds one of the names."""
        return any(
            name in lowered and (bounded is None or bounded.search(lowered) is not None)
            for name, bounded in self._names
        )


class BankNames:
    """Finds the banks that a text names by an alias of any language or by an official handle."""

    def __init__(self, banks: dict[str, Bank]) -> None:
        self._aliases = {
            bank_id: NameFinder({name for names in bank.aliases.values() for name in names})
            for bank_id, bank in banks.items()
        }
        self._ambiguous = {bank_id: NameFinder(bank.ambiguous) for bank_id, bank in banks.items()}
        self._handles = {
            (platform, handle.lower()): bank_id
            for bank_id, bank in banks.items()
            for platform, handles in bank.handles.items()
            for handle in handles
        }

    def aliased(self, text: str) -> set[str]:
        """Banks that the text names by an alias; addresses of pages (URLs) name nobody."""
        bare = _URL.sub(" ", text).lower()
        return {bank_id for bank_id, finder in self._aliases.items() if finder.found(bare)}

    def hinted(self, text: str) -> set[str]:
        """Banks whose ambiguous short name the text holds."""
        lowered = text.lower()
        return {bank_id for bank_id, finder in self._ambiguous.items() if finder.found(lowered)}

    def of_handle(self, platform: str, handle: str) -> str | None:
        """The bank whose official handle this is."""
        return self._handles.get((platform, handle.lower()))
