"""What a build of the marts is told to look at: every kind of change, once, and all of it where nothing can be kept."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, LiteralString

import psycopg
import pytest

from warehouse.dbt import PROJECT
from warehouse.mart_changes import finish, prepare

NOW = datetime(2026, 3, 30, tzinfo=UTC)
ONE, OTHER = "00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-000000000002"
MENTION = """insert into core.mentions (mention_id, version, platform, kind, native_id, source_id, text, event_at, event_at_basis, content_sha256,
payload_sha256, batch_id, first_seen_at) values (%s, 1, 'x', 'post', '1', 's', 'canary', %s, 'created_at', '', '', gen_random_uuid(), now())"""
WRITES: tuple[LiteralString, ...] = (
    "update core.mentions set text = 'edited' where mention_id = %(id)s",
    "insert into core.engagement (mention_id, observed_at, likes) values (%(id)s, '2026-03-01', 1)",
    "update core.engagement set likes = 2 where mention_id = %(id)s",
    "delete from core.engagement where mention_id = %(id)s",
    "insert into core.deletions (mention_id, observed_at, basis) values (%(id)s, now(), 'author')",
    "update core.deletions set undone_at = now() where mention_id = %(id)s",
    "delete from core.deletions where mention_id = %(id)s",
    "insert into nlp.annotations (mention_id, mention_version, task, model_version, label) values (%(id)s, 1, 'bot', 'human:a', '{}')",
    "update nlp.annotations set label = 'null' where mention_id = %(id)s",
    "delete from nlp.annotations where mention_id = %(id)s",
    "insert into quality.quarantine (mention_id, mention_version, layer, rule) values (%(id)s, 1, 'core', 'r')",
    "update quality.quarantine set released_at = now() where mention_id = %(id)s",
    "delete from quality.quarantine where mention_id = %(id)s",
    "delete from core.mentions where mention_id = %(id)s",
)


@pytest.fixture
def connection(warehouse_url: str) -> Iterator[psycopg.Connection[Any]]:
    """A warehouse of one mention, whose marts (their tables are not needed here) came to their end."""
    with psycopg.connect(warehouse_url, autocommit=True) as opened:
        opened.execute("create schema if not exists marts; create table marts.dim_bank (bank_id text)")
        opened.execute(MENTION, (ONE, NOW - timedelta(days=9)))
        plan = prepare(opened, PROJECT, NOW)
        assert not plan.partial
        finish(opened, PROJECT, plan)
        yield opened


def _taken(connection: psycopg.Connection[Any], as_of: datetime = NOW, *, end: bool = True) -> tuple[bool, set[str]]:
    plan = prepare(connection, PROJECT, as_of)
    found = {str(row[0]) for row in connection.execute("select mention_id from marts_changes.mentions").fetchall()}
    if end:
        finish(connection, PROJECT, plan)
    return plan.partial, found


def test_nothing_changed_is_nothing_to_rebuild(connection: psycopg.Connection[Any]) -> None:
    assert _taken(connection) == (True, set())


def test_every_write_names_its_mention_once_and_never_a_text(connection: psycopg.Connection[Any]) -> None:
    for write in WRITES:
        connection.execute(write, {"id": ONE})
        assert "canary" not in str(connection.execute("select * from ops.mart_changes").fetchall())
        assert _taken(connection) == (True, {ONE}), write
        assert _taken(connection) == (True, set()), write


def test_a_build_that_was_cut_off_leaves_its_share_to_the_next(connection: psycopg.Connection[Any]) -> None:
    connection.execute(MENTION, (OTHER, NOW))
    assert _taken(connection, end=False) == (True, {OTHER})
    connection.execute(WRITES[0], {"id": ONE})
    assert _taken(connection, end=False) == (True, {ONE, OTHER})
    assert _taken(connection) == (True, {ONE, OTHER})


def test_a_whole_build_that_was_cut_off_is_followed_by_a_whole_one(connection: psycopg.Connection[Any]) -> None:
    prepare(connection, PROJECT, NOW, whole=True)
    assert not _taken(connection, end=False)[0]
    assert not _taken(connection)[0]
    assert _taken(connection)[0]


def test_what_commits_late_is_taken_late(connection: psycopg.Connection[Any], warehouse_url: str) -> None:
    with psycopg.connect(warehouse_url) as writer:
        writer.execute(WRITES[0], {"id": ONE})
        assert _taken(connection) == (True, set())
    assert _taken(connection) == (True, {ONE})


def test_what_lies_after_the_clock_comes_when_the_clock_does(connection: psycopg.Connection[Any]) -> None:
    connection.execute(MENTION, (OTHER, NOW + timedelta(hours=2)))
    connection.execute("insert into core.engagement (mention_id, observed_at, likes) values (%s, %s, 1)", (ONE, NOW + timedelta(hours=4)))
    assert _taken(connection) == (True, {ONE, OTHER})
    assert _taken(connection, NOW + timedelta(hours=1)) == (True, set())
    assert _taken(connection, NOW + timedelta(hours=3)) == (True, {OTHER})
    assert _taken(connection, NOW + timedelta(hours=4), end=False) == (True, {ONE})
    assert _taken(connection, NOW + timedelta(hours=4)) == (True, {ONE})
    assert _taken(connection, NOW + timedelta(hours=5)) == (True, set())


@pytest.mark.parametrize("statement", [
    "insert into config.settings values ('timezone', '\"UTC\"')",
    "insert into config.topics values ('t', 'T', 'd', false)",
    "insert into config.platforms values ('x', 'X', 'microblog', 'whole')",
    "update ops.story_salt set salt = gen_random_uuid()",
    "insert into nlp.manifests (pipeline_version, models, is_active) values ('p', '{}', true)",
    "insert into nlp.evaluations (language, task, model_version, dataset, metric, value, n) values ('en', 'sentiment', 'm', 'd', 'se_negative', 0.9, 10)",
    "insert into core.places (place_id, kind, latitude, longitude, source) values ('1', 'atm', 0, 0, 'geojson')",
    "insert into nlp.evaluations (language, bank_id, task, model_version, dataset, metric, value, n) values ('en', 'b', 'banks', 'm', 'd', 'se_positive', 0.9, 10)",
    "drop table marts.dim_bank; create table marts.dim_bank (bank_id text)",
    "truncate core.deletions",
    "truncate core.authors",
])  # fmt: skip
def test_what_every_row_rests_on_makes_the_build_whole(connection: psycopg.Connection[Any], statement: str) -> None:
    connection.execute(statement.encode())
    assert not _taken(connection)[0]
    assert _taken(connection) == (True, set())


def test_a_clock_that_goes_back_makes_the_build_whole(connection: psycopg.Connection[Any]) -> None:
    assert _taken(connection, NOW + timedelta(days=2), end=False)[0]
    assert not _taken(connection, NOW + timedelta(days=1))[0]


def test_another_figure_of_no_consequence_keeps_the_build_partial(connection: psycopg.Connection[Any]) -> None:
    connection.execute("create table marts.users_own (n integer)")
    connection.execute("insert into nlp.manifests (pipeline_version, models) values ('shadow', '{}')")
    connection.execute("insert into config.plays values ('p', 0, null, null, 5, 'advice', '{}')")  # read anew by every build
    assert _taken(connection)[0]


def _beside(connection: psycopg.Connection[Any]) -> tuple[set[datetime], set[str]]:
    """The hours and the authors that a build is told of, which this one leaves to the next."""
    assert prepare(connection, PROJECT, NOW).partial
    hours = {row[0] for row in connection.execute("select hour_at from marts_changes.source_hours").fetchall()}
    return hours, {row[0] for row in connection.execute("select author_key from marts_changes.authors").fetchall()}


def test_an_item_that_is_moved_or_erased_names_the_hours_that_it_left_and_came_to(connection: psycopg.Connection[Any]) -> None:
    was = NOW - timedelta(days=9)
    connection.execute("update core.mentions set event_at = event_at + interval '150 minutes'")
    assert _beside(connection) == ({was, was + timedelta(hours=2)}, set())
    connection.execute("delete from core.mentions")
    assert _beside(connection) == ({was, was + timedelta(hours=2)}, set())
    finish(connection, PROJECT, prepare(connection, PROJECT, NOW))
    assert _beside(connection) == (set(), set())


def test_an_author_of_another_handle_is_named_by_a_pseudonym(connection: psycopg.Connection[Any]) -> None:
    key = hashlib.md5(b"x\x1f\x1fann-1", usedforsecurity=False).hexdigest()
    connection.execute("insert into core.authors (platform, author_id, handle, first_seen_at, last_seen_at) values ('x', 'ann-1', 'Ann', now(), now())")
    assert _beside(connection) == (set(), {key})
    for change, named in (("handle = 'ANN', last_seen_at = now()", set()), ("handle = 'Anna'", {key}), ("handle = null", {key}), ("name = 'Ann'", set())):
        finish(connection, PROJECT, prepare(connection, PROJECT, NOW))
        connection.execute(f"update core.authors set {change}".encode())
        assert _beside(connection) == (set(), named), change
    connection.execute("update core.authors set handle = 'ann'; delete from core.authors")
    assert _beside(connection) == (set(), {key})


def test_the_clock_is_that_of_the_last_build_that_came_to_its_end(connection: psycopg.Connection[Any]) -> None:
    _taken(connection, NOW + timedelta(hours=1), end=False)
    _taken(connection, NOW + timedelta(hours=2), end=False)
    assert connection.execute("select since from marts_changes.clock").fetchall() == [(NOW,)]
    _taken(connection, NOW + timedelta(hours=2))
    _taken(connection, NOW + timedelta(hours=3), end=False)
    assert connection.execute("select since from marts_changes.clock").fetchall() == [(NOW + timedelta(hours=2),)]


@pytest.mark.parametrize(
    "write",
    [
        "insert into ops.dispositions (platform, conversation_id, author_id, bank_id, outcome, decided_at) values ('x', 't2', 'a', 'b', 'solved', now())",
        "update ops.dispositions set outcome = 'solved'",
        "update ops.dispositions set conversation_id = 't2'",
        "delete from ops.dispositions",
    ],
)
def test_an_outcome_that_comes_goes_or_changes_names_its_conversations(connection: psycopg.Connection[Any], write: LiteralString) -> None:
    connection.execute("insert into ops.dispositions (platform, conversation_id, author_id, bank_id, outcome, decided_at) "
                       "values ('x', 't1', 'a', 'b', 'answered', now())")
    _taken(connection)
    connection.execute(write)
    _taken(connection, end=False)
    expected = {"t2"} if write.startswith("insert") else {"t1", "t2"} if "conversation_id =" in write else {"t1"}
    assert {row[0] for row in connection.execute("select conversation_id from marts_changes.conversations").fetchall()} == expected


def test_another_scope_of_a_model_makes_the_next_build_whole_and_a_description_does_not(connection: psycopg.Connection[Any], tmp_path: Path) -> None:
    project = tmp_path / "project"
    shutil.copytree(PROJECT, project, ignore=shutil.ignore_patterns("target", "logs"))
    finish(connection, project, prepare(connection, project, NOW))
    described, scoped = project / "models" / "marts" / "core" / "dim_date.yml", project / "models" / "marts" / "core" / "fct_cases.yml"
    described.write_text(described.read_text("utf-8") + "# more is said\n", "utf-8")
    assert prepare(connection, project, NOW).partial
    scoped.write_text(scoped.read_text("utf-8").replace("scope: cases", "scope: mentions"), "utf-8")
    assert not prepare(connection, project, NOW).partial
