"""Any bytes into any parser end in mentions or in one clear error: never a crash, a hang or a silent drop."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extractors.parse import parse_with_rejects
from extractors.registry import PLATFORMS
from sandbox.plot import Ask
from settings import RenownError
from tests.extractors.worlds import TOKEN, WORLDS, PlotWorld, World

QUICK = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
SCALARS = st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=12)
ODD = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3), max_leaves=8
)


def read(platform: str, body: bytes) -> tuple[int, int]:
    try:
        mentions, rejects = parse_with_rejects(platform, body)
    except RenownError as error:
        if len(str(error).splitlines()) != 1:
            raise AssertionError("an error is one line") from error
        return 0, 0
    for mention in mentions:
        json.dumps(mention.to_dict())
    return len(mentions), len(rejects)


def good_body(world: World) -> bytes:
    """A page of the world; a sandbox server names one as SAMPLE = (path, query), where it does not fit in any request."""
    if not isinstance(world, PlotWorld):
        return world.body(good_page(world))
    path, query = getattr(world.server, "SAMPLE", ("/", {}))
    headers = {"authorization": f"Bearer {getattr(world.server, 'SAMPLE_TOKEN', TOKEN)}"}
    return world.server.answer(world.plot, Ask("GET", path, query, list(query.items()), headers, b"", world.base)).body


def good_page(world: World) -> Any:
    queries = {"x": ("/2/tweets/search/all", {"start_time": "2026-03-01T00:00:00Z", "end_time": "2026-03-30T00:00:00Z"}),
               "vk": ("/method/newsfeed.search", {"start_time": "0", "end_time": "9000000000", "access_token": TOKEN}),
               "weibo": ("/2/search/statuses.json", {"starttime": "0", "endtime": "9000000000", "page": "1", "access_token": TOKEN}),
               "discourse": ("/posts.json", {}), "rss": ("/feed.xml", {})}  # fmt: skip
    return world.answer(*queries[world.platform])


@pytest.mark.parametrize("platform", sorted(PLATFORMS))
@QUICK
@given(body=st.binary(max_size=300))
def test_any_bytes(platform: str, body: bytes) -> None:
    read(platform, body)


@pytest.mark.parametrize("platform", sorted(PLATFORMS))
@QUICK
@given(value=ODD)
def test_any_json(platform: str, value: Any) -> None:
    read(platform, json.dumps(value).encode())


def listed_in(page: Any) -> list[dict[str, Any]]:
    """The first array of objects of an answer, wherever it lies."""
    if isinstance(page, list) and page and all(isinstance(entry, dict) for entry in page):
        return page
    found = (listed_in(value) for value in page.values()) if isinstance(page, dict) else ()
    return next((listed for listed in found if listed), [])


@pytest.mark.parametrize("platform", sorted(set(PLATFORMS) - {"rss"}))
@QUICK
@given(data=st.data())
def test_good_pages_with_odd_fields(platform: str, data: st.DataObject) -> None:
    body = good_body(WORLDS[platform]())
    if not body.lstrip().startswith((b"{", b"[")):
        pytest.skip("a page for people: test_damaged_pages breaks those")
    page = json.loads(body)
    listed = listed_in(page)
    assert listed, f"no list in the sample page: name a SAMPLE in the sandbox server of {platform}"
    victim = data.draw(st.sampled_from(listed))
    for name in data.draw(st.lists(st.sampled_from(sorted(victim)), min_size=1, max_size=4)):
        victim[name] = data.draw(ODD)
    mentions, rejects = read(platform, json.dumps(page).encode())
    originals = 1 if mentions + rejects else 0  # an odd field can make the whole page an error, never a shorter page
    assert mentions + rejects >= len(listed) * originals


@pytest.mark.parametrize("platform", sorted(PLATFORMS))
@QUICK
@given(cut=st.integers(1, 400), flips=st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 255)), max_size=5))
def test_damaged_pages(platform: str, cut: int, flips: list[tuple[int, int]]) -> None:
    world = WORLDS[platform]()
    body = bytearray(good_body(world))
    for place, byte in flips:
        body[place % len(body)] = byte
    read(platform, bytes(body[: len(body) - cut % len(body)]))
