"""App Store: the storefronts' feeds of customer reviews, newest first, ten pages of fifty for each app and country.

    {country}/rss/customerreviews/page={1..10}/id={app}/sortby=mostrecent/json ──► feed.entry[] ──► review
         └─ a page that comes empty is asked for in its Atom form too, since the JSON form is empty now and then
    options.own, with a key: App Store Connect (shapes/app_store_connect.py) ──► review, and the developer's answer ──► reply
What slid past the tenth page since the last run is named as a gap. Developers' answers are not in the feed: App Store Connect and its
recorded answers hold them. Sources: see extractors/shapes/app_store.py; the limit of ten pages is the feed's own error.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

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
from extractors.markup import xml_tree
from extractors.shapes import app_store as shapes
from extractors.shapes import app_store_connect as connect
from extractors.slices import Answer, Slice, walk
from extractors.source_options import ADDRESS, Form, Need
from extractors.text import tidy, urls
from extractors.times import from_iso
from extractors.values import count, identifier, mapping, objects, text_or_none
from settings import RenownError

_APPS_MEND = "correct options.apps and options.countries in sources.yml"
CONTRACT = Contract(
    platform="app_store",
    base_url="https://itunes.apple.com",
    endpoints=("{country}/rss/customerreviews", "v1/apps/{app}/customerReviews", "v1/customerReviews/{id}"),
    auth="none; a signed token (JWT, ES256) for own apps by App Store Connect",
    credential_env=None,
    cursor="page",
    is_sorted=True,
    page_limit=50,
    cap=500,
    errors=(
        ErrorRule("400", "fatal", "bad request: the feed ends at page 10", _APPS_MEND),
        ErrorRule(
            "401",
            "fatal",
            "App Store Connect refuses the token",
            f"see that {connect.KEY} and the ids belong together and are valid",
        ),
        ErrorRule(
            "403",
            "stop",
            "forbidden: too many requests, or not allowed",
            "run again later and lower the source's rate; for own apps give the key a role that may see reviews",
        ),
        ErrorRule("404", "fatal", "no such storefront or app", _APPS_MEND),
        ErrorRule("429", "wait_until", "too many requests", "lower the source's rate"),
        ErrorRule("500", "retry", "internal error"),
        ErrorRule("502", "retry", "bad gateway"),
        ErrorRule("503", "retry", "service unavailable"),
        ErrorRule("504", "retry", "gateway timeout"),
    ),
    time_formats=("ISO 8601 with an offset",),
    deletion="own apps: 404 in App Store Connect; not offered by the feed, whose pages are caches of different age and come empty now and then",
    edits="the same id again at the top of the feed; its time is that of the last edit; own apps: seen when a review is looked at again",
    history_limit="the newest 500 reviews of an app in each storefront; own apps: none",
    terms="Apple's public feed of customer reviews; App Store Connect for own apps",
    not_offered=(
        "author_handle",
        "author_followers",
        "author_following",
        "author_posts",
        "author_created_at",
        "author_verified",
        "author_location",
        "page_followers",
        "edited_at",
        "language_hint",
        "place_name",
        "latitude",
        "longitude",
        "shares",
        "comments",
        "views",
        "quotes",
    ),
    kinds=("review", "reply"),
    collects=(
        "reviews of an app by storefront",
        "reviews of own apps in every storefront with the answers to them (options.own)",
    ),
    optional_credentials=(connect.KEY, connect.KEY_ID, connect.ISSUER),
    how_to="no credential needed; for own apps: App Store Connect, Users and Access, Integrations: make a key whose role may see "
    "customer reviews, and set its .p8 (text or path), key id and issuer id",
    rate=(20, 60.0),
    options={
        "apps": "numbers of the apps (the number in apps.apple.com/…/id123456789); those of banks.yml's pages.app_store come along",
        "countries": "storefronts as two letters: [us, gb, de]; us where none is named",
        "own": "those of the apps that are read by App Store Connect, with the developer's answers, instead of the feed",
        "thread_hours": "how long a review of an own app is read again for an answer: 72",
        "connect_url": "address of App Store Connect",
    },
    forms={
        **dict.fromkeys(("apps", "own"), Form("names", '["123456789"]', r"(?:id)?\d+")),
        "countries": Form("names", "[us, gb]", r"[A-Za-z]{2}"),
        "connect_url": ADDRESS,
    },
    needs=(Need(("apps", "own"), 'options: {apps: ["123456789"]}', ("pages",)),),
)
PAGES = 10  # CustomerReviews RSS page depth is limited to 10: the feed's own words for page 11


def pages(reading: Reading) -> Iterator[Page]:
    """Own apps by App Store Connect; each other app in each storefront, from the newest review down to what is known, or to the feed's end."""
    own = _listed(reading, "own")
    if own and (missing := connect.missing(reading.http.secrets)):
        raise PlatformError(
            "fatal", f"app_store: options.own needs {', '.join(missing)}", f"set {', '.join(missing)}, or use apps", code="key"
        )
    session = connect.Connect(reading)
    for app in own:
        yield from walk(reading, f"connect:{app}", _Own(session, app).page)
    for app in _apps(reading, own):
        for country in _countries(reading):
            told: dict[str, str] = {}
            fetch = partial(_fetch, reading, app, country, told)
            for page in walk(reading, f"{country}:{app}", fetch):
                yield replace(page, gap=page.gap or told.pop("gap", None))


def _listed(reading: Reading, name: str, also: Iterable[str] = ()) -> list[str]:
    """App numbers of an option, and of `also`."""
    listed = reading.option(name, [])
    found = [identifier(app) for app in [*(listed if isinstance(listed, list) else [listed]), *also]]
    return list(dict.fromkeys(app.removeprefix("id") for app in found if app))


def _apps(reading: Reading, own: Sequence[str]) -> list[str]:
    """The apps whose feeds are read: a review has another id there than in App Store Connect, so that no app is read in both ways."""
    of_banks = [page for bank in reading.settings.banks.banks for page in bank.pages.get("app_store", [])]
    apps = [app for app in _listed(reading, "apps", of_banks) if app not in own]
    if not apps and not own:
        raise PlatformError("fatal", "app_store: options.apps names no app", 'set options.apps in sources.yml: ["123456789"]')
    return apps


def _countries(reading: Reading) -> list[str]:
    listed = reading.option("countries", ["us"])
    return list(dict.fromkeys(str(country).lower() for country in (listed if isinstance(listed, list) else [listed])))


class _Own:
    """One own app. A place that Apple has forgotten since the last run means starting at the top once more."""

    def __init__(self, session: connect.Connect, app: str) -> None:
        self.session, self.app = session, app
        self.is_first = not mapping(session.reading.cursors.get(f"connect:{app}")).get("watermark")
        self.may_restart = True

    def page(self, piece: Slice) -> Answer:
        """A page, and the place of the next one while reviews are newer than what is known."""
        try:
            value, following, address = self.session.listed(self.app, piece.position)
        except PlatformError as error:
            if not (piece.position and self.may_restart and error.code == "400"):
                raise
            piece.position = None
            value, following, address = self.session.listed(self.app, None)
        self.may_restart = False
        oldest = connect.oldest(value)
        is_known = oldest is not None and oldest < self.session.floor(piece.start, self.is_first)
        return Answer(_public(value, address, self.session.reading.source.site), None if is_known else following)


def _public(value: Any, address: str, site: str) -> list[Item]:
    return [item for item in items(value, address, site) if connect.is_public(item.value)]


def lookup(reading: Reading, keys: Sequence[Key]) -> Iterator[Page]:
    """Reviews of options.own again, by App Store Connect: edits, answers, and what is gone; the feed has no such call."""
    own = _listed(reading, "own") if not connect.missing(reading.http.secrets) else []
    session = connect.Connect(reading)
    for key in keys:
        if key.kind != "review" or not key.page_id or key.page_id not in own or key.native_id.isdigit():
            continue
        try:
            value = session.single(key.native_id)
        except PlatformError as error:
            if error.code != "404":
                raise
            yield Page([], gone=[Tombstone(key.native_id, "review", "platform")])
        else:
            named = f"{connect.ADDRESS}/v1/apps/{key.page_id}/customerReviews/{key.native_id}"
            yield Page(_public(value, named, reading.source.site))


def _fetch(reading: Reading, app: str, country: str, told: dict[str, str], piece: Slice) -> Answer:
    """One page. An empty one before the feed's last page is passed over and named; the tenth page is the end."""
    place = int(piece.position or 1)
    value, address = _page(reading, app, country, place)
    found = list(items(value, address, reading.source.site))
    last = shapes.last_page(value) or 0
    if not found:
        if place < min(last, PAGES):
            told["gap"] = f"page {place} of app {app} in {country} came empty"
            return Answer([], place + 1)
        return Answer([])
    times = [when for when in (from_iso(shapes.fields(item.value).get("time")) for item in found) if when]
    oldest = min(times).timestamp() if times else None
    if oldest is not None and oldest < piece.start:
        return Answer(found)
    if place >= PAGES:
        told["gap"] = f"the feed of app {app} in {country} ends at page {PAGES}, newer than what was asked for"
        return Answer(found)
    is_end = len(found) < CONTRACT.page_limit and 0 < last <= place
    return Answer(found, None if is_end else place + 1)


def _page(reading: Reading, app: str, country: str, place: int) -> tuple[Any, str]:
    """(feed, its address): in the JSON form, or in the Atom form where that comes empty."""
    stem = f"{reading.base_url}/{country}/rss/customerreviews/page={place}/id={app}/sortby=mostrecent"
    value = reading.http.get_json(f"{stem}/json", endpoint="rss/customerreviews")
    if not shapes.is_feed(value):
        raise malformed("app_store", "a feed of reviews", dump(value), reading.http.all_secrets())
    if any(shapes.is_review(entry) for entry in shapes.entries(value)):
        return value, f"{stem}/json"
    secrets = reading.http.all_secrets()
    other = reading.http.get(f"{stem}/xml", endpoint="rss/customerreviews", read=lambda answer: _atom(answer, secrets))
    return (other if shapes.entries(other) else value), f"{stem}/xml"


def _atom(answer: HttpAnswer, secrets: Iterable[str]) -> Any:
    try:
        return shapes.atom(xml_tree(answer.body))
    except RenownError:
        raise malformed("app_store", "an Atom feed", answer.body, secrets) from None


def decode(body: bytes) -> list[Any]:
    """JSON, JSON lines, or the Atom form of the feed (turned into the JSON form)."""
    start = body.lstrip(b"\xef\xbb\xbf \t\r\n")
    if b"page depth is limited" in start[:200]:
        raise contract_error(CONTRACT, "400", "")
    return [shapes.atom(xml_tree(start))] if start.startswith(b"<") else decode_json(body)


def error_of(value: Any, status: int, headers: Mapping[str, str]) -> PlatformError | None:
    """App Store Connect: {errors: [{status, code, title, detail}]}; the feeds answer errors with an HTTP status and plain text."""
    listed = objects(mapping(value).get("errors"))
    if listed and "data" not in mapping(value):
        code = identifier(listed[0].get("status")) or (str(status) if status >= 400 else identifier(listed[0].get("code")))
        message = f"{listed[0].get('code', '')}: {listed[0].get('title', '')}"
        return contract_error(CONTRACT, code or "errors", message, wait_seconds=wait_seconds(headers))
    if status >= 400:
        return contract_error(CONTRACT, status, "", "retry" if status >= 500 else "fatal", wait_seconds=wait_seconds(headers))
    return None


def items(value: Any, url: str | None, site: str) -> Iterator[Item]:
    """Reviews (and developers' answers, where the form has them) of a feed, App Store Connect, the store's web or userReviewsRow."""
    for envelope in shapes.reviews(value, url):
        yield make_item(envelope, site)


def make_item(envelope: dict[str, Any], site: str) -> Item:
    """The Item of {item, form, app?, country?, app_name?, review?}."""
    kind = "reply" if shapes.is_reply(envelope) else "review"
    kept = {name: value for name, value in envelope.items() if value is not None}
    return Item(kind, shapes.native_id(envelope) or "", site, dump(kept), kept)


def to_mention(item: Item, fetched_at: datetime | None) -> Mention:
    """A review; an answer's author is the app itself, so that banks.yml's pages.app_store makes it official."""
    told = shapes.fields(item.value)
    app = identifier(item.value.get("app")) or identifier(told.get("app"))
    review = identifier(item.value.get("review")) if item.kind == "reply" else None
    title = text_or_none(told.get("title"))
    text = told.get("text")
    return Mention(
        platform="app_store",
        site=item.site,
        native_id=item.native_id,
        kind=item.kind,
        url=text_or_none(told.get("url")),
        title=tidy(title) if title else None,
        text=text,
        author_id=app if item.kind == "reply" else identifier(told.get("author_id")),
        author_name=text_or_none(told.get("author_name")),
        page_id=app,
        page_name=text_or_none(item.value.get("app_name")),
        created_at=from_iso(told.get("time")),
        created_at_raw=text_or_none(told.get("time")),
        parent_id=review,
        conversation_id=review or item.native_id,
        country=text_or_none(told.get("country")) or text_or_none(item.value.get("country")),
        rating=shapes.stars(told.get("rating")),
        engagement=Engagement(likes=count(told.get("likes"))),
        links=urls(text or ""),
    )


def tombstones(item: Item) -> Iterable[Tombstone]:
    """None: the App Store does not say what was removed."""
    return ()
