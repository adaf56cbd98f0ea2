"""The crisis: an outage of the home bank's cards, loud within the hour, on every platform, gone after two days.

    usual volume of that hour ──► hourly schedule ──► customers, the press, the bank's own words
"""

from __future__ import annotations

import random
from math import ceil, exp

from sandbox.world.model import CLOCK_START, CRISIS_SECONDS, CRISIS_START, Account, Item
from sandbox.world.news_desk import NewsDesk
from sandbox.world.rhythm import next_staffed
from sandbox.world.stage import Stage
from sandbox.world.vk_stage import VkStage
from sandbox.world.x_stage import XStage

TOPICS = ("outage", "cards")
_TIMES_USUAL = 30
_FEWEST_IN_FIRST_HOUR = 45
_HALF_LIFE_HOURS = 5.5
_PLATFORM_SHARES = (("x", 58), ("vk", 18), ("weibo", 13), ("discourse", 11))
_WEEK = 7 * 86400


def usual_hourly(items: list[Item], bank: str) -> float:
    """Mean customers' brand mentions of the bank in the crisis's hour of week, over the earlier weeks."""
    weeks = (CRISIS_START - CLOCK_START) // _WEEK
    told = [
        item for item in items
        if bank in item.banks and not item.official_of and item.at < CRISIS_START
        and (CRISIS_START - item.at) % _WEEK > _WEEK - 3600
    ]  # fmt: skip
    return len(told) / weeks


def schedule(items: list[Item], bank: str) -> list[int]:
    """Items an hour for the 48 hours: the first at 30 times the usual volume, a peak, then a decay with nights."""
    first = max(_FEWEST_IN_FIRST_HOUR, ceil(_TIMES_USUAL * usual_hourly(items, bank)))
    counts = [first, round(first * 1.15)]
    for hour in range(2, CRISIS_SECONDS // 3600):
        night = 0.45 if 0 <= (13 + hour) % 24 < 6 else 1.0
        counts.append(round(first * 1.15 * night * exp(-0.693 * (hour - 1) / _HALF_LIFE_HOURS)))
    return counts


class Crisis:
    """Plays the crisis over stages that already hold ordinary life."""

    def __init__(self, rng: random.Random, stages: dict[str, Stage], news: NewsDesk, home: str) -> None:
        self.rng, self.stages, self.news, self.home = rng, stages, news, home
        self._spoke: set[int] = set()

    def play(self, counts: list[int]) -> None:
        """Customers by the hourly schedule, then what press and bank say."""
        for hour, count in enumerate(counts):
            for _ in range(count):
                within = self.rng.random() ** (0.7 if hour == 0 else 1.0)
                self._customer(CRISIS_START + hour * 3600 + int(within * 3599))
        self._press()
        self._bank_speaks()

    def _fresh_author(self, stage: Stage, language: str) -> Account:
        for _ in range(20):
            person = self.rng.choice(stage.cast.people[stage.platform, language])
            if id(person) not in self._spoke:
                break
        self._spoke.add(id(person))
        return person

    def _customer(self, at: int) -> None:
        platform = self.rng.choices([name for name, _ in _PLATFORM_SHARES], [w for _, w in _PLATFORM_SHARES])[0]
        stage = self.stages[platform]
        language = stage.draw_language()
        author = self._fresh_author(stage, language)
        act = self.rng.choices(("crisis", "complaint", "question", "leave", "still_angry"), (74, 12, 7, 4, 3))[0]
        item = self._say(stage, author, at, act, language)
        if item is None:
            return
        item.topics = TOPICS
        if self.rng.random() < 0.5 and act != "still_angry":
            stage.serve(item, self.home, "outage", crisis=True)

    def _say(self, stage: Stage, author: Account, at: int, act: str, language: str) -> Item | None:
        if stage.platform == "discourse":
            return self._say_in_forum(stage, author, at, act, language)
        if stage.platform == "vk" and language == "ru" and self.rng.random() < 0.45:
            page = self.rng.choice(stage.cast.communities)
            return stage.speak(author, at, act, language, bank=self.home, topic="outage", page=page)
        called = stage.platform != "vk" and self.rng.random() < 0.5
        to = [stage.official(self.home)] if called else []
        return stage.speak(author, at, act, language, bank=self.home, topic="outage", to=to)

    def _say_in_forum(self, stage: Stage, author: Account, at: int, act: str, language: str) -> Item | None:
        open_topics = [
            item for item in stage.items[-300:]
            if item.parent is None and item.topics == TOPICS and item.at < at and item.language == language
        ]  # fmt: skip
        if open_topics and self.rng.random() < 0.6:
            topic = self.rng.choice(open_topics[:4])
            return stage.speak(author, at, act, language, bank=self.home, topic="outage", parent=topic)
        return stage.speak_topic(author, at, act, language, bank=self.home, topic="outage")  # type: ignore[attr-defined,no-any-return]

    def _press(self) -> None:
        x_stage = self.stages["x"]
        if isinstance(x_stage, XStage) and x_stage.cast.press:
            for minutes in (38, 64, 105, 190, 420, 1100):
                post = x_stage.report(CRISIS_START + minutes * 60, self.home, "outage", "negative")
                if post is not None:
                    post.topics = TOPICS
                    x_stage.repost(post, 4)
        for hours in (0.8, 1.5, 2.5, 4, 7, 16, 22, 30, 41):
            language = self.news.draw_language()
            at = CRISIS_START + int(hours * 3600)
            article = self.news.publish(at, "news", language, self.home, "outage", tone="negative")
            if article is not None:
                article.topics = TOPICS
                self.news.syndicate(article, self.rng.randrange(1, 3), spread_seconds=30_000)

    def _bank_speaks(self) -> None:
        for platform, hours in (("x", 1.4), ("vk", 2.0), ("weibo", 2.3), ("discourse", 3.0), ("x", 6.0), ("x", 26.0)):
            stage = self.stages[platform]
            page = stage.official(self.home) if isinstance(stage, VkStage) else None
            language = {"vk": "ru", "weibo": "zh"}.get(platform, "en")
            at = CRISIS_START + int(hours * 3600)
            post = stage.speak(
                stage.official(self.home), next_staffed(at), "official_pr", language, bank=self.home, topic="outage",
                page=page,
            )  # fmt: skip
            if post is not None:
                post.topics = TOPICS
