"""Emerging themes: found when they grow, silent when nothing does, the same theme tomorrow."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pytest
from scipy.stats import false_discovery_control

from nlp.emerging import Text, adjusted, telling, themes, update_emerging
from nlp.phrases import phrases
from settings import load_settings
from settings.loader import REPOSITORY
from warehouse.connection import connect

WORDS = [f"{a}{b}{c}" for a in "bdfgklmnprst" for b in "aeiou" for c in ("nor", "lim", "tas", "vek")]


def chatter(seed: int, count: int, is_now: bool) -> Iterator[Text]:
    chance = random.Random(seed)
    for n in range(count):
        said = " ".join(chance.choices(WORDS, k=12))
        yield Text(f"{seed}-{n}", f"a{seed}-{n % 40}", is_now, phrases(said, "en"))


def with_theme(texts: list[Text], wording: str, count: int) -> list[Text]:
    return [replace(t, phrases=t.phrases | phrases(wording, "en"), topics=("cards",)) if i < count else t for i, t in enumerate(texts)]


def test_a_theme_that_grows_is_found_and_named() -> None:
    now = with_theme(list(chatter(1, 120, True)), "the frozen wallet limit again", 15)
    found = themes([*chatter(2, 900, False), *now])
    assert len(found) == 1
    assert telling(found[0].phrases)[0] == "frozen wallet limit"
    assert found[0].mentions.keys() == {text.mention_id for text in now[:15]}
    assert found[0].topics["cards"] == 15
    assert found[0].lead.baseline == 0
    assert found[0].lead.expected < 1


def test_steady_chatter_has_no_theme() -> None:
    assert sum(len(themes([*chatter(seed, 900, False), *chatter(seed + 100, 150, True)])) for seed in range(10)) <= 1


def test_what_was_said_before_as_often_is_nothing_new() -> None:
    before = with_theme(list(chatter(3, 900, False)), "the frozen wallet limit again", 120)
    now = with_theme(list(chatter(4, 120, True)), "the frozen wallet limit again", 15)
    assert themes([*before, *now]) == []


def test_one_loud_author_is_no_theme() -> None:
    loud = [replace(t, author_id="one") for t in with_theme(list(chatter(5, 120, True)), "frozen wallet limit", 120)[:15]]
    assert themes([*chatter(6, 900, False), *loud, *chatter(7, 100, True)]) == []


def test_two_themes_stay_two() -> None:
    now = with_theme(list(chatter(8, 200, True)), "frozen wallet limit", 15)
    now = now[::-1][:185] + now[:15]
    other = [replace(t, phrases=t.phrases | phrases("golden parrot lottery", "en")) if 20 < i < 40 else t for i, t in enumerate(now)]
    assert len(themes([*chatter(9, 1500, False), *other])) == 2


def test_false_discoveries_are_bounded_as_scipy_bounds_them() -> None:
    p_values = np.random.default_rng(1).uniform(0, 1, 50) ** 3
    assert np.allclose(adjusted(p_values), false_discovery_control(p_values))


@pytest.mark.parametrize(("text", "language", "expected", "absent"), [
    ("The new overdraft fee of Velmora is absurd", "en", {"overdraft fee", "absurd"}, {"the", "velmora", "fee of"}),
    ("Комиссия за перевод выросла", "ru", {"комиссия", "перевод выросла"}, {"за"}),
    ("转账手续费涨了", "zh", {"手续费"}, {"了"}),
    ("رسوم التحويل ارتفعت", "ar", {"رسوم التحويل"}, set()),
    ("Havale ücreti arttı", "tr", {"havale ucreti"}, set()),
])  # fmt: skip
def test_phrases(text: str, language: str, expected: set[str], absent: set[str]) -> None:
    found = phrases(text, language, ["velmora"])
    assert expected <= found
    assert not absent & found


INSERT = """
with given as (select gen_random_uuid() as batch), m as (
    insert into core.mentions (mention_id, version, platform, site, kind, native_id, source_id, text, author_id, created_at, event_at,
        event_at_basis, content_sha256, payload_sha256, batch_id, first_seen_at)
    select core.mention_id('x', '', 'post', %(id)s), 1, 'x', '', 'post', %(id)s, 's', %(text)s, %(author)s, %(at)s, %(at)s, 'created_at',
        sha256(%(id)s::bytea), sha256(%(id)s::bytea), batch, %(at)s from given returning mention_id)
insert into nlp.annotations (mention_id, mention_version, task, model_version, label)
select mention_id, 1, 'language', 'human:test', '{"language": "en"}' from m"""


@pytest.fixture
def connection(warehouse_url: str) -> Iterator[psycopg.Connection[Any]]:
    with connect(warehouse_url) as opened:
        yield opened


def test_the_snapshot_is_written_once_and_keeps_a_themes_id(connection: psycopg.Connection[Any], tmp_path: Path) -> None:
    as_of, chance = datetime(2026, 3, 30, tzinfo=UTC), random.Random(1)
    for n in range(400):
        said = " ".join(chance.choices(WORDS, k=10)) + (" frozen wallet limit" if n >= 370 else "")
        at = as_of - timedelta(days=28 - n * 28 / 400)
        connection.execute(INSERT, {"id": str(n), "text": said, "author": str(n % 50), "at": at})
    settings = load_settings(REPOSITORY / "config", home=tmp_path)
    ids = []
    for n in range(400, 420):  # the next hours say a little more of it
        at = as_of + timedelta(hours=1)
        connection.execute(INSERT, {"id": str(n), "text": "frozen wallet limit refund desk", "author": str(n), "at": at})
    for day in (as_of, as_of + timedelta(hours=6)):
        given = settings.model_copy(update={"as_of": day})
        assert given.now() == day
        assert update_emerging(connection, given) == 1
        assert update_emerging(connection, given) == 0
        row = connection.execute("select theme_id, phrases, mention_count from nlp.emerging_topics where as_of = %s", [day]).fetchone()
        assert row
        assert "frozen wallet limit" in row[1]
        assert ("limit refund desk" in row[1]) is (day > as_of)
        assert row[2] >= 25
        ids.append(row[0])
    assert ids[0] == ids[1]
