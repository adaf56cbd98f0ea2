"""The forms in which Google Play reviews come: the store's batchexecute frames, its pages, and the Play Developer API.

    )]}'  [["wrb.fr", rpc, "<JSON as a string>", …], ["di", …]] ──► frames() ──► {"rpc", "payload" | "status"}
    payload [[review, …], [null, token]]        review [id, [name, …], stars, …, text, [seconds, nanos], thumbs, reply, …, version]
    reply [name, text, [seconds, nanos]]
Sources: public clients of the store (positions, tokens, error frames), the Play Developer API's reference (reviews v3).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from extractors.text import tidy
from extractors.times import from_epoch, from_iso
from extractors.values import identifier, mapping, objects, text_or_none

ID, USER, STARS, TEXT, TIME, THUMBS, REPLY, VERSION = 0, 1, 2, 4, 5, 6, 7, 10
GUARD = b")]}'"
_CALLBACK = re.compile(r"AF_initDataCallback\(\{.*?\bdata:\s*(?=\[)", re.S)
_DECODER = json.JSONDecoder()
_DEEPEST = 12


def frames(text: str) -> list[dict[str, Any]]:
    """The answers in a batchexecute body, whole or in chunks led by their lengths. Raises ValueError where there is none."""
    found, place = [], 0
    while (start := text.find("[", place)) >= 0:
        value, place = _DECODER.raw_decode(text, start)
        found += [frame for part in (value if isinstance(value, list) else []) if (frame := _frame(part))]
    if not found:
        raise ValueError("no frame")
    return found


def _frame(part: Any) -> dict[str, Any] | None:
    if not isinstance(part, list) or not part or part[0] not in ("wrb.fr", "er"):
        return None
    if part[0] == "er":
        return {"rpc": at(part, 1), "payload": None, "status": [code for code in part[2:] if isinstance(code, int)][:1]}
    payload = at(part, 2)
    return {"rpc": at(part, 1), "payload": json.loads(payload) if isinstance(payload, str) else None, "status": at(part, 5)}


def is_frames(value: Any) -> bool:
    """Whether a decoded array is one of frames, its guard already taken off."""
    return isinstance(value, list) and any(isinstance(part, list) and at(part, 0) in ("wrb.fr", "er") for part in value)


def page_data(html: str) -> list[dict[str, Any]]:
    """The data sets of a page of the store (AF_initDataCallback) that hold reviews."""
    found = []
    for match in _CALLBACK.finditer(html):
        try:
            data, _ = _DECODER.raw_decode(html, match.end())
        except ValueError:
            continue
        if any(True for _ in arrays(data)):
            found.append({"rpc": None, "payload": data, "status": None})
    return found


def arrays(value: Any, depth: int = 0) -> Iterator[list[Any]]:
    """Every review array in a payload, wherever it stands; an array where reviews are listed gives each of its entries."""
    if not isinstance(value, list) or depth > _DEEPEST:
        return
    if any(_is_review(part) for part in value):
        yield from (part for part in value if isinstance(part, list) and part)
        return
    for part in value:
        yield from arrays(part, depth + 1)


def _is_review(value: Any) -> bool:
    """[id, [name, …], stars, …]: the shape that no other array of the store has."""
    user, stars = at(value, USER), at(value, STARS)
    return (
        isinstance(at(value, ID), str)
        and isinstance(user, list)
        and isinstance(at(user, 0), str)
        and isinstance(stars, int)
        and not isinstance(stars, bool)
        and 0 <= stars <= 5
        and len(value) > TIME
    )


def token(payload: Any) -> str | None:
    """The token of the next page, None at the end."""
    for part in payload[1:] if isinstance(payload, list) else []:
        if isinstance(part, list) and part and isinstance(part[-1], str) and part[-1]:
            return part[-1]
    return None


def at(value: Any, *places: int) -> Any:
    """What stands at these places of nested arrays, None where there is nothing."""
    for place in places:
        if not isinstance(value, list) or not -len(value) <= place < len(value):
            return None
        value = value[place]
    return value


def request(rpc: str, app: str, count: int, position: str | None) -> str:
    """The value of f.req: newest first (sort 2)."""
    page = [count, None, position] if position else [count]
    inner = [None, [2, 2, page, None, [None, None]], [app, 7]]
    if rpc == "UsvDTd":
        inner.insert(0, None)
    return json.dumps([[[rpc, json.dumps(inner, separators=(",", ":")), None, "generic"]]], separators=(",", ":"))


def asked(url: str | None) -> dict[str, str]:
    """App, language and country of an address of the store or of the Play Developer API."""
    parts = urlsplit(url or "")
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    path = re.search(r"/applications/([\w.]+)/reviews", parts.path)
    source = parse_qs(urlsplit(query.get("source-path", "")).query).get("id", [None])[0]
    app = path[1] if path else query.get("id") or source
    told = {"app": app, "language": query.get("hl") or query.get("translationLanguage"), "country": query.get("gl")}
    return {name: value for name, value in told.items() if value}


def envelopes(value: Any, url: str | None) -> Iterator[dict[str, Any]]:
    """{item, app?, …} of each review, and {item, review, reply: true, …} of each developer's answer."""
    told = asked(url)
    answer = mapping(value)
    if "rpc" in answer:
        for review in arrays(answer.get("payload")):
            yield {"item": review, **told}
            if isinstance(at(review, REPLY), list) and at(review, REPLY):
                yield {"item": at(review, REPLY), "review": at(review, ID), "reply": True, **told}
        return
    single = [answer] if "reviewId" in answer or ("id" in answer and "text" in answer) else value
    listed = answer.get("reviews", answer.get("data", single))
    for entry in objects(listed):
        yield from _official(entry, told) if "comments" in entry or "authorName" in entry else _exported(entry, told)


def _official(review: dict[str, Any], told: dict[str, str]) -> Iterator[dict[str, Any]]:
    """A review of the Play Developer API: comments [{userComment}, {developerComment}]."""
    yield {"item": review, **told}
    for comment in objects(review.get("comments")):
        reply = comment.get("developerComment")
        if isinstance(reply, dict):
            yield {"item": reply, "review": review.get("reviewId"), "reply": True, **told}


def _exported(review: dict[str, Any], told: dict[str, str]) -> Iterator[dict[str, Any]]:
    """A review as the public clients write it into files: reviewId | id, content | text, replyContent | replyText."""
    if not any(name in review for name in ("reviewId", "id", "content", "text")):
        return
    told = {**asked(text_or_none(review.get("url"))), **told}
    yield {"item": review, **told}
    text = review.get("replyContent") or review.get("replyText")
    if isinstance(text, str) and text:
        reply = {"text": text, "at": review.get("repliedAt") or review.get("replyDate")}
        yield {"item": reply, "review": review.get("reviewId") or review.get("id"), "reply": True, **told}


def native_id(envelope: dict[str, Any]) -> str:
    """A review's own id; an answer has none: it is the review's with `:reply`."""
    item = envelope.get("item")
    if envelope.get("reply"):
        review = identifier(envelope.get("review"))
        return f"{review}:reply" if review else ""
    own = at(item, ID) if isinstance(item, list) else mapping(item).get("reviewId") or mapping(item).get("id")
    return identifier(own) or ""


def fields(envelope: dict[str, Any]) -> dict[str, Any]:
    """A review or an answer under common names, whatever form it came in."""
    item = envelope.get("item")
    if isinstance(item, list):
        return _reply_array(item) if envelope.get("reply") else _review_array(item)
    value = mapping(item)
    if envelope.get("reply"):
        return {"text": _text(value.get("text")), **_stamp(value.get("lastModified", value.get("at")))}
    if "comments" in value or "authorName" in value:
        return _comment(value)
    return {
        "text": _words(value.get("content", value.get("text")), value.get("score"), value.get("at") or value.get("date")),
        "rating": value.get("score"),
        "author_name": value.get("userName"),
        "likes": value.get("thumbsUpCount", value.get("thumbsUp")),
        **_stamp(value.get("at") or value.get("date")),
    }


def _review_array(review: list[Any]) -> dict[str, Any]:
    return {
        "text": _words(at(review, TEXT), at(review, STARS), at(review, TIME)),
        "rating": at(review, STARS),
        "author_name": at(review, USER, 0),
        "likes": at(review, THUMBS),
        **_stamp(at(review, TIME)),
    }


def _reply_array(reply: list[Any]) -> dict[str, Any]:
    return {"text": _text(at(reply, 1)), "author_name": at(reply, 0), **_stamp(at(reply, 2))}


def _comment(review: dict[str, Any]) -> dict[str, Any]:
    """The newest userComment; a title stands before a tab; the text as written is preferred to its translation."""
    comments = [mapping(c.get("userComment")) for c in objects(review.get("comments")) if isinstance(c.get("userComment"), dict)]
    comment = max(comments, key=lambda c: str(mapping(c.get("lastModified")).get("seconds", "")).rjust(20, "0"), default={})
    written = comment.get("originalText") or comment.get("text")
    title, tab, body = written.partition("\t") if isinstance(written, str) else ("", "", None)
    return {
        "title": title.strip() if tab else None,
        "text": _text(body if tab else written),
        "rating": comment.get("starRating"),
        "author_name": review.get("authorName"),
        "likes": comment.get("thumbsUpCount"),
        "language": comment.get("reviewerLanguage"),
        **_stamp(comment.get("lastModified")),
    }


def _text(value: Any) -> str | None:
    return tidy(value) if isinstance(value, str) else None


def _words(value: Any, stars: Any, when: Any) -> str | None:
    """A review's text; one of stars alone, whole but for its words, has "": that is no fault."""
    return "" if value is None and isinstance(stars, int) and not isinstance(stars, bool) and when else _text(value)


def _stamp(value: Any) -> dict[str, Any]:
    """The instant of [seconds, nanos], {seconds, nanos} or an ISO string with a zone; epoch seconds are UTC everywhere."""
    if isinstance(value, str):
        return {"time": from_iso(value), "time_raw": value}
    seconds, nanos = (value.get("seconds"), value.get("nanos")) if isinstance(value, dict) else (at(value, 0), at(value, 1))
    moment: datetime | None = from_epoch(seconds)
    if moment is None:
        return {"time": None, "time_raw": None}
    fraction = nanos if isinstance(nanos, int) and not isinstance(nanos, bool) and 0 <= nanos < 10**9 else 0
    raw = f"{seconds}.{fraction:09d}" if fraction else str(seconds)
    return {"time": moment + timedelta(microseconds=fraction // 1000), "time_raw": raw}
