"""Weibo beside the search: timelines, lookups, the mobile site; shapes of the mobile and the PC site, stubs, cut texts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import responses

from extractors.base import Key, Mention, PlatformError
from extractors.parse import parse_body
from extractors.platforms import weibo
from extractors.shapes.weibo_found import mid_of
from settings import Settings
from tests.extractors.platforms.sandboxed import END, FETCHED, TOKEN, answer_with, forward, mentions, reading, world

STAMP = "Sun Mar 01 08:00:00 +0800 2026"  # FETCHED
MOBILE: dict[str, Any] = {"transport": "mobile"}
USER = {"id": 7, "idstr": "7", "screen_name": "ann", "verified": False, "followers_count": "1.2万", "follow_count": 3}


@pytest.fixture
def network() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def parse(value: Any, url: str | None = None) -> list[Mention]:
    return parse_body("weibo", value if isinstance(value, bytes) else json.dumps(value).encode(), url, FETCHED)


def status(number: int, **more: Any) -> dict[str, Any]:
    return {
        "id": str(number),
        "mid": str(number),
        "created_at": STAMP,
        "text": f"text {number}",
        "user": USER,
        "comments_count": 0,
        **more,
    }


# -- open API --------------------------------------------------------------------------------------------------------
def test_timelines_hold_all_that_the_accounts_wrote(network: responses.RequestsMock, settings: Settings) -> None:
    asked = forward(network, "/weibo")
    given = reading(settings, "weibo", {"timelines": True}, query="nosuchword")
    pages = list(weibo.pages(given))
    found = mentions("weibo", pages)
    mine = [i for i in world().of("weibo") if i.official_of and i.parent is None and i.at <= END.timestamp()]
    assert len(mine) > 3
    assert {i.native_id for i in mine} <= set(found)
    below = [i for i in world().of("weibo") if i.parent and i.thread in mine and i.at <= END.timestamp()]
    assert below
    assert {i.native_id for i in below} <= set(found), "what is said below them"
    assert ("GET", "/2/statuses/user_timeline.json") in asked


def test_a_timeline_goes_down_by_id(network: responses.RequestsMock, settings: Settings) -> None:
    numbers = list(range(250, 0, -1))

    def handler(path: str, query: dict[str, str]) -> Any:
        if not path.endswith("user_timeline.json"):
            return {"statuses": [], "total_number": 0}
        if query["screen_name"] != "维摩拉银行":
            return 403, {"error": "only self", "error_code": 21335, "request": path}
        listed = [n for n in numbers if n <= int(query.get("max_id", 999))]
        return {"statuses": [status(n) for n in listed[: int(query["count"])]], "total_number": 250}

    asked = answer_with(network, handler)
    found = mentions("weibo", list(weibo.pages(reading(settings, "weibo", {"timelines": True}))))
    assert set(found) == {str(n) for n in numbers}
    assert len([url for url in asked if "user_timeline" in url and "max_id" in url]) == 3


def test_lookup_in_the_sandbox(network: responses.RequestsMock, settings: Settings) -> None:
    asked = forward(network, "/weibo")
    items = world().of("weibo")
    live, gone = (next(i for i in items if i.parent is None and i.deleted == deleted) for deleted in (False, True))
    said = next(i for i in items if i.parent is not None and not i.deleted)
    keys = [
        Key("post", live.native_id),
        Key("post", gone.native_id),
        Key("post", "404"),
        Key("comment", said.native_id),
        Key("comment", "405"),
    ]
    pages = list(weibo.lookup(reading(settings, "weibo", {}), keys))
    assert {live.native_id, said.native_id} <= set(mentions("weibo", pages))
    graves = {(t.kind, t.native_id, t.basis) for page in pages for t in page.gone}
    assert graves == {("post", gone.native_id, "author"), ("post", "404", "platform"), ("comment", "405", "platform")}
    assert [path for _, path in asked if path.endswith("/show.json")] == ["/2/statuses/show.json"], "one second opinion"
    assert mentions("weibo", pages)[said.native_id].conversation_id == said.conversation_id


def test_lookup_takes_no_refusal_for_a_deletion(network: responses.RequestsMock, settings: Settings) -> None:
    sizes: list[int] = []

    def handler(path: str, query: dict[str, str]) -> Any:
        if path.endswith("show.json"):
            return 403, {"error": "no", "error_code": 20112, "request": path}
        return sizes.append(len(query["ids"].split(","))) or {"statuses": []}

    answer_with(network, handler)
    pages = list(weibo.lookup(reading(settings, "weibo", {}), [Key("post", str(n)) for n in range(1, 61)]))
    assert (sizes, [t for page in pages for t in page.gone]) == ([50, 10], [])


def test_cut_texts_are_counted_as_a_gap(network: responses.RequestsMock, settings: Settings) -> None:
    listed = [status(1, text="so long…全文： http://m.weibo.cn/7/1"), status(2, isLongText=True), status(3)]
    answer_with(network, lambda path, query: {"statuses": listed, "total_number": 3})
    pages = list(weibo.pages(reading(settings, "weibo", {})))
    assert {page.gap for page in pages} == {"2 texts are cut off by the platform"}
    found = mentions("weibo", pages)
    assert [found[n].truncated for n in "123"] == [True, True, False]
    assert found["1"].text == "so long…"


# -- the mobile site -------------------------------------------------------------------------------------------------
def cards(*statuses: dict[str, Any]) -> dict[str, Any]:
    group = [{"card_type": 9, "mblog": entry} for entry in statuses]
    return {"ok": 1, "data": {"cardlistInfo": {"total": 99}, "cards": [{"card_type": 11, "card_group": group}]}}


def test_mobile_search_completes_long_texts_and_follows_comments(network: responses.RequestsMock, settings: Settings) -> None:
    long = 'begin<a href="/status/1">...全文</a>'
    original = {**status(9, text=long, isLongText=True), "user": {"id": 8}}
    below = {"id": "21", "created_at": "刚刚", "text": "first", "user": {"id": 5}, "rootid": "21", "total_number": 2, "like_count": 4, "max_id": 0,
             "comments": [{"id": "22", "created_at": "5分钟前", "text": "second", "user": {"id": 6}, "rootid": "21"}]}  # fmt: skip

    def handler(path: str, query: dict[str, str]) -> Any:
        page = int(query.get("page", 1))
        if path == "/api/container/getIndex":
            assert query["containerid"].startswith("100103type=61&q=")
            old = status(3, created_at="Sun Mar 01 08:00:00 +0800 2020")
            listed = {
                1: [status(1, text=long, isLongText=True, comments_count=2), status(2, retweeted_status=original)],
                2: [old],
            }
            return cards(*listed[page])
        if path == "/statuses/extend":
            return (
                {"ok": 1, "data": {"longTextContent": f"begin and end {query['id']}"}}
                if query["id"] == "1"
                else {"ok": 0, "msg": "系统繁忙"}
            )
        if path == "/comments/hotflow":
            pages = {
                "0": ([below], 77),
                "77": ([{"id": "23", "created_at": "昨天 12:30", "text": "third", "user": {"id": 5}}], 0),
            }
            return {"ok": 1, "data": {"data": pages[query["max_id"]][0], "max_id": pages[query["max_id"]][1], "max_id_type": 0}}
        assert path == "/comments/hotFlowChild"
        return {
            "ok": 1,
            "data": [{"id": "24", "created_at": STAMP, "text": "fourth", "user": {"id": 6}, "rootid": "21", "like_count": 0}],
            "max_id": 0,
        }

    asked = answer_with(network, handler)
    pages = list(weibo.pages(reading(settings, "weibo", MOBILE)))
    found = mentions("weibo", pages)
    assert set(found) == {"1", "2", "9", "21", "22", "23", "24"}
    assert (found["1"].text, found["1"].truncated) == ("begin and end 1", False)
    assert (found["9"].truncated, found["9"].text) == (True, "begin...")
    assert "1 texts are cut off by the platform" in {page.gap for page in pages}
    assert (found["22"].parent_id, found["24"].parent_id, found["21"].conversation_id) == ("21", "21", "1")
    assert (found["21"].parent_id, found["21"].in_reply_to_author_id) == ("1", "7")
    assert found["23"].created_at == datetime(2026, 2, 28, 4, 30, tzinfo=UTC)
    assert {call.request.headers["Cookie"] for call in network.calls} == {f"SUB={TOKEN}"}
    assert not any(TOKEN in url for url in asked)


def test_mobile_comments_by_page_where_hotflow_wants_a_login(network: responses.RequestsMock, settings: Settings) -> None:
    def handler(path: str, query: dict[str, str]) -> Any:
        if path == "/api/container/getIndex":
            return (
                cards(status(1, comments_count=3))
                if query["page"] == "1"
                else {"ok": 0, "msg": "这里还没有内容", "data": {"cards": []}}
            )
        if path == "/comments/hotflow":
            return {"ok": -100, "url": "https://passport.weibo.cn/"}
        number = int(query["page"])
        return {
            "ok": 1,
            "data": {
                "data": [{"id": 20 + number, "created_at": STAMP, "text": "c", "user": {"id": 5}, "like_counts": 0}],
                "max": 3,
            },
        }

    answer_with(network, handler)
    assert set(mentions("weibo", list(weibo.pages(reading(settings, "weibo", MOBILE))))) == {"1", "21", "22", "23"}


@pytest.mark.parametrize(("answer", "code"), [((432, b""), "432"), ((200, b"<html>captcha</html>"), "418"), ((200, {"ok": -100, "url": "u"}), "ok=-100"),
                                              ((200, {"ok": 0, "errno": "100005", "msg": "请求过于频繁"}), "ok=0")])  # fmt: skip
def test_mobile_refusals_stop_at_once(network: responses.RequestsMock, settings: Settings, answer: Any, code: str) -> None:
    asked = answer_with(network, lambda path, query: answer)
    with pytest.raises(PlatformError) as caught:
        list(weibo.pages(reading(settings, "weibo", MOBILE)))
    assert (caught.value.code, caught.value.action, len(asked)) == (code, "stop", 1)


def test_mobile_lookup_knows_stubs_only(network: responses.RequestsMock, settings: Settings) -> None:
    stub = {"id": "2", "created_at": STAMP, "text": "抱歉，此微博已被作者删除。查看帮助：<a href='x'>网页链接</a>", "user": None}
    answers = {
        "1": {"ok": 1, "data": status(1)},
        "2": {"ok": 1, "data": stub},
        "3": {"ok": 0, "msg": "微博不存在或暂无查看权限!"},
    }
    answer_with(network, lambda path, query: answers[query["id"]])
    pages = list(weibo.lookup(reading(settings, "weibo", MOBILE), [Key("post", n) for n in "123"]))
    assert set(mentions("weibo", pages)) == {"1"}
    assert [(t.native_id, t.basis) for page in pages for t in page.gone] == [("2", "author")]


# -- shapes ----------------------------------------------------------------------------------------------------------
PC = {
    "ok": 1, "created_at": STAMP, "id": 5150729824114546, "idstr": "5150729824114546", "mid": "5150729824114546", "mblogid": "PlhIihgnE",
    "user": {"id": 7, "idstr": "7", "pc_new": 7, "screen_name": "ann", "verified": True}, "textLength": 10, "source": "iPhone 15", "pic_ids": ["a", "b"],
    "pic_num": 2, "geo": {"type": "Point", "coordinates": [39.9, 116.4]}, "reposts_count": 1, "comments_count": 2, "attitudes_count": 3,
    "isLongText": False, "edit_count": 1, "edit_at": "Sun Mar 01 09:00:00 +0800 2026", "region_name": "发布于 北京",
    "text": "<a href=\"//s.weibo.com/weibo?q=%23t%23\">#t#</a> see http://t.cn/A6 @bob <img alt=\"[笑]\" src=\"x\" />\u200b",
    "text_raw": "#t# see http://t.cn/A6 @bob [笑]\u200b", "url_struct": [{"short_url": "http://t.cn/A6", "long_url": "https://a.example/x"}],
}  # fmt: skip


def test_a_status_of_the_pc_site() -> None:
    for body in (
        PC,
        {"ok": 1, "data": {"list": [PC], "since_id": "x"}},
        {"ok": 1, "statuses": [PC]},
        {key: v for key, v in PC.items() if key != "text"},
    ):
        (found,) = parse(body)
        assert (found.native_id, found.kind, found.url) == ("5150729824114546", "post", "https://weibo.com/7/PlhIihgnE")
        assert found.text == "#t# see http://t.cn/A6 @bob [笑]"
        assert (found.links, found.mentions, found.hashtags) == (("https://a.example/x",), ("bob",), ("t",))
        assert (found.place_name, found.latitude, found.longitude) == ("北京", 39.9, 116.4)
        assert (found.edited_at, found.media_count) == (datetime(2026, 3, 1, 1, tzinfo=UTC), 2)
        assert (found.engagement.shares, found.engagement.comments, found.engagement.likes) == (1, 2, 3)
        assert found.truncated is False


def test_long_texts_alone_take_their_status_from_the_request() -> None:
    body = {"ok": 1, "data": {"longTextContent": "the whole", "url_struct": []}}
    for url in (
        "https://weibo.com/ajax/statuses/longtext?id=PlhIihgnE",
        "https://m.weibo.cn/statuses/extend?id=5150729824114546",
    ):
        (found,) = parse(body, url)
        assert (found.native_id, found.text, found.truncated) == (mid_of("PlhIihgnE"), "the whole", False)
    assert mid_of("PlhIihgnE") == "5150729824114546"
    assert mid_of("1000z") == "10000035", "four letters are seven digits"
    assert mid_of("5150729824114546") == "5150729824114546"


def test_comments_of_the_pc_site() -> None:
    child = {"id": 12, "idstr": "12", "rootid": 11, "rootidstr": "11", "created_at": STAMP, "text": "c", "user": {"id": 8},
             "reply_comment": {"id": 13, "user": {"id": 9}}}  # fmt: skip
    top = {"id": 11, "idstr": "11", "rootid": 11, "floor_number": 1, "created_at": STAMP, "text": "t", "text_raw": "t", "source": "来自北京", "user": {"id": 7},
           "like_counts": 2, "total_number": 1, "comments": [child]}  # fmt: skip
    body = {"ok": 1, "data": [top], "total_number": 2, "max_id": 0, "rootComment": []}
    first, answer = parse(body, "https://weibo.com/ajax/statuses/buildComments?id=5150729824114546&uid=1")
    assert (first.kind, first.parent_id, first.conversation_id, first.place_name) == (
        "comment",
        "5150729824114546",
        "5150729824114546",
        "北京",
    )
    assert (first.engagement.likes, first.engagement.comments) == (2, 1)
    assert (answer.parent_id, answer.conversation_id, answer.in_reply_to_author_id) == ("13", "5150729824114546", "9")
    device = parse({"ok": 1, "data": [{**top, "comments": [], "source": "来自手机微博"}]})[0]
    assert device.place_name is None


def test_a_repost_names_whom_its_own_words_name() -> None:
    chained = status(1, text="你好@Velmora客服 //@李雷:转发 @媒体A //@王五: @媒体B", retweeted_status={**status(9), "user": {"id": 8}})
    assert parse([chained])[0].mentions == ("Velmora客服",)
    assert parse([status(2, text="// @李雷:转发")])[0].mentions == ()
    assert parse([status(2, text="见 http://t.cn/a @李雷 转发")])[0].mentions == ("李雷",)


@pytest.mark.parametrize(("text", "own"), [
    ("你好 //@李雷:转发 #话题# http://t.cn/b //@王五: 差", "你好"), ("//@李雷: #话题# 差", ""), ("转发微博", ""), ("轉發微博 ", ""), ("Repost", ""),
    ("转发微博//@李雷: 差", ""), ("转发微博，太差了", "转发微博，太差了"), ("见 http://t.cn/a", "见 http://t.cn/a"),
    ('差<img alt="[笑]" src="x">//<a href="/n/李雷">@李雷</a>: <a href="//s.weibo.com/weibo?q=%23t%23">#t#</a>', "差[笑]"),
])  # fmt: skip
def test_a_repost_says_what_its_own_words_say(text: str, own: str) -> None:
    found = parse([status(1, text=text, retweeted_status={**status(9), "user": {"id": 8}})])[0]
    assert (found.text, found.hashtags, found.mentions) == (own, (), ())
    assert found.links == (("http://t.cn/a",) if "http://t.cn/a" in own else ())
    (posted,) = parse([status(2, text="转发微博 //@李雷: #话题#")])
    assert (posted.text, posted.hashtags) == ("转发微博 //@李雷: #话题#", ("话题",)), "no repost"


def test_own_words_before_a_chain_are_whole() -> None:
    original = {**status(9), "user": {"id": 8}}
    cut = [status(1, text="差 //@李雷: 那么…全文： http://m.weibo.cn/7/1", isLongText=True), status(2, text="那么…全文： http://m.weibo.cn/7/1")]
    whole, open_end = (parse([{**entry, "retweeted_status": original}])[0] for entry in cut)
    assert (whole.text, whole.truncated) == ("差", False)
    assert (open_end.text, open_end.truncated) == ("那么…", True)


def test_reposts_are_statuses_and_hold_their_original() -> None:
    original = {**status(9), "user": {"id": 8}}
    repost = status(1, retweeted_status=original, reposts_count=0)
    for body in (
        {"ok": 1, "data": [repost], "total_number": 1},
        {"ok": 1, "data": {"data": [repost], "max": 1}},
        {"reposts": [repost], "total_number": 1},
    ):
        first, second = parse(body)
        assert (first.kind, first.repost_of_id, second.kind, second.native_id) == ("post", "9", "post", "9")


@pytest.mark.parametrize(("text", "basis", "reason"), [
    ("抱歉，此微博已被作者删除。查看帮助：http://t.cn/x", "author", None), ("该微博已被删除", "platform", None),
    ("抱歉，由于作者设置，你暂时没有这条微博的查看权限哦", "author", "protected"), ("此微博因违反相关法律法规，已无法查看", "platform", None),
])  # fmt: skip
def test_stubs_tell_who_removed(text: str, basis: str, reason: str | None) -> None:
    repost = status(1, retweeted_status={"id": "2", "created_at": STAMP, "text": text, "user": None})
    mine, gone = parse([repost])
    assert (mine.deleted, mine.repost_of_id, gone.deleted, gone.text) == (False, "2", True, None)
    graves = [t for item in weibo.items([repost], None, "") for t in weibo.tombstones(item)]
    assert [(t.native_id, t.kind, t.basis, t.reason) for t in graves] == [("2", "post", basis, reason)]
    assert not parse([status(3, text=text)])[0].deleted, "somebody who quotes the notice"
    assert not parse([{"id": 4, "created_at": STAMP, "text": "我的微博昨天被删除了"}])[0].deleted


@pytest.mark.parametrize(("raw", "expected"), [
    ("刚刚", datetime(2026, 3, 1, tzinfo=UTC)), ("5分钟前", datetime(2026, 2, 28, 23, 55, tzinfo=UTC)), ("3小时前", datetime(2026, 2, 28, 21, tzinfo=UTC)),
    ("昨天 12:30", datetime(2026, 2, 28, 4, 30, tzinfo=UTC)), ("12-31", datetime(2025, 12, 30, 16, tzinfo=UTC)), ("2019-6-4", datetime(2019, 6, 3, 16, tzinfo=UTC)),
])  # fmt: skip
def test_dates_of_the_mobile_site(raw: str, expected: datetime) -> None:
    (found,) = parse(cards(status(1, created_at=raw)))
    assert (found.created_at, found.created_at_raw) == (expected, raw)
    assert (found.author_followers, found.author_following) == (12000, 3)


def test_pages_made_for_people() -> None:
    page = "<html><script>var $render_data = " + json.dumps([{"status": status(5), "call": 1}]) + "[0] || {};</script></html>"
    assert [m.native_id for m in parse(page.encode())] == ["5"]
    with pytest.raises(PlatformError, match="weibo: error 418"):
        parse(b"<html>verify</html>")
    with pytest.raises(PlatformError, match="weibo: error ok=-100"):
        parse({"ok": -100, "url": "https://weibo.com/login.php"})
    with pytest.raises(PlatformError, match="weibo: error 20101"):
        parse({"ok": 0, "message": "该微博不存在"})


def test_missing_text_is_a_reject() -> None:
    from extractors.parse import parse_with_rejects

    body = json.dumps([{"id": 1, "created_at": STAMP, "user": USER}]).encode()
    assert parse_with_rejects("weibo", body)[0] == []
    body = json.dumps({"statuses": [{"id": 1, "created_at": STAMP, "user": USER}]}).encode()
    assert [r.reason for r in parse_with_rejects("weibo", body)[1]] == ["missing text"]
