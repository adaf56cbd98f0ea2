"""mart_recovery, mart_journey, mart_journey_paths and mart_wishes a second time, in plain Python from truth records."""

from __future__ import annotations

import hashlib
import itertools
import statistics
from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tests.marts.reference import (
    Cells,
    Key,
    Record,
    World,
    author,
    bare,
    brand_mentions,
    engagement,
    grouped,
    periods,
    seconds,
    share,
    suppression,
)
from tests.marts.reference_care import LEVELS, cases
from tests.marts.reference_product import earlier
from tests.marts.reference_topics import department, topics_of

WITHIN = timedelta(hours=720)


def customers(world: World) -> list[Record]:
    """Customers' brand mentions: no press, news or promotion."""
    return [r for r in brand_mentions(world) if not r["press"] and not {"news", "promotion"} & set(r["intents"])]


def speaking(world: World) -> list[Record]:
    """Customers' brand mentions in words of their own."""
    return [r for r in customers(world) if not bare(r)]


def people(items: list[Record]) -> int:
    return len({author(r) for r in items if r["author_id"]})


def prior(world: World, cells: dict[Key, Any], key: Key, count: Any) -> int | None:
    """count() of the same cell in the period before; the key ends in its period."""
    *cell, (kind, start) = key
    if start <= world.first_day:
        return None
    before = cells.get((*cell, (kind, earlier(kind, start))))
    return count(before) if before else 0


def recovery(world: World) -> Cells:
    """mart_recovery by (bank, platform, period_type, period_start)."""
    happy: dict[Key, list[datetime]] = defaultdict(list)
    for r in speaking(world):
        if r["towards"] == "positive":
            happy[r["bank"], author(r)].append(r["at"])
    answers: dict[Key, list[datetime]] = defaultdict(list)
    for case in cases(world):
        answers[case["bank"], case["author"]] += case["answered_at"]
    fates = [{**r, **_fate(r, answers[r["bank"], author(r)], happy[r["bank"], author(r)])}
             for r in speaking(world) if r["towards"] == "negative" and r["author_id"]]  # fmt: skip
    cells = grouped(fates, lambda r: [r["bank"]], lambda r: [r["platform"], "all"], lambda r: periods(r["day"]))
    return {(*key[:-1], *key[-1]): _recovered(world, items) | {"prior_recovered_count": prior(world, cells, key, _won)}
            for key, items in cells.items()}


def _fate(r: Record, answers: list[datetime], happy: list[datetime]) -> dict[str, Any]:
    """Whether some answer came in time, and the time to the first positive word after one."""
    heard = [at for at in answers if r["at"] <= at <= r["at"] + WITHIN]
    pleased = [at - r["at"] for at in happy if at <= r["at"] + WITHIN and any(at > answer for answer in heard)]
    return {"heard": bool(heard), "pleased": min(pleased, default=None)}


def _won(items: list[Record]) -> int:
    return people([r for r in items if r["pleased"] is not None])


def _recovered(world: World, items: list[Record]) -> dict[str, Any]:
    ripe = [r for r in items if r["at"] + WITHIN <= world.as_of]
    times: dict[Key, list[timedelta]] = defaultdict(list)
    for r in items:
        if r["pleased"] is not None:
            times[author(r)].append(r["pleased"])
    whole, won = people([r for r in ripe if r["heard"]]), _won(ripe)
    median = statistics.median([float(seconds(min(t))) for t in times.values()]) if times else None
    return {"n": whole, "negative_author_count": people(items), "answered_author_count": people([r for r in items if r["heard"]]),
            "recovered_count": _won(items), "recovery_seconds_median": median, **share("recovery", won, whole, world.min_n),
            **suppression({"recovery": whole}, world.min_n)}  # fmt: skip


def journey(world: World) -> Cells:
    """mart_journey by (bank, stage, channel, period_type, period_start)."""
    told = [{**r, **r["journey"]} for r in speaking(world) if r.get("journey") and any(r["journey"].values())]
    cells = grouped(told, lambda r: [r["bank"]], lambda r: [r["stage"] or "none", "all"], lambda r: [r["channel"] or "none", "all"],
                    lambda r: periods(r["day"]))
    return {(*key[:-1], *key[-1]): _stood(world, items) | {"prior_mention_count": prior(world, cells, key, len)} for key, items in cells.items()}


def _stood(world: World, items: list[Record]) -> dict[str, Any]:
    felt = sum(r["towards"] is not None for r in items)
    row = {"n": len(items), "mention_count": len(items), "mention_count_without_bots": sum(not r["bot"] for r in items),
           "unique_authors": people(items), "sentiment_count": felt}  # fmt: skip
    for label in ("positive", "negative"):
        row[f"{label}_count"] = sum(r["towards"] == label for r in items)
        row |= share(label, row[f"{label}_count"], felt, world.min_n, counts=False)
    return row | suppression({"positive": felt, "negative": felt}, world.min_n)


def journey_paths(world: World) -> Cells:
    """mart_journey_paths by (bank, from stage, to stage, period_type, period_start)."""
    paths: dict[Key, list[Record]] = defaultdict(list)
    for r in sorted(speaking(world), key=lambda r: (r["at"], r["id"])):
        if r["author_id"] and not r["bot"] and (r.get("journey") or {}).get("stage"):
            paths[r["bank"], author(r)].append(r)
    steps = [{**later, "from": first["journey"]["stage"], "to": later["journey"]["stage"], "took": later["at"] - first["at"]}
             for path in paths.values() for first, later in itertools.pairwise(path)]
    cells = grouped([s for s in steps if s["from"] != s["to"]], lambda s: [s["bank"]], lambda s: [s["from"]], lambda s: [s["to"]],
                    lambda s: periods(s["day"]))
    totals: dict[Key, int] = defaultdict(int)
    for (bank, start, _, period), items in cells.items():
        totals[bank, start, period] += len(items)
    return {(*key[:-1], *key[-1]): _steps(world, items, totals[key[0], key[1], key[3]]) | {"prior_step_count": prior(world, cells, key, len)}
            for key, items in cells.items()}


def _steps(world: World, items: list[Record], whole: int) -> dict[str, Any]:
    return {"n": whole, "step_count": len(items), "unique_authors": people(items), "from_step_count": whole,
            "step_seconds_median": statistics.median(float(seconds(s["took"])) for s in items),
            **share("share_of_steps", len(items), whole, world.min_n, counts=False), **suppression({"share_of_steps": whole}, world.min_n)}


def wishes(world: World) -> Cells:
    """mart_wishes by (bank, story)."""
    levels = {case["key"]: LEVELS.index(case["level"]) for case in cases(world)}
    asked = grouped([r for r in speaking(world) if {"wish", "request"} & set(r["intents"])], lambda r: [r["bank"]],
                    lambda r: [story_key(world, str(r["story"] or UUID(r["id"])))])
    rows = {key: _wish(world, items, levels) for key, items in asked.items()}
    for bank in {key[0] for key in rows}:
        mine = sorted((key for key in rows if key[0] == bank), key=lambda key: _place(rows[key], key[1]))
        for rank, key in enumerate(mine, 1):
            rows[key]["vote_rank"] = rank if rank <= 1000 else None
    return rows


def story_key(world: World, story: str) -> str:
    return hashlib.md5(f"{world.story_salt}|{story}".encode()).hexdigest()


def _place(row: dict[str, Any], name: str) -> tuple[Any, ...]:
    votes = row["vote_count"]
    return (votes is None, -(votes or 0), -row["unique_authors"], -row["mention_count"], row["first_day"], name)


def _wish(world: World, items: list[Record], levels: dict[Key, int]) -> dict[str, Any]:
    first, known = items[0], [e for e in map(engagement, items) if e is not None]
    best = max(levels.get((r["platform"], r["site"], r["thread"], r["author_id"], r["bank"]), 0) for r in items)
    topic = topics_of(world, first)[0]
    return {"wish_kind": "wish" if any("wish" in r["intents"] for r in items) else "request", "topic_id": topic,
            "department_id": department(world, topic), "vote_count": sum(known) if known else None, "engagement_known_count": len(known),
            "mention_count": len(items), "mention_count_without_bots": sum(not r["bot"] for r in items), "unique_authors": people(items),
            "negative_count": sum(r["towards"] == "negative" for r in items),
            "status": ("new", "new", "referred", "answered", "settled")[best], "first_day": first["day"], "last_day": items[-1]["day"]}  # fmt: skip
