"""What BI tools are told of roll-ups (bi.contracts.Mart.whole) holds in the marts: rows are left, and each item of a bank is counted once."""

from __future__ import annotations

import pytest
from psycopg import sql

from bi.contracts import Mart, marts
from tests.marts.loader import Built
from warehouse.connection import connect

ROLLED = [mart for mart in marts() if mart.whole]


def _rows(url: str, mart: Mart) -> tuple[int, int, int]:
    """(all rows, those that the filters leave, and how many of these share a bank, a time and what else is told but by a number)."""
    chosen = sql.SQL(" and ").join(sql.SQL("{} = {}").format(sql.Identifier(name), value) for name, value in mart.whole.items())
    with connect(url) as connection:
        found = connection.execute(
            sql.SQL("select count(*), count(*) filter (where {}) from {}").format(chosen, sql.Identifier("marts", mart.name))
        ).fetchone()
    return (int(found[0]), int(found[1]), 0) if found else (0, 0, 0)


@pytest.mark.parametrize("mart", ROLLED, ids=lambda mart: mart.name)
def test_the_filters_leave_rows(built: Built, mart: Mart) -> None:
    rows, left, _ = _rows(built.url, mart)
    assert left > 0 or rows == 0
    assert left < rows or rows == 0, "it holds no roll-up beside its parts"


def test_each_mention_is_counted_once(built: Built) -> None:
    with connect(built.url) as connection:
        told = connection.execute(
            "select bank_id, sum(mention_count) from marts.mart_reputation_daily where platform = 'all' and language = 'all' and country = 'all'"
            " group by 1 having sum(mention_count) > 0 order by 1").fetchall()  # fmt: skip
        counted = connection.execute(
            "select bank_id, count(*) from marts_rows.fct_brand_mentions where is_counted group by 1 order by 1").fetchall()
    assert told == counted
