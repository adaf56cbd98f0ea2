"""One stored post of a forum into a mention: its own words without quotes and signature, who wrote it when, and whether it still stands.

    {item {engine, id, html}, page, parent, kind} ──► header (author, time, edits, likes) + body (text, links, images) ──► Mention
Smilies are kept where they are an emoji or a shortcode; quoted words of others are not the author's and are left out.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import emoji
from lxml import etree

from extractors.base import Engagement, Item, Mention, Tombstone
from extractors.jsons import dump
from extractors.markup import html_tree
from extractors.shapes.forum_engines import Engine, engine_named, first, select
from extractors.shapes.forum_page import clean_url
from extractors.shapes.forum_parts import author_of, outer_quotes, stamp_of
from extractors.shapes.forum_times import find_stamp, read_moment
from extractors.text import handles, hashtags, read_html, unique, urls
from extractors.values import identifier, mapping, text_or_none

KINDS = ("post", "reply", "article", "comment")
_POSTS = ("posts", "messages", "message", "beiträge", "nachrichten", "сообщения", "сообщений", "повідомлення", "mesajlar", "mesaj", "iletiler",
          "mensajes", "mensagens", "messaggi", "posty", "wpisy", "berichten", "帖子", "文章", "消息", "投稿", "المشاركات", "مشاركات")  # fmt: skip
_JOINED = ("joined", "join date", "registered", "registriert", "mitglied seit", "dabei seit", "registrierungsdatum", "зарегистрирован",
           "регистрация", "kayıt", "kayıt tarihi", "katılım", "katılım tarihi", "registrado", "inscription", "inscrit", "registrato", "rejestracja",
           "注册", "注册时间", "注册日期", "تاريخ التسجيل")  # fmt: skip
_PLACE = (
    "location",
    "ort",
    "wohnort",
    "откуда",
    "адрес",
    "konum",
    "nereden",
    "yer",
    "ubicación",
    "localisation",
    "località",
    "skąd",
    "来自",
    "الإقامة",
)
_PROFILE = ".postprofile dd, .postdetails, .profile .postdetails, .userinfo dl, .userinfo div, dl.pairs, dl.pairsJustified, .author_statistics," \
    " .user_info li, .poster li, .b-userinfo__additional-info, td.alt2 .smallfont div, div.alt2 .smallfont div, .userinfo_extra dl"  # fmt: skip


_DEEDS = re.compile(
    r"/(?:likes?|react(?:ions?)?|report|edit|delete|quote|reply|bookmark|share)(?:[/?#]|$)"
)  # what can be done with a post


def make_item(envelope: dict[str, Any], site: str) -> Item:
    """The Item of {item {engine, id, html}, page, parent, kind}."""
    page, post = mapping(envelope.get("page")), mapping(envelope.get("item"))
    kind = envelope.get("kind")
    host = site or text_or_none(page.get("site")) or ""
    return Item(kind if kind in KINDS else "reply", identifier(post.get("id")) or "", host, dump(envelope), envelope)


def to_mention(item: Item, fetched_at: datetime | None) -> Mention:
    """One post as a Mention; the title is the thread's."""
    page, parent = mapping(item.value.get("page")), mapping(item.value.get("parent"))
    engine, post = _opened(item)
    name, author_id = author_of(post, engine)
    edited = _edited(post, engine, page, fetched_at)
    gone = _gone(post, engine)
    likes = _likes(post, engine)
    body = _detached_body(post, engine)
    text, links, images = read_html(_cleaned(body, engine, item)) if body is not None else (None, (), 0)
    text = text.strip("\u200b\u2060\ufeff \n") if text is not None else None
    raw = stamp_of(select(post, engine.time))
    posts, joined, place = _profile(post, engine)
    return Mention(
        platform="forum_html",
        site=item.site,
        native_id=item.native_id,
        kind=item.kind,
        url=_permalink(post, engine, item, page),
        title=text_or_none(page.get("title")),
        text=None if gone is not None and not text else text,
        author_id=author_id,
        author_handle=name if author_id else None,
        author_name=name,
        author_posts=posts,
        author_created_at=_moment(joined, page, fetched_at) if joined else None,
        author_location=place,
        page_id=text_or_none(item.value.get("page_id")),
        created_at=_moment(raw, page, fetched_at),
        created_at_raw=raw,
        edited_at=edited,
        deleted=gone is not None,
        parent_id=identifier(parent.get("id")),
        conversation_id=identifier(page.get("thread")) or (item.native_id if item.kind in ("post", "article") else None),
        in_reply_to_author_id=identifier(parent.get("author_id")),
        engagement=Engagement(likes=likes),
        mentions=handles(text or ""),
        hashtags=hashtags(text or ""),
        links=unique([*links, *(named for named in urls(text or "") if not any(link.startswith(named) for link in links))]),
        media_count=images + len(select(post, ".attachbox img, .attachments img, .attachedImages img, .attachmentUploads img")),
    )


def tombstones(item: Item) -> Iterable[Tombstone]:
    """A post that its author or the forum's staff took away and that the forum still shows as a stub."""
    engine, post = _opened(item)
    gone = _gone(post, engine)
    if gone is None:
        return []
    name = author_of(post, engine)[0]
    told = select(gone, "a, strong, .username") if gone is not post else []
    by = next((found for element in told if (found := " ".join(element.text_content().split()))), None)
    return [Tombstone(item.native_id, item.kind, "platform" if by is None else "author" if by == name else "page")]


def _opened(item: Item) -> tuple[Engine, Any]:
    """(engine, element) of a stored post; raises ValueError for what is none."""
    stored = mapping(item.value.get("item"))
    engine, source = engine_named(stored.get("engine")), stored.get("html")
    if engine is None or not isinstance(source, str):
        raise ValueError("not a stored post")
    if source.startswith("<tr"):
        return engine, next(html_tree(f"<html><body><table>{source}</table></body></html>").iter("tr"))
    return engine, html_tree(f"<html><body>{source}</body></html>").find("body")[0]


def _moment(raw: str | None, page: dict[str, Any], fetched_at: datetime | None) -> datetime | None:
    zone = text_or_none(page.get("zone")) or text_or_none(page.get("default_zone"))
    return read_moment(raw, text_or_none(page.get("language")), str(page.get("order") or "DMY"), zone, fetched_at)


def _detached_body(post: Any, engine: Engine) -> Any:
    """The element of the text, taken out of the post so that what it quotes is not read as the post's own header."""
    body = first(post, engine.body)
    if body is None or body is post:
        return None
    kept = copy.deepcopy(body)
    kept.tail = None
    body.drop_tree()
    return kept


def _cleaned(body: Any, engine: Engine, item: Item) -> str:
    """The body's mark-up without quotes, signature and tools, smilies as text, links made whole."""
    for rule in (engine.noise, engine.signature):
        for element in select(body, rule):
            if element is not body and element.getparent() is not None:
                element.drop_tree()
    for element in outer_quotes(body, engine):
        if element is not body and element.getparent() is not None:
            element.tail = "\n" + (element.tail or "")
            element.drop_tree()
    for image in list(body.iter("img")):
        _smiley(image)
    home = str(mapping(item.value.get("page")).get("url") or "")
    for link in body.iter("a"):
        link.set("href", _target(_joined(home, link.get("href"))))
        _lengthen(link)
    source = etree.tostring(body, encoding="unicode", method="html", with_tail=False)
    if engine.name == "phpbb2":  # its signature stands in the same span, below a line
        source = re.split(r"(?:<br\s*/?>\s*)*_{15,}\s*<br", source)[0]
    parts = re.split(r"(<pre\b.*?</pre>)", source, flags=re.IGNORECASE | re.DOTALL)
    return "".join(part if index % 2 else re.sub(r"\s*\n\s*", " ", part) for index, part in enumerate(parts))


def _lengthen(link: Any) -> None:
    """Words of a link that are its address cut in the middle ("http://x.example/ab ... yz"), as phpBB and vBulletin show it: whole again."""
    shown, address = (link.text or "").strip(), link.get("href") or ""
    found = re.fullmatch(r"((?:https?://|www\.)\S{4,}?)\s?(?:\.\.\.|…)\s?(\S*)", shown) if not len(link) else None
    if (
        found
        and re.sub(r"^https?://", "", address).startswith(re.sub(r"^https?://", "", found[1]))
        and address.endswith(found[2])
    ):
        link.text = address


def _target(address: str) -> str:
    """Where a link leads, without the forum's own redirector (XenForo's proxy.php?link=, goto, redirect-to, out)."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    if re.search(r"proxy|redirect|goto|/out|away|/link", parts.path):
        for values in parse_qs(parts.query).values():
            if values[0].startswith(("http://", "https://")):
                return values[0]
    return clean_url(address)


def _joined(home: str, address: str | None) -> str:
    try:
        return urljoin(home, (address or "").strip())
    except ValueError:  # an address that is none: "http://[x"
        return ""


def _smiley(image: Any) -> None:
    """A smiley as its emoji, emoticon or shortcode; other pictures stay."""
    source, alt = image.get("src") or "", (image.get("data-shortname") or image.get("alt") or "").strip()
    classes = f" {image.get('class') or ''} "
    if not re.search(r"smil|emoji|mceSmilie|ipsEmoji", classes + source, re.IGNORECASE) and not emoji.is_emoji(alt):
        return
    stem = re.sub(r"^icon_", "", source.rsplit("/", 1)[-1].rsplit(".", 1)[0])
    is_sign = bool(re.fullmatch(r":[\w+-]{1,40}:|[^\w\s]{1,6}|[:;=8xX][\w\W]{1,4}|\([A-Za-z]{1,12}\)", alt)) or emoji.is_emoji(
        alt
    )
    text = alt if is_sign else f":{stem}:" if re.fullmatch(r"[A-Za-z][\w+-]{1,30}", stem) else ""
    image.tail = emoji.emojize(text, language="alias") + (image.tail or "")
    image.drop_tree()


def _edited(post: Any, engine: Engine, page: dict[str, Any], fetched_at: datetime | None) -> datetime | None:
    """When the post was last edited, where it says so."""
    for element in select(post, engine.edited):
        if "post_deleted_msg" not in (element.get("class") or "") and (raw := stamp_of([element])):
            return _moment(raw, page, fetched_at)
    return None


def _gone(post: Any, engine: Engine) -> Any:
    return next(reversed(select(post, engine.deleted)), None)


def _likes(post: Any, engine: Engine) -> int | None:
    """Reactions: a number, or names and "and 4 others"; 0 where the post has an empty place for them."""
    box = first(post, engine.likes) if engine.likes else None
    if box is None:
        return 0 if select(post, ".js-reactionsList, .js-likeList") else None
    text = " ".join(box.text_content().split())
    names = select(box, "bdi, a.username")
    if not names:
        found = re.search(r"\d[\d.,]*", box.get("data-count") or text)
        return int(re.sub(r"\D", "", found[0])) if found else None
    tail = "".join(names[-1].xpath("following-sibling::node()/descendant-or-self::text()"))
    others = re.search(r"\d[\d.,]*", tail)
    words = tail.strip() and names[0].tag == "bdi"  # XenForo 1 ends with "like this."
    return len(names) + (int(re.sub(r"\D", "", others[0])) if others else 1 if words else 0)


def _profile(post: Any, engine: Engine) -> tuple[int | None, str | None, str | None]:
    """(posts, date of joining, location) of the author, by the labels that forums use."""
    facts: dict[str, str] = {}
    for element in select(post, _PROFILE):
        terms = list(element.iter("dt")) if element.tag == "dl" else []
        for term in terms:
            icon = first(term, "[title]")
            label = term.text_content().strip() or (icon.get("title") if icon is not None else "")
            value = term.getnext()
            if value is not None:
                facts.setdefault(_label(label), " ".join(value.text_content().split()))
        if not terms:
            for line in read_html(etree.tostring(element, encoding="unicode", method="html"))[0].split("\n"):
                label, colon, said = line.partition(":")
                if colon and said.strip():
                    facts.setdefault(_label(label), said.strip())
    posts = next((facts[label] for label in _POSTS if label in facts), None)
    joined = next((facts[label] for label in _JOINED if label in facts), None)
    number = re.fullmatch(r"\d{1,3}(?:[.,\s\u00a0\u202f]?\d{3})*", posts) if posts else None
    return (
        int(re.sub(r"\D", "", number[0])) if number else None,
        joined if joined and find_stamp(joined) else None,
        next((facts[label] for label in _PLACE if label in facts), None),
    )


def _label(text: str | None) -> str:
    return " ".join((text or "").replace(":", " ").split()).lower()


def _permalink(post: Any, engine: Engine, item: Item, page: dict[str, Any]) -> str | None:
    """The post's own address, absolute and without session id."""
    home = str(page.get("url") or "")
    for link in select(post, engine.permalink):
        address = clean_url(_joined(home, link.get("href")))
        if item.native_id in address and address.startswith("http") and not _DEEDS.search(address):
            return address
    if engine.name.startswith("xenforo") and item.kind in ("post", "reply") and home.startswith("http") and item.native_id:
        return urljoin(home, f"posts/{item.native_id}/")
    if item.kind == "article" and home.startswith("http"):
        return next((urljoin(home, a.get("href")) for a in post.iter("a") if item.native_id in (a.get("href") or "")), None)
    return None
