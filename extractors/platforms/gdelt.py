"""GDELT DOC 2.0: news articles of the world by keyword, as a crawler saw them; no pages, so time is cut until a slice fits an answer.

    doc?query&startdatetime&enddatetime ──► articles[] (250 at most: else half the time) ──► {item, article?} ──► article
                                                    └─ options.full_text: the page itself ──► its text and its own time
Sources: the project's announcement of the DOC 2.0 API, client libraries and their issues (plain-text errors with HTTP 200, odd JSON).
`seendate` is when the crawler saw an article, to the quarter of an hour, not when it was published. No recording of it exists here.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode, urlsplit

from extractors import article_text, query
from extractors.base import (
    Contract,
    ErrorRule,
    Item,
    Mention,
    Page,
    PlatformError,
    Reading,
    Tombstone,
    contract_error,
)
from extractors.http import Answer as Response
from extractors.http import malformed
from extractors.jsons import dump
from extractors.limits import wait_seconds
from extractors.markup import decode_text
from extractors.platforms import rss
from extractors.slices import LOOP, Answer, Slice, walk
from extractors.source_options import NUMBER
from extractors.text import plain
from extractors.times import from_feed
from extractors.values import mapping, objects, text_or_none

_QUERY = "correct the source's query"
CONTRACT = Contract(
    platform="gdelt",
    base_url="https://api.gdeltproject.org",
    endpoints=("doc",),
    auth="none",
    credential_env=None,
    cursor="time_slice",
    is_sorted=True,
    page_limit=250,
    cap=250,
    errors=(
        ErrorRule(
            "429",
            "wait_until",
            "too many requests, or the service sheds load",
            "run again later: it serves one request in 5 seconds",
        ),
        ErrorRule(
            "rate_limit", "wait_until", "one request in 5 seconds", "run again later, and let no one else ask from this address"
        ),
        ErrorRule(
            "query_length", "fatal", "the query is too short or too long", "shorten the query, or split it into several sources"
        ),
        ErrorRule("keyword", "fatal", "a keyword is too short, too long or too common", _QUERY),
        ErrorRule("phrase", "fatal", "a phrase is too short", _QUERY),
        ErrorRule("character", "fatal", "a keyword holds a reserved character", "put it into double quotes"),
        ErrorRule("syntax", "fatal", "parentheses and OR do not fit", _QUERY),
        ErrorRule("timespan", "fatal", "the interval is shorter than a quarter of an hour", "ask for a longer interval"),
        ErrorRule(
            "date",
            "fatal",
            "the interval is not one that can be searched",
            "set history_start to a date of the last three months",
        ),
        ErrorRule("message", "fatal", "the service refused the query in words", _QUERY),
        ErrorRule("400", "fatal", "bad request", _QUERY),
        ErrorRule("403", "fatal", "forbidden", "set an identifying user_agent in the general configuration"),
        ErrorRule("404", "fatal", "not found", "correct the source's base_url"),
        ErrorRule("500", "retry", "internal error"),
        ErrorRule("502", "retry", "bad gateway"),
        ErrorRule("503", "retry", "service unavailable"),
        ErrorRule("504", "retry", "gateway timeout"),
    ),
    time_formats=("seendate: YYYYMMDDThhmmssZ, the crawl's quarter of an hour",),
    deletion="not offered: the index keeps what publishers remove",
    edits="none",
    history_limit="a rolling window of three months",
    terms="GDELT's terms of use: free for any use, with attribution; articles belong to their publishers",
    not_offered=(
        "author_id",
        "author_handle",
        "author_followers",
        "author_following",
        "author_posts",
        "author_created_at",
        "author_verified",
        "author_location",
        "page_followers",
        "parent_id",
        "conversation_id",
        "in_reply_to_author_id",
        "repost_of_id",
        "quote_of_id",
        "place_name",
        "latitude",
        "longitude",
        "rating",
        "hashtags",
        "mentions",
    ),
    kinds=("article",),
    query_limit=250,
    min_interval={"doc": 5.0},
    collects=("news articles by keyword: titles and addresses, with options.full_text the text too",),
    how_to="no credential needed",
    rate=(1, 5.0),
    options={
        "full_text": "true: fetch each article's page and read its text (robots.txt is kept)",
        "history_days": "how far back the service searches (90)",
    },
    forms={"history_days": NUMBER},
)
SHORTEST = 900  # seconds: seendate's step, and the shortest interval that the service takes
_SLACK = 3600  # seconds that an article may lie outside of the interval asked for
_SENTENCES = (
    ("limit requests", "rate_limit"),
    ("too many requests", "rate_limit"),
    ("rate limit", "rate_limit"),
    ("keywords were too short", "keyword"),
    ("query was too short", "query_length"),
    ("query is too long", "query_length"),
    ("phrase is too short", "phrase"),
    ("illegal character", "character"),
    ("parenthe", "syntax"),
    ("or clause", "syntax"),
    ("boolean or", "syntax"),
    ("timespan is too short", "timespan"),
    ("date", "date"),
)
_CSV_HEAD = re.compile(r'"?URL"?,\s*"?\w+"?,', re.I)
_BAD_ESCAPE = re.compile(r'(?<!\\)((?:\\\\)*)\\(?!["\\/bfnrt]|u[0-9a-fA-F]{4})')
# how GDELT names the languages that it translates, and their codes
_NAMES = (
    "afrikaans=af albanian=sq amharic=am arabic=ar armenian=hy azerbaijani=az basque=eu belarusian=be bengali=bn bosnian=bs "
    "bulgarian=bg burmese=my catalan=ca chinese=zh croatian=hr czech=cs danish=da dutch=nl english=en esperanto=eo "
    "estonian=et filipino=tl finnish=fi french=fr galician=gl georgian=ka german=de greek=el gujarati=gu hebrew=he hindi=hi "
    "hungarian=hu icelandic=is indonesian=id irish=ga italian=it japanese=ja kannada=kn kazakh=kk khmer=km korean=ko "
    "kurdish=ku kyrgyz=ky lao=lo latvian=lv letzeburgesch=lb lithuanian=lt macedonian=mk malay=ms malayalam=ml maltese=mt "
    "marathi=mr mongolian=mn nepali=ne norwegian=no norwegianbokmal=nb norwegiannynorsk=nn oriya=or pashto=ps persian=fa "
    "polish=pl portuguese=pt punjabi=pa romanian=ro russian=ru serbian=sr sinhalese=si slovak=sk slovenian=sl somali=so "
    "spanish=es swahili=sw swedish=sv tagalog=tl tajik=tg tamil=ta tatar=tt telugu=te thai=th tibetan=bo turkish=tr "
    "turkmen=tk ukrainian=uk urdu=ur uzbek=uz vietnamese=vi welsh=cy yiddish=yi "
)
_LANGUAGES = dict(pair.split("=") for pair in _NAMES.split())


def pages(reading: Reading) -> Iterator[Page]:
    """Articles by time slice for each string of the query; full slices are halved, down to a quarter of an hour."""
    days = float(reading.option("history_days", 90))
    oldest = reading.end - timedelta(days=days)
    lost = f"nothing before the last {days:g} days can be searched" if reading.start < oldest else None
    given = replace(reading, start=max(reading.start, oldest))
    tree = query.parse(reading.source.query, reading.settings, "gdelt")
    for text in query.compile_for(tree, "gdelt", CONTRACT.query_limit).queries:
        stream = f"search:{sha256(text.encode()).hexdigest()[:12]}"
        full: list[str] = []
        missing = lost if stream not in reading.cursors else None
        limit = min(reading.source.page_size or CONTRACT.page_limit, CONTRACT.page_limit)
        for page in walk(given, stream, partial(_search, given, text, limit, full), cap=limit):
            yield replace(page, gap=page.gap or missing or (full.pop() if full else None))
            missing = None


def _search(reading: Reading, text: str, limit: int, full: list[str], piece: Slice) -> Answer:
    start = min(piece.start, piece.end - SHORTEST)
    sent = {
        "query": text,
        "mode": "artlist",
        "format": "json",
        "sort": "datedesc",
        "maxrecords": limit,
        "startdatetime": _stamp(start),
        "enddatetime": _stamp(piece.end),
    }
    value = reading.http.get(f"{reading.base_url}/api/v2/doc/doc?{urlencode(sent)}", endpoint="doc", read=partial(_read, reading))
    found = list(items(value, None, reading.source.site))
    dates = [when.timestamp() for when in (_seen(mapping(item.value.get("item"))) for item in found) if when]
    if dates and not any(start - _SLACK <= when <= piece.end + _SLACK for when in dates):
        raise PlatformError("retry", "gdelt: the articles are not of the interval that was asked for", "run again", code=LOOP)
    total: int | None = len(found)
    if len(found) >= limit and piece.end - piece.start <= SHORTEST:
        full.append(f"{limit} articles within {SHORTEST // 60} minutes, more cannot be read")
        total = None
    return Answer([_whole(reading, item) for item in found], None, total)


def _stamp(second: int) -> str:
    return f"{datetime.fromtimestamp(second, UTC):%Y%m%d%H%M%S}"


def _read(reading: Reading, answer: Response) -> Any:
    if error := error_of(None, answer.status, answer.headers):
        raise error
    try:
        return decode(answer.body)[0]
    except PlatformError as error:
        if error.code == "malformed":
            raise malformed("gdelt", "JSON", answer.body, reading.http.all_secrets()) from None
        error.wait_seconds = wait_seconds(answer.headers) or error.wait_seconds
        raise


def _whole(reading: Reading, item: Item) -> Item:
    """The item with what its page says, where that is asked for and can be read."""
    url = _address(mapping(item.value.get("item")))
    if not reading.option("full_text", False) or not url:
        return item
    try:
        answer = reading.http.get_page(url, endpoint="article")
        read = article_text.read_article(answer.body, answer.url, None, answer.headers.get("content-type"))
    except PlatformError:
        return item  # a page that is gone, forbidden or walled leaves the title
    told = {
        "text": read.text,
        "author_name": read.author_name,
        "published": read.published_raw,
        "published_at": read.published_at.isoformat() if read.published_at else None,
        "truncated": read.truncated,
        "links": list(read.links),
        "media_count": read.media_count,
    }
    return make_item({**item.value, "article": told}, item.site) if read.text else item


def decode(body: bytes) -> list[Any]:
    """A JSON answer (control characters and broken escapes borne), a JSON or RSS feed, CSV. Raises PlatformError for a refusal in words."""
    text = _decoded(body).strip()
    if text.startswith(("{", "[")):
        for attempt in (text, _BAD_ESCAPE.sub(r"\1\\\\", text)):
            try:
                return [json.loads(attempt, strict=False)]
            except (ValueError, RecursionError):
                continue
        raise malformed("gdelt", "JSON", body)
    if text.startswith("<"):
        if re.search(r"<(?:rss|feed|rdf:RDF)\b", text[:4096], re.I):
            try:
                return [{"feed": rss.read_feed(body)}]
            except PlatformError:
                raise malformed("gdelt", "a feed", body) from None
        if "limit requests" not in text[:2000].lower():
            raise malformed("gdelt", "JSON", body)
    if _CSV_HEAD.match(text):
        return [{"articles": [_row(row) for row in csv.DictReader(io.StringIO(text))]}]
    raise _refusal(text, body)


def _row(row: Mapping[str | None, Any]) -> dict[str, Any]:
    """A line of the CSV form (URL, MobileURL, Date, Title) under the JSON form's names."""
    named = {name.strip().lower(): value for name, value in row.items() if name}
    told = {"url": named.pop("url", None), "url_mobile": named.pop("mobileurl", None), "title": named.pop("title", None)}
    return {name: value for name, value in {**told, "seendate": named.pop("date", None), **named}.items() if value}


def _decoded(body: bytes) -> str:
    """UTF-8 with a few broken bytes borne; another encoding is detected."""
    text = body.decode("utf-8", "replace").lstrip("\ufeff")
    return text if text.count("\ufffd") <= len(text) // 100 else decode_text(body)


def _refusal(text: str, body: bytes) -> PlatformError:
    """A sentence in place of an answer. What does not read like one is a broken answer."""
    said = " ".join(text.split())
    code = next((code for part, code in _SENTENCES if part in said[:400].lower()), "message")
    if code != "rate_limit" and (len(said) > 400 or not re.match(r"[A-Z]", said) or "\ufffd" in said):
        return malformed("gdelt", "JSON", body)
    stated = re.search(r"every (\d{1,3}) seconds", said)
    wait = float(stated[1]) if stated else 5.0
    return contract_error(CONTRACT, code, said, wait_seconds=wait if code == "rate_limit" else None)


def error_of(value: Any, status: int, headers: Mapping[str, str]) -> PlatformError | None:
    """Errors are sentences (see decode()), most of them with HTTP 200; a status above that counts too."""
    if status < 400:
        return None
    wait = wait_seconds(headers) if status in (429, 503) else None
    return contract_error(CONTRACT, status, "", "retry" if status >= 500 else "fatal", wait_seconds=wait)


def items(value: Any, url: str | None, site: str) -> Iterator[Item]:
    """Articles of {articles}, of a JSON Feed's {items}, of a feed's entries and of a bare list; {} holds none."""
    answer = mapping(value)
    feed = mapping(answer.get("feed"))
    listed = value if isinstance(value, list) else answer.get("articles", answer.get("items", feed.get("entries")))
    for article in objects(listed):
        yield make_item({"item": article}, site)


def make_item(envelope: dict[str, Any], site: str) -> Item:
    """The Item of {item, article?}; the native id is the article's address."""
    return Item("article", _address(mapping(envelope.get("item"))) or "", site, dump(envelope), envelope)


def _address(article: dict[str, Any]) -> str | None:
    found = next((text for name in ("url", "link", "external_url") if (text := text_or_none(article.get(name)))), None)
    return found.strip() if found else None


def _raw_date(article: dict[str, Any]) -> str | None:
    return next(
        (text for name in ("seendate", "date_published", "published", "updated") if (text := text_or_none(article.get(name)))),
        None,
    )


def _seen(article: dict[str, Any]) -> datetime | None:
    """The crawl's time, UTC: 20230918T031500Z, 2023-09-18 03:15:00 (CSV), or a feed's own form."""
    raw = (_raw_date(article) or "").strip()
    found = re.fullmatch(r"(\d{4})-?(\d{2})-?(\d{2})[T ]?(\d{2}):?(\d{2}):?(\d{2})Z?", raw)
    return from_feed("{}-{}-{}T{}:{}:{}Z".format(*found.groups()) if found else raw)


def to_mention(item: Item, fetched_at: datetime | None) -> Mention:
    """One article as a Mention: its title is its text, unless its page was read; its time is the crawl's, unless the page states one."""
    article, page = mapping(item.value.get("item")), mapping(item.value.get("article"))
    title = text_or_none(article.get("title"))
    shown = plain(title) if title else None
    language = text_or_none(article.get("language"))
    published = from_feed(page.get("published_at"))
    address = _address(article)
    image = text_or_none(article.get("socialimage")) or text_or_none(article.get("image"))
    media = page.get("media_count")
    links = page.get("links")
    return Mention(
        platform="gdelt",
        site=item.site,
        native_id=item.native_id,
        kind="article",
        url=address,
        title=shown,
        text=text_or_none(page.get("text")) or shown,
        author_name=text_or_none(page.get("author_name")),
        page_name=text_or_none(article.get("domain")) or _host(address),
        created_at=published or _seen(article),
        created_at_raw=(text_or_none(page.get("published")) if published else None) or _raw_date(article),
        language_hint=_LANGUAGES.get(re.sub(r"\W", "", language.lower()), language) if language else None,
        country=text_or_none(article.get("sourcecountry")),
        links=tuple(link for link in links if isinstance(link, str)) if isinstance(links, list) else (),
        media_count=media if isinstance(media, int) and media else int(bool(image)),
        truncated=bool(page.get("truncated")),
    )


def _host(address: str | None) -> str | None:
    try:
        return (urlsplit(address).hostname if address else None) or None
    except ValueError:
        return None


def tombstones(item: Item) -> Iterable[Tombstone]:
    """The index tells of no deletions."""
    return []
