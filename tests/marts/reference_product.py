"""mart_product_feedback a second time, in plain Python from truth records."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from tests.marts.reference import (
    Cells,
    Key,
    Record,
    World,
    author,
    bare,
    brand_mentions,
    difference,
    grouped,
    periods,
    share,
    suppression,
)
from tests.marts.reference_topics import department, following, topics_of


def product_feedback(world: World) -> Cells:
    """mart_product_feedback by (bank, topic, period_type, period_start)."""
    cells = grouped(brand_mentions(world), lambda r: [r["bank"]], lambda r: [*topics_of(world, r), "all"], lambda r: periods(r["day"]))
    today = world.as_of.astimezone(world.zone).date()
    silent = {(bank, topic, (kind, following(kind, start))) for bank, topic, (kind, start) in cells}
    return {(bank, topic, *period): _row(world, cells, (bank, topic, period), today)
            for bank, topic, period in set(cells) | {key for key in silent if key[2][1] <= today}}


def earlier(kind: str, start: date) -> date:
    """The first day of the period before."""
    return next(first for name, first in periods(start - timedelta(days=1)) if name == kind)


def _row(world: World, cells: dict[Key, list[Record]], key: Key, today: date) -> dict[str, Any]:
    bank, topic, (kind, start) = key
    items, before = cells.get(key, []), cells.get((bank, topic, (kind, earlier(kind, start))), [])
    known = start > world.first_day
    now, then = _counts(items), _counts(before)
    mean, mean_before = _rating(items), _rating(before)
    row = {"department_id": department(world, topic), "is_period_over": following(kind, start) <= today,
           "campaign_id": _running(world, bank, topic, start, following(kind, start)), "n": len(items), **now, "rating_average": mean,
           "prior_mention_count": len(before) if known else None, "mention_count_difference": len(items) - len(before) if known else None,
           "rating_average_difference": mean - mean_before if mean and mean_before else None}  # fmt: skip
    sizes = {}
    for name, whole in (("positive", "sentiment_count"), ("negative", "sentiment_count"), ("complaint", "own_count")):
        row |= share(name, now[f"{name}_count"], now[whole], world.min_n, counts=False)
        row |= difference(name, (now[f"{name}_count"], now[whole]), (then[f"{name}_count"], then[whole]), world.min_n)
        sizes[name] = now[whole]
    return row | suppression(sizes, world.min_n)


def _counts(items: list[Record]) -> dict[str, int]:
    own = [r for r in items if not bare(r)]
    said = {f"{intent}_count": sum(intent in r["intents"] for r in own) for intent in ("complaint", "praise", "wish", "question")}
    felt = {f"{label}_count": sum(r["towards"] == label for r in items) for label in ("positive", "negative")}
    return {"mention_count": len(items), "mention_count_without_bots": sum(not r["bot"] for r in items),
            "unique_authors": len({author(r) for r in items if r["author_id"]}), "own_count": len(own), **said, **felt,
            "sentiment_count": sum(r["towards"] is not None for r in items), "rating_count": len(_ratings(items))}


def _ratings(items: list[Record]) -> list[float]:
    return [r["rating"] for r in items if r.get("rating") is not None]


def _rating(items: list[Record]) -> float | None:
    return sum(_ratings(items)) / len(_ratings(items)) if _ratings(items) else None


def _running(world: World, bank: str, topic: str, start: date, end: date) -> str | None:
    """Of the bank's campaigns on the topic with a day in [start, end), the one that began last."""
    fitting = [c for c in world.campaigns if c.bank == bank and c.starts < end and c.ends >= start and (not c.topics or topic in ("all", *c.topics))]
    return min(fitting, key=lambda c: (-c.starts.toordinal(), c.id)).id if fitting else None
