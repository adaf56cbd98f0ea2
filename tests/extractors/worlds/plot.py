"""A world of the contract suite over a sandbox server: 23 things, one an hour, every fifth an answer to the one before it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import responses

from sandbox.plot import Ask, Plot, Server, Thing
from tests.extractors.worlds.great import END, HOST, World


class PlotWorld(World):
    """One platform's server, asked through `responses` instead of a socket."""

    def __init__(self, server: Server) -> None:
        super().__init__()
        self.server, self.platform, self.site = server, server.PLATFORM, server.SITE
        self.base = HOST + server.PREFIX
        self.repeats_are_errors = getattr(server, "REPEATS_ARE_ERRORS", True)
        self.gone: dict[int, Any] = {}
        self.edited: dict[int, int] = {}

    @property
    def source(self) -> Any:
        return super().source.model_copy(update={"options": dict(self.server.OPTIONS)})

    def thing(self, n: int) -> Thing:
        """Thing n of the world."""
        parent = n - 1 if self.server.HAS_ANSWERS and n % 5 == 0 else None
        at = int(self.at(n).timestamp())
        edited = self.edited.get(n)
        text = f"Velmora {n}" + (f" edited at {edited}" if edited else "")
        return Thing(n, at, text, 7 + n % 3, parent, edited, self.gone.get(n), rating=1 + n % 5, likes=n)

    @property
    def plot(self) -> Plot:
        """The world as it is now."""
        things = [self.thing(n) for n in self.numbers()]
        return Plot(things, int((END + timedelta(hours=1)).timestamp()), self.page, self.stuck)

    def key(self, number: int) -> tuple[str, str]:
        return self.server.key(self.thing(number))

    def answer(self, path: str, query: dict[str, str]) -> Any:
        raise NotImplementedError("a plot is asked as a whole")

    def callback(self, request: Any) -> tuple[int, dict[str, str], bytes]:
        if urlsplit(request.url).path == "/robots.txt":
            return 404, {}, b""
        self.requests += 1
        self.urls.append(request.url)
        if self.requests in self.plan:
            return self.plan[self.requests]
        reply = self.server.answer(self.plot, self._ask(request))
        return reply.status, dict(reply.headers), reply.body

    def _ask(self, request: Any) -> Ask:
        parts = urlsplit(request.url)
        pairs = parse_qsl(parts.query, keep_blank_values=True)
        body = request.body or b""
        headers = {name.lower(): value for name, value in request.headers.items()}
        path = parts.path.removeprefix(self.server.PREFIX) or "/"
        return Ask(request.method, path, dict(pairs), pairs, headers, body.encode() if isinstance(body, str) else body, self.base)

    def serve(self, mock: responses.RequestsMock) -> None:
        super().serve(mock)
        mock.add_callback(responses.POST, re.compile(re.escape(HOST) + ".*"), self.callback)

    def error(self, code: str) -> tuple[int, dict[str, str], bytes]:
        reply = self.server.error(code)
        return reply.status, dict(reply.headers), reply.body
