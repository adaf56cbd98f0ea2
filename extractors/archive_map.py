"""The declarative map of an archive: which column is which field of a mention.

    platform parser:  {parser: x}                       each line is an answer of the platform's own API (twarc)
    columns:          {fields: {native_id: id, created_at: {column: date, format: epoch}, text: text, language_hint: {const: ru}}}
Formats of times: epoch, iso, rfc822, any strptime pattern (with `zone` where the pattern has none). Columns of nested JSON: a.b.c.
"""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from extractors.archive_rows import file_format
from extractors.base import Engagement, Mention, dump
from extractors.registry import PLATFORMS
from extractors.text import handles, hashtags, plain, unique, urls
from extractors.times import from_epoch, from_feed, from_iso, from_rfc822, plausible
from extractors.values import count, flag, identifier, number
from settings import RenownError
from settings.models import TimeZone
from warehouse.landing import Entry

MAPS = Path(__file__).parent / "maps"
TIMES = {"created_at", "edited_at", "author_created_at"}
COUNTS = {"author_followers", "author_following", "author_posts", "page_followers", "media_count"}
IDS = {
    "native_id",
    "author_id",
    "page_id",
    "parent_id",
    "conversation_id",
    "in_reply_to_author_id",
    "repost_of_id",
    "quote_of_id",
}
FLAGS = {"author_verified", "deleted", "truncated"}
NUMBERS = {"latitude", "longitude", "rating"}
LISTS = {"mentions", "hashtags", "links"}
ENGAGEMENT = {"likes", "shares", "comments", "views", "quotes"}
TEXTS = {
    "url", "title", "text", "author_handle", "author_name", "author_location", "page_name", "language_hint", "country", "place_name", "site", "kind",
}  # fmt: skip
FIELDS = TIMES | COUNTS | IDS | FLAGS | NUMBERS | LISTS | ENGAGEMENT | TEXTS
KINDS = ("post", "comment", "reply", "review", "article", "message")


class Column(BaseModel):
    """Where a field comes from: a column (with a time format) or a constant."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    column: str | None = None
    const: Any = None
    format: str | None = None
    zone: TimeZone | None = None
    strip: str | None = None
    separator: str = ","


class ArchiveMap(BaseModel):
    """A map file; every key is optional but `fields` or `parser`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    parser: str | None = None
    format: Literal["csv", "jsonl", "json"] | None = None
    encoding: str = "utf-8-sig"
    delimiter: str = Field(",", min_length=1, max_length=1)
    site: str = ""
    kind: Literal["post", "comment", "reply", "review", "article", "message"] = "post"
    fields: dict[str, str | Column] = {}
    required: list[str] = ["native_id", "text"]

    @cached_property
    def sources(self) -> dict[str, Column]:
        """Field → Column."""
        return {name: Column(column=where) if isinstance(where, str) else where for name, where in self.fields.items()}

    def columns(self, required: bool = False) -> list[str]:
        """The columns that the map reads; with `required` only those of required fields."""
        return [
            c.column.split(".")[0] for name, c in self.sources.items() if c.column and (not required or name in self.required)
        ]

    def entry(self, platform: str, row: dict[str, Any]) -> Entry:
        """A row as an Entry: its mention, or the reason why there is none (missing id, bad date, empty text …)."""
        values, reason = self._values(row)
        native_id, site = values.get("native_id") or "", values.get("site") or self.site
        kind = values.get("kind") or self.kind
        if reason is None and kind not in KINDS:
            reason, kind = "unknown kind", self.kind
        if reason:
            return Entry(platform, site, kind, native_id, dump(row), reason=reason)
        counts = Engagement(**{name: values.pop(name) for name in list(values) if name in ENGAGEMENT})
        text = plain(str(values["text"]))
        values |= {"site": site, "kind": kind, "text": text, "engagement": counts}
        for name, found in (("mentions", handles(text)), ("hashtags", hashtags(text)), ("links", urls(text))):
            values[name] = values.get(name) or found
        for name, default in (("media_count", 0), ("deleted", False), ("truncated", False)):
            values[name] = values.get(name) or default
        mention = Mention(platform=platform, **values)
        graves = [{"native_id": native_id, "kind": kind, "basis": "platform", "deleted_at": None}] if mention.deleted else []
        return Entry(platform, site, kind, native_id, dump(row), mention=mention.to_dict(), tombstones=graves)

    def _values(self, row: dict[str, Any]) -> tuple[dict[str, Any], str | None]:
        values: dict[str, Any] = {}
        for name, source in self.sources.items():
            raw = source.const if source.column is None else _pick(row, source.column)
            if isinstance(raw, str):
                raw = raw.strip().strip(source.strip or "") or None
            values[name] = None if raw is None else convert(name, raw, source)
            if name in TIMES:
                values |= {"created_at_raw": None if raw is None else str(raw)} if name == "created_at" else {}
                if raw is not None and values[name] is None:
                    return values, f"bad date ({name})"
        missing = next((name for name in self.required if values.get(name) in (None, "")), None)
        words = {"native_id": "missing id", "text": "empty text", "created_at": "missing date"}
        return values, words.get(missing, f"missing {missing}") if missing else None


def convert(name: str, raw: Any, source: Column) -> Any:
    """A raw value as the field's type; None where it cannot be one."""
    if name in TIMES:
        return read_time(raw, source)
    if name == "native_id":  # an archive may count from 0
        return str(raw) if isinstance(raw, str | int) and not isinstance(raw, bool) else identifier(raw)
    if name in LISTS:
        parts = raw if isinstance(raw, list) else str(raw).split(source.separator)
        return unique(str(part).strip().lstrip("@#") for part in parts)
    readers: tuple[tuple[set[str], Any], ...] = (
        (COUNTS | ENGAGEMENT, count),
        (IDS, identifier),
        (FLAGS, flag),
        (NUMBERS, number),
    )
    return next((read(raw) for names, read in readers if name in names), str(raw))


def read_time(raw: Any, source: Column) -> datetime | None:
    """An instant by the column's format; without a format ISO 8601 or RFC 822, or epoch seconds for digits."""
    zone = ZoneInfo(source.zone) if source.zone else None
    text = str(raw).strip()
    match source.format:
        case "epoch":
            return from_epoch(raw)
        case "iso":
            return from_iso(text.replace(" ", "T", 1), zone)
        case "rfc822":
            return from_rfc822(text)
        case None:
            return from_feed(text, zone) or (from_epoch(text) if text.isdigit() and len(text) in (9, 10, 13) else None)
        case pattern:
            return _by_pattern(text, pattern, zone)


def _by_pattern(text: str, pattern: str, zone: ZoneInfo | None) -> datetime | None:
    try:
        moment = datetime.strptime(text, pattern)
    except ValueError:
        return None
    if moment.tzinfo is None:
        if zone is None:
            return None
        moment = moment.replace(tzinfo=zone)
    return plausible(moment)


def _pick(row: dict[str, Any], column: str) -> Any:
    """A column's value; of nested JSON by a dotted path, where there is no column of that whole name."""
    if column in row:
        return row[column]
    value: Any = row
    for part in column.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value if not isinstance(value, dict) else None


def choose_map(path: Path, platform: str, mapping: Path | None) -> ArchiveMap:
    """The given map, a shipped one of that name, or by the file: JSON lines of a live platform by its parser, else the generic columns."""
    if mapping is not None:
        shipped = MAPS / f"{mapping.name.removesuffix('.yml')}.yml"
        if not mapping.is_file() and not shipped.is_file():
            known = ", ".join(sorted(p.stem for p in MAPS.glob("*.yml")))
            raise RenownError(f"{mapping}: no such map", f"give a YAML file, or one of the shipped maps: {known}", 2)
        return load_map(mapping if mapping.is_file() else shipped)
    name = path.name.lower().removesuffix(".zip")
    if platform in PLATFORMS and platform != "rss" and not name.endswith((".csv", ".csv.gz", ".tsv", ".tsv.gz", ".txt")):
        return ArchiveMap(parser=platform)
    if not path.name.lower().endswith(".zip"):
        file_format(path.name)
    return load_map(MAPS / "generic.yml")


def load_map(path: Path) -> ArchiveMap:
    """A map file. Raises RenownError with what is wrong in it."""
    try:
        value = yaml.safe_load(path.read_text("utf-8"))
        found = ArchiveMap.model_validate(value or {})
    except (yaml.YAMLError, UnicodeDecodeError):
        raise RenownError(f"{path}: broken YAML", "mend the map", 2) from None
    except ValidationError as error:
        first = error.errors()[0]
        raise RenownError(f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}", "correct the map", 2) from None
    unknown = [name for name in [*found.fields, *found.required] if name not in FIELDS]
    if unknown:
        raise RenownError(f"{path}: unknown field '{unknown[0]}'", f"use one of {', '.join(sorted(FIELDS))}", 2)
    if found.parser and found.parser not in PLATFORMS:
        raise RenownError(f"{path}: unknown parser '{found.parser}'", f"use one of {', '.join(PLATFORMS)}", 2)
    if not found.parser and not {"native_id", "text"} <= set(found.fields):
        raise RenownError(f"{path}: native_id and text are not mapped", "add them under fields, or name a parser", 2)
    try:
        "".encode(found.encoding)
    except LookupError:
        raise RenownError(f"{path}: unknown encoding '{found.encoding}'", "use a name such as utf-8 or windows-1251", 2) from None
    return found
