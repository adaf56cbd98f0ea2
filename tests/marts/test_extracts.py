"""Shipped subscriptions and the digest over really built marts: each department's rights hold, numbers equal the marts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import psycopg
import pytest
from rich.console import Console

from cli.report import write
from cli.summary import _report
from delivery import deliver
from delivery.digest import gather
from delivery.window import Window
from settings.models import Subscription
from tests.marts.conftest import Built, copied
from tests.marts.test_access import opened  # noqa: F401

CHANNEL = {"kind": "folder", "path": "out"}


@pytest.fixture
def sending(opened: Built, tmp_path: Path) -> Iterator[Built]:  # noqa: F811
    """A copy whose ledger a test may write, with a home of its own."""
    with copied(opened.url) as url:
        yield Built(url, opened.settings.model_copy(update={"home": tmp_path}), opened.world)


def ask(url: str, statement: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(statement.encode()).fetchall()


def with_subscription(built: Built, **given: Any) -> Built:
    sub = Subscription(**{"id": "mine", "owner": "me", "schedule": "0 7 * * 1", "channel": CHANNEL, **given})
    listed = built.settings.subscriptions.model_copy(update={"subscriptions": [sub]})
    return Built(built.url, built.settings.model_copy(update={"subscriptions": listed}), built.world)


def newest_week(url: str) -> date:
    [(monday,)] = ask(url, "select max(period_start) from marts.mart_scorecard where period_type = 'week' and is_period_over and metric = 'net_sentiment'")
    assert isinstance(monday, date)
    return monday


def test_every_shipped_subscription_is_delivered_with_its_department_s_rights(sending: Built) -> None:
    for sub in sending.settings.subscriptions.subscriptions:
        assert deliver(sending.settings, sub.id, url=sending.url).status == "sent"
    told = ask(sending.url, "select department_id, read_as, status from ops.deliveries")
    assert len(told) == 8
    assert {(department, role, status) for department, role, status in told} == {
        (sub.department, f"department_{sub.department}", "sent") for sub in sending.settings.subscriptions.subscriptions}


def test_an_extract_of_single_items_holds_the_department_s_own_and_names_nobody(sending: Built) -> None:
    built = with_subscription(sending, department="cards", mart="fct_brand_mentions", columns=["brand_mention_id", "is_official", "author_id"])
    page = openpyxl.load_workbook(deliver(built.settings, "mine", url=built.url).file)["Data"]
    rows = list(page.iter_rows(min_row=2, values_only=True))
    mine = {str(row[0]) for row in ask(built.url, "select b.brand_mention_id from marts.fct_brand_mentions b join marts.fct_mention_topics t"
                                                  " using (mention_id) where t.department_id = 'cards'")}
    assert {row[0] for row in rows} == mine
    assert 0 < len(mine) < len(ask(built.url, "select from marts.fct_brand_mentions"))
    assert all(author is None for _, official, author in rows if not official)


def test_the_digest_says_what_the_marts_say(sending: Built) -> None:
    monday = newest_week(sending.url)
    window = Window(monday, monday + timedelta(days=7), sending.settings.zone())
    bank = sending.settings.banks.home
    with psycopg.connect(sending.url) as connection:
        facts = gather(connection, bank, window)
    where = f"bank_id = '{bank}' and platform = 'all' and period_type = 'week' and period_start = '{monday}'"
    [(value, n)] = ask(sending.url, f"select value, n from marts.mart_scorecard where {where} and metric = 'net_sentiment'")
    assert (facts.net.value, facts.net.n) == (value, n)
    [(voice,)] = ask(sending.url, f"select share_of_voice_numerator from marts.mart_share_of_voice where {where}")
    assert facts.mentions == voice, "days add up to the week"
    assert [(facts.care.cases, facts.care.median)] == ask(
        sending.url, f"select case_count, first_response_seconds_median from marts.mart_customer_care where {where}")
    assert any(post.url for post in facts.posts)
    [(topics, most)] = ask(sending.url, f"""
        select count(*), max(mention_count) from marts.mart_topics_daily where bank_id = '{bank}' and period_type = 'week' and period_start = '{monday}'
            and topic_id not in ('all', 'none') and mention_count > 0""")
    assert (len(facts.topics), facts.topics[0].mentions) == (min(topics, 8), most)


def test_a_department_s_digest_leads_to_nobody(sending: Built) -> None:
    monday = newest_week(sending.url)
    built = with_subscription(sending, department="cards", format="html", window={"unit": "week"}, language="ru")
    settings = built.settings.model_copy(update={"as_of": None})
    result = deliver(settings, "mine", url=built.url, window_end=datetime.combine(monday + timedelta(days=7), time(9), settings.zone()))
    page = result.file.read_text("utf-8")
    assert "неделя на одной странице" in page
    assert "href=" not in page
    assert ask(built.url, "select read_as from ops.deliveries") == [("department_cards",)]


def test_the_report_takes_the_newest_week_that_is_over_and_says_where_it_is(sending: Built, tmp_path: Path) -> None:
    out = tmp_path / "week.html"
    with psycopg.connect(sending.url) as connection:
        facts = write(connection, sending.settings, out)
        masked = write(connection, sending.settings, tmp_path / "masked.html", with_links=False)
        console = Console(record=True, width=200)
        _report(connection, tmp_path, console)
    assert facts.window.first_day == newest_week(sending.url)
    assert out.read_text("utf-8").count("href=") == sum(post.url is not None for post in facts.posts) > 0
    assert "href=" not in (tmp_path / "masked.html").read_text("utf-8")
    assert len(masked.posts) == len(facts.posts)
    assert str(tmp_path / "report.html") in console.export_text()
    assert (tmp_path / "report.html").is_file()
    assert not list(tmp_path.glob(".*.part"))


def test_a_report_that_cannot_be_made_does_not_undo_a_run(warehouse_url: str, tmp_path: Path) -> None:
    console = Console(record=True, width=200)
    with psycopg.connect(warehouse_url) as connection:
        _report(connection, tmp_path, console)
    assert "Report: none (there are no marts" in console.export_text()
