"""VK: newsfeed.search by time slices, walls, boards, and the comments of what is found.

    newsfeed.search, wall.get ──► posts ──comments.count > 0──► wall.getComments (threads too)
    board.getTopics ──► board.getComments                       wall.getById, wall.getComment ──► lookup
newsfeed.search gives the first 1000 results of a query only, so windows are halved until total_count is below that.
q knows no OR: one query an alias. Sources: VKCOM/vk-api-schema, dev.vk.com, recorded answers; the shapes: extractors/shapes/vk_objects.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

from extractors import query
from extractors.base import Contract, ErrorRule, Item, Key, Page, PlatformError, Reading, Tombstone, contract_error
from extractors.decoding import decode_json
from extractors.limits import wait_seconds
from extractors.shapes.vk_objects import (
    comment_items,
    is_deleted,
    items,
    joined,
    make_item,
    people_of,
    to_mention,
    tombstones,
    view,
)
from extractors.slices import Answer, Repeats, Slice, Threads, walk
from extractors.source_options import Form
from extractors.values import count, identifier, mapping, objects, text_or_none

__all__ = ["CONTRACT", "decode", "error_of", "items", "lookup", "make_item", "pages", "to_mention", "tombstones"]

_TOKEN_MEND = "set RENOWN_VK_TOKEN to a valid service or user token"
CONTRACT = Contract(
    platform="vk",
    base_url="https://api.vk.com",
    endpoints=(
        "method/newsfeed.search",
        "method/wall.get",
        "method/wall.getComments",
        "method/wall.getById",
        "method/wall.getComment",
        "method/board.getTopics",
        "method/board.getComments",
    ),
    auth="service or user token",
    credential_env="RENOWN_VK_TOKEN",
    cursor="time_slice",
    is_sorted=True,
    page_limit=200,
    cap=1000,
    errors=(
        ErrorRule("1", "retry", "unknown error"),
        ErrorRule("6", "retry", "too many requests per second"),
        ErrorRule("10", "retry", "internal server error"),
        ErrorRule("13", "retry", "execute failed"),
        ErrorRule("9", "stop", "flood control", "run again later and lower the source's rate"),
        ErrorRule("29", "stop", "rate limit of the method reached", "run again tomorrow or lower the source's rate"),
        ErrorRule("14", "stop", "captcha needed", "use a service token, or confirm the account by hand"),
        ErrorRule("5", "fatal", "user authorization failed", "set RENOWN_VK_TOKEN"),
        ErrorRule("15", "fatal", "access denied: a token is required or its rights do not suffice", _TOKEN_MEND),
        ErrorRule("27", "fatal", "group authorization failed: a community token may not read walls", _TOKEN_MEND),
        ErrorRule("28", "fatal", "application authorization failed", _TOKEN_MEND),
        ErrorRule("3", "fatal", "unknown method", "correct the source's base_url"),
        ErrorRule("8", "fatal", "invalid request", "correct the source's query"),
        ErrorRule("100", "fatal", "a parameter is missing or invalid", "correct the source's query or page_size"),
        ErrorRule("7", "skip", "permission denied"),
        ErrorRule("18", "skip", "page deleted or blocked"),
        ErrorRule("19", "skip", "content unavailable"),
        ErrorRule("30", "skip", "profile is private"),
        ErrorRule("200", "skip", "access to the album denied"),
        ErrorRule("203", "skip", "access to the group denied"),
        ErrorRule("212", "skip", "access to the post's comments denied"),
        ErrorRule("17", "stop", "the account must be validated", "confirm the account by hand, or use a service token"),
        ErrorRule("103", "stop", "a limit of the account is reached", "run again tomorrow"),
        ErrorRule("113", "skip", "no such user"),
        ErrorRule("125", "skip", "no such community"),
    ),
    time_formats=("epoch seconds, UTC",),
    deletion="is_deleted on a post, deleted on a comment; absent from wall.getById; who deleted is not told",
    edits="edited: epoch of the last edit",
    history_limit="newsfeed.search returns an unspecified subset of older posts; newsfeed.getMentions needs a user token, so is not read",
    terms="VK API terms: public content, service token",
    not_offered=("author_following", "author_posts", "author_created_at", "quote_of_id", "language_hint", "rating"),
    kinds=("post", "comment"),
    collects=(
        "posts by keyword",
        "the banks' own walls and options.walls",
        "comments and their threads",
        "board topics and their comments",
    ),
    how_to="dev.vk.com: create an application; its service key reads public content",
    rate=(3, 1.0),
    options={
        "walls": "false: not even the banks' own walls; a list: these walls too (ids, or short names)",
        "boards": "ids of communities whose discussion boards are read",
        "thread_hours": "how long a post's comments are read again (72)",
    },
    forms={
        "walls": Form("names", "[velmorabank, -12345]", r"-?\d+|[\w.]+", or_flag=True),
        "boards": Form("names", "[12345]", r"-?\d+"),
    },
)
VERSION = "5.199"
COMMENTS = WALL = 100
WALL_OVERLAP = 5
VERSION = "5.199"
COMMENTS = WALL = TOPICS = LOOKUP = 100
WALL_OVERLAP = 5
decode = decode_json


def pages(reading: Reading) -> Iterator[Page]:
    """New comments of young threads; posts by alias and time slice; walls; each post followed by its comments; boards."""
    threads = Threads(reading, lambda post: _comments(reading, post))
    yield from threads.young(key for recent in threads.recent() if (key := _thread_key(recent)))
    tree = query.parse(reading.source.query, reading.settings, "vk")
    for text in query.compile_terms(tree, "vk"):
        stream = f"search:{sha256(text.encode()).hexdigest()[:12]}"
        yield from walk(
            reading,
            stream,
            lambda piece, text=text: _search(reading, threads, text, piece),  # type: ignore[misc]
            cap=CONTRACT.cap,
        )
    for owner in _walls(reading):
        yield from walk(reading, f"wall:{owner}", partial(_wall, reading, threads, owner))
    for group in dict.fromkeys(str(board).lstrip("-") for board in reading.option("boards", [])):
        yield from walk(reading, f"board:{group}", partial(_board, reading, group))


def _thread_key(recent: tuple[str, str | None]) -> dict[str, Any] | None:
    """The post of a wall as its comments are asked for; topics of boards are walked by themselves."""
    found = re.fullmatch(r"(-?\d+)_(\d+)", recent[0])
    author = int(recent[1]) if recent[1] and re.fullmatch(r"-?\d+", recent[1]) else None
    return {"owner_id": int(found[1]), "id": int(found[2]), "from_id": author} if found else None


def _walls(reading: Reading) -> list[str]:
    """The banks' own pages, and those of options.walls: what is posted and asked there need not name the bank."""
    chosen = reading.option("walls", True)
    if chosen is False:
        return []
    listed = [page for bank in reading.settings.banks.banks for page in bank.pages.get("vk", [])]
    return list(dict.fromkeys([*listed, *map(str, chosen if isinstance(chosen, list) else [])]))


def _call(reading: Reading, method: str, **params: Any) -> dict[str, Any]:
    response = _ask(reading, method, **params)
    return mapping(response) if not isinstance(response, list) else {"items": response}


def _ask(reading: Reading, method: str, **params: Any) -> Any:
    sent = {**params, "extended": 1, "v": VERSION, "access_token": reading.http.token or ""}
    value = reading.http.get_json(f"{reading.base_url}/method/{method}?{urlencode(sent)}", endpoint=f"method/{method}")
    return mapping(value).get("response")


def _search(reading: Reading, threads: Threads, text: str, piece: Slice) -> Answer:
    more = {"start_from": piece.position} if piece.position else {}
    response = _call(
        reading,
        "newsfeed.search",
        q=text,
        count=min(reading.source.page_size or 200, 200),
        start_time=piece.start,
        end_time=piece.end,
        **more,
    )
    found = list(items({"response": response}, None, reading.source.site))
    total = count(response.get("total_count"))
    total = total if total is not None else count(response.get("count"))
    return Answer(found, text_or_none(response.get("next_from")), total, _follow(threads, found))


def _wall(reading: Reading, threads: Threads, owner: str, piece: Slice) -> Answer:
    """A page of a wall, newest first (a pinned post apart). Pages overlap by some posts: a deletion meanwhile moves the rest up."""
    offset = int(piece.position or 0)
    named = {"owner_id": owner} if re.fullmatch(r"-?\d+", owner) else {"domain": owner}
    try:
        response = _call(reading, "wall.get", **named, count=WALL, offset=offset)
    except PlatformError as error:
        if error.action != "skip":
            raise
        return Answer([])
    posts = objects(response.get("items"))
    oldest = min((count(p.get("date")) or 0 for p in posts if not p.get("is_pinned")), default=0)
    more = len(posts) > WALL_OVERLAP and oldest >= piece.start and offset + len(posts) < (count(response.get("count")) or 0)
    inside = [p for p in posts if piece.start <= (count(p.get("date")) or 0) <= piece.end]
    found = list(items({"response": {**response, "items": inside}}, None, reading.source.site))
    return Answer(found, offset + len(posts) - WALL_OVERLAP if more else None, None, _follow(threads, found))


def _follow(threads: Threads, found: list[Item]) -> Iterator[Item]:
    for item in found:
        post = mapping(item.value.get("item"))
        yield from threads.follow(item.native_id, count(mapping(post.get("comments")).get("count")), post)


def _comments(reading: Reading, post: dict[str, Any]) -> Iterator[Item]:
    """All comments of a post; of a thread with more than the ten that come along, the rest. Closed comments are skipped."""
    key = {"owner_id": post.get("owner_id"), "post_id": post.get("id")}
    parent = {"owner_id": key["owner_id"], "id": key["post_id"], "from_id": post.get("from_id")}
    try:
        for top in _comment_pages(reading, parent, **key, thread_items_count=10):
            yield top
            thread = mapping(mapping(top.value.get("item")).get("thread"))
            if (count(thread.get("count")) or 0) > len(objects(thread.get("items"))):
                yield from _comment_pages(reading, parent, **key, comment_id=mapping(top.value["item"]).get("id"))
    except PlatformError as error:
        if error.action != "skip":
            raise


def _comment_pages(reading: Reading, parent: dict[str, Any], **params: Any) -> Iterator[Item]:
    for response in _offsets(reading, "wall.getComments", sort="asc", need_likes=1, **params):
        yield from comment_items(objects(response.get("items")), parent, people_of(response), reading.source.site)


def _offsets(reading: Reading, method: str, **params: Any) -> Iterator[dict[str, Any]]:
    """Pages by offset until nothing is left; a page that repeats an earlier one is asked for again, a loop is an error."""
    offset, guard = 0, Repeats("vk")
    while True:
        response = _call(reading, method, count=COMMENTS, offset=offset, **params)
        top = objects(response.get("items"))
        if not guard.is_new(entry.get("id") for entry in top):
            continue
        yield response
        offset += len(top)
        if not top or offset >= (count(response.get("current_level_count")) or count(response.get("count")) or 0):
            return


# -- boards ----------------------------------------------------------------------------------------------------------
def _board(reading: Reading, group: str, piece: Slice) -> Answer:
    """A page of a board's topics, last answered first (order 1; fixed ones apart), each with its comments since the slice's start."""
    offset = int(piece.position or 0)
    try:
        response = _call(reading, "board.getTopics", group_id=group, order=1, count=TOPICS, offset=offset)
    except PlatformError as error:
        if error.action != "skip":
            raise
        return Answer([])
    topics = objects(response.get("items"))
    oldest = min((count(topic.get("updated")) or 0 for topic in topics if not _flagged(topic, "is_fixed")), default=0)
    more = len(topics) > WALL_OVERLAP and oldest >= piece.start and offset + len(topics) < (count(response.get("count")) or 0)
    talked = [topic for topic in topics if (count(topic.get("updated")) or 0) >= piece.start]
    follow = (item for topic in talked for item in _topic(reading, f"-{group}", topic, piece))
    return Answer([], offset + len(topics) - WALL_OVERLAP if more else None, None, follow)


def _flagged(entry: Mapping[str, Any], name: str) -> bool:
    """Whether a 0/1 field is set."""
    return count(entry.get(name)) == 1 or entry.get(name) is True


def _topic(reading: Reading, owner: str, topic: dict[str, Any], piece: Slice) -> Iterator[Item]:
    """Comments of a topic, newest first, until they are older than the slice. The first of all opens the thread: it is the post."""
    known = {"owner_id": owner, **{name: topic.get(name) for name in ("id", "title", "created_by")}}
    asked = {"group_id": owner.lstrip("-"), "topic_id": topic.get("id"), "sort": "desc", "need_likes": 1}
    read = 0
    try:
        for response in _offsets(reading, "board.getComments", **asked):
            people, listed = people_of(response), objects(response.get("items"))
            for entry in listed:
                read += 1
                is_first = read == count(response.get("count")) and entry.get("date") == topic.get("created")
                if piece.start <= (count(entry.get("date")) or 0) <= piece.end:
                    opening = {"opening": True} if is_first else {}
                    yield joined({"item": entry, "topic": known, **opening}, people, reading.source.site)
            if any((count(entry.get("date")) or 0) < piece.start for entry in listed):
                return
    except PlatformError as error:
        if error.action != "skip":
            raise


# -- what became of items --------------------------------------------------------------------------------------------
def lookup(reading: Reading, keys: Sequence[Key]) -> Iterator[Page]:
    """These items again; gone are those that an answer leaves out or shows as deleted. An error is never a deletion."""
    posts = {key.native_id: key for key in keys if key.kind == "post" and re.fullmatch(r"-?\d+_\d+", key.native_id)}
    listed = list(posts)
    for start in range(0, len(listed), LOOKUP):
        asked = listed[start : start + LOOKUP]
        response = _call(reading, "wall.getById", posts=",".join(asked))
        yield _outcome([posts[name] for name in asked], items({"response": response}, None, reading.source.site))
    for key in keys:
        if key.native_id in posts:
            continue
        try:
            found = list(_looked_up(reading, key))
        except PlatformError as error:
            if error.action != "skip":
                raise
            continue
        yield _outcome([key], found)


def _outcome(keys: Sequence[Key], found: Iterable[Item]) -> Page:
    live = {(item.kind, item.native_id): item for item in found if not is_deleted(view(item.value).entry)}
    gone = [Tombstone(key.native_id, key.kind, "platform") for key in keys if (key.kind, key.native_id) not in live]
    return Page(list(live.values()), "lookup", gone=gone)


def _looked_up(reading: Reading, key: Key) -> Iterator[Item]:
    """A comment of a wall, or what a board's topic opens with or is answered by."""
    site = reading.source.site
    if found := re.fullmatch(r"topic-(\d+)_(\d+)(?:_(\d+))?", key.native_id):
        group, topic, comment = found.groups()
        more = {"start_comment_id": comment} if comment else {}
        response = _call(reading, "board.getComments", group_id=group, topic_id=topic, count=1, sort="asc", need_likes=1, **more)
        above = {"owner_id": f"-{group}", "id": topic}
        for entry in objects(response.get("items"))[:1]:
            yield joined({"item": entry, "topic": above, **({} if comment else {"opening": True})}, people_of(response), site)
        return
    owner, _, comment = key.native_id.partition("_")
    response = _call(reading, "wall.getComment", owner_id=owner, comment_id=comment)
    _, _, post = (key.conversation_id or "").partition("_")
    parent = {"owner_id": int(owner), "id": int(post)} if post.isdigit() else None
    listed = [entry for entry in objects(response.get("items")) if identifier(entry.get("id")) == comment]
    yield from comment_items(listed, parent, people_of(response), site)


def error_of(value: Any, status: int, headers: Mapping[str, str]) -> PlatformError | None:
    """VK answers errors with HTTP 200: {"error": {error_code, error_msg, request_params}}; request_params is never shown.

    An execute pack names the calls that failed in execute_errors; it is an error where no call came through.
    """
    error = mapping(value).get("error")
    packed = objects(mapping(value).get("execute_errors"))
    if error is None and packed and not _has_content(mapping(value).get("response")):
        error = packed[0]
    if isinstance(error, dict):
        return contract_error(CONTRACT, error.get("error_code"), str(error.get("error_msg", "")))
    if error is not None:
        return contract_error(CONTRACT, str(error)[:40], str(mapping(value).get("error_description", "")), mend=_TOKEN_MEND)
    if status >= 400:
        return contract_error(
            CONTRACT,
            f"HTTP {status}",
            "",
            "retry" if status >= 500 or status == 429 else "fatal",
            wait_seconds=wait_seconds(headers),
        )
    return None


def _has_content(response: Any) -> bool:
    """Whether a pack holds anything but the false of failed calls."""
    return any(map(_has_content, response)) if isinstance(response, list) else bool(response)
