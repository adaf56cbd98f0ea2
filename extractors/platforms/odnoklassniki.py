"""Odnoklassniki: the topics of groups and every comment below them, by signed calls.

    group.getInfo (banks' groups, options.groups, search.quick) ──► groups
    stream.get(gid) ──► feeds[] + entities ──► (cut ones again by mediatopic.getByIds) ──► post
         └─ comments_count > 0 ──► discussions.getComments by anchors ──► comment
No search of posts by words is offered: what the groups hold is read, and the query is applied to it. sig = md5 of the parameters sorted
and joined as k=v, access_token left out, and the session's secret. Source: the API's documentation (apiok), client libraries.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any
from urllib.parse import urlencode

from extractors.base import Contract, ErrorRule, Item, Key, Page, PlatformError, Reading, Tombstone, contract_error
from extractors.decoding import decode_json
from extractors.limits import wait_seconds
from extractors.shapes import ok_objects as ok
from extractors.shapes.ok_objects import Entities, items, make_item, to_mention, tombstones
from extractors.slices import LOOP, Answer, Repeats, Slice, Threads, walk
from extractors.source_options import NAMES, Form, Need
from extractors.values import flag, identifier, mapping, objects, text_or_none

APPLICATION_KEY, SESSION_SECRET = "RENOWN_ODNOKLASSNIKI_APPLICATION_KEY", "RENOWN_ODNOKLASSNIKI_SESSION_SECRET_KEY"
_SESSION = "set RENOWN_ODNOKLASSNIKI_TOKEN and RENOWN_ODNOKLASSNIKI_SESSION_SECRET_KEY of one living session"
_RIGHTS = "let the application be granted VALUABLE_ACCESS and GROUP_CONTENT"
CONTRACT = Contract(
    platform="odnoklassniki",
    base_url="https://api.ok.ru",
    endpoints=("group.getInfo", "search.quick", "stream.get", "mediatopic.getByIds", "discussions.get", "discussions.getComments"),
    auth="session token, application key and session secret (signed calls)",
    credential_env="RENOWN_ODNOKLASSNIKI_TOKEN",
    cursor="token",
    is_sorted=True,
    page_limit=100,
    cap=None,
    errors=(
        ErrorRule("1", "retry", "unknown error"),
        ErrorRule("2", "retry", "the service is temporarily unavailable"),
        ErrorRule("31", "retry", "the request took too long to arrive"),
        ErrorRule("704", "retry", "the call took too long"),
        ErrorRule("5000", "retry", "the service gave an invalid answer"),
        ErrorRule("9999", "retry", "critical system error"),
        ErrorRule("7", "stop", "the action is blocked for a time", "run again later and lower the source's rate"),
        ErrorRule("8", "stop", "blocked for flooding", "run again later and lower the source's rate"),
        ErrorRule("9", "stop", "the address is blocked", "run again later and lower the source's rate"),
        ErrorRule("11", "stop", "the limit of calls is reached", "run again later and lower the source's rate"),
        ErrorRule("300", "skip", "not found"),
        ErrorRule("160", "skip", "no such group"),
        ErrorRule("455", "skip", "only friends may see this"),
        ErrorRule("456", "skip", "the group does not allow this"),
        ErrorRule("457", "skip", "only members may see this"),
        ErrorRule("458", "skip", "privacy settings do not allow this"),
        ErrorRule("511", "skip", "the author is blocked"),
        ErrorRule("700", "skip", "no such comment"),
        ErrorRule("702", "skip", "the comment is no longer active"),
        ErrorRule("3", "fatal", "no such method", "correct the source's base_url"),
        ErrorRule("4", "fatal", "the request is malformed", "correct the source's base_url and options"),
        ErrorRule("10", "fatal", "permission denied", _RIGHTS),
        ErrorRule("100", "fatal", "a parameter is missing or wrong", "correct the source's groups and page_size"),
        ErrorRule("101", "fatal", "the application key is wrong", f"set {APPLICATION_KEY}"),
        ErrorRule("102", "fatal", "the session has expired", _SESSION),
        ErrorRule("103", "fatal", "the session key is wrong", _SESSION),
        ErrorRule("104", "fatal", "the signature is wrong", f"set {SESSION_SECRET} to the secret of the session that the token belongs to"),
        ErrorRule("200", "fatal", "the application may not do this", _RIGHTS),
        ErrorRule("210", "fatal", "the application is switched off", "ask the platform's support"),
        ErrorRule("453", "fatal", "the method needs a session", _SESSION),
    ),
    time_formats=("YYYY-MM-DD hh:mm:ss without a zone, Moscow", "epoch milliseconds"),
    deletion="removed topics and comments are absent; a comment's type tells where removed ones still come",
    edits="text is read again; no time of an edit",
    history_limit="none known",
    terms="OK API terms: an approved application, open groups only",
    not_offered=(
        "author_following", "author_posts", "author_created_at", "author_verified", "edited_at", "quote_of_id", "language_hint", "country",
        "mentions", "rating",
    ),
    kinds=("post", "comment"),
    credentials=("RENOWN_ODNOKLASSNIKI_TOKEN", APPLICATION_KEY, SESSION_SECRET),
    collects=("topics of groups", "comments below them"),
    how_to="ok.ru/devaccess: create an application, ask for VALUABLE_ACCESS and GROUP_CONTENT, take its session token and session secret",
    rate=(60, 60.0),
    options={
        "groups": "ids of further groups",
        "search": "words whose groups are looked for and read too",
        "search_limit": "how many groups of a search are read (20)",
        "patterns": "kinds of stream entries (POST)",
        "thread_hours": "how long a topic's comments are read again (72)",
    },
    forms={"groups": Form("names", '["53245288202451"]', r"\d+"), "search": NAMES, "patterns": Form("name", "POST")},
    needs=(Need(("groups", "search"), 'options: {groups: ["53245288202451"]}', ("pages",)),),
)  # fmt: skip
PAGE = 100
_BLOCKS = 3  # media blocks a topic when several are asked for; a single one comes whole
_GROUP_FIELDS = "uid,name,shortname,members_count,premium"
_TOPIC_FIELDS = "media_topic.*,group.uid,group.name,group.shortname,group.members_count,user.uid,user.name,user.first_name,user.last_name,user.location,poll.*"
_COMMENT_FIELDS = "comment.*,user.uid,user.name,user.first_name,user.last_name,user.location,group.uid,group.name,group.shortname,group.members_count"
decode = decode_json
__all__ = ["CONTRACT", "decode", "error_of", "items", "lookup", "make_item", "pages", "to_mention", "tombstones"]


def pages(reading: Reading) -> Iterator[Page]:
    """New comments of young topics, then each group's topics, each followed by its comments."""
    groups = _groups(reading)
    threads = Threads(reading, partial(_comments, reading, groups))
    yield from threads.young(_young(reading, threads))
    for own in groups:
        yield from _group(reading, threads, own, groups)


def _group(reading: Reading, threads: Threads, own: str, groups: Mapping[str, dict[str, Any]]) -> Iterator[Page]:
    """A group's topics; a group that may not be read is a gap."""
    try:
        yield from walk(reading, f"group:{own}", partial(_stream, reading, threads, own, groups))
    except PlatformError as error:
        if error.action != "skip":
            raise
        yield Page([], f"group:{own}", gap=f"group {own} cannot be read: {error.what}")


def _call(reading: Reading, method: str, **params: Any) -> Any:
    """One signed call. Values are strings in the signature as in the address."""
    http = reading.http
    told = {name: str(value) for name, value in params.items() if value is not None}
    sent = {**told, "method": method, "application_key": http.secrets.get(APPLICATION_KEY, ""), "format": "json"}
    signed = {**sent, "sig": signature(sent, http.secrets.get(SESSION_SECRET, "")), "access_token": http.token or ""}
    return http.get_json(f"{reading.base_url}/fb.do?{urlencode(signed)}", endpoint=method)


def signature(params: Mapping[str, str], secret: str) -> str:
    """md5 of the sorted parameters as k=v, joined without a separator, followed by the session's secret; lower-case hex."""
    joined = "".join(f"{name}={params[name]}" for name in sorted(params) if name not in ("access_token", "sig"))
    return hashlib.md5((joined + secret).encode(), usedforsecurity=False).hexdigest()


def _groups(reading: Reading) -> dict[str, dict[str, Any]]:
    """The groups to read, by id, with name and size: the banks' own, the options', and those found by the options' searches."""
    official = [page for bank in reading.settings.banks.banks for page in bank.pages.get("odnoklassniki", [])]
    wanted = [str(own) for own in dict.fromkeys([*official, *reading.option("groups", [])])]
    found: dict[str, dict[str, Any]] = {own: {} for own in wanted}
    for start in range(0, len(wanted), PAGE):
        told = _call(reading, "group.getInfo", uids=",".join(wanted[start : start + PAGE]), fields=_GROUP_FIELDS)
        listed = objects(told) if isinstance(told, list) else objects(mapping(told).get("groups"))
        found.update({own: entry for entry in listed if (own := identifier(entry.get("uid"))) in found})
    for words in reading.option("search", []):
        found = {**_searched(reading, str(words)), **found}
    return found


def _searched(reading: Reading, words: str) -> dict[str, dict[str, Any]]:
    """Groups whose name answers a search."""
    most = int(reading.option("search_limit", 20))
    told = mapping(
        _call(
            reading,
            "search.quick",
            query=words,
            types="GROUP",
            count=most,
            fields=f"group.{_GROUP_FIELDS.replace(',', ',group.')}",
        )
    )
    listed = objects(mapping(told.get("entities")).get("groups")) or objects(told.get("groups"))
    return {own: entry for entry in listed[:most] if (own := identifier(entry.get("uid")))}


def _stream(reading: Reading, threads: Threads, own: str, groups: Mapping[str, dict[str, Any]], piece: Slice) -> Answer:
    """A page of a group's stream, newest first (pinned topics apart)."""
    told = mapping(
        _call(
            reading, "stream.get", gid=own, patterns=reading.option("patterns", "POST"), anchor=piece.position, direction="FORWARD",
            count=min(reading.source.page_size or PAGE, PAGE), fields=f"feed.*,{_TOPIC_FIELDS}",
        )
    )  # fmt: skip
    known = Entities(told, groups)
    pinned = {
        identifier(ref.rpartition(":")[2]) for feed in objects(told.get("feeds")) if feed.get("pinned") for ref in _refs(feed)
    }
    listed = list(ok.topics(told))
    moments = [int(at.timestamp()) if (at := ok.moment(topic)[0]) else piece.end for topic in listed]
    oldest = min(
        (at for topic, at in zip(listed, moments, strict=True) if identifier(topic.get("id")) not in pinned), default=piece.start
    )
    inside = [topic for topic, at in zip(listed, moments, strict=True) if piece.start <= at <= piece.end]
    whole = [_whole(reading, topic, known) for topic in inside]
    anchor = text_or_none(told.get("anchor")) if objects(told.get("feeds")) and oldest >= piece.start else None
    if anchor is not None and anchor == piece.position and not inside:
        raise PlatformError("retry", "odnoklassniki: the same page came again and again", "run again", code=LOOP)
    found = [make_item(envelope, reading.source.site) for envelope in whole]
    return Answer(found, anchor, None, _follow(threads, [envelope["item"] for envelope in whole]))


def _refs(feed: Mapping[str, Any]) -> list[str]:
    told = feed.get("target_refs")
    return [ref for ref in told if isinstance(ref, str)] if isinstance(told, list) else []


def _whole(reading: Reading, topic: dict[str, Any], known: Entities) -> dict[str, Any]:
    """The envelope of a topic; one that came cut is asked for alone, since then every block of it comes."""
    if not ok.is_cut(topic) or not identifier(topic.get("id")):
        return known.around(topic)
    try:
        told = mapping(_call(reading, "mediatopic.getByIds", topic_ids=topic["id"], fields=_TOPIC_FIELDS))
    except PlatformError as error:
        if error.action != "skip":
            raise
        return known.around(topic)
    again = next((entry for entry in ok.topics(told) if identifier(entry.get("id")) == identifier(topic["id"])), topic)
    return Entities(told, known.groups).around(again)


def _follow(threads: Threads, topics: list[dict[str, Any]]) -> Iterator[Item]:
    for topic in topics:
        if own := identifier(topic.get("id")):
            yield from threads.follow(own, ok.comments_told(topic), topic)


def _young(reading: Reading, threads: Threads) -> Iterator[dict[str, Any]]:
    """Topics of the last days that have comments: asked for again, a hundred a call, since the warehouse knows neither group nor count."""
    recent = [own for own, _ in threads.recent()]
    for start in range(0, len(recent), PAGE):
        told = mapping(_by_ids(reading, recent[start : start + PAGE]))
        yield from (topic for topic in ok.topics(told) if ok.comments_told(topic))


def _by_ids(reading: Reading, ids: Sequence[str]) -> Any:
    try:
        return _call(reading, "mediatopic.getByIds", topic_ids=",".join(ids), media_limit=_BLOCKS, fields=_TOPIC_FIELDS)
    except PlatformError as error:
        if error.action != "skip":
            raise
        return {}


def _comments(reading: Reading, groups: Mapping[str, dict[str, Any]], topic: dict[str, Any]) -> Iterator[Item]:
    """Every comment below a topic, oldest first, by anchors. Closed discussions are skipped."""
    above, guard = _above(topic), Repeats("odnoklassniki")
    anchor: str | None = "FIRST"
    try:
        while anchor:
            told = mapping(
                _call(
                    reading, "discussions.getComments", discussionId=above["id"], discussionType=above["type"], anchor=anchor,
                    direction="FORWARD", count=PAGE, fields=_COMMENT_FIELDS,
                )
            )  # fmt: skip
            listed = objects(told.get("comments"))
            if not guard.is_new(entry.get("id") for entry in listed):
                continue
            known = Entities(told, groups)
            yield from (make_item(known.around(entry, above), reading.source.site) for entry in listed)
            anchor = text_or_none(told.get("anchor")) if listed and flag(told.get("has_more")) else None
    except PlatformError as error:
        if error.action != "skip":
            raise


def _above(topic: Mapping[str, Any]) -> dict[str, Any]:
    """What a comment's envelope says of its topic: {id, type, author, group}."""
    summary = mapping(topic.get("discussion_summary"))
    group = next(iter(ok.owners(topic)), None)
    return {
        "id": identifier(summary.get("discussion_id")) or identifier(topic.get("id")) or identifier(topic.get("object_id")),
        "type": text_or_none(summary.get("discussion_type")) or text_or_none(topic.get("object_type")) or ok.TOPIC,
        "author": ok.author_of(topic),
        "group": group,
    }


def error_of(value: Any, status: int, headers: Mapping[str, str]) -> PlatformError | None:
    """Errors come with HTTP 200: {error_code, error_msg, error_data}; a failed login as {error, error_description}."""
    answer = mapping(value)
    failed = [mapping(entry) for entry in value if "error_code" in mapping(entry)] if isinstance(value, list) else []
    if failed and len(failed) == len(value):  # a batch of which no call came through
        answer = failed[0]
    code = answer.get("error_code", answer.get("error"))
    if code is not None:
        told = str(answer.get("error_msg") or answer.get("error_description") or "")
        return contract_error(CONTRACT, str(code)[:40], told, mend=_SESSION if "error_code" not in answer else None)
    if status >= 400:
        default: Any = "retry" if status >= 500 or status == 429 else "fatal"
        return contract_error(CONTRACT, f"HTTP {status}", "", default, wait_seconds=wait_seconds(headers))
    return None


def lookup(reading: Reading, keys: Sequence[Key]) -> Iterator[Page]:
    """These topics again by id, and the comments of each discussion that is asked about; what is gone is asked for once more, alone."""
    topics = [key for key in keys if key.kind == "post"]
    for start in range(0, len(topics), PAGE):
        batch = topics[start : start + PAGE]
        told = mapping(_by_ids(reading, [key.native_id for key in batch]))
        known = Entities(told)
        found = {str(topic.get("id")): make_item(_whole(reading, topic, known), reading.source.site) for topic in ok.topics(told)}
        lost = [key for key in batch if key.native_id not in found and _is_gone(reading, key.native_id)]
        yield Page(
            [found[key.native_id] for key in batch if key.native_id in found], "lookup", gone=[_grave(key) for key in lost]
        )
    discussions = dict.fromkeys(key.conversation_id for key in keys if key.kind == "comment" and key.conversation_id)
    for own in discussions:
        wanted = {key.native_id: key for key in keys if key.kind == "comment" and key.conversation_id == own}
        yield _comments_again(reading, str(own), wanted)


def _comments_again(reading: Reading, own: str, wanted: Mapping[str, Key]) -> Page:
    """A discussion's comments: those asked about, and which of them it no longer has."""
    told = mapping(_by_ids(reading, [own]))
    topic = next((topic for topic in ok.topics(told) if identifier(topic.get("id")) == own), None)
    if topic is None:
        return Page([], "lookup", gone=[_grave(key) for key in wanted.values()] if _is_gone(reading, own) else [])
    found = {item.native_id: item for item in _comments(reading, Entities(told).groups, topic)}
    if not found and ok.comments_told(topic):  # closed to us, or empty against its own count: no proof
        return Page([], "lookup")
    return Page(
        [item for own, item in found.items() if own in wanted],
        "lookup",
        gone=[_grave(key) for own, key in wanted.items() if own not in found],
    )


def _is_gone(reading: Reading, own: str) -> bool:
    """Whether the platform says that a topic does not exist: error 300 of discussions.get, and no other."""
    try:
        _call(reading, "discussions.get", discussionId=own, discussionType=ok.TOPIC, fields="discussion.*")
    except PlatformError as error:
        if error.action != "skip":
            raise
        return error.code == "300"
    return False


def _grave(key: Key) -> Tombstone:
    return Tombstone(key.native_id, key.kind, "platform")
