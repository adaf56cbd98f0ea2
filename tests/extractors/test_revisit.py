"""Looking again: what a mark makes due, what is found changed or gone, and what a compliance feed says."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import responses

from extractors.base import Key, Page, Reading, Tombstone
from extractors.registry import platform
from extractors.revisit import MARKS, comply, revisit
from extractors.run import extract
from settings import Settings
from settings.models import Sources
from tests.extractors.worlds import END, TOKEN, WORLDS, PlotWorld, World
from warehouse.connection import connect

SECRETS = ("RENOWN_REDDIT_CLIENT_ID", "RENOWN_REDDIT_CLIENT_SECRET", "RENOWN_X_TOKEN")


def rows(url: str, query: str) -> list[tuple[Any, ...]]:
    with connect(url) as connection:
        return connection.execute(query.encode()).fetchall()


def at(settings: Settings, world: World, **back: float) -> Settings:
    """The world's source, at a moment before END."""
    given = {"as_of": END - timedelta(**back), "sources": Sources(sources=[world.source])}
    return settings.model_copy(update=given)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Any:
    for name in SECRETS:
        monkeypatch.setenv(name, TOKEN)
    monkeypatch.setenv("RENOWN_RATE_FACTOR", "1000000")
    made = WORLDS["wordpress"]()
    assert isinstance(made, PlotWorld)
    made.late = {n: END - timedelta(hours=4, minutes=n) for n in range(1, made.total + 1)}
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        made.serve(mock)
        yield made


def test_each_mark_is_looked_at_once(settings: Settings, warehouse_url: str, world: PlotWorld) -> None:
    """Written about four hours before END and first read 3.5 hours before it: the marks of 1 h, then 6 h, then 1 d come due in turn."""
    name = world.source.id
    extract(at(settings, world, hours=3, minutes=30), name, url=warehouse_url)
    assert revisit(at(settings, world, hours=3, minutes=25), name, url=warehouse_url) is None, "no mark has passed"
    looked = revisit(at(settings, world, hours=2, minutes=30), name, url=warehouse_url)
    assert looked is not None
    assert looked["items_returned"] == world.total
    assert rows(warehouse_url, "select count(*) from raw.visits") == [(world.total,)]
    assert revisit(at(settings, world, hours=2, minutes=20), name, url=warehouse_url) is None, "the same mark twice"
    assert revisit(at(settings, world, hours=-3), name, url=warehouse_url) is not None
    assert revisit(at(settings, world, hours=-3, minutes=-1), name, url=warehouse_url) is None
    assert revisit(at(settings, world, days=-30), name, url=warehouse_url) is None, "past the last mark"
    assert rows(warehouse_url, "select distinct mode from raw.batches order by 1") == [("incremental",), ("revisit",)]


def test_edits_and_deletions_are_found(settings: Settings, warehouse_url: str, world: PlotWorld) -> None:
    extract(at(settings, world, hours=3, minutes=30), world.source.id, url=warehouse_url)
    before = len(rows(warehouse_url, "select 1 from core.current_mentions"))
    world.edited[3] = int((END - timedelta(hours=3)).timestamp())
    world.gone[4] = "platform"
    revisit(at(settings, world, hours=2), world.source.id, url=warehouse_url)
    key = world.key(3)
    versions = rows(warehouse_url, f"select version from core.mentions where kind = '{key[0]}' and native_id = '{key[1]}' order by 1")
    assert versions == [(1,), (2,)]
    shown = {tuple(row) for row in rows(warehouse_url, "select kind, native_id from core.current_mentions")}
    assert world.key(4) not in shown
    assert len(shown) >= before - 2, "what answers it may go with it, nothing else"
    world.gone.clear()
    extract(at(settings, world, hours=1), world.source.id, url=warehouse_url)
    with_it_back = revisit(at(settings, world, hours=-4), world.source.id, url=warehouse_url)
    assert with_it_back is not None


def test_what_its_list_lacks_is_gone_until_it_comes_back(
    settings: Settings, warehouse_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RENOWN_RATE_FACTOR", "1000000")
    reviews = WORLDS["review_site"]()
    assert isinstance(reviews, PlotWorld)
    reviews.late = {n: END - timedelta(hours=90 - 2 * n) for n in range(1, reviews.total + 1)}
    hidden = "select m.native_id from core.mentions m where not exists (select 1 from core.current_mentions c where c.mention_id = m.mention_id)"
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        reviews.serve(mock)
        extract(at(settings, reviews, hours=40), reviews.source.id, url=warehouse_url)
        reviews.gone[22] = "platform"
        revisit(at(settings, reviews, hours=5), reviews.source.id, url=warehouse_url)
        assert rows(warehouse_url, hidden) == [("r22",)]
        reviews.gone.clear()
        extract(at(settings, reviews, hours=4), reviews.source.id, url=warehouse_url)
        assert rows(warehouse_url, hidden) == []


def test_a_tombstone_is_taken_back_when_the_item_lives(settings: Settings, warehouse_url: str, world: PlotWorld) -> None:
    extract(at(settings, world, hours=3, minutes=30), world.source.id, url=warehouse_url)
    world.gone[3] = "platform"
    revisit(at(settings, world, hours=2), world.source.id, url=warehouse_url)
    world.gone.clear()
    world.edited[3] = int((END - timedelta(hours=1)).timestamp())
    extract(at(settings, world, minutes=30), world.source.id, url=warehouse_url)
    assert world.key(3) in {tuple(row) for row in rows(warehouse_url, "select kind, native_id from core.current_mentions")}


def test_a_limit_takes_the_youngest(settings: Settings, warehouse_url: str, world: PlotWorld) -> None:
    given = at(settings, world, hours=3, minutes=30)
    extract(given, world.source.id, url=warehouse_url)
    limited = world.source.model_copy(update={"options": {**world.source.options, "revisit_limit": 5}})
    later = given.model_copy(update={"as_of": END - timedelta(hours=2), "sources": Sources(sources=[limited])})
    revisit(later, limited.id, url=warehouse_url)
    assert rows(warehouse_url, "select count(*) from raw.visits") == [(5,)]
    newest = rows(warehouse_url, "select mention_id from core.current_mentions order by event_at desc, mention_id limit 5")
    assert set(rows(warehouse_url, "select mention_id from raw.visits")) == set(newest)


def test_compliance_keeps_the_reason(
    settings: Settings, warehouse_url: str, world: PlotWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    extract(at(settings, world, hours=3), world.source.id, url=warehouse_url)
    asked: list[str] = []

    def feed(reading: Reading, keys: list[Key]) -> Any:
        asked.extend(key.native_id for key in keys)
        yield Page([], gone=[Tombstone(keys[0].native_id, keys[0].kind, "compliance", END, "suspended")])

    monkeypatch.setattr(platform("wordpress"), "comply", feed, raising=False)
    done = comply(at(settings, world, hours=2), world.source.id, url=warehouse_url)
    assert done is not None
    assert len(asked) == world.total
    assert rows(warehouse_url, "select basis, reason from core.deletions") == [("compliance", "suspended")]
    assert len(rows(warehouse_url, "select 1 from core.current_mentions")) == world.total - 1


def test_a_platform_without_a_feed_passes(settings: Settings, warehouse_url: str) -> None:
    assert comply(settings, "forum", url=warehouse_url) is None
    assert MARKS[0] == timedelta(hours=1)
