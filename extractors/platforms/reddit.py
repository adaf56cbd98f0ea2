"""Reddit: search (r/all or chosen subreddits), whole subreddits and official accounts, each post with its whole tree of comments.

    access_token ──► search | r/SUB/new | r/SUB/comments | user/NAME/overview ──► Listing of t3, t1 ──► post | comment
                          └─ num_comments > 0 ──► comments/ID ──► tree; "more" ──► api/morechildren ──► {item, parent} ──► comment
A listing ends after its newest 1,000 entries, and no search goes by time: a run that needs more names the gap. Native ids are fullnames.
Sources: reddit.com/dev/api, the thing and Listing forms of the reddit archive's wiki, recorded answers of praw's cassettes.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from hashlib import sha256
from itertools import chain
from typing import Any
from urllib.parse import urlencode, urlsplit

from extractors import query
from extractors.base import (
    Contract,
    ErrorRule,
    Item,
    Key,
    Page,
    PlatformError,
    Reading,
    Tombstone,
    contract_error,
)
from extractors.decoding import decode_json
from extractors.http import Ask
from extractors.limits import wait_seconds
from extractors.shapes.reddit_objects import items, make_item, person_of, recorded, things_of, to_mention, tombstones
from extractors.slices import Answer, Slice, Threads, walk
from extractors.source_options import ADDRESS, FLAG, Form, Need
from extractors.text import read_html
from extractors.times import from_epoch
from extractors.values import count, identifier, mapping, objects, text_or_none
from settings import RenownError

__all__ = ["CONTRACT", "decode", "error_of", "items", "lookup", "make_item", "pages", "to_mention", "tombstones"]

_LOGIN_MEND = "set RENOWN_REDDIT_CLIENT_ID and RENOWN_REDDIT_CLIENT_SECRET to those of your registered application"
CONTRACT = Contract(
    platform="reddit",
    base_url="https://oauth.reddit.com",
    endpoints=(
        "api/v1/access_token",
        "search",
        "r/{subreddit}/search",
        "r/{subreddit}/new",
        "r/{subreddit}/comments",
        "user/{name}/overview",
        "comments/{id}",
        "api/morechildren",
        "api/info",
    ),
    auth="OAuth2 client credentials of a registered application",
    credential_env="RENOWN_REDDIT_CLIENT_ID",
    credentials=("RENOWN_REDDIT_CLIENT_ID", "RENOWN_REDDIT_CLIENT_SECRET"),
    cursor="token",
    is_sorted=True,
    page_limit=100,
    cap=1000,
    query_limit=512,
    errors=(
        ErrorRule("400", "fatal", "bad request", "correct the source's query or page_size"),
        ErrorRule("401", "fatal", "unauthorized", _LOGIN_MEND),
        ErrorRule("invalid_grant", "fatal", "the login is refused", _LOGIN_MEND),
        ErrorRule("unsupported_grant_type", "fatal", "the login is refused", "register the application as script or web app"),
        ErrorRule("403", "fatal", "forbidden", "have the application approved for the data API; see that user_agent names you"),
        ErrorRule("private", "skip", "the subreddit is private"),
        ErrorRule("quarantined", "skip", "the subreddit is quarantined"),
        ErrorRule("banned", "skip", "the subreddit is banned"),
        ErrorRule("gated", "skip", "the subreddit is behind a notice"),
        ErrorRule("404", "skip", "not found"),
        ErrorRule("429", "wait_until", "too many requests", "lower the source's rate"),
        ErrorRule("RATELIMIT", "wait_until", "doing that too much", "lower the source's rate"),
        ErrorRule("USER_REQUIRED", "fatal", "this wants a user's login", "leave this out for an application"),
        ErrorRule("500", "retry", "internal error"),
        ErrorRule("502", "retry", "bad gateway"),
        ErrorRule("503", "retry", "service unavailable"),
        ErrorRule("504", "retry", "gateway timeout"),
        ErrorRule("error", "fatal", "an error without a code", "ask again with its HTTP status"),
    ),
    time_formats=("epoch seconds with a fraction, UTC (created_utc)", "false or epoch seconds (edited)"),
    deletion="[deleted] by its author, [removed] by moderators, removed_by_category; told apart",
    edits="edited: epoch of the last edit (true on very old ones: when is not told)",
    history_limit="the newest 1,000 entries of any listing or search",
    terms="Reddit data API terms: approved application, deletions honoured",
    not_offered=(
        "author_followers", "author_following", "author_posts", "author_created_at", "author_verified", "author_location", "quote_of_id",
        "language_hint", "country", "place_name", "latitude", "rating", "hashtags",
    ),
    kinds=("post", "comment"),
    collects=("posts by keyword", "every comment below them", "whole subreddits", "official accounts' posts and comments"),
    how_to="reddit.com/prefs/apps: create another app (script); new applications want Reddit's approval for the data API",
    rate=(100, 60.0),
    options={
        "subreddits": "search inside these only, instead of all of Reddit",
        "whole": "subreddits that are read whole, posts and comments; the banks' own pages always are",
        "search": "false: no keyword search",
        "auth_url": "the host of api/v1/access_token (https://www.reddit.com)",
        "cap": "entries after which a listing is known to end (1000)",
        "thread_hours": "how long a post's comments are read again (72)",
    },
    forms={
        **dict.fromkeys(("subreddits", "whole"), Form("names", "[personalfinance, r/banking]", r"/?(?:r/)?\w{2,30}/?")),
        "search": FLAG,
        "auth_url": ADDRESS,
    },
    needs=(Need(("whole",), "options: {whole: [banking]}", ("pages", "handles"), when={"search": False}),),
)  # fmt: skip
COMMENTS, MORE, INFO, KNOWN = 500, 100, 100, 100_000
_ERROR_NAME = re.compile(r"[A-Z][A-Z_]{2,60}")
_PAGES = {
    "too many requests": "429", "whoa there, pardner": "429", "bad request": "400", "forbidden": "403", "blocked": "403",
    "page not found": "404", "not found": "404", "unauthorized": "401", "internal server error": "500", "bad gateway": "502",
    "upstream connect error": "503", "service unavailable": "503", "servers are busy": "503", "unable to reach our servers": "503",
    "gateway time": "504",
}  # fmt: skip


def pages(reading: Reading) -> Iterator[Page]:
    """Young threads; searches; whole subreddits, posts and comments; official accounts. Each is a stream of its own."""
    network = _Network(reading)
    threads = Threads(reading, network.comments)
    yield from threads.young({"name": native_id} for native_id, _ in threads.recent())
    for path, endpoint, text in _searches(reading):
        asked = {"q": text, "sort": "new", "t": "all", "type": "link", **({"restrict_sr": 1} if path != "search" else {})}
        stream = f"search:{path}:{sha256(text.encode()).hexdigest()[:12]}"
        yield from _listing(network, threads, stream, (path, endpoint), asked)
    for name in _whole(reading):
        for part in ("new", "comments"):
            yield from _readable(
                _listing(network, threads, f"r/{name}/{part}", (f"r/{name}/{part}", f"r/{{subreddit}}/{part}"), {}), name
            )
    for name in query.account_names(reading.settings, "reddit"):
        path, asked = f"user/{name.removeprefix('u/')}/overview", {"sort": "new"}
        yield from _readable(_listing(network, threads, f"user/{name}", (path, "user/{name}/overview"), asked), name)


def _searches(reading: Reading) -> Iterator[tuple[str, str, str]]:
    """(path, endpoint, q) of every search."""
    if not reading.option("search", True):
        return
    tree = query.parse(reading.source.query, reading.settings, "reddit")
    for text in query.compile_for(tree, "reddit").queries:
        for name in reading.option("subreddits", None) or [None]:
            yield (f"r/{_bare(name)}/search", "r/{subreddit}/search", text) if name else ("search", "search", text)


def _whole(reading: Reading) -> list[str]:
    own = [page for bank in reading.settings.banks.banks for page in bank.pages.get("reddit", ())]
    return list(dict.fromkeys(_bare(name) for name in (*own, *reading.option("whole", ()))))


def _bare(name: Any) -> str:
    return str(name).strip("/").removeprefix("r/")


def _readable(found: Iterator[Page], name: str) -> Iterator[Page]:
    """The pages of a subreddit or account; one that is private, banned or gone is a gap, not the end of the run."""
    try:
        yield from found
    except PlatformError as error:
        if error.action != "skip":
            raise
        yield Page([], name, gap=f"{name} cannot be read ({error.code})", more=False)


def _listing(
    network: _Network, threads: Threads, stream: str, place: tuple[str, str], asked: Mapping[str, Any]
) -> Iterator[Page]:
    """The pages of a listing, newest first, the gap named where it ended at its cap before it reached what is known."""
    gaps: list[str] = []
    for page in walk(network.reading, stream, partial(_page, network, threads, place, asked, gaps)):
        yield replace(page, gap=gaps.pop()) if gaps else page


def _page(
    network: _Network, threads: Threads, place: tuple[str, str], asked: Mapping[str, Any], gaps: list[str], piece: Slice
) -> Answer:
    reading = network.reading
    position = mapping(piece.position)
    size = min(reading.source.page_size or CONTRACT.page_limit, CONTRACT.page_limit)
    after = {"after": position["after"]} if position.get("after") else {}
    data = mapping(mapping(network.call(place[0], place[1], {**asked, "limit": size, **after})).get("data"))
    things = [mapping(child.get("data")) | {"__kind": child.get("kind")} for child in objects(data.get("children"))]
    seen, oldest = int(position.get("seen") or 0) + len(things), min(filter(None, map(_second, things)), default=None)
    following = text_or_none(data.get("after"))
    if oldest is not None and oldest < piece.start:
        following = None
    elif following is None and seen >= int(reading.option("cap", CONTRACT.cap)):
        gaps.append(f"the listing ended after its newest {seen} entries; what is older than them is not readable")
    inside = [thing for thing in things if piece.start <= (_second(thing) or piece.start) <= piece.end]
    items, around = network.join(inside)
    follow = (
        threads.follow(i.native_id, count(i.value["item"].get("num_comments")), i.value["item"])
        for i in items
        if i.kind == "post"
    )
    return Answer(
        items, {"after": following, "seen": seen} if following else None, None, chain(around, chain.from_iterable(follow))
    )


def _second(thing: Mapping[str, Any]) -> int | None:
    moment = from_epoch(thing.get("created_utc"))
    return int(moment.timestamp()) if moment else None


class _Network:
    """The calls of one application; a token that ran out is asked for again once a call. It remembers who wrote what a comment answers."""

    def __init__(self, reading: Reading) -> None:
        self.reading, self._token = reading, ""
        self.people: OrderedDict[str, dict[str, Any]] = OrderedDict()

    def call(self, path: str, endpoint: str, params: Mapping[str, Any]) -> Any:
        """The answer of oauth.reddit.com/<path>, unescaped (raw_json)."""
        fresh = not self._token
        try:
            return self._get(path, endpoint, params)
        except PlatformError as error:
            if fresh or error.code != "401":
                raise
            self._token = ""
            return self._get(path, endpoint, params)

    def _get(self, path: str, endpoint: str, params: Mapping[str, Any]) -> Any:
        self._token = self._token or self._login()
        address = f"{self.reading.base_url}/{path}?{urlencode({**params, 'raw_json': 1})}"
        return self.reading.http.get_json(address, headers={"Authorization": f"bearer {self._token}"}, endpoint=endpoint)

    def _login(self) -> str:
        http, base = self.reading.http, self.reading.base_url
        host = "https://www.reddit.com" if urlsplit(base).hostname == "oauth.reddit.com" else base
        pair = b64encode(f"{http.token or ''}:{http.secrets.get('RENOWN_REDDIT_CLIENT_SECRET', '')}".encode()).decode()
        address = f"{str(self.reading.option('auth_url', host)).rstrip('/')}/api/v1/access_token"
        http.learned.add(pair)
        asked = Ask(
            address, None, {"Authorization": f"Basic {pair}"}, "api/v1/access_token", form={"grant_type": "client_credentials"}
        )
        if not (token := text_or_none(mapping(http.ask_json(asked)[0]).get("access_token"))):
            raise PlatformError("retry", "reddit: the login answered without a token", "run again", code="malformed")
        http.learned.add(token)
        return token

    def join(self, things: list[dict[str, Any]]) -> tuple[list[Item], list[Item]]:
        """(items of a listing, what else their threads hold): a listed comment is taken from its tree, which tells whom it answers."""
        trees: dict[str, Item] = {}
        for thing in things:
            self._note(thing)
        for thing in things:
            if thing["__kind"] == "t1" and str(thing.get("parent_id")) not in self.people and thing.get("link_id"):
                trees |= {item.native_id: item for item in self.comments({"name": thing["link_id"]})}
        listed = [item for thing in things for item in recorded(thing["__kind"], _without_kind(thing), self.people, self._site())]
        own = {item.native_id for item in listed}
        return listed, [item for native_id, item in trees.items() if native_id not in own]

    def comments(self, post: dict[str, Any]) -> Iterator[Item]:
        """Every comment of a post: the tree, and what its "more" nodes stand for. A post that is gone has none."""
        link = str(post.get("name"))
        waiting: list[tuple[str, dict[str, Any]]] = [(f"comments/{link.removeprefix('t3_')}", {"limit": COMMENTS, "sort": "new"})]
        asked: set[str] = set()
        while waiting:
            path, params = waiting.pop()
            try:
                found = list(things_of(self.call(path, "comments/{id}" if path[0] == "c" else path, params)))
            except PlatformError as error:
                if error.action != "skip":
                    raise
                continue
            for _, thing in found:
                self._note(thing)
            for kind, thing in found:
                if kind == "t1":
                    yield from recorded(kind, thing, self.people, self._site())
                elif kind == "more":
                    waiting += _more(link, thing, asked)

    def _note(self, thing: dict[str, Any]) -> None:
        if name := identifier(thing.get("name")):
            self.people[name] = person_of(thing)
            if len(self.people) > KNOWN:
                self.people.popitem(last=False)

    def _site(self) -> str:
        return self.reading.source.site


def _more(link: str, node: dict[str, Any], asked: set[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """What a "more" node stands for: up to 100 ids a call; one without ids continues the thread on a page of its own."""
    children = node.get("children")
    ids = [child for child in children if isinstance(child, str) and child not in asked] if isinstance(children, list) else []
    asked.update(ids)
    for place in range(0, len(ids), MORE):
        some = ",".join(ids[place : place + MORE])
        yield "api/morechildren", {"api_type": "json", "link_id": link, "children": some, "limit_children": "false"}
    parent = str(node.get("parent_id") or "")
    if not ids and not children and parent.startswith("t1_") and parent not in asked:
        asked.add(parent)
        yield f"comments/{link.removeprefix('t3_')}/_/{parent[3:]}", {"limit": COMMENTS, "sort": "new"}


def _without_kind(thing: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in thing.items() if name != "__kind"}


def lookup(reading: Reading, keys: Sequence[Key]) -> Iterator[Page]:
    """These posts and comments again, 100 a call. Removed ones come as stubs that say by whom; what is left out is gone."""
    network = _Network(reading)
    for place in range(0, len(keys), INFO):
        wanted = keys[place : place + INFO]
        value = network.call("api/info", "api/info", {"id": ",".join(key.native_id for key in wanted)})
        if not isinstance(mapping(mapping(value).get("data")).get("children"), list):
            raise PlatformError("retry", "reddit: api/info answered without a listing", "run again", code="malformed")
        found = list(items(value, None, reading.source.site))
        known = {item.native_id for item in found}
        gone = [Tombstone(key.native_id, key.kind, "platform") for key in wanted if key.native_id not in known]
        yield Page(found, "lookup", gone=gone, more=place + INFO < len(keys))


def decode(body: bytes) -> list[Any]:
    """JSON or JSON lines; a page of HTML or plain text that Reddit's edge sends instead becomes {"error": status, "message"}."""
    try:
        return decode_json(body)
    except RenownError:
        text = body[:20_000].decode("utf-8", "replace")
        shown = read_html(text)[0][:400] if "<" in text else text[:400]
        code = re.search(r"\b([45]\d\d)\b(?:\s+[A-Z])", shown)
        known = next((status for words, status in _PAGES.items() if words in shown.lower()), None)
        if not known and not (code and "<" in text):
            raise
        return [{"error": int(code[1] if code else known or 0), "message": " ".join(shown.split())[:80]}]


def error_of(value: Any, status: int, headers: Mapping[str, str]) -> PlatformError | None:
    """{message, error: status, reason?}, OAuth's {error: name}, and {json: {errors: [[NAME, words, field]]}} inside a 200."""
    answer = mapping(value)
    listed = mapping(answer.get("json")).get("errors")
    found = listed[0] if isinstance(listed, list) and listed else None
    code: Any = found[0] if isinstance(found, list) and found else None
    message = found[1] if isinstance(found, list) and len(found) > 1 else answer.get("message") or answer.get("error_description")
    told = "reason" in answer and "explanation" in answer  # the newer endpoints: {fields, explanation, reason}
    if code is None and "kind" not in answer and (answer.get("error") is not None or told or status >= 400):
        known = answer.get("reason") if CONTRACT.rule(answer.get("reason")) else answer.get("error")
        code = known if known is not None else status if status >= 400 else answer.get("reason")
        message = answer.get("explanation") or message
    if code is None and status < 400:
        return None
    if not CONTRACT.rule(code) and not isinstance(code, int) and not (isinstance(code, str) and _ERROR_NAME.fullmatch(code)):
        code = status if status >= 400 else "error"
    wait = wait_seconds(headers) if str(code) in ("429", "RATELIMIT", "503") else None
    default: Any = "retry" if isinstance(code, int) and code >= 500 else "fatal"
    return contract_error(CONTRACT, code, str(message or ""), default, wait_seconds=wait)
