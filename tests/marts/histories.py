"""Small random histories that are rich in edges: ties, unknown authors, no threads, clock skew, look-alikes, two banks at once,
clock changes, month and week ends, deletions, quarantine, items after the clock.

    seed ──► random_history() ──► records in the shape of the sandbox's truth.jsonl
"""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

from settings import Settings
from settings.models import Campaign, EmployeeAccount, Employees, Incident
from tests.marts.reference import Record, mention_id

PLATFORMS = {"x": "", "vk": "", "discourse": "forum.example", "rss": "news.example"}
BANKS = ("velmora", "tarnwick", "calderis")
STARTS = (datetime(2026, 2, 26, tzinfo=UTC), datetime(2026, 3, 27, 20, tzinfo=UTC))  # a month's end; Berlin's clock change
SPAN = timedelta(days=4)
LABELS = ("positive", "neutral", "negative")
INTENTS = ("complaint", "question", "request", "fraud_report", "praise", "wish", "news", "promotion", "leave")
TOPICS = ("cards", "outage", "mobile_app", "fraud")
URGENCIES = ("fraud_in_progress", "stranded_abroad", "money_locked", "card_swallowed")
PII = ("phone", "email", "card", "iban")
EMPLOYEES = Employees(accounts=[EmployeeAccount(platform="x", account="U3", registered=date(2026, 3, 28)),
                                EmployeeAccount(platform="vk", account="u5", registered=date(2026, 1, 1))])
CAMPAIGNS = (
    Campaign(id="spring", name="Spring", bank="velmora", starts=date(2026, 2, 28), ends=date(2026, 3, 1), department="marketing"),
    Campaign(id="bonus", name="Bonus", bank="tarnwick", starts=date(2026, 3, 29), ends=date(2026, 3, 29), audience="who moves a salary"),
    Campaign(id="app_3", name="App 3", bank="velmora", starts=date(2026, 3, 29), ends=date(2026, 3, 30), kind="release", topics=["mobile_app"]),
    Campaign(id="autumn", name="Autumn", bank="velmora", starts=date(2026, 9, 1), ends=date(2026, 9, 30), topics=["cards", "fraud"]),
)
STAGES = (None, "awareness", "consideration", "onboarding", "use", "support", "leaving")
CHANNELS = (None, "mobile_app", "atm", "branch", "social")
NAMED = (
    {"kind": "atm", "text": "the ATM at Alexanderplatz", "place_id": None},
    {"kind": "branch", "text": "branch on Main Street", "place_id": None},
    {"kind": "city", "text": "Berlin", "place_id": "geonames:2950159"},
    {"kind": "city", "text": "Köln", "place_id": "geonames:2886242"},
    {"kind": "district", "text": "Mitte", "place_id": "geonames:2870912"},
    {"kind": "mall", "text": "the mall", "place_id": None},
)
BERLIN, COLOGNE = "geonames:2950159", "geonames:2886242"


def _spot(place_id: str, kind: str, bank: str | None, partner_of: tuple[str, ...], city: str | None, north: float, **more: Any) -> dict[str, Any]:
    return {"place_id": place_id, "kind": kind, "bank_id": bank, "partner_of": sorted(partner_of), "city_id": city, "latitude": 52.5 + north,
            "longitude": 13.4, "name": None, "is_fee_free": None, "country": "DE", **more}  # fmt: skip


PLACES = (
    _spot("osm:node/1", "atm", "velmora", (), BERLIN, 0.0, name="Alexanderplatz"),
    _spot("osm:node/2", "atm", "velmora", ("calderis",), BERLIN, 0.01),
    _spot("osm:node/3", "atm", "velmora", (), BERLIN, 0.01),
    _spot("osm:node/4", "atm", "velmora", (), None, 0.3),
    _spot("osm:node/5", "atm", None, ("tarnwick", "velmora"), BERLIN, 0.02),
    _spot("osm:node/6", "atm", None, ("velmora",), BERLIN, 0.001, is_fee_free=False),
    _spot("osm:node/7", "branch", "velmora", (), BERLIN, 0.05, name="Main Street"),
    _spot("osm:node/8", "branch", "tarnwick", (), BERLIN, -0.1, name="Main Street"),
    _spot("osm:node/9", "branch", "tarnwick", (), BERLIN, -0.2, name="Street"),
    _spot("osm:node/10", "atm", "tarnwick", ("velmora",), COLOGNE, -1.56, longitude=6.96, is_fee_free=True),
    _spot("osm:node/11", "branch", None, (), COLOGNE, -1.5, longitude=6.9, name="Main Street"),
    _spot("osm:node/12", "atm", "calderis", (), BERLIN, 0.24, name="on"),
)
LOOK_ALIKE = {"x": "Ve1moraBank", "vk": "velmora_bannk", "discourse": "Velmora_Cares", "rss": "none"}


def random_history(seed: int, settings: Settings, count: int = 1200) -> list[Record]:
    """`count` records about three banks on four platforms, in two bursts of four days."""
    rng = random.Random(seed)
    aside, looks, more, reposts = (random.Random(f"{name} {seed}") for name in ("aside", "looks", "more", "reposts"))
    records = [_labelled(more, _seasoned(aside, _record(rng, settings, number, as_of(seed)))) for number in range(count)]
    return [_reposting(reposts, _tagged(looks, _looked_at(looks, record, as_of(seed)), as_of(seed))) for record in records]


def _seasoned(rng: random.Random, record: Record) -> Record:
    """With urgencies, people who consider a bank, and topics that the configuration has dropped."""
    return record | {
        "urgency": rng.choice(URGENCIES) if rng.random() < 0.15 else None,
        "intents": record["intents"] + ["consider"] * (rng.random() < 0.06),
        "topics": record["topics"] + ["dropped_topic"] * (rng.random() < 0.06),
    }  # fmt: skip


def _looked_at(rng: random.Random, record: Record, clock: datetime) -> Record:
    """With an older look at the counts, from before the item says that it was written too, and one that is yet to come."""
    at = datetime.fromisoformat(record["event_at"])
    if rng.random() < 0.6 or at + timedelta(hours=1) > clock or all(value is None for value in record["engagement"].values()):
        return record
    old = {name: rng.randrange(5) if rng.random() < 0.6 else None for name in record["engagement"]}
    looks = [old | {"observed_at": (at - timedelta(minutes=rng.choice((-30, 10)))).isoformat()},
             old | {"observed_at": (clock + timedelta(minutes=1)).isoformat()}]
    return record | {"looks": looks, "observed_at": min(at + timedelta(hours=9), clock).isoformat()}


def _tagged(rng: random.Random, record: Record, clock: datetime) -> Record:
    """With hashtags, one of which swells in the last hours, and links, which official accounts seldom set before their second burst, personal data, and who took it away."""
    at = datetime.fromisoformat(record["event_at"])
    swells = clock - timedelta(hours=4) <= at <= clock
    tags = [tag for tag, chance in (("VelmoraDown", 0.95 if swells else 0.1), ("velmoradown", 0.1), ("Rare", 0.05)) if rng.random() < chance]
    links = rng.random() < (0.05 if at < STARTS[1] else 0.6)
    took = rng.choice(("page", "page", "author", "platform")) if record["platform"] == "vk" else "platform"
    found = rng.choices(PII, k=rng.choice((1, 1, 2, 3))) if rng.random() < 0.08 else []
    if record["platform"] == "vk" and not record["official_of"] and at <= clock and rng.random() < 0.06:
        record = record | {"deleted": True, "page_id": "-101001", "sentiment": rng.choice(LABELS)}
    return record | {"hashtags": tags, "links": ["https://example.org/"] * links, "pii": found, "deleted_by": took}


def _reposting(rng: random.Random, record: Record) -> Record:
    """Some repeat an item, which may never have come: on X nothing but that, on VK in words of their own."""
    repeats = rng.random() < 0.25 and record["platform"] in ("x", "vk")
    return record | {"repost_of_id": str(rng.randrange(1500)) if repeats else None}


def _labelled(rng: random.Random, record: Record) -> Record:
    """With campaigns, places, the customer's journey, and a rating where an item is a review's kind."""
    return record | {
        "campaigns": rng.sample([c.id for c in CAMPAIGNS], 1) if rng.random() < 0.15 else [],
        "places": rng.sample(NAMED, rng.choices((0, 1, 2, 3), (5, 3, 3, 1))[0]),
        "journey": {"stage": rng.choice(STAGES), "channel": rng.choice(CHANNELS)} if rng.random() < 0.6 else None,
        **({"latitude": 52.5 + rng.randrange(-40, 40) / 100, "longitude": 13.4 + rng.randrange(-4, 4) / 100} if rng.random() < 0.1 else {}),
        "country": rng.choice(("de", "TR", None)), "page_followers": rng.choice((3, 40, None)) if record["page_id"] else None,
        "rating": rng.choice((1.0, 2.0, 4.5, 5.0)) if rng.random() < 0.1 else None,
    }  # fmt: skip


def as_of(seed: int) -> datetime:
    """A clock that falls inside the second burst."""
    return STARTS[1] + timedelta(minutes=random.Random(seed).randrange(3000, 5700))


def incidents(seed: int) -> list[Incident]:
    """Known incidents: in the last hours, in the quiet between the bursts, and after the clock."""
    spans = {"calderis": (-5.0, -0.3), "velmora": (-288.0, -264.0), "tarnwick": (1.0, 2.0)}  # hours from the clock
    return [Incident(bank=bank, starts_at=as_of(seed) + timedelta(hours=start), ends_at=as_of(seed) + timedelta(hours=end), note="planted")
            for bank, (start, end) in spans.items()]


def themes(seed: int, records: list[Record]) -> list[dict[str, Any]]:
    """Three snapshots of emerging themes, the last one after the clock; some of their mentions are deleted or unknown."""
    rng, clock = random.Random(f"themes {seed}"), as_of(seed)
    known = [f"{digest[:8]}-{digest[8:12]}-{digest[12:16]}-{digest[16:20]}-{digest[20:]}" for digest in map(mention_id, records)]
    return [{"as_of": clock + timedelta(days=day), "language": language, "theme_id": theme, "model_version": "m1", "phrases": ["one", "two"],
             "mention_count": rng.randrange(5, 90), "author_count": rng.randrange(3, 9), "baseline_count": rng.randrange(4),
             "expected_count": rng.random() * 4, "q_value": rng.random() / 1000, "known_topic_id": rng.choice(("cards", "dropped_topic", None)),
             "known_topic_share": rng.random(), "window_days": 3, "baseline_days": 28, "mention_ids": rng.sample(known, rng.choice((0, 2, 9)))}
            for day in (-2, -1, 1) for language in ("en", "ru") for theme in rng.sample(("theme1", "theme2", "theme3", "theme4"), 3)]


def dispositions(seed: int, records: list[Record]) -> list[dict[str, Any]]:
    """Outcomes from the bank's own desk for some threads and authors, real or not."""
    rng = random.Random(seed)
    some = [r for r in records if r["author_id"] and r["conversation_id"]]
    unique = {(r["platform"], r["site"], r["conversation_id"], r["author_id"], rng.choice(BANKS)): r for r in rng.sample(some, 40)}
    return [{"platform": p, "site": s, "conversation_id": c, "author_id": a, "bank_id": b,
             "outcome": rng.choice(("answered", "solved", "rejected")),
             "decided_at": (datetime.fromisoformat(r["event_at"]) + timedelta(hours=rng.randrange(60))).isoformat()}
            for (p, s, c, a, b), r in unique.items()]


def _record(rng: random.Random, settings: Settings, number: int, clock: datetime) -> Record:
    platform = rng.choices(list(PLATFORMS), (6, 3, 3, 1))[0]
    author = _author(rng, settings, platform)
    at = rng.choice(STARTS) + timedelta(minutes=rng.randrange(int(SPAN.total_seconds()) // 60 // 5) * 5)
    if rng.random() < 0.05:
        at = clock - timedelta(minutes=rng.randrange(240))
    banks = {bank: rng.choice(LABELS) for bank in rng.sample(BANKS, rng.choices((0, 1, 2, 3), (2, 6, 2, 1))[0])}
    return {
        "platform": platform, "site": PLATFORMS[platform], "kind": "post", "native_id": str(number),
        "event_at": at.isoformat(), **author, "mentions": [], "handles": _handles(rng, settings, platform),
        "page_id": _page(rng, settings, platform), "in_reply_to_author_id": _answered(rng, settings, platform),
        "conversation_id": f"t{rng.randrange(25)}" if platform != "rss" and rng.random() < 0.9 else None,
        "engagement": {n: rng.randrange(9) if rng.random() < 0.6 else None for n in ("likes", "shares", "comments", "views", "quotes")},
        "deleted": rng.random() < 0.04, "quarantined": rng.random() < 0.02, "language": rng.choice(("en", "ru", "und")),
        "banks": banks, "sentiment": rng.choice(LABELS), "topics": rng.sample(TOPICS, rng.randrange(3)),
        "intents": rng.sample(INTENTS, rng.choices((0, 1, 2), (5, 5, 1))[0]),
        "reply": {"role": rng.choice(("answer", "ask", "divert", "automatic", "none")) if author["official_of"] or rng.random() < 0.1
                  else "none", "closing": rng.choice(("none", "none", "none", "thanks", "confirms", "still_angry"))},
        "official_kind": rng.choice(("help", "pr", None)) if author["official_of"] else None,
        "bot": rng.random() < 0.1, "story": f"s{rng.randrange(4)}" if rng.random() < 0.5 else None,
    }


def _author(rng: random.Random, settings: Settings, platform: str) -> dict[str, Any]:
    draw, followers = rng.random(), rng.choice((None, 10, 500, 20_000))
    handle, official, press, author_id = f"u{rng.randrange(8)}", None, platform == "rss", None
    if draw < 0.28 and platform != "rss":
        official = rng.choice(BANKS)
        handle = rng.choice(settings.banks.by_id(official).handles[platform])
    elif draw < 0.33 and platform != "rss":
        handle = LOOK_ALIKE[platform]
    elif draw < 0.36 and platform == "x":
        handle, press = settings.press.accounts["x"][0], True
    elif draw < 0.42:
        return {"author_id": None, "author_handle": None, "author_followers": None, "official_of": None, "press": press}
    author_id = f"id-{handle.lower()}"
    return {"author_id": author_id, "author_handle": rng.choice((handle, handle.upper())), "author_followers": followers,
            "official_of": official, "press": press}


def _handles(rng: random.Random, settings: Settings, platform: str) -> list[dict[str, Any]]:
    """Addressed handles with their status; the record's `mentions` follow from them in `with_mentions`."""
    found = []
    if platform != "rss" and rng.random() < 0.35:
        bank = rng.choice(BANKS)
        handle = rng.choice(settings.banks.by_id(bank).handles[platform])
        found.append({"handle": handle, "status": "official", "bank_id": bank, "looks_like": None})
    if rng.random() < 0.1:
        found.append({"handle": LOOK_ALIKE[platform], "status": "look_alike", "bank_id": None, "looks_like": "velmora"})
    if rng.random() < 0.1:
        found.append({"handle": "somebody", "status": "unknown", "bank_id": None, "looks_like": None})
    return found


def _page(rng: random.Random, settings: Settings, platform: str) -> str | None:
    if platform != "vk" or rng.random() < 0.6:
        return None
    return rng.choice([*settings.banks.by_id(rng.choice(BANKS)).pages["vk"], "-999"])


def _answered(rng: random.Random, settings: Settings, platform: str) -> str | None:
    draw = rng.random()
    if platform == "rss" or draw < 0.5:
        return None
    if draw < 0.6:
        return f"id-{rng.choice(settings.banks.by_id(rng.choice(BANKS)).handles[platform]).lower()}"
    return f"id-u{rng.randrange(8)}"


def with_mentions(records: list[Record]) -> list[Record]:
    """The handles' names where the platform puts them: in `mentions`. An item never addresses its own author's look-alike."""
    for r in records:
        own = (r["author_handle"] or "").lower()
        r["handles"] = [h for h in r["handles"] if h["handle"].lower() != own]
        r["mentions"] = [h["handle"] for h in r["handles"]]
    return records
