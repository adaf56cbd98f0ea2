"""Files that commands read: `-` is standard input, gzip is known by its first bytes, broken lines are named."""

from __future__ import annotations

import gzip
import io
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

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


def read_lines(file: str) -> Iterator[str]:
    """The lines of a UTF-8 file, one by one. Raises RenownError for a missing file at once, and for a line of other
    bytes with its number."""
    return _decoded(file, open_binary(file))


def _decoded(file: str, stream: IO[bytes]) -> Iterator[str]:
    with stream:
        for number, line in enumerate(stream, 1):
            try:
                yield line.decode("utf-8")
            except UnicodeDecodeError as error:
                raise RenownError(f"{file}:{number}: not UTF-8 at byte {error.start} of the line",
                                  "save the file as UTF-8", exit_code=BAD_INPUT) from None
