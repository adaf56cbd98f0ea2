"""Google Play: the store's own list of an app's reviews, newest first, a language at a time, with the developers' answers.

    batchexecute (f.req = [[[rpc, "[…, [app, 7]]"]]]) ──► frame ──► [[review, …], [null, token]] ──► review, and its answer ──► reply
    options.own, with a token: androidpublisher/v3/applications/{app}/reviews (own apps, the last week) ──► the same
Times are epoch seconds, UTC wherever the reader stands (public clients read them as local time). A review has one time, that of its
last edit. Answers come days later and move nothing: reviews of the last options.thread_hours are read again.
Sources: see extractors/shapes/google_play.py.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

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
from extractors.http import Ask, malformed
from extractors.jsons import dump
from extractors.limits import wait_seconds
from extractors.markup import decode_text, html_tree
from extractors.shapes import google_play as shapes
from extractors.slices import Answer, Slice, walk
from extractors.source_options import ADDRESS, Form, Need
from extractors.text import urls
from extractors.values import count, identifier, mapping, number, text_or_none
from settings import RenownError

TOKEN = "RENOWN_GOOGLE_PLAY_TOKEN"
_APPS_MEND = "correct options.apps in sources.yml"
_TOKEN_MEND = f"set {TOKEN} to an access token with the androidpublisher scope, or unset it"
CONTRACT = Contract(
    platform="google_play",
    base_url="https://play.google.com",
    endpoints=("_/PlayStoreUi/data/batchexecute", "androidpublisher/v3/applications/{app}/reviews"),
    auth="none; an access token for own apps by the Play Developer API",
    credential_env=None,
    cursor="token",
    is_sorted=True,
    page_limit=4500,
    cap=None,
    errors=(
        ErrorRule("PlayGatewayError", "wait_until", "too many requests", "lower the source's rate"),
        ErrorRule("8", "wait_until", "resource exhausted", "lower the source's rate"),
        ErrorRule("3", "fatal", "invalid argument", _APPS_MEND),
        ErrorRule("5", "fatal", "not found", _APPS_MEND),
        ErrorRule("7", "stop", "permission denied", "run again later and lower the source's rate"),
        ErrorRule("13", "retry", "internal error"),
        ErrorRule("14", "retry", "unavailable"),
        ErrorRule("null", "retry", "an answer without reviews and without an error"),
        ErrorRule("400", "fatal", "bad request", _APPS_MEND),
        ErrorRule("401", "fatal", "the Play Developer API refuses the token", _TOKEN_MEND),
        ErrorRule("403", "stop", "forbidden", "run again later; for own apps see that the account may read reviews"),
        ErrorRule("404", "fatal", "not found", _APPS_MEND),
        ErrorRule("429", "wait_until", "too many requests", "lower the source's rate"),
        ErrorRule("500", "retry", "internal error"),
        ErrorRule("502", "retry", "bad gateway"),
        ErrorRule("503", "retry", "service unavailable"),
    ),
    time_formats=("epoch seconds and nanoseconds, UTC",),
    deletion="own apps: 404 in the Play Developer API; not offered by the store, whose lists differ by language, country and spam filter",
    edits="the same id again at the top of the list; its time is that of the last edit",
    history_limit="none by the store; one week by the Play Developer API",
    terms="Google Play's terms; the Play Developer API for own apps",
    not_offered=(
        "author_id",
        "author_handle",
        "author_followers",
        "author_following",
        "author_posts",
        "author_created_at",
        "author_verified",
        "author_location",
        "page_name",
        "page_followers",
        "edited_at",
        "country",
        "place_name",
        "latitude",
        "longitude",
        "shares",
        "comments",
        "views",
        "quotes",
    ),
    kinds=("review", "reply"),
    collects=("reviews of an app by language", "developers' answers"),
    how_to="no credential needed; for own apps an access token of a service account with the permission to read and reply to reviews",
    rate=(20, 60.0),
    optional_credentials=(TOKEN,),
    options={
        "apps": "packages of the apps (com.example.bank); those of banks.yml's pages.google_play come along",
        "own": f"those of the apps that are read by the Play Developer API with {TOKEN} (own apps; the last week)",
        "languages": "languages of the reviews: [en, ru]; those of renown.yml where none is named",
        "country": "whose catalogue is asked: two letters, us",
        "rpc": "oCPfdb or UsvDTd: the store answers both",
        "thread_hours": "how long a review is read again for an answer: 72",
        "publisher_url": "address of the Play Developer API",
    },
    forms={
        **dict.fromkeys(("apps", "own"), Form("names", "[com.example.bank]", r"[A-Za-z]\w*(?:\.\w+)+")),
        "languages": Form("names", "[en, ru]", r"[A-Za-z]{2,3}(?:[-_]\w+)?"),
        "country": Form("name", "us", r"[A-Za-z]{2}"),
        "rpc": Form("name", "oCPfdb", "oCPfdb|UsvDTd"),
        "publisher_url": ADDRESS,
    },
    needs=(Need(("apps", "own"), "options: {apps: [com.example.bank]}", ("pages",)),),
)
PUBLISHER = "https://androidpublisher.googleapis.com"
_ENDPOINT = "batchexecute"
_PAGE = 200
_REFUSED = ("3", "400")  # what an old token is answered with


def pages(reading: Reading) -> Iterator[Page]:
    """Each app in each language, from the newest review down to what is known; options.own by the Play Developer API."""
    own = _listed(reading, "own")
    if own and not reading.http.secrets.get(TOKEN):
        raise PlatformError("fatal", f"google_play: options.own needs {TOKEN}", _TOKEN_MEND)
    for app in _apps(reading, own):
        languages = [""] if app in own else _listed(reading, "languages") or reading.settings.general.languages
        for language in languages:
            stream = f"{language or 'api'}:{app}"
            yield from walk(reading, stream, _Reader(reading, app, language, stream).page)


def _listed(reading: Reading, name: str) -> list[str]:
    value = reading.option(name, [])
    return [str(entry).strip() for entry in (value if isinstance(value, list) else [value]) if entry]


def _apps(reading: Reading, own: list[str]) -> list[str]:
    pages = [page for bank in reading.settings.banks.banks for page in bank.pages.get("google_play", [])]
    apps = list(dict.fromkeys([*own, *_listed(reading, "apps"), *pages]))
    if not apps:
        raise PlatformError(
            "fatal", "google_play: options.apps names no app", "set options.apps in sources.yml: [com.example.bank]"
        )
    return apps


class _Reader:
    """One app in one language. A token that the store has forgotten since the last run means starting at the top once more."""

    def __init__(self, reading: Reading, app: str, language: str, stream: str) -> None:
        self.reading, self.app, self.language = reading, app, language
        self.is_first = not mapping(reading.cursors.get(stream)).get("watermark")
        self.may_restart = True

    def page(self, piece: Slice) -> Answer:
        """A page, and the token of the next one while reviews are newer than what is known."""
        try:
            value, following, address = self._ask(piece.position)
        except PlatformError as error:
            if not (piece.position and self.may_restart and error.code in _REFUSED):
                raise
            piece.position = None
            value, following, address = self._ask(None)
        self.may_restart = False
        found = list(items(value, address, self.reading.source.site))
        times = [when for item in found if item.kind == "review" and (when := shapes.fields(item.value).get("time"))]
        oldest = min(times).timestamp() if times else None
        is_known = oldest is not None and oldest < self._floor(piece)
        return Answer(found, None if is_known else following)

    def _floor(self, piece: Slice) -> float:
        if self.is_first:
            return piece.start
        young = self.reading.end - timedelta(hours=float(self.reading.option("thread_hours", 72)))
        return max(min(piece.start, young.timestamp()), self.reading.start.timestamp())

    def _ask(self, position: str | None) -> tuple[Any, str | None, str]:
        return self._store(position) if self.language else self._publisher(position)

    def _store(self, position: str | None) -> tuple[Any, str | None, str]:
        rpc = str(self.reading.option("rpc", "oCPfdb"))
        told = f"hl={quote(self.language)}&gl={quote(str(self.reading.option('country', 'us')))}"
        url = f"{self.reading.base_url}/_/PlayStoreUi/data/batchexecute?rpcids={rpc}&{told}"
        body = shapes.request(rpc, self.app, min(self.reading.source.page_size or _PAGE, CONTRACT.page_limit), position)
        secrets = self.reading.http.all_secrets()
        frame = self.reading.http.send(
            Ask(url, endpoint=_ENDPOINT, form={"f.req": body}), lambda answer: _frame(answer, rpc, secrets)
        )
        return frame, shapes.token(frame["payload"]), f"{url}&id={quote(self.app)}"

    def _publisher(self, position: str | None) -> tuple[Any, str | None, str]:
        url = f"{_publisher(self.reading)}/androidpublisher/v3/applications/{quote(self.app)}/reviews"
        params = {"maxResults": min(self.reading.source.page_size or 100, 100), **({"token": position} if position else {})}
        value, _ = self.reading.http.ask_json(Ask(url, params, _bearer(self.reading), "reviews"))
        return value, text_or_none(mapping(mapping(value).get("tokenPagination")).get("nextPageToken")), url


def _publisher(reading: Reading) -> str:
    return str(reading.option("publisher_url", PUBLISHER)).rstrip("/")


def _bearer(reading: Reading) -> dict[str, str]:
    return {"Authorization": f"Bearer {reading.http.secrets.get(TOKEN, '')}"}


def _frame(answer: HttpAnswer, rpc: str, secrets: Iterable[str]) -> dict[str, Any]:
    """The frame of our call. Raises PlatformError for an error frame and for a body that holds no frame."""
    try:
        found = shapes.frames(answer.body.decode("utf-8"))
    except (ValueError, RecursionError):
        raise malformed("google_play", "an answer of batchexecute", answer.body, secrets) from None
    frame = next((frame for frame in found if frame["rpc"] == rpc), found[0])
    if error := error_of(frame, answer.status, answer.headers):
        raise error
    return frame


def lookup(reading: Reading, keys: Sequence[Key]) -> Iterator[Page]:
    """Single reviews of options.own again, by the Play Developer API; the store itself has no such call."""
    own = _listed(reading, "own") if reading.http.secrets.get(TOKEN) else []
    for key in keys:
        if key.kind != "review" or not key.page_id or key.page_id not in own:
            continue
        url = f"{_publisher(reading)}/androidpublisher/v3/applications/{quote(key.page_id)}/reviews/{quote(key.native_id)}"
        try:
            value, _ = reading.http.ask_json(Ask(url, None, _bearer(reading), "reviews/get"))
        except PlatformError as error:
            if error.code != "404":
                raise
            yield Page([], gone=[Tombstone(key.native_id, "review", "platform")])
        else:
            yield Page(list(items(value, url, reading.source.site)))


def decode(body: bytes) -> list[Any]:
    """Frames of batchexecute, a page of the store, or JSON of the Play Developer API."""
    start = body.lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(shapes.GUARD):
        try:
            return list(shapes.frames(start.decode("utf-8", "replace")))
        except (ValueError, RecursionError):
            raise RenownError("no answer of batchexecute", "give the body as it came from the platform", 2) from None
    if start.startswith(b"<"):
        html_tree(decode_text(body))  # raises where there is no element
        return list(shapes.page_data(decode_text(body)))
    values = decode_json(body)
    return [part for value in values for part in (shapes.frames(json.dumps(value)) if shapes.is_frames(value) else [value])]


def error_of(value: Any, status: int, headers: Mapping[str, str]) -> PlatformError | None:
    """A frame without a payload carries [code, …, details] in its sixth place; the Play Developer API {error: {code, message, status}}."""
    answer = mapping(value)
    wait = wait_seconds(headers)
    if "rpc" in answer and answer.get("payload") is None:
        told = answer.get("status")
        code = "PlayGatewayError" if "PlayGatewayError" in json.dumps(told) else identifier(shapes.at(told, 0)) or "null"
        return contract_error(CONTRACT, code, "the store's own error", "retry", wait_seconds=wait)
    error = answer.get("error")
    if isinstance(error, dict):
        code = identifier(error.get("code")) or str(status)
        return contract_error(CONTRACT, code, str(error.get("status") or error.get("message") or ""), wait_seconds=wait)
    if error is not None and "reviews" not in answer:
        return contract_error(CONTRACT, "401", str(answer.get("error_description", "")), wait_seconds=wait)
    if status >= 400:
        return contract_error(CONTRACT, status, "", "retry" if status >= 500 else "fatal", wait_seconds=wait)
    return None


def items(value: Any, url: str | None, site: str) -> Iterator[Item]:
    """Reviews and developers' answers of a frame, of a page's data, or of the Play Developer API (list or single)."""
    for envelope in shapes.envelopes(value, url):
        yield make_item(envelope, site)


def make_item(envelope: dict[str, Any], site: str) -> Item:
    """The Item of {item, app?, language?, country?} or {item, review, reply, …}."""
    return Item("reply" if envelope.get("reply") else "review", shapes.native_id(envelope), site, dump(envelope), envelope)


def to_mention(item: Item, fetched_at: datetime | None) -> Mention:
    """A review, or an answer, whose author is the app itself: banks.yml's pages.google_play makes it official."""
    told, app = shapes.fields(item.value), identifier(item.value.get("app"))
    review = identifier(item.value.get("review")) if item.kind == "reply" else None
    stars, text = number(told.get("rating")), told.get("text")
    return Mention(
        platform="google_play",
        site=item.site,
        native_id=item.native_id,
        kind=item.kind,
        url=_url(app, review or item.native_id),
        title=text_or_none(told.get("title")),
        text=text,
        author_id=app if item.kind == "reply" else None,
        author_name=text_or_none(told.get("author_name")),
        page_id=app,
        created_at=told.get("time"),
        created_at_raw=told.get("time_raw"),
        parent_id=review,
        conversation_id=review or item.native_id,
        language_hint=text_or_none(told.get("language")) or text_or_none(item.value.get("language")),
        rating=stars if stars is not None and 0 < stars <= 5 else None,
        engagement=Engagement(likes=count(told.get("likes"))),
        links=urls(text or ""),
    )


def _url(app: str | None, review: str) -> str | None:
    return f"https://play.google.com/store/apps/details?id={quote(app)}&reviewId={quote(review)}" if app and review else None


def tombstones(item: Item) -> Iterable[Tombstone]:
    """None: Google Play does not say what was removed."""
    return ()
