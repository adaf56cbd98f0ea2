"""What BI tools are told of roll-ups (bi.contracts.Mart.whole) holds in the marts: the filters leave rows, and not all of them."""

from __future__ import annotations

import pytest
from psycopg import sql

from bi.contracts import Mart, marts
from tests.marts.conftest import Built
from warehouse.connection import connect

ROLLED = [mart for mart in marts() if mart.whole]


@pytest.mark.parametrize("mart", ROLLED, ids=lambda mart: mart.name)
def test_the_filters_leave_roll_ups_without_their_parts(built: Built, mart: Mart) -> None:
    chosen = sql.SQL(" and ").join(sql.SQL("{} = {}").format(sql.Identifier(name), value) for name, value in mart.whole.items())
    with connect(built.url) as connection:
        found = connection.execute(
            sql.SQL("select count(*), count(*) filter (where {}) from {}").format(chosen, sql.Identifier("marts", mart.name))
        ).fetchone()
    assert found is not None
    assert found == (0, 0) or 0 < found[1] < found[0]
