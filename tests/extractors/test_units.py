"""Times, text, values, queries, slices and the session, each against what its source says."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import responses
from hypothesis import given
from hypothesis import strategies as st

from extractors import http, query, reach, slices, times, values
from extractors.base import Item, PlatformError, Reading, iso
from extractors.http import Http
from extractors.limits import Limiter, wait_seconds
from extractors.redaction import redact
from extractors.registry import PLATFORMS
from extractors.text import handles, hashtags, html_to_text, plain, read_html, urls
from settings import RenownError, Settings
from settings.models import Rate

FETCH = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)  # 10:00 in China


@pytest.mark.parametrize(("raw", "expected"), [
    ("Tue May 31 17:46:55 +0800 2011", "2011-05-31T09:46:55Z"), ("刚刚", "2026-03-01T02:00:00Z"), ("5分钟前", "2026-03-01T01:55:00Z"),
    ("30秒前", "2026-03-01T01:59:30Z"), ("3小时前", "2026-02-28T23:00:00Z"), ("今天 09:30", "2026-03-01T01:30:00Z"),
    ("昨天 12:30", "2026-02-28T04:30:00Z"), ("02-14", "2026-02-13T16:00:00Z"), ("06-14", "2025-06-13T16:00:00Z"),
    ("6-14 08:05", "2025-06-14T00:05:00Z"), ("02-29", "2024-02-28T16:00:00Z"), ("2019-06-14", "2019-06-13T16:00:00Z"),
    ("2019年6月14日 08:00", "2019-06-14T00:00:00Z"), ("13-40", None), ("soon", None), ("", None), (None, None),
])  # fmt: skip
def test_weibo_times(raw: Any, expected: str | None) -> None:
    found = times.from_weibo(raw, FETCH)
    assert (iso(found) if found else None) == expected


@pytest.mark.parametrize(("raw", "expected"), [
    ("Sat, 15 Feb 2026 10:00:00 +0000", "2026-02-15T10:00:00Z"), ("Tue, 21 Aug 2012 10:33:00 EST", "2012-08-21T15:33:00Z"),
    ("Fri, 02 Jun 2023 14:06:37 GMT", "2023-06-02T14:06:37Z"), ("Sun, 28 Oct 2018 13:48:00 MEST", "2018-10-28T11:48:00Z"),
    ("2 Jun 23 14:06 Z", "2023-06-02T14:06:00Z"), ("2019-09-12T09:53:10+00:00", "2019-09-12T09:53:10Z"),
    ("2013-02-04T15:26:26.278-05:00", "2013-02-04T20:26:26.278Z"), ("2017-06-02T22:05:47-0700", "2017-06-03T05:05:47Z"),
    ("2016/6/29 15:07:41", None), ("Seg, 24 Set 2018 19:42:40 -0300", "2018-09-24T22:42:40Z"), ("Sat, 15 Feb 2026 10:00:00", None),
    ("2019-09-12T09:53:10", None), ("Sat, 31 Feb 2026 10:00:00 GMT", None), ("Sat, 15 Feb 2026 10:00:00 XYZ", None), ("yesterday", None),
])  # fmt: skip
def test_feed_times(raw: str, expected: str | None) -> None:
    found = times.from_feed(raw)
    assert (iso(found) if found else None) == expected


@pytest.mark.parametrize(("raw", "expected"), [
    (1640552018, "2021-12-26T20:53:38Z"), ("1640552018", "2021-12-26T20:53:38Z"), (1640552018123, "2021-12-26T20:53:38.123Z"), (0, None),
    (-5, None), (True, None), ("x", None), (None, None), (10**30, None),
])  # fmt: skip
def test_epoch(raw: Any, expected: str | None) -> None:
    found = times.from_epoch(raw)
    assert (iso(found) if found else None) == expected


@pytest.mark.parametrize(("raw", "expected"), [
    (3, 3), ("3", 3), ("1.2万", 12000), ("100万+", 1000000), ("3k", 3000), (0, 0), (-1, -1), (None, None), (True, None), ("", None),
    ("many", None), (2**63, None), (float("nan"), None),
])  # fmt: skip
def test_counts_are_never_invented(raw: Any, expected: int | None) -> None:
    assert values.count(raw) == expected


def test_html_to_text() -> None:
    assert html_to_text("<p>a&nbsp;&amp; b</p><p>c<br>d</p><script>x()</script>") == "a & b\n\nc\nd"
    assert (
        html_to_text('x <img alt=[偷笑] src="e.png"> <img class="emoji" alt=":+1:"> <img src="p.png" alt="a photo">')
        == "x [偷笑] 👍"
    )
    assert html_to_text('<aside class="quote no-group"><div>quoted<img></div></aside>mine') == "mine"
    assert html_to_text("1 < 2 and 3 > 2") == "1 < 2 and 3 > 2"
    assert read_html('<a href="https://a.example/">a</a><a href="/rel">b</a><img src=x>') == ("ab", ("https://a.example/",), 1)
    assert plain("&#128104;&#8205;&#127891;<br>x") == "\U0001f468\u200d\U0001f393\nx"
    assert html_to_text("<p" * 2000) is not None


def test_what_a_text_names() -> None:
    assert urls("see https://a.example/x?y=1, and (http://b.example/).") == ("https://a.example/x?y=1", "http://b.example/")
    assert handles("@Ann_b hi me@mail.example @ann.c. @Ann_b") == ("Ann_b", "ann.c")
    assert hashtags("#Банк #银行 a#no &#39; #1 #tag-x") == ("Банк", "银行", "tag")


@given(st.text(max_size=80))
def test_text_functions_never_fail(text: str) -> None:
    assert "\x00" not in html_to_text(text)
    urls(text), handles(text), hashtags(text), plain(text)


def test_x_query_is_split_within_the_limit(settings: Settings) -> None:
    tree = query.parse("@banks", settings, "x")
    queries = query.compile_x(tree, 512)
    assert len(queries) > 1
    assert max(map(len, queries)) <= 512
    parts = [part for text in queries for part in text.split(" OR ")]
    assert "from:VelmoraHelp" in parts
    assert "@VelmoraHelp" in parts
    assert "Velmora" in parts
    assert '"Velmora Bank"' not in parts, "Velmora finds it"
    assert "维摩拉银行" in parts
    assert len(parts) == len(set(parts))
    assert query.compile_x(query.parse('(a OR "b c") AND NOT from:spam -d', settings, "x"), 100) == ['(a OR "b c") -from:spam -d']
    with pytest.raises(RenownError, match="X allows 10"):
        query.compile_x(query.parse('"far too long for this"', settings, "x"), 10)


def test_term_queries_are_the_smallest_covering_set(settings: Settings) -> None:
    terms = query.compile_terms(query.parse("@banks", settings, "vk"), "vk")
    assert {"Velmora", "VelmoraBank", "Велмору", "维摩拉", "velmora_bank"} <= set(terms)
    assert not {"Velmora Bank", "Велмора Банк", "维摩拉银行"} & set(terms), "a shorter name finds these"
    assert len({term.casefold() for term in terms}) == len(terms)
    assert query.compile_terms(query.parse("(a OR b) AND c", settings, "vk"), "vk") == ["a c", "b c"]
    widened = query.compile_for(query.parse("a NOT b", settings, "weibo"), "weibo")
    assert (widened.queries, widened.exact) == (["a"], False), "its search has no NOT: the rest is applied to what comes"


@pytest.mark.parametrize(("text", "complaint"), [
    ("", "a word is missing"), ("(a OR b", "not closed"), ("a OR", "a word is missing"), ("a )", "unexpected"), ('"a', "not closed"),
    ('""', "a phrase is empty"), ("AND a", "a word is missing"),
])  # fmt: skip
def test_broken_queries_are_named(settings: Settings, text: str, complaint: str) -> None:
    with pytest.raises(RenownError, match=complaint):
        query.parse(text, settings, "x")


def test_named_queries(settings: Settings) -> None:
    named = settings.model_copy(update={"queries": type(settings.queries)(queries={"a": "x OR @b", "b": '"y z"', "c": "@c"})})
    assert query.compile_terms(query.parse("@a", named, "vk"), "vk") == ["x", "y z"]
    with pytest.raises(RenownError, match="refer to each other"):
        query.parse("@c", named, "vk")


def _items(numbers: list[int]) -> list[Item]:
    return [Item("post", str(n), "", b"", {}) for n in numbers]


@given(st.lists(st.integers(0, 5000), max_size=60), st.integers(2, 9), st.integers(1, 4))
def test_capped_searches_are_split_until_everything_is_read(seconds: list[int], cap: int, size: int) -> None:
    """Items at given seconds, at most `cap` of a query can be read: all are found, or a gap within one second is named."""

    def fetch(piece: slices.Slice) -> slices.Answer:
        found = [n for n, at in enumerate(seconds) if piece.start <= at <= piece.end]
        place = piece.position or 0
        shown = found[:cap][place : place + size]
        more = place + size if place + size < min(cap, len(found)) else None
        return slices.Answer(_items(shown), more, len(found))

    source = type("S", (), {"overlap_minutes": 0})()
    reading = Reading(source, None, None, "", {}, datetime.fromtimestamp(0, UTC), datetime.fromtimestamp(5001, UTC))  # type: ignore[arg-type]
    pages = list(slices.walk(reading, "s", fetch, cap=cap))
    read = {int(item.native_id) for page in pages for item in page.items}
    assert pages[-1].cursor == {"watermark": 5001}
    if not any(page.gap for page in pages):
        assert read == set(range(len(seconds)))
    crowded = any(
        sum(1 for at in seconds if second <= at <= second + 1) >= cap
        for second in range(5001)
        if second in seconds or second + 1 in seconds
    )
    assert crowded or not any(page.gap for page in pages)


def test_a_search_that_ends_short_is_split() -> None:
    hidden = 30  # the platform promises all, gives 30 of a query and then empty pages

    def fetch(piece: slices.Slice) -> slices.Answer:
        found = [n for n in range(100) if piece.start <= n * 4000 <= piece.end]
        place = piece.position or 0
        shown = found[:hidden][place : place + 10]
        return slices.Answer(_items(shown), place + 10 if shown else None, len(found))

    source = type("S", (), {"overlap_minutes": 0})()
    reading = Reading(source, None, None, "", {}, datetime.fromtimestamp(0, UTC), datetime.fromtimestamp(400000, UTC))  # type: ignore[arg-type]
    pages = list(slices.walk(reading, "s", fetch, split_short=True))
    assert {int(item.native_id) for page in pages for item in page.items} == set(range(100))
    assert not any(page.gap for page in pages)


# -- the session -----------------------------------------------------------------------------------------------------
@pytest.fixture
def mock() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as made:
        yield made


def session(sleeps: list[float] | None = None, **given: Any) -> Http:
    x = PLATFORMS["x"]
    waits = sleeps if sleeps is not None else []
    return Http(x.CONTRACT, x.error_of, given.pop("rate", Rate(requests=100, per_seconds=1)), "agent/1", "token-of-the-test", sleep=waits.append,
                limiter=given.pop("limiter", Limiter(sleep=lambda s: None)), factor=given.pop("factor", 1.0))  # fmt: skip


def test_x_reset_header_is_measured_by_the_servers_clock(mock: responses.RequestsMock) -> None:
    sleeps: list[float] = []
    body = {"title": "Too Many Requests", "detail": "x", "type": "about:blank", "status": 429}
    headers = {"x-rate-limit-reset": "1000000300", "Date": "Sun, 09 Sep 2001 01:46:40 GMT"}  # Date = epoch 1000000000
    mock.get("https://x.test/a", json=body, status=429, headers=headers)
    mock.get("https://x.test/a", json={"meta": {}})
    made = session(sleeps)
    assert made.get_json("https://x.test/a") == {"meta": {}}
    assert 300 <= sleeps[0] <= 301
    assert (made.requests, made.waited) == (2, sleeps[0])
    assert mock.calls[0].request.headers["User-Agent"] == "agent/1"


def test_a_wait_beyond_the_budget_stops(mock: responses.RequestsMock) -> None:
    mock.get(
        "https://x.test/a", json={"title": "t", "type": "about:blank", "status": 429}, status=429, headers={"Retry-After": "5000"}
    )
    with pytest.raises(PlatformError) as caught:
        session().get_json("https://x.test/a")
    assert caught.value.action == "stop"
    assert len(mock.calls) == 1


@pytest.mark.parametrize(("headers", "expected"), [
    ({"Retry-After": "7"}, 7), ({"retry-after": "Sun, 09 Sep 2001 01:46:50 GMT", "date": "Sun, 09 Sep 2001 01:46:40 GMT"}, 10), ({}, None),
    ({"x-rate-limit-reset": "1"}, None), ({"Retry-After": "soon"}, None),
])  # fmt: skip
def test_wait_seconds(headers: dict[str, str], expected: float | None) -> None:
    assert wait_seconds(headers) == expected


def test_limiter_keeps_window_and_gap() -> None:
    now = [0.0]
    limiter = Limiter(sleep=lambda s: now.__setitem__(0, now[0] + s), clock=lambda: now[0])
    starts = []
    for _ in range(7):
        limiter.acquire(("x", "all"), 3, 10.0, 1.0)
        starts.append(now[0])
    assert starts == [0, 1, 2, 10, 11, 12, 20]
    assert limiter.acquire(("x", "recent"), 3, 10.0, 0.0) == 0


def test_search_all_keeps_one_request_a_second(mock: responses.RequestsMock) -> None:
    waits: list[float] = []
    mock.get("https://x.test/a", json={"meta": {}})
    made = session(limiter=Limiter(sleep=waits.append, clock=lambda: 5.0))
    for _ in range(2):
        made.get_json("https://x.test/a", endpoint="2/tweets/search/all")
    assert waits == [1.0]


def test_answers_have_a_size_limit(mock: responses.RequestsMock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "MAX_BYTES", 1000)
    mock.get("https://x.test/a", body=b" " * 5000)
    with pytest.raises(PlatformError, match="larger than"):
        session().get_json("https://x.test/a")


def test_redirects_to_private_addresses_are_refused(mock: responses.RequestsMock, monkeypatch: pytest.MonkeyPatch) -> None:
    known = {"x.test": "93.184.216.34", "inside.test": "10.0.0.7", "other.test": "93.184.216.35"}
    monkeypatch.setattr(reach.socket, "getaddrinfo", lambda host, port: [(0, 0, 0, "", (known.get(host, host), 0))])
    for target in ("http://inside.test/", "http://127.0.0.1/", "http://169.254.169.254/latest", "file:///etc/passwd"):
        mock.get("https://x.test/a", status=302, headers={"Location": target})
        with pytest.raises(PlatformError, match="is refused"):
            session().get_json("https://x.test/a")
        mock.reset()
    mock.get("https://x.test/a", status=302, headers={"Location": "https://other.test/b"})
    mock.get("https://other.test/b", json={"meta": {}})
    session().get_json("https://x.test/a", headers={"Authorization": "Bearer secret"})
    assert "Authorization" not in mock.calls[1].request.headers
    mock.reset()
    mock.get("https://x.test/a", status=302, headers={"Location": "https://x.test/a"})
    with pytest.raises(PlatformError, match="redirects"):
        session().get_json("https://x.test/a")


def test_redaction() -> None:
    echo = json.dumps(
        {"error": {"request_params": [{"key": "access_token", "value": "vk1.a.SECRET"}, {"key": "q", "value": "bank"}]}}
    )
    assert "SECRET" not in redact(echo)
    assert "bank" in redact(echo)
    assert redact("https://g.test/?access_token=abc123&q=1") == "https://g.test/?access_token=***&q=1"
    assert redact("Authorization: Bearer AAAAAAAAAAAA") == "Authorization: Bearer ***"
    assert redact("it is long-secret-token here", "long-secret-token") == "it is *** here"
    assert redact('{"next":"https://g.test/?after=1&access_token=abc\\u0026x=1"}').count("abc") == 0


def test_network_errors_name_the_host_only(mock: responses.RequestsMock) -> None:
    with pytest.raises(PlatformError) as caught:
        session().get_json("https://x.test/a?access_token=abc")
    assert str(caught.value).startswith("x: x.test does not answer (connection failed)")
    assert "abc" not in str(caught.value)


def test_a_late_reset_in_the_past_falls_back_to_backoff() -> None:
    assert wait_seconds({"x-rate-limit-reset": str(int(time.time() - timedelta(hours=1).total_seconds()))}) is None


def test_a_cut_page_is_asked_for_again_and_a_site_that_never_closes_is_believed() -> None:
    from extractors.wholeness import Wholeness

    whole = Wholeness()
    cut, closed = "<html><body>half", "<html><body>whole</body></html>"
    assert not whole.is_whole("https://a.test/1", cut)
    assert whole.is_whole("https://a.test/1", closed)
    assert [whole.is_whole("https://a.test/2", cut) for _ in range(3)] == [False, False, True]
    assert not whole.is_whole("https://a.test/3", cut), "this site closes its pages: each one must come three times"
    for page in ("1", "2"):
        assert [whole.is_whole(f"https://b.test/{page}", cut) for _ in range(3)] == [False, False, True]
    assert whole.is_whole("https://b.test/3", cut), "this one never does"
    assert [whole.is_whole("https://c.test/1", cut + "x" * n) for n in range(3)] == [False, False, False], "cut elsewhere each time"


def test_pages_served_before_are_told_from_new_ones() -> None:
    from extractors.slices import CIRCLE, Repeats

    guard = Repeats()
    assert guard.is_new(["1", "2"])
    assert guard.is_new(["3", "4"])
    assert [guard.is_new(["1", "2"]) for _ in range(2)] == [False, False], "an older page: asked again"
    assert guard.is_new(["5"])
    assert guard.is_new(["5", "6"])
    assert guard.is_new(["6"]), "the item that an inclusive cursor names"
    assert [guard.is_new(["6"]) for _ in range(2)] == [False, False]
    with pytest.raises(PlatformError, match="again and again"):
        guard.is_new(["6"])
    guard.begin()
    assert guard.is_new(["1", "2"]), "a new list"
    circle = Repeats()
    circle.is_new(["1"]), circle.is_new(["2"])
    with pytest.raises(PlatformError, match="again and again"):
        [circle.is_new([str(number // 3 % 2 + 1)]) for number in range(CIRCLE * 6)]


@given(
    st.from_regex(r"\A[0-9]{4}-[0-9W]{2}-[0-9]{2}T[0-9:]{8}([.,][0-9]{3})?Z\Z")
    | st.from_regex(r"\A2026-01-[0-3][0-9]T09:00:00([.,][0-9]{4}|[+-]0[0-9]00)\Z")
    | st.datetimes().map(lambda at: at.isoformat()[:19] + "Z")
)
def test_the_short_way_reads_a_time_as_the_long_way(raw: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(times, "_utc", lambda value: None)
        long_way = times.from_iso(raw)
    assert times.from_iso(raw) == long_way
