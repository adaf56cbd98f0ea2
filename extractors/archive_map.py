"""The declarative map of an archive: which column is which field of a mention.

    platform parser:  {parser: x}                       each line is an answer of the platform's own API (twarc)
    columns:          {fields: {native_id: id, created_at: {column: date, format: epoch}, text: text, language_hint: {const: ru}}}
Formats of times: epoch, iso, rfc822, any strptime pattern (with `zone` where the pattern has none). Other formats: html (texts), length
(of a list), present (a flag that any value sets), wkt_latitude and wkt_longitude of POINT(x y). Columns of nested JSON: a.b.c. A column
may be a list of names: the first that holds something counts. `rows`: where in a document its rows lie.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from extractors.archive_rows import file_format, member_names
from extractors.base import Engagement, Mention
from extractors.jsons import dump
from extractors.registry import PLATFORMS
from extractors.text import handles, hashtags, html_to_text, plain, unique, urls
from extractors.times import from_epoch, from_feed, from_iso, from_rfc822, plausible
from extractors.values import count, flag, identifier, number
from settings import RenownError
from settings.models import TimeZone
from settings.yaml_files import read_yaml
from warehouse.landing_rows import Entry

MAPS = Path(__file__).parent / "maps"
TIMES = {"created_at", "edited_at", "author_created_at", "deleted_at"}
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
    """Where a field comes from: a column (or the first of several that holds something), else a constant.

    `empty`: values that mean nothing here. `when`: the field is read only where these columns have one of these values. `values`: what a
    raw value stands for ("*" is any other), else the constant.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    column: str | list[str] | None = None
    const: Any = None
    empty: list[str] = []
    when: dict[str, list[str]] = {}
    values: dict[str, str] = {}
    format: str | None = None
    zone: TimeZone | None = None
    strip: str | None = None
    separator: str = ","

    @property
    def names(self) -> list[str]:
        """The columns, in order of preference."""
        return self.column if isinstance(self.column, list) else [self.column] if self.column else []

    def read(self, row: dict[str, Any], empty: list[str]) -> Any:
        """The raw value of a row, the constant where there is none; None where the field does not apply."""
        if any(str(_pick(row, name)) not in allowed for name, allowed in self.when.items()):
            return None
        found = (self._cleaned(_pick(row, name), empty) for name in self.names)
        raw = next((value for value in found if value is not None), None)
        if raw is None or not self.values:
            return self.const if raw is None else raw
        return self.values.get(str(raw).casefold(), self.values.get("*", self.const))

    def _cleaned(self, raw: Any, empty: list[str]) -> Any:
        if isinstance(raw, str):
            raw = raw.strip().strip(self.strip or "") or None
        return None if raw is None or (isinstance(raw, str | int | float) and str(raw) in (*empty, *self.empty)) else raw


class ArchiveMap(BaseModel):
    """A map file; every key is optional but `fields` or `parser`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    parser: str | None = None
    format: Literal["csv", "jsonl", "json", "parquet"] | None = None
    rows: list[str] = []
    empty: list[str] = []
    fold: bool = False  # column names count in lower case, with _ for spaces and hyphens
    encoding: str = "utf-8-sig"
    delimiter: str = Field(",", min_length=1, max_length=1)
    site: str = ""
    kind: Literal["post", "comment", "reply", "review", "article", "message"] = "post"
    fields: dict[str, str | list[str] | Column] = {}
    required: list[str] = ["native_id", "text"]

    @cached_property
    def sources(self) -> dict[str, Column]:
        """Field → Column."""
        return {name: where if isinstance(where, Column) else Column(column=where) for name, where in self.fields.items()}

    def missing(self, header: list[str]) -> str | None:
        """The first column that a required field needs and the header has not."""
        known = {self.folded(name) for name in header}
        needed = (c.names for name, c in self.sources.items() if name in self.required and c.const is None and c.names)
        return next((names[0] for names in needed if not known & {name.split(".")[0] for name in names}), None)

    def folded(self, name: str) -> str:
        """A column's name as the map writes it."""
        return re.sub(r"[\s-]+", "_", name.strip().casefold()) if self.fold else name

    def inner(self, value: Any) -> list[Any]:
        """The rows of a document: the list at the first path of `rows` that leads to one, else the document itself."""
        for path in self.rows if isinstance(value, dict) else ():
            found: Any = value
            for part in path.split("."):
                found = found.get(part) if isinstance(found, dict) else None
            if isinstance(found, list):
                return found
        return [value]

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
        gone_at = values.pop("deleted_at", None)
        values["deleted"] = bool(values.get("deleted") or gone_at)
        values |= {"site": site, "kind": kind, "text": text, "engagement": counts}
        for name, found in (("mentions", handles(text)), ("hashtags", hashtags(text)), ("links", urls(text))):
            values[name] = values.get(name) or found
        for name, default in (("media_count", 0), ("deleted", False), ("truncated", False)):
            values[name] = values.get(name) or default
        mention = Mention(platform=platform, **values)
        graves = [{"native_id": native_id, "kind": kind, "basis": "platform", "deleted_at": gone_at}] if mention.deleted else []
        return Entry(platform, site, kind, native_id, dump(row), mention=mention.to_dict(), tombstones=graves)

    def _values(self, row: dict[str, Any]) -> tuple[dict[str, Any], str | None]:
        values: dict[str, Any] = {}
        known = {self.folded(name): value for name, value in row.items()} if self.fold else row
        for name, source in self.sources.items():
            raw = source.read(known, self.empty)
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
    if source.format in _SHAPES:
        return _SHAPES[source.format](raw)
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


def _wkt(place: int) -> Callable[[Any], float | None]:
    """A reader of one coordinate of POINT(x y)."""

    def read(raw: Any) -> float | None:
        found = re.search(r"POINT\s*\(\s*(\S+)\s+([^)\s]+)\s*\)", str(raw), re.I)
        return number(found[place]) if found else None

    return read


_SHAPES: dict[str | None, Callable[[Any], Any]] = {
    "html": lambda raw: html_to_text(str(raw)) or None,
    "length": lambda raw: len(raw) if isinstance(raw, list) else None,
    "present": lambda raw: str(raw).casefold() not in ("0", "false"),
    "wkt_longitude": _wkt(1),
    "wkt_latitude": _wkt(2),
}


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
    tables = (".csv", ".csv.gz", ".tsv", ".tsv.gz", ".txt", ".parquet")
    if platform in PLATFORMS and platform != "rss" and not any(name.endswith(tables) for name in (name, *member_names(path))):
        return ArchiveMap(parser=platform)
    if not path.name.lower().endswith(".zip"):
        file_format(path.name)
    return load_map(MAPS / "generic.yml")


def load_map(path: Path) -> ArchiveMap:
    """A map file. Raises RenownError with what is wrong in it."""
    try:
        value = read_yaml(path.read_text("utf-8"))
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
