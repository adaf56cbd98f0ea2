"""App Store reviews. No recordings exist: the bodies are built by the published schema and by the forms that public clients quote."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
import responses
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from extractors.base import Key, Page, PlatformError, Reading
from extractors.http import Http
from extractors.limits import Limiter
from extractors.parse import parse_body, parse_with_rejects
from extractors.platforms import app_store
from extractors.shapes import app_store_connect as connect
from sandbox.plot import Plot, Thing
from sandbox.servers import app_store as server
from settings import Settings
from settings.models import Source
from tests.extractors.worlds import END, START, PlotWorld

BASE = "https://itunes.apple.com/us/rss/customerreviews"


def entry(number: int, at: str = "2026-03-05T01:02:03-07:00", **more: Any) -> dict[str, Any]:
    return {
        "author": {"uri": {"label": "https://itunes.apple.com/de/reviews/id4711"}, "name": {"label": "Ann"}, "label": ""},
        "updated": {"label": at}, "im:rating": {"label": "2"}, "im:version": {"label": "1.2"}, "id": {"label": str(number)},
        "title": {"label": "Slow"}, "content": {"label": "It hangs 😡", "attributes": {"type": "text"}},
        "link": {"attributes": {"rel": "related", "href": "https://itunes.apple.com/de/review?id=987654321&type=Purple%20Software"}},
        "im:voteSum": {"label": "3"}, "im:voteCount": {"label": "5"}, **more,
    }  # fmt: skip


def feed(entries: Any, last: int = 1) -> dict[str, Any]:
    link = {"attributes": {"rel": "last", "href": f"{BASE}/page={last}/id=987654321/sortby=mostrecent/json"}}
    return {"feed": {"link": [link], **({"entry": entries} if entries else {})}}


def parse(value: Any, url: str | None = None) -> list[Any]:
    return parse_body("app_store", json.dumps(value).encode(), url)


def test_a_review_of_the_feed() -> None:
    [found] = parse(feed([entry(11)]))
    assert (found.native_id, found.kind, found.site) == ("11", "review", "")
    assert (found.title, found.text, found.rating) == ("Slow", "It hangs 😡", 2.0)
    assert (found.created_at, found.created_at_raw) == (datetime(2026, 3, 5, 8, 2, 3, tzinfo=UTC), "2026-03-05T01:02:03-07:00")
    assert (found.author_id, found.author_name, found.author_handle) == ("4711", "Ann", None)
    assert (found.page_id, found.country, found.engagement.likes) == ("987654321", "DE", 3)
    assert found.engagement.comments is None


def test_a_single_entry_is_no_array_and_the_app_is_no_review() -> None:
    app = {"im:name": {"label": "Bank"}, "id": {"label": "https://apps.apple.com/de/app/id987654321"}, "title": {"label": "Bank"}}
    assert [m.native_id for m in parse(feed(entry(5)))] == ["5"]
    assert [(m.native_id, m.page_name) for m in parse(feed([app, entry(6)]))] == [("6", "Bank")]
    assert parse(feed(None)) == []
    assert parse(feed(app)) == []


def test_missing_fields_are_unknown_and_nothing_is_dropped() -> None:
    bare = {"id": {"label": "9"}, "content": {"label": ""}, "im:rating": {"label": "9"}}
    mentions, rejects = parse_with_rejects(
        "app_store", json.dumps(feed([bare, {"im:rating": {"label": "1"}}, entry(3, content=7)])).encode()
    )
    [found] = mentions
    assert (found.text, found.rating, found.created_at, found.engagement.likes, found.country) == ("", None, None, None, "US")
    assert [reject.reason for reject in rejects] == ["missing id", "missing text"]


def test_the_atom_form_reads_like_the_json_form() -> None:
    body = (
        b'<?xml version="1.0" encoding="utf-8"?><feed xmlns:im="http://itunes.apple.com/rss" xmlns="http://www.w3.org/2005/Atom">'
        b"<entry><id>https://apps.apple.com/de/app/id987654321</id><im:name>Bank</im:name></entry>"
        b"<entry><updated>2026-03-05T01:02:03-07:00</updated><id>11</id><title>Slow</title>"
        b'<content type="text">It hangs \xf0\x9f\x98\xa1</content><im:voteSum>3</im:voteSum><im:rating>2</im:rating>'
        b"<author><name>Ann</name><uri>https://itunes.apple.com/de/reviews/id4711</uri></author>"
        b'<link rel="related" href="https://itunes.apple.com/de/review?id=987654321&amp;type=Purple%20Software"/>'
        b'<content type="html"><table><tr><td>Slow table</td></tr></table></content></entry></feed>'
    )
    [atom] = parse_body("app_store", body)
    [of_json] = parse(feed([entry(11)]))
    assert {**atom.to_dict(), "page_name": None} == of_json.to_dict()
    assert atom.page_name == "Bank"


def test_app_store_connect_with_its_answers() -> None:
    review = {"type": "customerReviews", "id": "0000-a", "attributes": {
        "rating": 5, "title": "Good", "body": "Fine", "reviewerNickname": "Bo", "createdDate": "2026-01-15T08:10:34-08:00", "territory": "SWE"}}  # fmt: skip
    reply = {"type": "customerReviewResponses", "id": "resp-1", "attributes": {
        "responseBody": "Thank you", "lastModifiedDate": "2026-01-16T00:00:00Z", "state": "PUBLISHED"},
        "relationships": {"review": {"data": {"type": "customerReviews", "id": "0000-a"}}}}  # fmt: skip
    url = "https://api.appstoreconnect.apple.com/v1/apps/987654321/customerReviews?include=response"
    found = parse({"data": [review], "included": [reply]}, url)
    assert [(m.kind, m.native_id, m.parent_id, m.page_id) for m in found] == [
        ("review", "0000-a", None, "987654321"), ("reply", "resp-1", "0000-a", "987654321")]  # fmt: skip
    assert (found[0].country, found[0].rating, found[0].author_name) == ("SE", 5.0, "Bo")
    assert found[0].created_at == datetime(2026, 1, 15, 16, 10, 34, tzinfo=UTC)
    assert (found[1].text, found[1].author_id, found[1].conversation_id) == ("Thank you", "987654321", "0000-a")
    assert [m.native_id for m in parse({"data": review})] == ["0000-a"]


def test_older_and_other_forms() -> None:
    row = {"userReviewList": [{"userReviewId": "77", "body": "Old", "date": "2019-01-02T03:04:05Z", "name": "C", "rating": 4, "voteSum": 0,
                               "viewUsersUserReviewsUrl": "https://itunes.apple.com/us/reviews?userProfileId=88"}]}  # fmt: skip
    [old] = parse(row)
    assert (old.native_id, old.author_id, old.rating, old.engagement.likes) == ("77", "88", 4.0, 0)
    web = {"data": [{"id": "5", "type": "user-reviews", "attributes": {
        "review": "Hm", "rating": 1, "date": "2024-05-06T07:08:09Z", "userName": "D",
        "developerResponse": {"id": 6, "body": "Sorry", "modified": "2024-05-07T00:00:00Z"}}}]}  # fmt: skip
    assert [(m.kind, m.native_id, m.text, m.parent_id) for m in parse(web)] == [
        ("review", "5", "Hm", None),
        ("reply", "6", "Sorry", "5"),
    ]
    assert parse({"data": [{"type": "apps", "id": "1", "attributes": {"name": "x"}}]}) == []


def test_errors_of_app_store_connect() -> None:
    with pytest.raises(PlatformError, match="error 401") as caught:
        parse(
            {
                "errors": [
                    {"status": "401", "code": "NOT_AUTHORIZED", "title": "Authentication credentials are missing or invalid."}
                ]
            }
        )
    assert caught.value.action == "fatal"


# -- reading -----------------------------------------------------------------------------------------------------------
class Store(PlotWorld):
    """The sandbox's feed, whose JSON form comes empty for the pages in `empty`, and whose Atom form does for those in `void`."""

    def __init__(self) -> None:
        super().__init__(server)  # type: ignore[arg-type]
        self.empty: set[int] = set()
        self.void: set[int] = set()

    def callback(self, request: Any) -> tuple[int, dict[str, str], bytes]:
        status, headers, body = super().callback(request)
        place = int(re.findall(r"/page=(\d+)/", request.url)[0])
        if place in self.empty and request.url.endswith("/json"):
            value = json.loads(body)
            value["feed"].pop("entry", None)
            return status, headers, json.dumps(value).encode()
        if place in self.void and request.url.endswith("/xml"):
            return status, headers, re.sub(rb"<entry>.*</entry>", b"", body)
        return status, headers, body


@pytest.fixture
def store() -> Iterator[Store]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        made = Store()
        made.serve(mock)
        yield made


def read(store: Store, settings: Settings, cursors: dict[str, Any] | None = None, source: Source | None = None) -> list[Page]:
    used = source or store.source
    http = Http(
        app_store.CONTRACT, app_store.error_of, used.rate, "t/1", limiter=Limiter(sleep=lambda s: None), sleep=lambda s: None
    )
    return list(app_store.pages(Reading(used, settings, http, store.base, cursors or {}, START, END)))


def test_an_empty_json_page_is_read_in_its_atom_form(store: Store, settings: Settings) -> None:
    store.empty = {1, 3}
    found = read(store, settings)
    assert {(i.kind, i.native_id) for page in found for i in page.items} == store.keys()
    assert not any(page.gap for page in found)


def test_a_page_that_stays_empty_is_named_and_passed_over(store: Store, settings: Settings) -> None:
    store.empty = store.void = {2}
    found = read(store, settings)
    assert len({i.native_id for page in found for i in page.items}) == store.total - store.page
    assert [page.gap for page in found if page.gap] == [f"page 2 of app {server.APP} in us came empty"]


def test_the_tenth_page_is_the_end_and_a_gap(store: Store, settings: Settings) -> None:
    store.total = 60
    found = read(store, settings)
    assert len({i.native_id for page in found for i in page.items}) == 50
    assert ["ends at page 10" in (page.gap or "") for page in found] == [False] * 9 + [True]
    assert not any("page=11" in url for url in store.urls)
    known = {"watermark": int((START + timedelta(hours=20)).timestamp())}
    assert not any(page.gap for page in read(store, settings, {f"us:{server.APP}": known}))


def test_each_app_in_each_storefront_and_the_banks_own(store: Store, settings: Settings) -> None:
    options = {"apps": [server.APP], "countries": ["us", "GB"]}
    banks = settings.banks.model_copy(
        update={"banks": [settings.banks.banks[0].model_copy(update={"pages": {"app_store": ["id555555"]}})]}
    )
    read(store, settings.model_copy(update={"banks": banks}), source=store.source.model_copy(update={"options": options}))
    asked = {re.findall(r"/(\w\w)/rss/.*?/id=(\d+)/", url)[0] for url in store.urls}
    assert asked == {(country, app) for country in ("us", "gb") for app in (server.APP, "555555")}


def test_without_an_app_the_mend_is_named(store: Store, settings: Settings) -> None:
    with pytest.raises(PlatformError, match=r"options\.apps"):
        read(store, settings, source=store.source.model_copy(update={"options": {}}))


def test_an_edit_comes_up_again_and_a_removed_review_is_absent() -> None:
    things = [Thing(1, 1000, "old", edited_at=9000), Thing(2, 5000, "b"), Thing(3, 6000, "c", gone="platform")]
    from sandbox.plot import Ask

    path = f"/us/rss/customerreviews/page=1/id={server.APP}/sortby=mostrecent/json"
    found = parse(json.loads(server.answer(Plot(things, 9999), Ask("GET", path, {})).body))
    assert [m.native_id for m in found] == ["8000000001", "8000000002"]
    assert found[0].created_at == datetime.fromtimestamp(9000, UTC)


# -- App Store Connect: own apps ---------------------------------------------------------------------------------------
class Own(PlotWorld):
    """The sandbox's App Store Connect: every fifth thing answers the one before it, and the newest answer waits for publication."""

    def __init__(self) -> None:
        super().__init__(server)  # type: ignore[arg-type]
        self.tokens: set[str] = set()

    def thing(self, n: int) -> Thing:
        made = super().thing(n)
        made.parent = n - 1 if n % 5 == 0 else None
        made.at += 10**9 if n == 20 else 0
        return made

    def callback(self, request: Any) -> tuple[int, dict[str, str], bytes]:
        self.tokens.add(request.headers["Authorization"].removeprefix("Bearer "))
        return super().callback(request)

    def own_keys(self, numbers: Any) -> set[tuple[str, str]]:
        return {("review" if n % 5 else "reply", server.connect_id(self.thing(n))) for n in numbers}


@pytest.fixture(scope="module")
def pem() -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


@pytest.fixture
def own() -> Iterator[Own]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        made = Own()
        made.serve(mock)
        yield made


def own_reading(
    world: Own, settings: Settings, pem: str, cursors: dict[str, Any] | None = None, end: datetime = END, **options: Any
) -> Reading:
    source = world.source.model_copy(update={"options": {"own": [f"id{server.APP}"], "apps": [server.APP], **options}, "overlap_minutes": 0})
    secrets = {connect.KEY: pem, connect.KEY_ID: "2X9R4HXF34", connect.ISSUER: "57246542-96fe-1a63"}
    http = Http(app_store.CONTRACT, app_store.error_of, source.rate, "t/1", secrets=secrets,
                limiter=Limiter(sleep=lambda s: None), sleep=lambda s: None)  # fmt: skip
    return Reading(source, settings, http, world.base, cursors or {}, START, end)


def keys(pages: list[Page]) -> set[tuple[str, str]]:
    return {(item.kind, item.native_id) for page in pages for item in page.items}


PUBLISHED = [n for n in range(1, 24) if n != 20]


def test_own_apps_are_read_by_app_store_connect(own: Own, settings: Settings, pem: str) -> None:
    given = own_reading(own, settings, pem)
    found = list(app_store.pages(given))
    assert keys(found) == own.own_keys(PUBLISHED)
    assert all("/v1/apps/" in url for url in own.urls)  # the feed, whose ids are others, is left out for them
    reply = next(item for page in found for item in page.items if item.native_id == server.connect_id(own.thing(5)))
    mention = app_store.to_mention(reply, END)
    assert (mention.page_id, mention.author_id, mention.parent_id) == (server.APP, server.APP, server.connect_id(own.thing(4)))
    assert mention.text == "Velmora 5"


def test_the_token_is_what_apple_asks_for(own: Own, settings: Settings, pem: str) -> None:
    given = own_reading(own, settings, pem.replace("\n", "\\n"))  # as an environment file holds it
    list(app_store.pages(given))
    [token] = own.tokens
    public = serialization.load_pem_private_key(pem.encode(), None).public_key()
    claims = jwt.decode(token, public, algorithms=["ES256"], audience="appstoreconnect-v1")  # type: ignore[arg-type]
    assert (claims["iss"], claims["exp"] - claims["iat"] <= 1200) == ("57246542-96fe-1a63", True)
    assert jwt.get_unverified_header(token) == {"alg": "ES256", "kid": "2X9R4HXF34", "typ": "JWT"}
    assert given.http.clean(f"it said {token}") == "it said ***"


def test_an_individual_key_has_no_issuer_and_a_new_token_comes_before_the_old_one_ends(
    own: Own, settings: Settings, pem: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "AuthKey_X.p8").write_text(pem, "ascii")
    given = own_reading(own, settings, str(tmp_path / "AuthKey_X.p8"))
    del given.http.secrets[connect.ISSUER]
    clock = iter(range(1_000_000, 9_000_000, 400))
    monkeypatch.setattr(connect.time, "time", lambda: float(next(clock)))
    list(app_store.pages(given))
    assert len(own.tokens) > 1
    told = jwt.decode(own.tokens.pop(), options={"verify_signature": False})
    assert (told["sub"], "iss" in told) == ("user", False)


def test_answers_to_young_reviews_are_found(own: Own, settings: Settings, pem: str) -> None:
    cursor = {f"connect:{server.APP}": {"watermark": int((START + timedelta(hours=23)).timestamp())}}
    noon = START + timedelta(hours=30)
    young = keys(list(app_store.pages(own_reading(own, settings, pem, cursor, noon, thread_hours=20))))
    assert own.own_keys([10, 9]) & young
    assert not own.own_keys([1]) & young
    none = keys(list(app_store.pages(own_reading(own, settings, pem, cursor, noon, thread_hours=0))))
    assert not own.own_keys([9, 10]) & none


def test_a_forgotten_place_means_starting_at_the_top_once(own: Own, settings: Settings, pem: str) -> None:
    end = int(END.timestamp())
    todo = [[int(START.timestamp()), end, "stale", 5, None]]
    cursor = {f"connect:{server.APP}": {"watermark": None, "end": end, "todo": todo}}
    assert keys(list(app_store.pages(own_reading(own, settings, pem, cursor)))) == own.own_keys(PUBLISHED)


def test_looking_again_finds_answers_and_what_is_gone(own: Own, settings: Settings, pem: str) -> None:
    own.gone = {3: "author"}
    asked = [Key("review", server.connect_id(own.thing(n)), page_id=server.APP) for n in (3, 4)]
    asked += [Key("review", "8000000001", page_id=server.APP), Key("review", "a-b", page_id="999999")]
    found = list(app_store.lookup(own_reading(own, settings, pem), asked))
    assert keys(found) == own.own_keys([4, 5])
    assert [(grave.native_id, grave.kind) for page in found for grave in page.gone] == [(server.connect_id(own.thing(3)), "review")]
    assert {item.value["app"] for page in found for item in page.items} == {server.APP}
    own.plan = {own.requests + 1: (403, {}, json.dumps({"errors": [{"status": "403", "code": "FORBIDDEN_ERROR"}]}).encode())}
    with pytest.raises(PlatformError, match="give the key a role"):
        list(app_store.lookup(own_reading(own, settings, pem), asked))


@pytest.mark.parametrize("key", ["not a key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"])
def test_a_key_that_is_none_is_told_without_it(own: Own, settings: Settings, key: str) -> None:
    with pytest.raises(PlatformError, match="the key of App Store Connect cannot be used") as caught:
        list(app_store.pages(own_reading(own, settings, key)))
    assert key not in str(caught.value)
    assert "AuthKey_" in str(caught.value.mend)
    given = own_reading(own, settings, key)
    given.http.secrets.clear()
    with pytest.raises(PlatformError, match=r"options\.own needs RENOWN_APP_STORE_KEY, RENOWN_APP_STORE_KEY_ID"):
        list(app_store.pages(given))
    assert own.requests == 0
