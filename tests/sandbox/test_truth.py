"""Totals and cases of the truth, counted a second time from the script's own plan."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from datetime import datetime
from importlib import import_module
from typing import Any

import pytest

from sandbox import experience, truth
from sandbox.texts import LANGUAGES
from sandbox.texts.grammar import Draw, parse
from sandbox.texts.scripts import TO_LATIN, TO_TRADITIONAL
from sandbox.world.model import Item, World


def _key(case: dict[str, Any]) -> tuple[str, str, str, str]:
    return case["platform"], case["bank"], case["conversation_id"], case["author_id"]


def test_totals_add_up(world: World) -> None:
    totals = truth.summary(world)["totals"]
    assert totals["items"] == len(world.items)
    assert totals["deleted"] == sum(item.deleted for item in world.items) > 0
    assert totals["expected_mentions"] == totals["items"] - totals["deleted"] - totals["quarantined"]
    assert sum(totals["by_platform"].values()) == sum(totals["by_language"].values()) == totals["expected_mentions"]


def test_planned_answers_are_the_first_responses_of_cases(world: World) -> None:
    """The script's links (plan.answers) against the cases found by definition."""
    found = {_key(case): case for case in truth.cases(world)}
    checked = 0
    for item in world.items:
        planned = item.answers
        if planned is None or item.role not in truth.HUMAN_ROLES or not truth.expected(planned):
            continue
        bank = str(item.official_of)
        if bank not in truth.inbound_banks(world, planned) or planned.author is None:
            continue
        case = found[item.platform, bank, str(planned.conversation_id), planned.author.account_id]
        assert case["first_human_response_at"] is not None
        assert case["opened_at"] <= case["first_human_response_at"] <= truth.iso(item.at)
        checked += 1
    assert checked > 100


def test_cases_without_a_planned_answer_stay_open(world: World) -> None:
    answered: dict[tuple[str, str, str, str], int] = Counter()
    for item in world.items:
        if item.role in truth.HUMAN_ROLES and item.answers and item.answers.author and item.official_of:
            key = item.platform, item.official_of, str(item.conversation_id), item.answers.author.account_id
            answered[key] += 1
    for case in truth.cases(world):
        assert (case["first_human_response_at"] is not None) <= bool(answered[_key(case)])


def test_delays_are_human_for_people_and_seconds_for_machines(world: World) -> None:
    waits: dict[str, list[float]] = defaultdict(list)
    for case in truth.cases(world):
        for kind in ("human", "automatic"):
            if case[f"first_{kind}_response_at"]:
                moments = [datetime.fromisoformat(case[name]) for name in ("opened_at", f"first_{kind}_response_at")]
                waits[kind].append((moments[1] - moments[0]).total_seconds())
    assert sorted(waits["automatic"])[len(waits["automatic"]) // 2] < 60
    median = sorted(waits["human"])[len(waits["human"]) // 2]
    assert 1800 < median < 12 * 3600
    assert min(waits["human"]) >= 0


def test_press_and_promotions_open_no_case(world: World) -> None:
    for item in world.items:
        if item.official_of or (item.author and item.author.press) or {"news", "promotion"} & set(item.intents):
            assert not truth.inbound_banks(world, item)


def test_look_alikes_are_named_as_such(world: World) -> None:
    labels = [label for item in world.items for label in truth.handle_labels(world, item)]
    assert {label["status"] for label in labels} == {"official", "look_alike", "unknown"}
    assert all((label["looks_like"] is not None) == (label["status"] == "look_alike") for label in labels)
    assert all((label["bank_id"] is not None) == (label["status"] == "official") for label in labels)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_city_that_a_text_may_name_is_known(language: str) -> None:
    rules = parse(*import_module(f"sandbox.texts.{language}").SOURCES)
    for rule in sorted(rules.keys() & {"city", "in_city"}):
        for number in range(3 * len(rules[rule])):
            said = Draw(random.Random(number), rules, "cards").rule(rule)
            for written in {said, said.translate(TO_LATIN) if language == "ru" else said.translate(TO_TRADITIONAL)}:
                named = experience.places(_item(f"a {written}."))
                assert [place["text"] for place in named] == [written]
                assert experience.places(_item(f"a{written}b")) == [] or language in ("zh", "ar")


def test_places_journeys_and_personal_data_are_told(world: World) -> None:
    told = [truth.line(world, item) for item in world.items]
    assert {place["kind"] for line in told for place in line["places"]} == {"city", "branch", "atm"}
    assert {kind for line in told for kind in line["pii"]} == {"phone", "email"}
    assert {line["journey"]["stage"] for line in told} == {None, "consideration", "onboarding", "use", "support", "leaving"}
    assert not any(line["journey"]["stage"] for line in told if line["official_of"] or "news" in line["intents"])
    assert all((line["page_followers"] is None) == (line["page_id"] is None) for line in told)


def _item(text: str) -> Item:
    return Item(platform="x", kind="post", author=None, at=0, act="complaint", language="en", text=text)
