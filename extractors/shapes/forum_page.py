"""A forum's page: which engine made it, the posts of its thread, the threads of its list, and the pages before and after it.

    HTML ──detect──► Engine ──► envelopes {item {engine, id, html}, page, parent, kind} ──► extractors.shapes.forum_post
                           └──► threads [{id, url, last}], boards, next page
Sources: the engines' templates (see extractors.shapes.forum_engines). Session ids are taken out of stored mark-up: they are secrets of
a visit, and would make every reading of a post look like a change.
"""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

from lxml import etree

from extractors.markup import html_tree
from extractors.shapes.forum_engines import XENFORO2, Engine, detect, first, group, select
from extractors.shapes.forum_parts import author_of, outer_quotes, post_id, post_number, stamp_of, text_of
from extractors.shapes.forum_times import day_order, find_stamp, read_moment, stated_offset

_SESSION = re.compile(r"(?:(\?)|&amp;|[&;])(?:sid|s|PHPSESSID)=[0-9a-zA-Z]{16,64}(?:(?(1)(?:&amp;|[&;])|(?!)))?")
_CITATION = "cite a, cite, .attribution a, .attribution, .bbCodeBlock-title a, .bbCodeBlock-title, .bbcode_postedby a, .bbcode_postedby," \
    " .quoteheader a, .quote_author a, .quote-author a, .ipsQuote_citation a, ./self::*[contains(@class, 'quotetitle')]//a," \
    " ./descendant::td[contains(@class, 'alt2')]/div[strong]/a"  # fmt: skip
_CURRENT = "strong, .active, .selected, .current, .pageNav-page--current, .pagination_current, .currentPage, .current_page, .ipsPagination_active, b"
_NEXT = "link[rel=next], a[rel=next], a.pageNav-jump--next, .pageNavSimple-el--next, a.pagination_next, .arrow.next a," \
    " .ipsPagination_next a, a.js-pagenav-next-button, li.next a, a.next, .PageNav a.text"  # fmt: skip
_LAST = "a[rel=last], .first_last a, a.pagination_last, .ipsPagination_last a, a[title^='Last Page']"
_MESSAGE = ".blockMessage--error, div[data-template=error], .errorOverlay, #message .inner, .standard_error, .panelsurround, .blockrow.error," \
    " #fatal_error, .ipsMessage_error, .error_message, .baseHtml > label[for=ctrl_0], .errorwrap, table.forumline span.gen"  # fmt: skip
_SHIELD = re.compile(r"<title>\s*(?:Just a moment|Attention Required|DDoS-Guard|Verify you are human)", re.IGNORECASE)
_QUOTED_AUTHOR = r"member:\s*(\d+)|userid=(\d+)|[?&]u=(\d+)|/profile/(\d+)"


@dataclass(frozen=True)
class Thread:
    """A thread of a list: its address, and when its last post was written (None where the list does not say)."""

    native_id: str
    url: str
    last: datetime | None


class ForumPage:
    """One page, read lazily. `url`: its address where it is known; `options`: timezone and date_order of the source."""

    def __init__(self, text: str, url: str | None = None, options: dict[str, Any] | None = None) -> None:
        self.text, self.options = text, options or {}
        self.tree = html_tree(text)
        self.engine = detect(self.tree)
        self.given = url

    @cached_property
    def url(self) -> str:
        """The page's address: as fetched, else as it says itself."""
        said = (
            first(self.tree, "link[rel=canonical]"),
            first(self.tree, "meta[property='og:url']"),
            first(self.tree, "base[href]"),
        )
        stated = [element.get("href") or element.get("content") or "" for element in said if element is not None]
        return clean_url(next((address for address in (self.given, *stated) if address and address.startswith("http")), ""))

    @cached_property
    def site(self) -> str:
        """The host."""
        if self.url or self.engine is None:
            return urlsplit(self.url).hostname or ""
        links = [link.get("href") or "" for post in self.posts[:1] for link in select(post, self.engine.permalink)]
        return next((host for link in links if link.startswith("http") and (host := _host(link))), "")

    @cached_property
    def posts(self) -> list[Any]:
        """The elements of the posts, in the page's order."""
        if self.engine is None:
            return []
        found = set(select(self.tree, self.engine.posts))
        ordered = [element for element in self.tree.iter() if element in found]
        return [
            _alone(element, self.engine) if any(other in found for other in element.iterdescendants()) else element
            for element in ordered
        ]

    @cached_property
    def language(self) -> str | None:
        """The language of the page's own words, in which it writes dates."""
        root = self.tree
        said = root.get("lang") or root.get("xml:lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang")
        element = first(root, "meta[http-equiv='content-language'], meta[http-equiv='Content-Language']")
        found = said or (element.get("content") if element is not None else None)
        return found.strip() if found and re.fullmatch(r"[A-Za-z]{2,3}(?:[-_]\w+)*", found.strip()) else None

    @cached_property
    def zone(self) -> str | None:
        """The zone in which the page says that it shows times: its name, or an offset."""
        for element in reversed(select(self.tree, self.engine.zone)) if self.engine and self.engine.zone else []:
            line = " ".join(element.text_content().split())
            if len(line) < 400 and re.search(r"\b(?:UTC|GMT)\b", line):
                named = first(element, "span[title*='/']")
                return named.get("title") if named is not None else stated_offset(line)
        return None

    @cached_property
    def title(self) -> str | None:
        """The thread's title, without the prefix labels before it."""
        element = first(self.tree, self.engine.title) if self.engine else None
        if element is None:
            told = [
                element.get("content") or element.text_content()
                for element in select(self.tree, "meta[property='og:title'], head > title")
            ]
            return next((" ".join(text.split()) for text in told if text.strip()), None)
        bare = copy.deepcopy(element)
        for label in select(bare, ".label, .label-append, .prefix, .PageNav, .pageNav, script, style"):
            label.drop_tree()
        said = first(self.tree, "meta[property='og:title']")
        stated = " ".join((said.get("content") or "").split()) if said is not None else ""
        if stated and len(element) and stated in " ".join(bare.text_content().split()):  # a heading with counters and dates in it
            return stated
        return " ".join(bare.text_content().split()) or " ".join(element.text_content().split()) or None

    @cached_property
    def thread_id(self) -> str | None:
        """The thread's id: from the page's address, its title's link, its own links and fields."""
        if self.engine is None:
            return None
        own = [self.url, *(a.get("href") or "" for a in select(self.tree, "link[rel=canonical], meta[property='og:url']"))]
        own += [element.get("content") or "" for element in select(self.tree, "meta[property='og:url']")]
        title = first(self.tree, self.engine.title)
        linked = [a.get("href") or "" for a in ([title, *title.iter("a")] if title is not None else [])]
        fields = [
            f"?{field.get('name')}={field.get('value')}"
            for field in select(self.tree, "input[name=t], input[name=tid], input[name=topic]")
        ]
        fields += [f"?showtopic={found}" for found in re.findall(r"ipb\.topic\.topic_id\s*=\s*(\d+)", self.text)[:1]]
        keys = [
            self.tree.get("data-content-key") or "",
            *(e.get("data-lb-id") or "" for e in select(self.tree, "[data-lb-id^='thread-']")),
        ]
        below = [a.get("href") or "" for post in self.posts[:3] for a in post.iter("a")]
        elsewhere = [a.get("href") or "" for a in self.tree.iter("a")] if self.posts else []
        for addresses in (own[:1], keys, own, fields, linked, below):
            for pattern in self.engine.thread_id:
                found = next((hit for address in addresses if address and (hit := group(pattern, address))), None)
                if found:
                    return found
        return next((hit for address in elsewhere if (hit := group(self.engine.thread_id[0], address))), None)

    @cached_property
    def number(self) -> int:
        """Which page of the thread or list this is, counted from 1."""
        current = [element for box in self._paginations for element in select(box, _CURRENT)]
        shown = [int(text) for element in current if (text := element.text_content().strip()).isdigit() and len(text) < 7]
        if shown:
            return shown[0]
        told = group(self.engine.page_number, self.url) if self.engine else None
        return 1 if told in (None, "0", "1") else max(2, int(told)) if told and len(told) < 9 else 1

    @cached_property
    def _paginations(self) -> list[Any]:
        if self.engine is None:
            return []
        inner = {element for row in select(self.tree, self.engine.rows) for element in row.iter()}
        return [element for element in select(self.tree, self.engine.pagination) if element not in inner]

    @cached_property
    def numbered(self) -> dict[int, str]:
        """The pages that the pagination links, by their number."""
        found: dict[int, str] = {}
        for box in self._paginations:
            for link in box.iter("a"):
                text = link.text_content().strip()
                if text.isdigit() and len(text) < 7 and not (link.get("href") or "#").startswith(("#", "javascript")):
                    found.setdefault(int(text), self.absolute(link.get("href")))
        return found

    @cached_property
    def next_url(self) -> str | None:
        """The address of the next page, None on the last."""
        for link in select(self.tree, _NEXT):
            address = link.get("href") or ""
            if link.get("class") == "text" and not re.search(r"[>›»]", link.text_content()):
                continue
            if address and not address.startswith(("#", "javascript")):
                return self.absolute(address)
        return self.numbered.get(self.number + 1)

    @cached_property
    def last_url(self) -> str | None:
        """The address of the thread's last page, None where this is the last."""
        later = [number for number in self.numbered if number > self.number]
        links = [link for box in self._paginations for link in select(box, _LAST) if link.get("href")]
        if links and self.next_url:
            return self.absolute(links[-1].get("href"))
        return self.numbered[max(later)] if later else self.next_url

    @cached_property
    def previous_url(self) -> str | None:
        """The address of the page before, None on the first."""
        link = first(
            self.tree,
            "link[rel=prev], a[rel=prev], a.pageNav-jump--prev, a.pagination_previous, .arrow.previous a, .ipsPagination_prev a",
        )
        return self.absolute(link.get("href")) if link is not None and link.get("href") else self.numbered.get(self.number - 1)

    def absolute(self, address: str | None) -> str:
        """An address of the page made whole, without session ids; base href counts, as XenForo 1 and vBulletin need it."""
        base = first(self.tree, "base[href]")
        try:
            home = urljoin(self.url, base.get("href") or "") if base is not None else self.url
            return clean_url(urljoin(home, (address or "").strip()))
        except ValueError:  # an address that is none: "http://[x"
            return ""

    @cached_property
    def order(self) -> str:
        """The order of day, month and year on this page."""
        lines = [text_of(element) for post in self.posts for element in select(post, self.engine.time)[:2]] if self.engine else []
        return day_order(self.language, [stamp for line in lines if (stamp := find_stamp(line))], self.options.get("date_order"))

    def moment(self, raw: str | None, fetched_at: datetime | None) -> datetime | None:
        """The instant of a date that this page shows."""
        return read_moment(raw, self.language, self.order, self.zone or self.options.get("timezone"), fetched_at)

    def threads(self, fetched_at: datetime | None) -> list[Thread]:
        """The threads of a list, as it orders them."""
        found: dict[str, Thread] = {}
        for row in select(self.tree, self.engine.rows) if self.engine else []:
            link = first(row, self.engine.row_link) if self.engine else None
            address = self.absolute(link.get("href")) if link is not None else ""
            address = re.sub(
                r"/(?:unread|latest)/?$",
                "/",
                re.sub(r"[&?](?:goto|action)=(?:newpost|lastpost|getnewpost)", "", urldefrag(address)[0]),
            )
            native_id = (
                next((hit for pattern in self.engine.thread_id if (hit := group(pattern, address))), None)
                if self.engine
                else None
            )
            if native_id and self.engine:
                raw = stamp_of(select(row, self.engine.row_time))
                found.setdefault(native_id, Thread(native_id, address, self.moment(raw, fetched_at)))
        return list(found.values())

    def boards(self) -> list[str]:
        """The forums that an index page links."""
        links = select(self.tree, self.engine.boards) if self.engine else []
        anchors = [link if link.tag == "a" else link.getparent() for link in links]
        return list(dict.fromkeys(self.absolute(a.get("href")) for a in anchors if a is not None and a.get("href")))

    def problem(self) -> str | None:
        """Why there is nothing to read: "challenge", "login" or "message", None where the page holds what it should."""
        if _SHIELD.search(self.text[:20_000]):
            return "challenge"
        if self.posts or self.article is not None or (self.engine and select(self.tree, self.engine.rows)):
            return None
        template = self.tree.get("data-template") or ""
        if template == "login" or (
            first(self.tree, "input[type=password]") is not None and (template == "error" or self._is_message())
        ):
            return "login"
        return "message" if template == "error" or self._is_message() else None

    def _is_message(self) -> bool:
        return self.engine is not None and not self.boards() and first(self.tree, _MESSAGE) is not None

    @cached_property
    def article(self) -> Any:
        """XenForo's article add-on: the element of its text."""
        return first(self.tree, "[id^='js-articleBody-']") if self.engine is XENFORO2 else None

    def envelopes(self, head: dict[str, Any] | None = None) -> list[dict[str, Any]]:
        """What is stored of each post. `head`: {id, author_id} of the thread's first post where an earlier page showed it."""
        if self.engine is None:
            return []
        if not self.posts and self.article is not None:
            return self._article_envelopes()
        engine, people = self.engine, [(post_id(post, self.engine), author_of(post, self.engine)) for post in self.posts]
        numbers = [post_number(post, engine) for post in self.posts]
        firsts = [n == 1 if n is not None else self.number == 1 and index == 0 for index, n in enumerate(numbers)]
        if head is None and any(firsts):
            native_id, (_, author_id) = people[firsts.index(True)]
            head = {"id": native_id, "author_id": author_id}
        known = {native_id: author_id for native_id, (_, author_id) in people}
        if head:
            known.setdefault(head.get("id"), head.get("author_id"))
        envelopes = []
        for post, (native_id, _), is_first in zip(self.posts, people, firsts, strict=True):
            envelope = {"item": {"engine": engine.name, "id": native_id, "html": _stored(post)}, "page": self._facts,
                        "kind": "post" if is_first else "reply"}  # fmt: skip
            parent = None if is_first else _quoted(post, engine, known) or head
            envelopes.append(envelope | ({"parent": parent} if parent and parent.get("id") != native_id else {}))
        return envelopes

    def _article_envelopes(self) -> list[dict[str, Any]]:
        native_id = group(r"js-articleBody-(\d+)", self.article.get("id") or "")
        header = first(self.tree, ".p-body-header, .p-title")
        both = "".join(_stored(part) for part in (header, self.article) if part is not None)
        author = author_of(header, XENFORO2)[1] if header is not None else None
        facts = self._facts | {"thread": native_id}
        found = [
            {"item": {"engine": "xenforo2", "id": native_id, "html": f"<div>{both}</div>"}, "page": facts, "kind": "article"}
        ]
        for comment in select(self.tree, "article[data-content*='comment-']"):
            found.append({"item": {"engine": "xenforo2", "id": group(r"comment-(\d+)$", comment.get("data-content") or ""), "html": _stored(comment)},
                          "page": facts, "kind": "comment", "parent": {"id": native_id, "author_id": author}})  # fmt: skip
        return found

    @cached_property
    def _facts(self) -> dict[str, Any]:
        facts = {"site": self.site, "url": _home(self.url), "thread": self.thread_id, "title": self.title, "language": self.language,
                 "zone": self.zone, "default_zone": self.options.get("timezone"), "order": self.order}  # fmt: skip
        return {name: value for name, value in facts.items() if value is not None}


def _alone(post: Any, engine: Engine) -> Any:
    """A post without the posts after it, which broken mark-up (a div that nothing closes) puts inside it."""
    bare = copy.deepcopy(post)
    for inner in select(bare, engine.posts):
        if inner is not bare and inner.getparent() is not None:
            inner.drop_tree()
    return bare


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:  # an address that is none
        return ""


def _home(url: str) -> str:
    """An address without what differs from page to page: permalinks are relative to it."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{parts.path.rsplit('/', 1)[0]}/" if parts.netloc and "threads/" not in url else (
        f"{parts.scheme}://{parts.netloc}{parts.path.split('threads/')[0]}" if parts.netloc else ""
    )  # fmt: skip


def clean_url(address: str) -> str:
    """An address without session ids."""
    return _SESSION.sub(lambda found: "?" if found[1] and found[0][-1] in "&;" else "", address)


def _stored(element: Any) -> str:
    parts = [element]
    following = element.getnext() if element.tag == "tr" else None
    if following is not None and any("profile" in (link.get("href") or "") for link in following.iter("a")):
        parts.append(following)  # phpBB 2 writes the author's link in the row below
    return "".join(clean_url(etree.tostring(part, encoding="unicode", method="html", with_tail=False)) for part in parts)


def _quoted(post: Any, engine: Engine, known: dict[str | None, str | None]) -> dict[str, Any] | None:
    """{id, author_id} of the post that the first telling quote names."""
    for quote in outer_quotes(post, engine):
        said = " ".join(f"{name}={value}" for name, value in quote.attrib.items())
        links = [f"{name}={value}" for element in select(quote, _CITATION) for name, value in element.attrib.items()]
        native_id = next((found for text in (said, *links) if (found := group(engine.quoted_id, text))), None)
        if native_id:
            told = next((found for text in (said, *links) if (found := group(_QUOTED_AUTHOR, text))), None)
            return {"id": native_id, "author_id": known.get(native_id) or told}
    return None
