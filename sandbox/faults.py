"""Faults: ordered one by one, or befalling requests at random.

    POST /control/faults ──► FaultBoard ──► middleware: the platform's own error, a cut or dropped body, HTML, a slow answer,
                                            the page before once more, a cursor that is ignored, a clock that is wrong
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlencode

from fastapi import Request, Response
from starlette.responses import StreamingResponse

KINDS = ("malformed_page", "rate_limit", "server_error", "slow", "html_instead_of_json", "dropped", "duplicate_page", "cursor_reset", "none")
SLOW_SECONDS = 8.0
SKEW_SECONDS = 7200.0
# The names under which platforms take a place in their pages.
CURSORS = frozenset(
    ("cursor", "page", "paged", "offset", "max_id", "min_id", "since_id", "before", "after", "next_token", "pagination_token", "pageToken",
     "start_from", "anchor", "start", "__paging_token", "until_id", "start_comment_id")
)  # fmt: skip
_HTML = (
    "<!DOCTYPE html><html><head><title>Attention required</title></head>"
    "<body><h1>Please verify that you are human</h1></body></html>"
)


class Platform(Protocol):
    """What a server module offers for its faults."""

    PREFIX: str

    def rate_limited(self) -> Response: ...

    def server_error(self) -> Response: ...


@dataclass(slots=True)
class FaultBoard:
    """Which fault awaits which platform, and how often still; `chance` of a fault for every other request; a wrong clock."""

    waiting: dict[str, tuple[str, int]] = field(default_factory=dict)
    seconds: float = SLOW_SECONDS
    chance: float = 0.0
    skewed: bool = False
    rng: random.Random = field(default_factory=random.Random)
    served: dict[str, tuple[int, bytes, str]] = field(default_factory=dict)
    befallen: dict[str, int] = field(default_factory=dict)

    def order(self, platform: str, fault: str, times: int) -> None:
        """Let the next `times` requests of a platform fail; "none" calls it off."""
        if fault == "none" or times <= 0:
            self.waiting.pop(platform, None)
        else:
            self.waiting[platform] = (fault, times)

    def storm(self, chance: float, seed: int, seconds: float) -> None:
        """Let every request of every platform fail by chance, each kind as often as the others, under a clock that is wrong."""
        self.chance, self.rng, self.seconds, self.skewed = chance, random.Random(seed), seconds, chance > 0

    def take(self, platform: str) -> str:
        """The fault of this request, "none" mostly."""
        if platform not in self.waiting and self.chance:
            fault = self.rng.choice(KINDS[:-1]) if self.rng.random() < self.chance else "none"
            self.befallen[fault] = self.befallen.get(fault, 0) + 1
            return fault
        fault, times = self.waiting.get(platform, ("none", 0))
        self.order(platform, fault, times - 1)
        return fault

    def clear(self) -> None:
        """Call everything off."""
        self.waiting.clear()
        self.storm(0.0, 0, SLOW_SECONDS)


async def answer_with_fault(
    board: FaultBoard, platforms: Mapping[str, Platform], request: Request,
    proceed: Callable[[Request], Awaitable[Response]],
) -> Response:  # fmt: skip
    """Answer a request, or fail it as ordered; paths outside the platforms never fail."""
    name = request.url.path.strip("/").split("/", 1)[0]
    fault = board.take(name) if name in platforms and not request.url.path.endswith("/robots.txt") else "none"
    response = await _answer(board, platforms.get(name), request, proceed, fault)
    response.headers["Date"] = formatdate(time.time() + (SKEW_SECONDS if board.skewed else 0.0), usegmt=True)
    return response


async def _answer(
    board: FaultBoard, platform: Platform | None, request: Request, proceed: Callable[[Request], Awaitable[Response]], fault: str
) -> Response:
    if platform and fault == "rate_limit":
        return platform.rate_limited()
    if platform and fault == "server_error":
        return platform.server_error()
    if fault == "html_instead_of_json":
        return Response(_HTML, 200, media_type="text/html; charset=utf-8")
    if fault == "slow":
        await asyncio.sleep(board.seconds)
    key = _without_cursor(request)
    if fault == "duplicate_page" and key in board.served:
        status, body, kind = board.served[key]
        return Response(body, status, media_type=kind)
    if fault == "cursor_reset":
        request.scope["query_string"] = key.split("?", 1)[1].encode()
    whole = await _whole(await proceed(request))
    if board.chance:
        board.served[key] = (whole.status_code, bytes(whole.body), whole.headers.get("content-type", "application/json"))
    return _spoiled(whole, fault)


def _without_cursor(request: Request) -> str:
    pairs = [(name, value) for name, value in parse_qsl(request.url.query, keep_blank_values=True) if name not in CURSORS]
    return f"{request.method} {request.url.path}?{urlencode(pairs)}"


async def _whole(response: Any) -> Response:
    """The answer with its body in hand."""
    parts = [part async for part in response.body_iterator]
    body = b"".join(part if isinstance(part, bytes) else str(part).encode() for part in parts)
    headers = {name: value for name, value in response.headers.items() if name.lower() != "content-length"}
    return Response(body, response.status_code, headers)


def _spoiled(whole: Response, fault: str) -> Response:
    """The first half of a body under the same status and type, or a connection that ends in its middle."""
    body = bytes(whole.body)
    if fault == "malformed_page":
        kind = whole.headers.get("content-type", "application/json")
        return Response(body[: len(body) // 2], whole.status_code, media_type=kind)
    if fault == "dropped" and len(body) > 1:
        async def half() -> Any:
            yield body[: len(body) // 2]

        return StreamingResponse(half(), whole.status_code, {"content-length": str(len(body))})
    return whole
