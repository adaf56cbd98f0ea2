"""Bluesky: searchPosts by time slices with a login, the threads of what it finds, and the feeds of the banks' accounts.

    createSession ──► searchPosts | getAuthorFeed ──► postView, the one that it quotes, the one that it answers ──► post | reply
                           └─ replyCount > 0 ──► getPostThread ──► replies
A search gives about 10,000 results; past them it is asked again below the oldest one seen. record.createdAt is the client's word.
Sources: the lexicons app.bsky.feed.*, app.bsky.richtext.facet, com.atproto.*; docs.bsky.app; recorded answers of the AppView.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from itertools import chain
from typing import Any
from urllib.parse import urlencode

from extractors import query
from extractors.base import (
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
    dump,
    iso,
)
from extractors.decoding import decode_json
from extractors.http import Ask
from extractors.limits import wait_seconds
from extractors.slices import Answer, Slice, Threads, walk
from extractors.text import handles, hashtags, tidy, unique, urls
from extractors.times import from_epoch, from_iso
from extractors.values import count, identifier, mapping, objects, text_or_none

_LOGIN_MEND = "set RENOWN_BLUESKY_HANDLE and RENOWN_BLUESKY_PASSWORD to a handle and one of its app passwords"
CONTRACT = Contract(
    platform="bluesky",
    base_url="https://bsky.social",
    endpoints=(
        "com.atproto.server.createSession",
        "app.bsky.feed.searchPosts",
        "app.bsky.feed.getAuthorFeed",
        "app.bsky.feed.getPostThread",
        "app.bsky.feed.getPosts",
    ),
    auth="handle and app password, exchanged for a session token",
    credential_env="RENOWN_BLUESKY_PASSWORD",
    credentials=("RENOWN_BLUESKY_PASSWORD", "RENOWN_BLUESKY_HANDLE"),
    cursor="time_slice",
    is_sorted=True,
    page_limit=100,
    cap=10_000,
    errors=(
        ErrorRule("AuthMissing", "fatal", "authentication required", _LOGIN_MEND),
        ErrorRule("AuthenticationRequired", "fatal", "the login is refused", _LOGIN_MEND),
        ErrorRule(
            "AuthFactorTokenRequired", "fatal", "a second factor is asked for", "use an app password, not the account's own"
        ),
        ErrorRule("InvalidToken", "fatal", "the session token is invalid", _LOGIN_MEND),
        ErrorRule("ExpiredToken", "fatal", "the session token has expired", "run again: a run logs in anew"),
        ErrorRule("AccountTakedown", "fatal", "the account was taken down", "use another account of yours"),
        ErrorRule("Forbidden", "fatal", "forbidden", _LOGIN_MEND),
        ErrorRule("InvalidRequest", "fatal", "invalid request", "correct the source's query or page_size"),
        ErrorRule("BadQueryString", "fatal", "the search does not understand the query", "correct the source's query"),
        ErrorRule("MethodNotImplemented", "fatal", "this host does not offer the method", "correct the source's base_url"),
        ErrorRule("NotFound", "skip", "not found"),
        ErrorRule("BlockedActor", "skip", "the account is blocked"),
        ErrorRule("BlockedByActor", "skip", "the account blocks the reader"),
        ErrorRule("RateLimitExceeded", "wait_until", "rate limit exceeded", "lower the source's rate"),
        ErrorRule("InternalServerError", "retry", "internal error"),
        ErrorRule("UpstreamFailure", "retry", "the server behind failed"),
        ErrorRule("UpstreamTimeout", "retry", "the server behind did not answer"),
        ErrorRule("NotEnoughResources", "retry", "over capacity"),
        ErrorRule("403", "fatal", "forbidden", "correct the source's base_url: the public host keeps search for logins"),
        ErrorRule("429", "wait_until", "too many requests", "lower the source's rate"),
        ErrorRule("502", "retry", "bad gateway"),
        ErrorRule("503", "retry", "service unavailable"),
        ErrorRule("504", "retry", "gateway timeout"),
    ),
    time_formats=("ISO 8601, any zone, as the client wrote it (createdAt)", "ISO 8601 with milliseconds, UTC (indexedAt)"),
    deletion="a deleted post vanishes from getPosts; notFound in threads; it is not told who deleted it",
    edits="none: a post cannot be edited",
    history_limit="none; a post whose client dates it back is sorted there, and found only inside the overlap",
    terms="Bluesky terms of service: public posts, own account",
    not_offered=(
        "title",
        "edited_at",
        "author_location",
        "page_id",
        "page_name",
        "page_followers",
        "country",
        "place_name",
        "rating",
    ),
    kinds=("post", "reply"),
    collects=("posts by keyword", "replies below them", "feeds of the banks' accounts, with what they answer"),
    how_to="in the app: Settings, Privacy and security, App passwords",
    rate=(3000, 300.0),
    options={
        "cap": "results after which a search is asked again below the oldest one seen (10000)",
        "thread_depth": "levels of answers that one request for a thread asks for (100; 1000 at most)",
        "accounts": "false: leave out the banks' own accounts",
        "thread_hours": "how long a post's thread is read again (72)",
    },
)
LOOKUP = 25  # uris a getPosts call
decode = decode_json
_POST = "app.bsky.feed.post"
_OTHERS = ("likes", "repostedBy", "creator", "subject")  # what an answer or a view has that is no post's, whatever its uri
_DEEPEST = 10
_ERROR_NAME = re.compile(r"^[A-Za-z][A-Za-z0-9]{2,60}$")


def pages(reading: Reading) -> Iterator[Page]:
    """Young threads; the searches; the banks' accounts. Each search and account is a stream of its own."""
    network = _Network(reading)
    threads = Threads(reading, network.replies)
    compiled = query.compile_for(query.parse(reading.source.query, reading.settings, "bluesky"), "bluesky")
    yield from threads.young({"uri": uri} for uri, _ in threads.recent())
    for text in compiled.queries:
        stream = f"search:{sha256(text.encode()).hexdigest()[:12]}"
        yield from walk(reading, stream, partial(_search, network, threads, text))
    for actor in _accounts(reading):
        try:
            yield from walk(reading, f"account:{actor}", partial(_feed, network, threads, actor))
        except PlatformError as error:
            if error.action != "skip" and error.code != "InvalidRequest":  # the AppView's word for "Profile not found"
                raise
            yield Page([], f"account:{actor}", gap=f"account {actor} cannot be read ({error.code})", more=False)


def _accounts(reading: Reading) -> list[str]:
    banks = reading.settings.banks.banks if reading.option("accounts", True) else []
    named = [name for bank in banks for name in (*bank.handles.get("bluesky", ()), *bank.pages.get("bluesky", ()))]
    return list(dict.fromkeys(name.lstrip("@") for name in named))


class _Network:
    """The XRPC calls of one login; an expired session is renewed once a call."""

    def __init__(self, reading: Reading) -> None:
        self.reading, self._session = reading, ""

    def call(self, method: str, params: Mapping[str, Any]) -> dict[str, Any]:
        """The answer of app.bsky.feed.<method>."""
        fresh = not self._session
        try:
            return self._get(method, params)
        except PlatformError as error:
            if fresh or error.code not in ("ExpiredToken", "InvalidToken"):
                raise
            self._session = ""
            return self._get(method, params)

    def _get(self, method: str, params: Mapping[str, Any]) -> dict[str, Any]:
        self._session = self._session or self._login()
        name = f"app.bsky.feed.{method}"
        address = f"{self.reading.base_url}/xrpc/{name}?{urlencode(params, doseq=True)}"
        return mapping(self.reading.http.get_json(address, headers={"Authorization": f"Bearer {self._session}"}, endpoint=name))

    def _login(self) -> str:
        http, name = self.reading.http, "com.atproto.server.createSession"
        login = {"identifier": http.secrets.get("RENOWN_BLUESKY_HANDLE", ""), "password": http.token or ""}
        value, _ = http.ask_json(Ask(f"{self.reading.base_url}/xrpc/{name}", endpoint=name, json=login))
        session = mapping(value)
        http.learned |= {
            token for token in (session.get("accessJwt"), session.get("refreshJwt")) if isinstance(token, str) and token
        }
        if not (token := text_or_none(session.get("accessJwt"))):
            raise PlatformError("retry", "bluesky: the login answered without a session token", "run again", code="malformed")
        return token

    def replies(self, post: dict[str, Any]) -> Iterator[Item]:
        """Every answer below a post; where the tree ends at the depth that was asked for, it is read on from there."""
        depth, waiting = max(1, min(int(self.reading.option("thread_depth", 100)), 1000)), [str(post.get("uri"))]
        while waiting:
            uri = waiting.pop()
            try:
                value = self.call("getPostThread", {"uri": uri, "depth": depth, "parentHeight": 0})
            except PlatformError as error:
                if error.action != "skip":
                    raise
                continue
            for view, level in _below(mapping(value.get("thread")), 0):
                if level and "post" in view:
                    yield make_item({"item": mapping(view["post"])}, self.reading.source.site)
                if level == depth and count(mapping(view.get("post")).get("replyCount")) and not objects(view.get("replies")):
                    waiting.append(str(mapping(view["post"]).get("uri")))


def _below(view: dict[str, Any], level: int) -> Iterator[tuple[dict[str, Any], int]]:
    """(threadViewPost, level) of a tree, without recursion: threads may be deep."""
    waiting = [(view, level)]
    while waiting:
        found, level = waiting.pop()
        yield found, level
        waiting += [(reply, level + 1) for reply in objects(found.get("replies"))]


def _search(network: _Network, threads: Threads, text: str, piece: Slice) -> Answer:
    """A page of a search, newest first. Where the cap is reached, `until` moves down to the oldest post seen."""
    place = mapping(piece.position)
    until, seen = int(place.get("until") or piece.end), int(place.get("seen") or 0)
    params = {
        "q": text,
        "sort": "latest",
        "limit": _size(network.reading),
        "since": _second(piece.start),
        "until": _second(until + 1),
    }
    value = network.call("searchPosts", params | ({"cursor": place["cursor"]} if place.get("cursor") else {}))
    posts = objects(value.get("posts"))
    cap = int(network.reading.option("cap", CONTRACT.cap))
    cursor, seen = text_or_none(value.get("cursor")), seen + len(posts)
    following: dict[str, Any] | None = {"until": until, "seen": seen, "cursor": cursor} if cursor and posts else None
    oldest = min((int(moment.timestamp()) for moment in map(_created, posts) if moment), default=None)
    if posts and seen >= cap and oldest is not None and oldest < until:
        following = {"until": oldest, "seen": 0, "cursor": None}
    return _answer(network, threads, [{"post": post} for post in posts], following)


def _feed(network: _Network, threads: Threads, actor: str, piece: Slice) -> Answer:
    """A page of an account's feed, newest first (a pinned post apart), until a page lies before the slice."""
    params = {"actor": actor, "limit": _size(network.reading), "filter": "posts_with_replies"}
    value = network.call("getAuthorFeed", params | ({"cursor": piece.position} if piece.position else {}))
    entries = objects(value.get("feed"))
    moments = [_created(mapping(entry.get("post"))) for entry in entries if not entry.get("reason")]
    moments += [from_iso(mapping(entry.get("reason")).get("indexedAt")) for entry in entries]
    newest = max((int(moment.timestamp()) for moment in moments if moment), default=None)
    done = not entries or (newest is not None and newest < piece.start)
    return _answer(network, threads, entries, None if done else text_or_none(value.get("cursor")))


def _answer(network: _Network, threads: Threads, entries: list[dict[str, Any]], following: Any) -> Answer:
    found = list(items({"feed": entries}, None, network.reading.source.site))
    posts = [mapping(item.value.get("item")) for item in found]
    follow = (threads.follow(str(post.get("uri")), count(post.get("replyCount")), post) for post in posts)
    return Answer(found, following, None, chain.from_iterable(follow))


def _size(reading: Reading) -> int:
    return min(reading.source.page_size or CONTRACT.page_limit, CONTRACT.page_limit)


def _second(epoch: int) -> str:
    return iso(datetime.fromtimestamp(epoch, UTC))


def lookup(reading: Reading, keys: Sequence[Key]) -> Iterator[Page]:
    """These posts again, 25 a call; those that the answer leaves out are gone."""
    network = _Network(reading)
    for place in range(0, len(keys), LOOKUP):
        wanted = keys[place : place + LOOKUP]
        value = network.call("getPosts", {"uris": [key.native_id for key in wanted]})
        if not isinstance(value.get("posts"), list):  # an odd answer says nothing about what is gone
            raise PlatformError("retry", "bluesky: getPosts answered without posts", "run again", code="malformed")
        found = list(items(value, None, reading.source.site))
        known = {item.native_id for item in found}
        gone = [Tombstone(key.native_id, key.kind, "platform") for key in wanted if key.native_id not in known]
        yield Page(found, "lookup", gone=gone, more=place + LOOKUP < len(keys))


def error_of(value: Any, status: int, headers: Mapping[str, str]) -> PlatformError | None:
    """XRPC: {error: Name, message}. Its reset header is called ratelimit-reset (epoch seconds)."""
    answer = mapping(value)
    name = answer.get("error")
    if status < 400 and (not isinstance(name, str) or "uri" in answer):
        return None
    code = name if isinstance(name, str) and _ERROR_NAME.match(name) else str(status) if status >= 400 else "error"
    reset = next((v for n, v in headers.items() if n.lower() == "ratelimit-reset"), None)
    wait = wait_seconds({"x-ratelimit-reset": reset, **headers} if reset else headers) if status in (429, 503) else None
    default: Any = "wait_until" if status == 429 else "retry" if status >= 500 else "fatal"
    return contract_error(CONTRACT, code, str(answer.get("message") or ""), default, wait_seconds=wait)


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
    for view, _ in _below(mapping(thread), 0):
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


def _created(post: dict[str, Any]) -> datetime | None:
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
    created = from_iso(repost.get("indexedAt")) if repost else _created(post)
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
