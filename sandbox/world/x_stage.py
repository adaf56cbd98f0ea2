"""X: customers write to handles, banks reply, the press posts, people repost, quote, mistake look-alikes for banks."""

from __future__ import annotations

from collections.abc import Callable

from sandbox.world import rhythm
from sandbox.world.acts import draw_act, draw_topic
from sandbox.world.model import Account, Item
from sandbox.world.stage import Stage
from sandbox.world.voice import Said

_REPOSTABLE_ACTS = frozenset({"news", "official_pr", "praise", "opinion", "comparison"})
_REPOST_LENGTHS = range(60, 121)
"""A repost of such a text stays uncut, and a near-duplicate of its original (Jaccard of 5-grams above 0.8)."""


class XStage(Stage):
    """The script of X."""

    platform = "x"

    def address(self, text: str, parent: Item | None, to: list[Account], language: str) -> str:
        """Leading @handles, as replies on X carry them."""
        return " ".join([*(f"@{account.handle}" for account in to), text])

    def spoken_handle(self, to: list[Account]) -> str | None:
        """On X a handle stands where a name would."""
        return f"@{to[0].handle}" if to else None

    def scripts(self) -> tuple[tuple[Callable[[], None], int], ...]:
        """The episodes and their weights."""
        return (
            (self.play_case, 40), (self.play_chatter, 34), (self.play_promotion, 5), (self.play_press, 4),
            (self.play_misdirected, 5), (self.play_impostor, 1), (self.play_copies, 1), (self.play_quote, 3),
            (self.play_banter, 2),
        )  # fmt: skip

    def play_case(self) -> None:
        """A customer turns to a bank's handle."""
        language = self.draw_language()
        author, bank, act, topic = (
            self.cast.customer(self.rng, self.platform, language), self.draw_bank(language), self.inbound_act(),
            draw_topic(self.rng),
        )  # fmt: skip
        at, named = rhythm.moment(self.rng, language), self.rng.random() < 0.45
        item = self.speak(author, at, act, language, bank=bank, topic=topic, to=[self.official(bank)], named=named)
        if item is not None:
            self.serve(item, bank, topic)

    def play_chatter(self) -> None:
        """Chatter, of which some is reposted."""
        before = len(self.items)
        super().play_chatter()
        if len(self.items) > before and self.rng.random() < 0.3:
            self.repost(self.items[before], self.rng.randrange(1, 4))

    def play_promotion(self) -> None:
        """A bank advertises; customers speak up beneath, several in one conversation."""
        language = self.draw_language()
        bank, topic = self.draw_bank(language), draw_topic(self.rng)
        post = self.speak(
            self.official(bank), rhythm.office_moment(self.rng), "official_pr", language, bank=bank, topic=topic
        )
        if post is None or post.author is None:
            return
        self.repost(post, self.rng.randrange(0, 4))
        for _ in range(self.rng.randrange(0, 4)):
            at = post.at + 60 + int(self.rng.expovariate(1 / 14_000))
            author, act, theme = self.another(post), self.inbound_act(), draw_topic(self.rng)
            item = self.speak(author, at, act, language, bank=bank, topic=theme, parent=post, to=[post.author])
            if item is not None:
                self.serve(item, bank, theme)

    def play_press(self) -> None:
        """A press account reports, some repost it."""
        if not self.cast.press:
            return self.play_chatter()
        post = self.report(rhythm.office_moment(self.rng), self.draw_bank(), draw_topic(self.rng))
        if post is not None:
            self.repost(post, self.rng.randrange(0, 5))
        return None

    def report(self, at: int, bank: str, topic: str, tone: str | None = None) -> Item | None:
        """One press post: the headline, or as much of its story as a post holds."""
        author = self.rng.choice(self.cast.press)
        tone = tone or self.rng.choice(("positive", "neutral", "neutral", "negative"))
        title, text, _ = self.voice.words(
            self.rng, "x", "en", "news", bank=bank, other=None, topic=topic, tone=tone
        )  # fmt: skip
        line = title if title and bank in self.voice.names.aliased(title) else text
        return self.speak(author, at, "news", "en", bank=bank, topic=topic, tone=tone, words=Said(None, line))

    def repost(self, original: Item, times: int) -> None:
        """Reposts of a text that nobody takes for a call for help: news, advertising, praise, opinion."""
        if original.act not in _REPOSTABLE_ACTS or original.author is None or original.repost_of:
            return
        official = original.author.official_of is not None
        if len(original.text) not in _REPOST_LENGTHS or (original.mentions and not official):
            return
        for person in dict.fromkeys(self.another(original) for _ in range(times)):
            self._repost_once(original, person)

    def _repost_once(self, original: Item, person: Account) -> None:
        author = original.author
        if author is None:
            return
        at = original.at + 30 + int(self.rng.lognormvariate(9.2, 1.2))
        bank = next(iter(original.banks), None)
        words = Said(None, f"RT @{author.handle}: {original.text}")
        item = self.speak(person, at, original.act, original.language, bank=bank, words=words)
        if item is not None:
            item.repost_of, item.topics, item.sentiment = original, original.topics, original.sentiment
            item.banks = {**item.banks, **original.banks}

    def play_misdirected(self) -> None:
        """About one bank, but addressed to another's handle or to a look-alike."""
        language = self.draw_language()
        author, bank = self.cast.customer(self.rng, "x", language), self.draw_bank(language)
        topic = draw_topic(self.rng)
        fakes = self.cast.look_alikes.get(("x", bank), [])
        astray = self.rng.choice(fakes) if fakes and self.rng.random() < 0.6 else self.official(self.draw_other(bank))
        act = draw_act(self.rng, (("complaint", 60), ("question", 25), ("request", 15)))
        self.speak(author, rhythm.moment(self.rng, language), act, language, bank=bank, topic=topic, to=[astray])

    def play_impostor(self) -> None:
        """A look-alike account answers a bank's customer, before the bank or instead of it."""
        language, topic = self.draw_language(), draw_topic(self.rng)
        bank = self.rng.choice([bank for platform, bank in self.cast.look_alikes if platform == "x"])
        author = self.cast.customer(self.rng, "x", language)
        item = self.speak(
            author, rhythm.moment(self.rng, language), "complaint", language, bank=bank, topic=topic,
            to=[self.official(bank)],
        )  # fmt: skip
        if item is None:
            return
        fake = self.rng.choice(self.cast.look_alikes["x", bank])
        at = item.at + self.rng.randrange(60, 1500)
        self.speak(fake, at, "divert", language, bank=bank, topic=topic, parent=item, to=[author])
        if self.items[-1].author is fake:
            self.items[-1].role = "none"
        self.serve(item, bank, topic)

    def play_copies(self) -> None:
        """A complaint that goes round: several people paste the same text over days."""
        language = self.draw_language()
        bank, topic = self.draw_bank(language), draw_topic(self.rng)
        first = self.speak(
            self.cast.customer(self.rng, "x", language), rhythm.moment(self.rng, language), "complaint", language,
            bank=bank, topic=topic,
        )  # fmt: skip
        if first is None:
            return
        for _ in range(self.rng.randrange(2, 6)):
            at = first.at + int(self.rng.expovariate(1 / 150_000)) + 600
            text = first.text + self.rng.choice(("", "!", "!!", " 😡"))
            self.speak(self.another(first), at, "complaint", language, bank=bank, topic=topic, words=Said(None, text))

    def play_quote(self) -> None:
        """Somebody quotes an earlier post about a bank."""
        quoted = self.rng.choice(self.items) if self.items else None
        if quoted is None or quoted.repost_of or not quoted.banks or quoted.kind != "post":
            return self.play_chatter()
        bank, topic = self.rng.choice(list(quoted.banks)), draw_topic(self.rng)
        at = quoted.at + int(self.rng.lognormvariate(9.5, 1.0))
        item = self.speak(self.another(quoted), at, "opinion", quoted.language, bank=bank, topic=topic)
        if item is not None:
            item.quote_of = quoted
        return None

    def play_banter(self) -> None:
        """Talk that has nothing to do with banks, though a bank's handle stands in it."""
        language = self.draw_language()
        author, bank = self.cast.customer(self.rng, "x", language), self.draw_bank(language)
        at = rhythm.moment(self.rng, language)
        act = self.rng.choice(("offtopic", "offtopic", "ambiguous_place"))
        self.speak(author, at, act, language, to=[self.official(bank)])


