"""What LiveJournal's feeds, entry pages and comment answers hold, as Items.

    RSS | Atom ──read_feed──► {journal, entries} ──feed_items──► posts
    entry page ──page_items──► the post, and its comments: Site.page of newer layouts, a script of older ones, or the mark-up itself
    <entrypage> ──style_items──► the same of a journal style that writes XML (?style=mine)
Sources: the site's published feed code (LJ::Feed), recorded pages and answers.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lxml import etree

from extractors.base import Item
from extractors.markup import html_tree, xml_tree
from extractors.shapes.livejournal_objects import ENTRY, SPOKEN, UNPADDED, make_item, stub_of
from extractors.text import html_to_text
from extractors.times import from_iso
from extractors.values import flag, identifier, mapping, objects, text_or_none
from settings import RenownError

_LJ = "{http://www.livejournal.org/rss/lj/1.0/}"
_NAME = re.compile(
    r"(?:https?://)?(?:(?:users|community|www)\.livejournal\.com/~?(?:users/|community/)?(\w+)|([\w-]+)\.livejournal\.com)/?$"
)
_BLOB = re.compile(r"Site\.(page|entry)\s*=\s*(?=[\[{])")
_BODIES = ("aentry-post__text--view", "b-singlepost-body", "entry-content", "asset-body", "entry-text", "entry_text", "H3Holder")
_TITLES = ("aentry-post__title-text", "aentry-post__title", "b-singlepost-title", "entry-title", "asset-name")
_DATES = ("b-singlepost-author-date", "aentry-head__date", "entry-date", "published")


def journal_name(address: str) -> str | None:
    """The journal of a livejournal.com address: subdomains write underscores as hyphens; names that begin or end with one are paths."""
    found = _NAME.match(address.strip().partition("/data/")[0].split(".html")[0].rstrip("0123456789").rstrip("/"))
    return (found[1] or found[2].replace("-", "_")).lower() if found else None


def read_feed(body: bytes) -> dict[str, Any]:
    """RSS or Atom of LiveJournal as {journal: {name, title, type, link}, entries: [..]}. Raises RenownError for what is no whole XML."""
    root = xml_tree(body)
    channel = root.find("channel")
    if channel is not None:
        journal = {"name": channel.findtext(f"{_LJ}journal"), "title": channel.findtext("title"),
                   "type": channel.findtext(f"{_LJ}journaltype"), "link": channel.findtext("link")}  # fmt: skip
        return {"journal": told(journal), "entries": [_rss_entry(item) for item in channel.iterfind("item")]}
    if etree.QName(root).localname not in ("feed", "entry"):
        raise RenownError("not a feed", "give the body as it came from the platform", 2)
    own = next((e for e in root if isinstance(e.tag, str) and e.tag.endswith("}journal")), None)
    journal = {"title": _child(root, "title") if etree.QName(root).localname == "feed" else None, "link": _alternate(root),
               "name": own.get("username") if own is not None else None, "type": own.get("type") if own is not None else None}  # fmt: skip
    entries = [e for e in root.iter() if isinstance(e.tag, str) and etree.QName(e).localname == "entry"]
    return {"journal": told(journal), "entries": [_atom_entry(entry) for entry in entries]}


def told(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None and value != []}


def _rss_entry(item: Any) -> dict[str, Any]:
    return told({
        "guid": item.findtext("guid"), "link": item.findtext("link"), "title": item.findtext("title"), "published": item.findtext("pubDate"),
        "description": item.findtext("description"), "author": item.findtext("author"), "poster": item.findtext(f"{_LJ}poster"),
        "security": item.findtext(f"{_LJ}security"), "mood": item.findtext(f"{_LJ}mood"), "music": item.findtext(f"{_LJ}music"),
        "replies": item.findtext(f"{_LJ}reply-count") or item.findtext(f"{_LJ}replycount"), "tags": [e.text for e in item.iterfind("category") if e.text],
        "media": [e.get("url") for e in item.iter() if isinstance(e.tag, str) and etree.QName(e).localname in ("enclosure", "content") and e.get("url")],
    })  # fmt: skip


def _atom_entry(entry: Any) -> dict[str, Any]:
    poster = next((e.get("user") for e in entry if isinstance(e.tag, str) and e.tag.endswith("}poster")), None)
    return told({
        "guid": _child(entry, "id"), "link": _alternate(entry), "title": _child(entry, "title"),
        "published": _child(entry, "published") or _child(entry, "issued") or _child(entry, "updated"),
        "updated": _child(entry, "updated") or _child(entry, "modified"),
        "description": _child(entry, "content") or _child(entry, "summary"), "poster": poster,
        "name": next((_child(e, "name") for e in entry if isinstance(e.tag, str) and e.tag.endswith("}author")), None),
        "replies": _child(entry, "reply-count"), "security": _child(entry, "security"),
        "tags": [e.get("term") for e in entry if isinstance(e.tag, str) and e.tag.endswith("}category") and e.get("term")],
    })  # fmt: skip


def _child(element: Any, name: str) -> str | None:
    """Text of the first child of this local name; mark-up inside (type xhtml) is kept as mark-up."""
    found = next((e for e in element if isinstance(e.tag, str) and etree.QName(e).localname == name), None)
    if found is None:
        return None
    return "".join(etree.tostring(part, encoding="unicode") for part in found) if len(found) else found.text


def _alternate(element: Any) -> str | None:
    links = [e for e in element if isinstance(e.tag, str) and etree.QName(e).localname == "link"]
    return next((e.get("href") for e in links if e.get("rel", "alternate") == "alternate"), None)


def feed_items(document: Mapping[str, Any], url: str | None, site: str) -> Iterator[Item]:
    journal = mapping(document.get("journal"))
    for entry in objects(document.get("entries")):
        name = text_or_none(journal.get("name")) or journal_name(str(entry.get("link") or "")) or journal_name(url or "")
        own = site or site_of(str(entry.get("link") or ""), name) or site_of(url, name) or ""
        yield make_item({"item": entry, "journal": told({**journal, "name": name})}, own)


def site_of(url: str | None, journal: str | None) -> str | None:
    """The host that stands for a journal: ids of entries and comments are a journal's own."""
    name = journal_name(url or "") or (journal or "").lower()
    return f"{name.replace('_', '-')}.livejournal.com" if name else None


def brief_of(url: str | None) -> dict[str, Any]:
    """Entry and journal as an address names them: /NNN.html, ?itemid=NNN, ?journal=NAME."""
    entry = ENTRY.search(url or "") or re.search(r"[?&]itemid=(\d+)", url or "")
    asked = re.search(r"[?&]journal=(\w+)", url or "")
    return told({"id": entry[1] if entry else None, "journal": asked[1] if asked else journal_name(url or "")})


def page_items(text: str, url: str | None, site: str) -> Iterator[Item]:
    """The entry, then its comments: from the JSON that newer pages hold, else from the mark-up of older ones."""
    blobs = _blobs(text)
    tree = html_tree(text)
    canonical = next(
        (
            e.get("href") or e.get("content")
            for e in tree.iterfind(".//head/*")
            if "canonical" in (e.get("rel") or "") or e.get("property") == "og:url"
        ),
        None,
    )
    address = url if url and ENTRY.search(url) else canonical or url
    page, entry = mapping(blobs.get("page")), mapping(blobs.get("entry"))
    brief = brief_of(address)
    comments = page.get("comments") if "comments" in page else blobs.get("comments")
    named = next((text_or_none(c.get("poster")) for c in objects(comments) if c.get("poster")), None)
    journal = (
        brief.get("journal") or text_or_none(page.get("journal")) or text_or_none(mapping(entry.get("journal")).get("username"))
    )
    own = site or site_of(address, journal) or ""
    number = identifier(entry.get("ditemid")) or brief.get("id")
    body = _element(tree, _BODIES)
    author = (
        text_or_none(entry.get("poster"))
        or named
        or _user_in(_element(tree, ("b-singlepost-author", "aentry-head", "entry-header", "author")))
        or journal
    )
    if body is not None and (number or _element(tree, _TITLES) is not None):
        yield make_item({"item": told({
            "guid": number, "link": address, "title": text_or_none(entry.get("title")) or _plain(_element(tree, _TITLES)),
            "local": _shown_date(tree), "description": _inner(body), "poster": author, "replies": page.get("replycount"),
            "tags": [_plain(e) for e in tree.iterfind(".//*[@rel='tag']")],
        }), "journal": told({"name": journal})}, own)  # fmt: skip
    known = told({**brief, "id": number, "journal": journal, "author": author})
    if comments is not None:
        yield from comment_items({"comments": comments}, known, own)
    else:
        yield from _markup_comments(tree, known, own)


def style_items(root: Any, site: str) -> Iterator[Item]:
    """The entry, then its comments, of a page in an S2 style that writes XML; a comment that the page collapses comes without its text."""
    entry = root.find("entry")
    address = _told_text(entry, "url")
    user = entry.find("user") if entry is not None else None
    author = user.get("username") if user is not None else None
    journal = journal_name(address or "") or author
    own = site or site_of(address, journal) or ""
    number = (entry.get("id") if entry is not None else None) or brief_of(address).get("id")
    if entry is not None:
        yield make_item({"item": told({
            "guid": number, "link": address, "title": _told_text(entry, "subject"), "local": _told_text(entry, "date"),
            "description": entry.findtext("text") or "", "poster": author, "name": user.get("name") if user is not None else None,
        }), "journal": told({"name": journal}), "full": entry.findtext("text") or ""}, own)  # fmt: skip
    post = told({"id": number, "journal": journal, "author": author})
    for comment in root.iter("comment"):
        yield make_item(
            {"item": _style_comment(comment), "post": told({**post, "above": _style_author(comment.getparent())})}, own
        )


def _style_comment(comment: Any) -> dict[str, Any]:
    """A comment of the XML style in the names of the comments' JSON."""
    user, above = comment.find("user"), re.search(r"thread=(\d+)", comment.findtext("parent") or "")
    is_whole = comment.get("full") != "false"
    state = next((name for name in ("deleted", "screened", "suspended") if comment.get(name) == "true"), None)
    return told({
        "dtalkid": comment.get("id"), "parent": above[1] if above else None, "uname": _style_author(comment),
        "dname": user.get("name") if user is not None else None, "ctime": _told_text(comment, "date"), "thread_url": _told_text(comment, "url"),
        "subject": _told_text(comment, "subject"), "article": comment.findtext("text") or "" if state is None else None,
        "loaded": None if is_whole or state else 0, "stub": state,
    })  # fmt: skip


def _style_author(comment: Any) -> str | None:
    """Who wrote a comment: the one above an answer lies two elements up (comment > comments > comment)."""
    if comment is not None and comment.tag == "comments":
        comment = comment.getparent()
    user = comment.find("user") if comment is not None and comment.tag == "comment" else None
    return text_or_none(user.get("username")) if user is not None else None


def _told_text(element: Any, name: str) -> str | None:
    return text_or_none(element.findtext(name)) if element is not None else None


def _blobs(text: str) -> dict[str, Any]:
    """{page, entry, comments}: the JSON values that a page's scripts assign."""
    found: dict[str, Any] = {}
    for match in _BLOB.finditer(text):
        try:
            found.setdefault(match[1], json.JSONDecoder().raw_decode(text, match.end())[0])
        except (ValueError, RecursionError):
            continue
    old = re.search(r"<script[^>]*id=[\"']comments_json[\"'][^>]*>(.*?)</script>", text, re.S)
    if old:
        with contextlib.suppress(ValueError, RecursionError):
            found["comments"] = json.loads(old[1])
    return found


def _element(tree: Any, names: Sequence[str]) -> Any:
    """The first element that bears one of the classes, by the order of the classes."""
    for name in names:
        for element in tree.iterfind(".//*[@class]"):
            if name in (element.get("class") or "").split():
                return element
    return None


def _inner(element: Any) -> str:
    return str(etree.tostring(element, encoding="unicode", method="html", with_tail=False))


def _plain(element: Any) -> str | None:
    return html_to_text(_inner(element)) or None if element is not None else None


def _user_in(element: Any) -> str | None:
    """The account of the first LiveJournal user tag: lj:user or data-ljuser."""
    if element is None:
        return None
    return next(
        (
            e.get(name)
            for e in element.iter()
            for name in ("lj:user", "data-ljuser", "data-user")
            if isinstance(e.tag, str) and e.get(name)
        ),
        None,
    )


def _shown_date(tree: Any) -> str | None:
    """The entry's moment as shown: in its author's zone, which the page does not tell, unless a machine-readable one is there."""
    meta = next((e.get("content") for e in tree.iterfind(".//meta") if e.get("property") == "article:published_time"), None)
    stamped = next((e.get("datetime") for e in tree.iter("time") if from_iso(e.get("datetime"))), None)
    return meta or stamped or _plain(_element(tree, _DATES)) or _plain(next(tree.iter("time"), None))


def _markup_comments(tree: Any, post: dict[str, Any], site: str) -> Iterator[Item]:
    """Comments of the classic layouts: an anchor or id of t + number around or before each, stubs for what was removed."""
    for element in tree.iterfind(".//*[@id]"):
        found = re.fullmatch(r"(?:ljcmt|cmt|comment-|t)(\d+)", element.get("id") or "")
        if not found or element.tag in ("a", "input"):
            continue
        text = _element(element, ("comment-text", "b-leaf-article", "comment-body", "comment_text", "comment-content"))
        parent = next((m[1] for a in element.iter("a") if re.search(r"parent|up thread|вверх", f"{a.get('class')} {a.text_content()}", re.I)
                       and (m := re.search(r"thread=(\d+)", a.get("href") or ""))), None)  # fmt: skip
        stub = re.search(
            r"\((?:deleted|screened|suspended)[^)]*\)|(?:Deleted|Screened|Suspended) comment[^<]{0,80}",
            element.text_content(),
            re.I,
        )
        shown = UNPADDED.search(element.text_content()) or SPOKEN.search(element.text_content())
        yield make_item({"item": told({
            "dtalkid": found[1], "parent": parent, "uname": _user_in(element), "article": _inner(text) if text is not None else None,
            "subject": _plain(_element(element, ("comment-subject", "b-leaf-subject", "comment-title"))), "ctime": shown[0] if shown else None,
            "stub": stub[0] if stub and text is None else None,
        }), "post": post}, site)  # fmt: skip


def comment_items(value: Mapping[str, Any], post: dict[str, Any], site: str) -> Iterator[Item]:
    """Each comment with its entry and the author of what it answers; "N more comments" lines and collapsed places are no comments."""
    listed = objects(value.get("comments"))
    names = {identifier(c.get("dtalkid") or c.get("thread")): text_or_none(c.get("uname")) for c in listed}
    for comment in listed:
        if comment.get("type") == "more" or (flag(comment.get("loaded")) is False and not stub_of(comment)):
            continue
        above = names.get(identifier(comment.get("parent")))
        kept = {
            name: comment[name]
            for name in comment
            if name not in ("actions", "controls", "stime", "statprefix", "lj_statprefix", "siteroot")
        }
        own = post if post.get("id") else {**post, **brief_of(text_or_none(comment.get("thread_url")))}
        yield make_item(
            {"item": kept, "post": told({**own, "above": above})},
            site or site_of(text_or_none(comment.get("thread_url")), None) or "",
        )
