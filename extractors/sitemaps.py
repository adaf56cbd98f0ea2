"""Sitemaps: an index of documents, a list of addresses with their news tags, or plain lines of addresses.

    bytes (gzip) ──► XML, no entities ──► Sitemap {children: [{loc, lastmod}], entries: [{loc, lastmod, news: {…}}]}
Sources: sitemaps.org/protocol.html, Google's news sitemap (news:publication_date, news:title, news:publication).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from extractors.decoding import inflated
from extractors.http import MAX_BYTES
from extractors.markup import decode_text, xml_tree
from settings import RenownError

_ROOTS = ("urlset", "sitemapindex")
_NEWS = ("publication_date", "title", "keywords", "genres", "stock_tickers", "access")
_BARE = re.compile(rb"&(?!#?\w{1,8};)(?!\x00)")
_ADDRESS = re.compile(r"https?://[^\s<>\"']+$")


@dataclass
class Sitemap:
    """One document: addresses of further documents, and entries {loc, lastmod, publication_date, title, language, name, keywords}."""

    children: list[dict[str, str]] = field(default_factory=list)
    entries: list[dict[str, str]] = field(default_factory=list)


def read_sitemap(body: bytes) -> Sitemap:
    """The document of these bytes. Raises RenownError for what is no sitemap, and for XML that defines entities."""
    body = inflated(body, MAX_BYTES)
    if is_sitemap(body):
        return _xml(xml_tree(_BARE.sub(b"&amp;", body)))  # a bare & in an address is the commonest fault of sitemaps
    lines = [line.strip() for line in decode_text(body[: 1 << 20] if b"<" in body[:4096] else body).splitlines() if line.strip()]
    if not lines or not all(_ADDRESS.match(line) for line in lines):
        raise RenownError("not a sitemap", "give the body as it came from the platform", 2)
    return Sitemap(entries=[{"loc": line} for line in lines])


def is_sitemap(body: bytes) -> bool:
    """Whether the document's root is one of a sitemap (the body may still be in UTF-16)."""
    head = body[:8192].replace(b"\x00", b"")
    return re.search(rb"<(?:[\w.-]+:)?(?:urlset|sitemapindex)[\s>/]", head) is not None and b"<html" not in head.lower()


def _xml(root: Any) -> Sitemap:
    found = Sitemap()
    if _name(root) not in _ROOTS:
        raise RenownError("not a sitemap", "give the body as it came from the platform", 2)
    for element in _elements(root):
        known = _fields(element)
        if "loc" in known:
            (found.children if _name(element) == "sitemap" else found.entries).append(known)
    return found


def _fields(element: Any) -> dict[str, str]:
    """The texts of an entry, with those of its news tag beside; an entry's other extensions (images, films) are left out."""
    known: dict[str, str] = {}
    for part in _elements(element):
        if _name(part) in ("loc", "lastmod"):
            _put(known, _name(part), part)
        elif _name(part) == "news":
            for tag in _elements(part):
                if _name(tag) in _NEWS:
                    _put(known, _name(tag), tag)
                elif _name(tag) == "publication":
                    for inner in _elements(tag):
                        if _name(inner) in ("name", "language"):
                            _put(known, _name(inner), inner)
    return known


def _put(known: dict[str, str], name: str, element: Any) -> None:
    text = " ".join("".join(element.itertext()).split())
    if text:
        known.setdefault(name, text)


def _elements(element: Any) -> Iterator[Any]:
    return (child for child in element if isinstance(child.tag, str))


def _name(element: Any) -> str:
    """The local name: publishers bind the namespaces to whatever prefixes and versions."""
    return str(element.tag).rpartition("}")[2].lower()


def stamp(entry: Mapping[str, str]) -> str:
    """What changes when the article does: lastmod, else the date of publication, else nothing."""
    return entry.get("lastmod") or entry.get("publication_date") or ""
