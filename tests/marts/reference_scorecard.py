"""mart_scorecard a second time: the other references' rows in one shape, with the sentiment of weeks and months from truth records."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Any

from tests.marts.reference import Cells, Key, World, brand_mentions, grouped, net_sentiment, periods, share, share_of_voice
from tests.marts.reference_care import customer_care
from tests.marts.reference_cases import backlog
from tests.marts.reference_demand import leads, switching
from tests.marts.reference_topics import following

CARE = ("response_rate", "in_channel_resolution", "confirmed_resolution", "canned_answer", "repeat_contact", "peer_answer", "handled_negative",
        "misdirected", "help_share")
LABELS = ("positive", "neutral", "negative")
WAIT = "km_median_response_seconds"
AREAS = dict.fromkeys((*CARE, WAIT, "backlog_at_end_count"), "care") | dict.fromkeys(("lead_count", "switch_out_count", "switch_in_count"), "demand")
UNITS = {"net_sentiment": "points", WAIT: "seconds"}
Score = tuple[int, int, float | None, float | None, float | None]


def scorecard(world: World) -> Cells:
    """mart_scorecard by (metric, bank, platform, period_type, period_start)."""
    scores = {key: score for key, score in (_shares(world) | _sentiments(world) | _waits(world)).items() if score[1]}
    counts = _counts(world)
    scores |= counts
    today = world.as_of.astimezone(world.zone).date()
    first_day = min((record["day"] for record in world.counted), default=today)
    rows: Cells = {}
    for (metric, *place, kind, start), (k, n, value, lower, upper) in scores.items():
        before = next(first for name, first in periods(start - timedelta(days=1)) if name == kind)
        prior = scores.get((metric, *place, kind, before), (0, 0, None, None, None))
        if (metric, *place, kind, start) in counts:
            prior = (0, prior[1], prior[1] if start > first_day else None, None, None)
        target, wanted = world.targets.get((metric, place[0], kind)) or world.targets.get((metric, place[0], None)) or (None, None)
        met = None if target is None or value is None else value >= target if wanted == "at_least" else value <= target
        rows[metric, *place, kind, start] = {
            "area": AREAS.get(metric, "reputation"), "unit": UNITS.get(metric, "count" if metric.endswith("_count") else "%"), "is_period_over": following(kind, start) <= today, "numerator": k, "n": n,
            "value": value, "value_lower": lower, "value_upper": upper, "prior_n": prior[1], "prior_value": prior[2],
            **_difference((value, lower, upper), prior[2:]), "target": target, "wanted": wanted, "is_met": met,
            "suppressed_reason": "min_n" if n < world.min_n and not metric.endswith("_count") else None,
        }  # fmt: skip
    return rows


def _difference(now: tuple[float | None, ...], then: tuple[float | None, ...]) -> dict[str, float | None]:
    (a, a_low, a_high), (b, b_low, b_high) = now, then
    known = a is not None and b is not None
    bounds: tuple[float | None, float | None] = (None, None)
    if known and None not in (a_low, a_high, b_low, b_high):
        bounds = (a - b - math.hypot(a - a_low, b_high - b), a - b + math.hypot(a_high - a, b - b_low))  # type: ignore[operator]
    return {"difference": a - b if known else None, "difference_lower": bounds[0], "difference_upper": bounds[1]}  # type: ignore[operator]


def _shares(world: World) -> dict[Key, Score]:
    found: dict[Key, Score] = {}
    for cells, names in ((customer_care(world), CARE), (share_of_voice(world), ("share_of_voice",))):
        for key, row in cells.items():
            for name in names:
                found[name, *key] = (row[f"{name}_numerator"], row[f"{name}_denominator"], *(row[f"{name}_pct{end}"] for end in ("", "_lower", "_upper")))
    return found


def _sentiments(world: World) -> dict[Key, Score]:
    items = [r for r in brand_mentions(world) if r["towards"] is not None]
    cells = grouped(items, lambda r: [r["bank"]], lambda r: [r["platform"], "all"], lambda r: periods(r["day"]))
    found: dict[Key, Score] = {}
    for (bank, platform, (kind, start)), some in cells.items():
        key, counts = (bank, platform, kind, start), {label: sum(r["towards"] == label for r in some) for label in LABELS}
        for label, count in counts.items():
            rate = share(label, count, len(some), world.min_n, counts=False)
            found[label, *key] = (count, len(some), *(rate[f"{label}_pct{end}"] for end in ("", "_lower", "_upper")))
        row: dict[str, Any] = {f"{label}_count": n for label, n in counts.items()} | {"mention_count": 0, "unique_authors": 0}
        net = net_sentiment(world, some, row, len(some))
        found["net_sentiment", *key] = (counts["positive"] - counts["negative"], len(some), *(net[f"net_sentiment{end}"] for end in ("", "_lower", "_upper")))
    return found


def _waits(world: World) -> dict[Key, Score]:
    """The median of Kaplan and Meier, where cases are enough."""
    return {(WAIT, *key): (row["answered_count"], row["case_count"], row[WAIT] if row["case_count"] >= world.min_n else None, None, None)
            for key, row in customer_care(world).items()}


def _counts(world: World) -> dict[Key, Score]:
    """Counts that are not 0, and a 0 after each where the next period has begun and none."""
    found: dict[Key, int] = {("backlog_at_end_count", *key): row["backlog_at_end_count"] for key, row in backlog(world).items()}
    found |= {("lead_count", *key): row["lead_count"] for key, row in leads(world).items()}
    found |= {(f"switch_{way}_count", bank, "all", *period): row[f"switch_{way}_count"]
              for (bank, other, *period), row in switching(world).items() if other == "all" for way in ("out", "in")}
    said = grouped(brand_mentions(world), lambda r: [r["bank"]], lambda r: [r["platform"], "all"], lambda r: periods(r["day"]))
    found |= {("mention_count", bank, platform, *period): len(some) for (bank, platform, period), some in said.items()}
    found = {key: n for key, n in found.items() if n}
    today = world.as_of.astimezone(world.zone).date()
    silent = {(*place, kind, following(kind, start)): 0 for *place, kind, start in found if following(kind, start) <= today}
    return {key: (n, n, float(n), None, None) for key, n in (silent | found).items()}
