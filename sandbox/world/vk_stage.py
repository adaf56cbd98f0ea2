"""VK: posts on communities' walls and on people's own, comments beneath them, bots under a bank's posts, reposts."""

from __future__ import annotations

from collections.abc import Callable

from sandbox.world import rhythm
from sandbox.world.acts import draw_topic
from sandbox.world.model import Account, Item
from sandbox.world.stage import Stage
from sandbox.world.voice import Said

_REPOST_ACTS = ("praise", "opinion")


class VkStage(Stage):
    """The script of VK; a comment's parent is the post, or the comment that it answers."""

    platform = "vk"
    reply_kind = "comment"

    def scripts(self) -> tuple[tuple[Callable[[], None], int], ...]:
        """The episodes and their weights."""
        return (
            (self.play_wall, 22), (self.play_own_wall, 40), (self.play_community, 14), (self.play_misdirected, 4),
            (self.play_repost, 8),
        )  # fmt: skip

    def _publish(self, bank: str) -> Item | None:
        page = self.official(bank)
        at, topic = rhythm.office_moment(self.rng), draw_topic(self.rng)
        return self.speak(page, at, "official_pr", "ru", bank=bank, topic=topic, page=page)

    def play_wall(self) -> None:
        """A bank posts on its own page; customers, passers-by and now and then bots comment."""
        bank = self.draw_bank()
        post = self._publish(bank)
        if post is None:
            return
        for _ in range(self.rng.randrange(1, 6)):
            self.comment_as_customer(post, bank)
        if self.rng.random() < 0.25:
            act = self.rng.choice(("offtopic", "ambiguous_place"))
            self.speak(self.another(post), post.at + self.rng.randrange(600, 90_000), act, "ru", parent=post)
        if bank == self.home and self.rng.random() < 0.4:
            self.play_bots(post)
        elif self.rng.random() < 0.2:
            self._repost(post, bank)

    def comment_as_customer(self, post: Item, bank: str) -> None:
        """A customer turns to the bank beneath its post; half of them do not say its name."""
        at = post.at + 120 + int(self.rng.expovariate(1 / 40_000))
        act, topic, named = self.inbound_act(), draw_topic(self.rng), self.rng.random() < 0.5
        item = self.speak(self.another(post), at, act, "ru", bank=bank, topic=topic, parent=post, named=named)
        if item is not None:
            self.serve(item, bank, topic)

    def play_bots(self, post: Item) -> None:
        """A burst of advertising from one template within minutes."""
        at, topic = post.at + self.rng.randrange(300, 40_000), draw_topic(self.rng)
        named = self.home if self.rng.random() < 0.35 else None
        words = self.voice.words(
            self.rng, "vk", "ru", "bot_spam", bank=named, other=None, topic=topic, tone="neutral", call="банк"
        )  # fmt: skip
        for _ in range(self.rng.randrange(3, 5) if named else self.rng.randrange(4, 9)):
            at += self.rng.randrange(4, 90)
            said = Said(None, words.text + self.rng.choice(("", " !", " 🔥", " ✅", " 💰")), topical=False)
            self.speak(self.rng.choice(self.cast.bots), at, "bot_spam", "ru", parent=post, words=said)

    def play_own_wall(self) -> None:
        """Somebody writes on the own wall; the bank may find it and comment."""
        self.play_chatter()

    def play_community(self) -> None:
        """A post in a city's community, with the bank's answer and other people beneath it."""
        bank, topic, act = self.draw_bank(), draw_topic(self.rng), self.inbound_act()
        author, page = self.cast.customer(self.rng, "vk", "ru"), self.rng.choice(self.cast.communities)
        to = [self.official(bank)] if self.rng.random() < 0.3 else []
        post = self.speak(author, rhythm.moment(self.rng, "ru"), act, "ru", bank=bank, topic=topic, page=page, to=to)
        if post is None:
            return
        self.serve(post, bank, topic)
        for _ in range(self.rng.randrange(0, 3)):
            at = post.at + 60 + int(self.rng.expovariate(1 / 20_000))
            act = self.rng.choice(("peer_answer", "offtopic", "opinion"))
            told = bank if act == "opinion" else None
            self.speak(self.another(post), at, act, "ru", bank=told, topic=topic if told else None, parent=post)

    def play_misdirected(self) -> None:
        """A complaint about one bank beneath another bank's post, or one that calls another bank's community."""
        if self.rng.random() < 0.5:
            return self._call_another()
        page_bank = self.draw_bank()
        bank, topic = self.draw_other(page_bank), draw_topic(self.rng)
        post = self._publish(page_bank)
        if post is not None:
            at = post.at + self.rng.randrange(300, 60_000)
            self.speak(self.another(post), at, "complaint", "ru", bank=bank, topic=topic, parent=post)
        return None

    def _call_another(self) -> None:
        bank, topic, author = self.draw_bank(), draw_topic(self.rng), self.cast.customer(self.rng, "vk", "ru")
        astray = [self.official(self.draw_other(bank))]
        self.speak(author, rhythm.moment(self.rng, "ru"), "complaint", "ru", bank=bank, topic=topic, to=astray)

    def play_repost(self) -> None:
        """Somebody passes on an earlier post of a bank, with a word of the own."""
        posts = [item for item in self.items[-400:] if item.act == "official_pr" and item.kind == "post"]
        if not posts:
            return self.play_own_wall()
        post = self.rng.choice(posts)
        return self._repost(post, post.author.official_of if post.author else None)

    def _repost(self, post: Item, bank: str | None) -> None:
        at = post.at + 60 + int(self.rng.lognormvariate(9.3, 1.1))
        act, topic = self.rng.choice(_REPOST_ACTS), draw_topic(self.rng)
        item = self.speak(self.another(post), at, act, "ru", bank=bank, topic=topic)
        if item is not None:
            item.repost_of = post

    def address(self, text: str, parent: Item | None, to: list[Account], language: str) -> str:
        """A post opens with @communities; whom a comment answers is told by a field of its own, not in the text."""
        return text if parent is not None else " ".join([*(f"@{account.handle}" for account in to), text])
