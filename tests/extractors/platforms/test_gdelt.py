"""GDELT DOC 2.0: built from the published documentation, no recording exists; answers, sentences for errors, slices, full texts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import responses

from extractors import query
from extractors.base import PlatformError
from extractors.parse import parse_with_rejects
from extractors.platforms import gdelt
from settings import Settings
from tests.extractors.platforms.served import keys, mention, parsed, reading, serve
from tests.extractors.worlds import END, START

ARTICLE = {"url": "https://press.example/a?x=1", "url_mobile": "https://press.example/amp/a", "title": "Velmora : fees &amp; more",
           "seendate": "20230918T031500Z", "socialimage": "https://press.example/i.jpg", "domain": "press.example",
           "language": "Russian", "sourcecountry": "Russia"}  # fmt: skip


@pytest.fixture
def network() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def test_every_field_of_an_article() -> None:
    [found] = parsed("gdelt", {"articles": [ARTICLE]})
    assert (found.platform, found.site, found.kind, found.native_id) == ("gdelt", "", "article", "https://press.example/a?x=1")
    assert (found.url, found.title, found.text) == (
        "https://press.example/a?x=1",
        "Velmora : fees & more",
        "Velmora : fees & more",
    )
    assert found.created_at == datetime(2023, 9, 18, 3, 15, tzinfo=UTC)
    assert found.created_at_raw == "20230918T031500Z"
    assert (found.language_hint, found.country, found.page_name, found.media_count) == ("ru", "Russia", "press.example", 1)
    assert (found.author_name, found.engagement.likes, found.truncated) == (None, None, False)


@pytest.mark.parametrize(
    ("name", "hint"), [("Chinese", "zh"), ("NorwegianNynorsk", "nn"), ("Norwegian Bokmal", "nb"), ("Klingon", "Klingon")]
)
def test_languages_are_codes_where_they_are_known(name: str, hint: str) -> None:
    assert parsed("gdelt", {"articles": [{**ARTICLE, "language": name}]})[0].language_hint == hint


def test_fields_that_are_missing() -> None:
    [found] = parsed("gdelt", {"articles": [{"url": "https://a.example/x", "title": "t"}]})
    assert (found.created_at, found.language_hint, found.country, found.page_name, found.media_count) == (
        None,
        None,
        None,
        "a.example",
        0,
    )
    assert parsed("gdelt", {"articles": [{**ARTICLE, "seendate": "20231318T031500Z"}]})[0].created_at is None
    mentions, rejects = parse_with_rejects(
        "gdelt", b'{"articles": [{"title": "t"}, {"url": "https://a.example/x"}, {"url": "u", "title": "t"}]}'
    )
    assert (len(mentions), [reject.reason for reject in rejects]) == (1, ["missing id", "missing text"])


@pytest.mark.parametrize("body", [b"{}", b'{"articles": []}', b'{"timeline": [{"series": "Volume", "data": []}]}'])
def test_no_results(body: bytes) -> None:
    assert parse_with_rejects("gdelt", body) == ([], [])


def test_json_that_is_none() -> None:
    body = b'\xef\xbb\xbf{"articles": [{"url": "https://a.example/x", "title": "a\tb\x01 \\d \\\\d \\u0041 \\" \xff"}]}'
    assert parsed("gdelt", body)[0].title == 'a\tb \\d \\d A " \ufffd'
    other = '{"articles": [{"url": "https://a.example/x", "title": "Банк поднял комиссию за переводы"}]}'.encode("cp1251")
    assert parsed("gdelt", other)[0].title == "Банк поднял комиссию за переводы"


@pytest.mark.parametrize(
    ("sentence", "code", "action"),
    [
        (
            "Please limit requests to one every 5 seconds or contact someone@example.org for larger queries.",
            "rate_limit",
            "wait_until",
        ),
        ("Your query was too short or too long.", "query_length", "fatal"),
        ("One or more of your keywords were too short, too long or too common: (a)", "keyword", "fatal"),
        ("The specified phrase is too short.", "phrase", "fatal"),
        ("One or more of your keywords contained an illegal character.", "character", "fatal"),
        ("Parentheses may only be used around OR'd statements.", "syntax", "fatal"),
        ("Timespan is too short.", "timespan", "fatal"),
        ("Invalid/Unsupported Country.", "message", "fatal"),
    ],
)
def test_refusals_in_words(sentence: str, code: str, action: str) -> None:
    with pytest.raises(PlatformError) as caught:
        parsed("gdelt", f"\n{sentence}\n".encode())
    assert (caught.value.code, caught.value.action) == (code, action)
    assert caught.value.wait_seconds == (5.0 if code == "rate_limit" else None)
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize("body", [b'{"articles": [', b"<html>captcha</html>", b"\xff\xfe\x00garbage", b"lower case words"])
def test_broken_answers_are_no_refusals(body: bytes) -> None:
    with pytest.raises(PlatformError) as caught:
        parsed("gdelt", body)
    assert caught.value.code == "malformed"


def test_feeds() -> None:
    feed = {"version": "https://jsonfeed.org/version/1", "items": [{"id": "1", "url": "https://a.example/x", "title": "t",
            "date_published": "2023-09-18T03:15:00Z"}]}  # fmt: skip
    rss = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>GDELT</title><item><title>t</title>
        <link>https://a.example/x</link><pubDate>Mon, 18 Sep 2023 03:15:00 GMT</pubDate></item></channel></rss>"""
    for body in (feed, rss):
        [found] = parsed("gdelt", body)
        assert (found.native_id, found.title, found.created_at) == (
            "https://a.example/x",
            "t",
            datetime(2023, 9, 18, 3, 15, tzinfo=UTC),
        )


def asked(url: str, name: str) -> str:
    return parse_qs(urlsplit(url).query)[name][0]


def test_a_full_quarter_of_an_hour_is_a_gap(network: responses.RequestsMock, settings: Settings) -> None:
    world = serve("gdelt", network)
    crowd = START + timedelta(hours=3, minutes=1)
    world.late = {number: crowd + timedelta(seconds=number) for number in range(24, 34)}
    world.added = 10
    pages = list(gdelt.pages(reading(world, settings)))
    assert [page.gap for page in pages if page.gap] == ["5 articles within 15 minutes, more cannot be read"]
    assert {world.key(number) for number in range(1, 24) if number != 3} <= keys(pages)
    for url in world.urls:
        span = datetime.strptime(asked(url, "enddatetime"), "%Y%m%d%H%M%S") - datetime.strptime(
            asked(url, "startdatetime"), "%Y%m%d%H%M%S"
        )
        assert span >= timedelta(minutes=15)


def test_what_is_older_than_the_window_is_named(network: responses.RequestsMock, settings: Settings) -> None:
    world = serve("gdelt", network)
    given = replace(reading(world, settings), start=END - timedelta(days=400))
    pages = list(gdelt.pages(given))
    assert [page.gap for page in pages if page.gap] == ["nothing before the last 90 days can be searched"]
    assert pages[0].gap
    assert keys(pages) == world.keys()
    assert min(asked(url, "startdatetime") for url in world.urls) == f"{END - timedelta(days=90):%Y%m%d%H%M%S}"


def test_queries_fit_the_service(settings: Settings, network: responses.RequestsMock) -> None:
    world = serve("gdelt", network)
    given = reading(world, settings)

    def queries(text: str) -> list[str]:
        del world.urls[:]
        list(gdelt.pages(replace(given, source=given.source.model_copy(update={"query": text}))))
        return list(dict.fromkeys(asked(url, "query") for url in world.urls))

    assert queries("Velmora") == ["Velmora"]
    assert queries('Velmora OR "Bank of Norwell"') == ['(Velmora OR "Bank of Norwell")']
    assert queries("Velmora OR (Norwell AND fees)") == ["Velmora", "Norwell fees"]
    assert queries("(Velmora OR Norwell) AND fees") == ["(Velmora OR Norwell) fees"]
    assert queries("Velmora OR (Norwell AND fees) OR Tarnwick") == ["(Velmora OR Tarnwick)", "Norwell fees"]
    phrase = query.parse('"Velmora OR Norwell"', settings, "gdelt")
    assert query.compile_for(phrase, "gdelt").queries == ['"Velmora OR Norwell"'], "no parentheses around a phrase"
    long = queries(" OR ".join(f"Velmora{n}" for n in range(60)))
    assert len(long) > 1
    assert all(len(text) <= 250 and text.startswith("(") and text.endswith(")") for text in long)


def test_full_texts_where_they_can_be_read(network: responses.RequestsMock, settings: Settings) -> None:
    world = serve("gdelt", network)
    page = (
        '<html lang="en"><head><title>Story</title><meta property="article:published_time" content="2026-03-01T04:07:00Z"></head><body>'
        "<article><h1>Story</h1>" + "<p>Velmora raised its fees again, and its customers complained about it for weeks.</p>" * 6
        + "</article></body></html>"
    )  # fmt: skip
    network.get("https://press.example/robots.txt", body="User-agent: *\nDisallow: /news/3\n")
    network.get("https://press.example/news/4", body=page, content_type="text/html")
    for number in [n for n in range(1, 24) if n not in (3, 4)]:
        network.get(f"https://press.example/news/{number}", status=404)
    given = reading(world, settings, options={"full_text": True})
    given.http.home = "https://platform.test"
    found = {item.native_id.rpartition("/")[2]: mention("gdelt", item) for one in gdelt.pages(given) for item in one.items}
    assert len(found) == 23
    assert found["4"].text is not None
    assert found["4"].text.count("raised its fees") >= 1
    assert found["4"].created_at == datetime(2026, 3, 1, 4, 7, tzinfo=UTC)
    assert (found["3"].text, found["5"].text) == ("Velmora 3", "Velmora 5")
    fetched = [str(call.request.url) for call in network.calls]
    assert "https://press.example/news/3" not in fetched


def test_a_sentence_about_the_rate_is_waited_for(network: responses.RequestsMock, settings: Settings) -> None:
    world = serve("gdelt", network)
    world.plan = {1: (200, {}, b"Please limit requests to one every 5 seconds.")}
    given = reading(world, settings)
    slept: list[Any] = []
    given.http._sleep = slept.append
    assert keys(gdelt.pages(given)) == world.keys()
    assert 5 <= slept[0] < 5.6
