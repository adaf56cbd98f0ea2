"""Alarm rules on real tweet volumes with labelled anomalies (numenta/NAB, MIT): found against false alarms, ours beside the simple ones.

    FOLDER/*.csv.gz + windows.json ──► hourly counts ──► alarm_rules ──► found, false alarms ──► table, curve, leave-one-series-out

python benchmarks/alarms.py FOLDER [--limit 1.0] [--json FILE] [--svg FILE]
    FOLDER: CSV files (.csv or .csv.gz) with timestamp, value, and windows.json: {file name: [[start, end], ...]}

Scored as METRICS.md has it: after 28 days of history; a window that begins later is found when an hour of it alarms; alarms
outside every window are false, and those at most 6 hours apart are one episode; a month is 30 days. A labelled moment is the middle
of its window (so NAB makes them); `in time` counts windows whose alarm can be read (end of its hour) at most an hour after that
moment. `reversed` is the same series read backwards: other windows lie behind 28 days of history then, which makes up, as a check
only, for the few anomalies that the forward reading leaves. `thinned` keeps a share of the tweets (a smaller brand); `calmed` takes
the labelled anomalies out, so that no past anomaly dulls a rule and every alarm is false.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
import pandas as pd

from benchmarks.alarm_curve import draw
from benchmarks.alarm_rules import HISTORY, OURS, SIMPLE, WEEK, Counts, Rule, Scores, volume_score

HOUR = pd.Timedelta(hours=1)
EPISODE = 6  # hours between alarms of one episode
MONTH = 30 * 24  # hours
SWEEP = (1.2, 1.3, 1.4, 1.5, 1.6, 1.8, 2.0)
SHARES = ("0.3", "0.1", "0.03")  # of the tweets
FAMILY = ((1, 3), (1, 6), (1, 12), (2, 6), (3,), (6,))  # scales that leave-one-out may choose from
Found = dict[str, Any]


@dataclass(frozen=True)
class Volume:
    """One series: counts by hour, its windows as masks over the hours, and where each labelled moment lies (hours from the start)."""

    name: str
    counts: Counts
    windows: tuple[np.ndarray[Any, np.dtype[np.bool_]], ...]
    moments: tuple[float, ...]

    def judged(self) -> list[int]:
        """Windows that begin after the history."""
        return [i for i, window in enumerate(self.windows) if window.any() and np.argmax(window) >= HISTORY]

    def months(self) -> float:
        return max(0, len(self.counts) - HISTORY) / MONTH


def read(folder: Path) -> list[Volume]:
    """The labelled series of a folder; a series without a file is left out."""
    labels: dict[str, list[list[str]]] = json.loads((folder / "windows.json").read_text("utf-8"))
    files = {name: path for name in labels for path in (folder / name, folder / f"{name}.gz") if path.exists()}
    return [_volume(path, labels[name]) for name, path in sorted(files.items())]


def _volume(path: Path, labels: Sequence[Sequence[str]]) -> Volume:
    values = pd.read_csv(path, parse_dates=["timestamp"]).set_index("timestamp")["value"]
    counts = values.resample("1h").sum().astype(float)
    spans = [(pd.Timestamp(start), pd.Timestamp(end)) for start, end in labels]
    windows = tuple(np.asarray((counts.index > start - HOUR) & (counts.index <= end)) for start, end in spans)
    moments = tuple((start + (end - start) / 2 - counts.index[0]) / HOUR for start, end in spans)
    return Volume(path.name.split(".")[0].removeprefix("Twitter_volume_"), counts, windows, moments)


def backwards(volume: Volume) -> Volume:
    """The same series from its end to its beginning."""
    counts = pd.Series(volume.counts.to_numpy()[::-1], volume.counts.index)
    return Volume(volume.name, counts, tuple(w[::-1] for w in volume.windows), tuple(len(counts) - m for m in volume.moments))


def thinned(volume: Volume, share: float, seed: int = 1) -> Volume:
    """The same series of which each tweet is kept with probability `share`: what a smaller brand would have."""
    kept = np.random.default_rng(seed).binomial(volume.counts.to_numpy(dtype=int), share).astype(float)
    return replace(volume, counts=pd.Series(kept, volume.counts.index))


def calmed(volume: Volume) -> Volume:
    """The same series with each window replaced by the nearest weeks outside every window, and no window: every alarm is false."""
    values, taken = volume.counts.to_numpy().copy(), np.logical_or.reduce(volume.windows)
    for hour in np.flatnonzero(taken):
        weeks = [hour + sign * week * WEEK for week in range(1, 9) for sign in (-1, 1)]
        values[hour] = next((values[at] for at in weeks if 0 <= at < len(values) and not taken[at]), values.mean())
    return Volume(volume.name, pd.Series(values, volume.counts.index), (np.zeros(len(values), bool),), ())


def episodes(hours: Iterable[int]) -> int:
    """How many episodes these alarm hours (ascending) make."""
    listed = list(hours)
    return sum(hour - before > EPISODE for before, hour in zip([-MONTH, *listed], listed, strict=False))


def outcome(volume: Volume, scores: Scores, threshold: float) -> Found:
    """Windows found and found in time, and false alarm episodes, of one series at one threshold."""
    alarms = (scores >= threshold) & (np.arange(len(scores)) >= HISTORY)
    first = [np.flatnonzero(alarms & volume.windows[i]) for i in volume.judged()]
    in_time = [len(hits) > 0 and hits[0] + 1 <= volume.moments[i] + 1 for i, hits in zip(volume.judged(), first, strict=True)]
    outside = np.flatnonzero(alarms & ~np.logical_or.reduce(volume.windows)).tolist()
    return {"windows": len(first), "found": sum(len(hits) > 0 for hits in first), "in_time": sum(map(bool, in_time)),
            "false": episodes(outside), "months": volume.months()}


def total(outcomes: Sequence[Found]) -> Found:
    """Sums over series, with false alarm episodes a month and series."""
    summed = {key: sum(outcome[key] for outcome in outcomes) for key in ("windows", "found", "in_time", "false", "months")}
    return summed | {"false_a_month": summed["false"] / summed["months"]}


def at(volumes: Sequence[Volume], scores: Sequence[Scores], threshold: float) -> Found:
    return total([outcome(volume, found, threshold) for volume, found in zip(volumes, scores, strict=True)]) | {"threshold": threshold}


def curve(volumes: Sequence[Volume], rule: Rule) -> list[Found]:
    """One point for each window's largest score: the threshold at which that window is just found."""
    scores = [rule.score(volume.counts) for volume in volumes]
    peaks = {float(np.nanmax(np.where(volume.windows[i], found, -np.inf)))
             for volume, found in zip(volumes, scores, strict=True) for i in volume.judged()}
    return [at(volumes, scores, threshold) for threshold in sorted(peaks, reverse=True) if np.isfinite(threshold)]


def best(volumes: Sequence[Volume], rule: Rule, limit: float) -> Found | None:
    """The point with most windows at no more than `limit` false alarms, its threshold lowered halfway to where the limit would break."""
    kept = [point for point in curve(volumes, rule) if point["false_a_month"] <= limit]
    if not kept:
        return None
    top = max(kept, key=lambda point: (point["found"], point["threshold"]))
    scores = [rule.score(volume.counts) for volume in volumes]
    return at(volumes, scores, _lowest(volumes, scores, top["threshold"], limit))


def _lowest(volumes: Sequence[Volume], scores: Sequence[Scores], threshold: float, limit: float) -> float:
    """Halfway between a window's score and the score at which false alarms would pass the limit."""
    outside = np.concatenate([found[HISTORY:][~np.logical_or.reduce(volume.windows)[HISTORY:]]
                              for volume, found in zip(volumes, scores, strict=True)])
    below = np.sort(outside[outside < threshold])[::-1]
    for candidate in below:
        if at(volumes, scores, float(candidate))["false_a_month"] > limit:
            return (threshold + float(candidate)) / 2
    return threshold


def left_out(volumes: Sequence[Volume], rules: Sequence[Rule], limit: float) -> Found:
    """Each series judged by the rule and threshold that the other series choose: most found, then fewest false alarms."""
    outcomes, chosen = [], []
    for held in volumes:
        others = [volume for volume in volumes if volume is not held]
        points = [(point, rule) for rule in rules if (point := best(others, rule, limit))]
        point, rule = max(points, key=lambda pair: (pair[0]["found"], -pair[0]["false"]))
        outcomes.append(outcome(held, rule.score(held.counts), point["threshold"]))
        chosen.append({"series": held.name, "rule": rule.name, "threshold": round(point["threshold"], 2), **outcomes[-1]})
    return total(outcomes) | {"chosen": chosen}


def family() -> tuple[Rule, ...]:
    """Ours with other scales: what leave-one-out may choose from, so that the choice of scales is tested too."""
    return tuple(Rule(f"daily peaks, {' and '.join(f'{k} h' for k in scales)}", partial(volume_score, scales=scales), ())
                 for scales in FAMILY)


def measure(volumes: Sequence[Volume], limit: float = 1.0) -> Found:
    """Everything that is published: points, curves, the best point within the limit, each series, leave-one-out, reversed."""
    rules = (OURS, *SIMPLE)
    reverse = [backwards(volume) for volume in volumes]
    published = [(rule, threshold) for rule in rules for threshold in rule.thresholds]
    return {
        "series": [volume.name for volume in volumes],
        "points": [{"rule": rule.name, **_forward(volumes, rule, threshold),
                    "reversed": _forward(reverse, rule, threshold)} for rule, threshold in published],
        "curves": {rule.name: curve(volumes, rule) for rule in rules},
        "best": {rule.name: best(volumes, rule, limit) for rule in rules},
        "best_reversed": {rule.name: best(reverse, rule, limit) for rule in rules},
        "ours_by_series": [{"series": v.name, **outcome(v, OURS.score(v.counts), OURS.thresholds[0])} for v in volumes],
        "sweep": [_forward(volumes, OURS, threshold) | {"reversed": _forward(reverse, OURS, threshold)} for threshold in SWEEP],
        "thinned": {share: {rule.name: best([thinned(v, float(share)) for v in volumes], rule, limit) for rule in rules} for share in SHARES},
        "calmed": [{"rule": rule.name, **_forward([calmed(v) for v in volumes], rule, threshold)} for rule, threshold in published],
        "left_out": {"threshold of ours": left_out(volumes, [OURS], limit), "threshold and scales of ours": left_out(volumes, family(), limit),
                     "simple rule and its threshold": left_out(volumes, SIMPLE, limit),
                     **{rule.name: left_out(volumes, [rule], limit) for rule in SIMPLE}},
    }


def _forward(volumes: Sequence[Volume], rule: Rule, threshold: float) -> Found:
    return at(volumes, [rule.score(volume.counts) for volume in volumes], threshold)


def table(result: Found) -> str:
    """The result as Markdown."""
    lines = ["| rule | threshold | found | in time | false a month and series | reversed: found | false |", "|---|---|---|---|---|---|---|"]
    for point in result["points"]:
        turned = point["reversed"]
        lines.append(f"| {point['rule']} | {point['threshold']:g} | {_share(point)} | {point['in_time']} | {point['false_a_month']:.2f} | "
                     f"{_share(turned)} | {turned['false_a_month']:.2f} |")
    lines += ["", "| most found within the limit | threshold | found | false | reversed: threshold | found | false |", "|---|---|---|---|---|---|---|"]
    for name, point in result["best"].items():
        lines.append(f"| {name} | {_best(point)} | {_best(result['best_reversed'][name])} |")
    lines += ["", "| chosen on the other series | found | in time | false a month and series | false by series |", "|---|---|---|---|---|"]
    for name, found in result["left_out"].items():
        by_series = ", ".join(f"{c['series']} {c['false']}" for c in found["chosen"])
        lines.append(f"| {name} | {_share(found)} | {found['in_time']} | {found['false_a_month']:.2f} | {by_series} |")
    lines += ["", "| our threshold | found | in time | false | reversed: found | false |", "|---|---|---|---|---|---|"]
    lines += [f"| {p['threshold']:g} | {_share(p)} | {p['in_time']} | {p['false_a_month']:.2f} | {_share(p['reversed'])} | "
              f"{p['reversed']['false_a_month']:.2f} |" for p in result["sweep"]]
    lines += ["", "| share of tweets kept: threshold, most found within the limit, false | " + " | ".join(result["thinned"]) + " |",
              "|---|" + "---|" * len(result["thinned"])]
    lines += [f"| {name} | " + " | ".join(_best(by_rule[name]).replace(" | ", ", ") for by_rule in result["thinned"].values()) + " |"
              for name in result["best"]]
    lines += ["", "| without the labelled anomalies | threshold | false |", "|---|---|---|"]
    lines += [f"| {p['rule']} | {p['threshold']:g} | {p['false_a_month']:.2f} |" for p in result["calmed"]]
    return "\n".join(lines)


def _share(point: Found) -> str:
    return f"{point['found']} of {point['windows']}"


def _best(point: Found | None) -> str:
    return f"{point['threshold']:.2f} | {_share(point)} | {point['false_a_month']:.2f}" if point else "– | – | –"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--limit", type=float, default=1.0, help="false alarm episodes a month and series")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--svg", type=Path)
    options = parser.parse_args()
    result = measure(read(options.folder), options.limit)
    print(table(result))
    if options.json:
        options.json.write_text(json.dumps(result, indent=1), "utf-8")
    if options.svg:
        marked = {(p["rule"], p["threshold"]): (p["false_a_month"], p["found"]) for p in result["points"]}
        draw(options.svg, result["curves"], marked, result["points"][0]["windows"], options.limit)


if __name__ == "__main__":
    main()
