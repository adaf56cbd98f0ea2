"""Weibo: statuses that name or address banks, comments beneath them, reposts, misdirected calls."""

from __future__ import annotations

from collections.abc import Callable

from sandbox.world import rhythm
from sandbox.world.acts import draw_act, draw_topic
from sandbox.world.model import Account, Item
from sandbox.world.stage import Stage


class WeiboStage(Stage):
    """The script of Weibo; a comment that answers a comment begins with 回复@handle:."""

    platform = "weibo"
    reply_kind = "comment"

    def address(self, text: str, parent: Item | None, to: list[Account], language: str) -> str:
        """A status opens with @handle, a comment on a comment with 回复@handle:."""
        if parent is not None:
            answered = parent.author.handle if parent.parent and parent.author else None
            return f"回复@{answered}:{text}" if answered else text
        return " ".join([*(f"@{account.handle}" for account in to), text])

    def scripts(self) -> tuple[tuple[Callable[[], None], int], ...]:
        """The episodes and their weights."""
        return (
            (self.play_case, 34), (self.play_chatter, 38), (self.play_promotion, 9), (self.play_misdirected, 4),
            (self.play_repost, 9),
        )  # fmt: skip

    def play_case(self) -> None:
        """A customer calls a bank by its handle and its name."""
        language = self.draw_language()
        author, bank = self.cast.customer(self.rng, self.platform, language), self.draw_bank(language)
        act, topic = self.inbound_act(), draw_topic(self.rng)
        at = rhythm.moment(self.rng, language)
        item = self.speak(author, at, act, language, bank=bank, topic=topic, to=[self.official(bank)])
        if item is not None:
            self.serve(item, bank, topic)

    def play_promotion(self) -> None:
        """A bank advertises, several customers comment; the bank answers each by name."""
        bank, topic = self.draw_bank(), draw_topic(self.rng)
        post = self.speak(
            self.official(bank), rhythm.office_moment(self.rng), "official_pr", "zh", bank=bank, topic=topic
        )
        if post is None:
            return
        for _ in range(self.rng.randrange(1, 6)):
            at = post.at + 90 + int(self.rng.expovariate(1 / 30_000))
            theme, act = draw_topic(self.rng), self.inbound_act()
            named = self.rng.random() < 0.5
            item = self.speak(self.another(post), at, act, "zh", bank=bank, topic=theme, parent=post, named=named)
            if item is not None:
                self.serve(item, bank, theme)
        if self.rng.random() < 0.2:
            self.speak(self.another(post), post.at + self.rng.randrange(600, 50_000), "offtopic", "zh", parent=post)

    def play_misdirected(self) -> None:
        """About one bank, addressed to another's handle or to a look-alike."""
        bank, topic = self.draw_bank(), draw_topic(self.rng)
        fakes = self.cast.look_alikes.get(("weibo", bank), [])
        astray = self.rng.choice(fakes) if fakes and self.rng.random() < 0.5 else self.official(self.draw_other(bank))
        act = draw_act(self.rng, (("complaint", 60), ("question", 25), ("request", 15)))
        author = self.cast.customer(self.rng, "weibo", "zh")
        self.speak(author, rhythm.moment(self.rng, "zh"), act, "zh", bank=bank, topic=topic, to=[astray])

    def play_repost(self) -> None:
        """Somebody passes on an earlier status of a bank, with a word of the own."""
        posts = [item for item in self.items[-300:] if item.act == "official_pr" and item.kind == "post"]
        if not posts:
            return self.play_chatter()
        post = self.rng.choice(posts)
        bank = post.author.official_of if post.author else None
        at = post.at + 60 + int(self.rng.lognormvariate(9.2, 1.1))
        item = self.speak(
            self.another(post), at, self.rng.choice(("praise", "opinion")), "zh", bank=bank, topic=draw_topic(self.rng)
        )
        if item is not None:
            item.repost_of = post
        return None
