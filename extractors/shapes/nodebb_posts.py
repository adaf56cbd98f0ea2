"""NodeBB's answers into items and mentions: posts of topics, arrays, searches and single posts, joined with their topic and parent.

    post + topic {mainPid, uid} ──► {item, topic?, parent?, base?, page_id?} ──► Mention
Source: the software's published OpenAPI (PostObject, PostDataObject, TopicObject, TeaserObject); no recording.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

from lxml import etree

from extractors.base import Engagement, Item, Mention, Tombstone
from extractors.jsons import dump
from extractors.markup import html_tree
from extractors.text import flowing, handles, hashtags, plain, read_html, unique, urls
from extractors.times import from_epoch, from_iso
from extractors.values import count, flag, identifier, mapping, objects, text_or_none

_GONE_TEXTS = ("[[topic:post-is-deleted]]", "[[topic:post_is_deleted]]")


def items(value: Any, url: str | None, site: str) -> Iterator[Item]:
    """Posts of a topic, of an array, of a search, of {status, response}; the newest post of each topic of a list; a single post."""
    site = site or (urlsplit(url).hostname or "" if url else "")
    base = url.split("/api/")[0] if url and "/api/" in url else ""
    if isinstance(value, list):
        yield from joined(objects(value), {}, site, base, None)
        return
    answer = mapping(value)
    if "response" in answer:
        inner = answer["response"]
        yield from items(inner, url, site)
    elif isinstance(answer.get("posts"), list):
        yield from joined(objects(answer["posts"]), answer if "mainPid" in answer else {}, site, base, None)
    elif isinstance(answer.get("replies"), list) and "pid" not in answer:
        yield from joined(objects(answer["replies"]), {}, site, base, None)
    elif isinstance(answer.get("topics"), list):
        for topic in objects(answer["topics"]):
            if teaser := mapping(topic.get("teaser")):
                yield from joined([{**_teaser_kind(topic), **teaser}], topic, site, base, None)
    elif "pid" in answer or "content" in answer:
        yield from joined([answer], {}, site, base, None)


def _teaser_kind(topic: dict[str, Any]) -> dict[str, Any]:
    """A teaser is a topic's newest post: of more than one post it is not the first, even where the first is not named."""
    posts = count(topic.get("postcount"))
    return {"isMainPost": posts < 2} if posts is not None and "mainPid" not in topic else {}


_TOPIC = ("tid", "title", "titleRaw", "slug", "mainPid", "uid", "cid", "category")


def joined(posts: list[dict[str, Any]], topic: dict[str, Any], site: str, base: str, page_id: str | None) -> Iterator[Item]:
    """Items of posts with {topic, parent}; a post's own topic object counts before the page's."""
    writers = {identifier(post.get("pid")): identifier(post.get("uid")) for post in posts}
    for post in posts:
        about = {name: value for name in _TOPIC if (value := (mapping(post.get("topic")) or topic).get(name)) is not None}
        if not about and topic:
            about = {name: topic[name] for name in _TOPIC if name in topic}
        main = identifier(about.get("mainPid"))
        wanted = identifier(post.get("toPid")) or (main if main != identifier(post.get("pid")) else None)
        told = (
            identifier(mapping(post.get("parent")).get("uid"))
            or writers.get(wanted)
            or (identifier(about.get("uid")) if wanted == main else None)
        )
        envelope: dict[str, Any] = {"item": {name: part for name, part in post.items() if name not in _VOLATILE}}
        if about:
            envelope["topic"] = about | _category(about)
        if wanted:
            envelope["parent"] = {"id": wanted, "author_id": told}
        if base:
            envelope["base"] = base
        if page_id:
            envelope["page_id"] = page_id
        yield make_item(envelope, site)


def _category(about: dict[str, Any]) -> dict[str, Any]:
    """The name and number of a topic's category, without its counts, which change with every reading."""
    told = mapping(about.get("category"))
    return {"category": {name: told[name] for name in ("cid", "name") if name in told}} if "category" in about else {}


# What differs between readings of one post, or is the reader's own
_VOLATILE = ("topic", "parent", "events", "eventStart", "eventEnd", "bookmarked", "upvoted", "downvoted", "selfPost", "display_edit_tools",
             "display_delete_tools", "display_moderator_tools", "display_move_tools", "display_post_menu", "ip")  # fmt: skip


def make_item(envelope: dict[str, Any], site: str) -> Item:
    """The Item of {item, topic?, parent?, base?}: a topic's first post is a post, every other one a reply."""
    post, about = mapping(envelope.get("item")), mapping(envelope.get("topic"))
    native_id, main = identifier(post.get("pid")) or "", identifier(about.get("mainPid"))
    if flag(post.get("isMainPost")) is not None:
        is_first = bool(flag(post.get("isMainPost")))
    elif main:
        is_first = native_id == main
    else:
        is_first = not identifier(post.get("toPid")) and count(post.get("index")) in (None, 0)
    return Item("post" if is_first else "reply", native_id, site, dump(envelope), envelope)


def to_mention(item: Item, fetched_at: datetime | None) -> Mention:
    """One post as a Mention; the title is the topic's."""
    post, about, parent = (mapping(item.value.get(name)) for name in ("item", "topic", "parent"))
    user, base = mapping(post.get("user")), str(item.value.get("base") or (f"https://{item.site}" if item.site else ""))
    is_gone = bool(flag(post.get("deleted")))
    content = post.get("content") if isinstance(post.get("content"), str) else post.get("sourceContent")
    shown = content if isinstance(content, str) and content not in _GONE_TEXTS else None
    text, links, images = read_html(flowing(_own_words(shown, base))) if shown is not None else (None, (), 0)
    title = text_or_none(about.get("titleRaw")) or text_or_none(about.get("title"))
    handle = text_or_none(user.get("username"))
    author_id = identifier(post.get("uid")) or identifier(user.get("uid"))
    return Mention(
        platform="nodebb",
        site=item.site,
        native_id=item.native_id,
        kind=item.kind,
        url=_address(post, base),
        title=plain(title) if title else None,
        text=text,
        author_id=author_id,
        author_handle=handle if author_id else None,
        author_name=text_or_none(user.get("displayname"))
        or text_or_none(user.get("fullname"))
        or handle
        or text_or_none(post.get("handle")),
        author_posts=count(user.get("postcount")),
        page_id=text_or_none(item.value.get("page_id"))
        or identifier(about.get("cid"))
        or identifier(mapping(post.get("category")).get("cid")),
        page_name=text_or_none(mapping(post.get("category")).get("name") or mapping(about.get("category")).get("name")),
        created_at=created_at(post),
        created_at_raw=text_or_none(post.get("timestampISO")) or identifier(post.get("timestamp")),
        edited_at=from_epoch(post.get("edited")) or from_iso(post.get("editedISO")),
        deleted=is_gone,
        parent_id=identifier(parent.get("id")) if item.kind == "reply" else None,
        conversation_id=identifier(post.get("tid")) or identifier(about.get("tid")),
        in_reply_to_author_id=identifier(parent.get("author_id")) if item.kind == "reply" else None,
        engagement=Engagement(likes=_likes(post), comments=_answers(post)),
        mentions=_mentions(shown or "", text or ""),
        hashtags=hashtags(text or ""),
        links=unique([*links, *urls(text or "")]),
        media_count=images,
    )


def _mentions(content: str, text: str) -> tuple[str, ...]:
    """Accounts that the words name: as the forum links them (names may hold hyphens and blanks), else by their @."""
    linked = [plain(name) for name in re.findall(r"<a\b[^>]*\bplugin-mentions-[^>]*>\s*@([^<]+?)\s*<", content)]
    return unique(name for name in linked if f"@{name}" in text) or handles(text)


def created_at(post: dict[str, Any]) -> datetime | None:
    return from_epoch(post.get("timestamp")) or from_iso(post.get("timestampISO"))


def _likes(post: dict[str, Any]) -> int | None:
    return count(post.get("upvotes")) if post.get("upvotes") is not None else count(post.get("votes"))


def _answers(post: dict[str, Any]) -> int | None:
    told = post.get("replies")
    return count(told.get("count")) if isinstance(told, dict) else count(told)


def _address(post: dict[str, Any], base: str) -> str | None:
    """The permanent link: what the forum says, else /post/{pid}."""
    told, pid = text_or_none(post.get("url")), identifier(post.get("pid"))
    if told and told.startswith("http"):
        return told
    if pid and pid.startswith("http"):
        return pid
    return f"{base}/post/{pid}" if base and pid else None


def _own_words(content: str, base: str) -> str:
    """The content without quotes of other posts ("@ann said in [topic](/post/12):" and the block below it), links made whole."""
    if "<blockquote" not in content and "<a " not in content:
        return content
    tree = html_tree(f"<html><body><div>{content}</div></body></html>").find("body")[0]
    for block in list(tree.iter("blockquote")):
        above = block.getprevious()
        if above is not None and any("/post/" in (link.get("href") or "") for link in above.iter("a")):
            for element in (above, block):
                element.drop_tree()
    for link in tree.iter("a"):
        try:
            link.set("href", urljoin(base + "/", (link.get("href") or "").strip()) if base else link.get("href") or "")
        except ValueError:  # an address that is none: "http://[x"
            link.set("href", "")
    return str(etree.tostring(tree, encoding="unicode", method="html", with_tail=False))


def removed_by(post: dict[str, Any]) -> Any:
    """Who took a post away: the author, the forum's staff, or unknown hands."""
    by, author = identifier(post.get("deleterUid")), identifier(post.get("uid"))
    return "platform" if by is None else "author" if by == author else "page"


def tombstones(item: Item) -> Iterable[Tombstone]:
    """Posts that their author or the forum's staff took back."""
    post = mapping(item.value.get("item"))
    return [Tombstone(item.native_id, item.kind, removed_by(post))] if flag(post.get("deleted")) else []
