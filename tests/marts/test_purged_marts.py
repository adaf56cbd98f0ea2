"""A purge moves no number: the marts hide what was deleted, and a whole build behind it gives every row as it was."""

from __future__ import annotations

from datetime import timedelta

import psycopg

from tests.marts.conftest import Built
from tests.marts.test_incremental import build, content
from tests.warehouse.test_purge import traces
from warehouse.connection import connect
from warehouse.purge import purge

GRACE = 7
PLANT = """
update core.mentions as m set title = 'nightingale title', text = 'nightingale text', url = 'https://nightingale.test/' || m.native_id, hashtags = '{nightingale}',
    links = '{https://nightingale.test/}', page_name = 'nightingale page', place_name = 'nightingale', author_name = 'nightingale'
where m.mention_id in (select mention_id from chosen)"""
SPANS = """
update nlp.annotations set label = (select coalesce(jsonb_agg(e || '{"text": "nightingale"}' order by o), '[]') from jsonb_array_elements(label) with ordinality as u (e, o))
where task in ('banks', 'entities', 'places') and jsonb_typeof(label) = 'array' and mention_id in (select mention_id from chosen)"""
# A tenth of everything, for each of the reasons, and all negatives that could count as removed by their page.
CHOOSE = """
create temporary table chosen as
select mention_id, row_number() over (order by mention_id) as place from (
    select distinct m.mention_id from core.mentions as m
    where abs(hashtext(m.mention_id::text)) % 10 = 0 or exists (select from config.bank_accounts as a where a.account_kind = 'page' and a.account = lower(m.page_id))
) as picked"""
HIDE = """
insert into core.deletions (mention_id, observed_at, basis)
select mention_id, %s, (array['page', 'author', 'platform', 'compliance'])[1 + place %% 4] from chosen on conflict do nothing"""


def test_a_purge_moves_no_number_and_leads_to_no_build(breakable: Built) -> None:
    url, settings = breakable.url, breakable.settings
    with psycopg.connect(url) as connection:
        connection.execute("delete from core.deletions")
        connection.execute(CHOOSE)
        connection.execute(PLANT)
        connection.execute(SPANS)
        connection.execute(HIDE, (settings.now() - timedelta(days=GRACE),))
    assert build(settings, url)
    before = content(url)
    assert [table for table, rows in before.items() if "nightingale" in "".join(rows)] == [], "hidden everywhere at once"
    assert before["marts_intermediate.int_removed_negatives"], "and some are counted as removed by their page, by labels that stay"
    with connect(url) as connection:
        assert {"core.mentions.text", "nlp.annotations.label"} <= traces(connection, ("nightingale",))
        assert purge(connection, settings.now(), GRACE).items > 50
        assert traces(connection, ("nightingale",)) == set()
        assert connection.execute("select (select count(*) from ops.mart_changes) + (select count(*) from ops.mart_hours)").fetchone() == (0,)
    assert not build(settings, url, whole=True)
    whole = content(url)
    differing = {table for table, rows in before.items() if not table.startswith("marts_changes.") and whole[table] != rows}
    assert differing == set()
