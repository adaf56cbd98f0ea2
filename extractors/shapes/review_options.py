"""What a bank writes to read a review site or forum without code: the options of a review_site source, checked.

sources.yml options ──► read_options() ──► SiteOptions, or one line: sources.yml: options.fields.text.select …: the mend
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal
from zoneinfo import ZoneInfo

from lxml.cssselect import CSSSelector
from lxml.etree import XPathError
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from extractors.base import COMMON_OPTIONS
from settings import RenownError

FIELDS = (
    "text", "title", "rating", "url", "created_at", "edited_at", "author_name", "author_handle", "author_id", "author_location",
    "page_name", "language_hint", "country", "place_name", "likes", "comments", "views", "shares", "official",
)  # fmt: skip
REPLY_FIELDS = ("text", "created_at", "edited_at", "author_name", "author_handle", "author_id", "url")
FieldType = Literal["text", "html", "number", "stars", "date"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _selector(value: str) -> str:
    try:
        CSSSelector(value, translator="html")
    except (SyntaxError, XPathError) as error:  # cssselect's errors are SyntaxErrors
        raise ValueError(f"'{value}' is no CSS selector ({error})") from None
    return value


class SiteField(_Strict):
    """Where one field stands in an item, and what it is."""

    select: str = ""  # CSS; "" is the item itself
    attribute: str | None = None  # of the element; its text where none is named
    regex: str | None = None  # the first group (or the whole match) is kept
    type: FieldType = "text"
    out_of: float = Field(5, gt=0)  # stars: the best rating; ratings are stored out of 5
    count: bool = False  # how many elements `select` finds (filled stars)
    format: str | None = None  # date: strptime's, as %d.%m.%Y %H:%M
    zone: str = "UTC"  # date: an IANA name, for dates that name none
    language: list[str] = []  # date: languages of month names and of "3 days ago"

    @field_validator("select")
    @classmethod
    def _css(cls, value: str) -> str:
        return _selector(value) if value else value

    @field_validator("regex")
    @classmethod
    def _pattern(cls, value: str | None) -> str | None:
        try:
            re.compile(value or "")
        except re.error as error:
            raise ValueError(f"'{value}' is no regular expression ({error})") from None
        return value

    @field_validator("zone")
    @classmethod
    def _known(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError):
            raise ValueError(f"unknown time zone '{value}'; use an IANA name such as Europe/Berlin") from None
        return value

    @field_validator("language", mode="before")
    @classmethod
    def _many(cls, value: Any) -> Any:
        return [value] if isinstance(value, str) else value

    def reading(self) -> dict[str, Any]:
        """What to_mention() needs to read the string that was found; {} for plain text."""
        named = {
            "text": (), "html": ("type",), "number": ("type",), "stars": ("type", "out_of"),
            "date": ("type", "format", "zone", "language"),
        }[self.type]  # fmt: skip
        return {name: value for name in named if (value := getattr(self, name)) not in (None, [], "")}


class Reply(_Strict):
    """The company's official answer, nested in an item."""

    item: str
    id: SiteField | None = None
    fields: dict[str, SiteField] = {}

    @field_validator("item")
    @classmethod
    def _css(cls, value: str) -> str:
        return _selector(value)

    @model_validator(mode="after")
    def _named(self) -> Reply:
        _known_fields(self.fields, REPLY_FIELDS)
        return self


class SiteOptions(_Strict):
    """The options of a review_site source. `list`: the address of a list page; {page} is its number, {id} one of `ids`."""

    address: str = Field(alias="list")
    ids: list[str] = []  # what {id} stands for: the companies' names in the site's addresses
    first_page: int = 1
    step: int = Field(1, ge=1)  # what the page number grows by (forums count posts)
    next: str | None = None  # CSS of the link to the next page, where pages are no numbers
    max_pages: int = Field(200, ge=1)
    sort: Literal["newest", "unsorted"] = "unsorted"
    thread_hours: float = Field(72, ge=0)
    repeats_at_end: bool = False  # past its last page the site shows the last one again
    container: str | None = None  # CSS of what every list page has, reviews or none: tells a list from a captcha
    json_ld: bool = False  # schema.org reviews (JSON-LD or microdata) instead of selectors
    kind: Literal["review", "post"] = "review"
    item: str | None = None
    id: SiteField | None = None
    fields: dict[str, SiteField] = {}
    reply: Reply | None = None

    @field_validator("next", "container", "item")
    @classmethod
    def _css(cls, value: str | None) -> str | None:
        return _selector(value) if value else value

    @field_validator("ids", mode="before")
    @classmethod
    def _texts(cls, value: Any) -> Any:
        return [str(entry) for entry in value] if isinstance(value, list) else value

    @field_validator("address")
    @classmethod
    def _address(cls, value: str) -> str:
        if unknown := set(re.findall(r"\{(\w*)\}", value)) - {"page", "id"}:
            raise ValueError(f"{{{sorted(unknown)[0]}}} is unknown; use {{page}} and {{id}}")
        return value

    @model_validator(mode="after")
    def _whole(self) -> SiteOptions:
        if "{id}" in self.address and not self.ids:
            raise ValueError("list names {id}: add ids: [name-of-the-bank-on-the-site]")
        if self.json_ld:
            return self
        if not self.item or not self.id or "text" not in self.fields:
            missing = next(name for name, value in (("item", self.item), ("id", self.id), ("fields.text", None)) if not value)
            raise ValueError(f"{missing} is missing: give its CSS selector, or json_ld: true where the site marks up its reviews")
        _known_fields(self.fields, FIELDS)
        return self


def _known_fields(named: Mapping[str, SiteField], known: tuple[str, ...]) -> None:
    if unknown := next((name for name in named if name not in known), None):
        raise ValueError(f"fields.{unknown} is unknown; use one of {', '.join(known)}")


class WrongOption(RenownError):
    """An option that cannot be meant so. `location`: the keys and indexes below `options` that lead to it; `why`: what is wrong with it."""

    def __init__(self, location: tuple[str | int, ...], why: str, mend: str) -> None:
        self.location, self.why = location, why
        self.where = ".".join(["options", *map(str, location)])
        super().__init__(f"sources.yml: {self.where}: {why}", mend)


def read_options(options: Mapping[str, Any]) -> SiteOptions:
    """The checked options, those that any source may have apart. Raises WrongOption that names the first key which is wrong, and the mend."""
    try:
        return SiteOptions.model_validate({name: value for name, value in options.items() if name not in COMMON_OPTIONS})
    except ValidationError as error:
        first = error.errors()[0]
        why, mend = str(first["msg"]).removeprefix("Value error, "), "correct it in sources.yml"
        if first["type"] == "extra_forbidden":
            why, mend = "there is no such option", "leave it out, or see how the key is spelled"
        raise WrongOption(tuple(first["loc"]), why, mend) from None
