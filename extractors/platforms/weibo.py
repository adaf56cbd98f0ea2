"""Sina Weibo: the open API's search by time slices and the comments of what it finds; recorded mobile answers (m.weibo.cn) too.

    2/search/statuses ──► statuses[] (retweeted_status inside) ──► {item} ──► post
         └─ comments_count > 0 ──► 2/comments/show ──► comments[] ──► {item, status} ──► comment
q knows no OR: one query an alias. Sources: open.weibo.com wiki 2/search/statuses and 2/comments/show, recorded answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
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
from extractors.text import handles, hashtags, read_html, unique, urls
from extractors.times import from_weibo
from extractors.values import coordinates, count, flag, identifier, mapping, objects, text_or_none

_TOKEN_MEND = "set RENOWN_WEIBO_TOKEN to a valid access token"
CONTRACT = Contract(
    platform="weibo",
    base_url="https://api.weibo.com",
    endpoints=("2/search/statuses.json", "2/comments/show.json"),
    auth="access token of an application with search rights",
    credential_env="RENOWN_WEIBO_TOKEN",
    cursor="time_slice",
    is_sorted=True,
    page_limit=50,
    cap=None,
    errors=(
        ErrorRule("10001", "retry", "system error"),
        ErrorRule("10002", "retry", "service unavailable"),
        ErrorRule("10003", "retry", "remote service error"),
        ErrorRule("10009", "retry", "too many pending tasks"),
        ErrorRule("10010", "retry", "job expired"),
        ErrorRule("10011", "retry", "RPC error"),
        ErrorRule("10022", "wait_until", "IP requests out of rate limit", "wait for the next hour and lower the source's rate"),
        ErrorRule("10023", "wait_until", "user requests out of rate limit", "wait for the next hour and lower the source's rate"),
        ErrorRule(
            "10024",
            "wait_until",
            "user requests to this interface out of rate limit",
            "wait for the next hour and lower the source's rate",
        ),
        ErrorRule("10004", "fatal", "IP limit", "register this server's address with the application"),
        ErrorRule(
            "10005",
            "fatal",
            "permission denied: the application has no access to this resource",
            "apply for advanced search rights",
        ),
        ErrorRule("10014", "fatal", "insufficient app permissions", "apply for advanced search rights"),
        ErrorRule("10006", "fatal", "source parameter (appkey) is missing", _TOKEN_MEND),
        ErrorRule("10013", "fatal", "invalid weibo user", _TOKEN_MEND),
        ErrorRule("10008", "fatal", "parameter error", "correct the source's query"),
        ErrorRule("10012", "fatal", "illegal request", "correct the source's query"),
        ErrorRule("20101", "skip", "the status does not exist"),
        ErrorRule("20112", "skip", "permission denied to the status"),
        ErrorRule("20201", "skip", "the comment does not exist"),
        ErrorRule("21314", "fatal", "token used already", _TOKEN_MEND),
        ErrorRule("21315", "fatal", "token expired", _TOKEN_MEND),
        ErrorRule("21316", "fatal", "token revoked", _TOKEN_MEND),
        ErrorRule("21317", "fatal", "token rejected", _TOKEN_MEND),
        ErrorRule("21327", "fatal", "token expired", _TOKEN_MEND),
        ErrorRule("21332", "fatal", "invalid access token", _TOKEN_MEND),
        ErrorRule("432", "stop", "the mobile site wants a session", "use the open API instead"),
        ErrorRule("418", "stop", "requests look automated", "lower the source's rate and run again later"),
    ),
    time_formats=("EEE MMM dd HH:mm:ss Z yyyy", "MM-dd", "刚刚", "N分钟前", "N小时前", "昨天 HH:mm"),
    deletion='deleted: "1" on a status',
    edits="edit_count, edit_at on a status",
    history_limit="search rights decide",
    terms="Weibo open platform agreement: approved application, public content",
    not_offered=("title", "page_id", "page_name", "page_followers", "language_hint", "country", "rating"),
    kinds=("post", "comment"),
)
decode = decode_json
_LONG = ("...全文", "…全文", "...展开", "…展开")
_EMPTY = ("没有内容", "没有数据", "还没有", "no data", "暂无")


def pages(reading: Reading) -> Iterator[Page]:
    """Statuses by alias and time slice, each followed by its comments; first the new comments of young threads."""
    threads = Threads(reading, lambda status: _comments(reading, status))
    yield from threads.young({"id": native_id, "user": {"id": author}} for native_id, author in threads.recent())
    tree = query.parse(reading.source.query, reading.settings, "weibo")
    for text in query.compile_terms(tree, "weibo"):
        stream = f"search:{sha256(text.encode()).hexdigest()[:12]}"
        yield from walk(
            reading,
            stream,
            lambda piece, text=text: _fetch(reading, threads, text, piece),  # type: ignore[misc]
            cap=reading.option("cap", None),
            split_short=True,
        )


def _call(reading: Reading, endpoint: str, **params: Any) -> Any:
    sent = {**params, "access_token": reading.http.token or ""}
    return reading.http.get_json(f"{reading.base_url}/{endpoint}?{urlencode(sent)}", endpoint=endpoint)


def _fetch(reading: Reading, threads: Threads, text: str, piece: Slice) -> Answer:
    page, size = int(piece.position or 1), min(reading.source.page_size or 50, 50)
    value = _call(
        reading,
        "2/search/statuses.json",
        q=text,
        starttime=piece.start,
        endtime=piece.end,
        count=size,
        page=page,
        needcount="true",
    )
    found = list(items(value, None, reading.source.site))
    listed = len(objects(value) or objects(mapping(value).get("statuses")))
    total = count(mapping(value).get("total_number"))
    seen = (page - 1) * size + listed
    more = listed > 0 and (seen < total if total is not None else listed >= size)
    return Answer(found, page + 1 if more else None, total, _follow(threads, found), listed)


def _follow(threads: Threads, found: list[Item]) -> Iterator[Item]:
    """The comments of what the search found; reposted originals came along unasked."""
    for item in found:
        status = mapping(item.value.get("item"))
        if not item.value.get("original"):
            yield from threads.follow(item.native_id, count(status.get("comments_count")), status)


def _comments(reading: Reading, status: dict[str, Any]) -> Iterator[Item]:
    """All comments of a status, oldest pages last; a status that is closed to us is skipped."""
    page, read, previous, repeats = 1, 0, [""], 0
    parent = {
        "id": identifier(status.get("idstr") or status.get("id") or status.get("mid")),
        "user": {"id": mapping(status.get("user")).get("id")},
    }
    while True:
        try:
            value = mapping(_call(reading, "2/comments/show.json", id=parent["id"], count=50, page=page))
        except PlatformError as error:
            if error.action != "skip":
                raise
            return
        listed = objects(value.get("comments"))
        ids, repeats = [str(entry.get("id")) for entry in listed], repeats + 1
        if ids and ids == previous:
            if repeats > REPEATS:
                raise PlatformError("retry", "weibo: the same page of comments came again and again", "run again", code=LOOP)
            continue
        for entry in listed:
            yield make_item(_comment(entry, parent), reading.source.site)
        read, page, previous, repeats = read + len(listed), page + 1, ids, 0
        if not listed or read >= (count(value.get("total_number")) or 0):
            return


def error_of(value: Any, status: int, headers: Mapping[str, str]) -> PlatformError | None:
    """Open API: {error, error_code, request}. Mobile: {ok: 0 or -100, msg}; an ok: 0 that says "no content" is an empty page."""
    answer = mapping(value)
    if "error_code" in answer or ("error" in answer and "statuses" not in answer):
        return contract_error(
            CONTRACT, answer.get("error_code", status), str(answer.get("error", "")), wait_seconds=wait_seconds(headers)
        )
    message = str(answer.get("msg") or "")
    if (
        "ok" in answer
        and answer.get("ok") != 1
        and not any(hint in message for hint in _EMPTY)
        and not mapping(answer.get("data")).get("cards")
    ):
        return contract_error(
            CONTRACT, f"ok={answer.get('ok')}", "the mobile site refuses", "stop", "use the open API, or run again later"
        )
    if status >= 400:
        default: Any = "retry" if status >= 500 or status == 429 else "fatal"
        return contract_error(CONTRACT, status, "", default, _TOKEN_MEND if status in (401, 403) else None, wait_seconds(headers))
    return None


def items(value: Any, url: str | None, site: str) -> Iterator[Item]:
    """Statuses (bare array, {statuses}, cards[].mblog, a single one) and comments ({comments}, mobile {data: {data, hot_data}})."""
    asked = {name: values[0] for name, values in parse_qs(urlsplit(url or "").query).items()}
    seen: set[tuple[str, str]] = set()
    entries = list(_found(value, asked.get("id") or asked.get("mid")))
    envelopes = [{"item": entry} if parent is None else _comment(entry, parent) for entry, parent in entries]
    for envelope in envelopes + [{"item": o, "original": True} for o in map(_original, envelopes) if o]:
        item = make_item(envelope, site)
        if not item.native_id or (item.kind, item.native_id) not in seen:
            seen.add((item.kind, item.native_id))
            yield item


def _original(envelope: dict[str, Any]) -> dict[str, Any]:
    return mapping(envelope["item"].get("retweeted_status"))


def _found(value: Any, asked_id: str | None) -> Iterator[tuple[dict[str, Any], dict[str, Any] | None]]:
    """(entry, status that it comments or None) of every known shape of answer."""
    if isinstance(value, list):
        yield from ((entry, None) for part in objects(value) for entry, _ in _found(part, asked_id))
        return
    answer = mapping(value)
    data = answer.get("data")
    inner = mapping(data)
    comments = [
        *objects(answer.get("comments")),
        *objects(answer.get("hot_comments")),
        *objects(inner.get("data")),
        *objects(inner.get("hot_data")),
    ]
    if isinstance(data, list) and any(
        "like_counts" in entry or "rootid" in entry or "floor_number" in entry for entry in objects(data)
    ):
        comments += objects(data)
        data = None
    for comment in comments:
        for entry in [comment, *objects(comment.get("comments"))]:
            yield entry, {"id": asked_id} if asked_id else {}
    listed = [*objects(answer.get("statuses")), *objects(inner.get("statuses")), *objects(inner.get("list")), *objects(data)]
    listed += [mapping(card.get("mblog")) for card in _cards(inner.get("cards") or answer.get("cards")) if card.get("mblog")]
    listed += [mapping(answer.get(name)) for name in ("mblog", "status") if answer.get(name)]
    if not comments and not listed:
        single = inner if _is_status(inner) else answer
        listed = [single] if _is_status(single) else []
    yield from ((entry, None) for entry in listed)


def _cards(cards: Any) -> Iterator[dict[str, Any]]:
    for card in objects(cards):
        yield card
        yield from objects(card.get("card_group"))


def _is_status(entry: dict[str, Any]) -> bool:
    return (
        any(name in entry for name in ("id", "idstr", "mid"))
        and "created_at" in entry
        and ("text" in entry or "deleted" in entry)
    )


def _comment(entry: dict[str, Any], parent: dict[str, Any]) -> dict[str, Any]:
    """The envelope of a comment. Of its status only ids are kept: the status is an item of its own, and its counts change."""
    status = mapping(entry.get("status")) or parent
    author = mapping(status.get("user")).get("id")
    known = {"id": _id(status), "user": {"id": identifier(author)}}
    return {"item": {name: value for name, value in entry.items() if name != "status"}, "status": known}


def make_item(envelope: dict[str, Any], site: str) -> Item:
    """The Item of {item} (status) or {item, status} (comment); a comment of the open API carries its status inside."""
    entry = mapping(envelope.get("item"))
    is_comment = "status" in envelope or (isinstance(entry.get("status"), dict) and "mblogid" not in entry)
    native_id = identifier(entry.get("idstr")) or identifier(entry.get("id")) or identifier(entry.get("mid")) or ""
    return Item("comment" if is_comment else "post", native_id, site, dump(envelope), envelope)


def to_mention(item: Item, fetched_at: datetime | None) -> Mention:
    """One status or comment as a Mention; times are China's, relative ones against `fetched_at`."""
    entry = mapping(item.value.get("item"))
    user = mapping(entry.get("user"))
    text, links, _, truncated = _text(entry)
    geo = mapping(entry.get("geo")).get("coordinates")
    latitude, longitude = coordinates(geo[0], geo[1]) if isinstance(geo, list) and len(geo) == 2 else (None, None)
    return Mention(
        platform="weibo",
        site=item.site,
        native_id=item.native_id,
        kind=item.kind,
        url=_url(item, entry, user),
        text=text,
        author_id=identifier(user.get("idstr")) or identifier(user.get("id")),
        **_author(user),
        created_at=from_weibo(entry.get("created_at"), fetched_at),
        created_at_raw=text_or_none(entry.get("created_at")),
        edited_at=from_weibo(entry.get("edit_at"), fetched_at),
        deleted=_is_deleted(entry),
        **_thread(item),
        repost_of_id=_id(mapping(entry.get("retweeted_status"))),
        place_name=_region(entry),
        latitude=latitude,
        longitude=longitude,
        engagement=_engagement(entry),
        mentions=handles(text, r"(?<![A-Za-z0-9_@./])@([\w\-·]+)"),
        hashtags=hashtags(text, r"#([^#\n]{1,60})#"),
        links=unique([*links, *urls(text)]),
        media_count=_media(entry),
        truncated=truncated,
    )


def _id(entry: dict[str, Any]) -> str | None:
    return identifier(entry.get("idstr")) or identifier(entry.get("id")) or identifier(entry.get("mid"))


def _is_deleted(entry: dict[str, Any]) -> bool:
    return bool(flag(entry.get("deleted")))


def _text(entry: dict[str, Any]) -> tuple[str, tuple[str, ...], int, bool]:
    """(text, links, images, truncated). The completed long text where it came along; "…全文" marks one that is cut off."""
    long_text = (
        mapping(entry.get("longText")).get("longTextContent")
        or entry.get("longTextContent")
        or mapping(entry.get("longText")).get("content")
    )
    text, links, images = read_html(str(long_text or entry.get("text") or entry.get("text_raw") or ""))
    cut = not long_text and (text.endswith(_LONG) or flag(entry.get("isLongText")) is True or entry.get("truncated") is True)
    for mark in _LONG:
        text = text.removesuffix(mark) + mark[:-2] if not long_text and text.endswith(mark) else text
    return text, unique(map(_expanded, links)), images, cut


def _expanded(link: str) -> str | None:
    """A link out of Weibo (the target of its /sinaurl hop); topic and profile links of Weibo itself are none."""
    try:
        parts = urlsplit(link)
    except ValueError:
        return None
    if parts.path.startswith("/sinaurl"):
        return parse_qs(parts.query).get("u", [link])[0]
    return None if parts.netloc.endswith(("m.weibo.cn", "s.weibo.com")) else link


def _author(user: dict[str, Any]) -> dict[str, Any]:
    following = user.get("friends_count") if "friends_count" in user else user.get("follow_count")
    handle = text_or_none(user.get("screen_name"))
    return {
        "author_handle": handle,
        "author_name": text_or_none(user.get("name")) or handle,
        "author_followers": count(user.get("followers_count")),
        "author_following": count(following),
        "author_posts": count(user.get("statuses_count")),
        "author_created_at": from_weibo(user.get("created_at"), None),
        "author_verified": flag(user.get("verified")),
        "author_location": text_or_none(user.get("location")),
    }


def _thread(item: Item) -> dict[str, Any]:
    """Parent, conversation and the answered author. The conversation of a status is itself."""
    entry = mapping(item.value.get("item"))
    if item.kind == "post":
        return {"conversation_id": item.native_id}
    status = mapping(item.value.get("status")) or mapping(entry.get("status"))
    above = mapping(entry.get("reply_comment"))
    root = identifier(entry.get("rootid"))
    parent = _id(above) or identifier(entry.get("reply_id")) or (root if root != item.native_id else None) or _id(status)
    answered = (
        mapping(above.get("user")).get("id")
        if above
        else None
        if parent != _id(status)
        else mapping(status.get("user")).get("id")
    )
    return {"parent_id": parent, "conversation_id": _id(status), "in_reply_to_author_id": identifier(answered)}


def _url(item: Item, entry: dict[str, Any], user: dict[str, Any]) -> str | None:
    if item.kind == "comment" or not item.native_id:
        return None
    short, author = text_or_none(entry.get("bid")) or text_or_none(entry.get("mblogid")), identifier(user.get("id"))
    return f"https://weibo.com/{author}/{short}" if short and author else f"https://m.weibo.cn/status/{item.native_id}"


def _region(entry: dict[str, Any]) -> str | None:
    region = text_or_none(entry.get("region_name"))
    return region.removeprefix("发布于").strip() or None if region else None


def _engagement(entry: dict[str, Any]) -> Engagement:
    likes = next(
        (count(entry[name]) for name in ("attitudes_count", "like_count", "like_counts") if entry.get(name) is not None), None
    )
    replies = entry.get("comments_count") if "comments_count" in entry else entry.get("total_number")
    return Engagement(
        likes=likes, shares=count(entry.get("reposts_count")), comments=count(replies), views=count(entry.get("reads_count"))
    )


def _media(entry: dict[str, Any]) -> int:
    pictures = next(
        (
            len(entry[name])
            for name in ("pic_ids", "pic_urls", "pics", "pic_infos")
            if isinstance(entry.get(name), list | dict) and entry[name]
        ),
        0,
    )
    single = 1 if not pictures and (entry.get("original_pic") or entry.get("pic")) else 0
    return (pictures or count(entry.get("pic_num")) or single) + (mapping(entry.get("page_info")).get("type") == "video")


def tombstones(item: Item) -> Iterable[Tombstone]:
    """A status with deleted: "1" (its text is the platform's notice, not the person's)."""
    return [Tombstone(item.native_id, item.kind, "platform")] if _is_deleted(mapping(item.value.get("item"))) else []
