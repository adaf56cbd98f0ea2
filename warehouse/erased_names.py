"""How platforms write a person in words, labels and links, and how the name is taken out: letter by letter, so that offsets stay.

    @ann · u/ann (Reddit) · *ann (VK) · @ann@her.host, and @ann where the platform says that it means her · x.com/ann ──► @***

Erasing and landing take names out by these same functions. A name without such a form (words, a first name) is others' words, and stays.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import unquote, urlsplit

ERASED = "erased"  # stands where an id or handle stood
LONG_NUMBER = 8  # digits from which on a number is hardly anything else than the id that it equals
PLAIN = frozenset({"x", "telegram"})  # handles of letters, digits and _ alone: a dot or hyphen behind one is no part of it
_OF_PEOPLE = frozenset({"u", "user", "users", "profile", "profiles", "id", "people", "member", "members", "by"})
_LEADS = {"reddit": r"|(?<!\w)u/", "vk": r"|\*|(?<=\[)"}
_IN_LINK = r"\w\.\w+/(?:@|u/|user/|profile/)?"


def folded(handle: str) -> str:
    """As handles are compared: lower-cased, without @."""
    return handle.removeprefix("@").lower()


def masked(text: str | None, handles: Iterable[str], platform: str = "", site: str = "") -> str | None:
    """The text with as many asterisks in the place of each handle's letters; None for None."""
    for handle in sorted(handles, key=lambda name: (-len(name), name)):  # the whole address before its local part
        text = text and _written(handle.removeprefix("@"), platform, site).sub(lambda found: found[1] + "*" * len(found[2]), text)
    return text


def spoken(handles: Iterable[str], others: Iterable[str] = ()) -> set[str]:
    """The handles and the local parts of handle@host, which texts hold alone; not where one of `others` bears the same local part."""
    whole = {folded(handle) for handle in handles}
    taken = {folded(other).partition("@")[0] for other in others if folded(other) not in whole}
    return whole | ({handle.partition("@")[0] for handle in whole} - taken - {""})


def nameless(label: Any, handles: Sequence[str], platform: str, site: str) -> Any:
    """A label without the names: walked value by value, since a handle may also be a word of the label's own."""
    if isinstance(label, list):
        return [nameless(item, handles, platform, site) for item in label]
    if not isinstance(label, dict):
        return label
    return {key: _value(key, value, handles, platform, site) for key, value in label.items()}


def linkless(links: Sequence[str], is_theirs: Callable[[str], bool]) -> list[str]:
    """Links as they are, `erased` for each whose path holds as a segment what `is_theirs` (an id, a handle without @)."""
    return [ERASED if any(map(is_theirs, segments(link))) else link for link in links]


def segments(link: str) -> list[str]:
    """A link's path, segment by segment, without @; a short number only in first place or behind a word for people: else it counts something."""
    try:
        parts = [unquote(part).removeprefix("@") for part in urlsplit(link).path.split("/") if part]
    except ValueError:
        return []
    return [part for at, part in enumerate(parts)
            if at == 0 or not part.isdigit() or len(part) >= LONG_NUMBER or parts[at - 1].lower() in _OF_PEOPLE]  # fmt: skip


def _value(key: str, value: Any, handles: Sequence[str], platform: str, site: str) -> Any:
    if key not in ("handle", "text") or not isinstance(value, str):
        return nameless(value, handles, platform, site)
    return ERASED if folded(value) in handles and not value.startswith("@") else masked(value, handles, platform, site)


@lru_cache(256)
def _written(handle: str, platform: str, site: str) -> re.Pattern[str]:
    """Where a text means this handle, and not a longer one or the same at another host."""
    end = r"(?!\w)" if platform in PLAIN else r"(?![\w-]|@\w|\.\w)"
    own = rf"|(?=@{re.escape(site)}(?![\w-]|\.\w))" if site else ""
    return re.compile(rf"(@{_LEADS.get(platform, '')}|{_IN_LINK})({re.escape(handle)})(?:{end}{own})", re.IGNORECASE)
