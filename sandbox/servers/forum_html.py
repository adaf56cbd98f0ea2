"""A phpBB 3.3 forum as its templates write it (viewforum and viewtopic of prosilver), and a XenForo-like message for errors.

    GET /forum_html/viewforum.php?f=2&start=N        topics, the last written to first
    GET /forum_html/viewtopic.php?t=ID&start=N       posts in order of writing
    GET /forum_html/viewtopic.php?p=ID               the page of the topic that holds the post
Source: phpBB's own templates and its text formatter's quotes (blockquote with the quoted post's address).
"""

from __future__ import annotations

import html
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sandbox.plot import Ask, Plot, Reply, Thing, html_reply

PLATFORM = "forum_html"
PREFIX = "/forum_html"
SITE = "forum.test"
OPTIONS: Mapping[str, Any] = {"boards": ["viewforum.php?f=2"]}
RATE_LIMIT = "429"
SERVER_ERROR = "503"
HAS_ANSWERS = True
SAMPLE = ("/viewtopic.php", {"t": "4"})
_HEAD = (
    '<!DOCTYPE html><html dir="ltr" lang="en-gb"><head><meta charset="utf-8"><title>{title} - Forum</title></head>'
    '<body id="phpbb" class="nojs notouch section-{section} ltr"><div id="wrap" class="wrap"><div id="page-body" class="page-body" role="main">'
)
_FOOT = (
    '</div><div id="page-footer" class="page-footer"><ul class="nav-footer linklist"><li class="rightside">'
    'All times are <span title="UTC">UTC</span></li></ul></div></div></body></html>'
)


def key(thing: Thing) -> tuple[str, str]:
    """("post" or "reply", post id)."""
    return ("post" if thing.parent is None else "reply"), str(_id(thing))


def _id(thing: Thing) -> int:
    return 9000 + thing.number


def answer(plot: Plot, ask: Ask) -> Reply:
    """The page that is asked for."""
    if ask.path == "/viewforum.php":
        return _board(plot, _start(ask))
    if ask.path == "/viewtopic.php":
        number = int(ask.query["p"]) - 9000 if ask.query.get("p", "").isdigit() else int(ask.query.get("t") or 0)
        thing = plot.find(number)
        root = plot.root_of(thing) if thing else None
        if root is None or root.gone or (thing and thing.gone == "platform"):
            return _message("The requested topic does not exist.", 404)
        shown = _posts(plot, root)
        start = _start(ask) if "t" in ask.query else shown.index(thing) // plot.page * plot.page if thing in shown else 0
        return _topic(plot, root, shown, start)
    return _message("Not found", 404)


def _start(ask: Ask) -> int:
    given = ask.query.get("start", "0")
    return int(given) if given.isdigit() else 0


def _posts(plot: Plot, root: Thing) -> list[Thing]:
    """The posts of a topic: what is gone leaves no trace but for a stub where its author or the staff removed it."""
    return [
        root,
        *(thing for thing in sorted(plot.under(root.number), key=lambda t: (t.at, t.number)) if thing.gone != "platform"),
    ]


def _when(at: int) -> str:
    moment = datetime.fromtimestamp(at, UTC)
    return f'<time datetime="{moment.isoformat()}">{moment.strftime("%a %b %d, %Y %I:%M %p")}</time>'


def _board(plot: Plot, start: int) -> Reply:
    roots = [root for root in plot.roots() if not root.gone]
    last = {root.number: max(thing.at for thing in _posts(plot, root)) for root in roots}
    listed, after = plot.cut(sorted(roots, key=lambda r: (last[r.number], r.number), reverse=True), start)
    rows = "".join(
        f'<li class="row bg1"><dl class="row-item topic_read"><dt><div class="list-inner"><a href="./viewtopic.php?t={root.number}" class="topictitle">'
        f'Topic {root.number}</a></div></dt><dd class="posts">{len(plot.under(root.number))}</dd>'
        f'<dd class="lastpost"><span>by user <br>{_when(last[root.number])}</span></dd></dl></li>'
        for root in listed
    )
    body = f'<div class="action-bar bar-top">{_pagination("viewforum.php?f=2", start, plot.page, after, len(roots))}</div>'
    return html_reply(
        _HEAD.format(title="Board", section="viewforum")
        + body
        + f'<div class="forumbg"><ul class="topiclist topics">{rows}</ul></div>'
        + _FOOT
    )


def _topic(plot: Plot, root: Thing, shown: list[Thing], start: int) -> Reply:
    posts, after = plot.cut(shown, start)
    body = f'<h2 class="topic-title"><a href="./viewtopic.php?t={root.number}">Topic {root.number}</a></h2>'
    body += f'<div class="action-bar bar-top">{_pagination(f"viewtopic.php?t={root.number}", start, plot.page, after, len(shown))}</div>'
    return html_reply(
        _HEAD.format(title=f"Topic {root.number}", section="viewtopic")
        + body
        + "".join(_post(plot, thing) for thing in posts)
        + _FOOT
    )


def _pagination(address: str, start: int, size: int, after: int | None, total: int) -> str:
    number = start // size + 1
    earlier = (
        f'<li><a class="button" href="./{address}&amp;start={(number - 2) * size}">{number - 1}</a></li>' if number > 1 else ""
    )
    first = f'<li><a class="button" href="./{address}">1</a></li>' if number > 2 else ""
    later = (
        f'<li class="arrow next"><a class="button" href="./{address}&amp;start={after}" rel="next">Next</a></li>'
        if after is not None
        else ""
    )
    end = -(-total // size)
    last = f'<li><a class="button" href="./{address}&amp;start={(end - 1) * size}">{end}</a></li>' if end > number else ""
    return f'<div class="pagination"><ul>{first}{earlier}<li class="active"><span>{number}</span></li>{last}{later}</ul></div>'


def _post(plot: Plot, thing: Thing) -> str:
    number, user = (
        _id(thing),
        f'<a href="./memberlist.php?mode=viewprofile&amp;u={thing.author}" class="username">user{thing.author}</a>',
    )
    removed = ""
    if thing.gone:
        who = (
            user
            if thing.gone == "author"
            else '<a href="./memberlist.php?mode=viewprofile&amp;u=2" class="username">moderator</a>'
        )
        removed = f'<div class="notice post_deleted_msg">This post was deleted by {who}.</div>'
    above = plot.find(thing.parent) if thing.parent is not None else None
    quote = (
        f'<blockquote cite="./viewtopic.php?p={_id(above)}#p{_id(above)}"><div><cite>user{above.author} wrote: '
        f'<a href="./viewtopic.php?p={_id(above)}#p{_id(above)}"'
        f' data-post-id="{_id(above)}">↑</a></cite>{html.escape(above.text)}</div></blockquote>'
        if above
        else ""
    )
    edited = (
        f'<div class="notice">Last edited by {user} on {_when(thing.edited_at)}, edited 1 time in total.</div>'
        if thing.edited_at
        else ""
    )
    content = "" if thing.gone else f'<div class="content">{quote}{html.escape(thing.text)}</div>'
    return (
        f'<div id="p{number}" class="post has-profile bg2{" deleted" if thing.gone else ""}"><div class="inner"><dl class="postprofile" id="profile{number}">'
        f'<dt class="no-profile-rank no-avatar">{user}</dt><dd class="profile-posts"><strong>Posts:</strong> 12</dd></dl><div class="postbody">'
        f'<div id="post_content{number}"><h3><a href="./viewtopic.php?p={number}#p{number}">Re</a></h3><p class="author">'
        f'<a class="unread" href="./viewtopic.php?p={number}#p{number}" title="Post"><span>Post</span></a>'
        f'<span class="responsive-hide">by <strong>{user}</strong> &raquo; </span>'
        f"{_when(thing.at)}</p>{content}{edited}{removed}</div></div></div></div>"
    )


def _message(text: str, status: int = 200) -> Reply:
    body = (
        f'<div class="panel" id="message"><div class="inner"><h2 class="message-title">Information</h2><p>{text}</p></div></div>'
    )
    return html_reply(_HEAD.format(title="Information", section="viewtopic") + body + _FOOT, status)


def error(code: str) -> Reply:
    """A forum's own form of each error; the shield stands before the forum."""
    if code == "message":
        return _message("The requested topic does not exist.")
    if code == "login":
        form = '<form action="./ucp.php?mode=login" method="post" id="login"><input type="text" name="username"><input type="password" name="password"></form>'
        return _message("You are not authorised to read this forum." + form)
    if code == "challenge":
        return html_reply(
            "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>Checking your browser</body></html>"
        )
    headers = {"Retry-After": "2"} if code == "429" else {}
    return html_reply(f"<html><head><title>{code}</title></head><body><h1>{code}</h1></body></html>", int(code), headers)
