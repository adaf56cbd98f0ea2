"""Random histories of loads: after a first part come new, late, edited, deleted, restored, relabelled and quarantined items, in waves.

    a filled warehouse ──► hold_back() ──► build ──► wave() ──► build ──► trickle() ──► build …
"""

from __future__ import annotations

import random
from typing import Any, LiteralString

import psycopg

TABLES: tuple[LiteralString, ...] = ("core.mentions", "core.engagement", "core.deletions", "quality.quarantine", "nlp.annotations")
_EDIT = """
insert into core.mentions (mention_id, version, platform, site, kind, native_id, source_id, text, author_id, author_handle, author_followers,
    page_id, created_at, conversation_id, in_reply_to_author_id, mentions, event_at, event_at_basis, content_sha256, payload_sha256, batch_id, first_seen_at)
select mention_id, max(version) over (partition by mention_id) + 1, platform, site, kind, native_id, source_id, 'edited', author_id, author_handle,
    author_followers + 1, case when random() < 0.3 then null else page_id end, created_at, conversation_id, in_reply_to_author_id,
    case when random() < 0.5 then mentions || '{VelmoraBank}' else '{}' end, event_at, event_at_basis, sha256(random()::text::bytea), payload_sha256,
    batch_id, first_seen_at
from core.mentions as m where mention_id = any(%(some)s) and version = (select max(version) from core.mentions n where n.mention_id = m.mention_id);
insert into nlp.annotations (mention_id, mention_version, task, model_version, label)
select m.mention_id, m.version, a.task, a.model_version, a.label
from core.mentions as m inner join nlp.annotations as a on m.mention_id = a.mention_id and m.version = a.mention_version + 1
where m.mention_id = any(%(some)s) and random() < 0.9 on conflict do nothing"""
_RELABEL = """
insert into nlp.annotations (mention_id, mention_version, task, model_version, revision, label)
select distinct on (a.mention_id, a.mention_version, a.task) a.mention_id, a.mention_version, a.task, a.model_version, a.revision + 1, b.label
from nlp.annotations as a
inner join (select task, label, row_number() over (partition by task order by random()) as place from nlp.annotations) as b
    on a.task = b.task and b.place = 1
where a.mention_id = any(%(some)s) and random() < 0.5
order by a.mention_id, a.mention_version, a.task, a.revision desc"""
CHANGES: dict[str, LiteralString] = {
    "edit": _EDIT,
    "relabel": _RELABEL,
    "delete": "insert into core.deletions (mention_id, observed_at, basis) select m, now(), 'author' from unnest(%(some)s) as m on conflict do nothing",
    "restore": "update core.deletions set undone_at = now() where basis <> 'page' and random() < 0.3",
    "hide again": "update core.deletions set undone_at = null where basis <> 'page' and random() < 0.2",
    "quarantine": "insert into quality.quarantine (mention_id, mention_version, layer, rule) select m, 1, 'core', 'wave' from unnest(%(some)s) as m"
                  " on conflict do nothing",
    "release": "update quality.quarantine set released_at = case when random() < 0.8 then now() end where random() < 0.4",
    "counts": "insert into core.engagement (mention_id, observed_at, likes) select m, %(as_of)s + interval '1 hour' * (random() * 30 - 10),"
              " (random() * 50)::bigint from unnest(%(some)s) as m on conflict do nothing",
    "erase": "delete from nlp.annotations where mention_id = any(%(few)s); delete from core.engagement where mention_id = any(%(few)s);"
             " delete from core.mentions where mention_id = any(%(few)s)",
    "purge": "update core.mentions set text = '', mentions = '{}', author_handle = null where mention_id = any(%(few)s)",
    "outcome": "insert into ops.dispositions (platform, site, conversation_id, author_id, bank_id, outcome, decided_at)"
               " select platform, site, coalesce(conversation_id, native_id), author_id, bank, (array['answered', 'solved', 'rejected'])[1 + random() * 2],"
               " %(as_of)s + interval '1 hour' * (random() * 60 - 45) from core.mentions, unnest('{velmora,tarnwick}'::text[]) as bank"
               " where mention_id = any(%(some)s) and author_id is not null on conflict do nothing",
    "outcome taken back": "delete from ops.dispositions where random() < 0.3",
    "become official": "update core.authors set handle = 'VelmoraCare' where platform = 'x' and author_id = 'id-u' || (random() * 7)::integer",
    "be official no more": "update core.authors set handle = 'somebody' where handle in ('VelmoraCare', 'VelmoraBank') and random() < 0.5",
    "thread": "update core.mentions set conversation_id = 't' || (random() * 24)::integer where mention_id = any(%(few)s)",
    "moment": "update core.mentions set event_at = event_at + interval '1 hour' * (random() * 60 - 30)::integer where mention_id = any(%(few)s)",
}  # fmt: skip


def hold_back(connection: psycopg.Connection[Any], rng: random.Random, share: float = 0.4) -> None:
    """Put that share of the mentions aside, whole; waves bring them."""
    ids = [row[0] for row in connection.execute("select distinct mention_id from core.mentions order by 1").fetchall()]
    late = rng.sample(ids, int(share * len(ids)))
    for table in TABLES:
        aside = table.replace(".", "_")
        connection.execute(f"create table public.{aside} as select * from {table} where mention_id = any(%s)".encode(), (late,))
        connection.execute(f"delete from {table} where mention_id = any(%s)".encode(), (late,))


def wave(connection: psycopg.Connection[Any], rng: random.Random, as_of: Any, kinds: int = 6) -> list[str]:
    """Bring a third of what was held back and let `kinds` kinds of changes happen; their names."""
    return _load(connection, rng, as_of, kinds, {"some": 12, "few": 3}, 1 / 3)


def trickle(connection: psycopg.Connection[Any], rng: random.Random, as_of: Any) -> list[str]:
    """Bring next to nothing of what was held back and let one kind of change happen, to one or two items; its name."""
    return _load(connection, rng, as_of, 1, {"some": 2, "few": 1}, 0.02)


def _load(connection: psycopg.Connection[Any], rng: random.Random, as_of: Any, kinds: int, sizes: dict[str, int], share: float) -> list[str]:
    connection.execute("select setseed(%s)", (rng.random(),))
    waiting = [row[0] for row in connection.execute("select distinct mention_id from public.core_mentions order by 1").fetchall()]
    come = rng.sample(waiting, int(len(waiting) * share))
    for table in TABLES:
        aside = table.replace(".", "_")
        connection.execute(f"insert into {table} select * from public.{aside} where mention_id = any(%s)".encode(), (come,))
        connection.execute(f"delete from public.{aside} where mention_id = any(%s)".encode(), (come,))
    known = [row[0] for row in connection.execute("select distinct mention_id from core.mentions order by 1").fetchall()]
    happened = rng.sample(sorted(CHANGES), kinds)
    for kind in happened:
        for statement in CHANGES[kind].split(";"):
            given = {**{name: rng.sample(known, size) for name, size in sizes.items()}, "as_of": as_of}
            connection.execute(statement.encode(), {name: given[name] for name in given if f"%({name})s" in statement})
    return happened
