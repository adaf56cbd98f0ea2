"""Review sites and forums by declaration: what stands where is written in the source's options, so that no code is needed.

    list page ──(selectors of the options)──► strings ──► {item, id, as} ──► review, and the company's answer ──► reply
              └─(json_ld: true: schema.org)──► Review, its comments    ──► {item, id, about}
    next page: {page} of the address, or the link that options.next finds
Pages are made for people: robots.txt and its crawl delay are kept. Reviews of the last options.thread_hours are read again for edits
and answers. Sources: schema.org; the site's own pages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

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
from extractors.decoding import decode_json
from extractors.http import Answer as HttpAnswer
from extractors.http import malformed
from extractors.jsons import dump
from extractors.limits import wait_seconds
from extractors.markup import decode_text, html_tree
from extractors.shapes import review_items, schema_org
from extractors.shapes.review_options import SiteOptions, read_options
from extractors.slices import Answer, Slice, walk
from extractors.text import read_html, unique, urls
from extractors.times import from_feed
from extractors.values import count, mapping, text_or_none
from extractors.wholeness import Wholeness
from settings import RenownError, load_settings

_READS = 2  # of a list, before something counts as absent: between two pages of one read a review may move up
_OLDER = timedelta(days=1)  # than the absent one: many sites tell the day only
_FEW = 3  # absent at once; more of them, and most of what was looked for, is a fault of the site rather than people's doing
_ADDRESS_MEND = "correct options.list in sources.yml"
CONTRACT = Contract(
    platform="review_site",
    base_url=None,
    endpoints=("list page",),
    auth="none",
    credential_env=None,
    cursor="page",
    is_sorted=False,
    page_limit=1000,
    cap=None,
    errors=(
        ErrorRule("401", "fatal", "the site wants a login", "read a public page instead"),
        ErrorRule("403", "fatal", "forbidden", "ask the site's owner, or leave the site out"),
        ErrorRule("404", "fatal", "not found", _ADDRESS_MEND),
        ErrorRule("410", "fatal", "the page is gone", _ADDRESS_MEND),
        ErrorRule("429", "wait_until", "too many requests", "lower the source's rate"),
        ErrorRule("500", "retry", "internal error"),
        ErrorRule("502", "retry", "bad gateway"),
        ErrorRule("503", "retry", "service unavailable"),
    ),
    time_formats=("as the options declare: a format, a zone, languages; relative ones against the time of fetching", "ISO 8601"),
    deletion="sort newest: a review that two reads of its list lack, though they hold older ones, and an answer that its review lacks, within "
    "a week of writing; not offered for unsorted lists and json_ld (a page's mark-up need not be complete)",
    edits="a review whose text changed is a new version",
    history_limit="what the site lists",
    terms="the site's own terms and robots.txt",
    not_offered=(
        "author_followers",
        "author_following",
        "author_posts",
        "author_created_at",
        "author_verified",
        "page_followers",
        "latitude",
        "longitude",
        "quotes",
    ),
    kinds=("review", "post", "reply", "comment"),
    collects=("reviews of a list", "the company's answers"),
    how_to="no credential needed",
    rate=(20, 60.0),
    options={
        "list": "address of a list page; {page} is its number, {id} one of `ids`; relative to base_url",
        "ids": "the companies' names in the site's addresses; they become page_id, and the author of official answers",
        "first_page": "number of the first page: 1",
        "step": "what the page number grows by: 1",
        "next": "CSS selector of the link to the next page, where the address holds no {page}",
        "max_pages": "pages read at most in a run: 200",
        "sort": "newest: newest first, so that reading stops at what is known; unsorted: everything is read each time",
        "thread_hours": "how long a review is read again for an answer: 72",
        "repeats_at_end": "true where the site shows its last page again past the end",
        "container": "CSS selector of what every list page has, reviews or none: tells a list from a captcha",
        "json_ld": "true: schema.org reviews (JSON-LD, microdata) instead of selectors",
        "kind": "review, or post for a forum",
        "item": "CSS selector of one review",
        "id": "where its id stands: {select, attribute, regex}",
        "fields": "name of a field: {select, attribute, regex, type: text|html|number|stars|date, out_of, count, format, zone, language}",
        "reply": "the company's answer inside a review: {item, id, fields}",
    },
)


def pages(reading: Reading) -> Iterator[Page]:
    """Every list of the options; an unsorted one moves its cursor only at its end."""
    options = read_options(reading.source.options)
    for company in options.ids or [""]:
        reader = _Lister(reading, options, company)
        for page in walk(reading, reader.stream, reader.page):
            cursor = None if options.sort == "unsorted" and page.more else page.cursor
            yield replace(page, cursor=cursor, gap=page.gap or reader.take_gap())


class _Lister:
    """The list pages of one company. A position is {page, url}: the number of pages read, and the address of the next one."""

    def __init__(self, reading: Reading, options: SiteOptions, company: str) -> None:
        self.reading, self.options, self.company = reading, options, company
        self.stream = f"list:{company}" if company else "list"
        self.is_first = not mapping(reading.cursors.get(self.stream)).get("watermark")
        self.past: Callable[[Iterable[datetime]], datetime] = (
            min  # of a page's dates, the one that ends a read where it lies before it
        )
        self._gap: str | None = None
        self._previous: list[str] = []
        self._wholeness = Wholeness()

    def take_gap(self) -> str | None:
        """The gap that the last page left, once."""
        gap, self._gap = self._gap, None
        return gap

    def page(self, piece: Slice) -> Answer:
        """One list page, and where the next one is."""
        position = mapping(piece.position)
        read = int(position.get("page") or 0)
        url = str(position.get("url") or self._address(read))
        try:
            tree, address = self.reading.http.get_page(url, endpoint="list page", read=self._tree)
        except PlatformError as error:
            if error.code not in ("404", "410") or not read or self.options.next:
                raise
            return Answer([])  # past the last number
        site = self.reading.source.site
        found = [make_item(envelope, site) for envelope in _envelopes(tree, self.options, address, self.company or None)]
        ids = [item.native_id for item in found]
        if self.options.repeats_at_end and ids == self._previous:
            return Answer([])
        self._previous = ids
        following = self._next(tree, address, read + 1) if found and not self._is_known(found, piece) else None
        if following and read + 1 >= self.options.max_pages:
            self._gap, following = f"{self.stream} has more than max_pages ({self.options.max_pages})", None
        return Answer(found, {"page": read + 1, "url": following} if following else None)

    def _address(self, read: int) -> str:
        number = self.options.first_page + read * self.options.step
        filled = self.options.address.replace("{page}", str(number)).replace("{id}", quote(self.company, safe=""))
        return urljoin(self.reading.base_url + "/", filled.lstrip("/") if not filled.startswith("//") else filled)

    def _next(self, tree: Any, address: str, read: int) -> str | None:
        if not self.options.next:
            return self._address(read) if "{page}" in self.options.address else None
        href = next((node.get("href") for node in review_items.select(tree, self.options.next) if node.get("href")), None)
        return urljoin(address, href) if href else None

    def _tree(self, answer: HttpAnswer) -> tuple[Any, str]:
        """The page's tree. A page that is no list of the site (a captcha, half a page) is malformed, never an empty list."""
        secrets = self.reading.http.all_secrets()
        text = decode_text(answer.body, answer.headers.get("content-type"))
        if not self._wholeness.is_whole(answer.url, text):
            raise malformed("review_site", "a whole page", answer.body, secrets)
        try:
            tree = html_tree(text)
        except RenownError:
            raise malformed("review_site", "HTML", answer.body, secrets) from None
        marker = self.options.container or (None if self.options.json_ld else self.options.item)
        is_list = bool(review_items.select(tree, marker)) if marker else any(True for _ in _marked_up(tree, answer.url))
        if not is_list and (self.options.container or not self._previous):
            raise malformed("review_site", "a list page", answer.body, secrets)
        return tree, answer.url

    def _is_known(self, found: list[Item], piece: Slice) -> bool:
        if self.options.sort != "newest":
            return False
        times = [when for item in found if item.kind != "reply" and (when := _created(item, self.reading.end)[0])]
        young = (self.reading.end - timedelta(hours=self.options.thread_hours)).timestamp()
        floor = piece.start if self.is_first else max(min(piece.start, young), self.reading.start.timestamp())
        return bool(times) and self.past(times).timestamp() < floor


def lookup(reading: Reading, keys: Sequence[Key]) -> Iterator[Page]:
    """These reviews again, out of their lists, newest first; gone is what two reads lack that both hold a review older by a day.

    Unsorted lists, mark-up that need not be complete, reviews without a date, and lists that lack most of what is looked for tell nothing.
    """
    options = read_options(reading.source.options)
    if options.json_ld or options.sort != "newest":
        return
    for company in options.ids or [""]:
        wanted = {(key.kind, key.native_id): key for key in keys if key.created_at and (key.page_id == company or not company)}
        reads: list[list[Item]] = []
        absent = dict(wanted)
        while absent and len(reads) < _READS:
            since = min(key.created_at for key in absent.values() if key.created_at) - 2 * _OLDER
            reads.append(_again(reading, options, company, since))
            yield Page([item for item in reads[-1] if _key(item) in wanted], "lookup")
            absent = {name: key for name, key in absent.items() if name not in {_key(item) for item in reads[-1]}}
        gone = _gone(absent, reads, reading.end) if absent else []
        if len(gone) > max(_FEW, len(wanted) // 2):
            yield Page([], "lookup", gap=f"{len(gone)} of {len(wanted)} reviews are absent at once: not believed")
        elif gone:
            yield Page([], "lookup", gone=[Tombstone(number, kind, "platform", reason="absent") for kind, number in gone])


def _key(item: Item) -> tuple[str, str]:
    return item.kind, item.native_id


def _again(reading: Reading, options: SiteOptions, company: str, since: datetime) -> list[Item]:
    """The list from its top, page by page, until all of a page is older than `since`; a page that was there before ends it too."""
    lister = _Lister(reading, options, company)
    lister.is_first, lister.past = True, max
    found: dict[tuple[str, str], Item] = {}
    position: Any = None
    while True:
        answer = lister.page(Slice(int(since.timestamp()), int(reading.end.timestamp()), position))
        fresh = {_key(item): item for item in answer.items if _key(item) not in found}
        found |= fresh
        position = answer.next_position
        if position is None or not fresh:
            return list(found.values())


def _gone(absent: Mapping[tuple[str, str], Key], reads: Sequence[list[Item]], end: datetime) -> list[tuple[str, str]]:
    """Of what no read held: reviews that stood above others, and answers whose review is there without them, or gone itself."""
    dates = [[when for item in found if item.kind != "reply" and (when := _created(item, end)[0])] for found in reads]
    floor = max((min(times) for times in dates if times), default=end) if all(dates) else end
    gone = [name for name, key in absent.items() if name[0] != "reply" and key.created_at and key.created_at - _OLDER > floor]
    shown = set.intersection(*({item.native_id for item in found if item.kind != "reply"} for found in reads))
    removed = {number for _, number in gone}
    return gone + [name for name, key in absent.items() if name[0] == "reply" and key.parent_id in shown | removed]


def _envelopes(tree: Any, options: SiteOptions | None, url: str | None, company: str | None) -> Iterator[dict[str, Any]]:
    if options is None or options.json_ld:
        shared = {"company": company} if company else {}
        yield from ({**envelope, **shared} for envelope in _marked_up(tree, url))
    else:
        yield from review_items.envelopes(tree, options, url, company)


def _marked_up(tree: Any, url: str | None) -> Iterator[dict[str, Any]]:
    """Reviews of the JSON-LD scripts; where there are none, those of the microdata."""
    found = list(schema_org.reviews(schema_org.json_ld(tree), url))
    yield from found or schema_org.reviews(schema_org.microdata(tree), url)


def decode(body: bytes) -> list[Any]:
    """A page as {"html": text}, or JSON-LD as it is."""
    if body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        return decode_json(body)
    text = decode_text(body)
    html_tree(text)
    return [{"html": text}]


def error_of(value: Any, status: int, headers: Mapping[str, str]) -> PlatformError | None:
    """A site has no error form of its own but the HTTP status."""
    if status < 400:
        return None
    return contract_error(CONTRACT, status, "", "retry" if status >= 500 else "fatal", wait_seconds=wait_seconds(headers))


def items(value: Any, url: str | None, site: str) -> Iterator[Item]:
    """Reviews of a page: by the selectors of the configured source on that host, if there is one, else by schema.org."""
    site = site or (urlsplit(url).hostname or "" if url else "")
    text = mapping(value).get("html")
    if not isinstance(text, str):
        found: Iterable[dict[str, Any]] = schema_org.reviews([value], url)
    else:
        found = _envelopes(html_tree(text), _configured(url), url, None)
    for envelope in found:
        yield make_item(envelope, site)


def _configured(url: str | None) -> SiteOptions | None:
    """The options of the review_site source of this address's host; None where no configuration names one."""
    host = urlsplit(url).hostname if url else None
    if not host:
        return None
    try:
        sources = load_settings().sources.sources
        options = next(
            (s.options for s in sources if s.platform == "review_site" and s.base_url and urlsplit(s.base_url).hostname == host),
            None,
        )
        return read_options(options) if options else None
    except (RenownError, OSError):
        return None


def make_item(envelope: dict[str, Any], site: str) -> Item:
    """The Item of {item, id, as, page, company, kind, review?, reply?} (selectors) or {item, id, about, page, review?} (schema.org)."""
    told = mapping(envelope.get("item"))
    if "as" in envelope or "kind" in envelope:
        kind = "reply" if envelope.get("reply") else text_or_none(envelope.get("kind")) or "review"
    elif envelope.get("review"):
        kind = "reply" if schema_org.person(told.get("author")).get("is_company") else "comment"
    else:
        kind = "review"
    return Item(kind, str(envelope.get("id") or ""), site, dump(envelope), envelope)


def to_mention(item: Item, fetched_at: datetime | None) -> Mention:
    """A review, or an answer to it."""
    return _declared(item, fetched_at) if "as" in item.value or "kind" in item.value else _schema_org(item, fetched_at)


def _created(item: Item, fetched_at: datetime | None) -> tuple[datetime | None, str | None]:
    told = mapping(item.value.get("item"))
    if "as" in item.value or "kind" in item.value:
        raw = text_or_none(told.get("created_at"))
        return (review_items.values(item.value, fetched_at).get("created_at") if raw else None), raw
    raw = next(
        (found for name in ("datePublished", "dateCreated", "uploadDate") if (found := text_or_none(told.get(name)))), None
    )
    return (_stated(raw, fetched_at) if raw else None), raw


def _stated(raw: str, fetched_at: datetime | None) -> datetime | None:
    """A date of schema.org: ISO 8601, but sites write others; one without a zone fixes no instant."""
    exact = from_feed(raw)
    is_iso = raw[:4].isdigit() and raw[4:5] == "-"
    return exact or (None if is_iso else review_items.instant(raw, {}, fetched_at))


def _declared(item: Item, fetched_at: datetime | None) -> Mention:
    envelope = item.value
    told = review_items.values(envelope, fetched_at)
    company, review = text_or_none(envelope.get("company")), text_or_none(envelope.get("review"))
    text = told.get("text")
    is_bare = text is None and told.get("rating") is not None
    markup = mapping(envelope.get("item")).get("text")
    _, links, images = read_html(markup) if isinstance(markup, str) else ("", (), 0)
    return Mention(
        platform="review_site",
        site=item.site,
        native_id=item.native_id,
        kind=item.kind,
        url=told.get("url") or text_or_none(envelope.get("page")),
        title=told.get("title") or None,
        text="" if is_bare else text,
        author_id=(told.get("author_id") or company if item.kind == "reply" else told.get("author_id")) or None,
        author_handle=(told.get("author_handle") or "").lstrip("@") or None,
        author_name=told.get("author_name") or None,
        author_location=told.get("author_location") or None,
        page_id=company,
        page_name=told.get("page_name") or None,
        created_at=told.get("created_at"),
        created_at_raw=text_or_none(mapping(envelope.get("item")).get("created_at")),
        edited_at=told.get("edited_at"),
        parent_id=review,
        conversation_id=review or item.native_id,
        language_hint=told.get("language_hint") or None,
        country=told.get("country") or None,
        place_name=told.get("place_name") or None,
        rating=told.get("rating"),
        engagement=Engagement(**{name: told.get(name) for name in ("likes", "shares", "comments", "views")}),
        links=unique([*links, *urls(text or "")]),
        media_count=images,
    )


def _schema_org(item: Item, fetched_at: datetime | None) -> Mention:
    envelope, told = item.value, mapping(item.value.get("item"))
    about, author = mapping(envelope.get("about")), schema_org.person(told.get("author"))
    page, review = text_or_none(envelope.get("page")), text_or_none(envelope.get("review"))
    body, rating = schema_org.body(told), schema_org.rating(told)
    text, links, images = read_html(body) if body is not None else ("" if rating is not None else None, (), 0)
    created, raw = _created(item, fetched_at)
    changed = text_or_none(told.get("dateModified"))
    title = schema_org.title(told)
    company = text_or_none(envelope.get("company"))
    return Mention(
        platform="review_site",
        site=item.site,
        native_id=item.native_id,
        kind=item.kind,
        url=schema_org.address(told.get("url"), page) or page,
        title=read_html(title)[0] if title and item.kind == "review" else None,
        text=text,
        author_id=author.get("id") or (company if item.kind == "reply" else None),
        author_name=author.get("name"),
        page_id=company,
        page_name=text_or_none(about.get("name")),
        created_at=created,
        created_at_raw=raw,
        edited_at=_stated(changed, fetched_at) if changed and changed != raw else None,
        parent_id=review,
        conversation_id=review or item.native_id,
        language_hint=text_or_none(told.get("inLanguage")),
        rating=rating,
        engagement=Engagement(likes=count(told.get("upvoteCount")), comments=count(told.get("commentCount"))),
        links=unique([*links, *urls(text or "")]),
        media_count=images,
    )


def tombstones(item: Item) -> Iterable[Tombstone]:
    """None: a removed review is absent."""
    return ()
