"""X API v2 search, as docs.x.com and recorded bodies show it.

    GET /x/2/tweets/search/recent   the last 7 days, 10..100 a page, queries up to 512 characters
    GET /x/2/tweets/search/all      the full archive, 10..500 a page, queries up to 1,024 characters
    accounts, timelines, lookups and compliance jobs: x_accounts

Only id, text and edit_history_tweet_ids come unless fields and expansions ask for more; `data` is absent where nothing
is found; an edited post has a new id and only the newest is found; a deleted one is gone, and what refers to it is
reported in errors[] beside HTTP 200.
"""

from __future__ import annotations

import re
import time
from bisect import bisect_left
from collections import defaultdict
from functools import lru_cache

from fastapi import APIRouter, Request, Response

from sandbox.servers import x_accounts
from sandbox.servers.common import Json, epoch, iso_millis, json_answer, place_of, token_for, whole
from sandbox.servers.matching import TextIndex, folded
from sandbox.servers.x_query import QueryError, evaluate
from sandbox.world.model import CLOCK_END, Account, Item, World

PREFIX = "/x"
_PROBLEM = "https://api.twitter.com/2/problems/"
_LIMITS = {"recent": (512, 100, 450), "all": (1024, 500, 300)}
_MENTION = re.compile(r"(?<!\w)@([A-Za-z0-9_]{1,15})")
_HASHTAG = re.compile(r"(?<!\w)#(\w+)")
_URL = re.compile(r"https?://\S+")
_WEEK = 7 * 86400
_SAFETY_SECONDS = 10


class XServer:
    """Indexes of X items, newest first, and the answers made of them."""

    def __init__(self, world: World) -> None:
        everything = [item for item in world.of("x") if not item.deleted]
        self.items = sorted(everything, key=lambda item: -item.number)
        self.world = world
        self.gone = {item.native_id for item in world.of("x") if item.deleted}
        self.text = TextIndex(self.items)
        self._ids = [-item.number for item in self.items]
        self._times = [-item.at for item in self.items]
        self._index: dict[tuple[str, str], set[int]] = defaultdict(set)
        for place, item in enumerate(self.items):
            for key in self._keys(item):
                self._index[key].add(place)
        self.matches = lru_cache(maxsize=512)(self._matches)
        self.tweet = lru_cache(maxsize=None)(self._tweet)

    def _keys(self, item: Item) -> list[tuple[str, str]]:
        author = item.author.handle.lower() if item.author else ""
        keys = [("from", author), ("from", item.author.account_id if item.author else ""), ("lang", item.language)]
        keys += [("conversation_id", item.conversation_id or ""), *(("@", name.lower()) for name in item.mentions)]
        keys += [("#", tag.lower()) for tag in _HASHTAG.findall(item.text)]
        if item.answered_author:
            keys += [("to", item.answered_author.handle.lower()), ("is", "reply")]
        elif item.mentions and item.text.startswith("@"):
            keys.append(("to", item.mentions[0].lower()))
        if item.repost_of and item.repost_of.author:
            keys += [("is", "retweet"), ("retweets_of", item.repost_of.author.handle.lower())]
        keys += [("is", "quote")] if item.quote_of else []
        keys += [("has", "mentions")] if item.mentions else []
        keys += [("has", "links")] if _URL.search(item.text) else []
        return keys

    def _leaf(self, operator: str, value: str) -> frozenset[int]:
        if operator == "keyword":
            return self.text.find(value)
        if operator == "url":
            needle = folded(value)
            return frozenset(place for place, item in enumerate(self.items) if needle in folded(item.text))
        return frozenset(self._index.get((operator, value.lower()), ()))

    def _matches(self, query: str) -> tuple[int, ...]:
        return tuple(sorted(evaluate(query, self.text.everything, self._leaf)))

    # -- objects -------------------------------------------------------------------------------------------------
    def _tweet(self, item: Item) -> Json:
        numbers, author = item.engagement, item.author
        body: Json = {
            "id": item.native_id, "text": item.text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"),
            "edit_history_tweet_ids": [*item.earlier_ids, item.native_id],
            "author_id": author.account_id if author else None, "conversation_id": item.conversation_id,
            "created_at": iso_millis(item.at), "lang": item.language, "possibly_sensitive": False,
            "reply_settings": "everyone", "source": "X Web App",
            "public_metrics": {
                "retweet_count": numbers["shares"], "reply_count": numbers["comments"], "like_count": numbers["likes"],
                "quote_count": numbers["quotes"], "bookmark_count": 0, "impression_count": numbers["views"],
            },
            "edit_controls": {
                "edits_remaining": 5 - len(item.earlier_ids), "is_edit_eligible": item.parent is None,
                "editable_until": iso_millis((item.first_written_at or item.at) + 1800),
            },
        }  # fmt: skip
        if item.answered_author:
            body["in_reply_to_user_id"] = item.answered_author.account_id
        references = [("replied_to", item.parent), ("retweeted", item.repost_of), ("quoted", item.quote_of)]
        if named := [{"type": kind, "id": other.native_id} for kind, other in references if other]:
            body["referenced_tweets"] = named
        if entities := self._entities(body["text"]):
            body["entities"] = entities
        return body

    def _entities(self, text: str) -> Json:
        entities: Json = {}
        mentions = [
            {"start": found.start(), "end": found.end(), "username": found[1], "id": account.account_id}
            for found in _MENTION.finditer(text)
            if (account := self.world.by_handle.get(("x", found[1].lower())))
        ]
        tags = [{"start": f.start(), "end": f.end(), "tag": f[1]} for f in _HASHTAG.finditer(text)]
        urls = [
            {"start": f.start(), "end": f.end(), "url": f[0], "expanded_url": f[0], "display_url": f[0].split("//")[1]}
            for f in _URL.finditer(text)
        ]
        for name, found in (("mentions", mentions), ("hashtags", tags), ("urls", urls)):
            if found:
                entities[name] = found
        return entities

    def user(self, account: Account) -> Json:
        """A full user object."""
        body: Json = {
            "id": account.account_id, "name": account.name, "username": account.handle,
            "created_at": iso_millis(account.created_at), "verified": account.verified, "protected": False,
            "description": "", "url": "",
            "public_metrics": {
                "followers_count": account.followers, "following_count": account.following,
                "tweet_count": account.posts, "listed_count": account.followers // 300,
            },
        }  # fmt: skip
        return body | ({"location": account.location} if account.location else {})

    # -- pages ---------------------------------------------------------------------------------------------------
    def window(self, places: tuple[int, ...], params: Json) -> list[int]:
        """Places within start (inclusive), end (exclusive) and the id bounds (exclusive); newest first."""
        first = max(bisect_left(self._times, -(params["end"] - 1)), 0)
        last = bisect_left(self._times, -params["start"] + 1)
        if params["until_id"]:
            first = max(first, bisect_left(self._ids, -params["until_id"] + 1))
        if params["since_id"]:
            last = min(last, bisect_left(self._ids, -params["since_id"]))
        return list(places[bisect_left(places, first) : bisect_left(places, last)])


def _fields(request: Request, name: str, always: set[str]) -> set[str]:
    return always | set(filter(None, request.query_params.get(name, "").split(",")))


def _pick(body: Json, fields: set[str]) -> Json:
    return {name: value for name, value in body.items() if name in fields}


def _includes(server: XServer, request: Request, page: list[Item]) -> tuple[Json, list[Json]]:
    """includes{users,tweets} by the expansions asked for, and the partial errors about what is gone."""
    asked = _fields(request, "expansions", set())
    tweet_fields = _fields(request, "tweet.fields", {"id", "text", "edit_history_tweet_ids"})
    referenced = [other for item in page for other in (item.parent, item.repost_of, item.quote_of) if other]
    tweets = {other.native_id: other for other in referenced if not other.deleted}
    users: dict[str, Account] = {}
    for item in page:
        people = [item.author] if "author_id" in asked else []
        people += [item.answered_author] if "in_reply_to_user_id" in asked else []
        if "entities.mentions.username" in asked:
            people += [server.world.by_handle.get(("x", name.lower())) for name in item.mentions]
        users.update({person.account_id: person for person in people if person})
    if "referenced_tweets.id.author_id" in asked:
        users.update({other.author.account_id: other.author for other in tweets.values() if other.author})
    user_fields = _fields(request, "user.fields", {"id", "name", "username"})
    includes: Json = {}
    if users:
        includes["users"] = [_pick(server.user(person), user_fields) for person in users.values()]
    wants_tweets = bool(asked & {"referenced_tweets.id", "referenced_tweets.id.author_id"})
    if wants_tweets and tweets:
        includes["tweets"] = [_pick(server.tweet(other), tweet_fields) for other in tweets.values()]
    gone = dict.fromkeys(other.native_id for other in referenced if other.deleted) if wants_tweets else {}
    return includes, [_not_found(number) for number in gone]


def _not_found(number: str) -> Json:
    return {
        "resource_id": number, "value": number, "parameter": "referenced_tweets.id", "resource_type": "tweet",
        "title": "Not Found Error", "detail": f"Could not find tweet with referenced_tweets.id: [{number}].",
        "type": f"{_PROBLEM}resource-not-found",
    }  # fmt: skip


def invalid(parameter: str, value: object, message: str) -> Response:
    """X's 400: what parameter, what value, why."""
    body = {
        "errors": [{"parameters": {parameter: [str(value)]}, "message": message}], "title": "Invalid Request",
        "detail": "One or more parameters to your request was invalid.", "type": f"{_PROBLEM}invalid-request",
    }  # fmt: skip
    return json_answer(body, 400)


def _refused(request: Request) -> Response | None:
    """X's 401 for a request without a token."""
    if request.headers.get("authorization", "").removeprefix("Bearer").strip():
        return None
    return json_answer({"title": "Unauthorized", "type": "about:blank", "status": 401, "detail": "Unauthorized"}, 401)


def rate_limited() -> Response:
    """X's 429, with the reset moment in a header (epoch seconds) and no Retry-After."""
    headers = {
        "x-rate-limit-limit": "300", "x-rate-limit-remaining": "0", "x-rate-limit-reset": str(int(time.time()) + 2)
    }  # fmt: skip
    body = {"title": "Too Many Requests", "detail": "Too Many Requests", "type": "about:blank", "status": 429}
    return json_answer(body, 429, headers)


def server_error() -> Response:
    """X's 503."""
    body = {"title": "Service Unavailable", "detail": "Service Unavailable", "type": "about:blank", "status": 503}
    return json_answer(body, 503)


def _read_window(request: Request, tier: str) -> Json | Response:
    """{start, end, since_id, until_id} of a request, or X's 400 where the times are not possible."""
    query = request.query_params
    oldest = CLOCK_END - _WEEK if tier == "recent" else 0
    params: Json = {"end": CLOCK_END - 30}
    for side in ("end", "start"):
        value = query.get(f"{side}_time")
        try:
            if value is not None:
                params[side] = epoch(value)
        except ValueError:
            return _bad_time(side, value, "must be RFC 3339 with a zone")
    since = {"since_id": whole(query.get("since_id"), 0), "until_id": whole(query.get("until_id"), 0)}
    default_start = oldest if tier == "recent" or since["since_id"] else params["end"] - 30 * 86400
    params = {"start": default_start} | params | since
    latest = CLOCK_END - _SAFETY_SECONDS
    if params["end"] > latest:
        reason = f"must be a minimum of 10 seconds prior to the request time ({iso_millis(latest)})"
        return _bad_time("end", query.get("end_time"), reason)
    if params["start"] < oldest:
        return _bad_time("start", query.get("start_time"), f"must be on or after {iso_millis(oldest)}")
    if params["start"] >= params["end"]:
        return _bad_time("start", query.get("start_time"), "must be before 'end_time'")
    return params


def _bad_time(side: str, value: str | None, reason: str) -> Response:
    return invalid(f"{side}_time", value, f"Invalid '{side}_time':'{value}'. '{side}_time' {reason}.")


def _search(server: XServer, request: Request, tier: str) -> Response:
    if refused := _refused(request):
        return refused
    longest, largest, budget = _LIMITS[tier]
    text, size = request.query_params.get("query", ""), whole(request.query_params.get("max_results"), 10)
    if not 10 <= size <= largest:
        reason = f"The `max_results` query parameter value [{size}] is not between 10 and {largest}"
        return invalid("max_results", size, reason)
    if not text or len(text) > longest:
        reason = f"query length must be between 1 and {longest} characters; it is {len(text)}"
        return invalid("query", text[:60], reason)
    params = _read_window(request, tier)
    if isinstance(params, Response):
        return params
    try:
        places = server.matches(text)
    except QueryError as error:
        return invalid("query", text[:60], f"There were errors processing your request: {error}")
    found = server.window(places, params)
    key, token = f"{tier}{text}{params}", request.query_params.get("next_token")
    start = place_of(token, key) if token else 0
    if start is None:
        return invalid("next_token", token, "The next_token is not valid for this request.")
    return _page(server, request, found, start, size, key, budget)


def _page(
    server: XServer, request: Request, found: list[int], start: int, size: int, key: str, budget: int
) -> Response:
    page = [server.items[place] for place in found[start : start + size]]
    fields = _fields(request, "tweet.fields", {"id", "text", "edit_history_tweet_ids"})
    meta: Json = {"result_count": len(page)}
    body: Json = {}
    if page:
        meta = {"newest_id": page[0].native_id, "oldest_id": page[-1].native_id, "result_count": len(page)}
        body["data"] = [_pick(server.tweet(item), fields) for item in page]
        includes, errors = _includes(server, request, page)
        body |= {"includes": includes} if includes else {}
        body |= {"errors": errors} if errors else {}
    if start + size < len(found):
        meta["next_token"] = token_for(start + size, key)
    headers = {
        "x-rate-limit-limit": str(budget), "x-rate-limit-remaining": str(budget - 1),
        "x-rate-limit-reset": str(int(time.time()) + 900),
    }  # fmt: skip
    return json_answer(body | {"meta": meta}, headers=headers)


def router(world: World) -> APIRouter:
    """The routes below /x."""
    server, routes = XServer(world), APIRouter(prefix=PREFIX)

    @routes.get("/2/tweets/search/recent")
    async def recent(request: Request) -> Response:
        return _search(server, request, "recent")

    @routes.get("/2/tweets/search/all")
    async def everything(request: Request) -> Response:
        return _search(server, request, "all")

    def page_of(found: list[int], start: int, size: int, key: str, request: Request) -> Response:
        return _page(server, request, found, start, size, key, 450)

    x_accounts.add(routes, server, page_of, _read_window, _refused)

    return routes
