"""Worlds of a handful of records, for one edge at a time: the built warehouse emptied, filled anew, and its models computed again in place.

    built ──► copy ──► records ──► each compiled model once, in their order ──► marts of those records alone

A build by dbt takes a minute; the same statements over some records take seconds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

import psycopg
from psycopg import sql

from settings.models import Incidents
from tests.marts.compare import fill, world_of
from tests.marts.conftest import Built, copied
from tests.marts.histories import with_mentions
from tests.marts.reference import Record

EMPTIED = ("core", "nlp", "quality", "raw")
PLAIN: Record = {  # a customer's complaint to the bank on x, in a thread of its own
    "platform": "x", "site": "", "kind": "post", "native_id": "1", "event_at": "", "author_id": "id-u1", "author_handle": "u1",
    "author_followers": 10, "official_of": None, "press": False, "page_id": None, "in_reply_to_author_id": None, "conversation_id": "t1",
    "engagement": {"likes": 1, "shares": None, "comments": None, "views": None, "quotes": None}, "deleted": False, "quarantined": False,
    "language": "en", "banks": {"velmora": "negative"}, "sentiment": "negative", "topics": ["cards"], "intents": ["complaint"],
    "reply": {"role": "none", "closing": "none"}, "official_kind": None, "bot": False, "story": None, "urgency": None, "hashtags": [], "links": [],
    "pii": [], "deleted_by": "platform", "campaigns": [], "places": [], "journey": None, "country": None, "page_followers": None, "rating": None,
}  # fmt: skip


def record(number: int, at: datetime, built: Built, **other: Any) -> Record:
    """A complaint to the home bank's handle at an instant, but for what is told otherwise."""
    handle = built.settings.banks.by_id("velmora").handles["x"][0]
    addressed = [{"handle": handle, "status": "official", "bank_id": "velmora", "looks_like": None}]
    return PLAIN | {"native_id": str(number), "event_at": at.isoformat(), "handles": addressed} | other


def answer(number: int, at: datetime, built: Built, **other: Any) -> Record:
    """A human answer of the home bank to u1."""
    handle = built.settings.banks.by_id("velmora").handles["x"][0]
    official = {"author_id": f"id-{handle.lower()}", "author_handle": handle, "official_of": "velmora", "in_reply_to_author_id": "id-u1", "banks": {}, "handles": [],
                "reply": {"role": "answer", "closing": "none"}, "official_kind": "help", "sentiment": "neutral", "intents": [], "topics": []}  # fmt: skip
    return record(number, at, built, **official) | other


@contextmanager
def small_world(built: Built, records: Sequence[Record], as_of: datetime, min_n: int = 1, holidays: Sequence[date] = ()) -> Iterator[Built]:
    """The marts of these records alone, with the reference's world of them."""
    hours = built.settings.hours.model_copy(update={"holidays": list(holidays)})
    general = built.settings.general.model_copy(update={"min_n": min_n})
    settings = built.settings.model_copy(update={"general": general, "hours": hours, "as_of": as_of, "incidents": Incidents(incidents=[])})
    world = world_of(settings, with_mentions(list(records)))
    with copied(built.url) as url:
        with psycopg.connect(url) as connection:
            tables = connection.execute(
                "select format('%%I.%%I', schemaname, tablename) from pg_tables where schemaname = any (%s) or (schemaname, tablename) = ('ops', 'dispositions')",
                (list(EMPTIED),)).fetchall()
            connection.execute(sql.SQL("truncate {} cascade").format(sql.SQL(", ").join(sql.SQL(name) for (name,) in tables)))
        fill(url, settings, world)
        _remake(Built(url, settings, world, built.models))
        yield Built(url, settings, world, built.models)


def _remake(built: Built) -> None:
    """Each model's rows from its own statement; views follow by themselves."""
    with psycopg.connect(built.url) as connection:
        connection.execute("select set_config('renown.as_of', %s, false)", ((built.settings.as_of or built.settings.now()).isoformat(),))
        for model in built.models:
            row = connection.execute("select relkind = 'r' from pg_class where oid = to_regclass(%s)", (model.relation,)).fetchone()
            if row == (True,):
                columns = connection.execute(f"select * from ({model.sql}) as t limit 0".encode()).description or []
                named = ", ".join(f'"{column.name}"' for column in columns)
                connection.execute(f"delete from {model.relation}".encode())
                connection.execute(f"insert into {model.relation} ({named}) {model.sql}".encode())


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)
