"""What a query means, on every platform alike: applied to a mention after it came, wherever the platform could not say it all.

A word of a term is a word of the title or text that is equal to it (case ignored) or inflected from it: case endings of Cyrillic nouns,
Arabic suffixes and the particles before a word (و, ب, ل, ك, ف, ال) in words of four letters and more, anything after an apostrophe
(Garanti'nin). A term in a script without spaces between words is a substring. What is unknown (followers, language) fulfils no bound.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from extractors.query.tree import And, Field, Handle, Near, Node, Not, Number, Or, Term

_WORD = re.compile(r"[^\W_]+(?:[_][^\W_]+)*(?:['’ʼ][^\W_]+)*")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f]")
_PARTICLES = re.compile(r"^(?:[وفبلك]?ال|[وفبلك])")
_CYRILLIC, _ARABIC = re.compile(r"^[\u0400-\u04ff]+$"), re.compile(r"^[\u0600-\u06ff]+$")
# Case endings of Russian nouns and names, singular and plural
_SINGULAR = (
    "а",
    "я",
    "у",
    "ю",
    "ы",
    "и",
    "е",
    "о",
    "ё",
    "ь",
    "й",
    "ой",
    "ей",
    "ою",
    "ею",
    "ом",
    "ем",
    "ём",
    "ью",
    "ии",
    "ия",
    "ию",
    "ием",
)
_CASES = frozenset((*_SINGULAR, "ам", "ям", "ах", "ях", "ов", "ев", "ёв", "ами", "ями"))
_SUFFIXES = frozenset(["ة", "ه", "ها", "هم", "هن", "ك", "كم", "نا", "ي", "ات", "ان", "ين", "ون"])
_COMPARE: dict[str, Callable[[int, int], bool]] = {
    ">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le, "=": operator.eq,
}  # fmt: skip


def matches(node: Node, mention: Mapping[str, Any]) -> bool:
    """Whether a mention (the dict of ARCHITECTURE's "A mention") fulfils the query."""
    return _holds(node, mention, _Words(mention))


class _Words:
    """The text of a mention, and its words in lower case."""

    def __init__(self, mention: Mapping[str, Any]) -> None:
        self.text = "\n".join(part for part in (mention.get("title"), mention.get("text")) if part).casefold()
        self.words = _WORD.findall(self.text)


def _holds(node: Node, mention: Mapping[str, Any], words: _Words) -> bool:
    match node:
        case And(parts):
            return all(_holds(part, mention, words) for part in parts)
        case Or(parts):
            return any(_holds(part, mention, words) for part in parts)
        case Not(part):
            return not _holds(part, mention, words)
        case Term():
            return bool(_places(node, words))
        case Near(left, right, distance):
            return _near(_places(left, words), _places(right, words), distance)
        case Handle():
            return _account(node, mention)
        case Field():
            return _field(node, mention)
        case Number():
            return _bound(node, mention)


def _places(term: Term, words: _Words) -> list[tuple[int, int]]:
    """(first, last) positions at which the term occurs; positions of characters in scripts without spaces."""
    text = term.text.rstrip("*").casefold()
    if _UNSPACED.search(text):
        squeezed = text.replace(" ", "")
        return [(m.start(), m.end()) for m in re.finditer(re.escape(squeezed), words.text)]
    wanted = _WORD.findall(text)
    if not wanted:
        return [(m.start(), m.end()) for m in re.finditer(re.escape(text), words.text)] if text else []
    found = []
    for start in range(len(words.words) - len(wanted) + 1):
        pairs = zip(wanted, words.words[start : start + len(wanted)], strict=True)
        if all(_same(want, word, term.is_wild and i == len(wanted) - 1) for i, (want, word) in enumerate(pairs)):
            found.append((start, start + len(wanted) - 1))
    return found


def _same(want: str, word: str, is_wild: bool) -> bool:
    if word == want or (is_wild and word.startswith(want)):
        return True
    stem = re.split("['’ʼ]", word)[0]
    if stem == want:
        return True
    if len(want) < 4:
        return False
    if _CYRILLIC.match(want):
        return _goes_on(want, word, _CASES) or (
            want[-1] in "аеёиоуыэюяйь" and len(want) > 4 and _goes_on(want[:-1], word, _CASES)
        )
    if _ARABIC.match(want):
        return any(form == want or _goes_on(want, form, _SUFFIXES) for form in (word, _PARTICLES.sub("", word)))
    return False


def _goes_on(stem: str, word: str, endings: frozenset[str]) -> bool:
    return word.startswith(stem) and word[len(stem) :] in endings


def _near(left: list[tuple[int, int]], right: list[tuple[int, int]], distance: int) -> bool:
    return any(0 <= b[0] - a[1] - 1 <= distance or 0 <= a[0] - b[1] - 1 <= distance for a in left for b in right)


def _account(node: Handle, mention: Mapping[str, Any]) -> bool:
    name = node.name.casefold()
    wrote = name in {str(mention.get(key) or "").casefold() for key in ("author_handle", "author_id", "author_name")}
    if wrote or node.author_only:
        return wrote
    named = {str(handle).casefold() for handle in mention.get("mentions") or ()}
    return name in named or name in {str(mention.get(key) or "").casefold() for key in ("page_id", "page_name")}


def _field(node: Field, mention: Mapping[str, Any]) -> bool:
    if node.name == "platform":
        return bool(mention.get("platform") == node.value)
    if node.name == "lang":
        return str(mention.get("language_hint") or "").lower().split("-")[0] == node.value
    hosts = [mention.get("site") or "", urlsplit(mention.get("url") or "").hostname or ""]
    return any(host == node.value or host.endswith("." + node.value) for host in map(str.lower, hosts))


def _bound(node: Number, mention: Mapping[str, Any]) -> bool:
    if node.name == "followers":
        value = mention.get("author_followers")
    else:
        counts = [(mention.get("engagement") or {}).get(name) for name in ("likes", "shares", "comments", "quotes")]
        known = [count for count in counts if count is not None]
        value = sum(known) if known else None
    return value is not None and _COMPARE[node.comparison](value, node.value)
