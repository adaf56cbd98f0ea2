"""Telegram: public channels by their web preview, walked down from the newest message.

    t.me/s/CHANNEL?before=ID ──► .tgme_widget_message[data-post] ──► {html, channel {title, counters}} ──► message
    t.me/CHANNEL/ID?embed=1  ──► the same mark-up for one message (lookup): fresh views, edits, or "Post not found"
    options.comments: t.me/CHANNEL/ID?embed=1&discussion=1&comments_limit=N ──► [data-post-id] ──► comment
Sources: the pages' own mark-up as recorded, core.telegram.org/widgets/post and /discussion (of whose pages no recording exists: mark-up
as public clients quote it). No credential: what is not previewed is not read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

from lxml import etree
from lxml.html import HtmlElement

from extractors import query
from extractors.base import (
    Contract,
    Engagement,
    ErrorRule,
    Item,
    Key,
    Mention,
    Page,
    PlatformError,
    Reading,
    Tombstone,
    contract_error,
    iso,
)
from extractors.http import Answer, malformed
from extractors.jsons import dump
from extractors.limits import wait_seconds
from extractors.markup import decode_text, html_tree
from extractors.slices import Repeats
from extractors.source_options import FLAG, Form, Need
from extractors.text import flowing, handles, hashtags, html_to_text, read_html, tidy, unique, urls
from extractors.times import from_iso
from extractors.values import coordinates, count, mapping, text_or_none
from settings import RenownError

_NAME = re.compile(r"^(?:(?:https?://)?(?:www\.)?(?:t|telegram)\.me/(?:s/)?|@)?([A-Za-z]\w{3,31})/?$")

CONTRACT = Contract(
    platform="telegram",
    base_url="https://t.me",
    endpoints=("s/{channel}", "{channel}/{id}?embed=1"),
    auth="none: public previews only",
    credential_env=None,
    cursor="walk_down",
    is_sorted=True,
    page_limit=20,
    cap=None,
    errors=(
        ErrorRule("429", "wait_until", "too many requests", "lower the source's rate"),
        ErrorRule("500", "retry", "internal error"),
        ErrorRule("502", "retry", "bad gateway"),
        ErrorRule("503", "retry", "service unavailable"),
        ErrorRule("504", "retry", "gateway timeout"),
        ErrorRule("403", "fatal", "forbidden", "lower the source's rate, or ask from another network"),
        ErrorRule("404", "skip", "not found"),
        ErrorRule("no_preview", "skip", "no public preview: a group, a person, a bot, a closed channel or an unknown name",
                  "take the name out of options.channels, or ask the channel's owner to allow previews"),
        ErrorRule("not_found", "skip", "the message or the channel is not there"),
    ),
    time_formats=("ISO 8601 with +00:00",),
    deletion="a removed message is absent from the channel's page; its own page says 'Post not found', never who removed it; not offered "
             "for comments, of which the widget shows the newest only",
    edits="the word 'edited' beside the time, without a moment",
    history_limit="none: the whole channel",
    terms="Telegram's terms of service; previews that channels make public",
    not_offered=("title", "author_followers", "author_following", "author_posts", "author_created_at", "author_location", "edited_at",
                 "quote_of_id", "language_hint", "country", "rating"),
    kinds=("message", "comment"),
    collects=("every message of a public channel", "messages of a channel by keyword (options.search)",
              "the newest 100 comments of each young message at every run, by the public discussion widget (options.comments)"),
    how_to="no credential needed",
    rate=(20, 60.0),
    options={
        "channels": "names or t.me addresses of public channels, read whole",
        "search": "true: of options.channels only what the source's query finds (t.me/s/CHANNEL?q=)",
        "comments": "true: the comments below the messages of the last thread_hours, a request for each message",
        "thread_hours": "how long a message's comments are read again (72)",
        "official": "false: leave out the banks' own channels (pages.telegram and handles.telegram)",
    },
    forms={
        "channels": Form("names", "[centralbank_russia, https://t.me/durov]", _NAME.pattern),
        **dict.fromkeys(("search", "comments"), FLAG),
    },
    needs=(Need(("channels",), "options: {channels: [centralbank_russia]}", ("pages", "handles"), "official"),),
)  # fmt: skip
_POST = re.compile(r"(?:t|telegram)\.me/(?:s/)?([A-Za-z]\w+)/(\d+)")
_ACCOUNT = re.compile(r"(?:t|telegram)\.me/([A-Za-z]\w{3,31})/?$")
_MEDIA = ("photo_wrap", "video_player", "roundvideo_player", "voice_player", "document_wrap", "sticker_wrap", "service_photo")
COMMENTS = 100  # that the widget is asked for: the newest ones
_CLOSED = 3  # messages of a channel without a discussion, after which the channel has none
_QUOTED = ("tgme_widget_message_reply", "tgme_widget_message_link_preview")
_VOLATILE = re.compile(r"(?<=\.mp4)\?token=[^\"'\s)]*|(?<=\.oga)\?token=[^\"'\s)]*")


def pages(reading: Reading) -> Iterator[Page]:
    """Every channel from the newest message down to what is known; a name without a preview is a gap, and an error if all are."""
    streams, skipped = list(_streams(reading)), []
    for stream, channel, words in streams:
        try:
            yield from _channel(reading, stream, channel, words)
        except PlatformError as error:
            if error.action != "skip":
                raise
            skipped.append(error)
            if len(skipped) == len(streams):
                raise
            yield Page([], stream, gap=f"channel {channel}: {error.what}")
    if reading.option("comments", False):
        yield from _discussions(reading)


def _discussions(reading: Reading) -> Iterator[Page]:
    """The newest comments of every young message; what no run has seen is named as a gap, a message without a discussion is passed over.

    cursor of the stream "comments": {seen: {message: highest number of its comments}}.
    """
    since, closed = reading.end - timedelta(hours=float(reading.option("thread_hours", 72))), dict[str, int]()
    known, seen = mapping(mapping(reading.cursors.get("comments")).get("seen")), dict[str, int]()
    for post, _ in reading.recent_threads("message", since):
        channel = post.partition("/")[0]
        if closed.get(channel, 0) >= _CLOSED:
            continue
        url = f"{reading.base_url}/{post}?embed=1&discussion=1&comments_limit={COMMENTS}"
        try:
            value = reading.http.get_page(url, endpoint="{channel}/{id}?discussion=1", read=partial(_whole, reading), open_web=False)
        except PlatformError as error:
            if error.action != "skip":
                raise
            value = {"html": ""}
        tree = html_tree(str(value["html"]) or "<html></html>")
        found = list(_comments(tree, post, reading.source.site))
        total = _total(tree)
        closed[channel] = closed.get(channel, 0) + 1 if total is None and not found else 0
        numbers = [int(item.value["comment"]) for item in found if item.native_id]
        seen |= {post: max(numbers)} if numbers else {}
        is_joined = post in known and bool(numbers) and min(numbers) <= known[post]  # reaches down to what a run before has read
        left = total - len(found) if total and not is_joined else 0
        gap = f"{left} of {total} comments of {post} are not shown" if left > 0 else None
        yield Page(found, "comments", {"seen": {**known, **seen}}, gap=gap)
    yield Page([], "comments", {"seen": seen}, more=False)


def _total(tree: HtmlElement) -> int | None:
    """How many comments a message has, None where the page does not tell (no discussion)."""
    told = re.match(r"([\d,.\s]+[KM]?)\s*comment", _text_of(_first(_first(tree, "tgme_post_discussion_header"), "js-header")))
    return count(re.sub(r"[\s,]", "", told[1])) if told else None


def _comments(tree: HtmlElement, post: str, site: str) -> Iterator[Item]:
    """The comments of a discussion's page. `post`: channel/number of the message that they stand below."""
    for element in tree.iterfind(".//*[@data-post-id]"):
        yield make_item({"html": _clean(element), "post": post, "comment": (element.get("data-post-id") or "").strip()}, site)


def _streams(reading: Reading) -> Iterator[tuple[str, str, str]]:
    """(stream, channel, words to search for or '') of what this source reads."""
    banks = reading.settings.banks.banks if reading.option("official", True) else []
    official = [name for bank in banks for name in (*bank.pages.get("telegram", []), *bank.handles.get("telegram", []))]
    owned, listed = _names(official), _names(reading.option("channels", []))
    terms = [""]
    if reading.option("search", False):
        terms = query.compile_for(query.parse(reading.source.query, reading.settings, "telegram"), "telegram").queries
    for name in owned:
        yield f"channel:{name.lower()}", name, ""
    for name in listed:
        if name.lower() not in {other.lower() for other in owned}:
            for words in terms:
                mark = f":{sha256(words.encode()).hexdigest()[:12]}" if words else ""
                yield f"channel:{name.lower()}{mark}", name, words


def _names(listed: Iterable[Any]) -> list[str]:
    """Channel names of names, @names and addresses, once each. Raises PlatformError for what cannot be a public channel."""
    found: dict[str, str] = {}
    for entry in [listed] if isinstance(listed, str) else listed:
        name = _NAME.match(str(entry).strip())
        if not name:
            raise PlatformError("fatal", "telegram: a channel's name is not one of a public channel", "correct options.channels")
        found.setdefault(name[1].lower(), name[1])
    return list(found.values())


def _channel(reading: Reading, stream: str, channel: str, words: str) -> Iterator[Page]:
    """First what a dead run left of a walk, then a new walk from the newest message."""
    cursor = dict(reading.cursors.get(stream) or {})
    if cursor.get("before"):
        yield from _walk(reading, stream, channel, words, cursor)
        cursor = {"watermark": cursor.get("top"), "until": cursor["at"]}
    yield from _walk(reading, stream, channel, words, {**cursor, "at": iso(reading.end)})


def _walk(reading: Reading, stream: str, channel: str, words: str, state: dict[str, Any]) -> Iterator[Page]:
    """One walk down by message ids. `state`: watermark and until (up to where all is known), top, at, before."""
    known = from_iso(state.get("until"))
    overlapped = known - timedelta(minutes=reading.source.overlap_minutes) if known else None
    floor = max(filter(None, [reading.start, overlapped]))
    guard = Repeats("telegram")
    while True:
        found = _page(reading, channel, {"q": words, "before": state.get("before")})
        ids = [item.native_id for item in found]
        if not guard.is_new(ids):
            continue
        numbers = [int(number) for number in (native_id.rpartition("/")[2] for native_id in ids) if number.isdecimal()]
        moments = [when for when in (from_iso(_time(_tree(item))) for item in found) if when]
        done = not numbers or min(numbers) <= 1 or (bool(moments) and min(moments) < floor)
        top = max([*numbers, state.get("top") or 0]) or None
        state = {**state, "top": top, "before": min(numbers, default=None)}
        finished = {"watermark": max(top or 0, state.get("watermark") or 0), "until": state["at"]}
        yield Page(found, stream, finished if done else state, more=not done)
        if done:
            return


def _page(reading: Reading, channel: str, params: Mapping[str, Any]) -> list[Item]:
    """The messages of a page. A body that breaks off is no page: its newest messages would be missing without a trace."""
    asked = urlencode({name: value for name, value in params.items() if value})

    def read(answer: Answer) -> list[Item]:
        value = _whole(reading, answer)
        return list(items(value, None, reading.source.site))

    url = f"{reading.base_url}/s/{channel}" + (f"?{asked}" if asked else "")
    found: list[Item] = reading.http.get_page(url, endpoint="s/{channel}", read=read, open_web=False)
    return found


def _whole(reading: Reading, answer: Answer) -> dict[str, Any]:
    text = decode_text(answer.body, answer.headers.get("content-type"))
    if "tgme_" not in text or "</html>" not in text[-4000:].lower():
        raise malformed("telegram", "a whole page of t.me", answer.body, reading.http.all_secrets())
    value = {"html": text}
    if error := error_of(value, answer.status, answer.headers):
        raise error
    return value


def decode(body: bytes) -> list[Any]:
    """[{html}] of a page, a fragment of one, or the JSON string that the page's own script asks for. RenownError for anything else."""
    text = decode_text(body)
    if text.lstrip().startswith('"'):
        try:
            text = str(json.loads(text))
        except (ValueError, RecursionError):
            text = ""
    if "tgme_" not in text:
        raise RenownError("not a page of t.me", "give the body as it came from the platform", 2)
    return [{"html": text}]


def error_of(value: Any, status: int, headers: Mapping[str, str]) -> PlatformError | None:
    """An HTTP status, the widget's error box, or the landing page that t.me/s/NAME redirects to where there is no preview."""
    if status >= 400:
        default: Any = "retry" if status >= 500 else "fatal"
        return contract_error(CONTRACT, status, "", default, wait_seconds=wait_seconds(headers))
    text = str(mapping(value).get("html") or "")
    if any(mark in text for mark in ("data-post=", "tgme_channel_info", "tgme_channel_history", "tgme_post_discussion", "tme_no_messages_found")):
        return None
    if "tgme_widget_message_error" in text:
        return contract_error(CONTRACT, "not_found", "")
    return contract_error(CONTRACT, "no_preview", "") if "tgme_page" in text else None


def items(value: Any, url: str | None, site: str) -> Iterator[Item]:
    """One item a message of the page, as cleaned mark-up, with the channel's header where the page has one."""
    tree = html_tree(str(mapping(value).get("html") or ""))
    channel = _header(tree)
    if post := _post(_first(tree, "tgme_post_discussion_header"), deep=True):
        yield from _comments(tree, post, site)
    for element in tree.iterfind(".//*[@data-post]"):
        yield make_item({"html": _clean(element), **({"channel": channel} if channel else {})}, site)


def _header(tree: HtmlElement) -> dict[str, Any]:
    """{title, username, counters: {subscribers: "1.2K", …}} of the channel, as far as the page tells."""
    counters = {}
    for counter in _all(tree, "tgme_channel_info_counter"):
        counters[_text_of(_first(counter, "counter_type"))] = _text_of(_first(counter, "counter_value"))
    meta = tree.find(".//meta[@property='og:title']")
    title = _text_of(_first(tree, "tgme_channel_info_header_title")) or (meta.get("content") if meta is not None else None)
    name = _text_of(_first(tree, "tgme_channel_info_header_username")).lstrip("@")
    verified = _first(_first(tree, "tgme_channel_info_header_labels"), "verified-icon") is not None
    known = {"title": title, "username": name, "counters": counters, "verified": verified or None}
    return {key: found for key, found in known.items() if found} if counters or name else {}


def _clean(element: HtmlElement) -> str:
    """The message's mark-up without what changes at every fetch: the view token, signed media addresses, the bubble's drawing."""
    whole = etree.tostring(element, encoding="unicode", method="html", with_tail=False)
    shortened = re.sub(r"<svg.*?</svg>", "", whole, flags=re.S)
    return _VOLATILE.sub("", re.sub(r'\sdata-view="[^"]*"', "", shortened))


def make_item(envelope: dict[str, Any], site: str) -> Item:
    """The Item of {html, channel?}; native id = channel/number, of a comment {html, post, comment} channel/number?comment=number."""
    if "comment" in envelope:
        number = str(envelope["comment"])
        return Item("comment", f"{envelope.get('post')}?comment={number}" if number.isdecimal() else "", site, dump(envelope), envelope)
    found = re.search(r'data-post="([^"]*)"', str(envelope.get("html") or "")[:4000])
    own = found[1].strip() if found else ""
    return Item("message", own if re.fullmatch(r"[^/\s]+/\d+", own) else "", site, dump(envelope), envelope)


def _tree(item: Item) -> HtmlElement:
    return html_tree(str(item.value.get("html") or ""))


def to_mention(item: Item, fetched_at: datetime | None) -> Mention:
    """One message as a Mention; the channel is its author, by name the person who signed."""
    tree, header = _tree(item), mapping(item.value.get("channel"))
    channel = item.native_id.partition("/")[0]
    text, links, truncated = _text(tree)
    reply = _first(tree, "tgme_widget_message_reply")
    post = text_or_none(item.value.get("post"))
    sender, parent = (_sender(tree, None), _above(reply, post)) if post else (_sender(tree, channel), _post(reply))
    created = _time(tree)
    latitude, longitude = _place(tree)
    return Mention(
        platform="telegram",
        site=item.site,
        native_id=item.native_id,
        kind=item.kind,
        url=f"https://t.me/{item.native_id}",
        text=text,
        author_id=sender.get("handle"),
        author_handle=sender.get("handle"),
        author_name=sender.get("name"),
        author_verified=True if _first(_first(tree, "tgme_widget_message_author"), "verified-icon") is not None else None,
        page_id=channel,
        page_name=text_or_none(header.get("title")) or _text_of(_first(tree, "tgme_widget_message_owner_name")) or None,
        page_followers=_subscribers(header),
        created_at=from_iso(created),
        created_at_raw=created,
        parent_id=parent,
        conversation_id=post or parent or item.native_id,
        in_reply_to_author_id=parent.partition("/")[0] if parent and "?" not in parent else None,
        repost_of_id=_post(_first(tree, "tgme_widget_message_forwarded_from_name")),
        latitude=latitude,
        longitude=longitude,
        engagement=Engagement(likes=_reactions(tree), views=count(_text_of(_first(tree, "tgme_widget_message_views")))),
        mentions=handles(text or ""),
        hashtags=hashtags(text or ""),
        links=unique([*links, *_links(tree), *urls(text or "")]),
        media_count=len(_media(tree)),
        truncated=truncated,
    )


def _text(tree: HtmlElement) -> tuple[str | None, tuple[str, ...], bool]:
    """(text and poll, links, whether the preview withholds it). '' where media stand alone; None where there is nothing at all."""
    bodies = [element for element in _all(tree, "js-message_text") if not _is_quoted(element)]
    body = bodies or [element for element in _all(tree, "tgme_widget_message_text") if not _is_quoted(element)]
    text, links, _ = (
        read_html(flowing(etree.tostring(body[0], encoding="unicode", method="html", with_tail=False))) if body else ("", (), 0)
    )
    poll = _all(tree, "tgme_widget_message_poll_question") + _all(tree, "tgme_widget_message_poll_option_text")
    text = tidy("\n".join(part for part in (text, *map(_text_of, poll)) if part))
    named = {f"https://t.me/{name}".lower() for name in handles(text)}
    links = tuple(link for link in links if link.lower().rstrip("/") not in named)
    withheld = not text and not _media(tree) and _is_withheld(tree)
    something = body or poll or withheld or _media(tree) or _first(tree, "tgme_widget_message_link_preview") is not None
    something = something or _first(tree, "tgme_widget_message_location_wrap") is not None
    return (text if something else None), links, withheld


def _is_withheld(tree: HtmlElement) -> bool:
    """Whether the page says "open Telegram to view this post" in place of the message: only a box right inside the bubble is shown."""
    boxes = _all(tree, "message_media_not_supported_wrap")
    return any("tgme_widget_message_bubble" in _classes(box.getparent()) for box in boxes)


def _is_quoted(element: HtmlElement) -> bool:
    return any(
        name in _classes(above) for above in element.iterancestors() for name in _QUOTED
    ) or "js-message_reply_text" in _classes(element)


def _media(tree: HtmlElement) -> list[HtmlElement]:
    """Photos, videos, voice, documents and stickers of the message itself, each member of an album for itself."""
    return [e for name in _MEDIA for e in _all(tree, f"tgme_widget_message_{name}") if not _is_quoted(e)]


def _above(reply: HtmlElement | None, post: str) -> str:
    """What a comment answers: the comment that it quotes, by the number in its address, else the message itself."""
    found = re.search(r"[?&]comment=(\d+)", reply.get("href") or "") if reply is not None else None
    return f"{post}?comment={found[1]}" if found else post


def _sender(tree: HtmlElement, channel: str | None) -> dict[str, str]:
    """{handle?, name?}: in a group or below a message the member who wrote, whose account may be hidden; in a channel the channel, by the name of whoever
    signed."""
    member = next((e for e in _all(_first(tree, "tgme_widget_message_author"), "tgme_widget_message_author_name")), None)
    if member is not None:
        account = _ACCOUNT.search(member.get("href") or "")
        return {"name": _text_of(member), **({"handle": account[1]} if account else {})}
    name = _text_of(_first(tree, "tgme_widget_message_from_author")) or _text_of(_first(tree, "tgme_widget_message_owner_name"))
    return {**({"handle": channel} if channel else {}), **({"name": name} if name else {})}


def _subscribers(header: Mapping[str, Any]) -> int | None:
    counters = mapping(header.get("counters"))
    shown = next((value for name, value in counters.items() if str(name).startswith(("subscriber", "member"))), None)
    return count(re.sub(r"\s", "", shown)) if isinstance(shown, str) else None


def _post(element: HtmlElement | None, deep: bool = False) -> str | None:
    """channel/number of the message that an element links to; `deep`: or the first link below it."""
    if deep and element is not None:
        element = next(iter(element.iter("a")), None)
    found = _POST.search(element.get("href") or "") if element is not None else None
    return f"{found[1]}/{found[2]}" if found else None


def _time(tree: HtmlElement) -> str | None:
    """The message's own time: a video's length is a <time> too, but has no datetime."""
    found = [e.get("datetime") for e in tree.iter("time") if e.get("datetime") and not _is_quoted(e)]
    return found[-1] if found else None


def _reactions(tree: HtmlElement) -> int | None:
    """All reactions together, of whatever emoji; None where the channel shows none."""
    totals = []
    for reaction in _all(tree, "tgme_reaction"):
        bare = "".join(part for part in reaction.itertext() if part.strip() and part.strip()[-1:].isalnum()).strip()
        totals.append(count(re.sub(r"\s", "", bare)))
    known = [total for total in totals if total is not None]
    return sum(known) if known else None


def _links(tree: HtmlElement) -> list[str]:
    """The previewed link, and where a forwarded message came from."""
    sources = [_first(tree, "tgme_widget_message_link_preview"), _first(tree, "tgme_widget_message_forwarded_from_name")]
    found = [element.get("href") or "" for element in sources if element is not None]
    return [href for href in found if href.startswith(("http://", "https://"))]


def _place(tree: HtmlElement) -> tuple[float | None, float | None]:
    location = _first(tree, "tgme_widget_message_location_wrap")
    point = re.search(r"[?&]q=(-?[\d.]+)(?:,|%2C)(-?[\d.]+)", location.get("href") or "") if location is not None else None
    return coordinates(point[1], point[2]) if point else (None, None)


def _classes(element: HtmlElement | None) -> list[str]:
    return (element.get("class") or "").split() if element is not None else []


def _all(tree: HtmlElement | None, name: str) -> list[HtmlElement]:
    """Elements that bear this class, in order."""
    if tree is None:
        return []
    return [element for element in tree.iterfind(".//*[@class]") if name in _classes(element)]


def _first(tree: HtmlElement | None, name: str) -> HtmlElement | None:
    return next(iter(_all(tree, name)), None)


def _text_of(element: HtmlElement | None) -> str:
    return (
        html_to_text(etree.tostring(element, encoding="unicode", method="html", with_tail=False)) if element is not None else ""
    )


def lookup(reading: Reading, keys: Sequence[Key]) -> Iterator[Page]:
    """Each message by its own page; "Post not found" is a removal, whoever made it. Other errors end the read."""
    for key in keys:
        if key.kind == "comment":
            continue
        found, gone = _single(reading, key)
        yield Page(found, "lookup", gone=gone)


def _single(reading: Reading, key: Key) -> tuple[list[Item], list[Tombstone]]:
    url = f"{reading.base_url}/{key.native_id}?embed=1&mode=tme"
    try:
        read = partial(_whole, reading)
        value = reading.http.get_page(url, endpoint="{channel}/{id}?embed=1", read=read, open_web=False)
    except PlatformError as error:
        if error.code != "not_found":
            raise
        return [], [Tombstone(key.native_id, "message", "platform", reason="post not found")]
    return [item for item in items(value, None, reading.source.site) if item.native_id.lower() == key.native_id.lower()], []


def tombstones(item: Item) -> Iterable[Tombstone]:
    """Channels tell of no deletions; lookup() finds them."""
    return []
