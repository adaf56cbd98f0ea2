"""Mastodon's objects as mentions: statuses of every answer that holds some, what they boost and quote, streaming events.

    statuses[] | {statuses} | {ancestors, descendants} | notifications | {event, payload} | a version's list
         ──items──► {item, root?, removed?} | {gone} ──to_mention──► Mention (post | reply)
Sources: docs.joinmastodon.org (entities), Pleroma's and older forks' additions, recorded answers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from extractors.base import Engagement, Item, Mention, Tombstone
from extractors.jsons import dump
from extractors.shapes.activity_notes import as_statuses, host_of, is_activity
from extractors.text import html_to_text, read_html, tidy, unique, urls
from extractors.times import from_iso
from extractors.values import count, identifier, mapping, objects, text_or_none

_PAPERS = (
    "updated_at",
    "published_at",
    "effective_date",
)  # what announcements and an instance's own pages have beside their content


def rooted(status: dict[str, Any], roots: Mapping[str, str]) -> dict[str, Any]:
    """The envelope: an answer's root where it is known; a post is its own."""
    root = roots.get(identifier(status.get("id")) or "") if status.get("in_reply_to_id") else None
    return {"item": status, "root": root} if root else {"item": status}


def items(value: Any, url: str | None, site: str) -> Iterator[Item]:
    """Statuses of a search, a timeline, a context, notifications, conversations, streaming events, a note or outbox of ActivityPub, or
    a single one."""
    site = site or (urlsplit(url).hostname or "" if url else "")
    if is_activity(value):
        for told in as_statuses(value):
            yield from items(told, url, site or host_of(value))
        return
    answer = mapping(value)
    if "event" in answer and "payload" in answer:
        yield from _event_items(answer, site)
        return
    found = _versions(value, url) or list(_statuses(value))
    roots = _context_roots(answer, found) if isinstance(answer.get("descendants"), list) else _roots(found)
    seen: set[str] = set()
    for status, is_removed in ((inner, inner is outer and _is_removed(outer)) for outer in found for inner in nested(outer)):
        own = identifier(status.get("id"))
        if own is None or own not in seen:  # one that several notifications or quotes hold comes once
            seen |= {own} if own else set()
            yield make_item({**rooted(status, roots), **({"removed": True} if is_removed else {})}, site)


def _versions(value: Any, url: str | None) -> list[dict[str, Any]]:
    """statuses/:id/history lists a status's versions without its id: the newest of them, begun when the oldest was, if the address tells."""
    asked = re.search(r"/statuses/(\w+)/history", url or "")
    versions = objects(value) if isinstance(value, list) else []
    if not asked or not versions or any("id" in version for version in versions):
        return []
    edited = {"edited_at": versions[-1].get("created_at")} if len(versions) > 1 else {}
    return [{**versions[-1], "id": asked[1], "created_at": versions[0].get("created_at"), **edited}]


def _statuses(value: Any) -> Iterator[dict[str, Any]]:
    answer = mapping(value)
    if isinstance(value, list):
        for entry in objects(value):
            yield from _statuses(entry)
    elif any(isinstance(answer.get(name), list) for name in ("statuses", "ancestors", "descendants")):
        for name in ("ancestors", "statuses", "descendants"):
            yield from (status for status in objects(answer.get(name)) if "status_id" not in status)  # a filter's entries
    elif _is_status(answer):
        yield answer
    else:  # a notification, a conversation, an admin's report
        yield from objects([answer.get("status"), answer.get("last_status")])


def _is_status(entry: dict[str, Any]) -> bool:
    if any(name in entry for name in ("spoiler_text", "visibility", "in_reply_to_id", "replies_count", "reblog")):
        return True
    if _is_removed(entry):
        return True
    return "content" in entry and not any(name in entry for name in _PAPERS)


def _is_removed(status: dict[str, Any]) -> bool:
    """The answer to a deletion: the status with the text as it was typed in place of its content."""
    return "content" not in status and isinstance(status.get("text"), str) and "account" in status


def _event_items(event: dict[str, Any], site: str) -> Iterator[Item]:
    """The streaming API's {event, payload}: the payload is JSON inside a string, or the id of what was deleted."""
    payload = event["payload"]
    if event["event"] == "delete":
        yield make_item({"gone": {"id": payload}}, site)
        return
    try:
        value = json.loads(payload) if isinstance(payload, str) else payload
    except (ValueError, RecursionError):
        yield make_item({"item": {}}, site)
        return
    yield from items(value, None, site) if "event" not in mapping(value) else ()


def nested(status: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A status, the one that it boosts and the one that it quotes: mentions of their own."""
    waiting, depth = [status], 0
    while waiting and depth < 10:
        found, depth = waiting.pop(0), depth + 1
        yield found
        waiting += [inner for inner in (mapping(found.get("reblog")), _quoted(found)) if _is_status(inner)]


def _quoted(status: dict[str, Any]) -> dict[str, Any]:
    """The quoted status: inside {state, quoted_status} (4.4 and later), or bare (older forks)."""
    quote = mapping(status.get("quote"))
    return mapping(quote.get("quoted_status")) or (quote if _is_status(quote) else {})


def _context_roots(answer: dict[str, Any], found: list[dict[str, Any]]) -> dict[str, str]:
    """A context is one thread: its first ancestor opened it; without ancestors the status did that was asked about."""
    own = {identifier(status.get("id")) for status in found}
    parents = [identifier(status.get("in_reply_to_id")) for status in objects(answer.get("descendants"))]
    above = objects(answer.get("ancestors"))
    first = (
        identifier(above[0].get("id")) if above else next((parent for parent in parents if parent and parent not in own), None)
    )
    return {number: first for number in own if number and first}


def _roots(found: list[dict[str, Any]]) -> dict[str, str]:
    """status id → root id, as far as one body tells it: where the chain of parents ends at a post that came along."""
    parents = {identifier(status.get("id")): identifier(status.get("in_reply_to_id")) for status in found}
    roots: dict[str, str] = {}
    for own in filter(None, parents):
        top, steps = own, 0
        while (above := parents.get(top)) and steps <= len(parents):
            top, steps = above, steps + 1
        if top in parents and not parents[top]:
            roots[own] = top
    return roots


def make_item(envelope: dict[str, Any], site: str) -> Item:
    """The Item of {item, root?} or {gone}."""
    status = mapping(envelope.get("item")) or mapping(envelope.get("gone"))
    answers = status.get("in_reply_to_id") or status.get("in_reply_to_account_id")  # the account stays when the parent is deleted
    kind = "reply" if answers else "post"
    return Item(kind, identifier(status.get("id")) or "", site, dump(envelope), envelope)


def to_mention(item: Item, fetched_at: Any) -> Mention:
    """One status as a Mention; a content warning is its title, the options of a poll are its last lines."""
    if "gone" in item.value:
        return Mention(platform="mastodon", site=item.site, native_id=item.native_id, kind=item.kind, deleted=True)
    status = mapping(item.value.get("item"))
    reblog, quote = mapping(status.get("reblog")), _quote_id(status)
    text, links = _text(status)
    tags, people = objects(status.get("tags")), objects(status.get("mentions"))
    warning = text_or_none(status.get("spoiler_text"))
    return Mention(
        platform="mastodon",
        site=item.site,
        native_id=item.native_id,
        kind=item.kind,
        url=text_or_none(status.get("url")) or text_or_none(status.get("uri")),
        title=tidy(warning) if warning else None,
        text=text,
        **_author(mapping(status.get("account"))),
        created_at=from_iso(status.get("created_at")),
        created_at_raw=text_or_none(status.get("created_at")),
        edited_at=from_iso(status.get("edited_at")),
        deleted="removed" in item.value,
        parent_id=identifier(status.get("in_reply_to_id")),
        conversation_id=identifier(item.value.get("root")) or (item.native_id if item.kind == "post" else None),
        in_reply_to_author_id=identifier(status.get("in_reply_to_account_id")) if item.kind == "reply" else None,
        repost_of_id=identifier(reblog.get("id")),
        quote_of_id=quote,
        language_hint=text_or_none(status.get("language")),
        engagement=_engagement(status),
        mentions=unique(str(person.get("acct") or person.get("username") or "").lstrip("@") for person in people),
        hashtags=unique(tag.get("name") for tag in tags),
        links=unique([*links, mapping(status.get("card")).get("url")]),
        media_count=len(objects(status.get("media_attachments"))),
    )


def _text(status: dict[str, Any]) -> tuple[str | None, tuple[str, ...]]:
    """(plain text, links to the outside): without the "RE:" line that stands in for a quote; custom emoji stay as :shortcodes:."""
    content, source = status.get("content"), status.get("text")
    if not isinstance(content, str):
        return (tidy(source), urls(source)) if isinstance(source, str) and "account" in status else (None, ())
    if status.get("quote"):
        content = re.sub(r"<(p|span)[^>]{0,200}\bquote-inline\b[^>]{0,200}>.*?</\1>", "", content, count=1, flags=re.S)
    text, links, _ = read_html(content)
    choices = [html_to_text(str(option.get("title") or "")) for option in objects(mapping(status.get("poll")).get("options"))]
    inner = {str(entry.get("url") or "") for name in ("mentions", "tags") for entry in objects(status.get(name))}
    outer = [link for link in links or urls(text) if link not in inner | _name_links(content)]
    return "\n".join(part for part in (text, *choices) if part), unique(outer)


def _name_links(content: str) -> set[str]:
    """Addresses of <a class="mention">, which name people and hashtags and lead nowhere else."""
    anchors = re.findall(r"<a\b[^>]{0,2000}>", content)
    named = [anchor for anchor in anchors if re.search(r'class="[^"]*\bmention\b', anchor)]
    return {html_to_text(found[1]) for anchor in named if (found := re.search(r'href="([^"]*)"', anchor))}


def _author(account: dict[str, Any]) -> dict[str, Any]:
    return {
        "author_id": identifier(account.get("id")),
        "author_handle": (text_or_none(account.get("acct")) or text_or_none(account.get("username")) or "").lstrip("@") or None,
        "author_name": text_or_none(account.get("display_name")),
        "author_followers": count(account.get("followers_count")),
        "author_following": count(account.get("following_count")),
        "author_posts": count(account.get("statuses_count")),
        "author_created_at": from_iso(account.get("created_at")),
    }


def _quote_id(status: dict[str, Any]) -> str | None:
    """Quote, ShallowQuote, or the id field of older forks and of Pleroma."""
    quote = mapping(status.get("quote"))
    named = (quote.get("quoted_status_id"), status.get("quote_id"), mapping(status.get("pleroma")).get("quote_id"))
    return identifier(_quoted(status).get("id")) or next((found for found in map(identifier, named) if found), None)


def _engagement(status: dict[str, Any]) -> Engagement:
    return Engagement(
        likes=count(status.get("favourites_count")),
        shares=count(status.get("reblogs_count")),
        comments=count(status.get("replies_count")),
        quotes=count(status.get("quotes_count")),
    )


def tombstones(item: Item) -> Iterable[Tombstone]:
    """A streaming delete names the id only: of whichever kind it was. The answer to a deletion was asked for by the author."""
    if not item.native_id:
        return []
    if "gone" in item.value:
        return [Tombstone(item.native_id, None, "platform")]
    return [Tombstone(item.native_id, item.kind, "author")] if "removed" in item.value else []
