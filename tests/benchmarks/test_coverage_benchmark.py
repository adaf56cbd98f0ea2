"""The coverage benchmark's own counting, on records made by hand: what is measured, what is true, what the table says of it."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from benchmarks import coverage


def record(truth: str, found: str | None, bank: str = "a", **more: object) -> coverage.Record:
    return {"event_at": "2026-03-01T23:30:00Z", "official_of": None, "banks": {bank: truth}, "found": {"language": "en", "banks": {bank: found} if found else {}}, **more}


RECORDS = [record("negative", "negative"), record("negative", "neutral"), record("neutral", "negative", "b"), record("positive", "positive"),
           record("negative", None), record("negative", "neutral", official_of="a")]  # fmt: skip


def test_quality_is_that_of_named_banks_and_not_of_official_items() -> None:
    assert coverage.evaluations(RECORDS, by_bank=False) == {("negative", "en", ""): (0.5, 2, 0.5, 2), ("positive", "en", ""): (1.0, 1, 1.0, 3)}
    by_bank = coverage.evaluations(RECORDS, by_bank=True)
    assert by_bank["negative", "en", "a"] == (0.5, 2, 1.0, 1)
    assert ("negative", "en", "b") not in by_bank, "nothing there is truly negative"


def test_the_truth_is_of_all_brand_mentions_in_the_home_banks_weeks() -> None:
    """Half past eleven on Sunday in London is Monday in Berlin; the item in which no bank was found counts."""
    found = coverage.truths(RECORDS, ZoneInfo("Europe/Berlin"))
    assert found["a", date(2026, 3, 2)] == {"negative": 3, "positive": 1}
    assert coverage.truths(RECORDS, ZoneInfo("UTC"))["b", date(2026, 2, 23)] == {"neutral": 1}


def test_the_table_tells_pairs_of_worlds_apart() -> None:
    rows = [{"measured": 1, "evaluated": other, "basis": "language", "label": "negative", "interval": "corrected", "covered": covered, "width": 20.0}
            for other, covered in ((2, True), (2, False), (3, True))]
    assert list(coverage.table(rows))[2:] == ["| negative | corrected | language | 3 | 66.7% | 50% to 100% | 20.0 |"]


@pytest.mark.slow
def test_intervals_of_the_shipped_models_cover_the_truth(server_home: object, template_url: str, tmp_path: object) -> None:
    """Two small worlds, each by the other's figures: the judged range is 88 to 98 %; with so few cells chance moves it further."""
    found = [row for row in coverage.measure([301, 302], 0.5, tmp_path, template_url) if row["label"] == "negative" and row["interval"] == "corrected"]  # type: ignore[arg-type]
    assert len(found) > 120
    for basis in ("language", "language and bank"):
        covered = [row["covered"] for row in found if row["basis"] == basis]
        assert 0.85 <= sum(covered) / len(covered) <= 0.99, basis
