"""Readings for tests of single platforms: against hand-made answers, or against the great sandbox without a socket."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

import responses
from fastapi import FastAPI
from starlette.testclient import TestClient

from extractors.base import Item, Mention, Page, Reading
from extractors.http import Http
from extractors.limits import Limiter
from extractors.registry import PLATFORMS
from sandbox.servers import discourse, vk, weibo, x
from sandbox.world.build import build_world
from sandbox.world.model import World
from settings import Settings
from settings.loader import REPOSITORY
from settings.models import Rate, Source

HOST, TOKEN = "https://platform.test", "secret-token-of-the-test"
START, END = datetime(2026, 1, 5, tzinfo=UTC), datetime(2026, 3, 29, 23, 50, tzinfo=UTC)
FETCHED = datetime(2026, 3, 1, tzinfo=UTC)
Handler = Callable[[str, dict[str, str]], Any]


@cache
def world() -> World:
    """A small great world."""
    return build_world(7, 0.05, REPOSITORY / "config" / "banks.yml")


@cache
def client() -> TestClient:
    """Its great platforms, without the rest of the sandbox."""
    app = FastAPI()
    for server in (x, vk, weibo, discourse):
        app.include_router(server.router(world()))
    return TestClient(app)


def reading(settings: Settings, platform: str, options: Mapping[str, Any], **more: Any) -> Reading:
    """A reading of `platform` at HOST with these options; `more`: cursors, start, end, recent_threads, base_url, query."""
    module = PLATFORMS[platform]
    source = Source(
        id=f"{platform}_test", platform=platform, terms="approved", query=more.pop("query", "Velmora"), history_start=START,
        page_size=more.pop("page_size", None), rate=Rate(requests=1000, per_seconds=1), options=dict(options),
    )  # fmt: skip
    http = Http(module.CONTRACT, module.error_of, source.rate, "test/1", TOKEN, factor=1e6, limiter=Limiter(sleep=lambda s: None),
                sleep=lambda s: None)  # fmt: skip
    http.home = HOST
    given = {"cursors": {}, "start": START, "end": END, **more}
    return Reading(source, settings, http, given.pop("base_url", HOST), **given)


def answer_with(mock: responses.RequestsMock, handler: Handler) -> list[str]:
    """Let `handler(path, query)` answer every GET: a value, or (status, value | bytes); returns the growing list of addresses."""
    asked: list[str] = []

    def callback(request: Any) -> tuple[int, dict[str, str], bytes]:
        asked.append(request.url)
        parts = urlsplit(request.url)
        found = handler(parts.path, {name: values[-1] for name, values in parse_qs(parts.query).items()})
        status, value = found if isinstance(found, tuple) else (200, found)
        return status, {}, value if isinstance(value, bytes) else json.dumps(value).encode()

    mock.add_callback(responses.GET, re.compile(".*"), callback)
    return asked


def forward(mock: responses.RequestsMock, prefix: str) -> list[tuple[str, str]]:
    """Let the great sandbox answer; returns the growing list of (method, path)."""
    asked: list[tuple[str, str]] = []

    def callback(request: Any) -> tuple[int, dict[str, str], bytes]:
        parts = urlsplit(request.url)
        asked.append((request.method, parts.path))
        path = parts.path if parts.path.startswith(prefix) else prefix + parts.path
        headers = {name: value for name, value in request.headers.items() if name.lower() in ("authorization", "content-type")}
        headers["Host"] = "platform.test"
        answer = client().request(request.method, f"{path}?{parts.query}", headers=headers, content=request.body or b"")
        return answer.status_code, {}, answer.content

    for method in (responses.GET, responses.POST, responses.PUT):
        mock.add_callback(method, re.compile(".*"), callback)
    return asked


def mentions(platform: str, pages: list[Page]) -> dict[str, Mention]:
    """The mentions of pages by native id."""
    found: list[Item] = [item for page in pages for item in page.items]
    return {item.native_id: PLATFORMS[platform].to_mention(item, FETCHED) for item in found}
