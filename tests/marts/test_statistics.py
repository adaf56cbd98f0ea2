"""The statistics against scipy or their definitions: tail probability, Wilson, Kaplan–Meier, Benjamini–Hochberg, baselines."""

from __future__ import annotations

import math
import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

import numpy as np
import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special, stats

from settings import Settings
from settings.models import Severity, SeverityRule
from tests.marts.compare import fill, rows, utc, world_of
from tests.marts.conftest import Built
from tests.marts.reference import Record, difference, kaplan_meier_median, wilson
from tests.marts.reference_crisis import volume_signal
from warehouse.dbt import run_dbt

HOUR = timedelta(hours=1)


def _tails(url: str, inputs: list[tuple[int, float, float]]) -> list[float]:
    with psycopg.connect(url) as connection:
        return [row[0] for row in connection.execute(
            "select marts.tail_probability(x, mean, variance) from unnest(%s::bigint[], %s::float8[], %s::float8[]) "
            "with ordinality as t (x, mean, variance, place) order by place", [list(column) for column in zip(*inputs, strict=True)])]


def test_negative_binomial_tail_equals_the_regularised_incomplete_beta(built: Built) -> None:
    rng, inputs = random.Random(1), []
    for _ in range(1500):
        mean = math.exp(rng.uniform(math.log(0.5), math.log(400)))
        inputs.append((rng.randrange(0, int(8 * mean) + 12), mean, mean * (1 + math.exp(rng.uniform(-7, 4)))))
    for (x, mean, variance), tail in zip(inputs, _tails(built.url, inputs), strict=True):
        r = mean * mean / (variance - mean)
        expected = special.betainc(x, r, mean / (r + mean)) if x else 1.0
        assert tail == pytest.approx(expected, rel=1e-9, abs=1e-290), (x, mean, variance)


def test_tail_is_poisson_where_variance_does_not_exceed_the_mean(built: Built) -> None:
    rng = random.Random(2)
    inputs = [(rng.randrange(0, 300), mean, mean * rng.choice((0.0, 0.5, 1.0))) for mean in (0.5, 1.0, 3.7, 40.0, 120.0) for _ in range(60)]
    for (x, mean, variance), tail in zip(inputs, _tails(built.url, inputs), strict=True):
        assert tail == pytest.approx(stats.poisson.sf(x - 1, mean), rel=1e-9, abs=1e-290), (x, mean, variance)


def test_tail_keeps_its_precision_next_to_the_poisson_limit_and_far_out(built: Built) -> None:
    near, limit, far = _tails(built.url, [(30, 10.0, 10.0 + 1e-12), (30, 10.0, 10.0), (200, 0.5, 0.6)])
    assert near == pytest.approx(limit, rel=1e-9)
    assert far == pytest.approx(float(stats.nbinom.sf(199, 2.5, 2.5 / 3.0)), rel=1e-9)
    assert 0 < far < 1e-130


@given(st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_reference_wilson_equals_scipy(kn: tuple[int, int]) -> None:
    interval = stats.binomtest(*kn).proportion_ci(method="wilson")
    assert wilson(*kn) == pytest.approx((100 * interval.low, 100 * interval.high), abs=1e-9)


@pytest.mark.parametrize(("now", "before", "bounds"), [
    ((56, 70), (48, 80), (5.24, 33.39)), ((9, 10), (3, 10), (17.05, 80.90)), ((6, 7), (2, 7), (5.82, 80.62)),
    ((5, 56), (0, 29), (-3.81, 19.26)), ((0, 10), (0, 20), (-16.11, 27.75)), ((10, 10), (0, 20), (67.91, 100)), ((10, 10), (0, 10), (60.75, 100)),
])  # fmt: skip
def test_reference_difference_equals_newcombes_examples(now: tuple[int, int], before: tuple[int, int], bounds: tuple[float, float]) -> None:
    """Newcombe 1998, table II, method 10."""
    found = difference("x", now, before, 1)
    assert (found["x_difference_points_lower"], found["x_difference_points_upper"]) == pytest.approx(bounds, abs=0.0051)
    assert set(difference("x", now, before, 100).values()) == {None}


@given(st.lists(st.tuples(st.integers(1, 12), st.booleans()), min_size=1, max_size=40))
def test_reference_kaplan_meier_equals_scipy(cases: list[tuple[int, bool]]) -> None:
    answered_at, open_until = [t for t, answered in cases if answered], [t for t, answered in cases if not answered]
    censored: stats.CensoredData = stats.CensoredData(uncensored=answered_at, right=open_until)
    survival = stats.ecdf(censored).sf
    reached = [float(t) for t, s in zip(survival.quantiles, survival.probabilities, strict=True) if s <= 0.5 + 1e-12]
    assert kaplan_meier_median([(Fraction(t), answered) for t, answered in cases]) == (min(reached) if reached else None)


# -- early warning, computed again ------------------------------------------------------------------------------------
def volume(seed: int) -> list[Record]:
    """Ten weeks of two banks on two platforms, some items an hour, with bursts."""
    found: list[Record] = []
    rng, start = random.Random(seed), utc(2026, 1, 5)
    for hour in range(10 * 168):
        for bank in ("velmora", "tarnwick"):
            mean = 0.6 + 0.5 * (8 <= hour % 24 < 20) + 12 * (rng.random() < 0.004)
            for _ in range(min(25, int(rng.expovariate(1 / mean)))):
                found.append(_item(rng, len(found), bank, start + hour * HOUR + timedelta(seconds=rng.randrange(3600))))
    return found


def _heard(rng: random.Random, records: list[Record], press: str) -> list[Record]:
    """With followers of some authors, and press: a registered account, and feeds and news sites, of which no author is told."""
    for r in records:
        draw = rng.random()
        r["author_followers"] = rng.choice((None, None, 10, 500, 20_000))
        if draw < 0.05:
            r |= {"platform": "x", "author_id": "press", "author_handle": press, "press": True}
        elif draw < 0.2:
            site = rng.choice(("daily.example", "news.example", ""))
            r |= {"platform": rng.choice(("rss", "news")), "site": site, "author_id": None, "press": True}
    return records


def _item(rng: random.Random, number: int, bank: str, at: datetime) -> Record:
    return {
        "platform": rng.choice(("x", "vk")), "site": "", "kind": "post", "native_id": str(number), "event_at": at.isoformat(),
        "author_id": str(rng.randrange(400)), "author_handle": None, "author_followers": None, "official_of": None, "press": False,
        "page_id": None, "conversation_id": None, "in_reply_to_author_id": None, "mentions": [], "handles": [],
        "engagement": dict.fromkeys(("likes", "shares", "comments", "views", "quotes")), "deleted": False, "quarantined": False,
        "language": "en", "banks": {bank: rng.choice(("negative", "negative", "neutral"))}, "sentiment": "neutral",
        "topics": rng.sample(("outage", "cards", "fees"), rng.randrange(3)), "intents": [],
        "reply": {"role": "none", "closing": "none"}, "bot": False, "story": None}


def test_crisis_signals_equal_numpy_and_scipy(settings: Settings, warehouse_url: str) -> None:
    of_reach = [SeverityRule(id="far", severity=3, min_reach=40_000), SeverityRule(id="press", severity=4, min_press_authors=2, min_mentions=3)]
    severity = Severity(rules=[*settings.severity.rules, *of_reach])
    settings = settings.model_copy(update={"severity": severity})
    world = world_of(settings, _heard(random.Random(5), volume(4), settings.press.accounts["x"][0]))
    fill(warehouse_url, settings, world)
    run_dbt(settings, ["run", "--select", "+mart_crisis_episodes"], url=warehouse_url, as_of=settings.as_of)
    signals = rows(warehouse_url, "mart_crisis_signals")
    series = _series(world.counted)
    assert {(s["bank_id"], s["series_type"], s["series_id"]) for s in signals} == set(series)
    assert sum(map(len, series.values())) == len(signals)
    for s in signals:
        _check_baseline(s, series)
    for s in signals[::7]:
        _check_volume(s, series)
    _check_false_discovery(signals, 5 * (1 + len(settings.topics.topics) + 4))
    assert any(s["is_alarm"] for s in signals)
    _check_severity(signals, settings, _hearers(world.counted))


def _series(records: list[Record]) -> dict[tuple[str, str, str], dict[datetime, int]]:
    counts: dict[tuple[str, str, str], dict[datetime, int]] = defaultdict(lambda: defaultdict(int))
    for r in records:
        for bank, kind, name, hour in _hours(r):
            counts[bank, kind, name][hour] += 1
    return counts


def _hours(r: Record) -> Iterator[tuple[str, str, str, datetime]]:
    """The hours of series in which an item counts."""
    names = [("all", "all"), ("platform", r["platform"]), *(("topic", topic) for topic in r["topics"])]
    yield from ((next(iter(r["banks"])), kind, name, r["at"].replace(minute=0, second=0, microsecond=0)) for kind, name in names)


def _hearers(records: list[Record]) -> dict[tuple[str, str, str, datetime], tuple[dict[Any, int], set[Any]]]:
    """Of each hour of a series the followers of authors of whom they are known, and the press that spoke: authors, or sites where none is told."""
    found: dict[tuple[str, str, str, datetime], tuple[dict[Any, int], set[Any]]] = defaultdict(lambda: ({}, set()))
    for r in records:
        for hour in _hours(r):
            followers, press = found[hour]
            who = (r["platform"], r["site"], r["author_id"])
            if r["author_id"] and r["author_followers"] is not None:
                followers[who] = max(followers.get(who, 0), r["author_followers"])
            if r["press"]:
                press.add(who if r["author_id"] else r["site"] or r["platform"])
    return found


def _first(signal: dict[str, Any], series: dict[tuple[str, str, str], dict[datetime, int]]) -> datetime:
    bank, kind, name = (signal[c] for c in ("bank_id", "series_type", "series_id"))
    first = min(min(c) for (b, k, _), c in series.items() if b == bank and k == "all")
    if kind == "platform":
        first = max(first, min(min(c) for (_, k, n), c in series.items() if (k, n) == (kind, name)))
    return first


def _check_volume(signal: dict[str, Any], series: dict[tuple[str, str, str], dict[datetime, int]]) -> None:
    counts = series[signal["bank_id"], signal["series_type"], signal["series_id"]]
    six, is_rising, score = volume_signal(counts, _first(signal, series), signal["hour_at"])
    assert (signal["six_hour_count"], signal["is_rising"]) == (six, is_rising)
    assert signal["volume_score"] == (None if score is None else pytest.approx(score, rel=1e-9, abs=1e-9))


def _check_baseline(signal: dict[str, Any], series: dict[tuple[str, str, str], dict[datetime, int]]) -> None:
    bank, kind, name, hour = (signal[c] for c in ("bank_id", "series_type", "series_id", "hour_at"))
    counts = series[bank, kind, name]
    first = _first(signal, series)
    points = [hour - timedelta(hours=168 * week + near) for week in range(1, 9) for near in (-1, 0, 1)]
    past = np.array([counts.get(point, 0) for point in points if point >= first], dtype=float)
    assert signal["mention_count"] == counts[hour]
    assert signal["baseline_points"] == len(past)
    assert signal["cold_start"] == (hour - first < timedelta(days=28))
    before = sum(counts.get(hour - back * HOUR, 0) for back in range(1, 25)) / 24
    assert signal["ratio_to_24h_mean"] == pytest.approx(counts[hour] / max(before, 1 / 24), rel=1e-9)
    if len(past) < 2:
        return
    median, variance = np.median(past), past.var(ddof=1)
    mad = np.median(np.abs(past - median))
    assert (signal["baseline_median"], signal["baseline_mad"]) == (median, mad)
    assert signal["baseline_mean"] == pytest.approx(past.mean(), rel=1e-12)
    assert signal["baseline_variance"] == pytest.approx(variance, rel=1e-9, abs=1e-12)
    assert signal["robust_z"] == pytest.approx(0.6745 * (counts[hour] - median) / max(mad, 1), rel=1e-9)
    mean, spread = max(past.mean(), 0.5), variance * (1 + 1 / len(past))
    r = mean**2 / (spread - mean) if spread > mean else math.inf
    expected = stats.poisson.sf(counts[hour] - 1, mean) if math.isinf(r) else special.betainc(counts[hour], r, mean / (r + mean))
    assert signal["tail_probability"] == pytest.approx(expected, rel=1e-7)


def _check_false_discovery(signals: list[dict[str, Any]], series_count: int) -> None:
    hours: dict[datetime, list[dict[str, Any]]] = defaultdict(list)
    for s in signals:
        assert s["series_count"] == series_count
        hours[s["hour_at"]].append(s)
    for at_once in hours.values():
        known = [s for s in at_once if s["tail_probability"] is not None]
        p = [s["tail_probability"] for s in known] + [1.0] * (series_count - len(known))
        expected = stats.false_discovery_control(p)[: len(known)]
        assert [s["q_value"] for s in known] == pytest.approx(list(expected), rel=1e-9)


def _check_severity(signals: list[dict[str, Any]], settings: Settings, hearers: dict[Any, tuple[dict[Any, int], set[Any]]]) -> None:
    regulated, raised = {t.id for t in settings.topics.topics if t.regulated}, set()
    for s in signals:
        followers, press = hearers[s["bank_id"], s["series_type"], s["series_id"], s["hour_at"]]
        reach = sum(followers.values())
        assert (s["reach_known_count"], s["press_author_count"]) == (len(followers), len(press))
        assert s["reach_upper"] == (reach if len(followers) >= settings.general.min_n else None)
        is_regulated = s["series_type"] == "topic" and s["series_id"] in regulated
        held = {rule.id: rule.severity for rule in settings.severity.rules if all((
            rule.max_q_value is None or (s["q_value"] is not None and s["q_value"] <= rule.max_q_value),
            s["mention_count"] >= (rule.min_mentions or 0), s["ratio_to_24h_mean"] >= (rule.min_ratio or 0),
            (s["negative_count"] / s["sentiment_count"] if s["sentiment_count"] else 0) >= (rule.min_negative_share or 0), s["distinct_authors"] >= (rule.min_distinct_authors or 0),
            s["platform_count"] >= (rule.min_platforms or 0), s["story_count"] >= (rule.min_stories or 0),
            rule.min_volume_score is None or (s["volume_score"] is not None and s["volume_score"] >= rule.min_volume_score),
            reach >= (rule.min_reach or 0), len(press) >= (rule.min_press_authors or 0),
            rule.rising in (None, s["is_rising"]), rule.regulated_topic in (None, is_regulated)))}
        assert s["severity"] == (1 if s["cold_start"] else max(held.values(), default=1))
        raised |= {name for name in held if s["severity"] == held[name]}
        assert s["is_alarm"] == (s["severity"] >= 2)
    assert {"far", "press"} <= raised
