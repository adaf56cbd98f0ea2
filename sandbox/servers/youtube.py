"""YouTube Data API v3 as its discovery document describes it: one channel, its uploads, and the comments below them.

    GET /youtube/channels?forHandle=|id=          GET /youtube/playlistItems?playlistId=      GET /youtube/videos?id=
    GET /youtube/commentThreads?videoId=|allThreadsRelatedToChannelId=|id=     GET /youtube/comments?parentId=|id=
    GET /youtube/search?q=&publishedAfter=&publishedBefore=

What answers nothing is a video, an answer to a video a thread, everything below a reply. Removed things are simply absent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from sandbox.plot import Ask, Plot, Reply, Thing, json_reply, newest_first

PLATFORM = "youtube"
PREFIX = "/youtube"
SITE = ""
CHANNEL, UPLOADS, HANDLE = "UCvelmora000000000000001", "UUvelmora000000000000001", "velmora"
OPTIONS: Mapping[str, Any] = {"channels": ["@velmora"], "official": False}
RATE_LIMIT, SERVER_ERROR = "rateLimitExceeded", "backendError"
HAS_ANSWERS = True
SAMPLE: tuple[str, Mapping[str, str]] = ("/commentThreads", {"allThreadsRelatedToChannelId": CHANNEL, "key": "k"})
_ALONG = 2  # replies that come with their thread
_STATUS = {
    "quotaExceeded": 403, "dailyLimitExceeded": 403, "rateLimitExceeded": 403, "userRateLimitExceeded": 403, "keyInvalid": 400,
    "keyExpired": 400, "keyMissing": 403, "accessNotConfigured": 403, "ipRefererBlocked": 403, "commentsDisabled": 403,
    "forbidden": 403, "videoNotFound": 404, "channelNotFound": 404, "channelClosed": 403, "channelSuspended": 403,
    "channelForbidden": 403, "playlistNotFound": 404, "playlistItemsNotAccessible": 403, "commentNotFound": 404,
    "commentThreadNotFound": 404, "backendError": 503, "internalError": 500,
}  # fmt: skip


def key(thing: Thing) -> tuple[str, str]:
    """(kind, native id): a video, or a comment below one."""
    return ("post", _video_id(thing.number)) if thing.parent is None else ("comment", _comment_id(thing.number))


def _video_id(number: int) -> str:
    return f"vid{number:08d}"


def _comment_id(number: int) -> str:
    return f"Ugz{number:08d}AaABAg"


def _own_id(plot: Plot, thing: Thing) -> str:
    """A reply's id starts with its thread's."""
    top = _top(plot, thing)
    return _comment_id(thing.number) if top is thing else f"{_comment_id(top.number)}.{thing.number:08d}"


def _top(plot: Plot, thing: Thing) -> Thing:
    """The comment that stands right below the video."""
    while thing.parent is not None and (above := plot.find(thing.parent)) and above.parent is not None:
        thing = above
    return thing


def answer(plot: Plot, ask: Ask) -> Reply:
    """Any of the six list methods."""
    if not ask.query.get("key"):
        return error("keyMissing")
    methods: dict[str, Callable[[Plot, Ask], Reply]] = {
        "/channels": _channels, "/playlistItems": _playlist, "/videos": _videos, "/commentThreads": _threads, "/comments": _comments,
        "/search": _search,
    }  # fmt: skip
    method = methods.get(ask.path)
    return method(plot, ask) if method else json_reply({"error": {"code": 404, "message": "Not Found"}}, 404)


def _list(kind: str, items: Iterable[Any], token: int | None = None) -> Reply:
    more = {"nextPageToken": f"T{token}"} if token is not None else {}
    listed = list(items)
    return json_reply(
        {"kind": f"youtube#{kind}ListResponse", "etag": "e", **more, "pageInfo": {"totalResults": len(listed)}, "items": listed}
    )


def _cut(plot: Plot, ask: Ask, things: list[Thing]) -> tuple[list[Thing], int | None]:
    return plot.cut(things, int(ask.query.get("pageToken", "T0")[1:] or 0), int(ask.query.get("maxResults", 20)))


def _channels(plot: Plot, ask: Ask) -> Reply:
    known = ask.query.get("id") == CHANNEL or ask.query.get("forHandle", "").lstrip("@").lower() == HANDLE
    channel = {
        "kind": "youtube#channel", "id": CHANNEL,
        "snippet": {"title": "Velmora", "customUrl": f"@{HANDLE}", "publishedAt": "2012-05-01T10:00:00Z", "country": "DE"},
        "contentDetails": {"relatedPlaylists": {"likes": "", "uploads": UPLOADS}},
        "statistics": {"subscriberCount": "5120", "hiddenSubscriberCount": False, "videoCount": str(len(plot.roots()))},
    }  # fmt: skip
    return _list("channel", [channel] if known else [])


def _uploaded(plot: Plot) -> list[Thing]:
    return newest_first(thing for thing in plot.roots() if not thing.gone)


def _playlist(plot: Plot, ask: Ask) -> Reply:
    if ask.query.get("playlistId") != UPLOADS:
        return error("playlistNotFound")
    shown, token = _cut(plot, ask, _uploaded(plot))
    return _list("playlistItem", ({
        "kind": "youtube#playlistItem", "id": f"PL{thing.number}",
        "contentDetails": {"videoId": _video_id(thing.number), "videoPublishedAt": _iso(thing.at)},
    } for thing in shown), token)  # fmt: skip


def _videos(plot: Plot, ask: Ask) -> Reply:
    asked = ask.query.get("id", "").split(",")
    return _list("video", (_video(plot, thing) for thing in _uploaded(plot) if _video_id(thing.number) in asked))


def _video(plot: Plot, thing: Thing) -> dict[str, Any]:
    below = [answer for answer in plot.under(thing.number) if not answer.gone]
    return {
        "kind": "youtube#video", "id": _video_id(thing.number),
        "snippet": {"publishedAt": _iso(thing.at), "channelId": CHANNEL, "title": f"Velmora video {thing.number}",
                    "description": thing.text, "channelTitle": "Velmora", "defaultAudioLanguage": "en"},
        "statistics": {"viewCount": str(thing.likes * 10), "likeCount": str(thing.likes), "commentCount": str(len(below))},
    }  # fmt: skip


def _threads(plot: Plot, ask: Ask) -> Reply:
    tops = [t for t in plot.live() if t.parent is not None and _top(plot, t) is t and not plot.root_of(t).gone]
    if ids := ask.query.get("id"):
        return _list("commentThread", (_thread(plot, t) for t in tops if _own_id(plot, t) in ids.split(",")))
    if video := ask.query.get("videoId"):
        if video not in [_video_id(thing.number) for thing in _uploaded(plot)]:
            return error("videoNotFound")
        tops = [thing for thing in tops if _video_id(plot.root_of(thing).number) == video]
    shown, token = _cut(plot, ask, newest_first(tops))
    return _list("commentThread", (_thread(plot, thing) for thing in shown), token)


def _thread(plot: Plot, thing: Thing) -> dict[str, Any]:
    replies = _replies(plot, thing)
    video = _video_id(plot.root_of(thing).number)
    body: dict[str, Any] = {
        "kind": "youtube#commentThread", "id": _own_id(plot, thing),
        "snippet": {"channelId": CHANNEL, "videoId": video, "topLevelComment": _comment(plot, thing, with_video=True), "canReply": True,
                    "totalReplyCount": len(replies), "isPublic": True},
    }  # fmt: skip
    if replies:
        body["replies"] = {"comments": [_comment(plot, reply, with_video=True) for reply in replies[-_ALONG:]]}
    return body


def _replies(plot: Plot, top: Thing) -> list[Thing]:
    return [t for t in plot.under(plot.root_of(top).number) if t is not top and not t.gone and _top(plot, t) is top]


def _comments(plot: Plot, ask: Ask) -> Reply:
    answers = [t for t in plot.live() if t.parent is not None]
    if ids := ask.query.get("id"):
        return _list("comment", (_comment(plot, t) for t in answers if _own_id(plot, t) in ids.split(",")))
    top = next((t for t in answers if _own_id(plot, t) == ask.query.get("parentId")), None)
    if top is None:
        return error("commentNotFound")
    shown, token = _cut(plot, ask, _replies(plot, top))
    return _list("comment", (_comment(plot, reply) for reply in shown), token)


def _comment(plot: Plot, thing: Thing, with_video: bool = False) -> dict[str, Any]:
    top = _top(plot, thing)
    snippet = {
        "channelId": CHANNEL, "textDisplay": thing.text, "textOriginal": thing.text, "authorDisplayName": f"@user{thing.author}",
        "authorChannelUrl": f"http://www.youtube.com/@user{thing.author}", "authorChannelId": {"value": f"UCuser{thing.author:018d}"},
        "canRate": True, "viewerRating": "none", "likeCount": thing.likes, "publishedAt": _iso(thing.at),
        "updatedAt": _iso(thing.edited_at or thing.at),
    }  # fmt: skip
    if with_video:
        snippet["videoId"] = _video_id(plot.root_of(thing).number)
    if top is not thing:
        snippet["parentId"] = _comment_id(top.number)
    return {"kind": "youtube#comment", "id": _own_id(plot, thing), "snippet": snippet}


def _search(plot: Plot, ask: Ask) -> Reply:
    since, until = (datetime.fromisoformat(ask.query[name]).timestamp() for name in ("publishedAfter", "publishedBefore"))
    words = ask.query.get("q", "").lower()
    alternatives = [part.strip('" ') for part in words.split("|")]
    matching = [t for t in _uploaded(plot) if since <= t.at < until and any(part in t.text.lower() for part in alternatives)]
    shown, token = _cut(plot, ask, matching)
    return _list(
        "search",
        ({"kind": "youtube#searchResult", "id": {"kind": "youtube#video", "videoId": _video_id(t.number)}} for t in shown),
        token,
    )


def _iso(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def error(code: str) -> Reply:
    """Google's error object, with the reason where the documents put it."""
    if code.isdigit():
        return json_reply({"error": {"code": int(code), "message": "as documented"}}, int(code))
    status, reason, message = _STATUS.get(code, 400), code, "as documented"
    if code == "keyMissing":
        reason, message = "forbidden", "Method doesn't allow unregistered callers (callers without established identity)."
    domain = "youtube.quota" if code == "quotaExceeded" else "youtube.api"
    errors = [{"message": message, "domain": domain, "reason": reason}]
    return json_reply({"error": {"code": status, "message": message, "errors": errors}}, status)
