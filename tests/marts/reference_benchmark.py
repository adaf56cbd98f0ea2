"""mart_care_benchmark a second time, in plain Python from truth records."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable
from typing import Any

from tests.marts.reference import WEEK, Cells, Record, World, Z, brand_mentions, grouped, periods, wilson
from tests.marts.reference_care import cases, official_items
from tests.marts.reference_official import is_help

Test = Callable[[Record], bool]
CASES: dict[str, tuple[str, Callable[[World], Test], Callable[[World], Test]]] = {
    "response_rate": ("higher", lambda w: lambda c: c["age"] >= w.window,
                      lambda w: lambda c: bool(c["response"]) and c["response"] - c["opened"] <= w.window),
    "in_channel_resolution": ("higher", lambda w: lambda c: c["messages"] > 0, lambda w: lambda c: c["final"] == "answer"),
    "confirmed_resolution": ("higher", lambda w: lambda c: c["messages"] > 0, lambda w: lambda c: c["confirmed"]),
    "repeat_contact": ("lower", lambda w: lambda c: bool(c["response"]) and c["age"] >= WEEK, lambda w: lambda c: c["repeated"]),
    "peer_answer": ("neither", lambda w: lambda c: True, lambda w: lambda c: c["peer"]),
    "handled_negative": ("higher", lambda w: lambda c: c["negative"] and c["age"] >= w.window,
                         lambda w: lambda c: c["level"] in ("answered", "confirmed")),
}  # metric: (wanted, of which cases, which of them count)
Sample = list[float]


def care_benchmark(world: World) -> Cells:
    """mart_care_benchmark by (other bank, metric, platform, period_type, period_start)."""
    sides: dict[tuple[Any, ...], dict[str, Sample]] = {}
    for (metric, bank, platform, period), sample in _samples(world).items():
        sides.setdefault((metric, platform, period), {})[bank] = sample
    rows: Cells = {}
    for (metric, platform, period), by_bank in sides.items():
        own = by_bank.pop(world.home, [])
        others = by_bank | {"all": [value for sample in by_bank.values() for value in sample]}
        for bank, other in others.items():
            rows[bank, metric, platform, *period] = _compared(world, metric, own, other)
    return rows


def _samples(world: World) -> dict[tuple[Any, ...], Sample]:
    """(metric, bank, platform, period) → one number an item: 1 or 0 for shares, seconds for the response."""
    found = cases(world)
    official = [{**r, "bank": r["official_of"]} for r in official_items(world)]
    addressing = [r for r in brand_mentions(world) if world.addresses_any(r)]
    numbers: list[tuple[str, Record, float]] = [("first_response_seconds", c, (c["response"] - c["opened"]).total_seconds())
                                               for c in found if c["response"]]
    for metric, (_, among, counts) in CASES.items():
        numbers += [(metric, c, float(counts(world)(c))) for c in found if among(world)(c)]
    numbers += [("canned_answer", r, float(r["canned"])) for r in official if r["human"]]
    numbers += [("help_share", r, float(is_help(r))) for r in official]
    numbers += [("misdirected", r, float(world.misdirected(r, r["bank"]))) for r in addressing]
    watched = {world.home, *world.competitors}
    cells = grouped([{"metric": m, "item": r, "value": v} for m, r, v in numbers if r["bank"] in watched], lambda e: [e["metric"]],
                    lambda e: [e["item"]["bank"]], lambda e: [e["item"]["platform"], "all"], lambda e: periods(e["item"]["day"]))
    return {key: [e["value"] for e in entries] for key, entries in cells.items()}


def _compared(world: World, metric: str, own: Sample, other: Sample) -> dict[str, Any]:
    wanted = {"first_response_seconds": "lower", "canned_answer": "lower", "misdirected": "lower", "help_share": "higher"}.get(metric) or CASES[metric][0]
    seconds = metric == "first_response_seconds"
    one, two = (_estimate(world, sample, seconds) for sample in (own, other))
    shown = min(len(own), len(other)) >= world.min_n
    difference, lower, upper = _difference(own, other, one, two, seconds) if shown else (None, None, None)
    verdict = None
    if wanted != "neither" and difference is not None and lower is not None and upper is not None:
        verdict = "not_told_apart" if lower <= 0 <= upper else "better" if (difference > 0) == (wanted == "higher") else "worse"
    return {"bank_id": world.home, "unit": "seconds" if seconds else "percent", "wanted": wanted,
            "own_n": len(own), "own_value": one[0], "own_value_lower": one[1], "own_value_upper": one[2],
            "other_n": len(other), "other_value": two[0], "other_value_lower": two[1], "other_value_upper": two[2],
            "difference": difference, "difference_lower": lower, "difference_upper": upper, "verdict": verdict,
            "suppressed_reason": None if shown else "min_n"}


def _estimate(world: World, sample: Sample, seconds: bool) -> tuple[float | None, float | None, float | None]:
    if len(sample) < world.min_n:
        return None, None, None
    if not seconds:
        return 100 * sum(sample) / len(sample), *wilson(int(sum(sample)), len(sample))
    middle, half = statistics.fmean(sample), Z * statistics.stdev(sample) / math.sqrt(len(sample))
    return middle, max(0.0, middle - half), middle + half


def _difference(own: Sample, other: Sample, one: tuple[Any, ...], two: tuple[Any, ...], seconds: bool) -> tuple[float, float, float]:
    """Newcombe's hybrid score interval for shares, Welch's for means."""
    difference = one[0] - two[0]
    if seconds:
        half = Z * math.sqrt(statistics.variance(own) / len(own) + statistics.variance(other) / len(other))
        return difference, difference - half, difference + half
    return (difference, difference - math.hypot(one[0] - one[1], two[2] - two[0]), difference + math.hypot(one[2] - one[0], two[0] - two[1]))
