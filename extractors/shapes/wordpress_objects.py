"""What WordPress says, as items and mentions: REST posts, pages and comments of every version, and its feeds.

    post {id, date_gmt, title {rendered}, content {rendered, protected}, author, _embedded {author}} ──► {item, author} ──► post
    comment {id, post, parent, author, author_name, _embedded {up, in-reply-to}}     ──► {item, post, parent} ──► comment
Also read: the plugin that came before the core's API (ID, title and author as they are), WordPress.com's REST v1.1, search results.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import msgspec

from extractors.base import Engagement, Item, Mention
from extractors.jsons import dump
from extractors.platforms import rss
from extractors.text import hashtags, html_to_text, read_html, unique, urls
from extractors.times import from_iso, zone_of
from extractors.values import count, identifier, mapping, objects, text_or_none

_UTC = ZoneInfo("UTC")
_NEVER = "0000-00-00"  # what WordPress writes for a draft's date_gmt
_COMMENT_GUID = re.compile(r"#comment-(\d+)$")
_ONE_BREAK = re.compile(r"<br\s*/?>[ \t]*\r?\n", re.I)  # what the software writes for one line break
_LISTS = ("posts", "comments")  # WordPress.com's v1.1 wraps its lists


def unwrapped(value: Any) -> tuple[Any, int]:
    """(answer, HTTP status or 0) of an answer in an envelope: {body, status, headers} (_envelope), {body, code} (WordPress.com)."""
    outer = mapping(value)
    if "body" in outer and "headers" in outer and ("status" in outer or "code" in outer):
        return outer["body"], count(outer.get("status", outer.get("code"))) or 0
    return value, 0


def values_of(value: Any) -> list[dict[str, Any]]:
    """The objects of a list, of a wrapped list, or a single object."""
    value = unwrapped(value)[0]
    if isinstance(value, list):
        return objects(value)
    answer = mapping(value)
    if answer.get("deleted") is True and isinstance(answer.get("previous"), dict):  # the answer to a deletion
        return [{**answer["previous"], "deleted": True}]
    wrapped = next((answer[name] for name in _LISTS if isinstance(answer.get(name), list)), None)
    return objects(wrapped) if wrapped is not None else [answer] if _id(answer) or "content" in answer else []


def envelopes(values: list[dict[str, Any]], site: str, zone: str | None = None) -> Iterator[Item]:
    """One Item a value, joined with the people and items that came with it."""
    listed = {_id(value): value for value in values if is_comment(value)}
    for value in values:
        known = _comment_of(value, listed) if is_comment(value) else _author_of(value)
        own = {name: part for name, part in value.items() if name not in ("_embedded", "_links")}
        zoned = {"zone": zone} if zone and not _gmt(value, "date") else {}
        yield make_item({"item": own, **known, **zoned}, site or link_host(value))
        yield from _replies(value, own, site)


def _replies(post: dict[str, Any], own: dict[str, Any], site: str) -> Iterator[Item]:
    """Comments that came embedded below their post: without its number, and with the site's local time only."""
    pages = mapping(post.get("_embedded")).get("replies")
    found = [comment for page in (pages if isinstance(pages, list) else []) for comment in objects(page) if _id(comment)]
    listed = {_id(comment): comment for comment in found}
    for comment in found:
        above = listed.get(identifier(comment.get("parent")), {})
        told = {"post": {"id": _id(post), "author": own.get("author")}}
        if above:
            told["parent"] = {"id": _id(above), "author": above.get("author")}
        bare = {name: part for name, part in comment.items() if name not in ("_embedded", "_links")}
        yield make_item({"item": {"post": post.get("id"), **bare}, **told}, site or link_host(comment))


def is_comment(value: dict[str, Any]) -> bool:
    """Whether a value is a comment: only comments belong to a post."""
    return "post" in value and "title" not in value


def is_gone(value: dict[str, Any]) -> bool:
    """Whether what came is in the bin, or was deleted for good."""
    return value.get("deleted") is True or value.get("status") in ("trash", "spam")


def link_host(value: dict[str, Any]) -> str:
    """The host of an item's own address."""
    return host(value.get("link") or value.get("URL") or value.get("url") or rendered(value.get("guid")))


def host(url: Any) -> str:
    """The host of an address, '' where there is none."""
    try:
        return (urlsplit(url).hostname or "") if isinstance(url, str) else ""
    except ValueError:
        return ""


def _id(value: dict[str, Any]) -> str | None:
    return identifier(value.get("id")) or identifier(value.get("ID")) or identifier(value.get("comment_ID"))


def _embedded(value: dict[str, Any], name: str) -> dict[str, Any]:
    """What was embedded under a name; an error in its place ({code, message}, with HTTP 200 around it) is nothing."""
    found = next(iter(objects(mapping(value.get("_embedded")).get(name))), {})
    return found if "id" in found else {}


def _author_of(post: dict[str, Any]) -> dict[str, Any]:
    author = _embedded(post, "author")
    return {"author": {name: author[name] for name in ("id", "name", "slug", "link") if name in author}} if author else {}


def _comment_of(comment: dict[str, Any], listed: dict[str | None, dict[str, Any]]) -> dict[str, Any]:
    """{post, parent}: who wrote what is answered, if that came along or stands in the same list."""
    above = identifier(comment.get("parent"))
    found = {
        "post": _embedded(comment, "up"),
        "parent": _embedded(comment, "in-reply-to") or listed.get(above, {}) if above else {},
    }
    return {name: {"id": _id(value), "author": value.get("author")} for name, value in found.items() if value}


def make_item(envelope: dict[str, Any], site: str) -> Item:
    """The Item of {item, author?, post?, parent?, zone?}, or of a feed's {entry, feed}."""
    if "entry" in envelope:
        kind, native_id = _entry_key(mapping(envelope["entry"]))
        return Item(kind, native_id or rss.make_item(envelope, site).native_id, site, dump(envelope), envelope)
    value = mapping(envelope.get("item"))
    return Item("comment" if is_comment(value) else "post", _id(value) or "", site, dump(envelope), envelope)


def _entry_key(entry: dict[str, Any]) -> tuple[str, str | None]:
    """(kind, id) of a feed's entry: the number is in post-id, in a short link (?p=1), or after #comment-."""
    for name in ("id", "link"):
        address = text_or_none(entry.get(name)) or ""
        if found := _COMMENT_GUID.search(address):
            return "comment", found[1]
    known = identifier(entry.get("post-id"))
    for name in ("id", "link"):
        asked = _query(text_or_none(entry.get(name)) or "")
        known = known or next((asked[key][0] for key in ("p", "page_id") if asked.get(key) and asked[key][0].isdigit()), None)
    return "post", known


def _query(address: str) -> dict[str, list[str]]:
    try:
        return parse_qs(urlsplit(address).query)
    except ValueError:
        return {}


def to_mention(item: Item) -> Mention:
    """One post, comment or feed entry as a Mention."""
    if "entry" in item.value:
        return _feed_mention(item)
    value = mapping(item.value.get("item"))
    source, truncated = _body(value)
    text, links, images = read_html(_ONE_BREAK.sub("<br>", source)) if source is not None else (None, (), 0)
    shared: dict[str, Any] = {
        "platform": "wordpress",
        "site": item.site,
        "native_id": item.native_id,
        "kind": item.kind,
        "url": text_or_none(value.get("link")) or text_or_none(value.get("URL")) or text_or_none(value.get("url")),
        "text": text,
        "truncated": truncated,
        "deleted": is_gone(value),
        "created_at": _moment(item, "date"),
        "created_at_raw": _gmt(value, "date") or text_or_none(value.get("date")),
        "language_hint": text_or_none(value.get("lang")),
        "hashtags": hashtags(text or ""),
        "links": unique([*links, *urls(text or "")]),
    }
    own = _comment_fields(item, value) if item.kind == "comment" else _post_fields(item, value)
    return Mention(**shared, **own, media_count=images + (1 if count(value.get("featured_media")) else 0))


def _body(value: dict[str, Any]) -> tuple[str | None, bool]:
    """(HTML, whether it is cut): the content; of a post behind a password nothing; without content the excerpt."""
    content = value.get("content") if "content" in value else value.get("comment_content")
    if mapping(content).get("protected"):
        return "", True
    whole = rendered(content)
    if whole is not None:
        return whole, False
    excerpt = rendered(value.get("excerpt"))
    if excerpt is None and "subtype" in value and isinstance(value.get("title"), str):  # a result of /wp/v2/search
        return "", True
    return (excerpt, True) if excerpt is not None else (None, False)


def rendered(value: Any) -> str | None:
    """The text of {rendered}, or of a field that is the text itself (the API before the core's, WordPress.com v1.1)."""
    found = value.get("rendered", value.get("raw")) if isinstance(value, dict) else value
    return found if isinstance(found, str) else None


def _post_fields(item: Item, value: dict[str, Any]) -> dict[str, Any]:
    title = rendered(value.get("title"))
    author = mapping(value.get("author")) or mapping(item.value.get("author"))
    number = identifier(value.get("author")) or identifier(author.get("id")) or identifier(author.get("ID"))
    changed, created = _moment(item, "modified"), _moment(item, "date")
    return {
        "title": html_to_text(title) if title else None,
        "author_id": number,
        "author_handle": text_or_none(author.get("slug"))
        or text_or_none(author.get("login"))
        or text_or_none(author.get("username")),
        "author_name": _name(author.get("name")),
        "edited_at": changed if changed and created and changed > created else None,
        "conversation_id": item.native_id or None,
        "engagement": Engagement(likes=count(value.get("like_count")), comments=_answers(value)),
    }


def _answers(value: dict[str, Any]) -> int | None:
    found = mapping(value.get("discussion")).get("comment_count")
    return count(found if found is not None else value.get("comment_count"))


def _comment_fields(item: Item, value: dict[str, Any]) -> dict[str, Any]:
    post, parent = mapping(item.value.get("post")), mapping(item.value.get("parent"))
    writer = mapping(value.get("author"))
    thread = identifier(mapping(value.get("post")).get("ID")) or identifier(value.get("post"))
    above = identifier(mapping(value.get("parent")).get("ID")) or identifier(value.get("parent"))
    return {
        "author_id": identifier(writer.get("ID")) or identifier(value.get("author")),
        "author_handle": text_or_none(writer.get("login")),
        "author_name": _name(value.get("author_name") or writer.get("name")),
        "parent_id": above or thread,
        "conversation_id": thread,
        "in_reply_to_author_id": identifier((parent if above else post).get("author")),
        "engagement": Engagement(likes=count(value.get("like_count"))),
    }


def _name(value: Any) -> str | None:
    return html_to_text(value) or None if isinstance(value, str) else None


def _gmt(value: dict[str, Any], name: str) -> str | None:
    """The UTC field of a date, None where it is missing or a draft's zeros."""
    found = text_or_none(value.get(f"{name}_gmt"))
    return found if found and not found.startswith(_NEVER) else None


def _moment(item: Item, name: str) -> datetime | None:
    """The UTC field; else the local one if it states an offset or the site's zone is known."""
    value = mapping(item.value.get("item"))
    if gmt := _gmt(value, name):
        return from_iso(gmt, _UTC)
    return from_iso(value.get(name), zone_of(value.get(f"{name}_tz") or item.value.get("zone")))


def _feed_mention(item: Item) -> Mention:
    """A feed's entry: the feed's own reading, under the key that REST gives the same item."""
    read = rss.to_mention(item, None)
    is_answer = item.kind == "comment"
    return msgspec.structs.replace(
        read,
        platform="wordpress",
        kind=item.kind,
        title=None if is_answer else read.title,
        conversation_id=None if is_answer else item.native_id,
        hashtags=hashtags(read.text or ""),
    )
