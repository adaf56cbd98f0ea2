"""Sina Weibo open API, as open.weibo.com and recorded bodies show it.

    GET /weibo/2/search/statuses.json   q, starttime, endtime (epoch), count <= 50, page; a bare array, or with
                                        needcount=true an object
    GET /weibo/2/comments/show.json     id, count <= 200, page; comments[], newest first, total_number
    GET /weibo/2/statuses/user_timeline.json   uid or screen_name, count <= 100, page, max_id (inclusive), since_id
    GET /weibo/2/statuses/show.json, 2/statuses/show_batch.json (ids <= 50), 2/comments/show_batch.json (cids <= 50)

Times are `Tue May 31 17:46:55 +0800 2011`; texts are HTML now and then; a deleted status stays with deleted: "1".
"""

from __future__ import annotations

import html
import re
from collections import defaultdict
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache

from fastapi import APIRouter, Request, Response

from sandbox.servers.common import Json, json_answer, whole
from sandbox.servers.matching import TextIndex
from sandbox.world.model import CLOCK_END, Account, Item, World

PREFIX = "/weibo"
_BEIJING = timezone(timedelta(hours=8))
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_EMOTICON = re.compile(r"\[([\u3400-\u9fff]{1,4})\]")
_GONE = "抱歉，此微博已被作者删除。查看帮助：http://t.cn/zWSudZc"
_SOURCES = ("微博 weibo.com", "iPhone客户端", "Android客户端")


class Timeline:
    """Weibo items by status and text."""

    def __init__(self, world: World) -> None:
        items = world.of("weibo")
        self.statuses = sorted((i for i in items if i.parent is None), key=lambda item: -item.number)
        self.text = TextIndex(self.statuses)
        self.by_id = {item.native_id: item for item in self.statuses}
        self.comments: dict[str, list[Item]] = defaultdict(list)
        for item in reversed(items):
            if item.parent is not None:
                self.comments[item.thread.native_id].append(item)
        self.search = lru_cache(maxsize=512)(self._search)

    def _search(self, query: str) -> tuple[int, ...]:
        found = self.text.everything
        for part in query.split():
            found &= self.text.find(part)
        return tuple(sorted(found)) if query.strip() else ()


def stamp(at: int) -> str:
    """A moment as Weibo writes it, in Beijing time, English names whatever the locale."""
    here = datetime.fromtimestamp(at, UTC).astimezone(_BEIJING)
    return f"{_DAYS[here.weekday()]} {_MONTHS[here.month - 1]} {here.day:02d} {here:%H:%M:%S} +0800 {here.year}"


def user(account: Account) -> Json:
    """A user object."""
    number = int(account.account_id)
    return {
        "id": number, "idstr": account.account_id, "screen_name": account.handle, "name": account.handle,
        "province": "11", "city": "5", "location": account.location or "", "description": "", "url": "", "gender": "m",
        "followers_count": account.followers, "friends_count": account.following, "statuses_count": account.posts,
        "favourites_count": 0, "created_at": stamp(account.created_at), "verified": account.verified,
        "verified_type": 2 if account.official_of else -1, "verified_reason": "", "bi_followers_count": 0,
    }  # fmt: skip


def served_text(item: Item) -> str:
    """The text as the API gives it: every third one with HTML (emoticons as images, entities)."""
    if item.number % 3:
        return item.text
    escaped = html.escape(item.text, quote=False)
    image = r'<span class="url-icon"><img alt=[\1] src="//h5.sinaimg.cn/m/emoticon/icon/\1.png" /></span>'
    return _EMOTICON.sub(image, escaped)


def status(item: Item, *, nested: bool = False) -> Json:
    """A status; a repost holds its original in retweeted_status."""
    number, numbers = item.number, item.engagement
    body: Json = {
        "created_at": stamp(item.at), "id": number, "idstr": item.native_id, "mid": item.native_id,
        "text": served_text(item), "source": f'<a href="http://weibo.com" rel="nofollow">{_SOURCES[number % 3]}</a>',
        "favorited": False, "truncated": False, "isLongText": False, "in_reply_to_status_id": "",
        "in_reply_to_user_id": "", "in_reply_to_screen_name": "", "geo": None, "annotations": [], "pic_urls": [],
    }  # fmt: skip
    if item.deleted:
        return body | {"text": _GONE, "deleted": "1"}
    body |= {
        "reposts_count": numbers["shares"], "comments_count": numbers["comments"], "attitudes_count": numbers["likes"]
    }  # fmt: skip
    if item.author:
        body["user"] = user(item.author)
    if item.repost_of and not nested:
        body["retweeted_status"] = status(item.repost_of, nested=True)
    return body


def comment(item: Item, *, nested: bool = False) -> Json:
    """A comment with the status below which it stands, and the comment that it answers."""
    body: Json = {
        "created_at": stamp(item.at), "id": item.number, "idstr": item.native_id, "mid": item.native_id,
        "text": served_text(item), "source": f'<a href="http://weibo.com">{_SOURCES[item.number % 3]}</a>',
        "like_count": item.engagement["likes"],
    }  # fmt: skip
    if item.deleted:
        body |= {"text": "抱歉，此评论已被删除。", "deleted": "1"}
    if item.author:
        body["user"] = user(item.author)
    if not nested:
        body["status"] = status(item.thread, nested=True)
        if item.parent is not None and item.parent.parent is not None:
            body["reply_comment"] = comment(item.parent, nested=True)
    return body


def error(code: int, message: str, path: str, status_code: int) -> Response:
    """Weibo's error form."""
    return json_answer({"error": message, "error_code": code, "request": path}, status_code)


def rate_limited() -> Response:
    """Error 10023, HTTP 403."""
    return error(10023, "User requests out of rate limit!", "/2/search/statuses.json", 403)


def server_error() -> Response:
    """Error 10001, HTTP 503."""
    return error(10001, "System error!", "/2/search/statuses.json", 503)


def _token(request: Request) -> str:
    header = request.headers.get("authorization", "").partition(" ")[2].strip()
    return request.query_params.get("access_token") or header


def _search(timeline: Timeline, request: Request) -> Response:
    query, path = request.query_params, "/2/search/statuses.json"
    if not _token(request):
        return error(10006, "Source paramter(appkey) is missing", path, 400)
    if not query.get("q"):
        return error(10016, "Miss required parameter (q) , see doc for more info.", path, 400)
    since, until = whole(query.get("starttime"), 0), whole(query.get("endtime"), CLOCK_END)
    size, page = min(max(whole(query.get("count"), 10), 1), 50), max(whole(query.get("page"), 1), 1)
    found = [
        timeline.statuses[place] for place in timeline.search(query["q"])
        if since <= timeline.statuses[place].at <= until
    ]  # fmt: skip
    statuses = [status(item) for item in found[(page - 1) * size : page * size]]
    if query.get("needcount") == "true":
        return json_answer({"statuses": statuses, "total_number": len(found)})
    return json_answer(statuses)


def _comments(timeline: Timeline, request: Request) -> Response:
    query, path = request.query_params, "/2/comments/show.json"
    if not _token(request):
        return error(10006, "Source paramter(appkey) is missing", path, 400)
    if query.get("id") not in timeline.by_id:
        return error(20101, "Target weibo does not exist!", path, 400)
    size, page = min(max(whole(query.get("count"), 50), 1), 200), max(whole(query.get("page"), 1), 1)
    since, until = whole(query.get("since_id"), 0), whole(query.get("max_id"), 0)
    everything = [
        c for c in timeline.comments[query["id"]] if c.number > since and (not until or c.number <= until)
    ]  # fmt: skip
    shown = everything[(page - 1) * size : page * size]
    more = everything[page * size].number if page * size < len(everything) else 0
    return json_answer(
        {
            "comments": [comment(item) for item in shown], "previous_cursor": 0, "next_cursor": more,
            "total_number": len(everything), "hasvisible": False,
        }
    )  # fmt: skip


def _user_timeline(timeline: Timeline, request: Request) -> Response:
    query, path = request.query_params, "/2/statuses/user_timeline.json"
    named = {query.get("uid"), query.get("screen_name")} - {None, ""}
    mine = [i for i in timeline.statuses if i.author and {i.author.account_id, i.author.handle} & named]
    if not mine:
        return error(20003, "User does not exists!", path, 400)
    since, until = whole(query.get("since_id"), 0), whole(query.get("max_id"), 0)
    size, page = min(max(whole(query.get("count"), 20), 1), 100), max(whole(query.get("page"), 1), 1)
    found = [i for i in mine if i.number > since and (not until or i.number <= until)]
    shown = [status(item) for item in found[(page - 1) * size : page * size]]
    return json_answer({"statuses": shown, "total_number": len(mine), "previous_cursor": 0, "next_cursor": 0})


def _show(timeline: Timeline, request: Request) -> Response:
    item = timeline.by_id.get(request.query_params.get("id", ""))
    return json_answer(status(item)) if item else error(20101, "Target weibo does not exist!", "/2/statuses/show.json", 400)


def _show_batch(timeline: Timeline, request: Request) -> Response:
    ids = request.query_params.get("ids", "").split(",")[:50]
    shown = [status(timeline.by_id[number]) for number in ids if number in timeline.by_id]
    return json_answer({"statuses": shown, "total_number": len(shown)})


def _comments_batch(timeline: Timeline, request: Request) -> Response:
    wanted = set(request.query_params.get("cids", "").split(",")[:50])
    return json_answer([comment(c) for listed in timeline.comments.values() for c in listed if c.native_id in wanted])


_BY_ID = {
    "statuses/user_timeline": _user_timeline, "statuses/show": _show, "statuses/show_batch": _show_batch,
    "comments/show_batch": _comments_batch,
}  # fmt: skip


def router(world: World) -> APIRouter:
    """The routes below /weibo."""
    timeline, routes = Timeline(world), APIRouter(prefix=PREFIX)

    @routes.get("/2/search/statuses.json")
    async def search(request: Request) -> Response:
        return _search(timeline, request)

    @routes.get("/2/comments/show.json")
    async def comments(request: Request) -> Response:
        return _comments(timeline, request)

    @routes.get("/2/{folder}/{name}.json")
    async def by_id(folder: str, name: str, request: Request) -> Response:
        path = f"/2/{folder}/{name}.json"
        if not _token(request):
            return error(10006, "Source paramter(appkey) is missing", path, 400)
        answer = _BY_ID.get(f"{folder}/{name}")
        return answer(timeline, request) if answer else error(10020, "Interface not exist", path, 404)

    return routes
