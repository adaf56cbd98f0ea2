"""The gate: what it writes, what it lets pass, what it stops, and that a rerun changes nothing."""

from __future__ import annotations

import json
from typing import Any

import psycopg
import pytest

from expectations import LAYERS, GateFailed, GateReport, run_gate
from expectations.engine import evaluate
from expectations.gate import layer_rules
from settings import RenownError, Settings
from warehouse.connection import connect

RESULTS = (
    "select layer, suite, expectation, target, success, evaluated_count, unexpected_count, unexpected_ids "
    "from quality.results order by 1, 2, 3, 4"
)
TEXT = "A sentence nobody may read in a log"


def rows(url: str, query: str) -> list[tuple[object, ...]]:
    with connect(url) as connection:
        return connection.execute(query.encode()).fetchall()


def change(url: str, *statements: str) -> None:
    with connect(url) as connection:
        for statement in statements:
            assert connection.execute(statement.encode()).rowcount != 0, f"changed nothing: {statement}"


def standing(url: str) -> list[tuple[object, ...]]:
    return rows(url, "select mention_version, rule, layer from quality.quarantine where released_at is null order by 2")


@pytest.fixture
def reports(world_url: str, settings: Settings) -> dict[str, GateReport]:
    return {layer: run_gate(settings, layer, url=world_url, run_id="r1") for layer in LAYERS}


def test_every_layer_passes_on_a_sound_world_and_every_result_is_written(
    world_url: str, settings: Settings, reports: dict[str, GateReport]
) -> None:
    assert all(not report.failed and report.passed == len(report.outcomes) for report in reports.values())
    written = rows(world_url, RESULTS)
    assert len(written) == sum(len(report.outcomes) for report in reports.values())
    assert {row[0] for row in written} == set(LAYERS)
    assert all(row[4] and row[5] is not None and row[6] == 0 and row[7] == [] for row in written)
    with connect(world_url) as connection:
        for layer in LAYERS:
            named = [(rule.name, rule.target) for rule in layer_rules(layer, connection)]
            assert len(named) == len(set(named)), f"two rules of {layer} share name and table"
    assert rows(world_url, "select count(*) from quality.quarantine") == [(0,)]


def test_the_same_run_again_changes_nothing(world_url: str, settings: Settings) -> None:
    change(world_url, "update core.mentions set text = '', title = null where native_id = '7'")
    for _ in range(2):
        run_gate(settings, "core", url=world_url, run_id="r1")
    first = rows(world_url, RESULTS), rows(world_url, "select * from quality.quarantine")
    again = run_gate(settings, "core", url=world_url, run_id="r1")
    assert (rows(world_url, RESULTS), rows(world_url, "select * from quality.quarantine")) == first
    assert (again.quarantined, again.released, again.in_quarantine) == (0, 0, 1)
    run_gate(settings, "core", url=world_url, run_id="r2")
    assert len(rows(world_url, RESULTS)) == 2 * len(first[0]), "another run keeps its own results"


def test_a_bad_row_is_quarantined_and_released_when_it_heals(world_url: str, settings: Settings) -> None:
    change(
        world_url, "update core.mentions set event_at = '2026-04-05', created_at = '2026-04-05' where native_id = '7'"
    )
    report = run_gate(settings, "core", url=world_url, run_id="r1")
    assert (report.quarantined, report.released, report.failed) == (1, 0, ())
    assert standing(world_url) == [(1, "event_at_not_in_future", "core")]
    failing = [outcome for outcome in report.outcomes if not outcome.success]
    assert [(outcome.rule.name, outcome.unexpected) for outcome in failing] == [("event_at_not_in_future", 1)]
    change(
        world_url, "update core.mentions set event_at = '2026-03-05', created_at = '2026-03-05' where native_id = '7'"
    )
    report = run_gate(settings, "core", url=world_url, run_id="r2")
    assert (report.quarantined, report.released, standing(world_url)) == (0, 1, [])
    change(
        world_url, "update core.mentions set event_at = '2026-04-05', created_at = '2026-04-05' where native_id = '7'"
    )
    assert run_gate(settings, "core", url=world_url, run_id="r3").quarantined == 1, "it breaks again, it is held again"


def test_an_edit_heals_and_a_deleted_mention_is_not_held(world_url: str, settings: Settings) -> None:
    change(world_url, "update core.mentions set text = ' ' where native_id in ('7', '8')")
    run_gate(settings, "core", url=world_url, run_id="r1")
    assert len(standing(world_url)) == 2
    change(
        world_url,
        "create temporary table edited as select * from core.mentions where native_id = '7'",
        "update edited set version = 2, text = 'mended', content_sha256 = sha256('mended')",
        "insert into core.mentions select * from edited",
        "insert into core.deletions select mention_id, now(), now(), 'author' from core.mentions where native_id = '8'",
    )
    run_gate(settings, "core", url=world_url, run_id="r2")
    assert standing(world_url) == []


def test_the_clock_decides_what_the_future_is(world_url: str, settings: Settings) -> None:
    edge = "update core.mentions set event_at = '{0}', created_at = '{0}' where native_id = '7'"
    change(world_url, edge.format("2026-03-31 00:00:00+00"))
    assert run_gate(settings, "core", url=world_url, run_id="r1").in_quarantine == 0, "a day ahead is time-zone play"
    change(world_url, edge.format("2026-03-31 00:00:01+00"))
    assert run_gate(settings, "core", url=world_url, run_id="r1").in_quarantine == 1


def test_a_bad_batch_stops_with_one_line_that_says_what_where_and_the_mend(world_url: str, settings: Settings) -> None:
    change(world_url, "delete from raw.payloads where native_id in ('1', '2', '3')")
    with pytest.raises(GateFailed) as caught:
        run_gate(settings, "core", url=world_url, run_id="r1")
    assert str(caught.value) == (
        "core: 3 mentions have a version without payload (versions_have_payload): "
        "run 'renown replay'; see quality.results for the ids"
    )
    assert isinstance(caught.value, RenownError)
    assert caught.value.exit_code == 4
    kept = rows(world_url, "select unexpected_count, unexpected_ids from quality.results where not success")
    ids = rows(
        world_url,
        "select array_agg(mention_id::text order by mention_id::text) from core.mentions "
        "where native_id in ('1', '2', '3')",
    )
    assert kept == [(3, ids[0][0])]


def test_a_missing_mart_stops_and_is_named_once(world_url: str, settings: Settings) -> None:
    change(world_url, "drop table marts.fct_cases")
    with pytest.raises(GateFailed, match=r"^marts: .*table marts.fct_cases is missing"):
        run_gate(settings, "marts", url=world_url, run_id="r1")
    with pytest.raises(GateFailed) as caught:
        run_gate(settings, "marts", url=world_url, run_id="r1")
    assert str(caught.value).count("fct_cases is missing") == 1
    assert "\n" not in str(caught.value)


def test_no_text_of_a_person_reaches_the_results_or_the_error(world_url: str, settings: Settings) -> None:
    change(
        world_url,
        f"update core.mentions set title = '{TEXT}', text = '{TEXT}', author_name = '{TEXT}', url = 'ftp://{TEXT}', "
        f"language_hint = '{TEXT}', latitude = 91, event_at = '1999-01-01' where native_id in ('7', '8')",
        "update nlp.annotations set label = jsonb_set(label, '{language}', to_jsonb('" + TEXT + "'::text)) "
        "where task = 'language'",
        f"update nlp.done set reason = '{TEXT}'",
    )
    said = []
    for layer in ("core", "nlp"):
        with pytest.raises(GateFailed) as caught:
            run_gate(settings, layer, url=world_url, run_id="r1")
        said.append(str(caught.value))
    kept = rows(world_url, "select to_jsonb(r) from quality.results as r") + rows(
        world_url, "select to_jsonb(q) from quality.quarantine as q"
    )
    assert len(standing(world_url)) >= 6
    assert "sentence" not in json.dumps(kept) + " ".join(said)


def test_a_rule_that_cannot_run_stops_and_keeps_its_reason_to_itself(world_url: str, settings: Settings) -> None:
    change(
        world_url,
        'update nlp.annotations set label = \'[{"topic_id": "cards", "score": "' + TEXT + "\"}]' where task = 'topics'",
    )
    with pytest.raises(GateFailed, match=r"topics_wellformed could not be evaluated on nlp\.annotations") as caught:
        run_gate(settings, "nlp", url=world_url, run_id="r1")
    assert "sentence" not in str(caught.value)
    others = rows(world_url, "select count(*) from quality.results where layer = 'nlp' and success")
    assert others[0][0] == len(caught.value.report.outcomes) - 1, "one broken rule leaves the others their results"


def test_an_empty_warehouse_passes_raw_core_and_nlp(warehouse_url: str, settings: Settings) -> None:
    for layer in ("raw", "core", "nlp"):
        assert not run_gate(settings, layer, url=warehouse_url, run_id="r1").failed


def test_an_unknown_layer_is_said_with_those_there_are(world_url: str, settings: Settings) -> None:
    with pytest.raises(RenownError, match="no layer 'bronze': use one of raw, core, nlp, marts"):
        run_gate(settings, "bronze", url=world_url, run_id="r1")


def test_what_landed_after_the_last_gate_is_not_missed_in_the_marts(world_url: str, settings: Settings) -> None:
    run_gate(settings, "core", url=world_url, run_id="r1")
    change(
        world_url,
        "create temporary table late as select * from core.mentions where native_id = '7'",
        "update late set native_id = 'late', mention_id = core.mention_id('x', '', 'post', 'late'), "
        "loaded_at = clock_timestamp()",
        "insert into core.mentions select * from late",
    )
    assert not run_gate(settings, "marts", url=world_url, run_id="r1").failed
    run_gate(settings, "core", url=world_url, run_id="r2")
    with pytest.raises(GateFailed, match="1 mentions of core are missing from the facts"):
        run_gate(settings, "marts", url=world_url, run_id="r2")


def test_a_gate_notes_the_build_that_it_began_with(world_url: str, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another one may come to its end while the checks run: they looked at both, and pass for neither."""
    change(world_url, "insert into ops.mart_builds (inputs, relations, as_of, finished_as_of, finished_at, definition_version)"
                      " values ('', '', now(), now(), '2026-03-29T10:00Z', 'v')")

    def evaluated(*given: Any, **named: Any) -> Any:
        change(world_url, "update ops.mart_builds set finished_at = '2026-03-29T11:00Z'")
        return evaluate(*given, **named)

    monkeypatch.setattr("expectations.gate.evaluate", evaluated)
    run_gate(settings, "marts", url=world_url, run_id="r1")
    assert rows(world_url, "select distinct build_finished_at = '2026-03-29T10:00Z' from quality.results") == [(True,)]
    run_gate(settings, "core", url=world_url, run_id="r1")
    assert rows(world_url, "select distinct build_finished_at from quality.results where layer = 'core'") == [(None,)]


def test_results_survive_a_gate_that_is_cut_off(
    world_url: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_gate(settings, "core", url=world_url, run_id="r1")
    before = rows(world_url, RESULTS)
    monkeypatch.setattr(
        "expectations.gate.RESULT", "insert into quality.results select 1/0, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s"
    )
    with pytest.raises(psycopg.Error):
        run_gate(settings, "core", url=world_url, run_id="r1")
    assert rows(world_url, RESULTS) == before


@pytest.mark.parametrize(("count", "stops"), [(5, False), (50, True)])
def test_a_few_that_landed_after_enrichment_may_wait_many_may_not(
    count: int, stops: bool, world_url: str, settings: Settings
) -> None:
    change(
        world_url,
        f"create temporary table late as select * from core.mentions limit {count}",
        "update late set native_id = 'late' || native_id, loaded_at = clock_timestamp()",
        "update late set mention_id = core.mention_id('x', '', 'post', native_id)",
        "insert into core.mentions select * from late",
    )
    if stops:
        with pytest.raises(GateFailed, match=rf"{count} mentions are not finished"):
            run_gate(settings, "nlp", url=world_url, run_id="r1")
    else:
        assert not run_gate(settings, "nlp", url=world_url, run_id="r1").failed
        change(world_url, "update core.mentions set loaded_at = now() - interval '1 hour' where native_id like 'late%'")
        with pytest.raises(GateFailed, match=rf"{count} mentions are not finished"):
            run_gate(settings, "nlp", url=world_url, run_id="r1")
