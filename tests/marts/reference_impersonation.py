"""mart_impersonation a second time, in plain Python from truth records."""

from __future__ import annotations

import statistics
from datetime import date, timedelta
from typing import Any

from scipy.stats import nbinom, poisson

from tests.marts.reference import Cells, Record, World, grouped, wilson
from tests.marts.reference_care import cases, impostors

PAST = timedelta(days=28)
OFFICIAL = ("past_item_count", "tail_probability", "unusual_hour_count", "link_item_count", "past_link_item_count")


def impersonation(world: World) -> Cells:
    """mart_impersonation by (kind, bank, platform, account, day)."""
    answers = grouped(impostors(world, cases(world)), lambda r: [r["bank"]], lambda r: [r["platform"]], lambda r: [r["account"][1]], lambda r: [r["day"]])
    rows: Cells = {("look_alike", *key): _first(items) | {"reasons": None, **dict.fromkeys(OFFICIAL)} for key, items in answers.items()}
    accounts = grouped([r for r in world.counted if r["official_of"]], lambda r: [r["official_of"]], lambda r: [r["platform"]],
                       lambda r: [r["author_handle"].lower()])
    for account, items in accounts.items():
        for day in {r["day"] for r in items}:
            row = _day(world, items, day)
            if row and row["reasons"]:
                rows["off_pattern", *account, day] = row
    return rows


def _first(items: list[Record]) -> dict[str, Any]:
    return {"item_count": len(items), "first_item_at": items[0]["at"]}


def _day(world: World, items: list[Record], day: date) -> dict[str, Any] | None:
    """What is unlike the 28 days before; None where they are too few."""
    today, past = [r for r in items if r["day"] == day], [r for r in items if day - PAST <= r["day"] < day]
    if items[0]["day"] > day - PAST or len(past) < 20:
        return None
    known = {(_hour(world, r) + step) % 24 for r in past for step in (-1, 0, 1)}
    odd = sum(_hour(world, r) not in known for r in today)
    rare = _tail(len(today), [sum(r["day"] == day - timedelta(days=back) for r in past) for back in range(1, 29)])
    links, past_links = (sum(bool(r.get("links")) for r in some) for some in (today, past))
    (low, high), (past_low, past_high) = wilson(links, len(today)), wilson(past_links, len(past))
    said = ("rate" if rare <= 0.001 else "", "hours" if odd >= 3 else "",
            "links" if len(today) >= 5 and (low > past_high or high < past_low) else "")
    return _first(today) | {"reasons": ", ".join(filter(None, said)), "past_item_count": len(past), "tail_probability": rare,
                            "unusual_hour_count": odd, "link_item_count": links, "past_link_item_count": past_links}


def _hour(world: World, record: Record) -> int:
    return int(record["at"].astimezone(world.zone).hour)


def _tail(count: int, days: list[int]) -> float:
    """P(X ≥ count) under the predictive negative binomial of these days, Poisson where they spread no more."""
    mean, variance = max(statistics.fmean(days), 0.5), statistics.variance(days) * (1 + 1 / len(days))
    if variance <= mean:
        return float(poisson.sf(count - 1, mean))
    size = mean**2 / (variance - mean)
    return float(nbinom.sf(count - 1, size, size / (size + mean)))
