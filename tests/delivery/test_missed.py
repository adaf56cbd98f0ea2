"""A turn sends the windows that no run came to, each once, and none that nobody asked for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from delivery import deliver, turn
from delivery.turns import MOST_MISSED
from settings import Settings
from tests.delivery.test_deliver import configure, execute, mart_url  # noqa: F401
from warehouse.connection import connect

Configure = Callable[..., Settings]
MONDAY = datetime(2026, 3, 30, 5, tzinfo=UTC)  # 07:00 in Berlin, where the clock was just put forward


def monday(weeks: int) -> datetime:
    return MONDAY + timedelta(weeks=weeks)


def ends(url: str) -> list[date]:
    with connect(url) as connection:
        rows = connection.execute("select (window_end at time zone 'Europe/Berlin')::date from ops.deliveries where status = 'sent' order by rendered_at").fetchall()
    return [row[0] for row in rows]


def test_windows_that_no_run_came_to_are_sent_by_the_next_the_oldest_first(mart_url: str, configure: Configure) -> None:  # noqa: F811
    settings = configure()
    deliver(settings, "care", url=mart_url, window_end=monday(-3))
    assert len(list(turn(settings, "care", url=mart_url, window_end=MONDAY))) == 3
    assert ends(mart_url) == [date(2026, 3, 9), date(2026, 3, 16), date(2026, 3, 23), date(2026, 3, 30)]
    assert [line for line in turn(settings, "care", url=mart_url, window_end=MONDAY) if "already" not in line] == [], "each once"


def test_a_subscription_begins_with_its_first_delivery(mart_url: str, configure: Configure) -> None:  # noqa: F811
    list(turn(configure(), "care", url=mart_url))
    assert ends(mart_url) == [date(2026, 3, 30)]
    list(turn(configure(), "care", url=mart_url, window_end=monday(-3)))
    assert ends(mart_url) == [date(2026, 3, 30), date(2026, 3, 9)], "nothing before its first, and nothing after its own tick"


def test_who_asks_for_one_window_gets_one(mart_url: str, configure: Configure) -> None:  # noqa: F811
    deliver(configure(), "care", url=mart_url, window_end=monday(-3))
    list(turn(configure(), "care", url=mart_url, window_end=MONDAY, catch_up=False))
    assert ends(mart_url) == [date(2026, 3, 9), date(2026, 3, 30)]


def test_after_a_long_pause_the_newest_few_come(mart_url: str, configure: Configure) -> None:  # noqa: F811
    deliver(configure(), "care", url=mart_url, window_end=monday(-30))
    list(turn(configure(), "care", url=mart_url, window_end=MONDAY))
    assert ends(mart_url)[1:] == [monday(weeks).date() for weeks in range(-MOST_MISSED, 1)]


def test_what_was_stopped_then_is_not_sent_afterwards(mart_url: str, configure: Configure) -> None:  # noqa: F811
    deliver(configure(), "care", url=mart_url, window_end=monday(-3))
    execute(mart_url, "insert into ops.subscription_requests (subscription_id, recipient, kind, said, asked_at, settled_at)"
                      " values ('care', '', 'stop', '', '2026-03-12', '2026-03-20')")
    list(turn(configure(), "care", url=mart_url, window_end=MONDAY))
    assert ends(mart_url) == [date(2026, 3, 9), date(2026, 3, 23), date(2026, 3, 30)]


def test_an_old_window_that_somebody_asked_for_opens_no_gap(mart_url: str, configure: Configure) -> None:  # noqa: F811
    list(turn(configure(), "care", url=mart_url))
    deliver(configure(), "care", url=mart_url, window_end=monday(-5))
    list(turn(configure(), "care", url=mart_url))
    list(turn(configure(), "care", url=mart_url, window_end=monday(-1)))
    assert ends(mart_url) == [date(2026, 3, 30), monday(-5).date(), monday(-1).date()]


@pytest.mark.parametrize(("changed", "tick"), [
    ({"timezone": "America/New_York"}, MONDAY + timedelta(hours=6)),
    ({"timezone": "Asia/Tokyo"}, MONDAY),
    ({"schedule": "0 7 * * 3"}, MONDAY + timedelta(days=2)),
    ({"schedule": "0 7 * * *", "window_days": 1}, MONDAY + timedelta(days=3)),
    ({"window_days": 14}, MONDAY),
], ids=["west", "east", "another day", "daily", "longer"])
def test_the_past_is_not_read_with_a_schedule_of_today(changed: dict[str, object], tick: datetime, mart_url: str, configure: Configure) -> None:  # noqa: F811
    settings = configure()
    for weeks in (-3, -2, -1):
        deliver(settings, "care", url=mart_url, window_end=monday(weeks))
    [sub] = settings.subscriptions.subscriptions
    listed = settings.subscriptions.model_copy(update={"subscriptions": [sub.model_copy(update=changed)]})
    other = settings.model_copy(update={"subscriptions": listed})
    list(turn(other, "care", url=mart_url, window_end=tick))
    assert len(ends(mart_url)) == 4, "the tick's own window alone"
    list(turn(other, "care", url=mart_url, window_end=tick + timedelta(weeks=2)))
    assert len(ends(mart_url)) > 5, "what is missed by the new one comes again"
