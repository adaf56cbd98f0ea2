"""mart_switching and mart_leads a second time, in plain Python from truth records."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from tests.marts.reference import Cells, Key, Record, World, author, bare, brand_mentions, grouped, periods

LIKING = {"negative": 0, "neutral": 1, None: 1, "positive": 2}


def customers(world: World, intent: str) -> list[Record]:
    """Customers' brand mentions with that intent, in words of their own."""
    return [r for r in brand_mentions(world)
            if intent in r["intents"] and not r["press"] and not bare(r) and not {"news", "promotion"} & set(r["intents"])]


def switching(world: World) -> Cells:
    """mart_switching by (bank, other bank, period_type, period_start)."""
    members = {world.home, *world.competitors}
    by_item: dict[str, list[Record]] = defaultdict(list)
    for r in customers(world, "leave"):
        by_item[r["id"]].append(r)
    cells: dict[Key, dict[str, list[Record]]] = defaultdict(lambda: {"out": [], "in": []})
    for said in by_item.values():
        worst = min(LIKING[r["towards"]] for r in said)
        left = {r["bank"] for r in said if LIKING[r["towards"]] == worst}
        aims = {r["bank"] for r in said} - left or {"none"}
        for bank in members:
            for period in periods(said[0]["day"]):
                if bank in left:
                    for other in {"all"} | aims:
                        cells[bank, other, *period]["out"].append(said[0])
                others = (left - {bank}) & members if bank not in aims else left - {bank}
                won = (others if bank in aims else {"none"} & aims) | {"all"} if others else set()
                for other in won:
                    cells[bank, other, *period]["in"].append(said[0])
    return {key: _switched(found) for key, found in cells.items()}


def _switched(found: dict[str, list[Record]]) -> dict[str, int]:
    row: dict[str, int] = {}
    for direction, items in found.items():
        row |= {f"switch_{direction}_count": len(items), f"switch_{direction}_count_without_bots": sum(not r["bot"] for r in items),
                f"switch_{direction}_authors": _authors(items)}
    return row


def _authors(items: list[Record]) -> int:
    return len({author(r) for r in items if r["author_id"]})


def leads(world: World) -> Cells:
    """mart_leads by (bank, platform, period_type, period_start)."""
    cells = grouped(customers(world, "consider"), lambda r: [r["bank"]], lambda r: [r["platform"], "all"], lambda r: periods(r["day"]))
    return {(bank, platform, *period): _leads(items) for (bank, platform, period), items in cells.items()}


def _leads(items: list[Record]) -> dict[str, Any]:
    return {"lead_count": _authors(items), "lead_count_without_bots": _authors([r for r in items if not r["bot"]]),
            "lead_mention_count": len(items), "mentions_without_author": sum(not r["author_id"] for r in items)}
