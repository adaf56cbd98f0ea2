"""Load the sandbox's truth as human labels, build the marts again, and hold every cell against the reference."""

from __future__ import annotations

from typing import Any

from settings import Settings
from tests.marts.compare import differences, world_of
from tests.marts.loader import load_labels
from tests.marts.reference import mention_id
from warehouse.connection import connect
from warehouse.dbt import build_marts

# What they count comes from looks, registers, models' figures and labels that the truth has none of; random histories hold them.
NOT_IN_TRUTH = frozenset({"fct_engagement", "mart_pii_exposures", "mart_nlp_quality", "dim_place", "mart_places", "mart_nearest_atms", "mart_journey",
                          "mart_journey_paths", "mart_page_health", "mart_emerging_topics"})
QUALITY = """
select label, language, bank_id, max(value) filter (where metric = 'se_' || label), max(n) filter (where metric = 'se_' || label),
       max(value) filter (where metric = 'sp_' || label), max(n) filter (where metric = 'sp_' || label)
from nlp.evaluations cross join (values ('negative'), ('positive')) as labels (label)
where metric in ('se_' || label, 'sp_' || label) group by label, language, bank_id
"""


def truth_differences(settings: Settings, url: str, items: list[dict[str, Any]]) -> list[str]:
    """What differs between the marts under the truth's labels and the reference ([] when nothing does); changes the warehouse."""
    with connect(url) as connection:
        arrived = {row[0].hex for row in connection.execute("select mention_id from core.mentions")}
        load_labels(connection, [item for item in items if mention_id(item) in arrived])
        quality = {row[:3]: row[3:] for row in connection.execute(QUALITY)}
    build_marts(settings, url)
    return differences(url, world_of(settings, items, quality=quality), NOT_IN_TRUTH)
