"""Puts words and labels together: which name of a bank is said, what the text then names, what each bank gets."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from typing import NamedTuple, Protocol

from sandbox.world.acts import ACTS
from sandbox.world.banks import BankNames
from sandbox.world.model import Bank, Item

_MENTION = {
    "x": re.compile(r"(?<!\w)@([A-Za-z0-9_]{1,15})"),
    "vk": re.compile(r"@([A-Za-z0-9_.]+)"),
    "weibo": re.compile(r"@([\w-]+)"),
    "discourse": re.compile(r"(?<!\w)@([\w-]+)"),
    "rss": re.compile(r"(?!)"),
}
_TONES = ("positive", "neutral", "negative")
FACTLESS = frozenset({"opinion", "news"})
"""Acts whose sentiment is the tone they are given."""
BANK_ACTS = frozenset({
    "complaint", "question", "request", "wish", "praise", "consider", "leave", "fraud_report", "opinion", "comparison",
    "official_pr", "news", "promotion", "bot_spam", "crisis",
})  # fmt: skip
"""Acts that cannot be said without naming or addressing a bank."""
GENERIC_CALLS = {
    "en": ("your bank", "this bank", "the bank"),
    "ru": ("банк", "ваш банк", "этот банк"),
    "zh": ("贵行", "你们银行", "这家银行"),
    "ar": ("البنك", "هذا البنك", "بنككم"),
    "tr": ("bankanız", "bu banka", "banka"),
}


class Words(Protocol):
    """What a composer gives back."""

    @property
    def title(self) -> str | None: ...

    @property
    def text(self) -> str: ...


Compose = Callable[..., Words]


class Said(NamedTuple):
    """A title where there is one, a text, and whether the words tell the topic."""

    title: str | None
    text: str
    topical: bool = True


class Voice:
    """Draws texts for items and labels them by what the finished text really names."""

    def __init__(self, compose: Compose, banks: dict[str, Bank]) -> None:
        self._compose = compose
        self.banks = banks
        self.names = BankNames(banks)

    def bank_name(self, rng: random.Random, bank_id: str, language: str, *, short: bool = False) -> str:
        """A surface name: mostly the language's own main forms, now and then another form or the English one."""
        bank = self.banks[bank_id]
        own = bank.aliases.get(language) or bank.aliases.get("en") or (bank.name,)
        draw = rng.random()
        if short and bank.ambiguous and draw < 0.3:
            return bank.ambiguous[0] if language == "en" else own[0]
        if draw < 0.07 and language != "en":
            return rng.choice(bank.aliases.get("en") or own)
        if draw < 0.14:
            return rng.choice(own)
        return rng.choice(own[:2])

    def words(
        self, rng: random.Random, platform: str, language: str, act: str, *, bank: str | None, other: str | None,
        topic: str | None, tone: str, short: bool = False, call: str | None = None,
    ) -> Said:  # fmt: skip
        """What is said for one act; the text names the given banks by aliases that a search finds (unless `short`).

        Where no bank is given, acts that turn to one say `call` instead (a handle, "your bank").
        """
        name = self.bank_name(rng, bank, language, short=short) if bank else call if act in BANK_ACTS else None
        second = self.bank_name(rng, other, language) if other else None
        made, topical = self._compose_topical(
            rng, language, act, topic, bank=name, other=second, tone=tone, platform=platform
        )
        title = made.title.strip() if made.title else None
        text = " ".join(made.text.split()) if platform != "rss" else made.text.strip()
        for wanted in filter(None, (bank, other)) if not short else ():
            if wanted not in self.names.aliased(f"{title or ''}\n{text}" if platform == "rss" else text):
                text = f"{text} #{self.hashtag(wanted, language)}"
        return Said(title, text, topical)

    def _compose_topical(
        self, rng: random.Random, language: str, act: str, topic: str | None, **how: str | None
    ) -> tuple[Words, bool]:
        """The words, and whether they tell the topic: the same draw without it would say something else."""
        before = rng.getstate()
        made = self._compose(rng, language, act, topic=topic, **how)
        if topic is None:
            return made, False
        after = rng.getstate()
        rng.setstate(before)
        general = self._compose(rng, language, act, topic=None, **how)
        rng.setstate(after)
        return made, (made.title, made.text) != (general.title, general.text)

    def hashtag(self, bank_id: str, language: str) -> str:
        """The bank's shortest one-word name of the language."""
        bank = self.banks[bank_id]
        names = [name for name in bank.aliases.get(language, ()) or bank.aliases["en"] if " " not in name]
        return min(names, key=len) if names else bank.aliases["en"][0].replace(" ", "")

    def label(self, item: Item, towards: dict[str, str], topic: str | None, tone: str) -> None:
        """Give an item its labels: those of its act, and a sentiment for every bank that its text names."""
        act = ACTS[item.act]
        item.sentiment = tone if item.act in FACTLESS else act.sentiment
        item.intents, item.role, item.closing = act.intents, act.role, act.closing
        always = ("fraud",) if item.act == "fraud_report" else ()
        item.topics = tuple(dict.fromkeys([*always, *([topic] if topic else [])]))
        item.mentions = mentioned(item.platform, item.text)
        item.banks = self._banks_of(item, towards)

    def _banks_of(self, item: Item, towards: dict[str, str]) -> dict[str, str]:
        text = f"{item.title or ''}\n{item.text}"
        named = self.names.aliased(text)
        named |= {bank for handle in item.mentions if (bank := self.names.of_handle(item.platform, handle))}
        named |= {bank for bank in towards if bank in self.names.hinted(text)}
        return {bank: towards.get(bank, "neutral") for bank in self.banks if bank in named}


def mentioned(platform: str, text: str) -> list[str]:
    """Handles that the text addresses, without @, in order, each once."""
    return list(dict.fromkeys(_MENTION[platform].findall(text)))


def draw_tone(rng: random.Random) -> str:
    """A tone for acts that may have any."""
    return rng.choices(_TONES, (30, 40, 30))[0]
