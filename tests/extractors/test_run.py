"""A whole run against the warehouse: complete, resumable after death anywhere, healed by the next run, clear when it fails."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest
import responses

from extractors import arrival
from extractors.registry import PLATFORMS, platform
from extractors.replay import replay
from extractors.run import extract
from extractors.sessions import base_url
from settings import RenownError, Settings
from settings.models import Source, Sources
from tests.extractors.worlds import TOKEN, WORLDS, World
from warehouse import landing_queue
from warehouse.connection import connect
from warehouse.landing import Landing


class Died(BaseException):
    """Stands for SIGKILL: nothing of the run's own code gets to clean up."""


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Iterator[responses.RequestsMock]:
    monkeypatch.setenv("RENOWN_RATE_FACTOR", "1000000")
    monkeypatch.delenv("RENOWN_SANDBOX_URL", raising=False)
    for module in PLATFORMS.values():
        for position, name in enumerate(module.CONTRACT.secrets):
            monkeypatch.setenv(name, TOKEN if position == 0 else f"{TOKEN}-{name}")
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


@pytest.fixture(params=sorted(WORLDS))
def world(request: pytest.FixtureRequest, network: responses.RequestsMock) -> World:
    made = WORLDS[request.param]()
    made.serve(network)
    return made


def configured(settings: Settings, *sources: Source) -> Settings:
    return settings.model_copy(update={"sources": Sources(sources=list(sources))})


def rows(url: str, query: str) -> list[tuple[Any, ...]]:
    with connect(url) as connection:
        return connection.execute(query.encode()).fetchall()


def landed(url: str) -> set[tuple[str, str]]:
    found = rows(url, "select kind, native_id from core.mentions")
    assert len(found) == len(set(found)), "an item has two versions"
    return set(found)


def test_everything_once_and_a_second_run_adds_nothing(world: World, settings: Settings, warehouse_url: str) -> None:
    progress: list[dict[str, Any]] = []
    first = extract(configured(settings, world.source), world.source.id, url=warehouse_url, run_id="r1", progress=progress.append)
    assert landed(warehouse_url) == world.keys()
    assert first["status"] == "success"
    assert first["items_new"] == len(world.keys())
    assert first["items_returned"] == first["items_new"] + first["items_known"] + first["items_rejected"]
    assert first["requests"] == world.requests
    assert progress[-1]["items_new"] == len(world.keys())
    assert rows(warehouse_url, "select status, run_id, requests, interval_end from raw.batches") == [
        ("success", "r1", world.requests, settings.now())]  # fmt: skip
    second = extract(configured(settings, world.source), world.source.id, url=warehouse_url)
    assert second["items_new"] == 0
    assert landed(warehouse_url) == world.keys()


def test_death_at_every_page(world: World, settings: Settings, warehouse_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    land = Landing._land

    def mortal(self: Landing, *given: Any, **named: Any) -> Any:
        if pages[0] == 0:
            raise Died
        pages[0] -= 1
        return land(self, *given, **named)

    monkeypatch.setattr(Landing, "_land", mortal)
    monkeypatch.setattr(landing_queue, "GROUP", 1)  # a page a transaction
    monkeypatch.setattr(arrival, "_close_failed", lambda *given: None)
    chosen = configured(settings, world.source)
    deaths = 0
    for alive in (0, 1, 1, 0, 2, 1, 9999):
        pages = [alive]
        try:
            extract(chosen, world.source.id, url=warehouse_url)
        except Died:
            deaths += 1
    assert deaths >= 3
    assert landed(warehouse_url) == world.keys()
    assert set(rows(warehouse_url, "select status from raw.batches")) == {("failed",), ("success",)}


def test_a_malformed_page_is_kept_and_the_next_run_heals(world: World, settings: Settings, warehouse_url: str) -> None:
    world.plan = dict.fromkeys(range(2, 50), (200, {}, b'{"half": '))
    with pytest.raises(RenownError) as caught:
        extract(configured(settings, world.source), world.source.id, url=warehouse_url)
    assert len(str(caught.value).splitlines()) == 1
    assert f"source {world.source.id}: {world.platform}: an answer is not" in str(caught.value)
    assert rows(warehouse_url, "select stage, body from raw.rejects") == [("page", b'{"half": ')]
    ((status, error),) = rows(warehouse_url, "select status, error from raw.batches")
    assert status == "failed"
    assert "an answer is not" in error
    world.plan = {}
    extract(configured(settings, world.source), world.source.id, url=warehouse_url)
    assert landed(warehouse_url) == world.keys()
    assert rows(warehouse_url, "select count(*) from raw.rejects where resolved_at is null") == [(0,)]


def test_platform_down_is_one_clear_line(settings: Settings, warehouse_url: str, network: responses.RequestsMock) -> None:
    source = WORLDS["x"]().source  # nothing is served: the connection fails
    with pytest.raises(RenownError) as caught:
        extract(configured(settings, source), source.id, url=warehouse_url)
    assert str(caught.value) == ("source x_test: x: platform.test does not answer (connection failed): "
                                 "check the network and the source's base_url, then run again")  # fmt: skip
    assert rows(warehouse_url, "select status, items_returned from raw.batches") == [("failed", 0)]
    assert rows(warehouse_url, "select count(*) from raw.cursors") == [(0,)]


def test_a_usage_cap_stops_and_is_named_as_a_gap(settings: Settings, warehouse_url: str, network: responses.RequestsMock) -> None:
    world = WORLDS["x"]()
    world.serve(network)
    world.plan = {2: world.error("UsageCapExceeded")}
    result = extract(configured(settings, world.source), world.source.id, url=warehouse_url)
    assert (result["status"], result["gap"], world.requests) == ("stopped", True, 2)
    assert "usage cap" in result["gap_reason"]
    world.plan = {}
    extract(configured(settings, world.source), world.source.id, url=warehouse_url)
    assert landed(warehouse_url) == world.keys()


def test_no_token_in_warehouse_or_error(settings: Settings, warehouse_url: str, network: responses.RequestsMock) -> None:
    world = WORLDS["vk"]()
    world.serve(network)
    world.plan = {3: (200, {}, b'{"echo": "access_token=' + TOKEN.encode() + b'" ')}
    extract(configured(settings, world.source), world.source.id, url=warehouse_url)
    world.plan = dict.fromkeys(range(world.requests + 1, 999), world.error("5"))
    with pytest.raises(RenownError, match="set RENOWN_VK_TOKEN") as caught:
        extract(configured(settings, world.source), world.source.id, url=warehouse_url)
    everything = str(caught.value) + str(
        rows(warehouse_url, "select body, error from raw.batches b left join raw.rejects using (batch_id)")
    )
    everything += str(rows(warehouse_url, "select convert_from(body, 'UTF8') from raw.payloads"))
    assert TOKEN not in everything


def test_backfill_reads_history_again_beside_the_cursors(
    settings: Settings, warehouse_url: str, network: responses.RequestsMock
) -> None:
    world = WORLDS["x"]()
    world.serve(network)
    chosen = configured(settings, world.source)
    extract(chosen, world.source.id, url=warehouse_url)
    before = rows(warehouse_url, "select stream, cursor from raw.cursors")
    result = extract(chosen, world.source.id, url=warehouse_url, mode="backfill")
    assert (result["items_new"], result["items_known"]) == (0, len(world.keys()))
    assert rows(warehouse_url, "select stream, cursor from raw.cursors") == before


def test_late_answers_below_young_posts_are_found(
    settings: Settings, warehouse_url: str, network: responses.RequestsMock
) -> None:
    for name in ("vk", "weibo"):
        world = WORLDS[name]()
        world.total = 4  # post 4 has its comment (5) only at the second run
        world.late = {n: settings.now() - timedelta(hours=10 - n) for n in range(1, 6)}
        world.serve(network)
        source = world.source.model_copy(update={"overlap_minutes": 0})
        extract(configured(settings, source), source.id, url=warehouse_url)
        world.added = 1
        extract(configured(settings, source), source.id, url=warehouse_url)
        assert world.key(5) in landed(warehouse_url), name
        network.reset()


def test_item_rejects_are_replayed(
    settings: Settings, warehouse_url: str, network: responses.RequestsMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = WORLDS["x"]()
    world.serve(network)
    chosen = configured(settings, world.source)
    module = platform("x")
    good = module.to_mention

    def broken(item: Any, fetched_at: Any) -> Any:
        if item.native_id == "3":
            raise KeyError("a parser's fault")
        return good(item, fetched_at)

    monkeypatch.setattr(module, "to_mention", broken)
    result = extract(chosen, world.source.id, url=warehouse_url)
    assert result["items_rejected"] == 1
    assert landed(warehouse_url) == world.keys() - {("post", "3")}
    assert replay(chosen, warehouse_url) == {"read": 1, "resolved": 0, "still_open": 1}
    monkeypatch.setattr(module, "to_mention", good)
    assert replay(chosen, warehouse_url) == {"read": 1, "resolved": 1, "still_open": 0}
    assert landed(warehouse_url) == world.keys()
    assert replay(chosen, warehouse_url) == {"read": 0, "resolved": 0, "still_open": 0}


def test_a_reject_is_resolved_when_its_item_is_understood_later_and_never_by_what_was_there(
    settings: Settings, warehouse_url: str, network: responses.RequestsMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = WORLDS["x"]()
    world.serve(network)
    source = world.source.model_copy(update={"overlap_minutes": 100_000})
    chosen = configured(settings, source)
    module = platform("x")
    good, broken_id = module.to_mention, "3"

    def broken(item: Any, fetched_at: Any) -> Any:
        if item.native_id == broken_id:
            raise KeyError("a parser's fault")
        return good(item, fetched_at)

    open_rejects = "select native_id from raw.rejects where resolved_at is null"
    monkeypatch.setattr(module, "to_mention", broken)
    extract(chosen, source.id, url=warehouse_url)
    extract(chosen, source.id, url=warehouse_url)
    assert rows(warehouse_url, open_rejects) == [("3",)]
    broken_id = "2"  # an item that core has known since before it was rejected
    extract(chosen, source.id, url=warehouse_url)
    assert landed(warehouse_url) == world.keys()
    assert rows(warehouse_url, open_rejects) == [("2",)]


def test_replay_does_not_land_what_was_overtaken(
    settings: Settings, warehouse_url: str, network: responses.RequestsMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = WORLDS["x"]()
    world.serve(network)
    source = world.source.model_copy(update={"overlap_minutes": 100_000})
    chosen = configured(settings, source)
    module = platform("x")
    monkeypatch.setattr("extractors.run.settle_rejects", lambda *given: 0)  # the run that understood it died before it could say so
    with monkeypatch.context() as broken:
        broken.setattr(module, "to_mention", lambda item, fetched_at: item.value["no such key"])
        extract(chosen, source.id, url=warehouse_url)
    extract(chosen, source.id, url=warehouse_url)
    found = len(world.keys())
    assert replay(chosen, warehouse_url) == {"read": found, "resolved": found, "still_open": 0}
    assert rows(warehouse_url, "select count(*) from raw.batches where mode = 'replay'") == [(0,)]


@pytest.mark.parametrize(("change", "complaint"), [
    ({"terms": "unreviewed"}, "terms are not recorded as approved"), ({"enabled": False}, "is switched off"),
])  # fmt: skip
def test_sources_that_stay_off(settings: Settings, change: dict[str, Any], complaint: str) -> None:
    source = WORLDS["x"]().source.model_copy(update=change)
    with pytest.raises(RenownError, match=complaint):
        extract(configured(settings, source), source.id, url="postgresql://nowhere")


def test_config_errors_are_clear(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(RenownError, match="unknown source 'nope': use one of x, vk, weibo, forum, news"):
        extract(settings, "nope", url="postgresql://nowhere")
    for name in ("RENOWN_SANDBOX_URL", "RENOWN_X_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(RenownError, match="source x: no credential for x: set RENOWN_X_TOKEN"):
        extract(settings, "x", url="postgresql://nowhere")
    monkeypatch.setenv("RENOWN_X_TOKEN", "t")
    monkeypatch.setenv("RENOWN_RATE_FACTOR", "fast")
    with pytest.raises(RenownError, match="RENOWN_RATE_FACTOR='fast'"):
        extract(settings, "x", url="postgresql://nowhere")
    monkeypatch.setenv("RENOWN_RATE_FACTOR", "1")
    with pytest.raises(RenownError, match="does not answer"):
        extract(settings, "x", url="postgresql://u:hidden@127.0.0.1:1/none")


def test_addresses(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RENOWN_SANDBOX_URL", "http://127.0.0.1:9/")
    found = {s.id: base_url(s, platform(s.platform)) for s in settings.sources.sources}
    assert found == {"x": "http://127.0.0.1:9/x", "vk": "http://127.0.0.1:9/vk", "weibo": "http://127.0.0.1:9/weibo",
                     "forum": "http://127.0.0.1:9/discourse", "news": "http://127.0.0.1:9/news/feed.xml"}  # fmt: skip
    monkeypatch.delenv("RENOWN_SANDBOX_URL")
    found = {s.id: base_url(s, platform(s.platform)) for s in settings.sources.sources}
    assert (found["x"], found["forum"]) == ("https://api.x.com", "https://forum.example")


def test_warehouse_that_dies_is_clear(
    settings: Settings, warehouse_url: str, network: responses.RequestsMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = WORLDS["x"]()
    world.serve(network)

    def dead(self: Landing, *given: Any, **named: Any) -> Any:
        raise psycopg.OperationalError("server closed the connection unexpectedly\n\tThis probably means the server terminated")

    monkeypatch.setattr(Landing, "_land", dead)
    with pytest.raises(RenownError, match="the warehouse failed") as caught:
        extract(configured(settings, world.source), world.source.id, url=warehouse_url)
    assert len(str(caught.value).splitlines()) == 1
