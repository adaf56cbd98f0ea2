"""Words of a purged item inside others' stored bytes: what quotes it, the thread that it came with, a page that nobody could read.

    words ──► needles() ──┬─► without(): JSON string by string, else the text itself, the words as asterisks ──► the bytes, or none where that failed
                          └─► Sought: whether a body holds any of very many

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
_KEY_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
LONG = 40  # letters by which a text is found where it was cut
SHORT = 12  # below it the words are too common to be found inside others: only a string that is nothing else, under a key of texts, holds them
# Keys under which platforms write texts. Under any other ("type": "photo", "status": "ok") a common word is the platform's own.
_OF_TEXTS = frozenset(
    ["text", "title", "subject", "message", "body", "content", "html", "caption", "description", "summary", "excerpt", "blurb",
     "raw", "cooked", "rendered", "selftext", "review", "comment", "quote", "quoted"]
)
_OF_NONE = frozenset(["type", "kind", "format", "id", "ids", "count", "lang", "language", "status", "state", "mode", "url", "at"])


def compact(text: str) -> str:
    """A text as it is compared: without tags, entities, letter case and spaces, which platforms write differently in each place."""
    return _SPACE.sub("", _TAG.sub("", html.unescape(_TAG.sub("", text)))).casefold()  # twice: what was meant by &lt; looks like a tag in plain text


def needles(words: Iterable[str | None], least: int = 1) -> dict[str, str]:
    """What to look for, compacted and cut, with the words that it stands for; nothing of fewer letters than `least`."""
    return {found: text for text in words if text and len(found := compact(text)[:LONG]) >= least}


def without(body: bytes, wanted: dict[str, str], own: Sequence[str] = ()) -> bytes | None:
    """The body with the words as asterisks, empty where they cannot be taken out alone; None where it holds none. `own`: words that may stay."""
    said = [compact(text) for text in own]
    sought = {needle: words for needle, words in wanted.items() if not any(needle in text for text in said)}
    if not sought:
        return None
    try:
        value = json.loads(body)
        masked = _value(value, sought)
        if masked == value:
            return None
        return json.dumps(masked, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    except (ValueError, RecursionError):  # no JSON, or nested deeper than can be walked
        return _text(body, sought)


class Sought:
    """Very many needles, found by their first letters: a body is read once however many there are. Common words are none."""

    def __init__(self, wanted: Iterable[str]) -> None:
        self._by_head: dict[str, list[str]] = {}
        for needle in wanted:
            if len(needle) >= SHORT:
                self._by_head.setdefault(needle[:SHORT], []).append(needle)

    def __bool__(self) -> bool:
        return bool(self._by_head)

    def is_in(self, body: bytes) -> bool:
        """Whether a body holds one of them."""
        try:
            return any(self._holds(text) for text in _strings(json.loads(body)))
        except (ValueError, RecursionError):
            return self._holds(body.decode("utf-8", "surrogateescape"))

    def _holds(self, text: str) -> bool:
        shown = compact(text)
        starts = range(len(shown) - SHORT + 1)
        return any(shown.startswith(needle, at) for at in starts for needle in self._by_head.get(shown[at : at + SHORT], ()))


def _strings(value: Any) -> Iterable[str]:
    """Every string of a JSON value, however deep."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, list):
            waiting.extend(one)
        elif isinstance(one, dict):
            waiting.extend(one.values())


def _value(value: Any, sought: dict[str, str], key: str = "") -> Any:
    if isinstance(value, str):
        return _string(value, sought, _is_of_texts(key))
    if isinstance(value, list):
        return [_value(item, sought, key) for item in value]
    return {name: _value(item, sought, name) for name, item in value.items()} if isinstance(value, dict) else value


def _is_of_texts(key: str) -> bool:
    """Whether a platform writes texts under this key: `full_text`, `textOriginal`; not `content_type`."""
    words = [word.lower() for word in _KEY_WORDS.findall(key)]
    return bool(words) and words[-1] not in _OF_NONE and not _OF_TEXTS.isdisjoint(words)


def _string(text: str, sought: dict[str, str], is_text: bool) -> str:
    """The words out of it; all of it where they stand there in another spelling."""
    shown = compact(text)
    for needle, words in sought.items():
        if (is_text or len(needle) >= SHORT) and _holds(shown, needle):
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
