"""A Discourse forum: topics of several voices, the banks' care desks, peers, and talk about anything else."""

from __future__ import annotations

from collections.abc import Callable

from sandbox.world import rhythm
from sandbox.world.acts import draw_act, draw_topic
from sandbox.world.model import Account, Item
from sandbox.world.stage import Stage

_TOPIC_ACTS = (
    ("complaint", 34), ("question", 22), ("request", 9), ("praise", 9), ("comparison", 8), ("consider", 8), ("wish", 5),
    ("fraud_report", 3), ("leave", 2),
)  # fmt: skip


class DiscourseStage(Stage):
    """The script of the forum: a reply's parent is the post that it answers, or the first post."""

    platform = "discourse"

    def address(self, text: str, parent: Item | None, to: list[Account], language: str) -> str:
        """Some openers call a desk by its @name; replies point by number, and official ones also greet by @name."""
        handles = [account.handle for account in to]
        if parent is not None and not (to and self.rng.random() < 0.3):
            return text
        return " ".join([*(f"@{handle}" for handle in handles), text])

    def speak_topic(self, author: Account, at: int, act: str, language: str, **how: object) -> Item | None:
        """Open a topic; its title is the composed one or the text's first words."""
        item = self.speak(author, at, act, language, **how)  # type: ignore[arg-type]
        if item is not None and not item.title:
            item.title = headline(item.text)
        return item

    def scripts(self) -> tuple[tuple[Callable[[], None], int], ...]:
        """The episodes and their weights."""
        return (
            (self.play_topic, 60), (self.play_promotion, 5), (self.play_misdirected, 5), (self.play_noise, 16),
        )  # fmt: skip

    def play_topic(self) -> None:
        """A customer opens a topic; the desk, peers and others with the same trouble reply."""
        language = self.draw_language()
        bank, topic, act = self.draw_bank(language), draw_topic(self.rng), draw_act(self.rng, _TOPIC_ACTS)
        author = self.cast.customer(self.rng, self.platform, language)
        called = [self.official(bank)] if self.rng.random() < 0.4 else []
        other = self.draw_other(bank) if act == "comparison" else None
        opener = self.speak_topic(
            author, rhythm.moment(self.rng, language), act, language, bank=bank, other=other, topic=topic, to=called,
            short=self.rng.random() < 0.3 and bool(self.voice.banks[bank].ambiguous) and other is None,
        )  # fmt: skip
        if opener is None:
            return
        if act in ("complaint", "question", "request", "fraud_report", "wish"):
            self.serve(opener, bank, topic)
        self.play_others(opener, bank, topic)

    def play_others(self, opener: Item, bank: str, topic: str) -> None:
        """Others in the topic: the same trouble again (with a case of its own), an opinion, advice."""
        for _ in range(self.rng.choice((0, 0, 1, 1, 2, 3))):
            at = opener.at + 300 + int(self.rng.expovariate(1 / 50_000))
            act = draw_act(self.rng, (("complaint", 40), ("opinion", 25), ("peer_answer", 25), ("offtopic", 10)))
            about = bank if act in ("complaint", "opinion") else None
            item = self.speak(
                self.another(opener), at, act, opener.language, bank=about, topic=topic if about else None,
                parent=opener,
            )  # fmt: skip
            if item is not None and act == "complaint":
                self.serve(item, bank, topic)

    def play_promotion(self) -> None:
        """A desk announces something; customers ask beneath."""
        language = self.draw_language()
        bank, topic = self.draw_bank(language), draw_topic(self.rng)
        opener = self.speak_topic(
            self.official(bank), rhythm.office_moment(self.rng), "official_pr", language, bank=bank, topic=topic
        )
        for _ in range(self.rng.randrange(1, 3)) if opener else ():
            if opener is None:
                return
            at, act = opener.at + self.rng.randrange(900, 90_000), self.inbound_act()
            item = self.speak(self.another(opener), at, act, language, bank=bank, topic=topic, parent=opener)
            if item is not None:
                self.serve(item, bank, topic)

    def play_misdirected(self) -> None:
        """A topic about one bank that calls another bank's desk."""
        language = self.draw_language()
        bank, topic = self.draw_bank(language), draw_topic(self.rng)
        author = self.cast.customer(self.rng, self.platform, language)
        astray = [self.official(self.draw_other(bank))]
        at = rhythm.moment(self.rng, language)
        self.speak_topic(author, at, "complaint", language, bank=bank, topic=topic, to=astray)

    def play_noise(self) -> None:
        """A topic that names no bank, or names a place that sounds like one."""
        language = self.draw_language()
        act = self.rng.choice(("offtopic", "offtopic", "ambiguous_place"))
        author = self.cast.customer(self.rng, self.platform, language)
        opener = self.speak_topic(author, rhythm.moment(self.rng, language), act, language)
        for _ in range(self.rng.randrange(0, 4)) if opener else ():
            if opener is not None:
                at = opener.at + self.rng.randrange(200, 200_000)
                self.speak(self.another(opener), at, "offtopic", language, parent=opener)


def headline(text: str, limit: int = 70) -> str:
    """The text's first words, for a title where none was given."""
    bare = " ".join(word for word in text.split() if not word.startswith("@"))
    if len(bare) <= limit:
        return bare
    cut = bare[:limit]
    return (cut.rsplit(" ", 1)[0] if " " in cut else cut) + "…"
