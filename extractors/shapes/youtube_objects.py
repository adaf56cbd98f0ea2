"""YouTube's videos, comment threads and comments as Items and Mentions.

    {item (a video), channel?} | {item (a comment), thread {id, videoId, channelId, author, replies}} ──► Item ──► Mention
Source: the discovery document of the Data API v3 (no answer is recorded).
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from extractors.base import Engagement, Item, Mention, Tombstone
from extractors.jsons import dump
from extractors.text import handles, hashtags, read_html, tidy, unique, urls
from extractors.times import from_iso
from extractors.values import coordinates, count, identifier, mapping, objects, text_or_none

_TALK = ("#video", "#searchResult", "#playlistItem", "#comment", "#commentThread")
_GONE_TITLES = {"Deleted video", "Private video"}  # what playlistItems.list shows in place of a video that is not public any more


def top_of(thread: dict[str, Any]) -> dict[str, Any]:
    return mapping(mapping(thread.get("snippet")).get("topLevelComment"))


def thread_brief(thread: dict[str, Any], channel: dict[str, Any] | None) -> dict[str, Any]:
    """What a comment needs of its thread: ids of thread, video and channel, the opener, the number of replies."""
    snippet = mapping(thread.get("snippet"))
    top = mapping(top_of(thread).get("snippet"))
    known = {"id": identifier(top_of(thread).get("id")) or identifier(thread.get("id")),
             "videoId": snippet.get("videoId") or top.get("videoId"), "channelId": snippet.get("channelId") or top.get("channelId"),
             "author": _author_id(top), "replies": snippet.get("totalReplyCount"), "channel": channel or None}  # fmt: skip
    return {name: value for name, value in known.items() if value is not None}


def thread_items(thread: dict[str, Any], channel: dict[str, Any] | None, site: str) -> Iterator[Item]:
    brief = thread_brief(thread, channel)
    top = top_of(thread)
    yield make_item({"item": top or {"kind": "youtube#comment", "id": thread.get("id")}, "thread": brief}, site)
    for reply in objects(mapping(thread.get("replies")).get("comments")):
        yield make_item({"item": reply, "thread": brief}, site)


def items(value: Any, url: str | None, site: str) -> Iterator[Item]:
    """Videos, threads with their replies, comments; a search's and a playlist's videos as far as they are told."""
    for answer in objects(value) if isinstance(value, list) else [mapping(value)]:
        listed = (
            objects(answer.get("items")) if "items" in answer else [answer] if "kind" in answer or "snippet" in answer else []
        )
        for entry in listed:
            yield from _entry_items(entry, site)


def _entry_items(entry: dict[str, Any], site: str) -> Iterator[Item]:
    snippet, kind = mapping(entry.get("snippet")), str(entry.get("kind") or "")
    if "topLevelComment" in snippet or kind.endswith("#commentThread"):
        yield from thread_items(entry, None, site)
    elif kind.endswith("#activity") and _uploaded(entry):
        yield make_item({"item": entry}, site)
    elif kind.startswith("youtube#") and not kind.endswith(_TALK):
        return  # channels, playlists, sections, captions: no one's words about anything
    elif any(name in mapping(entry.get("id")) for name in ("channelId", "playlistId")):
        return  # a channel or a playlist that a search found
    else:
        yield make_item({"item": entry}, site)


def _uploaded(entry: dict[str, Any]) -> str | None:
    """The video that an activity of a channel published; its other activities (likes, subscriptions) are no one's words."""
    return identifier(mapping(mapping(entry.get("contentDetails")).get("upload")).get("videoId"))


def make_item(envelope: dict[str, Any], site: str) -> Item:
    """The Item of {item, thread?, channel?}: a video is a post, a top-level comment a comment, an answer to one a reply."""
    entry = mapping(envelope.get("item"))
    snippet = mapping(entry.get("snippet"))
    listed = mapping(entry.get("contentDetails")).get("videoId") or mapping(snippet.get("resourceId")).get("videoId")
    named = mapping(entry.get("id")).get("videoId") or listed or _uploaded(entry)
    own = identifier(named) or identifier(entry.get("id")) or ""
    if not _is_comment(entry, envelope):
        return Item("post", own, site, dump(envelope), envelope)
    kind = "reply" if snippet.get("parentId") or "." in own else "comment"
    return Item(kind, own, site, dump(envelope), envelope)


def _is_comment(entry: dict[str, Any], envelope: dict[str, Any]) -> bool:
    named = any(
        name in mapping(entry.get("snippet")) for name in ("textDisplay", "textOriginal", "authorDisplayName", "parentId")
    )
    return bool(envelope.get("thread")) or str(entry.get("kind") or "").endswith("#comment") or named


def to_mention(item: Item, fetched_at: datetime | None) -> Mention:
    """One video or comment as a Mention."""
    return _video_mention(item) if item.kind == "post" else _comment_mention(item)


def _video_mention(item: Item) -> Mention:
    """A video: its description is the text. A search cuts descriptions, which is told by truncated."""
    entry, channel = mapping(item.value.get("item")), mapping(item.value.get("channel"))
    snippet, numbers = mapping(entry.get("snippet")), mapping(entry.get("statistics"))
    found = isinstance(entry.get("id"), dict)  # by a search, which alone escapes what it shows, and cuts it
    title, text = _plain(snippet.get("title"), found), _plain(snippet.get("description"), found)
    published = mapping(entry.get("contentDetails")).get("videoPublishedAt") or snippet.get("publishedAt")
    author = identifier(snippet.get("videoOwnerChannelId")) or identifier(snippet.get("channelId"))
    spot = mapping(mapping(entry.get("recordingDetails")).get("location"))
    latitude, longitude = coordinates(spot.get("latitude"), spot.get("longitude"))
    words = f"{title or ''}\n{text or ''}"
    return Mention(
        platform="youtube",
        site=item.site,
        native_id=item.native_id,
        kind="post",
        url=f"https://www.youtube.com/watch?v={item.native_id}",
        title=title,
        text=text if text is not None else "" if title else None,
        author_id=author,
        author_handle=_handle(channel.get("customUrl")),
        author_name=_plain(
            text_or_none(snippet.get("videoOwnerChannelTitle")) or text_or_none(snippet.get("channelTitle")), found
        ),
        author_followers=count(channel.get("subscriberCount")),
        author_created_at=from_iso(channel.get("publishedAt")),
        **_page(author, channel, _plain(text_or_none(snippet.get("channelTitle")), found)),
        created_at=from_iso(published),
        created_at_raw=text_or_none(published),
        deleted=_is_gone(entry),
        conversation_id=item.native_id,
        language_hint=text_or_none(snippet.get("defaultAudioLanguage")) or text_or_none(snippet.get("defaultLanguage")),
        country=text_or_none(channel.get("country")),
        place_name=text_or_none(mapping(entry.get("recordingDetails")).get("locationDescription")),
        latitude=latitude,
        longitude=longitude,
        engagement=Engagement(
            likes=count(numbers.get("likeCount")),
            comments=count(numbers.get("commentCount")),
            views=count(numbers.get("viewCount")),
        ),
        mentions=handles(words),
        hashtags=hashtags(words),
        links=urls(words),
        media_count=1,
        truncated=found and (text or "").endswith(("...", "…")),
    )


def _comment_mention(item: Item) -> Mention:
    entry, thread = mapping(item.value.get("item")), mapping(item.value.get("thread"))
    snippet = mapping(entry.get("snippet"))
    text, links = _comment_text(snippet)
    video = identifier(snippet.get("videoId")) or identifier(thread.get("videoId"))
    page = identifier(thread.get("channelId")) or identifier(snippet.get("channelId"))
    above = identifier(snippet.get("parentId")) or (item.native_id.partition(".")[0] if item.kind == "reply" else None)
    published, updated = from_iso(snippet.get("publishedAt")), from_iso(snippet.get("updatedAt"))
    name = text_or_none(snippet.get("authorDisplayName"))
    return Mention(
        platform="youtube",
        site=item.site,
        native_id=item.native_id,
        kind=item.kind,
        url=f"https://www.youtube.com/watch?v={video}&lc={item.native_id}" if video else None,
        text=text,
        author_id=_author_id(snippet),
        author_handle=_handle(name if name and name.startswith("@") else snippet.get("authorChannelUrl")),
        author_name=name,
        **_page(page, mapping(thread.get("channel")), None),
        created_at=published,
        created_at_raw=text_or_none(snippet.get("publishedAt")),
        edited_at=updated if updated and updated != published else None,
        deleted=snippet.get("moderationStatus") == "rejected",
        parent_id=above if item.kind == "reply" else video,
        conversation_id=video,
        in_reply_to_author_id=identifier(thread.get("author")) if item.kind == "reply" else page,
        engagement=Engagement(
            likes=count(snippet.get("likeCount")), comments=count(thread.get("replies")) if item.kind == "comment" else None
        ),
        mentions=handles(text or ""),
        hashtags=hashtags(text or ""),
        links=unique([*links, *urls(text or "")]),
    )


def _comment_text(snippet: dict[str, Any]) -> tuple[str | None, tuple[str, ...]]:
    """What the author wrote where that is told, else what is displayed (HTML, unless plain text was asked for)."""
    if isinstance(snippet.get("textOriginal"), str):
        return tidy(snippet["textOriginal"]), ()
    shown = snippet.get("textDisplay")
    if not isinstance(shown, str):
        return None, ()
    text, links, _ = read_html(shown)
    return text, tuple(
        link for link in links if not re.match(r"https?://(www\.)?youtube\.com/(watch|hashtag|results|channel|@)", link)
    )


def _plain(value: Any, is_escaped: bool = False) -> str | None:
    return tidy(html.unescape(value) if is_escaped else value) if isinstance(value, str) else None


def _author_id(snippet: dict[str, Any]) -> str | None:
    """{"value": "UC…"} of the API; a bare string in some exports."""
    channel = snippet.get("authorChannelId")
    return identifier(mapping(channel).get("value")) or identifier(channel)


def _handle(value: Any) -> str | None:
    """The handle of "@name", of a customUrl ("@name", older: "name") or of an author's address; None for a channel's address."""
    found = (
        re.fullmatch(r"(?:https?://(?:www\.)?youtube\.com/(?=@))?@?([\w.\-·]+)", value.strip())
        if isinstance(value, str)
        else None
    )
    return found[1] if found else None


def _page(channel_id: str | None, channel: Mapping[str, Any], name: str | None) -> dict[str, Any]:
    known = channel if channel.get("id") == channel_id else {}
    return {
        "page_id": channel_id,
        "page_name": text_or_none(known.get("title")) or name,
        "page_followers": count(known.get("subscriberCount")),
    }


def _is_gone(entry: dict[str, Any]) -> bool:
    """A playlist keeps a place for a video that was removed or made private."""
    snippet = mapping(entry.get("snippet"))
    in_playlist = "resourceId" in snippet or "playlistId" in snippet
    return in_playlist and snippet.get("title") in _GONE_TITLES and not snippet.get("videoOwnerChannelId")


def tombstones(item: Item) -> Iterable[Tombstone]:
    """Comments that the channel rejected; videos of which a playlist keeps the empty place."""
    entry = mapping(item.value.get("item"))
    if mapping(entry.get("snippet")).get("moderationStatus") == "rejected":
        return [Tombstone(item.native_id, item.kind, "page", reason="rejected")]
    return [Tombstone(item.native_id, "post", "platform")] if item.kind == "post" and _is_gone(entry) else []
