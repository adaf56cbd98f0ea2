"""Likely bots: how an author writes, not what about: templates shared with others, bursts, links, a young account.

    authors touched since the last run ──► their items and stories ──► features ──► score and reasons on each item (task bot)

A score never closes a case and deletes nothing; official accounts and the press are never scored.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

import psycopg

from nlp.authors import official_accounts
from nlp.rows import write_annotations
from settings import Settings

VERSION = "2"  # of stories too: what shares a template is read from them
LIKELY = 0.7
BURST = timedelta(minutes=10)
HABIT = 2  # templated items that make one
MIN_LETTERS = 25  # a repeated "thank you" is manners, not a template

# Touched: whoever wrote something new, shares a story with something new, or had something deleted since the last run.
TOUCHED = """
create temporary table touched_authors on commit drop as
with fresh as (
    select m.mention_id, m.version, m.platform, m.site, m.author_id from core.current_mentions m
    where not exists (select 1 from nlp.annotations a where a.mention_id = m.mention_id and a.mention_version = m.version
                      and a.task = 'bot' and a.model_version = %(bot)s)
), fresh_stories as (
    select distinct a.label ->> 'story_id' as story_id from fresh f
    join nlp.annotations a on a.mention_id = f.mention_id and a.mention_version = f.version and a.task = 'story' and a.model_version = %(story)s
), gone as (
    select m.platform, m.site, m.author_id, a.label ->> 'story_id' as story_id from core.deletions d
    join core.mentions m on m.mention_id = d.mention_id
    left join nlp.annotations a on a.mention_id = m.mention_id and a.mention_version = m.version and a.task = 'story' and a.model_version = %(story)s
    where d.loaded_at > coalesce((select max(created_at) from nlp.annotations where task = 'bot' and model_version = %(bot)s), '-infinity')
)
select platform, site, author_id from fresh where author_id is not null
union
select platform, site, author_id from gone where author_id is not null
union
select m.platform, m.site, m.author_id from core.current_mentions m
join nlp.annotations a on a.mention_id = m.mention_id and a.mention_version = m.version and a.task = 'story' and a.model_version = %(story)s
where m.author_id is not null
  and a.label ->> 'story_id' in (select story_id from fresh_stories union select story_id from gone where story_id is not null)"""
# Tables with statistics, not parts of one statement: a planner that guesses few rows compares every item with every story.
PREPARED = (
    "analyze touched_authors",
    """
create temporary table item_stories on commit drop as
select m.mention_id, m.version, m.author_id, a.label ->> 'story_id' as story_id from core.current_mentions m
join nlp.annotations a on a.mention_id = m.mention_id and a.mention_version = m.version and a.task = 'story' and a.model_version = %(story)s""",
    "create index on item_stories (mention_id)",
    "analyze item_stories",
    """
create temporary table story_sizes on commit drop as
select story_id, count(*) as copies, count(distinct author_id) as authors from item_stories group by story_id""",
    "create index on story_sizes (story_id)",
    "analyze story_sizes",
)
ITEMS = """
select m.platform, m.site, m.author_id, m.mention_id::text, m.version, m.event_at, lower(m.author_handle), m.author_created_at, m.author_followers,
       m.author_following, cardinality(m.links), char_length(m.text), m.repost_of_id is not null,
       coalesce(s.copies, 1), coalesce(s.authors, 1)
from core.current_mentions m join touched_authors t using (platform, site, author_id)
left join item_stories i on i.mention_id = m.mention_id and i.version = m.version
left join story_sizes s using (story_id)
order by m.platform, m.site, m.author_id, m.event_at, m.mention_id"""


@dataclass(frozen=True)
class Item:
    """One item of an author, as its habits show in it."""

    mention_id: str
    version: int
    event_at: datetime
    links: int
    letters: int
    is_repost: bool
    copies: int
    copy_authors: int


@dataclass(frozen=True)
class Author:
    """An author's account, as far as the platform tells, and the items known of it in time order."""

    platform: str
    account_id: str
    handle: str | None
    created_at: datetime | None
    followers: int | None
    following: int | None
    items: tuple[Item, ...]


def features(author: Author) -> dict[str, float]:
    """Shares (0–1) and flags: template, shared_template, burst, links, young, follows_many. One templated item is half a habit: a petition's or a
    giveaway's words are passed on by people too, once each.
    """
    own = [item for item in author.items if not item.is_repost]
    templated = [item for item in own if item.copies >= 3 and item.letters >= MIN_LETTERS]
    shared = [item for item in templated if item.copy_authors >= 2]
    age = (author.items[-1].event_at - author.created_at).days if author.created_at else None
    crowd = (
        author.following is not None
        and author.followers is not None
        and author.following > 20 * (author.followers + 10)
    )
    total = max(len(own), 1)
    return {
        "template": len(templated) / max(total, HABIT),
        "shared_template": len(shared) / max(total, HABIT),
        "burst": min(1.0, max(0, _busiest(own) - 2) / 4),
        "links": sum(item.links > 0 for item in own) / total if len(own) >= 3 else 0.0,
        "young": float(age is not None and age < 30),
        "follows_many": float(crowd),
    }


WEIGHTS = {"template": 2.4, "shared_template": 2.6, "burst": 1.2, "links": 1.0, "young": 0.8, "follows_many": 0.6}
BIAS = -3.0
SEEN_FROM = 0.3  # a feature at least this strong is named as a reason


def _busiest(items: Sequence[Item]) -> int:
    """The most items within BURST."""
    best, first = 0, 0
    for last, item in enumerate(items):
        while item.event_at - items[first].event_at > BURST:
            first += 1
        best = max(best, last - first + 1)
    return best


def score(author: Author) -> dict[str, Any]:
    """The label: logistic score of the features, `likely` from LIKELY on, reasons by name. One item alone convicts nobody without copies."""
    found = features(author)
    value = 1.0 / (1.0 + math.exp(-(BIAS + sum(WEIGHTS[name] * amount for name, amount in found.items()))))
    reasons = [name for name, amount in found.items() if amount >= SEEN_FROM]
    return {"score": round(value, 4), "likely": value >= LIKELY, "reasons": reasons}


def update_bots(connection: psycopg.Connection[Any], settings: Settings, bot_version: str, story_version: str) -> int:
    """Score every author touched since the last run; rows written. Streams author by author."""
    versions = {"bot": bot_version, "story": story_version}
    connection.execute("drop table if exists touched_authors, item_stories, story_sizes")
    for statement in (TOUCHED, *PREPARED):
        connection.execute(statement.encode(), versions)
    exempt = exempt_accounts(settings)
    with connection.cursor(name="bot_items") as cursor:
        cursor.execute(ITEMS.encode(), versions)
        scored = [row for author in _authors(cursor) for row in _rows(author, bot_version, exempt)]
    return write_annotations(connection, scored, replace=True)


def exempt_accounts(settings: Settings) -> set[tuple[str, str]]:
    """(platform, handle or page id, lower-cased) of official accounts and the press."""
    accounts = {(platform, name.lower()) for platform, names in settings.press.accounts.items() for name in names}
    return accounts | official_accounts(settings).keys()


def _authors(rows: Any) -> Iterator[Author]:
    for (platform, _, author_id), group in groupby(rows, key=lambda row: row[:3]):
        mine = list(group)
        last = mine[-1]
        items = tuple(Item(r[3], r[4], r[5], r[10] or 0, r[11], r[12], r[13], r[14]) for r in mine)
        yield Author(platform, author_id, last[6], last[7], last[8], last[9], items)


def _rows(
    author: Author, version: str, exempt: set[tuple[str, str]]
) -> Iterator[tuple[str, int, str, str, dict[str, Any]]]:
    if (author.platform, author.handle or "") in exempt or (author.platform, author.account_id) in exempt:
        label: dict[str, Any] = {"score": 0.0, "likely": False, "reasons": []}
    else:
        label = score(author)
    for item in author.items:
        yield item.mention_id, item.version, "bot", version, label
