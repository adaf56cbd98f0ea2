"""A sandbox server behind a mocked network, for the particulars of one platform: options, the banks' accounts, lookup."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import responses

from extractors.base import Item, Key, Mention, Page, Reading
from extractors.http import Http
from extractors.limits import Limiter
from extractors.parse import parse_body, understand
from extractors.registry import PLATFORMS
from sandbox.plots import plot_servers
from settings import Settings
from tests.extractors.worlds import END, START, TOKEN, PlotWorld


def serve(platform: str, network: responses.RequestsMock) -> PlotWorld:
    """The platform's world of 23 things, served."""
    world = PlotWorld(plot_servers()[platform])
    world.serve(network)
    return world


def reading(
    world: PlotWorld,
    settings: Settings,
    cursors: dict[str, Any] | None = None,
    *,
    options: Mapping[str, Any] | None = None,
    handles: Iterable[str] = (),
    pages: Iterable[str] = (),
    recent: Iterable[tuple[str, str | None]] = (),
    token: str | None = TOKEN,
) -> Reading:
    """A reading of the world; `handles` and `pages` are those of the home bank, `recent` the posts whose threads may have grown."""
    module = PLATFORMS[world.platform]
    home = settings.banks.banks[0].model_copy(
        update={"handles": {world.platform: [*handles]}, "pages": {world.platform: [*pages]}}
    )
    settings = settings.model_copy(update={"banks": settings.banks.model_copy(update={"banks": [home]})})
    source = world.source.model_copy(update={"options": dict(options or {})})
    secrets = {name: f"{TOKEN}-{name}" for name in module.CONTRACT.secrets[1:]}
    http = Http(module.CONTRACT, module.error_of, source.rate, "test/1", token, secrets=secrets, factor=1e6,
                limiter=Limiter(sleep=lambda s: None), sleep=lambda s: None)  # fmt: skip
    http.home = world.base
    known = list(recent)
    return Reading(source, settings, http, world.base, cursors or {}, START, END, lambda kind, since: known)


def keys(pages: Iterable[Page]) -> set[tuple[str, str]]:
    """(kind, native id) of every item."""
    return {(item.kind, item.native_id) for page in pages for item in page.items}


def mention(platform: str, item: Item) -> Mention:
    """The item's mention; a reject fails the test."""
    found = understand(PLATFORMS[platform], item, END)
    assert isinstance(found, Mention), found
    return found


def parsed(platform: str, value: Any, url: str | None = None, fetched_at: datetime | None = None) -> list[Mention]:
    """The mentions of a value or of a body."""
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return parse_body(platform, body, url, fetched_at)


def key_of(world: PlotWorld, number: int) -> Key:
    """What the warehouse would ask lookup() about."""
    return Key(*world.key(number))
