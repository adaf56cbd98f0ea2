"""Names of months in many languages, for dates that are RFC 822 but for the month ("Seg, 24 Set 2018 19:42:40 -0300").

A name that means different months in two of these languages (listopad, srpen) is left out: no date is guessed. Source: CLDR, by babel.
"""

from __future__ import annotations

import re
from functools import cache

from babel.dates import get_month_names

_LANGUAGES = ("bg", "cs", "da", "de", "el", "es", "et", "fi", "fr", "hr", "hu", "id", "it", "lt", "lv", "ms", "nb", "nl", "pl", "pt", "ro",
              "ru", "sk", "sl", "sr", "sv", "tr", "uk", "vi")  # fmt: skip
_ENGLISH = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DATE = re.compile(
    r"^(?:\w{2,14}\.?,?\s+)?(\d{1,2})\.?[\s-]+(?:de\s+)?([^\W\d_]{3,12})\.?,?[\s-]+(?:de\s+)?(\d{4}\s+\d{1,2}:\d{2}.*)$"
)


@cache
def months() -> dict[str, int]:
    """Number of the month by its name or abbreviation in lower case without a full stop."""
    found: dict[str, set[int]] = {}
    for language in _LANGUAGES:
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in get_month_names(width, context, language).items():
                    found.setdefault(str(name).rstrip(".").lower(), set()).add(int(number))
    return {name: numbers.pop() for name, numbers in found.items() if len(numbers) == 1}


def in_english(date: str) -> str | None:
    """The date with its month's English name and without its weekday, None where no month of these languages stands in its place."""
    found = _DATE.match(" ".join(date.split()))
    number = months().get(found[2].lower()) if found else None
    return f"{found[1]} {_ENGLISH[number - 1]} {found[3]}" if found and number else None
