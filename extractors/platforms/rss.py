"""News feeds: RSS 0.9x/1.0/2.0, Atom, RDF and JSON Feed, by conditional GET and RFC 5005 paging.

    feed ──(ETag, Last-Modified)──► feedparser ──► {entry, feed} ──► article
      ├─ options.full_text: the entry's link ──► page ──► read_article
      └─ rel=next | prev-archive (history, or a gap since the last read) ──► older documents
feedparser's dates are not used: it reads some formats wrongly and silently (2016/6/29 as the 1st of June, MEST off by 14 hours); the raw
string is parsed strictly or not at all.
"""

from __future__ import annotations

import hashlib
import html
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urljoin, urlsplit

import feedparser

from extractors.article_lines import slim
from extractors.article_text import read_article
from extractors.base import (
    Contract,
    Engagement,
    ErrorRule,
    Item,
    Mention,
    Page,
    PlatformError,
    Reading,
    Tombstone,
    contract_error,
    iso,
)
from extractors.decoding import inflated
from extractors.http import MAX_BYTES, Answer, malformed
from extractors.jsons import dump
from extractors.markup import decode_text
from extractors.shapes.feed_cleaning import without_strangers
from extractors.text import flowing, html_to_text, plain, read_html, unique
from extractors.times import from_feed, from_iso, zone_of
from extractors.values import coordinates, count, mapping, objects, text_or_none
from settings import RenownError

CONTRACT = Contract(
    platform="rss",
    base_url=None,
    endpoints=("feed", "article"),
    auth="none",
    credential_env=None,
    cursor="page",
    is_sorted=False,
    page_limit=1000,
    cap=None,
    errors=(
        ErrorRule("401", "fatal", "unauthorized", "read a public feed instead"),
        ErrorRule("403", "fatal", "forbidden", "ask the publisher, or read another feed"),
        ErrorRule("404", "fatal", "not found", "correct the source's base_url"),
        ErrorRule("410", "fatal", "the feed is gone", "switch the source off"),
        ErrorRule("429", "wait_until", "too many requests", "lower the source's rate"),
        ErrorRule("500", "retry", "internal error"),
        ErrorRule("502", "retry", "bad gateway"),
        ErrorRule("503", "retry", "service unavailable"),
    ),
    time_formats=("RFC 822", "RFC 3339", "W3CDTF"),
    deletion="not offered: an entry slides out of the window, and an address that fails is no proof",
    edits="updated after published",
    history_limit="the window of the feed, or its RFC 5005 archive",
    terms="the publisher's own terms",
    not_offered=(
        "author_id",
        "author_handle",
        "author_followers",
        "page_id",
        "parent_id",
        "conversation_id",
        "country",
        "rating",
        # its page is another document, written by other rules: what it says of title and text would pass for an edit of the entry
        "a look at one entry again (a feed has no address for it)",
    ),
    kinds=("article",),
    collects=("articles of a feed", "their pages in full text (options.full_text)"),
    how_to="no credential needed",
    rate=(20, 60.0),
    options={
        "full_text": "true: fetch each new entry's page and read the article there, where the feed gives a summary",
        "timezone": "the feed's time zone, for dates that state none",
    },
)
_KNOWN_PAGES = 5000  # entries whose pages a cursor remembers
_CHUNK = 20
_OLDER = ("prev-archive", "next")
_MARKED = re.compile(r"<(?:/?p|br\s*/?|/?div|a\s[^<>]*href=[^<>]*)>", re.I)
_ESCAPED = re.compile(r"&lt;(?:/?p|br\s*/?|/?div|a\s+href=[^&<>]{1,2000})(?:&(?!gt;)[^&<>]{0,2000}){0,20}&gt;", re.I)
_ROOT = re.compile(rb"<(?:\w+:)?(rss|feed|rdf)\b", re.I)


def pages(reading: Reading) -> Iterator[Page]:
    """The subscription document if it changed, then older ones down to history_start or to what the last run had read.

    cursor: {etag, modified, until} after a whole read, with {older, at} while one is under way, {pages: entry → stamp} with full_text.
    """
    kept = dict(reading.cursors.get("") or {})
    cursor = dict(kept)
    if cursor.get("older"):
        answer, document = reading.http.get(cursor["older"], endpoint="feed", read=_live)
    else:
        answer, document = reading.http.get(reading.base_url, headers=_conditions(cursor), endpoint="feed", read=_live)
        if document is None:
            return
        cursor |= {**_validators(answer.headers), "at": iso(reading.end)}
    known = from_iso(cursor.get("until"))
    overlapped = known - timedelta(minutes=reading.source.overlap_minutes) if known else None
    floor = max(filter(None, [reading.start, overlapped]))
    read = {reading.base_url}
    while True:
        found = list(_items(document or {}, reading.source.site, answer.url, reading.option("timezone", None)))
        dates = [when for when in (_published(item.value) for item in found) if when]
        older = _older(document or {}, answer.url)
        finished = not older or older in read or (bool(dates) and max(dates) < floor)
        gap = _gap(known, dates, older, older in read)
        if reading.option("full_text", False):
            visits = dict(mapping(cursor.get("pages")))
            for chunk in _in_full(reading, found, visits):
                yield Page(chunk, "", {**kept, "pages": dict(visits)})
            cursor["pages"], found = dict(list(visits.items())[-_KNOWN_PAGES:]), []
        whole = {name: value for name, value in cursor.items() if name not in ("older", "at")} | {"until": cursor["at"]}
        kept = whole if finished else {**cursor, "older": older}
        yield Page(found, "", kept, more=not finished, gap=gap)
        if finished or older is None:
            return
        read.add(older)
        answer, document = reading.http.get(older, endpoint="feed", read=_live)


def _in_full(reading: Reading, found: list[Item], visits: dict[str, str]) -> Iterator[list[Item]]:
    """The entries that were not read yet, or changed since, joined with their pages, a few at a time; `visits` is kept up to date."""
    chunk: list[Item] = []
    for item in found:
        key = hashlib.sha256(item.native_id.encode("utf-8", "surrogatepass")).hexdigest()[:12]
        entry = item.value["entry"]
        stamp = hashlib.sha256(f"{entry.get('updated')} {entry.get('published')}".encode("utf-8", "surrogatepass")).hexdigest()[
            :6
        ]
        if visits.get(key) == stamp:
            continue
        joined = _joined(reading, item)
        if not mapping(joined.value.get("page")).get("again"):
            visits[key] = stamp
        chunk.append(joined)
        if len(chunk) >= min(reading.source.page_size or _CHUNK, _CHUNK):
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _joined(reading: Reading, item: Item) -> Item:
    """The item with its page, or with why there is none; `again`: worth another try at the next run."""
    url = _absolute(item.value["entry"].get("link"), mapping(item.value.get("feed")).get("link"))
    if not url or not url.startswith(("http://", "https://")):
        return item

    def read(answer: Answer) -> dict[str, Any]:
        return {"url": answer.url, "html": slim(decode_text(answer.body, answer.headers.get("content-type")))}

    try:
        page = reading.http.get_page(url, headers={"Accept": "text/html, */*;q=0.5"}, endpoint="article", read=read)
    except PlatformError as error:
        if error.action == "stop" or error.code == "429":
            raise
        page = {"failed": error.code, **({"again": True} if error.action == "retry" else {})}
    return make_item({**item.value, "page": page}, item.site)


def _older(document: dict[str, Any], url: str) -> str | None:
    links = objects(document.get("links"))
    return next((urljoin(url, link["href"]) for rel in _OLDER for link in links if link["rel"] == rel), None)


def _gap(known: datetime | None, dates: list[datetime], older: str | None, loops: bool) -> str | None:
    """Why entries may be missing: the window slid past what was read last, or the paging links run in a circle."""
    if known and not older and dates and min(dates) > known:
        return "the feed's window slid past what was read last"
    return "the feed's paging runs in a circle" if loops else None


def _conditions(cursor: Mapping[str, Any]) -> dict[str, str]:
    sent = {"If-None-Match": cursor.get("etag"), "If-Modified-Since": cursor.get("modified")}
    return {
        "Accept": "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5",
        **{name: value for name, value in sent.items() if value and cursor.get("until")},
    }


def _validators(headers: Mapping[str, str]) -> dict[str, Any]:
    lowered = {name.lower(): value for name, value in headers.items()}
    return {"etag": lowered.get("etag"), "modified": lowered.get("last-modified")}


def _live(answer: Answer) -> tuple[Answer, dict[str, Any] | None]:
    """(answer, feed document), None for a 304. A body that breaks off is no feed: half of it would pass as the whole."""
    if answer.status == 304:
        return answer, None
    body = _inflated(answer.body).replace(b"\x00", b"")
    root = _ROOT.search(body[:8192])
    if root and not re.search(rb"</\s*(?:\w+:)?" + root[1] + rb"\s*>", body[-4096:], re.I):
        raise malformed("rss", "a whole feed", answer.body)
    return answer, read_feed(answer.body, answer.headers.get("content-type"))


def decode(body: bytes) -> list[Any]:
    """The feed of a recorded body. Raises PlatformError where it is none."""
    return [read_feed(body)]


def read_feed(body: bytes, content_type: str | None = None) -> dict[str, Any]:
    """A feed document as plain JSON: {title, link, language, version, links: [{rel, href}], entries: [..]}.

    Raises PlatformError (retry) for anything that is not a feed, (fatal) for XML that declares entities.
    """
    body = _inflated(body)
    head = body[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith((b"{", b"[")):
        return _json_feed(body)
    if _declares_entities(body):
        raise PlatformError(
            "fatal", "rss: the document declares XML entities", "read another feed: such documents are refused", code="entities"
        )
    cleaned = without_strangers(body)
    headers = _charset(content_type) if cleaned is None else {}
    try:
        parsed = feedparser.parse(
            io.BytesIO(cleaned or body), sanitize_html=False, resolve_relative_uris=True, response_headers=headers
        )
    except Exception as error:  # feedparser's own faults on odd bytes must not end a run
        raise malformed("rss", f"a feed ({type(error).__name__})", body) from None
    if not parsed.get("version") and not parsed.entries and not _ROOT.search(head.replace(b"\x00", b"")):
        raise malformed("rss", "a feed", body)
    feed = parsed.feed
    return {
        "title": feed.get("title"),
        "link": feed.get("link"),
        "language": feed.get("language"),
        "version": parsed.get("version"),
        "author": _feed_author(parsed),
        "links": [{"rel": link.get("rel"), "href": link["href"]} for link in feed.get("links", []) if link.get("href")],
        "entries": [_entry(entry) for entry in parsed.entries],
    }


def _feed_author(parsed: Any) -> str | None:
    """Who wrote the entries that name nobody: Atom's own rule (RFC 4287, 4.2.1). RSS knows an editor of the channel only."""
    if not str(parsed.get("version")).startswith("atom"):
        return None
    return text_or_none(mapping(parsed.feed.get("author_detail")).get("name"))


def _declares_entities(body: bytes) -> bool:
    """Whether the prolog, that is what stands before the root element, defines entities. An external DTD is not loaded by the parser."""
    plain = re.sub(rb"<!--.*?-->", b"", body.replace(b"\x00", b""), flags=re.S)
    root = _ROOT.search(plain)
    return re.search(rb"<!ENTITY", plain[: root.start()] if root else plain, re.I) is not None


def _charset(content_type: str | None) -> dict[str, str]:
    """The encoding that the server names, as feedparser takes it; whatever else it calls the document (text/html) says nothing."""
    found = re.search(r"charset\s*=\s*[\"']?([\w.:-]+)", content_type or "", re.I)
    return {"content-type": f"application/xml; charset={found[1]}"} if found else {}


def _inflated(body: bytes) -> bytes:
    """A body that is still gzipped (feedparser gives no entries for it), within the size limit."""
    try:
        return inflated(body, MAX_BYTES)
    except RenownError as error:
        if "more than" in error.what:
            raise PlatformError("fatal", f"rss: {error.what}", "read another feed", code="size") from None
        raise malformed("rss", "a feed", body) from None


def _entry(entry: Any) -> dict[str, Any]:
    """What feedparser read of an entry, without its dates' guesses, as plain JSON (ids and texts as they came)."""
    own = {name: value for name, value in dict.items(entry) if not name.endswith("_parsed") and not name.endswith("_detail")}
    detail = dict.get(entry, "author_detail")
    if isinstance(detail, dict) and detail.get("name"):
        own["author_name"] = detail["name"]
    return dict(json.loads(json.dumps(own, default=str)))


def _json_feed(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError):
        raise malformed("rss", "a feed", body) from None
    feed = mapping(value)
    if not isinstance(feed.get("items"), list):
        raise malformed("rss", "a feed", body)
    link = feed.get("next_url")
    return {
        "title": feed.get("title"),
        "link": feed.get("home_page_url"),
        "language": feed.get("language"),
        "version": "json",
        "links": [{"rel": "next", "href": link}] if isinstance(link, str) and link else [],
        "entries": [_json_entry(entry, feed) for entry in objects(feed["items"])],
    }


def _json_entry(entry: dict[str, Any], feed: dict[str, Any]) -> dict[str, Any]:
    """An item of JSON Feed 1.0/1.1 in the names that feedparser uses."""
    authors = [
        mapping(a).get("name")
        for a in [entry.get("author"), *objects(entry.get("authors")), feed.get("author"), *objects(feed.get("authors"))]
    ]
    plain_text = entry.get("content_text")
    content = (
        {"type": "text/html", "value": entry["content_html"]}
        if entry.get("content_html")
        else {"type": "text/plain", "value": plain_text or ""}
    )
    attachments = [{"href": a.get("url"), "type": a.get("mime_type")} for a in objects(entry.get("attachments"))]
    known = {
        "id": None if entry.get("id") is None else str(entry["id"]),
        "link": entry.get("url") or entry.get("external_url"),
        "title": entry.get("title"),
        "summary": entry.get("summary"),
        "content": [content] if content["value"] else [],
        "published": entry.get("date_published"),
        "updated": entry.get("date_modified"),
        "author_name": next((a for a in authors if a), None),
        "language": entry.get("language"),
        "enclosures": attachments,
    }
    return {name: value for name, value in known.items() if value not in (None, [])}


def error_of(value: Any, status: int, headers: Mapping[str, str]) -> PlatformError | None:
    """Feeds have no error form of their own: the HTTP status decides."""
    return contract_error(CONTRACT, status, "", "retry" if status >= 500 else "fatal") if status >= 400 else None


def items(value: Any, url: str | None, site: str) -> Iterator[Item]:
    """One item an entry; the site is the source's, else the host of `url` or of the feed's own link."""
    yield from _items(mapping(value), site, url)


def _items(document: dict[str, Any], site: str, url: str | None, zone: Any = None) -> Iterator[Item]:
    link = document.get("link")
    site = site or _host(url) or _host(link if isinstance(link, str) else None)
    feed = {name: document[name] for name in ("title", "language", "link", "author") if isinstance(document.get(name), str)}
    if zone:
        feed["zone"] = str(zone)
    if url and not str(feed.get("link") or "").startswith(("http://", "https://")):
        feed["link"] = _absolute(feed.get("link"), url) or url
    listed = objects(document.get("entries"))
    shared = {"id": _shared(listed, "id", "link", feed.get("link")), "link": _shared(listed, "link", "title", None)}
    for entry in listed:
        marks = [name for name in shared if entry.get(name) in shared[name]] if entry.get("id") in shared["id"] else []
        yield make_item({"entry": entry, "feed": feed, **({"shared": marks} if marks else {})}, site)


def _shared(listed: list[dict[str, Any]], name: str, other: str, home: str | None) -> set[str]:
    """Values of a field that name no entry: the feed's own address, and what entries bear that differ in the other field."""
    found: dict[str, set[str]] = {}
    for entry in listed:
        if text_or_none(entry.get(name)):
            found.setdefault(entry[name], set()).add(str(entry.get(other)))
    return {own for own, others in found.items() if len(others) > 1 or (own == home and others != {home})}


def _host(url: str | None) -> str:
    try:
        return (urlsplit(url).hostname or "") if url else ""
    except ValueError:
        return ""


def make_item(envelope: dict[str, Any], site: str) -> Item:
    """The Item of {entry, feed, page?, shared?}; native id: guid, else link, where it is the entry's own; else a hash of title, date, text."""
    entry = mapping(envelope.get("entry"))
    names = [name for name in ("id", "link") if name not in (envelope.get("shared") or ())]
    native_id = next((told for name in names if (told := text_or_none(entry.get(name)))), None)
    if not native_id:
        known = [str(entry.get(name) or "") for name in ("title", "published", "summary")]
        native_id = (
            "sha256:" + hashlib.sha256("\x1f".join(known).encode("utf-8", "surrogatepass")).hexdigest()[:32] if any(known) else ""
        )
    return Item("article", native_id.strip(), site, dump(envelope), envelope)


def to_mention(item: Item, fetched_at: datetime | None) -> Mention:
    """One entry as an article: full text where the feed has it (content:encoded, atom:content), else the summary."""
    entry, feed = mapping(item.value.get("entry")), mapping(item.value.get("feed"))
    text, links, images = _body(entry)
    published = _published(item.value)
    updated = from_feed(entry.get("updated"), zone_of(feed.get("zone")))
    title = text_or_none(entry.get("title"))
    language = next((c.get("language") for c in objects(entry.get("content")) if c.get("language")), None)
    latitude, longitude = _point(entry)
    page = mapping(item.value.get("page"))
    article = read_article(page["html"], text_or_none(page.get("url")), fetched_at) if isinstance(page.get("html"), str) else None
    full = article.text if article and article.text and len(article.text) >= len(text) else None
    return Mention(
        platform="rss",
        site=item.site,
        native_id=item.native_id,
        kind="article",
        url=_absolute(entry.get("link"), feed.get("link")),
        title=" ".join(html_to_text(title).split()) if title else None,
        text=full or text,
        author_name=_name(entry.get("author_name"))
        or _name(entry.get("author"))
        or (article and article.author_name)
        or _name(mapping(mapping(entry.get("source")).get("author_detail")).get("name"))
        or _name(feed.get("author")),
        page_name=" ".join(html_to_text(feed["title"]).split()) if text_or_none(feed.get("title")) else None,
        created_at=published or (article.published_at if article else None),
        created_at_raw=_raw_date(entry) or (article.published_raw if article else None),
        edited_at=updated if updated and published and updated > published else None,
        language_hint=text_or_none(entry.get("language")) or text_or_none(language) or text_or_none(feed.get("language")),
        latitude=latitude,
        longitude=longitude,
        engagement=Engagement(comments=count(entry.get("slash_comments"))),
        links=article.links if article and full else links,
        media_count=_media(entry, images) or (article.media_count if article else 0),
        truncated=article.truncated if article and full else bool(page),
    )


def _name(value: Any) -> str | None:
    return plain(value) or None if isinstance(value, str) else None


def _absolute(link: Any, base: Any) -> str | None:
    """The entry's address; a relative one is joined to the feed's own."""
    try:
        return urljoin(str(base or ""), link.strip()) if isinstance(link, str) and link.strip() else None
    except ValueError:
        return link.strip() or None


def _body(entry: dict[str, Any]) -> tuple[str, tuple[str, ...], int]:
    """The longest of the entry's contents, else its summary, as (plain text, links, images)."""
    bodies = [content for content in objects(entry.get("content")) if isinstance(content.get("value"), str)]
    best = max(bodies, key=lambda content: len(content["value"]), default=None)
    if best and best.get("type") == "text/plain" and not _MARKED.search(best["value"]):  # an itunes:summary is called plain in any case
        return best["value"].strip(), (), 0
    full = read_html(_laid_out(best["value"])) if best else ("", (), 0)
    return full if full[0] else read_html(_laid_out(str(entry.get("summary") or "")))


def _laid_out(source: str) -> str:
    """HTML without the line ends of its source; plain words that only happen to hold a tag keep theirs. What was escaped twice is HTML."""
    if _ESCAPED.search(source) and not _MARKED.search(source):
        source = html.unescape(source)
    return flowing(source) if re.search(r"<(?:p|br|div|li|h[1-6]|td)\b", source, re.I) else source


def _raw_date(entry: dict[str, Any]) -> str | None:
    return next(
        (text for text in (text_or_none(entry.get(name)) for name in ("published", "updated", "created", "date")) if text), None
    )


def _published(envelope: dict[str, Any]) -> datetime | None:
    return from_feed(_raw_date(mapping(envelope.get("entry"))), zone_of(mapping(envelope.get("feed")).get("zone")))


def _media(entry: dict[str, Any], images: int) -> int:
    listed = [*objects(entry.get("enclosures")), *objects(entry.get("media_content")), *objects(entry.get("links"))]
    found = unique(e.get("href") or e.get("url") for e in listed if e.get("rel", "enclosure") == "enclosure")
    return len(found) or images


def _point(entry: dict[str, Any]) -> tuple[float | None, float | None]:
    if "geo_lat" in entry:
        return coordinates(entry.get("geo_lat"), entry.get("geo_long"))
    point = mapping(entry.get("where")).get("coordinates")  # GeoJSON order: longitude, latitude
    return coordinates(point[1], point[0]) if isinstance(point, list) and len(point) == 2 else (None, None)


def tombstones(item: Item) -> Iterable[Tombstone]:
    """Feeds tell of no deletions."""
    return []
