"""Feeds as they are read live: conditional requests, paging, and bodies that break off."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import responses

from extractors.base import PlatformError, iso
from settings import Settings
from tests.extractors.test_contract_suite import read, reading
from tests.extractors.worlds.great import END, HOST, RssWorld

FEED = f"{HOST}/feed.xml"
ENTRY = "<item><guid>1</guid><title>t</title><description>d</description><pubDate>Sun, 29 Mar 2026 23:30:00 GMT</pubDate></item>"


@pytest.fixture
def network() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def feed(entries: str) -> str:
    return f'<rss version="2.0"><channel><title>News</title>{entries}</channel></rss>'


def test_validators_are_sent_back_and_304_ends_the_read(settings: Settings, network: responses.RequestsMock) -> None:
    network.get(FEED, body=feed(ENTRY), headers={"ETag": '"a1"', "Last-Modified": "Sun, 29 Mar 2026 23:30:00 GMT"})
    world = RssWorld()
    _, keys, cursors = read(world, reading(world, settings))
    assert keys == {("article", "1")}
    assert cursors[""] == {"etag": '"a1"', "modified": "Sun, 29 Mar 2026 23:30:00 GMT", "until": iso(END)}
    network.reset()
    network.get(FEED, status=304)
    pages, keys, after = read(world, reading(world, settings, cursors))
    assert (pages, keys, after) == ([], set(), cursors)
    assert network.calls[-1].request.headers["If-None-Match"] == '"a1"'
    assert network.calls[-1].request.headers["If-Modified-Since"] == "Sun, 29 Mar 2026 23:30:00 GMT"


@pytest.mark.parametrize("cut", [20, 60, 150])
def test_a_body_that_breaks_off_is_no_feed(settings: Settings, network: responses.RequestsMock, cut: int) -> None:
    network.get(FEED, body=feed(ENTRY * 3)[:-cut])
    world = RssWorld()
    with pytest.raises(PlatformError, match="not a whole feed"):
        read(world, reading(world, settings))


def test_a_window_that_slid_past_the_last_read_is_a_gap(settings: Settings, network: responses.RequestsMock) -> None:
    network.get(FEED, body=feed(ENTRY))
    world = RssWorld()
    cursors = {"": {"until": "2026-03-28T00:00:00Z"}}
    pages, _, _ = read(world, reading(world, settings, cursors))
    assert pages[-1].gap == "the feed's window slid past what was read last"


def test_the_archive_is_followed_by_rfc_5005(settings: Settings, network: responses.RequestsMock) -> None:
    older = '<feed xmlns="http://www.w3.org/2005/Atom"><title>n</title><entry><id>old</id><title>x</title><updated>2026-03-02T00:00:00Z</updated></entry></feed>'
    newer = ('<feed xmlns="http://www.w3.org/2005/Atom"><title>n</title><link rel="prev-archive" href="/2026-02.xml"/>'
             "<entry><id>new</id><title>x</title><updated>2026-03-20T00:00:00Z</updated></entry></feed>")  # fmt: skip
    network.get(FEED, body=newer)
    network.get(f"{HOST}/2026-02.xml", body=older)
    world = RssWorld()
    _, keys, _ = read(world, reading(world, settings))
    assert keys == {("article", "new"), ("article", "old")}
