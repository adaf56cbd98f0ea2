"""mart_routing a second time, in plain Python from truth records."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import Any
from uuid import UUID

from tests.marts.reference import WANTS, Cells, Record, World, bare, brand_mentions
from tests.marts.reference_care import cases, official_items
from tests.marts.reference_official import is_help
from tests.marts.reference_topics import author_key, department, topics_of

Account = tuple[str, str, str]


def routing(world: World) -> Cells:
    """mart_routing by (mention, bank)."""
    helped: Counter[tuple[str, str, str]] = Counter()
    for r in filter(is_help, official_items(world)):
        names = {r["author_handle"].lower(), r["author_id"].lower()}
        helped.update((r["official_of"], r["platform"], name) for name in names)
    found = {c["key"]: c for c in cases(world)}
    rows: Cells = {}
    for r in brand_mentions(world):
        wants = WANTS & set(r["intents"]) and not {"news", "promotion"} & set(r["intents"]) and not r["press"] and not bare(r)
        if wants and r["bank"] not in world.addressed(r)[0]:
            rows[UUID(r["id"]), r["bank"]] = _astray(world, r, found, _desk(world, r, helped))
    return rows


def _desk(world: World, record: Record, helped: Counter[tuple[str, str, str]]) -> tuple[Account | None, str]:
    """(platform, account, kind) that the item belongs on, and why that one."""
    own = [(platform, account, kind) for bank, platform, account, kind in world.accounts if bank == record["bank"]]
    there = [account for account in own if account[0] == record["platform"]]
    choice = min(there or own, default=None, key=lambda a: (-helped[record["bank"], a[0], a[1]], a[2] != "page", a[0], a[1]))
    return choice, "same_platform" if there else "other_platform" if own else "none"


def _astray(world: World, r: Record, found: dict[Any, Record], desk: tuple[Account | None, str]) -> dict[str, Any]:
    key = (r["platform"], r["site"], r["thread"], r["author_id"], r["bank"])
    case, (target, basis) = found.get(key), desk
    topic = topics_of(world, r)[0]
    return {
        "brand_mention_id": UUID(hashlib.md5("\x1f".join((str(UUID(r["id"])), r["bank"])).encode()).hexdigest()),
        "platform": r["platform"], "site": r["site"], "conversation_id": r["thread"], "event_at": r["at"], "event_day": r["day"],
        "language": r["language"], "known_author_key": author_key(r) if r["author_id"] else None, "bot_likely": r["bot"],
        "found_as": "misdirected" if world.misdirected(r, r["bank"]) else "unaddressed", "is_negative": r["towards"] == "negative",
        "has_fraud_report": "fraud_report" in r["intents"], "main_topic_id": topic, "department_id": department(world, topic),
        "case_id": UUID(hashlib.md5("\x1f".join(key).encode()).hexdigest()) if case else None, "is_open": case["open"] if case else None,
        **dict(zip(("target_platform", "target_account", "target_account_kind"), target or (None,) * 3, strict=True)), "target_basis": basis,
    }  # fmt: skip
