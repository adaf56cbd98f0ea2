"""Passports: no check digit outside the machine-readable zone, so a shape of the issuing country and a word beside it.

Shapes: Russian internal 4+6 and foreign 2+7; Chinese E or G + 8 and two letters + 7; Turkish U or S + 8; Saudi, Egyptian, Kazakh and newer
British and US letter + 8; British and US 9 digits; German nine of its alphabet; French 2 digits, 2 letters, 5 digits; Emirati.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from nlp.personal.reading import Match, Reading
from nlp.personal.rules import Rule, by_rules, shape

KIND = "passport"
_CYRILLIC_OR_RUSSIAN = re.compile(r"росс|паспорт|серия|russia")
_GERMAN = re.compile(r"(?=(?:.*\d){4})(?=.*[a-z])")
_NUMBER_SIGN = r"(?: ?(?:№|#|no\.?|номер|n) ?|[ -]{0,3})"


def _is_any(number: str) -> bool:
    return True


def _is_german(number: str) -> bool:
    return _GERMAN.match(number) is not None


def _rules() -> Sequence[Rule]:
    russian = Rule("passport", shape(rf"\d{{2}}[ -]?\d{{2}}{_NUMBER_SIGN}\d{{3}}[ -]?\d{{3}}"), _is_any, 0, 84)
    foreign = Rule("passport", shape(rf"\d{{2}}{_NUMBER_SIGN}\d{{7}}"), _is_any, 0, 83)
    return (
        Rule("passport", shape(r"[eg] ?\d{8}|e[a-z] ?\d{7}"), _is_any, 55, 84, frozenset({"zh"})),
        Rule("passport", shape(r"[us] ?-?\d{8}"), _is_any, 55, 84, frozenset({"tr"})),
        Rule("passport", shape(r"[a-z] ?\d{8}|[a-z]{2} ?\d{7}|\d{9}|\d{3} \d{3} \d{3}|\d{2}[a-z]{2}\d{5}"), _is_any, 0, 83),
        Rule("passport", shape(r"[cfghjklmnprtvwxyz][cfghjklmnprtvwxyz0-9]{8}"), _is_german, 0, 82),
        foreign,
        russian,
    )


_RULES = _rules()


def find(reading: Reading) -> list[Match]:
    """Passports of every rule; the ten digits of a Russian one only where Russian is spoken or spoken of."""
    found = by_rules(reading, KIND, _RULES)
    return [match for match in found if _digits(reading, match) != 10 or _CYRILLIC_OR_RUSSIAN.search(reading.plain)]


def _digits(reading: Reading, match: Match) -> int:
    return sum(character.isdigit() for character in reading.plain[match.start : match.end])
