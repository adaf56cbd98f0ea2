"""Load the sandbox's truth as human labels, build the marts again, and hold every cell against the reference."""

from __future__ import annotations

from typing import Any

from sandbox.experience import CITIES
from settings import Settings
from tests.marts.compare import differences, world_of
from tests.marts.loader import load_labels, load_places
from tests.marts.reference import mention_id
from warehouse.connection import connect
from warehouse.dbt import build_marts

# Measured on data sets and found by clustering: no sandbox knows what they should be.
NOT_IN_TRUTH = frozenset({"mart_nlp_quality", "mart_emerging_topics"})
LOOKED = """
select mention_id, max(e.observed_at) from core.current_mentions left join core.engagement as e using (mention_id) group by mention_id"""
QUALITY = """
select label, language, bank_id, max(value) filter (where metric = 'se_' || label), max(n) filter (where metric = 'se_' || label),
       max(value) filter (where metric = 'sp_' || label), max(n) filter (where metric = 'sp_' || label)
from nlp.evaluations cross join (values ('negative'), ('positive')) as labels (label)
where metric in ('se_' || label, 'sp_' || label) group by label, language, bank_id
"""


def truth_differences(settings: Settings, url: str, items: list[dict[str, Any]]) -> list[str]:
    """What differs between the marts under the truth's labels, with a register of places of its own, and the reference ([] when nothing
    does); changes the warehouse."""
    with connect(url) as connection:
        looked = {row[0].hex: row[1] for row in connection.execute(LOOKED)}
        load_labels(connection, [item for item in items if mention_id(item) in looked])
        connection.execute("delete from core.places")  # what a home has read: the truth's own register stands in its place
        load_places(connection, register := places_register(settings))
        names = {row[0]: row[1:] for row in connection.execute("select place_id, name, country from nlp.place_names")}
        quality = {row[:3]: row[3:] for row in connection.execute(QUALITY)}
    build_marts(settings, url)
    seen = [item | {"observed_at": at.isoformat()} if (at := looked.get(mention_id(item))) else item for item in items]
    return differences(url, world_of(settings, seen, quality=quality, places=register, city_names=names), NOT_IN_TRUTH)


def places_register(settings: Settings) -> list[dict[str, Any]]:
    """Two ATMs and a branch of each bank in every city of the sandbox's texts, some kilometres apart; in every third city ATMs serve another bank too."""
    banks = [bank.id for bank in settings.banks.banks]
    return [
        {"place_id": f"{bank}-{number}-{kind}-{n}", "kind": kind, "bank_id": bank, "partner_of": [banks[place - 1]] if n and city % 3 == 0 else [],
         "name": f"{kind.upper()} {name} {n}", "city_id": f"geonames:{number}", "country": "XX",
         "latitude": round(20 + city * 0.9 + place * 0.013 + n * 0.004, 6), "longitude": round(city * 1.7 + place * 0.011 - n * 0.006, 6),
         "is_fee_free": (None, True, False)[(city + place) % 3]}
        for city, (name, (number, _)) in enumerate(CITIES.items()) for place, bank in enumerate(banks) for kind, n in (("branch", 0), ("atm", 1), ("atm", 2))
    ]  # fmt: skip
