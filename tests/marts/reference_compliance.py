"""mart_employee_posts, mart_pii_exposures and mart_nlp_quality a second time, in plain Python."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID

from tests.marts.reference import Cells, Record, World, engagement, grouped, periods, wilson
from tests.marts.reference_topics import department, is_registered, topics_of


def employee_posts(world: World) -> Cells:
    """mart_employee_posts by (mention, bank)."""
    return {(UUID(r["id"]), bank): _post(world, r, bank)
            for r in world.counted if is_registered(world, r) for bank in r["banks"] if bank in world.banks}


def _post(world: World, r: Record, bank: str) -> dict[str, Any]:
    topic = topics_of(world, r)[0]
    return {"brand_mention_id": UUID(hashlib.md5("\x1f".join((str(UUID(r["id"])), bank)).encode()).hexdigest()), "platform": r["platform"], "site": r["site"],
            "employee_account_key": hashlib.md5(f"{r['platform']}\x1f{r['author_handle'].lower()}".encode()).hexdigest(), "event_at": r["at"],
            "event_day": r["day"], "language": r["language"], "sentiment": r["banks"][bank], "main_topic_id": topic, "department_id": department(world, topic),
            "is_promotion": "promotion" in r["intents"], "engagement": engagement(r), "views": r["engagement"]["views"]}


def pii_exposures(world: World) -> Cells:
    """mart_pii_exposures by (bank, platform, kind, period_type, period_start)."""
    pieces = [{"record": r, "kind": kind} for r in world.counted for kind in r.get("pii", [])]
    cells = grouped(pieces, lambda p: [*(_concerned(world, p["record"]) or ["none"]), "all"], lambda p: [p["record"]["platform"], "all"],
                    lambda p: [p["kind"], "all"], lambda p: periods(p["record"]["day"]))
    return {(bank, platform, kind, *period): _exposed(found) for (bank, platform, kind, period), found in cells.items()}


def _concerned(world: World, record: Record) -> set[str]:
    """Banks that it names, addresses, or whose account wrote it."""
    return {bank for bank in record["banks"] if bank in world.banks} | world.addressed(record)[0] | ({record["official_of"]} - {None})


def _exposed(found: list[Record]) -> dict[str, Any]:
    ids = {str(UUID(p["record"]["id"])): bool(p["record"]["official_of"]) for p in found}
    return {"exposure_count": len(found), "mention_count": len(ids), "official_mention_count": sum(ids.values())}


def nlp_quality(world: World) -> Cells:
    """mart_nlp_quality of the evaluations that tests load, by (language, bank, metric)."""
    rows: Cells = {}
    for (label, language, bank), (se, n_se, sp, n_sp) in world.quality.items():
        for metric, value, n in ((f"se_{label}", se, n_se), (f"sp_{label}", sp, n_sp)):
            low, high = (bound / 100 for bound in wilson(value * n, n))
            rows[language, bank or "all", metric] = {"task": "sentiment", "model_version": "m1", "dataset": "d1", "value": value, "value_lower": low, "value_upper": high,
                                      "interval_basis": "wilson", "n": n, "precision_value": None, "recall_value": None, "is_newest": True,
                                      "is_active": False}  # fmt: skip
    return rows
