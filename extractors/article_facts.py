"""What a news page states about its article beside the text: JSON-LD, meta tags, microdata, the line under the headline.

    tree ──► JSON-LD graph ─┐
         ──► meta, link     ├─► Facts: title, times with the time of day, author, language, address, articleBody
         ──► time, itemprop ┘
Sources: schema.org (Article, NewsArticle: datePublished, articleBody, isAccessibleForFree, wordCount), ogp.me (article:published_time),
the meta names that publishers' guides ask for (parsely, sailthru, Dublin Core).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urljoin, urlsplit
from zoneinfo import ZoneInfo

import dateparser
from babel.core import get_global

from extractors.text import html_to_text
from extractors.times import from_epoch, from_feed, plausible
from extractors.values import count, flag, mapping, text_or_none

_PUBLISHED = (
    "article:published_time", "article:published:time", "og:article:published_time", "og:published_time", "article:published", "datepublished", "pubdate",
    "publish-date", "publish_date", "publishdate", "publication_date", "publication-date", "parsely-pub-date", "sailthru.date",
    "dc.date.issued", "dcterms.issued", "dcterms.created", "dc.date.created", "dc.date", "article_date_original", "displaydate",
    "cxenseparse:recs:publishtime", "cse-pubdate", "originalpublicationdate", "date",
)  # fmt: skip
_MODIFIED = ("article:modified_time", "og:article:modified_time", "og:updated_time", "datemodified", "dcterms.modified",
             "dc.date.modified", "last-modified", "lastmod", "revision_date")  # fmt: skip
_DESCRIPTIONS = ("og:description", "description", "twitter:description", "dc.description", "sailthru.description")
_ARTICLE = re.compile(r"(Article|Posting|Report|Review)$")
_ZONE = re.compile(r"\(?(?:GMT|UTC)\s*([+-])\s*(\d{1,2})(?::?(\d{2}))?\)?$", re.I)
_STAMP = re.compile(r"\d.{0,40}\b\d{1,2}[:.hH]\d{2}(?::\d{2})?(?:\s*(?:[ap]\.?m\b\.?))?", re.I)
_LONGEST_STAMP = 90  # characters of a line that is a date and little else


@dataclass(frozen=True)
class Facts:
    """What the page states; `published_at` UTC, None where the page fixes no instant; `body` JSON-LD articleBody as plain text."""

    title: str | None = None
    published_at: datetime | None = None
    published_raw: str | None = None
    edited_at: datetime | None = None
    author_name: str | None = None
    language: str | None = None
    site_name: str | None = None
    canonical_url: str | None = None
    descriptions: tuple[str, ...] = ()
    body: str | None = None
    is_free: bool | None = None
    paywalled: tuple[str, ...] = ()  # CSS selectors of the parts that are not free
    words: int | None = None
    comments: int | None = None
    is_article: bool = False


def read_facts(tree: Any, url: str | None = None, zone: ZoneInfo | None = None) -> Facts:
    """The facts of a page. `zone`: for times that name none; without it the country of the address decides, where it has one zone."""
    meta = _meta(tree)
    address = canonical(tree, meta, url)
    node = _main_node(json_ld(tree), address)
    zone = zone or zone_of(address or url)
    title = _title(tree, meta, node)
    published_at, raw = _first_instant(_published(tree, meta, node), zone)
    if published_at is None:
        published_at, raw = _printed(tree, title, zone, raw)
    edited_at, _ = _first_instant([node.get("dateModified"), *(meta.get(name) for name in _MODIFIED)], zone)
    articles = node.get("articleBody")
    parts = [mapping(part) for part in _listed(node.get("hasPart"))]
    selectors = [part.get("cssSelector") for part in parts if flag_of(part.get("isAccessibleForFree")) is False]
    descriptions = [html_to_text(text) for text in [node.get("description"), *(meta.get(name) for name in _DESCRIPTIONS)]
                    if isinstance(text, str)]  # fmt: skip
    return Facts(
        title=title,
        published_at=published_at,
        published_raw=raw,
        edited_at=edited_at if edited_at and published_at and edited_at > published_at else None,
        author_name=_author(tree, meta, node),
        language=_language(tree, meta, node),
        site_name=text_or_none(meta.get("og:site_name")) or _name(node.get("publisher")),
        canonical_url=address,
        descriptions=tuple(dict.fromkeys(text for text in descriptions if text)),
        body=html_to_text(articles) if isinstance(articles, str) and articles.strip() else None,
        is_free=flag_of(node.get("isAccessibleForFree")),
        paywalled=tuple(selector for found in selectors for selector in _listed(found) if isinstance(selector, str)),
        words=count(node.get("wordCount")),
        comments=count(node.get("commentCount")),
        is_article=bool(node) or meta.get("og:type") == "article" or bool(meta.get("article:published_time")),
    )


def address_of(tree: Any, url: str | None) -> str | None:
    """The article's own address as its head states it, else `url`."""
    return canonical(tree, _meta(tree), url)


def flag_of(value: Any) -> bool | None:
    """schema.org's Boolean, as publishers write it: true, "True", "http://schema.org/False"."""
    return flag(value.rsplit("/", 1)[-1].lower()) if isinstance(value, str) else flag(value)


def json_ld(tree: Any) -> list[dict[str, Any]]:
    """Every object of the page's JSON-LD, outermost first; a block that is no JSON is left out."""
    found: list[dict[str, Any]] = []
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or "").lower():
            continue
        source = re.sub(r"^\s*(?://\s*)?<!(?:--|\[CDATA\[)|(?://\s*)?(?:-->|\]\]>)\s*$", "", script.text or "")
        try:
            found.extend(_objects(json.loads(source.strip().rstrip(";"), strict=False)))
        except (ValueError, RecursionError):
            continue
    return found


def _objects(value: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    if depth > 12:
        return
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from _objects(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            yield from _objects(inner, depth + 1)


def _main_node(nodes: list[dict[str, Any]], address: str | None) -> dict[str, Any]:
    """The article that the page is about: its own address first, then the one that states most."""
    articles = [node for node in nodes if any(_ARTICLE.search(str(name)) for name in _listed(node.get("@type")))]
    stated = [node for node in articles if node.get("datePublished") or node.get("articleBody") or node.get("headline")]

    def rank(node: dict[str, Any]) -> tuple[bool, bool, bool]:
        pages = [node.get("url"), node.get("@id"), node.get("mainEntityOfPage"), mapping(node.get("mainEntityOfPage")).get("@id")]
        own = address is not None and any(isinstance(page, str) and page.rstrip("/") == address.rstrip("/") for page in pages)
        return own, bool(node.get("datePublished")), bool(node.get("articleBody"))

    return max(stated, key=rank, default={})


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _meta(tree: Any) -> dict[str, str]:
    """Content of the meta tags by their name, property or itemprop in lower case; the first of each."""
    found: dict[str, str] = {}
    for tag in tree.iter("meta"):
        content = (tag.get("content") or "").strip()
        for name in (tag.get("property"), tag.get("name"), tag.get("itemprop"), tag.get("http-equiv")):
            if name and content:
                found.setdefault(name.strip().lower(), content)
    return found


def canonical(tree: Any, meta: dict[str, str], url: str | None) -> str | None:
    """The article's own address: link rel=canonical, og:url, else where it was fetched."""
    links = [link.get("href") for link in tree.iter("link") if "canonical" in (link.get("rel") or "").lower().split()]
    for address in (*links, meta.get("og:url"), url):
        try:
            joined = urljoin(url or "", address.strip()) if address and address.strip() else ""
            if urlsplit(joined).scheme in ("http", "https") and urlsplit(joined).hostname:
                return joined
        except ValueError:
            continue
    return None


def _title(tree: Any, meta: dict[str, str], node: dict[str, Any]) -> str | None:
    """The headline as structured data state it, else the only or the longest h1, else <title> without the site's name."""
    headings = [text for text in (" ".join(heading.text_content().split()) for heading in tree.iter("h1")) if text]
    for stated in (node.get("headline"), meta.get("og:title")):
        if isinstance(stated, str) and stated.strip() and not stated.rstrip().endswith(("…", "...")):
            title = html_to_text(stated)
            return next((text for text in headings if re.match(re.escape(text) + r"\s*[-|–—:·»]", title)), title)
    if headings:
        return max(headings, key=len)
    title = next((" ".join((tag.text or "").split()) for tag in tree.iter("title")), "")
    return re.split(r"\s+[|–—]\s+|\s+-\s+(?=[^-]*$)", title)[0] or None


def _published(tree: Any, meta: dict[str, str], node: dict[str, Any]) -> Iterator[Any]:
    """What may be the time of publication, the most reliable first."""
    yield node.get("datePublished")
    yield from (meta.get(name) for name in _PUBLISHED[:3])
    for element in tree.iter():
        if isinstance(element.tag, str) and "datePublished" in (element.get("itemprop") or "").split():
            yield element.get("content") or element.get("datetime") or element.text
    yield from (meta.get(name) for name in _PUBLISHED[3:])
    yield node.get("dateCreated")
    stamps = list(tree.iter("time"))
    yield from (
        stamp.get("datetime") for stamp in stamps if "pubdate" in stamp.attrib or "published" in (stamp.get("class") or "")
    )
    yield from (stamp.get("datetime") for stamp in stamps[:1])
    yield node.get("dateModified")


def _first_instant(values: Iterable[Any], zone: ZoneInfo | None) -> tuple[datetime | None, str | None]:
    """(instant, raw) of the first value with a time of day, else of the first that is a date; raw alone where none can be read."""
    known = [str(value).strip() for value in values if isinstance(value, str | int) and str(value).strip()]
    read = [(instant(value, zone), value) for value in known]
    timed = next(
        ((moment, value) for moment, value in read if moment and re.search(r"\d{1,2}:\d{2}|T\d{4}|^\d{10,13}$", value)), None
    )
    return timed or next(((moment, value) for moment, value in read if moment), (None, known[0] if known else None))


def instant(value: str, zone: ZoneInfo | None) -> datetime | None:
    """An instant of ISO 8601 (also without a zone, then read in `zone`), RFC 822, or epoch seconds (ten digits or thirteen)."""
    if re.fullmatch(r"1\d{9}(\d{3})?", value):
        return from_epoch(value)
    loose = re.sub(r"\s+([+-]\d{2}:?\d{2})$", r"\1", re.sub(r"(?<=\d)\s+GMT$", "Z", value))
    return from_feed(loose, zone)


def zone_of(url: str | None) -> ZoneInfo | None:
    """The zone of the country in the address (example.it), None where it has several zones or the address names no country."""
    host = (urlsplit(url).hostname or "") if url else ""
    country = {"uk": "GB"}.get(host.rsplit(".", 1)[-1], host.rsplit(".", 1)[-1].upper())
    zones = [name for name, territory in get_global("zone_territories").items() if territory == country]
    offsets = {ZoneInfo(name).utcoffset(datetime(2024, month, 1)) for name in zones for month in (1, 7) if "/" in name}
    return ZoneInfo(zones[0]) if zones and len(offsets) <= 2 and _agree(zones) else None


def _agree(zones: list[str]) -> bool:
    return all(len({ZoneInfo(name).utcoffset(datetime(2024, month, 1)) for name in zones}) == 1 for month in (1, 7))


def _printed(tree: Any, title: str | None, zone: ZoneInfo | None, raw: str | None) -> tuple[datetime | None, str | None]:
    """The date with a time of day that is printed beside the headline ("01. April 2025, 15:25"), read in the page's language."""
    language = (tree.get("lang") or "").split("-")[0].lower()
    seen_title = title is None
    lines = 0
    for text in tree.itertext():
        line = " ".join(text.split())
        if not line:
            continue
        seen_title = seen_title or line == title
        lines += seen_title
        if lines > 40:
            break
        if seen_title and len(line) <= _LONGEST_STAMP and (found := _STAMP.search(line)):
            stated = _ZONE.search(line)
            moment = _human_date(found[0], language, zone, stated)
            if moment:
                return moment, line
    return None, raw


def _human_date(text: str, language: str, zone: ZoneInfo | None, stated: re.Match[str] | None) -> datetime | None:
    """A written-out date with year and time of day; None without a zone, since then it fixes no instant."""
    if not re.search(r"\b(19|20|25)\d{2}\b", text) or not (zone or stated):
        return None
    settings = {"STRICT_PARSING": True, "RETURN_AS_TIMEZONE_AWARE": False}
    try:
        naive = dateparser.parse(text, languages=[language] if language else None, settings=settings)
    except (ValueError, TypeError, OverflowError, RecursionError):
        return None
    if naive is None:
        return None
    if stated:
        offset = f"{stated[1]}{int(stated[2]):02d}:{stated[3] or '00'}"
        return instant(naive.strftime("%Y-%m-%dT%H:%M:%S") + offset, None)
    return plausible(naive.replace(tzinfo=zone))


def _author(tree: Any, meta: dict[str, str], node: dict[str, Any]) -> str | None:
    names = [_name(author) for author in _listed(node.get("author"))] or [
        _name(author) for author in _listed(node.get("creator"))
    ]
    names = (
        names if any(names) else [meta.get("author"), meta.get("article:author"), meta.get("parsely-author"), meta.get("byl")][:4]
    )
    kept = [name for name in names if name and not name.startswith(("http://", "https://"))]
    if not any(_listed(node.get("author"))):
        kept = kept[:1]
    return ", ".join(dict.fromkeys(kept)) or next(
        (
            " ".join(tag.text_content().split())[:120] or None
            for tag in tree.iter("a")
            if "author" in (tag.get("rel") or "").split()
        ),
        None,
    )


def _name(value: Any) -> str | None:
    found = mapping(value).get("name") if isinstance(value, dict) else value
    found = found[0] if isinstance(found, list) and found else found
    return html_to_text(found) or None if isinstance(found, str) and found.strip() else None


def _language(tree: Any, meta: dict[str, str], node: dict[str, Any]) -> str | None:
    stated = node.get("inLanguage")
    for value in (stated if isinstance(stated, str) else mapping(stated).get("name"), tree.get("lang"), meta.get("og:locale"),
                  meta.get("content-language"), meta.get("language")):  # fmt: skip
        if isinstance(value, str) and re.fullmatch(r"[A-Za-z]{2,3}([-_][\w-]+)?", value.strip()):
            return value.strip().replace("_", "-")
    return None
