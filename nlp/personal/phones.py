"""Phone numbers, judged by libphonenumber's numbering plans (`phonenumbers`): international ones, and national ones of ten regions.

A national number without a word beside it counts only as it is written in the text's own language area, with its trunk prefix.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import phonenumbers

from nlp.personal.reading import MONEY, Match, Reading, Run

KIND = "phone"
INTERNATIONAL, LABELLED, NATIONAL = 70, 72, 50
SPARE = 3  # digits that may stand behind a phone without being a part of it: "8 916 123-45-67 2 days"
_REGIONS: dict[str, tuple[str, ...]] = {
    "en": ("GB", "US"), "ru": ("RU", "KZ"), "zh": ("CN",), "ar": ("SA", "AE", "EG"), "tr": ("TR",),
}  # fmt: skip
_ALL = ("GB", "DE", "FR", "TR", "RU", "KZ", "CN", "SA", "AE", "EG", "US")
_CODES = ("7", "90", "86", "966", "971", "20", "44", "49", "33")
# What a national number of the region may look like as digits; spares libphonenumber what cannot be one.
_PLANS = {
    "GB": r"0[1-35789]\d{8,9}", "DE": r"0[1-9]\d{6,11}", "FR": r"0[1-9]\d{8}", "TR": r"0?[2-58]\d{9}", "RU": r"[78]?[3489]\d{9}", "KZ": r"[78]?7\d{9}",
    "CN": r"1[3-9]\d{9}|0\d{9,11}|400\d{7}", "SA": r"0?5\d{8}|01\d{8}|9200\d{5}|800\d{7}", "AE": r"0?5\d{8}|0[2-9]\d{7}", "EG": r"0?1\d{9}|0[2-9]\d{7,8}",
    "US": r"1?[2-9]\d{2}[2-9]\d{6}",
}  # fmt: skip
# Without a word beside it: the trunk prefix and, in one piece, a mobile number only.
_ONE = {
    "GB": r"07\d{9}", "TR": r"05\d{9}", "RU": r"[78][89]\d{9}", "KZ": r"[78]7\d{9}", "CN": r"1[3-9]\d{9}", "SA": r"05\d{8}", "AE": r"05\d{8}", "EG": r"01\d{9}",
}  # fmt: skip
_PLAN = {region: re.compile(pattern) for region, pattern in _PLANS.items()}
_ONE_PIECE = {region: re.compile(pattern) for region, pattern in _ONE.items()}
_TRUNK = {"GB": "0", "DE": "0", "FR": "0", "TR": "0", "RU": "78", "KZ": "78", "CN": "01", "SA": "0", "AE": "0", "EG": "0"}
_US = re.compile(r"\(?[2-9]\d{2}\)? ?[ \-.]?[2-9]\d{2}[\-.]\d{4}")
_ABROAD = re.compile(r"(?<![0-9a-z])(?:\+|00(?=[ \-(]*[1-9])) ?\(?[1-9](?:[ \-.()]{0,3}\d|/\d){6,16}(?![0-9a-z_])")
_BEHIND = re.compile(r"(?<![0-9a-z+.,])[1-9]\d{9,13}\+(?![0-9+])")  # the plus as some write it from right to left
_LINK = re.compile(r"(?:wa\.me/|[?&]phone=|tel:)\+?(\d{8,15})(?!\d)")
_PLUS = re.compile(r"\+[ (]{0,2}$")
_NUMBER = re.compile(r"\d+")
_CLOSED = re.compile(r"(?<!\d)(?:\d{1,2}[.\-/]\d{1,2}[.\-/]\d{2,4}|\d{4}[.\-/]\d{1,2}[.\-/]\d{1,2}|\d{1,2}[.\-/](?:19|20)\d\d|(?:\d{1,3}\.){3}\d{1,3})(?!\d)")
_ANNOUNCED = re.compile(r"(?:[$€£¥₽₺+#№*=]|usd|eur|gbp|rub|sar|aed|egp|try) ?$")


def find(reading: Reading) -> Iterator[Match]:
    """Phones of the text; what is called by another name ("order", "INN") is none."""
    for match in _LINK.finditer(reading.unhidden):
        if _is_valid("+" + match.group(1), None):
            yield Match(*match.span(1), KIND, INTERNATIONAL)
    yield from _abroad(reading)
    for run in reading.runs:
        if _PLUS.search(reading.plain[max(0, run.groups[0][0] - 3) : run.groups[0][0]]):
            continue
        for groups in _pieces(run):
            if match_ := _national(reading, groups):
                yield match_


def _abroad(reading: Reading) -> Iterator[Match]:
    for match in _ABROAD.finditer(reading.plain):
        label = reading.label(match.start())
        if label and "phone" not in label:
            continue
        in_one_piece = match.group().startswith("00") and match.group().isdigit()
        if in_one_piece and not reading.is_called("phone", *match.span()):
            continue
        ends = [m.end() for m in _NUMBER.finditer(reading.plain, *match.span())]
        for end in reversed(ends):
            number = "+" + re.sub(r"\D", "", reading.plain[match.start() : end]).removeprefix("00")
            if _is_valid(number, None):
                yield Match(match.start(), end, KIND, INTERNATIONAL)
                break
    for match in _BEHIND.finditer(reading.plain):
        if _is_valid("+" + match.group()[:-1], None):
            yield Match(*match.span(), KIND, INTERNATIONAL)


def _pieces(run: Run) -> Iterator[Sequence[tuple[int, int]]]:
    """A group of nine digits or more stands for itself; shorter ones belong together."""
    together: list[tuple[int, int]] = []
    for group in run.groups:
        if group[1] - group[0] >= 9:
            yield from ([together] if together else [])
            yield [group]
            together = []
        else:
            together.append(group)
    if together:
        yield together


def _national(reading: Reading, groups: Sequence[tuple[int, int]]) -> Match | None:
    start, whole = groups[0][0], sum(end - begin for begin, end in groups)
    label = reading.label(start)
    if not 8 <= whole <= 13 + SPARE or (label and "phone" not in label) or _is_no_phone(reading, start, groups[-1][1]):
        return None
    called = reading.is_called("phone", start, groups[-1][1])
    for count in range(len(groups), 0, -1):
        end = groups[count - 1][1]
        number = "".join(reading.plain[a:b] for a, b in groups[:count])
        if whole - len(number) > SPARE:
            break
        if called and _is_known(number, reading.language):
            return Match(_opened(reading, start), end, KIND, LABELLED)
        if not called and _is_plain(reading, number, start, end, count):
            return Match(_opened(reading, start), end, KIND, NATIONAL)
    return None


def _opened(reading: Reading, start: int) -> int:
    return start - 1 if start and reading.plain[start - 1] == "(" else start


def _is_no_phone(reading: Reading, start: int, end: int) -> bool:
    """Whether a date, an address of a computer or money stands here, or a number that a sign announces."""
    plain = reading.plain
    if _ANNOUNCED.search(plain[max(0, start - 4) : start].lstrip("(")) or MONEY.match(plain, end):
        return True
    return _CLOSED.search(plain, start, end) is not None


def _is_known(number: str, language: str) -> bool:
    """With a word beside it: the language area's national numbers, other areas' mobile ones, international ones without their plus."""
    own = _REGIONS.get(language, _ALL)
    if any(_is_of(number, region) for region in own):
        return True
    if any(pattern.fullmatch(number) and _is_of(number, region) for region, pattern in _ONE_PIECE.items() if region not in own):
        return True
    return len(number) >= 11 and number.startswith(_CODES) and _is_valid("+" + number, None)


def _is_plain(reading: Reading, number: str, start: int, end: int, groups: int) -> bool:
    """Without a word beside it: of the language's own regions, in one piece or in the groups of a phone."""
    written = reading.plain[start:end]
    if reading.language not in _REGIONS or "." in written or "/" in written:
        return False
    for region in _REGIONS[reading.language]:
        if region == "US":
            if _US.fullmatch(reading.plain, _opened(reading, start), end) and _is_of(number, region):
                return True
        elif groups == 1:
            if _ONE_PIECE[region].fullmatch(number) and _is_of(number, region):
                return True
        elif number[0] in _TRUNK[region] and groups <= 7 and _is_of(number, region):
            return True
    return False


def _is_of(number: str, region: str) -> bool:
    return _PLAN[region].fullmatch(number) is not None and _is_valid(number, region)


def _is_valid(number: str, region: str | None) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(number, region))
    except phonenumbers.NumberParseException:
        return False
