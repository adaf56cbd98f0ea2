"""Payment cards: issuer prefix and length (ISO/IEC 7812, the schemes' published ranges), Luhn, the groups that are printed on cards."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stdnum import luhn

from nlp.personal.reading import Groups, Match, Reading, Run

KIND = "card"
RANK, LABELLED = 80, 85
# scheme: prefixes, lengths
_SCHEMES = (
    (r"4", (16, 19)),  # Visa
    (r"5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720", (16,)),  # Mastercard
    (r"3[47]", (15,)),  # American Express
    (r"220[0-4]", (16, 17, 18, 19)),  # Mir
    (r"62|81", (16, 17, 18, 19)),  # UnionPay
    (r"6011|64[4-9]|65", (16, 19)),  # Discover
    (r"35(?:2[89]|[3-8])", (16, 19)),  # JCB
    (r"30[0-5]|3[689]", (14, 16)),  # Diners Club
    (r"9792", (16,)),  # Troy
    (r"9682", (16,)),  # mada
    (r"5078", (16,)),  # Meeza
    (r"50|5[6-8]|6[0-9]", (16, 18, 19)),  # Maestro
)
# Seldom met and easily hit by chance: only where a word says that it is a card.
_RARE = ((r"4", (13,)), (r"50|5[6-8]|6[0-9]", (12, 13, 14, 15, 17)))
_PATTERNS = [[(re.compile(prefix), lengths) for prefix, lengths in schemes] for schemes in (_SCHEMES, _RARE)]
_LAYOUTS = {(4, 6, 5), (4, 6, 4), (6, 13), (6, 10), (8, 8), (4, 4, 5), (8, 5), (4, 6, 6), (4, 4, 4, 5)}


def find(reading: Reading) -> Iterator[Match]:
    """Cards of the text; one that is called an order or the like counts only in printed groups."""
    for run in reading.runs:
        if whole := _card(reading, run.groups):
            yield whole
            continue
        # Among other numbers a card is looked for, but not a piece of one account.
        place = len(run.groups) if "account" in reading.label(run.groups[0][0]) else 0
        while place < len(run.groups):
            groups = _sixteen(run, place)
            match = _card(reading, groups) if groups else None
            place += len(groups) if match else 1
            if match:
                yield match


def _sixteen(run: Run, first: int) -> Groups:
    """Four groups of four, or one of thirteen and more, among other numbers; empty where there are none."""
    groups = run.groups[first : first + 4]
    if groups[0][1] - groups[0][0] >= 13:
        return groups[:1]
    return groups if [end - start for start, end in groups] == [4, 4, 4, 4] else ()


def _card(reading: Reading, groups: Groups) -> Match | None:
    number = "".join(reading.plain[start:end] for start, end in groups)
    if not 12 <= len(number) <= 19:
        return None
    start, end = groups[0][0], groups[-1][1]
    if not _is_printed(tuple(b - a for a, b in groups)) or not luhn.is_valid(number) or len(set(number)) == 1:
        return None
    called = reading.is_called("card", start, end)
    if not _is_issued(number, 0) and not (called and _is_issued(number, 1)):
        return None
    if not called and _is_called_otherwise(reading, start, len(groups) == 1, len(number)):
        return None
    return Match(start, end, KIND, LABELLED if called else RANK)


def _is_called_otherwise(reading: Reading, start: int, in_one_piece: bool, size: int) -> bool:
    """An order in one piece, or an account of a length that few cards have."""
    return (in_one_piece and reading.is_other(start)) or (size == 14 and "account" in reading.label(start))


def _is_printed(sizes: tuple[int, ...]) -> bool:
    fours = all(size == 4 for size in sizes[:-1]) and sizes[-1] <= 4
    return len(sizes) == 1 or fours or sizes in _LAYOUTS


def _is_issued(number: str, rarity: int) -> bool:
    return any(len(number) in lengths and prefix.match(number) for prefix, lengths in _PATTERNS[rarity])
