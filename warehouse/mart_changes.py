"""What a build of the marts has to look at: all of it, or what changed since the last one that came to its end.

    triggers ──► ops.mart_changes ──► prepare() ──► marts_changes.mentions ──► dbt build, partial ──► finish()

What was taken stays in schema marts_changes until finish(), and each model leaves the keys of its own changes there in the transaction
that makes them: a build that is killed anywhere is healed by the next one, which looks at what both should have seen.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, LiteralString

import psycopg

PARTS = ("models", "macros", "materializations")
SCOPED = re.compile(r"\b(scope|changes|post_hook): ")
_MIGRATIONS: LiteralString = "select name from ops.schema_migrations order by name"
_BARE: LiteralString = "select platform, reposts from config.platforms where reposts in ('whole', 'whole_counted') order by platform"
_REGISTER: LiteralString = "select md5(coalesce(string_agg(md5(p::text), '' order by place_id), '')) from core.places as p"
# Numbers that every row may rest on: where one of them is another, no row can be kept.
_INPUTS: tuple[LiteralString, ...] = (
    "select pipeline_version, models::text from nlp.manifests where is_active",
    # When they were measured matters where banks have figures of their own: older ones than the language's do not count.
    "select language, bank_id, metric, array_agg(row(value, n, case when exists (select from nlp.evaluations where bank_id <> '') then measured_at end)::text"
    " order by measured_at desc, model_version desc, dataset desc, task desc) from nlp.evaluations"
    " where metric in ('se_negative', 'sp_negative', 'se_positive', 'sp_positive') group by language, bank_id, metric order by language, bank_id, metric",
    _MIGRATIONS,
    _REGISTER,
    "select md5(salt::text) from ops.story_salt",
)
_TOLD: LiteralString = ("select clock_timestamp(), (select value #>> '{}' from config.settings where key = 'without_queries'), (" + _REGISTER + ")")
_FINISHED: LiteralString = """
insert into ops.mart_builds (inputs, relations, as_of, finished_as_of, begun_at, definition_version, without_queries, register_version)
values (%s, %s, %s, %s, %s, %s, %s, %s)"""
# What to do about a case is read anew by every build (int_case_plays), and by nothing that is kept.
_CONFIG = "select tablename from pg_tables where schemaname = 'config' and tablename <> 'plays' order by tablename"
_CONTENT = "select md5(coalesce(string_agg(t::text, chr(10) order by t::text), '')) from {} as t"
_RELATIONS = """
select coalesce(string_agg(oid::text, ' ' order by oid), '') from pg_class
where relkind = 'r' and relname = any(%s) and relnamespace in
    (select oid from pg_namespace where nspname in ('marts', 'marts_rows', 'marts_staging', 'marts_intermediate'))"""
_TAKE = """
with taken as (delete from ops.mart_changes returning mention_id)
insert into marts_changes.mentions
select mention_id from taken where mention_id is not null
union
select mention_id from ops.mart_waiting where due_at <= %s
on conflict do nothing"""
# Hours that something left, authors whose handles changed, and conversations with new outcomes, for the models that no mention's own change leads to.
_TAKE_BESIDE: tuple[LiteralString, ...] = (
    "with taken as (delete from ops.mart_hours returning hour_at) insert into marts_changes.source_hours select hour_at from taken on conflict do nothing",
    "with taken as (delete from ops.mart_authors returning author_key) insert into marts_changes.authors select author_key from taken on conflict do nothing",
    "with taken as (delete from ops.mart_conversations returning platform, site, conversation_id)"
    " insert into marts_changes.conversations select platform, site, conversation_id from taken on conflict do nothing",
)
# Written down here once, since a model asks for its scope in three statements, and what somebody else commits between them must not widen it: the hours
# of what changed, and the conversations whose outcomes fall due by the clock alone.
_DUE: tuple[LiteralString, ...] = (
    "insert into marts_changes.source_hours select distinct date_trunc('hour', stored.event_at, 'UTC') from marts_changes.mentions as changed"
    " join core.mentions as stored using (mention_id) on conflict do nothing",
    "insert into marts_changes.conversations select distinct platform, site, conversation_id from ops.dispositions"
    " where decided_at > (select since from marts_changes.clock) and decided_at <= %s on conflict do nothing",
)
_WAIT = """
insert into ops.mart_waiting
select mention_id, event_at from core.mentions where event_at > %(as_of)s and ({scope})
union
select mention_id, observed_at from core.engagement where observed_at > %(as_of)s and ({scope})
on conflict do nothing"""


@dataclass(frozen=True)
class Plan:
    """How to build: `partial`, what the whole rests on (`inputs`), its clock, when it began, and of what definitions, configuration and register."""

    partial: bool
    inputs: str
    as_of: datetime
    begun_at: datetime
    definition_version: str
    without_queries: str | None
    register_version: str


def prepare(connection: psycopg.Connection[Any], project: Path, as_of: datetime, *, whole: bool = False) -> Plan:
    """Take the changes that are known by now, in one transaction. `whole`: rebuild everything, whatever is known."""
    with connection.transaction():
        told: tuple[Any, ...] = connection.execute(_TOLD).fetchone() or ()  # before anything is read: what comes later is not this build's
        inputs = _inputs(connection, project)
        last = connection.execute("select inputs, relations, as_of from ops.mart_builds").fetchone()
        emptied = connection.execute("select exists (select from ops.mart_changes where mention_id is null)").fetchone() == (True,)
        partial = not whole and not emptied and last is not None and as_of >= last[2] and last[:2] == (inputs, _relations(connection, project))
        if not partial:
            _forget(connection)
        connection.execute("update ops.mart_builds set as_of = %s", (as_of,))  # rows may now be of that clock, come to its end or not
        connection.execute("truncate marts_changes.clock")
        connection.execute("insert into marts_changes.clock select coalesce(max(finished_as_of), '-infinity') from ops.mart_builds")
        connection.execute("delete from ops.build_under_way")
        connection.execute("insert into ops.build_under_way values (default)")
        connection.execute(_TAKE, (as_of,))
        for take in _TAKE_BESIDE:
            connection.execute(take)
        connection.execute("analyze marts_changes.mentions")  # without it their hours are looked for among all mentions
        connection.execute(_DUE[0])
        connection.execute(_DUE[1], (as_of,))
        scope = "mention_id in (select mention_id from marts_changes.mentions)" if partial else "true"
        connection.execute(_WAIT.format(scope=scope).encode(), {"as_of": as_of})
    connection.execute("analyze marts_changes.source_hours, marts_changes.authors, marts_changes.conversations")
    return Plan(partial, inputs, as_of, told[0], definition_version(connection, project), *told[1:])


def finish(connection: psycopg.Connection[Any], project: Path, plan: Plan) -> None:
    """Note that the build came to its end, and empty what it worked through."""
    with connection.transaction():
        for (table,) in connection.execute("select tablename from pg_tables where schemaname = 'marts_changes'").fetchall():
            connection.execute(psycopg.sql.SQL("truncate marts_changes.{}").format(psycopg.sql.Identifier(table)))
        connection.execute("delete from ops.mart_waiting where due_at <= %s", (plan.as_of,))
        connection.execute("delete from ops.build_under_way")
        connection.execute("delete from ops.mart_builds")
        connection.execute(_FINISHED, (plan.inputs, _relations(connection, project), plan.as_of, plan.as_of, plan.begun_at,
                                       plan.definition_version, plan.without_queries, plan.register_version))


def definition_version(connection: psycopg.Connection[Any], project: Path) -> str:
    """A hash of the dbt project's SQL and macros, of the migrations and of what reposts hold: another one means that other definitions were used."""
    digest = hashlib.sha256(repr([connection.execute(told).fetchall() for told in (_MIGRATIONS, _BARE)]).encode())
    for path in sorted(path for folder in ("models", "macros") for path in (project / folder).rglob("*.sql")):
        digest.update(path.relative_to(project).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def _forget(connection: psycopg.Connection[Any]) -> None:
    """The next builds are whole until one comes to its end."""
    for statement in ("delete from ops.mart_builds", "delete from ops.mart_waiting", "drop schema if exists marts_changes cascade",
                      "create schema marts_changes", "create table marts_changes.mentions (mention_id uuid primary key)",
                      # Written by stg_mentions, for all that know a mention by its day.
                      "create table marts_changes.mention_days (mention_id uuid, event_day date, day_key bytea primary key)",
                      "create table marts_changes.source_hours (hour_at timestamptz primary key)",
                      "create table marts_changes.authors (author_key text primary key)",
                      "create table marts_changes.conversations (platform text, site text, conversation_id text,"
                      " primary key (platform, site, conversation_id))",
                      "create table marts_changes.clock (since timestamptz not null)"):
        connection.execute(statement.encode())


def _inputs(connection: psycopg.Connection[Any], project: Path) -> str:
    """A hash of the models' files, the configuration, the labels that count, and the classifiers' measured quality."""
    digest = hashlib.sha256((project / "dbt_project.yml").read_bytes())
    for path in sorted(path for part in PARTS for path in (project / part).rglob("*.sql")):
        digest.update(path.relative_to(project).as_posix().encode() + path.read_bytes())
    for path in sorted((project / "models").rglob("*.yml")):  # what a model replaces, not what is said of it
        digest.update("".join(line for line in path.read_text("utf-8").splitlines() if SCOPED.search(line)).encode())
    for statement in _INPUTS:
        digest.update(repr(connection.execute(statement).fetchall()).encode())
    for (table,) in connection.execute(_CONFIG).fetchall():
        content = psycopg.sql.SQL(_CONTENT).format(psycopg.sql.Identifier("config", table))
        digest.update(f"{table} {connection.execute(content).fetchone()}".encode())
    return digest.hexdigest()


def _relations(connection: psycopg.Connection[Any], project: Path) -> str:
    """The identities of the models' tables: one that somebody dropped or made anew has another."""
    row = connection.execute(_RELATIONS, ([path.stem for path in (project / "models").rglob("*.sql")],)).fetchone()
    return str(row[0]) if row else ""
