"""All recognisers over one text: overlaps resolved, repeats found, spans of the given text, and the text without them."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from nlp.personal import accounts, addresses, cards, emails, ibans, national_ids, passports, phones
from nlp.personal.reading import Match, Reading
from nlp.text import Folded

_WITH_DIGITS = (ibans, cards, national_ids, passports, accounts, phones, addresses)
KINDS = tuple(sorted(module.KIND for module in (*_WITH_DIGITS, emails)))
_SEPARATORS = re.compile(r"[ \-.()]")
_WORTH_A_LOOK = re.compile(r"\d|@")


def find(given: str, folded: Folded, language: str) -> list[dict[str, Any]]:
    """[{start, end, kind}] by start, none overlapping, in code points of the given text (`folded` is its fold())."""
    if not _WORTH_A_LOOK.search(folded.text):
        return []
    reading = Reading(given, folded, language)
    chosen = [match for match in resolve(_matches(reading)) if match.kind != ibans.MISTYPED]
    if chosen:
        chosen = resolve(chain(chosen, _repeats(reading, chosen)))
    spans = ((*folded.span(match.start, match.end), match.kind) for match in chosen)
    return [{"start": start, "end": end, "kind": kind} for start, end, kind in spans]


def mask(given: str, spans: Sequence[Mapping[str, Any]]) -> str:
    """The text with each span (by start, none overlapping) replaced by its [kind]."""
    parts, place = [], 0
    for span in spans:
        parts += [given[place : span["start"]], f"[{span['kind']}]"]
        place = span["end"]
    return "".join([*parts, given[place:]])


def resolve(matches: Iterable[Match]) -> list[Match]:
    """Matches that do not overlap, by start: the more specific wins, then the longer, then the earlier."""
    chosen: list[Match] = []
    for match in sorted(set(matches), key=lambda m: (-m.rank, m.start - m.end, m.start, m.kind)):
        place = bisect_left(chosen, match.start, key=lambda m: m.start)
        after_last = place == 0 or chosen[place - 1].end <= match.start
        if after_last and (place == len(chosen) or match.end <= chosen[place].start):
            chosen.insert(place, match)
    return chosen


def _matches(reading: Reading) -> Iterator[Match]:
    yield from emails.find(reading)
    if re.search(r"\d", reading.unhidden):
        for module in _WITH_DIGITS:
            yield from module.find(reading)


def _repeats(reading: Reading, chosen: Sequence[Match]) -> Iterator[Match]:
    """The same number again, where nothing beside it told: it must not be left standing."""
    forms: dict[str, Match] = {}
    for match in chosen:
        written = reading.unhidden[match.start : match.end]
        forms.setdefault(written, match)
        if match.kind not in (addresses.KIND, emails.KIND):
            forms.setdefault(_SEPARATORS.sub("", written), match)
    for form, match in forms.items():
        place = reading.unhidden.find(form)
        while place >= 0:
            yield Match(place, place + len(form), match.kind, match.rank - 1)
            place = reading.unhidden.find(form, place + len(form))
