"""Odnoklassniki's objects as items and mentions: media topics, discussions and comments, whichever method they come by.

    feeds[] + entities{media_topics, users, groups, …} ──► {item, people, groups, polls} ──► post
    discussion + entities{themes, media_topics, …}     ──► {item: topic and discussion in one} ──► post
    comments[] + entities                              ──► {item, topic {id, type, author, group}, people} ──► comment
Times without a zone are Moscow's: a comment's id holds its moment in milliseconds, which agrees. Sources: the API's own documentation
(apiok), client libraries' field lists, recorded answers.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

from extractors.base import Engagement, Item, Mention, Tombstone
from extractors.jsons import dump
from extractors.text import hashtags, plain, unique, urls
from extractors.times import from_epoch, from_iso
from extractors.values import coordinates, count, flag, identifier, mapping, objects, text_or_none

MOSCOW = ZoneInfo("Europe/Moscow")
TOPIC = "GROUP_TOPIC"
_MARK = re.compile(r"\{/?[a-z_]+(?::[^{}]*)?\}")  # {group:47241470410797}Name{group}
_NAMED = re.compile(r"\{([a-z_]+):\d+\}([^{}]*)\{\1\}")  # the same within what a person wrote, where other braces are his own
_TOPIC_MARK = re.compile(r"\{media_topic:(\d+)\}")
_MEDIA = ("photo", "movie", "video", "music", "present", "app")
_REFS = ("photo_refs", "movie_refs", "video_refs")
_REMOVED = ("REMOVED", "DELETED")
_TOPIC_FIELDS = ("media", "created_ms", "owner_ref", "like_summary", "discussion_summary", "reshare_summary")


# -- answers into items ------------------------------------------------------------------------------------------------
def items(value: Any, url: str | None, site: str) -> Iterator[Item]:
    """Topics, discussions and comments of any answer: a stream, topics by id, discussions, comments, single objects, a batch."""
    if isinstance(value, list):
        for entry in objects(value):
            yield from items(entry, url, site)
        return
    answer = mapping(value)
    known = Entities(answer)
    for name, part in answer.items():  # batch.execute: {"discussions_getComments_response": {…}}
        if name.endswith("_response"):
            yield from items(part, url, site)
    listed = list(topics(answer))
    for topic in listed:
        yield make_item(known.around(topic), site)
    for comment in _comments(answer):
        yield make_item(known.around(comment, _above(answer, url)), site)
    if not listed and (_is_comment(answer) or _is_topic(answer)):
        yield make_item(known.around(answer, _above(answer, url) if _is_comment(answer) else None), site)


class Entities:
    """What an answer tells beside its list: people, groups and polls by id."""

    def __init__(self, answer: Mapping[str, Any], groups: Mapping[str, dict[str, Any]] | None = None) -> None:
        told = mapping(answer.get("entities"))
        self.people = {
            key: entry for entry in objects(told.get("users")) if (key := identifier(entry.get("uid") or entry.get("id")))
        }
        self.groups = dict(groups or {})
        self.groups.update(
            {key: entry for entry in objects(told.get("groups")) if (key := identifier(entry.get("uid") or entry.get("id")))}
        )
        self.polls = {key: entry for entry in objects(told.get("polls")) if (key := identifier(entry.get("id")))}

    def around(self, entry: dict[str, Any], above: dict[str, Any] | None = None) -> dict[str, Any]:
        """The envelope of an entry: {item, topic?, people?, groups?, polls?} with what it refers to and no more."""
        envelope: dict[str, Any] = {"item": entry, **({"topic": above} if above else {})}
        names = [author_of(entry), *owners(entry), (above or {}).get("group")]
        polls = [_id_of(ref) for block in blocks(entry) for ref in _strings(block.get("poll_refs"))]
        for field, known, wanted in (
            ("people", self.people, names),
            ("groups", self.groups, names),
            ("polls", self.polls, polls),
        ):
            if found := {key: known[key] for key in dict.fromkeys(wanted) if key and key in known}:
                envelope[field] = found
        return envelope


def topics(answer: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The topics of a stream (joined with their feed entries), of mediatopic.getByIds, of discussions.get and getList, once each."""
    told = mapping(answer.get("entities"))
    by_id = {key: entry for entry in objects(told.get("media_topics")) if (key := identifier(entry.get("id")))}
    seen: set[str | None] = set()
    for feed in objects(answer.get("feeds")):
        topic = _of_feed(feed, by_id)
        seen.add(identifier(topic.get("id")))
        yield topic
    wrapped = [answer["discussion"]] if isinstance(answer.get("discussion"), dict) else objects(answer.get("discussions"))
    themes = {identifier(theme.get("id")): theme for theme in objects(told.get("themes"))}
    for discussion in wrapped:
        own = identifier(discussion.get("object_id"))
        seen.add(own)
        yield {**themes.get(own, {}), **by_id.get(own or "", {}), **discussion}
    for topic in [*objects(answer.get("media_topics")), *by_id.values()]:
        if (own := identifier(topic.get("id"))) not in seen or own is None:
            seen.add(own)
            yield topic


def _of_feed(feed: dict[str, Any], by_id: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """A feed entry's topic; an entry whose topic did not come along stands for it."""
    summary, marked = mapping(feed.get("discussion_summary")), _TOPIC_MARK.search(str(feed.get("message") or ""))
    refs = [_id_of(ref) for ref in _strings(feed.get("target_refs"))]
    own = next((ref for ref in refs if ref in by_id), None) or next(iter(refs), None)
    own = own or (marked[1] if marked else None) or identifier(summary.get("discussion_id"))
    return by_id.get(own or "") or {**feed, "id": own}


def _comments(answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    single = answer.get("comment")
    return [single] if isinstance(single, dict) else objects(answer.get("comments"))


def _above(answer: Mapping[str, Any], url: str | None) -> dict[str, Any] | None:
    """The topic that an answer's comments lie under: told in the answer, beside it (a batch), or in the request's address."""
    asked = {name: told[0] for name, told in parse_qs(urlsplit(url or "").query).items()}
    own = identifier(answer.get("discussionId") or answer.get("discussion_id")) or asked.get("discussionId")
    kind = text_or_none(answer.get("discussionType")) or asked.get("discussionType") or TOPIC
    return {"id": own, "type": kind} if own else None


def _is_comment(entry: Mapping[str, Any]) -> bool:
    return any(name in entry for name in ("reply_to_comment_id", "reply_to_id", "author_id")) or (
        "text" in entry and ("date" in entry or "date_ms" in entry)
    )


def _is_topic(entry: Mapping[str, Any]) -> bool:
    return "object_id" in entry or any(name in entry for name in _TOPIC_FIELDS)


def make_item(envelope: dict[str, Any], site: str) -> Item:
    """The Item of {item, topic?, people?, groups?, polls?}; ids are the platform's own."""
    entry = mapping(envelope.get("item"))
    is_comment = "topic" in envelope or (_is_comment(entry) and not _is_topic(entry))
    own = identifier(entry.get("id")) or identifier(entry.get("object_id"))
    return Item("comment" if is_comment else "post", own or "", site, dump(envelope), envelope)


# -- fields ------------------------------------------------------------------------------------------------------------
def author_of(entry: Mapping[str, Any]) -> str | None:
    """Who wrote it: author_id or author_ref of comments and topics, owner_uid of discussions (their owner is their author)."""
    told = identifier(entry.get("author_id")) or _id_of(entry.get("author_ref"))
    told = told or next(iter(_id_of(ref) for ref in _strings(entry.get("author_refs"))), None)
    return told or identifier(entry.get("owner_uid")) or (next(iter(owners(entry)), None) if _is_topic(entry) else None)


def owners(entry: Mapping[str, Any]) -> list[str]:
    """Ids of the groups that it lies in: owner_ref "group:1", ref_objects of type GROUP."""
    refs = [entry.get("owner_ref"), *_strings(entry.get("owner_refs")), entry.get("group_ref")]
    told = [_id_of(ref) for ref in refs if isinstance(ref, str) and ref.startswith("group:")]
    told += [identifier(ref.get("id")) for ref in objects(entry.get("ref_objects")) if ref.get("type") == "GROUP"]
    return [own for own in dict.fromkeys(told) if own]


def blocks(entry: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The media blocks of a topic."""
    return objects(entry.get("media"))


def is_cut(entry: Mapping[str, Any]) -> bool:
    """Whether blocks or text were left out (media_limit, is_text_cut)."""
    return bool(flag(entry.get("has_more")) or flag(entry.get("is_text_cut")))


def comments_told(entry: Mapping[str, Any]) -> int | None:
    """How many comments a topic or discussion has."""
    told = count(mapping(entry.get("discussion_summary")).get("comments_count"))
    return told if told is not None else count(entry.get("total_comments_count"))


def moment(entry: Mapping[str, Any]) -> tuple[datetime | None, str | None]:
    """(instant, the string it came as): milliseconds where there are any, else Moscow's time without a zone."""
    for name in ("created_ms", "date_ms"):
        if (found := from_epoch(entry.get(name))) is not None:
            return found, str(entry[name])
    raw = next((entry[name] for name in ("creation_date", "date") if entry.get(name) is not None), None)
    return from_iso(raw, MOSCOW), None if raw is None else str(raw)


def to_mention(item: Item, fetched_at: datetime | None) -> Mention:
    """One topic or comment as a Mention."""
    entry, above = mapping(item.value.get("item")), mapping(item.value.get("topic"))
    author, group = author_of(entry), next(iter(owners(entry)), None) or identifier(above.get("group"))
    text = _text(item, entry)
    created_at, raw = moment(entry)
    page = mapping(mapping(item.value.get("groups")).get(group or ""))
    thread = _conversation(item) or ""
    return Mention(
        platform="odnoklassniki",
        site=item.site,
        native_id=item.native_id,
        kind=item.kind,
        url=f"https://ok.ru/group/{group}/topic/{thread}" if group and thread else None,
        title=plain(_MARK.sub("", entry["title"])) if item.kind == "post" and text_or_none(entry.get("title")) else None,
        text=text,
        author_id=author,
        **_author(item, entry, author),
        page_id=group,
        page_name=text_or_none(page.get("name")),
        page_followers=count(page.get("members_count")),
        created_at=created_at,
        created_at_raw=raw,
        deleted=_is_removed(entry),
        **_thread(item, entry, above),
        engagement=_engagement(entry, item.kind),
        **_attached(entry, text or ""),
        truncated=is_cut(entry),
    )


def _text(item: Item, entry: Mapping[str, Any]) -> str | None:
    """A comment's text; of a topic its text blocks and poll questions, else the discussion's title, else the feed's own line."""
    if isinstance(entry.get("text"), str):
        return plain(_NAMED.sub(r"\2", entry["text"]))
    if item.kind == "comment":
        return "" if entry.get("attachments") else None
    parts = [_block_text(block) for block in blocks(entry)]
    polls = mapping(item.value.get("polls"))
    asked = [
        mapping(polls.get(_id_of(ref) or "")).get("question")
        for block in blocks(entry)
        for ref in _strings(block.get("poll_refs"))
    ]
    told = "\n".join(part for part in [*parts, *asked] if isinstance(part, str) and part)
    if told or ("media" in entry and not text_or_none(entry.get("title"))):
        return plain(_NAMED.sub(r"\2", told))
    lines = [entry.get("title"), _tokens(entry.get("message_tokens")), entry.get("message")]
    line = next((line for line in lines if isinstance(line, str) and line.strip()), None)
    return None if line is None else plain(_MARK.sub("", line))


def _block_text(block: Mapping[str, Any]) -> str | None:
    return block["text"] if isinstance(block.get("text"), str) else _tokens(block.get("text_tokens"))


def _tokens(value: Any) -> str | None:
    parts = [token["text"] for token in objects(value) if isinstance(token.get("text"), str)]
    return "".join(parts) if parts else None


def _author(item: Item, entry: Mapping[str, Any], author: str | None) -> dict[str, Any]:
    person = mapping(mapping(item.value.get("people")).get(author or "")) or mapping(
        mapping(item.value.get("groups")).get(author or "")
    )
    name = " ".join(part for part in (person.get("first_name"), person.get("last_name")) if isinstance(part, str) and part)
    place = mapping(person.get("location"))
    return {
        "author_name": text_or_none(person.get("name")) or name or text_or_none(entry.get("author_name")),
        "author_handle": text_or_none(person.get("shortname")),
        "author_followers": count(person.get("members_count")),
        "author_location": text_or_none(place.get("city")) or text_or_none(place.get("countryName")),
    }


def _conversation(item: Item) -> str | None:
    """The topic: told beside a comment, else held in its id (base64 of milliseconds:number:milliseconds:topic:number)."""
    if item.kind == "post":
        return item.native_id or None
    if told := identifier(mapping(item.value.get("topic")).get("id")):
        return told
    try:
        parts = base64.b64decode(item.native_id + "=" * (-len(item.native_id) % 4), validate=True).decode("ascii").split(":")
    except (ValueError, UnicodeDecodeError):
        return None
    return parts[3] if len(parts) == 5 and parts[3].isdecimal() else None


def _thread(item: Item, entry: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    thread = _conversation(item)
    if item.kind == "post":
        shared = [
            _id_of(ref)
            for block in blocks(entry)
            if flag(block.get("reshare"))
            for ref in _strings(block.get("media_topic_refs"))
        ]
        return {"conversation_id": thread, "repost_of_id": next((own for own in shared if own), None)}
    parent = identifier(entry.get("reply_to_comment_id"))
    answered = identifier(entry.get("reply_to_id")) or (None if parent else identifier(above.get("author")))
    return {"parent_id": parent or thread, "conversation_id": thread, "in_reply_to_author_id": answered}


def _engagement(entry: Mapping[str, Any], kind: str) -> Engagement:
    likes, shares = mapping(entry.get("like_summary")).get("count"), mapping(entry.get("reshare_summary")).get("count")
    return Engagement(
        likes=count(entry.get("like_count")) if likes is None else count(likes),
        shares=count(entry.get("reshare_count")) if shares is None else count(shares),
        comments=comments_told(entry) if kind == "post" else None,
        views=count(entry.get("views_count")),
    )


def _attached(entry: Mapping[str, Any], text: str) -> dict[str, Any]:
    place = mapping(entry.get("place"))
    latitude, longitude = coordinates(place.get("latitude"), place.get("longitude"))
    linked = [block.get("url") for block in blocks(entry) if block.get("type") == "link"]
    tokens = [token.get("link") for block in blocks(entry) for token in objects(block.get("text_tokens"))]
    attachments = objects(entry.get("attachments"))
    media = sum(_media(block) for block in blocks(entry))
    return {
        "hashtags": hashtags(text),
        "links": unique(
            [*urls(text), *(link for link in [*linked, *tokens] if isinstance(link, str) and link.startswith("http"))]
        ),
        "media_count": media + sum(1 for one in attachments if str(one.get("type")).lower() not in ("link", "topic", "reply")),
        "place_name": text_or_none(place.get("name")),
        "latitude": latitude,
        "longitude": longitude,
    }


def _media(block: Mapping[str, Any]) -> int:
    """How many photos, videos and the like a block shows."""
    refs = sum(len(_strings(block.get(name))) for name in _REFS)
    return refs or int(block.get("type") in _MEDIA)


def _is_removed(entry: Mapping[str, Any]) -> bool:
    kind = entry.get("type")
    return isinstance(kind, str) and any(word in kind.upper() for word in _REMOVED)


def tombstones(item: Item) -> list[Tombstone]:
    """Comments that still come though they are removed: those that others took down (includeRemoved), so the page did."""
    entry = mapping(item.value.get("item"))
    return [Tombstone(item.native_id, item.kind, "page", reason=str(entry["type"]))] if _is_removed(entry) else []


def _strings(value: Any) -> list[str]:
    return [entry for entry in value if isinstance(entry, str)] if isinstance(value, list) else []


def _id_of(ref: Any) -> str | None:
    """The id of a reference: "group:47241470410797"."""
    return identifier(ref.rpartition(":")[2]) if isinstance(ref, str) else None
