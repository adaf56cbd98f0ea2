"""What the week at a glance tells of one bank: read from the marts as they stand, never computed here, so that it equals them."""

from __future__ import annotations

from dataclasses import astuple, dataclass, replace
from datetime import date
from hashlib import sha256
from typing import Any

import psycopg

from delivery.window import Window
from settings import RenownError

MARTS = ("dim_bank", "dim_platform", "dim_topic", "mart_reputation_daily", "mart_scorecard", "mart_share_of_voice", "mart_customer_care",
         "mart_topics_daily", "mart_crisis_episodes", "fct_brand_mentions", "fct_mentions")
TOPICS, POSTS = 8, 8
NAME = "select name from marts.dim_bank where bank_id = %(bank)s"
DAYS = """
select event_day, mention_count, net_sentiment, net_sentiment_lower, net_sentiment_upper from marts.mart_reputation_daily
where bank_id = %(bank)s and platform = 'all' and language = 'all' and country = 'all' and event_day >= %(first)s and event_day < %(end)s order by event_day
"""
NET = """
select value, value_lower, value_upper, n, prior_value from marts.mart_scorecard
where bank_id = %(bank)s and metric = 'net_sentiment' and platform = 'all' and period_type = 'week' and period_start = %(first)s
"""
BEFORE = """
select sum(mention_count)::bigint from marts.mart_reputation_daily
where bank_id = %(bank)s and platform = 'all' and language = 'all' and country = 'all' and event_day >= %(first)s - 7 and event_day < %(first)s
"""
SHARES = """
select b.name, b.is_home, s.share_of_voice_pct, s.share_of_voice_pct_lower, s.share_of_voice_pct_upper
from marts.mart_share_of_voice s join marts.dim_bank b using (bank_id)
where s.platform = 'all' and s.period_type = 'week' and s.period_start = %(first)s and s.share_of_voice_pct is not null
order by s.share_of_voice_pct desc, b.name
"""
CARE = """
select case_count, response_rate_pct, response_rate_pct_lower, response_rate_pct_upper, first_response_seconds_median,
    first_response_seconds_p90, unanswered_backlog_count
from marts.mart_customer_care
where bank_id = %(bank)s and platform = 'all' and period_type = 'week' and period_start = %(first)s
"""
TOPIC = """
select t.name, d.mention_count, d.mention_count_difference, d.negative_pct
from marts.mart_topics_daily d join marts.dim_topic t using (topic_id)
where d.bank_id = %(bank)s and d.period_type = 'week' and d.period_start = %(first)s
    and d.topic_id not in ('all', 'none') and d.mention_count > 0
order by d.mention_count desc, t.name limit %(topics)s
"""
POST = """
select p.name, newest.event_day, newest.sentiment, newest.engagement, newest.is_press, m.url from (
    select distinct on (coalesce(b.story_id, b.mention_id::text)) b.*
    from marts.fct_brand_mentions b
    where b.bank_id = %(bank)s and b.event_day >= %(first)s and b.event_day < %(end)s and not b.is_official and not coalesce(b.bot_likely, false)
    order by coalesce(b.story_id, b.mention_id::text), b.engagement desc nulls last, b.mention_id
) as newest
join marts.fct_mentions m using (mention_id) join marts.dim_platform p on p.platform = newest.platform
order by newest.engagement desc nulls last, newest.event_day, newest.mention_id limit %(posts)s
"""
CRISES = """
select started_at, ended_at, peak_severity, leading_topic_id, mention_count from marts.mart_crisis_episodes
where bank_id = %(bank)s and peak_severity >= 3 and started_at < %(until)s and ended_at >= %(since)s order by started_at
"""


@dataclass(frozen=True)
class Day:
    """One day: mentions, and net sentiment (-100 to 100) with its 95 % interval where it is shown."""

    day: date
    mentions: int
    net: float | None = None
    lower: float | None = None
    upper: float | None = None


@dataclass(frozen=True)
class Net:
    """Net sentiment of the week, and of the week before."""

    value: float | None = None
    lower: float | None = None
    upper: float | None = None
    n: int | None = None
    before: float | None = None


@dataclass(frozen=True)
class Share:
    """A bank's share of voice in percent, with its interval."""

    bank: str
    is_home: bool
    pct: float
    lower: float | None = None
    upper: float | None = None


@dataclass(frozen=True)
class Care:
    """Cases opened in the week and how they were answered; rates in percent, times in seconds."""

    cases: int = 0
    rate: float | None = None
    lower: float | None = None
    upper: float | None = None
    median: float | None = None
    p90: float | None = None
    waiting: int | None = None


@dataclass(frozen=True)
class Topic:
    """A topic's mentions, against the week before, and how many percent of them were negative."""

    name: str
    mentions: int
    difference: int | None = None
    negative_pct: float | None = None


@dataclass(frozen=True)
class Post:
    """A post that many took part in. No text, no author: `url` leads to it, None where the reader may not see whose it is."""

    platform: str
    day: date
    sentiment: str | None
    engagement: int | None
    is_press: bool
    url: str | None


@dataclass(frozen=True)
class Crisis:
    """An episode of severity 3 or above."""

    started_at: Any
    ended_at: Any
    severity: int
    topic: str | None
    mentions: int


@dataclass(frozen=True)
class Facts:
    """A bank's week."""

    bank: str
    window: Window
    days: tuple[Day, ...]
    before: int | None
    net: Net
    shares: tuple[Share, ...]
    care: Care
    topics: tuple[Topic, ...]
    posts: tuple[Post, ...]
    crises: tuple[Crisis, ...]

    @property
    def mentions(self) -> int:
        """Brand mentions of the week."""
        return sum(day.mentions for day in self.days)

    @property
    def digest(self) -> str:
        """One hash of all that is told."""
        return sha256(repr(astuple(self)).encode("utf-8", "surrogatepass")).hexdigest()


def gather(connection: psycopg.Connection, bank: str, window: Window, *, with_links: bool = True) -> Facts:
    """The facts of one ISO week. Raises RenownError for another window and for a bank that the marts do not know."""
    if window.first_day.weekday() or (window.end_day - window.first_day).days != 7:
        raise RenownError(f"the digest covers an ISO week, not {window}", "say window: {unit: week} and let the schedule fire once a week", 2)
    values = {"bank": bank, "first": window.first_day, "end": window.end_day, "since": window.start, "until": window.end,
              "topics": TOPICS, "posts": POSTS}

    def rows(statement: str) -> list[tuple[Any, ...]]:
        return connection.execute(statement.encode(), values).fetchall()

    def first(statement: str) -> tuple[Any, ...]:
        return next(iter(rows(statement)), ())

    name = first(NAME)
    if not name:
        raise RenownError(f"the marts know no bank '{bank}'", "use an id of banks.yml; 'renown run' builds the marts", 2)
    posts = tuple(Post(*row) for row in rows(POST))
    return Facts(name[0], window, tuple(Day(*row) for row in rows(DAYS)), (first(BEFORE) or (None,))[0], Net(*first(NET)),
                 tuple(Share(*row) for row in rows(SHARES)), Care(*first(CARE)), tuple(Topic(*row) for row in rows(TOPIC)),
                 posts if with_links else tuple(replace(post, url=None) for post in posts), tuple(Crisis(*row) for row in rows(CRISES)))
