"""LiveJournal: journals and communities by their feeds, comments by the entries' own threads.

    JOURNAL/data/rss ──► 25 newest entries ──► {item, journal} ──► post ── lj:reply-count grew ──┐
    JOURNAL/YYYY/MM/ ──► older entries ──► /data/rss?itemid=N ──► post ──────────────────────────┤
    JOURNAL/__rpc_get_thread?itemid=N&page= (the JSON that entry pages hold as Site.page) ◄──────┘ ──► comment
Sources: the site's published feed code (LJ::Feed), recorded pages and answers. There is no search by keyword.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from extractors.base import Contract, ErrorRule, Item, Key, Page, PlatformError, Reading, contract_error, iso
from extractors.http import Answer, malformed
from extractors.limits import wait_seconds
from extractors.markup import decode_text, xml_tree
from extractors.shapes.livejournal_objects import CUT, author_of, make_item, stub_of, to_mention, tombstones
from extractors.shapes.livejournal_pages import (
    brief_of,
    comment_items,
    feed_items,
    journal_name,
    page_items,
    read_feed,
    site_of,
    style_items,
    told,
)
from extractors.shapes.livejournal_rpc import is_rpc, read_rpc
from extractors.slices import Repeats
from extractors.source_options import FLAG, Form, Need
from extractors.times import from_feed, from_iso
from extractors.values import count, flag, identifier, mapping, objects
from settings import RenownError

__all__ = ["CONTRACT", "decode", "error_of", "items", "lookup", "make_item", "pages", "to_mention", "tombstones"]
CONTRACT = Contract(
    platform="livejournal",
    base_url="https://livejournal.com",
    endpoints=("data/rss", "data/rss?itemid={id}", "{year}/{month}/", "__rpc_get_thread"),
    auth="none for public entries",
    credential_env=None,
    cursor="walk_down",
    is_sorted=True,
    page_limit=25,
    cap=None,
    errors=(
        ErrorRule("429", "wait_until", "too many requests", "lower the source's rate"),
        ErrorRule("403", "fatal", "forbidden: the site takes this client for a rude bot",
                  "read livejournal.com/bots, set a contact in general.user_agent, lower the source's rate"),
        ErrorRule("404", "skip", "no such journal or entry"),
        ErrorRule("410", "skip", "the journal is deleted"),
        ErrorRule("451", "skip", "withheld for legal reasons"),
        ErrorRule("journal_deleted", "skip", "the journal has been deleted or suspended"),
        ErrorRule("access_denied", "skip", "only for friends of the journal"),
        ErrorRule("500", "retry", "internal error"),
        ErrorRule("502", "retry", "bad gateway"),
        ErrorRule("503", "retry", "service unavailable"),
        ErrorRule("504", "retry", "gateway timeout"),
    ),
    time_formats=("RFC 822 in GMT", "ISO 8601", "epoch seconds (ctime_ts)", "YYYY-M-D H:M:S without padding, UTC in comments"),
    deletion="deleted, screened, spam and suspended comments stay as stubs; an entry that is gone answers 404",
    edits="updated of an Atom entry, etime_ts of a comment; a feed's items tell of no edits",
    history_limit="25 entries in a feed; older ones by the months of the journal's calendar",
    terms="LiveJournal's bot policy (livejournal.com/bots): identify yourself, keep the rate low",
    not_offered=("author_followers", "author_following", "author_posts", "author_created_at", "author_verified", "author_location",
                 "page_followers", "repost_of_id", "quote_of_id", "language_hint", "country", "latitude", "longitude", "rating"),
    kinds=("post", "comment"),
    min_interval={"__rpc_get_thread": 1.0},
    collects=("entries of journals and communities", "comment trees below them"),
    how_to="no credential needed",
    rate=(30, 60.0),
    options={
        "journals": "names or addresses of journals and communities, read whole with their comments",
        "official": "false: leave out the banks' own journals (pages.livejournal)",
        "comments": "false: entries only",
        "thread_hours": "hours for which an entry's comments are asked for again when their number grew (72)",
    },
    forms={"journals": Form("names", "[news, https://velmora.livejournal.com]", r"[\w:/@~.-]*\w[\w:/@~.-]*"), "comments": FLAG},
    needs=(Need(("journals",), "options: {journals: [news]}", ("pages",), "official"),),
)  # fmt: skip
_CALENDAR = re.compile(r"href=[\"'][^\"']*/(?:\d+\.html|\d{4}/(?:\d{2}/)?)[\"'?#]")  # a link to an entry, a year or a month


# -- reading -----------------------------------------------------------------------------------------------------------
def pages(reading: Reading) -> Iterator[Page]:
    """Every journal from its feed down its calendar to what is known; a journal that is not there is a gap, an error if all are."""
    journals, failed = _journals(reading), 0
    for journal in journals:
        try:
            yield from _journal(reading, journal)
        except PlatformError as error:
            if error.action != "skip":
                raise
            failed += 1
            if failed == len(journals):
                raise
            yield Page([], f"journal:{journal}", gap=f"journal {journal}: {error.what}")


def _journals(reading: Reading) -> list[str]:
    """Names with underscores, as LiveJournal itself writes them."""
    banks = reading.settings.banks.banks if reading.option("official", True) else []
    option = reading.option("journals", [])
    listed = [page for bank in banks for page in bank.pages.get("livejournal", [])] + (
        [option] if isinstance(option, str) else list(option)
    )
    names = [journal_name(str(entry)) or str(entry).strip().strip("/@~") for entry in listed]
    return list(dict.fromkeys(name.lower().replace("-", "_") for name in names))


def _url(reading: Reading, journal: str, path: str) -> str:
    """A journal's address: its subdomain, users.livejournal.com for names that cannot be one, a path below any other base."""
    base = urlsplit(reading.base_url)
    if base.hostname != "livejournal.com":
        return f"{reading.base_url}/{journal}/{path}"
    if journal.startswith("_") or journal.endswith("_"):
        return f"https://users.livejournal.com/{journal}/{path}"
    return f"https://{journal.replace('_', '-')}.livejournal.com/{path}"


def _journal(reading: Reading, journal: str) -> Iterator[Page]:
    """The feed first; then, where it does not reach down to what is known, the calendar month by month.

    Cursor: until (all before it is known), replies {entry: [epoch, reply-count read]} of young entries; while a walk runs also at, month.
    """
    stream = f"journal:{journal}"
    cursor = dict(reading.cursors.get(stream) or {})
    if cursor.get("month"):
        yield from _calendar(reading, journal, stream, cursor)
        cursor = {"until": cursor["at"], "replies": cursor.get("replies", {})}
    floor = _floor(reading, cursor)
    found = _feed(reading, journal, "data/rss")
    moments = [when for when in map(_moment, found) if when]
    cursor |= {"at": iso(reading.end)}
    inside = [item for item in found if (when := _moment(item)) is None or when <= reading.end]
    below = list(_below(reading, journal, inside, cursor))
    if moments and min(moments) > floor:
        state = {**cursor, "month": min(moments).strftime("%Y-%m")}
        yield Page([*inside, *below], stream, state)
        yield from _calendar(reading, journal, stream, state)
    else:
        yield Page([*inside, *below], stream, _done(cursor), more=False)


def _floor(reading: Reading, cursor: Mapping[str, Any]) -> datetime:
    known = from_iso(cursor.get("until"))
    return max(reading.start, known - timedelta(minutes=reading.source.overlap_minutes)) if known else reading.start


def _done(cursor: Mapping[str, Any]) -> dict[str, Any]:
    return {"until": cursor["at"], "replies": cursor.get("replies", {})}


def _calendar(reading: Reading, journal: str, stream: str, cursor: dict[str, Any]) -> Iterator[Page]:
    """Months from the newest unread one down to the floor's, some entries a page; `seen`: those of the month that were read."""
    floor = _floor(reading, cursor)
    year, month = (int(part) for part in cursor["month"].split("-"))
    size = min(reading.source.page_size or CONTRACT.page_limit, CONTRACT.page_limit)
    while True:
        done = {*cursor.get("seen", []), *cursor.get("replies", {})}
        left = [number for number in _month(reading, journal, year, month) if number not in done]
        for start in range(0, len(left), size):
            part = left[start : start + size]
            read = [item for number in part for item in _entry(reading, journal, number)]
            found = [item for item in read if (when := _moment(item)) is None or floor <= when <= reading.end]
            below = list(_below(reading, journal, found, cursor))
            cursor = {**cursor, "seen": [*cursor.get("seen", []), *part]}
            gap = f"{len(part) - len(read)} entries of the calendar are not readable" if len(read) < len(part) else None
            yield Page([*found, *below], stream, cursor, gap=gap)
        last = (year, month) <= (floor.year, floor.month)
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
        cursor = _done(cursor) if last else {**cursor, "month": f"{year}-{month:02d}", "seen": []}
        yield Page([], stream, cursor, more=not last)
        if last:
            return


def _month(reading: Reading, journal: str, year: int, month: int) -> list[str]:
    """Entry ids that the calendar's month lists, newest first; a month without a page has no entries."""

    def read(answer: Answer) -> list[str]:
        text = decode_text(answer.body, answer.headers.get("content-type"))
        if "</html>" not in text[-4000:].lower() or not _CALENDAR.search(text):
            raise malformed("livejournal", "a whole page of a calendar", answer.body, reading.http.all_secrets())
        own = rf"href=[\"'](?:https?://[^\"'/]*(?:/{re.escape(journal)})?|{re.escape(urlsplit(reading.base_url).path)}/{re.escape(journal)})?/(\d+)\.html"
        return sorted(set(re.findall(own, text)), key=int, reverse=True)

    try:
        found: list[str] = reading.http.get_page(
            _url(reading, journal, f"{year}/{month:02d}/"), endpoint="{year}/{month}/", read=read, open_web=False
        )
    except PlatformError as error:
        if error.code != "404":
            raise
        return []
    return found


def _entry(reading: Reading, journal: str, number: str) -> list[Item]:
    """An entry by its own feed: with its moment in GMT, which its page does not tell; else by its page. [] where it is not public."""
    try:
        found = _feed(reading, journal, f"data/rss?itemid={number}", "data/rss?itemid={id}")
        own = [item for item in found if item.native_id == number]
        if own:
            return own
        page = _page_of(reading, journal, number, "")
    except PlatformError as error:
        if error.action != "skip":
            raise
        return []
    return [page] if page else []


def _page_of(reading: Reading, journal: str, number: str, site: str) -> Item | None:
    """The entry that a page for people shows."""

    def read(answer: Answer) -> Item | None:
        text = decode_text(answer.body, answer.headers.get("content-type"))
        return next((item for item in page_items(text, answer.url, site) if item.kind == "post"), None)

    url = _url(reading, journal, f"{number}.html")
    found: Item | None = reading.http.get_page(url, endpoint="{id}.html", read=read, open_web=False)
    return found


def _feed(reading: Reading, journal: str, path: str, endpoint: str = "data/rss") -> list[Item]:
    def read(answer: Answer) -> list[Item]:
        if error := error_of({"html": decode_text(answer.body[:20_000])}, answer.status, answer.headers):
            raise error
        try:
            document = read_feed(answer.body)
        except RenownError:
            raise malformed("livejournal", "a whole feed", answer.body, reading.http.all_secrets()) from None
        return list(feed_items(document, None, reading.source.site))

    found: list[Item] = reading.http.get_page(_url(reading, journal, path), endpoint=endpoint, read=read, open_web=False)
    return [_completed(reading, journal, item) for item in found]


def _completed(reading: Reading, journal: str, item: Item) -> Item:
    """An entry that the feed cuts, with the whole text of its own page; as it came where that page cannot be read."""
    if not CUT.search(str(mapping(item.value.get("item")).get("description") or "").rstrip()) or not item.native_id.isdecimal():
        return item

    try:
        page = _page_of(reading, journal, item.native_id, item.site)
    except PlatformError as error:
        if error.action != "skip":
            raise
        return item
    full = mapping(page.value.get("item")).get("description") if page else None
    return make_item({**item.value, "full": full}, item.site) if full else item


def _moment(item: Item) -> datetime | None:
    return from_feed(mapping(item.value.get("item")).get("published"))


def _below(reading: Reading, journal: str, found: Sequence[Item], cursor: dict[str, Any]) -> Iterator[Item]:
    """Comments of entries that have more of them than were read; cursor["replies"] remembers young entries, older ones are read once."""
    since = (reading.end - timedelta(hours=float(reading.option("thread_hours", 72)))).timestamp()
    known = dict(cursor.get("replies") or {})
    for item in found:
        entry, when = mapping(item.value.get("item")), _moment(item)
        replies, at = count(entry.get("replies")), when.timestamp() if when else since
        if reading.option("comments", True) and replies and replies > (known.get(item.native_id) or [0, 0])[1]:
            yield from _comments(reading, journal, item)
        known[item.native_id] = [int(at), replies or 0]
    newest = sorted(known, key=lambda number: known[number][0], reverse=True)
    cursor["replies"] = {number: known[number] for number in newest[:200] if known[number][0] >= since or number in newest[:50]}


def _comments(reading: Reading, journal: str, post: Item) -> Iterator[Item]:
    """All comments of an entry: page by page, and collapsed threads for themselves."""
    number, came, guard = 1, 0, Repeats("livejournal")
    while True:
        value = _thread(reading, journal, post.native_id, page=number)
        listed = objects(value.get("comments"))
        if not guard.is_new(entry.get("dtalkid") for entry in listed):
            continue
        yield from comment_items(value, _post_brief(post), post.site)
        for entry in listed:
            if flag(entry.get("loaded")) is False and not stub_of(entry) and identifier(entry.get("dtalkid")):
                whole = _thread(reading, journal, post.native_id, thread=identifier(entry.get("dtalkid")))
                yield from comment_items(whole, _post_brief(post), post.site)
        came += len(listed)
        if not listed or came >= (count(value.get("replycount")) or 0):
            return
        number += 1


def _thread(reading: Reading, journal: str, entry: str, **which: Any) -> dict[str, Any]:
    asked = "&".join(f"{name}={value}" for name, value in which.items())
    path = f"{journal}/__rpc_get_thread?journal={journal}&itemid={entry}&flat=&skip=&expand_all=1&{asked}"

    def read(answer: Answer) -> dict[str, Any]:
        try:
            value = json.loads(answer.body)
        except (ValueError, RecursionError):
            raise malformed("livejournal", "JSON", answer.body, reading.http.all_secrets()) from None
        if error := error_of(value, answer.status, answer.headers):
            raise error
        return mapping(value)

    found: dict[str, Any] = reading.http.get_page(
        _url(reading, journal, path), endpoint="__rpc_get_thread", read=read, open_web=False
    )
    return found


def lookup(reading: Reading, keys: Sequence[Key]) -> Iterator[Page]:
    """Entries by their own feed, with their comments where those are asked for; what answers 404 is gone, whoever removed it."""
    entries: dict[tuple[str, str], list[Key]] = {}
    for key in keys:
        entry = key.native_id if key.kind == "post" else key.conversation_id
        if key.page_id and entry:
            entries.setdefault((key.page_id, entry), []).append(key)
    for (journal, entry), asked in entries.items():
        yield _look(reading, journal, entry, asked)


def _look(reading: Reading, journal: str, entry: str, asked: Sequence[Key]) -> Page:
    try:
        found = _feed(reading, journal, f"data/rss?itemid={entry}", "data/rss?itemid={id}")
    except PlatformError as error:
        if error.code not in ("404", "410"):
            raise
        return Page([_gone(key, journal) for key in asked], "lookup")
    wanted = {key.native_id for key in asked if key.kind == "comment"}
    below = [item for post in found for item in _comments(reading, journal, post)] if wanted else []
    missing = wanted - {item.native_id for item in below}
    lost = [_gone(key, journal) for key in asked if key.native_id in missing]
    return Page([*found, *(item for item in below if item.native_id in wanted), *lost], "lookup")


def _gone(key: Key, journal: str) -> Item:
    """An item that only tells of a removal: ids are a journal's own, so that its tombstone needs the journal's site."""
    return make_item({"gone": {"id": key.native_id, "kind": key.kind}}, site_of(None, journal) or "")


# -- decoding ----------------------------------------------------------------------------------------------------------
def decode(body: bytes) -> list[Any]:
    """A feed, a JSON answer with comments, an answer of XML-RPC, or the page of an entry. RenownError for anything else."""
    text = decode_text(body)
    head = text.lstrip("\ufeff \t\r\n")
    if head.startswith(("{", "[")):
        try:
            return [json.loads(text)]
        except (ValueError, RecursionError):
            raise RenownError("not JSON", "give the body as it came from the platform", 2) from None
    if is_rpc(head[:1000]):
        return [read_rpc(text)]
    if re.search(r"<entrypage[\s>]", head[:1000]):
        return [{"style": text}]
    if re.search(r"<(?:rss|feed|entry|rdf:RDF)[\s>]", head[:4000]) and "<html" not in head[:4000].lower():
        return [read_feed(body)]
    if "<" not in text:
        raise RenownError("not a page of LiveJournal", "give the body as it came from the platform", 2)
    return [{"html": text}]


def error_of(value: Any, status: int, headers: Mapping[str, str]) -> PlatformError | None:
    """An HTTP status, {"error": ..} of the comments' JSON, or the pages for deleted and closed journals."""
    answer = mapping(value)
    if "error" in answer and "comments" not in answer and "html" not in answer:
        said = answer["error"]
        told = identifier(mapping(said).get("code")) or "error"
        return contract_error(CONTRACT, told, str(mapping(said).get("message") or said))
    if status >= 400:
        default: Any = "retry" if status >= 500 else "fatal"
        return contract_error(CONTRACT, status, "", default, wait_seconds=wait_seconds(headers))
    title = re.search(r"<title[^>]*>(.{0,200}?)</title>", str(answer.get("html") or "")[:20_000], re.S | re.I)
    if title and re.search(
        r"deleted (?:and purged )?(?:account|journal|user)|suspended (?:account|journal|user)|Журнал удал", title[1], re.I
    ):
        return contract_error(CONTRACT, "journal_deleted", "")
    if title and re.search(r"access (?:is )?(?:denied|closed)|protected entry|Доступ закрыт", title[1], re.I):
        return contract_error(CONTRACT, "access_denied", "")
    return None


def items(value: Any, url: str | None, site: str) -> Iterator[Item]:
    """Entries of a feed; comments of a JSON answer; the entry and the comments of a page."""
    if isinstance(value, list):
        yield from comment_items({"comments": value}, brief_of(url), site_of(url, None) or site)
        return
    answer = mapping(value)
    if "html" in answer:
        yield from page_items(str(answer["html"]), url, site)
    elif "style" in answer:
        yield from style_items(
            xml_tree(re.sub(r"^\s*<\?xml[^>]*\?>", "", str(answer["style"])).encode("utf-8", "surrogatepass")), site
        )
    elif "entries" in answer and "journal" in answer:
        yield from feed_items(answer, url, site)
    else:
        yield from comment_items(answer, brief_of(url), site_of(url, None) or site)


def _post_brief(post: Item) -> dict[str, Any]:
    entry, journal = mapping(post.value.get("item")), mapping(post.value.get("journal"))
    return told(
        {"id": post.native_id, "author": author_of(entry, journal), "journal": journal.get("name"), "title": journal.get("title")}
    )
