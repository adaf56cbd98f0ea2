"""News: several publishers in one aggregated feed, stories that run in small variants, and news of anything else."""

from __future__ import annotations

from collections.abc import Callable

from sandbox.world import rhythm
from sandbox.world.acts import draw_topic
from sandbox.world.discourse_stage import headline
from sandbox.world.model import Item
from sandbox.world.names import PUBLISHERS
from sandbox.world.stage import Stage
from sandbox.world.stories import similarity
from sandbox.world.voice import Said

_LEADS = {"en": "Update: ", "ru": "Обновлено: ", "zh": "更新：", "ar": "تحديث: ", "tr": "Güncelleme: "}
_SYNDICATION_SIMILARITY = 0.82


class NewsDesk(Stage):
    """The script of the feed; articles have publishers, no authors."""

    platform = "rss"

    def scripts(self) -> tuple[tuple[Callable[[], None], int], ...]:
        """The episodes and their weights."""
        return ((self.play_story, 55), (self.play_syndicated, 22), (self.play_noise, 23))

    def publish(
        self, at: int, act: str, language: str, bank: str | None, topic: str | None, *, tone: str | None = None,
        words: Said | None = None, publisher: str | None = None,
    ) -> Item | None:  # fmt: skip
        """One article of one publisher."""
        item = self.speak(None, at, act, language, bank=bank, topic=topic, tone=tone, kind="article", words=words)
        if item is not None:
            item.title = item.title or headline(item.text, 90)
            item.publisher = publisher or self.rng.choice(PUBLISHERS[language])[1]
        return item

    def play_story(self) -> None:
        """One article about one bank."""
        language = self.draw_language()
        self.publish(rhythm.office_moment(self.rng), "news", language, self.draw_bank(language), draw_topic(self.rng))

    def play_syndicated(self) -> None:
        """The same story on several sites over a day or two."""
        language = self.draw_language()
        first = self.publish(
            rhythm.office_moment(self.rng), "news", language, self.draw_bank(language), draw_topic(self.rng)
        )
        if first is not None:
            self.syndicate(first, self.rng.randrange(1, 4), spread_seconds=100_000)

    def syndicate(self, first: Item, copies: int, *, spread_seconds: int) -> None:
        """Copies with small edits by other publishers; a copy that would differ too much runs unedited."""
        bank = next(iter(first.banks), None)
        tone = first.sentiment
        for _ in range(copies):
            words = self._edited(first)
            others = [site for _, site in PUBLISHERS[first.language] if site != first.publisher]
            at = first.at + self.rng.randrange(1800, spread_seconds)
            topic = first.topics[0] if first.topics else None
            item = self.publish(
                at, "news", first.language, bank, topic, tone=tone, words=words, publisher=self.rng.choice(others)
            )
            if item is not None:
                item.topics, item.banks = first.topics, dict(first.banks)

    def _edited(self, first: Item) -> Said:
        title, text = first.title or "", first.text
        variant = (_LEADS[first.language] + title, text) if self.rng.random() < 0.5 else (title, text + " (…)")
        if similarity(f"{title}\n{text}", f"{variant[0]}\n{variant[1]}") < _SYNDICATION_SIMILARITY:
            return Said(title, text)
        return Said(*variant)

    def play_noise(self) -> None:
        """An article that names no bank."""
        language = self.draw_language()
        act = "offtopic" if self.rng.random() < 0.7 else "ambiguous_place"
        item = self.publish(rhythm.office_moment(self.rng), act, language, None, None)
        if item is not None:
            item.intents = ("news",)
