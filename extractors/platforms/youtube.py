"""YouTube: the videos of channels, and all comments below them (Data API v3).

    channels.list ──► uploads playlist ──► playlistItems.list ──► videos.list ──► {item, channel} ──► post
         └──► commentThreads.list (all threads of the channel, or of one video) ──► {item, thread} ──► comment
                     └─ more replies than came along ──► comments.list?parentId ──► {item, thread} ──► reply
search.list costs 100 of a day's 10,000 units and is off unless options.search. Source: the API's discovery document, version v3.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from typing import Any

from extractors import query
from extractors.base import (
    Contract,
    ErrorRule,
    Item,
    Key,
    Page,
    PlatformError,
    Reading,
    Tombstone,
    contract_error,
    iso,
)
from extractors.decoding import decode_json
from extractors.http import Ask
from extractors.limits import wait_seconds
from extractors.shapes.youtube_objects import items, make_item, thread_brief, thread_items, to_mention, tombstones, top_of
from extractors.slices import CHUNK, Answer, Repeats, Slice, walk
from extractors.source_options import FLAG, Form, Need
from extractors.times import from_iso
from extractors.values import count, identifier, mapping, objects, text_or_none

__all__ = ["CONTRACT", "decode", "error_of", "items", "lookup", "make_item", "pages", "to_mention", "tombstones"]
_KEY_MEND = "set RENOWN_YOUTUBE_TOKEN to an API key of a project in which the YouTube Data API v3 is enabled"
_QUOTA_MEND = "run again after midnight Pacific time, or ask Google for more quota"
_VIDEO = re.compile(r"(?:v=|youtu\.be/|/shorts/|/live/|/embed/)([\w-]{11})|^([\w-]{11})$")

CONTRACT = Contract(
    platform="youtube",
    base_url="https://www.googleapis.com/youtube/v3",
    endpoints=("channels", "playlistItems", "videos", "commentThreads", "comments", "search"),
    auth="API key",
    credential_env="RENOWN_YOUTUBE_TOKEN",
    cursor="time_slice",
    is_sorted=True,
    page_limit=100,
    cap=500,
    query_limit=500,
    errors=(
        ErrorRule("quotaExceeded", "stop", "the day's quota is used up", _QUOTA_MEND),
        ErrorRule("dailyLimitExceeded", "stop", "the day's limit is used up", _QUOTA_MEND),
        ErrorRule("rateLimitExceeded", "wait_until", "too many requests", "lower the source's rate"),
        ErrorRule("userRateLimitExceeded", "wait_until", "too many requests of one user", "lower the source's rate"),
        ErrorRule("keyInvalid", "fatal", "the API key is not valid", _KEY_MEND),
        ErrorRule("keyExpired", "fatal", "the API key has expired", _KEY_MEND),
        ErrorRule("keyMissing", "fatal", "no API key came with the request", _KEY_MEND),
        ErrorRule("accessNotConfigured", "fatal", "the API is not enabled for the key's project", _KEY_MEND),
        ErrorRule("ipRefererBlocked", "fatal", "the key may not be used from this address", "lift the key's restrictions"),
        ErrorRule("badRequest", "fatal", "invalid request", "correct the source's options"),
        ErrorRule("invalidParameter", "fatal", "a parameter is not valid", "correct the source's options"),
        ErrorRule("invalidPageToken", "fatal", "the page token is not valid", "run again: the read starts anew"),
        ErrorRule("missingRequiredParameter", "fatal", "a parameter is missing", "correct the source's options"),
        ErrorRule("operationNotSupported", "fatal", "the request is not supported", "correct the source's options"),
        ErrorRule("commentsDisabled", "skip", "comments are disabled"),
        ErrorRule("forbidden", "skip", "not readable without its owner's consent"),
        ErrorRule("videoNotFound", "skip", "video not found"),
        ErrorRule("channelNotFound", "skip", "channel not found"),
        ErrorRule("channelClosed", "skip", "channel closed"),
        ErrorRule("channelSuspended", "skip", "channel suspended"),
        ErrorRule("channelForbidden", "skip", "channel not readable"),
        ErrorRule("playlistNotFound", "skip", "playlist not found"),
        ErrorRule("playlistItemsNotAccessible", "skip", "playlist not readable"),
        ErrorRule("commentNotFound", "skip", "comment not found"),
        ErrorRule("commentThreadNotFound", "skip", "comment thread not found"),
        ErrorRule("processingFailure", "retry", "the server could not process the request"),
        ErrorRule("backendError", "retry", "backend error"),
        ErrorRule("internalError", "retry", "internal error"),
        ErrorRule("500", "retry", "internal error"),
        ErrorRule("502", "retry", "bad gateway"),
        ErrorRule("503", "retry", "service unavailable"),
    ),
    time_formats=("ISO 8601 with Z, with and without fractions",),
    deletion="a removed video or comment is absent; moderationStatus rejected is shown to the channel's owner only",
    edits="a comment's updatedAt differs from its publishedAt; videos tell of no edits",
    history_limit="none for playlists and comments; search.list gives about 500 videos a query",
    terms="YouTube API Services terms: stored data refreshed or deleted within 30 days",
    not_offered=("author_following", "author_posts", "author_verified", "author_location", "repost_of_id", "quote_of_id", "rating"),
    kinds=("post", "comment", "reply"),
    collects=("videos of channels", "comments and replies below them", "videos by keyword (options.search)"),
    how_to="console.cloud.google.com: a project, the YouTube Data API v3 enabled, an API key under Credentials",
    rate=(60, 60.0),
    options={
        "channels": "channel ids (UC…), @handles or addresses, read whole with their comments",
        "videos": "video ids or addresses, read with their comments",
        "search": "true: look for videos by the source's query too (100 units a page)",
        "official": "false: leave out the banks' own channels (pages.youtube)",
        "thread_hours": "hours for which a comment is asked again for new replies (72)",
    },
    forms={
        "channels": Form("names", "[UC_x5XG1OV2P6uZZ5FSM9Ttw, '@velmora']", r"[\w@./:?=%-]+"),
        "videos": Form("names", "[dQw4w9WgXcQ]", rf".*(?:{_VIDEO.pattern}).*"),
        "search": FLAG,
    },
    needs=(Need(("channels", "videos"), "options: {channels: ['@velmora']}", ("pages",), "official", unless={"search": True}),),
)  # fmt: skip
decode = decode_json
_VIDEO_PARTS = "snippet,statistics,recordingDetails"
_CHANNEL = re.compile(r"(?:^|/channel/)(UC[\w-]{22})")
_REASONS = {
    "API_KEY_INVALID": "keyInvalid",
    "API_KEY_EXPIRED": "keyExpired",
    "API_KEY_SERVICE_BLOCKED": "accessNotConfigured",
    "SERVICE_DISABLED": "accessNotConfigured",
    "API_KEY_HTTP_REFERRER_BLOCKED": "ipRefererBlocked",
    "API_KEY_IP_ADDRESS_BLOCKED": "ipRefererBlocked",
    "RATE_LIMIT_EXCEEDED": "rateLimitExceeded",
}


def pages(reading: Reading) -> Iterator[Page]:
    """New replies of young threads; then each channel's videos and comments, each listed video's comments, and what a search finds."""
    yield from _young(reading)
    targets: list[tuple[str, Any]] = [(f"channel {name}", partial(_channel, reading, name)) for name in _channels(reading)]
    targets += [(f"video {video}", partial(_video, reading, video)) for video in _videos(reading)]
    failed = 0
    for name, read in targets:
        try:
            yield from read()
        except PlatformError as error:
            if error.action != "skip":
                raise
            failed += 1
            if failed == len(targets) and not reading.option("search", False):
                raise
            yield Page([], "skipped", gap=f"{name}: {error.what}")
    if reading.option("search", False):
        yield from _searches(reading)


def _channels(reading: Reading) -> list[str]:
    banks = reading.settings.banks.banks if reading.option("official", True) else []
    listed = [*(page for bank in banks for page in bank.pages.get("youtube", [])), *_listed(reading, "channels")]
    return list(dict.fromkeys(listed))


def _videos(reading: Reading) -> list[str]:
    found = (_VIDEO.search(entry) for entry in _listed(reading, "videos"))
    return list(dict.fromkeys(match[1] or match[2] for match in found if match))


def _listed(reading: Reading, name: str) -> list[str]:
    value = reading.option(name, [])
    return [str(entry).strip() for entry in ([value] if isinstance(value, str) else value)]


def _call(reading: Reading, endpoint: str, **params: Any) -> dict[str, Any]:
    sent = {name: value for name, value in params.items() if value is not None}
    ask = Ask(f"{reading.base_url}/{endpoint}", {**sent, "key": reading.http.token or ""}, endpoint=endpoint)
    return mapping(reading.http.ask_json(ask)[0])


def _paged(reading: Reading, endpoint: str, position: Any, **params: Any) -> dict[str, Any]:
    """A page; where its token has expired, the first page again: what was read comes once more, nothing is left out."""
    try:
        return _call(reading, endpoint, **params, pageToken=position)
    except PlatformError as error:
        if error.code != "invalidPageToken" or not position:
            raise
        return _call(reading, endpoint, **params)


# -- channels and videos -----------------------------------------------------------------------------------------------
def _channel(reading: Reading, name: str) -> Iterator[Page]:
    """A channel's uploads, newest first, and all comment threads below them, newest first."""
    channel = _find_channel(reading, name)
    own = str(channel.get("id"))
    playlist = text_or_none(mapping(mapping(channel.get("contentDetails")).get("relatedPlaylists")).get("uploads"))
    if playlist:
        yield from walk(reading, f"uploads:{own}", partial(_uploads, reading, playlist, _brief(channel)))
    yield from walk(reading, f"threads:{own}", partial(_threads, reading, {"allThreadsRelatedToChannelId": own}, _brief(channel)))


def _find_channel(reading: Reading, name: str) -> dict[str, Any]:
    by_id, handle = _CHANNEL.search(name), re.search(r"(?:/user/([\w.-]+)|(?:^|/|/c/)@?([\w.-]+))/?$", name)
    if by_id:
        asked = {"id": by_id[1]}
    elif handle and handle[1]:
        asked = {"forUsername": handle[1]}
    else:
        asked = {"forHandle": f"@{handle[2]}" if handle else name}
    found = objects(_call(reading, "channels", part="snippet,contentDetails,statistics", **asked).get("items"))
    if not found:
        raise contract_error(CONTRACT, "channelNotFound", "")
    return found[0]


def _brief(channel: dict[str, Any]) -> dict[str, Any]:
    """What a mention needs of a channel: id, name, handle, country, age and subscribers."""
    snippet, numbers = mapping(channel.get("snippet")), mapping(channel.get("statistics"))
    known = {"id": channel.get("id"), "title": snippet.get("title"), "customUrl": snippet.get("customUrl"),
             "country": snippet.get("country"), "publishedAt": snippet.get("publishedAt"),
             "subscriberCount": None if numbers.get("hiddenSubscriberCount") else numbers.get("subscriberCount")}  # fmt: skip
    return {name: value for name, value in known.items() if value is not None}


def _uploads(reading: Reading, playlist: str, channel: dict[str, Any], piece: Slice) -> Answer:
    size = min(reading.source.page_size or 50, 50)
    value = _paged(reading, "playlistItems", piece.position, part="contentDetails", playlistId=playlist, maxResults=size)
    listed = [mapping(entry.get("contentDetails")) for entry in objects(value.get("items"))]
    inside, oldest = _within(piece, [(entry, entry.get("videoPublishedAt")) for entry in listed])
    ids = [video for video in (identifier(entry.get("videoId")) for entry in inside) if video]
    found = _videos_by_id(reading, ids, channel)
    return Answer(found, _next(value, oldest, piece))


def _within(piece: Slice, entries: Sequence[tuple[dict[str, Any], Any]]) -> tuple[list[dict[str, Any]], float | None]:
    """(entries inside the slice, the oldest moment of all). An entry without a moment counts as inside: it is not lost."""
    moments = [(entry, from_iso(when)) for entry, when in entries]
    inside = [entry for entry, when in moments if when is None or piece.start <= when.timestamp() < piece.end + 1]
    return inside, min((when.timestamp() for _, when in moments if when), default=None)


def _next(value: dict[str, Any], oldest: float | None, piece: Slice) -> str | None:
    """The next page's token, None where all that follows is older than the slice."""
    token = text_or_none(value.get("nextPageToken"))
    return token if oldest is None or oldest >= piece.start else None


def _videos_by_id(reading: Reading, ids: Sequence[str], channel: dict[str, Any] | None) -> list[Item]:
    if not ids:
        return []
    value = _call(reading, "videos", part=_VIDEO_PARTS, id=",".join(ids), maxResults=50)
    extra = {"channel": channel} if channel else {}
    return [make_item({"item": video, **extra}, reading.source.site) for video in objects(value.get("items"))]


def _video(reading: Reading, video: str) -> Iterator[Page]:
    """A single video and its comment threads."""
    found = _videos_by_id(reading, [video], None)
    if not found:
        raise contract_error(CONTRACT, "videoNotFound", "")
    yield Page(found, f"comments:{video}")
    yield from walk(reading, f"comments:{video}", partial(_threads, reading, {"videoId": video}, None))


def _searches(reading: Reading) -> Iterator[Page]:
    tree = query.parse(reading.source.query, reading.settings, "youtube")
    for words in query.compile_for(tree, "youtube").queries:
        stream, capped = f"search:{sha256(words.encode()).hexdigest()[:12]}", [False]
        for page in walk(reading, stream, partial(_search, reading, words, capped)):
            gap = f"search.list gives about {CONTRACT.cap} videos of a query" if capped[0] else page.gap
            yield replace(page, gap=gap)
            capped[0] = False


def _search(reading: Reading, words: str, capped: list[bool], piece: Slice) -> Answer:
    """A page of a search, its videos whole (a search cuts descriptions), each followed by its comments."""
    bounds = {"publishedAfter": _second(piece.start), "publishedBefore": _second(piece.end + 1)}
    size = min(reading.source.page_size or 50, 50)
    value = _paged(reading, "search", piece.position, part="id", type="video", order="date", q=words, maxResults=size, **bounds)
    ids = [identifier(mapping(entry.get("id")).get("videoId")) for entry in objects(value.get("items"))]
    found, token = _videos_by_id(reading, [video for video in ids if video], None), text_or_none(value.get("nextPageToken"))
    capped[0] = token is None and piece.seen + len(found) >= (CONTRACT.cap or 0)
    return Answer(found, token, follow=_below(reading, found))


def _below(reading: Reading, found: Sequence[Item]) -> Iterator[Item]:
    for item in found:
        if count(mapping(mapping(item.value.get("item")).get("statistics")).get("commentCount")):
            yield from _all_threads(reading, item.native_id)


def _all_threads(reading: Reading, video: str) -> Iterator[Item]:
    token, whole, guard = None, Slice(0, int(reading.end.timestamp())), Repeats("youtube")
    while True:
        try:
            answer = _threads(reading, {"videoId": video}, None, replace(whole, position=token))
        except PlatformError as error:
            if error.action != "skip":
                raise
            return
        # an empty page is known by its token
        if not guard.is_new([item.native_id for item in answer.items] or [answer.next_position]):
            continue
        yield from answer.items
        yield from answer.follow
        if answer.next_position is None:
            return
        token = answer.next_position


def _second(epoch: int) -> str:
    return iso(datetime.fromtimestamp(epoch, UTC))


# -- comments ----------------------------------------------------------------------------------------------------------
def _threads(reading: Reading, asked: dict[str, Any], channel: dict[str, Any] | None, piece: Slice) -> Answer:
    """A page of threads, newest first, with the replies that came along; the rest of long threads follows."""
    size = min(reading.source.page_size or 100, 100)
    value = _paged(reading, "commentThreads", piece.position, part="snippet,replies", order="time", textFormat="plainText",
                   maxResults=size, **asked)  # fmt: skip
    listed = objects(value.get("items"))
    inside, oldest = _within(piece, [(thread, _published(top_of(thread))) for thread in listed])
    found = [item for thread in inside for item in thread_items(thread, channel, reading.source.site)]
    return Answer(found, _next(value, oldest, piece), follow=_rest(reading, inside, channel))


def _published(comment: dict[str, Any]) -> Any:
    return mapping(comment.get("snippet")).get("publishedAt")


def _rest(reading: Reading, threads: Sequence[dict[str, Any]], channel: dict[str, Any] | None) -> Iterator[Item]:
    for thread in threads:
        came = len(objects(mapping(thread.get("replies")).get("comments")))
        if (count(mapping(thread.get("snippet")).get("totalReplyCount")) or 0) > came:
            yield from _replies(reading, thread_brief(thread, channel))


def _replies(reading: Reading, thread: dict[str, Any]) -> Iterator[Item]:
    """All replies of a thread."""
    token, guard = None, Repeats("youtube")
    while True:
        try:
            value = _paged(
                reading, "comments", token, part="snippet", parentId=thread["id"], textFormat="plainText", maxResults=100
            )
        except PlatformError as error:
            if error.action != "skip":
                raise
            return
        replies = objects(value.get("items"))
        following = text_or_none(value.get("nextPageToken"))
        if not guard.is_new([reply.get("id") for reply in replies] or [following]):
            continue
        yield from (make_item({"item": reply, "thread": thread}, reading.source.site) for reply in replies)
        token = following
        if token is None:
            return


def _young(reading: Reading) -> Iterator[Page]:
    """Threads of the last options.thread_hours once more: commentThreads.list shows them by age, a new reply moves none of them up."""
    if not reading.cursors:
        return
    since = reading.end - timedelta(hours=float(reading.option("thread_hours", 72)))
    ids = [native_id for native_id, _ in reading.recent_threads("comment", since)]
    for start in range(0, len(ids), 50):
        waiting: list[Item] = []
        threads = _threads_by_id(reading, ids[start : start + 50])
        for item in (
            *(i for thread in threads for i in thread_items(thread, None, reading.source.site)),
            *_rest(reading, threads, None),
        ):
            waiting.append(item)
            if len(waiting) >= CHUNK:
                yield Page(waiting, "threads")
                waiting = []
        yield Page(waiting, "threads")


def _threads_by_id(reading: Reading, ids: Sequence[str]) -> list[dict[str, Any]]:
    value = _call(reading, "commentThreads", part="snippet,replies", id=",".join(ids), textFormat="plainText")
    return objects(value.get("items"))


# -- what an answer holds ----------------------------------------------------------------------------------------------
def error_of(value: Any, status: int, headers: Mapping[str, str]) -> PlatformError | None:
    """Google's form: {"error": {code, message, status, errors: [{reason}], details: [{reason, metadata}]}}."""
    error = mapping(value).get("error")
    if error is None and status < 400:
        return None
    answer = mapping(error)
    wait = wait_seconds(headers) if status >= 400 else None
    code = _reason(answer) or text_or_none(error) or status
    number = count(answer.get("code")) or status
    default: Any = "retry" if number >= 500 else "wait_until" if number == 429 else "fatal"
    return contract_error(CONTRACT, code, str(answer.get("message", "")), default, wait_seconds=wait)


def _reason(error: dict[str, Any]) -> str | None:
    """The error's reason in the documents' own words; newer answers say some of them in details[] only."""
    reason = next((text_or_none(entry.get("reason")) for entry in objects(error.get("errors"))), None)
    for detail in objects(error.get("details")):
        if str(mapping(detail.get("metadata")).get("quota_limit", "")).lower().find("perday") >= 0:
            return "quotaExceeded"
        reason = _REASONS.get(str(detail.get("reason")), reason)
    if reason == "forbidden" and "unregistered callers" in str(error.get("message")):
        return "keyMissing"
    if reason == "badRequest" and "API key" in str(error.get("message")):
        return "keyInvalid"
    return reason or identifier(error.get("code"))


def lookup(reading: Reading, keys: Sequence[Key]) -> Iterator[Page]:
    """Videos, comments and replies by id, 50 a request; an id that a good answer leaves out is gone, whoever removed it."""
    for kind, read in (("post", _look_at_videos), ("comment", _look_at_threads), ("reply", _look_at_replies)):
        wanted = [key for key in keys if key.kind == kind]
        for start in range(0, len(wanted), 50):
            part = wanted[start : start + 50]
            found = read(reading, part)
            present = {item.native_id for item in found}
            gone = [Tombstone(key.native_id, kind, "platform") for key in part if key.native_id not in present]
            yield Page(found, "lookup", gone=gone)


def _look_at_videos(reading: Reading, keys: Sequence[Key]) -> list[Item]:
    return _videos_by_id(reading, [key.native_id for key in keys], None)


def _look_at_threads(reading: Reading, keys: Sequence[Key]) -> list[Item]:
    threads = _threads_by_id(reading, [key.native_id for key in keys])
    return [item for thread in threads for item in thread_items(thread, None, reading.source.site)]


def _look_at_replies(reading: Reading, keys: Sequence[Key]) -> list[Item]:
    """Replies by id come without their video, which the warehouse knows."""
    value = _call(reading, "comments", part="snippet", id=",".join(key.native_id for key in keys), textFormat="plainText")
    known = {key.native_id: {"id": key.parent_id, "videoId": key.conversation_id, "channelId": key.page_id} for key in keys}
    return [
        make_item({"item": reply, "thread": known.get(str(reply.get("id")), {})}, reading.source.site)
        for reply in objects(value.get("items"))
    ]
