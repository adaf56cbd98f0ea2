"""Windows of whole days, ISO weeks and months before the day of the schedule."""

from __future__ import annotations

from datetime import date

import pytest

from delivery.window import bounds
from settings.models import Subscription


@pytest.mark.parametrize(
    ("span", "day", "first", "end"),
    [
        ({"unit": "day"}, date(2026, 3, 30), date(2026, 3, 29), date(2026, 3, 30)),
        ({"unit": "day", "count": 30}, date(2026, 3, 30), date(2026, 2, 28), date(2026, 3, 30)),
        ({"unit": "week"}, date(2026, 3, 30), date(2026, 3, 23), date(2026, 3, 30)),
        ({"unit": "week"}, date(2026, 4, 5), date(2026, 3, 23), date(2026, 3, 30)),
        ({"unit": "week", "count": 2}, date(2026, 4, 1), date(2026, 3, 16), date(2026, 3, 30)),
        ({"unit": "month"}, date(2026, 3, 30), date(2026, 2, 1), date(2026, 3, 1)),
        ({"unit": "month"}, date(2026, 1, 1), date(2025, 12, 1), date(2026, 1, 1)),
        ({"unit": "month", "count": 3}, date(2026, 2, 15), date(2025, 11, 1), date(2026, 2, 1)),
        (None, date(2026, 3, 30), date(2026, 3, 23), date(2026, 3, 30)),
    ],
)
def test_only_whole_periods_that_are_over(span: dict[str, object] | None, day: date, first: date, end: date) -> None:
    sub = Subscription(id="a", department="b", owner="c", mart="m", schedule="0 7 * * *", window=span, channel={"path": "out"})  # type: ignore[arg-type]
    assert bounds(sub, day) == (first, end)
