"""Stories are found as comparing every text with every other one would find them (METRICS.md: Jaccard ≥ 0.8 over 5-character shingles)."""

from __future__ import annotations

import random

import pytest

from nlp import minhash
from nlp.stories import THRESHOLD, assign
from nlp.text import jaccard, shingles, story_text

ALPHABETS = ("abcdefghijklmnopqrstuvwxyz     ", "абвгдежзиклмнопрстуфхцчшщыэюя    ", "银行卡账户网点手机服务客户排队取款存款利率今天昨天", "ابتثجحخدذرزسشصضطظعغفقكلمنهوي    ")


def written(rng: random.Random, count: int) -> list[tuple[str, str]]:
    """(id, text): half of them an earlier text with a piece put in or cut out, so that similarities lie on both sides of the threshold."""
    texts: list[str] = []
    for _ in range(count):
        if texts and rng.random() < 0.5:
            base, size = rng.choice(texts), rng.randint(1, 25)
            at = rng.randrange(len(base))
            texts.append(base[:at] + rng.choice(("", "".join(rng.choices(rng.choice(ALPHABETS), k=size)))) + base[at + rng.randint(0, size) :] or "x")
        else:
            texts.append("".join(rng.choices(rng.choice(ALPHABETS), k=rng.randint(1, 220))))
    return [(str(i), text) for i, text in enumerate(texts)]


def by_comparing_all(rows: list[tuple[str, str]]) -> dict[str, str]:
    """The rule itself: the story of the earliest text that is near, else one of its own; the same text always where its twin is."""
    known: list[tuple[frozenset[str], str]] = []
    same: dict[str, str] = {}
    placed: dict[str, str] = {}
    for own, text in rows:
        normal = story_text(text)
        if not normal:
            placed[own] = own
            continue
        cut = shingles(normal)
        if normal not in same:
            same[normal] = next((story for other, story in known if jaccard(cut, other) >= THRESHOLD), own)
            known.append((cut, same[normal]))
        placed[own] = same[normal]
    return placed


@pytest.mark.parametrize("seed", range(6))
def test_no_near_duplicate_is_missed_and_none_is_made_up(seed: int) -> None:
    rows = written(random.Random(seed), 220)
    expected = by_comparing_all(rows)
    assert len(set(expected.values())) < len(rows) - 20
    assert assign(rows) == expected


def test_permutations_are_independent() -> None:
    """A pair at Jaccard 0.8 or more is a candidate practically always; if all minima were one shingle's, it would be as often as 0.8 to 0.9."""
    rng = random.Random(7)
    missed = pairs = 0
    for _ in range(400):
        text = "".join(rng.choices(ALPHABETS[0], k=200))
        at = rng.randrange(200)
        other = text[:at] + "".join(rng.choices("0123456789", k=rng.randint(5, 35))) + text[at:]
        if jaccard(shingles(text), shingles(other)) >= THRESHOLD:
            pairs += 1
            missed += not set(minhash.text_bands(text)) & set(minhash.text_bands(other))
    assert pairs > 300
    assert missed == 0


def test_bands_are_the_same_on_every_machine_and_at_any_length() -> None:
    assert minhash.text_bands("") == []
    assert minhash.text_bands("abc")[:2] == [7437857569157599182, 17906584553047971919]
    long = "".join(random.Random(3).choices(ALPHABETS[0], k=minhash.CHUNK * 3 + 17))
    assert len(set(minhash.text_bands(long))) == minhash.BANDS
    assert minhash.text_bands(long) != minhash.text_bands(long[: minhash.CHUNK])
    assert minhash.text_bands("zzzzzzzz") == minhash.text_bands("zzzzzzzzzzzz")


def test_a_short_text_is_its_own_shingle() -> None:
    assert assign([("a", "ok"), ("b", "ok!"), ("c", "OK"), ("d", "")]) == {"a": "a", "b": "b", "c": "a", "d": "d"}
