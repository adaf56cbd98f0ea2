"""Google Play: the store's batchexecute call for an app's reviews, as public clients describe it.

    POST /google_play/_/PlayStoreUi/data/batchexecute?hl=..&gl=..   f.req (or in the query)=[[["oCPfdb" | "UsvDTd", "[…]", null, "generic"]]]

The answer is guarded by )]}' and holds the payload as JSON inside a string: [[review, …], [null, token]]; an unknown app is "[]".
Newest first by the time of the last edit. A developer's answer stands inside its review. An error is a frame without a payload.
"""

from __future__ import annotations

import json
from typing import Any

from sandbox.plot import Ask, Plot, Reply, Thing, newest_first

PLATFORM, PREFIX, SITE = "google_play", "/google_play", ""
APP, LANGUAGE = "com.velmora.app", "en"
OPTIONS = {"apps": [APP], "languages": [LANGUAGE]}
RATE_LIMIT, SERVER_ERROR, HAS_ANSWERS = "PlayGatewayError", "13", True
_RPCS = {"oCPfdb": 1, "UsvDTd": 2}  # where the list's arguments stand
_SAMPLE = json.dumps([[["oCPfdb", json.dumps([None, [2, 2, [20], None, []], [APP, 7]]), None, "generic"]]])
SAMPLE = ("/_/PlayStoreUi/data/batchexecute", {"hl": LANGUAGE, "f.req": _SAMPLE})  # a page for the fuzz tests
_GATEWAY = [8, None, [["type.googleapis.com/com.google.play.gateway.proto.PlayGatewayError", [None, "rate"]]]]


def key(thing: Thing) -> tuple[str, str]:
    """(kind, native id): an answer has no id of its own."""
    return ("review", _id(thing.number)) if thing.parent is None else ("reply", f"{_id(thing.parent)}:reply")


def _id(number: int) -> str:
    return f"{number:08x}-0000-4000-8000-{number:012x}"


def error(code: str) -> Reply:
    """An error frame with HTTP 200, or an HTTP status for the codes of HTTP."""
    if code.isdigit() and 400 <= int(code) < 600:
        return Reply(int(code), b"<html><title>Error</title></html>", {"Content-Type": "text/html"})
    status: Any = _GATEWAY if code == "PlayGatewayError" else None if code == "null" else [int(code)]
    return _framed("oCPfdb", None, status)


def answer(plot: Plot, ask: Ask) -> Reply:
    """One call of batchexecute."""
    if ask.path != "/_/PlayStoreUi/data/batchexecute":
        return error("404")
    try:
        rpc, inner = json.loads({**ask.query, **ask.form()}["f.req"])[0][0][:2]
        place = _RPCS[rpc]
        wanted, app = json.loads(inner)[place : place + 2]
        _, order, page = wanted[:3]
    except (KeyError, ValueError, TypeError, IndexError):
        return error("400")
    if order != 2 or app[0] != APP or ask.query.get("hl") != LANGUAGE:
        return _framed(rpc, [], None)
    token = page[2] if len(page) > 2 else None
    start = _place(token)
    if start is None:
        return _framed(rpc, None, [3])
    things = [thing for thing in plot.live() if thing.parent is None]
    listed = sorted(newest_first(things), key=lambda thing: (thing.edited_at or thing.at, thing.number), reverse=True)
    shown, following = plot.cut(listed, start, page[0])
    reviews = [_review(plot, thing) for thing in shown]
    return _framed(rpc, [reviews, [None, f"CtoKLCoq{following:x}"]] if following is not None else [reviews], None)


def _place(token: str | None) -> int | None:
    if token is None:
        return 0
    try:
        return int(token.removeprefix("CtoKLCoq"), 16)
    except ValueError:
        return None


def _framed(rpc: str, payload: Any, status: Any) -> Reply:
    inner = None if payload is None else json.dumps(payload, ensure_ascii=False)
    frame = ["wrb.fr", rpc, inner, None, None, status, "generic"]
    body = ")]}'\n\n" + json.dumps([frame, ["di", 54], ["af.httprm", 53, "-1", 7]], ensure_ascii=False)
    return Reply(200, body.encode(), {"Content-Type": "application/json; charset=utf-8"})


def _review(plot: Plot, thing: Thing) -> list[Any]:
    reply = next((child for child in plot.children(thing.number) if not child.gone), None)
    user = [f"author {thing.author}", [None, 2, None, [None, None, "https://play-lh.googleusercontent.com/a/x"]]]
    told = ["Velmora Bank", reply.text, [reply.edited_at or reply.at, 0]] if reply else None
    changed = [thing.edited_at or thing.at, 123000000]
    return [
        _id(thing.number),
        user,
        thing.rating,
        None,
        thing.text,
        changed,
        thing.likes,
        told,
        None,
        None,
        "5.2.1",
        None,
        [None],
    ]
