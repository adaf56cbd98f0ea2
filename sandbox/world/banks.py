"""Banks as their configuration names them, and the detector that says which of them a text names."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from sandbox.world.model import Bank

_URL = re.compile(r"https?://\S+")
_UNSPACED = re.compile(r"[\u0600-\u06ff\u3400-\u9fff]")


def load_banks(path: Path) -> tuple[str, dict[str, Bank]]:
    """Read banks.yml: (home bank id, banks by id in the file's order).

    Raises ValueError when the file names no home bank or fewer than two banks.
    """
    data: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    banks = {entry["id"]: _bank(entry) for entry in data.get("banks") or []}
    home = data.get("home")
    if home not in banks or len(banks) < 2:
        raise ValueError(f"{path}: the sandbox needs `home` and at least two banks")
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


def name_pattern(names: list[str]) -> re.Pattern[str]:
    """A pattern that finds any of the names: at word boundaries, or anywhere in scripts that write without spaces."""
    alternatives = [
        re.escape(name) if _UNSPACED.search(name) else rf"(?<!\w){re.escape(name)}(?!\w)"
        for name in sorted(names, key=len, reverse=True)
    ]
    return re.compile("|".join(alternatives) or r"(?!)", re.IGNORECASE)


class BankNames:
    """Finds the banks that a text names by an alias of any language or by an official handle."""

    def __init__(self, banks: dict[str, Bank]) -> None:
        self._aliases = {
            bank_id: name_pattern(sorted({name for names in bank.aliases.values() for name in names}))
            for bank_id, bank in banks.items()
        }
        self._ambiguous = {bank_id: name_pattern(list(bank.ambiguous)) for bank_id, bank in banks.items()}
        self._handles = {
            (platform, handle.lower()): bank_id
            for bank_id, bank in banks.items()
            for platform, handles in bank.handles.items()
            for handle in handles
        }

    def aliased(self, text: str) -> set[str]:
        """Banks that the text names by an alias; addresses of pages (URLs) name nobody."""
        bare = _URL.sub(" ", text)
        return {bank_id for bank_id, pattern in self._aliases.items() if pattern.search(bare)}

    def hinted(self, text: str) -> set[str]:
        """Banks whose ambiguous short name the text holds."""
        return {bank_id for bank_id, pattern in self._ambiguous.items() if pattern.search(text)}

    def of_handle(self, platform: str, handle: str) -> str | None:
        """The bank whose official handle this is."""
        return self._handles.get((platform, handle.lower()))
