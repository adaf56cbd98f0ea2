"""One FastAPI application: every platform under its prefix, and /control for clock, health, faults and the small worlds' truth."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, cast

from fastapi import FastAPI, HTTPException, Request, Response
from pydantic import BaseModel, Field

from sandbox import gallery
from sandbox.faults import KINDS, SLOW_SECONDS, FaultBoard, Platform, answer_with_fault
from sandbox.plots import make_plots, plot_servers, plot_truth
from sandbox.servers import discourse, news, vk, weibo, x
from sandbox.world.model import CLOCK_END, CLOCK_START, World, iso

SERVERS: Mapping[str, Any] = {module.PREFIX.strip("/"): module for module in (x, vk, weibo, discourse, news)}


class Storm(BaseModel):
    """Faults by chance on every platform: their share of the requests, the seed, how slow a slow answer is (seconds)."""

    chance: float = Field(ge=0, le=0.9)
    seed: int = 7
    seconds: float = Field(default=0.05, ge=0, le=600)


class FaultOrder(BaseModel):
    """A fault to come: for which platform (path prefix), of which kind, how many times, how slow (seconds)."""

    platform: str
    fault: str
    times: int = Field(default=1, ge=0)
    seconds: float = Field(default=SLOW_SECONDS, ge=0, le=600)


def create_app(world: World) -> FastAPI:
    """The application over one generated world; it never changes, but for the faults that are ordered."""
    app, board = FastAPI(title="Renown sandbox", docs_url=None, redoc_url=None, openapi_url=None), FaultBoard()
    failing = cast(Mapping[str, Platform], {**SERVERS, **{s.PREFIX.strip("/"): gallery.Failing(s) for s in plot_servers().values()}})
    for module in SERVERS.values():
        app.include_router(module.router(world))

    @app.middleware("http")
    async def faults(request: Request, proceed: Callable[[Request], Awaitable[Response]]) -> Response:
        return await answer_with_fault(board, failing, request, proceed)

    _add_gallery(app, world)
    _add_control(app, world, board, failing)
    return app


def _add_gallery(app: FastAPI, world: World) -> None:
    """The platforms over Plots; /control/truth/<platform> tells the keys that a complete extraction shows (live), what is gone,
    and what lives below something gone (below_gone): some platforms still show that, some do not."""
    plots = make_plots(world)
    for name, server in plot_servers().items():
        app.include_router(gallery.router(server, plots[name]))

    @app.get("/control/truth/{platform}")
    async def truth(platform: str) -> dict[str, Any]:
        if platform not in plots:
            raise HTTPException(404, f"platform is one of {sorted(plots)}")
        return plot_truth(plot_servers()[platform], plots[platform])


def _add_control(app: FastAPI, world: World, board: FaultBoard, failing: Mapping[str, Platform]) -> None:
    @app.get("/control/clock")
    async def clock() -> dict[str, str]:
        return {"start": iso(CLOCK_START), "end": iso(CLOCK_END), "now": iso(CLOCK_END)}

    @app.get("/control/health")
    async def health() -> dict[str, Any]:
        return {"status": "ok", "seed": world.seed, "scale": world.scale, "items": len(world.items)}

    @app.post("/control/faults")
    async def order(fault: FaultOrder) -> dict[str, Any]:
        if fault.platform not in failing or fault.fault not in KINDS:
            raise HTTPException(422, f"platform is one of {sorted(failing)}, fault one of {list(KINDS)}")
        board.seconds = fault.seconds
        board.order(fault.platform, fault.fault, fault.times)
        return {"waiting": board.waiting}

    @app.post("/control/storm")
    async def storm(wanted: Storm) -> dict[str, Any]:
        board.storm(wanted.chance, wanted.seed, wanted.seconds)
        return {"befallen": board.befallen}

    @app.post("/control/reset")
    async def reset() -> dict[str, Any]:
        board.clear()
        return {"waiting": board.waiting}
