"""From the platforms' APIs to the marts: complete, once each, equal to the truth, and stable when repeated."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest

from delivery.alerts import watch
from tests.delivery.alerts.conftest import hook, post  # noqa: F401
from tests.delivery.alerts.scenes import with_rules
from tests.delivery.postbox import Postbox, Webhook, text_of
from tests.whole.truth import truth_differences
from tests.whole.world import LEDGER, World, annotate_all, build_all, extract_all
from warehouse.connection import connect

pytestmark = pytest.mark.timeout(900)
KEY = ("platform", "site", "kind", "native_id")


def _rows(url: str, query: str) -> list[tuple[Any, ...]]:
    with connect(url) as connection:
        return connection.execute(query.encode()).fetchall()


def test_every_item_is_there_once_and_nothing_else(world: World, built_url: str) -> None:
    expected = {tuple(item[k] for k in KEY) for item in world.items if not item["deleted"] and not item["quarantined"]}
    found = _rows(built_url, "select platform, site, kind, native_id from marts.fct_mentions")
    assert len(found) == len(set(found)) == world.truth["totals"]["expected_mentions"]
    assert set(found) == expected


def test_exactly_the_planted_items_are_quarantined(world: World, built_url: str) -> None:
    planted = {tuple(item[k] for k in KEY) for item in world.items if item["quarantined"] and not item["deleted"]}
    found = _rows(built_url, "select distinct platform, site, kind, native_id from quality.quarantine"
                             " join core.mentions using (mention_id) where released_at is null")
    assert planted
    assert set(found) == planted


def test_times_authors_and_engagement_came_through(world: World, built_url: str) -> None:
    wanted = {tuple(i[k] for k in KEY): i for i in world.items if not i["deleted"] and not i["quarantined"]}
    rows = _rows(built_url, "select m.platform, m.site, m.kind, m.native_id, m.event_at, m.author_id, m.conversation_id,"
                            " m.in_reply_to_author_id, m.page_id, m.mentions, e.likes, e.comments from core.current_mentions m"
                            " left join core.engagement e using (mention_id)")
    wrong = []
    for row in rows:
        item = wanted.get(tuple(row[:4]))
        if item is None:
            continue
        engagement = item["engagement"]
        pairs = [(row[4], datetime.fromisoformat(item["event_at"])), (row[5], item["author_id"]), (row[6], item["conversation_id"]),
                 (row[7], item["in_reply_to_author_id"]), (row[8], item["page_id"]), (sorted(row[9]), sorted(item["mentions"])),
                 (row[10], engagement["likes"]), (row[11], engagement["comments"])]
        wrong += [(row[0], row[3], number, got, want) for number, (got, want) in enumerate(pairs) if got != want]
    assert not wrong, f"{len(wrong)} fields differ, first {wrong[:5]}"


def test_with_the_truths_labels_every_number_equals_the_truth(world: World, copied_url: str) -> None:
    assert truth_differences(world.settings, copied_url, world.items) == []


def test_the_crisis_is_flagged_in_two_hours_and_nothing_else(world: World, built_url: str) -> None:
    crisis = world.truth["crisis"]
    start, end = datetime.fromisoformat(crisis["starts_at"]), datetime.fromisoformat(crisis["ends_at"])
    rows = _rows(built_url, "select bank_id, hour_at from marts.mart_crisis_signals where severity > 2 order by hour_at")
    assert rows, "the crisis was not flagged"
    assert rows[0][1] - start <= timedelta(hours=1)
    assert {row[0] for row in rows} == {crisis["bank"]}
    assert all(start - timedelta(hours=1) < row[1] <= end for row in rows)


def test_a_second_pass_changes_nothing(world: World, copied_url: str) -> None:
    before = {name: _rows(copied_url, f'select * from marts."{name}" order by 1, 2') for name in _marts(copied_url)}
    again = extract_all(world, copied_url)
    assert {source: counters["items_new"] for source, counters in again.items()} == dict.fromkeys(again, 0)
    annotate_all(world, copied_url)
    build_all(world, copied_url, run_id="again")
    for name, rows in before.items():
        assert sorted(map(repr, _rows(copied_url, f'select * from marts."{name}"'))) == sorted(map(repr, rows)), name


def test_snapshots_that_a_killed_run_left_out_are_due(copied_url: str) -> None:
    from nlp.snapshots import due

    with connect(copied_url) as connection:
        assert not due(connection)
        for task in ("bot", "story"):
            connection.execute("delete from nlp.annotations where task = %s and mention_id ="
                               " (select mention_id from core.current_mentions where author_id is not null limit 1)", (task,))
            assert due(connection), task
            connection.rollback()


def test_ledger_adds_up(built_url: str) -> None:
    (wrong,) = _rows(built_url, "select count(*) from raw.batches where status <> 'success' or"
                                " items_returned <> items_new + items_known + items_rejected")[0]
    assert wrong == 0


def test_the_coverage_tells_of_every_source_and_item(world: World, built_url: str) -> None:
    rows = _rows(built_url, "select source_id, sum(items_new), bool_or(is_incomplete), min(coverage_pct), count(distinct platform)"
                            " from marts.mart_coverage group by source_id")
    sources = {source.id for source in world.settings.sources.sources}
    assert {row[0] for row in rows} == sources
    assert [(sum(row[1] for row in rows),)] == _rows(built_url, "select count(*) from raw.payloads")
    assert not [row[0] for row in rows if row[2] or row[3] not in (None, 100) or row[4] != 1]
    fresh = _rows(built_url, "select source_id, freshness_seconds >= 0, open_gap_count, open_reject_count, consecutive_failure_count"
                             " from marts.mart_freshness")
    assert sorted(fresh) == [(source, True, 0, 0, 0) for source in sorted(sources)]


def _marts(url: str) -> list[str]:
    names = {row[0] for row in _rows(url, "select table_name from information_schema.tables where table_schema = 'marts' and table_name not like 'explain%'")}
    return sorted(names - LEDGER)


def test_the_crisis_reaches_who_is_on_duty_when_it_is_raised_and_is_over_later(world: World, copied_url: str, post: Postbox, hook: Webhook) -> None:  # noqa: F811
    crisis = world.truth["crisis"]
    settings = with_rules(world.settings, off=["sla", "gap"])  # judged as of the world's end, not as of the crisis
    [(raised, severity)] = _rows(copied_url, f"""
        select raised_at, max(severity) from marts.fct_alerts where bank_id = '{crisis["bank"]}' and raised_at =
        (select min(raised_at) from marts.fct_alerts where bank_id = '{crisis["bank"]}' and severity > 2) group by 1""")
    watch(settings, url=copied_url, now=raised)
    assert _rows(copied_url, "select kind, bank_id, fired_severity, status from ops.alerts") == [("crisis", crisis["bank"], severity, "open")]
    desks = {row[0] for row in _rows(copied_url, f"select on_call from marts.fct_alerts where bank_id = '{crisis['bank']}' and raised_at = '{raised}'")}
    told = {row[0] for row in _rows(copied_url, "select desk from ops.alert_messages where channel = 'email' and status = 'sent'")}
    assert told
    assert told <= desks, "whom the mart names is whom the mail reaches"
    words = text_of(post.received[0][1])
    assert "q value" in words
    assert 1 <= words.count("(mention ") <= 3
    watch(settings, url=copied_url, now=datetime.fromisoformat(crisis["ends_at"]) + timedelta(hours=8))
    assert _rows(copied_url, "select status from ops.alerts where kind = 'crisis' order by started_at")[0] == ("resolved",)


def test_the_world_that_came_whole_is_a_handful_of_messages(world: World, copied_url: str, post: Postbox, hook: Webhook) -> None:  # noqa: F811
    """Twelve weeks at once: the crisis that was over is told and closed; nobody gets more than a few messages and a list."""
    watch(world.settings, url=copied_url)
    assert _rows(copied_url, "select bank_id, status from ops.alerts where kind = 'crisis' and fired_severity > 2") == [(world.truth["crisis"]["bank"], "resolved")]
    counts = Counter(to for to, _ in post.received)
    assert counts
    assert max(counts.values()) <= world.settings.alerts.messages_at_once + 1
    watch(world.settings, url=copied_url)
    assert len(post.received) == counts.total()
