"""The worlds of the contract suite: hand-made ones for the platforms of the great story, Plots behind sandbox servers for the rest."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from sandbox.plots import plot_servers
from tests.extractors.worlds.great import (
    END,
    HOST,
    START,
    TOKEN,
    DiscourseWorld,
    RssWorld,
    VkWorld,
    WeiboWorld,
    World,
    XWorld,
)
from tests.extractors.worlds.plot import PlotWorld

WORLDS: dict[str, Callable[[], World]] = {
    **{name: partial(PlotWorld, server) for name, server in plot_servers().items()},
    **{world.platform: world for world in (XWorld, VkWorld, WeiboWorld, DiscourseWorld, RssWorld)},
}

__all__ = ["END", "HOST", "START", "TOKEN", "WORLDS", "PlotWorld", "VkWorld", "World"]
