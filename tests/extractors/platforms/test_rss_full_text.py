"""Feeds whose entries are read in full at their pages; dates in other languages; relative links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import responses

from extractors.base import Mention, Page, iso
from extractors.months import in_english, months
from extractors.parse import parse_body, understand
from extractors.platforms import rss
from extractors.registry import PLATFORMS
from extractors.times import from_feed
from settings import Settings
from tests.extractors.platforms.sandboxed import HOST, reading

LONG = "The bank closed its branch in the old town on Monday, and nobody who had an account there was told of it in time. " * 3
ARTICLE = f"<html><head><meta property='article:published_time' content='2026-03-20T10:00:00Z'></head><body><h1>T</h1><p>{LONG}</p></body></html>"


@pytest.fixture
def network() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def serve(mock: responses.RequestsMock, answers: dict[str, tuple[int, str]]) -> list[str]:
    asked: list[str] = []

    def callback(request: Any) -> tuple[int, dict[str, str], str]:
        asked.append(request.url.removeprefix(HOST))
        status, body = answers.get(asked[-1], (404, ""))
        return status, {}, body

    mock.add_callback(responses.GET, re.compile(re.escape(HOST) + ".*"), callback)
    return asked


def feed(*entries: str) -> tuple[int, str]:
    return (
        200,
        f'<rss version="2.0"><channel><title>n</title><link>{HOST}/</link>{"".join(f"<item>{e}</item>" for e in entries)}</channel></rss>',
    )


def run(
    settings: Settings, cursor: dict[str, Any] | None = None, stop: int | None = None
) -> tuple[list[Mention], dict[str, Any]]:
    given = reading(
        settings, "rss", {"full_text": True}, base_url=f"{HOST}/feed", cursors={"": cursor} if cursor else {}, page_size=1
    )
    found: list[Mention] = []
    seen: list[Page] = []
    for page in rss.pages(given):
        seen.append(page)
        cursor = dict(page.cursor) if page.cursor is not None else cursor
        outcomes = [understand(PLATFORMS["rss"], item, None) for item in page.items]
        found.extend(o for o in outcomes if isinstance(o, Mention))
        if stop and len(seen) == stop:
            break
    return found, dict(cursor or {})


A = "<guid>a</guid><title>A</title><link>/a</link><description>short of a</description><pubDate>Fri, 20 Mar 2026 10:00:00 GMT</pubDate>"
B = "<guid>b</guid><title>B</title><link>/b</link><description>short of b</description>"


def test_each_page_is_read_once_and_the_feed_speaks_where_it_fails(settings: Settings, network: responses.RequestsMock) -> None:
    answers = {"/feed": feed(A, B), "/a": (200, ARTICLE), "/b": (403, "")}
    asked = serve(network, answers)
    found, cursor = run(settings)
    assert [(m.native_id, m.text, m.truncated) for m in found] == [("a", LONG.strip(), False), ("b", "short of b", True)]
    assert run(settings, cursor)[0] == []
    assert (asked.count("/a"), asked.count("/b")) == (1, 1)
    answers["/feed"] = feed(A.replace("10:00:00", "11:00:00"), B)
    assert [m.native_id for m in run(settings, cursor)[0]] == ["a"]


def test_a_run_that_died_goes_on_where_it_was(settings: Settings, network: responses.RequestsMock) -> None:
    asked = serve(network, {"/feed": feed(A, B), "/a": (200, ARTICLE), "/b": (200, ARTICLE)})
    first, cursor = run(settings, stop=1)
    rest, _ = run(settings, cursor)
    assert [m.native_id for m in (*first, *rest)] == ["a", "b"]
    assert asked.count("/a") == 1


def test_an_unreachable_page_is_tried_again(settings: Settings, network: responses.RequestsMock) -> None:
    answers = {"/feed": feed(B), "/b": (500, "")}
    serve(network, answers)
    found, cursor = run(settings)
    assert [(m.text, m.truncated) for m in found] == [("short of b", True)]
    answers["/b"] = (200, ARTICLE)
    found, _ = run(settings, cursor)
    assert [(m.text, m.truncated, iso(m.created_at)) for m in found if m.created_at] == [
        (LONG.strip(), False, "2026-03-20T10:00:00Z")
    ]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("Seg, 24 Set 2018 19:42:40 -0300", "2018-09-24T22:42:40Z"),
        ("Пн, 24 сентября 2018 19:42:40 +0300", "2018-09-24T16:42:40Z"),
        ("lun., 24 déc. 2018 19:42:40 +0100", "2018-12-24T18:42:40Z"),
        ("24 de septiembre de 2018 19:42 GMT", "2018-09-24T19:42:00Z"),
        ("Mon, 24 Sep 2018 19:42:40 +0000 (UTC)", "2018-09-24T19:42:40Z"),
        ("Mon, 24 listopad 2018 19:42:40 +0000", None),  # November in Polish and Czech, October in Croatian
        ("Mon, 24 Foo 2018 19:42:40 +0000", None),
        ("24/09/2018 19:42", None),
    ],
)
def test_dates_in_other_languages(raw: str, expected: str | None) -> None:
    found = from_feed(raw)
    assert (iso(found) if found else None) == expected


def test_no_english_month_means_another_one_elsewhere() -> None:
    assert "listopad" not in months()
    assert in_english("24 Set 2018 19:42") == "24 Sep 2018 19:42"


def test_a_relative_link_is_joined_to_where_the_feed_came_from() -> None:
    body = b'<rss version="2.0"><channel><title>n</title><item><guid>1</guid><link>/a?b=1</link><title>t</title></item></channel></rss>'
    assert parse_body("rss", body, "https://x.test/feeds/all.xml")[0].url == "https://x.test/a?b=1"


def test_the_servers_charset_counts_where_the_feed_names_none() -> None:
    body = '<rss version="2.0"><channel><title>Новости</title></channel></rss>'.encode("cp1251")
    assert rss.read_feed(body, "text/html; charset=windows-1251")["title"] == "Новости"
