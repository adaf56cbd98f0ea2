"""The truth about the world, written before anything is served: one line an item, and the totals and cases.

    World ──► lines (truth.jsonl) ──► totals, cases by the definitions of docs/contracts.md (truth.json)
"""

from __future__ import annotations

import json
import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from sandbox.experience import journey, personal_data, places
from sandbox.world import crisis
from sandbox.world.acts import ACTS
from sandbox.world.model import CLOCK_END, CLOCK_START, Item, World, iso

INBOUND_INTENTS = frozenset({"complaint", "question", "request", "fraud_report"})
OUTBOUND_INTENTS = frozenset({"news", "promotion"})
HUMAN_ROLES = frozenset({"answer", "ask", "divert"})


def in_event_order(world: World) -> list[Item]:
    """All items by stated moment, then platform and number."""
    return sorted(world.items, key=lambda item: (item.event_at, item.platform, item.number, item.kind))


def expected(item: Item) -> bool:
    """Whether a complete extraction must show the item in marts.fct_mentions."""
    return not item.deleted and not item.quarantined


def handle_labels(world: World, item: Item) -> list[dict[str, str | None]]:
    """What each addressed handle is: official (of the bank `bank_id`), look_alike (of `looks_like`) or unknown."""
    labels: list[dict[str, str | None]] = []
    for handle in item.mentions:
        account = world.by_handle.get((item.platform, handle.lower()))
        owner = account.official_of if account else None
        looks_like = account.looks_like if account else None
        status = "official" if owner else "look_alike" if looks_like else "unknown"
        labels.append({"handle": handle, "status": status, "bank_id": owner, "looks_like": looks_like})
    return labels


def line(world: World, item: Item) -> dict[str, Any]:
    """One item's truth; None where the platform does not offer a field."""
    author, answered = item.author, item.answered_author
    return {
        "platform": item.platform, "site": item.site, "kind": item.kind, "native_id": item.native_id,
        "event_at": iso(item.event_at), "act": item.act,
        "author_id": author.account_id if author else None, "author_handle": author.handle if author else None,
        "author_followers": followers(item), "official_of": item.official_of,
        "press": item.platform == "rss" or bool(author and author.press), "page_id": item.page_id,
        "conversation_id": item.conversation_id, "in_reply_to_author_id": answered.account_id if answered else None,
        "repost_of_id": item.repost_of.native_id if item.repost_of else None,
        "mentions": item.mentions, "handles": handle_labels(world, item) if item.mentions else [],
        "engagement": item.engagement, "edited": item.edited_at is not None, "deleted": item.deleted,
        "quarantined": item.quarantined, "language": item.language, "banks": item.banks, "sentiment": item.sentiment,
        "topics": list(item.topics), "intents": list(item.intents),
        "reply": {"role": item.role, "closing": item.closing},
        "official_kind": ACTS[item.act].official_kind if item.official_of else None,
        "bot": bool(author and author.bot), "story": item.story,
        "journey": journey(item), "places": places(item), "pii": personal_data(item), "page_followers": item.page_followers,
        "plan": {"answers": item.answers.native_id if item.answers else None},
    }  # fmt: skip


def followers(item: Item) -> int | None:
    """Followers of the author where the platform tells them: not on forums, not in feeds."""
    return item.author.followers if item.author and item.platform in ("x", "vk", "weibo") else None


# -- cases, by the definitions --------------------------------------------------------------------------------------
def bare(item: Item) -> bool:
    """Whether it is a repost that holds nothing but its original (docs/reposts.md): of all served platforms, X alone has such."""
    return item.platform == "x" and item.repost_of is not None


def addressed_banks(world: World, item: Item) -> set[str]:
    """Banks whose handle the item mentions, on whose page it lies, or whose account it answers; a bare repost addresses nobody."""
    if bare(item):
        return set()
    official = {handle["bank_id"] for handle in handle_labels(world, item) if handle["bank_id"]}
    if item.page and item.page.official_of:
        official.add(item.page.official_of)
    answered = item.answered_author
    if answered and answered.official_of:
        official.add(answered.official_of)
    return {str(bank) for bank in official}


def misdirected_about(world: World, item: Item) -> set[str]:
    """Banks that the item speaks about while it addresses only others' handles or pages, look-alikes, or handles of nobody's.

    The handle of the author whom it answers is no address: platforms put it there by themselves, as they do with the original's author in a bare repost.
    """
    if bare(item):
        return set()
    addressed = addressed_banks(world, item)
    answered = item.answered_author.handle.lower() if item.answered_author else None
    astray = bool(addressed) or any(
        handle["status"] == "look_alike" or (handle["status"] == "unknown" and str(handle["handle"]).lower() != answered)
        for handle in handle_labels(world, item)
    )
    return {bank for bank in item.banks if astray and bank not in addressed}


def inbound_banks(world: World, item: Item) -> set[str]:
    """Banks for which the item is a customer's call, by docs/contracts.md."""
    author = item.author
    if author is None or author.official_of or author.press or bare(item) or OUTBOUND_INTENTS & set(item.intents):
        return set()
    called = addressed_banks(world, item)
    if INBOUND_INTENTS & set(item.intents):
        called |= set(item.banks)
    return called - misdirected_about(world, item)


def cases(world: World) -> list[dict[str, Any]]:
    """Every case with its opening and its first human answer, by opening."""
    calls: dict[tuple[str, str, str, str, str], list[Item]] = defaultdict(list)
    official: dict[tuple[str, str | None, str], list[Item]] = defaultdict(list)
    for item in filter(expected, in_event_order(world)):
        conversation = item.conversation_id or item.native_id
        if item.official_of and not bare(item):
            official[item.platform, conversation, item.official_of].append(item)
        for bank in sorted(inbound_banks(world, item)):
            author = item.author.account_id if item.author else ""
            calls[item.platform, item.site, bank, conversation, author].append(item)
    found = [_case(key, items, official[key[0], key[3], key[2]]) for key, items in calls.items()]
    return sorted(found, key=lambda case: (case["opened_at"], case["platform"], case["conversation_id"], case["bank"]))


def _case(key: tuple[str, str, str, str, str], calls: Sequence[Item], official: Sequence[Item]) -> dict[str, Any]:
    platform, site, bank, conversation, author = key
    opened = calls[0].event_at
    replies = [
        item for item in official
        if item.event_at >= opened and item.role != "none"
        and (item.answered_author is None or item.answered_author.account_id == author)
    ]  # fmt: skip
    human = [item for item in replies if item.role in HUMAN_ROLES]
    automatic = [item for item in replies if item.role == "automatic"]
    return {
        "platform": platform, "site": site, "bank": bank, "conversation_id": conversation, "author_id": author,
        "opened_at": iso(opened), "opened_by": calls[0].native_id,
        "first_human_response_at": iso(human[0].event_at) if human else None,
        "first_automatic_response_at": iso(automatic[0].event_at) if automatic else None,
        "final_role": replies[-1].role if replies else None, "closing": calls[-1].closing,
        "inbound_count": len(calls), "official_count": len(replies),
    }  # fmt: skip


# -- the two files ---------------------------------------------------------------------------------------------------
def summary(world: World) -> dict[str, Any]:
    """Seed, clock, crisis, totals (counts of expected mentions by platform and language) and cases."""
    shown = [item for item in world.items if expected(item)]
    return {
        "seed": world.seed, "scale": world.scale, "home": world.home,
        "clock": {"start": iso(CLOCK_START), "end": iso(CLOCK_END)},
        "crisis": {
            "bank": world.home, "topics": list(crisis.TOPICS), "starts_at": iso(world.crisis_starts_at),
            "ends_at": iso(world.crisis_ends_at),
        },
        "totals": {
            "items": len(world.items), "deleted": sum(item.deleted for item in world.items),
            "quarantined": sum(item.quarantined for item in world.items), "expected_mentions": len(shown),
            "by_platform": _counts(item.platform for item in shown),
            "by_language": _counts(item.language for item in shown),
            "by_bank": _counts(bank for item in shown for bank in item.banks),
        },
        "cases": cases(world),
    }  # fmt: skip


def _counts(names: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(names).items()))


def write_truth(world: World, folder: Path) -> None:
    """Write truth.jsonl, then truth.json, each under its name only when it is complete."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = (json.dumps(line(world, item), ensure_ascii=False) + "\n" for item in in_event_order(world))
    _write(folder / "truth.jsonl", lines)
    _write(folder / "truth.json", [json.dumps(summary(world), ensure_ascii=False, indent=1) + "\n"])


def _write(path: Path, parts: Iterable[str]) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with draft.open("w", encoding="utf-8") as file:
        file.writelines(parts)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
