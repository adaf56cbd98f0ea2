"""Archives of real posts through the same way as live ones: CSV, JSON lines, JSON and Parquet, plain, .gz or .zip.

    file ──read_rows()──► rows ──map (YAML) or the platform's own parser──► mention | reject with a reason ──► warehouse.landing

Every row ends as accepted or rejected; a second ingest of the same file adds nothing.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from extractors.archive_map import ArchiveMap, choose_map
from extractors.archive_rows import Row, read_rows
from extractors.arrival import to_entry
from extractors.base import Item
from extractors.jsons import dump
from extractors.registry import PLATFORMS, Platform
from settings import RenownError, Settings
from settings.models import PLATFORMS as KNOWN_PLATFORMS
from warehouse.connection import connect
from warehouse.landing import Landing, Work
from warehouse.landing_rows import Entry
from warehouse.rejects import settle_rejects

CHUNK = 1000


@dataclass(frozen=True)
class IngestReport:
    """read = accepted + rejected, in items; `known` of the accepted were in the warehouse (or earlier in the file) already.

    `settled`: earlier rejects that this file made good; `reasons`: why items were rejected, the commonest first.
    """

    read: int
    accepted: int
    rejected: int
    known: int
    settled: int = 0
    reasons: dict[str, int] = field(default_factory=dict, compare=False)


def ingest(
    settings: Settings,
    path: Path,
    *,
    platform: str,
    mapping: Path | None,
    url: str,
    source_id: str | None = None,
    progress: Callable[[dict[str, Any]], None] | None = None,
) -> IngestReport:
    """Land an archive. `mapping`: a YAML map, or the name of a shipped one (extractors/maps); None chooses by the file.

    Raises RenownError for an unknown platform, a broken map or a file that cannot be read (what was read until then stays landed).
    """
    if platform not in KNOWN_PLATFORMS:
        raise RenownError(f"unknown platform '{platform}'", f"use one of {', '.join(KNOWN_PLATFORMS)}", 2)
    if not path.is_file():
        raise RenownError(f"{path}: no such file", "give the path of a CSV, JSONL, JSON or Parquet file, also .gz or .zip", 2)
    chosen = choose_map(path, platform, mapping)
    if chosen.parser and chosen.parser != platform:
        raise RenownError(
            f"the map reads answers of {chosen.parser}, not of {platform}",
            f"say --platform {chosen.parser}, or give another map",
            2,
        )
    entries = read_entries(path, platform, chosen, settings.now())
    with connect(url) as connection:
        landing = Landing(
            connection, source_id or f"ingest_{platform}", platform, settings.now(), "ingest", path.name, settings.config_version, is_file=True
        )
        landing.open()
        try:
            while chunk := list(islice(entries, CHUNK)):
                landing.add(Work(chunk))
                if progress:
                    progress({"read": landing.counts.returned, "rejected": landing.counts.rejected})
            landing.settle()
        except BaseException as error:
            landing.fail(str(error) if isinstance(error, RenownError) else type(error).__name__)
            raise
        landing.finish("success")
        settled = settle_rejects(connection, landing.source_id)
    counts = landing.counts
    reasons = dict(sorted(landing.reasons.items(), key=lambda pair: (-pair[1], pair[0])))
    return IngestReport(counts.returned, counts.returned - counts.rejected, counts.rejected, counts.known, settled, reasons)


def read_entries(path: Path, platform: str, chosen: ArchiveMap, fetched_at: datetime) -> Iterator[Entry]:
    """The archive's items one after the other: memory does not grow with the file."""
    try:
        for row in read_rows(path, chosen):
            if row.value is None:
                yield Entry(platform, chosen.site, chosen.kind, "", row.raw, reason=row.reason, content_type="text/plain")
            elif chosen.parser:
                yield from _parsed(PLATFORMS[chosen.parser], row, chosen.site, fetched_at)
            else:
                yield from _mapped(chosen, platform, row)
    except UnicodeDecodeError as error:  # a codec that cannot go on behind broken bytes (UTF-16 that ends in half a character)
        raise RenownError(
            f"{path}: not {error.encoding} text (from byte {error.start})",
            "copy the file again, or name its encoding in the map",
            2,
        ) from None
    except (OSError, EOFError, zlib.error, BadZipFile) as error:
        reason = "the archive is damaged" if not isinstance(error, OSError) or not error.strerror else error.strerror
        raise RenownError(
            f"{path}: cannot be read to its end ({reason})", "copy the file again and repeat the ingest", 2
        ) from None


def _mapped(chosen: ArchiveMap, platform: str, row: Row) -> Iterator[Entry]:
    """Each row of a document; an empty list of rows is none, a row that is no object is a reject."""
    for inner in chosen.inner(row.value):
        if isinstance(inner, dict):
            yield chosen.entry(platform, inner)
        else:
            yield Entry(platform, chosen.site, chosen.kind, "", dump(inner), reason=f"a bare {type(inner).__name__}")


def _parsed(module: Platform, row: Row, site: str, fetched_at: datetime) -> Iterator[Entry]:
    """A line that is a platform's own answer (twarc pages): each item of it, or one reject for a line that holds none."""
    name = module.CONTRACT.platform
    try:
        error = module.error_of(row.value, 200, {})
        found: list[Item] = [] if error else list(module.items(row.value, None, site))
        reason = f"error answer {error.code}" if error else "no items in the line"
    except Exception as fault:  # odd nesting: a reject, never the end
        found, reason = [], f"parser failed ({type(fault).__name__})"
    if not found:
        yield Entry(name, site, "", "", dump(row.value), reason=reason)
    for item in found:
        yield to_entry(module, item, fetched_at)
