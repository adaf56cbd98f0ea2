"""The mutants of the metrics' SQL: every operator at every site, each a statement of its own."""

from __future__ import annotations

from collections import Counter

from tests.marts.sql_mutants import Model, Mutant, mutants, sampled

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


def test_a_sample_is_the_same_each_time_and_about_as_large() -> None:
    many = [Mutant("m", "o", "p", str(number)) for number in range(4000)]
    assert sampled(many, 0.25) == sampled(many, 0.25)
    assert 900 < len(sampled(many, 0.25)) < 1100
    assert sampled(many, 1.0) == many
