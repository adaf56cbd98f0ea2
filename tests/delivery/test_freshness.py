"""Whether the marts hold what came: what is labelled after a build began is not counted yet, and every delivery says so."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime

import psycopg
import pytest

from dags import work
from delivery import deliver, freshness
from delivery.coverage import Coverage
from delivery.words import LOCALES, coverage_sentence
from settings import Settings
from settings.loader import REPOSITORY
from tests.delivery.test_deliver import cells, configure, execute, mart_url  # noqa: F401
from warehouse import mart_changes
from warehouse.connection import connect

Configure = Callable[..., Settings]
PIPELINE = "insert into nlp.manifests (pipeline_version, models, is_active) values ('p', '{}', true)"
GATE = ("insert into quality.results (run_id, layer, suite, expectation, target, severity, success, ran_at, build_finished_at)"
        " values ('{run}', '{layer}', 's', 'e', 't', 'batch', {passed}, '{at}', (select finished_at from ops.mart_builds))")
TICK, BEFORE, AFTER = datetime(2026, 3, 30, 5, tzinfo=UTC), datetime(2026, 3, 30, 4, tzinfo=UTC), datetime(2026, 3, 30, 6, tzinfo=UTC)


def mention(url: str, done_at: datetime | None, event_at: str = "2026-03-24 10:00+00") -> uuid.UUID:
    """A mention that changed since the last build, labelled at that instant."""
    made = uuid.uuid4()
    with connect(url) as connection:
        connection.execute(
            "insert into core.mentions (mention_id, version, platform, kind, native_id, source_id, text, event_at, event_at_basis, content_sha256,"
            " payload_sha256, batch_id, first_seen_at) values (%(id)s, 1, 'x', 'post', %(id)s, 'x', 'words', %(event)s, 'created_at', '', '',"
            " gen_random_uuid(), now())", {"id": made, "event": event_at})
        if done_at:
            connection.execute("insert into nlp.done (mention_id, mention_version, pipeline_version, outcome, done_at) values (%s, 1, 'p', 'annotated', %s)",
                               (made, done_at))
    return made


def gate(url: str, at: datetime, run: str = "r", passed: bool = True, layer: str = "marts") -> None:
    execute(url, GATE.format(run=run, layer=layer, passed=passed, at=at))


def built(url: str, at: datetime) -> None:
    """A build that came to its end then, as warehouse.mart_changes leaves it."""
    execute(url, "delete from ops.mart_builds; create schema if not exists marts_changes;"
                 "delete from ops.build_under_way;"
                 f"insert into ops.mart_builds (inputs, relations, definition_version, as_of, finished_as_of, finished_at) values ('', '', 'd', '{at}', '{at}', '{at}')")


def asked(url: str, at: datetime) -> None:
    """Every scheduled source of the demo was read then."""
    for source in ("x", "vk", "weibo", "forum", "news"):
        execute(url, "insert into raw.batches (batch_id, source_id, platform, mode, status, started_at, ended_at)"
                     f" values (gen_random_uuid(), '{source}', 'x', 'incremental', 'success', '{at}', '{at}')")


@pytest.fixture
def ready(mart_url: str, configure: Configure, monkeypatch: pytest.MonkeyPatch) -> Callable[..., bool]:  # noqa: F811
    configure()
    monkeypatch.setenv("RENOWN_WAREHOUSE_URL", mart_url)
    monkeypatch.delenv("RENOWN_AS_OF")
    execute(mart_url, PIPELINE)
    built(mart_url, datetime(2026, 3, 29, tzinfo=UTC))
    return lambda **given: work.marts_ready(TICK, **given)


def test_a_quiet_night_is_ready_once_every_source_was_asked(ready: Callable[..., bool], mart_url: str) -> None:  # noqa: F811
    assert not ready(), "no gate ever"
    gate(mart_url, BEFORE)
    mention(mart_url, datetime(2026, 3, 29, tzinfo=UTC))
    assert not ready(), "who knows what the sources hold"
    asked(mart_url, BEFORE)
    assert not ready(), "hourly ones are due at the tick again"
    asked(mart_url, TICK)
    assert ready()
    mention(mart_url, AFTER)
    assert not ready(), "a build is about to count it"
    gate(mart_url, AFTER, "q")
    assert ready()


def test_a_quiet_night_waits_for_the_build_that_takes_a_deletion(ready: Callable[..., bool], mart_url: str) -> None:  # noqa: F811
    gate(mart_url, BEFORE)
    asked(mart_url, TICK)
    gone = mention(mart_url, datetime(2026, 3, 29, tzinfo=UTC))
    assert ready()
    execute(mart_url, f"insert into core.deletions (mention_id, observed_at, basis) values ('{gone}', now(), 'author')")
    assert work.deletions_wait()
    assert not ready()
    execute(mart_url, "delete from ops.mart_changes")
    assert ready()


def test_after_a_long_wait_a_gate_that_passed_is_enough(ready: Callable[..., bool], mart_url: str) -> None:  # noqa: F811
    assert not ready(has_waited=True)
    gate(mart_url, BEFORE)
    mention(mart_url, None)
    assert ready(has_waited=True)
    gate(mart_url, AFTER, "q", passed=False)
    assert not ready(has_waited=True), "nobody is sent what the gate refused"


def test_marts_that_no_gate_passed_as_they_stand_are_waited_for(ready: Callable[..., bool], mart_url: str) -> None:  # noqa: F811
    gate(mart_url, BEFORE)
    assert ready(has_waited=True)
    execute(mart_url, "insert into ops.build_under_way values (default)")
    assert not ready(has_waited=True), "a build goes on, or was cut off half way"
    built(mart_url, AFTER)
    assert not ready(has_waited=True), "its gate still runs"
    gate(mart_url, AFTER, "q")
    assert ready(has_waited=True)
    assert ready(), "so it is before the wait"
    execute(mart_url, "insert into ops.build_under_way values (default)")
    assert not ready()
    execute(mart_url, "drop schema marts_changes cascade; delete from ops.mart_builds")
    assert not ready(has_waited=True), "no build ever"


def test_a_build_as_the_warehouse_notes_it_is_unfinished_until_its_end(mart_url: str) -> None:  # noqa: F811
    project = REPOSITORY / "dbt_project"
    with connect(mart_url) as connection:
        for year, whole in ((2100, True), (2101, False)):
            plan = mart_changes.prepare(connection, project, TICK, whole=whole)
            connection.commit()
            assert plan.partial != whole
            gate(mart_url, datetime(year, 1, 1, tzinfo=UTC), f"while {year}")
            assert not _is_of_last_build(connection)
            mart_changes.finish(connection, project, plan)
            connection.commit()
            assert not _is_of_last_build(connection), "it ended after the build, but began before its end"
            gate(mart_url, datetime(year, 1, 2, tzinfo=UTC), f"after {year}")
            assert _is_of_last_build(connection)


def _is_of_last_build(connection: psycopg.Connection) -> bool:
    newest = freshness.gate(connection)
    assert newest
    return freshness.is_of_last_build(connection, newest)


def test_what_is_not_counted_yet_is_said(mart_url: str, configure: Configure) -> None:  # noqa: F811
    settings = configure()
    gate(mart_url, BEFORE, layer="raw")
    gate(mart_url, AFTER)
    mention(mart_url, datetime(2026, 3, 29, tzinfo=UTC))  # counted: its reactions changed
    mention(mart_url, datetime(2026, 3, 30, 5, tzinfo=UTC))  # the build had begun
    late = mention(mart_url, None)
    mention(mart_url, None, event_at="2026-02-01 10:00+00")  # of other days
    gone = mention(mart_url, None)
    execute(mart_url, f"insert into core.deletions (mention_id, observed_at, basis) values ('{gone}', now(), 'author')")
    result = deliver(settings, "care", url=mart_url)
    assert "Not counted yet: 2 mentions of these days" in result.note
    assert any("Not counted yet: 2 mentions" in str(row[1]) for row in cells(result.file, "Coverage"))
    with connect(mart_url) as connection:
        assert connection.execute("select coverage ->> 'verdict', coverage ->> 'uncounted' from ops.deliveries").fetchone() == ("partial", "2")
        _taken(connection)
        assert freshness.uncounted(connection) == 3, "a build that has taken them has not come to its end"
        connection.execute("delete from marts_changes.mentions where mention_id = %s", (late,))
        assert freshness.uncounted(connection) == 2


def _taken(connection: psycopg.Connection) -> None:
    connection.execute("create schema marts_changes")
    connection.execute("create table marts_changes.mentions as select distinct mention_id from ops.mart_changes")
    connection.execute("delete from ops.mart_changes")


@pytest.mark.parametrize("language", [None, *LOCALES])
def test_it_is_said_in_every_language_beside_what_the_sources_lack(language: str | None, configure: Configure) -> None:  # noqa: F811
    from delivery.window import window_of

    settings = configure()
    window = window_of(settings, settings.subscriptions.subscriptions[0])
    whole = {"x": {"succeeded": 1, "unfinished": 0, "gaps": 0, "returned": 9, "rejected": 0, "mentions": 9}}
    flawed = {"x": whole["x"] | {"gaps": 1}}
    said = [coverage_sentence(Coverage(sources, count), window, rows, language)
            for sources, count, rows in ((whole, 0, 1), (whole, 41, 1), (flawed, 41, 1), (whole, 41, 0))]
    assert ["41" in sentence for sentence in said] == [False, True, True, True]
    assert len(set(said)) == 4
    assert said[2].endswith(said[1])
