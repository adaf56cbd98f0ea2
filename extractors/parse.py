"""Recorded bodies into mentions, without network or warehouse: what `renown parse` does.

body ──decode──► values ──error_of──► PlatformError, or ──items──► ──to_mention──► Mention | reject with a reason
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from extractors.base import Item, Mention, PlatformError
from extractors.jsons import dump, load
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
    """(mentions, rejects): every item of the body is in one of the two; what the body says twice in the same words is there once."""
    module = platform(platform_name)
    if not body.strip():
        raise RenownError(f"{platform_name}: the body is empty", "give the body as it came from the platform", 2)
    mentions: dict[Mention, None] = {}
    rejects: list[Reject] = []
    for item in _items(module, body, url):
        if isinstance(item, Reject):
            rejects.append(item)
            continue
        outcome = understand(module, item, fetched_at)
        if isinstance(outcome, Mention):
            mentions[outcome] = None
        else:
            rejects.append(Reject(item, outcome))
    return list(mentions), rejects


def lists_in(platform_name: str, body: bytes) -> str:
    """What a body without items holds instead: its lists and their lengths, e.g. "users (3), topic_list.topics (30)"; never a text."""
    found: list[str] = []
    for value in platform(platform_name).decode(body):
        for name, part in value.items() if isinstance(value, dict) else [("list", value)]:
            inner = part.items() if isinstance(part, dict) else [("", part)]
            found += [f"{name}.{key}".rstrip(".") + f" ({len(own)})" for key, own in inner if isinstance(own, list)]
    return ", ".join(found[:6]) or "no list of items"


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


def _items(module: Platform, body: bytes, url: str | None) -> Iterator[Item | Reject]:
    """Items, then rejects for the lines of a file that are errors or no JSON. Raises where the whole body is an error or unreadable."""
    try:
        values, broken = _values(module, body)
        errors = [module.error_of(value, 200, {}) for value in values]
        if errors and errors[0] and all(errors):
            raise errors[0]
        for value, error in zip(values, errors, strict=True):
            if not error and not isinstance(value, dict | list):
                raise RenownError(
                    f"{module.CONTRACT.platform}: the body is a bare {type(value).__name__}",
                    "give the body as it came from the platform",
                    2,
                )
            yield from [_unread(dump(value), str(error))] if error else module.items(value, url, "")
    except RenownError:
        raise
    except Exception as error:  # odd nesting that no shape foresaw
        raise RenownError(
            f"{module.CONTRACT.platform}: the body cannot be read ({type(error).__name__})",
            "give the body as it came from the platform",
            2,
        ) from None
    yield from broken


def _values(module: Platform, body: bytes) -> tuple[list[Any], list[Reject]]:
    """The values of a body. Of JSON lines some of which were cut off in writing, those that are whole, and a reject for each other."""
    try:
        return list(module.decode(body)), []
    except PlatformError:
        raise
    except RenownError:
        lines = [(number, line) for number, line in enumerate(body.split(b"\n"), 1) if line.strip()]
        if not isinstance(_whole(lines[0][1]), dict):
            raise
    read = [(number, line, _whole(line)) for number, line in lines]
    return (
        [value for _, _, value in read if isinstance(value, dict | list)],
        [_unread(line, f"line {number} is not JSON") for number, line, value in read if not isinstance(value, dict | list)],
    )


def _whole(line: bytes) -> Any:
    """The JSON value of a line, None where it is none."""
    try:
        return load(line)
    except (ValueError, RecursionError):
        return None


def _unread(raw: bytes, reason: str) -> Reject:
    return Reject(Item("post", "", "", raw, {}), reason)


__all__ = ["PlatformError", "Reject", "parse_body", "parse_with_rejects", "understand"]
