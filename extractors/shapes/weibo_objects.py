"""Weibo's statuses and comments into items and mentions, of the open API, the mobile site and the PC site alike.

    {item} status, {item, original} repeated status, {item, status} comment ──► Mention
A stub (deleted: "1", or a notice instead of a text and no user) is a deletion, and tells who deleted.
Sources: open.weibo.com wiki (statuses, comments, users), recorded answers, public clients of /ajax; shapes: weibo_found.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from extractors.base import Basis, Engagement, Item, Mention, Tombstone
from extractors.jsons import dump
from extractors.shapes.weibo_found import found, mid_of, own_id
from extractors.text import handles, hashtags, read_html, unique, urls
from extractors.times import from_weibo
from extractors.values import coordinates, count, flag, identifier, mapping, objects, text_or_none

_CUT = re.compile(r"(\.\.\.|…)\s*(?:全文|展开)(?:[:：]?\s*https?://\S+)?\s*$")
_BY_AUTHOR, _BY_PAGE = re.compile(r"(?:作者|发布者|本人)删除"), re.compile(r"(?:博主|楼主)删除")
_HIDDEN = re.compile(r"查看权限|作者设置|仅展示|仅粉丝|半年内|可见时间")
_STUB = re.compile(
    r"^\s*(?:抱歉|此(?:微博|评论)|该(?:微博|评论|账号)|由于|根据|因).{0,40}(?:删除|不存在|不适宜|违反|违规|投诉|屏蔽|"
    + _HIDDEN.pattern
    + ")"
)
_CHAIN = re.compile(r"//(?:\s|<[^>]{0,500}>)*@")
_NO_WORDS = ("转发微博", "轉發微博", "Repost")  # what Weibo writes for who reposts without a word
_TOLD = re.compile(r"(author_uid|mid):(\d+)")
_FROM = re.compile(r"^(?:发布于|来自)\s*([\u3400-\u9fff]{2,8})$")
_DEVICES = re.compile(r"客户端|手机|微博|网页|网站|电脑|平板|超话|智能")


# -- items -----------------------------------------------------------------------------------------------------------
def items(value: Any, url: str | None, site: str) -> Iterator[Item]:
    """Statuses and comments of an answer, once each; a repeated status that comes along is an item of its own."""
    asked = asked_id(url)
    seen: set[tuple[str, str]] = set()
    envelopes = [{"item": entry} if parent is None else comment(entry, parent) for entry, parent in found(value, asked)]
    for envelope in envelopes + [{"item": o, "original": True} for o in map(_original, envelopes) if o]:
        item = make_item(envelope, site)
        if not item.native_id or (item.kind, item.native_id) not in seen:
            seen.add((item.kind, item.native_id))
            yield item


def asked_id(url: str | None) -> str | None:
    """The status that a request names: id or mid among its parameters, or the end of its path. None where the answers to a comment were asked."""
    parts = urlsplit(url or "")
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    if query.get("fetch_level", "0") != "0" or query.get("is_mix", "0") != "0":
        return None
    last = parts.path.rstrip("/").rpartition("/")[2]
    named = query.get("id") or query.get("mid") or (last if re.search(r"/(?:detail|status)/\w+/?$", parts.path) else None)
    return mid_of(named)


def _original(envelope: dict[str, Any]) -> dict[str, Any]:
    return mapping(envelope["item"].get("retweeted_status"))


def comment(entry: dict[str, Any], parent: dict[str, Any]) -> dict[str, Any]:
    """The envelope of a comment. Of its status only ids are kept: the status is an item of its own, and its counts change."""
    status = mapping(entry.get("status")) or parent
    told = dict(_TOLD.findall(str(entry.get("analysis_extra") or "")))  # of the PC site: |author_uid:1|mid:2
    author = identifier(mapping(status.get("user")).get("id")) or told.get("author_uid")
    known = {"id": own_id(status) or told.get("mid"), "user": {"id": author}}
    return {"item": {name: value for name, value in entry.items() if name != "status"}, "status": known}


def make_item(envelope: dict[str, Any], site: str) -> Item:
    """The Item of {item} (status) or {item, status} (comment); a comment of the open API carries its status inside."""
    entry = mapping(envelope.get("item"))
    is_comment = "status" in envelope or (isinstance(entry.get("status"), dict) and "mblogid" not in entry)
    return Item("comment" if is_comment else "post", own_id(entry) or "", site, dump(envelope), envelope)


# -- mentions --------------------------------------------------------------------------------------------------------
def to_mention(item: Item, fetched_at: datetime | None) -> Mention:
    """One status or comment as a Mention; times are China's, relative ones against `fetched_at`."""
    entry = mapping(item.value.get("item"))
    user = mapping(entry.get("user"))
    text, links, is_cut = body_of(entry)
    is_gone = gone(entry) is not None
    return Mention(
        platform="weibo",
        site=item.site,
        native_id=item.native_id,
        kind=item.kind,
        url=_url(item, entry, user),
        text=None if is_gone else text,
        author_id=identifier(user.get("idstr")) or identifier(user.get("id")) or _trimmed(entry),
        **_author(user),
        created_at=from_weibo(entry.get("created_at"), fetched_at),
        created_at_raw=text_or_none(entry.get("created_at")),
        edited_at=from_weibo(entry.get("edit_at"), fetched_at),
        deleted=is_gone,
        **_thread(item),
        repost_of_id=own_id(mapping(entry.get("retweeted_status"))),
        **_place(entry),
        engagement=_engagement(entry),
        mentions=handles(_own(text or ""), r"(?<![A-Za-z0-9_@./])@([\w\-·]+)"),
        hashtags=hashtags(text or "", r"#([^#\n]{1,60})#"),
        links=unique([*links, *_expanded_urls(text or "", entry)]),
        media_count=_media(entry),
        truncated=is_cut,
    )


def _own(text: str) -> str:
    """The words before the chain of those who reposted before ("//@A:…//@B:…"): whom that names, its authors named."""
    return _CHAIN.split(text, maxsplit=1)[0]


def gone(entry: dict[str, Any]) -> tuple[Basis, str | None] | None:
    """(who removed it, reason) of a stub, None for what is there. `protected`: its author lets few read it."""
    notice = text_or_none(entry.get("text")) or text_or_none(entry.get("text_raw")) or ""
    is_marked = bool(flag(entry.get("deleted")))
    if not is_marked and (mapping(entry.get("user")) or entry.get("uid") or not _STUB.search(notice)):
        return None
    if _BY_AUTHOR.search(notice):
        return "author", None
    if _HIDDEN.search(notice):
        return "author", "protected"
    return ("page" if _BY_PAGE.search(notice) else "platform"), None


def body_of(entry: dict[str, Any]) -> tuple[str | None, tuple[str, ...], bool]:
    """(text, links, whether it is cut off). The completed long text where it came along; "…全文" marks one that is cut off.

    A repost's text ends where the chain of earlier reposters begins: what they said is not its author's. It is empty without own words.
    """
    completed = mapping(entry.get("longText"))
    long_text = completed.get("longTextContent") or completed.get("content") or entry.get("longTextContent")
    came = next((text for text in (long_text, entry.get("text"), entry.get("text_raw")) if isinstance(text, str)), None)
    if came is None:
        return None, (), False
    is_repost = bool(mapping(entry.get("retweeted_status")))
    own = _own(came) if is_repost else came
    text, links, _ = read_html(own)
    text, cut = text.rstrip("\u200b "), bool(_CUT.search(text)) if not long_text else False
    is_cut = cut or (not long_text and (flag(entry.get("isLongText")) is True or entry.get("truncated") is True))
    text = _CUT.sub(r"\1", text) if cut else text
    # Where a chain begins, the own words have ended: what was cut off is the chain's.
    return "" if is_repost and text in _NO_WORDS else text, unique(map(_outward, links)), is_cut and own == came


def _outward(link: str) -> str | None:
    """A link out of Weibo (the target of its /sinaurl hop); topic and profile links of Weibo itself are none."""
    try:
        parts = urlsplit(link)
    except ValueError:
        return None
    if parts.path.startswith("/sinaurl"):
        return parse_qs(parts.query).get("u", [link])[0]
    return None if parts.netloc.endswith(("m.weibo.cn", "s.weibo.com")) else link


def _expanded_urls(text: str, entry: dict[str, Any]) -> list[str]:
    """The addresses in a text, Weibo's short ones replaced where url_struct (PC) or url_objects tell their targets."""
    known = {}
    for struct in [*objects(entry.get("url_struct")), *objects(mapping(entry.get("longText")).get("url_struct"))]:
        target = text_or_none(struct.get("long_url")) or text_or_none(struct.get("ori_url"))
        if target and target.startswith("http"):
            known[str(struct.get("short_url"))] = _outward(target) or target
    return [known.get(link, link) for link in urls(text)]


def _trimmed(entry: dict[str, Any]) -> str | None:
    """The author's id where the request wanted no more of him (trim_user)."""
    return identifier(entry.get("user")) or identifier(entry.get("uid"))


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
    above, root = mapping(entry.get("reply_comment")), identifier(entry.get("rootidstr")) or identifier(entry.get("rootid"))
    parent = own_id(above) or identifier(entry.get("reply_id")) or (root if root != item.native_id else None) or own_id(status)
    answered = mapping(above.get("user")).get("id")
    if not above and parent == own_id(status):
        answered = mapping(status.get("user")).get("id")
    return {"parent_id": parent, "conversation_id": own_id(status), "in_reply_to_author_id": identifier(answered)}


def _url(item: Item, entry: dict[str, Any], user: dict[str, Any]) -> str | None:
    if item.kind == "comment" or not item.native_id:
        return None
    short, author = text_or_none(entry.get("bid")) or text_or_none(entry.get("mblogid")), identifier(user.get("id"))
    return f"https://weibo.com/{author}/{short}" if short and author else f"https://m.weibo.cn/status/{item.native_id}"


def _place(entry: dict[str, Any]) -> dict[str, Any]:
    """The point of geo; the region that Weibo writes beside an item (region_name, or a comment's source: 来自北京)."""
    point = mapping(entry.get("geo")).get("coordinates")
    latitude, longitude = coordinates(point[0], point[1]) if isinstance(point, list) and len(point) == 2 else (None, None)
    region = text_or_none(entry.get("region_name"))
    named = region.removeprefix("发布于").strip() if region else None
    origin = _FROM.match(str(entry.get("source") or "").strip())
    if not named and origin and not _DEVICES.search(origin[1]):
        named = origin[1]
    return {"latitude": latitude, "longitude": longitude, "place_name": named or None}


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
    page = mapping(entry.get("page_info"))
    is_video = page.get("type") == "video" or page.get("object_type") == "video"
    return (pictures or count(entry.get("pic_num")) or single) + is_video


def tombstones(item: Item) -> Iterable[Tombstone]:
    """What a stub says: its text is a notice that names who removed the status or comment."""
    found_gone = gone(mapping(item.value.get("item")))
    return [Tombstone(item.native_id, item.kind, found_gone[0], None, found_gone[1])] if found_gone else []
