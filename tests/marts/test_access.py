"""Who reads what of the marts, proved by SET ROLE and by a login: each role × each relation, rows by department, people hidden."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml

from tests.marts.conftest import Built, copied
from tests.marts.loader import TEXT
from warehouse.connection import connect
from warehouse.dbt import PROJECT, run_dbt
from warehouse.roles import ensure_bi_reader, ensure_groups, group_names

CLASSES = {"open", "rows"}
DEPARTMENT = "department_cards"  # owns topic `cards` of the histories
KEY = {"fct_mentions": "mention_id", "fct_brand_mentions": "brand_mention_id", "fct_cases": "case_id", "fct_official_posts": "mention_id",
       "fct_mention_topics": "mention_topic_id", "mart_open_cases": "case_id", "dim_author": "author_key",
       **dict.fromkeys(("explain_campaigns", "explain_audience", "explain_scorecard"), "mention_id")}
AUTHOR_KEY = "md5(platform || chr(31) || site || chr(31) || author_id)"
MINE = {  # the bridge, said once more from its other end
    **{table: "mention_id in (select mention_id from marts.fct_mention_topics where department_id = 'cards')"
       for table in ("fct_mentions", "fct_brand_mentions", "fct_official_posts", "explain_campaigns", "explain_audience", "explain_scorecard")},
    "fct_cases": "exists (select from marts.dim_topic t where t.topic_id = any (topics) and t.department_id = 'cards')",
    "fct_mention_topics": "department_id = 'cards'",
    "mart_open_cases": "department_id = 'cards'",
    "dim_author": f"handle is not null or author_key in (select {AUTHOR_KEY} from marts.fct_mentions where mention_id in"
                  " (select mention_id from marts.fct_mention_topics where department_id = 'cards'))",
}


@cache
def models() -> dict[str, dict[str, Any]]:
    """Name → config of every model of the marts, as their .yml say it."""
    listed = [model for path in (PROJECT / "models" / "marts").rglob("*.yml")
              for model in yaml.load(path.read_text("utf-8"), yaml.CSafeLoader).get("models", [])]
    return {model["name"]: model["config"] for model in listed}


def classed(name: str) -> list[str]:
    return sorted(model for model, config in models().items() if config["meta"].get("access") == name)


@pytest.fixture(scope="module")
def opened(built: Built) -> Iterator[Built]:
    """A copy of the built warehouse into which the roles were let after the build."""
    with copied(built.url) as url:
        with connect(url) as connection:
            ensure_bi_reader(connection, built.settings.home)
            assert ensure_groups(connection, built.settings) == []
        yield Built(url, built.settings, built.world)


def ask(url: str, statement: str, *roles: str) -> list[tuple[Any, ...]]:
    """The statement's rows as the first of the roles, which is made a member of the others for that long."""
    with psycopg.connect(url) as connection:
        if roles:
            connection.execute("create role reads_now")
            for role in roles:
                connection.execute(f"grant {role} to reads_now".encode())
            connection.execute("set role reads_now")
        found = connection.execute(statement.encode()).fetchall()
        connection.rollback()
        return found


def may(url: str, role: str, relation: str) -> bool:
    return readable(url, role, [relation]) == {relation}


def readable(url: str, role: str, relations: Iterable[str]) -> set[str]:
    """Those of the relations that the role may select from, by trying."""
    found = set()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"set role {role}".encode())
        for relation in relations:
            with suppress(psycopg.errors.InsufficientPrivilege):
                connection.execute(f"select * from {relation} limit 0".encode())
                found.add(relation)
    return found


def test_every_model_says_its_class_and_stands_where_its_class_does() -> None:
    for name, config in models().items():
        assert config["meta"].get("access") in CLASSES, f"{name}: meta.access says who may read it (docs/access.md)"
        assert (config["meta"]["access"] == "rows") == (config.get("schema") == "marts_rows"), name
        assert (config["meta"]["access"] == "rows") == ("rows_by" in config["meta"]), name


def test_each_role_reads_its_classes_and_nothing_else(opened: Built) -> None:
    roles = ["bi_reader", *group_names(opened.settings)]
    assert len(roles) == 13
    for role in roles:
        reads = readable(opened.url, role, [f"marts.{name}" for name in models()])
        both = {f"marts.{name}" for name in classed("open") + (classed("rows") if role != "bi_reader" else [])}
        assert reads == (set() if role == "pii_reader" else both), role
        past = ask(opened.url, f"select has_schema_privilege('{role}', 'marts', 'usage')")
        assert past == [(role != "pii_reader",)], "the way to what was published of old"
        behind = [f"marts_rows.{name}" for name in classed("rows")] + [
            "core.mentions", "core.current_mentions", "raw.payloads", "nlp.annotations", "nlp.masked_texts", "ops.mart_access", "config.topics",
            "marts_staging.stg_mentions", "marts_intermediate.int_cases"]
        assert readable(opened.url, role, behind) == set(), role


def test_what_has_no_class_is_closed(opened: Built) -> None:
    with copied(opened.url) as url:
        with psycopg.connect(url) as connection:
            connection.execute("create table marts.mart_added as select 1 as n")
        assert not any(may(url, role, "marts.mart_added") for role in ("bi_reader", "engineer", DEPARTMENT)), "no default right"
        with psycopg.connect(url) as connection:
            connection.execute("grant select on marts.mart_added to bi_reader, engineer")
            connection.execute("select ops.class_mart('mart_added', 'closed')")
        assert not any(may(url, role, "marts.mart_added") for role in ("bi_reader", "engineer", DEPARTMENT))
        with psycopg.connect(url) as connection:
            connection.execute("select ops.class_mart('mart_added', 'open')")
        assert all(may(url, role, "marts.mart_added") for role in ("bi_reader", "engineer", DEPARTMENT))


@pytest.mark.parametrize("table", KEY)
def test_a_department_sees_the_rows_of_its_topics_only(table: str, opened: Built) -> None:
    assert set(KEY) <= set(classed("rows"))
    mine = {row[0] for row in ask(opened.url, f"select {KEY[table]} from marts.{table} where {MINE[table]}")}
    whole = {row[0] for row in ask(opened.url, f"select {KEY[table]} from marts.{table}")}
    seen = f"select {KEY[table]} from marts.{table}"
    assert mine
    assert mine < whole
    assert {row[0] for row in ask(opened.url, seen, DEPARTMENT)} == mine
    assert {row[0] for row in ask(opened.url, seen, "engineer")} == whole
    nobody = {row[0] for row in ask(opened.url, seen, "department_hr")}
    named = {row[0] for row in ask(opened.url, f"{seen} where handle is not null")} if table == "dim_author" else set()
    assert nobody == named, "a department none of whose topics was spoken of"


def test_a_department_does_not_see_anothers_case(opened: Built) -> None:
    both = ask(opened.url, "select count(*) from marts.fct_cases", DEPARTMENT, "department_security")[0][0]
    one = {row[0] for row in ask(opened.url, "select case_id from marts.fct_cases", DEPARTMENT)}
    other = {row[0] for row in ask(opened.url, "select case_id from marts.fct_cases", "department_security")}
    assert one - other
    assert other - one
    assert both == len(one | other)


def personal_values(url: str) -> set[str]:
    """What points at an ordinary author: ids, handles, addresses, threads, and everybody's words. An impostor's name is told on purpose."""
    found = ask(url, """
        select unnest(array[m.author_id, m.author_handle, m.native_id, m.url, m.conversation_id, m.in_reply_to_author_id])
        from marts.fct_mentions m where not m.is_official
        except select unnest(array[m.author_id, m.author_handle, m.native_id, m.url]) from marts.fct_mentions m where m.is_official
        except select handle from marts.dim_author where handle is not null
        except select account from marts.mart_misdirected where account_kind = 'look_alike'""")
    return {row[0] for row in found if row[0]} | {TEXT}


def columns_of(url: str, name: str) -> dict[str, str]:
    """Column → type of a relation of the marts."""
    return dict(ask(url, f"select column_name, udt_name from information_schema.columns where table_schema = 'marts' and table_name = '{name}'"))


def texts_of(url: str, name: str) -> str:
    """The statement that gives each text of a relation once, those in lists too; in one pass, since a bridge is worked out when it is read."""
    columns = columns_of(url, name)
    single = ", ".join(column for column, kind in columns.items() if kind in ("text", "varchar"))
    listed = "".join(f" || {column}" for column, kind in columns.items() if kind == "_text")
    told = "".join(f" || array(select e.value from jsonb_each_text({column}) as e)" for column, kind in columns.items() if kind == "jsonb")
    return f"select distinct v.value from marts.{name} cross join unnest(array[{single}]::text[]{listed}{told}) as v (value)"


@pytest.mark.parametrize("roles", [("bi_reader",), (DEPARTMENT,), ("engineer",), ("engineer", DEPARTMENT)])
def test_nobody_is_pointed_at_without_pii_reader(roles: tuple[str, ...], opened: Built) -> None:
    hidden = personal_values(opened.url)
    assert len(hidden) > 100
    names = classed("open") + ([] if roles == ("bi_reader",) else classed("rows"))
    for name in names:
        texts = {row[0] for row in ask(opened.url, texts_of(opened.url, name), *roles)}
        assert texts & hidden == set(), name
        if name not in ("dim_author", "mart_open_cases", "fct_brand_mentions", "fct_mentions"):
            continue
        followers = "followers" if name == "dim_author" else "author_followers"
        ordinary = {"dim_author": "handle is null", "mart_open_cases": "true"}.get(name, "not is_official")
        assert ask(opened.url, f"select count({followers}) from marts.{name} where {ordinary}", *roles) == [(0,)], name


WIDEST = 20_000  # followers that many authors of the histories have, and no two together: the next more is 20 010


def numbers_of(url: str, name: str) -> str:
    """The statement that counts the rows of a relation in which a number is WIDEST."""
    numbers = [column for column, kind in columns_of(url, name).items() if kind in ("int4", "int8", "float8", "numeric")]
    return f"select count(*) from marts.{name} where {WIDEST} in ({', '.join(numbers)})" if numbers else "select 0::bigint"


@pytest.mark.parametrize("roles", [("bi_reader",), (DEPARTMENT,), ("engineer",), ("engineer", DEPARTMENT)])
def test_no_number_is_one_authors_without_pii_reader(roles: tuple[str, ...], opened: Built) -> None:
    """Followers are looked up on a platform in no time: whoever has exactly so many is found."""
    assert ask(opened.url, f"select count(*) > 10 from marts.fct_mentions where author_followers = {WIDEST} and not is_official") == [(True,)]
    names = classed("open") + ([] if roles == ("bi_reader",) else classed("rows"))
    official = {"fct_mentions", "fct_brand_mentions", "dim_author"}
    assert {name for name in names if name not in official and ask(opened.url, numbers_of(opened.url, name), *roles) != [(0,)]} == set()
    assert ask(opened.url, "select count(*) > 0 from marts.mart_reputation_daily where reach_upper is not null", "bi_reader") == [(True,)]


@pytest.mark.parametrize("name", ["explain_reputation_daily", "explain_reputation_periods", "explain_crisis_signals"])
def test_followers_do_not_come_out_of_a_bridge(name: str, opened: Built) -> None:
    of_reach = f"select count(*) > 0, count(value) > 0 from marts.{name} where metric = 'reach_upper'"
    others = f"select count(*) - count(value) from marts.{name} where metric <> 'reach_upper'"
    for roles in ((DEPARTMENT,), ("engineer",)):
        assert ask(opened.url, of_reach, *roles) == [(True, False)]
        assert ask(opened.url, others, *roles) == [(0,)]
        assert ask(opened.url, of_reach, *roles, "pii_reader") == [(True, True)]


def test_an_open_mart_names_no_single_item(opened: Built) -> None:
    """Ids are hashes of what anybody reads on the platform, so whoever knows it can compute them: also where they went into a key."""
    hidden = {row[0] for row in ask(opened.url, """
        select unnest(array[mention_id::text, story_id, md5(concat_ws('|', bank_id, story_id))::uuid::text]) from marts.fct_brand_mentions
        union select case_id::text from marts.fct_cases""")}
    assert len(hidden) > 100
    for name in classed("open"):
        texts = {row[0] for row in ask(
            opened.url, f"select distinct v.value #>> '{{}}' from marts.{name} t cross join jsonb_each(to_jsonb(t)) v"
                        " where jsonb_typeof(v.value) = 'string'", "bi_reader")}
        assert texts & hidden == set(), name
    instants = ask(opened.url, "select column_name from information_schema.columns where table_schema = 'marts' and table_name = 'mart_wishes'"
                               " and data_type like 'timestamp%'")
    assert instants == []


def test_whose_an_employees_post_is_only_pii_reader_sees(opened: Built) -> None:
    told = "select count(*) > 0, count(employee_account_key) > 0 from marts.mart_employee_posts"
    assert ask(opened.url, told, "engineer") == [(True, False)]
    assert ask(opened.url, told, "engineer", "pii_reader") == [(True, True)]


def test_pii_reader_in_a_department_sees_who_wrote_what_there_and_no_more(opened: Built) -> None:
    cells = "select mention_id, author_handle, url, conversation_id, native_id, author_followers from marts.fct_mentions"
    assert set(ask(opened.url, cells, DEPARTMENT, "pii_reader")) == set(ask(opened.url, f"{cells} where {MINE['fct_mentions']}"))
    assert set(ask(opened.url, cells, "engineer", "pii_reader")) == set(ask(opened.url, cells))


def test_official_accounts_keep_their_names(opened: Built) -> None:
    found = ask(opened.url, "select count(*), count(author_handle), count(url), count(conversation_id) from marts.fct_mentions where is_official", "engineer")
    assert found[0][0] == found[0][1] == found[0][2] > 0
    assert found[0][3] == 0, "the thread of an answer is the customer's"


def test_a_persons_login_reads_as_its_department(opened: Built) -> None:
    with psycopg.connect(opened.url, autocommit=True) as connection:
        connection.execute(f"create role bi_cards login password 'p' in role {DEPARTMENT}".encode())
        try:
            login = opened.url.replace(opened.url.split("//")[1].split("@")[0], "bi_cards:p")
            seen = "select count(*) from marts.fct_mentions"
            assert ask(login, seen) == ask(opened.url, seen, DEPARTMENT)
            shadowed = ("create temporary table pg_roles (rolname text, oid oid)",
                        "insert into pg_roles values ('department_security', 'bi_cards'::regrole::oid), ('engineer', 'bi_cards'::regrole::oid)",
                        "create function pg_temp.pg_has_role(name, oid, text) returns boolean language sql as 'select true'",
                        "set search_path = pg_temp, pg_catalog, marts")
            with psycopg.connect(login) as reader:
                for trick in shadowed:
                    reader.execute(trick.encode())
                assert reader.execute(seen.encode()).fetchall() == ask(opened.url, seen, DEPARTMENT), "the reader's own catalogue counts for nothing"
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    reader.execute("select ops.topics_of('{security}')")
        finally:
            connection.execute("drop role bi_cards")


def test_a_leaky_function_sees_no_hidden_row(opened: Built) -> None:
    with psycopg.connect(opened.url) as connection:
        connection.execute("create schema own")
        connection.execute("create function own.tell(uuid) returns boolean language plpgsql cost 0.0000001"
                           " as $$ begin raise notice '%', $1; return true; end $$")
        heard: list[str] = []
        connection.add_notice_handler(lambda notice: heard.append(str(notice.message_primary)))
        connection.execute("grant usage on schema own to public")
        connection.execute(f"set role {DEPARTMENT}".encode())
        seen = connection.execute("select mention_id::text from marts.fct_mentions where own.tell(mention_id)").fetchall()
        connection.rollback()
        assert sorted(heard) == sorted(row[0] for row in seen)


def test_what_users_built_on_the_rows_survives_a_rebuild(opened: Built) -> None:
    with copied(opened.url) as url:
        with psycopg.connect(url) as connection:
            connection.execute("create schema own")
            connection.execute("create view own.seen as select mention_id, author_handle from marts.fct_mentions")
            before = connection.execute("select 'marts.fct_mentions'::regclass::oid, count(*) from own.seen").fetchone()
        run_dbt(opened.settings, ["run", "--select", "fct_mentions", "dim_bank"], url=url, as_of=opened.settings.as_of)
        with psycopg.connect(url) as connection:
            assert connection.execute("select 'marts.fct_mentions'::regclass::oid, count(*) from own.seen").fetchone() == before
        assert [may(url, role, f"marts.{name}") for name in ("fct_mentions", "dim_bank") for role in ("bi_reader", DEPARTMENT)] == [
            False, True, True, True]


def test_an_equal_view_waits_for_no_reader(opened: Built) -> None:
    with copied(opened.url) as url, psycopg.connect(url) as reader, psycopg.connect(url, autocommit=True) as builder:
        reader.execute("select count(*) from marts.fct_cases")  # holds its lock until the transaction ends
        body = builder.execute("select 'select ' || string_agg('base.' || a.attname, ', ' order by a.attnum) || ' from marts_rows.fct_cases as base'"
                               " from pg_attribute a where a.attrelid = 'marts_rows.fct_cases'::regclass and a.attnum > 0").fetchone()
        assert body is not None
        builder.execute("set lock_timeout = '300ms'")
        publish = "select ops.publish_rows('fct_cases', %s, '{}')"
        with pytest.raises(psycopg.errors.LockNotAvailable):
            builder.execute(publish, body)
        reader.rollback()
        builder.execute(publish, body)
        reader.execute("select count(*) from marts.fct_cases")
        builder.execute(publish, body)


def test_a_table_of_before_makes_room_for_its_view(opened: Built) -> None:
    with copied(opened.url) as url:
        with psycopg.connect(url) as connection:
            connection.execute("drop view marts.fct_official_posts")
            connection.execute("create table marts.fct_official_posts as select 1 as n")
            connection.execute("grant select on marts.fct_official_posts to bi_reader")
            connection.execute("select ops.publish_rows('fct_official_posts', 'select 2 as n', '{}')")
        assert ask(url, "select n from marts.fct_official_posts", DEPARTMENT) == [(2,)]
        assert not may(url, "bi_reader", "marts.fct_official_posts")
        with psycopg.connect(url) as connection:
            connection.execute("select ops.publish_rows('fct_official_posts', 'select 3.5 as other', '{}')")
        assert [float(row[0]) for row in ask(url, "select other from marts.fct_official_posts", DEPARTMENT)] == [3.5], "other columns"


OWN_VIEW = """
    create schema own;
    create view own.seen as select mention_id, author_handle from marts.fct_official_posts"""
BODY = "select base.{} from marts_rows.fct_official_posts as base"


def columns(connection: psycopg.Connection[Any], name: str = "fct_official_posts") -> list[str]:
    return [row[0] for row in connection.execute(
        "select attname from pg_attribute where attrelid = to_regclass(%s) and attnum > 0 order by attnum", (f"marts.{name}",)).fetchall()]


def test_users_views_stay_where_a_column_in_between_is_new(opened: Built) -> None:
    with copied(opened.url) as url, psycopg.connect(url, autocommit=True) as connection:
        connection.execute(OWN_VIEW.encode())
        told = columns(connection)
        listed = f"{told[0]}, 1 as added, base." + ", base.".join(told[1:])
        connection.execute("select ops.publish_rows('fct_official_posts', %s, '{}')", (BODY.format(listed),))
        assert columns(connection) == [*told, "added"]
        assert connection.execute("select count(*) > 0 from own.seen").fetchone() == (True,)
        assert connection.execute("select reloptions from pg_class where oid = 'marts.fct_official_posts'::regclass").fetchone() == (["security_barrier=true"],)


def test_a_column_that_goes_stops_where_users_read_the_view(opened: Built) -> None:
    with copied(opened.url) as url, psycopg.connect(url, autocommit=True) as connection:
        connection.execute(OWN_VIEW.encode())
        told = columns(connection)
        fewer = BODY.format(", base.".join(name for name in told if name != "event_day"))
        with pytest.raises(psycopg.errors.DependentObjectsStillExist, match=r"marts.fct_official_posts changes columns \(event_day\).* own.seen"):
            connection.execute("select ops.publish_rows('fct_official_posts', %s, '{}')", (fewer,))
        assert columns(connection) == told
        connection.execute("drop view own.seen")
        connection.execute("select ops.publish_rows('fct_official_posts', %s, '{}')", (fewer,))
        assert columns(connection) == [name for name in told if name != "event_day"]


def test_comments_reach_the_views_too(opened: Built) -> None:
    assert ask(opened.url, """
        select c.relname, a.attname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
        where c.relnamespace = 'marts'::regnamespace and c.relkind = 'v' and (col_description(c.oid, a.attnum) is null or obj_description(c.oid) is null)""") == []


def test_the_page_of_access_names_every_relation_of_single_items() -> None:
    page = (Path(PROJECT).parent / "docs" / "access.md").read_text("utf-8")
    assert [name for name in classed("rows") if f"`{name}`" not in page] == []


def test_the_manifest_publishes_no_model_twice(built: Built) -> None:
    manifest = json.loads((built.settings.home / "dbt" / "target" / "manifest.json").read_text("utf-8"))
    found = {node["name"]: node["schema"] for node in manifest["nodes"].values() if node["resource_type"] == "model"}
    assert {name for name, schema in found.items() if schema == "marts_rows"} == set(classed("rows"))
