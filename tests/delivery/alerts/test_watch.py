"""Alerts over a real mail server and a real webhook: the right person at the right hour, once, again when it grows, next when nobody answers."""

from __future__ import annotations

import re
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import requests

from delivery import door
from delivery.alerts import acknowledge, history, sending, watch
from delivery.channels import Down, Refused, Unreachable, Unsure
from delivery.words import sentence
from settings import RenownError, Settings
from tests.delivery.alerts import scenes
from tests.delivery.alerts.scenes import NOON, alarm, ask, crisis, do, fresh
from tests.delivery.postbox import Postbox, Webhook, text_of
from warehouse.connection import connect

HOUR = timedelta(hours=1)
taking = sys.modules["delivery.alerts.acknowledge"]  # the package has a function of that name
RAISED = NOON + HOUR  # 14:00 in Berlin, a Wednesday
NIGHT = NOON + 9 * HOUR  # 22:00


@pytest.fixture
def quiet(url: str, house: Settings) -> str:
    """A house where nothing is wrong."""
    fresh(url, house, NIGHT)
    return url


def look(settings: Settings, url: str, now: Any = RAISED, *, patient: bool = False) -> str:
    """As by hand: what failed is tried at once."""
    return str(watch(settings, url=url, now=now, patient=patient))


def people(post: Postbox) -> list[str]:
    return sorted(to.partition("@")[0] for to, _ in post.received)


def test_nothing_wrong_tells_nobody(quiet: str, house: Settings, post: Postbox, hook: Webhook) -> None:
    assert look(house, quiet) == "alerts: nothing new"
    assert not post.received
    assert not hook.received


def test_a_crisis_in_hours_reaches_the_department_s_desk(quiet: str, house: Settings, post: Postbox, hook: Webhook) -> None:
    crisis(quiet)
    assert look(house, quiet) == "alerts: 1 opened, 2 messages sent"
    assert people(post) == ["remote"], "internet_bank's desk, which has no chat"
    [mail] = post.of("remote@bank.example")
    words = text_of(mail)
    assert mail["Subject"] == "[4/5] Velmora Bank: alarm of severity 4, topic outage"
    for said in ("57 mentions in the hour", "baseline 3.2 an hour, median 3, of 24 hours", "q value 2.1e-09", "tail probability 4e-11", "negative: 80 %",
                 "expected end; put them on the status page first", "Coverage: every source that is read came in without an open gap.",
                 "renown explain mart_crisis_signals.mention_count --bank velmora --date 2026-03-18T12 --cell series_type=topic --cell series_id=outage",
                 "IT operations after 15 min, then Head of communications after 45 min", "config/severity.yml", "https://renown.bank.example/alerts/"):
        assert said in words
    assert [line.split()[2] for line in words.splitlines() if "(mention" in line] == ["1770", "1771", "1772"], "three posts, a story once, the loudest first"
    assert "https://x.example/i/1770" in words
    assert scenes.SECRET_TEXT not in words
    [file] = (house.home / "alerts").iterdir()
    assert file.name.startswith("2026-03-18T1300_crisis_")
    assert "57 mentions" in file.read_text("utf-8")


def test_one_voice_is_one_example(quiet: str, house: Settings, post: Postbox, hook: Webhook) -> None:
    crisis(quiet)
    do(quiet, "update marts_rows.fct_brand_mentions set author_key = 'one' where engagement > 98")
    look(house, quiet)
    assert [line.split()[2] for line in text_of(post.received[0][1]).splitlines() if "(mention" in line] == ["1770", "1772"]


def test_after_hours_it_reaches_who_is_on_duty_by_mail_and_chat(quiet: str, house: Settings, post: Postbox, hook: Webhook) -> None:
    alarm(quiet, NIGHT - HOUR, 4, 57)
    look(house, quiet, NIGHT)
    assert people(post) == ["it_a"], "the week of IT operations A"
    [told] = hook.received
    assert told["title"] == "[4/5] Velmora Bank: alarm of severity 4, topic outage"
    assert "57 mentions in the hour" in told["message"]
    assert "https://renown.bank.example/alerts/" in told["message"]


def test_severity_decides_the_person_and_each_department_hears(quiet: str, house: Settings, post: Postbox, hook: Webhook) -> None:
    crisis(quiet, 3)
    alarm(quiet, NOON, 5, 90, series=("all", "all"), department="pr")
    look(house, quiet)
    assert people(post) == ["communications", "remote"], "the head of communications from severity 4 on, and the topic's own department"
    assert [row["title"] for row in hook.received] == ["[5/5] Velmora Bank: alarm of severity 5, all mentions, topic outage"]


@pytest.mark.parametrize("granted", [True, False])
def test_texts_come_masked_and_by_the_department_s_right(granted: bool, quiet: str, house: Settings, post: Postbox, hook: Webhook) -> None:
    do(quiet, "insert into nlp.manifests values ('p1', '{\"masked_text\": \"m1\"}', true)")
    crisis(quiet)
    for mention in scenes.POSTS:
        scenes.put(quiet, "nlp.masked_texts", mention_id=mention, mention_version=1, model_version="m1", masked_text="my card [card] was eaten")
    do(quiet, f"insert into core.deletions (mention_id, observed_at, basis) values ('{scenes.POSTS[0]}', now(), 'author')")
    listed = [d.model_copy(update={"personal_data": d.id == ("internet_bank" if granted else "pr")}) for d in house.departments.departments]
    look(house.model_copy(update={"departments": house.departments.model_copy(update={"departments": listed})}), quiet)
    words = text_of(post.of("remote@bank.example")[0])
    assert words.count("my card [card] was eaten") == (2 if granted else 0)
    assert "1770" not in words, "its author took it back"
    assert "1771" in words
    assert scenes.SECRET_TEXT not in words
    for file in (house.home / "alerts").iterdir():
        assert "my card" not in file.read_text("utf-8"), "nobody knows who reads a folder"
    with connect(quiet) as connection:
        [(alert,)] = ask(quiet, "select alert_id::text from ops.alerts")
        assert "my card" not in history.of(connection, house, alert).text


def test_who_is_next_and_a_desk_of_others_get_no_texts(quiet: str, house: Settings, post: Postbox, hook: Webhook) -> None:
    do(quiet, "insert into nlp.manifests values ('p1', '{\"masked_text\": \"m1\"}', true)")
    crisis(quiet)
    for mention in scenes.POSTS:
        scenes.put(quiet, "nlp.masked_texts", mention_id=mention, mention_version=1, model_version="m1", masked_text="my card [card] was eaten")
    listed = [d.model_copy(update={"personal_data": d.id in ("internet_bank", "claims")}) for d in house.departments.departments]
    granted = house.model_copy(update={"departments": house.departments.model_copy(update={"departments": listed})})
    look(granted, quiet)
    look(granted, quiet, RAISED + HOUR)
    assert {to.partition("@")[0]: "my card" in text_of(mail) for to, mail in post.received} == {"remote": True, "it_a": False, "communications": False}
    post.received.clear()
    do(quiet, "truncate ops.alerts cascade")
    do(quiet, "update marts.fct_alerts set department_id = 'claims'")  # it has no duty: the default's desk is told
    look(granted, quiet)
    assert [(to, "my card" in text_of(mail)) for to, mail in post.received] == [("communications@bank.example", False)]


def test_quiet_while_open_told_again_when_it_grows(quiet: str, house: Settings, post: Postbox, hook: Webhook) -> None:
    crisis(quiet)
    for _ in range(3):
        look(house, quiet)
    alarm(quiet, NOON + HOUR, 4, 56)
    assert look(house, quiet, RAISED + HOUR) == "alerts: 2 escalated, 6 messages sent", "both steps are due: nobody looked for an hour"
    assert people(post) == ["communications", "it_a", "remote"], "113 mentions are not yet twice 57"
    post.received.clear()
    alarm(quiet, NOON + 2 * HOUR, 4, 1)
    look(house, quiet, RAISED + 2 * HOUR)
    [mail] = post.of("remote@bank.example")
    assert mail["Subject"].startswith("[4/5] GREW: ")
    assert "114 mentions in 3 hours" in text_of(mail)
    post.received.clear()
    alarm(quiet, NOON + 3 * HOUR, 5, 1)
    look(house, quiet, RAISED + 2 * HOUR)
    assert not post.received, "an alarm of the future is not known yet"
    look(house, quiet, RAISED + 3 * HOUR)
    assert people(post) == ["remote"], "graver: told again, and its escalation begins anew"
    assert ask(quiet, "select fire, fired_severity, fired_magnitude from ops.alerts") == [(3, 5, 115.0)]


def test_over_and_back_is_one_incident_later_a_new_one(quiet: str, house: Settings, post: Postbox, hook: Webhook) -> None:
    crisis(quiet)
    look(house, quiet)
    over = NOON + 7 * HOUR
    fresh(quiet, house, over)
    assert "1 resolved" in look(house, quiet, over)
    assert post.received[-1][1]["Subject"].startswith("[4/5] OVER: ")
    assert ask(quiet, "select status from ops.alerts") == [("resolved",)]
    assert look(house, quiet, over) == "alerts: nothing new"
    alarm(quiet, over, 4, 20)  # six hours after the last alarm's end: the same episode still
    fresh(quiet, house, over + HOUR)
    assert "1 reopened" in look(house, quiet, over + HOUR)
    assert ask(quiet, "select status, fire from ops.alerts") == [("open", 2)]
    later = over + 20 * HOUR
    fresh(quiet, house, later + HOUR)
    alarm(quiet, later, 4, 20, episode="e0000000-0000-0000-0000-000000000002")
    assert "1 opened" in look(house, quiet, later + HOUR)
    assert ask(quiet, "select status from ops.alerts order by started_at") == [("resolved",), ("open",)]


def test_late_data_about_a_crisis_that_is_over_is_told_once(quiet: str, house: Settings, post: Postbox, hook: Webhook) -> None:
    crisis(quiet)
    late = NOON + timedelta(days=3)
    fresh(quiet, house, late)
    assert look(house, quiet, late) == "alerts: 1 opened, 1 resolved, 2 messages sent"
    assert "its data came late" in text_of(post.received[0][1])
    assert look(house, quiet, late) == "alerts: nothing new"
    later = NOON + timedelta(days=15)
    do(quiet, "truncate ops.alerts cascade")
    fresh(quiet, house, later)
    assert look(house, quiet, later) == "alerts: nothing new", "further back than look_back_days"


def test_late_data_about_one_crisis_do_not_disturb_another_that_goes_on(quiet: str, house: Settings, post: Postbox, hook: Webhook) -> None:
    before, earlier = NOON - timedelta(days=5), NOON - timedelta(days=7)
    alarm(quiet, before, 2, 20, episode="e0000000-0000-0000-0000-00000000000a")
    crisis(quiet)
    assert look(house, quiet) == "alerts: 1 opened, 2 messages sent", "the older one was small, and over"
    alarm(quiet, before + HOUR, 3, 20, episode="e0000000-0000-0000-0000-00000000000a")
    assert look(house, quiet).startswith("alerts: 1 opened, 1 resolved, 2 messages sent"), "late data lift it"
    alarm(quiet, before + 2 * HOUR, 3, 80, episode="e0000000-0000-0000-0000-00000000000a")
    assert look(house, quiet).startswith("alerts: 1 reopened, 1 resolved, 2 messages sent"), "and double it"
    alarm(quiet, earlier, 4, 30, episode="e0000000-0000-0000-0000-00000000000b")
    assert look(house, quiet).startswith("alerts: 1 opened, 1 resolved")
    assert ask(quiet, "select status, fire from ops.alerts order by started_at") == [("resolved", 1), ("resolved", 2), ("open", 1)]
    assert look(house, quiet) == "alerts: nothing new"


def test_only_our_own_bank_and_severities_that_are_watched(quiet: str, house: Settings, post: Postbox, hook: Webhook) -> None:
    alarm(quiet, NOON, 5, 90, bank="tarnwick")
    assert look(house, quiet) == "alerts: nothing new"
    crisis(quiet, 2)
    late = NOON + timedelta(days=3)
    fresh(quiet, house, late)
    assert look(house, quiet, late) == "alerts: nothing new", "small, and over"


def test_escalation_is_bounded_and_ends_with_an_acknowledgement(quiet: str, house: Settings, post: Postbox, hook: Webhook) -> None:
    crisis(quiet)
    look(house, quiet)
    minutes = [10, 14, 15, 20, 44, 45, 60, 300]
    told = []
    for minute in minutes:
        fresh(quiet, house, RAISED + timedelta(minutes=minute))
        post.received.clear()
        look(house, quiet, RAISED + timedelta(minutes=minute))
        told.append(people(post))
    assert told == [[], [], ["it_a"], [], [], ["communications"], [], []], "each step once, at its minute, and then no more"
    assert ask(quiet, "select step, note, actor from ops.alert_events where event = 'escalated' order by step") == [
        (1, "IT operations", "it_a"), (2, "Head of communications", "communications")]


def test_an_alarm_of_another_episode_is_another_incident_and_takes_nobody_else_s(quiet: str, house: Settings, post: Postbox, hook: Webhook) -> None:
    """Alarm hours seven apart: early warning begins a new episode, at the very minute at which the first is over."""
    second = NOON + 7 * HOUR
    crisis(quiet)
    assert look(house, quiet).startswith("alerts: 1 opened")
    fresh(quiet, house, second + 3 * HOUR)
    alarm(quiet, second, 5, 30, episode="e0000000-0000-0000-0000-000000000002")
    assert look(house, quiet, second + HOUR).startswith("alerts: 1 resolved, 1 opened")
    for minutes in (5, 30, 60):
        assert look(house, quiet, second + HOUR + timedelta(minutes=minutes), patient=True).count("grew") == 0
    rows = "select status, fire, severity, magnitude, extract(hour from started_at)::int from ops.alerts order by started_at"
    assert ask(quiet, rows) == [("resolved", 1, 4, 57.0, 12), ("open", 1, 5, 30.0, 19)]


def test_an_alert_that_grows_while_it_is_taken_is_taken_as_it_stands(quiet: str, house: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    crisis(quiet)
    look(house, quiet)
    [(alert,)] = ask(quiet, "select alert_id::text from ops.alerts")
    read = taking.find

    def grows(connection: Any, alert_id: str) -> Any:
        found = read(connection, alert_id)
        monkeypatch.setattr(taking, "find", read)
        alarm(quiet, NOON + HOUR, 5, 200)
        look(house, quiet, RAISED + HOUR)
        return found

    with connect(quiet) as connection:
        monkeypatch.setattr(taking, "find", grows)
        assert acknowledge(connection, alert, "Anna", RAISED, "cli").note.endswith("acknowledged by Anna")
        do(quiet, "update ops.alerts set acknowledged_fire = null, acknowledged_by = null, acknowledged_at = null")
        stale = acknowledge(connection, alert, "Anna", RAISED, "link", fire=9)
        assert (stale.new, "has grown since" in stale.note) == (False, True), "a link of another history"
    assert ask(quiet, "select acknowledged_fire from ops.alerts") == [(None,)]


@pytest.mark.parametrize("typed", ["ID", "Anna", "%", "dead%", "", "abc", "12 34", "_____"])
def test_what_is_no_id_takes_no_alert(typed: str, quiet: str, house: Settings) -> None:
    crisis(quiet)
    look(house, quiet)
    for id_ in ("dead0000-0000-0000-0000-000000000000", "aa000000-0000-0000-0000-000000000000"):
        do(quiet, "insert into ops.alerts (alert_id, alert_key, kind, status, severity, magnitude, title, facts, started_at, last_at, opened_at, fired_at,"
                  f" fired_severity, fired_magnitude) values ('{id_}', '{id_}', 'drill', 'open', 1, 1, 't', '{{}}', now(), now(), now(), now(), 1, 1)")
    with connect(quiet) as connection, pytest.raises(RenownError, match="is no id of an alert"):
        acknowledge(connection, typed, "Anna", RAISED, "cli")
    assert ask(quiet, "select from ops.alerts where acknowledged_by is not null") == []


@pytest.mark.parametrize(("severity", "told"), [(2, [("remote", "chat")]), (3, [("remote", "chat")])])
def test_whoever_has_one_channel_is_told_by_it(severity: int, told: list[Any], quiet: str, house: Settings, hook: Webhook,
                                             monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REMOTE_CHAT", hook.url)
    listed = [person.model_dump() | ({"email": None, "chat": "env:REMOTE_CHAT"} if person.id == "remote" else {}) for person in house.oncall.people]
    crisis(quiet, severity)
    look(scenes.with_oncall(house, people=listed), quiet)
    assert ask(quiet, "select recipient, channel from ops.alert_messages where channel <> 'folder'") == told
    assert len(hook.received) == 1


def test_a_desk_whose_person_has_no_channel_hands_to_the_default_s(quiet: str, house: Settings, post: Postbox, hook: Webhook) -> None:
    listed = [person.model_dump() | ({"email": None} if person.id == "remote" else {}) for person in house.oncall.people]
    crisis(quiet, 3)
    look(scenes.with_oncall(house, people=listed), quiet)
    assert people(post) == ["press"]


def test_an_acknowledged_alert_asks_nobody_else_until_it_grows(quiet: str, house: Settings, post: Postbox, hook: Webhook) -> None:
    crisis(quiet)
    look(house, quiet)
    [(alert,)] = ask(quiet, "select alert_id::text from ops.alerts")
    with connect(quiet) as connection:
        assert acknowledge(connection, alert[:8], "Anna", RAISED, "cli", note="on it").new
        again = acknowledge(connection, alert, "Boris", RAISED + HOUR, "cli")
        assert (again.new, again.note) == (False, "Velmora Bank: alarm of severity 4, topic outage: Anna has acknowledged it already, 2026-03-18 13:00 UTC")
        with pytest.raises(RenownError, match="there is no alert"):
            acknowledge(connection, "ffff", "Anna", RAISED, "cli")
    post.received.clear()
    assert look(house, quiet, RAISED + HOUR) == "alerts: nothing new"
    assert ask(quiet, "select actor, how, note from ops.alert_events where event = 'acknowledged'") == [("Anna", "cli", "on it")]
    alarm(quiet, NOON + HOUR, 5, 200)
    look(house, quiet, RAISED + HOUR)
    assert people(post) == ["remote"]
    assert "1 escalated" in look(house, quiet, RAISED + HOUR + timedelta(minutes=15))


def test_the_link_in_a_mail_acknowledges_that_telling_only(quiet: str, house: Settings, post: Postbox, hook: Webhook) -> None:
    def newest() -> str:
        return re.findall(r"https://renown.bank.example(/alerts/\S+)", text_of(post.of("remote@bank.example")[-1]))[-1]

    crisis(quiet)
    look(house, quiet)
    first = newest()
    alarm(quiet, NOON + HOUR, 5, 200)
    look(house, quiet, RAISED + HOUR)
    second = newest()
    with opened(house, quiet) as at:
        page = requests.get(at + first, timeout=10)
        assert ("It has grown since this message" in page.text, "<button" in page.text) == (True, False)
        assert "it has grown since that message" in requests.post(at + first, {"do": "ack"}, timeout=10).text
        assert "I take it" in requests.get(at + second, timeout=10).text
        assert ask(quiet, "select acknowledged_by from ops.alerts") == [(None,)], "mail scanners follow links"
        assert requests.post(at + second[:-2] + "xx", {"do": "ack"}, timeout=10).status_code == 400
        assert requests.post(at + second, {"do": "other"}, timeout=10).status_code == 400
        assert ask(quiet, "select acknowledged_by from ops.alerts") == [(None,)]
        assert "acknowledged by Service desk of the remote channels" in requests.post(at + second, {"do": "ack"}, timeout=10).text
        assert "has acknowledged it already" in requests.post(at + second, {"do": "ack"}, timeout=10).text
        assert "has acknowledged it." in requests.get(at + second, timeout=10).text
    assert ask(quiet, "select acknowledged_by, acknowledged_how, acknowledged_fire from ops.alerts") == [("Service desk of the remote channels", "link", 2)]
    assert ask(quiet, "select count(*) from ops.alert_events where event = 'acknowledged'") == [(1,)]


@contextmanager
def opened(settings: Settings, url: str) -> Iterator[str]:
    """The door, listening."""
    with door.serve(settings, url, port=0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize("where", ["before", "after"])
def test_killed_at_the_door_one_or_one_and_a_marked_second(where: str, quiet: str, house: Settings, post: Postbox, hook: Webhook,
                                                          monkeypatch: pytest.MonkeyPatch) -> None:
    class Killed(BaseException):
        """Not to be caught."""

    crisis(quiet)
    mail = sending.SENDERS["email"]

    def cut(*given: Any) -> None:
        if where == "after":
            mail(*given)
        raise Killed

    monkeypatch.setitem(sending.SENDERS, "email", cut)
    with pytest.raises(Killed):
        look(house, quiet)
    monkeypatch.setitem(sending.SENDERS, "email", mail)
    look(house, quiet)
    look(house, quiet)
    got = post.of("remote@bank.example")
    assert [m["X-Renown-Maybe-Duplicate"] for m in got] == ([None, "yes"] if where == "after" else ["yes"])
    assert len({m["Message-ID"] for m in got}) == 1, "a mail program shows it once"
    assert sorted(ask(quiet, "select channel, status, maybe_duplicate, attempts from ops.alert_messages")) == [
        ("email", "sent", True, 2), ("folder", "sent", False, 1)]


def test_killed_before_the_ledger_tells_nobody_and_the_next_run_does(quiet: str, house: Settings, post: Postbox, hook: Webhook,
                                                                   monkeypatch: pytest.MonkeyPatch) -> None:
    crisis(quiet)
    with monkeypatch.context() as patch:
        patch.setattr("delivery.alerts.ledger.address_to", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            look(house, quiet)
    assert ask(quiet, "select from ops.alerts") == []
    look(house, quiet)
    assert people(post) == ["remote"]


def test_a_mail_server_that_is_down_is_tried_again_and_names_no_address(quiet: str, house: Settings, post: Postbox, hook: Webhook) -> None:
    crisis(quiet)
    post.answers["remote@bank.example"] = ["550 no such person", "550 no such person"]
    assert look(house, quiet) == "alerts: 1 opened, 1 messages sent, 1 messages failed"
    assert ask(quiet, "select status, error from ops.alert_messages where channel = 'email'") == [("failed", "remote was not taken (SMTP 550)")]
    post.answers.clear()
    assert look(house, quiet) == "alerts: 1 messages sent"
    assert people(post) == ["remote"]
    assert not post.received[0][1]["X-Renown-Maybe-Duplicate"], "it was refused for sure"


@pytest.mark.parametrize("channel", ["email", "chat"])
def test_what_may_have_been_taken_is_sent_again_marked(channel: str, quiet: str, house: Settings, post: Postbox, hook: Webhook,
                                                       monkeypatch: pytest.MonkeyPatch) -> None:
    alarm(quiet, NIGHT - HOUR, 4, 57)
    target = "delivery.channels.email.Email.send" if channel == "email" else "delivery.channels.chat.Chat.send"
    with monkeypatch.context() as patch:
        patch.setattr(target, raiser(Unsure("the line broke while it_a@bank.example was written to", "it is tried again")))
        assert "1 messages failed" in look(house, quiet, NIGHT)
    assert ask(quiet, f"select status, maybe_duplicate from ops.alert_messages where channel = '{channel}'") == [("failed", True)]
    look(house, quiet, NIGHT)
    if channel == "email":
        assert [mail["X-Renown-Maybe-Duplicate"] for mail in post.of("it_a@bank.example")] == ["yes"]
    else:
        assert [sentence("maybe_duplicate", None) in row["message"] for row in hook.received] == [True]
    assert ask(quiet, "select channel from ops.alert_messages where maybe_duplicate") == [(channel,)]


def test_what_is_refused_is_tried_as_long_as_what_nobody_answers(quiet: str, house: Settings, post: Postbox, hook: Webhook, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong password in the night: nobody has got it, so nobody gets it too often."""
    crisis(quiet)
    with monkeypatch.context() as patch:
        patch.setattr("delivery.channels.email.Email.send", raiser(Refused("no such login", "correct it")))
        for _ in range(20):
            look(house, quiet)
    assert ask(quiet, "select status, attempts from ops.alert_messages where channel = 'email'") == [("failed", 20)]


def test_what_may_have_come_is_not_told_all_day(quiet: str, house: Settings, post: Postbox, hook: Webhook, monkeypatch: pytest.MonkeyPatch) -> None:
    error = Unsure("the line broke", "it is tried again")

    def mail() -> list[Any]:
        return ask(quiet, "select status, attempts from ops.alert_messages where channel = 'email'")

    def tries(what: Exception, count: int) -> None:
        with monkeypatch.context() as patch:
            patch.setattr("delivery.channels.email.Email.send", raiser(what))
            for _ in range(count):
                look(house, quiet)

    crisis(quiet)
    tries(error, 11)
    assert mail() == [("failed", 11)]
    tries(Unreachable("nobody answers", "it is tried again"), 5)
    assert mail() == [("failed", 16)], "what surely did not arrive has a day"
    do(quiet, "update ops.alert_messages set maybe_duplicate = false where channel = 'email'")
    tries(error, 1)
    assert mail() == [("failed", 17)], "the first such answer of a server that is back"
    tries(error, 1)
    assert mail() == [("given_up", 18)]
    assert look(house, quiet) == "alerts: nothing new"


@pytest.mark.parametrize("what", ["words", "send"])
def test_a_fault_nobody_thought_of_stops_nobody_else_s_alert(what: str, quiet: str, house: Settings, post: Postbox, hook: Webhook,
                                                            monkeypatch: pytest.MonkeyPatch) -> None:
    crisis(quiet, 3)
    alarm(quiet, NOON, 5, 90, series=("all", "all"), department="pr")
    target = "delivery.alerts.message.text" if what == "words" else "delivery.channels.email.Email.send"
    from delivery.alerts import message
    from delivery.channels.email import Email

    whole = message.text if what == "words" else Email.send

    def odd(*given: Any) -> Any:
        to = given[2]["recipient"] if what == "words" else given[1]
        if to.startswith("communications"):
            if what == "words":
                given[0].execute("select 1 / 0")  # leaves the transaction broken
            raise ValueError("secret@address")
        return whole(*given)

    monkeypatch.setattr(target, odd)
    look(house, quiet)
    assert people(post) == ["remote"]
    told = ask(quiet, "select recipient, status, error from ops.alert_messages where channel = 'email' order by 1")
    assert told == [("communications", "failed", "DivisionByZero" if what == "words" else "ValueError"), ("remote", "sent", None)]


def test_a_mail_server_that_does_not_answer_is_dialled_once_and_after_the_chats(quiet: str, house: Settings, post: Postbox, hook: Webhook,
                                                                               monkeypatch: pytest.MonkeyPatch) -> None:
    crisis(quiet, 3)
    alarm(quiet, NOON, 5, 90, series=("all", "all"), department="pr")
    dialled: list[int] = []

    def dial(*_: Any) -> Any:
        dialled.append(len(hook.received))
        raise Down("mail server does not answer (TimeoutError)", "it is tried again")

    with monkeypatch.context() as patch:
        patch.setattr("delivery.channels.email.Email.send", dial)
        look(house, quiet)
    assert dialled == [1], "once, when the chat had been told"
    assert ask(quiet, "select status, attempts, error from ops.alert_messages where channel = 'email'") == [
        ("failed", 1, "mail server does not answer (TimeoutError)")] * 2
    look(house, quiet)
    assert people(post) == ["communications", "remote"]


def raiser(error: Exception) -> Any:
    """A function that raises it."""

    def raising(*_: Any) -> None:
        raise error

    return raising


def test_what_was_overtaken_while_the_server_was_down_is_not_sent(quiet: str, house: Settings, post: Postbox, hook: Webhook) -> None:
    crisis(quiet)
    post.answers["remote@bank.example"] = ["451 later", "451 later"]
    look(house, quiet)
    [(alert,)] = ask(quiet, "select alert_id::text from ops.alerts")
    with connect(quiet) as connection:
        acknowledge(connection, alert, "Anna", RAISED, "cli")
    post.answers.clear()
    look(house, quiet)
    assert not post.received
    assert ask(quiet, "select status, error from ops.alert_messages where channel = 'email'") == [("given_up", "overtaken")]


def test_a_crisis_told_late_is_tried_again_though_it_is_over(quiet: str, house: Settings, post: Postbox, hook: Webhook) -> None:
    crisis(quiet)
    late = NOON + timedelta(days=3, hours=-3)
    fresh(quiet, house, late)
    post.answers["remote@bank.example"] = ["451 later", "451 later"]
    look(house, quiet, late)
    post.answers.clear()
    look(house, quiet, late)
    assert people(post) == ["remote"]


def test_a_failed_gate_casts_its_doubt(quiet: str, house: Settings, post: Postbox, hook: Webhook) -> None:
    scenes.gate(quiet, "r1", NOON, holds=False)
    look(house, quiet)
    crisis(quiet)
    look(house, quiet)
    assert "The checks of marts do not hold" in text_of(post.of("remote@bank.example")[0])


def test_without_any_address_the_folder_has_it_and_the_ledger_says_why(quiet: str, house: Settings) -> None:
    crisis(quiet)
    assert look(house, quiet) == "alerts: 1 opened, 1 messages sent, 1 messages failed"
    assert ask(quiet, "select error from ops.alert_messages where status = 'failed'") == [("remote has no email address (env:RENOWN_ONCALL_REMOTE_EMAIL)",)]
    for _ in range(15):
        look(house, quiet)
    assert ask(quiet, "select status, attempts from ops.alert_messages where channel = 'email'") == [("failed", 16)], "it is open and nobody has taken it"
    do(quiet, "update ops.alert_events set recorded_at = recorded_at - interval '25 hours'")
    look(house, quiet)
    assert ask(quiet, "select status, attempts from ops.alert_messages where channel = 'email'") == [("given_up", 17)], "tried for a day"
    assert look(house, quiet) == "alerts: nothing new"


def test_a_message_waits_longer_after_each_try_and_comes_when_the_server_is_back(quiet: str, house: Settings, post: Postbox, hook: Webhook) -> None:
    def tries() -> int:
        [(attempts,)] = ask(quiet, "select attempts from ops.alert_messages where channel = 'email'")
        return int(attempts)

    def later(minutes: float) -> None:
        do(quiet, f"update ops.alert_messages set claimed_at = claimed_at - interval '1 second' * {60 * minutes}")
        look(house, quiet, patient=True)

    crisis(quiet)
    post.answers["remote@bank.example"] = ["451 later"] * 99
    assert "1 messages failed" in look(house, quiet, patient=True)
    waits = (1, 2, 4, 8, 15, 15, 15, 15, 15, 15, 15, 15, 15)
    for wait in waits:  # minutes
        before = tries()
        later(wait - 0.5)
        assert tries() == before, f"not yet: {wait} minutes"
        later(0.5)
        assert tries() == before + 1
    assert tries() == 14, "more than twelve"
    post.answers.clear()
    assert look(house, quiet, patient=True) == "alerts: nothing new", "its time has not come"
    later(15)
    assert people(post) == ["remote"]


def test_the_end_of_a_crisis_that_came_back_is_not_told_late(quiet: str, house: Settings, post: Postbox, hook: Webhook) -> None:
    crisis(quiet)
    look(house, quiet)
    over = NOON + 7 * HOUR
    fresh(quiet, house, over)
    post.answers["remote@bank.example"] = ["451 later", "451 later"]
    look(house, quiet, over)
    alarm(quiet, over, 4, 20)
    post.answers.clear()
    fresh(quiet, house, over + HOUR)
    look(house, quiet, over + HOUR)
    assert [(to, mail["Subject"][6:12]) for to, mail in post.received] == [("remote@bank.example", "Velmor"), ("it_a@bank.example", "AGAIN:")], "it is night"


def test_one_run_at_a_time(quiet: str, house: Settings) -> None:
    from delivery.alerts.watch import LOCK

    with connect(quiet, autocommit=True) as other:
        other.execute("select pg_advisory_lock(%s)", (LOCK,))
        assert watch(house, url=quiet, now=RAISED).busy
