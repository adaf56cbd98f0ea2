"""Discourse: /posts.json walked down from the newest, joined with the topics that the answers refer to.

    /posts.json?before=ID ──► latest_posts[] ──┐
    /t/{id}.json (topics with answers)  ──► {item, topic {author}, parent {id, author}} ──► post | reply
    /posts/{id}.json ──► the same again (counts, edits), or what became of it
Source: the software's own routes (posts#latest, posts#show, topics#show), recorded answers. `before` is read as open and as closed bound.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from extractors.base import (
    Basis,
    Contract,
    Engagement,
    ErrorRule,
    Item,
    Key,
    Mention,
    Page,
    PlatformError,
    Reading,
    Tombstone,
    contract_error,
    iso,
)
from extractors.decoding import decode_json
from extractors.http import Ask
from extractors.jsons import dump
from extractors.limits import wait_seconds
from extractors.shapes.discourse_answers import envelope, envelopes, is_event, mentions_of, person, source_of
from extractors.slices import Repeats
from extractors.text import handles, plain, read_html, unique, urls
from extractors.times import from_iso
from extractors.values import count, flag, identifier, mapping, number, objects, text_or_none

CONTRACT = Contract(
    platform="discourse",
    base_url=None,
    endpoints=("posts.json", "t/{id}.json", "t/{id}/posts.json", "posts/{id}.json"),
    auth="none for public forums",
    credential_env=None,
    cursor="walk_down",
    is_sorted=True,
    page_limit=50,
    cap=None,
    errors=(
        ErrorRule("rate_limit", "wait_until", "too many requests", "lower the source's rate"),
        ErrorRule("429", "wait_until", "too many requests", "lower the source's rate"),
        ErrorRule("not_found", "skip", "not found"),
        ErrorRule("404", "skip", "not found"),
        ErrorRule("410", "skip", "gone"),
        ErrorRule("invalid_access", "fatal", "the forum wants a login", "read another forum, or ask its owner"),
        ErrorRule("not_logged_in", "fatal", "the forum wants a login", "read another forum, or ask its owner"),
        ErrorRule("403", "fatal", "forbidden", "ask the forum's owner, or read another forum"),
        ErrorRule("read_only", "retry", "the site is in read-only mode"),
        ErrorRule("500", "retry", "internal error"),
        ErrorRule("502", "retry", "bad gateway"),
        ErrorRule("503", "retry", "service unavailable"),
    ),
    time_formats=("ISO 8601 with milliseconds",),
    deletion="user_deleted, deleted_at; asked for by id it is not found (or gone), or no longer shown to the public (invalid_access)",
    edits="version > 1: updated_at",
    history_limit="none",
    terms="the forum's own terms and robots.txt",
    not_offered=(
        "author_followers",
        "author_following",
        "author_posts",
        "author_created_at",
        "author_location",
        "page_id",
        "page_followers",
        "language_hint",
        "country",
        "rating",
    ),
    kinds=("post", "reply"),
    collects=("topics and all replies to them, of a whole forum",),
    how_to="no credential needed",
)
_LIKE = 2  # post_action_type id
_TOPICS_KEPT = 2000
_LOOKED = 20  # posts of a page of lookup()


def pages(reading: Reading) -> Iterator[Page]:
    """Posts from the newest down to what is known (less the overlap) or to history_start; a walk that died goes on where it was."""
    topics = _Topics(reading)
    cursor = dict(reading.cursors.get("") or {})
    if cursor.get("before"):
        yield from _walk(reading, topics, cursor)
        cursor = {"watermark": cursor["top"], "until": cursor["at"]}
    yield from _walk(reading, topics, {**cursor, "at": iso(reading.end)})


def _walk(reading: Reading, topics: _Topics, state: dict[str, Any]) -> Iterator[Page]:
    """One walk down. `state`: watermark and until (id and time up to which all is known), top, at, before."""
    floor = max(filter(None, [reading.start, _overlapped(reading, state.get("until"))]))
    before: int | None = state.get("before")
    guard, empty = Repeats("discourse"), 0
    while True:
        value = reading.http.get_json(
            f"{reading.base_url}/posts.json" + (f"?{urlencode({'before': before})}" if before else ""), endpoint="posts.json"
        )
        posts = objects(mapping(value).get("latest_posts"))
        ids = [entry.get("id") for entry in posts]
        if len(ids) > 1 and not guard.is_new(ids):  # at the bottom a single post may come for several places
            continue
        lowest = min((n for n in map(count, ids) if n), default=None)
        top = max([n for n in (state.get("top"), *map(count, ids)) if n], default=None)
        newest = max((t for t in (from_iso(entry.get("created_at")) for entry in posts) if t), default=None)
        empty = 0 if lowest and (before is None or lowest < before) else empty + 1
        done = (
            (before is not None and before <= 1)
            or empty > 3
            or (newest is not None and newest < floor)
            or (not posts and before is None)
        )
        before = lowest if not empty else max(1, (before or 1) - (1 if posts or empty == 1 else 50))
        state = {**state, "top": top, "before": before}
        cursor = {"watermark": max(top or 0, state.get("watermark") or 0), "until": state["at"]} if done else state
        yield Page(list(topics.join(posts, reading.source.site)), "", cursor, more=not done)
        if done:
            return


def _overlapped(reading: Reading, until: Any) -> datetime | None:
    known = from_iso(until)
    return known - timedelta(minutes=reading.source.overlap_minutes) if known else None


class _Topics:
    """Who wrote which post of a topic, asked once a topic: parents lie above their answers, so a walk down has not met them."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.known: OrderedDict[str, dict[str, Any]] = OrderedDict()

    def join(self, posts: list[dict[str, Any]], site: str) -> Iterator[Item]:
        """Items with {topic, parent} where they can be told."""
        for post in posts:
            self._note(post)
        for post in posts:
            if is_event(post):
                continue
            wanted = count(post.get("reply_to_post_number")) or 1
            if count(post.get("post_number")) == 1:
                yield make_item({"item": post}, site)
            else:
                yield make_item(envelope(post, self._find(post, wanted), None if wanted == 1 else self._find(post, 1)), site)

    def titled(self, post: dict[str, Any]) -> dict[str, Any]:
        """A topic's first post with title and views of the topic, which posts#show leaves out; any other post as it is."""
        topic_id = identifier(post.get("topic_id"))
        if count(post.get("post_number")) != 1 or not topic_id or post.get("topic_title"):
            return post
        topic = self._topic(topic_id)
        if topic["stream"] is None:
            self._read_topic(topic_id, topic)
        return {**topic["told"], **post}

    def _topic(self, topic_id: str) -> dict[str, Any]:
        topic = self.known.setdefault(topic_id, {"posts": {}, "stream": None, "told": {}})
        self.known.move_to_end(topic_id)
        if len(self.known) > _TOPICS_KEPT:
            self.known.popitem(last=False)
        return topic

    def _note(self, post: dict[str, Any]) -> None:
        topic_id, post_number = identifier(post.get("topic_id")), count(post.get("post_number"))
        if topic_id and post_number:
            self._topic(topic_id)["posts"][post_number] = person(post)

    def _find(self, post: dict[str, Any], wanted: int) -> dict[str, Any] | None:
        topic_id = identifier(post.get("topic_id"))
        if not topic_id:
            return None
        topic = self._topic(topic_id)
        if wanted not in topic["posts"] and topic["stream"] is None:
            self._read_topic(topic_id, topic)
        while wanted not in topic["posts"] and topic["stream"]:
            self._read_more(topic_id, topic)
        found: dict[str, Any] | None = topic["posts"].get(wanted)
        return found

    def _read_topic(self, topic_id: str, topic: dict[str, Any]) -> None:
        answer = self._get(f"t/{topic_id}.json", "t/{id}.json")
        topic["told"] = {f"topic_{name}": answer[name] for name in ("title", "views") if answer.get(name)}
        stream = mapping(answer.get("post_stream"))
        listed = objects(stream.get("posts"))
        for post in listed:
            self._note({"topic_id": topic_id, **post})
        known = {post.get("id") for post in listed}
        ids = stream.get("stream")
        topic["stream"] = [n for n in ids if n not in known] if isinstance(ids, list) else []

    def _read_more(self, topic_id: str, topic: dict[str, Any]) -> None:
        chunk, topic["stream"] = topic["stream"][:20], topic["stream"][20:]
        path = f"t/{topic_id}/posts.json?" + urlencode([("post_ids[]", n) for n in chunk])
        for post in objects(mapping(self._get(path, "t/{id}/posts.json").get("post_stream")).get("posts")):
            self._note({"topic_id": topic_id, **post})

    def _get(self, path: str, endpoint: str) -> dict[str, Any]:
        try:
            return mapping(self.reading.http.get_json(f"{self.reading.base_url}/{path}", endpoint=endpoint))
        except PlatformError as error:
            if error.action != "skip" and error.code not in ("403", "invalid_access"):
                raise
            return {}


def lookup(reading: Reading, keys: Sequence[Key]) -> Iterator[Page]:
    """These posts again, one by one, with their parents and titles. Gone is what the forum itself says it has not, or shows to no visitor.

    Raises PlatformError where it does not tell: a proxy's 404, a forum that wants a login altogether.
    """
    topics, site = _Topics(reading), reading.source.site
    for place in range(0, len(keys), _LOOKED):
        answers = [_single(reading, key) for key in keys[place : place + _LOOKED]]
        posts = [topics.titled(answer) for answer in answers if not isinstance(answer, Tombstone)]
        gone = [answer for answer in answers if isinstance(answer, Tombstone)]
        yield Page(list(topics.join(posts, site)), "lookup", more=place + _LOOKED < len(keys), gone=gone)


def _single(reading: Reading, key: Key) -> dict[str, Any] | Tombstone:
    """The post, or what the forum says in its own form of one that is not to be had."""

    def unless_gone(value: Any, status: int, headers: Mapping[str, str]) -> PlatformError | None:
        return None if _verdict(value, status) else error_of(value, status, headers)

    ask = Ask(f"{reading.base_url}/posts/{key.native_id}.json", endpoint="posts/{id}.json")
    value, answer = reading.http.ask_json(ask, unless_gone)
    if verdict := _verdict(value, answer.status):
        return Tombstone(key.native_id, key.kind, verdict, reason="invalid_access" if verdict == "page" else None)
    post = mapping(value)
    if identifier(post.get("id")) != key.native_id:
        raise PlatformError("retry", "discourse: posts/{id}.json answered without the post", "run again", code="malformed")
    return post


def _verdict(value: Any, status: int) -> Basis | None:
    """Who took a post away: not told with 404 and 410; the forum (page) where it lies in a part that visitors may not enter."""
    answer = mapping(value)
    if "errors" not in answer:
        return None
    if status in (404, 410):
        return "platform"
    return "page" if status == 403 and answer.get("error_type") == "invalid_access" else None


def decode(body: bytes) -> list[Any]:
    """JSON. Raises PlatformError for the plain words with which the limiter before the forum answers, RenownError for anything else."""
    text = body[:400].decode("utf-8", "replace").strip()
    if text.lower().startswith("slow down"):
        found = re.search(r"(\d+) second", text)
        raise contract_error(CONTRACT, "rate_limit", "", "wait_until", wait_seconds=float(found[1]) if found else None)
    return decode_json(body)


def error_of(value: Any, status: int, headers: Mapping[str, str]) -> PlatformError | None:
    """Discourse: {errors: [..], error_type, extras: {wait_seconds}}, with the HTTP status beside it."""
    answer = mapping(value)
    wait = number(mapping(answer.get("extras")).get("wait_seconds")) or (wait_seconds(headers) if status >= 400 else None)
    if "errors" in answer and "post_stream" not in answer and "latest_posts" not in answer:
        code = answer.get("error_type") or (status if status >= 400 else "errors")
        listed = answer["errors"] if isinstance(answer["errors"], list) else [answer["errors"]]
        return contract_error(CONTRACT, code, str(listed[0] if listed else ""), _default(status), wait_seconds=wait)
    if "failed" in answer and "message" in answer:
        return contract_error(
            CONTRACT, status if status >= 400 else "FAILED", str(answer["message"]), _default(status), wait_seconds=wait
        )
    told = value if isinstance(value, list) and value and all(isinstance(part, str) for part in value) else []  # ["BAD CSRF"]
    said = answer.get("error") if not answer.keys() - {"error", "status", "success", "message"} else None
    if told or isinstance(said, str):
        status = max(status, count(answer.get("status")) or 0)
        code = status if status >= 400 else "error"
        return contract_error(CONTRACT, code, str(said or told[0]), _default(status), wait_seconds=wait)
    return contract_error(CONTRACT, status, "", _default(status), wait_seconds=wait) if status >= 400 else None


def _default(status: int) -> Any:
    return "retry" if status >= 500 else "fatal"


def items(value: Any, url: str | None, site: str) -> Iterator[Item]:
    """Posts of {latest_posts}, {post_stream}, {posts} (search), {user_actions} and a single post; topic lists hold no posts."""
    site = site or (urlsplit(url).hostname or "" if url else "")
    for known in envelopes(value):
        yield make_item(known, site)


def make_item(envelope: dict[str, Any], site: str) -> Item:
    """The Item of {item, parent?, first?}."""
    post = mapping(envelope.get("item"))
    return Item(
        "post" if count(post.get("post_number")) == 1 else "reply",
        identifier(post.get("id")) or "",
        site,
        dump(envelope),
        envelope,
    )


def to_mention(item: Item, fetched_at: datetime | None) -> Mention:
    """One post as a Mention; the title belongs to a topic's first post."""
    post, parent = mapping(item.value.get("item")), mapping(item.value.get("parent"))
    source, is_cut = source_of(post)
    text, links, images = read_html(source) if source is not None else ("", (), 0)
    named = mentions_of(post, text)
    topic_id = identifier(post.get("topic_id"))
    title = text_or_none(post.get("topic_title")) or text_or_none(post.get("title"))
    answered = mapping(post.get("reply_to_user")).get("id") or parent.get("user_id")
    return Mention(
        platform="discourse",
        site=item.site,
        native_id=item.native_id,
        kind=item.kind,
        url=_url(post, item.site, topic_id),
        title=plain(title) if title and item.kind == "post" else None,
        text=text,
        author_id=identifier(post.get("user_id")),
        author_handle=text_or_none(post.get("username")),
        author_name=text_or_none(post.get("name")) or text_or_none(post.get("display_username")),
        created_at=from_iso(post.get("created_at")),
        created_at_raw=text_or_none(post.get("created_at")),
        edited_at=_edited(post),
        deleted=_deleted_by(post) is not None,
        parent_id=identifier(parent.get("id")),
        conversation_id=topic_id,
        in_reply_to_author_id=identifier(answered) if item.kind == "reply" else None,
        engagement=Engagement(
            likes=_likes(post),
            comments=count(post.get("reply_count")),
            views=count(post.get("topic_views")) if item.kind == "post" else None,
            quotes=count(post.get("quote_count")),
        ),
        mentions=handles(text) if named is None else named,
        hashtags=(),
        links=unique([*links, *urls(text)]),
        media_count=images,
        truncated=is_cut,
    )


def _url(post: dict[str, Any], site: str, topic_id: str | None) -> str | None:
    if not site or not topic_id:
        return None
    told = text_or_none(post.get("post_url"))
    if told and told.startswith("/"):  # a forum in a folder of its host says so here
        return f"https://{site}{told}"
    return f"https://{site}/t/{post.get('topic_slug') or '-'}/{topic_id}/{count(post.get('post_number')) or 1}"


def _edited(post: dict[str, Any]) -> datetime | None:
    return from_iso(post.get("updated_at")) if (count(post.get("version")) or 1) > 1 else None


def _likes(post: dict[str, Any]) -> int | None:
    if "like_count" in post:
        return count(post.get("like_count"))
    return next(
        (count(action.get("count")) for action in objects(post.get("actions_summary")) if action.get("id") == _LIKE), None
    )


def _deleted_by(post: dict[str, Any]) -> str | None:
    """'author' or 'page' (the forum's staff), None for a post that stands."""
    if flag(post.get("user_deleted")):
        return "author"
    return "page" if post.get("deleted_at") or post.get("action_deleted") else None


def tombstones(item: Item) -> Iterable[Tombstone]:
    """Posts that their author (user_deleted) or the forum (deleted_at) took back."""
    post = mapping(item.value.get("item"))
    basis = _deleted_by(post)
    if basis is None:
        return []
    return [Tombstone(item.native_id, item.kind, "author" if basis == "author" else "page", from_iso(post.get("deleted_at")))]
