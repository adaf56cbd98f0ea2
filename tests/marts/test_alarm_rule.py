"""The alarm rule in the marts is the one that benchmarks/alarms.py judges: the same scores, and on the real series the same finds."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import psycopg
import pytest

from benchmarks import alarms
from benchmarks.alarm_rules import HISTORY, OURS, THRESHOLD, Scores, peak_score
from tests.marts.conftest import Built
from warehouse.dbt import run_dbt

SCORES = "select hour_at, volume_score, is_rising from marts_intermediate.int_hourly_volume where series_id = %s order by hour_at"


def scored(built: Built, series: Mapping[str, pd.Series]) -> dict[str, tuple[Scores, Scores]]:
    """(score, rising) of every hour of each series as int_hourly_volume has them; NaN and 0 in hours without mentions."""
    with psycopg.connect(built.url) as connection:
        for table in ("int_hourly_series", "int_hourly_baselines"):
            connection.execute(f"truncate marts_intermediate.{table}".encode())
        for name, counts in series.items():
            at = [hour.tz_localize("UTC").to_pydatetime() for hour in counts.index]
            present = [(hour, int(count)) for hour, count in zip(at, counts, strict=True) if count]
            with connection.cursor() as cursor:
                cursor.executemany("insert into marts_intermediate.int_hourly_series (bank_id, series_type, series_id, hour_at, mention_count) "
                                   "values ('b', 'all', %s, %s, %s)", [(name, *row) for row in present])
                cursor.executemany("insert into marts_intermediate.int_hourly_baselines (bank_id, series_type, series_id, hour_at, history_from) "
                                   "values ('b', 'all', %s, %s, %s)", [(name, hour, at[0]) for hour, _ in present])
        connection.commit()
    run_dbt(built.settings, ["run", "--select", "int_hourly_volume"], url=built.url, as_of=built.settings.as_of)
    with psycopg.connect(built.url) as connection:
        return {name: _columns(counts, connection.execute(SCORES, (name,)).fetchall()) for name, counts in series.items()}


def _columns(counts: pd.Series, found: list[tuple[object, ...]]) -> tuple[Scores, Scores]:
    table = pd.DataFrame(found, columns=["hour", "score", "rising"]).set_index("hour")
    table.index = pd.DatetimeIndex(table.index).tz_convert("UTC").tz_localize(None)
    table = table.reindex(counts.index)
    return table["score"].to_numpy(float), table["rising"].fillna(False).to_numpy(float)


def agrees(counts: pd.Series, score: Scores, rising: Scores) -> None:
    """SQL's columns equal the benchmark's arrays wherever there are mentions and 28 days of history."""
    after = (np.arange(len(counts)) >= HISTORY) & (counts.to_numpy() > 0)
    expected = np.mean([peak_score(counts, hours) for hours in (1, 6)], axis=0)
    np.testing.assert_allclose(score[after], expected[after], rtol=1e-9, atol=1e-9)
    np.testing.assert_array_equal(rising[after] == 1, ~np.isnan(OURS.score(counts)[after]))


def test_sql_and_benchmark_give_the_same_scores(breakable: Built) -> None:
    rng = np.random.default_rng(3)
    hours = pd.date_range("2026-01-05", periods=900, freq="1h")
    series = {name: pd.Series(rng.poisson(mean * rng.pareto(3, 900)).astype(float), hours) for name, mean in (("low", 0.4), ("high", 90))}
    for counts in series.values():
        counts.iloc[0] = 1
        counts.iloc[[800, 830]] = 4000
    for name, (score, rising) in scored(breakable, series).items():
        agrees(series[name], score, rising)


def test_the_marts_find_what_is_published_of_the_real_series(breakable: Built, shared_data: Path) -> None:
    volumes = alarms.read(shared_data / "volume")
    found = scored(breakable, {volume.name: volume.counts for volume in volumes})
    outcomes = []
    for volume in volumes:
        score, rising = found[volume.name]
        agrees(volume.counts, score, rising)
        outcomes.append(alarms.outcome(volume, np.where(rising == 1, score, np.nan), THRESHOLD))
    total = alarms.total(outcomes)
    assert (total["windows"], total["found"], total["in_time"], total["false"]) == (5, 5, 5, 2)
    assert total["false_a_month"] < 1


def test_the_shipped_watch_rule_is_the_alarm_rule(built: Built) -> None:
    watch = min(built.settings.severity.rules, key=lambda rule: rule.severity)
    assert (watch.id, watch.severity, watch.min_volume_score, watch.rising) == ("watch", 2, pytest.approx(THRESHOLD), True)
    assert watch.max_q_value is watch.min_negative_share is watch.min_ratio is None
    assert all(rule.min_volume_score is not None and rule.min_volume_score > THRESHOLD
               for rule in built.settings.severity.rules if rule is not watch)
