"""VK: newsfeed.search by time slices, and the comments of what it finds.

    newsfeed.search ──► items[] + profiles[], groups[] ──► {item, from, owner} ──► post
    wall.get (the banks' own pages) ──► the same
         └─ comments.count > 0 ──► wall.getComments (threads too) ──► {item, from, post} ──► comment
newsfeed.search gives the first 1000 results of a query only, so windows are halved until total_count is below that.
q knows no OR: one query an alias. Sources: VKCOM/vk-api-schema, dev.vk.com, recorded answers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import partial
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from extractors import query
from extractors.base import (
    Contract,
    Engagement,
    ErrorRule,
    Item,
    Mention,
    Page,
    PlatformError,
    Reading,
    Tombstone,
    contract_error,
    dump,
)
from extractors.decoding import decode_json
from extractors.limits import wait_seconds
from extractors.slices import LOOP, REPEATS, Answer, Slice, Threads, walk
from extractors.text import handles, hashtags, plain, unique, urls
from extractors.times import from_epoch
from extractors.values import coordinates, count, flag, identifier, mapping, objects, text_or_none

_TOKEN_MEND = "set RENOWN_VK_TOKEN to a valid service or user token"
CONTRACT = Contract(
    platform="vk",
    base_url="https://api.vk.com",
    endpoints=("method/newsfeed.search", "method/wall.getComments", "method/wall.get"),
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
    ),
    time_formats=("epoch seconds, UTC",),
    deletion="is_deleted on a post, deleted on a comment",
    edits="edited: epoch of the last edit",
    history_limit="newsfeed.search returns an unspecified subset of older posts",
    terms="VK API terms: public content, service token",
    not_offered=("title", "author_following", "author_posts", "author_created_at", "quote_of_id", "language_hint", "rating"),
    kinds=("post", "comment"),
)
VERSION = "5.199"
COMMENTS = WALL = 100
WALL_OVERLAP = 5
decode = decode_json
_LINK = re.compile(r"\[((?:id|club|public|event)\d+|[\w.]+)(?::[\w-]+)?\|([^\]]*)\]")
_MEDIA = {
    "photo",
    "posted_photo",
    "video",
    "audio",
    "audio_message",
    "doc",
    "graffiti",
    "album",
    "sticker",
    "story",
    "photos_list",
}


def pages(reading: Reading) -> Iterator[Page]:
    """New comments of young threads; posts by alias and time slice; the banks' own walls; each post followed by its comments."""
    threads = Threads(reading, lambda post: _comments(reading, post))
    yield from threads.young(map(_thread_key, threads.recent()))
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
        fetch = partial(_wall, reading, threads, owner)
        yield from walk(reading, f"wall:{owner}", fetch)


def _thread_key(recent: tuple[str, str | None]) -> dict[str, Any]:
    owner, _, post = recent[0].partition("_")
    return {"owner_id": int(owner), "id": int(post), "from_id": int(recent[1]) if recent[1] else None}


def _walls(reading: Reading) -> list[str]:
    """The banks' own pages: what they post and are asked there need not name the bank. Off by options.walls: false."""
    listed = [page for bank in reading.settings.banks.banks for page in bank.pages.get("vk", [])]
    return list(dict.fromkeys(listed)) if reading.option("walls", True) else []


def _call(reading: Reading, method: str, **params: Any) -> dict[str, Any]:
    sent = {**params, "extended": 1, "v": VERSION, "access_token": reading.http.token or ""}
    value = reading.http.get_json(f"{reading.base_url}/method/{method}?{urlencode(sent)}", endpoint=f"method/{method}")
    return mapping(mapping(value).get("response"))


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
    try:
        response = _call(reading, "wall.get", owner_id=owner, count=WALL, offset=offset)
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
    previous: list[Any] = []
    offset = repeats = 0
    while True:
        response = _call(reading, "wall.getComments", count=COMMENTS, offset=offset, sort="asc", need_likes=1, **params)
        top = objects(response.get("items"))
        ids, repeats = [entry.get("id") for entry in top], repeats + 1
        if ids and ids == previous:
            if repeats > REPEATS:
                raise PlatformError("retry", "vk: the same page of comments came again and again", "run again", code=LOOP)
            continue
        previous, repeats = ids, 0
        yield from _comment_items(response, parent, reading.source.site)
        offset += len(top)
        if not top or offset >= (count(response.get("current_level_count")) or count(response.get("count")) or 0):
            return


def error_of(value: Any, status: int, headers: Mapping[str, str]) -> PlatformError | None:
    """VK answers errors with HTTP 200: {"error": {error_code, error_msg, request_params}}; request_params is never shown."""
    error = mapping(value).get("error")
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


def items(value: Any, url: str | None, site: str) -> Iterator[Item]:
    """Posts and comments of {"response": {items, profiles, groups}}, of {"response": [..]} and of a bare list; reposted originals too."""
    asked = {name: values[0] for name, values in parse_qs(urlsplit(url or "").query).items()}
    parent = {"owner_id": asked.get("owner_id"), "id": asked.get("post_id")} if asked.get("post_id") else None
    response = mapping(value).get("response", value)
    for part in response if isinstance(response, list) and any("items" in mapping(entry) for entry in response) else [response]:
        group = mapping(part)
        listed = objects(part) if isinstance(part, list) else objects(group.get("items"))
        if not listed and _is_message(group):
            listed = [group]
        wrapped = [mapping(entry.get("wall") or entry.get("post")) or entry for entry in listed]
        if any(_is_comment(entry) for entry in wrapped):
            yield from _comment_items({**group, "items": wrapped}, parent, site)
        else:
            yield from _post_items({**group, "items": wrapped}, site)


def _is_message(entry: dict[str, Any]) -> bool:
    return "id" in entry and ("text" in entry or "owner_id" in entry) and "date" in entry


def _is_comment(entry: dict[str, Any]) -> bool:
    return entry.get("post_type") == "reply" or (
        "post_type" not in entry and any(name in entry for name in ("parents_stack", "reply_to_comment", "thread", "post_id"))
    )


def _people(response: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Profiles and groups by signed id: people positive, communities negative."""
    known = [(identifier(p.get("id") or p.get("uid")), p) for p in objects(response.get("profiles"))]
    known += [(f"-{identifier(g.get('id') or g.get('gid'))}", g) for g in objects(response.get("groups"))]
    return {key: value for key, value in known if key}


def _post_items(response: dict[str, Any], site: str) -> Iterator[Item]:
    people = _people(response)
    for post in objects(response.get("items")):
        for entry in [post, *objects(post.get("copy_history"))]:
            yield _joined({"item": entry}, people, site)


def _comment_items(response: dict[str, Any], parent: dict[str, Any] | None, site: str) -> Iterator[Item]:
    people = _people(response)
    for top in objects(response.get("items")):
        for entry in [top, *objects(mapping(top.get("thread")).get("items"))]:
            yield _joined({"item": entry, "post": parent} if parent else {"item": entry}, people, site)


def _joined(envelope: dict[str, Any], people: dict[str, dict[str, Any]], site: str) -> Item:
    """The envelope with the profile of the author, the wall's owner and every account that the text names."""
    entry = envelope["item"]
    named = [_account_id(target) for target, _ in _LINK.findall(str(entry.get("text") or ""))]
    wanted = dict.fromkeys([identifier(entry.get("from_id")), _owner(envelope), *named])
    known = {key: people[key] for key in wanted if key and key in people}
    return make_item({**envelope, "people": known} if known else envelope, site)


def _account_id(target: str) -> str | None:
    found = re.fullmatch(r"(id|club|public|event)(\d+)", target)
    return None if not found else found[2] if found[1] == "id" else f"-{found[2]}"


def _owner(envelope: dict[str, Any]) -> str | None:
    entry, parent = mapping(envelope.get("item")), mapping(envelope.get("post"))
    return (
        identifier(entry.get("owner_id"))
        or identifier(parent.get("owner_id"))
        or identifier(entry.get("to_id"))
        or identifier(entry.get("source_id"))
        or (None if parent else identifier(entry.get("from_id")))
    )


def make_item(envelope: dict[str, Any], site: str) -> Item:
    """The Item of {item, people?, post?}; native id = owner_id, the platform's global key."""
    entry = mapping(envelope.get("item"))
    kind = "comment" if envelope.get("post") or _is_comment(entry) else "post"
    own, owner = identifier(entry.get("id") or entry.get("post_id") or entry.get("cid")), _owner(envelope)
    return Item(kind, f"{owner}_{own}" if own and owner else "", site, dump(envelope), envelope)


def to_mention(item: Item, fetched_at: datetime | None) -> Mention:
    """One post or comment as a Mention."""
    entry, parent, people = (mapping(item.value.get(name)) for name in ("item", "post", "people"))
    owner, author = _owner(item.value) or "", identifier(entry.get("from_id"))
    post_id = identifier(entry.get("post_id")) or identifier(parent.get("id"))
    thread = f"{owner}_{post_id}" if item.kind == "comment" and post_id else None
    original = objects(entry.get("copy_history"))[:1]
    text, names = _text(entry, people)
    return Mention(
        platform="vk",
        site=item.site,
        native_id=item.native_id,
        kind=item.kind,
        url=_url(item, entry, thread),
        text=text,
        author_id=author,
        **_author(people.get(author or "", {})),
        **_page(owner, author, people),
        created_at=from_epoch(entry.get("date")),
        created_at_raw=None if entry.get("date") is None else str(entry["date"]),
        edited_at=from_epoch(entry.get("edited")),
        deleted=_is_deleted(entry),
        parent_id=_parent(entry, owner, thread),
        conversation_id=thread if item.kind == "comment" else item.native_id,
        in_reply_to_author_id=_answered(entry, parent) if item.kind == "comment" else None,
        repost_of_id=make_item({"item": original[0]}, "").native_id or None if original else None,
        **_place(entry),
        engagement=_engagement(entry, item.kind),
        mentions=names,
        **_attached(entry, text),
    )


def _is_deleted(entry: dict[str, Any]) -> bool:
    return bool(flag(entry.get("is_deleted")) or flag(entry.get("deleted")))


def _text(entry: dict[str, Any], people: dict[str, Any]) -> tuple[str, tuple[str, ...]]:
    """The text with [club1|Name] shown as Name, and the handles that it names (a community's short name where it is known)."""
    raw = plain(str(entry.get("text") or ""))
    names = []
    for target, shown in _LINK.findall(raw):
        known = mapping(people.get(_account_id(target) or "")).get("screen_name")
        names.append(known or (shown[1:] if re.fullmatch(r"@[\w.]+", shown) else target))
    shown_text = _LINK.sub(lambda found: found[2], raw)
    return shown_text, unique([*names, *handles(shown_text, r"(?<![\w@./])[@*]([A-Za-z][\w.]{2,})")])


def _author(person: dict[str, Any]) -> dict[str, Any]:
    full_name = " ".join(part for part in (person.get("first_name"), person.get("last_name")) if isinstance(part, str) and part)
    location = mapping(person.get("city")).get("title") or mapping(person.get("country")).get("title")
    return {
        "author_handle": text_or_none(person.get("screen_name")) or text_or_none(person.get("domain")),
        "author_name": text_or_none(person.get("name")) or full_name or None,
        "author_followers": count(person.get("followers_count"))
        if "followers_count" in person
        else count(person.get("members_count")),
        "author_verified": flag(person.get("verified")),
        "author_location": text_or_none(location),
    }


def _page(owner: str, author: str | None, people: dict[str, Any]) -> dict[str, Any]:
    """The wall: a community's always, a person's where somebody else writes on it."""
    if not owner or (not owner.startswith("-") and owner == author):
        return {}
    wall = mapping(people.get(owner))
    return {"page_id": owner, "page_name": _author(wall)["author_name"], "page_followers": _author(wall)["author_followers"]}


def _url(item: Item, entry: dict[str, Any], thread: str | None) -> str | None:
    if item.kind == "comment":
        return f"https://vk.com/wall{thread}?reply={identifier(entry.get('id'))}" if thread else None
    return f"https://vk.com/wall{item.native_id}" if item.native_id else None


def _parent(entry: dict[str, Any], owner: str, thread: str | None) -> str | None:
    above = identifier(entry.get("reply_to_comment"))
    stack = entry.get("parents_stack")
    if not above and isinstance(stack, list) and stack:
        above = identifier(stack[-1])
    return f"{owner}_{above}" if above else thread


def _answered(entry: dict[str, Any], parent: dict[str, Any]) -> str | None:
    """Whom a comment answers: the named commenter, else (directly under the post) the post's author where that is known."""
    if named := identifier(entry.get("reply_to_user")):
        return named
    return None if entry.get("reply_to_comment") or entry.get("parents_stack") else identifier(parent.get("from_id"))


def _place(entry: dict[str, Any]) -> dict[str, Any]:
    geo = mapping(entry.get("geo"))
    place, point = mapping(geo.get("place")), geo.get("coordinates")
    spot = mapping(point)
    parts: list[Any] = [spot.get("latitude"), spot.get("longitude")]
    if isinstance(point, str):
        parts = [*point.split()]
    latitude, longitude = coordinates(*parts) if len(parts) == 2 else (None, None)
    country = place.get("country")
    return {
        "latitude": latitude,
        "longitude": longitude,
        "place_name": text_or_none(place.get("title")) or text_or_none(place.get("city")),
        "country": text_or_none(country),
    }


def _engagement(entry: dict[str, Any], kind: str) -> Engagement:
    def of(name: str) -> int | None:
        return count(mapping(entry.get(name)).get("count"))

    return Engagement(
        likes=of("likes"), shares=of("reposts"), comments=of("thread") if kind == "comment" else of("comments"), views=of("views")
    )


def _attached(entry: dict[str, Any], text: str) -> dict[str, Any]:
    attachments = objects(entry.get("attachments"))
    linked = [str(mapping(entry.get("link")).get("url") or "") for entry in attachments if entry.get("type") == "link"]
    return {
        "hashtags": hashtags(text),
        "links": unique([*urls(text), *linked]),
        "media_count": sum(1 for entry in attachments if entry.get("type") in _MEDIA),
    }


def tombstones(item: Item) -> Iterable[Tombstone]:
    """VK does not tell who deleted."""
    return [Tombstone(item.native_id, item.kind, "platform")] if _is_deleted(mapping(item.value.get("item"))) else []
