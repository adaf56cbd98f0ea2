"""A small world for one platform: things said one after another, some of them answers, some edited, some gone.

The five platforms of the great story (sandbox/world) have stages of their own. Every other platform is one module in sandbox/servers/
over a Plot: the same module serves `python -m sandbox` and the contract suite.

    Plot (things, clock) ──answer(plot, ask)──► Reply (status, headers, body) in the platform's own form
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal, Protocol

PAGE = 20


@dataclass(slots=True)
class Thing:
    """One item. `number` counts from 1 in order of writing; `parent` is the number of the thing that it answers."""

    number: int
    at: int  # epoch seconds
    text: str
    author: int = 7
    parent: int | None = None
    edited_at: int | None = None
    gone: Literal["author", "page", "platform"] | None = None  # who removed it
    official: bool = False
    rating: int = 3
    likes: int = 0

    def moment(self) -> datetime:
        """When it was written, in UTC."""
        return datetime.fromtimestamp(self.at, UTC)


@dataclass(slots=True)
class Ask:
    """A request: `path` below the platform's prefix, `query` with the last value of each name, `pairs` with all of them."""

    method: str
    path: str
    query: Mapping[str, str]
    pairs: list[tuple[str, str]] = field(default_factory=list)
    headers: Mapping[str, str] = field(default_factory=dict)  # names in lower case
    body: bytes = b""
    base: str = ""  # scheme, host and prefix under which the platform is served: for addresses inside answers

    def form(self) -> dict[str, str]:
        """The fields of an url-encoded body."""
        from urllib.parse import parse_qsl

        return dict(parse_qsl(self.body.decode("utf-8", "replace")))

    def json(self) -> Any:
        """The value of a JSON body, None if it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


@dataclass(slots=True)
class Reply:
    """An answer."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


def json_reply(value: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Reply:
    """A JSON answer."""
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return Reply(status, body, {"Content-Type": "application/json; charset=utf-8", **(headers or {})})


def html_reply(text: str, status: int = 200, headers: Mapping[str, str] | None = None) -> Reply:
    """An HTML page."""
    return Reply(status, text.encode(), {"Content-Type": "text/html; charset=utf-8", **(headers or {})})


@dataclass(slots=True)
class Plot:
    """The things of one platform. `page`: how many a page holds; `stuck`: every page is the first one (a cursor that was reset)."""

    things: list[Thing]
    now: int
    page: int = PAGE
    stuck: bool = False

    def live(self) -> list[Thing]:
        """What is not gone, in order of writing."""
        return [thing for thing in self.things if not thing.gone]

    def find(self, number: int) -> Thing | None:
        """The thing with this number, gone or not."""
        return next((thing for thing in self.things if thing.number == number), None)

    def roots(self) -> list[Thing]:
        """What answers nothing, gone or not."""
        return [thing for thing in self.things if thing.parent is None]

    def root_of(self, thing: Thing) -> Thing:
        """The thing that opened the thread."""
        while thing.parent is not None and (above := self.find(thing.parent)):
            thing = above
        return thing

    def under(self, number: int) -> list[Thing]:
        """Every answer in the thread of this root, in order of writing."""
        return [thing for thing in self.things if thing.parent is not None and self.root_of(thing).number == number]

    def children(self, number: int) -> list[Thing]:
        """The direct answers to a thing."""
        return [thing for thing in self.things if thing.parent == number]

    def cut(self, things: Iterable[Thing], place: int, size: int | None = None) -> tuple[list[Thing], int | None]:
        """(a page from `place` on, the next place or None at the end)."""
        listed, size = list(things), min(size or self.page, self.page)
        place = 0 if self.stuck else place
        more = self.stuck or place + size < len(listed)
        return listed[place : place + size], place + size if more else None


def newest_first(things: Iterable[Thing], since: float = 0.0, until: float = 9e9) -> list[Thing]:
    """The things of an interval (both ends belong to it), newest first."""
    return sorted((t for t in things if since <= t.at <= until), key=lambda t: (t.at, t.number), reverse=True)


class Server(Protocol):
    """What a platform's module in sandbox/servers/ offers over a Plot.

    PLATFORM  the platform's name            PREFIX   "/name": where it is served
    SITE      host of the items' key, or ""  OPTIONS  options of a source that reads it (see Source.options)
    RATE_LIMIT, SERVER_ERROR                 codes that error() turns into the platform's own form
    HAS_ANSWERS                              whether things may have answers that are mentions of their own
    """

    PLATFORM: str
    PREFIX: str
    SITE: str
    OPTIONS: Mapping[str, Any]
    RATE_LIMIT: str
    SERVER_ERROR: str
    HAS_ANSWERS: bool

    def key(self, thing: Thing) -> tuple[str, str]: ...

    def answer(self, plot: Plot, ask: Ask) -> Reply: ...

    def error(self, code: str) -> Reply: ...
