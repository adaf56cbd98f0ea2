"""mart_customer_care a second time: cases, what followed, and the care metrics, in plain Python from truth records."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from tests.marts.reference import (
    HUMAN,
    WANTS,
    WEEK,
    Cells,
    Key,
    Record,
    World,
    bare,
    brand_mentions,
    grouped,
    instant,
    kaplan_meier_median,
    mean,
    periods,
    quantile,
    seconds,
    share,
    story,
    suppression,
)

LEVELS = ("silent", "automatic", "diverted", "answered", "confirmed")
AGES = (("under_1h", 1), ("under_4h", 4), ("under_24h", 24), ("under_72h", 72))


def customer_care(world: World) -> Cells:
    """mart_customer_care by (bank, platform, period_type, period_start)."""
    found_cases = cases(world)
    parts = {
        "cases": found_cases,
        "official": [{**r, "bank": r["official_of"]} for r in official_items(world)],
        "addressing": [r for r in brand_mentions(world) if world.addresses_any(r)],
        "impostors": impostors(world, found_cases),
        "removed": removed(world),
    }
    found = {name: grouped(items, lambda r: [r["bank"]], lambda r: [r["platform"], "all"], lambda r: periods(r["day"]))
             for name, items in parts.items()}
    keys = set().union(*found.values())
    return {(bank, platform, *period): _removals(world, platform, found["removed"].get((bank, platform, period), []))
            | _care(world, {name: cells.get((bank, platform, period), []) for name, cells in found.items()})
            for bank, platform, period in keys}


def removed(world: World) -> list[Record]:
    """Customers' negative items on an official page that the page deleted, with `bank` and `day`."""
    found = []
    for r in world.records:
        at, bank = instant(r["event_at"]), world.pages.get((r["platform"], r["page_id"]))
        gone = r["deleted"] and r.get("deleted_by") == "page" and not r["quarantined"] and at <= world.as_of
        customers = not (r["official_of"] or r["press"] or {"news", "promotion"} & set(r["intents"]))
        if gone and bank and customers and (r["banks"].get(bank) or r["sentiment"]) == "negative":
            found.append({**r, "bank": bank, "day": at.astimezone(world.zone).date()})
    return found


def _removals(world: World, platform: str, items: list[Record]) -> dict[str, Any]:
    """Their count, None where the platform never told who deletes."""
    telling = {r["platform"] for r in world.records if r["deleted"] and r.get("deleted_by") in ("page", "author")
               and instant(r["event_at"]) <= world.as_of}
    return {"removed_negative_count": len(items) if telling & ({platform} if platform != "all" else telling) else None}


def official_items(world: World) -> list[Record]:
    """Official items with `human` and `canned` (at least 5 others of its story in the 30 days up to it)."""
    items = [{**r, "human": r["reply"]["role"] in HUMAN and not bare(r)} for r in world.counted if r["official_of"]]
    answers: dict[Key, list[datetime]] = defaultdict(list)
    for r in items:
        if r["human"]:
            answers[r["official_of"], story(r)].append(r["at"])
    for r in items:
        alike = answers[r["official_of"], story(r)]
        r["canned"] = r["human"] and sum(timedelta(0) <= r["at"] - at <= 30 * timedelta(hours=24) for at in alike) - 1 >= 5
    return items


def cases(world: World) -> list[Record]:
    """Every case with all that the care metrics ask of it, found once a world."""
    if world.found_cases is None:
        world.found_cases = _find_cases(world)
    return world.found_cases


def _find_cases(world: World) -> list[Record]:
    threads: dict[Key, list[Record]] = defaultdict(list)
    inbound: dict[Key, list[Record]] = defaultdict(list)
    for r in world.counted:
        threads[r["platform"], r["site"], r["thread"]].append(r)
        for bank in world.inbound_to(r):
            inbound[r["platform"], r["site"], r["thread"], r["author_id"], bank].append(r)
    found = [_case(world, key, items, threads[key[:3]]) for key, items in inbound.items()]
    fakes = {r["id"] for r in impostors(world, found)}
    by_customer: dict[Key, list[Record]] = defaultdict(list)
    for case in found:
        by_customer[case["author"], case["bank"]].append(case)
    for case in found:
        case["repeated"] = any(case["topics"] & other["topics"] and timedelta(0) < other["opened"] - case["opened"] <= WEEK
                               for other in by_customer[case["author"], case["bank"]])
        case["peer"] = _peer(case, threads[case["key"][:3]], fakes)
    return found


def _case(world: World, key: Key, inbound: list[Record], thread: list[Record]) -> Record:
    platform, site, _, author_id, bank = key
    opened = inbound[0]["at"]
    later = [r for r in thread if r["at"] >= opened]
    messages = [r for r in later if r["official_of"] == bank and not bare(r) and r["reply"]["role"] in (*HUMAN, "automatic")
                and r["in_reply_to_author_id"] in (None, author_id)]
    human = [r for r in messages if r["reply"]["role"] in HUMAN]
    last = [r for r in later if r["author_id"] == author_id and not bare(r)][-1]
    told = [d for d in world.dispositions
            if (d["platform"], d["site"], d["conversation_id"], d["author_id"], d["bank_id"]) == key
            and instant(d["decided_at"]) <= world.as_of]
    outcomes, closed = {d["outcome"] for d in told}, min((max(opened, instant(d["decided_at"])) for d in told), default=None)
    thanked = last["reply"]["closing"] in ("thanks", "confirms") and bool(messages) and last["at"] >= messages[0]["at"]
    roles = {r["reply"]["role"] for r in messages}
    confirmed = thanked or "solved" in outcomes
    topics = {topic for r in inbound for topic in r["topics"]}
    level = ("confirmed" if confirmed else "answered" if roles & {"answer", "ask"} or outcomes & {"answered", "solved"}
             else "diverted" if "divert" in roles else "automatic" if roles else "silent")
    return {
        "key": key, "platform": platform, "author": (platform, site, author_id), "bank": bank, "opened": opened, "day": inbound[0]["day"],
        "inbound": len(inbound), "items": inbound, "bot": any(r["bot"] for r in inbound), "topics": topics,
        "negative": any((r["banks"].get(bank) or r["sentiment"]) == "negative" for r in inbound),
        "high": bool(topics & world.regulated) or any("fraud_report" in r["intents"] for r in inbound),
        "messages": len(messages), "answers": messages, "closing": last["reply"]["closing"], "final": messages[-1]["reply"]["role"] if messages else None,
        "answered_at": [r["at"] for r in human], "response": human[0]["at"] if human else None, "confirmed": confirmed, "level": level,
        "open": not human and not outcomes, "age": world.as_of - opened, "closed": closed, "waited": (closed or world.as_of) - opened,
        "staffed": _staffed(world, opened, human[0]["at"]) if human else None,
    }


def _peer(case: Record, thread: list[Record], fakes: set[str]) -> bool:
    """Another customer replied to the case's author, wanting nothing, before the bank or without it."""
    opener = thread[0]["author_id"] == case["key"][3]
    times = [r["at"] for r in thread
             if r["at"] >= case["opened"] and r["author_id"] not in (None, case["key"][3])
             and not (r["official_of"] or r["press"] or r["bot"] or bare(r) or r["id"] in fakes)
             and (r["reply"]["role"] == "answer" or not r["intents"])
             and (r["in_reply_to_author_id"] == case["key"][3] or (r["in_reply_to_author_id"] is None and opener))]
    return bool(times) and (case["response"] is None or min(times) < case["response"])


def _staffed(world: World, start: datetime, end: datetime) -> Fraction | None:
    """Seconds of [start, end] within opening hours, None where none are configured."""
    if not world.hours:
        return None
    total, day = timedelta(0), start.astimezone(world.zone).date()
    while day <= end.astimezone(world.zone).date():
        if day.isoweekday() in world.hours and day not in world.holidays:
            opens, closes = (datetime.combine(day, t, world.zone).astimezone(start.tzinfo) for t in world.hours[day.isoweekday()])
            total += max(timedelta(0), min(end, closes) - max(start, opens))
        day += timedelta(days=1)
    return seconds(total)


def impostors(world: World, found: list[Record]) -> list[Record]:
    """Items of look-alike accounts that answered a customer of the bank they look like, with `bank` and `account`."""
    fakes: dict[tuple[str, str], set[str]] = defaultdict(set)
    for r in world.counted:
        for h in r["handles"]:
            if h["status"] == "look_alike":
                fakes[r["platform"], h["handle"].lower()].add(h["looks_like"])
    opened: dict[Key, list[Record]] = defaultdict(list)
    for case in found:
        opened[(*case["key"][:3], case["bank"])].append(case)
    answers = []
    for r in world.counted:
        account = (r["platform"], (r["author_handle"] or "").lower())
        for bank in () if r["official_of"] or bare(r) else sorted(fakes.get(account, set())):
            if any(case["opened"] <= r["at"] and case["key"][3] != r["author_id"]
                   and r["in_reply_to_author_id"] in (None, case["key"][3])
                   for case in opened[r["platform"], r["site"], r["thread"], bank]):
                answers.append({**r, "bank": bank, "account": account})
    return answers


def _care(world: World, parts: dict[str, list[Record]]) -> dict[str, Any]:
    found, official, addressing = parts["cases"], parts["official"], parts["addressing"]
    old = [c for c in found if c["age"] >= world.window]
    answered = [c for c in found if c["response"]]
    attended = [c for c in found if c["messages"]]
    settled = [c for c in answered if c["age"] >= WEEK]
    negative = [c for c in old if c["negative"]]
    levels = {level: sum(c["level"] == level for c in negative) for level in LEVELS}
    shares = {
        "response_rate": (sum(bool(c["response"]) and c["response"] - c["opened"] <= world.window for c in old), len(old)),
        "in_channel_resolution": (sum(c["final"] == "answer" for c in attended), len(attended)),
        "confirmed_resolution": (sum(c["confirmed"] for c in attended), len(attended)),
        "canned_answer": (sum(r["canned"] for r in official), sum(r["human"] for r in official)),
        "repeat_contact": (sum(c["repeated"] for c in settled), len(settled)),
        "peer_answer": (sum(c["peer"] for c in found), len(found)),
        "handled_negative": (levels["answered"] + levels["confirmed"], len(negative)),
        "misdirected": (sum(world.misdirected(r, r["bank"]) for r in addressing), len(addressing)),
        "help_share": (sum(r["human"] or (r.get("official_kind") == "help" and not bare(r)) for r in official), len(official)),
    }
    row: dict[str, Any] = {
        "n": len(found), "case_count": len(found), "inbound_count": sum(c["inbound"] for c in found),
        "bot_likely_case_count": sum(c["bot"] for c in found), "censored_count": len(found) - len(old),
        "answered_count": len(answered), "impostor_count": len({r["account"] for r in parts["impostors"]}),
        "km_median_response_seconds": kaplan_meier_median(
            [(seconds(c["response"] - c["opened"]), True) if c["response"] else (seconds(c["waited"]), False) for c in found]),
        **{f"negative_handled_{level}_count": count for level, count in levels.items()},
    }
    for name, (k, n) in shares.items():
        row |= share(name, k, n, world.min_n)
    row |= _times("first_response_seconds", [seconds(c["response"] - c["opened"]) for c in answered])
    row |= _times("first_response_business_seconds", [c["staffed"] for c in answered if c["staffed"] is not None])
    return row | _backlog(found) | suppression({name: n for name, (_, n) in shares.items()}, world.min_n)


def _times(name: str, values: list[Fraction]) -> dict[str, float | None]:
    listed = [float(value) for value in values]
    return {f"{name}_average": mean(values), f"{name}_median": quantile(listed, 0.5), f"{name}_p90": quantile(listed, 0.9)}


def _backlog(found: list[Record]) -> dict[str, int]:
    """Open cases in all, by age and by priority."""
    waiting = [c for c in found if c["open"]]
    row, floor = {"unanswered_backlog_count": len(waiting)}, timedelta(0)
    for name, hours in AGES:
        row[f"unanswered_backlog_{name}_count"] = sum(floor <= c["age"] < timedelta(hours=hours) for c in waiting)
        floor = timedelta(hours=hours)
    return row | {"unanswered_backlog_older_count": sum(c["age"] >= floor for c in waiting),
                  "unanswered_backlog_high_priority_count": sum(c["high"] for c in waiting)}


__all__ = ["AGES", "LEVELS", "WANTS", "cases", "customer_care", "impostors", "official_items"]
