"""Review sites by declaration and by schema.org. No recordings exist: the pages are built by schema.org and the options' own words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import responses

from extractors.base import Key, Mention, Page, PlatformError, Reading
from extractors.http import Http
from extractors.limits import Limiter
from extractors.parse import parse_body, parse_with_rejects, understand
from extractors.platforms import review_site
from extractors.shapes import review_items, schema_org
from extractors.shapes.review_options import read_options
from sandbox.servers import review_site as server
from settings import RenownError, Settings
from tests.extractors.worlds import END, START, PlotWorld

URL = "https://reviews.test/bank/velmora"
FETCHED = datetime(2026, 3, 30, 12, tzinfo=UTC)
GOOD: dict[str, Any] = {
    "list": "b?page={page}",
    "item": ".r",
    "id": {"attribute": "data-id"},
    "fields": {"text": {"select": ".t"}},
}


def parse(value: Any, url: str | None = URL) -> list[Mention]:
    """A page with this JSON-LD, or this very page."""
    html = value if isinstance(value, str) else f'<html><script type="application/ld+json">{json.dumps(value)}</script></html>'
    return parse_body("review_site", html.encode(), url, FETCHED)


# -- schema.org --------------------------------------------------------------------------------------------------------
def review(**more: Any) -> dict[str, Any]:
    return {"@type": "Review", "author": {"@type": "Person", "name": "Ann"}, "datePublished": "2026-03-05T10:00:00+03:00",
            "reviewBody": "Bad &amp; slow 😡", "reviewRating": {"@type": "Rating", "ratingValue": "4", "bestRating": "10"}, **more}  # fmt: skip


def test_a_review_of_json_ld() -> None:
    thing = {"@context": "https://schema.org", "@graph": [{"@type": "BankOrCreditUnion", "name": "Velmora Bank", "review": [
        review(**{"@id": "https://reviews.test/reviews/64af01", "name": "Never", "inLanguage": "en", "upvoteCount": 3})]}]}  # fmt: skip
    [found] = parse(thing)
    assert (found.native_id, found.kind, found.site, found.page_name) == ("64af01", "review", "reviews.test", "Velmora Bank")
    assert (found.title, found.text, found.rating, found.engagement.likes) == ("Never", "Bad & slow 😡", 2.0, 3)
    assert (found.created_at, found.created_at_raw) == (datetime(2026, 3, 5, 7, tzinfo=UTC), "2026-03-05T10:00:00+03:00")
    assert (found.author_name, found.author_id, found.language_hint) == ("Ann", None, "en")
    assert found.url == URL


def test_a_review_without_an_id_keeps_its_derived_one_when_it_is_edited() -> None:
    [first], [edited] = parse(review()), parse(review(reviewBody="Better now"))
    assert first.native_id == edited.native_id
    assert first.native_id.startswith("h")
    assert first.text != edited.text
    assert parse(review(author="Bo"))[0].native_id != first.native_id
    assert parse([review(url="/r"), review(url="/r", author="Bo")])[0].native_id == first.native_id  # an address of both is no id


def test_answers_dates_and_ratings() -> None:
    answer = {
        "@type": "Comment",
        "text": "Sorry",
        "author": {"@type": "Organization", "name": "Velmora"},
        "datePublished": "2026-03-06",
    }
    note = {"@type": "Comment", "text": "Same here", "author": "Cy"}
    found = parse(
        review(identifier="r1", comment=[answer, note], datePublished="2026-03-05T10:00:00", dateModified="2026-03-07T00:00:00Z")
    )
    assert [(m.kind, m.parent_id, m.text) for m in found] == [
        ("review", None, "Bad & slow 😡"), ("reply", "r1", "Sorry"), ("comment", "r1", "Same here")]  # fmt: skip
    assert (found[0].created_at, found[0].created_at_raw) == (None, "2026-03-05T10:00:00")  # no zone, no instant
    assert found[0].edited_at == datetime(2026, 3, 7, tzinfo=UTC)
    assert found[1].created_at == datetime(2026, 3, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    ("rating", "stars"),
    [
        ("4,5", 4.5),
        (3, 3.0),
        ({"ratingValue": 80, "bestRating": 100}, 4.0),
        ({"ratingValue": 7}, None),
        ({}, None),
        ([{"ratingValue": "2 of 5"}], 2.0),
    ],
)
def test_ratings_are_out_of_five(rating: Any, stars: float | None) -> None:
    assert schema_org.rating({"reviewRating": rating}) == stars


def test_only_reviews_are_mentions() -> None:
    assert parse({"@type": "Product", "name": "x", "aggregateRating": {"@type": "AggregateRating", "ratingValue": 4}}) == []
    assert parse({"@type": "ClaimReview", "name": "x", "claimReviewed": "y"}) == []
    [bare] = parse(review(reviewBody=None))
    assert (bare.text, bare.rating) == ("", 2.0)
    mentions, rejects = parse_with_rejects("review_site", json.dumps([{"@type": "Review", "name": 3}]).encode())
    assert (mentions, [reject.reason for reject in rejects]) == ([], ["missing id"])


def test_a_broken_script_does_not_hide_the_next_one() -> None:
    page = f'<html><script type="application/ld+json">{{"@type": </script><script type="application/ld+json"><!-- {json.dumps(review())} --></script></html>'
    assert [m.text for m in parse(page)] == ["Bad & slow 😡"]


MICRODATA = """<html><body itemscope itemtype="https://schema.org/BankOrCreditUnion"><h1 itemprop="name">Velmora</h1>
<div itemprop="review" itemscope itemtype="http://schema.org/Review" data-review-id="5511"><b itemprop="name">Hm</b>
<span itemprop="author" itemscope itemtype="http://schema.org/Person"><a itemprop="url" href="/u/77"><i itemprop="name">Ann</i></a></span>
<time itemprop="datePublished" datetime="2026-03-05T10:00Z">5 March</time><div itemprop="reviewBody">One<br>Two</div>
<div itemprop="reviewRating" itemscope itemtype="http://schema.org/Rating"><meta itemprop="ratingValue" content="3"></div></div>
<div itemscope itemtype="http://schema.org/Review" id="review-12"><p itemprop="description">Three</p></div></body></html>"""


def test_microdata() -> None:
    first, second = parse(MICRODATA)
    assert (first.native_id, first.title, first.text, first.rating) == ("5511", "Hm", "One\nTwo", 3.0)
    assert (first.author_name, first.author_id, first.page_name) == ("Ann", "77", "Velmora")
    assert first.created_at == datetime(2026, 3, 5, 10, tzinfo=UTC)
    assert (second.native_id, second.text, second.page_name) == ("review-12", "Three", "Velmora")


# -- options -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"fields": {"text": {"select": "..bad"}}}, r"sources\.yml: options\.fields\.text\.select: '\.\.bad' is no CSS selector"),
        ({"fields": {"text": {"select": ".t", "regex": "("}}}, r"options\.fields\.text\.regex: '\(' is no regular expression"),
        (
            {"fields": {"text": {}, "created_at": {"type": "date", "zone": "Mars"}}},
            r"options\.fields\.created_at\.zone: unknown time zone 'Mars'",
        ),
        ({"fields": {"text": {}, "words": {}}}, r"fields\.words is unknown; use one of text, title"),
        ({"fields": {"text": {"type": "stars", "out_of": 0}}}, r"options\.fields\.text\.out_of: "),
        ({"itme": ".x"}, r"options\.itme: there is no such option: leave it out"),
        ({"item": None}, r"item is missing: give its CSS selector"),
        ({"list": None}, r"options\.list: "),
        ({"list": "b/{bank}"}, r"options\.list: \{bank\} is unknown; use \{page\} and \{id\}"),
        ({"list": "b/{id}"}, r"add ids:"),
    ],
)
def test_errors_of_the_options_name_the_key_and_the_mend(change: dict[str, Any], where: str) -> None:
    assert read_options({**GOOD, "revisit_limit": 5}).address == "b?page={page}", "what any source may say is no fault"
    with pytest.raises(RenownError, match=where) as caught:
        read_options({**GOOD, **change})
    assert caught.value.mend
    assert len(str(caught.value).splitlines()) == 1


PAGE = """<html><body><main><div class="r" data-id="a1"><p class="t">It <b>hangs</b> <img alt="😡"><br>&lt;now&gt;</p><span class="d">3 дня назад</span>
<i class="s on"></i><i class="s on"></i><i class="s"></i><u style="width: 40%"></u><a class="u" href="/users/77">@ann</a><em>1 234</em>
<div class="a"><p>Мы ответим</p><span class="d">12 марта 2026, 14:05</span></div></div>
<div class="r" data-id="a2"><p class="t">Fine</p><span class="d">31 декабря</span></div></main></body></html>"""
DATE = {"select": "span.d", "type": "date", "zone": "Europe/Moscow", "language": "ru"}
DECLARED: dict[str, Any] = {**GOOD, "ids": ["velmora"], "fields": {
    "text": {"select": ".t"}, "created_at": DATE, "author_handle": {"select": ".u"}, "likes": {"select": "em", "type": "number"},
    "author_id": {"select": ".u", "attribute": "href", "regex": r"/users/(\d+)"}, "url": {"select": ".u", "attribute": "href"},
    "rating": {"select": "u", "attribute": "style", "regex": r"(\d+)%", "type": "stars", "out_of": 100}},
    "reply": {"item": ".a", "fields": {"text": {"select": "p"}, "created_at": DATE}}}  # fmt: skip


def declared(page: str, options: dict[str, Any], fetched_at: datetime | None = FETCHED) -> list[Mention]:
    tree = review_site.html_tree(page)
    made = [review_site.make_item(e, "s") for e in review_items.envelopes(tree, read_options(options), URL, "velmora")]
    again = [review_site.make_item(json.loads(item.raw), "s") for item in made]
    found = [understand(review_site, item, fetched_at) for item in again]  # type: ignore[arg-type]
    assert all(isinstance(mention, Mention) for mention in found), found
    return [mention for mention in found if isinstance(mention, Mention)]


def test_a_page_by_selectors() -> None:
    first, reply, second = declared(PAGE, DECLARED)
    assert (first.kind, first.native_id, first.text, first.rating) == ("review", "a1", "It hangs 😡\n<now>", 2.0)
    assert (first.author_handle, first.author_id, first.url, first.engagement.likes) == (
        "ann",
        "77",
        "https://reviews.test/users/77",
        1234,
    )
    assert (first.created_at, first.created_at_raw) == (FETCHED - timedelta(days=3), "3 дня назад")
    assert (reply.kind, reply.native_id, reply.parent_id, reply.text, reply.author_id) == (
        "reply",
        "a1:reply",
        "a1",
        "Мы ответим",
        "velmora",
    )
    assert reply.created_at == datetime(2026, 3, 12, 11, 5, tzinfo=UTC)
    assert second.created_at == datetime(2025, 12, 30, 21, tzinfo=UTC)  # the last 31st of December, in Moscow
    assert (second.rating, second.engagement.likes, second.page_id, second.conversation_id) == (None, None, "velmora", "a2")


def test_relative_dates_are_unknown_without_the_time_of_fetching() -> None:
    first, reply, second = declared(PAGE, DECLARED, None)
    assert (first.created_at, second.created_at) == (None, None)
    assert reply.created_at == datetime(2026, 3, 12, 11, 5, tzinfo=UTC)


def test_counted_stars_and_formats() -> None:
    options = {
        **GOOD,
        "fields": {"text": {"select": ".t"}, "rating": {"select": ".s.on", "count": True, "type": "stars", "out_of": 3}},
    }
    assert [mention.rating for mention in declared(PAGE, options)] == [3.3333, 0.0]
    assert review_items.instant("05.03.2026 10:20", {"format": "%d.%m.%Y %H:%M", "zone": "Europe/Berlin"}, None) == datetime(
        2026, 3, 5, 9, 20, tzinfo=UTC)  # fmt: skip


def test_the_stored_strings_do_not_change_with_the_mark_up() -> None:
    noisy = PAGE.replace('<div class="r" data-id="a1">', '<div class="r" data-id="a1" data-csrf="x7"><ins>ad</ins>')
    options = read_options(DECLARED)
    stored = [
        [review_site.make_item(e, "").raw for e in review_items.envelopes(review_site.html_tree(p), options, URL, None)]
        for p in (PAGE, noisy)
    ]
    assert stored[0] == stored[1]


# -- reading -----------------------------------------------------------------------------------------------------------
@pytest.fixture
def world() -> Iterator[PlotWorld]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        made = PlotWorld(server)  # type: ignore[arg-type]
        made.serve(mock)
        yield made


def read(world: PlotWorld, settings: Settings, cursors: dict[str, Any] | None = None, **options: Any) -> list[Page]:
    source = world.source
    told = {name: value for name, value in {**source.options, **options}.items() if value is not None}
    http = Http(
        review_site.CONTRACT,
        review_site.error_of,
        source.rate,
        "t/1",
        limiter=Limiter(sleep=lambda s: None),
        sleep=lambda s: None,
    )
    http.home = world.base
    source = source.model_copy(update={"options": told})
    return list(review_site.pages(Reading(source, settings, http, world.base, cursors or {}, START, END)))


def keys(pages: list[Page]) -> set[tuple[str, str]]:
    return {(item.kind, item.native_id) for page in pages for item in page.items}


def test_pages_by_number_and_an_unsorted_list(world: PlotWorld, settings: Settings) -> None:
    found = read(world, settings, list="bank/{id}?page={page}", next=None, sort="unsorted")
    assert keys(found) == world.keys()
    assert [page.cursor is None for page in found] == [True] * (len(found) - 1) + [False]


def test_pages_by_schema_org(world: PlotWorld, settings: Settings) -> None:
    found = read(world, settings, json_ld=True, item=None, id=None, fields=None, reply=None)
    assert keys(found) == {world.key(n) for n in world.numbers() if world.key(n)[0] == "review"}


def test_a_limit_of_pages_is_a_gap(world: PlotWorld, settings: Settings) -> None:
    found = read(world, settings, max_pages=2)
    assert [page.gap for page in found] == [None, "list:velmora has more than max_pages (2)"]


def test_a_site_that_repeats_its_last_page(world: PlotWorld, settings: Settings) -> None:
    world.stuck = True
    with pytest.raises(PlatformError, match="same page"):
        read(world, settings)
    assert len(keys(read(world, settings, repeats_at_end=True))) == world.page + 1


def test_a_captcha_is_no_empty_list(world: PlotWorld, settings: Settings) -> None:
    world.plan = dict.fromkeys(range(1, 30), (200, {}, b"<html><body>are you human?</body></html>"))
    with pytest.raises(PlatformError, match="not a list page"):
        read(world, settings, container=None)
    world.total, world.plan = 0, {}
    assert keys(read(world, settings)) == set()


def test_young_reviews_are_read_again_for_answers(world: PlotWorld, settings: Settings) -> None:
    cursor = {"list:velmora": {"watermark": int(END.timestamp()) - 60}}
    world.total = 24 * 29 - 1
    world.page = 50
    read_again = [len(keys(read(world, settings, cursor, thread_hours=hours))) for hours in (0, 72, 150)]
    assert 50 <= read_again[0] < 72 < read_again[1] < 150 < read_again[2] < 300


def test_edits_are_new_versions_of_the_same_review(world: PlotWorld, settings: Settings) -> None:
    before = {item.native_id: item for page in read(world, settings) for item in page.items}
    world.edited[3] = int((START + timedelta(hours=40)).timestamp())
    world.gone[4] = "platform"
    after = {item.native_id: item for page in read(world, settings) for item in page.items}
    assert before["r3"].raw != after["r3"].raw
    assert review_site.to_mention(after["r3"], END).edited_at == START + timedelta(hours=40)
    assert {"r4", "r5"} & set(after) == set()  # an answer goes with what it answers
    assert before["r6"].raw == after["r6"].raw


def test_parse_uses_the_configured_source_of_the_host(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    from settings.models import Source, Sources

    source = Source(id="s", platform="review_site", base_url="https://reviews.test", options=DECLARED)
    monkeypatch.setattr(review_site, "load_settings", lambda: settings.model_copy(update={"sources": Sources(sources=[source])}))
    assert [m.native_id for m in parse(PAGE)] == ["a1", "a1:reply", "a2"]
    assert parse(PAGE, "https://other.test/x") == []


# -- looking again -----------------------------------------------------------------------------------------------------
def again(world: PlotWorld, settings: Settings, numbers: Any, **options: Any) -> tuple[set[tuple[str, str]], set[tuple[str, str]], list[str]]:
    """(found, gone, gaps) of a look at these things; `created_at=None` takes their dates away."""
    dated = options.pop("dated", True)
    asked = []
    for n in numbers:
        kind, number = world.key(n)
        parent = world.key(n - 1)[1] if kind == "reply" else None
        asked.append(Key(kind, number, parent_id=parent, page_id="velmora", created_at=world.at(n) if dated else None))
    source = world.source
    source = source.model_copy(update={"options": {**source.options, **options}})
    http = Http(review_site.CONTRACT, review_site.error_of, source.rate, "t/1", limiter=Limiter(sleep=lambda s: None), sleep=lambda s: None)
    http.home = world.base
    found = list(review_site.lookup(Reading(source, settings, http, world.base, {}, START, END), asked))
    gone = {(str(grave.kind), grave.native_id) for page in found for grave in page.gone}
    return keys(found), gone, [page.gap for page in found if page.gap]


@pytest.fixture
def weeks(world: PlotWorld) -> PlotWorld:
    """A list of 200 reviews, an hour between two, twenty a page."""
    world.total, world.page = 200, 20
    return world


RECENT = range(140, 200)


def test_what_is_there_comes_again_and_one_read_is_enough(weeks: PlotWorld, settings: Settings) -> None:
    found, gone, gaps = again(weeks, settings, RECENT)
    assert (found, gone, gaps) == ({weeks.key(n) for n in RECENT}, set(), [])
    assert weeks.requests <= 8  # not the whole list: only down past the oldest


def test_a_review_that_is_gone_takes_its_answer_along(weeks: PlotWorld, settings: Settings) -> None:
    weeks.gone = {164: "platform", 170: "page"}  # 165 answers 164; 170 is an answer itself
    found, gone, gaps = again(weeks, settings, RECENT)
    assert gone == {weeks.key(164), weeks.key(165), weeks.key(170)}
    assert weeks.key(169) in found
    assert gaps == []


def test_without_an_older_review_nothing_is_concluded(weeks: PlotWorld, settings: Settings) -> None:
    weeks.gone = {1: "platform", 163: "platform"}
    assert again(weeks, settings, [1, 2])[1] == set()  # the list may hold no more than its newest
    assert again(weeks, settings, [163], max_pages=1)[1] == set()
    assert again(weeks, settings, [163])[1] == {weeks.key(163)}


def test_a_review_that_moved_between_two_pages_is_not_gone(weeks: PlotWorld, settings: Settings) -> None:
    weeks.gone = {181: "platform"}
    serve = weeks.callback

    def moving(request: Any) -> tuple[int, dict[str, str], bytes]:
        status, headers, body = serve(request)
        if weeks.requests == 1:
            weeks.gone = {}
        return status, headers, body

    weeks.callback = moving  # type: ignore[method-assign]
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        weeks.serve(mock)
        assert again(weeks, settings, RECENT)[1] == set()


@pytest.mark.parametrize("options", [{"sort": "unsorted"}, {"json_ld": True}, {"dated": False}])
def test_lists_that_prove_nothing_conclude_nothing(weeks: PlotWorld, settings: Settings, options: dict[str, Any]) -> None:
    weeks.gone = {163: "platform"}
    assert again(weeks, settings, RECENT, **options)[1] == set()


def test_a_list_that_lacks_most_is_not_believed(weeks: PlotWorld, settings: Settings) -> None:
    weeks.gone = dict.fromkeys(range(141, 190), "platform")
    _, gone, [gap] = again(weeks, settings, RECENT)
    assert (gone, gap) == (set(), "50 of 60 reviews are absent at once: not believed")


def test_a_page_that_broke_off_or_failed_concludes_nothing(weeks: PlotWorld, settings: Settings) -> None:
    serve, asked = weeks.callback, [0]

    def cutting(request: Any) -> tuple[int, dict[str, str], bytes]:
        status, headers, body = serve(request)
        asked[0] += "page=2" in request.url
        is_cut = "page=2" in request.url and asked[0] <= 2
        return status, headers, body[: len(body) * 8 // 10 + asked[0]] if is_cut else body

    weeks.callback = cutting  # type: ignore[method-assign]
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        weeks.serve(mock)
        numbered = {"list": "bank/{id}?page={page}", "next": None}  # so that what is cut off is no list's end
        assert again(weeks, settings, RECENT, **numbered)[:2] == ({weeks.key(n) for n in RECENT}, set())
    weeks.plan = dict.fromkeys(range(weeks.requests + 2, weeks.requests + 60), (503, {}, b""))
    with pytest.raises(PlatformError, match="503"):
        again(weeks, settings, RECENT)
