"""config/alerts.yml, oncall.yml, playbook.yml: what is refused, with line and mend; and that none of it moves a number's version."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import get_args

import pytest
import yaml

from cli.check import findings
from nlp.label_values import URGENCIES
from settings import ConfigError, load_settings
from settings.alerting import Kind, Playbook, Urgency
from settings.loader import REPOSITORY

COMMITTED = REPOSITORY / "config"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(COMMITTED, tmp_path / "config")
    return tmp_path / "config"


def change(folder: Path, stem: str, old: str, new: str) -> None:
    path = folder / f"{stem}.yml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def line(folder: Path, stem: str, words: str) -> int:
    return next(n for n, text in enumerate((folder / f"{stem}.yml").read_text("utf-8").splitlines(), 1) if words in text)


def told(folder: Path) -> list[tuple[str, str, int | None, str]]:
    return [(f.level, f.path.stem, f.line, f.what) for f in findings(folder) if f.path.stem not in ("sources",)]


def test_the_committed_files_have_nothing_to_mend(folder: Path) -> None:
    assert told(folder) == []


def test_the_rota_is_no_part_of_the_version_of_numbers(folder: Path) -> None:
    before = load_settings(folder).config_version
    change(folder, "oncall", "hands_over: \"09:00\"", "hands_over: \"08:00\"")
    change(folder, "alerts", "min_cases: 5", "min_cases: 6")
    change(folder, "playbook", "Open the three posts", "Look at the three posts")
    assert load_settings(folder).config_version == before
    change(folder, "duties", "Press office", "The press office")
    assert load_settings(folder).config_version != before


def test_all_three_files_may_be_missing(folder: Path) -> None:
    for stem in ("alerts", "oncall", "playbook"):
        (folder / f"{stem}.yml").unlink()
    settings = load_settings(folder)
    assert (settings.oncall.people, settings.alerts.sla.min_cases, settings.playbook.plays) == ([], 5, [])
    assert told(folder) == []


@pytest.mark.parametrize(("stem", "old", "new", "said"), [
    ("oncall", '"env:RENOWN_ONCALL_PRESS_EMAIL"', "press@bank.example", "addresses stay out of files"),
    ("oncall", '"env:RENOWN_ONCALL_PRESS_EMAIL"', '"env:slack://token"', "addresses stay out of files"),
    ("oncall", "{after_minutes: 15, to: Head of communications}", "{after_minutes: 40, to: Head of communications}", "after_minutes must rise"),
    ("oncall", "{id: press_b,", "{id: press_a,", "id appears twice"),
    ("oncall", "owner: Crisis telephone", "owner: Press office", "desk appears twice"),
    ("oncall", "ends: 2026-04-06T09:00", "ends: 2026-04-03T09:00", "ends before it starts"),
    ("oncall", "ends: 2026-04-06T09:00", "ends: 2026-04-06T09:00Z", "only one of its times has an offset"),
    ("alerts", "factor: 2", "factor: 1", "greater than 1"),
    ("alerts", "over_after_minutes: 360 ", "over_after_minutes: 99999999999 ", "crisis.over_after_minutes: .*less than or equal to 10080"),
    ("alerts", "over_after_minutes: 30 ", "over_after_minutes: 10081 ", "less than or equal to 10080"),
    ("alerts", "look_back_days: 14", "look_back_days: 367", "less than or equal to 366"),
    ("alerts", "over_after_minutes: 360      # without an alarm\n  look_back_days: 14", "over_after_minutes: 2881\n  look_back_days: 2",
     "looked for only 2 days back: raise look_back_days, or lower over_after_minutes"),
    ("oncall", "after_minutes: 45", "after_minutes: 10081", "less than or equal to 10080"),
    ("playbook", "      ru:\n        - ", "      ru:\n        - one more\n        - ", "ru has 4 steps, there are 3"),
    ("oncall", "names: {ru: ", "names: {rus: ", "names"), ("playbook", "kinds: [gate]", "kinds: [gates]", "crisis"),
    ("playbook", "kinds: [gate]", "kinds: [gate, case]", "case stands alone"),
    ("playbook", "    max_triage_level: 2", "    min_severity: 2", "min_severity is for alerts"),
    ("playbook", "kinds: [gate]", "kinds: [gate]\n    max_triage_level: 2", "are for kinds: .case."),
    ("playbook", "kinds: [gate]", "kinds: [gate]\n    urgencies: [money_locked]", "are for kinds: .case."),
    ("playbook", "urgencies: [money_locked]", "urgencies: [money_lost]", "fraud_in_progress"),
    ("playbook", "max_triage_level: 2", "max_triage_level: 6", "less than or equal to 5"),
])
def test_what_the_loader_refuses(folder: Path, stem: str, old: str, new: str, said: str) -> None:
    change(folder, stem, old, new)
    with pytest.raises(ConfigError, match=said) as caught:
        load_settings(folder)
    assert caught.value.path.stem == stem
    assert caught.value.line
    assert "token" not in str(caught.value)
    assert "press@" not in str(caught.value)


@pytest.mark.parametrize(("stem", "old", "new", "what"), [
    ("oncall", "people: [press_a, press_b]", "people: [press_a, nobody]", "unknown person 'nobody'"),
    ("oncall", "person: it_a", "person: nobody", "unknown person 'nobody'"),
    ("oncall", "on_call: press_week", "on_call: press_month", "unknown person or rotation 'press_month'"),
    ("oncall", "to: Press officer on duty", "to: The porter", "unknown desk 'The porter'"),
    ("oncall", "desk: Data engineering", "desk: Data", "unknown desk 'Data'"),
    ("oncall", "department: security", "department: kitchen", "unknown department 'kitchen'"),
    ("alerts", "owner: Data engineering", "owner: Somebody", "unknown desk 'Somebody'"),
    ("playbook", "topics: [liquidity_fear]", "topics: [weather]", "unknown topic 'weather'"),
])
def test_names_that_nobody_knows(folder: Path, stem: str, old: str, new: str, what: str) -> None:
    change(folder, stem, old, new)
    assert told(folder) == [("error", stem, line(folder, stem, new), what)]
    with pytest.raises(ConfigError):
        load_settings(folder)


def test_who_cannot_be_reached_is_told(folder: Path) -> None:
    change(folder, "oncall", ', email: "env:RENOWN_ONCALL_FRAUD_EMAIL"', "")
    change(folder, "duties", "owner: ATM network desk", "owner: ATM people")
    assert told(folder) == [("warning", "duties", line(folder, "duties", "ATM people"), "'ATM people' has no desk in oncall.yml"),
                            ("warning", "oncall", line(folder, "oncall", "id: fraud"), "fraud has neither email nor chat")]
    change(folder, "oncall", "folder: alerts", "folder: null")
    assert told(folder)[0][0] == "error", "without the folder nobody would know at all"


def test_a_kind_is_switched_off_as_the_documents_write_it(folder: Path) -> None:
    assert "`off: [sla]`" in (REPOSITORY / "docs" / "alerts.md").read_text("utf-8")
    change(folder, "alerts", "sla:   ", "off: [sla]\nsla:   ")
    assert load_settings(folder).alerts.off == ["sla"]
    assert told(folder) == []
    change(folder, "alerts", "\noff: [sla]", "\noff: [slow]")
    with pytest.raises(ConfigError, match="'crisis', 'sla'"):
        load_settings(folder)


def test_an_alert_below_every_duty_or_channel_is_told(folder: Path) -> None:
    change(folder, "duties", "{department: pr, owner: Press office", "{department: pr, min_severity: 3, owner: Press office")
    change(folder, "oncall", ' email: "env:RENOWN_ONCALL_IT_A_EMAIL",', "")
    change(folder, "oncall", ' email: "env:RENOWN_ONCALL_COMMUNICATIONS_EMAIL",', "")  # told from severity 4 on, when chat is open
    assert told(folder) == [("warning", "duties", line(folder, "duties", "min_severity: 3, owner: Press office"),
                             "no duty of 'pr', the default, takes an alert of severity 2"),
                            ("warning", "oncall", line(folder, "oncall", "id: it_a,"), "it_a has chat alone, which `channels` opens from severity 3 on")]
    change(folder, "oncall", "channels: {email: 1, chat: 3}", "channels: {email: 1, chat: 2}")
    change(folder, "alerts", "min_severity: 2", "min_severity: 3")
    change(folder, "alerts", "sla:   ", "off: [sla]\nsla:   ")
    assert told(folder) == []
    (folder / "duties.yml").write_text("duties: []\n", "utf-8")
    assert told(folder)[-1][:2] == ("warning", "oncall")
    assert "reaches nobody" in told(folder)[-1][3]


def test_topics_departments_of_the_demo_have_desks_of_their_own() -> None:
    settings = load_settings()
    told = {duty.department for duty in settings.duties.duties if duty.min_severity <= 2}
    assert {"pr", "marketing", "service_quality", "cards", "internet_bank", "atms", "security"} <= told
    desks = {desk.owner for desk in settings.oncall.desks}
    assert {name for duty in settings.duties.duties for name in (duty.owner, duty.after_hours) if name} <= desks


def test_plays_are_told_apart(folder: Path) -> None:
    change(folder, "playbook", "id: crisis_grave", "id: crisis")
    assert [what for *_, what in told(folder)] == ["id 'crisis' appears twice"]


def test_the_play_that_names_the_topic_comes_first() -> None:
    plays = Playbook.model_validate(yaml.safe_load((COMMITTED / "playbook.yml").read_text("utf-8")))
    assert plays.steps("crisis", "outage", 5)[0].startswith("Ask IT operations")
    assert plays.steps("crisis", "fees", 4)[0].startswith("Call the head of communications")
    assert plays.steps("crisis", None, 3)[0].startswith("Open the three posts")
    assert plays.steps("stale", None, 3)
    assert Playbook().steps("crisis", None, 5) == []


def test_urgencies_of_plays_are_those_that_labels_have() -> None:
    assert set(get_args(Urgency)) == set(URGENCIES)


def test_every_urgency_and_the_topics_of_first_aid_have_plays_of_their_own() -> None:
    plays = [play for play in load_settings(COMMITTED).playbook.plays if "case" in play.kinds]
    assert {urgency for play in plays for urgency in play.urgencies} == set(URGENCIES)
    assert {topic for play in plays for topic in play.topics} >= {"atm_network", "mobile_app", "cards", "fees", "fraud"}
    assert [play.max_triage_level for play in plays if not play.topics and not play.urgencies] == [2, 3, 4, 5], "no case without advice"


def test_an_alert_is_not_advised_by_a_play_for_cases() -> None:
    plays = load_settings(COMMITTED).playbook
    assert {kind: plays.steps(kind, "atm_network", 5)[0][:12] for kind in ("crisis", "sla")} == {"crisis": "Ask IT opera", "sla": "Take the cas"}
    assert all(plays.steps(kind, "cards", 5) for kind in get_args(Kind))


@pytest.mark.parametrize("given", ["../other", "/etc/alerts", "a/../../b", "''", "."])
def test_copies_stay_below_the_home(given: str, folder: Path) -> None:
    path = folder / "oncall.yml"
    kept = [text for text in path.read_text("utf-8").splitlines() if not text.startswith("folder:")]
    path.write_text("\n".join([*kept, f"folder: {given}", ""]), "utf-8")
    with pytest.raises(ConfigError, match="below RENOWN_HOME"):
        load_settings(folder)


@pytest.mark.parametrize("given", ["alerts", "copies/of/alerts", "null"])
def test_a_folder_below_the_home_or_none_is_taken(given: str, folder: Path) -> None:
    path = folder / "oncall.yml"
    kept = [text for text in path.read_text("utf-8").splitlines() if not text.startswith("folder:")]
    path.write_text("\n".join([*kept, f"folder: {given}", ""]), "utf-8")
    assert load_settings(folder).oncall.folder == (None if given == "null" else given)
