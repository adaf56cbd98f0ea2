"""Forums without an API, read from their pages: phpBB, XenForo, vBulletin, MyBB, SMF, Invision; every post is a mention of its own.

    board (newest activity first) ──► threads with activity since the watermark ──► page 1, then the last pages backwards ──► posts
    cursor {watermark, end, board, todo: [[thread id, address, first post, way, pages left known], …]} moves its watermark at the walk's end
Sources: the engines' own templates (see extractors.shapes.forum_engines) and recorded pages. robots.txt and its crawl delay are kept.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urljoin

from extractors.base import Contract, ErrorRule, Item, Key, Page, PlatformError, Reading, Tombstone, contract_error, iso
from extractors.http import Answer, malformed
from extractors.limits import wait_seconds
from extractors.markup import decode_text, xml_tree
from extractors.shapes.forum_page import ForumPage
from extractors.shapes.forum_post import make_item, to_mention, tombstones
from extractors.slices import Repeats
from extractors.source_options import Form
from extractors.text import unique
from extractors.times import from_feed, from_iso
from extractors.wholeness import Wholeness
from settings import RenownError

CONTRACT = Contract(
    platform="forum_html",
    base_url=None,
    endpoints=("board", "thread", "post", "feed"),
    auth="none for public forums",
    credential_env=None,
    cursor="page",
    is_sorted=False,
    page_limit=100,
    cap=None,
    errors=(
        ErrorRule("429", "wait_until", "too many requests", "lower the source's rate"),
        ErrorRule("403", "fatal", "forbidden", "ask the forum's owner, or read another forum"),
        ErrorRule("401", "fatal", "the forum wants a login", "read another forum, or ask its owner"),
        ErrorRule("login", "fatal", "the forum wants a login", "read another forum, or ask its owner"),
        ErrorRule(
            "challenge", "fatal", "a shield before the forum asks for a browser", "ask the forum's owner to let this reader in"
        ),
        ErrorRule("message", "skip", "the forum shows a message instead of the page"),
        ErrorRule("404", "skip", "not found"),
        ErrorRule("410", "skip", "gone"),
        ErrorRule("500", "retry", "internal error"),
        ErrorRule("502", "retry", "bad gateway"),
        ErrorRule("503", "retry", "service unavailable"),
    ),
    time_formats=(
        "ISO 8601",
        "epoch seconds",
        "dates in words of the page's language, in the zone that the page names or options.timezone",
    ),
    deletion="stubs where the forum leaves them (who removed it, where it says so); a post that its own address no longer shows",
    edits="the line 'Last edited by … on …'; pages of a thread are read again when something was added",
    history_limit="none",
    terms="the forum's own terms and robots.txt",
    not_offered=(
        "author_followers",
        "author_following",
        "author_verified",
        "page_name",
        "page_followers",
        "repost_of_id",
        "quote_of_id",
        "language_hint",
        "country",
        "place_name",
        "latitude",
        "longitude",
        "rating",
        "shares",
        "comments",
        "views",
        "quotes",
    ),
    kinds=("post", "reply", "article", "comment"),
    collects=("every post of threads", "boards by last activity", "threads that are named", "threads that a feed links"),
    how_to="no credential needed",
    rate=(20, 60.0),
    options={
        "boards": "addresses of forums or of 'new posts' pages to walk, newest activity first; without them the forums of base_url",
        "threads": "addresses of single threads to follow",
        "feeds": "addresses of RSS or Atom feeds whose links are threads",
        "timezone": "zone of dates that name none, where the page does not say it (UTC)",
        "date_order": "DMY, MDY or YMD, where the page's language would be read wrongly",
        "max_pages_per_run": "pages of one run at most (2000); what is left is named as a gap and read by the next run",
    },
    forms={
        **dict.fromkeys(("boards", "threads", "feeds"), Form("names", "['https://forum.example/viewforum.php?f=2']", r"\S+")),
        "date_order": Form("name", "DMY", "DMY|MDY|YMD"),
    },
)
_TURN, _FORWARD, _SEEK, _BACKWARD = "turn", "forward", "seek", "backward"  # page 1, then onwards, or to the end and back


def pages(reading: Reading) -> Iterator[Page]:
    """Boards, feeds and named threads, each a stream of its own; official pages of the banks are read like named threads or boards."""
    walker = _Walker(reading)
    official = [page for bank in reading.settings.banks.banks for page in bank.pages.get("forum_html", ())]
    boards, threads, feeds = (_addresses(reading, name) for name in ("boards", "threads", "feeds"))
    if not boards and not threads and not feeds:
        boards = walker.index(reading.base_url + "/")
    named = {urljoin(reading.base_url + "/", page): page for page in official}
    boards = list(unique([*boards, *named]))
    for address in feeds:
        yield from walker.walk(f"feed {address}", lambda end, address=address: walker.feed(address, end))
    for address in boards:
        walker.page_id = named.get(address)
        yield from walker.walk(f"board {address}", lambda end, address=address: {"board": address, "todo": []})
    walker.page_id = None
    if threads:
        yield from walker.walk("threads", lambda end: {"todo": [["", address, None, _TURN] for address in threads]})


def _addresses(reading: Reading, name: str) -> list[str]:
    told = reading.option(name, [])
    return [urljoin(reading.base_url + "/", str(address)) for address in ([told] if isinstance(told, str) else told)]


class _Walker:
    """One run over a forum: what it has spent, and the pages it fetches."""

    def __init__(self, reading: Reading) -> None:
        self.reading, self.spent, self.whole = reading, 0, Wholeness()
        self.page_id: str | None = None  # the bank's own page that is being read
        self.budget = int(reading.option("max_pages_per_run", 2000))
        self.options = {name: reading.option(name, None) for name in ("timezone", "date_order")}

    def fetch(self, url: str, endpoint: str) -> ForumPage:
        """A page of the forum. Raises PlatformError for the forum's own messages, and malformed for what is no page of a forum."""
        self.spent += 1

        def read(answer: Answer) -> ForumPage:
            if answer.status == 200 and not self.whole.is_whole(url, decode_text(answer.body, answer.headers.get("content-type"))):
                raise malformed("forum_html", "a whole page", answer.body, self.reading.http.all_secrets())
            page = open_page(answer.body, answer.headers.get("content-type"), answer.url, self.options)
            error = error_of({"page": page}, answer.status, answer.headers)
            if error:
                raise error
            if page is None or page.engine is None:
                raise malformed("forum_html", "a page of a known forum engine", answer.body, self.reading.http.all_secrets())
            return page

        found: ForumPage = self.reading.http.get_page(url, endpoint=endpoint, read=read)
        return found

    def index(self, url: str) -> list[str]:
        """The boards of an index page; a page that lists threads is a board itself."""
        page = self.fetch(url, "board")
        return page.boards() if not page.threads(self.reading.end) and page.boards() else [url]

    def feed(self, url: str, end: datetime) -> dict[str, Any]:
        """A walk's state from the links of a feed."""
        answer = self.reading.http.get_page(url, endpoint="feed")
        floor, todo = self.floor(self.reading.cursors.get(f"feed {url}") or {}), []
        for entry in xml_tree(answer.body).iter("{*}item", "{*}entry"):
            links = [link.get("href") or (link.text or "").strip() for link in entry.iter("{*}link")]
            dates = [
                moment
                for tag in ("pubDate", "updated", "published", "date")
                for date in entry.iter("{*}" + tag)
                if (moment := from_feed(date.text))
            ]
            if links and (not dates or max(dates) >= floor):
                todo.append(["", urljoin(url, links[0].split("#")[0]), None, _TURN])
        return {"todo": todo}

    def floor(self, cursor: Mapping[str, Any]) -> datetime:
        """What is older than this is known: the watermark less the overlap, or the source's beginning."""
        known = from_iso(cursor.get("watermark"))
        return (
            max(self.reading.start, known - timedelta(minutes=self.reading.source.overlap_minutes))
            if known
            else self.reading.start
        )

    def walk(self, stream: str, begin: Any) -> Iterator[Page]:
        """One walk of a stream: what a dead run left first, then from the top again."""
        cursor = dict(self.reading.cursors.get(stream) or {})
        if cursor.get("todo") or cursor.get("board"):
            yield from self._steps(stream, cursor)
            if self.spent >= self.budget:
                return
            cursor = {"watermark": cursor["end"]}
        if cursor.get("watermark") != iso(self.reading.end):
            yield from self._steps(
                stream, {"watermark": cursor.get("watermark"), "end": iso(self.reading.end), **begin(self.reading.end)}
            )

    def _steps(self, stream: str, state: dict[str, Any]) -> Iterator[Page]:
        floor, guards = self.floor(state), {"board": Repeats("forum_html"), "thread": Repeats("forum_html")}
        while state.get("todo") or state.get("board"):
            if self.spent >= self.budget:
                left = len(state.get("todo") or ())
                yield Page(
                    [],
                    stream,
                    copy.deepcopy(state),
                    gap=f"max_pages_per_run {self.budget} reached, {left} threads or more wait for the next run",
                )
                return
            if state.get("todo"):
                items, gap = self._thread(state, floor, guards["thread"])
            else:
                items, gap = self._board(state, floor, guards["board"]), None
            more = bool(state.get("todo") or state.get("board"))
            yield Page(items, stream, copy.deepcopy(state) if more else {"watermark": state["end"]}, more=more, gap=gap)

    def _board(self, state: dict[str, Any], floor: datetime, guard: Repeats) -> list[Item]:
        """The next page of a board: its active threads are to do, and the walk ends below the watermark."""
        page = self._fresh(state["board"], "board", guard, lambda page: [thread.native_id for thread in page.threads(None)])
        if page.posts:  # an official page that is a thread
            state |= {"board": None, "todo": [["", state["board"], None, _TURN]]}
            return []
        threads = page.threads(self.reading.end)
        active = [thread for thread in threads if thread.last is None or thread.last >= floor]
        state["todo"] = [[thread.native_id, thread.url, None, _TURN] for thread in active]
        state["board"] = page.next_url if active else None
        return []

    def _thread(self, state: dict[str, Any], floor: datetime, guard: Repeats) -> tuple[list[Item], str | None]:
        """The next page of the first thread to do. A thread that cannot be read is left out and named as a gap."""
        native_id, address, head, way = state["todo"].pop(0)
        if way == _TURN:
            guard.begin()
        try:
            page = self._fresh(address, "thread", guard, _ids)
        except PlatformError as error:
            is_closed = error.action == "skip" or error.code in ("401", "403", "login")
            if is_closed and (native_id or len(state["todo"]) or state.get("watermark")):
                return [], f"thread {native_id or address}: {error.what}"
            raise
        envelopes = page.envelopes(head)
        if way == _TURN and page.number > 1 and head is None and (start := page.numbered.get(1)):  # a link into the middle
            state["todo"].insert(0, [native_id, start, None, _TURN])
            return [], None
        if way == _TURN:
            opener = next((envelope for envelope in envelopes if envelope["kind"] == "post"), None)
            head = {"id": opener["item"]["id"], "author_id": _author(opener)} if opener else None
            way = _SEEK if state.get("watermark") else _FORWARD
            following = page.last_url if way == _SEEK else page.next_url
        elif way == _FORWARD or (way == _SEEK and page.next_url):  # a pagination that does not link the last page
            following = page.last_url if way == _SEEK else page.next_url
        else:
            if way != _BACKWARD:
                guard.begin()  # on the way to the last page some of those were met that are read now
            way, following = _BACKWARD, self._before(page, floor)
        if following and following != address:
            state["todo"].insert(0, [native_id, following, head, way])
        own = {"page_id": self.page_id} if self.page_id else {}
        items = [make_item(envelope | own, self.reading.source.site) for envelope in envelopes]
        return items, None if items else f"thread {native_id or address}: no posts on its page"

    def _before(self, page: ForumPage, floor: datetime) -> str | None:
        """The page before, while this one holds nothing that is known; page 1 was read first."""
        written = [
            moment
            for item in (make_item(e, "") for e in page.envelopes())
            if (moment := to_mention(item, self.reading.end).created_at)
        ]
        return page.previous_url if page.number > 2 and (not written or min(written) >= floor) else None

    def _fresh(self, url: str, endpoint: str, guard: Repeats, ids: Callable[[ForumPage], list[str]]) -> ForumPage:
        """A page that was not served before in this board or thread; a loop is an error, never an endless read."""
        while True:
            page = self.fetch(url, endpoint)
            if guard.is_new(ids(page)):
                return page


def _ids(page: ForumPage) -> list[str]:
    return [str(envelope["item"]["id"]) for envelope in page.envelopes()]


def _author(envelope: dict[str, Any]) -> str | None:
    return to_mention(make_item(envelope, ""), None).author_id


def lookup(reading: Reading, keys: Sequence[Key]) -> Iterator[Page]:
    """These posts again by their own addresses; gone is what its address answers with 404 or 410, or with a thread that lacks it."""
    walker, seen = _Walker(reading), set[str]()
    for key in keys:
        if not key.url or key.native_id in seen:
            continue
        try:
            page = walker.fetch(key.url, "post")
        except PlatformError as error:
            if error.code in ("404", "410"):
                yield Page([], "lookup", gone=[Tombstone(key.native_id, key.kind, "platform")])
            elif error.action != "skip":
                raise
            continue
        wanted = {other.native_id for other in keys}
        items = [item for item in (make_item(e, reading.source.site) for e in page.envelopes()) if item.native_id in wanted]
        seen |= {item.native_id for item in items}
        is_gone = bool(page.posts) and key.native_id not in seen
        yield Page(items, "lookup", gone=[Tombstone(key.native_id, key.kind, "platform")] if is_gone else [])


def open_page(
    body: bytes, content_type: str | None = None, url: str | None = None, options: dict[str, Any] | None = None
) -> ForumPage | None:
    """The page of a body, None where there is no element in it."""
    try:
        return ForumPage(decode_text(body, content_type), url, options)
    except RenownError:
        return None


def decode(body: bytes) -> list[Any]:
    """One page of HTML. Raises RenownError for what is no page."""
    text = decode_text(body)
    if "<" not in text:
        raise RenownError("not HTML (no element)", "give the page as it came from the forum", 2)
    return [{"html": text}]


def error_of(value: Any, status: int, headers: Mapping[str, str]) -> PlatformError | None:
    """HTTP statuses, a login or a message in place of the page, a shield before the forum."""
    if status >= 400:
        default: Any = "retry" if status >= 500 else "fatal"
        return contract_error(CONTRACT, status, "", default, wait_seconds=wait_seconds(headers) if status in (429, 503) else None)
    told = value if isinstance(value, dict) else {}
    page = told.get("page") or (ForumPage(told["html"]) if isinstance(told.get("html"), str) else None)
    problem = page.problem() if page is not None else None
    return contract_error(CONTRACT, problem, "") if problem else None


def items(value: Any, url: str | None, site: str) -> Iterator[Item]:
    """The posts of a thread's page. Raises RenownError for pages of engines that are not known."""
    text = value.get("html") if isinstance(value, dict) else None
    page = ForumPage(text, url) if isinstance(text, str) else None
    if page is None or page.engine is None:
        raise RenownError(
            "forum_html: the page is of no known forum engine", "read it as review_site, with selectors of your own", 2
        )
    for envelope in page.envelopes():
        yield make_item(envelope, site)


__all__ = ["CONTRACT", "decode", "error_of", "items", "lookup", "make_item", "pages", "to_mention", "tombstones"]
