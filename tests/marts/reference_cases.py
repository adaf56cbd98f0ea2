"""mart_open_cases, mart_handled_negative and mart_backlog a second time, in plain Python from truth records."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from tests.marts.reference import Cells, Record, World, grouped, periods, seconds, share, suppression
from tests.marts.reference_care import AGES, LEVELS, cases
from tests.marts.reference_topics import author_key, department, following, topics_of

URGENT = ("fraud_in_progress", "stranded_abroad", "money_locked", "card_swallowed")
WIDE = 10_000


def open_cases(world: World) -> Cells:
    """mart_open_cases by case."""
    queues: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for case in cases(world):
        if case["open"]:
            row = _waiting(world, case)
            queues[case["bank"]].append((_place(row), row))
    found: Cells = {}
    for queue in queues.values():
        for rank, (place, row) in enumerate(sorted(queue, key=lambda pair: pair[0]), 1):
            found[(place[-1],)] = row | {"triage_rank": rank}
    return {key: {c: v for c, v in row.items() if c != "case_id"} for key, row in found.items()}


def _place(row: dict[str, Any]) -> tuple[Any, ...]:
    """Smaller is sooner."""
    urgency = URGENT.index(row["urgency"]) if row["urgency"] else len(URGENT)
    return (row["triage_level"], urgency, not row["has_fraud_report"], not row["is_regulated"], not row["is_negative"],
            not row["has_wide_reach"], row["opened_at"], row["case_id"])


def _waiting(world: World, case: Record) -> dict[str, Any]:
    opening, items = case["items"][0], case["items"]
    urgencies = [r["urgency"] for r in items if r.get("urgency")]
    urgency = min(urgencies, key=URGENT.index) if urgencies else None
    followers = [r["author_followers"] for r in items if r["author_followers"] is not None]
    topic = topics_of(world, opening)[0]
    row = {
        "case_id": UUID(hashlib.md5("\x1f".join(case["key"]).encode()).hexdigest()), "bank_id": case["bank"], "urgency": urgency,
        "has_fraud_report": any("fraud_report" in r["intents"] for r in items), "is_negative": case["negative"],
        "is_regulated": bool(case["topics"] & world.regulated), "author_followers": max(followers, default=None),
        "has_wide_reach": max(followers, default=0) >= WIDE, "bot_likely": case["bot"], "main_topic_id": topic,
        "department_id": department(world, topic), "platform": case["platform"], "site": case["key"][1], "conversation_id": case["key"][2],
        "author_key": author_key(opening), "opening_mention_id": UUID(opening["id"]), "opened_at": case["opened"],
        "opened_day": case["day"], "language": opening["language"], "inbound_count": case["inbound"], "official_count": case["messages"],
        "age_seconds": seconds(case["age"]),
        "backlog_age": next((name for name, hours in AGES if case["age"] < timedelta(hours=hours)), "older"),
    }  # fmt: skip
    row |= {"triage_level": _level(row), "triage_reason": _reason(world, row, case)}
    return row | _advice(world, row)


def _advice(world: World, row: dict[str, Any]) -> dict[str, Any]:
    """The play that says most of the case: urgency before topic before triage level before its place in the file."""
    for wanted in ("both", "urgency", "topic", "neither"):
        for level in range(row["triage_level"], 6):
            for play in world.plays:
                named = {(True, True): "both", (True, False): "urgency", (False, True): "topic"}.get((bool(play.urgencies), bool(play.topics)), "neither")
                fits = (not play.urgencies or row["urgency"] in play.urgencies) and (not play.topics or row["main_topic_id"] in play.topics)
                if "case" in play.kinds and fits and named == wanted and play.max_triage_level == level:
                    steps = play.translations.get(world.languages.get(row["department_id"]), play.steps)
                    return {"play_id": play.id, "advice": "\n".join(f"{n}. {step}" for n, step in enumerate(steps, 1))}
    return {"play_id": None, "advice": None}


def _level(row: dict[str, Any]) -> int:
    if row["urgency"] in URGENT[:2]:
        return 1
    if row["urgency"] or row["has_fraud_report"]:
        return 2
    return 3 if row["is_regulated"] else 4 if row["is_negative"] else 5


def _reason(world: World, row: dict[str, Any], case: Record) -> str:
    regulated = " ".join(sorted(case["topics"] & world.regulated))
    waits = {"older": "over 72h"}.get(row["backlog_age"], row["backlog_age"].replace("_", " "))
    said = ((row["urgency"] or "").replace("_", " "), "fraud report" if row["has_fraud_report"] else "",
            f"regulated topic: {regulated}" if regulated else "", "negative" if row["is_negative"] else "",
            "wide reach" if row["has_wide_reach"] else "", f"open {waits}")
    return ", ".join(filter(None, said))


def handled_negative(world: World) -> Cells:
    """mart_handled_negative by (bank, platform, topic, period_type, period_start)."""
    negative = [c for c in cases(world) if c["negative"] and c["age"] >= world.window]
    cells = grouped(negative, lambda c: [c["bank"]], lambda c: [c["platform"], "all"],
                    lambda c: [*((c["topics"] & world.topics.keys()) or {"none"}), "all"], lambda c: periods(c["day"]))
    return {(bank, platform, topic, *period): _handled(world, topic, found)
            for (bank, platform, topic, period), found in cells.items()}


def _handled(world: World, topic: str, found: list[Record]) -> dict[str, Any]:
    levels = {level: sum(c["level"] == level for c in found) for level in LEVELS}
    return {"department_id": department(world, topic), "n": len(found), **{f"{level}_count": n for level, n in levels.items()},
            **share("handled_negative", levels["answered"] + levels["confirmed"], len(found), world.min_n),
            **suppression({"handled_negative": len(found)}, world.min_n)}


def backlog(world: World) -> Cells:
    """mart_backlog by (bank, platform, period_type, period_start): who waits is looked up at each period's ends."""
    today, found = world.as_of.astimezone(world.zone).date(), {}
    for (bank, platform), some in grouped(cases(world), lambda c: [c["bank"]], lambda c: [c["platform"], "all"]).items():
        waits = [(c["day"], _ended(world, c)) for c in some]
        first = min(opened for opened, _ in waits)
        for kind, start in {period for n in range((today - first).days + 1) for period in periods(first + timedelta(days=n))}:
            found[bank, platform, kind, start] = _backlog(waits, start, following(kind, start)) | {"is_period_over": following(kind, start) <= today}
    return found


def _ended(world: World, case: Record) -> date:
    ends = min((at for at in (case["response"], case["closed"]) if at), default=None)
    return ends.astimezone(world.zone).date() if ends else date.max


def _backlog(waits: list[tuple[date, date]], start: date, after: date) -> dict[str, int]:
    left = sum(opened < after <= ended for opened, ended in waits)
    return {"n": left, "backlog_at_end_count": left, "backlog_at_start_count": sum(opened < start <= ended for opened, ended in waits),
            "opened_count": sum(start <= opened < after for opened, _ in waits), "ended_count": sum(start <= ended < after for _, ended in waits)}
