"""The Graph API's own forms, for extractors.platforms.facebook: errors, usage headers, paging links, permalinks, nodes and edges.

any answer ──nodes()──► node + what it lies under     paging.next ──next_of()──► query without secrets
error + headers ──error_of()──► PlatformError          Graph ──► an answer, asked for less where it would be too large
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from extractors.base import Contract, PlatformError, Reading, contract_error
from extractors.http import Ask
from extractors.limits import wait_seconds
from extractors.redaction import redact
from extractors.values import count, flag, identifier, mapping, number, objects

VERSION = "v26.0"
REDUCE = "1/reduce"
MISSING = ("100/33", "803")
_SECRET = {"access_token", "appsecret_proof", "input_token", "suppress_http_code"}
_EDGES = ("feed", "posts", "published_posts", "visitor_posts", "promotable_posts", "tagged", "comments")
_USAGE = ("x-business-use-case-usage", "x-app-usage", "x-page-usage")
_COMMENT_ONLY = ("comment_count", "can_hide", "can_remove", "parent", "attachment", "is_private", "like_count", "user_likes")
_POST_ONLY = ("attachments", "shares", "status_type", "updated_time", "story", "full_picture", "is_published", "actions")
_PAGE_ONLY = ("name", "username", "fan_count", "followers_count", "category", "about")
_NO_POST = ("category", "category_list", "fan_count", "about", "is_community_page", "can_post")
_PRIVATE = ("m_", "mid.", "t_")  # messages and conversations between two: not public
_OLDER_ID = re.compile(r"(\d+_\d+)_\d+")
_CODED = re.compile(r"^\(#(\d{1,6})\)")
_MEDIA = ("photo", "video", "album", "image", "sticker", "animated_image", "animated_image_video", "native_templates")
_VERSIONED = re.compile(r"v\d+(\.\d+)?")

__all__ = ["Found", "Graph", "Permalink", "cards", "clean", "error_of", "is_comment", "nodes", "permalink"]


# -- asking ----------------------------------------------------------------------------------------------------------
class Graph:
    """A source's session with the Graph API. `withheld`: posts whose comments could not be read; the budget is watched at each answer."""

    def __init__(self, reading: Reading) -> None:
        self.reading, self.withheld, self._usage = reading, 0, 0.0
        self._root = f"{reading.base_url}/{reading.option('graph_version', VERSION)}"
        self._most = float(reading.option("usage_stop", 95))

    def get(self, path: str, params: Mapping[str, Any], endpoint: str) -> dict[str, Any]:
        """One answer. Raises PlatformError (stop, code usage) where the last answer said that the budget is nearly used up."""
        if self._usage >= self._most:
            raise PlatformError(
                "stop", f"facebook: {self._usage:.0f} per cent of the budget are used", "run again in an hour", code="usage"
            )
        headers = {"Authorization": f"Bearer {self.reading.http.token or ''}"}
        value, answer = self.reading.http.ask_json(Ask(f"{self._root}/{path}", params, headers, endpoint))
        self._usage = usage(answer.headers)
        return mapping(value)

    def page(self, path: str, params: Mapping[str, Any], endpoint: str) -> dict[str, Any]:
        """One page of an edge; where the platform says that it would be too large, half as many are asked for, down to one."""
        while True:
            try:
                return self.get(path, params, endpoint)
            except PlatformError as error:
                limit = count(params.get("limit")) or 0
                if error.code != REDUCE or limit <= 1:
                    raise
                params = {**params, "limit": limit // 2}

    def by_ids(self, ids: list[str], fields: str) -> dict[str, dict[str, Any] | None]:
        """Each id's node, None for what does not exist. One missing id fails a whole request: then it is halved."""
        try:
            value = self.get("", {"ids": ",".join(ids), "fields": fields}, "?ids=")
        except PlatformError as error:
            if error.code not in MISSING:
                raise
            if len(ids) == 1:
                return {ids[0]: None}
            half = len(ids) // 2
            return self.by_ids(ids[:half], fields) | self.by_ids(ids[half:], fields)
        return {name: mapping(value.get(name)) or None for name in ids}


def usage(headers: Mapping[str, str]) -> float:
    """The fullest of the budgets that an answer's headers tell, in per cent."""
    shares = [
        number(entry.get(name)) for entry in _usage_entries(headers) for name in ("call_count", "total_time", "total_cputime")
    ]
    return max((share for share in shares if share is not None), default=0.0)


def regain_seconds(headers: Mapping[str, str]) -> float | None:
    """How long until calls are taken again: estimated_time_to_regain_access (minutes), else Retry-After."""
    minutes = [number(entry.get("estimated_time_to_regain_access")) for entry in _usage_entries(headers)]
    longest = max((told for told in minutes if told), default=None)
    return longest * 60 if longest is not None else wait_seconds(headers)


def _usage_entries(headers: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    lowered = {name.lower(): value for name, value in headers.items()}
    for name in _USAGE:
        try:
            told = mapping(json.loads(lowered.get(name, "{}")))
        except (ValueError, RecursionError):
            continue
        yield told
        for entries in told.values():
            yield from objects(entries)


def error_of(contract: Contract, value: Any, status: int, headers: Mapping[str, str]) -> PlatformError | None:
    """{"error": {message, type, code, error_subcode, is_transient, fbtrace_id}}; a throttle that tells no end is a stop."""
    answers = [_batched(entry) for entry in objects(value)] if isinstance(value, list) else [mapping(value)]
    failed = [answer for answer in answers if _error(answer)]
    if not failed or (len(failed) < len(answers) and status < 400):
        return (
            contract_error(contract, f"HTTP {status}", "", _by_status(status), wait_seconds=wait_seconds(headers))
            if status >= 400
            else None
        )
    error = _error(failed[0])
    default: Any = "retry" if flag(error.get("is_transient")) or status >= 500 else "fatal"
    wait = regain_seconds(headers)
    found = contract_error(contract, _code(contract, error), str(error.get("message") or ""), default, wait_seconds=wait)
    if found.action == "wait_until":
        if wait is None:
            return PlatformError("stop", found.what, found.mend, code=found.code)
        return found
    return PlatformError(found.action, found.what, found.mend, code=found.code)


def _error(answer: Mapping[str, Any]) -> dict[str, Any]:
    """The error object of an answer; the old REST form and bare OAuth errors are brought to the same names."""
    told = answer.get("error")
    if isinstance(told, dict):
        return {"code": told.get("type") or "unknown", **told}
    if told is not None:
        return {"code": str(told)[:40], "message": answer.get("error_description")}
    return {"code": answer["error_code"], "message": answer.get("error_msg")} if answer.get("error_code") is not None else {}


def _code(contract: Contract, error: Mapping[str, Any]) -> str:
    code, detail, told = error.get("code"), error.get("error_subcode"), str(error.get("message") or "")
    if not str(code).isdecimal():  # before v2 the code stood in the message, or nowhere
        code = found[1] if (found := _CODED.match(told)) else "190" if "access token" in told.lower() else code
    if "reduce the amount of data" in told.lower():
        return REDUCE
    if contract.rule(f"{code}/{detail}"):
        return f"{code}/{detail}"
    whole = count(code)
    if whole is not None and 200 <= whole <= 299:
        return "200"
    return "80001" if whole is not None and 80000 <= whole <= 80014 else str(code)[:40]


def _by_status(status: int) -> Any:
    return "retry" if status >= 500 or status == 429 else "fatal"


def _batched(entry: dict[str, Any]) -> dict[str, Any]:
    """What one answer of a batch holds: {code, headers, body: "JSON"}; anything else is itself."""
    if "code" in entry and isinstance(entry.get("body"), str):
        try:
            return mapping(json.loads(entry["body"]))
        except (ValueError, RecursionError):
            return {}
    return entry


# -- paging ----------------------------------------------------------------------------------------------------------
def next_of(value: Mapping[str, Any]) -> str | None:
    """The query of paging.next without secrets, None at the end (cursors may still be there). Its host is never followed."""
    link = mapping(value.get("paging")).get("next")
    if not isinstance(link, str) or not link:
        return None
    pairs = parse_qsl(urlsplit(link).query, keep_blank_values=True)
    return urlencode([(name, told) for name, told in pairs if name not in _SECRET])


def params_of(position: str) -> dict[str, Any]:
    """The parameters of a stored position."""
    return dict(parse_qsl(position, keep_blank_values=True))


def clean(value: Any) -> Any:
    """A decoded answer without the tokens that its links carry."""
    if isinstance(value, str):
        return redact(value) if "access_token" in value else value
    if isinstance(value, list):
        return [clean(entry) for entry in value]
    return {name: clean(entry) for name, entry in value.items()} if isinstance(value, dict) else value


def total(edge: Any) -> int | None:
    """How many an edge holds: its summary, a bare count (v1), or its data where there is no further page of it."""
    if not isinstance(edge, dict):
        return count(edge)
    told = count(mapping(edge.get("summary")).get("total_count"))
    told = count(edge.get("count")) if told is None else told
    whole = isinstance(edge.get("data"), list) and "summary" not in edge and not mapping(edge.get("paging")).get("next")
    return len(edge["data"]) if told is None and whole else told


# -- permalinks ------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Permalink:
    """What an address of a post or comment names, as far as it is told in digits."""

    page: str | None = None
    story: str | None = None
    comment: str | None = None
    reply: str | None = None

    def post_id(self) -> str | None:
        """page_post."""
        return f"{self.page}_{self.story}" if self.page and self.story else None

    def comment_id(self, post: str | None) -> str | None:
        """post_comment, the API's own form of a comment's id."""
        return self._below(post, self.reply or self.comment)

    def parent_id(self, post: str | None) -> str | None:
        """The comment that a reply answers."""
        return self._below(post, self.comment) if self.reply else None

    def _below(self, post: str | None, own: str | None) -> str | None:
        story = self.story or (post or "").rpartition("_")[2]
        return f"{story}_{own}" if story and own else None


def permalink(address: Any) -> Permalink:
    """/PAGE/posts/POST, /permalink.php?story_fbid=&id=, /PAGE/photos|videos/…/POST, ?comment_id=&reply_comment_id=."""
    if not isinstance(address, str) or not (
        "facebook.com" in address or address.startswith("/")
    ):  # videos have theirs without a host
        return Permalink()
    try:
        parts = urlsplit(address)
    except ValueError:
        return Permalink()
    asked = {name: told[0] for name, told in parse_qs(parts.query).items()}
    steps = [step for step in parts.path.split("/") if step]
    story = asked.get("story_fbid") or asked.get("fbid") or asked.get("v") or (steps[-1] if len(steps) > 1 else None)
    page = asked.get("id") or (steps[0] if steps else None)
    return Permalink(_digits(page), _digits(story), _numbered(asked.get("comment_id")), _numbered(asked.get("reply_comment_id")))


def _digits(told: str | None) -> str | None:
    return told if told and told.isdecimal() else None


def _numbered(told: str | None) -> str | None:
    """A comment's number; some links carry base64 of "comment:POST_NUMBER"."""
    if not told or told.isdecimal():
        return told or None
    try:
        inner = base64.b64decode(told + "=" * (-len(told) % 4)).decode()
    except (ValueError, UnicodeDecodeError):
        return None
    return _digits(inner.rpartition("_")[2]) if inner.startswith("comment:") else None


# -- nodes -----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Found:
    """A post or comment of an answer: the edge that it came by, the node above it, the page, and whether `message` was asked for."""

    node: dict[str, Any]
    is_comment: bool
    above: str | None = None
    edge: str = ""
    page: dict[str, Any] | None = None
    is_complete: bool = False


@dataclass(frozen=True)
class _Where:
    node: str | None = None
    edge: str = ""
    page: dict[str, Any] | None = None
    is_complete: bool = False


def nodes(value: Any, url: str | None) -> Iterator[Found]:
    """Every post and comment of an answer: an edge's page, a node, a map by ids, a page with its edges, a batch's answers."""
    yield from _read(value, _where(url))


def _where(address: Any) -> _Where:
    """/vN.N/NODE/EDGE?fields=… of an address."""
    if not isinstance(address, str):
        return _Where()
    try:
        parts = urlsplit(address)
        fields = parse_qs(parts.query).get("fields", [""])[0]
    except ValueError:
        return _Where()
    steps = [step for step in parts.path.split("/") if step and not _VERSIONED.fullmatch(step)]
    edge = steps[-1] if len(steps) > 1 and steps[-1] in _EDGES else ""
    node = steps[-2] if edge else steps[-1] if steps else None
    return _Where(node, edge, None, "message" in fields.split(","))


def _read(value: Any, where: _Where) -> Iterator[Found]:
    if isinstance(value, list):
        for entry in objects(value):
            yield from _read(_batched(entry), where)
        return
    answer = mapping(value)
    if isinstance(answer.get("data"), list):
        yield from _edge(answer, where)
    elif answer and all(isinstance(entry, dict) and ("id" in entry or "data" in entry) for entry in answer.values()):
        for name, entry in answer.items():
            yield from _read(entry, replace(where, node=name))
    elif not _error(answer):
        yield from _node(answer, where)


def _edge(answer: dict[str, Any], where: _Where) -> Iterator[Found]:
    paging = mapping(answer.get("paging"))
    told = _where(paging.get("next") or paging.get("previous"))
    if told.edge:
        where = replace(told, page=where.page)
    elif not where.edge and ("can_comment" in mapping(answer.get("summary")) or _are_comments(objects(answer["data"]))):
        where = replace(where, edge="comments", node=None)
    for node in objects(answer["data"]):
        yield from _node(node, where)


def _node(node: dict[str, Any], where: _Where) -> Iterator[Found]:
    if str(node.get("id")).startswith(_PRIVATE) or "unread" in node:
        return
    edges = [name for name in _EDGES[:-1] if isinstance(mapping(node.get(name)).get("data"), list)]
    is_message = any(name in node for name in ("message", "created_time", *_POST_ONLY, *_COMMENT_ONLY, "permalink_url"))
    is_page = "created_time" not in node and "message" not in node and any(name in node for name in _NO_POST)
    if edges or is_page or (not is_message and any(name in node for name in _PAGE_ONLY)):
        page = {name: told for name, told in clean(node).items() if name not in _EDGES}
        for name in edges:
            yield from _edge(node[name], _Where(identifier(node.get("id")), name, page))
    elif node and (is_message or where.edge):
        below = where.edge == "comments" or (not where.edge and is_comment(node))
        yield Found(node, below, where.node if where.edge == "comments" else None, where.edge, where.page, where.is_complete)
    elif isinstance(comments := node.get("comments"), dict):  # a post, photo or video of which only the comments were asked for
        yield from _edge({"data": [], **comments}, _Where(identifier(node.get("id")), "comments"))


def story_of(own: Any) -> str | None:
    """The post that the id of a comment names, as v1 wrote it: PAGE_POST_COMMENT."""
    return found[1] if (found := _OLDER_ID.fullmatch(str(own))) else None


def _are_comments(listed: list[dict[str, Any]]) -> bool:
    """Whether a list is of comments: an edge is all of a kind, and one of them may show it."""
    return any(map(is_comment, listed)) and all("id" in node and not any(name in node for name in _POST_ONLY) for node in listed)


def is_comment(node: Mapping[str, Any]) -> bool:
    """Whether a node is a comment, by its fields alone: the default fields of posts and comments are the same."""
    if (
        "comment_id=" in str(node.get("permalink_url") or "") or story_of(node.get("id")) or isinstance(node.get("object"), dict)
    ):  # the photo that it comments
        return True
    return any(name in node for name in _COMMENT_ONLY) and not any(name in node for name in _POST_ONLY)


# -- what a node holds -----------------------------------------------------------------------------------------------
def tags(value: Any) -> list[dict[str, Any]]:
    """message_tags: a list, or (v2) an object of lists by offset."""
    return [tag for part in value.values() for tag in objects(part)] if isinstance(value, dict) else objects(value)


def cards(entry: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Attachments of a post (an album's photos in its place), a comment's one attachment, or the flat fields of v2 posts."""
    listed = objects(mapping(entry.get("attachments")).get("data")) or objects([entry.get("attachment")])
    for card in listed:
        inner = objects(mapping(card.get("subattachments")).get("data"))
        yield from inner or [card]
    if not listed and (entry.get("link") or entry.get("picture") or entry.get("full_picture")):
        told = entry.get("type")
        yield {"type": told, "media_type": told, "url": entry.get("link")}


def is_media(card: Mapping[str, Any]) -> bool:
    """Whether a card is a photo, video, sticker or the like, and no link."""
    told = str(card.get("media_type") or card.get("type") or "")
    return told in _MEDIA or told.startswith(("video", "photo"))


def target(card: Mapping[str, Any]) -> str | None:
    """Where a shared card leads, past the platform's own redirect (l.facebook.com/l.php?u=)."""
    link = card.get("unshimmed_url") or card.get("url") or mapping(card.get("target")).get("url")
    if not isinstance(link, str):
        return None
    try:
        parts = urlsplit(link)
        inner = parse_qs(parts.query).get("u", [""])[0] if parts.path == "/l.php" else ""
    except ValueError:
        return None
    return inner if inner.startswith(("http://", "https://")) else link
