"""The further gold items (replies, moments, handles, near-duplicates, bots …): their form, their halves, and no task falls unseen."""

from __future__ import annotations

import copy
import json
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from nlp.gold import further, shapes
from nlp.heads import MODELS
from settings.models import LANGUAGES


def test_the_shipped_items_have_no_problems() -> None:
    assert shapes.problems() == []


def test_there_are_as_many_as_is_promised() -> None:
    for name, least in (("exchanges", 60), ("situations", 25)):
        found = Counter(item["language"] for item in further.items(name))
        assert set(found) == set(LANGUAGES)
        assert min(found.values()) >= least
    pairs, handles, authors = (further.items(name) for name in ("pairs", "handles", "authors"))
    assert min(len(pairs), len(handles)) >= 40
    assert sum(not pair["same"] for pair in pairs) >= 20
    assert sum(item["status"] == "look_alike" for item in handles) >= 20
    assert min(Counter(author["likely"] for author in authors).values()) >= 15


EXCHANGE = next(item for item in further.items("exchanges") if item["author"] == "customer")
BREAKS: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "key": (lambda i: i.pop("closing"), "keys missing or unknown: closing"),
    "language": (lambda i: i.update(language="de"), "language 'de'"),
    "closing": (lambda i: i.update(closing="cross"), "closing 'cross'"),
    "moment": (lambda i: i.update(moments=["won"]), "moments 'won'"),
    "hard": (lambda i: i.update(hard=["odd"]), "hard 'odd'"),
    "role": (lambda i: i.update(role="answer"), "only an official account"),
    "author": (lambda i: i.update(author="official", role="answer", official_kind="help", closing="thanks"), "closes nothing"),
}


@pytest.mark.parametrize("case", BREAKS)
def test_a_broken_item_is_told_without_its_text(case: str) -> None:
    item = copy.deepcopy(EXCHANGE)
    breaking, expected = BREAKS[case]
    breaking(item)
    found = list(shapes.item_problems(item, shapes.SHAPES["exchanges"]))
    assert any(expected in problem for problem in found), found
    assert EXCHANGE["text"] not in "".join(found)


def test_a_repeated_text_and_a_repeated_id_are_told() -> None:
    other = EXCHANGE | {"id": "en-t999"}
    assert any("nearly repeats" in problem for problem in shapes.set_problems("exchanges", [EXCHANGE, other]))
    assert any("used 2 times" in problem for problem in shapes.set_problems("exchanges", [EXCHANGE, EXCHANGE]))


def test_a_situation_told_in_five_languages_is_in_one_half() -> None:
    for name in ("exchanges", "situations"):
        halves: dict[str, set[bool]] = {}
        for item in further.items(name):
            halves.setdefault(item["id"][-3:], set()).add(further.measures(item))
        assert all(len(half) == 1 for half in halves.values())
        assert 0.4 < sum(half == {True} for half in halves.values()) / len(halves) < 0.6


def test_misses_of_what_measures_are_not_shown() -> None:
    hidden = {item["id"] for name in ("exchanges", "situations") for item in further.items(name) if further.measures(item)}
    assert hidden
    assert not hidden & {name for task in ("closing", "consider") for name, _, _ in further.misses(task)}


def test_no_task_falls_below_its_recorded_interval() -> None:
    """After a change that is meant: `renown evaluate --measure --task gold` records the new figures."""
    stored = json.loads((MODELS / "metrics.json").read_text("utf-8"))["evaluations"]
    recorded = {(row["dataset"], row["task"], row["language"]): row for row in stored}
    fresh = {(row["dataset"], row["task"], row["language"]): row for row in further.rows()}
    datasets = {key[0] for key in fresh}
    assert set(fresh) == {key for key in recorded if key[0] in datasets}
    fallen = {key: (row["value"], recorded[key]["detail"]["interval"]) for key, row in fresh.items()
              if row["value"] < recorded[key]["detail"]["interval"][0]}
    assert fallen == {}
