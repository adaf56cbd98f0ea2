"""The small worlds of `python -m sandbox`: texts and moments from the great story, one plot a platform, deterministic by seed."""

from __future__ import annotations

import importlib
import pkgutil
import random
from collections.abc import Mapping
from typing import Any, cast

from sandbox import servers
from sandbox.plot import Plot, Server, Thing
from sandbox.world.model import CLOCK_END, Item, World

SIZE = 240  # things a platform at scale 1
_ANSWERED, _EDITED, _GONE = 0.3, 0.05, 0.04


def plot_servers() -> dict[str, Server]:
    """Every module in sandbox/servers/ that serves a Plot, by platform."""
    found: dict[str, Server] = {}
    for entry in sorted(pkgutil.iter_modules(servers.__path__), key=lambda e: e.name):
        module: Any = importlib.import_module(f"{servers.__name__}.{entry.name}")
        if hasattr(module, "HAS_ANSWERS"):
            found[module.PLATFORM] = cast(Server, module)
    return found


def make_plots(world: World) -> Mapping[str, Plot]:
    """A plot for each of them."""
    return {name: make_plot(world, name, server.HAS_ANSWERS) for name, server in plot_servers().items()}


def make_plot(world: World, platform: str, has_answers: bool) -> Plot:
    """Posts of the story that name a bank, retold; about a third is answered by the bank, a few are edited or removed."""
    rng = random.Random(f"{world.seed}:{platform}")
    names = [alias.casefold() for bank in world.banks.values() for aliases in bank.aliases.values() for alias in aliases]
    told = [item for item in world.items if item.parent is None and not item.deleted and not item.quarantined and _names(item, names)]
    answers = [item for item in world.items if item.official_of and item.parent is not None and item.text]
    size = max(30, int(SIZE * world.scale))
    chosen = sorted(rng.sample(told, min(size, len(told))), key=lambda item: item.at)
    things: list[Thing] = []
    for item in chosen:
        things.append(_thing(rng, len(things) + 1, item, min(item.at, CLOCK_END - 7200)))
        if has_answers and answers and rng.random() < _ANSWERED:
            above = things[-1]
            reply = _thing(rng, len(things) + 1, rng.choice(answers), min(above.at + rng.randrange(600, 90_000), CLOCK_END - 3600))
            reply.parent, reply.official, reply.author, reply.edited_at = above.number, True, 1, None
            things.append(reply)
    return Plot(things, CLOCK_END)


def _names(item: Item, names: list[str]) -> bool:
    """Whether the text names a bank: a search by the banks' names must find it."""
    return any(name in item.text.casefold() for name in names)


def _thing(rng: random.Random, number: int, item: Item, at: int) -> Thing:
    edited = at + 600 if rng.random() < _EDITED else None
    gone = cast(Any, rng.choice(["author", "page", "platform"])) if rng.random() < _GONE else None
    return Thing(number, at, item.text, rng.randrange(2, 60), None, edited, gone, False, rng.randrange(1, 6), rng.randrange(0, 40))


def plot_truth(server: Server, plot: Plot) -> dict[str, list[tuple[str, str]]]:
    """The keys of a plot's things: live, gone, and living below something gone."""
    told: dict[str, list[tuple[str, str]]] = {"live": [], "gone": [], "below_gone": []}
    for thing in plot.things:
        above, lost = thing, False
        while above.parent is not None and (parent := plot.find(above.parent)):
            above, lost = parent, lost or parent.gone is not None
        told["gone" if thing.gone else "below_gone" if lost else "live"].append(server.key(thing))
    return told
