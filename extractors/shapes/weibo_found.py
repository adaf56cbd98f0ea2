"""Where Weibo's answers hold statuses and comments: the open API, the mobile site (m.weibo.cn) and the PC site's /ajax.

    any answer ──found()──► (entry, status that it comments | None) …
Sources: open.weibo.com wiki (2/statuses, 2/comments, 2/search), recorded answers of the mobile site, public clients of /ajax.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from extractors.values import identifier, mapping, objects

_BASE62 = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_COMMENT_MARKS = ("like_counts", "rootid", "floor_number", "disable_reply", "reply_comment")
_RENDERED = re.compile(r"\$render_data\s*=\s*(\[.*?\])\s*\[0\]", re.S)
Found = tuple[dict[str, Any], dict[str, Any] | None]


def found(value: Any, asked_id: str | None) -> Iterator[Found]:
    """(entry, status that it comments or None) of every known shape of answer. `asked_id`: the status that the request named."""
    if isinstance(value, list):
        yield from ((entry, None) for part in objects(value) for entry, _ in found(part, asked_id))
        return
    answer = mapping(value)
    inner = mapping(answer.get("data"))
    if is_status(answer) and isinstance(answer.get("status"), dict):  # 2/comments/show_batch: a bare list of comments
        yield answer, {}
        return
    comments = list(_comments(answer, inner))
    for comment in comments:
        for entry in [comment, *objects(comment.get("comments"))]:
            yield entry, {"id": asked_id} if asked_id else {}
    statuses = list(_statuses(answer, inner))
    if not comments and not statuses:
        statuses = _single(answer, inner, asked_id)
    yield from ((entry, None) for entry in statuses)


def _comments(answer: dict[str, Any], inner: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for holder, names in ((answer, ("comments", "hot_comments", "rootComment")), (inner, ("data", "hot_data", "comments"))):
        for name in names:
            if not _are_reposts(listed := objects(holder.get(name))):
                yield from listed
    if _are_comments(listed := objects(answer.get("data"))):
        yield from listed


def _are_comments(listed: list[dict[str, Any]]) -> bool:
    return any(mark in entry for entry in listed for mark in _COMMENT_MARKS) and not _are_reposts(listed)


def _are_reposts(listed: list[dict[str, Any]]) -> bool:
    return any("retweeted_status" in entry or "reposts_count" in entry for entry in listed)


def _statuses(answer: dict[str, Any], inner: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for holder, names in ((answer, ("statuses", "reposts")), (inner, ("statuses", "list"))):
        for name in names:
            yield from objects(holder.get(name))
    for listed in (objects(answer.get("data")), objects(inner.get("data")), objects(inner.get("hot_data"))):
        if _are_reposts(listed) or (listed is not None and listed and not inner and not _are_comments(listed)):
            yield from listed
    for card in _cards(inner.get("cards") or answer.get("cards")):
        if card.get("mblog"):
            yield mapping(card["mblog"])
    yield from (mapping(answer.get(name)) for name in ("mblog", "status") if answer.get(name))


def _single(answer: dict[str, Any], inner: dict[str, Any], asked_id: str | None) -> list[dict[str, Any]]:
    """The one status that an answer is; of the long-text endpoints the text comes alone, and only the request tells whose it is."""
    single = inner if is_status(inner) else answer
    if is_status(single):
        return [single]
    return [{**inner, "id": asked_id}] if "longTextContent" in inner else []


def _cards(cards: Any) -> Iterator[dict[str, Any]]:
    for card in objects(cards):
        yield card
        yield from objects(card.get("card_group"))


def is_status(entry: dict[str, Any]) -> bool:
    """Whether an object is a status."""
    has_id = any(name in entry for name in ("id", "idstr", "mid"))
    return has_id and "created_at" in entry and any(name in entry for name in ("text", "text_raw", "deleted"))


def mid_of(name: str | None) -> str | None:
    """The numeric id of a status: as it is, or of the short form in addresses (base 62, four letters for seven digits)."""
    if not name or name.isdigit() or not re.fullmatch(r"[0-9a-zA-Z]{5,12}", name):
        return name
    digits = ""
    for end in range(len(name), 0, -4):
        value = 0
        for letter in name[max(0, end - 4) : end]:
            value = value * 62 + _BASE62.index(letter)
        digits = (str(value).zfill(7) if end > 4 else str(value)) + digits
    return digits


def rendered(text: str) -> list[Any] | None:
    """The data inside a mobile detail page (m.weibo.cn/detail/ID), None where there are none: a captcha or a login page."""
    try:
        value = json.loads(matched[1]) if (matched := _RENDERED.search(text)) else None
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, list) else None


def own_id(entry: dict[str, Any]) -> str | None:
    """The id of a status, comment or user."""
    return identifier(entry.get("idstr")) or identifier(entry.get("id")) or identifier(entry.get("mid"))
