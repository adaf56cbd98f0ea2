"""Finishing: edits, deletions, impossible values, engagement, and the identifiers in each platform's own form."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from sandbox.world.discourse_stage import headline
from sandbox.world.model import CLOCK_END, CLOCK_START, ENGAGEMENT_FIELDS, Item

_SNOWFLAKE_EPOCH_MS = 1_288_834_974_657
_WEIBO_BASE = 5_250_000_000_000_000
_EDIT_SHARES = {"x": 0.012, "vk": 0.02, "discourse": 0.03}
_DELETED_SHARES = {"x": 0.013, "vk": 0.014, "weibo": 0.014, "discourse": 0.014, "rss": 0.003}
_IMPOSSIBLE_DATES = (
    int(datetime(2062, 3, 3, 9, tzinfo=UTC).timestamp()),
    int(datetime(1970, 1, 1, 1, tzinfo=UTC).timestamp()),
)


def count_children(items: Iterable[Item]) -> None:
    """Set `children`: replies to an item that are not deleted; on VK all below a comment, as it has two levels."""
    for item in items:
        item.children = 0
    for item in items:
        above = item.parent
        while above and item.platform == "vk" and above.parent and above.parent.parent:
            above = above.parent
        if above is not None and (item.platform == "vk" or not item.deleted):
            above.children += 1


def _bearing(items: Iterable[Item]) -> set[int]:
    """Items that others rest on: roots of threads, answered items, originals of reposts and quotes."""
    return {
        id(other)
        for item in items
        for other in (item.parent, item.root, item.repost_of, item.quote_of, item.answers)
        if other
    }


def edit_some(rng: random.Random, items: list[Item]) -> None:
    """X: a new id within 30 minutes; VK: `edited`; Discourse: a version above 1."""
    for item in items:
        if item.repost_of or rng.random() >= _EDIT_SHARES.get(item.platform, 0.0):
            continue
        if item.platform != "x":
            item.edited_at = min(item.at + rng.randrange(60, 7200), CLOCK_END - 30)
        elif item.parent is None and item.at - 1700 > CLOCK_START:
            item.first_written_at, item.edited_at = item.at - rng.randrange(30, 1600), item.at


def delete_some(rng: random.Random, items: list[Item]) -> None:
    """Delete a share of people's items on which nothing rests (on X also roots of threads), at least one a platform."""
    bearing = _bearing(items)
    quoted = {id(other) for item in items for other in (item.repost_of, item.quote_of) if other}
    by_platform: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        blocked = quoted if item.platform == "x" else bearing
        if not item.official_of and not item.quarantined and id(item) not in blocked and not item.edited_at:
            by_platform[item.platform].append(item)
    for platform in sorted(by_platform):
        pool = by_platform[platform]
        for item in rng.sample(pool, max(1, int(len(pool) * _DELETED_SHARES[platform]))):
            item.deleted = True
            item.deleted_at = rng.randrange(item.at + 1, CLOCK_END)


def plant_impossible(rng: random.Random, items: list[Item]) -> None:
    """Spoil eleven items in the ways that row rules must quarantine; nothing rests on them, none is deleted."""
    bearing = _bearing(items)
    pool: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        if id(item) not in bearing and not item.official_of and not item.repost_of and not item.edited_at:
            pool[item.platform].append(item)
    for platform, count in (("x", 2), ("vk", 1), ("weibo", 1)):
        for item in rng.sample(pool[platform], count):
            item.quarantined = True
            item.engagement["likes"] = -1
    for place, item in enumerate(rng.sample(pool["rss"], 4)):
        item.quarantined, item.published_at = True, _IMPOSSIBLE_DATES[place % 2]
    for platform, count in (("discourse", 2), ("vk", 1)):
        replies = [item for item in pool[platform] if item.parent is not None and not item.quarantined]
        for item in rng.sample(replies, count):
            _empty(item)


def _empty(item: Item) -> None:
    item.quarantined, item.text, item.language = True, "", "und"
    item.banks, item.topics, item.intents, item.mentions = {}, (), (), []
    item.sentiment, item.closing, item.role = "neutral", "none", "none"


def _scaled(rng: random.Random, item: Item, mean: float) -> int:
    followers = item.author.followers if item.author else 1000
    return int(rng.lognormvariate(0, 1.1) * mean * (1 + followers / 4000))


def engage(rng: random.Random, items: list[Item]) -> None:
    """Give every item the numbers that its platform offers; what it does not offer stays None."""
    reposts = Counter(id(item.repost_of) for item in items if item.repost_of)
    quotes = Counter(id(item.quote_of) for item in items if item.quote_of)
    hanging = Counter(id(item.thread) for item in items if item.parent and not item.deleted)
    for item in items:
        spoiled = dict(item.engagement)
        numbers = _NUMBERS[item.platform](rng, item, reposts[id(item)], quotes[id(item)], hanging[id(item)])
        item.engagement = {name: numbers.get(name) for name in ENGAGEMENT_FIELDS} | spoiled
    for item in items:
        if item.platform == "x" and item.repost_of:
            item.engagement["shares"] = item.repost_of.engagement["shares"]


def _x_numbers(rng: random.Random, item: Item, reposts: int, quotes: int, hanging: int) -> dict[str, int | None]:
    if item.repost_of:
        return {"likes": 0, "shares": 0, "comments": 0, "views": 0, "quotes": 0}
    likes = _scaled(rng, item, 1.2)
    return {
        "likes": likes, "shares": reposts, "comments": item.children, "views": likes * 37 + rng.randrange(5, 200),
        "quotes": quotes,
    }  # fmt: skip


def _vk_numbers(rng: random.Random, item: Item, reposts: int, quotes: int, hanging: int) -> dict[str, int | None]:
    if item.parent is not None:
        return {"likes": _scaled(rng, item, 0.5), "comments": item.children if item.parent.parent is None else None}
    likes = _scaled(rng, item, 1.5)
    return {"likes": likes, "shares": reposts, "comments": hanging, "views": likes * 29 + rng.randrange(20, 400)}


def _weibo_numbers(rng: random.Random, item: Item, reposts: int, quotes: int, hanging: int) -> dict[str, int | None]:
    if item.parent is not None:
        return {"likes": _scaled(rng, item, 0.4)}
    return {"likes": _scaled(rng, item, 1.4), "shares": reposts, "comments": hanging}


def _discourse_numbers(
    rng: random.Random, item: Item, reposts: int, quotes: int, hanging: int
) -> dict[str, int | None]:
    return {"likes": rng.choice((0, 0, 0, 1, 1, 2, 5)), "comments": item.children, "quotes": 0}


def _no_numbers(rng: random.Random, item: Item, reposts: int, quotes: int, hanging: int) -> dict[str, int | None]:
    return {}


_NUMBERS: dict[str, Callable[[random.Random, Item, int, int, int], dict[str, int | None]]] = {
    "x": _x_numbers, "vk": _vk_numbers, "weibo": _weibo_numbers, "discourse": _discourse_numbers, "rss": _no_numbers,
}  # fmt: skip


def _snowflake(at: int, low: int) -> int:
    return ((at * 1000 - _SNOWFLAKE_EPOCH_MS) << 22) | low


class _Numbering:
    """Numbers in time order: snowflakes, wall counters, status ids, post and topic counters."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.walls: Counter[str] = Counter()
        self.posts_of: Counter[int] = Counter()
        self.topics, self.posts = 500, 1000

    def x(self, item: Item, place: int) -> None:
        item.number = _snowflake(item.at, (place % 4096) << 10 | self.rng.getrandbits(10))
        if item.first_written_at:
            item.earlier_ids = [str(_snowflake(item.first_written_at, self.rng.getrandbits(22)))]

    def vk(self, item: Item, place: int) -> None:
        owner = wall_of(item)
        self.walls[owner] += self.rng.randrange(1, 4)
        item.number = self.walls[owner]

    def weibo(self, item: Item, place: int) -> None:
        item.number = _WEIBO_BASE + (item.at - CLOCK_START) * 1_000_000 + place

    def rss(self, item: Item, place: int) -> None:
        item.number = 100_000 + place

    def discourse(self, item: Item, place: int) -> None:
        if item.parent is None:
            self.topics += 1
            item.topic_number = self.topics
        item.topic_number = item.thread.topic_number
        self.posts += 1
        self.posts_of[item.topic_number] += 1
        item.number, item.post_number = self.posts, self.posts_of[item.topic_number]


def identify(rng: random.Random, items: list[Item]) -> None:
    """Give ids in each platform's own form, ascending in time; `items` stand in time order."""
    numbering = _Numbering(rng)
    for place, item in enumerate(items):
        getattr(numbering, item.platform)(item, place)
        item.native_id = _native_id(item)


def wall_of(item: Item) -> str:
    """VK: id of the wall's owner, negative for a community."""
    thread = item.thread
    owner = thread.page or thread.author
    if owner is None:
        raise ValueError("a VK thread without author or page")
    return owner.account_id


def _native_id(item: Item) -> str:
    if item.platform == "vk":
        return f"{wall_of(item)}_{item.number}"
    if item.platform == "rss":
        day = datetime.fromtimestamp(item.at, UTC)
        return f"https://{item.publisher}/{day:%Y/%m/%d}/{item.number}"
    return str(item.number)


def title_topics(items: Iterable[Item]) -> None:
    """Only openers of topics and articles have titles."""
    for item in items:
        opener = item.platform == "rss" or (item.platform == "discourse" and item.parent is None)
        item.title = (item.title or headline(item.text)) if opener else None
