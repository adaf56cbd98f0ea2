"""Tables that hold mentions look their changed rows up by day and id: where a day's rows lie, and where a build that was cut off has left some."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
import yaml

from tests.marts.conftest import Built
from tests.marts.test_incremental import build
from warehouse.connection import connect
from warehouse.dbt import PROJECT, run_dbt
from warehouse.mart_changes import prepare

BY_DAY = ("dated_mentions", "strangers", "addressed_accounts", "addressing", "brand_mentions", "routing", "journey_moves")
MODELS = [model for path in sorted((PROJECT / "models").rglob("*.yml")) for model in yaml.safe_load(path.read_text("utf-8")).get("models", [])]
HOLDING = [model for model in MODELS if model.get("config", {}).get("meta", {}).get("scope") in BY_DAY]
# A customer's item that stands in as many of the tables as any does.
CHOSEN = """
select mention_id::text from marts_intermediate.int_journey_steps join marts_intermediate.int_inbound using (mention_id)
join marts_staging.stg_labels using (mention_id) order by 1 limit 1"""
EARLIER = "update core.mentions set event_at = event_at - interval '3 days', created_at = created_at - interval '3 days' where mention_id = %s"
DAYS = "select array_agg(distinct event_day order by event_day) from {} where mention_id = %s"


def days(url: str, mention_id: str) -> dict[str, Any]:
    """The event days on which each of the tables has the mention; None where it has none."""
    with psycopg.connect(url) as connection:
        tables = dict(connection.execute("select tablename, schemaname || '.' || tablename from pg_tables where schemaname ~ '^marts_(staging|intermediate|rows)$'").fetchall())
        found = {name: connection.execute(DAYS.format(tables[name]).encode(), (mention_id,)).fetchone() for name in (model["name"] for model in HOLDING)}
    return {name: row[0] for name, row in found.items() if row}


def test_a_mention_that_a_build_moved_before_it_was_cut_off_stands_on_its_new_day_alone(breakable: Built) -> None:
    """The killed build has moved it in stg_mentions and nowhere else; the next one finds it there, and what it left in the tables behind."""
    url, settings = breakable.url, breakable.settings
    with psycopg.connect(url) as connection:
        (mention_id,) = connection.execute(CHOSEN).fetchone() or ("",)
        before = days(url, mention_id)
        connection.execute(EARLIER, (mention_id,))
    with connect(url, autocommit=True) as connection:
        plan = prepare(connection, PROJECT, settings.now())
        run_dbt(settings, ["run", "--select", "+stg_mentions"], url=url, as_of=plan.as_of, partial=plan.partial)
    assert plan.partial
    assert build(settings, url)
    after = days(url, mention_id)
    (moved,) = after["stg_labels"]
    assert before["stg_labels"] != [moved]
    assert {name: found for name, found in after.items() if found not in (None, [moved])} == {}
    assert {name for name, found in after.items() if found} == {name for name, found in before.items() if found} != set()


@pytest.mark.parametrize("model", HOLDING, ids=lambda model: model["name"])
def test_a_table_that_is_rebuilt_by_day_and_id_has_an_index_that_begins_with_the_day(model: dict[str, Any]) -> None:
    """By an id alone, a hash, each of a day's rows would lie on another page of the index, of as many as the history has."""
    assert ["day_key"] in [index["columns"] for index in model["config"].get("indexes", [])]
