"""Those who judge mutants of the metrics' SQL: each sees what it should, and nothing where nothing changed. The whole of it is slow."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.marts.conftest import Built
from tests.marts.sql_judges import SURVIVED, DataTest, History, Judges, UnitTest, laid_out, learn
from tests.marts.sql_mutants import Model, Mutant, mutants

MODELS = (
    Model("base", "select k, v from public.things where v > 1", "public.base", ()),
    Model("sums", "select k, sum(v) as total from public.base group by k", "public.sums", ("base",)),
)
THINGS = """
create table public.things (k integer, v integer); insert into public.things values (1, 2), (1, 3), (2, 5), (2, 1);
create table public.base as select k, v from public.things where v > 1; create table public.sums as select k, sum(v) as total from public.base group by k"""


@pytest.fixture
def things(warehouse_url: str) -> Iterator[History]:
    """Two models, the second held cell by cell."""
    with psycopg.connect(warehouse_url, autocommit=True) as connection:
        connection.execute(THINGS.encode())
    history = History("things", warehouse_url, {"sums": "select * from {rows} as held"})
    assert learn(history, MODELS) == []
    yield history
    history.connection.close()


def said(history: History, sql: str, *, model: int = 0, tests: tuple[DataTest, ...] = (), unit_tests: dict[str, list[UnitTest]] | None = None) -> str:
    return Judges(MODELS, [history], unit_tests or {}, tests).verdict(Mutant(MODELS[model].name, "o", "p", sql), 0)


def test_a_history_sees_what_reaches_a_held_model(things: History) -> None:
    assert said(things, "select k, v from public.things where v > 2") == "double entry"
    assert said(things, "select k, v from public.things where v >= 2") == SURVIVED
    assert said(things, "select k, w from public.things") == "refused"
    assert said(things, "select k, 1 / (v - v) as v from public.things") == "refused"


def test_data_tests_see_what_changed_beside_the_held_models(things: History) -> None:
    same_sums = "select k, v from public.things where v > 1 union all select 1, 0"
    assert said(things, same_sums) == SURVIVED
    assert said(things, same_sums, tests=(DataTest("positive", "select * from public.base where v < 1", frozenset({"base"})),)) == "data test"
    assert said(things, same_sums, tests=(DataTest("of others", "select * from public.base where v < 1", frozenset({"other"})),)) == SURVIVED


def test_unit_tests_judge_by_their_own_fixtures(things: History) -> None:
    """The fixtures hold a row at the very edge, which the history does not."""
    compiled = "with __dbt__cte__things as (select 1 as k, 1 as v union all select 2, 2) select k, v from __dbt__cte__things where v > 1"
    test = laid_out("unit_things", {"name": "edge", "expect": {"rows": [{"k": 2}]}}, compiled, MODELS[0], things.connection)
    assert test is not None
    unit_tests = {"base": [test]}
    for number, mutant in enumerate(mutants(MODELS[0])):
        expected = "unit test" if mutant.operator in ("comparison", "dropped predicate", "constant +1", "constant -1") else SURVIVED
        assert Judges(MODELS, [things], unit_tests, ()).verdict(mutant, number) == expected, mutant.sql


def test_a_column_that_a_unit_test_does_not_name_is_not_seen(things: History) -> None:
    compiled = "with __dbt__cte__base as (select 1 as k, 4 as v) select k, sum(v) as total from __dbt__cte__base group by k"
    test = laid_out("unit_sums", {"name": "keys", "expect": {"rows": [{"k": 1}]}}, compiled, MODELS[1], things.connection)
    assert test is not None
    assert test.expected == ("k",)
    assert test.content[1] == 1


def test_a_sample_of_the_shipped_models_is_caught(built: Built) -> None:
    """Every mutant of some small models, by the everyday history alone."""
    chosen = ("mart_leads", "dim_campaign", "fct_mention_topics")
    history = History("built", built.url, sql_held())
    kept = [model for model in built.models if model.name in chosen]
    assert learn(history, kept) == []
    trial = Judges(kept, [history], {}, ())
    found = [(mutant, trial.verdict(mutant, number)) for model in kept for number, mutant in enumerate(mutants(model))]
    history.connection.close()
    assert len(found) > 30
    assert sum(verdict != SURVIVED for _, verdict in found) >= 0.9 * len(found), [m.place for m, verdict in found if verdict == SURVIVED]


def sql_held() -> dict[str, str]:
    from tests.marts.sql_judges import held_of_random_histories

    return held_of_random_histories()


@pytest.mark.slow
@pytest.mark.timeout(3 * 3600)
def test_nine_mutants_of_ten_are_caught_and_every_survivor_has_its_reason(tmp_path: Path) -> None:
    """Every operator, at as many sites of all models as come in an hour and a half: one drawn order, so what was tried is a fair sample."""
    from tests.marts.sql_mutants import main, read_results
    from tests.marts.sql_survivors import unexplained

    main(["--results", str(tmp_path / "results.jsonl"), "--minutes", "90"])
    rows = list(read_results(tmp_path / "results.jsonl").values())
    survivors = [row for row in rows if row["verdict"] == SURVIVED]
    assert len(survivors) <= 0.1 * len(rows)
    assert unexplained(survivors) == []
