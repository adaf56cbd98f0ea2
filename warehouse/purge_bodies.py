"""Words of a purged item inside others' stored bytes: what quotes it, the thread that it came with, a page that nobody could read.

    words ──► needles() ──► without(): JSON string by string, else the text itself, the words as asterisks ──► the bytes, or none where that failed

What an item says in words of its own is its author's: where those hold the purged words too (a repost, a forum's quotation), they stay.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

_TAG = re.compile(r"<[^>]*>")
_SPACE = re.compile(r"\s+")
LONG = 40  # letters by which a text is found where it was cut
SHORT = 12  # below it the words are too common to be found inside others: only a string that is nothing else holds them


def compact(text: str) -> str:
    """A text as it is compared: without tags, entities, letter case and spaces, which platforms write differently in each place."""
    return _SPACE.sub("", _TAG.sub("", html.unescape(_TAG.sub("", text)))).casefold()  # twice: what was meant by &lt; looks like a tag in plain text


def needles(words: Iterable[str | None]) -> dict[str, str]:
    """What to look for, compacted and cut, with the words that it stands for."""
    return {found: text for text in words if text and (found := compact(text)[:LONG])}


def without(body: bytes, wanted: dict[str, str], own: Sequence[str] = ()) -> bytes | None:
    """The body with the words as asterisks, empty where they cannot be taken out alone; None where it holds none. `own`: words that may stay."""
    said = [compact(text) for text in own]
    sought = {needle: words for needle, words in wanted.items() if not any(needle in text for text in said)}
    if not sought:
        return None
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return _text(body, sought)
    masked = _value(value, sought)
    if masked == value:
        return None
    return json.dumps(masked, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def _value(value: Any, sought: dict[str, str]) -> Any:
    if isinstance(value, str):
        return _string(value, sought)
    if isinstance(value, list):
        return [_value(item, sought) for item in value]
    return {key: _value(item, sought) for key, item in value.items()} if isinstance(value, dict) else value


def _string(text: str, sought: dict[str, str]) -> str:
    """The words out of it; all of it where they stand there in another spelling."""
    shown = compact(text)
    for needle, words in sought.items():
        if _holds(shown, needle):
            text = text.replace(words, "*" * len(words))
            shown = compact(text)
            if _holds(shown, needle):
                return "*" * len(text)
    return text


def _text(body: bytes, sought: dict[str, str]) -> bytes | None:
    """Of a body that is no JSON: the words as each format may write them; nothing is kept where they are still there then."""
    text = before = body.decode("utf-8", "surrogateescape")
    for words in sought.values():
        if len(compact(words)) >= SHORT:
            for form in {words, html.escape(words), html.escape(words, quote=False), json.dumps(words)[1:-1], json.dumps(words, ensure_ascii=False)[1:-1]}:
                text = text.replace(form, "*" * len(form))
    shown = compact(text)
    if any(_holds(shown, needle) for needle in sought):
        return b""
    return text.encode("utf-8", "surrogateescape") if text != before else None


def _holds(shown: str, needle: str) -> bool:
    return shown == needle if len(needle) < SHORT else needle in shown
