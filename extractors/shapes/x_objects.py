"""X's answers into items and mentions: API v2 (pages, single posts, streams, `twarc2 flatten`), v1.1, compliance lines.

    data[] + includes{users, tweets, media, places} ──► {item, includes} ──► Mention
    errors[] about posts, compliance results, delete events ──► {gone} or {compliance} ──► Tombstone
Sources: docs.x.com/x-api (data dictionary, expansions, problems, compliance), twarc's and tweepy's recordings.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from extractors.base import Engagement, Item, Mention, Tombstone, iso
from extractors.jsons import dump
from extractors.shapes.x_legacy import is_legacy, legacy_posts, modern, own_id, with_originals
from extractors.text import plain, unique
from extractors.times import from_asctime, from_epoch, from_iso, from_rfc822
from extractors.values import coordinates, count, flag, identifier, mapping, objects, text_or_none

_PRIVATE = ("event_type", "dm_conversation_id")
_OTHER = (
    "username", "tweet_count", "upload_url", "download_url", "name", "state", "value", "title", "following", "liked", "retweeted",
    "bookmarked", "hidden", "deleted", "pinned", "muting", "blocking", "is_member", "project_usage", "dm_event_id",
)  # fmt: skip
_INDEXES = (("users", "id"), ("tweets", "id"), ("media", "media_key"), ("places", "id"), ("polls", "id"))


def items(value: Any, url: str | None, site: str) -> Iterator[Item]:
    """One item a post of data[] and of includes.tweets, each joined with its users, media, place; compliance lines; gone references."""
    seen: set[str] = set()
    for answer in objects(value) if isinstance(value, list) else [mapping(value)]:
        posts = legacy_posts(answer)
        if line := _compliance_line(answer):
            yield make_item({"compliance": line}, site)
        elif posts is not None:
            yield from _legacy_items(posts, site, seen)
        else:
            yield from _answer_items(answer, site, seen)


def _compliance_line(answer: dict[str, Any]) -> dict[str, Any]:
    """A result line of a compliance job, or a delete event of a stream (v1.1 `delete`, v2 data.delete) in the same form."""
    if "action" in answer and "id" in answer and "text" not in answer:
        return answer
    event = mapping(answer.get("delete")) or mapping(mapping(answer.get("data")).get("delete"))
    post = mapping(event.get("status")) or mapping(event.get("tweet"))
    if not own_id(post):
        return {}
    moment = from_epoch(event.get("timestamp_ms"))
    return {"id": own_id(post), "action": "delete", "redacted_at": iso(moment) if moment else event.get("event_at")}


def _legacy_items(posts: list[dict[str, Any]], site: str, seen: set[str]) -> Iterator[Item]:
    for post in posts:
        for entry in with_originals(post):
            item = make_item({"item": entry}, site)
            if item.native_id not in seen or not item.native_id:
                seen.add(item.native_id)
                yield item


def _answer_items(answer: dict[str, Any], site: str, seen: set[str]) -> Iterator[Item]:
    data = answer.get("data", answer if "text" in answer and "id" in answer else None)
    included = mapping(answer.get("includes")) or (answer if "users" in answer and "data" not in answer else {})
    index = {name: {identifier(element.get(key)): element for element in objects(included.get(name))} for name, key in _INDEXES}
    listed = [entry for entry in objects(data if isinstance(data, list) else [data]) if not _is_other(entry)]
    flattened = [ref for tweet in listed for ref in objects(tweet.get("referenced_tweets")) if "text" in ref]
    for tweet in [*listed, *objects(included.get("tweets")), *flattened]:
        item = make_item({"item": tweet, "includes": _joined(tweet, index)}, site)
        if item.native_id not in seen or not item.native_id:
            seen.add(item.native_id)
            yield item
    for error in objects(answer.get("errors")):
        if gone_reason(error) and identifier(error.get("resource_id")) not in seen:
            yield make_item({"gone": error}, site)


def _is_other(entry: dict[str, Any]) -> bool:
    """Whether an element of data is no post at all: a user, list, space, rule, job, count, what came of a click; or a private message."""
    return any(name in entry for name in _PRIVATE) or ("text" not in entry and any(name in entry for name in _OTHER))


def gone_reason(error: dict[str, Any]) -> str | None:
    """Why a partial error of a 200 says that a post cannot be read any more; None where it says something else.

    docs.x.com/x-api/fundamentals/response-codes-and-errors: resource-not-found, not-authorized-for-resource (a protected account),
    and "Forbidden" with the account's state in the detail.
    """
    if error.get("resource_type") not in ("tweet", "post") or not identifier(error.get("resource_id")):
        return None
    detail, kind, title = (str(error.get(name) or "") for name in ("detail", "type", "title"))
    for word in ("suspended", "deactivated", "protected"):
        if word in detail.lower():
            return word
    if kind.endswith("not-authorized-for-resource") or title.startswith("Authorization"):
        return "protected"
    return "not_found" if kind.endswith("resource-not-found") or title.startswith("Not Found") else None


def _joined(tweet: dict[str, Any], index: dict[str, dict[str | None, dict[str, Any]]]) -> dict[str, Any]:
    attached = mapping(tweet.get("attachments"))
    keys, polls = attached.get("media_keys"), attached.get("poll_ids")
    wanted = {
        "users": [tweet.get("author_id")],
        "media": keys if isinstance(keys, list) else [],
        "places": [mapping(tweet.get("geo")).get("place_id")],
        "polls": polls if isinstance(polls, list) else [],
    }
    found = {
        name: [index[name][key] for key in map(identifier, ids) if key and key in index[name]] for name, ids in wanted.items()
    }
    return {name: elements for name, elements in found.items() if elements}


def make_item(envelope: dict[str, Any], site: str) -> Item:
    """The Item of an envelope {item, includes}, {compliance} or {gone}."""
    post = mapping(envelope.get("item"))
    tweet = modern(post) if is_legacy(post) else post
    gone = mapping(envelope.get("compliance")) or mapping(envelope.get("gone"))
    native_id = identifier(tweet.get("id") or gone.get("id") or gone.get("resource_id")) or ""
    return Item("reply" if _references(tweet).get("replied_to") else "post", native_id, site, dump(envelope), envelope)


def _references(tweet: dict[str, Any]) -> dict[str, str | None]:
    """Kind of reference → id of the first such post."""
    listed = objects(tweet.get("referenced_tweets"))
    return {kind: identifier(ref.get("id")) for ref in reversed(listed) if isinstance(kind := ref.get("type"), str)}


def _moment(value: Any) -> datetime | None:
    return from_iso(value) or from_asctime(value) or from_rfc822(value)


def to_mention(item: Item, fetched_at: datetime | None) -> Mention:
    """One post as a Mention; deleted=True for compliance lines and references that are gone."""
    if "item" not in item.value:
        return _gone_mention(item)
    came, includes = mapping(item.value["item"]), mapping(item.value.get("includes"))
    tweet = modern(came) if is_legacy(came) else came
    author_id = identifier(tweet.get("author_id"))
    users = [user for user in objects(includes.get("users")) if identifier(user.get("id")) == author_id]
    users = users or objects([tweet.get("author")])  # as `twarc2 flatten` and v1.1 have it
    handle = text_or_none(users[0].get("username")) if users else None
    created, text, references = _moment(tweet.get("created_at")), _text(tweet), _references(tweet)
    return Mention(
        platform="x",
        site=item.site,
        native_id=item.native_id,
        kind=item.kind,
        url=f"https://x.com/{handle or 'i/web'}/status/{item.native_id}",
        text=text,
        author_id=author_id,
        **_author(users[0] if users else {}),
        created_at=created,
        created_at_raw=text_or_none(tweet.get("created_at")),
        edited_at=created if _earlier_ids(tweet) else None,
        parent_id=references.get("replied_to"),
        conversation_id=identifier(tweet.get("conversation_id")),
        in_reply_to_author_id=identifier(tweet.get("in_reply_to_user_id")),
        repost_of_id=references.get("retweeted"),
        quote_of_id=references.get("quoted"),
        language_hint=text_or_none(tweet.get("lang")),
        **_place(tweet, includes),
        **_entities(tweet),
        engagement=_engagement(mapping(tweet.get("public_metrics"))),
        truncated=tweet.get("truncated") is True or (bool(references.get("retweeted")) and (text or "").endswith("…")),
    )


def _gone_mention(item: Item) -> Mention:
    line = mapping(item.value.get("compliance"))
    return Mention(
        platform="x",
        site=item.site,
        native_id=item.native_id,
        kind=item.kind,
        deleted=line.get("action", "delete") == "delete",
        created_at=from_iso(line.get("created_at")),
        created_at_raw=text_or_none(line.get("created_at")),
    )


def _engagement(metrics: dict[str, Any]) -> Engagement:
    return Engagement(
        count(metrics.get("like_count")),
        count(metrics.get("retweet_count")),
        count(metrics.get("reply_count")),
        count(metrics.get("impression_count")),
        count(metrics.get("quote_count")),
    )


def _text(tweet: dict[str, Any]) -> str | None:
    """The long form (note_tweet, over 280 characters) where there is one."""
    text = mapping(tweet.get("note_tweet")).get("text") or tweet.get("text")
    return plain(text) if isinstance(text, str) else None


def _author(user: dict[str, Any]) -> dict[str, Any]:
    metrics = mapping(user.get("public_metrics"))
    kind = user.get("verified_type")  # blue, business, government or none: newer than the plain flag
    return {
        "author_handle": text_or_none(user.get("username")),
        "author_name": text_or_none(user.get("name")),
        "author_followers": count(metrics.get("followers_count")),
        "author_following": count(metrics.get("following_count")),
        "author_posts": count(metrics.get("tweet_count")),
        "author_created_at": _moment(user.get("created_at")),
        "author_verified": flag(user.get("verified")) if "verified" in user else kind != "none" if text_or_none(kind) else None,
        "author_location": text_or_none(user.get("location")),
    }


def _place(tweet: dict[str, Any], includes: dict[str, Any]) -> dict[str, Any]:
    geo = mapping(tweet.get("geo"))
    place = next((place for place in objects(includes.get("places")) if place.get("id") == geo.get("place_id")), geo)
    point = mapping(geo.get("coordinates")).get("coordinates")
    latitude, longitude = coordinates(point[1], point[0]) if isinstance(point, list) and len(point) == 2 else (None, None)
    return {
        "country": text_or_none(place.get("country_code")),
        "place_name": text_or_none(place.get("full_name")) or text_or_none(place.get("name")),
        "latitude": latitude,
        "longitude": longitude,
    }


def _entities(tweet: dict[str, Any]) -> dict[str, Any]:
    entities = mapping(mapping(tweet.get("note_tweet")).get("entities")) or mapping(tweet.get("entities"))
    attached = mapping(tweet.get("attachments"))
    keys = attached.get("media_keys") or attached.get("media")
    return {
        "mentions": unique(entry.get("username") for entry in objects(entities.get("mentions"))),
        "hashtags": unique(entry.get("tag") for entry in objects(entities.get("hashtags"))),
        "links": unique(entry.get("expanded_url") or entry.get("url") for entry in objects(entities.get("urls"))),
        "media_count": len(keys) if isinstance(keys, list) else 0,
    }


def _history(tweet: dict[str, Any]) -> list[str]:
    ids = tweet.get("edit_history_tweet_ids")
    return [known for known in map(identifier, ids) if known] if isinstance(ids, list) else []


def _earlier_ids(tweet: dict[str, Any]) -> list[str]:
    history = _history(tweet)
    own = identifier(tweet.get("id")) if len(history) > 1 else None
    return history[: history.index(own)] if own in history else []


def tombstones(item: Item) -> Iterable[Tombstone]:
    """Ids that an edit superseded; posts that compliance or errors[] name as gone (of unknown kind)."""
    if "item" in item.value:
        tweet = mapping(item.value["item"])
        own, history = item.native_id, _history(tweet)
        if len(history) < 2:  # never edited
            return ()
        older = _earlier_ids(tweet) + ([own] if own in history and history[-1] != own else [])
        return [Tombstone(native_id, item.kind, "superseded") for native_id in older]
    line = mapping(item.value.get("compliance"))
    if not line:
        reason = gone_reason(mapping(item.value.get("gone")))
        return [Tombstone(item.native_id, None, "platform", None, reason if reason != "not_found" else None)]
    return compliance_graves(line)


def compliance_graves(line: dict[str, Any], kind: str | None = None) -> list[Tombstone]:
    """What a compliance line says: nothing where only a place is to be forgotten (scrub_geo)."""
    native_id = identifier(line.get("id"))
    if not native_id or line.get("action", "delete") != "delete" or line.get("reason") == "geo":
        return []
    return [Tombstone(native_id, kind, "compliance", from_iso(line.get("redacted_at")), text_or_none(line.get("reason")))]
