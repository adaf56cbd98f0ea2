"""Truth records straight into core.* and nlp.annotations (as human labels), past extraction and models.

    records ──► load_core() ──► core.mentions, authors, engagement, deletions, quality.quarantine
            └─► load_labels() ──► nlp.annotations, model_version 'human:truth'
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterable, Sequence
from typing import Any

import psycopg

from tests.marts.reference import Record, mention_id
from tests.marts.reference_engagement import COUNTS, observed
from warehouse.bulk import copy_rows

HUMAN = "human:truth"
TEXT = "canary: the words of a person"  # stands in core only; wherever else it is seen, it leaked
BATCH = "00000000-0000-0000-0000-000000000001"
MENTION_COLUMNS = (
    "mention_id", "version", "platform", "site", "kind", "native_id", "source_id", "url", "text", "author_id", "author_handle",
    "author_followers", "page_id", "created_at", "conversation_id", "in_reply_to_author_id", "mentions", "hashtags", "links", "event_at",
    "event_at_basis", "rating", "latitude", "longitude", "country", "page_followers", "repost_of_id", "content_sha256", "payload_sha256", "batch_id", "first_seen_at")


def load_records(connection: psycopg.Connection[Any], records: Sequence[Record], order: random.Random | None = None) -> None:
    """Load records into an empty migrated warehouse; `order` shuffles the order of insertion."""
    listed = list(records)
    if order:
        order.shuffle(listed)
    with connection.transaction():
        load_core(connection, listed)
        load_labels(connection, listed)
    connection.execute("analyze")
    connection.commit()


def load_core(connection: psycopg.Connection[Any], records: Sequence[Record]) -> None:
    """Everything of the records that the platforms would have told."""
    copy_rows(connection, "core.mentions", MENTION_COLUMNS, map(_mention, records))
    copy_rows(connection, "core.authors", ("platform", "site", "author_id", "handle", "first_seen_at", "last_seen_at"),
              _authors(records))
    copy_rows(connection, "core.engagement", ("mention_id", "observed_at", *COUNTS),
              ((_id(r), look["observed_at"], *(look[name] for name in COUNTS)) for r in records for look in observed(r)))
    copy_rows(connection, "core.deletions", ("mention_id", "observed_at", "basis"),
              ((_id(r), r["event_at"], r.get("deleted_by", "platform")) for r in records if r["deleted"]))
    copy_rows(connection, "quality.quarantine", ("mention_id", "mention_version", "layer", "rule"),
              ((_id(r), 1, "core", "truth") for r in records if r["quarantined"]))


def load_labels(connection: psycopg.Connection[Any], records: Iterable[Record]) -> None:
    """The records' labels as human ones on the current version of each mention that core holds; they win over models'."""
    versions = {str(row[0]): row[1] for row in connection.execute(
        "select mention_id, max(version) from core.mentions group by mention_id")}
    copy_rows(connection, "nlp.annotations", ("mention_id", "mention_version", "task", "model_version", "label"),
              ((_id(r), versions[_id(r)], task, HUMAN, json.dumps(label))
               for r in records if _id(r) in versions for task, label in labels(r).items()))


def load_places(connection: psycopg.Connection[Any], places: Sequence[dict[str, Any]]) -> None:
    """The register of branches and ATMs, and a name of every city in it that has none."""
    columns = ("place_id", "kind", "bank_id", "partner_of", "name", "city_id", "country", "latitude", "longitude", "is_fee_free")
    copy_rows(connection, "core.places", (*columns, "source"), ((*(place[c] for c in columns), "overpass") for place in places))
    cities = sorted({place["city_id"] for place in places} - {None})
    known = {row[0] for row in connection.execute("select place_id from nlp.place_names")}
    copy_rows(connection, "nlp.place_names", ("place_id", "kind", "name", "country"), ((city, "city", f"City {city}", "DE") for city in cities if city not in known))


def load_themes(connection: psycopg.Connection[Any], themes: Sequence[dict[str, Any]]) -> None:
    """Snapshots of emerging themes, in nlp's own columns."""
    if themes:
        copy_rows(connection, "nlp.emerging_topics", tuple(themes[0]), (tuple(theme.values()) for theme in themes))


def labels(record: Record) -> dict[str, Any]:
    """task → label, in the shapes of docs/contracts.md."""
    banks = [{"bank_id": bank, "start": place, "end": place + 1, "text": bank, "sentiment": {"label": label}}
             for place, (bank, label) in enumerate(sorted(record["banks"].items()))]
    found: dict[str, Any] = {
        "language": {"language": record["language"], "confidence": 1.0},
        "sentiment": {"label": record["sentiment"]},
        "banks": banks,
        "handles": [{key: h[key] for key in ("handle", "status", "looks_like")} for h in record["handles"]],
        "topics": [{"topic_id": topic, "score": 1.0} for topic in record["topics"]],
        "intents": [{"intent": intent, "score": 1.0} for intent in record["intents"]],
        "reply": record["reply"],
        "urgency": record.get("urgency"),
        "bot": {"score": float(record["bot"]), "likely": record["bot"], "reasons": []},
    }
    if "pii" in record:
        found["pii"] = [{"start": place, "end": place + 1, "kind": kind} for place, kind in enumerate(record["pii"])]
    if record.get("official_kind"):
        found["official_kind"] = {"kind": record["official_kind"]}
    if record.get("campaigns"):
        found["campaigns"] = [{"campaign_id": campaign, "score": 1.0} for campaign in record["campaigns"]]
    if "places" in record:
        found["places"] = [{"start": n, "end": n + 1, **place} for n, place in enumerate(record["places"])]
    if record.get("journey"):
        found["journey"] = record["journey"]
    found["story"] = {"story_id": record["story"]}  # None says: of no story, whatever a model thinks
    return found


def _id(record: Record) -> str:
    digest = mention_id(record)
    return f"{digest[:8]}-{digest[8:12]}-{digest[12:16]}-{digest[16:20]}-{digest[20:]}"


def _mention(record: Record) -> tuple[Any, ...]:
    digest = hashlib.sha256(mention_id(record).encode()).digest()
    return (_id(record), 1, record["platform"], record["site"], record["kind"], record["native_id"], "truth",
            f"https://{record['platform']}.example/{record['native_id']}", TEXT,
            record["author_id"], record["author_handle"], record["author_followers"], record["page_id"], record["event_at"],
            record["conversation_id"], record["in_reply_to_author_id"], record["mentions"], record.get("hashtags", []), record.get("links", []),
            record["event_at"], "created_at",
            record.get("rating"), record.get("latitude"), record.get("longitude"), record.get("country"),
            record.get("page_followers"), record.get("repost_of_id"), digest, digest, BATCH, record["event_at"])


def _authors(records: Iterable[Record]) -> list[tuple[Any, ...]]:
    known = {(r["platform"], r["site"], r["author_id"]): (r["author_handle"], r["event_at"]) for r in records if r["author_id"]}
    return [(*key, handle, at, at) for key, (handle, at) in known.items()]
