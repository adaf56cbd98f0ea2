"""Files that commands read: `-` is standard input, gzip is known by its first bytes, JSON Lines name their line."""

from __future__ import annotations

import gzip
import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from settings import RenownError

GZIP_MAGIC = b"\x1f\x8b"  # RFC 1952, section 2.3.1
BAD_INPUT = 2


def read_bytes(file: str) -> bytes:
    """All of a file, unpacked. Raises RenownError (exit code 2) where it is missing or a broken gzip file."""
    with open_binary(file) as stream:
        try:
            return stream.read()
        except (EOFError, gzip.BadGzipFile) as error:
            raise RenownError(f"{file}: broken gzip file ({error})", "fetch it again", exit_code=BAD_INPUT) from None


def open_binary(file: str) -> IO[bytes]:
    """The file's bytes as a stream, unpacked. Raises RenownError (exit code 2) where there is no such file."""
    if file == "-":
        raw: io.BufferedReader = io.BufferedReader(sys.stdin.buffer)  # type: ignore[arg-type]  # a reader of a reader may peek
    else:
        if not Path(file).is_file():
            raise RenownError(f"{file}: no such file", "check the path", exit_code=BAD_INPUT)
        raw = open(file, "rb")  # noqa: SIM115  (the caller closes it)
    return gzip.GzipFile(fileobj=raw) if raw.peek(2)[:2] == GZIP_MAGIC else raw  # type: ignore[return-value]


def read_json_lines(file: str) -> Iterator[dict[str, Any]]:
    """The objects of a JSON Lines file, one by one. Raises RenownError with the line's number, never its text."""
    with open_binary(file) as stream:
        for number, line in enumerate(stream, 1):
            if line.strip():
                yield _object(file, number, line)


def _object(file: str, number: int, line: bytes) -> dict[str, Any]:
    mend = 'each line must be a JSON object such as {"id": "1", "text": "…"}'
    try:
        value = json.loads(line)
    except ValueError as error:
        column = f", column {error.colno}" if isinstance(error, json.JSONDecodeError) else ""
        raise RenownError(f"{file}:{number}: not JSON{column}", mend, exit_code=BAD_INPUT) from None
    if not isinstance(value, dict):
        raise RenownError(f"{file}:{number}: not a JSON object", mend, exit_code=BAD_INPUT)
    return value
