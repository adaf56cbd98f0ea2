"""Instants out of what platforms write. Each function returns UTC, or None where the string does not fix an instant:
a wrong time is worse than none, and the raw string is kept beside it."""

from __future__ import annotations

import calendar
import re
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from extractors.months import in_english

SHANGHAI = ZoneInfo("Asia/Shanghai")
_LONDON = ZoneInfo("Europe/London")
_EARLIEST, _LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
_ISO = re.compile(
    r"^(\d{4})-(\d{2})-(\d{2})(?:[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*([Zz]|[+-]\d{2}:?\d{2}|[+-]\d{2}|[A-Z]{3,4})?)?$"
)
_RFC822 = re.compile(
    r"^(?:[^\W\d]{2,10}\.?,?\s+)?(\d{1,2})[\s-]+([A-Za-z]{3,9})\.?[\s-]+(\d{4}|\d{2})\s+(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\s*([AaPp])\.?[Mm]\.?(?![A-Za-z]))?\s*(\([A-Z]+\)|[A-Za-z]{1,5}|[+-]\d{2}:?\d{2})?$"
)
# With a stated zone only. A date of two numbers and slashes (05/03/2019) has its day first or last: it is not read.
_LOCAL = (
    re.compile(r"^(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>\d{4}),? +(?P<H>\d{1,2}):(?P<M>\d{2})(?::(?P<S>\d{2}))?$"),
    re.compile(r"^(?P<y>\d{4})[/.](?P<m>\d{1,2})[/.](?P<d>\d{1,2}) +(?P<H>\d{1,2}):(?P<M>\d{2})(?::(?P<S>\d{2}))?$"),
)
_ASCTIME_OFFSET = re.compile(r"^[A-Za-z]{3} ([A-Za-z]{3}) +(\d{1,2}) (\d{2}):(\d{2}):(\d{2}) ([+-]\d{4}) (\d{4})$")
_MONTHS = {name.lower(): n for n in range(1, 13) for name in (calendar.month_abbr[n], calendar.month_name[n])} | {"sept": 9}
# Names that mean one offset wherever they are used in feeds (RFC 822 section 5, and European names). Ambiguous ones (IST, CST of China)
# are either fixed by RFC 822 (North America) or left out; BST is read where London keeps summer time.
_ZONES = {
    "UT": 0,
    "UTC": 0,
    "GMT": 0,
    "Z": 0,
    "WET": 0,
    "WEST": 60,
    "CET": 60,
    "CEST": 120,
    "MET": 60,
    "MEST": 120,
    "MESZ": 120,
    "MEZ": 60,
    "EET": 120,
    "EEST": 180,
    "MSK": 180,
    "MSD": 240,
    "EST": -300,
    "EDT": -240,
    "CST": -360,
    "CDT": -300,
    "MST": -420,
    "MDT": -360,
    "PST": -480,
    "PDT": -420,
    "JST": 540,
    "KST": 540,
}


def plausible(moment: datetime | None) -> datetime | None:
    """The instant in UTC if it lies between 1900 and 2200, else None. What is odd but stated is for the quality gate to judge."""
    return moment.astimezone(UTC) if moment and _EARLIEST <= moment < _LATEST else None


def from_epoch(value: Any) -> datetime | None:
    """Seconds since 1970 (int, float or digits; 13 digits are milliseconds) as an instant."""
    try:
        seconds = float(value) if not isinstance(value, bool) else 0.0
        if seconds >= 1e11:
            seconds /= 1000
        return plausible(datetime.fromtimestamp(seconds, UTC)) if seconds > 0 else None
    except (TypeError, ValueError, OverflowError, OSError):
        return None


def from_iso(value: Any, zone: ZoneInfo | None = None) -> datetime | None:
    """ISO 8601 / W3CDTF with a zone. Without one it is read in `zone`, or is None; a bare date is midnight UTC (or of `zone`)."""
    if not isinstance(value, str):
        return None
    if moment := _utc(value):
        return plausible(moment)
    found = _ISO.match(value.strip())
    if not found:
        return None
    year, month, day, hour, minute, second, fraction, offset = found.groups()
    tz = _offset(offset) if offset else zone or (UTC if hour is None else None)
    if tz is None:
        return None
    return _build(tz, year, month, day, hour or 0, minute or 0, second or 0, int((fraction or "0").ljust(6, "0")[:6]))


def _utc(value: str) -> datetime | None:
    """The commonest form, YYYY-MM-DDTHH:MM:SS[.sss]Z, by the standard library's own reader; None for any other, which goes the long way."""
    if len(value) not in (20, 24) or value[4::3][:5] != "--T::" or value[-1] != "Z" or not value.isascii():
        return None
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return None


def zone_of(name: Any) -> ZoneInfo | None:
    """The time zone of an IANA name, None where there is none of it."""
    try:
        return ZoneInfo(name) if isinstance(name, str) and name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def from_rfc822(value: Any, zone: ZoneInfo | None = None) -> datetime | None:
    """RFC 822/2822 dates with English months and a zone whose offset is known; one that states no zone is read in `zone`, or is None."""
    found = _RFC822.match(" ".join(value.split())) if isinstance(value, str) else None
    if not found or found[2].lower() not in _MONTHS:
        return None
    day, month, year, hour, minute, second, half, offset = found.groups()
    if half:
        hour = str(int(hour) % 12 + (12 if half in "Pp" else 0))
    if len(year) == 2:
        year = f"{'19' if int(year) >= 69 else '20'}{year}"
    parts = (year, _MONTHS[month.lower()], day, hour, minute, second or 0)
    if offset and offset.strip("()").upper() == "BST":
        moment = _build(_LONDON, *parts)
        return moment if moment and moment.astimezone(_LONDON).dst() else None
    return _build(_offset(offset.strip("()")) if offset else zone, *parts)


def from_feed(value: Any, zone: ZoneInfo | None = None) -> datetime | None:
    """A date of RSS, Atom, RDF or JSON Feed: ISO or RFC 822 (its month in any language), never guessed (feedparser reads 2016/6/29 as 2016-06-01)."""
    plain = re.sub(r"(?<=\d)\s*\([^()]*\)$", "", value.strip()) if isinstance(value, str) else value
    if not isinstance(plain, str):
        return None
    return (
        from_iso(plain, zone) or from_rfc822(plain, zone) or from_rfc822(in_english(plain), zone) or (_local(plain, zone) if zone else None)
    )


def _local(plain: str, zone: ZoneInfo) -> datetime | None:
    """`22.11.2022 12:16:00` and `2016/6/29 15:07:41`, the local time of a zone that somebody states."""
    found = next(filter(None, (form.match(" ".join(plain.split())) for form in _LOCAL)), None)
    return _build(zone, *(found[name] or 0 for name in "ymdHMS")) if found else None


def from_asctime(value: Any) -> datetime | None:
    """`Tue May 31 17:46:55 +0800 2011`, as X's API v1.1 and Weibo write it; anything else is None."""
    found = _ASCTIME_OFFSET.match(value.strip()) if isinstance(value, str) else None
    if not found:
        return None
    month, day, hour, minute, second, offset, year = found.groups()
    return _build(_offset(offset), year, _MONTHS.get(month.lower(), 0), day, hour, minute, second)


def from_weibo(value: Any, fetched_at: datetime | None) -> datetime | None:
    """Sina Weibo's forms, China time: `Tue May 31 17:46:55 +0800 2011`, `06-14`, `刚刚`, `5分钟前`, `昨天 12:30`, `2019-06-14`.

    Relative and year-less ones are resolved against `fetched_at`; without it they are None.
    """
    if not isinstance(value, str):
        return None
    raw = value.strip()
    absolute = from_asctime(raw) or from_iso(raw, SHANGHAI) or _chinese_date(raw)
    return absolute or (_weibo_relative(raw, fetched_at) if fetched_at else None)


def _chinese_date(raw: str) -> datetime | None:
    found = re.match(r"^(\d{4})[年/-](\d{1,2})[月/-](\d{1,2})日?(?:\s*(\d{1,2}):(\d{2}))?$", raw)
    return _build(SHANGHAI, *(part or 0 for part in found.groups())) if found else None


def _weibo_relative(raw: str, fetched_at: datetime) -> datetime | None:
    local = fetched_at.astimezone(SHANGHAI)
    if raw.startswith("刚刚"):
        return plausible(local)
    if found := re.match(r"^(\d+)\s*(秒|分钟|分|小时|天)前", raw):
        unit = {"秒": 1, "分钟": 60, "分": 60, "小时": 3600, "天": 86400}[found[2]]
        return plausible(local - timedelta(seconds=min(int(found[1]) * unit, 10**9)))
    if found := re.match(r"^(今天|昨天|前天)\s*(\d{1,2}):(\d{2})", raw):
        day = local.date() - timedelta(days=("今天", "昨天", "前天").index(found[1]))
        return _build(SHANGHAI, day.year, day.month, day.day, found[2], found[3])
    if found := re.match(r"^(\d{1,2})(?:-|月)(\d{1,2})日?(?:\s*(\d{1,2}):(\d{2}))?$", raw):
        return _yearless(local, int(found[1]), int(found[2]), found[3] or 0, found[4] or 0)
    return None


def _yearless(local: datetime, month: int, day: int, hour: Any, minute: Any) -> datetime | None:
    """The last such day that is not after the fetch (a day of slack for clocks); 29 February looks back to a leap year."""
    for year in range(local.year, local.year - 9, -1):
        moment = _build(SHANGHAI, year, month, day, hour, minute)
        if moment and moment.astimezone(SHANGHAI).date() <= local.date() + timedelta(days=1) and _is_date(year, month, day):
            return moment
    return None


def _is_date(year: int, month: int, day: int) -> bool:
    try:
        return bool(date(year, month, day))
    except ValueError:
        return False


def _offset(text: str | None) -> timezone | None:
    if not text:
        return None
    if text.upper() in _ZONES:
        return timezone(timedelta(minutes=_ZONES[text.upper()]))
    found = re.match(r"^([+-])(\d{2}):?(\d{2})?$", text)
    if not found or int(found[2]) > 15:
        return None
    minutes = int(found[2]) * 60 + int(found[3] or 0)
    return timezone(timedelta(minutes=-minutes if found[1] == "-" else minutes))


def _build(tz: timezone | ZoneInfo | None, *parts: Any) -> datetime | None:
    """An instant of its parts (year, month, day, hour, minute, second, microsecond), None if they are no date."""
    try:
        return plausible(datetime(*(int(part) for part in parts), tzinfo=tz)) if tz else None  # type: ignore[misc,arg-type]
    except (ValueError, OverflowError):
        return None
