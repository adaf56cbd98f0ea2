"""Recorded bodies into decoded values: a JSON document, or JSON lines of documents (as twarc writes them)."""

from __future__ import annotations

import gzip
import io
import json
import zlib
from typing import Any

from extractors.jsons import load
from settings import RenownError

_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def decode_json(body: bytes) -> list[Any]:
    """The document of a JSON body, or each line's document. Raises RenownError where neither can be read."""
    text = _text(body)
    try:
        return [load(text)]
    except (ValueError, RecursionError) as error:
        whole = error
    lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    if len(lines) < 2:
        raise RenownError(f"not JSON ({_reason(whole)})", "give the body as it came from the platform", 2) from None
    values = []
    for number, line in lines:
        try:
            values.append(load(line))
        except (ValueError, RecursionError) as error:
            raise RenownError(
                f"line {number} is not JSON ({_reason(error)})", "give the body as it came from the platform", 2
            ) from None
    return values


def inflated(body: bytes, limit: int) -> bytes:
    """A body that is still gzipped, decompressed. Raises RenownError where it cannot be, or is larger than `limit` bytes."""
    if not body.startswith(b"\x1f\x8b"):
        return body
    try:
        with gzip.open(io.BytesIO(body)) as stream:
            whole = stream.read(limit + 1)
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise RenownError(
            f"not a whole gzip file ({type(error).__name__})", "give the body as it came from the platform", 2
        ) from None
    if len(whole) > limit:
        raise RenownError(f"the gzip file holds more than {limit >> 20} MB", "give the body as it came from the platform", 2)
    return whole


def _text(body: bytes) -> str:
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return body.decode(encoding, "replace").lstrip("\ufeff")
    return body.decode("utf-8", "replace")


def _reason(error: Exception) -> str:
    """The decoder's complaint without any of the text."""
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} at line {error.lineno} column {error.colno}"
    return "nested too deep" if isinstance(error, RecursionError) else "a number is too long"
