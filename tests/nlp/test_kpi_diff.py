"""`renown models diff`: equal versions change nothing, the active one's numbers are the marts', and a changed label shows where it must."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from nlp.kpi_diff import Kpi
from nlp.shadow import Diff, diff
from settings import Settings, load_settings
from settings.loader import REPOSITORY
from tests.marts.compare import fill
from tests.marts.conftest import copied, history
from warehouse.connection import connect
from warehouse.dbt import run_dbt

MARTS = ("mart_share_of_voice", "mart_reputation_daily", "mart_customer_care")
# The truth's human labels become the models' of version p1; p2 says the same under other names, p3 turns the bank on its head.
MODELS = """
update nlp.annotations set model_version = task || '-1';
insert into nlp.manifests (pipeline_version, models, is_active)
select 'p' || number, (select jsonb_object_agg(task, task || '-' || number) from (select distinct task from nlp.annotations) as t), number = 1
from generate_series(1, 3) as number;
insert into nlp.annotations (mention_id, mention_version, task, model_version, label)
select mention_id, mention_version, task, task || '-' || number, case
    when number = 3 and task = 'banks' then replace(label::text, '"positive"', '"negative"')::jsonb
    when number = 3 and task = 'intents' then '[{"intent": "complaint", "score": 1}]' else label end
from nlp.annotations, generate_series(2, 3) as number;
insert into nlp.done (mention_id, mention_version, pipeline_version, outcome)
select mention_id, version, 'p' || number, 'annotated' from core.mentions, generate_series(1, 3) as number;
analyze"""
WEEKS = 8


@pytest.fixture(scope="module")
def world(template_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Settings]]:
    """A random history with three model versions, and the marts of the active one."""
    settings, truth = history(1, load_settings(REPOSITORY / "config", home=tmp_path_factory.mktemp("models")))
    with copied(template_url) as url:
        fill(url, settings, truth)
        with psycopg.connect(url) as connection:
            connection.execute(MODELS)
        run_dbt(settings, ["run", "--select", *(f"+{mart}" for mart in MARTS)], url=url, as_of=settings.as_of)
        yield url, settings


def compared(world: tuple[str, Settings], one: str, other: str, weeks: int = WEEKS) -> Diff:
    url, settings = world
    with connect(url) as connection:
        return diff(connection, settings, one, other, weeks)


def ask(url: str, query: str, *given: Any) -> list[dict[str, Any]]:
    with psycopg.connect(url, row_factory=dict_row) as connection:
        return connection.execute(query.encode(), given).fetchall()


def one(found: Diff, bank: str, kpi: str, week: date | None = None) -> Kpi:
    return next(row for row in found.kpis if (row.bank_id, row.kpi, row.week) == (bank, kpi, week))


@pytest.mark.parametrize("other", ["p1", "p2"])
def test_equal_versions_change_nothing(world: tuple[str, Settings], other: str) -> None:
    found = compared(world, "p1", other)
    assert found.is_empty
    assert found.movers == []
    assert found.compared == found.mentions > 1000
    assert all(task.changed == 0 < task.compared for task in found.labels.values())
    assert len(found.labels) == (0 if other == "p1" else 15)
    assert {(kpi.difference, kpi.interval) for kpi in found.kpis if kpi.difference is not None} == {(0.0, (0.0, 0.0))}


def test_the_active_version_has_the_numbers_of_the_marts(world: tuple[str, Settings]) -> None:
    url, _ = world
    found = compared(world, "p1", "p3")
    voices = ask(url, "select * from marts.mart_share_of_voice where platform = 'all' and period_type = 'week'")
    care = ask(url, "select * from marts.mart_customer_care where platform = 'all' and period_type = 'week' and case_count > 0")
    nets = ask(
        url,
        "select bank_id, date_trunc('week', event_day)::date as week, sum(positive_count) as p, sum(negative_count) as n,"
        " sum(sentiment_count) as t from marts.mart_reputation_daily where platform = 'all' and language = 'all' and country = 'all' group by 1, 2",
    )
    assert len(voices) > 5
    assert len(care) > 5
    assert len(nets) > 5
    shown = {(k.bank_id, k.week, k.kpi): k for k in found.kpis}
    for row in voices:
        if row["share_of_voice_numerator"]:
            kpi = shown[row["bank_id"], row["period_start"], "share_of_voice"]
            assert (kpi.active is None) == (row["share_of_voice_pct"] is None)
            if kpi.active is not None:
                assert kpi.active == pytest.approx(row["share_of_voice_pct"], rel=1e-12)
                assert kpi.active_interval == pytest.approx((row["share_of_voice_pct_lower"], row["share_of_voice_pct_upper"]), rel=1e-9)
    for row in care:
        assert shown[row["bank_id"], row["period_start"], "cases_opened"].active == row["case_count"]
    for row in nets:
        kpi = shown[row["bank_id"], row["week"], "net_sentiment"]
        if row["t"] >= 4:  # min_n of this world
            assert kpi.active == pytest.approx(float(100 * (row["p"] - row["n"]) / row["t"]), abs=1e-9)
            share = shown[row["bank_id"], row["week"], "negative_share"]
            assert share.active == pytest.approx(float(100 * row["n"] / row["t"]), abs=1e-9)
    for bank in {row["bank_id"] for row in nets}:
        total = ask(
            url,
            "select count(*) as n from marts.fct_brand_mentions b join marts.fct_mentions m using (mention_id)"
            " where b.bank_id = %s and not b.is_official and 'complaint' = any(m.intents) and not m.is_bare_repost",
            bank,
        )
        assert one(found, bank, "complaints").active == total[0]["n"]


def test_the_interval_of_net_sentiment_is_the_marts(world: tuple[str, Settings]) -> None:
    """A window of one week whose mentions of a bank all lie on one day has that day's interval."""
    url, _ = world
    days = ask(
        url,
        "select bank_id, event_day, net_sentiment_lower as low, net_sentiment_upper as high,"
        " count(*) over (partition by bank_id, date_trunc('week', event_day)) as days from marts.mart_reputation_daily"
        " where platform = 'all' and language = 'all' and country = 'all'",
    )
    found = compared(world, "p1", "p2")
    alone = [row for row in days if row["days"] == 1 and row["low"] is not None]
    assert alone
    for row in alone:
        kpi = one(found, row["bank_id"], "net_sentiment", row["event_day"] - timedelta(days=row["event_day"].weekday()))
        assert kpi.active_interval == pytest.approx((row["low"], row["high"]), rel=1e-9)


def test_changed_labels_show_in_tables_numbers_and_movers(world: tuple[str, Settings]) -> None:
    found = compared(world, "p1", "p3")
    assert not found.is_empty
    banks = found.labels["banks"]
    assert banks.confusion["positive", "negative"] > 100
    assert banks.confusion["positive", "positive"] == 0
    assert banks.confusion["neutral", "neutral"] > 100
    assert 0 < banks.share < 1
    assert found.labels["topics"].changed == 0
    net = one(found, "velmora", "net_sentiment")
    assert net.difference is not None
    assert net.interval is not None
    assert net.difference < 0
    assert net.interval[0] < net.difference < net.interval[1] < 0
    assert one(found, "velmora", "share_of_voice").difference == 0
    complaints = one(found, "velmora", "complaints")
    assert complaints.shadow is not None
    assert complaints.active is not None
    assert complaints.shadow > complaints.active
    assert len(found.movers) == 20
    assert [m.distance for m in found.movers] == sorted((m.distance for m in found.movers), reverse=True)
    assert set(found.movers[0].tasks) <= {"banks", "intents"}


def test_the_window_is_whole_weeks_up_to_now(world: tuple[str, Settings]) -> None:
    found = compared(world, "p1", "p3", weeks=1)
    _, settings = world
    today = settings.now().astimezone(settings.zone()).date()
    assert {kpi.week for kpi in found.kpis} == {None, today - timedelta(days=today.weekday())}


def test_mentions_that_one_version_has_not_finished_are_left_out_of_both(world: tuple[str, Settings]) -> None:
    url, settings = world
    with copied(url) as own:
        with psycopg.connect(own) as connection:
            connection.execute("delete from nlp.done where pipeline_version = 'p2' and get_byte(uuid_send(mention_id), 0) < 128")
            connection.execute("delete from nlp.annotations where model_version like '%-2' and get_byte(uuid_send(mention_id), 0) < 128")
        with connect(own) as connection:
            found = diff(connection, settings, "p1", "p2", WEEKS)
        assert found.is_empty
        assert 0 < found.compared < found.mentions
        with psycopg.connect(own) as connection:
            left = connection.execute("select count(*) from pg_class where relname like 'fct_mentions_%' and relkind in ('r', 'v')").fetchone()
        assert left == (0,)
