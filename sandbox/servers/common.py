"""What every server needs: fast JSON answers, epoch and ISO parsing, opaque page tokens."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from fastapi import Response


def json_answer(body: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON answer without a model in between."""
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Response(content, status, dict(headers or {}), "application/json; charset=utf-8")


def iso_millis(at: int) -> str:
    """Epoch seconds as ISO 8601 with milliseconds and Z."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def epoch(text: str) -> int:
    """Epoch seconds of an ISO 8601 moment; raises ValueError."""
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    if moment.tzinfo is None:
        raise ValueError("a moment without a zone")
    return int(moment.timestamp())


def whole(value: str | None, default: int) -> int:
    """A whole number of the query string; what is none counts as the default."""
    try:
        return int(value) if value not in (None, "") else default  # type: ignore[arg-type]
    except ValueError:
        return default


def token_for(place: int, key: str) -> str:
    """An opaque page token: a position bound to its request."""
    return f"b26v89c19zqg8o3f{zlib.crc32(f'{place}:{key}'.encode()):08x}{place:x}"


def place_of(token: str, key: str) -> int | None:
    """The position of a page token, None where it belongs to another request."""
    try:
        place = int(token[24:], 16)
    except ValueError:
        return None
    return place if token_for(place, key) == token else None


Json = dict[str, Any]
