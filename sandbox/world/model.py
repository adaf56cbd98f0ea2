"""The shapes of the scripted world: accounts, items, banks and the virtual clock."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

CLOCK_START = int(datetime(2026, 1, 5, tzinfo=UTC).timestamp())
CLOCK_END = int(datetime(2026, 3, 30, tzinfo=UTC).timestamp())
CRISIS_START = int(datetime(2026, 3, 18, 13, tzinfo=UTC).timestamp())
CRISIS_SECONDS = 48 * 3600
QUIET_TAIL_SECONDS = 60
"""Nothing is published in the last minute: X refuses an `end_time` within ten seconds of now."""

LANGUAGES = ("en", "ru", "zh", "ar", "tr")
PLATFORMS = ("x", "vk", "weibo", "discourse", "rss")
SITES = {"x": "", "vk": "", "weibo": "", "discourse": "forum.example", "rss": "news.example"}
ENGAGEMENT_FIELDS = ("likes", "shares", "comments", "views", "quotes")


def iso(at: int) -> str:
    """Epoch seconds as ISO 8601 that ends in Z, without fractions."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(slots=True, frozen=True)
class Bank:
    """One bank of banks.yml, with what the sandbox needs of it."""

    bank_id: str
    name: str
    aliases: dict[str, tuple[str, ...]]
    ambiguous: tuple[str, ...]
    handles: dict[str, tuple[str, ...]]
    pages: dict[str, tuple[str, ...]]


@dataclass(slots=True, eq=False)
class Account:
    """A person, a bank's own account, a press account, a community or a bot: stable over the twelve weeks."""

    platform: str
    account_id: str
    handle: str
    name: str
    language: str
    followers: int
    following: int
    posts: int
    created_at: int
    location: str | None = None
    verified: bool = False
    official_of: str | None = None
    press: bool = False
    bot: bool = False
    looks_like: str | None = None


@dataclass(slots=True, eq=False)
class Item:
    """One public item with its labels; identifiers are given when the whole world is known."""

    platform: str
    kind: str
    author: Account | None
    at: int
    act: str
    language: str
    text: str
    title: str | None = None
    banks: dict[str, str] = field(default_factory=dict)
    sentiment: str = "neutral"
    topics: tuple[str, ...] = ()
    intents: tuple[str, ...] = ()
    role: str = "none"
    closing: str = "none"
    parent: Item | None = None
    root: Item | None = None
    page: Account | None = None
    repost_of: Item | None = None
    quote_of: Item | None = None
    answers: Item | None = None
    mentions: list[str] = field(default_factory=list)
    publisher: str | None = None
    published_at: int = 0
    edited_at: int | None = None
    first_written_at: int | None = None
    earlier_ids: list[str] = field(default_factory=list)
    deleted: bool = False
    deleted_at: int | None = None
    quarantined: bool = False
    has_media: bool = False
    engagement: dict[str, int | None] = field(default_factory=dict)
    children: int = 0
    number: int = 0
    topic_number: int = 0
    post_number: int = 0
    native_id: str = ""
    story: str | None = None

    @property
    def thread(self) -> Item:
        """The item that opened the thread; a root is its own thread."""
        return self.root or self

    @property
    def site(self) -> str:
        """The host where one platform is many sites, else the empty string."""
        return SITES[self.platform]

    @property
    def event_at(self) -> int:
        """The moment that the platform states; planted articles state an impossible one."""
        return self.published_at or self.at

    @property
    def conversation_id(self) -> str | None:
        """Native id of the thread's root; a Discourse topic has a number of its own, an article no thread."""
        if self.platform == "rss":
            return None
        return str(self.thread.topic_number) if self.platform == "discourse" else self.thread.native_id

    @property
    def page_id(self) -> str | None:
        """VK: id of the wall's owner (a community, or a person on whose wall somebody else writes); elsewhere None."""
        return self._wall.account_id if self._wall else None

    @property
    def page_followers(self) -> int | None:
        """Followers of the wall's owner, which VK tells; elsewhere None."""
        return self._wall.followers if self._wall else None

    @property
    def _wall(self) -> Account | None:
        if self.platform != "vk":
            return None
        owner = self.page or self.thread.author
        return owner if owner and (owner is self.page or owner is not self.author) else None

    @property
    def answered_author(self) -> Account | None:
        """Whom the item answers; what is said beneath a post answers the post's author."""
        return self.parent.author if self.parent else None

    @property
    def official_of(self) -> str | None:
        """The bank whose own account wrote this item."""
        return self.author.official_of if self.author else None


@dataclass(slots=True)
class World:
    """Everything that the servers serve and the truth tells."""

    seed: int
    scale: float
    home: str
    banks: dict[str, Bank]
    accounts: dict[str, dict[str, Account]]
    items: list[Item]
    crisis_starts_at: int = CRISIS_START
    crisis_ends_at: int = CRISIS_START + CRISIS_SECONDS

    by_handle: dict[tuple[str, str], Account] = field(default_factory=dict)
    """(platform, lower-cased handle) → account."""

    def __post_init__(self) -> None:
        for platform, accounts in self.accounts.items():
            self.by_handle.update({(platform, account.handle.lower()): account for account in accounts.values()})

    def of(self, platform: str) -> list[Item]:
        """The items of one platform, in event order."""
        return [item for item in self.items if item.platform == platform]
