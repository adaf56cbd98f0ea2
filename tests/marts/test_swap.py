"""Tables are brought to their new content in place: what readers, views, grants and policies see of a rebuild."""

from __future__ import annotations

import json
from typing import Any

import psycopg
import pytest

from settings import RenownError
from tests.marts.conftest import Built
from warehouse.dbt import run_dbt

MART = "marts.mart_share_of_voice"
USERS = f"""
create schema bi; create view bi.voices as select bank_id, period_start, n from {MART};
create role swap_reader; grant usage on schema marts to swap_reader; grant select on {MART} to swap_reader;
alter table {MART} enable row level security; create policy seen on {MART} for select to swap_reader using (bank_id = 'velmora');
create index voices_bank on {MART} (bank_id)"""
COLUMNS = """
create schema bi; create view bi.banks as select bank_id, old_name from marts.dim_bank;
create view bi.departments as select department_id from marts.dim_department;
alter table marts.dim_platform add column old_name text;
alter table marts.dim_department drop column name"""


def _ask(url: str, statement: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(statement.encode()).fetchall()


def test_a_rebuild_breaks_no_open_reader_and_keeps_views_grants_policies_and_indexes(breakable: Built) -> None:
    url = breakable.url
    before = _ask(url, f"select to_jsonb(t) from {MART} as t")
    identity = f"select oid, obj_description(oid) is null from pg_class where oid = '{MART}'::regclass"
    table = _ask(url, identity)
    with psycopg.connect(url) as admin:
        admin.execute(USERS.encode())
        admin.execute("delete from marts_intermediate.int_voice_days where platform = 'vk'")
    with psycopg.connect(url) as reader, reader.cursor("half_way") as cursor:
        cursor.execute(f"select to_jsonb(t) from {MART} as t".encode())
        seen = cursor.fetchmany(10)
        run_dbt(breakable.settings, ["run", "--select", "mart_share_of_voice"], url=url, as_of=breakable.settings.as_of)
        seen += cursor.fetchall()
    assert sorted(map(str, seen)) == sorted(map(str, before))
    assert _ask(url, identity) == table
    assert _ask(url, f"select from {MART} where platform = 'vk'") == []
    assert _ask(url, "select count(*) from bi.voices") == _ask(url, f"select count(*) from {MART}") != [(len(before),)]
    assert _ask(url, f"select indexrelid::regclass::text from pg_index where indrelid = '{MART}'::regclass") == [("marts.voices_bank",)]
    with psycopg.connect(url) as admin:
        admin.execute("set role swap_reader")
        assert admin.execute(f"select distinct bank_id from {MART}".encode()).fetchall() == [("velmora",)]
        admin.execute("reset role; drop owned by swap_reader; drop role swap_reader")


def test_rows_that_stay_equal_are_not_written_again(breakable: Built) -> None:
    places = f"select share_of_voice_id, ctid::text, xmin::text from {MART} order by 1"
    before = _ask(breakable.url, places)
    with psycopg.connect(breakable.url) as connection:
        connection.execute(f"update {MART} set n = n + 1 where ctid = (select min(ctid) from {MART})".encode())
    run_dbt(breakable.settings, ["run", "--select", "mart_share_of_voice"], url=breakable.url, as_of=breakable.settings.as_of)
    assert len(set(_ask(breakable.url, places)) - set(before)) == 1


def test_a_column_that_goes_stops_at_the_view_that_reads_it_and_a_new_one_does_not(breakable: Built) -> None:
    with psycopg.connect(breakable.url) as connection:
        connection.execute("alter table marts.dim_bank add column old_name text")
        connection.execute(COLUMNS.encode())
    with pytest.raises(RenownError, match=r"1 of \d nodes failed: model dim_bank \(marts.dim_bank changes columns \(old_name\).* bi.banks\."):
        run_dbt(breakable.settings, ["run", "--select", "dim_bank", "dim_department", "dim_platform"], url=breakable.url, as_of=None)
    assert _ask(breakable.url, "select count(*) from bi.banks") == _ask(breakable.url, "select count(*) from config.banks")
    assert _ask(breakable.url, "select count(*) from bi.departments where department_id is not null") != [(0,)]
    columns = "select table_name, column_name from information_schema.columns where table_schema = 'marts' and table_name in " \
              "('dim_bank', 'dim_department', 'dim_platform') and column_name in ('old_name', 'name')"
    assert set(_ask(breakable.url, columns)) == {("dim_bank", "old_name"), ("dim_bank", "name"), ("dim_department", "name"), ("dim_platform", "name")}
    assert _ask(breakable.url, "select count(*) from marts.dim_department where name is null") == [(0,)]


def test_views_of_ours_do_not_hold_up_a_column_that_goes(breakable: Built) -> None:
    with psycopg.connect(breakable.url) as connection:
        connection.execute("alter table marts_rows.fct_official_posts add column old_name text")
    before = _ask(breakable.url, "select count(*) from marts.fct_official_posts")
    run_dbt(breakable.settings, ["run", "--select", "fct_official_posts"], url=breakable.url, as_of=breakable.settings.as_of)
    assert _ask(breakable.url, "select count(*) from marts.fct_official_posts") == before != [(0,)]
    assert _ask(breakable.url, "select from pg_attribute where attrelid = 'marts_rows.fct_official_posts'::regclass and attname = 'old_name'") == []


def test_views_of_ours_that_a_column_took_along_are_made_again_by_the_same_build(breakable: Built) -> None:
    with psycopg.connect(breakable.url) as connection:
        connection.execute("alter table marts_rows.fct_cases add column old_name text")
    before = _ask(breakable.url, "select count(*) from marts_rows.explain_handled_negative")
    run_dbt(breakable.settings, ["run", "--select", "fct_cases", "explain_handled_negative"], url=breakable.url, as_of=breakable.settings.as_of)
    assert _ask(breakable.url, "select count(*) from marts_rows.explain_handled_negative") == before != [(0,)]


QUEUE = "marts_rows.mart_open_cases"
IDENTITY = f"""
select r.ev_class, r.xmin::text, c.relkind from pg_class c join pg_rewrite r on r.ev_class = c.oid
where c.oid in ('{QUEUE}'::regclass, 'marts.mart_open_cases'::regclass) order by 1"""
AS_A_TABLE = f"""
create schema bi; create view bi.queue as select case_id, triage_rank from marts.mart_open_cases;
create table marts_rows.queue as select * from {QUEUE}; alter table marts_rows.queue alter age_seconds type numeric(20, 6);
create or replace view marts.mart_open_cases with (security_barrier = true) as select * from marts_rows.queue as base;
drop view {QUEUE}; alter table marts_rows.queue rename to mart_open_cases"""


USERS_OF_VIEWS = """
create schema bi; create view bi.restated as select mart from marts.mart_restatements; create view bi.scores as select metric from marts.explain_scorecard;
create view bi.queue as select case_id from marts.mart_open_cases; create role swap_reader; grant select on marts.mart_restatements to swap_reader"""


def _views(built: Built) -> None:
    models = ["mart_open_cases", "mart_restatements", "explain_customer_care", "explain_care_benchmark", "explain_scorecard"]
    run_dbt(built.settings, ["run", "--select", *models], url=built.url, as_of=built.settings.as_of)


def test_a_view_that_is_defined_as_before_is_left_in_place_with_its_readers(breakable: Built) -> None:
    _views(breakable)  # a copied database has another name, and the published views' stamps name it
    with psycopg.connect(breakable.url) as connection:
        connection.execute(USERS_OF_VIEWS.encode())
    before = _ask(breakable.url, IDENTITY)
    with psycopg.connect(breakable.url) as reader:
        reader.execute("select from bi.restated; select from bi.scores; select from bi.queue")  # who would be waited for, if one were made anew
        _views(breakable)
    assert _ask(breakable.url, IDENTITY) == before
    assert _ask(breakable.url, "select count(*) from information_schema.views where table_schema = 'bi'") == [(3,)]
    with psycopg.connect(breakable.url) as admin:
        assert admin.execute("select has_table_privilege('swap_reader', 'marts.mart_restatements', 'select')").fetchone() == (True,)
        admin.execute("drop owned by swap_reader; drop role swap_reader")


def test_a_view_that_is_defined_otherwise_is_replaced_under_its_readers(breakable: Built) -> None:
    [(definition,)] = _ask(breakable.url, f"select pg_get_viewdef('{QUEUE}'::regclass)")
    with psycopg.connect(breakable.url) as connection:
        connection.execute(f"create or replace view {QUEUE} as {definition.rstrip(';')} limit 0; create schema bi; create view bi.queue as select case_id from {QUEUE}".encode())
    assert _ask(breakable.url, "select count(*) from bi.queue") == [(0,)]
    _views(breakable)
    assert _ask(breakable.url, "select count(*) from bi.queue") == _ask(breakable.url, "select count(*) from marts_rows.fct_cases where is_open") != [(0,)]


def test_a_view_that_loses_a_column_stops_at_the_view_that_reads_it(breakable: Built) -> None:
    [(definition,)] = _ask(breakable.url, "select pg_get_viewdef('marts.mart_restatements'::regclass)")
    with psycopg.connect(breakable.url) as connection:
        connection.execute(f"create or replace view marts.mart_restatements as select *, 1 as old_name from ({definition.rstrip(';')}) as now".encode())
        connection.execute("create schema bi; create view bi.restated as select old_name from marts.mart_restatements")
    with pytest.raises(RenownError, match=r"mart_restatements \(marts.mart_restatements changes columns \(old_name\).* bi.restated\."):
        _views(breakable)
    with psycopg.connect(breakable.url) as connection:
        connection.execute("drop view bi.restated")
    _views(breakable)
    assert _ask(breakable.url, "select from pg_attribute where attrelid = 'marts.mart_restatements'::regclass and attname = 'old_name'") == []


def test_a_table_of_before_becomes_a_view_and_users_views_stay(breakable: Built) -> None:
    waiting = _ask(breakable.url, "select case_id, triage_rank from marts.mart_open_cases order by case_id")
    with psycopg.connect(breakable.url) as connection:
        connection.execute(AS_A_TABLE.encode())
    _views(breakable)
    assert [kind for _, _, kind in _ask(breakable.url, IDENTITY)] == ["v", "v"]
    assert _ask(breakable.url, "select case_id, triage_rank from bi.queue order by case_id") == waiting != []
    assert _ask(breakable.url, "select from pg_class where relname like 'mart_open_cases__dbt%'") == []


def test_tables_that_are_read_by_days_lie_in_their_order(built: Built) -> None:
    nodes = json.loads((built.settings.home / "dbt" / "target" / "manifest.json").read_text("utf-8"))["nodes"].values()
    kept = {f"{node['schema']}.{node['name']}": node["meta"]["stored_by"] for node in nodes if node.get("meta", {}).get("stored_by")}
    assert len(kept) > 3
    with psycopg.connect(built.url) as connection:
        for table, day in kept.items():
            back = f"select count(*) filter (where later < earlier), count(*) from (select {day} as later, lag({day}) over (order by ctid) as earlier from {table}) as pairs"
            row = connection.execute(back.encode()).fetchone()
            assert row
            assert row[1] > 100, table
            assert row[0] < row[1] / 50, table  # a short row may fill the page before


def test_a_column_that_may_be_null_by_now_may_be_so_in_the_table_that_stays(breakable: Built) -> None:
    """A warehouse whose mart was made under a stricter contract."""
    url = breakable.url
    with psycopg.connect(url) as admin:
        admin.execute("alter table marts.mart_wishes alter column vote_rank set not null")
    run_dbt(breakable.settings, ["run", "--select", "mart_wishes"], url=url, as_of=breakable.settings.now())
    strict = _ask(url, "select attname, attnotnull from pg_attribute where attrelid = 'marts.mart_wishes'::regclass and attname in ('vote_rank', 'bank_id') order by 1")
    assert strict == [("bank_id", True), ("vote_rank", False)]
