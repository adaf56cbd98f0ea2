"""Answers of LiveJournal's XML-RPC interface (getevents, getcomments) in the form of its feeds and of its comments' JSON.

    <methodResponse> ──value──► {events | comments | faultCode} ──read_rpc──► {entries, journal} | {comments} | {error}
An event's time is its author's local time without a zone: it stays as it is written. Source: the site's published protocol.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Any

from extractors.base import iso
from extractors.markup import xml_tree
from extractors.times import from_epoch
from extractors.values import count, identifier, mapping, objects, text_or_none

_STATES = {"D": "deleted", "S": "screened", "B": "spam"}


def is_rpc(text: str) -> bool:
    """Whether a document is an answer of XML-RPC."""
    return re.match(r"\s*(?:<\?xml[^>]*\?>\s*)?<methodResponse[\s>]", text) is not None


def read_rpc(text: str) -> dict[str, Any]:
    """Entries as of a feed, comments as of the site's JSON, or a fault as its error. Raises RenownError where it is no XML."""
    tree = xml_tree(re.sub(r"^\s*<\?xml[^>]*\?>", "", text).encode("utf-8", "surrogatepass"))
    found = mapping(next((_value(value) for value in tree.iter("value")), None))
    if "faultCode" in found:
        return {"error": {"code": found["faultCode"], "message": found.get("faultString")}}
    if "comments" in found:
        return {"comments": list(_comments(objects(found["comments"]), None))}
    return {"entries": [_entry(event) for event in objects(found.get("events"))], "journal": {}}


def _value(element: Any) -> Any:
    """What a <value> holds: text where it names no type."""
    inner = next(iter(element), None)
    if inner is None:
        return element.text or ""
    if inner.tag == "struct":
        return {str(member.findtext("name")): _value(member.find("value")) for member in inner.iter("member")
                if member.getparent() is inner and member.find("value") is not None}  # fmt: skip
    if inner.tag == "array":
        return [_value(value) for value in inner.iterfind("data/value")]
    told = inner.text or ""
    if inner.tag == "base64":
        try:
            return base64.b64decode(told).decode("utf-8", "replace")
        except (binascii.Error, ValueError):
            return told
    return count(told) if inner.tag in ("int", "i4", "boolean") else told


def _entry(event: dict[str, Any]) -> dict[str, Any]:
    """An event with the names that the site's feeds use."""
    number, anum = count(event.get("itemid")), count(event.get("anum"))
    logged = from_epoch(event.get("logtime"))
    tags = str(mapping(event.get("props")).get("taglist") or "")
    known = {
        "guid": str(number * 256 + anum) if number is not None and anum is not None else identifier(number),
        "link": text_or_none(event.get("url")),
        "title": text_or_none(event.get("subject")),
        "description": event.get("event"),
        "poster": text_or_none(event.get("poster")),
        "published": iso(logged) if logged else None,
        "local": text_or_none(event.get("eventtime")),
        "replies": event.get("reply_count"),
        "tags": [tag.strip() for tag in tags.split(",") if tag.strip()],
    }
    return {name: value for name, value in known.items() if value not in (None, [])}


def _comments(listed: list[dict[str, Any]], above: Any) -> Iterator[dict[str, Any]]:
    """Comments with the names of the site's JSON, those below each after it."""
    for comment in listed:
        own = identifier(comment.get("dtalkid"))
        known = {
            "dtalkid": own,
            "parent": identifier(comment.get("parentdtalkid")) or above,
            "uname": text_or_none(comment.get("postername")),
            "subject": text_or_none(comment.get("subject")),
            "article": comment.get("body"),
            "ctime_ts": comment.get("datepostunix"),
            "ctime": text_or_none(comment.get("datepost")),
            "stub": _STATES.get(str(comment.get("state") or "")),
        }
        yield {name: value for name, value in known.items() if value is not None}
        yield from _comments(objects(comment.get("children")), own)
