"""dim_place, mart_places and mart_nearest_atms a second time, in plain Python from truth records and the register."""

from __future__ import annotations

import hashlib
import math
from datetime import date
from typing import Any
from uuid import UUID

from tests.marts.reference import (
    Cells,
    Key,
    Record,
    World,
    author,
    bare,
    brand_mentions,
    difference,
    grouped,
    periods,
    share,
    suppression,
)
from tests.marts.reference_care import cases
from tests.marts.reference_product import earlier
from tests.marts.reference_topics import department, following, topics_of

RADIUS, CELL, SHOWN = 6_371_008.8, 0.25, 3
UNKNOWN: dict[str, Any] = {"bank_id": "none", "partner_of": [], "operators": [], "is_fee_free": None, "postcode": None, "source": "gazetteer"}


def named_cities(record: Record) -> set[str]:
    return {p["place_id"] for p in record.get("places", []) if p["kind"] == "city" and p["place_id"]}


def dim_place(world: World) -> Cells:
    """dim_place by place."""
    names, countries = _cities(world)
    rows: Cells = {("none",): {**UNKNOWN, "kind": "none", "name": "No known place", "city_id": "none", "city": None, "country": None,
                               "latitude": None, "longitude": None}}  # fmt: skip
    for p in world.places:
        rows[(p["place_id"],)] = {
            **UNKNOWN, "kind": p["kind"], "name": p["name"], "bank_id": p["bank_id"] or "none", "partner_of": p["partner_of"],
            "is_fee_free": p["is_fee_free"], "city_id": p["city_id"] or "none", "city": names.get(p["city_id"]), "country": p["country"],
            "latitude": p["latitude"], "longitude": p["longitude"], "source": "overpass"}  # fmt: skip
    for city in {p["city_id"] for p in world.places if p["city_id"]} | {city for r in world.counted for city in named_cities(r)}:
        latitude, longitude = middle(world, city) or (None, None)
        rows[(city,)] = {**UNKNOWN, "kind": "city", "name": names.get(city), "city_id": city, "city": names.get(city),
                         "country": countries.get(city), "latitude": latitude, "longitude": longitude}  # fmt: skip
    return rows


def _cities(world: World) -> tuple[dict[str, str], dict[str, str]]:
    """The names and countries of cities, by place."""
    known = world.city_names
    if known is None:  # as load_places gives them
        known = {p["city_id"]: (f"City {p['city_id']}", "DE") for p in world.places if p["city_id"]}
    return {city: name for city, (name, _) in known.items()}, {city: country for city, (_, country) in known.items()}


def middle(world: World, city: str) -> tuple[float, float] | None:
    there = [p for p in world.places if p["city_id"] == city]
    if not there:
        return None
    return sum(p["latitude"] for p in there) / len(there), sum(p["longitude"] for p in there) / len(there)


def places(world: World) -> Cells:
    """mart_places by (bank, kind, city, place, period_type, period_start)."""
    cells = grouped(brand_mentions(world), lambda r: [r["bank"]], lambda r: _spots(world, r), lambda r: periods(r["day"]))
    today = world.as_of.astimezone(world.zone).date()
    silent = {(bank, spot, (kind, following(kind, start))) for bank, spot, (kind, start) in cells}
    return {(bank, *spot, *period): _row(world, cells, (bank, spot, period), today)
            for bank, spot, period in set(cells) | {key for key in silent if key[2][1] <= today}}


def _spots(world: World, record: Record) -> set[tuple[str, str, str]]:
    found = set()
    for named in record.get("places", []):
        for city in named_cities(record) or {"none"} if named["kind"] in ("branch", "atm") else ():
            found |= {(kind, where, "all") for kind in (named["kind"], "all") for where in (city, "all")}
            known = [p["place_id"] for p in world.places
                     if (p["kind"], p["bank_id"], p["city_id"]) == (named["kind"], record["bank"], city)
                     and len(p["name"] or "") >= 4 and p["name"].lower() in named["text"].lower()]
            if len(known) == 1:
                found.add((named["kind"], city, known[0]))
    return found


def _row(world: World, cells: dict[Key, list[Record]], key: Key, today: date) -> dict[str, Any]:
    bank, spot, (kind, start) = key
    items, before = cells.get(key, []), cells.get((bank, spot, (kind, earlier(kind, start))), [])
    known = start > world.first_day
    troubled, troubled_before = sum(map(_trouble, items)), sum(map(_trouble, before))
    return {"is_period_over": following(kind, start) <= today, "n": len(items), "mention_count": len(items),
            "mention_count_without_bots": sum(not r["bot"] for r in items), "unique_authors": len({author(r) for r in items if r["author_id"]}),
            "trouble_count": troubled, **share("trouble", troubled, len(items), world.min_n, counts=False),
            "prior_mention_count": len(before) if known else None, "prior_trouble_count": troubled_before if known else None,
            "trouble_count_difference": troubled - troubled_before if known else None,
            **difference("trouble", (troubled, len(items)), (troubled_before, len(before)), world.min_n),
            **suppression({"trouble": len(items)}, world.min_n)}  # fmt: skip


def _trouble(record: Record) -> bool:
    return record["towards"] == "negative" or bool(not bare(record) and {"complaint", "fraud_report"} & set(record["intents"]))


def nearest_atms(world: World) -> Cells:
    """mart_nearest_atms by (case, relation, rank)."""
    found: Cells = {}
    for case in cases(world):
        where = _where(world, case) if case["open"] else None
        for relation in ("own", "partner") if where else ():
            basis, point = where
            near = sorted((_metres(point, (p["latitude"], p["longitude"])), p["place_id"]) for p in world.places
                          if p["kind"] == "atm" and _serves(p, case["bank"], relation) and _beside(point, (p["latitude"], p["longitude"])))
            for rank, (metres, place) in enumerate(near[:SHOWN], 1):
                found[_case_id(case), relation, rank] = {**_keys(world, case), "place_basis": basis, "place_id": place, "distance_metres": round(metres)}
    return found


def _where(world: World, case: Record) -> tuple[str, tuple[float, float]] | None:
    for r in reversed(case["items"]):
        if r.get("latitude") is not None:
            return "coordinates", (r["latitude"], r["longitude"])
    cities = {city for r in case["items"] for city in named_cities(r)}
    point = middle(world, next(iter(cities))) if len(cities) == 1 else None
    return ("city", point) if point else None


def _serves(place: dict[str, Any], bank: str, relation: str) -> bool:
    if relation == "own":
        return bool(place["bank_id"] == bank)
    return bank in place["partner_of"] and place["is_fee_free"] is not False


def _beside(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return all(abs(math.floor(a / CELL) - math.floor(b / CELL)) <= 1 for a, b in zip(one, other, strict=True))


def _metres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """The angle between two unit vectors, by their chord."""
    a, b = (
        (math.cos(north) * math.cos(east), math.cos(north) * math.sin(east), math.sin(north))
        for north, east in (tuple(map(math.radians, p)) for p in (one, other))
    )
    return 2 * RADIUS * math.asin(math.dist(a, b) / 2)


def _keys(world: World, case: Record) -> dict[str, Any]:
    topic = topics_of(world, case["items"][0])[0]
    return {"bank_id": case["bank"], "main_topic_id": topic, "department_id": department(world, topic)}


def _case_id(case: Record) -> UUID:
    return UUID(hashlib.md5("\x1f".join(case["key"]).encode()).hexdigest())
