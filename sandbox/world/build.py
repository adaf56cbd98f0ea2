"""The whole world from a seed: cast, ordinary life on five platforms, the crisis, finishing touches, stories.

    banks.yml ──► cast ──► stages play ──► crisis ──► edits, deletions, plants ──► ids, engagement ──► stories
"""

from __future__ import annotations

import random
from pathlib import Path

from sandbox import texts
from sandbox.world import crisis, finish
from sandbox.world.banks import load_banks, load_press
from sandbox.world.cast import Cast
from sandbox.world.discourse_stage import DiscourseStage
from sandbox.world.model import World
from sandbox.world.news_desk import NewsDesk
from sandbox.world.stage import Stage
from sandbox.world.stories import tell_stories
from sandbox.world.vk_stage import VkStage
from sandbox.world.voice import Compose, Voice
from sandbox.world.weibo_stage import WeiboStage
from sandbox.world.x_stage import XStage

ITEMS_AT_FULL_SCALE = {"x": 9_100, "vk": 4_600, "weibo": 3_400, "discourse": 3_400, "rss": 2_350}
"""Ordinary life; the crisis comes on top."""


def build_world(
    seed: int, scale: float, banks_file: Path, *, press_file: Path | None = None, compose: Compose | None = None
) -> World:
    """Generate the world: the same for the same arguments, on any machine.

    `scale` 1.0 is about 25,000 items; the crisis and one of everything remain at 0.1.
    """
    home, banks = load_banks(banks_file)
    press = load_press(press_file or banks_file.parent / "press.yml")
    sizes = {platform: max(120, round(count * scale)) for platform, count in ITEMS_AT_FULL_SCALE.items()}
    cast = Cast(random.Random(f"{seed}:cast"), banks, press, sizes)
    voice = Voice(compose or texts.compose, banks)
    kinds: tuple[type[Stage], ...] = (XStage, VkStage, WeiboStage, DiscourseStage, NewsDesk)
    stages = {kind.platform: kind(random.Random(f"{seed}:{kind.platform}"), cast, voice, home) for kind in kinds}
    for platform, stage in stages.items():
        stage.play_until(sizes[platform])
    _play_crisis(seed, stages, home)
    items = [item for stage in stages.values() for item in stage.items]
    return _finished(World(seed, scale, home, banks, cast.everyone, items))


def _play_crisis(seed: int, stages: dict[str, Stage], home: str) -> None:
    news = stages["rss"]
    if not isinstance(news, NewsDesk):
        raise TypeError("the feed's stage is a NewsDesk")
    everything = [item for stage in stages.values() for item in stage.items]
    for stage in stages.values():
        stage.rng = random.Random(f"{seed}:crisis:{stage.platform}")
    crisis.Crisis(random.Random(f"{seed}:crisis"), stages, news, home).play(crisis.schedule(everything, home))


def _finished(world: World) -> World:
    """Order, spoil, count, identify and compare; the order of the steps matters."""
    world.items.sort(key=lambda item: item.at)
    items, seed = world.items, world.seed
    finish.title_topics(items)
    finish.edit_some(random.Random(f"{seed}:edits"), items)
    finish.plant_impossible(random.Random(f"{seed}:plants"), items)
    finish.delete_some(random.Random(f"{seed}:deletions"), items)
    finish.count_children(items)
    finish.engage(random.Random(f"{seed}:engagement"), items)
    finish.identify(random.Random(f"{seed}:ids"), items)
    tell_stories([item for item in items if not item.deleted and item.text])
    return world
