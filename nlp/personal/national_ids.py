"""National ids of the five language areas: check digits where the id has them, the word beside it where chance would pass too often.

Sources: python-stdnum for Russian INN, Chinese resident ids, Turkish TCKN, US SSN and Luhn; the issuers' published rules for the rest
(SNILS: Pension Fund's letter of check sums; Kazakh IIN: decree 853 of 2003; UK NINO: HMRC manual NIM39110; Emirates ID and Saudi ids: Luhn).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date

from stdnum import luhn
from stdnum.cn import ric
from stdnum.exceptions import ValidationError
from stdnum.ru import inn
from stdnum.tr import tckimlik
from stdnum.us import ssn

from nlp.personal.reading import Match, Reading
from nlp.personal.rules import Rule, by_rules, shape

KIND = "national_id"
_PROVINCES = frozenset(map(str, (*range(11, 16), 21, 22, 23, *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66), 71, 81, 82, 83, 91)))
_GOVERNORATES = frozenset(f"{n:02d}" for n in (*range(1, 5), *range(11, 20), *range(21, 30), *range(31, 36), 88))


def is_date(year: int, month: str, day: str) -> bool:
    """Whether these make a day since 1900 that is not to come."""
    try:
        return date(1900, 1, 1) <= date(year, int(month), int(day)) <= date.today()
    except ValueError:
        return False


def is_resident_id(number: str) -> bool:
    """GB 11643: province, birth date, ISO 7064 mod 11-2."""
    if number[:2] not in _PROVINCES or number[-1] != ric.calc_check_digit(number.upper()).lower():
        return False
    return is_date(int(number[6:10]), number[10:12], number[12:14])


def is_snils(number: str) -> bool:
    """Weights 9 to 1, mod 101, 100 counts as 00; numbers up to 001-001-998 carry no check sum and are left out."""
    total = _weighted(number, range(9, 0, -1)) % 101 % 100
    return int(number[:9]) > 1001998 and total == int(number[9:])


def is_iin(number: str) -> bool:
    """Birth date, century, then weights 1 to 11 mod 11; where that gives 10, weights 3 to 11, 1, 2."""
    century = {"1": 1800, "2": 1800, "3": 1900, "4": 1900, "5": 2000, "6": 2000}.get(number[6])
    if century is None or not is_date(century + int(number[:2]), number[2:4], number[4:6]):
        return False
    total = _weighted(number, range(1, 12)) % 11
    if total == 10:
        total = _weighted(number, (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)) % 11
    return total == int(number[11])


def is_emirates_id(number: str) -> bool:
    """784, birth year, seven digits, Luhn."""
    return 1900 <= int(number[3:7]) <= date.today().year and luhn.is_valid(number)


def is_egyptian_id(number: str) -> bool:
    """Century, birth date, governorate; the issuer publishes no check digit."""
    year = (1900 if number[0] == "2" else 2000) + int(number[1:3])
    return number[7:9] in _GOVERNORATES and is_date(year, number[3:5], number[5:7])


def is_ssn(number: str) -> bool:
    """Areas and groups that were given out; python-stdnum's list of advertised numbers is nobody's and left out."""
    try:
        ssn.validate(number)
    except ValidationError:
        return False
    return True


def _weighted(number: str, weights: Iterable[int]) -> int:
    return sum(weight * int(digit) for weight, digit in zip(weights, number, strict=False))


def _rules() -> Sequence[Rule]:
    english, russian, chinese = frozenset({"en", "und"}), frozenset({"ru", "und"}), frozenset({"zh", "und"})
    arabic, turkish = frozenset({"ar", "und"}), frozenset({"tr", "und"})
    everywhere = english | russian | chinese | arabic | turkish
    nino = r"(?!bg|gb|kn|nk|nt|tn|zz)[a-ceghj-prstw-z][a-ceghj-nprstw-z][ -]?\d{2}[ -]?\d{2}[ -]?\d{2}[ -]?[a-d]"
    return (
        Rule("resident_id", shape(r"\d{6}[ -]?\d{8}[ -]?\d{3}[\dx]|\d{3} \d{3} \d{4} \d{4} \d{3}[\dx]"), is_resident_id, 90, 95, everywhere, True),
        Rule("emirates_id", shape(r"784[ -]?\d{4}[ -]?\d{7}[ -]?\d"), is_emirates_id, 90, 95, everywhere, True),
        Rule("nino", shape(nino), lambda number: True, 88, 90, everywhere, True),
        Rule("snils", shape(r"\d{3}-\d{3}-\d{3}[ -]\d{2}"), is_snils, 88, 90, everywhere, True),
        Rule("snils", shape(r"\d{3} \d{3} \d{3} \d{2}|\d{11}"), is_snils, 0, 86),
        Rule("inn", shape(r"\d{12}"), inn.is_valid, 58, 86, russian),
        Rule("inn", shape(r"\d{4} \d{4} \d{4}|\d{4} \d{6} \d{2}|\d{10}|\d{4} \d{6}|\d{4} \d{5} \d"), inn.is_valid, 0, 86),
        Rule("iin", shape(r"\d{12}"), is_iin, 58, 86, russian),
        Rule("turkish_id", shape(r"[1-9]\d{10}|[1-9]\d{2} \d{3} \d{3} \d{2}|[1-9]\d{2} \d{2} \d{3} \d{3}"), tckimlik.is_valid, 58, 86, turkish),
        Rule("ssn", shape(r"\d{3}-\d{2}-\d{4}|\d{3} \d{2} \d{4}|\d{9}"), is_ssn, 0, 86),
        Rule("saudi_id", shape(r"(?:1[01]|2[1-6])\d{8}"), luhn.is_valid, 58, 86, arabic),
        Rule("saudi_id", shape(r"[12]\d{9}|[12] \d{3} \d{3} \d{3}|[12]\d{3} \d{3} \d{3}"), luhn.is_valid, 0, 86),
        Rule("egyptian_id", shape(r"[23]\d{13}"), is_egyptian_id, 0, 86),
    )


_RULES = _rules()
_ANY = re.compile(r"\d{2}[ -]?\d{2}[ -]?\d{2}|\d{3}[ -]\d{2}")


def find(reading: Reading) -> list[Match]:
    """National ids of every rule."""
    return by_rules(reading, KIND, _RULES) if _ANY.search(reading.plain) else []
