"""dim_campaign and mart_campaigns a second time, in plain Python from truth records."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from tests.marts.reference import Cells, Record, World, author, difference, engagement, share, suppression
from tests.marts.reference_demand import customers
from tests.marts.reference_topics import topics_of

DAY = timedelta(days=1)
Phase = tuple[str, date, date]


def dim_campaign(world: World) -> Cells:
    """dim_campaign by campaign."""
    return {(c.id,): {"name": c.name, "kind": c.kind, "bank_id": c.bank, "department_id": c.department or "none", "audience": c.audience,
                      "topics": sorted(c.topics), "starts": c.starts, "ends": c.ends, "length_days": (c.ends - c.starts).days + 1}
            for c in world.campaigns}  # fmt: skip


def campaigns(world: World) -> Cells:
    """mart_campaigns by (campaign, platform, topic, phase)."""
    found: Cells = {}
    for campaign in world.campaigns:
        said = _said(world, campaign)
        phases = _phases(world, campaign)
        inside = {phase[0]: [r for r in said if phase[1] <= r["day"] <= phase[2]] for phase in phases}
        places = {("all", "all")} | {place for items in inside.values() for r in items for place in r["places"]}
        for place in places if phases else ():
            cells = {name: [r for r in items if place in r["places"] or place == ("all", "all")] for name, items in inside.items()}
            found |= {(campaign.id, *place, phase[0]): _row(world, campaign, phase, cells, phases) for phase in phases}
    return found


def _said(world: World, campaign: Any) -> list[Record]:
    """Customers' and media's items about the campaign's bank or the campaign, with what they feel."""
    leads = {r["id"] for r in customers(world, "consider")}
    return [{**r, "places": _places(world, r), "lead": r["id"] in leads, "about_bank": campaign.bank in r["banks"],
             "about_it": campaign.id in r.get("campaigns", []), "feels": r["banks"].get(campaign.bank, r["sentiment"])}
            for r in world.counted if not r["official_of"] and (campaign.bank in r["banks"] or campaign.id in r.get("campaigns", []))]  # fmt: skip


def _places(world: World, record: Record) -> set[tuple[str, str]]:
    return {(record["platform"], "all")} | {("all", topic) for topic in topics_of(world, record)}


def _phases(world: World, campaign: Any) -> list[Phase]:
    length = campaign.ends - campaign.starts + DAY
    spans = [("before", campaign.starts - length, campaign.starts - DAY), ("during", campaign.starts, campaign.ends),
             ("after", campaign.ends + DAY, campaign.ends + length)]
    return [span for span in spans if _days(world, span) > 0]


def _today(world: World) -> date:
    return world.as_of.astimezone(world.zone).date()


def _days(world: World, span: Phase) -> int:
    return (min(span[2], _today(world)) - max(span[1], world.first_day)).days + 1


def _row(world: World, campaign: Any, phase: Phase, cells: dict[str, list[Record]], phases: list[Phase]) -> dict[str, Any]:
    (name, starts, ends), items = phase, cells[phase[0]]
    bank, own = ([r for r in items if r[about]] for about in ("about_bank", "about_it"))
    before = next((span for span in phases if span[0] == "before" and name != "before"), None)
    felt, felt_own, felt_before = map(_felt, (bank, own, [r for r in cells.get("before", []) if r["about_bank"]]))
    rate, rate_before = len(bank) / _days(world, phase), None
    if before:
        rate_before = sum(r["about_bank"] for r in cells["before"]) / _days(world, before)
    known = [e for e in map(engagement, own) if e is not None]
    row = {
        "bank_id": campaign.bank, "department_id": campaign.department or "none", "phase_starts": starts, "phase_ends": ends,
        "day_count": _days(world, phase), "is_phase_over": ends < _today(world),
        "is_phase_covered": starts >= world.first_day, "n": felt["sentiment_count"], "mention_count": len(bank),
        "mention_count_without_bots": sum(not r["bot"] for r in bank), "unique_authors": _people(bank),
        "lead_count": _people([r for r in bank if r["lead"]]), "mentions_per_day": rate, "before_mentions_per_day": rate_before,
        "mentions_per_day_ratio": rate / rate_before if rate_before else None, **felt,
        "campaign_mention_count": len(own), "campaign_unique_authors": _people(own), "campaign_engagement": sum(known) if known else None,
        "campaign_engagement_known_count": len(known), **{f"campaign_{column}": n for column, n in felt_own.items()},
    }  # fmt: skip
    sizes = {}
    for label in ("positive", "negative"):
        row |= share(label, felt[f"{label}_count"], felt["sentiment_count"], world.min_n, counts=False)
        row |= share(f"campaign_{label}", felt_own[f"{label}_count"], felt_own["sentiment_count"], world.min_n, counts=False)
        row |= difference(label, (felt[f"{label}_count"], felt["sentiment_count"]),
                          (felt_before[f"{label}_count"], felt_before["sentiment_count"]) if before else None, world.min_n)
        sizes[label] = felt["sentiment_count"]
    sizes |= {f"campaign_{label}": felt_own["sentiment_count"] for label in ("positive", "negative")}
    return row | suppression(sizes, world.min_n)


def _felt(items: list[Record]) -> dict[str, int]:
    return {"sentiment_count": sum(r["feels"] is not None for r in items), "positive_count": sum(r["feels"] == "positive" for r in items),
            "negative_count": sum(r["feels"] == "negative" for r in items)}


def _people(items: list[Record]) -> int:
    return len({author(r) for r in items if r["author_id"]})
