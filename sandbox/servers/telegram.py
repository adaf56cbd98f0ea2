"""Telegram's web previews as t.me serves them: channel pages of 20, single messages as widgets.

    GET /telegram/s/velmora_news?before=ID&q=WORDS    the messages below an id, oldest first, under the channel's header
    GET /telegram/velmora_news/ID?embed=1             one message, or the error box "Post not found"
    GET /telegram/velmora_news/ID?embed=1&discussion=1&comments_limit=N    the newest N of what answers it, as the discussion widget shows them

A removed message is simply absent; a name without a preview leads to its landing page. Answers quote the message above them.
"""

from __future__ import annotations

import html
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sandbox.plot import Ask, Plot, Reply, Thing, html_reply

PLATFORM = "telegram"
PREFIX = "/telegram"
SITE = ""
CHANNEL = "velmora_news"
OPTIONS: Mapping[str, Any] = {"channels": [CHANNEL], "official": False}
RATE_LIMIT, SERVER_ERROR = "429", "500"
HAS_ANSWERS = True
SAMPLE: tuple[str, Mapping[str, str]] = (f"/s/{CHANNEL}", {})  # a page for the fuzz tests
_TITLE = "Velmora news 📣"


def key(thing: Thing) -> tuple[str, str]:
    """(kind, native id)."""
    return "message", f"{CHANNEL}/{thing.number}"


def answer(plot: Plot, ask: Ask) -> Reply:
    """The channel's page, a single message, or the landing page of any other name."""
    parts = [part for part in ask.path.split("/") if part]
    if parts[:1] == ["s"] and len(parts) == 2:
        return _channel(plot, ask) if parts[1].lower() == CHANNEL else landing(parts[1])
    if len(parts) == 2 and parts[1].isdecimal() and "discussion" in ask.query:
        return _discussion(plot, int(parts[1]), int(ask.query.get("comments_limit") or 5))
    if len(parts) == 2 and parts[1].isdecimal() and "embed" in ask.query:
        return _widget(plot, parts[0], int(parts[1]))
    return landing(parts[0] if parts else "telegram")


def _channel(plot: Plot, ask: Ask) -> Reply:
    below = int(ask.query.get("before") or 10**9)
    words = ask.query.get("q", "").lower().split()
    if plot.stuck:
        below = 10**9
    listed = [t for t in plot.live() if t.number < below and all(word in t.text.lower() for word in words)]
    shown, _ = plot.cut(sorted(listed, key=lambda t: -t.number), 0)
    return _page(_header(plot) + '<section class="tgme_channel_history js-message_history">'
                 + "".join(_message(plot, thing) for thing in reversed(shown)) + "</section>")  # fmt: skip


def _widget(plot: Plot, channel: str, number: int) -> Reply:
    thing = plot.find(number)
    if channel.lower() != CHANNEL or thing is None or thing.gone:
        return _page('<div class="tgme_widget_message_error">Post not found</div>')
    return _page(_message(plot, thing))


def comment_key(post: int, thing: Thing) -> tuple[str, str]:
    """(kind, native id) of an answer, where it is shown as a comment."""
    return "comment", f"{CHANNEL}/{post}?comment={5000 + thing.number}"


def _discussion(plot: Plot, post: int, limit: int) -> Reply:
    """Every third message has no discussion; a comment that answers another one quotes it."""
    if post % 3 == 0:
        return _page('<div class="tme_no_messages_found">Discussion is not available at the moment.</div>')
    below = [thing for thing in plot.under(post) if not thing.gone] if (root := plot.find(post)) and root.parent is None else []
    header = (
        f'<div class="tgme_post_discussion_header_wrap"><h3 class="tgme_post_discussion_header"><span class="js-header">'
        f'{len(below) or ""} comments</span> on <a href="https://t.me/{CHANNEL}/{post}">this post</a></h3></div>'
    )
    more = '<div class="tme_messages_more js-messages_more" data-before="1">Show more</div>' if len(below) > limit else ""
    rows = "".join(_comment(post, thing) for thing in below[-limit:])
    return _page(f'{header}<div class="tgme_post_discussion js-message_history">{more}{rows}</div>')


def _comment(post: int, thing: Thing) -> str:
    quoted = ""
    if thing.parent is not None and thing.parent != post:
        quoted = (
            f'<a class="tgme_widget_message_reply" href="https://t.me/{CHANNEL}/{post}?comment={5000 + thing.parent}">'
            '<div class="tgme_widget_message_text js-message_reply_text" dir="auto">above</div></a>'
        )
    who = f"https://t.me/member{thing.author}"
    return (
        '<div class="tgme_widget_message_wrap js-widget_message_wrap"><div class="tgme_widget_message js-widget_message" '
        f'data-post-id="{5000 + thing.number}"><div class="tgme_widget_message_user"><a href="{who}"><i></i></a></div>'
        '<div class="tgme_widget_message_bubble"><div class="tgme_widget_message_author accent_color">'
        f'<a class="tgme_widget_message_author_name" href="{who}"><span dir="auto">Member {thing.author}</span></a></div>{quoted}'
        f'<div class="tgme_widget_message_text js-message_text" dir="auto">{_escaped(thing)}</div><div class="tgme_widget_message_footer">'
        f'<time datetime="{datetime.fromtimestamp(thing.at, UTC).isoformat()}"></time></div></div></div></div>'
    )


def _header(plot: Plot) -> str:
    counter = (
        '<div class="tgme_channel_info_counter"><span class="counter_value">{}</span> <span class="counter_type">{}</span></div>'
    )
    return (
        f'<div class="tgme_channel_info"><div class="tgme_channel_info_header_title"><span dir="auto">{_TITLE}</span></div>'
        f'<div class="tgme_channel_info_header_username"><a href="https://t.me/{CHANNEL}">@{CHANNEL}</a></div>'
        f'<div class="tgme_channel_info_counters">{counter.format("1.2K", "subscribers")}{counter.format("3", "photos")}</div></div>'
    )


def _message(plot: Plot, thing: Thing) -> str:
    address = f"https://t.me/{CHANNEL}/{thing.number}"
    above = plot.find(thing.parent) if thing.parent is not None else None
    quoted = ""
    if above:
        quoted = (
            f'<a class="tgme_widget_message_reply" href="https://t.me/{CHANNEL}/{above.number}"><div class="tgme_widget_message_author">'
            f'<span class="tgme_widget_message_author_name" dir="auto">{_TITLE}</span></div>'
            f'<div class="tgme_widget_message_text js-message_reply_text" dir="auto">{_escaped(above)}</div></a>'
        )
    moment = datetime.fromtimestamp(thing.at, UTC)
    likes = f'<span class="tgme_reaction"><i class="emoji"><b>👍</b></i>{thing.likes}</span>' if thing.likes else ""
    return (
        f'<div class="tgme_widget_message_wrap js-widget_message_wrap"><div class="tgme_widget_message js-widget_message" '
        f'data-post="{CHANNEL}/{thing.number}" data-view="{plot.now}"><div class="tgme_widget_message_bubble">'
        f'<div class="tgme_widget_message_author accent_color"><a class="tgme_widget_message_owner_name" href="https://t.me/{CHANNEL}">'
        f'<span dir="auto">{_TITLE}</span></a></div>{quoted}'
        f'<div class="tgme_widget_message_text js-message_text" dir="auto">{_escaped(thing)}</div>'
        f'<div class="tgme_widget_message_reactions js-message_reactions">{likes}</div>'
        f'<div class="tgme_widget_message_footer"><div class="tgme_widget_message_info short">'
        f'<span class="tgme_widget_message_views">{thing.likes * 10}</span><span class="copyonly"> views</span>'
        f'<span class="tgme_widget_message_meta">{"edited &nbsp;" if thing.edited_at else ""}<a class="tgme_widget_message_date" '
        f'href="{address}"><time datetime="{moment.isoformat()}" class="time">{moment:%H:%M}</time></a></span></div></div></div></div></div>'
    )


def _escaped(thing: Thing) -> str:
    return html.escape(thing.text).replace("\n", "<br/>")


def landing(name: str) -> Reply:
    """The page of a name that has no preview: t.me/s/NAME redirects there."""
    return _page(
        f'<div class="tgme_page"><div class="tgme_page_extra">@{html.escape(name)}</div><a class="tgme_action_button_new">Send</a></div>'
    )


def _page(body: str) -> Reply:
    return html_reply(
        f'<!DOCTYPE html><html><head><title>Telegram</title></head><body class="tgme_body">{body}</body></html>\n<!-- 3.14ms -->'
    )


def error(code: str) -> Reply:
    """A status with a plain page, or t.me's own pages for what is not there."""
    if code == "no_preview":
        return landing("nobody")
    if code == "not_found":
        return _page('<div class="tgme_widget_message_error">Post not found</div>')
    return html_reply("<html>nginx</html>", int(code))
