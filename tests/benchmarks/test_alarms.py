"""The alarm benchmark: its rules against hand-made numbers, what counts as found and as false, and a series held out that stays out."""

from __future__ import annotations

import gzip
import json
import math
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from scipy.stats import nbinom

from benchmarks import alarms
from benchmarks.alarm_curve import draw
from benchmarks.alarm_rules import (
    HISTORY,
    OURS,
    SIMPLE,
    over_mean,
    over_quantile,
    over_spread,
    peak_score,
    seasonal_tail,
    volume_score,
)

START = pd.Timestamp("2026-01-05")
RULES = (OURS, *SIMPLE)


def counts(values: np.ndarray | list[float]) -> pd.Series:
    return pd.Series(np.asarray(values, float), pd.date_range(START, periods=len(values), freq="1h"))


def daily(hours: int, seed: int = 1) -> np.ndarray:
    """Poisson counts of a day's rhythm."""
    return np.random.default_rng(seed).poisson(20 + 10 * np.sin(np.arange(hours) * 2 * np.pi / 24)).astype(float)


def volume(values: np.ndarray, *windows: tuple[int, int], name: str = "a") -> alarms.Volume:
    hours = np.arange(len(values))
    return alarms.Volume(name, counts(values), tuple((hours >= a) & (hours <= b) for a, b in windows), tuple((a + b) / 2 for a, b in windows))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_no_rule_sees_what_comes_later(rule: alarms.Rule) -> None:
    values = daily(900)
    changed = values.copy()
    changed[800:] *= 7
    before, after = rule.score(counts(values)), rule.score(counts(changed))
    np.testing.assert_array_equal(before[:800], after[:800])
    assert np.nanmax(after[800:]) > np.nanmax(before[800:])


def test_the_simple_rules_are_what_their_names_say() -> None:
    values = daily(1600)
    series, last = counts(values), 1599
    assert over_mean(series)[last] == pytest.approx(values[last] / values[last - 24:last].mean())
    past = values[last - 336:last]
    assert over_spread(series)[last] == pytest.approx((values[last] - past.mean()) / past.std(ddof=1))
    assert over_quantile(series)[last] == pytest.approx(values[last] / np.quantile(values[last - 672:last], 0.995))
    points = np.array([values[last - 168 * week + d] for week in range(1, 9) for d in (-1, 0, 1)])
    variance = points.var(ddof=1) * 25 / 24 * 3
    spread = points.mean() + (points - points.mean()) * math.sqrt(3)  # overdispersed, so that the binomial and not Poisson is asked
    for week in range(1, 9):
        values[last - 168 * week - 1:last - 168 * week + 2] = spread[3 * (week - 1):3 * week]
    mean = points.mean()
    assert variance > mean
    size = mean**2 / (variance - mean)
    assert seasonal_tail(counts(values))[last] == pytest.approx(-np.log10(nbinom.sf(values[last] - 1, size, size / (size + mean))))


def test_a_peak_is_held_against_the_daily_peaks_of_28_days() -> None:
    values = np.full(HISTORY + 30, 1.0)
    tops = [9.0 if day % 2 else 6.0 for day in range(28)]
    for day, top in enumerate(tops):
        values[24 * day + 5] = top
    values[HISTORY] = 50.0
    logs = [math.log1p(top) for top in tops]
    mean = sum(logs) / 28
    spread = math.sqrt(sum((value - mean) ** 2 for value in logs) / 28)
    assert spread < math.exp(-mean / 2)  # so small counts are judged by a count's own deviation
    assert peak_score(counts(values), 1)[HISTORY] == pytest.approx((math.log1p(50) - mean) / math.exp(-mean / 2))
    values *= 1000
    logs = [math.log1p(1000 * top) for top in tops]
    mean = sum(logs) / 28
    spread = math.sqrt(sum((value - mean) ** 2 for value in logs) / 28)
    assert peak_score(counts(values), 1)[HISTORY] == pytest.approx((math.log1p(50_000) - mean) / spread)
    assert np.isnan(peak_score(counts(values), 1)[HISTORY - 1])


@pytest.mark.parametrize(("mentions", "is_alarm"), [(1, False), (3, False), (4, True)])
def test_a_silent_series_needs_four_mentions(mentions: int, is_alarm: bool) -> None:
    values = np.zeros(HISTORY + 10)
    values[-1] = mentions
    assert (volume_score(counts(values))[-1] >= OURS.thresholds[0]) == is_alarm


def test_an_alarm_is_repeated_only_when_it_grows_or_after_two_days() -> None:
    values = daily(1000)
    values[790:900] = 20
    values[[800, 821, 849, 869]] = 300
    values[830] = 310
    scores = volume_score(counts(values))
    assert scores[800] > OURS.thresholds[0]
    assert np.isnan(scores[[801, 821, 849, 869]]).all()  # as large as what was there within 48 hours
    assert scores[830] > 0
    values[830] = 20
    assert np.isnan(volume_score(counts(values))[[848 - 27, 849]]).all()
    values[[821, 849]] = 20
    assert volume_score(counts(values))[869] > 0
    assert volume_score(counts(values), quiet=100)[869] != volume_score(counts(values), quiet=100)[869]


def test_alarms_six_hours_apart_are_one_episode() -> None:
    assert alarms.episodes([]) == 0
    assert alarms.episodes([0, 6, 12]) == 1
    assert alarms.episodes([0, 7]) == 2


def test_found_in_time_and_false_are_counted_after_28_days_of_history() -> None:
    scores = np.zeros(HISTORY + 720)
    whole = volume(scores, (100, 110), (HISTORY + 10, HISTORY + 30), (HISTORY + 100, HISTORY + 120), (HISTORY + 200, HISTORY + 220))
    scores[[50, 105]] = 9  # no history yet
    scores[HISTORY + 20] = 9  # its end is an hour after the middle
    scores[HISTORY + 111] = 9  # later than that
    scores[[HISTORY + 300, HISTORY + 306, HISTORY + 320]] = 9
    found = alarms.outcome(whole, scores, 9.0)
    assert found == {"windows": 3, "found": 2, "in_time": 1, "false": 2, "months": 1.0}
    assert alarms.outcome(whole, scores, 9.1)["found"] == 0
    assert alarms.total([found, found])["false_a_month"] == 2.0


def test_reading_backwards_keeps_hours_and_their_windows_together() -> None:
    values = daily(800)
    turned = alarms.backwards(volume(values, (20, 30)))
    assert list(np.flatnonzero(turned.windows[0])) == list(range(769, 780))
    assert turned.counts.iloc[779] == values[20]
    assert turned.judged() == [0]


def test_thinning_keeps_a_share_and_calming_leaves_no_window() -> None:
    values = daily(1600)
    values[900:910] = 500
    whole = volume(values, (895, 915))
    kept = alarms.thinned(whole, 0.1).counts.to_numpy()
    assert (kept <= values).all()
    assert kept.sum() == pytest.approx(0.1 * values.sum(), rel=0.05)
    calm = alarms.calmed(whole)
    assert calm.counts.iloc[900] == values[900 - 168]
    assert calm.counts.iloc[894] == values[894]
    assert calm.judged() == []
    assert alarms.outcome(calm, calm.counts.to_numpy(), 500.0)["false"] == 0


def test_the_held_out_series_chooses_nothing() -> None:
    series = []
    for place in range(3):
        values = daily(1300, seed=place)
        values[900:904] *= 6
        values[1100] *= 3
        series.append(volume(values, (890, 915), name=str(place)))
    plain = alarms.left_out(series, RULES, 1.0)
    assert plain["found"] == 3
    wild = series[0].counts.to_numpy() * np.random.default_rng(0).pareto(0.7, 1300)
    other = alarms.left_out([volume(wild, (890, 915), name="0"), *series[1:]], RULES, 1.0)
    first, changed = plain["chosen"][0], other["chosen"][0]
    assert (first["rule"], first["threshold"]) == (changed["rule"], changed["threshold"])
    assert first != changed


def test_the_best_point_keeps_the_limit() -> None:
    values = daily(1400)
    values[900:903] *= 3
    values[1014:1017] *= 5
    values[1110:1113] *= 60
    whole = [volume(values, (890, 915), (1090, 1115))]
    assert [point["found"] for point in alarms.curve(whole, OURS)] == [1, 2]
    assert alarms.best(whole, OURS, 0.0)["found"] == 1  # type: ignore[index]
    assert alarms.best(whole, OURS, 1.0)["found"] == 2  # type: ignore[index]


def test_a_folder_is_read_measured_and_drawn(tmp_path: Path) -> None:
    values = daily(1200)
    values[1000:1004] *= 8
    lines = ["timestamp,value"]
    for hour, value in enumerate(values):
        lines += [f"{START + pd.Timedelta(hours=hour, minutes=2)},{value - 1}", f"{START + pd.Timedelta(hours=hour, minutes=42)},1"]
    (tmp_path / "Twitter_volume_A.csv.gz").write_bytes(gzip.compress("\n".join(lines).encode()))
    (tmp_path / "Twitter_volume_B.csv").write_text("\n".join(lines), "utf-8")
    span = [str(START + pd.Timedelta(hours=hour, minutes=30)) for hour in (990, 1010)]
    (tmp_path / "windows.json").write_text(json.dumps({f"Twitter_volume_{n}.csv": [span] for n in "ABC"}), "utf-8")
    read = alarms.read(tmp_path)
    assert [v.name for v in read] == ["A", "B"]
    assert read[0].counts.tolist() == values.tolist()
    assert list(np.flatnonzero(read[0].windows[0])) == list(range(990, 1011))
    result = alarms.measure(read)
    assert json.loads(json.dumps(result)) == result
    ours = result["points"][0]
    assert (ours["rule"], ours["found"], ours["windows"], ours["false"]) == (OURS.name, 2, 2, 0)
    assert f"| {OURS.name} | 1.4 | 2 of 2 |" in alarms.table(result)
    draw(tmp_path / "curve.svg", result["curves"], {(OURS.name, 1.4): (0.0, 2)}, 2, 1.0)
    drawn = ElementTree.parse(tmp_path / "curve.svg").getroot()
    assert len(drawn.findall(".//{*}polyline")) == len(RULES) + 1
