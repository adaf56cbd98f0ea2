"""The exact rest of a query in a run: what is set aside, what comes back with its thread, with a changed query, and what a dry run counts."""

from __future__ import annotations

from typing import Any

import pytest
import responses

from extractors.dry_run import dry_run
from extractors.listening import listener
from extractors.registry import platform
from extractors.run import extract
from settings import RenownError, Settings
from settings.models import Sources
from tests.extractors.worlds import TOKEN, WORLDS, World
from warehouse.connection import connect


def rows(url: str, query: str) -> list[tuple[Any, ...]]:
    with connect(url) as connection:
        return connection.execute(query.encode()).fetchall()


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("RENOWN_VK_TOKEN", TOKEN)
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def asking(settings: Settings, world: World, text: str) -> Settings:
    """Settings whose only source reads the world with this query."""
    source = world.source.model_copy(update={"query": text})
    return settings.model_copy(update={"sources": Sources(sources=[source])})


def test_a_forum_is_chosen_by_its_query_and_answers_follow_their_thread(
    settings: Settings, warehouse_url: str, network: responses.RequestsMock
) -> None:
    world = WORLDS["discourse"]()
    world.serve(network)
    given = asking(settings, world, '"Velmora 1" OR "Velmora 7"')  # post 1 opens the first thread, reply 7 stands in the second
    first = extract(given, world.source.id, url=warehouse_url)
    kept = {row[0] for row in rows(warehouse_url, "select native_id from core.mentions")}
    assert kept == {"1", "2", "3", "4", "5", "6", "7", "8", "9", "10"}, "a wanted item brings its whole thread"
    assert first["items_filtered"] >= world.total - 2, "boundary items come twice"
    assert first["items_new"] == world.total, "what is not wanted is stored all the same"
    assert rows(warehouse_url, "select count(*) from raw.filtered") == [(world.total - 10,)]
    again = extract(given, world.source.id, url=warehouse_url)
    assert again["items_new"] == 0
    assert rows(warehouse_url, "select count(*) from core.mentions") == [(10,)]


def test_a_changed_query_takes_up_what_was_set_aside(
    settings: Settings, warehouse_url: str, network: responses.RequestsMock
) -> None:
    world = WORLDS["discourse"]()
    world.serve(network)
    extract(asking(settings, world, "nothing_of_this"), world.source.id, url=warehouse_url)
    assert rows(warehouse_url, "select count(*) from core.mentions") == [(0,)]
    changed = asking(settings, world, "Velmora")
    found = dry_run(asking(settings, world, "nothing_of_this"), world.source.id, "Velmora", url=warehouse_url)
    assert (found.stored, found.added, found.lost, found.both, found.lower_bound) == (world.total, world.total, 0, 0, False)
    extract(changed, world.source.id, url=warehouse_url)
    assert rows(warehouse_url, "select count(*), count(distinct native_id) from core.mentions") == [(world.total, world.total)]
    assert rows(warehouse_url, "select count(*) from raw.filtered") == [(0,)]


def test_what_vk_cannot_say_is_applied(settings: Settings, warehouse_url: str, network: responses.RequestsMock) -> None:
    world = WORLDS["vk"]()
    world.serve(network)
    extract(asking(settings, world, 'Velmora -"Velmora 7"'), world.source.id, url=warehouse_url)
    kept = {(row[0], row[1]) for row in rows(warehouse_url, "select kind, native_id from core.mentions")}
    assert kept == world.keys() - {("post", "-9_7")}
    lost = dry_run(asking(settings, world, 'Velmora -"Velmora 7"'), world.source.id, 'Velmora -"Velmora 8"', url=warehouse_url)
    assert (lost.added, lost.lost, lost.lower_bound) == (1, 1, True)
    assert lost.examples == {"added": ["-9_7"], "lost": ["-9_8"]}


def test_official_accounts_are_heard_whole(settings: Settings) -> None:
    world = WORLDS["vk"]()
    heard = listener(settings, world.source.model_copy(update={"query": "loan -card"}), platform("vk"))
    mention = {"deleted": False, "author_handle": None, "author_id": "1", "page_id": None, "page_name": None, "text": "hello", "title": None}
    assert not heard.wants(mention)
    assert heard.wants(mention | {"author_handle": settings.banks.banks[0].handles["vk"][0].upper()})
    assert heard.wants(mention | {"deleted": True})


def test_a_source_without_a_query_of_its_own_takes_everything(settings: Settings) -> None:
    forum = next(source for source in settings.sources.sources if source.platform == "discourse")
    assert listener(settings, forum, platform("discourse")).tree is None
    vk = next(source for source in settings.sources.sources if source.platform == "vk")
    assert listener(settings, vk, platform("vk")).tree is None, "VK says all of @banks"


def test_a_dry_run_names_what_is_wrong(settings: Settings, warehouse_url: str) -> None:
    with pytest.raises(RenownError, match="unknown source 'nosuch'"):
        dry_run(settings, "nosuch", "a", url=warehouse_url)
    with pytest.raises(RenownError, match="not closed"):
        dry_run(settings, "vk", "(a", url=warehouse_url)
