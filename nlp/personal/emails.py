"""E-mail addresses (RFC 5321's usual part), of Latin and Cyrillic domains; no handles, no file names."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nlp.personal.reading import Match, Reading

KIND, RANK = "email", 100
_LATIN = re.compile(
    r"(?<![a-z0-9._%+@-])[a-z0-9_][a-z0-9._%+'-]{0,63}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,8}"
    r"(?!(?:png|jpe?g|gif|svg|webp|pdf|mp[34])(?![a-z0-9]))(?:xn--[a-z0-9-]{2,59}|[a-z]{2,24})(?![a-z0-9@])"
)
_CYRILLIC = re.compile(
    r"(?<![a-z0-9а-я._%+@-])[a-z0-9а-я_][a-z0-9а-я._%+'-]{0,63}@(?:[a-z0-9а-я](?:[a-z0-9а-я-]{0,61}[a-z0-9а-я])?\.){1,8}"
    r"(?:рф|рус|бел|укр|қаз|онлайн|сайт|орг|дети|москва)(?![a-z0-9а-я])"
)


def find(reading: Reading) -> Iterator[Match]:
    """Addresses, those within web addresses too."""
    if "@" not in reading.unhidden:
        return
    for pattern in (_LATIN, _CYRILLIC):
        for match in pattern.finditer(reading.unhidden):
            if ".." not in match.group():
                yield Match(*match.span(), KIND, RANK)
