"""A history of mentions for benchmarks/marts.py, made by the server itself, and how far a benchmark has come.

    generate_series ──► core.*, nlp.annotations, a part of the history a transaction ──► bench_steps: what is done

Ten million mentions take an hour to load and hours to build: whoever is interrupted goes on from the last part, and from the last model.
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

from warehouse.connection import connect

END = datetime(2026, 3, 11, tzinfo=UTC)  # the new day's midnight
TASKS = ("language", "sentiment", "banks", "topics", "intents", "journey", "reply")
MENTIONS = """
insert into core.mentions (mention_id, version, platform, kind, native_id, source_id, text, author_id, author_handle, author_followers, created_at,
    conversation_id, in_reply_to_author_id, mentions, event_at, event_at_basis, content_sha256, payload_sha256, batch_id, first_seen_at)
select core.mention_id(platform, '', 'post', i::text), 1, platform, 'post', i::text, 'bench', '-',
    case when official then 'bank' else 'a' || author end, case when official then 'VelmoraBank' else 'u' || author end, author %% 5000, event_at,
    case when i %% 3 = 0 then 't' || i / 15 end, case when official then 'a' || abs(hashint4(i - 3)) %% 100000 end,
    case when i %% 20 = 1 then '{VelmoraBank}'::text[] else '{}' end, event_at, 'created_at', int4send(i), int4send(i), gen_random_uuid(), event_at
from (
    select i, i %% 10 = 9 as official, abs(hashint4(i)) %% 100000 as author, (array['x', 'vk', 'x', 'discourse', 'x'])[i / 15 %% 5 + 1] as platform,
        %(start)s + interval '1 second' * (i %% %(day)s) * (86400.0 / %(day)s) + interval '1 day' * ((i - %(first)s) / %(day)s) as event_at
    from generate_series(%(first)s, %(first)s + %(count)s - 1) as i
) as made"""
LABELS = """
insert into nlp.annotations (mention_id, mention_version, task, model_version, label)
select mention_id, 1, task, task || '-1', case task
    when 'language' then jsonb_build_object('language', (array['en', 'ru', 'tr'])[i %% 3 + 1])
    when 'sentiment' then jsonb_build_object('label', mood)
    when 'banks' then jsonb_build_array(jsonb_build_object('bank_id', (array['velmora', 'tarnwick', 'calderis'])[i / 7 %% 3 + 1], 'start', 0, 'end', 1,
        'text', 'b', 'sentiment', jsonb_build_object('label', mood)))
    when 'topics' then jsonb_build_array(jsonb_build_object('topic_id', (array['cards', 'outage', 'mobile_app', 'fraud'])[i / 11 %% 4 + 1], 'score', 1))
    when 'intents' then (select coalesce(jsonb_agg(jsonb_build_object('intent', intent, 'score', 1)), '[]') from unnest(
        array['complaint', 'question', 'praise', 'request', 'wish', 'leave', 'consider', 'fraud_report'], array[4, 8, 18, 16, 40, 42, 43, 44]
    ) as said (intent, every) where i / 3 %% every = 0)
    when 'journey' then jsonb_build_object('stage', (array['use', 'support', null, 'use', 'onboarding', 'leaving'])[i / 17 %% 6 + 1], 'channel', null)
    else jsonb_build_object('role', case when i %% 10 = 9 then 'answer' else 'none' end, 'closing', 'none') end
from (select mention_id, native_id::integer as i, (array['positive', 'neutral', 'negative'])[native_id::integer / 13 %% 3 + 1] as mood
      from core.mentions where event_at >= %(start)s and event_at < %(end)s) as labelled, unnest(%(tasks)s::text[]) as task"""
COUNTS = """
insert into core.engagement (mention_id, observed_at, likes)
select mention_id, event_at, native_id::integer %% 50 from core.mentions where event_at >= %(start)s and event_at < %(end)s"""
AUTHORS = """
insert into core.authors (platform, author_id, handle, first_seen_at, last_seen_at)
select platform, author_id, min(author_handle), min(event_at), max(event_at) from core.mentions where event_at >= %(start)s and event_at < %(end)s
group by platform, author_id order by platform, author_id on conflict do nothing"""  # in one order: parts are loaded side by side
MANIFEST = """insert into nlp.manifests (pipeline_version, models, is_active)
select 'bench', jsonb_object_agg(task, task || '-1'), true from unnest(%s::text[]) as task"""
NOTED = ("core.mentions", "core.engagement", "nlp.annotations")
PART = 500_000  # mentions a transaction
LOADERS = 2
EVERY_SECONDS = 20  # so much of the processor's time is unknown after a kill


def load(connection: psycopg.Connection[Any], first: int, count: int, day: int, start: datetime) -> None:
    """`count` mentions from number `first` on, `day` a day, from `start`, with labels, counts and authors."""
    end = start + timedelta(days=-(-count // day))
    given = {"first": first, "count": count, "day": day, "start": start, "end": end, "tasks": list(TASKS)}
    for statement in (MENTIONS, LABELS, COUNTS, AUTHORS):
        connection.execute(statement.encode(), given)
    connection.commit()


def fill(url: str, history: int, per_day: int) -> None:
    """The whole history, `per_day` a day up to END, in parts of which each is there or is not. The history is no change to the marts' triggers."""
    with connect(url) as connection:
        connection.execute("create table if not exists public.bench_steps (step text primary key, told jsonb not null)")
        if told(connection, "begun") is None:
            connection.execute(MANIFEST.encode(), (list(TASKS),))
            _triggers(connection, "disable")
            tell(connection, "begun", {"history": history, "per_day": per_day})
        connection.commit()
        part = max(1, PART // per_day) * per_day
        missing = [first for first in range(0, history, part) if told(connection, f"loaded {first}") is None]
    with ThreadPoolExecutor(LOADERS) as loaders:
        list(loaders.map(lambda first: _part(url, first, min(part, history - first), history, per_day), missing))
    with connect(url) as connection:
        _triggers(connection, "enable")


def _part(url: str, first: int, count: int, history: int, per_day: int) -> None:
    with connect(url) as connection:
        tell(connection, f"loaded {first}", {})
        load(connection, first, count, per_day, END - timedelta(days=-(-history // per_day) - first // per_day))
    print(f"{first + count:,} of {history:,}", file=sys.stderr)


def told(connection: psycopg.Connection[Any], step: str) -> Any:
    """What was noted of a step, None before it."""
    row = connection.execute("select told from public.bench_steps where step = %s", (step,)).fetchone()
    return row[0] if row else None


def tell(connection: psycopg.Connection[Any], step: str, what: Any) -> None:
    """Note it, in the transaction that is open."""
    connection.execute("insert into public.bench_steps values (%s, %s) on conflict (step) do update set told = excluded.told", (step, json.dumps(what)))


def days_done(connection: psycopg.Connection[Any]) -> int:
    """New days that were loaded behind the history so far."""
    row = connection.execute("select count(*) from public.bench_steps where step ~ '^day '").fetchone()
    return int(row[0]) if row else 0


@contextmanager
def processor_time_kept(url: str, used: Callable[[], float]) -> Iterator[None]:
    """Note what `used` tells of this attempt at the whole build every EVERY_SECONDS and at its end, so that a kill loses no more."""
    ended, attempt = threading.Event(), f"attempt {datetime.now(UTC).isoformat()}"

    def note() -> None:
        while True:
            last = ended.wait(EVERY_SECONDS)
            with connect(url, autocommit=True) as connection:
                tell(connection, attempt, used())
            if last:
                return

    thread = threading.Thread(target=note)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def processor_time(connection: psycopg.Connection[Any]) -> float:
    """Seconds of all attempts at the whole build."""
    row = connection.execute("select sum(told::numeric) from public.bench_steps where step ~ '^attempt '").fetchone()
    return float(row[0]) if row else 0.0


def built(connection: psycopg.Connection[Any]) -> list[str]:
    """The models that an interrupted whole build has made: each is committed by itself."""
    found = connection.execute(
        "select relname from pg_class where relkind in ('r', 'v') and relnamespace in"
        " (select oid from pg_namespace where nspname in ('marts', 'marts_rows', 'marts_staging', 'marts_intermediate')) order by 1"
    )
    return [name for (name,) in found.fetchall()]


def _triggers(connection: psycopg.Connection[Any], how: str) -> None:
    for table in NOTED:
        connection.execute(f"alter table {table} {how} trigger user".encode())
