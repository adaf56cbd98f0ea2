"""Models in shadow: they count nowhere until promoted, and then at once; when enrichment lets new ones count by itself, and when it waits."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from nlp.enrich import enrich, pending_count
from nlp.manifest import active_version, marts_stale, model_versions, pipeline_version
from nlp.shadow import candidate, diff, draw_days, manifests, promote, shadow
from settings import RenownError, Settings
from tests.nlp.test_enrich import START, TEXTS, count, land
from warehouse.config_sync import sync_config
from warehouse.connection import connect

COUNTED = "select mention_id, task, model_version, label from nlp.current_annotations order by 1, 2"


@pytest.fixture
def other(settings: Settings) -> Settings:
    """Another configuration: no topics, and bank names of which one is gone."""
    bank = settings.banks.by_id("velmora").model_copy(update={"aliases": {}, "name": "Nobody Else", "handles": {}, "domains": []})
    banks = [bank if one.id == "velmora" else one for one in settings.banks.banks]
    return settings.model_copy(
        update={
            "topics": settings.topics.model_copy(update={"topics": []}),
            "banks": settings.banks.model_copy(update={"banks": banks}),
        }
    )


def manual(settings: Settings) -> Settings:
    """The same with promotion by hand."""
    enrichment = settings.general.enrichment.model_copy(update={"promote": "manual"})
    return settings.model_copy(update={"general": settings.general.model_copy(update={"enrichment": enrichment})})


def name(settings: Settings) -> str:
    return pipeline_version(model_versions(settings))


def ask(url: str, query: str) -> list[Any]:
    with connect(url) as connection:
        return connection.execute(query.encode()).fetchall()


def test_a_shadow_counts_nowhere(settings: Settings, other: Settings, warehouse_url: str) -> None:
    land(warehouse_url, TEXTS)
    enrich(settings, url=warehouse_url)
    before = ask(warehouse_url, COUNTED)
    report = shadow(other, warehouse_url)
    assert (report["annotated"], report["pending"], report["is_active"]) == (4, 0, False)
    assert ask(warehouse_url, COUNTED) == before
    assert count(warehouse_url, "select count(*) from nlp.done") == 8
    with connect(warehouse_url) as connection:
        assert active_version(connection) == name(settings)
        assert pending_count(connection) == 0
        assert [(m.is_active, m.is_present, m.finished) for m in manifests(connection, other)] == [(True, False, 4), (False, True, 4)]
    assert shadow(other, warehouse_url)["annotated"] == 0


def test_promotion_switches_every_label_at_once_and_marks_the_marts(settings: Settings, other: Settings, warehouse_url: str) -> None:
    land(warehouse_url, TEXTS)
    enrich(settings, url=warehouse_url)
    shadow(other, warehouse_url)
    with connect(warehouse_url) as connection:
        assert not marts_stale(connection)  # they were never built
        gate(connection, "run-1")
        assert not marts_stale(connection)
        assert promote(connection, candidate(connection, other, None)) == 0
        connection.commit()
        assert marts_stale(connection)
        gate(connection, "run-2", success=False)
        assert marts_stale(connection)
        gate(connection, "run-3")
        assert not marts_stale(connection)
    assert active(warehouse_url) == name(other)
    topics = ask(warehouse_url, "select distinct model_version, label::text from nlp.current_annotations where task = 'topics'")
    assert topics == [(model_versions(other)["topics"], "[]")]
    assert count(warehouse_url, "select count(*) from nlp.annotations where task = 'topics'") == 8


def gate(connection: Any, run_id: str, success: bool = True) -> None:
    connection.execute(
        "insert into quality.results (run_id, layer, suite, expectation, target, severity, success) values (%s, 'marts', 's', 'e', 't', 'batch', %s)",
        [run_id, success],
    )
    connection.commit()


def active(url: str) -> str | None:
    with connect(url) as connection:
        return active_version(connection)


def test_changed_files_count_at_the_next_run_by_default(settings: Settings, other: Settings, warehouse_url: str) -> None:
    land(warehouse_url, TEXTS)
    enrich(settings, url=warehouse_url)
    assert enrich(other, url=warehouse_url)["warning"] is None
    assert active(warehouse_url) == name(other)


def test_by_hand_the_first_version_counts_and_a_changed_one_waits(settings: Settings, other: Settings, warehouse_url: str) -> None:
    land(warehouse_url, TEXTS)
    assert enrich(manual(settings), url=warehouse_url)["warning"] is None
    assert enrich(manual(settings), url=warehouse_url)["warning"] is None
    before = ask(warehouse_url, COUNTED)
    land(warehouse_url, ["Тарнвик закрыл отделение"], first=50)
    report = enrich(manual(other), url=warehouse_url)
    assert "renown models promote" in report["warning"]
    assert (report["annotated"], report["pending"]) == (1, 4)  # what is new; history is for `renown models shadow`
    assert active(warehouse_url) == name(settings)
    old = {row[0] for row in before}
    assert [row for row in ask(warehouse_url, COUNTED) if row[0] in old] == before
    with connect(warehouse_url) as connection:
        assert pending_count(connection) == 1  # so that the gate holds the marts back
        assert promote(connection, name(other)) == 4
    report = enrich(manual(other), url=warehouse_url)
    assert (report["warning"], report["annotated"], report["pending"]) == (None, 4, 0)


def test_only_the_drawn_days_are_read(settings: Settings, other: Settings, warehouse_url: str) -> None:
    for day in range(4):
        land(warehouse_url, TEXTS[:2], first=10 * day, event_at=START + timedelta(days=day))
    with connect(warehouse_url) as connection:
        assert draw_days(connection, settings, None, None, None) is None
        chosen = draw_days(connection, settings, 2, None, None)
        assert draw_days(connection, settings, None, START.date(), (START + timedelta(days=1)).date()) == [
            START.date(), (START + timedelta(days=1)).date()]
    assert chosen is not None
    assert len(chosen) == 2
    report = shadow(other, warehouse_url, days=chosen)
    assert (report["annotated"], report["pending"]) == (4, 4)
    days = ask(warehouse_url, "select distinct (event_at at time zone 'Europe/Berlin')::date from core.mentions join nlp.done using (mention_id) order by 1")
    assert [row[0] for row in days] == chosen


def test_worker_processes_read_the_same_days_and_activate_nothing(settings: Settings, warehouse_url: str) -> None:
    for day in range(2):
        land(warehouse_url, TEXTS, first=10 * day, event_at=START + timedelta(days=day))
    report = shadow(settings, warehouse_url, days=[START.date()], processes=2)
    assert (report["annotated"], report["pending"], report["is_active"]) == (4, 4, False)
    assert active(warehouse_url) is None


def test_a_diff_names_what_changes_and_leaves_no_trace(settings: Settings, other: Settings, warehouse_url: str) -> None:
    land(warehouse_url, TEXTS)
    enrich(settings, url=warehouse_url)
    shadow(other, warehouse_url)
    with connect(warehouse_url) as connection:
        sync_config(connection, settings)
        assert diff(connection, settings, name(settings), name(settings), 4).is_empty
        found = diff(connection, settings, name(settings), name(other), 520)
    assert found.compared == found.mentions == 4
    lost = {pair: n for pair, n in found.labels["banks"].confusion.items() if pair[1] == "–"}
    assert sum(lost.values()) == 2
    assert found.labels["banks"].changed == 2
    assert "sentiment" not in found.labels or found.labels["sentiment"].compared == 4
    assert len(found.movers) >= 2
    assert "banks" in found.movers[0].tasks
    assert active(warehouse_url) == name(settings)


def test_unknown_versions_are_told(settings: Settings, warehouse_url: str) -> None:
    with connect(warehouse_url) as connection:
        with pytest.raises(RenownError, match="have not run: run 'renown models shadow' first"):
            candidate(connection, settings, None)
        with pytest.raises(RenownError, match="0 versions are called 'nothing'"):
            candidate(connection, settings, "nothing")
        connection.execute("insert into nlp.manifests (pipeline_version, models) values ('pipeline-ab1', '{}'), ('pipeline-ab2', '{}')")
        assert candidate(connection, settings, "ab1") == "pipeline-ab1"
        with pytest.raises(RenownError, match="2 versions are called 'ab'"):
            candidate(connection, settings, "ab")
