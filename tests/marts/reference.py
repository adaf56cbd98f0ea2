"""The marts' numbers a second time, in plain Python from truth records: METRICS.md read by other eyes, sharing no SQL.

    records ──► counted() ──► reputation() · share_of_voice() · customer_care() ──► {cell: {column: value}}

A record is a line of the sandbox's truth.jsonl. A cell's key is (bank, platform, …) as in the mart; values are None where the
mart has NULL. Statistics follow the textbooks' own forms, on purpose other than the SQL's.
"""

from __future__ import annotations

import hashlib
import math
import statistics
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from tests.marts.reference_quality import Quality, corrected_row

Record = dict[str, Any]
Key = tuple[Any, ...]
Cells = dict[Key, dict[str, Any]]
Z = statistics.NormalDist().inv_cdf(0.975)
WANTS = {"complaint", "question", "request", "fraud_report"}
HUMAN = ("answer", "ask", "divert")
WEEK = timedelta(hours=168)
WHOLE = {"x", "mastodon", "bluesky", "telegram"}  # their reposts hold the original and nothing else
COUNTED = {"telegram"}  # of these, those that are counted for themselves


@dataclass
class World:
    """Records and the configuration that definitions need; `topics` is {topic: department}, `quality` is {(label, language, bank or ''): (se, n_se, sp, n_sp)},
    `accounts` are official (bank, platform, lower-cased account, kind), `employees` {(platform, lower-cased account): registered},
    `targets` {(metric, bank, period type or None): (target, at_least or at_most)}, `plays` those of the playbook, `languages` {department: the one it reads}."""

    records: list[Record]
    banks: list[str]
    competitors: list[str]
    home: str
    pages: dict[tuple[str, str], str]
    regulated: set[str]
    topics: dict[str, str]
    as_of: datetime
    zone: ZoneInfo
    min_n: int = 30
    window: timedelta = timedelta(hours=24)
    hours: dict[int, tuple[time, time]] = field(default_factory=dict)
    holidays: set[date] = field(default_factory=set)
    dispositions: list[dict[str, Any]] = field(default_factory=list)
    quality: Quality = field(default_factory=dict)
    ledger: list[dict[str, Any]] = field(default_factory=list)
    accounts: list[tuple[str, str, str, str]] = field(default_factory=list)
    employees: dict[tuple[str, str], date] = field(default_factory=dict)
    targets: dict[tuple[str, str, str | None], tuple[float, str]] = field(default_factory=dict)
    campaigns: list[Any] = field(default_factory=list)
    departments: set[str] = field(default_factory=set)
    plays: list[Any] = field(default_factory=list)
    languages: dict[str, str | None] = field(default_factory=dict)
    places: list[dict[str, Any]] = field(default_factory=list)
    city_names: dict[str, tuple[str, str]] | None = None  # where the gazetteer's are loaded: place → name, country
    themes: list[dict[str, Any]] = field(default_factory=list)
    found_cases: list[Record] | None = None
    story_salt: str = ""  # the warehouse's own

    @cached_property
    def counted(self) -> list[Record]:
        """Records that the marts count, in order of (event, key), with `at`, `day`, `id` and `thread` added; most bare reposts gather nothing."""
        kept = []
        for record in self.records:
            at = instant(record["event_at"])
            if not (record["deleted"] or record["quarantined"]) and at <= self.as_of:
                kept.append({**record, "at": at, "day": at.astimezone(self.zone).date(), "id": mention_id(record),
                             "thread": record["conversation_id"] or record["native_id"],
                             "told": record["engagement"],
                             "engagement": dict.fromkeys(record["engagement"]) if has_counts_of_original(record) else record["engagement"]})
        return sorted(kept, key=lambda r: (r["at"], r["id"]))

    @cached_property
    def first_day(self) -> date:
        """The first day with any counted item."""
        return min(r["day"] for r in self.counted)

    @cached_property
    def official_ids(self) -> dict[tuple[str, str, str], str]:
        """(platform, site, author_id) → bank, of every official account that was ever seen."""
        return {(r["platform"], r["site"], r["author_id"]): r["official_of"] for r in self.records if r["official_of"]}

    def addressed(self, record: Record) -> tuple[set[str], bool]:
        """(banks that the item addresses, whether it addresses a look-alike)."""
        banks = {h["bank_id"] for h in record["handles"] if h["status"] == "official"}
        banks |= {self.pages.get((record["platform"], record["page_id"]))}
        banks |= {self.official_ids.get((record["platform"], record["site"], record["in_reply_to_author_id"]))}
        return banks - {None}, any(h["status"] == "look_alike" for h in record["handles"])

    def addresses_any(self, record: Record) -> bool:
        """Whether the item addresses any account: a bank's, a look-alike, or somebody else's."""
        return not bare(record) and (any(self.addressed(record)) or self.names_stranger(record))

    @cached_property
    def handles_of(self) -> dict[Key, set[str]]:
        """(platform, site, author_id) → the handles, lower-cased, under which that author was ever seen."""
        found: dict[Key, set[str]] = defaultdict(set)
        for r in self.records:
            if r["author_id"]:
                found[r["platform"], r["site"], r["author_id"]].add((r["author_handle"] or "").lower())
        return found

    def names_stranger(self, record: Record) -> bool:
        """Whether it names a handle that is no bank's and no look-alike, other than that of the author whom it answers."""
        answered = self.handles_of.get((record["platform"], record["site"], record["in_reply_to_author_id"]), set())
        return any(h["status"] == "unknown" and h["handle"].lower() not in answered for h in record["handles"])

    def misdirected(self, record: Record, bank: str) -> bool:
        astray = self.addresses_any(record) and bank not in self.addressed(record)[0]
        return astray and bank in record["banks"] and not record["official_of"]

    def inbound_to(self, record: Record) -> set[str]:
        """Banks that should answer this item."""
        if record["official_of"] or record["press"] or bare(record) or not record["author_id"] or {"news", "promotion"} & set(record["intents"]):
            return set()
        called = self.addressed(record)[0] | (set(record["banks"]) if WANTS & set(record["intents"]) else set())
        return {bank for bank in called if not self.misdirected(record, bank)}


def bare(record: Record) -> bool:
    """Whether it is a repost that holds nothing but its original."""
    return record.get("repost_of_id") is not None and record["platform"] in WHOLE


def has_counts_of_original(record: Record) -> bool:
    """Whether what its platform tells of likes and shares is the original's."""
    return bare(record) and record["platform"] not in COUNTED


def instant(value: str) -> datetime:
    return datetime.fromisoformat(value).astimezone(UTC)


def mention_id(record: Record) -> str:
    parts = (record["platform"], record["site"], record["kind"], record["native_id"])
    return hashlib.md5("\x1f".join(parts).encode()).hexdigest()


# -- statistics -------------------------------------------------------------------------------------------------------
def wilson(k: float, n: int) -> tuple[float, float]:
    """Wilson's interval, 0–100: the roots of (p̂ − p)² = z² p (1 − p) / n."""
    p, w = k / n, Z * Z / n
    middle, half = p + w / 2, Z * math.sqrt(p * (1 - p) / n + w / n / 4)
    return max(0.0, 100 * (middle - half) / (1 + w)), min(100.0, 100 * (middle + half) / (1 + w))


def share(name: str, k: int, n: int, min_n: int, counts: bool = True) -> dict[str, Any]:
    """The five columns of a share (three without its counts)."""
    lower, upper = wilson(k, n) if n >= min_n else (None, None)
    row = {f"{name}_pct": 100 * k / n if n >= min_n else None, f"{name}_pct_lower": lower, f"{name}_pct_upper": upper}
    return {f"{name}_numerator": k, f"{name}_denominator": n, **row} if counts else row


def difference(name: str, now: tuple[int, int], before: tuple[int, int] | None, min_n: int) -> dict[str, float | None]:
    """The three columns of a difference of two shares (k, n), in points: Newcombe 1998, method 10."""
    columns = [f"{name}_difference_points{suffix}" for suffix in ("", "_lower", "_upper")]
    if before is None or min(now[1], before[1]) < min_n:
        return dict.fromkeys(columns)
    (p, (low, high)), (p0, (low0, high0)) = ((100 * k / n, wilson(k, n)) for k, n in (now, before))
    return dict(zip(columns, (p - p0, max(-100.0, p - p0 - math.hypot(p - low, high0 - p0)),
                              min(100.0, p - p0 + math.hypot(high - p, p0 - low0))), strict=True))


def suppression(sizes: dict[str, int], min_n: int) -> dict[str, str | None]:
    hidden = [name for name, n in sizes.items() if n < min_n]
    return {"suppressed_reason": "min_n" if hidden else None, "suppressed_metrics": ", ".join(hidden) or None}


def quantile(values: list[float], q: float) -> float | None:
    """Linear interpolation between order statistics (Hyndman–Fan 7)."""
    if not values:
        return None
    ordered, place = sorted(values), q * (len(values) - 1)
    low = math.floor(place)
    return ordered[low] + (ordered[min(low + 1, len(ordered) - 1)] - ordered[low]) * (place - low)


def kaplan_meier_median(durations: list[tuple[Fraction, bool]]) -> float | None:
    """min{t: S(t) ≤ ½} over (duration, answered); exact fractions, answers before censorings at ties."""
    surviving = Fraction(1)
    for t in sorted({duration for duration, answered in durations if answered}):
        at_risk = sum(duration >= t for duration, _ in durations)
        surviving *= 1 - Fraction(sum(answered and duration == t for duration, answered in durations), at_risk)
        if surviving <= Fraction(1, 2):
            return float(t)
    return None


def seconds(delta: timedelta) -> Fraction:
    return Fraction(delta // timedelta(microseconds=1), 1_000_000)


def mean(values: Iterable[Fraction]) -> float | None:
    listed = list(values)
    return float(sum(listed) / len(listed)) if listed else None


# -- reputation -------------------------------------------------------------------------------------------------------
def brand_mentions(world: World) -> list[Record]:
    """Customers' and media's brand mentions, each record with its `bank` and `towards`."""
    return [{**r, "bank": bank, "towards": label} for r in world.counted if not r["official_of"]
            for bank, label in r["banks"].items() if bank in world.banks]


def grouped(items: Iterable[Record], *keys: Callable[[Record], Iterable[Any]]) -> dict[Key, list[Record]]:
    """Items by every combination of each key's alternatives."""
    cells: dict[Key, list[Record]] = defaultdict(list)
    for item in items:
        combinations: list[Key] = [()]
        for key in keys:
            combinations = [(*done, value) for done in combinations for value in key(item)]
        for combination in combinations:
            cells[combination].append(item)
    return cells


def periods(day: date) -> list[tuple[str, date]]:
    return [("day", day), ("week", day - timedelta(days=day.weekday())), ("month", day.replace(day=1))]


def reputation(world: World) -> Cells:
    """mart_reputation_daily by (bank, platform, language, country, day)."""
    cells = grouped(brand_mentions(world), *_places(), lambda r: [r["day"]])
    return {key: _reputation(world, key[0], key[2], items) for key, items in cells.items()}


def reputation_periods(world: World) -> Cells:
    """mart_reputation_periods by (bank, platform, language, country, period_type, period_start)."""
    cells = grouped(brand_mentions(world), *_places(), lambda r: periods(r["day"])[1:])
    return {(*key[:-1], *key[-1]): _reputation(world, key[0], key[2], items) for key, items in cells.items()}


def _places() -> list[Callable[[Record], list[str]]]:
    return [lambda r: [r["bank"]], lambda r: [r["platform"], "all"], lambda r: [r["language"], "all"],
            lambda r: [r["country"].upper() if r.get("country") else "unknown", "all"]]


def _reputation(world: World, bank: str, language: str, items: list[Record]) -> dict[str, Any]:
    human = [r for r in items if not r["bot"]]
    row: dict[str, Any] = {"mentions_without_author": sum(not r["author_id"] for r in items)}
    for suffix, some in (("", items), ("_without_bots", human)):
        row |= {f"mention_count{suffix}": len(some), f"story_count{suffix}": len({story(r) for r in some}),
                f"unique_authors{suffix}": len({author(r) for r in some if r["author_id"]})}
        row |= {f"{label}_count{suffix}": sum(r["towards"] == label for r in some) for label in ("positive", "neutral", "negative")}
    total = sum(row[f"{label}_count"] for label in ("positive", "neutral", "negative"))
    authors = row["unique_authors"]
    known = [e for e in map(engagement, items) if e is not None]
    reach: dict[Key, int] = {}
    for r in items:
        if r["author_id"] and r["author_followers"] is not None:
            reach[author(r)] = max(reach.get(author(r), 0), r["author_followers"])
    row |= {"n": total, "sentiment_count": total, "engagement": sum(known) if known else None, "engagement_known_count": len(known),
            "reach_upper": sum(reach.values()) if len(reach) >= world.min_n else None, "reach_known_count": len(reach),
            "passion": (len(items) - row["mentions_without_author"]) / authors if authors else None}
    for name, k, n in (("engagement_known", len(known), len(items)), ("reach_known", len(reach), authors),
                       *((label, row[f"{label}_count"], total) for label in ("positive", "neutral", "negative"))):
        row |= share(name, k, n, world.min_n, counts=False)
    for label in ("negative", "positive"):
        row |= corrected(world, label, bank, language, [r for r in items if r["towards"] is not None])
    row |= net_sentiment(world, items, row, total)
    return row | _without_bots(world, human, row)


def _without_bots(world: World, human: list[Record], row: dict[str, Any]) -> dict[str, Any]:
    """Net sentiment as it is where likely bots are left out, and what is not shown with it."""
    labels = {f"{label}_count": row[f"{label}_count_without_bots"] for label in ("positive", "neutral", "negative")}
    total = sum(labels.values())
    net = net_sentiment(world, human, row | labels, total)
    hidden = [name for name in (row["suppressed_metrics"], "net_sentiment_without_bots" if total < world.min_n else None) if name]
    return {"sentiment_count_without_bots": total, "suppressed_reason": "min_n" if hidden else None, "suppressed_metrics": ", ".join(hidden) or None,
            **{f"net_sentiment_without_bots{end}": net[f"net_sentiment{end}"] for end in ("", "_lower", "_upper")}}


def corrected(world: World, label: str, bank: str, language: str, items: list[Record]) -> dict[str, Any]:
    """The columns of a corrected share, by the languages of the items."""
    found = {name: (sum(r["towards"] == label for r in some), len(some)) for (name,), some in grouped(items, lambda r: [r["language"]]).items()}
    return corrected_row(label, found, world.quality, bank, language, world.min_n)


def story(record: Record) -> str:
    return str(record["story"] or record["id"])


def author(record: Record) -> Key:
    return (record["platform"], record["site"], record["author_id"]) if record["author_id"] else (record["id"],)


def engagement(record: Record) -> int | None:
    parts = [record["engagement"][name] for name in ("likes", "shares", "comments", "quotes")]
    return None if all(part is None for part in parts) else sum(part or 0 for part in parts)


def net_sentiment(world: World, items: list[Record], row: dict[str, Any], total: int) -> dict[str, Any]:
    score = {"positive": 1, "neutral": 0, "negative": -1}
    by_author: dict[Key, list[int]] = defaultdict(list)
    for r in items:
        if r["towards"] in score:
            by_author[author(r)].append(score[r["towards"]])
    m, net = len(by_author), row["positive_count"] - row["negative_count"]
    polar = row["positive_count"] + row["negative_count"]
    shown, lower, upper = total >= world.min_n, None, None
    unanimous = total in (row["positive_count"], row["neutral_count"], row["negative_count"])
    if shown and m >= 2 and not unanimous:
        rate = Fraction(net, total)
        spread = sum((sum(scores) - rate * len(scores)) ** 2 for scores in by_author.values())
        half = 100 * Z * math.sqrt(Fraction(m, m - 1) * spread / total**2)
        lower, upper = max(-100.0, 100 * net / total - half), min(100.0, 100 * net / total + half)
    sizes = {"positive": total, "neutral": total, "negative": total, "net_sentiment": total, "polarity_balance": polar,
             "engagement_known": row["mention_count"], "reach_known": row["unique_authors"]}
    return {"sentiment_author_count": m, "net_sentiment": 100 * net / total if shown else None, "net_sentiment_lower": lower,
            "net_sentiment_upper": upper, "polar_count": polar,
            "polarity_balance": 100 * net / polar if polar >= world.min_n else None, **suppression(sizes, world.min_n)}


def share_of_voice(world: World) -> Cells:
    """mart_share_of_voice by (bank, platform, period_type, period_start)."""
    members = {world.home, *world.competitors}
    voices = [r for r in brand_mentions(world) if r["bank"] in members]
    cells = grouped(voices, lambda r: [r["platform"], "all"], lambda r: periods(r["day"]))
    rows: Cells = {}
    for (platform, period), items in cells.items():
        for bank in members:
            sizes, row = {}, {"n": len(items)}
            for name, some in (("share_of_voice", items), ("share_of_voice_without_bots", [r for r in items if not r["bot"]])):
                row |= share(name, sum(r["bank"] == bank for r in some), len(some), world.min_n)
                sizes[name] = len(some)
            rows[bank, platform, *period] = row | suppression(sizes, world.min_n)
    return rows
