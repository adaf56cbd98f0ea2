"""What changed since the last build is rebuilt, and nothing else; the result is the one of a whole build, row for row."""

from __future__ import annotations

import random
from datetime import timedelta

import psycopg
import pytest

from settings import Settings
from tests.marts import loads
from tests.marts.compare import fill
from tests.marts.conftest import Built, history
from warehouse.connection import connect
from warehouse.dbt import PROJECT, run_dbt
from warehouse.mart_changes import finish, prepare

SCHEMAS = ("marts_staging", "marts_intermediate", "marts_rows", "marts", "marts_changes")
# One post is deleted on the way: neither its text nor its author's name nor its address may stand anywhere then.
CANARY = """update core.mentions set text = 'canary', author_handle = 'canary', url = 'https://canary.example', page_id = 'canary'
where mention_id = (select min(mention_id::text)::uuid from core.mentions)"""
HIDE = "insert into core.deletions (mention_id, observed_at, basis) select mention_id, now(), 'page' from core.mentions where url = 'https://canary.example' on conflict do nothing"

# A platform that never told who deletes does so for the first time, of an old item: a column of all its care cells is known from then on.
FIRST_TOLD = """
with told as (
    insert into core.mentions (mention_id, version, platform, site, kind, native_id, source_id, text, created_at, event_at, event_at_basis, content_sha256,
        payload_sha256, batch_id, first_seen_at)
    select core.mention_id('nodebb', 'told', 'post', '1'), 1, 'nodebb', 'told', 'post', '1', source_id, '', created_at, event_at, event_at_basis, '', '', batch_id, event_at
    from core.mentions order by event_at limit 1 returning mention_id
)
insert into core.deletions (mention_id, observed_at, basis) select mention_id, %(as_of)s, 'page' from told"""


def content(url: str) -> dict[str, list[str]]:
    """Every row of every table that dbt makes."""
    with psycopg.connect(url) as connection:
        tables = connection.execute("select schemaname || '.' || tablename from pg_tables where schemaname = any(%s) order by 1", (list(SCHEMAS),)).fetchall()
        return {table: sorted(row[0] for row in connection.execute(f"select t::text from {table} as t".encode())) for (table,) in tables}


def build(settings: Settings, url: str, *, whole: bool = False, only: str = "") -> bool:
    """The models (or those that `only` selects) without their tests; whether the build was partial."""
    with connect(url, autocommit=True) as connection:
        plan = prepare(connection, PROJECT, settings.now(), whole=whole)
        run_dbt(settings, ["run", *(["--select", only] if only else [])], url=url, as_of=plan.as_of, partial=plan.partial)
        finish(connection, PROJECT, plan)
        return plan.partial


def killed_build(settings: Settings, url: str) -> None:
    """A partial build that ends after some of its models, as a killed one does."""
    with connect(url, autocommit=True) as connection:
        plan = prepare(connection, PROJECT, settings.now())
        run_dbt(settings, ["run", "--select", "+fct_brand_mentions"], url=url, as_of=plan.as_of, partial=plan.partial)


def equals_a_whole_build(settings: Settings, url: str, happened: list[list[str]]) -> None:
    """Hold every table against a whole build of the same clock; nothing of what was deleted stands in one of them."""
    partial = content(url)
    assert [table for table, rows in partial.items() if "canary" in "".join(rows)] == []
    assert not build(settings, url, whole=True)
    whole = {table: rows for table, rows in content(url).items() if not table.startswith("marts_changes.")}
    differing = {t: (sorted(set(partial[t]) - set(rows))[:3], sorted(set(rows) - set(partial[t]))[:3]) for t, rows in whole.items() if rows != partial[t]}
    assert differing == {}, happened


def test_waves_of_loads_equal_a_whole_build(breakable: Built) -> None:
    """Two fifths of a built history go, some come back, and every kind of change happens, while the clock goes on; then it goes on with next to nothing."""
    url, rng = breakable.url, random.Random(1)
    settings = breakable.settings.model_copy(update={"as_of": breakable.settings.now() + timedelta(hours=9)})
    with psycopg.connect(url) as connection:
        connection.execute(CANARY.encode())
        loads.hold_back(connection, rng)
        happened = loads.wave(connection, rng, settings.now(), kinds=len(loads.CHANGES))
        connection.execute(HIDE.encode())
    assert build(settings, url)
    settings = settings.model_copy(update={"as_of": settings.now() + timedelta(hours=59)})
    with psycopg.connect(url) as connection:
        connection.execute(FIRST_TOLD.encode(), {"as_of": settings.now()})
    assert build(settings, url)
    equals_a_whole_build(settings, url, [happened])


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("seed", range(2, 10))
def test_more_waves_equal_a_whole_build(seed: int, settings: Settings, warehouse_url: str) -> None:
    """Three waves, each built partially, one of them after a build that was killed."""
    settings, world = history(seed, settings)
    clock, rng, happened = settings.now(), random.Random(seed), []
    fill(warehouse_url, settings, world)
    with psycopg.connect(warehouse_url) as connection:
        loads.hold_back(connection, rng)
        connection.execute(CANARY.encode())
    assert not build(settings.model_copy(update={"as_of": clock - timedelta(hours=40)}), warehouse_url)
    for hours in (34, 17, 0):
        settings = settings.model_copy(update={"as_of": clock - timedelta(hours=hours)})
        with psycopg.connect(warehouse_url) as connection:
            happened.append(loads.wave(connection, rng, settings.now()))
        if hours == 17:
            killed_build(settings, warehouse_url)
            with psycopg.connect(warehouse_url) as connection:
                happened.append(loads.wave(connection, rng, settings.now()))
                connection.execute(HIDE.encode())
        assert build(settings, warehouse_url)
    equals_a_whole_build(settings, warehouse_url, happened)


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("seed", range(20, 26))
def test_a_trickle_of_changes_equals_a_whole_build(seed: int, settings: Settings, warehouse_url: str) -> None:
    """Eight times one or two items change, while the clock goes on by up to four days: what a wave would rebuild by accident has to be in a scope."""
    settings, world = history(seed, settings)
    clock, rng, happened = settings.now() - timedelta(days=20), random.Random(seed), []
    fill(warehouse_url, settings, world)
    with psycopg.connect(warehouse_url) as connection:
        loads.hold_back(connection, rng, 0.2)
        connection.execute(CANARY.encode())
        connection.execute(HIDE.encode())
    assert not build(settings.model_copy(update={"as_of": clock}), warehouse_url)
    for _ in range(8):
        clock += timedelta(hours=rng.choice((0, 1, 20, 30, 100)))
        settings = settings.model_copy(update={"as_of": clock})
        with psycopg.connect(warehouse_url) as connection:
            happened.append(loads.trickle(connection, rng, clock))
        assert build(settings, warehouse_url)
    equals_a_whole_build(settings, warehouse_url, happened)
