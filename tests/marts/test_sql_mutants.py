"""The mutants of the metrics' SQL: every operator at every site, each a statement of its own."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import sqlglot

from tests.marts.sql_mutants import Model, Mutant, in_turn, key, mutants, read_results, sampled, table
from tests.marts.sql_survivors import report, unexplained

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


def test_a_run_that_is_cut_has_tried_some_of_every_model() -> None:
    many = [(number, Mutant(model, "o", "p", str(number))) for model in "ab" for number in range(100)]
    assert Counter(mutant.model for _, mutant in in_turn(many)[:80]) == {"a": 40, "b": 40}
    assert sorted(in_turn(many), key=str) == sorted(many, key=str)


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
    assert "Caught of those tried: 50.0 %; with each model weighted by its mutants: 40.0 %." in page
    assert "- dim_author · new operator · `a = b`" in page


def test_a_sample_is_the_same_each_time_and_about_as_large() -> None:
    many = [Mutant("m", "o", "p", str(number)) for number in range(4000)]
    assert sampled(many, 0.25) == sampled(many, 0.25)
    assert 900 < len(sampled(many, 0.25)) < 1100
    assert sampled(many, 1.0) == many
