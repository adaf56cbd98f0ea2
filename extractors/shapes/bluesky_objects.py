"""Bluesky's views and records as mentions: posts of every answer that holds some, what they quote and answer, reposts, Jetstream's lines.

    {posts} | {feed} | {thread} | {notifications} | {records} | a commit | a single view
         ──items──► {item, repost?} | {gone} ──to_mention──► Mention (post | reply)
Sources: the lexicons app.bsky.feed.*, app.bsky.richtext.facet, com.atproto.*; recorded answers of the AppView.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from extractors.base import Engagement, Item, Mention, Tombstone, iso
from extractors.jsons import dump
from extractors.text import handles, hashtags, tidy, unique, urls
from extractors.times import from_epoch, from_iso
from extractors.values import count, identifier, mapping, objects, text_or_none

_POST = "app.bsky.feed.post"
_OTHERS = ("likes", "repostedBy", "creator", "subject")  # what an answer or a view has that is no post's, whatever its uri
_DEEPEST = 10


def below(view: dict[str, Any], level: int) -> Iterator[tuple[dict[str, Any], int]]:
    """(threadViewPost, level) of a tree, without recursion: threads may be deep."""
    waiting = [(view, level)]
    while waiting:
        found, level = waiting.pop()
        yield found, level
        waiting += [(reply, level + 1) for reply in objects(found.get("replies"))]


def items(value: Any, url: str | None, site: str) -> Iterator[Item]:
    """Posts of {posts}, {feed}, {thread}, {notifications}, {records}, repository records, Jetstream lines, or a single view."""
    listed = objects(value) if isinstance(value, list) else [mapping(value)]
    found = [item for entry in listed for view in _views(entry) for item in _with_quoted(view, site)]
    whole: dict[tuple[str, str], Item] = {}
    for item in found:  # a post may stand in a feed, above an answer and inside a quote: once, in its fullest form
        known = whole.get(_version(item))
        if known is None or "record" not in mapping(known.value.get("item")):
            whole[_version(item)] = item
    for item in found:
        if not item.native_id:
            yield item
        elif (best := whole.pop(_version(item), None)) is not None:
            yield best


def _version(item: Item) -> tuple[str, str]:
    """What makes two views the same: the uri and the content's hash; a deletion is told apart from what was there."""
    return item.native_id, "gone" if "gone" in item.value else str(mapping(item.value.get("item")).get("cid"))


def _views(entry: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Envelopes of everything that an answer holds, in the order in which it came."""
    if isinstance(entry.get("feed"), list):
        for part in objects(entry["feed"]):
            yield from _feed_views(part)
    elif isinstance(entry.get("thread"), dict | list):
        yield from _thread_views(entry["thread"])
    elif any(isinstance(entry.get(name), list) for name in ("posts", "notifications", "records")):
        listed = [part for name in ("posts", "notifications", "records") for part in objects(entry.get(name))]
        yield from ({"item": part} for part in listed if "posts" in entry or _record(part).get("$type") == _POST)
    elif entry.get("kind") == "commit":
        yield from _commit_views(entry)
    elif "post" in entry and ("replies" in entry or "parent" in entry):
        yield from _thread_views(entry)
    elif "post" in entry:
        yield from _feed_views(entry)
    elif isinstance(entry.get("bookmarks"), list) or "record" in mapping(entry.get("item")):
        bookmarks = objects(entry.get("bookmarks")) or [entry]
        yield from ({"item": part["item"]} for part in bookmarks if "record" in mapping(part.get("item")))
    elif entry.get("notFound") is True:
        yield {"gone": entry}
    elif "uri" in entry and not entry.get("blocked") and _is_post(entry):
        yield {"item": entry}


def _is_post(entry: dict[str, Any]) -> bool:
    """Not a like, a list, a feed's or a gate's record, nor an answer that names the post whose likes it tells."""
    return _record(entry).get("$type") in (None, _POST) and not any(name in entry for name in _OTHERS)


def _feed_views(entry: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """feedViewPost: the post, what it answers, and (reasonRepost with a uri) the repost as an item of its own."""
    post, reason, reply = mapping(entry.get("post")), mapping(entry.get("reason")), mapping(entry.get("reply"))
    if reason.get("by") and reason.get("uri"):
        yield {"item": post, "repost": reason}
    yield {"item": post}
    for name in ("root", "parent"):
        above = mapping(reply.get(name))
        if above.get("notFound") is True:
            yield {"gone": above}
        elif "record" in above and (name == "root" or above.get("uri") != mapping(reply.get("root")).get("uri")):
            yield {"item": above}


def _thread_views(thread: Any) -> Iterator[dict[str, Any]]:
    """getPostThread's tree with its ancestors, and getPostThreadV2's list of {uri, depth, value}."""
    if isinstance(thread, list):
        thread = {"replies": [{"uri": part.get("uri"), **mapping(part.get("value"))} for part in objects(thread)]}
    above = mapping(mapping(thread).get("parent"))
    while above:
        yield from _node(above)
        above = mapping(above.get("parent"))
    for view, _ in below(mapping(thread), 0):
        yield from _node(view)


def _node(view: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if "post" in view:
        yield {"item": mapping(view["post"])}
    elif view.get("notFound") is True or str(view.get("$type", "")).endswith("threadItemNotFound"):
        yield {"gone": {"uri": view.get("uri")}}


def _commit_views(line: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Jetstream: {did, time_us, kind: commit, commit {operation, collection, rkey, record}}."""
    commit = mapping(line.get("commit"))
    if commit.get("collection") != _POST:
        return
    uri, seen = f"at://{line.get('did')}/{_POST}/{commit.get('rkey')}", from_epoch((count(line.get("time_us")) or 0) / 1e6)
    if commit.get("operation") == "delete":
        yield {"gone": {"uri": uri}}
        return
    author = {"did": line.get("did")}
    yield {
        "item": {
            "uri": uri,
            "cid": commit.get("cid"),
            "author": author,
            "record": commit.get("record"),
            "indexedAt": seen and iso(seen),
        }
    }


def _with_quoted(envelope: dict[str, Any], site: str) -> Iterator[Item]:
    """The item, and the post that it quotes where that comes along: a mention of its own."""
    yield make_item(envelope, site)
    if "repost" in envelope:
        return
    waiting, depth = [mapping(mapping(envelope.get("item")).get("embed"))], 0
    while waiting and depth < _DEEPEST:
        quoted, depth = _quoted(waiting.pop(0)), depth + 1
        if quoted.get("notFound") is True:
            yield make_item({"gone": {"uri": quoted.get("uri")}}, site)
        elif mapping(quoted.get("value")).get("$type") == _POST:
            yield make_item({"item": quoted}, site)
            waiting += objects(quoted.get("embeds"))  # what the quoted one quotes


def _quoted(embed: dict[str, Any]) -> dict[str, Any]:
    """What an embed's view quotes; recordWithMedia holds the record one level down."""
    record = mapping(embed.get("record"))
    return mapping(record.get("record")) if "record" in record and "uri" not in record else record


def make_item(envelope: dict[str, Any], site: str) -> Item:
    """The Item of {item}, {item, repost} or {gone}; the native id is the at:// uri."""
    post, repost = mapping(envelope.get("item")), mapping(envelope.get("repost"))
    uri = identifier((repost or mapping(envelope.get("gone")) or post).get("uri")) or ""
    kind = "reply" if mapping(_record(post).get("reply")) and not repost else "post"
    return Item(kind, uri, site, dump(envelope), envelope)


def _record(post: dict[str, Any]) -> dict[str, Any]:
    """The post's record: `record` in a postView, `value` in a quoted view and in repository answers."""
    return mapping(post.get("record")) or mapping(post.get("value"))


def moment_of(post: dict[str, Any]) -> datetime | None:
    """createdAt is the client's word: believed unless it lies after the moment at which the network saw the post."""
    claimed, seen = from_iso(_record(post).get("createdAt")), from_iso(post.get("indexedAt"))
    return seen if claimed is None or (seen is not None and claimed > seen) else claimed


def to_mention(item: Item, fetched_at: datetime | None) -> Mention:
    """One post, reply or repost as a Mention."""
    if "gone" in item.value:
        return Mention(platform="bluesky", site=item.site, native_id=item.native_id, kind=item.kind, deleted=True)
    post, repost = mapping(item.value.get("item")), mapping(item.value.get("repost"))
    record = _record(post)
    author = _author(mapping(repost.get("by")) or mapping(post.get("author")), item.native_id)
    created = from_iso(repost.get("indexedAt")) if repost else moment_of(post)
    raw = repost.get("indexedAt") if repost else record.get("createdAt") or post.get("indexedAt")
    text = record.get("text")
    return Mention(
        platform="bluesky",
        site=item.site,
        native_id=item.native_id,
        kind=item.kind,
        url=None if repost else _url(item.native_id, author["author_handle"]),
        text=tidy(text) if isinstance(text, str) else None,
        **author,
        created_at=created,
        created_at_raw=text_or_none(raw),
        **({"repost_of_id": identifier(post.get("uri"))} if repost else _threaded(item, record)),
        quote_of_id=None if repost else _quote_id(post, record),
        language_hint=next(iter(_strings(record.get("langs"))), None),
        engagement=Engagement() if repost else _engagement(post),
        **_named(record, text if isinstance(text, str) else ""),
        media_count=_media(mapping(record.get("embed")) or mapping(post.get("embed"))),
    )


def _strings(value: Any) -> list[str]:
    return [part for part in value if isinstance(part, str) and part] if isinstance(value, list) else []


def _did(uri: Any) -> str | None:
    found = re.match(r"at://(did:[^/\s]+)", uri) if isinstance(uri, str) else None
    return found[1] if found else None


def _author(person: dict[str, Any], uri: str) -> dict[str, Any]:
    handle = text_or_none(person.get("handle"))
    checked = mapping(person.get("verification"))
    states = [checked.get("verifiedStatus"), checked.get("trustedVerifierStatus")]
    return {
        "author_id": identifier(person.get("did")) or _did(uri),
        "author_handle": None if handle == "handle.invalid" else handle,
        "author_name": text_or_none(person.get("displayName")),
        "author_followers": count(person.get("followersCount")),
        "author_following": count(person.get("followsCount")),
        "author_posts": count(person.get("postsCount")),
        "author_created_at": from_iso(person.get("createdAt")),
        "author_verified": "valid" in states if checked else None,
    }


def _url(uri: str, handle: str | None) -> str | None:
    found = re.fullmatch(rf"at://([^/\s]+)/{re.escape(_POST)}/([^/\s]+)", uri)
    return f"https://bsky.app/profile/{handle or found[1]}/post/{found[2]}" if found else None


def _threaded(item: Item, record: dict[str, Any]) -> dict[str, Any]:
    """parent and root are named by uri, and a uri names its author."""
    reply = mapping(record.get("reply"))
    parent = identifier(mapping(reply.get("parent")).get("uri"))
    root = identifier(mapping(reply.get("root")).get("uri"))
    return {
        "parent_id": parent,
        "conversation_id": root or (parent if item.kind == "reply" else item.native_id),
        "in_reply_to_author_id": _did(parent),
    }


def _quote_id(post: dict[str, Any], record: dict[str, Any]) -> str | None:
    """The quoted post; feeds, lists and starter packs are embedded the same way and are no quotes."""
    embed = mapping(record.get("embed"))
    named = mapping(embed.get("record"))
    for uri in (named.get("uri"), mapping(named.get("record")).get("uri"), _quoted(mapping(post.get("embed"))).get("uri")):
        if isinstance(uri, str) and f"/{_POST}/" in uri:
            return uri
    return None


def _engagement(post: dict[str, Any]) -> Engagement:
    return Engagement(
        likes=count(post.get("likeCount")),
        shares=count(post.get("repostCount")),
        comments=count(post.get("replyCount")),
        quotes=count(post.get("quoteCount")),
    )


def _named(record: dict[str, Any], text: str) -> dict[str, Any]:
    """Mentions, tags and links by facets, whose offsets count UTF-8 bytes; by the text where the record has none at all."""
    people, tags, links = [], _strings(record.get("tags")), []
    for shown, feature in _features(record, text):
        kind = str(feature.get("$type", ""))
        if kind.endswith("#mention"):
            people.append(shown.strip().lstrip("@"))
        elif kind.endswith("#tag"):
            tags.insert(len(tags), str(feature.get("tag") or shown.strip().lstrip("#")))
        elif kind.endswith("#link"):
            links.append(feature.get("uri"))
    if not record.get("facets") and not record.get("entities"):
        people, links = list(handles(text)), list(urls(text))
        tags += [tag for tag in hashtags(text) if tag not in tags]
    external = _external(mapping(record.get("embed")))
    return {"mentions": unique(people), "hashtags": unique(tags), "links": unique([*links, external])}


def _features(record: dict[str, Any], text: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """(the words that it stands on, feature) of every facet, and of the deprecated entities (offsets in UTF-16 units)."""
    encoded, wide = text.encode("utf-8", "surrogatepass"), text.encode("utf-16-le", "surrogatepass")
    for facet in objects(record.get("facets")):
        index = mapping(facet.get("index"))
        start, end = count(index.get("byteStart")), count(index.get("byteEnd"))
        shown = (
            encoded[start:end].decode("utf-8", "ignore") if start is not None and end is not None and 0 <= start <= end else ""
        )
        yield from ((shown, feature) for feature in objects(facet.get("features")))
    for entity in objects(record.get("entities")):
        index = mapping(entity.get("index"))
        start, end = count(index.get("start")) or 0, count(index.get("end")) or 0
        shown = wide[2 * start : 2 * end].decode("utf-16-le", "ignore") if 0 <= start <= end else ""
        yield shown, {"$type": f"#{entity.get('type')}", "uri": entity.get("value")}


def _external(embed: dict[str, Any]) -> Any:
    return mapping(embed.get("external") or mapping(embed.get("media")).get("external")).get("uri")


def _media(embed: dict[str, Any]) -> int:
    """Images and videos of an embed, its media part included."""
    media = mapping(embed.get("media"))
    pictures = sum(len(objects(part.get(name))) for part in (embed, media) for name in ("images", "items"))
    videos = sum(1 for part in (embed, media) if "embed.video" in str(part.get("$type", "")))
    return pictures + videos


def tombstones(item: Item) -> Iterable[Tombstone]:
    """notFound in a thread or a quote, and deletions of the stream: who removed it is not told."""
    return [Tombstone(item.native_id, None, "platform")] if "gone" in item.value and item.native_id else []
