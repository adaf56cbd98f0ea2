"""X API v2: recent and full-archive search.

    search/all|recent ──► data[] + includes{users, tweets, media, places} ──► one envelope a tweet: {item, includes} ──► Mention
Sources: docs.x.com/x-api/posts/search, recorded answers (twarc, tweepy cassettes), PLATFORMS contract notes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

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
    iso,
)
from extractors.decoding import decode_json
from extractors.limits import wait_seconds
from extractors.slices import Answer, Slice, walk
from extractors.text import plain, unique
from extractors.times import from_iso
from extractors.values import coordinates, count, flag, identifier, mapping, objects, text_or_none

CONTRACT = Contract(
    platform="x",
    base_url="https://api.x.com",
    endpoints=("2/tweets/search/all", "2/tweets/search/recent"),
    auth="OAuth 2.0 app-only bearer token",
    credential_env="RENOWN_X_TOKEN",
    cursor="token",
    is_sorted=True,
    page_limit=500,
    cap=None,
    query_limit=1024,
    min_interval={"2/tweets/search/all": 1.0},
    errors=(
        ErrorRule("429", "wait_until", "too many requests", "wait for x-rate-limit-reset and run again"),
        ErrorRule("88", "wait_until", "rate limit exceeded", "wait for x-rate-limit-reset and run again"),
        ErrorRule(
            "UsageCapExceeded", "stop", "usage cap of the product exceeded", "wait for the next billing cycle or raise the cap"
        ),
        ErrorRule("401", "fatal", "unauthorized", "set RENOWN_X_TOKEN to a valid app-only bearer token"),
        ErrorRule("32", "fatal", "could not authenticate", "set RENOWN_X_TOKEN to a valid app-only bearer token"),
        ErrorRule("89", "fatal", "invalid or expired token", "set RENOWN_X_TOKEN to a valid app-only bearer token"),
        ErrorRule(
            "403", "fatal", "forbidden", "enrol the app in a product that allows this endpoint, or set options.search: recent"
        ),
        ErrorRule("453", "fatal", "access level too low", "raise the app's access level, or set options.search: recent"),
        ErrorRule("400", "fatal", "invalid request", "correct the source's query or page_size"),
        ErrorRule("404", "skip", "not found"),
        ErrorRule("34", "skip", "not found"),
        ErrorRule("130", "retry", "over capacity"),
        ErrorRule("131", "retry", "internal error"),
        ErrorRule("500", "retry", "internal error"),
        ErrorRule("502", "retry", "bad gateway"),
        ErrorRule("503", "retry", "service unavailable"),
        ErrorRule("504", "retry", "gateway timeout"),
    ),
    time_formats=("YYYY-MM-DDTHH:mm:ss.sssZ",),
    deletion="compliance jobs; errors[] of a search name referenced posts that are gone",
    edits="a new id, chained by edit_history_tweet_ids",
    history_limit="recent: 7 days; all: since 2006-03",
    terms="X developer agreement: honour deletions; no use against individuals",
    not_offered=("title", "page_id", "page_name", "page_followers", "rating"),
    kinds=("post", "reply"),
)

FIELDS = {
    "tweet.fields": "attachments,author_id,conversation_id,created_at,edit_controls,edit_history_tweet_ids,entities,geo,id,"
    "in_reply_to_user_id,lang,note_tweet,possibly_sensitive,public_metrics,referenced_tweets,reply_settings,source,text,withheld",
    "user.fields": "created_at,description,id,location,name,protected,public_metrics,username,verified",
    "place.fields": "contained_within,country,country_code,full_name,geo,id,name,place_type",
    "media.fields": "alt_text,media_key,type,url",
    "expansions": "attachments.media_keys,author_id,edit_history_tweet_ids,entities.mentions.username,geo.place_id,"
    "in_reply_to_user_id,referenced_tweets.id,referenced_tweets.id.author_id",
}
SAFETY = timedelta(seconds=10)  # end_time must lie at least this long before the request
decode = decode_json


def pages(reading: Reading) -> Iterator[Page]:
    """Search pages, newest first; one stream a query (a long expression is split into several)."""
    reading = replace(reading, end=reading.end - SAFETY)
    archive = reading.option("search", "all") == "all"
    endpoint = f"2/tweets/search/{'all' if archive else 'recent'}"
    size = min(reading.source.page_size or 100, 500 if archive else 100)
    tree = query.parse(reading.source.query, reading.settings, "x")
    for text in query.compile_x(tree, int(reading.option("query_limit", 1024 if archive else 512))):
        stream = f"search:{sha256(text.encode()).hexdigest()[:12]}"
        yield from walk(reading, stream, lambda piece, text=text: _fetch(reading, endpoint, text, size, piece))  # type: ignore[misc]


def _fetch(reading: Reading, endpoint: str, text: str, size: int, piece: Slice) -> Answer:
    params: dict[str, Any] = {
        "query": text,
        "max_results": max(10, size),
        "start_time": _second(piece.start),
        "end_time": _second(piece.end),
        **FIELDS,
    }
    headers = {"Authorization": f"Bearer {reading.http.token}"} if reading.http.token else {}
    url = f"{reading.base_url}/{endpoint}"
    try:
        value = reading.http.get_json(
            f"{url}?{urlencode(params | ({'next_token': piece.position} if piece.position else {}))}",
            headers=headers,
            endpoint=endpoint,
        )
    except PlatformError as error:
        if error.code != "400" or not piece.position:
            raise
        value = reading.http.get_json(f"{url}?{urlencode(params)}", headers=headers, endpoint=endpoint)  # the token expired
    return Answer(
        list(items(value, None, reading.source.site)), text_or_none(mapping(mapping(value).get("meta")).get("next_token"))
    )


def _second(epoch: int) -> str:
    return iso(datetime.fromtimestamp(epoch, UTC))


def error_of(value: Any, status: int, headers: Mapping[str, str]) -> PlatformError | None:
    """X's own forms: problem objects, legacy errors[{code}], two kinds of 429. errors[] beside data or meta are partial: no error."""
    answer = mapping(value)
    if answer.get("title") == "UsageCapExceeded" or "usage-cap" in str(answer.get("type", "")):
        return contract_error(CONTRACT, "UsageCapExceeded", str(answer.get("detail", "")))
    wait = wait_seconds(headers) if status != 200 else None
    legacy = [error for error in objects(answer.get("errors")) if "code" in error]
    if legacy and not _has_content(answer):
        return contract_error(CONTRACT, legacy[0]["code"], str(legacy[0].get("message", "")), _default(status), wait_seconds=wait)
    if not _has_content(answer) and ("status" in answer or ("title" in answer and "type" in answer)) and "id" not in answer:
        code = answer.get("status") or status
        return contract_error(
            CONTRACT,
            code,
            f"{answer.get('title', '')} {answer.get('detail', '')}",
            _default(int(count(code) or 0)),
            wait_seconds=wait,
        )
    if status >= 400:
        return contract_error(
            CONTRACT, status, str(answer.get("detail") or answer.get("title") or ""), _default(status), wait_seconds=wait
        )
    return None


def _default(status: int) -> Any:
    return "retry" if status >= 500 else "fatal"


def _has_content(answer: dict[str, Any]) -> bool:
    return any(name in answer for name in ("data", "meta", "includes"))


def items(value: Any, url: str | None, site: str) -> Iterator[Item]:
    """One item a tweet of data[] and of includes.tweets, each joined with its users, media, place; compliance lines; gone references."""
    for answer in objects(value) if isinstance(value, list) else [mapping(value)]:
        if "action" in answer and "id" in answer and "text" not in answer:
            yield make_item({"compliance": answer}, site)
            continue
        data = answer.get("data", answer if "text" in answer and "id" in answer else None)
        included = mapping(answer.get("includes"))
        index = {
            name: {element.get(key): element for element in objects(included.get(name))}
            for name, key in (("users", "id"), ("tweets", "id"), ("media", "media_key"), ("places", "id"))
        }
        seen: set[Any] = set()
        listed = objects(data if isinstance(data, list) else [data])
        flattened = [ref for tweet in listed for ref in objects(tweet.get("referenced_tweets")) if "text" in ref]
        for tweet in [*listed, *objects(included.get("tweets")), *flattened]:
            if tweet.get("id") not in seen or tweet.get("id") is None:
                seen.add(tweet.get("id"))
                yield make_item({"item": tweet, "includes": _joined(tweet, index)}, site)
        for error in objects(answer.get("errors")):
            if (
                error.get("resource_type") == "tweet"
                and str(error.get("title", "")).startswith("Not Found")
                and error.get("resource_id")
            ):
                yield make_item({"gone": error}, site)


def _joined(tweet: dict[str, Any], index: dict[str, dict[Any, dict[str, Any]]]) -> dict[str, Any]:
    keys = mapping(tweet.get("attachments")).get("media_keys")
    wanted = {
        "users": [tweet.get("author_id")],
        "media": keys if isinstance(keys, list) else [],
        "places": [mapping(tweet.get("geo")).get("place_id")],
    }
    found = {
        name: [index[name][key] for key in ids if isinstance(key, str) and key in index[name]] for name, ids in wanted.items()
    }
    return {name: elements for name, elements in found.items() if elements}


def make_item(envelope: dict[str, Any], site: str) -> Item:
    """The Item of an envelope {item, includes}, {compliance} or {gone}."""
    tweet = mapping(envelope.get("item"))
    gone = mapping(envelope.get("compliance")) or mapping(envelope.get("gone"))
    native_id = identifier(tweet.get("id") or tweet.get("id_str") or gone.get("id") or gone.get("resource_id")) or ""
    return Item("reply" if _reference(tweet, "replied_to") else "post", native_id, site, dump(envelope), envelope)


def _reference(tweet: dict[str, Any], kind: str) -> str | None:
    return next((identifier(ref.get("id")) for ref in objects(tweet.get("referenced_tweets")) if ref.get("type") == kind), None)


def to_mention(item: Item, fetched_at: datetime | None) -> Mention:
    """One tweet as a Mention; deleted=True for compliance lines and references that are gone."""
    if "item" not in item.value:
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
    tweet, includes = mapping(item.value["item"]), mapping(item.value.get("includes"))
    users = [user for user in objects(includes.get("users")) if user.get("id") == tweet.get("author_id")]
    users = users or objects([tweet.get("author")])  # as `twarc2 flatten` writes it
    handle = text_or_none(users[0].get("username")) if users else None
    created = from_iso(tweet.get("created_at"))
    metrics = mapping(tweet.get("public_metrics"))
    return Mention(
        platform="x",
        site=item.site,
        native_id=item.native_id,
        kind=item.kind,
        url=f"https://x.com/{handle or 'i/web'}/status/{item.native_id}",
        text=_text(tweet),
        author_id=identifier(tweet.get("author_id")),
        **_author(users[0] if users else {}),
        created_at=created,
        created_at_raw=text_or_none(tweet.get("created_at")),
        edited_at=created if _earlier_ids(tweet) else None,
        parent_id=_reference(tweet, "replied_to"),
        conversation_id=identifier(tweet.get("conversation_id")),
        in_reply_to_author_id=identifier(tweet.get("in_reply_to_user_id")),
        repost_of_id=_reference(tweet, "retweeted"),
        quote_of_id=_reference(tweet, "quoted"),
        language_hint=text_or_none(tweet.get("lang")),
        **_place(tweet, includes),
        **_entities(tweet),
        engagement=Engagement(
            count(metrics.get("like_count")),
            count(metrics.get("retweet_count")),
            count(metrics.get("reply_count")),
            count(metrics.get("impression_count")),
            count(metrics.get("quote_count")),
        ),
        truncated=bool(_reference(tweet, "retweeted")) and (_text(tweet) or "").endswith("…"),
    )


def _text(tweet: dict[str, Any]) -> str | None:
    """The long form (note_tweet, over 280 characters) where there is one."""
    text = mapping(tweet.get("note_tweet")).get("text") or tweet.get("text")
    return plain(text) if isinstance(text, str) else None


def _author(user: dict[str, Any]) -> dict[str, Any]:
    metrics = mapping(user.get("public_metrics"))
    return {
        "author_handle": text_or_none(user.get("username")),
        "author_name": text_or_none(user.get("name")),
        "author_followers": count(metrics.get("followers_count")),
        "author_following": count(metrics.get("following_count")),
        "author_posts": count(metrics.get("tweet_count")),
        "author_created_at": from_iso(user.get("created_at")),
        "author_verified": flag(user.get("verified")),
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
    history, own = _history(tweet), identifier(tweet.get("id"))
    return history[: history.index(own)] if own in history else []


def tombstones(item: Item) -> Iterable[Tombstone]:
    """Ids that an edit superseded; posts that compliance or errors[] name as gone (of unknown kind)."""
    if "item" in item.value:
        tweet = mapping(item.value["item"])
        own, history = item.native_id, _history(tweet)
        older = _earlier_ids(tweet) + ([own] if own in history and history[-1] != own else [])
        return [Tombstone(native_id, item.kind, "superseded") for native_id in older]
    line = mapping(item.value.get("compliance"))
    if not line:
        return [Tombstone(item.native_id, None, "platform")]
    gone = line.get("action", "delete") == "delete" and line.get("reason") != "geo"
    return [Tombstone(item.native_id, None, "compliance", from_iso(line.get("redacted_at")))] if gone else []
