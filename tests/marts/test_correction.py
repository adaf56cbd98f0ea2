"""Corrected shares: the formula against numerical derivatives, the intervals against worlds drawn as the model has them."""

from __future__ import annotations

import math

import numpy as np
import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.evaluate import store_evaluations
from tests.marts.conftest import Built
from tests.marts.reference_quality import Measured, Quality, corrected_row, estimate, of_bank
from warehouse.dbt import run_dbt

LANGUAGES = ("en", "ru", "zh", "ar", "tr")
BANKS = ("a", "b", "c", "d", "e")
COLUMNS = ("negative_pct_corrected", "negative_pct_corrected_lower", "negative_pct_corrected_upper")


def rogan_gladen(q: float, se: float, sp: float) -> float:
    return (q + sp - 1) / (se + sp - 1)


@given(st.floats(0.62, 0.98), st.floats(0.62, 0.98), st.integers(30, 3000), st.integers(30, 3000), st.integers(30, 2000), st.floats(0.05, 0.95))
def test_the_variance_is_that_of_the_delta_method(se: float, sp: float, n_se: int, n_sp: int, n: int, share: float) -> None:
    """Each part is (derivative)² · variance, the derivative taken by differences; those between banks likewise."""
    k = round(n * min(se, max(1 - sp, share * se + (1 - share) * (1 - sp))))
    q, step = k / n, 1e-6
    p, sampled, spread = estimate(k, n, Measured(se, n_se, sp, n_sp, 0.03, 0.02, True, "language"))
    if not 1e-4 < rogan_gladen(q, se, sp) < 1 - 1e-4:
        return  # clipped
    slopes = [(rogan_gladen(*up) - rogan_gladen(*down)) / (2 * step) for up, down in (
        ((q + step, se, sp), (q - step, se, sp)), ((q, se + step, sp), (q, se - step, sp)), ((q, se, sp + step), (q, se, sp - step)))]
    assert p == pytest.approx(rogan_gladen(q, se, sp))
    assert sampled == pytest.approx(slopes[0] ** 2 * q * (1 - q) / n + slopes[1] ** 2 * se * (1 - se) / n_se + slopes[2] ** 2 * sp * (1 - sp) / n_sp, rel=1e-5)
    assert spread == pytest.approx(slopes[1] ** 2 * 0.03 + slopes[2] ** 2 * 0.02, rel=1e-5)


def drawn(rng: np.random.Generator, spread: float, by_bank: bool, n: int = 60) -> tuple[float, dict[str, tuple[int, int]], Quality]:
    """A bank's week: (rate of negative items, items called so by language, measured quality). Each bank has se and sp of its own round 0.78 and 0.87.

    The rate that items are drawn from is what METRICS.md's q(1 - q)/n is about: the share among just these items would be covered more often, if texts were independent.
    """
    rates = {(language, bank): (min(0.99, max(0.5, rng.normal(0.78, spread))), min(0.99, max(0.62, rng.normal(0.87, 0.6 * spread))))
             for language in LANGUAGES for bank in BANKS}
    quality: Quality = {}
    for language in LANGUAGES:
        hits = {bank: (rng.binomial(150, rates[language, bank][0]), rng.binomial(200, rates[language, bank][1])) for bank in BANKS}
        quality["negative", language, ""] = (sum(h for h, _ in hits.values()) / 750, 750, sum(h for _, h in hits.values()) / 1000, 1000)
        if by_bank:
            quality |= {("negative", language, bank): (se / 150, 150, sp / 200, 200) for bank, (se, sp) in hits.items()}
    found, true = {}, 0.0
    for language in LANGUAGES:
        share = rng.uniform(0.2, 0.7)
        negative = rng.binomial(n, share)
        se, sp = rates[language, "a"]
        found[language] = (int(rng.binomial(negative, se) + rng.binomial(n - negative, 1 - sp)), n)
        true += share
    return 100 * true / len(LANGUAGES), found, quality


@pytest.mark.parametrize(("spread", "by_bank", "n", "at_least", "at_most"), [
    (0.08, True, 60, 0.92, 0.98), (0.08, False, 60, 0.92, 0.98), (0.08, False, 600, 0.92, 0.98), (0.08, True, 600, 0.92, 0.98), (0.16, False, 600, 0.5, 0.88),
])  # fmt: skip
def test_intervals_over_languages_cover_the_truth(spread: float, by_bank: bool, n: int, at_least: float, at_most: float) -> None:
    """As often as they say where banks differ as measured or assumed; too seldom where they differ twice as much as assumed and nobody measured it."""
    rng, covered = np.random.default_rng(17), []
    for _ in range(1200):
        truth, found, quality = drawn(rng, spread, by_bank, n)
        row = corrected_row("negative", found, quality, "a", "all", 30)
        covered.append(row[COLUMNS[1]] <= truth <= row[COLUMNS[2]])
    assert at_least <= float(np.mean(covered)) <= at_most


def test_the_spread_of_measured_banks_serves_those_that_were_not() -> None:
    """Five banks measured, the sixth not: its interval covers, at twice the spread that is assumed where nobody measured."""
    rng, covered, widths = np.random.default_rng(5), [], []
    for _ in range(800):
        truth, found, quality = drawn(rng, 0.16, True, 600)
        for language in LANGUAGES:
            del quality["negative", language, "a"]
        row = corrected_row("negative", found, quality, "a", "all", 30)
        covered.append(row[COLUMNS[1]] <= truth <= row[COLUMNS[2]])
        widths.append(row[COLUMNS[2]] - row[COLUMNS[1]])
    assert 0.85 <= float(np.mean(covered)) <= 0.98
    assert float(np.mean(widths)) < 40


def test_one_language_measured_for_all_banks_alone_has_the_formula_of_the_books() -> None:
    quality: Quality = {("negative", "en", ""): (0.83, 410, 0.91, 1290)}
    row = corrected_row("negative", {"en": (40, 100)}, quality, "a", "en", 30)
    p = (0.4 + 0.91 - 1) / 0.74
    half = 1.959963984540054 * math.sqrt(0.4 * 0.6 / 100 + p**2 * 0.83 * 0.17 / 410 + (1 - p) ** 2 * 0.91 * 0.09 / 1290) / 0.74
    assert [row[name] for name in COLUMNS] == pytest.approx([100 * p, 100 * (p - half), 100 * (p + half)])
    over_all = corrected_row("negative", {"en": (40, 100)}, quality, "a", "all", 30)
    assert over_all[COLUMNS[0]] == row[COLUMNS[0]]
    assert over_all[COLUMNS[2]] - over_all[COLUMNS[1]] > row[COLUMNS[2]] - row[COLUMNS[1]], "nobody measured how far banks lie apart: it is assumed"
    assert row["negative_basis"] == "language"
    assert of_bank(quality, "negative", "tr", "a") is None
    assert corrected_row("negative", {"en": (40, 94), "tr": (1, 6)}, quality, "a", "all", 30)[COLUMNS[0]] is None
    assert corrected_row("negative", {"en": (40, 95), "tr": (1, 5)}, quality, "a", "all", 30)[COLUMNS[0]] is not None
    assert corrected_row("negative", {"en": (10, 30)}, quality, "a", "en", 30)[COLUMNS[0]] is not None
    assert corrected_row("negative", {"en": (10, 29)}, quality, "a", "en", 30)[COLUMNS[0]] is None


def test_shipped_figures_correct_both_shares_in_every_language(breakable: Built) -> None:
    with psycopg.connect(breakable.url) as connection:
        connection.execute("delete from nlp.evaluations")
        store_evaluations(connection)
    run_dbt(breakable.settings, ["run", "--select", "stg_classifier_quality", "int_bank_quality", "mart_reputation_periods"], url=breakable.url,
            as_of=breakable.settings.as_of)  # fmt: skip
    with psycopg.connect(breakable.url) as connection:
        found = connection.execute(
            "select language, count(*), count(negative_pct_corrected), count(positive_pct_corrected) from marts.mart_reputation_periods"
            " where language = any(%s) and sentiment_count >= %s group by language", (list(LANGUAGES), breakable.settings.general.min_n)).fetchall()
        measured = connection.execute("select distinct label, language from marts_intermediate.int_bank_quality where bank_id = 'velmora'").fetchall()
    assert {row[0] for row in found} == {"en", "ru"}, "those of the random history"
    assert [row for row in found if len(set(row[1:])) > 1] == []
    assert set(measured) == {(label, language) for label in ("negative", "positive") for language in LANGUAGES}
