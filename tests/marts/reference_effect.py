"""mart_reply_effect a second time, in plain Python from truth records."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from tests.marts.reference import HUMAN, WEEK, Cells, Key, Record, World, author, brand_mentions, grouped, periods, share
from tests.marts.reference_care import cases, official_items

OUTCOMES: dict[str, Callable[[Record, list[Record]], bool]] = {
    "spoke_again": lambda case, later: bool(later),
    "later_negative": lambda case, later: any(r["towards"] == "negative" for r in later),
    "later_positive": lambda case, later: any(r["towards"] == "positive" for r in later),
    "thanked": lambda case, later: case["closing"] in ("thanks", "confirms"),
    "still_angry": lambda case, later: case["closing"] == "still_angry",
    "repeat_contact": lambda case, later: case["repeated"],
}


def reply_effect(world: World) -> Cells:
    """mart_reply_effect by (bank, reply, platform, period_type, period_start)."""
    canned = {r["id"]: r["canned"] for r in official_items(world)}
    said: dict[Key, list[Record]] = defaultdict(list)
    for r in brand_mentions(world):
        if r["author_id"]:
            said[author(r), r["bank"]].append(r)
    followed = [c for c in cases(world) if c["age"] >= world.window + WEEK]
    for case in followed:
        landmark = case["opened"] + world.window
        later = [r for r in said[case["author"], case["bank"]] if landmark < r["at"] <= landmark + WEEK]
        case["reply"] = _reply(world, case, canned)
        case["outcomes"] = {name: happened(case, later) for name, happened in OUTCOMES.items()}
    cells = grouped(followed, lambda c: [c["bank"]], lambda c: [c["reply"], "all"], lambda c: [c["platform"], "all"], lambda c: periods(c["day"]))
    return {(bank, reply, platform, *period): _effect(world, reply, found, cells.get((bank, "silence", platform, period), []))
            for (bank, reply, platform, period), found in cells.items()}


def _reply(world: World, case: Record, canned: dict[str, bool]) -> str:
    in_time = [r for r in case["answers"] if r["at"] - case["opened"] <= world.window]
    human = [r for r in in_time if r["reply"]["role"] in HUMAN]
    if not human:
        by_desk = case["closed"] is not None and case["closed"] - case["opened"] <= world.window
        return "desk" if by_desk else "automatic" if in_time else "silence"
    return "canned" if canned[human[0]["id"]] else "diversion" if human[0]["reply"]["role"] == "divert" else "answer"


def _effect(world: World, reply: str, found: list[Record], silent: list[Record]) -> dict[str, Any]:
    row: dict[str, Any] = {"n": len(found), "silence_n": len(silent),
                           "suppressed_reason": "min_n" if min(map(len, (found,) if reply in ("silence", "all") else (found, silent))) < world.min_n else None}
    for name in OUTCOMES:
        count, quiet = (sum(c["outcomes"][name] for c in some) for some in (found, silent))
        here, there = (share(name, k, len(some), world.min_n, counts=False) for k, some in ((count, found), (quiet, silent)))
        row |= {f"{name}_count": count, **here, **_against(name, here, {} if reply in ("silence", "all") else there)}
    return row


def _against(name: str, here: dict[str, Any], there: dict[str, Any]) -> dict[str, Any]:
    """Newcombe's interval of the difference from silence."""
    columns = [f"{name}_difference_points{suffix}" for suffix in ("", "_lower", "_upper")]
    one, two = ([rates.get(f"{name}_pct{suffix}") for suffix in ("", "_lower", "_upper")] for rates in (here, there))
    if None in one or None in two:
        return dict.fromkeys(columns)
    difference = one[0] - two[0]
    bounds = (difference, difference - math.hypot(one[0] - one[1], two[2] - two[0]), difference + math.hypot(one[2] - one[0], two[0] - two[1]))
    return dict(zip(columns, bounds, strict=True))
