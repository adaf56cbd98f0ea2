"""Cases, gaps, dark platforms, gates: what raises an alert and what does not; a dark platform is one alert and no storm."""

from __future__ import annotations

import re
import uuid
from datetime import datetime, timedelta

import pytest

from delivery.alerts import sending, watch
from delivery.alerts.candidates import gather
from delivery.alerts.care import wilson
from delivery.channels import from_environment
from delivery.channels.email import message_id
from settings import Settings
from settings.models import Target, Targets
from tests.delivery.alerts import scenes
from tests.delivery.alerts.scenes import NOON, answered, ask, case, crisis, fresh, gate, put, run_of, with_rules
from tests.delivery.postbox import Postbox, Webhook, text_of
from warehouse.connection import connect

HOUR = timedelta(hours=1)


@pytest.fixture
def quiet(url: str, house: Settings) -> str:
    fresh(url, house, NOON)
    return url


def keys(url: str, settings: Settings, now: object = NOON) -> list[tuple[str, int, float]]:
    with connect(url) as connection:
        found = gather(connection, settings, now)  # type: ignore[arg-type]
    return [(c.key, c.severity, c.magnitude) for c in found.candidates]


def look(settings: Settings, url: str, now: object = NOON) -> str:
    return str(watch(settings, url=url, now=now))  # type: ignore[arg-type]


def without_targets(settings: Settings, rate: float | None = None) -> Settings:
    listed = [Target(metric="response_rate", bank="velmora", target=rate)] if rate else []
    return settings.model_copy(update={"targets": Targets(targets=listed)})


def test_unanswered_cases_are_one_alert_a_bank_platform_and_department(quiet: str, house: Settings, post: Postbox) -> None:
    for n in range(5):
        case(quiet, n)
        case(quiet, n, "vk", department="loans")
    for n in range(4):
        case(quiet, n, "weibo")
        case(quiet, 10 + n, "weibo", age_hours=23.9)
        case(quiet, 20 + n, "weibo", age_hours=24 * 8)
        case(quiet, 30 + n, "weibo", bank="tarnwick")
    assert keys(quiet, house) == [("sla|velmora|vk|loans", 2, 5), ("sla|velmora|x|cards", 2, 5)], "four are too few; young, old and others' do not count"
    case(quiet, 6, level=2)
    assert keys(quiet, house)[-1] == ("sla|velmora|x|cards", 3, 6), "an urgent one"
    look(house, quiet)
    words = text_of(next(mail for _, mail in post.received if "on x" in mail["Subject"]))
    for said in ("6 cases wait longer than 24 h, the oldest 30 h", "1 of them urgent, 6 negative; triage level of the gravest: 2", "target 80 %",
                 "response rate 0 % (0 to 39, n 6) in 7 days", "Take the cases in the order of mart_open_cases", "targets.yml `response_rate`",
                 "renown explain mart_customer_care.response_rate_pct --bank velmora --date 2026-03-17 --platform x"):
        assert said in words, said


def test_where_the_target_is_met_nobody_is_called(quiet: str, house: Settings) -> None:
    for n in range(5):
        case(quiet, n)
    for n in range(20):
        answered(quiet, n)
    assert keys(quiet, house) == [], "20 of 25 in time: 80 %, the target"
    case(quiet, 6)
    assert keys(quiet, house) == [("sla|velmora|x|cards", 2, 6)]
    assert keys(quiet, without_targets(house, 70)) == []
    of_months = Targets(targets=[Target(metric="response_rate", bank="velmora", target=70, period="month")])
    assert keys(quiet, house.model_copy(update={"targets": of_months})) == [("sla|velmora|x|cards", 2, 6)], "a month's target judges no week"
    assert keys(quiet, without_targets(house)) == [("sla|velmora|x|cards", 2, 6)], "without a target the number alone counts"


def test_a_gap_is_one_alert_a_platform(quiet: str, house: Settings) -> None:
    def hour(source: str, at: object, **given: object) -> None:
        put(quiet, "mart_coverage", source_id=source, platform="vk", hour_at=at, open_gap_count=1, **given)

    hour("vk", NOON - HOUR, is_incomplete=True, coverage_pct=40)
    hour("vk_wall", NOON - HOUR, is_incomplete=False, coverage_pct=79.9)
    hour("vk", NOON - 2 * HOUR, is_incomplete=False, coverage_pct=80)
    hour("vk", NOON - 25 * HOUR, is_incomplete=True, coverage_pct=0)
    assert keys(quiet, house) == [("gap|vk", 2, 1)]
    with connect(quiet) as connection:
        [found] = gather(connection, house, NOON).candidates
    assert (found.facts["sources"], found.facts["lowest_coverage_pct"], found.owner) == (["vk", "vk_wall"], 40, "Data engineering")


def test_a_platform_that_missed_three_runs_is_dark(url: str, house: Settings) -> None:
    fresh(url, house, NOON)
    at = NOON + timedelta(minutes=59)
    assert keys(url, house, at) == [], "x runs every ten minutes, but an hour is the least"
    for source, platform in (("vk", "vk"), ("weibo", "weibo"), ("forum", "discourse"), ("news", "rss")):
        run_of(url, source, NOON + 3 * HOUR, platform)
    run_of(url, "x", NOON + 2 * HOUR, status="failed")
    assert keys(url, house, NOON + timedelta(minutes=61)) == [("dark|x", 3, 1)], "a failed run is none"
    assert keys(url, house, NOON + timedelta(minutes=241)) == [("dark|rss", 3, 1), ("dark|x", 3, 1)], "hourly ones have missed none yet"


def test_the_hourly_source_is_dark_after_three_ticks(url: str, house: Settings) -> None:
    only = house.model_copy(update={"sources": house.sources.model_copy(update={"sources": [s for s in house.sources.sources if s.id == "vk"]})})
    run_of(url, "vk", NOON + timedelta(seconds=5), "vk")
    assert keys(url, only, NOON + 3 * HOUR) == []
    assert keys(url, only, NOON + 3 * HOUR + timedelta(seconds=1)) == [("dark|vk", 3, 1)]
    never = only.model_copy(update={"sources": only.sources.model_copy(update={"sources": [s.model_copy(update={"id": "new"}) for s in only.sources.sources]})})
    assert keys(url, never, NOON + 4 * HOUR) == [], "a source that never ran may have been added a minute ago: its platform is not dark by it"
    run_of(url, "new", NOON + 5 * HOUR, "vk", status="failed")
    assert keys(url, never, NOON + 8 * HOUR) == [], "from its first try on it has as long as any"
    assert keys(url, never, NOON + 9 * HOUR) == [("dark|vk", 3, 1)]


def test_a_whole_platform_dark_is_one_alert_no_crisis_and_no_storm_of_cases(quiet: str, house: Settings, post: Postbox, hook: Webhook) -> None:
    """X stops; its answers are not seen any more, so that 40 cases look unanswered, in 8 departments; its gaps open; an alarm of its own series comes."""
    for n in range(5):
        case(quiet, n)
    assert look(without_targets(house), quiet).startswith("alerts: 1 opened")
    dark = NOON + 2 * HOUR
    for source, platform in (("vk", "vk"), ("weibo", "weibo"), ("forum", "discourse"), ("news", "rss")):
        run_of(quiet, source, dark + 2 * HOUR, platform)
    for department in ("pr", "marketing", "claims", "atms", "hr", "loans", "security", "cards"):
        for n in range(5):
            case(quiet, n, department=department)
    put(quiet, "mart_coverage", source_id="x", platform="x", hour_at=NOON, open_gap_count=1, is_incomplete=True)
    scenes.alarm(quiet, NOON, 5, 90, series=("platform", "x"), department="pr")
    post.received.clear()
    told = [look(without_targets(house), quiet, dark + timedelta(minutes=5 * n)) for n in range(24)]
    assert told[0] == "alerts: 1 opened, 3 messages sent"
    assert [said for said in told[1:] if said != "alerts: nothing new"] == ["alerts: 1 escalated, 3 messages sent"]
    opened = [mail for _, mail in post.received if "NOT ACKNOWLEDGED" not in mail["Subject"]]
    assert [mail["Subject"] for mail in opened] == ["[3/5] X dark: 1 source without a successful run"]
    assert [to for to, _ in post.received] == ["data@bank.example", "it_a@bank.example"], "the alert, and one step of escalation: in two hours"
    assert ask(quiet, "select alert_key, status from ops.alerts order by opened_at, 1") == [("sla|velmora|x|cards", "open"), ("dark|x", "open")]
    words = text_of(opened[0])
    assert "x: last success 2026-03-18 12:00 UTC" in words
    assert "Until it is back, read figures of this platform as incomplete" in words


def test_a_crisis_of_a_platform_is_not_over_because_the_platform_went_dark(quiet: str, house: Settings, post: Postbox, hook: Webhook) -> None:
    def others(at: datetime) -> None:
        for source, platform in (("vk", "vk"), ("weibo", "weibo"), ("forum", "discourse"), ("news", "rss")):
            run_of(quiet, source, at, platform)

    scenes.alarm(quiet, NOON, 4, 57, series=("platform", "x"), department="pr")
    fresh(quiet, house, NOON + HOUR)
    assert look(house, quiet, NOON + HOUR).startswith("alerts: 1 opened")
    crisis_of = "select status, fire, magnitude from ops.alerts where kind = 'crisis'"
    scenes.alarm(quiet, NOON + 2 * HOUR, 5, 900, series=("platform", "x"), department="pr")
    for hours in (4, 9):  # dark; and long enough after the last alarm that it would be over if anybody could see
        others(NOON + hours * HOUR)
        look(house, quiet, NOON + hours * HOUR)
        assert ask(quiet, crisis_of) == [("open", 1, 57.0)], "what its series raised since its last data does not count"
    assert not any("OVER" in mail["Subject"] and "alarm" in mail["Subject"] for _, mail in post.received)
    fresh(quiet, house, NOON + 12 * HOUR)
    look(house, quiet, NOON + 12 * HOUR)
    assert [status for status, *_ in ask(quiet, crisis_of)] == ["resolved"], "it is back, and nothing alarms any more"


def test_a_crisis_of_a_dark_platform_that_left_the_marts_is_not_over(quiet: str, house: Settings) -> None:
    scenes.alarm(quiet, NOON, 4, 57, series=("platform", "x"), department="pr")
    fresh(quiet, house, NOON + HOUR)
    look(house, quiet, NOON + HOUR)
    scenes.do(quiet, "truncate marts.fct_alerts")
    look(house, quiet, NOON + 4 * HOUR)
    assert ask(quiet, "select status from ops.alerts where kind = 'crisis'") == [("open",)]


def test_every_platform_dark_is_one_alert_and_ends_as_one(quiet: str, house: Settings, post: Postbox) -> None:
    at = NOON + timedelta(minutes=70)
    for source, platform in (("vk", "vk"), ("weibo", "weibo"), ("forum", "discourse")):
        run_of(quiet, source, NOON, platform)
    assert look(house, quiet, at).startswith("alerts: 2 opened"), "the two that run every ten minutes"
    later = NOON + 8 * HOUR
    assert look(house, quiet, later).startswith("alerts: 2 resolved, 1 opened")
    assert post.received[-1][1]["Subject"] == "[3/5] 5 platforms dark: 5 sources without a successful run"
    assert not any("OVER" in mail["Subject"] for _, mail in post.received), "the single ones went into it"
    fresh(quiet, house, later + HOUR)
    post.received.clear()
    look(house, quiet, later + HOUR)
    assert [mail["Subject"] for _, mail in post.received if "OVER" in mail["Subject"]] == ["[3/5] OVER: 5 platforms dark: 5 sources without a successful run"]


def test_a_failed_gate_is_told_until_it_holds(quiet: str, house: Settings, post: Postbox, hook: Webhook) -> None:
    gate(quiet, "r1", NOON - HOUR, holds=True)
    assert keys(quiet, house) == []
    gate(quiet, "r2", NOON, holds=False)
    put(quiet, "quality.results", run_id="r2", layer="marts", suite="marts", expectation="expect_rows", target="t", severity="row", success=False,
        unexpected_count=2, ran_at=NOON)
    assert keys(quiet, house) == [("gate|marts", 3, 1)], "a row rule only sets rows aside"
    look(house, quiet)
    assert "expect_totals on marts.mart_scorecard" in text_of(post.received[0][1])
    gate(quiet, "r3", NOON + timedelta(minutes=10), holds=True)
    post.received.clear()
    fresh(quiet, house, NOON + HOUR)
    assert look(house, quiet, NOON + timedelta(minutes=29)) == "alerts: nothing new", "gone, but not for long enough"
    assert "1 resolved" in look(house, quiet, NOON + timedelta(minutes=30))
    assert [mail["Subject"].strip() for _, mail in post.received] == ["[3/5] OVER: Gate marts failed: 1 check does not hold, the marts stand still"]


def test_flapping_is_one_incident(quiet: str, house: Settings) -> None:
    gate(quiet, "r1", NOON, holds=False)
    look(house, quiet)
    fresh(quiet, house, NOON + 2 * HOUR)
    gate(quiet, "r2", NOON + timedelta(minutes=5), holds=True)
    look(house, quiet, NOON + timedelta(minutes=10))
    gate(quiet, "r3", NOON + timedelta(minutes=15), holds=False)
    look(house, quiet, NOON + timedelta(minutes=20))
    assert ask(quiet, "select status, fire from ops.alerts") == [("open", 1)]


def test_without_marts_only_platforms_and_gates_are_looked_at(warehouse_url: str, house: Settings) -> None:
    gate(warehouse_url, "r1", NOON, holds=False, layer="core")
    fresh(warehouse_url, house, NOON)
    assert keys(warehouse_url, house) == [("gate|core", 3, 1)]


def test_marts_that_are_being_built_end_no_alert(quiet: str, house: Settings) -> None:
    crisis(quiet)
    look(house, quiet, NOON + HOUR)
    scenes.do(quiet, "alter table marts.fct_alerts rename to old")
    later = NOON + 9 * HOUR
    fresh(quiet, house, later)
    assert look(house, quiet, later).count("resolved") == 0
    assert ask(quiet, "select status from ops.alerts") == [("open",)]


def test_a_kind_that_is_switched_off_ends_its_open_alert_without_a_word(quiet: str, house: Settings, post: Postbox, hook: Webhook) -> None:
    gate(quiet, "r1", NOON, holds=False)
    look(house, quiet)
    post.received.clear()
    assert look(with_rules(house, off=["gate"]), quiet, NOON + HOUR / 12) == "alerts: 1 resolved"
    assert ask(quiet, "select status from ops.alerts") == [("resolved",)]
    fresh(quiet, house, NOON + 2 * HOUR)
    assert look(with_rules(house, off=["gate"]), quiet, NOON + 2 * HOUR) == "alerts: nothing new", "nobody is next"
    assert not post.received


def test_a_kind_that_is_off_is_not_watched(quiet: str, house: Settings) -> None:
    gate(quiet, "r1", NOON, holds=False)
    crisis(quiet)
    assert [key for key, *_ in keys(quiet, with_rules(house, off=["gate"]), NOON + HOUR)] == ["crisis|velmora"]


def test_more_than_a_few_messages_at_once_come_as_one_list(quiet: str, house: Settings, post: Postbox) -> None:
    for platform in ("x", "vk", "weibo", "discourse", "rss", "mastodon"):
        for n in range(5):
            case(quiet, n, platform)
    look(house, quiet)
    mine = [mail["Subject"] for _, mail in post.received]
    assert len(mine) == 4
    assert mine[-1] == "[2/5] 3 more alerts"
    assert text_of(post.received[-1][1]).count("renown alerts show ") == 3
    shown = re.findall(r"renown alerts show (\S+)\n    https://renown.bank.example/alerts/(\S+)\?token=", text_of(post.received[-1][1]))
    assert len({alert for alert, _ in shown}) == 3, "each with the link that takes it"
    assert all(alert == linked for alert, linked in shown)
    [(bundled, bundles)] = ask(quiet, "select count(*), count(distinct bundle) from ops.alert_messages where bundle is not null and status = 'sent'")
    assert (bundled, bundles) == (3, 1)
    to, listed = post.received[-1]
    sender = listed["From"].addresses[0].addr_spec
    alone = {message_id(key, to, sender) for (key,) in ask(quiet, "select message_id::text from ops.alert_messages")}
    assert [mail["Message-ID"] in alone for _, mail in post.received] == [True, True, True, False], "a list is none of its rows: the next try may hold others"


def test_as_one_list_in_a_chat_says_every_alert(house: Settings, quiet: str, hook: Webhook) -> None:
    rows = [{"message_id": str(uuid.uuid4()), "recipient": "it_a", "channel": "chat", "desk": None, "departments": [], "severity": 4, "kind": "gap", "event": "opened",
             "fire": 1, "alert_id": f"{n:08}-0000", "facts": {"title": f"gap {n}: " + "platform " * 4}} for n in range(12)]
    with connect(quiet) as connection:
        for some in (rows[:3], rows):
            assert sending._send(connection, house, from_environment, some, {}) == "sent"
    said = [got["message"] for got in hook.received]
    assert [(each.count("renown alerts show"), each.count("https://"), each.count("renown alerts ack ID")) for each in said] == [(3, 3, 1), (12, 0, 1)]


def test_wilson_is_the_published_interval() -> None:
    low, high = wilson(81, 263)  # Brown, Cai, DasGupta 2001 compare it at such sizes
    assert (round(low or 0, 2), round(high or 0, 2)) == (25.53, 36.62)
    assert wilson(0, 0) == (None, None)
    assert wilson(0, 6)[0] == 0
