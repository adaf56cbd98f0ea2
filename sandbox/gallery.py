"""The platforms over Plots as FastAPI routes: /<platform>/… ──► Ask ──► answer(plot, ask) ──► Reply."""

from __future__ import annotations

from urllib.parse import parse_qsl

from fastapi import APIRouter, Request, Response

from sandbox.plot import Ask, Plot, Reply, Server


def router(server: Server, plot: Plot) -> APIRouter:
    """Every path and method below the platform's prefix."""
    routes = APIRouter()

    @routes.api_route(server.PREFIX + "/{path:path}", methods=["GET", "POST"])
    async def serve(path: str, request: Request) -> Response:
        base = f"{request.url.scheme}://{request.url.netloc}{server.PREFIX}"
        return as_response(server.answer(plot, to_ask(request, "/" + path, await request.body(), base)))

    return routes


def to_ask(request: Request, path: str, body: bytes, base: str) -> Ask:
    """The platform's view of a request."""
    pairs = parse_qsl(request.url.query, keep_blank_values=True)
    headers = {name.lower(): value for name, value in request.headers.items()}
    return Ask(request.method, path, dict(pairs), pairs, headers, body, base)


def as_response(reply: Reply) -> Response:
    """A Reply for Starlette."""
    return Response(reply.body, reply.status, dict(reply.headers))


class Failing:
    """A platform over a Plot as the fault board knows platforms."""

    def __init__(self, server: Server) -> None:
        self.PREFIX, self._server = server.PREFIX, server

    def rate_limited(self) -> Response:
        """The platform's own answer to too many requests."""
        return as_response(self._server.error(self._server.RATE_LIMIT))

    def server_error(self) -> Response:
        """The platform's own answer when it is broken."""
        return as_response(self._server.error(self._server.SERVER_ERROR))
