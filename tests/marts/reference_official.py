"""fct_official_posts and mart_official_posts a second time, in plain Python from truth records."""

from __future__ import annotations

import statistics
from typing import Any
from uuid import UUID

from tests.marts.reference import Cells, Record, World, bare, engagement, grouped, periods, share, suppression
from tests.marts.reference_care import official_items
from tests.marts.reference_topics import author_key


def official_accounts_posts(world: World) -> Cells:
    """fct_official_posts by mention."""
    return {(UUID(r["id"]),): _post(r) for r in official_items(world)}


def _post(r: Record) -> dict[str, Any]:
    helps = is_help(r)
    return {"bank_id": r["official_of"], "platform": r["platform"], "site": r["site"], "kind": r["kind"], "language": r["language"],
            "page_id": r["page_id"], "conversation_id": r["thread"], "author_key": author_key(r),
            "author_handle": r["author_handle"], "event_at": r["at"], "event_day": r["day"], "role": _role(r),
            "official_kind": r["official_kind"], "purpose": "help" if helps else "pr", "is_help": helps,
            "is_human_answer": r["human"], "is_canned": r["canned"], "is_reply": is_reply(r), "topics": sorted(set(r["topics"])),
            **{name: r["engagement"][name] for name in ("likes", "shares", "comments", "quotes", "views")}, "engagement": engagement(r)}


def is_help(record: Record) -> bool:
    return bool(record["human"] or record["official_kind"] == "help") and not bare(record)


def _role(record: Record) -> str:
    return "none" if bare(record) else str(record["reply"]["role"])


def is_reply(record: Record) -> bool:
    return record["kind"] in ("comment", "reply") or bool(record["in_reply_to_author_id"])


def official_posts(world: World) -> Cells:
    """mart_official_posts by (bank, platform, period_type, period_start)."""
    cells = grouped(official_items(world), lambda r: [r["official_of"]], lambda r: [r["platform"], "all"], lambda r: periods(r["day"]))
    return {(bank, platform, *period): _posts(world, items) for (bank, platform, period), items in cells.items()}


def _posts(world: World, items: list[Record]) -> dict[str, Any]:
    helping, answers, canned = (sum(map(test, items)) for test in (is_help, lambda r: r["human"], lambda r: r["canned"]))
    known = [e for e in map(engagement, items) if e is not None]
    row: dict[str, Any] = {
        "n": len(items), "official_post_count": len(items), "help_count": helping, "pr_count": len(items) - helping,
        "reply_count": sum(map(is_reply, items)), "answer_count": answers, "canned_count": canned,
        "automatic_count": sum(_role(r) == "automatic" for r in items),
        "engagement": sum(known) if known else None, "engagement_known_count": len(known),
    }  # fmt: skip
    for purpose in ("help", "pr"):
        some = [e for r in items if is_help(r) == (purpose == "help") and (e := engagement(r)) is not None]
        row |= {f"{purpose}_engagement_known_count": len(some), f"{purpose}_engagement_median": statistics.median(some) if some else None}
    sizes = {"help_share": (helping, len(items)), "canned_answer": (canned, answers), "engagement_known": (len(known), len(items))}
    for name, (k, n) in sizes.items():
        row |= share(name, k, n, world.min_n, counts=False)
    return row | suppression({name: n for name, (_, n) in sizes.items()}, world.min_n)
