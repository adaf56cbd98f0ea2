"""A mention's JSON object: times, lists and nested counts as ARCHITECTURE has them, by the fast way and by the exact one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from extractors.base import Engagement, Mention

PLAIN = {"platform": "x", "site": "", "native_id": "1", "kind": "post", "url": None, "text": "a"}


@pytest.mark.parametrize(
    ("moment", "written"),
    [
        (datetime(2026, 3, 30, 12, tzinfo=UTC), "2026-03-30T12:00:00Z"),
        (datetime(2026, 3, 30, 12, 0, 0, 120_000, tzinfo=UTC), "2026-03-30T12:00:00.120Z"),
        (datetime(2026, 3, 30, 12, 0, 0, 1, tzinfo=UTC), "2026-03-30T12:00:00.000001Z"),
        (datetime(2026, 3, 30, 12, tzinfo=timezone(timedelta(hours=5, minutes=30))), "2026-03-30T06:30:00Z"),
        (datetime(1900, 1, 1, tzinfo=UTC), "1900-01-01T00:00:00Z"),
        (None, None),
    ],
)
def test_times_end_in_z(moment: datetime | None, written: str | None) -> None:
    made = Mention(**PLAIN, created_at=moment, edited_at=moment, author_created_at=moment).to_dict()
    assert (made["created_at"], made["edited_at"], made["author_created_at"]) == (written, written, written)


def test_lists_are_lists_and_counts_an_object() -> None:
    made = Mention(**PLAIN, hashtags=("a", "b"), engagement=Engagement(likes=1)).to_dict()
    assert (made["hashtags"], made["links"], made["mentions"]) == (["a", "b"], [], [])
    assert made["engagement"] == {"likes": 1, "shares": None, "comments": None, "views": None, "quotes": None}
