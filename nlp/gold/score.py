"""How the pipelines do on the gold set: `python -m nlp.gold.score [--profile accurate] [--language xx] [--misses TASK]`.

nlp/gold/*.jsonl ──► annotate() as `renown enrich` does ──► pairs (expected, found) an item ──► measure + 95 % bootstrap over items ──► rows
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from nlp.annotate import annotate
from nlp.gold.validate import span
from settings import Settings, load_settings
from settings.loader import REPOSITORY, load_file
from settings.models import LANGUAGES, Banks

FOLDER = Path(__file__).resolve().parent
DATASET = "gold"
REPEATS = 1000
Item = Mapping[str, Any]
Pairs = tuple[set[Any], set[Any]]  # what is expected of an item, what was found in it
Row = dict[str, Any]


def items(language: str) -> list[dict[str, Any]]:
    """The gold items of one language."""
    return [json.loads(line) for line in (FOLDER / f"{language}.jsonl").read_text("utf-8").splitlines() if line]


def settings_of_gold() -> Settings:
    """The shipped configuration with the gold set's banks."""
    return load_settings(REPOSITORY / "config").model_copy(update={"banks": load_file(FOLDER / "banks.yml", Banks)})


def annotated(listed: Sequence[Item], profile: str = "fast", language: str | None = None) -> list[dict[str, Any]]:
    """One annotation an item, in order, through the pipelines that `renown enrich` uses."""
    lines = (json.dumps({"id": item["id"], "text": item["text"], "platform": item["platform"]}) for item in listed)
    return list(annotate(lines, settings_of_gold(), profile=profile, language=language))


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


# -- measures ---------------------------------------------------------------------------------------------------------
def f1(pairs: Sequence[Pairs]) -> float:
    """Micro-averaged F1 over all labels; 1 where nothing is expected and nothing found."""
    hits = sum(len(said & seen) for said, seen in pairs)
    total = sum(len(said) + len(seen) for said, seen in pairs)
    return 2 * hits / total if total else 1.0


def macro_f1(pairs: Sequence[Pairs]) -> float:
    """Mean F1 of the sentiment labels that occur; elements are labels, or (bank, label)."""

    def label(value: Any) -> Any:
        return value[-1] if isinstance(value, tuple) else value

    def of(values: Iterable[Any], name: str) -> set[Any]:
        return {value for value in values if label(value) == name}

    names = sorted({label(value) for said, _ in pairs for value in said})
    return float(np.mean([f1([(of(said, name), of(seen, name)) for said, seen in pairs]) for name in names])) if names else 0.0


_MEASURES = {"f1": f1, "span_f1": f1, "macro_f1": macro_f1}


def interval(pairs: Sequence[Pairs], measure: Callable[[Sequence[Pairs]], float], seed: int = 1) -> tuple[float, float]:
    """The 95 % percentile bootstrap of a measure over items."""
    chance = np.random.default_rng(seed)
    draws = [measure([pairs[i] for i in chance.integers(0, len(pairs), len(pairs))]) for _ in range(REPEATS)]
    low, high = np.percentile(draws, [2.5, 97.5])
    return float(low), float(high)


def rows(language: str, profile: str = "fast") -> list[Row]:
    """nlp.evaluations' rows of one language: every task's measure, with its interval, precision and recall in `detail`."""
    listed = items(language)
    found = annotated(listed, profile)
    versions = found[0]["model_versions"]
    result = []
    for task, (measure, read) in TASKS.items():
        pairs = [read(item, one) for item, one in zip(listed, found, strict=True)]
        low, high = interval(pairs, _MEASURES[measure])
        hits, said, seen = (sum(map(len, part)) for part in ([a & b for a, b in pairs], [a for a, _ in pairs], [b for _, b in pairs]))
        detail = {"low": round(low, 4), "high": round(high, 4), "expected": said, "precision": _share(hits, seen), "recall": _share(hits, said)}
        version = versions.get(task) or versions.get(task.split("_")[0]) or versions.get("banks" if task == "aspects" else task, "none")
        result.append({"language": language, "task": task, "model_version": version, "dataset": DATASET, "metric": measure,
                       "value": round(_MEASURES[measure](pairs), 4), "n": len(listed), "detail": detail})  # fmt: skip
    return result


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def misses(language: str, task: str, profile: str = "fast") -> list[tuple[str, set[Any], set[Any]]]:
    """(id, expected and not found, found and not expected) of every item that is not right."""
    listed = items(language)
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
            print(f"{language} {row['task']:16} {row['metric']:9} {row['value']:.3f} [{told['low']:.3f}, {told['high']:.3f}] "
                  f"P {told['precision']} R {told['recall']} of {told['expected']}")  # fmt: skip


if __name__ == "__main__":
    main()
