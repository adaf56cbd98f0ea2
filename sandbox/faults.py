"""Faults on demand: the next N requests of a platform fail as that platform fails.

    POST /control/faults ──► FaultBoard ──► middleware: platform's own error, a cut body, HTML, or a slow answer
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from fastapi import Request, Response

KINDS = ("malformed_page", "rate_limit", "server_error", "slow", "html_instead_of_json", "none")
SLOW_SECONDS = 8.0
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
    """Which fault awaits which platform, and how often still."""

    waiting: dict[str, tuple[str, int]] = field(default_factory=dict)
    seconds: float = SLOW_SECONDS

    def order(self, platform: str, fault: str, times: int) -> None:
        """Let the next `times` requests of a platform fail; "none" calls it off."""
        if fault == "none" or times <= 0:
            self.waiting.pop(platform, None)
        else:
            self.waiting[platform] = (fault, times)

    def take(self, platform: str) -> str:
        """The fault of this request, "none" mostly."""
        fault, times = self.waiting.get(platform, ("none", 0))
        self.order(platform, fault, times - 1)
        return fault

    def clear(self) -> None:
        """Call everything off."""
        self.waiting.clear()


async def answer_with_fault(
    board: FaultBoard, platforms: Mapping[str, Platform], request: Request,
    proceed: Callable[[Request], Awaitable[Response]],
) -> Response:  # fmt: skip
    """Answer a request, or fail it as ordered; paths outside the platforms never fail."""
    name = request.url.path.strip("/").split("/", 1)[0]
    fault = board.take(name) if name in platforms else "none"
    if fault == "rate_limit":
        return platforms[name].rate_limited()
    if fault == "server_error":
        return platforms[name].server_error()
    if fault == "html_instead_of_json":
        return Response(_HTML, 200, media_type="text/html; charset=utf-8")
    if fault == "slow":
        await asyncio.sleep(board.seconds)
    response = await proceed(request)
    return await _cut(response) if fault == "malformed_page" else response


async def _cut(response: Response) -> Response:
    """The first half of a body, under the same status and type."""
    parts = [part async for part in response.body_iterator]  # type: ignore[attr-defined]
    body = b"".join(part if isinstance(part, bytes) else str(part).encode() for part in parts)
    kind = response.headers.get("content-type", "application/json")
    return Response(body[: len(body) // 2], response.status_code, media_type=kind)
