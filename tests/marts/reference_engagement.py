"""fct_engagement a second time, in plain Python from truth records."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from tests.marts.reference import Cells, Record, World, engagement, has_counts_of_original, instant

COUNTS = ("likes", "shares", "comments", "quotes", "views")


def snapshots(world: World) -> Cells:
    """fct_engagement by (mention, observed_at)."""
    rows: Cells = {}
    for r in world.counted:
        seen = sorted((s for s in observed(r) if s["observed_at"] <= world.as_of), key=lambda s: s["observed_at"])
        before = None
        for number, snapshot in enumerate(seen, 1):
            row = _snapshot(world, r, snapshot)
            gathered = row["engagement"]
            known = number > 1 and gathered is not None and before is not None
            rows[UUID(r["id"]), snapshot["observed_at"]] = row | {
                "snapshot_number": number, "is_newest": number == len(seen), "engagement_difference": gathered - before if known else None,
            }  # fmt: skip
            before = gathered
    return rows


def observed(record: Record) -> list[dict[str, Any]]:
    """Every look at the record's counts as its platform told them, {observed_at, likes, …}: the one that counts, and its `looks` before and after."""
    looks = [{**look, "observed_at": instant(look["observed_at"])} for look in record.get("looks", [])]
    told = record.get("told", record["engagement"])
    if any(told[name] is not None for name in COUNTS):
        looks.append({**told, "observed_at": instant(record.get("observed_at", record["event_at"]))})
    return looks


def _snapshot(world: World, record: Record, snapshot: dict[str, Any]) -> dict[str, Any]:
    at, told = snapshot["observed_at"], dict.fromkeys(COUNTS) if has_counts_of_original(record) else {name: snapshot[name] for name in COUNTS}
    return {"platform": record["platform"], "event_day": record["day"], "observed_day": at.astimezone(world.zone).date(),
            "age_seconds": max(timedelta(0), at - record["at"]).total_seconds(), "engagement": engagement({"engagement": told}),
            **told}
