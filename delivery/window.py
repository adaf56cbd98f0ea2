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

    def __str__(self) -> str:
        return f"{self.first_day} to {self.last_day} ({self.zone.key})"


def window_of(settings: Settings, sub: Subscription, window_end: datetime | None = None) -> Window:
    """The window that ends with the last whole day before `window_end` (default: the schedule's last day of firing)."""
    zone = ZoneInfo(sub.timezone) if sub.timezone else settings.zone()
    if window_end is not None:
        end_day = (window_end if window_end.tzinfo else window_end.replace(tzinfo=zone)).astimezone(zone).date()
    else:
        end_day = last_firing(sub.schedule, settings.now().astimezone(zone)).date()
    return Window(end_day - timedelta(days=sub.window_days), end_day, zone)


def last_firing(schedule: str, now: datetime) -> datetime:
    """The last time that `schedule` fires up to the end of the day of `now`, in the time zone of `now`."""
    end_of_day = datetime.combine(now.date() + timedelta(days=1), time(), now.tzinfo)
    found: datetime = croniter(schedule, end_of_day).get_prev(datetime)
    return found
