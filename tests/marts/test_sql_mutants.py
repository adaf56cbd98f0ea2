"""The mutants of the metrics' SQL: every operator at every site, each a statement of its own."""

from __future__ import annotations

import json
import random
from collections import Counter
from pathlib import Path

import pytest
import sqlglot

from tests.marts.sql_mutants import Model, Mutant, as_drawn, key, mutants, read_results, sampled, table
from tests.marts.sql_survivors import report, stratified, unexplained

SQL = """
with one as (select distinct a, count(distinct b) as n from t left join u on t.k = u.k and u.x > 3 where a = 1 or b < 2 group by a having count(*) > 0)
select a + n * 2 as m, sum(n) filter (where n <> 5) as s from one inner join v using (a) where v.c::numeric(10, 2) >= 0.5
"""


def found() -> list[Mutant]:
    return list(mutants(Model("m", SQL, "marts.m", ())))


def test_every_operator_is_tried_at_every_site() -> None:
    tried = Counter(mutant.operator for mutant in found())
    assert tried == {
        "comparison": 7, "arithmetic": 2, "and/or": 2, "join kind": 2, "dropped distinct": 2, "dropped predicate": 6, "constant +1": 7, "constant -1": 7,
    }  # fmt: skip
    statements = [mutant.sql for mutant in found()]
    assert len(set(statements)) == len(statements)


def test_a_mutant_is_the_statement_with_one_change() -> None:
    statements = " | ".join(mutant.sql for mutant in found())
    for changed in ("t.k <> u.k", "u.x >= 3", "a = 1 AND b < 2", "a - n * 2", "a + n / 2", "INNER JOIN v USING (a) WHERE CAST(v.c AS DECIMAL(10, 2)) > 0.5",
                    "COUNT(b) AS n", "(5 + -1)", "HAVING TRUE", "LEFT JOIN v", "JOIN u ON t.k = u.k WHERE"):
        assert changed in statements, changed
    assert "DECIMAL((10" not in statements


def test_a_subscript_moves_by_one() -> None:
    statements = [mutant.sql for mutant in mutants(Model("m", "select (array_agg(a order by b))[2] from t", "", ()))]
    assert statements == ["SELECT (ARRAY_AGG(a ORDER BY b))[3] FROM t", "SELECT (ARRAY_AGG(a ORDER BY b))[1] FROM t"]


def test_what_is_not_changed_is_written_as_it_was() -> None:
    """In PostgreSQL's own words: as sqlglot writes the changed tree."""
    sql = "select concat_ws('|', a, b) as c, x ->> 'k' as d, row_number() over (order by a desc) as r from t where a > 1 and b = 2 and c < 3"
    changed = {"a > 1": "a >= 1", "b = 2": "b <> 2", "c < 3": "c <= 3"}
    found = [mutant.sql for mutant in mutants(Model("m", sql, "", ())) if mutant.operator == "comparison"]
    plain = sqlglot.parse_one(sql, read="postgres").sql("postgres")
    assert sorted(found) == sorted(plain.replace(old, new) for old, new in changed.items())


def test_a_run_that_is_cut_has_tried_of_every_model_by_its_size() -> None:
    many = [(number, Mutant(model, "o", "p", str(number))) for model, count in (("a", 1000), ("b", 3000)) for number in range(count)]
    tried = Counter(mutant.model for _, mutant in as_drawn(many)[:400])
    assert 70 < tried["a"] < 130
    assert max(number for number, _ in as_drawn(many)[:400]) > 2500, "from the whole of a model"
    assert sorted(as_drawn(many), key=str) == sorted(many, key=str)


def test_results_name_the_last_verdict_and_the_share(tmp_path: Path) -> None:
    model = Model("m", SQL, "marts.m", ())
    made = list(mutants(model))
    rows = [{"key": key(m), "model": "m", "operator": m.operator, "place": m.place, "verdict": "survived" if n < 2 else "unit test"} for n, m in enumerate(made)]
    path = tmp_path / "results.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in [*rows, rows[0] | {"verdict": "data test"}]), "utf-8")
    told = table([model], read_results(path))
    assert f"caught: {len(made) - 1} of {len(made)}" in told
    assert told.count("survived") == 1  # the column; one line names who did


def test_a_survivor_has_its_reason_or_is_named() -> None:
    row = {"model": "dim_author", "operator": "constant +1", "place": "CHR(31)", "verdict": "survived"}
    unknown = row | {"operator": "new operator", "place": "a = b"}
    assert unexplained([row, unknown]) == ["dim_author new operator a = b"]
    other = {**row, "model": "dim_place", "verdict": "unit test"}
    page = report([row, unknown, row | {"verdict": "unit test"}, other], {"dim_author": 9, "dim_place": 1, "dim_bank": 5})
    assert "| dim_author | 9 | 3 | 1 |" in page
    assert "Caught of those tried: 50.0 %; with each model weighted by its mutants: 40.0 % (0.0 to 80.3)." in page
    assert "- dim_author · new operator · `a = b`" in page


def test_a_sample_is_the_same_each_time_and_about_as_large() -> None:
    many = [Mutant("m", "o", "p", str(number)) for number in range(4000)]
    assert sampled(many, 0.25) == sampled(many, 0.25)
    assert 900 < len(sampled(many, 0.25)) < 1100
    assert sampled(many, 1.0) == many


def test_the_interval_of_a_sample_holds_the_share_of_all_nineteen_times_of_twenty() -> None:
    """Models of many sizes and shares, of each of which a tenth is drawn; of a model tried in whole nothing is uncertain."""
    assert stratified([(100, 100, 7)]) == (pytest.approx(0.93), 0.0)
    rng = random.Random(5)
    models = [[rng.random() < share for _ in range(size)] for size, share in ((900, 0.03), (200, 0.2), (60, 0.5), (30, 0.0), (400, 0.08), (120, 0.12))]
    truth = 1 - sum(map(sum, models)) / sum(map(len, models))
    held = 0
    for _ in range(400):
        tried = [rng.sample(model, max(2, len(model) // 10)) for model in models]
        caught, half = stratified((len(model), len(sample), sum(sample)) for model, sample in zip(models, tried, strict=True))
        held += abs(caught - truth) <= half
    assert 0.92 <= held / 400 <= 0.995
