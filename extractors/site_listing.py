"""What a news site lists and what of it is still to be read: sitemaps and their indexes, feeds, lists of addresses.

    robots.txt, options ──► index ──► sitemap | feed (conditional GET) ──► entries ──► fresh(): wanted, not in cursor.read
The cursor remembers each listed address with a stamp of what changes when the article does, so nothing is fetched twice and an edit is.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

from courlan import normalize_url

from extractors import query
from extractors.base import Mention, PlatformError, Reading, iso
from extractors.http import Answer, malformed
from extractors.platforms.rss import read_feed
from extractors.sitemaps import Sitemap, read_sitemap, stamp
from extractors.text import html_to_text
from extractors.times import from_feed, from_iso
from extractors.values import mapping, objects
from settings import RenownError

_REMEMBERED = 20_000  # addresses that a cursor keeps
TRIES = 3  # runs in which an unreachable article is asked for
_DEPTH = 3  # indexes below each other; the protocol allows one


class Listing:
    """One run over what a site lists. `state` is the cursor: {read: {address: stamp}, forgot, until, documents: {url: validators}}."""

    def __init__(self, reading: Reading, state: dict[str, Any]) -> None:
        self.reading, self.state = reading, state
        self.validators: dict[str, dict[str, str]] = {}
        self.listed: dict[str, str] = {}  # address key → moment
        self.is_whole = True  # whether every document was read, none unchanged or left out
        self.circle: str | None = None
        known = from_iso(state.get("until"))
        self.floor = max(filter(None, [reading.start, known and known - timedelta(minutes=reading.source.overlap_minutes)]))
        self.tree = query.parse(reading.source.query, reading.settings, "news") if reading.option("match_titles", False) else None

    def documents(self) -> Iterator[list[dict[str, str]]]:
        """The entries of every sitemap, feed and list, one document after another."""
        base = self.reading.base_url
        sitemaps = _texts(self.reading.option("sitemaps", []))
        feeds, urls = _texts(self.reading.option("feeds", [])), _texts(self.reading.option("urls", []))
        if not (sitemaps or feeds or urls):
            sitemaps = self.reading.http.sitemaps(base) or [base.rstrip("/") + "/sitemap.xml"]
        visited: set[str] = set()
        for address in sitemaps:
            yield from self._sitemap(below(base, address), visited, _DEPTH)
        for address in feeds:
            feed = self._document(below(base, address), "feed", _feed)
            yield feed.entries if feed else []
        yield [{"loc": below(base, address)} for address in urls]

    def _sitemap(self, url: str, visited: set[str], depth: int) -> Iterator[list[dict[str, str]]]:
        if url in visited or not depth:
            self.circle = "the sitemaps name each other in a circle" if url in visited else "the sitemaps are nested too deep"
            return
        visited.add(url)
        document = self._document(url, "sitemap", _sitemap)
        if document is None:
            return
        yield document.entries
        for child in document.children:
            changed = from_feed(child.get("lastmod"))
            if changed and changed < self.floor - timedelta(days=1):
                self.is_whole = False
                continue
            yield from self._sitemap(below(url, child["loc"]), visited, depth - 1)

    def _document(self, url: str, endpoint: str, read: Callable[[Answer], Sitemap]) -> Sitemap | None:
        """A listing, None where it has not changed since the last whole run."""
        validators = mapping(mapping(self.state.get("documents")).get(url))
        sent = {"If-None-Match": validators.get("etag"), "If-Modified-Since": validators.get("modified")}
        headers = {name: value for name, value in sent.items() if value}

        def checked(answer: Answer) -> tuple[Answer, Sitemap | None]:
            return answer, None if answer.status == 304 else read(answer)

        answer: Answer
        document: Sitemap | None
        answer, document = self.reading.http.get_page(url, headers=headers, endpoint=endpoint, read=checked)
        if document is None or not document.children:
            lowered = {name.lower(): value for name, value in answer.headers.items()}
            found = {"etag": lowered.get("etag"), "modified": lowered.get("last-modified")}
            self.validators[url] = {name: value for name, value in found.items() if value} or dict(validators)
        self.is_whole = self.is_whole and document is not None
        return document

    def fresh(self, entries: Iterable[dict[str, str]]) -> list[dict[str, str]]:
        """Of these entries what the source wants and has not read, the oldest first."""
        found: dict[str, dict[str, str]] = {}
        for entry in entries:
            moment = _moment(entry)
            if not is_web(entry["loc"]) or (moment and moment < self.reading.start) or not self._is_wanted(entry):
                continue
            key = address_key(entry["loc"])
            self.listed[key] = iso(moment) if moment else ""
            forgotten = bool(moment) and self.listed[key] <= self.state.get("forgot", "")
            known = self.state["read"].get(key)
            if (known is None and not forgotten) or (known is not None and known not in (mark_of(entry), f"!{TRIES}")):
                found[key] = entry
        return sorted(found.values(), key=lambda entry: (iso(_moment(entry) or self.reading.end), entry["loc"]))

    def _is_wanted(self, entry: Mapping[str, str]) -> bool:
        include, exclude = (_texts(self.reading.option(name, [])) for name in ("include", "exclude"))
        if include and not any(re.search(pattern, entry["loc"]) for pattern in include):
            return False
        if any(re.search(pattern, entry["loc"]) for pattern in exclude):
            return False
        if self.tree is None or not entry.get("title"):
            return True
        title = html_to_text(entry["title"])
        return query.matches(self.tree, Mention(platform="news", site="", native_id="", kind="article", title=title).to_dict())

    def finished(self) -> dict[str, Any]:
        """The cursor of a whole run: what is no longer listed is forgotten, the oldest first where too much is listed."""
        read: dict[str, str] = self.state["read"]
        forgot = self.state.get("forgot", "")
        if self.is_whole:
            read = {key: mark for key, mark in read.items() if key in self.listed}
        if len(read) > _REMEMBERED:
            dated = sorted((moment, key) for key in read if (moment := self.listed.get(key, "")))
            for moment, key in dated[: len(read) - _REMEMBERED]:
                forgot = max(forgot, moment)
                del read[key]
        return {
            "until": iso(self.reading.end),
            "read": read,
            "documents": self.validators,
            **({"forgot": forgot} if forgot else {}),
        }


def _sitemap(answer: Answer) -> Sitemap:
    try:
        return read_sitemap(answer.body)
    except RenownError as error:
        if "entities" in error.what:
            raise PlatformError("fatal", f"news: {error.what}", "read another sitemap", code="entities") from None
        raise malformed("news", "a sitemap", answer.body) from None


def _feed(answer: Answer) -> Sitemap:
    """A feed's entries in the names of a sitemap."""
    entries = []
    for entry in objects(read_feed(answer.body).get("entries")):
        known = {"loc": entry.get("link"), "title": entry.get("title"), "publication_date": entry.get("published") or entry.get("updated"),
                 "lastmod": entry.get("updated")}  # fmt: skip
        named = {name: value.strip() for name, value in known.items() if isinstance(value, str) and value.strip()}
        if "loc" in named:
            entries.append({**named, "loc": below(answer.url, named["loc"])})
    return Sitemap(entries=entries)


def native_id_of(url: str) -> str:
    """An address without fragment and tracking parameters."""
    try:
        return str(normalize_url(urldefrag(url.strip()).url))
    except (ValueError, AttributeError, TypeError):
        return url.strip()


def _moment(entry: Mapping[str, str]) -> datetime | None:
    """The later of publication and change."""
    return max(filter(None, (from_feed(entry.get(name)) for name in ("publication_date", "lastmod"))), default=None)


def address_key(url: str) -> str:
    return hashlib.sha256(native_id_of(url).encode("utf-8", "surrogatepass")).hexdigest()[:12]


def mark_of(entry: Mapping[str, str]) -> str:
    return hashlib.sha256(stamp(entry).encode("utf-8", "surrogatepass")).hexdigest()[:6]


def _texts(value: Any) -> list[str]:
    return [str(part) for part in ([value] if isinstance(value, str) else value or [])]


def below(base: str, address: str) -> str:
    try:
        return urljoin(
            base.rstrip("/") + "/" if not urlsplit(base).path.endswith((".xml", ".gz", ".txt")) else base, address.strip()
        )
    except ValueError:
        return address


def is_web(url: str) -> bool:
    return url.startswith(("http://", "https://")) and bool(host_of(url))


def host_of(url: str | None) -> str:
    try:
        return (urlsplit(url).hostname or "") if url else ""
    except ValueError:
        return ""
