"""Which platforms there are: every module in extractors/platforms/ that has a CONTRACT."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Protocol, cast

from extractors import platforms
from extractors.base import Contract, Item, Mention, Page, PlatformError, Reading, Tombstone
from settings import RenownError


class Platform(Protocol):
    """The hooks of a platform module (see extractors.base)."""

    CONTRACT: Contract

    def pages(self, reading: Reading) -> Iterator[Page]: ...
    def decode(self, body: bytes) -> list[Any]: ...
    def error_of(self, value: Any, status: int, headers: Mapping[str, str]) -> PlatformError | None: ...
    def items(self, value: Any, url: str | None, site: str) -> Iterable[Item]: ...
    def make_item(self, envelope: dict[str, Any], site: str) -> Item: ...
    def to_mention(self, item: Item, fetched_at: datetime | None) -> Mention: ...
    def tombstones(self, item: Item) -> Iterable[Tombstone]: ...


def _load() -> dict[str, Platform]:
    found = {}
    for module in sorted(pkgutil.iter_modules(platforms.__path__), key=lambda m: m.name):
        loaded = importlib.import_module(f"{platforms.__name__}.{module.name}")
        if hasattr(loaded, "CONTRACT"):
            found[loaded.CONTRACT.platform] = cast(Platform, loaded)
    return found


PLATFORMS: dict[str, Platform] = _load()


def platform(name: str) -> Platform:
    """The platform's module. Raises RenownError where none is registered under this name."""
    if name not in PLATFORMS:
        raise RenownError(f"unknown platform '{name}'", f"use one of {', '.join(PLATFORMS)}", 2)
    return PLATFORMS[name]
