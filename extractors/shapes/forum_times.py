"""Times as forums write them for people: in the page's language and zone, absolute or relative to the fetch.

    "Пн апр 13, 2015 3:06 pm", "Heute, 12:10", "01-02-2015, 10:11 AM", "3 hours ago" ──► UTC, or None where the string does not fix an instant
dateparser reads the names of months and days; order of day and month, zone and the moment of fetching are given, never guessed from
this machine.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Any, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import dateparser

from extractors.times import from_epoch, from_iso, plausible

_CLOCK = r"\d{1,2}[:.h]\d{2}(?::\d{2})?(?:\s*(?:[ap]\.?\s?m\b\.?|[AP]M|ص|م))?"
_MONTH = r"[^\W\d_]{2,12}\.?"
_DAY = "|".join(
    (
        "today", "yesterday", "heute", "gestern", "vorgestern", "сегодня", "вчера", "сьогодні", "вчора", "bugün", "dün", "hoy", "ayer",
        "oggi", "ieri", "aujourd.hui", "hier", "hoje", "ontem", "dzisiaj", "dziś", "wczoraj", "vandaag", "gisteren", "今天", "昨天",
        "今日", "昨日", "اليوم", "أمس", "dnes", "včera", "idag", "igår", "i dag", "i går", "tänään", "eilen", "tegnap",
    )
)  # fmt: skip
_DATE = (
    r"\d{4}[-/.年]\s?\d{1,2}[-/.月]\s?\d{1,2}日?|\d{1,2}[-/.]\s?\d{1,2}[-/.]\s?(?:\d{4}|\d{2})(?!\d)"
    rf"|\d{{1,2}}(?:st|nd|rd|th|\.|º)?[\s.-]*(?:de\s+|of\s+)?{_MONTH},?[\s.-]*(?:de\s+|del\s+)?(?:\d{{4}}|'\d{{2}}(?![\d:]))(?:\s*г\.?)?"
    rf"|{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}}"
    rf"|{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?(?=\s*(?:,|at\b|um\b|$))"
)
_RELATIVE = (
    r"\d+\s+[^\W\d_]+\.?\s+(?:ago|назад|önce|temu|fa|geleden|sedan|siden|sitten|тому)|(?:vor|hace|il y a|há|منذ)\s+(?:\d+|einer?m?|una?)\s+[^\W\d_]+"
    r"|(?:a|an|one)\s+[^\W\d_]+\s+ago|\d+\s*(?:秒|分钟|分|小时|天|分鐘|小時)\s*前|just now|a moment ago|gerade eben|только что|刚刚|az önce"
)
_WEEKDAY = r"[^\W\d_]{3,12}(?=\s+(?:at|um|в|à|a las|alle|saat)\s+\d)"
_STAMP = re.compile(
    rf"(?<!\w)(?:{_RELATIVE})|(?<!\w)(?:{_DATE}|\b(?:{_DAY})\b|{_WEEKDAY})(?:[\s,;·•|@-]{{0,5}}(?:(?:at|um|в|à|a las|alle|saat|klo|kl\.?|o|о)\s+)?{_CLOCK})?",
    re.IGNORECASE,
)
_NUMERIC = re.compile(r"^(\d{1,2})[-/.]\s?(\d{1,2})[-/.]\s?(\d{4}|\d{2})(?!\d)")
_NOW = re.compile(r"^(?:just now|a moment ago|gerade eben|только что|刚刚|az önce)$", re.IGNORECASE)
_MONTH_FIRST = {"en", "en-us", "en-ph", "fil"}
_YEAR_FIRST = {"zh", "ja", "ko", "hu", "lt", "mn"}
_ZONE = re.compile(r"\b(?:UTC|GMT)\b(?:\s*([+-−–])\s*(\d{1,2})(?:[:.](\d{2}))?)?", re.IGNORECASE)


def find_stamp(text: str) -> str | None:
    """The first piece of a line that reads as a moment: "Last edited by Ann; 01-02-2015 at 10:20 AM." → "01-02-2015 at 10:20 AM"."""
    found = _STAMP.search(" ".join(text.split()))
    return found[0].strip(" ,;") if found else None


def day_order(language: str | None, stamps: list[str], told: str | None = None) -> str:
    """ "DMY", "MDY" or "YMD": what the source's option says, else what the page's own unambiguous dates show, else its language."""
    if told and told.upper() in ("DMY", "MDY", "YMD"):
        return told.upper()
    pairs = [(int(found[1]), int(found[2])) for found in map(_NUMERIC.match, stamps) if found]
    if any(one > 12 >= two for one, two in pairs):
        return "DMY"
    if any(two > 12 >= one for one, two in pairs):
        return "MDY"
    name = (language or "en").lower().replace("_", "-")
    return "MDY" if name in _MONTH_FIRST else "YMD" if name.split("-")[0] in _YEAR_FIRST else "DMY"


def read_moment(
    raw: str | None, language: str | None, order: str, zone: str | None, fetched_at: datetime | None
) -> datetime | None:
    """The instant that a person's date means, in UTC. Relative and year-less ones need `fetched_at`, and are None without it."""
    if not raw or not raw.strip():
        return None
    where = zone_of(zone) or UTC
    if raw.strip().isdigit() and len(raw.strip()) >= 9:
        return from_epoch(raw.strip())
    if exact := from_iso(raw.strip(), cast(ZoneInfo, where)):
        return exact
    stamp = find_stamp(raw) or raw.strip()
    if _NOW.match(stamp):
        return plausible(fetched_at)
    if fetched_at is None:
        one, two = (_parse(stamp, language, order, where, base) for base in (_BASE, _BASE - timedelta(days=1234, hours=5)))
        return one if one == two else None
    return _parse(stamp, language, order, where, fetched_at)


_BASE = datetime(2020, 1, 15, 12, tzinfo=UTC)


def _parse(stamp: str, language: str | None, order: str, where: tzinfo, base: datetime) -> datetime | None:
    name = (language or "en").lower().replace("_", "-").split("-")[0]
    settings: Any = {
        "RELATIVE_BASE": base.astimezone(where).replace(tzinfo=None),
        "PREFER_DATES_FROM": "past",
        "DATE_ORDER": order,
        "PREFER_LOCALE_DATE_ORDER": False,
        "RETURN_AS_TIMEZONE_AWARE": False,
        "REQUIRE_PARTS": [] if find_stamp(stamp) else ["day"],  # "Jan 2005" is no moment, "Monday at 5:12 PM" is
    }
    for languages in ([name], ["en"], None):
        try:
            found = dateparser.parse(stamp, languages=languages, settings=settings)
        except (
            ValueError,
            OverflowError,
            TypeError,
            AttributeError,
            KeyError,
            RecursionError,
        ):  # a language that it does not know, odd digits
            continue
        if found:
            return _placed(found, where)
    return None


def _placed(found: datetime, where: tzinfo) -> datetime | None:
    try:
        return plausible(found if found.tzinfo else found.replace(tzinfo=where))
    except (ValueError, OverflowError):
        return None


@lru_cache(maxsize=256)
def zone_of(name: str | None) -> tzinfo | None:
    """The zone of "Europe/Berlin", of the same in another language where its city is the same, or of "+02:00"; else None."""
    if not name:
        return None
    if found := re.fullmatch(r"([+-])(\d{2}):(\d{2})", name):
        minutes = min(int(found[2]) * 60 + int(found[3]), 16 * 60)
        return timezone(timedelta(minutes=-minutes if found[1] == "-" else minutes))
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        cities = [
            zone
            for zone in available_timezones()
            if "/" in name and zone.rsplit("/", 1)[-1] == name.rsplit("/", 1)[-1].replace(" ", "_")
        ]
        return ZoneInfo(cities[0]) if len(cities) == 1 else None


def stated_offset(line: str) -> str | None:
    """ "+02:00" of "All times are GMT +1" with summer time in brackets after it, None where the line names no zone."""
    found = _ZONE.search(line)
    if not found:
        return None
    sign, hours, minutes = found.groups()
    total = (int(hours or 0) * 60 + int(minutes or 0)) * (-1 if sign in ("-", "−", "–") else 1)
    if re.match(r"[^\[]{0,20}\[[^\]]*\]", line[found.end() :]):  # phpBB 3.0: "UTC + 1 hour [ DST ]"
        total += 60
    return f"{'-' if total < 0 else '+'}{abs(total) // 60:02d}:{abs(total) % 60:02d}"
