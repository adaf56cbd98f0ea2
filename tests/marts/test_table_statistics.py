"""A build takes a table's statistics anew where a fiftieth of its rows changed: planners guess by old ones, and taking them costs what a long table costs."""

from __future__ import annotations

import psycopg

from tests.marts.conftest import Built
from tests.marts.test_incremental import build
from warehouse.connection import connect

FOLLOWED = """
update core.mentions set author_followers = coalesce(author_followers, 0) + 1
where mention_id in (select mention_id from marts_rows.fct_mentions order by mention_id limit %s)"""


def analyzed(url: str) -> bool:
    """Whether fct_mentions was analyzed in this database."""
    with psycopg.connect(url) as connection:
        row = connection.execute("select last_analyze is not null from pg_stat_user_tables where schemaname = 'marts_rows' and relname = 'fct_mentions'").fetchone()
    return bool(row and row[0])


def test_few_rows_leave_the_statistics_and_many_renew_them(breakable: Built) -> None:
    """A copied database knows of no analysis; one changed post in a hundred, then one in ten."""
    url = breakable.url
    with psycopg.connect(url) as connection:
        rows = (connection.execute("select count(*) from marts_rows.fct_mentions").fetchone() or (0,))[0]
    for share, expected in ((100, False), (10, True)):
        with connect(url) as connection:
            connection.execute(FOLLOWED, (max(1, rows // share),))
            connection.commit()
        assert build(breakable.settings, url, only="+fct_mentions")
        assert analyzed(url) is expected, f"one row in {share}"


def test_a_new_index_on_an_expression_gets_its_statistics(breakable: Built) -> None:
    """Without them the planner guesses how many rows a key has; of a table of which little changes they would be long in coming."""
    url = breakable.url
    with psycopg.connect(url) as connection:
        connection.execute("drop index marts_rows.fct_mentions_day_key")
        connection.execute("analyze marts_rows.fct_mentions")
    assert build(breakable.settings, url, only="+fct_mentions")
    with psycopg.connect(url) as connection:
        known = connection.execute("select count(*) from pg_statistic where starelid = 'marts_rows.fct_mentions_day_key'::regclass").fetchone()
    assert known == (1,)
