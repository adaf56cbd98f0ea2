"""IBANs (ISO 13616): the country's length and structure as python-stdnum's copy of the registry has them, check digits mod 97."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from stdnum import iban, numdb

from nlp.personal.reading import Match, Reading

KIND, RANK = "iban", 100
# A number of an IBAN's shape whose check digits are wrong: neither an IBAN nor anything that a part of it looks like.
MISTYPED = "mistyped iban"
_BEGINNING = re.compile(r"(?<![0-9a-z])[a-z]{2}[ -]?\d{2}(?=[ -]?[0-9a-z])")
_PART = re.compile(r"(\d+)!([nac])")


@cache
def structure(country: str) -> tuple[int, re.Pattern[str]] | None:
    """Characters of a country's IBAN and what they are, lower case; None where the country has none."""
    known = numdb.get("iban").info(country.upper())[0][1]
    if not known:
        return None
    parts = _PART.findall(known["bban"])
    classes = {"n": r"\d", "a": "[a-z]", "c": "[a-z0-9]"}
    return 4 + sum(int(size) for size, _ in parts), re.compile(r"[a-z]{2}\d\d" + "".join(f"{classes[c]}{{{n}}}" for n, c in parts))


def find(reading: Reading) -> Iterator[Match]:
    """IBANs in one piece or in groups that one blank or dash parts."""
    for match in _BEGINNING.finditer(reading.plain):
        form = structure(match.group()[:2])
        end = _end(reading.plain, match.start(), form[0]) if form else None
        if not form or not end:
            continue
        number = reading.plain[match.start() : end].replace(" ", "").replace("-", "")
        if iban.is_valid(number, check_country=False):
            yield Match(match.start(), end, KIND, RANK)
        elif match.group().isalnum() and form[1].fullmatch(number):
            yield Match(match.start(), end, MISTYPED, RANK)


def _end(text: str, start: int, size: int) -> int | None:
    """Where `size` letters and digits from `start` end; None where something else comes first, or a word goes on."""
    place, seen = start, 0
    while seen < size and place < len(text):
        character = text[place]
        if character.isascii() and character.isalnum():
            seen += 1
        elif character not in " -" or text[place - 1] in " -":
            return None
        place += 1
    ends = seen == size and not (place < len(text) and text[place].isascii() and text[place].isalnum())
    return place if ends else None
