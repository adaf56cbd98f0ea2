"""When people write and when banks answer: daily and weekly rhythm by language, staffed hours of care."""

from __future__ import annotations

import random
from bisect import bisect_right
from datetime import UTC, datetime
from itertools import accumulate

from sandbox.world.model import CLOCK_END, CLOCK_START, LANGUAGES, QUIET_TAIL_SECONDS

_UTC_OFFSET = {"en": 0, "ru": 3, "zh": 8, "ar": 3, "tr": 3}
_WEEKEND = {"en": (5, 6), "ru": (5, 6), "zh": (5, 6), "ar": (4, 5), "tr": (5, 6)}
_HOUR_WEIGHTS = (
    0.35, 0.22, 0.15, 0.12, 0.12, 0.2, 0.4, 0.7, 1.0, 1.25, 1.35, 1.35,
    1.4, 1.35, 1.25, 1.2, 1.2, 1.3, 1.35, 1.35, 1.3, 1.15, 0.9, 0.6,
)  # fmt: skip
_SALARY_DAYS = (10, 25)
_SALARY_FACTOR = 1.35
_HOME_UTC_OFFSET = 1


def _local(at: int, offset: int) -> datetime:
    return datetime.fromtimestamp(at + offset * 3600, UTC)


def _weight(at: int, language: str) -> float:
    moment = _local(at, _UTC_OFFSET[language])
    weight = _HOUR_WEIGHTS[moment.hour]
    if moment.weekday() in _WEEKEND[language]:
        weight *= 0.62
    if moment.day in _SALARY_DAYS and 9 <= moment.hour <= 18:
        weight *= _SALARY_FACTOR
    return weight


def _cumulative(language: str) -> list[float]:
    return list(accumulate(_weight(at, language) for at in range(CLOCK_START, CLOCK_END, 3600)))


_CUMULATIVE = {language: _cumulative(language) for language in LANGUAGES}
_OFFICE = list(
    accumulate(
        1.0 if _local(at, _HOME_UTC_OFFSET).weekday() < 5 and 8 <= _local(at, _HOME_UTC_OFFSET).hour < 18 else 0.02
        for at in range(CLOCK_START, CLOCK_END, 3600)
    )
)


def _draw(rng: random.Random, cumulative: list[float]) -> int:
    hour = bisect_right(cumulative, rng.random() * cumulative[-1])
    at = CLOCK_START + min(hour, len(cumulative) - 1) * 3600 + rng.randrange(3600)
    return min(at, CLOCK_END - QUIET_TAIL_SECONDS - 1)


def moment(rng: random.Random, language: str) -> int:
    """A moment at which someone of this language writes (epoch seconds)."""
    return _draw(rng, _CUMULATIVE[language])


def office_moment(rng: random.Random) -> int:
    """A moment at which a bank or a newsroom publishes."""
    return _draw(rng, _OFFICE)


def next_staffed(at: int) -> int:
    """The first moment at or after `at` when care is staffed: Mon-Fri 8-20, Sat 10-16, home time (UTC+1)."""
    while True:
        here = _local(at, _HOME_UTC_OFFSET)
        opens, closes = (10, 16) if here.weekday() == 5 else (8, 20)
        if here.weekday() != 6 and opens <= here.hour < closes:
            return at
        if here.weekday() != 6 and here.hour < opens:
            return at - here.minute * 60 - here.second + (opens - here.hour) * 3600
        at += (24 - here.hour) * 3600 - here.minute * 60 - here.second
