"""The world: deterministic, of the asked size and mix, with everything in it that was scripted."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from sandbox import truth
from sandbox.world.build import build_world
from sandbox.world.model import CLOCK_END, CLOCK_START, CRISIS_START, LANGUAGES, Item, World
from sandbox.world.stories import similarity, story_text
from tests.sandbox.conftest import BANKS, SEED

REPOSITORY = BANKS.parents[1]


@pytest.fixture(scope="module")
def full() -> World:
    return build_world(SEED, 1.0, BANKS)


def _digest(folder: Path) -> str:
    return hashlib.sha256((folder / "truth.jsonl").read_bytes() + (folder / "truth.json").read_bytes()).hexdigest()


def _generate(folder: Path, seed: int, hash_seed: str) -> str:
    subprocess.run(
        [sys.executable, "-m", "sandbox", "--seed", str(seed), "--scale", "0.02", "--banks", str(BANKS), "--truth",
         str(folder), "--generate-only"], check=True, cwd=REPOSITORY, env={**os.environ, "PYTHONHASHSEED": hash_seed},
    )  # fmt: skip
    return _digest(folder)


def test_same_seed_same_bytes_whatever_the_process(tmp_path: Path) -> None:
    first, again = _generate(tmp_path / "a", 7, "1"), _generate(tmp_path / "b", 7, "2")
    assert first == again
    assert _generate(tmp_path / "c", 8, "1") != first


def test_size_mix_and_clock(full: World) -> None:
    assert 23_500 <= len(full.items) <= 26_500
    shares = {name: count / len(full.items) for name, count in Counter(item.platform for item in full.items).items()}
    for platform, share in {"x": 0.4, "vk": 0.2, "weibo": 0.15, "discourse": 0.15, "rss": 0.1}.items():
        assert shares[platform] == pytest.approx(share, abs=0.025)
    assert all(CLOCK_START <= item.at < CLOCK_END for item in full.items)
    assert {item.language for item in full.items} == {*LANGUAGES, "und"}


def test_identifiers_are_unique_and_accounts_stable(full: World) -> None:
    assert len({(item.platform, item.kind, item.native_id) for item in full.items}) == len(full.items)
    authors: dict[tuple[str, str], set[str]] = defaultdict(set)
    for item in full.items:
        if item.author:
            authors[item.platform, item.author.account_id].add(item.author.handle)
    assert all(len(handles) == 1 for handles in authors.values())


@pytest.mark.parametrize("which", ["full", "small"])
def test_some_of_everything(which: str, full: World, world: World) -> None:
    items = full.items if which == "full" else world.items
    assert {item.role for item in items} == {"answer", "ask", "divert", "automatic", "none"}
    assert {item.closing for item in items} == {"thanks", "confirms", "still_angry", "none"}
    for test in (_is_repost, _is_quote, _is_edited, _is_bot, _is_comparison, _is_impostor, _is_press, _is_noise):
        assert any(test(item) for item in items), test.__name__
    for platform in ("x", "vk", "weibo", "discourse"):
        there = [item for item in items if item.platform == platform]
        assert any(item.deleted for item in there)
        assert any(truth.misdirected_about(full, item) for item in there)


def _is_repost(item: Item) -> bool:
    return item.repost_of is not None and not item.repost_of.deleted


def _is_quote(item: Item) -> bool:
    return item.quote_of is not None


def _is_edited(item: Item) -> bool:
    return item.edited_at is not None


def _is_bot(item: Item) -> bool:
    return item.author is not None and item.author.bot and item.page_id == "-101001"


def _is_comparison(item: Item) -> bool:
    return {"positive", "negative"} <= set(item.banks.values())


def _is_impostor(item: Item) -> bool:
    return item.author is not None and item.author.looks_like is not None and item.parent is not None


def _is_press(item: Item) -> bool:
    return item.author is not None and item.author.press


def _is_noise(item: Item) -> bool:
    return item.platform in ("discourse", "rss") and not item.banks and item.act == "ambiguous_place"


def test_planted_items_are_few_and_break_one_rule_each(full: World, world: World) -> None:
    for some in (full, world):
        planted = [item for item in some.items if item.quarantined]
        assert 5 <= len(planted) <= 15
        assert not any(item.deleted for item in planted)
        for item in planted:
            impossible_date = item.event_at > CLOCK_END + 86_400 or item.event_at < 1_072_915_200
            negative = any((number or 0) < 0 for number in item.engagement.values())
            empty = not item.text and not item.title and not item.has_media
            assert [impossible_date, negative, empty].count(True) == 1
        sound = [item for item in some.items if not item.quarantined]
        assert all(item.text and item.event_at < CLOCK_END for item in sound)
        assert all((number or 0) >= 0 for item in sound for number in item.engagement.values())


def _hourly(world: World, bank: str) -> Counter[int]:
    told = (item for item in world.items if bank in item.banks and not item.official_of and truth.expected(item))
    return Counter((item.event_at - CLOCK_START) // 3600 for item in told)


def _usual(hourly: Counter[int]) -> float:
    hour = (CRISIS_START - CLOCK_START) // 3600
    return sum(hourly[hour - 168 * week] for week in range(1, 9)) / 8


@pytest.mark.parametrize("which", ["full", "small"])
def test_crisis_is_twenty_times_the_usual_within_the_hour(which: str, full: World, world: World) -> None:
    some = full if which == "full" else world
    hourly, hour = _hourly(some, some.home), (CRISIS_START - CLOCK_START) // 3600
    assert hourly[hour] >= 20 * _usual(hourly)
    assert hourly[hour] >= 40
    assert hourly[hour - 1] < hourly[hour] / 8
    assert hourly[hour + 48] < hourly[hour] / 8
    first = [
        item for item in some.items
        if some.home in item.banks and not item.official_of and CRISIS_START <= item.at < CRISIS_START + 3600
    ]  # fmt: skip
    assert len({item.author.account_id for item in first if item.author}) > 0.8 * len(first)
    assert len({item.platform for item in first}) >= 4
    assert len({item.language for item in first}) >= 4
    assert sum(item.banks[some.home] == "negative" for item in first) > 0.75 * len(first)
    assert sum("outage" in item.topics and "cards" in item.topics for item in first) > 0.8 * len(first)
    press = [item for item in some.items if item.author and item.author.press and item.topics == ("outage", "cards")]
    assert min(item.at for item in press) < CRISIS_START + 3600


def test_no_other_hour_comes_near_the_crisis(full: World) -> None:
    hour = (CRISIS_START - CLOCK_START) // 3600
    for bank in full.banks:
        calm = {at: n for at, n in _hourly(full, bank).items() if bank != full.home or not hour <= at < hour + 72}
        assert max(calm.values()) < 20


def test_days_and_weeks_have_a_rhythm(full: World) -> None:
    turkish = [item for item in full.items if item.language == "tr" and not item.official_of and not item.parent]
    by_hour = Counter((item.at // 3600 + 3) % 24 for item in turkish)
    assert sum(by_hour[hour] for hour in range(1, 6)) < 0.25 * sum(by_hour[hour] for hour in range(11, 16))
    weekend = sum((item.at + 10_800 - CLOCK_START) // 86_400 % 7 >= 5 for item in turkish)
    assert weekend / 2 < 0.8 * (len(turkish) - weekend) / 5


def test_stories_really_are_near_duplicates(full: World) -> None:
    members: dict[str, list[Item]] = defaultdict(list)
    for item in sorted(full.items, key=lambda item: item.at):
        if item.story:
            members[item.story].append(item)
    assert len(members) > 100
    assert any(len({item.publisher for item in story}) > 1 for story in members.values())
    for story in members.values():
        assert len(story) > 1
        for place, item in enumerate(story[1:40], start=1):
            known = {story_text(other) for other in story[:place]}
            assert any(similarity(text, story_text(item)) >= 0.8 for text in known)


def test_near_duplicates_are_in_one_story(world: World) -> None:
    shown = [item for item in world.items if not item.deleted and item.platform == "rss"]
    for place, item in enumerate(shown):
        for other in shown[:place]:
            if item.title == other.title and item.text == other.text:
                assert item.story == other.story
                assert item.story


def test_official_items_answer_exactly_one_customer(full: World) -> None:
    replies = [item for item in full.items if item.official_of and item.role != "none"]
    assert len(replies) > 3000
    for item in replies:
        assert item.answers is not None
        assert item.answers.at <= item.at
        assert item.answered_author is item.answers.author
        assert item.thread is item.answers.thread


def test_texts_label_only_banks_that_they_name(full: World) -> None:
    finder = __import__("sandbox.world.banks", fromlist=["BankNames"]).BankNames(full.banks)
    for item in full.items:
        text = f"{item.title or ''}\n{item.text}"
        named = finder.aliased(text) | finder.hinted(text)
        named |= {finder.of_handle(item.platform, handle) for handle in item.mentions}
        assert set(item.banks) <= named


def test_truth_lines_are_in_event_order_and_complete(world: World, tmp_path: Path) -> None:
    truth.write_truth(world, tmp_path)
    lines = [json.loads(text) for text in (tmp_path / "truth.jsonl").read_text("utf-8").splitlines()]
    assert [line["event_at"] for line in lines] == sorted(line["event_at"] for line in lines)
    assert len(lines) == len(world.items)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["truth.json", "truth.jsonl"]
