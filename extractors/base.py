"""The few shapes that every platform shares: Contract, Item, Page, Mention, Tombstone, PlatformError.

A platform is one module in extractors/platforms/ with these hooks (extractors.registry.Platform spells out the types):
    CONTRACT                          what the API offers and how it fails
    pages(reading)                    generator of Page, resumable from reading.cursors
    decode(body)                      one recorded body → decoded values (JSON, JSON lines, XML)
    error_of(value, status, headers)  a decoded answer → PlatformError, or None if it is not an error
    items(value, url, site)           a decoded answer → Item, one for each mention that it holds
    make_item(envelope, site)         the same from an Item's own stored value (replay)
    to_mention(item, fetched_at)      Item → Mention
    tombstones(item)                  what this item says about deleted or superseded items
and, where the platform offers it:
    lookup(reading, keys)             generator of Page: these items again (counts, edits), and what is gone of them
    comply(reading, keys)             generator of Page: what the platform's compliance feed says of them (deleted, protected, suspended)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from extractors.source_options import Form, Need
from settings import RenownError, Settings
from settings.models import Source

if TYPE_CHECKING:
    from extractors.http import Http

Action = Literal["retry", "wait_until", "stop", "skip", "fatal"]
CursorKind = Literal["token", "id", "time_slice", "page", "walk_down"]
Kind = Literal["post", "comment", "reply", "review", "article", "message"]
Basis = Literal["platform", "author", "page", "compliance", "superseded"]

# What any source's `options` may say beside its platform's own: name → what it means
COMMON_OPTIONS: Mapping[str, str] = {
    "apply_query": "true: apply the source's query to what came, where the platform would say it well enough or is read whole",
    "revisit_limit": "items that one run looks at again, the youngest first (1000)",
    "compliance": "true: the daily DAG `comply` asks the platform's compliance feed about what is held, where it has one",
    "comply_days": "how many days back the compliance feed is asked about (90)",
}


@dataclass(frozen=True)
class ErrorRule:
    """How one of a platform's own error codes is met: what to do, what it means, what a person can do about it."""

    code: str
    action: Action
    meaning: str
    mend: str | None = None


@dataclass(frozen=True)
class Contract:
    """What a platform offers: read by the engine, the contract tests, the docs table and `renown sources`."""

    platform: str
    base_url: str | None
    endpoints: tuple[str, ...]
    auth: str
    credential_env: str | None
    cursor: CursorKind
    is_sorted: bool  # newest first (or oldest first) throughout a stream; an unsorted stream moves its cursor only at its end
    page_limit: int
    cap: int | None  # most results of one query, whatever the paging
    errors: tuple[ErrorRule, ...]
    time_formats: tuple[str, ...]
    deletion: str
    edits: str
    history_limit: str
    terms: str
    not_offered: tuple[str, ...]
    kinds: tuple[Kind, ...]
    query_limit: int | None = None
    min_interval: Mapping[str, float] = field(default_factory=dict)  # endpoint → seconds, limits that no header tells
    collects: tuple[str, ...] = ()  # in words: "posts by keyword", "comments of a post"
    credentials: tuple[str, ...] = ()  # every environment variable that must be set; credential_env is the first
    optional_credentials: tuple[str, ...] = ()  # used where they are set: more can be read with them, nothing is refused without
    how_to: str = ""  # where a person gets the credentials, or "no credential needed"
    rate: tuple[int, float] = (60, 60.0)  # requests in seconds that a new source starts with; configuration overrides it
    options: Mapping[str, str] = field(default_factory=dict)  # name of a source option → what it means
    forms: Mapping[str, Form] = field(default_factory=dict)  # … → how it is written, where source_options.SHARED does not say it
    needs: tuple[Need, ...] = ()  # what a source must name, beside the base_url of a platform that is many sites

    @property
    def secrets(self) -> tuple[str, ...]:
        """The environment variables that a source of this platform needs, the main one first."""
        return self.credentials or ((self.credential_env,) if self.credential_env else ())

    def rule(self, code: object) -> ErrorRule | None:
        """The rule of this error code, None where the documents do not name it."""
        return next((rule for rule in self.errors if rule.code == str(code)), None)


class PlatformError(RenownError):
    """A platform's own error, with what to do. `action` is the engine's; `str()` is one line: which error, and the mend.

    `wait_seconds` is what the platform asks for (action wait_until); `body` the answer that could not be read (secrets taken out).
    """

    exit_code = 2

    def __init__(
        self,
        action: Action,
        what: str,
        mend: str | None = None,
        *,
        code: str | None = None,
        wait_seconds: float | None = None,
        body: bytes | None = None,
    ) -> None:
        super().__init__(what, mend)
        self.action, self.code, self.wait_seconds, self.body = action, code, wait_seconds, body


def contract_error(
    contract: Contract,
    code: object,
    message: str,
    default: Action = "fatal",
    mend: str | None = None,
    wait_seconds: float | None = None,
) -> PlatformError:
    """A PlatformError by the contract's error map: "vk: error 5 (user authorization failed): set RENOWN_VK_TOKEN"."""
    rule = contract.rule(code)
    action = rule.action if rule else default
    meaning = " ".join(str((rule and rule.meaning) or message or "no message").split())[:160]
    what = f"{contract.platform}: error {code} ({meaning})"
    fallback = {
        "retry": "try again later",
        "wait_until": "wait for the platform's window to reset and run again",
        "stop": "run again when the budget is back",
        "skip": "nothing to do, the item is not readable",
        "fatal": "see the platform's documentation of this code",
    }[action]
    return PlatformError(action, what, (rule and rule.mend) or mend or fallback, code=str(code), wait_seconds=wait_seconds)


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a page: `value` is what came, joined with what it refers to; `raw` the same as stored bytes (JSON, UTF-8)."""

    kind: str
    native_id: str
    site: str
    raw: bytes
    value: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Key:
    """An item that the warehouse holds: what lookup() and comply() are asked about."""

    kind: str
    native_id: str
    parent_id: str | None = None
    conversation_id: str | None = None
    page_id: str | None = None
    author_id: str | None = None
    author_handle: str | None = None
    url: str | None = None
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Tombstone:
    """An item that is gone. `kind` None where the platform tells the id only: then it holds for every kind it could be."""

    native_id: str
    kind: str | None
    basis: Basis
    deleted_at: datetime | None = None
    reason: str | None = None  # the platform's own word: deactivated, suspended, protected, bounced
    site: str | None = None  # of a lookup's find, where items are filed under a site that the source does not name


@dataclass(frozen=True, slots=True)
class Page:
    """What is committed as one transaction. `cursor` None leaves the stream's cursor where it is; `gone`: items found to be deleted."""

    items: Sequence[Item]
    stream: str = ""
    cursor: Mapping[str, Any] | None = None
    promised: int | None = None
    more: bool = True
    gap: str | None = None
    gone: Sequence[Tombstone] = ()


class Engagement(msgspec.Struct, frozen=True):
    """Counts as the platform gives them; None is unknown, never 0. `shares` without quotes."""

    likes: int | None = None
    shares: int | None = None
    comments: int | None = None
    views: int | None = None
    quotes: int | None = None


class Mention(msgspec.Struct, frozen=True, kw_only=True):
    """One shape for every platform; a field that the platform does not offer is None. (A Struct: made millions of times.)"""

    platform: str
    site: str
    native_id: str
    kind: str
    url: str | None = None
    title: str | None = None
    text: str | None = None
    author_id: str | None = None
    author_handle: str | None = None
    author_name: str | None = None
    author_followers: int | None = None
    author_following: int | None = None
    author_posts: int | None = None
    author_created_at: datetime | None = None
    author_verified: bool | None = None
    author_location: str | None = None
    page_id: str | None = None
    page_name: str | None = None
    page_followers: int | None = None
    created_at: datetime | None = None
    created_at_raw: str | None = None
    edited_at: datetime | None = None
    deleted: bool = False
    parent_id: str | None = None
    conversation_id: str | None = None
    in_reply_to_author_id: str | None = None
    repost_of_id: str | None = None
    quote_of_id: str | None = None
    language_hint: str | None = None
    country: str | None = None
    place_name: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    rating: float | None = None
    engagement: Engagement = Engagement()
    mentions: tuple[str, ...] = ()
    hashtags: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    media_count: int = 0
    truncated: bool = False

    def to_dict(self) -> dict[str, Any]:
        """The JSON object that `renown parse` prints: times as ISO 8601 ending in Z, tuples as lists."""
        plain: dict[str, Any] = msgspec.to_builtins(self)
        for name in ("author_created_at", "created_at", "edited_at"):
            moment = getattr(self, name)
            if moment and (
                moment.microsecond or moment.tzinfo is not UTC
            ):  # msgspec writes all six digits, and the zone as it is
                plain[name] = iso(moment)
        for name in ("mentions", "hashtags", "links"):
            plain[name] = list(plain[name])
        return plain


def iso(moment: datetime) -> str:
    """ISO 8601 in UTC ending in Z; fractions only where there are any (milliseconds, else microseconds)."""
    utc = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    spec = "seconds" if not utc.microsecond else "milliseconds" if utc.microsecond % 1000 == 0 else "microseconds"
    return utc.isoformat(timespec=spec)[:-6] + "Z"


@dataclass
class Reading:
    """What pages() may use: the source's config, the session, the cursors as committed, and the interval asked for."""

    source: Source
    settings: Settings
    http: Http
    base_url: str
    cursors: Mapping[str, Mapping[str, Any]]
    start: datetime
    end: datetime
    # (kind, since) → (native id, author id) of items of this source that may have got new answers
    recent_threads: Callable[[str, datetime], Iterable[tuple[str, str | None]]] = lambda kind, since: ()

    def option(self, name: str, default: Any) -> Any:
        """A value of the source's free `options`."""
        return self.source.options.get(name, default)
