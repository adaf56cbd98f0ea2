"""What servers of the fediverse say to each other (ActivityPub), in the form of Mastodon's statuses.

    Note | Create {object} | OrderedCollection(Page) {orderedItems} ──as_statuses──► status[]     Tombstone, Delete ──► {event: delete}
A note's id is an address: the number at its end is the status's id on its own instance; one of another instance stays an address.
Sources: the W3C's ActivityPub and ActivityStreams vocabularies, docs.joinmastodon.org (ActivityPub).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from extractors.values import mapping, objects, text_or_none

_NOTES = ("Note", "Article", "Question", "Page")
_ACTIVITIES = ("Create", "Update", "Delete", "Announce")
_PAGES = ("OrderedCollection", "OrderedCollectionPage", "Collection", "CollectionPage")
_NUMBER = re.compile(r"/(?:statuses|objects|notes|notice)/([\w-]+)/?$")
_NAME = re.compile(r"/(?:users/|@|author/)([\w.-]+)/?$")


def is_activity(value: Any) -> bool:
    """Whether an answer is a document of ActivityPub that may hold notes."""
    answer = mapping(value)
    kind = answer.get("type")
    return kind in (*_ACTIVITIES, *_PAGES, "Tombstone") or (kind in _NOTES and ("attributedTo" in answer or "@context" in answer))


def as_statuses(value: Any) -> list[dict[str, Any]]:
    """Statuses, and deletions as events of the streaming API; what activities only name by its address is not there."""
    return list(_read(mapping(value)))


def host_of(value: Any) -> str:
    """The instance that a document is from."""
    return _host(mapping(value).get("id"))


def _read(found: dict[str, Any]) -> Iterator[dict[str, Any]]:
    kind = found.get("type")
    if kind in _PAGES:
        for entry in objects(found.get("orderedItems") or found.get("items")) or objects([found.get("first")]):
            yield from _read(entry)
    elif kind == "Tombstone" or kind == "Delete":
        gone = mapping(found.get("object")).get("id") or found.get("object") if kind == "Delete" else found.get("id")
        yield {"event": "delete", "payload": local_id(gone, _host(gone))}
    elif kind in _ACTIVITIES:
        yield from _read(mapping(found.get("object")))
    elif kind in _NOTES:
        yield _status(found)


def _status(note: dict[str, Any]) -> dict[str, Any]:
    own, author = str(note.get("id") or ""), _first(note.get("attributedTo"))
    tags = objects(note.get("tag"))
    languages = list(mapping(note.get("contentMap")))
    name = _NAME.search(author)
    return {
        "id": local_id(own, _host(own)),
        "uri": own or None,
        "url": _first(note.get("url")) or own or None,
        "created_at": note.get("published"),
        "edited_at": note.get("updated"),
        "content": note.get("content") or "",
        "spoiler_text": text_or_none(note.get("summary")) or text_or_none(note.get("name")) or "",
        "in_reply_to_id": local_id(_first(note.get("inReplyTo")), _host(own)),
        "language": languages[0] if len(languages) == 1 else None,
        "account": {"acct": name[1], "url": author} if name else {"url": author or None},
        "mentions": [{"acct": str(tag.get("name") or "").lstrip("@")} for tag in tags if tag.get("type") == "Mention"],
        "tags": [{"name": str(tag.get("name") or "").lstrip("#")} for tag in tags if tag.get("type") == "Hashtag"],
        "media_attachments": objects(note.get("attachment")),
    }


def local_id(address: Any, host: str) -> str | None:
    """The id on its own instance of what has this address; the address itself where it lies elsewhere or ends otherwise."""
    if not isinstance(address, str) or not address:
        return None
    found = _NUMBER.search(address)
    return found[1] if found and host and _host(address) == host else address


def _first(value: Any) -> str:
    """The address of a link: a string, an object with one, or the first of a list of either."""
    if isinstance(value, list):
        return next((found for entry in value if (found := _first(entry))), "")
    inner = mapping(value)
    told = inner.get("href") or inner.get("id") if inner else value
    return told if isinstance(told, str) else ""


def _host(address: Any) -> str:
    try:
        return (urlsplit(address).hostname or "") if isinstance(address, str) else ""
    except ValueError:
        return ""
