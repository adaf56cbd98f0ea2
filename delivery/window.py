"""Which days a delivery covers: whole days of the subscription's time zone, ending before the day its schedule fires.

schedule "0 7 * * 1", 7 days, asked on a Wednesday ──► last Monday 00:00 minus 7 days … last Monday 00:00
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from croniter import croniter  # type: ignore[import-untyped]

from settings import Settings
from settings.models import Subscription


@dataclass(frozen=True)
class Window:
    """[first_day, end_day) in `zone`; a day has 23 to 25 hours there."""

    first_day: date
    end_day: date
    zone: ZoneInfo

    @property
    def start(self) -> datetime:
        """The first instant inside, in UTC."""
        return datetime.combine(self.first_day, time(), self.zone).astimezone(UTC)

    @property
    def end(self) -> datetime:
        """The first instant after, in UTC."""
        return datetime.combine(self.end_day, time(), self.zone).astimezone(UTC)

    @property
    def last_day(self) -> date:
        """The last day inside."""
        return self.end_day - timedelta(days=1)

    @classmethod
    def between(cls, start: datetime, end: datetime, settings: Settings, sub: Subscription | None) -> Window:
        """The window with these instants, in the zone of its subscription."""
        zone = ZoneInfo(sub.timezone) if sub and sub.timezone else settings.zone()
        return cls(start.astimezone(zone).date(), (end - timedelta(microseconds=1)).astimezone(zone).date() + timedelta(days=1), zone)

    def __str__(self) -> str:
        return f"{self.first_day} to {self.last_day} ({self.zone.key})"


def window_of(settings: Settings, sub: Subscription, window_end: datetime | None = None) -> Window:
    """The window that ends with the last whole day before `window_end` (default: the schedule's last day of firing)."""
    zone = ZoneInfo(sub.timezone) if sub.timezone else settings.zone()
    return Window(*bounds(sub, _tick(settings, sub, window_end, zone).date()), zone)


def missed_ticks(settings: Settings, sub: Subscription, window_end: datetime | None, newest: set[tuple[datetime, datetime]], most: int) -> list[datetime]:
    """The schedule's ticks between the windows `newest` (start and end, all with one end) and the one of `window_end`: a tick a window, at most `most`.

    The oldest first. None where no tick has a window of `newest`: schedule, zone or length were others then, and their days would come twice.
    """
    zone = ZoneInfo(sub.timezone) if sub.timezone else settings.zone()
    seen, found = {window_of(settings, sub, window_end)}, list[datetime]()
    ticks = croniter(sub.schedule, _tick(settings, sub, window_end, zone))
    while True:
        tick: datetime = ticks.get_prev(datetime)
        window = window_of(settings, sub, tick)
        if (window.start, window.end) in newest:
            return found[:most][::-1]
        if window.end < min(end for _, end in newest):
            return []
        if window not in seen:
            seen.add(window)
            found.append(tick)


def _tick(settings: Settings, sub: Subscription, given: datetime | None, zone: ZoneInfo) -> datetime:
    """The instant asked for (without a zone: in this one), else the schedule's last."""
    if given is None:
        return last_firing(sub.schedule, settings.now().astimezone(zone))
    return (given if given.tzinfo else given.replace(tzinfo=zone)).astimezone(zone)


def bounds(sub: Subscription, day: date) -> tuple[date, date]:
    """First day and the day after the last, of the days, ISO weeks or months that are over on `day`."""
    if sub.window is None:
        return day - timedelta(days=sub.window_days), day
    if sub.window.unit == "month":
        months = day.year * 12 + day.month - 1
        return _month(months - sub.window.count), _month(months)
    end = day - timedelta(days=day.weekday()) if sub.window.unit == "week" else day
    return end - timedelta(days=sub.window.count * (7 if sub.window.unit == "week" else 1)), end


def _month(months: int) -> date:
    """The first day of the month with this number since the year 0."""
    return date(months // 12, months % 12 + 1, 1)


def last_firing(schedule: str, now: datetime) -> datetime:
    """The last time that `schedule` fires up to the end of the day of `now`, in the time zone of `now`."""
    end_of_day = datetime.combine(now.date() + timedelta(days=1), time(), now.tzinfo)
    found: datetime = croniter(schedule, end_of_day).get_prev(datetime)
    return found
