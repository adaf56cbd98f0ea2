"""Published numbers are kept, and what moves them is told: by how much, why, and by which items; nothing is published twice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from cli import through
from settings import RenownError
from tests.marts.conftest import Built, copied
from warehouse import publish as room
from warehouse.dbt import run_dbt
from warehouse.mart_changes import definition_version

TIME_SERIES = ("mart_customer_care", "mart_crisis_signals", "mart_handled_negative", "mart_backlog", "mart_leads", "mart_misdirected", "mart_official_posts",
               "mart_reputation_daily", "mart_reputation_periods", "mart_share_of_voice", "mart_switching", "mart_topics_daily", "mart_audience", "mart_page_health",
               "mart_care_benchmark", "mart_reply_effect", "mart_pii_exposures", "mart_impersonation", "mart_journey", "mart_journey_paths",
               "mart_campaigns", "mart_wishes", "mart_recovery", "mart_editorial", "mart_places", "mart_product_feedback", "mart_competitor_gap", "mart_scorecard")
QUIET = """  -- a day's item of a customer that names one bank, so that each cause can be told from the others: the one that most marts count
    select distinct on (b.event_day) b.mention_id, b.bank_id, b.event_day, b.platform, b.language, m.topics,
        3 * (m.intents && array['wish', 'request'] and not m.intents && array['news', 'promotion'])::int
        + 3 * exists (select from marts.fct_cases c where c.opening_mention_id = b.mention_id and c.is_negative)::int
        + exists (select from marts.explain_recovery r where r.mention_id = b.mention_id)::int
        + (select count(distinct task) from nlp.annotations a where a.mention_id = m.mention_id and task in ('journey', 'places', 'pii')) as worth
    from marts.fct_brand_mentions b join marts.fct_mentions m using (mention_id)
    where not b.is_official and m.bank_count = 1 and b.sentiment = 'negative' and not b.bot_likely and m.likes is not null
    order by b.event_day, worth desc, b.mention_id"""
# What tells where and of what an item is, beside its sentiment: of an item of its own.
RELABELLED = """insert into nlp.annotations (mention_id, mention_version, task, model_version, label, revision)
    select mention_id, mention_version, task, model_version, case task
        when 'journey' then '{"stage": "leaving", "channel": "branch"}'::jsonb
        when 'places' then '[{"kind": "atm", "text": "atm"}, {"kind": "city", "text": "Berlin", "place_id": "geonames:2950159"}]'
        when 'campaigns' then '[{"campaign_id": "spring"}, {"campaign_id": "app_3"}]'
        else '[{"kind": "iban"}]' end, 2
    from nlp.annotations where mention_id = %(id)s and task in ('journey', 'places', 'campaigns', 'pii')"""
LABELLED = """  -- one that has all four, within a campaign's phases, of another bank than the campaign's
    select b.mention_id, b.event_day from marts.fct_brand_mentions b join marts.fct_mentions m using (mention_id)
    where not b.is_official and not b.is_press and m.bank_count = 1 and b.bank_id = 'calderis' and b.event_day >= '2026-03-28'
      and not m.intents && array['news', 'promotion']
      and 4 = (select count(distinct task) from nlp.annotations a where a.mention_id = m.mention_id and task in ('journey', 'places', 'campaigns', 'pii'))
    order by b.mention_id limit 1"""
OF_LABELS = ("mart_journey", "mart_places", "mart_campaigns", "mart_pii_exposures")
UNMOVED = {"mart_impersonation", "mart_leads", "mart_official_posts", "mart_page_health", "mart_switching"}  # by the changes below
NAMED = {"late_data", "edit", "deletion", "relabel"}
NOT_NAMED = {"mart_wishes": {"late_data", "deletion", "relabel"}}  # no wish of theirs
CHANGES = {
    "edit": """insert into core.mentions select (jsonb_populate_record(m, jsonb_build_object('version', 2, 'content_sha256', '\\x01'))).*
               from core.mentions m where mention_id = %(id)s;
               insert into nlp.annotations (mention_id, mention_version, task, model_version, label)
               select mention_id, 2, task, model_version, case when task = 'sentiment' then label else
                 case when task = 'banks' then jsonb_set(label, '{0,sentiment,label}', '"positive"') else label end end
               from nlp.annotations where mention_id = %(id)s and mention_version = 1""",
    "deletion": "insert into core.deletions (mention_id, observed_at, basis) values (%(id)s, clock_timestamp(), 'platform')",
    "quarantine": "insert into quality.quarantine (mention_id, mention_version, layer, rule) values (%(id)s, 1, 'core', 'late')",
    "relabel": """insert into nlp.annotations (mention_id, mention_version, task, model_version, label, revision)
               select mention_id, mention_version, task, model_version, jsonb_set(label, '{0,sentiment,label}', '"positive"'), 2
               from nlp.annotations where mention_id = %(id)s and task = 'banks'""",
    "engagement": """insert into core.engagement (mention_id, observed_at, likes)
               select mention_id, least(max(observed_at) + interval '1 second', settings.as_of), 70000
               from core.engagement cross join marts_staging.stg_settings as settings
               where mention_id = %(id)s and observed_at <= settings.as_of group by 1, settings.as_of
               on conflict (mention_id, observed_at) do update set likes = 70000""",
    "late_data": """insert into core.mentions select (jsonb_populate_record(m, jsonb_build_object('mention_id', md5('late')::uuid, 'native_id', 'late'))).*
               from core.mentions m where mention_id = %(id)s;
               insert into nlp.annotations (mention_id, mention_version, task, model_version, label)
               select md5('late')::uuid, mention_version, task, model_version, label from nlp.annotations where mention_id = %(id)s""",
}


@dataclass(frozen=True)
class Republished:
    """A warehouse published twice with one change of each kind in between; what the marts said before; cause → the item it befell."""

    url: str
    before: dict[str, list[dict[str, Any]]]
    between: Any
    items: dict[str, dict[str, Any]]


def publish(url: str) -> int | None:
    return room.publish(url, room.standing_build(url))


def rows(url: str, statement: str, **values: Any) -> list[dict[str, Any]]:
    with psycopg.connect(url, row_factory=dict_row) as connection:
        return connection.execute(statement.encode(), values or None).fetchall()


def say(url: str, *statements: str, **values: Any) -> None:
    with psycopg.connect(url) as connection:
        for statement in statements:
            for part in statement.split(";"):
                connection.execute(part.encode(), values or None)


def marts_of(url: str) -> dict[str, list[dict[str, Any]]]:
    return {mart: rows(url, f"select * from marts.{mart} order by 1") for mart in TIME_SERIES}


@pytest.fixture(scope="module")
def published(built: Built) -> Iterator[Built]:
    """A copy of the built warehouse, published once."""
    with copied(built.url) as url:
        assert publish(url) == 1
        yield Built(url, built.settings, built.world)


@pytest.fixture(scope="module")
def republished(published: Built) -> Iterator[Republished]:
    with copied(published.url) as url:
        before = marts_of(url)
        spread = sorted(rows(url, QUIET), key=lambda item: -item["worth"])  # no two causes on one day: rival banks and all their shares would have both
        items = dict(zip(sorted(CHANGES, key=lambda cause: cause not in NAMED), spread, strict=False))
        assert len(items) == len(CHANGES)
        for cause, item in items.items():
            say(url, CHANGES[cause], id=item["mention_id"])
        items["labels"] = rows(url, LABELLED)[0]
        say(url, RELABELLED, id=items["labels"]["mention_id"])
        between = rows(url, "select clock_timestamp() as at")[0]["at"]
        run_dbt(published.settings, ["run"], url=url, as_of=published.settings.as_of)
        assert publish(url) == 2
        yield Republished(url, before, between, items)


def test_every_cell_of_every_series_is_kept_once(published: Built) -> None:
    for mart in TIME_SERIES:
        cells = rows(published.url, f"select count(*) as cells from marts.{mart}")[0]["cells"]
        kept = rows(published.url, f"select count(*) as cells, count(distinct cell_id) as ids from ops.published_cells where mart = '{mart}'")[0]
        assert kept == {"cells": cells, "ids": cells}, mart
        assert cells > 0, mart
    assert rows(published.url, "select distinct mart from ops.published_cells order by 1") == [{"mart": m} for m in sorted(TIME_SERIES)]
    assert rows(published.url, "select * from marts.mart_restatements") == [], "the first publication restates nothing"


def test_the_same_marts_are_published_once(published: Built) -> None:
    with copied(published.url) as url:
        assert publish(url) is None
        assert rows(url, "select count(*) as n from ops.publications") == [{"n": 1}]


def test_a_publication_that_dies_leaves_nothing_and_the_next_is_whole(built: Built) -> None:
    with copied(built.url) as url:
        with psycopg.connect(url) as connection:
            connection.execute("select ops.publish(now(), 'c', 'd', '{}')")
            connection.rollback()
        left = "select (select count(*) from ops.publications) + (select count(*) from ops.published_cells) + (select count(*) from ops.published_mentions) as n"
        assert rows(url, left) == [{"n": 0}]
        assert publish(url) is not None
        assert publish(url) is None


def test_no_words_and_no_names_are_kept(published: Built) -> None:
    kept = " ".join(json.dumps(row, default=str) for table in ("published_cells", "published_mentions", "publications")
                    for row in rows(published.url, f"select * from ops.{table} limit 5000"))
    hidden = {row["v"] for row in rows(published.url, """
        select distinct unnest(array[author_id, author_handle, url]) as v from marts.fct_mentions where not is_official
        except select author_handle from marts.fct_mentions where is_official except select author_id from marts.fct_mentions where is_official""")}
    assert len(hidden) > 100
    assert not [value for value in hidden if value and f'"{value}"' in kept and not value.startswith(("ve1mora", "VE1MORA", "velmora_"))]


def test_only_changed_cells_are_stored_again(republished: Republished) -> None:
    now = marts_of(republished.url)
    for mart in TIME_SERIES:
        key = next(iter(now[mart][0]))
        was, is_ = ({row[key]: row for row in side[mart]} for side in (republished.before, now))
        moved = {cell for cell in was.keys() | is_.keys() if was.get(cell) != is_.get(cell)}
        again = {row["cell_id"] for row in rows(republished.url, "select cell_id from ops.published_cells where mart = %(mart)s and publication_id = 2", mart=mart)}
        assert again == moved, mart
        assert len(moved) < len(is_), mart


def test_a_restatement_says_from_what_to_what(republished: Republished) -> None:
    now, told = marts_of(republished.url), rows(republished.url, "select * from marts.mart_restatements")
    assert {row["mart"] for row in told} >= {"mart_reputation_daily", "mart_share_of_voice", "mart_topics_daily"}
    sides: dict[str, Any] = {mart: [{row[next(iter(row))]: row for row in side[mart]} for side in (republished.before, now)] for mart in TIME_SERIES}
    for row in told:
        was, is_ = (side.get(row["cell_id"], {}).get(row["metric"]) for side in sides[row["mart"]])
        assert (row["from_value"], row["to_value"]) == (None if was is None else float(was), None if is_ is None else float(is_)), row
    expected = {(mart, cell, column) for mart, (was, is_) in sides.items() for cell in was.keys() | is_.keys()
                for column, value in (is_.get(cell) or was[cell]).items()
                if isinstance(value, int | float) and not isinstance(value, bool) and was.get(cell, {}).get(column) != is_.get(cell, {}).get(column)}
    assert expected <= {(row["mart"], row["cell_id"], row["metric"]) for row in told}


@pytest.mark.parametrize("cause", CHANGES)
def test_a_restated_cell_names_the_cause_and_the_item(cause: str, republished: Republished) -> None:
    item = republished.items[cause]
    found = rows(republished.url, """
        select r.cell_id, r.causes, count(*) as metrics from marts.mart_restatements r
        where mart = 'mart_reputation_daily' and bank_id = %(bank)s and period_start = %(day)s and platform = %(platform)s and cell ->> 'language' = 'all' and cell ->> 'country' = 'all'
        group by 1, 2""", bank=item["bank_id"], day=item["event_day"], platform=item["platform"])
    assert len(found) == 1, cause
    assert cause in found[0]["causes"]
    changed = rows(republished.url, "select mention_id, cause from marts.mart_restatement_items where mart = 'mart_reputation_daily' and cell_id = %(cell)s",
                   cell=found[0]["cell_id"])
    wanted = {"late_data": rows(republished.url, "select md5('late')::uuid as id")[0]["id"]}.get(cause, item["mention_id"])
    assert {"mention_id": wanted, "cause": cause} in changed
    assert {row["cause"] for row in changed} == set(found[0]["causes"])


@pytest.mark.parametrize("mart", sorted(set(TIME_SERIES) - UNMOVED))
def test_what_moved_a_mart_is_named_with_the_items(mart: str, republished: Republished) -> None:
    moved = rows(republished.url, """
        select cell_id, causes, array_agg(metric) as metrics from marts.mart_restatements where mart = %(mart)s group by 1, 2""", mart=mart)
    listed = rows(republished.url, """
        select cell_id, array_agg(distinct cause order by cause) as causes, array_agg(mention_id) as items from marts.mart_restatement_items
        where mart = %(mart)s group by 1""", mart=mart)
    items = {row["cell_id"]: row for row in listed}
    for row in moved:
        if row["metrics"] == ["vote_rank"]:  # its place among the others, since one of them moved
            assert row["causes"] == ["context"]
        else:
            assert set(row["causes"]) - {"context"}, row
            assert items[row["cell_id"]]["causes"] == row["causes"]
    named = {cause for row in listed for cause in row["causes"]}
    assert NAMED - NOT_NAMED.get(mart, set()) <= named
    changed = {item["mention_id"] for item in republished.items.values()}
    assert changed & {item for row in listed for item in row["items"]}


def test_a_countrys_cell_names_items_of_that_country(republished: Republished) -> None:
    found = rows(republished.url, """
        select i.mart, c.cell ->> 'country' as country, array_agg(distinct p.countries[1]) as of_items
        from marts.mart_restatement_items i
        join ops.published_cells c using (publication_id, mart, cell_id)
        join ops.published_mentions p using (publication_id, mention_id)
        where c.cell ? 'country' group by 1, 2""")
    told = {(row["mart"], row["country"]): row["of_items"] for row in found}
    for mart in ("mart_reputation_daily", "mart_reputation_periods"):
        assert len(told[mart, "all"]) > 1
        assert {country for at, country in told if at == mart} > {"all"}
        assert all(of_items == [country] for (at, country), of_items in told.items() if at == mart and country != "all")


@pytest.mark.parametrize("mart", OF_LABELS)
def test_a_place_a_campaign_or_a_journey_that_a_person_corrects_is_a_relabel(mart: str, republished: Republished) -> None:
    found = rows(republished.url, """
        select c.cell, i.cause from marts.mart_restatement_items i join ops.published_cells c using (publication_id, mart, cell_id)
        where i.mart = %(mart)s and i.mention_id = %(id)s""", mart=mart, id=republished.items["labels"]["mention_id"])
    assert {row["cause"] for row in found} == {"relabel"}
    if mart == "mart_campaigns":
        assert "app_3" in {row["cell"]["campaign_id"] for row in found}, "of another bank than the item names"


def test_a_restatement_names_no_cause_that_there_was_not(republished: Republished) -> None:
    causes = {cause for row in rows(republished.url, "select distinct causes from marts.mart_restatements") for cause in row["causes"]}
    assert set(CHANGES) <= causes <= {*CHANGES, "context"}, "one clock, one configuration, one definition"


def test_a_mart_as_of_a_past_publication_is_that_mart(republished: Republished) -> None:
    now = marts_of(republished.url)
    for mart in TIME_SERIES:
        asked = f"select * from marts.published(null::marts.{mart}, %(at)s) order by 1"
        assert rows(republished.url, asked, at=republished.between) == republished.before[mart], mart
        assert rows(republished.url, asked, at="infinity") == now[mart], mart
        with pytest.raises(psycopg.errors.InvalidParameterValue, match="the first publication is of 20"):
            rows(republished.url, asked, at="2000-01-01")


def test_readers_ask_the_past_of_open_marts_only(republished: Republished) -> None:
    with psycopg.connect(republished.url) as connection:
        connection.execute("create role asks_past")
        connection.execute("grant usage on schema marts to asks_past")
        connection.execute("grant select on marts.mart_reputation_daily to asks_past")
        connection.execute("set role asks_past")
        past = connection.execute("select count(*) from marts.published(null::marts.mart_reputation_daily, now())").fetchone()
        assert past is not None
        assert past[0] > 0
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("select * from ops.published_cells")
        connection.rollback()
        connection.execute("select ops.class_mart('mart_leads', 'closed')")
        with pytest.raises(psycopg.errors.InvalidParameterValue, match="mart_leads is not kept"):
            connection.execute("select count(*) from marts.published(null::marts.mart_leads, now())")
        connection.rollback()


def test_the_past_of_what_is_not_kept_is_no_empty_answer(republished: Republished) -> None:
    for mart in ("mart_incidents", "mart_coverage", "fct_mentions"):
        with pytest.raises(psycopg.errors.InvalidParameterValue, match=f"{mart} is not kept"):
            rows(republished.url, f"select * from marts.published(null::marts.{mart}, now())")


def test_a_mart_that_is_closed_tells_no_restatements(republished: Republished) -> None:
    told = "select count(*) > 0 as told from marts.mart_restatements where mart = 'mart_topics_daily'"
    with copied(republished.url) as url:
        assert rows(url, told) == [{"told": True}]
        with psycopg.connect(url) as connection:
            connection.execute("select ops.class_mart('mart_topics_daily', 'closed')")
        assert rows(url, told) == [{"told": False}]


BASE = {"was": "x", "counts_now": True, "version": 1, "labels": "a", "models": "a", "human": [], "numbers": "a", "config": "c"}


@pytest.mark.parametrize(("now", "cause"), [
    ({"version": 2, "labels": "b", "models": "b"}, "edit"),
    ({"labels": "b", "models": "b"}, "model"),
    ({"labels": "b"}, "snapshot"),
    ({"labels": "b", "models": "b", "human": ["sentiment human:eva"]}, "relabel"),
    ({"numbers": "b"}, "engagement"),
    ({"config": "d"}, "config"),
    ({}, "context"),
    ({"counts_now": False}, "deletion"),
    ({"was": None}, "late_data"),
])
def test_the_cause_of_a_change_is_the_first_that_holds(now: dict[str, Any], cause: str, warehouse_url: str) -> None:
    case = BASE | now
    was = ("null::ops.published_mentions" if case["was"] is None else
           "jsonb_populate_record(null::ops.published_mentions, jsonb_build_object('mention_id', md5('m')::uuid, 'is_counted', true, 'version', 1,"
           " 'labels', md5('a')::uuid, 'models', md5('a')::uuid, 'human_tasks', '[]'::jsonb, 'counts', md5('a')::uuid))")
    found = rows(warehouse_url, f"""
        select ops.change_cause(
            jsonb_populate_record(null::ops.publications, '{{"publication_id": 1, "config_version": "c", "as_of": "2026-03-01", "published_at": "2026-03-01"}}'),
            now(), %(config)s, {was}, %(counts_now)s, %(version)s, md5(%(labels)s)::uuid, md5(%(models)s)::uuid, %(human)s, md5(%(numbers)s)::uuid,
            md5('m')::uuid) as cause""", **{k: v for k, v in case.items() if k != "was"})
    assert found == [{"cause": cause}]


def test_another_configuration_clock_or_definition_is_told_where_no_item_changed(published: Built) -> None:
    with copied(published.url) as url:
        for mart in TIME_SERIES:
            counts = rows(url, """select column_name as name from information_schema.columns where table_schema = 'marts' and table_name = %(mart)s
                                  and data_type in ('bigint', 'double precision') order by ordinal_position limit 1""", mart=mart)[0]["name"]
            say(url, f"update marts.{mart} set {counts} = coalesce({counts}, 0) + 1 where ctid = (select min(ctid) from marts.{mart})")
        with psycopg.connect(url) as connection:
            connection.execute("select ops.publish((select as_of + interval '1 hour' from ops.publications), 'other', 'another', '{}')")
        assert rows(url, "select mart, causes, abs(difference) as difference from marts.mart_restatements order by 1") == [
            {"mart": mart, "causes": ["definition", "config", "clock"], "difference": 1.0} for mart in sorted(TIME_SERIES)]


GENERAL = [  # of items, general, the columns that moved → told
    ("mart_customer_care", None, ["disposition", "clock"], {"n": 2}, ["disposition", "clock"]),
    ("mart_reputation_daily", None, ["quality", "disposition"], {"n": 2}, ["context"]),
    ("mart_reputation_daily", None, ["quality", "clock"], {"negative_pct_corrected": 2}, ["quality", "clock"]),
    ("mart_reputation_daily", ["edit"], ["quality", "clock"], {"negative_sensitivity": 2}, ["edit", "quality"]),
    ("mart_reputation_daily", ["edit"], ["definition", "quality", "clock"], {"n": 2}, ["edit", "definition"]),
    ("mart_customer_care", ["edit"], ["disposition"], {"n": 2}, ["edit", "disposition"]),
    ("mart_backlog", None, ["disposition", "clock"], {"n": 2}, ["disposition", "clock"]),
    ("mart_leads", ["edit"], ["disposition", "register"], {"n": 2}, ["edit"]),
    ("mart_places", ["edit"], ["register", "clock"], {"n": 2}, ["edit", "register"]),
    ("mart_places", None, [], {"n": 2}, ["context"]),
]


@pytest.mark.parametrize(("mart", "of_items", "general", "moved", "told"), GENERAL)
def test_a_general_cause_stands_beside_the_items_where_it_can_do_something(
    mart: str, of_items: list[str] | None, general: list[str], moved: dict[str, int], told: list[str], warehouse_url: str
) -> None:
    was = {"n": 1, "negative_pct_corrected": 1, "negative_sensitivity": 1}
    assert rows(warehouse_url, "select ops.causes_of_cell(%(mart)s, %(was)s::jsonb, %(now)s::jsonb, %(of_items)s::text [], %(general)s::text []) as told",
                mart=mart, was=json.dumps(was), now=json.dumps(was | moved), of_items=of_items, general=general) == [{"told": told}]


@pytest.mark.parametrize(("other", "told"), [
    ({"register_version": "s"}, ["register"]),
    ({"config_version": "d"}, ["query"]),
    ({"config_version": "d", "without_queries": "x"}, ["config"]),
    ({"definition_version": "e"}, ["definition"]),
    ({"as_of": "2026-03-02"}, ["clock"]),
    ({}, []),
])
def test_another_register_or_query_is_told_as_such(other: dict[str, str], told: list[str], warehouse_url: str) -> None:
    before = {"publication_id": 1, "config_version": "c", "definition_version": "d", "without_queries": "w", "register_version": "r",
              "as_of": "2026-03-01", "published_at": "2026-03-01", "begun_at": "2026-03-01"}
    row = "jsonb_populate_record(null::ops.publications, %({})s::jsonb)"
    assert rows(warehouse_url, f"select ops.general_causes({row.format('before')}, {row.format('after')}) as told",
                before=json.dumps(before), after=json.dumps(before | other)) == [{"told": told}]


@pytest.mark.parametrize(("mart", "first", "last", "settles"), [
    ("mart_customer_care", "2026-02-07", "2026-03-15", "2026-03-22"),
    ("mart_care_benchmark", "2026-02-07", "2026-03-15", "2026-03-22"),
    ("mart_scorecard", "2026-01-31", "2026-03-15", "2026-03-22"),
    ("mart_handled_negative", "2026-03-09", "2026-03-15", "2026-03-22"),
    ("mart_leads", "2026-03-09", "2026-03-15", "2026-03-15"),
    ("mart_backlog", "0001-01-01", "2026-03-15", "2026-03-15"),
])
def test_the_days_on_which_a_cell_rests_and_settles(mart: str, first: str, last: str, settles: str, warehouse_url: str) -> None:
    found = rows(warehouse_url, """
        select d.first_day::text as first, d.last_day::text as last, ops.settles_on(%(mart)s, d.last_day)::text as settles
        from ops.cell_days(%(mart)s, '{"period_type": "week", "period_start": "2026-03-09"}') d""", mart=mart)
    assert found == [{"first": first, "last": last, "settles": settles}]


def test_marts_of_another_build_are_left_to_its_own_gate(published: Built) -> None:
    with copied(published.url) as url:
        say(url, "update marts.mart_leads set lead_count = lead_count + 1")
        looked_at = room.standing_build(url)
        assert looked_at
        say(url, "update ops.mart_builds set finished_at = finished_at + interval '1 second'")
        assert room.publish(url, looked_at) is None, "another build by now"
        say(url, "insert into ops.build_under_way values (default)")
        assert room.standing_build(url) is None, "one has begun"
        assert publish(url) is None
        say(url, "delete from ops.build_under_way")
        assert publish(url) == 2


def test_marts_of_code_before_keys_are_left_to_the_next_build(published: Built) -> None:
    with copied(published.url) as url:
        looked_at = room.standing_build(url)
        say(url, "update marts.mart_leads set lead_count = lead_count + 1")
        say(url, "update ops.mart_builds set definition_version = null")
        assert room.standing_build(url) is None
        assert room.publish(url, looked_at) is None


def test_an_erasure_meanwhile_only_makes_it_begin_again(published: Built, monkeypatch: pytest.MonkeyPatch) -> None:
    met: list[int] = []
    whole = room._one_transaction

    def erased_once(connection: psycopg.Connection[Any], build: datetime | None) -> int | None:
        met.append(1)
        if len(met) == 1:
            raise psycopg.errors.SerializationFailure("could not serialize access")
        return whole(connection, build)

    monkeypatch.setattr(room, "_one_transaction", erased_once)
    with copied(published.url) as url:
        say(url, "update marts.mart_leads set lead_count = lead_count + 1")
        assert publish(url) == 2
    assert len(met) == 2


def test_nothing_is_published_while_a_build_goes_on(published: Built, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "WAIT_FOR_OTHER_BUILD", "200ms")
    with copied(published.url) as url, psycopg.connect(url) as builder:
        say(url, "update marts.mart_leads set lead_count = lead_count + 1")
        builder.execute("select pg_advisory_lock(hashtext('renown.marts'))")
        with pytest.raises(RenownError, match="has been running for 200ms"):
            publish(url)
        builder.execute("select pg_advisory_unlock(hashtext('renown.marts'))")
        assert publish(url) == 2


def test_what_comes_between_build_and_publication_is_the_next_ones(built: Built) -> None:
    with copied(built.url) as url:
        say(url, "update ops.dispositions set loaded_at = clock_timestamp() where ctid = (select min(ctid) from ops.dispositions)")
        assert publish(url) == 1
        begun = rows(url, "select p.begun_at = b.begun_at and p.published_at > p.begun_at as told from ops.publications p cross join ops.mart_builds b")
        assert begun == [{"told": True}]
        say(url, "update marts.mart_customer_care set case_count = case_count + 1")
        assert publish(url) == 2
        assert rows(url, "select distinct causes from marts.mart_restatements") == [{"causes": ["disposition"]}]


def test_versions_told_are_those_of_the_build(built: Built) -> None:
    with copied(built.url) as url:
        assert publish(url) == 1
        told = rows(url, "select p.config_version = s.config_version and p.definition_version = b.definition_version and p.without_queries <> ''"
                         " and p.register_version = b.register_version as told"
                         " from ops.publications p cross join ops.mart_builds b cross join marts_staging.stg_settings s")
        assert told == [{"told": True}]


def test_what_was_published_before_more_was_kept_is_completed_and_not_restated(published: Built) -> None:
    with copied(published.url) as url:
        say(url, "update ops.published_mentions set more_labels = null, more_models = null, countries = null, campaigns = null, stories = null")
        assert publish(url) is None
        assert rows(url, "select count(*) as n from ops.published_mentions where more_labels is null or countries is null or stories is null") == [{"n": 0}]
        say(url, "delete from ops.published_cells where mart = 'mart_wishes'")
        assert publish(url) == 2
        assert rows(url, "select * from marts.mart_restatements") == [], "a mart that is published for the first time"


def test_the_definitions_version_follows_the_projects_sql_the_migrations_and_whose_reposts_are_bare(tmp_path: Any, warehouse_url: str) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "a.sql").write_text("select 1")
    with psycopg.connect(warehouse_url) as connection:
        one = definition_version(connection, tmp_path)
        (tmp_path / "models" / "a.sql").write_text("select 2")
        two = definition_version(connection, tmp_path)
        connection.execute("update ops.schema_migrations set name = name || '_' where name = (select max(name) from ops.schema_migrations)")
        three = definition_version(connection, tmp_path)
        connection.execute("insert into config.platforms values ('new', 'New', 'forum', 'own')")
        assert definition_version(connection, tmp_path) == three
        connection.execute("update config.platforms set reposts = 'whole' where platform = 'new'")
        four = definition_version(connection, tmp_path)
        connection.execute("update config.platforms set reposts = 'whole_counted' where platform = 'new'")
        assert len({one, two, three, four, definition_version(connection, tmp_path)}) == 5


def test_only_marts_that_passed_their_gate_are_published(published: Built, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []

    def gate(settings: Any, layer: str, **_: Any) -> Any:
        told.append(layer)
        if told == ["marts"]:
            raise RenownError("marts: too few")
        return type("Report", (), {"passed": 1, "outcomes": [1], "in_quarantine": 0, "build": None})

    monkeypatch.setattr("expectations.gate.run_gate", gate)
    monkeypatch.setattr("warehouse.publish.publish", lambda url, build: told.append("published"))
    with pytest.raises(RenownError, match="too few"):
        through.check(published.settings, "marts", published.url, "r")
    through.check(published.settings, "core", published.url, "r")
    through.check(published.settings, "marts", published.url, "r")
    assert told == ["marts", "core", "marts", "published"]
