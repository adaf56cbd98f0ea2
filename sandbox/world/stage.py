"""A platform's stage: what every platform's script shares, from one spoken item to a whole case with its replies.

    open a thread ──► serve(): care plan ──► automatic / ask / answer / divert ──► closing, peers
"""

from __future__ import annotations

import random
from abc import ABC, abstractmethod
from collections.abc import Callable
from itertools import accumulate

from sandbox.world import care, rhythm
from sandbox.world.acts import ACTS, CHATTER_ACTS, INBOUND_ACTS, draw_act, draw_topic
from sandbox.world.cast import Cast, language_shares
from sandbox.world.model import CLOCK_END, CLOCK_START, QUIET_TAIL_SECONDS, Account, Item
from sandbox.world.voice import BANK_ACTS, FACTLESS, GENERIC_CALLS, Said, Voice, draw_tone

LAST_MOMENT = CLOCK_END - QUIET_TAIL_SECONDS
_BANK_WEIGHTS = (34, 20, 16, 16, 14)
_NATIVE_BANK = {"tr": 3, "en": 1}


class Stage(ABC):
    """One platform's script; subclasses say how its people address and answer each other."""

    platform = ""
    reply_kind = "reply"

    def __init__(self, rng: random.Random, cast: Cast, voice: Voice, home: str) -> None:
        self.rng, self.cast, self.voice, self.home = rng, cast, voice, home
        self.bank_ids = list(voice.banks)
        self.items: list[Item] = []
        shares = language_shares(self.platform)
        self._languages, self._language_weights = list(shares), list(shares.values())

    # -- draws ---------------------------------------------------------------------------------------------------
    def draw_language(self) -> str:
        """A language by the platform's shares."""
        return self.rng.choices(self._languages, self._language_weights)[0]

    def draw_bank(self, language: str = "") -> str:
        """A bank: home most often; a language may favour a bank at home in it."""
        weights = [_BANK_WEIGHTS[rank % len(_BANK_WEIGHTS)] for rank in range(len(self.bank_ids))]
        favoured = _NATIVE_BANK.get(language)
        if favoured is not None and favoured < len(weights):
            weights[favoured] += 8
        return self.rng.choices(self.bank_ids, weights)[0]

    def draw_other(self, bank: str) -> str:
        """Any other bank."""
        return self.rng.choice([other for other in self.bank_ids if other != bank])

    def official(self, bank: str) -> Account:
        """One of the bank's own accounts here."""
        return self.rng.choice(self.cast.official[self.platform, bank])

    def rank(self, bank: str) -> int:
        """The bank's place in the configuration."""
        return self.bank_ids.index(bank)

    # -- speaking ------------------------------------------------------------------------------------------------
    def address(self, text: str, parent: Item | None, to: list[Account], language: str) -> str:
        """The text as this platform writes it when it addresses accounts or answers an item."""
        return text

    def spoken_handle(self, to: list[Account]) -> str | None:
        """A handle that may stand in the sentence in place of a name; None where the platform does not write so."""
        return None

    def speak(
        self, author: Account | None, at: int, act: str, language: str, *, bank: str | None = None,
        other: str | None = None, topic: str | None = None, tone: str | None = None, parent: Item | None = None,
        to: list[Account] | None = None, page: Account | None = None, named: bool = True, short: bool = False,
        kind: str | None = None, words: Said | None = None,
    ) -> Item | None:  # fmt: skip
        """Write one item about `bank`; None where its moment lies outside the clock.

        Without `named` the text calls no name; `to` are accounts that it addresses; `words` are a text that is given.
        """
        if not CLOCK_START <= at < LAST_MOMENT:
            return None
        tone = tone or (draw_tone(self.rng) if act in FACTLESS else ACTS[act].sentiment)
        to = to or []
        call = self.rng.choice(GENERIC_CALLS[language])
        if not named and act in BANK_ACTS and (handle := self.spoken_handle(to)):
            call, to = handle, []
        title, text, topical = words or self.voice.words(
            self.rng, self.platform, language, act, bank=bank if named else None, other=other, topic=topic,
            tone=tone, short=short, call=call,
        )  # fmt: skip
        text = self.address(text, parent, to, language)
        item = Item(self.platform, kind or (self.reply_kind if parent else "post"), author, at, act, language, text)
        item.title, item.page = (None, parent.thread.page) if parent else (title, page)
        item.parent, item.root = parent, parent.thread if parent else None
        self.voice.label(item, self._towards(act, bank, other, tone, author), topic if topical else None, tone)
        self.items.append(item)
        return item

    def _towards(
        self, act: str, bank: str | None, other: str | None, tone: str, author: Account | None
    ) -> dict[str, str]:
        if bank is None or (author is not None and author.official_of):
            return {}
        if act == "comparison" and other:
            return {bank: "positive", other: "negative"}
        return {bank: tone if act in FACTLESS else ACTS[act].sentiment}

    # -- cases ---------------------------------------------------------------------------------------------------
    def serve(self, case: Item, bank: str, topic: str | None, *, crisis: bool = False) -> None:
        """Play the care plan of one customer's item: official replies, the customer's last word, a peer's help."""
        plan = care.plan_care(self.rng, self.rank(bank), case.at, crisis=crisis)
        helper, last = self.official(bank), None
        for at, act in plan.steps:
            reply = self.reply_officially(case, helper, at, act, bank, topic)
            if reply is not None:
                reply.answers, last = case, reply
        if plan.closing and last is not None and last.role != "automatic":
            self.close(case, last, plan.closing[0], plan.closing[1], bank, topic)
        if plan.peer_at is not None:
            self.help_as_peer(case, plan.peer_at, bank, topic)

    def reply_officially(
        self, case: Item, helper: Account, at: int, act: str, bank: str, topic: str | None
    ) -> Item | None:
        """One official reply to the case's author; its text names the bank about every fourth time."""
        named = self.rng.random() < 0.25 or act == "automatic"
        target = [case.author] if case.author else []
        return self.speak(helper, at, act, case.language, bank=bank, topic=topic, parent=case, to=target, named=named)

    def close(self, case: Item, last: Item, at: int, act: str, bank: str, topic: str | None) -> Item | None:
        """The customer's last word to the account that answered."""
        named = self.rng.random() < 0.3
        target = [last.author] if last.author else []
        return self.speak(
            case.author, at, act, case.language, bank=bank, topic=topic, parent=last, to=target, named=named
        )

    def help_as_peer(self, case: Item, at: int, bank: str, topic: str | None) -> Item | None:
        """Another customer helps; the text names the bank, so that a search finds it."""
        peer = self.another(case)
        target = [case.author] if case.author else []
        return self.speak(peer, at, "peer_answer", case.language, bank=bank, topic=topic, parent=case, to=target)

    def another(self, item: Item) -> Account:
        """Somebody else who writes in the same language."""
        while True:
            person = self.cast.customer(self.rng, self.platform, item.language)
            if person is not item.author and person is not item.thread.author:
                return person

    # -- scripts -------------------------------------------------------------------------------------------------
    def inbound_act(self) -> str:
        """What a customer who turns to a bank wants."""
        return draw_act(self.rng, INBOUND_ACTS)

    def play_chatter(self) -> None:
        """Somebody speaks about a bank without turning to it."""
        language = self.draw_language()
        author, bank = self.cast.customer(self.rng, self.platform, language), self.draw_bank(language)
        act, topic = draw_act(self.rng, CHATTER_ACTS), draw_topic(self.rng)
        other = self.draw_other(bank) if act == "comparison" else None
        at = rhythm.moment(self.rng, language)
        item = self.speak(author, at, act, language, bank=bank, other=other, topic=topic)
        if item is not None and act in ("complaint", "question") and self.rng.random() < 0.35:
            self.serve(item, bank, topic)

    @abstractmethod
    def scripts(self) -> tuple[tuple[Callable[[], None], int], ...]:
        """The platform's episodes, each with its weight; those that build on earlier items stand last."""

    def play_until(self, count: int) -> None:
        """Play every episode once, then by weight until the platform holds `count` items."""
        scripts = self.scripts()
        for script, _ in scripts:
            script()
        weights = list(accumulate(weight for _, weight in scripts))
        while len(self.items) < count:
            self.rng.choices(scripts, cum_weights=weights)[0][0]()
