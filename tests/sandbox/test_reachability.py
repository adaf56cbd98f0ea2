"""What a patient reader of each API finds is what the truth lists, no more and no less."""

from __future__ import annotations

import re
from html import unescape

import pytest
from starlette.testclient import TestClient

from sandbox import truth
from sandbox.world.model import World
from tests.sandbox import walk


def _expected(world: World, platform: str) -> set[str]:
    return {item.native_id for item in world.of(platform) if not item.deleted}


def _deleted(world: World, platform: str) -> set[str]:
    return {item.native_id for item in world.of(platform) if item.deleted}


def test_x_search_finds_exactly_what_is_not_deleted(world: World, client: TestClient) -> None:
    found = walk.walk_x(client, world.banks)
    assert set(found) == _expected(world, "x")


@pytest.mark.parametrize("platform", ["vk", "weibo"])
def test_search_and_comments_find_everything_and_mark_what_is_deleted(
    world: World, client: TestClient, platform: str
) -> None:
    found = {"vk": walk.walk_vk, "weibo": walk.walk_weibo}[platform](client, world.banks)
    assert _expected(world, platform) <= set(found) <= _expected(world, platform) | _deleted(world, platform)
    stubs = {number for number, item in found.items() if item.get("is_deleted") or item.get("deleted") == "1"}
    assert stubs == set(found) & _deleted(world, platform)
    assert stubs


def test_forum_walk_down_finds_everything_and_marks_what_is_deleted(world: World, client: TestClient) -> None:
    found = walk.walk_discourse(client)
    assert set(found) == _expected(world, "discourse") | _deleted(world, "discourse")
    stubs = {number for number, post in found.items() if post["user_deleted"] or post["deleted_at"]}
    assert stubs == _deleted(world, "discourse")


def test_feed_holds_every_article_that_is_not_deleted(world: World, client: TestClient) -> None:
    assert set(walk.walk_news(client)) == _expected(world, "rss")


def test_served_numbers_and_texts_are_those_of_the_truth(world: World, client: TestClient) -> None:
    found = walk.walk_x(client, world.banks)
    for item in world.of("x"):
        if not item.deleted:
            tweet = found[item.native_id]
            assert tweet["public_metrics"]["like_count"] == item.engagement["likes"]
            assert tweet["conversation_id"] == item.conversation_id
            assert unescape(tweet["text"]) == item.text
    posts = walk.walk_vk(client, world.banks)
    for item in world.of("vk"):
        if not item.deleted:
            assert re.sub(r"\[club\d+\|(@\w+)\]", r"\1", unescape(posts[item.native_id]["text"])) == item.text
            assert posts[item.native_id]["date"] == item.at


def test_expected_mentions_are_what_the_walks_find_less_quarantine(world: World, client: TestClient) -> None:
    everything = [
        walk.walk_x(client, world.banks), walk.walk_vk(client, world.banks), walk.walk_weibo(client, world.banks),
        walk.walk_discourse(client), walk.walk_news(client),
    ]  # fmt: skip
    bad = {item.native_id for item in world.items if item.deleted or item.quarantined}
    found = sum(len(set(ids) - bad) for ids in everything)
    assert found == truth.summary(world)["totals"]["expected_mentions"]
