"""Posts of X's API v1.1 (REST, search, streaming, archives) in the form of v2, so that one reader understands both.

    {id_str, full_text | extended_tweet, user, retweeted_status, …} ──modern()──► {id, text, author, referenced_tweets, …}
Sources: docs.x.com (data dictionary v1.1: post, user, entities, geo objects), twarc's recordings of v1.1.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from extractors.values import identifier, mapping, objects, text_or_none

# What v1.1's users, lists, saved searches and private messages have, and no post has.
_NO_POST = ("screen_name", "member_count", "query", "sender_id", "recipient_id", "recipient")


def is_legacy(post: dict[str, Any]) -> bool:
    """Whether this is a post of v1.1."""
    has_mark = "id_str" in post or "full_text" in post or (isinstance(post.get("user"), dict) and "text" in post)
    return has_mark and "author_id" not in post and not any(name in post for name in _NO_POST)


def legacy_posts(answer: dict[str, Any]) -> list[dict[str, Any]] | None:
    """The posts of an answer of v1.1, None where it is none of its forms.

    A post; collections (`objects`: posts and users by id); search (`statuses`; premium and older: `results`); lookup with map=true
    (`id`: posts by id); users with their last `status`; private messages have none.
    """
    if "for_user" in answer and isinstance(answer.get("message"), dict):  # a site stream's envelope
        return legacy_posts(answer["message"]) or []
    if (kept := _by_id(answer)) is not None:
        return kept
    listed = next((answer[name] for name in ("statuses", "results") if isinstance(answer.get(name), list)), None)
    if listed is not None:
        return objects(listed)
    if isinstance(answer.get("id"), dict):
        return objects(list(answer["id"].values()))
    users = objects(answer.get("users")) if "data" not in answer and "tweets" not in answer else []
    if users or _is_user(answer):
        return [
            {**status, "user": _without(user, "status")} for user in users or [answer] if (status := mapping(user.get("status")))
        ]
    if is_legacy(answer):
        return [answer]
    return [] if any(name in answer for name in _NO_POST) else None


def _by_id(answer: dict[str, Any]) -> list[dict[str, Any]] | None:
    """The posts of {objects: {tweets, users}}, each with its author; None where there is no such index."""
    index = mapping(answer.get("objects")) or mapping(answer.get("globalObjects"))
    if not isinstance(index.get("tweets"), dict):
        return None
    users = mapping(index.get("users"))
    posts = objects(list(index["tweets"].values()))
    return [{**post, "user": users.get(str(_author(post))) or post.get("user")} for post in posts]


def _author(post: dict[str, Any]) -> str | None:
    return own_id(mapping(post.get("user"))) or _first(post, "user_id_str", "user_id")


def _is_user(entry: dict[str, Any]) -> bool:
    return "screen_name" in entry and "text" not in entry


def _without(entry: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in entry.items() if key != name}


def with_originals(post: dict[str, Any], depth: int = 0) -> Iterator[dict[str, Any]]:
    """The post, and the posts that it repeats or quotes: they come along whole."""
    yield post
    for name in ("retweeted_status", "quoted_status"):
        if isinstance(post.get(name), dict) and depth < 3:
            yield from with_originals(post[name], depth + 1)


def modern(post: dict[str, Any]) -> dict[str, Any]:
    """The post with the names of v2; what v1.1 does not tell stays away."""
    extended = mapping(post.get("extended_tweet"))
    return {
        "id": own_id(post),
        "text": extended.get("full_text") or post.get("full_text") or post.get("text"),
        "created_at": post.get("created_at"),
        "author_id": own_id(mapping(post.get("user"))) or _first(post, "from_user_id_str", "from_user_id"),
        "author": _user(mapping(post.get("user"))) if "user" in post else _searched_user(post),
        "lang": next((told for told in (post.get("lang"), post.get("iso_language_code")) if told and told != "und"), None),
        "in_reply_to_user_id": _first(post, "in_reply_to_user_id_str", "in_reply_to_user_id", "to_user_id_str", "to_user_id"),
        "referenced_tweets": _references(post),
        "entities": _entities(post, extended),
        "attachments": {"media": _media(post, extended)},
        "public_metrics": _metrics(post),
        "geo": _geo(post),
        "truncated": bool(post.get("truncated")) and not extended and "full_text" not in post,
    }


def own_id(entry: dict[str, Any]) -> str | None:
    """The id of a v1.1 object: id_str, since JavaScript rounds the number."""
    return _first(entry, "id_str", "id")


def _first(entry: dict[str, Any], *names: str) -> str | None:
    return next((found for name in names if (found := identifier(entry.get(name)))), None)


def _references(post: dict[str, Any]) -> list[dict[str, Any]]:
    named = {
        "replied_to": _first(post, "in_reply_to_status_id_str", "in_reply_to_status_id"),
        "retweeted": own_id(mapping(post.get("retweeted_status"))),
        "quoted": _first(post, "quoted_status_id_str", "quoted_status_id") or own_id(mapping(post.get("quoted_status"))),
    }
    if named["retweeted"]:  # the quote inside a repeated post is that post's
        named["quoted"] = None
    return [{"type": kind, "id": found} for kind, found in named.items() if found]


def _user(user: dict[str, Any]) -> dict[str, Any]:
    metrics = {
        "followers_count": user.get("followers_count"),
        "following_count": user.get("friends_count"),
        "tweet_count": user.get("statuses_count"),
    }
    return {
        "id": own_id(user),
        "username": user.get("screen_name"),
        "public_metrics": metrics,
        **{name: user.get(name) for name in ("name", "created_at", "verified", "location")},
    }


def _searched_user(post: dict[str, Any]) -> dict[str, Any]:
    """The author as the search of before v1.1 names him, beside the post's own fields."""
    return {
        "id": _first(post, "from_user_id_str", "from_user_id"),
        "username": post.get("from_user"),
        "name": post.get("from_user_name"),
    }


def _entities(post: dict[str, Any], extended: dict[str, Any]) -> dict[str, Any]:
    entities = mapping(extended.get("entities")) or mapping(post.get("entities"))
    return {
        "mentions": [{"username": entry.get("screen_name")} for entry in objects(entities.get("user_mentions"))],
        "hashtags": [{"tag": entry.get("text")} for entry in objects(entities.get("hashtags"))],
        "urls": objects(entities.get("urls")),
    }


def _media(post: dict[str, Any], extended: dict[str, Any]) -> list[dict[str, Any]]:
    for holder, name in (
        (extended, "extended_entities"),
        (post, "extended_entities"),
        (extended, "entities"),
        (post, "entities"),
    ):
        if found := objects(mapping(holder.get(name)).get("media")):
            return found
    return []


def _metrics(post: dict[str, Any]) -> dict[str, Any]:
    names = {"like_count": "favorite_count"} | {name: name for name in ("retweet_count", "reply_count", "quote_count")}
    return {new: post.get(old) for new, old in names.items()}


def _geo(post: dict[str, Any]) -> dict[str, Any]:
    place = mapping(post.get("place"))
    point = mapping(post.get("coordinates"))  # GeoJSON: longitude first; the older `geo` has latitude first
    older = mapping(post.get("geo")).get("coordinates")
    if not point and isinstance(older, list) and len(older) == 2:
        point = {"type": "Point", "coordinates": older[::-1]}
    known = {name: text_or_none(place.get(name)) for name in ("full_name", "name", "country_code")}
    return {**known, "coordinates": point}
