"""Odnoklassniki's API over a Plot: one group, its stream of topics, and discussions with comments.

    GET /odnoklassniki/fb.do?method=…&application_key=…&format=json&sig=…&access_token=…
    group.getInfo, search.quick        the group                     mediatopic.getByIds   topics; three blocks each where several are asked
    stream.get                         feeds newest first + entities, anchor    discussions.get   a discussion, error 300 where there is none
    discussions.getComments            oldest first by anchor, has_more

Every call is signed: md5 of the sorted k=v without access_token and sig, then the session's secret. The sandbox's sessions have the secret
"<token>" or "<token>-RENOWN_ODNOKLASSNIKI_SESSION_SECRET_KEY". Errors are HTTP 200. Times of comments have no zone: Moscow. What was removed
is absent. Every seventh topic comes cut in a stream and whole by itself. Written from the API's documentation (apiok).
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.plot import Ask, Plot, Reply, Thing, json_reply, newest_first

PLATFORM = "odnoklassniki"
PREFIX = "/odnoklassniki"
SITE = ""
GROUP = "57110225354790"
OPTIONS: Mapping[str, Any] = {"groups": [GROUP]}
RATE_LIMIT = "11"
SERVER_ERROR = "2"
HAS_ANSWERS = True
_CALL = {"application_key": "sample", "gid": GROUP, "method": "stream.get"}
_SIGNED = hashlib.md5(("".join(f"{name}={_CALL[name]}" for name in sorted(_CALL)) + "sample").encode(), usedforsecurity=False)
SAMPLE: tuple[str, Mapping[str, str]] = ("/fb.do", {**_CALL, "access_token": "sample", "sig": _SIGNED.hexdigest()})
_MOSCOW = ZoneInfo("Europe/Moscow")
_NAMES = {
    "1": "UNKNOWN", "2": "SERVICE", "3": "METHOD", "4": "REQUEST", "7": "ACTION_BLOCKED", "8": "FLOOD_BLOCKED", "9": "IP_BLOCKED",
    "10": "PERMISSION_DENIED", "11": "LIMIT_REACHED", "100": "PARAM", "101": "PARAM_API_KEY", "102": "PARAM_SESSION_EXPIRED",
    "103": "PARAM_SESSION_KEY", "104": "PARAM_SIGNATURE", "160": "PARAM_GROUP_ID", "200": "PARAM_PERMISSION", "300": "NOT_FOUND",
    "700": "COMMENT_NOT_FOUND", "702": "COMMENT_NOT_ACTIVE", "9999": "SYSTEM",
}  # fmt: skip


def _topic_id(number: int) -> str:
    return f"6219{number:08d}"


def _comment_id(topic: int, thing: Thing) -> str:
    inner = f"{thing.at * 1000}:-{thing.number}:{thing.at * 1000}:{_topic_id(topic)}:1"
    return base64.b64encode(inner.encode()).decode()


def key(thing: Thing) -> tuple[str, str]:
    """A comment's id holds the topic that it lies under, which is the thing before it in small worlds."""
    if thing.parent is None:
        return "post", _topic_id(thing.number)
    return "comment", _comment_id(thing.parent, thing)


def error(code: str) -> Reply:
    """The platform's form of an error of the contract, with HTTP 200."""
    return json_reply({"error_code": int(code), "error_msg": f"{_NAMES.get(code, 'ERROR')} : as documented", "error_data": None})


def answer(plot: Plot, ask: Ask) -> Reply:
    """The answer to a call."""
    params = {**ask.query, **ask.form()}
    if refused := _refused(params):
        return error(refused)
    method = _METHODS.get(params.get("method", ""))
    return method(plot, params) if ask.path == "/fb.do" and method else error("3")


def _refused(params: Mapping[str, str]) -> str | None:
    """The error of a call without key, session or the right signature."""
    token = params.get("access_token", "")
    if not params.get("application_key"):
        return "101"
    if not token:
        return "103"
    joined = "".join(f"{name}={params[name]}" for name in sorted(params) if name not in ("access_token", "sig"))
    secrets = (token, f"{token}-RENOWN_ODNOKLASSNIKI_SESSION_SECRET_KEY")
    valid = [hashlib.md5((joined + secret).encode(), usedforsecurity=False).hexdigest() for secret in secrets]
    return None if params.get("sig") in valid else "104"


def _person(thing: Thing) -> dict[str, Any]:
    return {
        "uid": str(5380000 + thing.author),
        "first_name": "Reader",
        "last_name": str(thing.author),
        "name": f"Reader {thing.author}",
    }


def _author(thing: Thing) -> str:
    return GROUP if thing.official else str(_person(thing)["uid"])


def _group() -> dict[str, Any]:
    return {"uid": GROUP, "name": "Velmora Bank", "shortname": "velmora", "members_count": 4200}


def _topic(plot: Plot, thing: Thing, cut: bool) -> dict[str, Any]:
    answers = [answer for answer in plot.under(thing.number) if not answer.gone]
    words = thing.text.split(" ")
    blocks = [{"type": "text", "text": words[0] if cut else thing.text}]
    own = {"self": False, "like_id": "x"}
    return {
        "id": _topic_id(thing.number), "ref": f"media_topic:{_topic_id(thing.number)}", "media": blocks, "has_more": cut,
        "created_ms": thing.at * 1000, "author_ref": f"{'group' if thing.official else 'user'}:{_author(thing)}", "owner_ref": f"group:{GROUP}",
        "like_summary": {"count": thing.likes, **own}, "reshare_summary": {"count": 0, "self": False},
        "discussion_summary": {
            "discussion_type": "GROUP_TOPIC", "discussion_id": _topic_id(thing.number), "comments_count": len(answers)
        },
    }  # fmt: skip


def _is_long(thing: Thing) -> bool:
    return thing.number % 7 == 0


def _entities(plot: Plot, shown: Iterable[Thing], cut: bool) -> dict[str, Any]:
    listed = list(shown)
    people = {thing.author: _person(thing) for thing in listed if not thing.official}
    topics = [_topic(plot, thing, cut and _is_long(thing)) for thing in listed]
    return {"groups": [_group()], "users": list(people.values()), "media_topics": topics}


def _group_info(plot: Plot, params: Mapping[str, str]) -> Reply:
    return json_reply([_group() for own in params.get("uids", "").split(",") if own == GROUP])


def _search(plot: Plot, params: Mapping[str, str]) -> Reply:
    found = [_group()] if params.get("query", "").lower() in _group()["name"].lower() else []
    return json_reply({"entities": {"groups": found}})


def _whole(value: str | None, default: int) -> int:
    return int(value) if value and value.isdecimal() else default


def _stream(plot: Plot, params: Mapping[str, str]) -> Reply:
    if params.get("gid") != GROUP:
        return error("160")
    roots = [thing for thing in plot.roots() if not thing.gone]
    place = _whole(params.get("anchor", "").removeprefix("anchor-"), 0)
    shown, more = plot.cut(newest_first(roots), place, _whole(params.get("count"), 20))
    if not shown:
        return json_reply({"available": True})
    feeds = [
        {
            "pattern": "POST", "type": "ACTIVITY", "date_ms": t.at * 1000,
            "date": datetime.fromtimestamp(t.at, _MOSCOW).strftime("%Y-%m-%d %H:%M:%S"), "target_refs": [f"media_topic:{_topic_id(t.number)}"],
            "author_refs": [f"{'group' if t.official else 'user'}:{_author(t)}"], "owner_refs": [f"group:{GROUP}"],
        }
        for t in shown
    ]  # fmt: skip
    body = {"feeds": feeds, "entities": _entities(plot, shown, True), "available": True}
    return json_reply(body if more is None else {**body, "anchor": f"anchor-{more}"})


def _by_ids(plot: Plot, params: Mapping[str, str]) -> Reply:
    ids = params.get("topic_ids", "").split(",")
    if len(ids) > 1 and params.get("media_limit") not in ("1", "2", "3"):
        return error("100")
    found = [thing for thing in plot.roots() if not thing.gone and _topic_id(thing.number) in ids]
    entities = _entities(plot, found, len(ids) > 1)
    topics = entities.pop("media_topics")
    return json_reply({"media_topics": topics, "entities": entities}) if topics else error("300")


def _find(plot: Plot, params: Mapping[str, str]) -> Thing | None:
    own = params.get("discussionId")
    return next((thing for thing in plot.roots() if not thing.gone and _topic_id(thing.number) == own), None)


def _discussion(plot: Plot, params: Mapping[str, str]) -> Reply:
    thing = _find(plot, params)
    if thing is None or params.get("discussionType") != "GROUP_TOPIC":
        return error("300")
    told = {
        "object_id": _topic_id(thing.number), "object_type": "GROUP_TOPIC", "owner_uid": _author(thing), "title": thing.text,
        "message": f"Topic in the {{group:{GROUP}}}Velmora Bank{{group}} group", "like_count": thing.likes,
        "creation_date": datetime.fromtimestamp(thing.at, _MOSCOW).strftime("%Y-%m-%d %H:%M:%S"),
        "total_comments_count": len([t for t in plot.under(thing.number) if not t.gone]), "ref_objects": [{"id": GROUP, "type": "GROUP"}],
    }  # fmt: skip
    return json_reply({"discussion": told, "entities": _entities(plot, [thing], False)})


def _comments(plot: Plot, params: Mapping[str, str]) -> Reply:
    thing = _find(plot, params)
    if thing is None or params.get("discussionType") != "GROUP_TOPIC":
        return error("300")
    listed = [one for one in plot.under(thing.number) if not one.gone]
    place = _whole(params.get("anchor", "").removeprefix("c-"), 0)
    shown, more = plot.cut(listed, place, _whole(params.get("count"), 20))
    body: dict[str, Any] = {
        "discussionId": _topic_id(thing.number), "discussionType": "GROUP_TOPIC", "has_more": more is not None,
        "anchor": f"c-{place + len(shown)}" if more is None else f"c-{more}", "comments": [_comment(plot, thing, one) for one in shown],
        "entities": {"users": list({one.author: _person(one) for one in shown if not one.official}.values())},
    }  # fmt: skip
    return json_reply(body)


def _comment(plot: Plot, root: Thing, thing: Thing) -> dict[str, Any]:
    told: dict[str, Any] = {
        "id": _comment_id(root.number, thing), "author_id": _author(thing), "text": thing.text, "like_count": thing.likes, "liked_it": False,
        "date": datetime.fromtimestamp(thing.at, UTC).astimezone(_MOSCOW).strftime("%Y-%m-%d %H:%M:%S"), "type": "ACTIVE_MESSAGE",
        "attrs": {"flags": "l,s"},
    }  # fmt: skip
    if thing.official:
        told |= {"author_type": "GROUP", "author_name": "Velmora Bank"}
    above = plot.find(thing.parent or 0)
    if above is not None and above.number != root.number:
        told |= {"reply_to_comment_id": _comment_id(root.number, above), "reply_to_id": _author(above)}
    return told


_METHODS = {
    "group.getInfo": _group_info,
    "search.quick": _search,
    "stream.get": _stream,
    "mediatopic.getByIds": _by_ids,
    "discussions.get": _discussion,
    "discussions.getComments": _comments,
}
