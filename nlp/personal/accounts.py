"""Account numbers: they carry no check digit that stands alone, so the word directly before them tells; Russia's have 20 digits and a plan."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nlp.personal.reading import MONEY, NO_DECIMAL, Match, Reading

KIND = "account"
LABELLED, RANK = 60, 87
_DIGITS = re.compile(rf"(?<![0-9a-z_@]){NO_DECIMAL}(?<!\d/)\d(?:[ \-.]?\d){{5,29}}(?![ \-.]?\d)(?![0-9a-z_])")
# Chart of accounts of the Bank of Russia (579-P): settlement, deposit, card, correspondent and loan accounts; the currency's code after it.
_RUSSIAN = re.compile(r"(?:30[1-9]|40[1-8]|4[1-57]\d|52\d|61\d)\d{2}(?:810|643|840|978|156|398|756|826|392|949|933|784)\d{12}")
_BEHIND = re.compile(r" ?(?:(?:no|nr)'?(?:lu|li)|numarali) (?:banka )?hesa[bp]")  # Turkish: "1234567 nolu hesap"
_DATE = re.compile(r"\d{1,2}[.\-]\d{1,2}[.\-]\d{2,4}(?!\d)|\d{4}[.\-]\d{1,2}[.\-]\d{1,2}(?!\d)")


def find(reading: Reading) -> Iterator[Match]:
    """Numbers called an account (six digits or more; "р/с", "счёт": twenty), and Russian ones by their plan."""
    for match in _DIGITS.finditer(reading.plain):
        number = re.sub(r"\D", "", match.group())
        if _is_russian(number) and not reading.is_other(match.start()):
            yield Match(*match.span(), KIND, RANK)
            continue
        label = reading.label(match.start())
        named = "account" in label or ("settlement" in label and len(number) == 20) or _BEHIND.match(reading.plain, match.end())
        if named and not _is_something_else(reading, match):
            yield Match(*match.span(), KIND, LABELLED)


def _is_russian(number: str) -> bool:
    return len(number) == 20 and _RUSSIAN.fullmatch(number) is not None


def _is_something_else(reading: Reading, match: re.Match[str]) -> bool:
    return _DATE.match(match.group()) is not None or MONEY.match(reading.plain, match.end()) is not None
