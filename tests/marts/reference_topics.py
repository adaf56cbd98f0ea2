"""Authors, the bridge from mentions to topics, and mart_topics_daily a second time, in plain Python from truth records."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from tests.marts.reference import Cells, Key, Record, World, author, brand_mentions, grouped, periods, share, suppression


def author_key(record: Record) -> str:
    return hashlib.md5("\x1f".join(author(record)).encode()).hexdigest()


def authors(world: World) -> Cells:
    """dim_author by author key: known authors of counted items, newest saying last."""
    by_author: dict[str, list[Record]] = defaultdict(list)
    for r in world.counted:
        if r["author_id"]:
            by_author[author_key(r)].append(r)
    return {(key,): _author(world, items) for key, items in by_author.items()}


def _author(world: World, items: list[Record]) -> dict[str, Any]:
    official = [r for r in items if r["official_of"]]
    named = [r["author_handle"] for r in items if r["official_of"] or (r["press"] and r["platform"] != "rss")]
    followers = [r["author_followers"] for r in items if r["author_followers"] is not None]
    return {"platform": items[0]["platform"], "site": items[0]["site"], "handle": named[-1] if named else None,
            "is_official": bool(official), "official_bank_id": official[-1]["official_of"] if official else None,
            "is_press": any(r["press"] for r in items), "is_employee_advocate": any(is_registered(world, r) for r in items),
            "bot_likely": items[-1]["bot"], "mention_count": len(items),
            "followers": followers[-1] if followers else None, "first_seen_at": items[0]["at"], "last_seen_at": items[-1]["at"]}


def is_registered(world: World, record: Record) -> bool:
    """An employee had registered the author's account by then; an official account never is one."""
    since = world.employees.get((record["platform"], (record["author_handle"] or "").lower()))
    return since is not None and record["day"] >= since and not record["official_of"]


def topics_of(world: World, record: Record) -> list[str]:
    """The item's configured topics by name, else 'none'. (The truth gives all the same score.)"""
    return sorted(topic for topic in record["topics"] if topic in world.topics) or ["none"]


def department(world: World, topic: str) -> str:
    return {"none": "none", "all": "all"}.get(topic) or world.topics[topic]


def mention_topics(world: World) -> Cells:
    """fct_mention_topics by (mention, topic)."""
    return {(UUID(r["id"]), topic): {"department_id": department(world, topic), "topic_rank": place, "event_day": r["day"]}
            for r in world.counted for place, topic in enumerate(topics_of(world, r), 1)}


def topics_daily(world: World) -> Cells:
    """mart_topics_daily by (bank, topic, department, period_type, period_start)."""
    cells = grouped(brand_mentions(world), lambda r: [r["bank"]], lambda r: _places(world, r), lambda r: periods(r["day"]))
    today = world.as_of.astimezone(world.zone).date()
    keys = set(cells) | {(bank, place, (kind, following(kind, start))) for bank, place, (kind, start) in cells
                         if following(kind, start) <= today}
    first = min(r["day"] for r in world.counted)
    return {(bank, *place, *period): _topic(world, cells, (bank, place, period), first, today) for bank, place, period in keys}


def _places(world: World, record: Record) -> set[tuple[str, str]]:
    own = {(topic, department(world, topic)) for topic in topics_of(world, record)}
    return own | {("all", place) for _, place in own} | {("all", "all")}


def following(kind: str, start: date) -> date:
    """The next period's first day."""
    return {"day": start + timedelta(days=1), "week": start + timedelta(days=7), "month": (start + timedelta(days=31)).replace(day=1)}[kind]


def _before(kind: str, start: date) -> date:
    return next(first for name, first in periods(start - timedelta(days=1)) if name == kind)


def _topic(world: World, cells: dict[Key, list[Record]], key: Key, first: date, today: date) -> dict[str, Any]:
    bank, place, (kind, start) = key
    prior = (kind, _before(kind, start))
    items, whole = cells.get(key, []), cells.get((bank, ("all", "all"), (kind, start)), [])
    earlier, earlier_whole = cells.get((bank, place, prior), []), cells.get((bank, ("all", "all"), prior), [])
    negative = sum(r["towards"] == "negative" for r in items)
    before = len(earlier) if start > first else None
    sentiment, earlier_sentiment = (sum(r["towards"] is not None for r in some) for some in (items, earlier))
    moved = min(len(whole), len(earlier_whole)) >= world.min_n
    soured = min(sentiment, earlier_sentiment) >= world.min_n
    return {
        "is_period_over": following(kind, start) <= today, "n": len(items), "mention_count": len(items),
        "mention_count_without_bots": sum(not r["bot"] for r in items), "sentiment_count": sentiment, "negative_count": negative,
        **share("negative", negative, sentiment, world.min_n, counts=False), "bank_mention_count": len(whole),
        **share("share_of_mentions", len(items), len(whole), world.min_n, counts=False), "prior_mention_count": before,
        "mention_count_difference": None if before is None else len(items) - before,
        "share_of_mentions_difference_points": 100 * (len(items) / len(whole) - len(earlier) / len(earlier_whole)) if moved else None,
        "negative_difference_points": 100 * (negative / sentiment - sum(r["towards"] == "negative" for r in earlier)
                                             / earlier_sentiment) if soured else None,
        **suppression({"negative": sentiment, "share_of_mentions": len(whole)}, world.min_n),
    }  # fmt: skip
