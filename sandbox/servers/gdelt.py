"""GDELT's DOC 2.0 API over a plot: a list of articles and no pages, as its announcement describes it.

    GET /gdelt/api/v2/doc/doc?query&mode=artlist&format=json&maxrecords&startdatetime&enddatetime&sort    {"articles": [..]} or {}

Refusals are sentences with HTTP 200 and text/html. seendate is a quarter of an hour. A removed article is no longer shown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sandbox.plot import Ask, Plot, Reply, Thing, html_reply, json_reply, newest_first

PLATFORM = "gdelt"
PREFIX = "/gdelt"
SITE = ""
OPTIONS: Mapping[str, Any] = {}
RATE_LIMIT, SERVER_ERROR = "rate_limit", "503"
HAS_ANSWERS = False
SAMPLE = ("/api/v2/doc/doc", {"query": "Velmora", "startdatetime": "20260301000000", "enddatetime": "20260330000000"})
_STEP = 900
_SENTENCES = {
    "rate_limit": "Please limit requests to one every 5 seconds.",
    "query_length": "Your query was too short or too long.",
    "keyword": "One or more of your keywords were too short, too long or too common",
    "phrase": "The specified phrase is too short.",
    "character": "One or more of your keywords contained an illegal character.",
    "syntax": "Parentheses may only be used around OR'd statements.",
    "timespan": "Timespan is too short.",
    "date": "Invalid query start date.",
    "message": "Invalid/Unsupported Country.",
}


def key(thing: Thing) -> tuple[str, str]:
    """Kind and native id of a thing: its address."""
    return "article", f"https://press.example/news/{thing.number}"


def error(code: str) -> Reply:
    """A refusal: a sentence, or the status of the server in front."""
    if code in _SENTENCES:
        return html_reply(_SENTENCES[code], 200, {"Retry-After": "2"} if code == "rate_limit" else None)
    return html_reply(f"<html><body>{code}</body></html>", int(code), {"Retry-After": "2"} if code == "429" else None)


def answer(plot: Plot, ask: Ask) -> Reply:
    """The answer to a request below /gdelt."""
    query = ask.query
    if ask.path != "/api/v2/doc/doc":
        return error("404")
    text = query.get("query", "")
    if not 2 < len(text) <= 250:
        return error("query_length")
    if (" OR " in text) != ("(" in text):
        return error("syntax")
    try:
        start, end = (_epoch(query[name]) for name in ("startdatetime", "enddatetime"))
    except (KeyError, ValueError):
        return error("date")
    if end - start < _STEP:
        return error("timespan")
    size = min(int(query.get("maxrecords", "75")), 250)
    if plot.stuck:
        start, end = 0, 9_000_000_000
    found = [t for t in newest_first(plot.live()) if start <= _seen(t) <= end and _holds(text, t.text)][:size]
    return json_reply({"articles": [_article(thing) for thing in found]} if found else {})


def _holds(text: str, said: str) -> bool:
    wanted = re.findall(r'"([^"]+)"|(\w+)', text.replace(" OR ", " "))
    words = [(phrase or word).lower() for phrase, word in wanted]
    return (any if " OR " in text else all)(word in said.lower() for word in words)


def _epoch(text: str) -> int:
    return int(datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=UTC).timestamp())


def _seen(thing: Thing) -> int:
    return thing.at // _STEP * _STEP


def _article(thing: Thing) -> dict[str, str]:
    return {
        "url": key(thing)[1], "url_mobile": "", "title": thing.text, "domain": "press.example", "language": "English",
        "seendate": f"{datetime.fromtimestamp(_seen(thing), UTC):%Y%m%dT%H%M%SZ}", "socialimage": "", "sourcecountry": "United States",
    }  # fmt: skip
