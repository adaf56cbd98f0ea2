"""How the pipelines do on the gold set: `python -m nlp.gold.score [--profile accurate] [--language xx] [--misses TASK]`.

nlp/gold/*.jsonl ──► annotate() as `renown enrich` does ──► pairs (expected, found) an item ──► measure + 95 % bootstrap over items ──► rows

What was trained, or whose cues were widened, on the half of the set that training may see (datasets.split) is measured on the other half alone;
its misses are shown for the first half alone, so that nobody tunes on what measures.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from nlp import datasets
from nlp.annotate import annotate
from nlp.gold.validate import span
from nlp.intervals import bootstrap, wilson
from settings import Settings, load_settings
from settings.loader import REPOSITORY, load_file
from settings.models import LANGUAGES, Banks

FOLDER = Path(__file__).resolve().parent
Item = Mapping[str, Any]
Pairs = tuple[set[Any], set[Any]]  # what is expected of an item, what was found in it
Row = dict[str, Any]


def items(language: str) -> list[dict[str, Any]]:
    """The gold items of one language."""
    return [json.loads(line) for line in (FOLDER / f"{language}.jsonl").read_text("utf-8").splitlines() if line]


def halves(listed: Sequence[Item]) -> tuple[list[Item], list[Item]]:
    """(what training and tuning may see, what only measures): the cut of datasets.parts(), by hash."""
    seen = {row["text"] for row in datasets.split([{"text": item["text"]} for item in listed], 0.5)[0]}
    return [item for item in listed if item["text"] in seen], [item for item in listed if item["text"] not in seen]


def settings_of_gold() -> Settings:
    """The shipped configuration with the gold set's banks."""
    return load_settings(REPOSITORY / "config").model_copy(update={"banks": load_file(FOLDER / "banks.yml", Banks)})


def annotated(listed: Sequence[Item], profile: str = "fast", language: str | None = None, tasks: Sequence[str] | None = None) -> list[dict[str, Any]]:
    """One annotation an item, in order, through the pipelines that `renown enrich` uses."""
    lines = (json.dumps({"id": item["id"], "text": item["text"], "platform": item["platform"]}) for item in listed)
    return list(annotate(lines, settings_of_gold(), profile=profile, language=language, tasks=tasks))


# -- what an item says, as sets ---------------------------------------------------------------------------------------
def _banks(item: Item, found: Item) -> Pairs:
    return {bank["bank_id"] for bank in item["banks"]}, {bank["bank_id"] for bank in found["banks"]}


def _aspects(item: Item, found: Item) -> Pairs:
    """Sentiment towards the banks that both name: finding them is another task's."""
    said_banks, seen_banks = _banks(item, found)
    both = said_banks & seen_banks
    said = {bank["bank_id"]: bank["sentiment"] for bank in item["banks"] if bank["bank_id"] in both}
    seen = {bank["bank_id"]: bank["sentiment"]["label"] for bank in found["banks"] if bank["bank_id"] in both}
    return set(said.items()), set(seen.items())


def _sentiment(item: Item, found: Item) -> Pairs:
    return {item["sentiment"]}, {(found["sentiment"] or {}).get("label")}


def _topics(item: Item, found: Item) -> Pairs:
    return set(item["topics"]), {topic["topic_id"] for topic in found["topics"] or []}


def _intents(item: Item, found: Item) -> Pairs:
    return set(item["intents"]), {intent["intent"] for intent in found["intents"] or []}


def _part(name: str, part: str) -> Callable[[Item, Item], Pairs]:
    def pairs(item: Item, found: Item) -> Pairs:
        said, seen = (item[name] or {}).get(part), (found.get(name) or {}).get(part)
        return ({said} if said else set()), ({seen} if seen else set())

    return pairs


def _urgency(item: Item, found: Item) -> Pairs:
    return ({item["urgency"]} if item["urgency"] else set()), ({found["urgency"]} if found.get("urgency") else set())


def _spans(name: str, kind: str) -> Callable[[Item, Item], Pairs]:
    def pairs(item: Item, found: Item) -> Pairs:
        said: set[Any] = {(*tuple(span(item["text"], mark) or ()), mark[kind]) for mark in item[name]}
        return said, {(mark["start"], mark["end"], mark[kind]) for mark in found.get(name) or [] if mark[kind] in _KINDS.get(name, {mark[kind]})}

    return pairs


_KINDS = {"entities": {"PER", "ORG", "LOC"}}
TASKS: dict[str, tuple[str, Callable[[Item, Item], Pairs]]] = {
    "banks": ("f1", _banks),
    "aspects": ("macro_f1", _aspects),
    "sentiment": ("macro_f1", _sentiment),
    "topics": ("f1", _topics),
    "intents": ("f1", _intents),
    "journey_stage": ("f1", _part("journey", "stage")),
    "journey_channel": ("f1", _part("journey", "channel")),
    "urgency": ("f1", _urgency),
    "places": ("span_f1", _spans("places", "kind")),
    "pii": ("span_f1", _spans("pii", "kind")),
    "entities": ("span_f1", _spans("entities", "label")),
}


# Measured on every item: nothing of these was trained or tuned on the set, but for the rule of ambiguous bank names (README.md).
UNTOUCHED = ("banks", "places", "pii", "entities")
OTHERS = ("sentiment",)  # nlp/evaluate.py measures it, with its probabilities


# -- measures ---------------------------------------------------------------------------------------------------------
def counts(pairs: Sequence[Pairs], measure: str) -> npt.NDArray[np.int64]:
    """(items, classes, 3): hits, expected and found; one class for F1, one a label that is expected somewhere for macro-F1."""

    def label(value: Any) -> Any:
        return value[-1] if isinstance(value, tuple) else value

    names = sorted({label(value) for said, _ in pairs for value in said}) if measure == "macro_f1" else [None]
    table = np.zeros((len(pairs), max(1, len(names)), 3), np.int64)
    for i, (said, seen) in enumerate(pairs):
        for k, name in enumerate(names):
            mine, found = ({v for v in part if name is None or label(v) == name} for part in (said, seen))
            table[i, k] = len(mine & found), len(mine), len(found)
    return table


def f1(table: npt.NDArray[np.int64]) -> float:
    """The mean over classes of F1 over all items; 1 where nothing is expected and nothing found."""
    hits, said, seen = table.sum(axis=0).T
    return float(np.mean(np.where(said + seen > 0, 2 * hits / np.maximum(said + seen, 1), 1.0)))


def rows(language: str, profile: str = "fast", tasks: Sequence[str] = ()) -> list[Row]:
    """nlp.evaluations' rows of one language: every task's measure (or those named: annotation tasks), with interval, precision and recall in `detail`."""
    measuring = {item["id"] for item in halves(items(language))[1]}
    listed = [item for item in items(language) if not tasks or item["id"] in measuring]
    found = annotated(listed, profile, tasks=tasks or None)
    result = []
    for task in tasks or [task for task in TASKS if task not in OTHERS]:
        both = [(item, one) for item, one in zip(listed, found, strict=True) if task in UNTOUCHED or item["id"] in measuring]
        result.append({"language": language, "task": task, "model_version": _version(task, found[0]["model_versions"]),
                       "dataset": _dataset(language, profile)} | measured(task, both))  # fmt: skip
    return result


def measured(task: str, both: Sequence[tuple[Item, Item]]) -> Row:
    """{metric, value, n, detail} of one task over (gold item, annotation); n is the items."""
    metric, read = TASKS[task]
    return row_of(metric, [read(item, one) for item, one in both])


def row_of(metric: str, pairs: Sequence[Pairs]) -> Row:
    """{metric, value, n, detail} of what was expected and found in each item, with its 95 % interval."""
    table = counts(pairs, metric)
    hits, said, seen = table.sum(axis=(0, 1)).tolist()
    span95 = _interval(table, said)
    detail = {"interval": [round(edge, 4) for edge in span95], "expected": said, "precision": _share(hits, seen), "recall": _share(hits, said)}
    return {"metric": metric, "value": round(f1(table), 4), "n": len(pairs), "detail": detail}


def _interval(table: npt.NDArray[np.int64], said: int) -> tuple[float, float]:
    """Bootstrap percentiles over items; where every draw is the same (all right or all wrong), Wilson's interval over the labels expected."""
    span95 = bootstrap(lambda places: f1(table[places]), len(table)) or (0.0, 1.0)
    return span95 if span95[0] < span95[1] else wilson(span95[0], max(1, said)) or span95


def _dataset(language: str, profile: str) -> str:
    return datasets.OWN + language + ("" if profile == "fast" else f" ({profile})")


def _version(task: str, versions: Mapping[str, str]) -> str:
    return versions[{"aspects": "banks"}.get(task, task.split("_")[0])]


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def misses(language: str, task: str, profile: str = "fast") -> list[tuple[str, set[Any], set[Any]]]:
    """(id, expected and not found, found and not expected) of every item that is not right; of a tuned task only of the half that may be seen."""
    listed = items(language) if task in UNTOUCHED else halves(items(language))[0]
    pairs = [(item["id"], *TASKS[task][1](item, one)) for item, one in zip(listed, annotated(listed, profile), strict=True)]
    return [(name, said - seen, seen - said) for name, said, seen in pairs if said != seen]


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table, or a task's misses by id."""
    parser = argparse.ArgumentParser(description="The pipelines on the gold set.")
    parser.add_argument("--profile", default="fast")
    parser.add_argument("--language", nargs="*", default=list(LANGUAGES))
    parser.add_argument("--misses", choices=list(TASKS))
    given = parser.parse_args(arguments)
    for language in given.language:
        if given.misses:
            for name, missed, extra in misses(language, given.misses, given.profile):
                print(f"{name}: missed {sorted(missed, key=str)}, extra {sorted(extra, key=str)}")
            continue
        for row in rows(language, given.profile):
            told = row["detail"]
            low, high = told["interval"]
            print(f"{language} {row['task']:16} {row['metric']:9} {row['value']:.3f} [{low:.3f}, {high:.3f}] "
                  f"P {told['precision']} R {told['recall']} of {told['expected']}, {row['n']} items")  # fmt: skip


if __name__ == "__main__":
    main()
