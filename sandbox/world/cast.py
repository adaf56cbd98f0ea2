"""The cast: every account of the world, stable over the twelve weeks and the same for the same seed."""

from __future__ import annotations

import random

from sandbox.world import names
from sandbox.world.model import CLOCK_START, LANGUAGES, Account, Bank

YEAR = 365 * 86400
_FIRST_ID = {"x": 1_400_000_000_000_000_001, "vk": 5_000_101, "weibo": 6_000_000_101, "discourse": 101}
_OFFICIAL_ID = {"x": 900_000_001, "weibo": 2_900_000_001, "discourse": 11}
_PEOPLE_PER_THOUSAND_ITEMS = {"x": 330, "vk": 330, "weibo": 380, "discourse": 240}
_LANGUAGE_SHARES: dict[str, dict[str, float]] = {
    "x": {"en": 0.42, "tr": 0.26, "ar": 0.24, "ru": 0.06, "zh": 0.02},
    "vk": {"ru": 0.95, "en": 0.03, "tr": 0.02},
    "weibo": {"zh": 0.97, "en": 0.03},
    "discourse": {"en": 0.62, "ru": 0.12, "tr": 0.12, "ar": 0.08, "zh": 0.06},
    "rss": {"en": 0.34, "ru": 0.2, "zh": 0.16, "ar": 0.14, "tr": 0.16},
}


def language_shares(platform: str) -> dict[str, float]:
    """Share of each language among a platform's items."""
    return _LANGUAGE_SHARES[platform]


class Cast:
    """All accounts, found by role; `everyone` maps platform → account id → account."""

    def __init__(self, rng: random.Random, banks: dict[str, Bank], press: dict[str, list[str]], sizes: dict[str, int]):
        self.everyone: dict[str, dict[str, Account]] = {platform: {} for platform in (*_FIRST_ID, "rss")}
        self.people: dict[tuple[str, str], list[Account]] = {}
        self.official: dict[tuple[str, str], list[Account]] = {}
        self.look_alikes: dict[tuple[str, str], list[Account]] = {}
        self.press: list[Account] = []
        self.bots: list[Account] = []
        self.communities: list[Account] = []
        self._taken: set[tuple[str, str]] = set()
        self._next = dict(_FIRST_ID)
        self._cast_officials(rng, banks)
        self._cast_press(rng, press)
        self._cast_communities(rng)
        self._cast_look_alikes(rng, banks)
        for platform in _FIRST_ID:
            self._cast_people(rng, platform, sizes.get(platform, 0))
        self.bots = [self._person(rng, "vk", "ru", bot=True) for _ in range(12)]

    def customer(self, rng: random.Random, platform: str, language: str) -> Account:
        """Someone who writes in this language: few write often, most write rarely."""
        pool = self.people[platform, language]
        return pool[int(len(pool) * rng.random() ** 1.6)]

    def _register(self, account: Account) -> Account:
        self.everyone[account.platform][account.account_id] = account
        self._taken.add((account.platform, account.handle.lower()))
        return account

    def _new_id(self, rng: random.Random, platform: str) -> str:
        self._next[platform] += rng.randrange(1, 90) if platform != "discourse" else 1
        return str(self._next[platform])

    def _cast_officials(self, rng: random.Random, banks: dict[str, Bank]) -> None:
        for rank, bank in enumerate(banks.values()):
            for platform in ("x", "weibo", "discourse"):
                for place, handle in enumerate(bank.handles.get(platform, ())):
                    number = str(_OFFICIAL_ID[platform] + rank * 10 + place)
                    self._cast_official(rng, bank, platform, handle, number)
            for handle, page in zip(bank.handles.get("vk", ()), bank.pages.get("vk", ()), strict=False):
                self._cast_official(rng, bank, "vk", handle, page)

    def _cast_official(self, rng: random.Random, bank: Bank, platform: str, handle: str, number: str) -> None:
        account = Account(
            platform, number, handle, bank.name, "en", rng.randrange(30_000, 240_000), rng.randrange(20, 900),
            rng.randrange(5_000, 40_000), CLOCK_START - rng.randrange(4 * YEAR, 12 * YEAR), None, True, bank.bank_id,
        )  # fmt: skip
        self.official.setdefault((platform, bank.bank_id), []).append(self._register(account))

    def _cast_press(self, rng: random.Random, press: dict[str, list[str]]) -> None:
        for place, handle in enumerate(press.get("x", [])):
            account = Account(
                "x", str(800_000_001 + place), handle, handle, "en", rng.randrange(80_000, 300_000), 400, 60_000,
                CLOCK_START - 10 * YEAR, "London", True, None, True,
            )  # fmt: skip
            self.press.append(self._register(account))

    def _cast_communities(self, rng: random.Random) -> None:
        for number, handle, name in names.COMMUNITIES:
            account = Account(
                "vk", number, handle, name, "ru", rng.randrange(8_000, 90_000), 0, 20_000, CLOCK_START - 6 * YEAR
            )
            self.communities.append(self._register(account))

    def _cast_look_alikes(self, rng: random.Random, banks: dict[str, Bank]) -> None:
        """Accounts whose handles resemble official ones: one letter doubled, swapped for its like, or dropped."""
        for bank in banks.values():
            for platform in ("x", "weibo"):
                for handle in bank.handles.get(platform, ()):
                    for fake in look_alike_handles(handle):
                        if (platform, fake.lower()) in self._taken:
                            continue
                        account = self._account(rng, platform, "zh" if platform == "weibo" else "en", fake, bank.name)
                        account.looks_like = bank.bank_id
                        self.look_alikes.setdefault((platform, bank.bank_id), []).append(self._register(account))

    def _cast_people(self, rng: random.Random, platform: str, items: int) -> None:
        for language in LANGUAGES:
            share = _LANGUAGE_SHARES[platform].get(language, 0.0)
            count = max(12, int(items * share * _PEOPLE_PER_THOUSAND_ITEMS[platform] / 1000)) if share else 0
            self.people[platform, language] = [self._person(rng, platform, language) for _ in range(count)]

    def _person(self, rng: random.Random, platform: str, language: str, *, bot: bool = False) -> Account:
        first, last = rng.choice(names.FIRST[language]), rng.choice(names.LAST[language])
        name = names.native(first) + " " + names.native(last)
        if language == "zh":
            name = names.native(last) + names.native(first)
        account = self._account(rng, platform, language, self._handle(rng, platform, language, first, last), name)
        account.bot = bot
        return self._register(account)

    def _handle(self, rng: random.Random, platform: str, language: str, first: str, last: str) -> str:
        while True:
            if platform == "weibo" and language == "zh":
                handle = f"{names.native(last)}{names.native(first)}{rng.randrange(10, 99999)}"
            else:
                joint = rng.choice(("", "_")) if platform != "vk" else "_"
                handle = f"{names.latin(first)}{joint}{names.latin(last)[:6]}"[:10] + str(rng.randrange(10, 9999))
            if (platform, handle.lower()) not in self._taken:
                return handle

    def _account(self, rng: random.Random, platform: str, language: str, handle: str, name: str) -> Account:
        located = rng.random() < 0.6
        return Account(
            platform, self._new_id(rng, platform), handle, name, language,
            min(60_000, int(rng.lognormvariate(5.0, 1.3))), int(rng.lognormvariate(5.2, 0.9)),
            int(rng.lognormvariate(6.5, 1.4)) + 1, CLOCK_START - rng.randrange(30 * 86400, 14 * YEAR),
            rng.choice(names.PLACES[language]) if located else None, rng.random() < 0.02,
        )  # fmt: skip


def look_alike_handles(handle: str) -> list[str]:
    """Handles that a hurried eye takes for this one: within the confusable or small-edit rule of METRICS.md."""
    if not handle.isascii():
        swaps = {"拉": "垃", "塔": "搭", "卡": "咔", "宁": "咛", "港": "巷"}
        return [handle.replace(a, b, 1) for a, b in swaps.items() if a in handle][:1]
    fakes = []
    if handle.lower().endswith("bank"):
        fakes.append(handle[:-2] + "nnk" if handle.endswith("ank") else handle + "k")
    if "l" in handle[1:]:
        place = handle.index("l", 1)
        fakes.append(handle[:place] + "1" + handle[place + 1 :])
    if handle.endswith("Help"):
        fakes.append(handle[:-4] + "_Heip")
    if handle.endswith("UK"):
        fakes.append(handle[:-2] + "_UK")
    return [fake for fake in fakes if len(fake) <= 15]
