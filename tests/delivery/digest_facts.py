"""A week that has everything in it, for the tests that look at the digest's page."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from delivery.coverage import Coverage
from delivery.digest.facts import Care, Crisis, Day, Facts, Net, Post, Share, Topic
from delivery.document import Document
from delivery.window import Window

MONDAY = date(2026, 3, 23)
WINDOW = Window(MONDAY, MONDAY + timedelta(days=7), ZoneInfo("Europe/Berlin"))
NETS = [(-12.5, -22.0, -3.0), (4.0, -9.5, 17.5), None, (-48.0, -60.0, -36.0), (-55.5, -66.0, -45.0), (-20.0, -31.0, -9.0), (1.0, -14.0, 16.0)]
SOURCES = {"x": {"succeeded": 168, "unfinished": 0, "gaps": 2, "returned": 9120, "rejected": 3, "mentions": 2311},
           "vk": {"succeeded": 168, "unfinished": 1, "gaps": 0, "returned": 4080, "rejected": 0, "mentions": 1200},
           "weibo": {"succeeded": 168, "unfinished": 0, "gaps": 0, "returned": 800, "rejected": 0, "mentions": 90}}


def facts(**changed: object) -> Facts:
    """The week, with what a test changes."""
    days = tuple(Day(MONDAY + timedelta(days=n), count, *(net or (None, None, None)))
                 for n, (count, net) in enumerate(zip((310, 355, 12, 1840, 2260, 690, 240), NETS, strict=True)))
    values: dict[str, object] = {
        "bank": "Velmora", "window": WINDOW, "days": days, "before": 2104, "net": Net(-31.4, -37.2, -25.6, 5100, -2.1),
        "shares": (Share("Velmora", True, 46.2, 45.1, 47.3), Share("Tarnwick", False, 33.0, 31.9, 34.1), Share("Оркестр банк", False, 20.8, 19.9, 21.8)),
        "care": Care(412, 63.4, 58.6, 67.9, 5820.0, 40020.0, 37),
        "topics": (Topic("Mobile app", 1930, 1650, 71.2), Topic("Cards", 820, -45, 33.0), Topic("Fees", 310, 12, None),
                   Topic("Branches and queues", 95, 0, 20.0)),
        "posts": (Post("X", date(2026, 3, 26), "negative", 18234, False, "https://x.example/ann/status/1?a=<b>&c=1"),
                  Post("News sites", date(2026, 3, 27), "neutral", 950, True, "https://news.example/2026/03/27/a-long-address-of-an-article-about-the-bank"),
                  Post("Sina Weibo", date(2026, 3, 27), None, None, False, None)),
        "crises": (Crisis(datetime(2026, 3, 26, 6, tzinfo=UTC), datetime(2026, 3, 27, 21, tzinfo=UTC), 5, "mobile_app", 3900),),
    }
    return Facts(**{**values, **changed})  # type: ignore[arg-type]


def document(language: str | None = "en", sources: dict[str, dict[str, int]] | None = None) -> Document:
    """What the page says of itself."""
    coverage = Coverage(SOURCES if sources is None else sources)
    return Document("week", "Public relations", "press.office@velmora.example", WINDOW, coverage, language)
