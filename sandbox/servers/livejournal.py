"""LiveJournal as its published code and its pages show it: one community's feed, calendar, entry pages and comment threads.

    GET /livejournal/velmora_club/data/rss[?itemid=N]     the newest entries, or one       GET …/2026/03/    the month's entries
    GET /livejournal/velmora_club/N.html                  the entry with its comments as Site.page
    GET /livejournal/velmora_club/velmora_club/__rpc_get_thread?itemid=N&page=1            the same comments as JSON

Removed comments stay as stubs: deleted (by whom is not told), screened by the journal, suspended by the site. Removed entries are 404.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from sandbox.plot import Ask, Plot, Reply, Thing, html_reply, json_reply, newest_first

PLATFORM = "livejournal"
PREFIX = "/livejournal"
SITE = ""
JOURNAL = "velmora_club"
OPTIONS: Mapping[str, Any] = {"journals": [JOURNAL], "official": False}
RATE_LIMIT, SERVER_ERROR = "429", "503"
HAS_ANSWERS = True
SAMPLE: tuple[str, Mapping[str, str]] = (f"/{JOURNAL}/{JOURNAL}/__rpc_get_thread", {"itemid": str(4 * 256 + 64)})
_ANUM, _THREADS = 64, 15  # a part of every id; top-level comments of a page
_LEAF = {"author": "deleted", "page": "screened", "platform": "suspended"}


def key(thing: Thing) -> tuple[str, str]:
    """(kind, native id): both entries and comments are numbered in one sequence here, times 256 plus a constant."""
    return "post" if thing.parent is None else "comment", _id(thing.number)


def _id(number: int) -> str:
    return str(number * 256 + _ANUM)


def _number(shown: str | None) -> int:
    return int(shown) // 256 if shown and shown.isdecimal() else 0


def answer(plot: Plot, ask: Ask) -> Reply:
    """Any page of the journal; other journals are not there."""
    parts = [part for part in ask.path.split("/") if part]
    if parts[:1] != [JOURNAL]:
        return error("404")
    rest = "/".join(parts[1:])
    if rest == "data/rss":
        return _feed(plot, ask)
    if rest.endswith("__rpc_get_thread"):
        return _thread(plot, ask)
    if found := re.fullmatch(r"(\d{4})/(\d{2})", rest):
        return _month(plot, int(found[1]), int(found[2]))
    if found := re.fullmatch(r"(\d+)\.html", rest):
        return _entry_page(plot, ask, _number(found[1]))
    return error("404")


def _entries(plot: Plot) -> list[Thing]:
    return newest_first(thing for thing in plot.roots() if not thing.gone)


def _feed(plot: Plot, ask: Ask) -> Reply:
    entries = _entries(plot)
    shown, _ = plot.cut(entries, 0, 25)
    if asked := ask.query.get("itemid"):
        shown = [thing for thing in entries if thing.number == _number(asked)]
        if not shown:
            return error("404")
    items = "".join(_item(plot, ask, thing) for thing in shown)
    body = (
        '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0" xmlns:lj="http://www.livejournal.org/rss/lj/1.0/"><channel>'
        f"<title>Velmora club</title><link>{ask.base}/{JOURNAL}/</link><lj:journal>{JOURNAL}</lj:journal>"
        f"<lj:journaltype>community</lj:journaltype>{items}</channel></rss>"
    )
    return Reply(200, body.encode(), {"Content-Type": "text/xml; charset=utf-8"})


def _item(plot: Plot, ask: Ask, thing: Thing) -> str:
    address = f"{ask.base}/{JOURNAL}/{_id(thing.number)}.html"
    text = html.escape(f"<p>{html.escape(thing.text)}</p>")
    return (
        f"<item><guid isPermaLink='true'>{address}</guid><pubDate>{format_datetime(_moment(thing.at), usegmt=True)}</pubDate>"
        f"<title>Entry {thing.number}</title><link>{address}</link><description>{text}</description><comments>{address}</comments>"
        f"<lj:security>public</lj:security><lj:poster>user{thing.author}</lj:poster>"
        f"<lj:reply-count>{len(plot.under(thing.number))}</lj:reply-count></item>"
    )


def _moment(at: int) -> datetime:
    return datetime.fromtimestamp(at, UTC)


def _month(plot: Plot, year: int, month: int) -> Reply:
    shown = [thing for thing in _entries(plot) if (_moment(thing.at).year, _moment(thing.at).month) == (year, month)]
    links = "".join(
        f'<li><a href="https://velmora-club.livejournal.com/{_id(t.number)}.html">Entry {t.number}</a></li>' for t in shown
    )
    return html_reply(f"<html><body><a href='/{JOURNAL}/{year}/'>{year}</a><ul class='month'>{links}</ul></body></html>")


def _threads(plot: Plot, ask: Ask, number: int) -> tuple[list[dict[str, Any]], int]:
    """(comments of a page in the order of reading, the number of all)."""
    below = plot.under(number)
    tops = [thing for thing in below if thing.parent == number]
    page = int(ask.query.get("page") or 1)
    size = min(_THREADS, plot.page)
    shown, more = plot.cut(tops, (page - 1) * size, size)
    listed = [comment for top in shown for comment in _branch(plot, top, 1)]
    return listed, len(below) + (len(listed) if plot.stuck and more else 0)


def _branch(plot: Plot, thing: Thing, level: int) -> list[dict[str, Any]]:
    return [_comment(plot, thing, level), *(c for below in plot.children(thing.number) for c in _branch(plot, below, level + 1))]


def _comment(plot: Plot, thing: Thing, level: int) -> dict[str, Any]:
    root = plot.root_of(thing).number
    parent = 0 if thing.parent == root else int(_id(thing.parent or 0))
    own, user = int(_id(thing.number)), f"user{thing.author}"
    body: dict[str, Any] = {
        "talkid": thing.number, "dtalkid": own, "thread": own, "parent": parent, "above": parent or None, "level": level, "loaded": 1,
        "collapsed": 0, "shown": 1, "deleted": 0, "suspended": None, "leafclass": None, "is_promo": 0,
        "thread_url": f"https://velmora-club.livejournal.com/{_id(root)}.html?thread={own}#t{own}",
    }  # fmt: skip
    if thing.gone:
        flags = {"author": {"deleted": 1}, "page": {"shown": 0}, "platform": {"suspended": 1}}[thing.gone]
        return body | flags | {"leafclass": _LEAF[thing.gone]}
    return body | {
        "uname": user, "dname": user, "subject": "", "article": html.escape(thing.text), "ctime_ts": thing.at, "etime_ts": thing.edited_at,
        "ctime": _moment(thing.at).strftime("%B %d %Y, %H:%M:%S UTC"), "commenter_journal_base": f"https://{user}.livejournal.com/",
    }  # fmt: skip


def _thread(plot: Plot, ask: Ask) -> Reply:
    entry = plot.find(_number(ask.query.get("itemid")))
    if entry is None or entry.gone or entry.parent is not None:
        return error("404")
    if asked := ask.query.get("thread"):
        top = plot.find(_number(asked))
        return json_reply({"replycount": len(plot.under(entry.number)), "comments": _branch(plot, top, 1) if top else []})
    listed, total = _threads(plot, ask, entry.number)
    return json_reply({"replycount": total, "comments": listed})


def _entry_page(plot: Plot, ask: Ask, number: int) -> Reply:
    entry = plot.find(number)
    if entry is None or entry.gone or entry.parent is not None:
        return error("404")
    listed, total = _threads(plot, ask, number)
    blob = json.dumps({"is_post": 1, "replycount": total, "comments_page": 1, "comments": listed})
    return html_reply(
        f'<html><head><title>Entry {number}</title><link rel="canonical" href="https://velmora-club.livejournal.com/{_id(number)}.html">'
        f'</head><body><article class="aentry-post"><h1 class="aentry-post__title"><span class="aentry-post__title-text">Entry {number}</span>'
        f'</h1><div class="aentry-post__text aentry-post__text--view"><p>{html.escape(entry.text)}</p></div></article>'
        f"<script>Site.page = {blob};</script></body></html>"
    )


def error(code: str) -> Reply:
    """A status with a page for people; deleted and closed journals say so in their title."""
    titles = {"journal_deleted": "Deleted Account", "access_denied": "Access is closed"}
    if code in titles:
        return html_reply(f"<html><head><title>{titles[code]}</title></head><body><p>Nothing here.</p></body></html>")
    return html_reply("<html><head><title>Error</title></head><body></body></html>", int(code))
