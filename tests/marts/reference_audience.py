"""mart_emerging_topics, mart_audience, mart_page_health, mart_editorial and mart_competitor_gap a second time, in plain Python."""

from __future__ import annotations

from collections import defaultdict
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
    engagement,
    grouped,
    periods,
    share,
    suppression,
)
from tests.marts.reference_customers import customers, people, prior, speaking
from tests.marts.reference_official import is_reply
from tests.marts.reference_topics import department, following, topics_of


def emerging_topics(world: World) -> Cells:
    """mart_emerging_topics by (language, theme)."""
    seen = [t for t in world.themes if t["as_of"] <= world.as_of]
    counted = {r["id"]: r for r in world.counted}
    rows: Cells = {}
    for key in {(t["language"], t["theme_id"]) for t in seen}:
        lives = sorted((t for t in seen if (t["language"], t["theme_id"]) == key), key=lambda t: t["as_of"])
        rows[key] = _theme(world, lives, counted) | {"is_current": lives[-1]["as_of"] == max(t["as_of"] for t in seen)}
    return rows


def _theme(world: World, lives: list[dict[str, Any]], counted: dict[str, Record]) -> dict[str, Any]:
    newest = lives[-1]
    listed = [counted.get(known.replace("-", "")) for known in newest["mention_ids"]]
    there = [r for r in listed if r]
    topic = newest["known_topic_id"] if newest["known_topic_id"] in world.topics else "none"
    same = {column: newest[column] for column in ("mention_count", "baseline_count", "expected_count", "q_value", "window_days", "baseline_days")}
    return {**same, "snapshot_at": newest["as_of"], "first_seen_at": lives[0]["as_of"], "snapshot_count": len(lives), "topic_id": topic,
            "department_id": department(world, topic), "known_topic_pct": 100 * newest["known_topic_share"],
            "phrases": newest["phrases"] if listed and len(there) == len(listed) else None, "unique_authors": newest["author_count"],
            "growth_ratio": newest["mention_count"] / newest["expected_count"], "sample_count": len(there),
            "sample_home_bank_count": sum(world.home in r["banks"] for r in there),
            "sample_negative_count": sum(r["banks"].get(world.home) == "negative" for r in there)}  # fmt: skip


def audience(world: World) -> Cells:
    """mart_audience by (bank, dimension, value, period_type, period_start)."""
    cells = grouped(brand_mentions(world), lambda r: [r["bank"]], lambda r: _parts(world, r), lambda r: periods(r["day"]))
    return {(key[0], *key[1], *key[2]): _spoken(world, items, len(cells[key[0], ("all", "all"), key[2]]))
            | {"prior_mention_count": prior(world, cells, key, len)} for key, items in cells.items()}


def _parts(world: World, r: Record) -> list[tuple[str, str]]:
    speaker = "likely_bot" if r["bot"] else "press" if r["press"] else "customer" if r["author_id"] else "unknown"
    count = r["author_followers"]
    band = "unknown" if count is None else next((name for name, below in (("under_1k", 1e3), ("under_10k", 1e4), ("under_100k", 1e5))
                                                 if count < below), "from_100k")
    return [("all", "all"), ("platform", r["platform"]), ("country", (r.get("country") or "unknown").upper() if r.get("country") else "unknown"),
            ("language", r["language"]), ("speaker", speaker), ("followers", band), *(("topic", topic) for topic in topics_of(world, r))]


def _spoken(world: World, items: list[Record], whole: int) -> dict[str, Any]:
    felt, negative = sum(r["towards"] is not None for r in items), sum(r["towards"] == "negative" for r in items)
    return {"n": len(items), "mention_count": len(items), "bank_mention_count": whole, "unique_authors": people(items), "sentiment_count": felt,
            "negative_count": negative, **share("share_of_mentions", len(items), whole, world.min_n, counts=False),
            **share("negative", negative, felt, world.min_n, counts=False),
            **suppression({"share_of_mentions": whole, "negative": felt}, world.min_n)}


def page_health(world: World) -> Cells:
    """mart_page_health by (bank, platform, page, period_type, period_start)."""
    there = [{**r, "bank": bank} for r in world.counted if (bank := world.pages.get((r["platform"], r["page_id"])))]
    by_page = grouped(there, lambda r: [(r["bank"], r["platform"], r["page_id"].lower())])
    pages = grouped(there, lambda r: [(r["bank"], r["platform"], r["page_id"].lower())], lambda r: periods(r["day"]))
    rows = {(*page, *period): _page(world, items, by_page[(page,)], period) for (page, period), items in pages.items()}
    told = {(bank, period) for (bank, _, _), period in pages}
    rows |= {(bank, "all", "all", *period): _summed([_page(world, pages.get((page, period), []), items, period)
                                                     for (page,), items in by_page.items() if page[0] == bank]) for bank, period in told}
    sizes = {(*key[:3], tuple(key[3:])): [None] * row["item_count"] for key, row in rows.items()}
    return {key: _rated(world, row) | {"prior_item_count": prior(world, sizes, (*key[:3], tuple(key[3:])), len)} for key, row in rows.items()}


def _page(world: World, items: list[Record], all_items: list[Record], period: tuple[str, date]) -> dict[str, Any]:
    last = min(following(*period) - timedelta(days=1), world.as_of.astimezone(world.zone).date())
    month = [r for r in all_items if last - timedelta(days=29) <= r["day"] <= last]
    told = [r["page_followers"] for r in month if r.get("page_followers") is not None]
    active = len({author(r) for r in month if r["author_id"] and not r["bot"] and not r["official_of"]})
    followers = told[-1] if told else None
    return {"item_count": len(items), "official_count": sum(bool(r["official_of"]) for r in items), "bot_count": sum(r["bot"] for r in items),
            "active_author_count": active, "followers": followers, "active_audience_numerator": min(active, followers) if told else 0,
            "active_audience_denominator": followers or 0}  # fmt: skip


def _summed(parts: list[dict[str, Any]]) -> dict[str, Any]:
    row = {column: sum(part[column] or 0 for part in parts) for column in parts[0]}
    return row | {"followers": row["followers"] if any(part["followers"] is not None for part in parts) else None}


def _rated(world: World, row: dict[str, Any]) -> dict[str, Any]:
    active = share("active_audience", row["active_audience_numerator"], row["active_audience_denominator"], world.min_n)
    return {"n": row["item_count"], **row, **share("bot_share", row["bot_count"], row["item_count"], world.min_n, counts=False), **active,
            **suppression({"bot_share": row["item_count"], "active_audience": row["active_audience_denominator"]}, world.min_n)}


def editorial(world: World) -> Cells:
    """mart_editorial by (bank, topic, period_type, period_start)."""
    threads: dict[Key, list[Record]] = defaultdict(list)
    for r in world.counted:
        threads[r["platform"], r["site"], r["thread"]].append(r)
    asked = [{**r, "question": True} for r in speaking(world) if "question" in r["intents"]]
    own = [{**r, "bank": r["official_of"], "own": True} for r in world.counted if r["official_of"] and not is_reply(r) and not bare(r)]
    media = [{**r, "own": False} for r in brand_mentions(world) if (r["press"] or r["kind"] == "article") and not bare(r)]
    articles = [{**r, "question": False, "echo": _echo(r, threads[r["platform"], r["site"], r["thread"]])} for r in own + media]
    cells = grouped(asked + articles, lambda r: [r["bank"]], lambda r: [*topics_of(world, r), "all"], lambda r: periods(r["day"]))
    return {(*key[:-1], *key[-1]): _edited(world, key[1], items)
            | {f"prior_{kind}_count": prior(world, cells, key, lambda some, asks=asks: sum(r["question"] == asks for r in some))
               for kind, asks in (("question", True), ("article", False))} for key, items in cells.items()}


def _echo(article: Record, thread: list[Record]) -> list[Record]:
    return [r for r in thread if r["at"] >= article["at"] and r["id"] != article["id"] and not r["official_of"] and not r["press"] and not bare(r)]


def _edited(world: World, topic: str, items: list[Record]) -> dict[str, Any]:
    asked, articles = ([r for r in items if r["question"] == asks] for asks in (True, False))
    known, echo = [e for e in map(engagement, articles) if e is not None], [r for a in articles for r in a["echo"]]
    own, felt = sum(r["own"] for r in articles), sum(r["sentiment"] is not None for r in echo)
    row = {"department_id": department(world, topic), "n": felt, "question_count": len(asked), "asker_count": people(asked),
           "article_count": len(articles), "own_article_count": own, "media_article_count": len(articles) - own,
           "is_asked_and_unwritten": bool(asked) and not own, "article_engagement": sum(known) if known else None,
           "article_engagement_known_count": len(known), "response_count": len(echo), "response_sentiment_count": felt}  # fmt: skip
    for label in ("positive", "negative"):
        row[f"response_{label}_count"] = sum(r["sentiment"] == label for r in echo)
        row |= share(f"response_{label}", row[f"response_{label}_count"], felt, world.min_n, counts=False)
    return row | suppression({"response_positive": felt, "response_negative": felt}, world.min_n)


def competitor_gap(world: World) -> Cells:
    """mart_competitor_gap by (home bank, competitor, topic, period_type, period_start)."""
    felt = [r for r in customers(world) if r["towards"] is not None]
    cells = grouped(felt, lambda r: [r["bank"]], lambda r: [*topics_of(world, r), "all"], lambda r: periods(r["day"]))
    places = {(rival, *key[1:]) for rival in world.competitors for key in cells if key[0] in (world.home, rival)}
    return {(world.home, rival, topic, *period): _gap(world, topic, cells.get((world.home, topic, period), []), cells.get((rival, topic, period), []))
            for rival, topic, period in places}


def _gap(world: World, topic: str, ours: list[Record], theirs: list[Record]) -> dict[str, Any]:
    row: dict[str, Any] = {"department_id": department(world, topic), "n": min(len(ours), len(theirs))}
    sizes = {}
    for name, items in (("home", ours), ("competitor", theirs)):
        row[f"{name}_sentiment_count"] = len(items)
        for label in ("negative", "positive"):
            row[f"{name}_{label}_count"] = sum(r["towards"] == label for r in items)
            row |= share(f"{name}_{label}", row[f"{name}_{label}_count"], len(items), world.min_n, counts=False)
            sizes[f"{name}_{label}"] = len(items)
    for label in ("negative", "positive"):
        row |= difference(label, (row[f"competitor_{label}_count"], len(theirs)), (row[f"home_{label}_count"], len(ours)), world.min_n)
    low, high = row["negative_difference_points_lower"], row["negative_difference_points_upper"]
    row["competitor_customers"] = None if low is None else "unhappier" if low > 0 else "happier" if high < 0 else "unclear"
    return row | suppression(sizes, world.min_n)
