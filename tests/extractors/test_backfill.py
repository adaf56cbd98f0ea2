"""A past read beside the cursor: the same rows as one run, whatever the intervals, and resumable; and what it would take."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import responses

from extractors.backfill import estimate
from extractors.registry import PLATFORMS
from extractors.run import extract
from settings import Settings
from settings.models import Sources
from tests.extractors.worlds import END, START, TOKEN, WORLDS, World
from warehouse import landing_queue
from warehouse.connection import connect
from warehouse.landing import Landing

MIDDLE = START + timedelta(hours=11, minutes=30)


@pytest.fixture(params=sorted(PLATFORMS))
def world(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Any:
    contract = PLATFORMS[request.param].CONTRACT
    for position, name in enumerate(contract.secrets):
        monkeypatch.setenv(name, TOKEN if position == 0 else f"{TOKEN}-{name}")
    monkeypatch.setenv("RENOWN_RATE_FACTOR", "1000000")
    made = WORLDS[request.param]()
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        made.serve(mock)
        yield made


def configured(settings: Settings, world: World) -> Settings:
    return settings.model_copy(update={"sources": Sources(sources=[world.source]), "as_of": END})


def landed(url: str) -> list[tuple[Any, ...]]:
    with connect(url) as connection:
        statement = "select kind, native_id, version, text, created_at, parent_id from core.mentions order by 1, 2, 3"
        return connection.execute(statement.encode()).fetchall()


def streams(url: str) -> list[str]:
    with connect(url) as connection:
        return [row[0] for row in connection.execute("select stream from raw.cursors where stream <> 'query/' order by 1")]


def test_intervals_give_the_rows_of_one_run(settings: Settings, warehouse_url: str, world: World) -> None:
    """Two backfills whose intervals meet, then the ordinary run: every item once, and the cursor stands where it would."""
    given, name = configured(settings, world), world.source.id
    for between in ((START, MIDDLE), (MIDDLE, END)):
        assert extract(given, name, url=warehouse_url, mode="backfill", between=between)["status"] == "success"
    assert streams(warehouse_url) == [], "a backfill leaves no cursor"
    rows = landed(warehouse_url)
    assert {(row[0], row[1]) for row in rows} == world.keys()
    assert len(rows) == len(world.keys())
    extract(given, name, url=warehouse_url)
    assert landed(warehouse_url) == rows


def test_a_backfill_that_died_goes_on(
    settings: Settings, warehouse_url: str, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    given, name, whole = configured(settings, world), world.source.id, Landing._land
    left = [2]

    def mortal(self: Landing, *given: Any, **named: Any) -> Any:
        if not left[0]:
            raise KeyboardInterrupt
        left[0] -= 1
        return whole(self, *given, **named)

    monkeypatch.setattr(Landing, "_land", mortal)
    monkeypatch.setattr(landing_queue, "GROUP", 1)  # a page a transaction
    with pytest.raises(KeyboardInterrupt):
        extract(given, name, url=warehouse_url, mode="backfill", between=(START, END))
    monkeypatch.setattr(Landing, "_land", whole)
    extract(given, name, url=warehouse_url, mode="backfill", between=(START, END))
    assert {(row[0], row[1]) for row in landed(warehouse_url)} == world.keys()


def test_an_estimate_by_the_sources_own_rate(settings: Settings, warehouse_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RENOWN_VK_TOKEN", TOKEN)
    monkeypatch.setenv("RENOWN_RATE_FACTOR", "1000000")
    world = WORLDS["vk"]()
    world.total = 49  # one an hour: from hour 1 to hour 49 there are two days
    given = settings.model_copy(update={"sources": Sources(sources=[world.source]), "as_of": START + timedelta(days=3)})
    unknown = estimate(given, world.source.id, (START, START + timedelta(days=10)), url=warehouse_url)
    assert (unknown.days, unknown.items, unknown.requests, unknown.seconds) == (10, None, None, None)
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        world.serve(mock)
        extract(given, world.source.id, url=warehouse_url)
    found = estimate(given, world.source.id, (START, START + timedelta(days=10)), url=warehouse_url)
    assert found.items == 245, "49 items in 48 hours, ten days"
    assert found.requests == 50, "five a page, and the last one"
    assert found.seconds == pytest.approx(50 / 1000)
