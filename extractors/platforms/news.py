"""News sites without a feed of full texts: addresses by news sitemaps, feeds or a list; every article fetched once, and again when it moves.

    robots.txt, options ──► sitemap index ──► sitemap, feed ──► addresses not read yet (cursor.read: address → stamp)
    address ──(robots.txt, crawl delay)──► page ──► {url, html, listing} ──► read_article ──► article
Sources: sitemaps.org/protocol.html, Google's news sitemaps, RFC 9309; the pages by extractors.article_text.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from extractors.article_facts import address_of
from extractors.article_lines import slim
from extractors.article_text import read_article
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
)
from extractors.decoding import inflated
from extractors.http import MAX_BYTES, Answer, malformed
from extractors.jsons import dump
from extractors.limits import wait_seconds
from extractors.markup import decode_text, html_tree
from extractors.site_listing import TRIES, Listing, address_key, below, host_of, is_web, mark_of, native_id_of
from extractors.sitemaps import is_sitemap, read_sitemap
from extractors.source_options import FLAG, Form
from extractors.text import html_to_text
from extractors.times import from_feed
from extractors.values import mapping, objects, text_or_none
from extractors.wholeness import Wholeness
from settings import RenownError

CONTRACT = Contract(
    platform="news",
    base_url=None,
    endpoints=("robots.txt", "sitemap", "feed", "article"),
    auth="none",
    credential_env=None,
    cursor="time_slice",
    is_sorted=False,
    page_limit=50,
    cap=None,
    errors=(
        ErrorRule("401", "fatal", "unauthorized", "read another sitemap, or ask the publisher"),
        ErrorRule("403", "fatal", "forbidden", "ask the publisher, or read another sitemap"),
        ErrorRule("404", "fatal", "not found", "correct base_url or options.sitemaps"),
        ErrorRule("410", "fatal", "gone", "correct options.sitemaps, or switch the source off"),
        ErrorRule("429", "wait_until", "too many requests", "lower the source's rate"),
        ErrorRule("500", "retry", "internal error"),
        ErrorRule("502", "retry", "bad gateway"),
        ErrorRule("503", "retry", "service unavailable"),
        ErrorRule("504", "retry", "gateway timeout"),
    ),
    time_formats=("ISO 8601", "W3CDTF", "RFC 822", "printed beside the headline, in the page's language"),
    deletion="404 or 410 of the article's address",
    edits="lastmod of the sitemap moves: the page is fetched again; dateModified of the page",
    history_limit="what the sitemaps list: two days in a news sitemap, years in others",
    terms="the publisher's own terms and robots.txt",
    not_offered=("author_id", "author_handle", "author_followers", "author_following", "author_posts", "author_created_at",
                 "author_verified", "author_location", "page_id", "page_followers", "parent_id", "conversation_id", "country", "rating"),
    kinds=("article",),
    collects=("articles in full text", "title and date of articles that cannot be read (marked truncated)"),
    how_to="no credential needed",
    rate=(20, 60.0),
    options={
        "sitemaps": "addresses of sitemaps or indexes, also relative to base_url; without any, those that robots.txt names",
        "feeds": "addresses of feeds whose links are read as articles",
        "urls": "addresses of single articles",
        "include": "patterns (regular expressions), one of which an address must match",
        "exclude": "patterns that an address must not match",
        "match_titles": "true: only articles whose title fulfils the source's query (an entry without a title is read)",
        "timezone": "zone of the publisher's times where they name none (Europe/Rome)",
    },
    forms={
        **dict.fromkeys(("sitemaps", "feeds", "urls"), Form("names", "[https://news.example/sitemap.xml]", r"\S+")),
        **dict.fromkeys(("include", "exclude"), Form("patterns", "[/business/, /bank]")),
        "match_titles": FLAG,
    },
)  # fmt: skip
_DOWN = 5  # unreachable articles in a row, after which the site counts as down
_SMALL = 8000  # bytes; an interstitial page is smaller, an article page hardly ever
_HEADERS = {"Accept": "text/html, application/xhtml+xml;q=0.9, */*;q=0.5"}


def pages(reading: Reading) -> Iterator[Page]:
    """What the site lists and is not read yet, document by document, oldest first.

    cursor: {read: {address: stamp}, forgot: time up to which listed articles count as read, until, documents: {url: validators}}.
    `read` says exactly what is covered, so it moves with every page; the validators of the documents only with the last one.
    """
    state = dict(reading.cursors.get("") or {})
    state["read"] = dict(state.get("read") or {})
    listing, articles = Listing(reading, state), _Articles(reading)
    for entries in listing.documents():
        fresh = listing.fresh(entries)
        size = min(reading.source.page_size or CONTRACT.page_limit, CONTRACT.page_limit)
        for start in range(0, len(fresh), size):
            yield articles.page(fresh[start : start + size], state)
    yield Page([], "", listing.finished(), more=False, gap=listing.circle)


class _Articles:
    """The pages behind a listing's entries."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.unreachable = 0
        self.wholeness = Wholeness()

    def page(self, entries: Sequence[dict[str, str]], state: Mapping[str, Any]) -> Page:
        """These articles, and why some of them could not be read."""
        read: dict[str, str] = state["read"]
        items: list[Item] = []
        gone: list[Tombstone] = []
        reasons: list[str] = []
        for entry in entries:
            found = self.article(entry)
            key = address_key(entry["loc"])
            known = read.get(key)
            read[key] = mark_of(entry)
            if isinstance(found, Item):
                items.append(found)
                continue
            reasons.append(found.code or "unreadable")
            tries = int(known[1:]) + 1 if known and known.startswith("!") else 1
            if found.action in ("retry", "wait_until") and tries < TRIES:
                read[key] = f"!{tries}"
            elif found.code in ("404", "410"):
                gone.append(
                    Tombstone(native_id_of(entry["loc"]), "article", "platform", reason=found.code, site=self.site(entry["loc"]))
                )
            else:
                items.append(
                    make_item({"url": entry["loc"], "listing": dict(entry), "failed": found.code}, self.site(entry["loc"]))
                )
        gap = f"{len(reasons)} listed articles could not be read ({', '.join(sorted(set(reasons)))})" if reasons else None
        return Page(items, "", {**state, "read": dict(read)}, gap=gap, gone=gone)

    def site(self, url: str) -> str:
        """Under which host an article is filed."""
        return self.reading.source.site or host_of(url)

    def article(self, entry: dict[str, str]) -> Item | PlatformError:
        """The article behind an entry, or the error that keeps it from being read. Raises where the whole site is at fault."""
        url = entry["loc"]
        try:
            found: Item = self.reading.http.get_page(
                url, headers=_HEADERS, endpoint="article", read=partial(self._read, url, entry)
            )
        except PlatformError as error:
            self.unreachable += error.action == "retry"
            if error.action == "stop" or error.code == "429" or self.unreachable >= _DOWN:
                raise
            return error
        self.unreachable = 0
        return found

    def _read(self, url: str, entry: Mapping[str, str], answer: Answer) -> Item:
        """The Item of a page. A page that breaks off, or that is small and holds nothing, is asked for again."""
        text = decode_text(answer.body, answer.headers.get("content-type"))
        if not self.wholeness.is_whole(url, text):
            raise malformed("news", "a whole page", answer.body, self.reading.http.all_secrets())
        if len(answer.body) < _SMALL and read_article(text, url).text is None:
            raise malformed("news", "an article", answer.body, self.reading.http.all_secrets())
        listing = {name: value for name, value in entry.items() if name != "loc"}
        return make_item(
            {"url": answer.url if host_of(answer.url) else url, "html": slim(text), "listing": listing}, self.site(url)
        )


def lookup(reading: Reading, keys: Sequence[Key]) -> Iterator[Page]:
    """These articles again; 404 and 410 are gone, any other trouble says nothing about an article."""
    articles = _Articles(reading)
    for key in keys:
        url = key.url or key.native_id
        if not is_web(url):
            continue
        found = articles.article({"loc": url})
        if isinstance(found, Item):
            yield Page([found], "lookup")
        elif found.code in ("404", "410"):
            site = articles.site(key.native_id)
            yield Page([], "lookup", gone=[Tombstone(key.native_id, "article", "platform", reason=found.code, site=site)])


def decode(body: bytes) -> list[Any]:
    """[{html}] of an article's page, [{entries}] of a sitemap. Raises RenownError for anything else."""
    body = inflated(body, MAX_BYTES)
    if is_sitemap(body):
        return [{"entries": read_sitemap(body).entries}]
    text = decode_text(body)
    if not re.search(r"<(?:!doctype html|html|head|body|title|h1|p|article|div)[\s>/]", text[:200_000], re.I):
        raise RenownError("neither a page nor a sitemap", "give the body as it came from the site", 2)
    return [{"html": slim(text)}]


def error_of(value: Any, status: int, headers: Mapping[str, str]) -> PlatformError | None:
    """Sites have no error form of their own: the HTTP status decides."""
    if status < 400:
        return None
    return contract_error(CONTRACT, status, "", "retry" if status >= 500 else "fatal", wait_seconds=wait_seconds(headers))


def items(value: Any, url: str | None, site: str) -> Iterator[Item]:
    """The page's article; or of a sitemap one item an entry, of which only title and dates are known."""
    found = mapping(value)
    if "html" in found:
        yield make_item({"url": url, "html": found["html"]}, site)
    for entry in objects(found.get("entries")):
        listing = {name: text for name, text in entry.items() if name != "loc"}
        yield make_item({"url": below(url or "", entry["loc"]), "listing": listing}, site)


def make_item(envelope: dict[str, Any], site: str) -> Item:
    """The Item of {url, html?, listing?}; native id: the page's canonical address if it is the site's own, without tracking."""
    url, html = text_or_none(envelope.get("url")), envelope.get("html")
    address = _canonical(html, url, site) if isinstance(html, str) else url
    native_id = native_id_of(address) if address else _hashed(html)
    return Item("article", native_id, site or host_of(address), dump(envelope), envelope)


def _canonical(html: str, url: str | None, site: str) -> str | None:
    """link rel=canonical or og:url of a page; one that names another publisher, or only the site's front page, is not believed."""
    end = re.search(r"</head\s*>", html[:400_000], re.I)
    try:
        stated = address_of(html_tree(html[: end.end()] if end else html[:400_000]), url)
    except RenownError:
        return url
    if not stated or not url or stated == url:
        return stated or url
    own, hosts = _publisher(host_of(stated)), {_publisher(host_of(url)), _publisher(site)}
    is_front_page = not urlsplit(stated).path.strip("/") and bool(urlsplit(url).path.strip("/"))
    return stated if own in hosts and not is_front_page else url


def _publisher(host: str) -> str:
    """The host without the parts that tell editions for devices apart."""
    return re.sub(r"^(?:www\d?|m|mobile|amp)\.", "", host.lower())


def _hashed(html: Any) -> str:
    """An id for a saved page that names no address of its own: of its title and length of text."""
    title = re.search(r"<title[^>]*>(.*?)</title|<h1[^>]*>(.*?)</h1", html, re.S | re.I) if isinstance(html, str) else None
    known = html_to_text(title[1] or title[2] or "") if title else ""
    return "sha256:" + hashlib.sha256(known.encode("utf-8", "surrogatepass")).hexdigest()[:32] if known else ""


def to_mention(item: Item, fetched_at: datetime | None) -> Mention:
    """The article of a page, what the listing says where the page is silent; of a listing alone its title, marked truncated."""
    url, listing = text_or_none(item.value.get("url")), mapping(item.value.get("listing"))
    html = item.value.get("html")
    article = read_article(html, url, fetched_at) if isinstance(html, str) else None
    listed_title = html_to_text(str(listing["title"])) if listing.get("title") else None
    raw = text_or_none(listing.get("publication_date"))
    listed_at = from_feed(raw)
    if article is None:
        return Mention(platform="news", site=item.site, native_id=item.native_id, kind="article", url=_shown(item), title=listed_title,
                       text=listed_title, created_at=listed_at, created_at_raw=raw, page_name=text_or_none(listing.get("name")),
                       language_hint=text_or_none(listing.get("language")), truncated=True)  # fmt: skip
    return Mention(
        platform="news",
        site=item.site,
        native_id=item.native_id,
        kind="article",
        url=_shown(item),
        title=article.title or listed_title,
        text=article.text,
        author_name=article.author_name,
        page_name=article.site_name or text_or_none(listing.get("name")),
        created_at=article.published_at or listed_at,
        created_at_raw=article.published_raw if article.published_at or not listed_at else raw,
        edited_at=article.edited_at,
        language_hint=article.language_hint or text_or_none(listing.get("language")),
        engagement=Engagement(comments=article.comments),
        links=article.links,
        media_count=article.media_count,
        truncated=article.truncated,
    )


def _shown(item: Item) -> str | None:
    return item.native_id if is_web(item.native_id) else text_or_none(item.value.get("url"))


def tombstones(item: Item) -> Iterable[Tombstone]:
    """A page that can be read tells of no deletion."""
    return []
