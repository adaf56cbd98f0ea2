"""mart_misdirected a second time, in plain Python from truth records."""

from __future__ import annotations

from typing import Any

from tests.marts.reference import Cells, Key, Record, World, author, brand_mentions, grouped, periods, share, suppression

STRANGER = ("not_official", "unnamed", "none")
EVERYTHING = ("all", "all", "all")


def misdirected(world: World) -> Cells:
    """mart_misdirected by (bank, account kind, account, its bank, platform, period_type, period_start)."""
    items = [r for r in brand_mentions(world) if world.addresses_any(r)]
    wholes = grouped(items, lambda r: [r["bank"]], lambda r: [r["platform"], "all"], lambda r: periods(r["day"]))
    cells = grouped(items, lambda r: [r["bank"]], lambda r: _astray(world, r), lambda r: [r["platform"], "all"],
                    lambda r: periods(r["day"]))
    return {(bank, *account, platform, *period): _misdirected(world, found, wholes[bank, platform, period])
            for (bank, account, platform, period), found in cells.items()}


def _astray(world: World, record: Record) -> set[Key]:
    """Accounts that the item takes for the bank's."""
    found: set[Key] = set()
    if world.misdirected(record, record["bank"]):
        found = {EVERYTHING} | {("other_bank", account, bank) for account, bank in _accounts(world, record)}
        found |= {STRANGER} if world.names_stranger(record) else set()
        found |= {("look_alike", h["handle"].lower(), h["looks_like"]) for h in record["handles"] if h["status"] == "look_alike"}
    return found


def _accounts(world: World, record: Record) -> set[tuple[str, str]]:
    """(account, bank) of every bank's account that the item names, lies on, or answers."""
    found = {(h["handle"].lower(), h["bank_id"]) for h in record["handles"] if h["status"] == "official"}
    page = world.pages.get((record["platform"], record["page_id"]))
    answered = (record["platform"], record["site"], record["in_reply_to_author_id"])
    found |= {(record["page_id"].lower(), page)} if page else set()
    found |= {(_handle(world, answered), world.official_ids[answered])} if answered in world.official_ids else set()
    return found


def _handle(world: World, account: Key) -> str:
    return str(next(r["author_handle"].lower() for r in world.records if (r["platform"], r["site"], r["author_id"]) == account))


def _misdirected(world: World, found: list[Record], whole: list[Record]) -> dict[str, Any]:
    return {"n": len(whole), "negative_count": sum(r["towards"] == "negative" for r in found),
            "unique_authors": len({author(r) for r in found if r["author_id"]}),
            **share("share_of_addressing", len(found), len(whole), world.min_n),
            **suppression({"share_of_addressing": len(whole)}, world.min_n)}
