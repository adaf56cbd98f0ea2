"""Google Play reviews. No recordings exist: frames by the positions that public clients document, the API by its reference."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import responses

from extractors.base import Key, Page, PlatformError, Reading
from extractors.http import Http
from extractors.limits import Limiter
from extractors.parse import parse_body, parse_with_rejects
from extractors.platforms import google_play
from sandbox.servers import google_play as server
from settings import RenownError, Settings
from settings.models import Source
from tests.extractors.worlds import END, START, PlotWorld

URL = "https://play.google.com/_/PlayStoreUi/data/batchexecute?rpcids=oCPfdb&hl=ru&gl=us&id=com.a.bank"
REVIEW: list[Any] = ["gp:AOq", ["Ann", [None, 2, None, [None, None, "https://x/y"]]], 2, None, "Плохо 😡", [1790613893, 123456789], 7,
                     ["A Bank", "Sorry", [1790700000, 0]], None, None, "5.1", None, [None]]  # fmt: skip


def framed(payload: Any, status: Any = None, rpc: str = "oCPfdb", *, chunked: bool = False) -> bytes:
    frame = ["wrb.fr", rpc, None if payload is None else json.dumps(payload), None, None, status, "generic"]
    first, second = json.dumps([frame]), json.dumps([["di", 54], ["af.httprm", 53, "-1", 7]])
    rest = f"{len(first)}\n{first}\n{len(second)}\n{second}\n" if chunked else json.dumps([frame, ["di", 54]])
    return (")]}'\n\n" + rest).encode()


@pytest.mark.parametrize("chunked", [False, True])
def test_a_review_and_the_developers_answer(chunked: bool) -> None:
    review, reply = parse_body("google_play", framed([[REVIEW], [None, "token"]], chunked=chunked), URL)
    assert (review.kind, review.native_id, review.text, review.rating, review.title) == (
        "review",
        "gp:AOq",
        "Плохо 😡",
        2.0,
        None,
    )
    assert (review.author_name, review.author_id, review.engagement.likes) == ("Ann", None, 7)
    assert (review.page_id, review.language_hint, review.country) == ("com.a.bank", "ru", None)
    assert review.url == "https://play.google.com/store/apps/details?id=com.a.bank&reviewId=gp%3AAOq"
    assert (reply.kind, reply.native_id, reply.parent_id, reply.conversation_id) == ("reply", "gp:AOq:reply", "gp:AOq", "gp:AOq")
    assert (reply.text, reply.author_name, reply.author_id, reply.rating) == ("Sorry", "A Bank", "com.a.bank", None)
    assert reply.created_at == datetime(2026, 9, 29, 16, 40, tzinfo=UTC)


def test_times_are_utc_wherever_the_reader_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    before = os.environ.get("TZ")
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        [review, _] = parse_body("google_play", framed([[REVIEW]]))
    finally:
        monkeypatch.undo()
        time.tzset()
    assert os.environ.get("TZ") == before
    assert review.created_at == datetime(2026, 9, 28, 16, 44, 53, 123456, tzinfo=UTC)
    assert review.created_at_raw == "1790613893.123456789"


def test_older_and_shorter_forms() -> None:
    short = ["id-1", ["Bo"], 5, None, "ok", [1700000000], 0, None]
    [found] = parse_body("google_play", framed([[short], None, [None, "t"]], rpc="UsvDTd"))
    assert (found.rating, found.engagement.likes, found.created_at_raw) == (5.0, 0, "1700000000")
    mentions, rejects = parse_with_rejects(
        "google_play", framed([[short, ["id-2", ["C"], 1, None, None, None, None], [None, None]]])
    )
    assert (len(mentions), [reject.reason for reject in rejects]) == (1, ["missing text", "missing id"])
    assert parse_body("google_play", framed([])) == []
    assert [m.native_id for m in parse_body("google_play", json.dumps([["wrb.fr", "x", json.dumps([[short]])]]).encode())] == [
        "id-1"
    ]


def test_a_page_of_the_store_holds_reviews_too() -> None:
    data = json.dumps([[REVIEW], None])
    html = f"<html><script>AF_initDataCallback({{key: 'ds:1', data:[1,2], sideChannel: {{}}}});</script><script>AF_initDataCallback({{key: 'ds:8', hash: '9', data:{data}, sideChannel: {{}}}});</script></html>"
    found = parse_body("google_play", html.encode(), "https://play.google.com/store/apps/details?id=com.a.bank&hl=en")
    assert [(m.kind, m.page_id, m.language_hint) for m in found] == [
        ("review", "com.a.bank", "en"),
        ("reply", "com.a.bank", "en"),
    ]


API = {"reviewId": "r1", "authorName": "Ann", "comments": [
    {"userComment": {"text": "Titel\tHallo", "originalText": "Title\tHello", "lastModified": {"seconds": "1452114723", "nanos": 913000000},
                     "starRating": 1, "reviewerLanguage": "en", "thumbsUpCount": 2}},
    {"developerComment": {"text": "Thanks", "lastModified": {"seconds": "1452118323"}}}]}  # fmt: skip


def test_the_play_developer_api() -> None:
    url = "https://androidpublisher.googleapis.com/androidpublisher/v3/applications/com.a.bank/reviews"
    review, reply = parse_body(
        "google_play", json.dumps({"reviews": [API], "tokenPagination": {"nextPageToken": "n"}}).encode(), url
    )
    assert (review.title, review.text, review.rating, review.language_hint) == ("Title", "Hello", 1.0, "en")
    assert (review.created_at, review.engagement.likes) == (datetime(2016, 1, 6, 21, 12, 3, 913000, tzinfo=UTC), 2)
    assert (reply.text, reply.parent_id, reply.author_id) == ("Thanks", "r1", "com.a.bank")
    assert [m.kind for m in parse_body("google_play", json.dumps(API).encode(), url + "/r1")] == ["review", "reply"]
    bare = {"reviewId": "r2", "comments": [{"userComment": {"text": "\tonly body", "starRating": 3}}]}
    [found] = parse_body("google_play", json.dumps({"reviews": [bare]}).encode())
    assert (found.title, found.text, found.author_name, found.created_at) == (None, "only body", None, None)


def test_files_of_public_clients() -> None:
    rows = [{"reviewId": "a", "userName": "U", "content": "c", "score": 3, "thumbsUpCount": 1, "at": "2024-01-02 03:04:05", "replyContent": "r",
             "repliedAt": "2024-01-03T00:00:00Z"}]  # fmt: skip
    review, reply = parse_body("google_play", json.dumps(rows).encode())
    assert (review.text, review.created_at, review.created_at_raw) == (
        "c",
        None,
        "2024-01-02 03:04:05",
    )  # local time of an unknown host
    assert (reply.text, reply.created_at) == ("r", datetime(2024, 1, 3, tzinfo=UTC))


@pytest.mark.parametrize(
    ("status", "code", "action"),
    [
        ([3], "3", "fatal"),
        (
            [8, None, [["type.googleapis.com/com.google.play.gateway.proto.PlayGatewayError", []]]],
            "PlayGatewayError",
            "wait_until",
        ),
        ([13], "13", "retry"),
        (None, "null", "retry"),
    ],
)
def test_error_frames(status: Any, code: str, action: str) -> None:
    with pytest.raises(PlatformError) as caught:
        parse_body("google_play", framed(None, status))
    assert (caught.value.code, caught.value.action) == (code, action)


def test_other_error_bodies() -> None:
    body = {"error": {"code": 401, "message": "Invalid Credentials", "status": "UNAUTHENTICATED"}}
    with pytest.raises(PlatformError, match="RENOWN_GOOGLE_PLAY_TOKEN"):
        parse_body("google_play", json.dumps(body).encode())
    with pytest.raises(PlatformError, match="error 400"):
        parse_body("google_play", b")]}'\n\n" + json.dumps([["er", None, None, None, None, 400, None, None, None, 9]]).encode())
    with pytest.raises(RenownError):
        parse_body("google_play", b")]}'\n\nnothing")


# -- reading -----------------------------------------------------------------------------------------------------------
@pytest.fixture
def world() -> Iterator[PlotWorld]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        made = PlotWorld(server)  # type: ignore[arg-type]
        made.serve(mock)
        mock.add_callback(responses.GET, "https://api.test/androidpublisher/v3/applications/com.own/reviews", own_list)
        mock.add_callback(
            responses.GET,
            "https://api.test/androidpublisher/v3/applications/com.own/reviews/r1",
            lambda _: (200, {}, json.dumps(API)),
        )
        mock.add_callback(responses.GET, "https://api.test/androidpublisher/v3/applications/com.own/reviews/r9",
                          lambda _: (404, {}, json.dumps({"error": {"code": 404, "status": "NOT_FOUND"}})))  # fmt: skip
        yield made


def own_list(request: Any) -> tuple[int, dict[str, str], str]:
    if request.headers.get("Authorization") != "Bearer tok-tok-tok":
        return 401, {}, json.dumps({"error": {"code": 401, "status": "UNAUTHENTICATED"}})
    if "token=n" in request.url:
        return 200, {}, json.dumps({"reviews": [{**API, "reviewId": "r2"}]})
    fresh = json.loads(json.dumps(API).replace("1452114723", str(int(END.timestamp()) - 3600)))
    return 200, {}, json.dumps({"reviews": [fresh], "tokenPagination": {"nextPageToken": "n"}})


def reading(
    world: PlotWorld, settings: Settings, cursors: dict[str, Any] | None = None, end: datetime = END, **options: Any
) -> Reading:
    source: Source = world.source
    source = source.model_copy(update={"options": {**source.options, **options}})
    http = Http(google_play.CONTRACT, google_play.error_of, source.rate, "t/1", secrets={google_play.TOKEN: "tok-tok-tok"},
                limiter=Limiter(sleep=lambda s: None), sleep=lambda s: None)  # fmt: skip
    return Reading(source, settings, http, world.base, cursors or {}, START, end)


def keys(pages: list[Page]) -> set[tuple[str, str]]:
    return {(item.kind, item.native_id) for page in pages for item in page.items}


def test_answers_to_young_reviews_are_found(world: PlotWorld, settings: Settings) -> None:
    noon = START + timedelta(hours=30)
    cursor = {f"en:{server.APP}": {"watermark": int((START + timedelta(hours=23)).timestamp())}}
    young = keys(list(google_play.pages(reading(world, settings, cursor, noon, thread_hours=20))))
    assert world.key(11) in young
    assert world.key(20) in young
    assert world.key(1) not in young
    assert world.key(15) not in keys(list(google_play.pages(reading(world, settings, cursor, noon, thread_hours=0))))


def test_a_forgotten_token_means_starting_at_the_top_once(world: PlotWorld, settings: Settings) -> None:
    end = int(END.timestamp())
    cursor = {f"en:{server.APP}": {"watermark": None, "end": end, "todo": [[int(START.timestamp()), end, "stale", 5, None]]}}
    assert keys(list(google_play.pages(reading(world, settings, cursor)))) == world.keys()
    world.plan = {number: (200, {}, framed(None, [3])) for number in range(world.requests + 2, world.requests + 9)}
    with pytest.raises(PlatformError, match="error 3"):
        list(google_play.pages(reading(world, settings, cursor)))


def test_the_page_size_is_the_contracts_at_most(world: PlotWorld, settings: Settings) -> None:
    from extractors.shapes.google_play import request

    assert json.loads(json.loads(request("oCPfdb", "a", 7, None))[0][0][1]) == [None, [2, 2, [7], None, [None, None]], ["a", 7]]
    assert json.loads(json.loads(request("UsvDTd", "a", 7, "t"))[0][0][1])[2][2] == [7, None, "t"]
    assert keys(list(google_play.pages(reading(world, settings, rpc="UsvDTd")))) == world.keys()


def test_own_apps_are_read_by_the_api(world: PlotWorld, settings: Settings) -> None:
    given = reading(world, settings, own=["com.own"], apps=[], publisher_url="https://api.test")
    assert keys(list(google_play.pages(given))) == {
        ("review", "r1"),
        ("reply", "r1:reply"),
        ("review", "r2"),
        ("reply", "r2:reply"),
    }
    given.http.secrets.clear()
    with pytest.raises(PlatformError, match=google_play.TOKEN):
        list(google_play.pages(given))


def test_lookup_of_own_reviews(world: PlotWorld, settings: Settings) -> None:
    given = reading(world, settings, own=["com.own"], publisher_url="https://api.test")
    asked = [
        Key("review", "r1", page_id="com.own"),
        Key("review", "r9", page_id="com.own"),
        Key("review", "x", page_id="com.other"),
    ]
    found = list(google_play.lookup(given, asked))
    assert keys(found) == {("review", "r1"), ("reply", "r1:reply")}
    assert [(grave.native_id, grave.basis) for page in found for grave in page.gone] == [("r9", "platform")]
