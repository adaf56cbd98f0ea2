"""Recorded bodies into mentions, without network or warehouse: what `renown parse` does.

body ──decode──► values ──error_of──► PlatformError, or ──items──► ──to_mention──► Mention | reject with a reason
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from extractors.base import Item, Mention, PlatformError
from extractors.registry import Platform, platform
from settings import RenownError


@dataclass(frozen=True)
class Reject:
    """An item that could not be understood, and why (never its text)."""

    item: Item
    reason: str


def parse_body(platform_name: str, body: bytes, url: str | None = None, fetched_at: datetime | None = None) -> list[Mention]:
    """The mentions of a recorded body (JSON, JSON lines of pages, XML).

    Raises PlatformError for a recorded error body and RenownError for bytes that are no body of this platform, or that hold items
    of which none can be understood.
    """
    mentions, rejects = parse_with_rejects(platform_name, body, url, fetched_at)
    if rejects and not mentions:
        raise RenownError(
            f"{platform_name}: none of {len(rejects)} items can be understood ({rejects[0].reason})",
            "give the body as it came from the platform",
            2,
        )
    return mentions


def parse_with_rejects(
    platform_name: str, body: bytes, url: str | None = None, fetched_at: datetime | None = None
) -> tuple[list[Mention], list[Reject]]:
    """(mentions, rejects): every item of the body is in one of the two."""
    module = platform(platform_name)
    if not body.strip():
        raise RenownError(f"{platform_name}: the body is empty", "give the body as it came from the platform", 2)
    mentions: list[Mention] = []
    rejects: list[Reject] = []
    for item in _items(module, body, url):
        outcome = understand(module, item, fetched_at)
        if isinstance(outcome, Mention):
            mentions.append(outcome)
        else:
            rejects.append(Reject(item, outcome))
    return mentions, rejects


def understand(module: Platform, item: Item, fetched_at: datetime | None) -> Mention | str:
    """The item's mention, or the reason why there is none. Never raises: a parser's fault is a reason too."""
    if not item.native_id:
        return "missing id"
    try:
        mention = module.to_mention(item, fetched_at)
    except Exception as error:  # any fault of a parser is one item's reject, never the run's end
        return f"parser failed ({type(error).__name__})"
    if not mention.deleted and mention.text is None:
        return "missing text"
    return mention


def _items(module: Platform, body: bytes, url: str | None) -> Iterator[Item]:
    try:
        values: Iterable[Any] = module.decode(body)
        for value in values:
            if error := module.error_of(value, 200, {}):
                raise error
            if not isinstance(value, dict | list):
                raise RenownError(
                    f"{module.CONTRACT.platform}: the body is a bare {type(value).__name__}",
                    "give the body as it came from the platform",
                    2,
                )
            yield from module.items(value, url, "")
    except RenownError:
        raise
    except Exception as error:  # odd nesting that no shape foresaw
        raise RenownError(
            f"{module.CONTRACT.platform}: the body cannot be read ({type(error).__name__})",
            "give the body as it came from the platform",
            2,
        ) from None


__all__ = ["PlatformError", "Reject", "parse_body", "parse_with_rejects", "understand"]
