"""Rows of an archive file, one at a time: CSV with a header, JSON lines, a JSON array, Parquet; .gz and .zip are opened on the way."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import json
import math
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from extractors.jsons import load
from settings import RenownError

if TYPE_CHECKING:
    from extractors.archive_map import ArchiveMap

MAX_LINE = 64 * 1024 * 1024  # characters: a guard against files that are no lines at all
BATCH = 1000  # rows of Parquet at a time
MAX_JSON = 512 * 1024 * 1024  # bytes of a JSON document, which is read as a whole
SUFFIXES = (".csv", ".tsv", ".jsonl", ".ndjson", ".json", ".txt", ".parquet")
csv.field_size_limit(16 * 1024 * 1024)


@dataclass(frozen=True)
class Row:
    """A row's value, or None with the reason why it has none; `raw` is what to keep of it."""

    value: Any
    raw: bytes = b""
    reason: str | None = None


def read_rows(path: Path, chosen: ArchiveMap) -> Iterator[Row]:
    """All rows of all members. Raises RenownError for a file of no known kind or a CSV without the mapped columns."""
    with ExitStack() as stack:
        for name, stream in _members(path, stack):
            yield from _rows(path, name, stream, chosen)


def file_format(name: str) -> str:
    """csv, jsonl, json or parquet by the file's name. Raises RenownError for anything else."""
    stem = name.lower().removesuffix(".gz")
    for suffixes, found in (
        ((".csv", ".tsv", ".txt"), "csv"),
        ((".jsonl", ".ndjson"), "jsonl"),
        ((".json",), "json"),
        ((".parquet",), "parquet"),
    ):
        if stem.endswith(suffixes):
            return found
    raise RenownError(
        f"{name}: unknown kind of file", f"use {', '.join(SUFFIXES)}, also with .gz or in .zip, or set format in the map", 2
    )


def _members(path: Path, stack: ExitStack) -> Iterator[tuple[str, IO[bytes]]]:
    name = path.name
    if name.lower().endswith(".zip"):
        try:
            archive = stack.enter_context(zipfile.ZipFile(path))
        except zipfile.BadZipFile:
            raise RenownError(f"{path}: not a zip file", "copy the file again", 2) from None
        members = [info for info in archive.infolist() if not info.is_dir() and _is_data(info.filename)]
        if not members:
            raise RenownError(f"{path}: holds no {', '.join(SUFFIXES)} file", "zip the data files themselves", 2)
        for info in members:
            with stack.enter_context(_opened(path, archive, info)) as member:
                yield info.filename, _unzipped(info.filename, member)
        return
    with path.open("rb") as stream:
        yield name, _unzipped(name, stream)


def member_names(path: Path) -> list[str]:
    """The data files in a zip, in lower case; none where it is no zip."""
    if not path.name.lower().endswith(".zip"):
        return []
    try:
        with zipfile.ZipFile(path) as archive:
            return [name.lower() for name in archive.namelist() if _is_data(name)]
    except (zipfile.BadZipFile, OSError):
        return []


def _is_data(name: str) -> bool:
    """By its suffix, and none of the shadow files that macOS writes into a zip."""
    parts = name.lower().split("/")
    return parts[-1].removesuffix(".gz").endswith(SUFFIXES) and "__macosx" not in parts and not parts[-1].startswith("._")


def _opened(path: Path, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> IO[bytes]:
    """Raises RenownError for a member with a password or of a method that Python cannot unpack."""
    try:
        return archive.open(info)
    except (RuntimeError, NotImplementedError):
        why = "is encrypted" if info.flag_bits & 1 else "is compressed by an unknown method"
        raise RenownError(f"{path}: {info.filename} {why}", "unpack it yourself, then ingest what was inside", 2) from None


def _unzipped(name: str, stream: IO[bytes]) -> IO[bytes]:
    return gzip.open(stream) if name.lower().endswith(".gz") else stream  # type: ignore[return-value]


def _rows(path: Path, name: str, stream: IO[bytes], chosen: ArchiveMap) -> Iterator[Row]:
    kind = chosen.format or file_format(name)
    where = str(path) if name == path.name else f"{path}: {name}"
    if kind == "parquet":
        yield from _parquet_rows(where, stream, chosen)
        return
    buffered = io.BufferedReader(stream)  # type: ignore[type-var]
    encoding = _encoding(buffered.peek(2), chosen.encoding)
    if kind == "json":
        yield from _json_rows(where, buffered, encoding)
        return
    text = io.TextIOWrapper(buffered, encoding=encoding, errors="surrogateescape", newline="")
    if kind == "jsonl":
        yield from _json_lines(text)
        return
    is_tabbed = name.lower().removesuffix(".gz").endswith(".tsv")
    delimiter = "\t" if is_tabbed and "delimiter" not in chosen.model_fields_set else chosen.delimiter
    yield from _csv_rows(where, text, chosen, delimiter)


def _encoding(start: bytes, mapped: str) -> str:
    """UTF-16 where the file's first bytes say so (spreadsheets export it), else the map's."""
    return "utf-16" if start[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else mapped


class _Lines:
    """The lines of a text, and those that were read since the last take(): what a broken row was made of."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text, self._read = text, list[str]()

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._text.readline(MAX_LINE)
        if not line:
            raise StopIteration
        self._read.append(line)
        return line

    def take(self) -> str:
        """The lines since the last take, without the last one's end."""
        read, self._read = "".join(self._read), []
        return read.rstrip("\r\n")


def _csv_rows(where: str, text: io.TextIOWrapper, chosen: ArchiveMap, delimiter: str) -> Iterator[Row]:
    lines = _Lines(text)
    reader = csv.reader(lines, delimiter=delimiter)
    header = _header(where, reader, chosen)
    lines.take()
    while True:
        try:
            fields = next(reader, None)
        except csv.Error as error:
            yield Row(None, _bytes(lines.take()), f"broken CSV ({error})")
            continue
        if fields is None:
            return
        raw = lines.take()
        if not any(fields):
            continue
        if len(fields) != len(header):
            yield Row(None, _bytes(raw), f"{len(fields)} fields where the header has {len(header)}")
        elif _is_broken(raw):
            yield Row(None, _bytes(raw), _not_text(text.encoding))
        else:
            yield Row(dict(zip(header, fields, strict=True)))


def _header(where: str, reader: Iterator[list[str]], chosen: ArchiveMap) -> list[str]:
    """The columns' names. Raises RenownError where there are none, or not those that the map needs."""
    try:
        found = next(reader, None)
    except csv.Error as error:
        raise RenownError(f"{where}: broken CSV in its header ({error})", "give a CSV with a header line", 2) from None
    if found is None:
        raise RenownError(f"{where}: the file is empty", "give a CSV with a header line", 2)
    header = [name.strip().lstrip("\ufeff") for name in found]
    _need(where, header, chosen)
    return header


def _need(where: str, header: list[str], chosen: ArchiveMap) -> None:
    """Raises RenownError where a column is not there that a required field needs."""
    if missing := chosen.missing(header):
        has = "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in ", ".join(header)[:200])
        raise RenownError(f"{where}: no column '{missing}' (it has {has})", "correct the map, or its delimiter or encoding", 2)


def _not_text(encoding: str) -> str:
    return f"not {encoding.removesuffix('-sig')} text"


def _json_lines(text: io.TextIOWrapper) -> Iterator[Row]:
    while line := text.readline(MAX_LINE):
        if not line.strip():
            continue
        if _is_broken(line):
            yield Row(None, _bytes(line), _not_text(text.encoding))
            continue
        try:
            value = load(line.lstrip("\ufeff"))
        except (ValueError, RecursionError):
            yield Row(None, _bytes(line), "not JSON")
            continue
        yield (Row(value) if isinstance(value, dict | list) else Row(None, _bytes(line), f"a bare {type(value).__name__}"))


def _json_rows(where: str, stream: IO[bytes], encoding: str) -> Iterator[Row]:
    body = stream.read(MAX_JSON + 1)
    if len(body) > MAX_JSON:
        raise RenownError(f"{where}: a JSON document over {MAX_JSON >> 20} MB", "convert it to JSON lines", 2)
    try:
        value = load(body.decode(encoding))
    except UnicodeError:
        raise RenownError(
            f"{where}: {_not_text(encoding)}", "name the file's encoding in the map, e.g. encoding: windows-1251", 2
        ) from None
    except (ValueError, RecursionError):
        raise RenownError(f"{where}: not JSON", "give a JSON array or object, or name JSON lines .jsonl", 2) from None
    for element in value if isinstance(value, list) else [value]:
        yield (
            Row(element)
            if isinstance(element, dict)
            else Row(None, _bytes(json.dumps(element)), f"a bare {type(element).__name__}")
        )


def _parquet_rows(where: str, stream: IO[bytes], chosen: ArchiveMap) -> Iterator[Row]:
    """Batch after batch: a row group is never a pile of Python objects."""
    import pyarrow
    from pyarrow import parquet

    try:
        table = parquet.ParquetFile(stream)
        _need(where, table.schema_arrow.names, chosen)
        for batch in table.iter_batches(batch_size=BATCH):
            for row in batch.to_pylist():
                yield Row({name: _simple(value) for name, value in row.items()})
    except (pyarrow.ArrowException, OSError, ValueError) as error:
        raise RenownError(
            f"{where}: not a Parquet file that can be read ({type(error).__name__})", "copy the file again, or write it anew", 2
        ) from None


def _simple(value: Any) -> Any:
    """A value of Parquet as JSON would hold it: bytes as text, times as ISO 8601, what is not a number as nothing."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, list):
        return [_simple(part) for part in value]
    if isinstance(value, dict):
        return {name: _simple(part) for name, part in value.items()}
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def _is_broken(text: str) -> bool:
    """Whether a byte could not be decoded (it came through as a lone surrogate)."""
    if text.isascii():
        return False
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
