"""The gold of what the main set has few or none of: replies, closings, moments of truth, urgency, journey, handles, near-duplicates, bots.

nlp/gold/{exchanges,situations,handles,pairs,authors}.jsonl ──► components ──► pairs (expected, found) an item ──► rows with 95 % intervals

Items of one number are one situation told in each language, so the halves of texts go by number: one may be looked at (--misses), the other
(`measures`) only measures. Handles, pairs and authors are measured whole. `python -m nlp.gold.further [--misses TASK]` prints the table or the misses.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from nlp import bots, datasets
from nlp.gold.score import Pairs, Row, row_of, settings_of_gold
from nlp.gold.validate import FOLDER, read
from nlp.manifest import model_versions
from nlp.pipelines import Annotator
from nlp.records import Analysis, Post
from nlp.stories import StoryIndex
from nlp.text import URL
from settings.models import LANGUAGES

Item = Mapping[str, Any]
START = datetime(2026, 1, 5, tzinfo=UTC)
ALL = "all"
HOME = "velmora"
TASKS_OF = {"exchanges": ("reply", "official_kind", "moments"), "situations": ("urgency", "journey", "intents"), "handles": ("handles",)}


@cache
def items(name: str) -> list[dict[str, Any]]:
    """The items of one file, `name` one of exchanges, situations, handles, pairs, authors."""
    return read(FOLDER / f"{name}.jsonl")


def measures(item: Item) -> bool:
    """Whether an item belongs to what only measures; of handles, pairs and authors all do."""
    return bool(item.get("measures", True))


# -- what the components say of an item -------------------------------------------------------------------------------
def post(item: Item) -> Post:
    """The item as the warehouse would hand it to the pipeline: an exchange knows its author, a text on its own does not."""
    if "handle" in item:
        return Post(f"@{item['handle']} hello", platform=item["platform"])
    author = item.get("author")
    known = None if author in (None, "unknown") else author == "official"
    return Post(item["text"], "x", official_of=HOME if known else None, is_official=known, is_reply=item.get("is_reply", False))


@cache
def labels(name: str) -> list[dict[str, Any]]:
    """What the pipelines label each item of a file with, in its order."""
    analyses = Annotator(settings_of_gold(), tasks=TASKS_OF[name]).annotate([post(item) for item in items(name)])
    return [analysis.labels if isinstance(analysis, Analysis) else {} for analysis in analyses]


def _shared(pair: Item) -> bool:
    index = StoryIndex()
    index.add(pair["one"], "one")
    return index.place(pair["other"], "other") == "one"


@cache
def _likely() -> dict[str, bool]:
    """Author id → likely, over all authors together: their items share stories as they do in the warehouse."""
    said = sorted((one["minute"], author["id"], one["text"]) for author in items("authors") for one in author["items"])
    index, stories = StoryIndex(), []
    for number, (_, _, text) in enumerate(said):
        stories.append(index.place(text, str(number)))
    copies, writers = Counter(stories), defaultdict(set)
    for (_, author_id, _), story in zip(said, stories, strict=True):
        writers[story].add(author_id)
    found: dict[str, list[bots.Item]] = defaultdict(list)
    for (minute, author_id, text), story in zip(said, stories, strict=True):
        at = START + timedelta(minutes=minute)
        links = len(URL.findall(text)) + text.count("t.example/")
        found[author_id].append(bots.Item("", 1, at, links, len(text), False, copies[story], len(writers[story])))
    return {author["id"]: bool(bots.score(_account(author, found[author["id"]]))["likely"]) for author in items("authors")}


def _account(author: Item, written: Sequence[bots.Item]) -> bots.Author:
    born = None if author["age_days"] is None else written[-1].event_at - timedelta(days=author["age_days"])
    return bots.Author(author["platform"], author["id"], author["handle"], born, author["followers"], author["following"], tuple(written))


# -- expected and found, as sets --------------------------------------------------------------------------------------
def _one(said: Any, seen: Any) -> Pairs:
    return ({said} if said and said != "none" else set()), ({seen} if seen and seen != "none" else set())


def _considers(item: Item, found: Item) -> Pairs:
    return _one(item["considers"], any(row["intent"] == "consider" for row in found.get("intents") or []))


def _part(part: str) -> Callable[[Item, Item], Pairs]:
    return lambda item, found: _one((item["journey"] or {}).get(part), (found.get("journey") or {}).get(part))


def _reply(part: str) -> Callable[[Item, Item], Pairs]:
    return lambda item, found: _one(item[part], (found.get("reply") or {}).get(part))


def _handle(item: Item, found: Item) -> Pairs:
    listed = found.get("handles") or []
    return {item["status"]}, {row["status"] for row in listed}


# task → file, measure, the task whose model version it bears, what to compare
TASKS: dict[str, tuple[str, str, str, Callable[[Item, Item], Pairs]]] = {
    "reply_role": ("exchanges", "f1", "reply", _reply("role")),
    "closing": ("exchanges", "macro_f1", "reply", _reply("closing")),
    "official_kind": ("exchanges", "macro_f1", "official_kind",
                      lambda item, found: _one(item["official_kind"], (found.get("official_kind") or {}).get("kind"))),
    "moments": ("exchanges", "f1", "moments",
                lambda item, found: (set(item["moments"]), {row["moment"] for row in found.get("moments") or []})),
    "urgency": ("situations", "f1", "urgency", lambda item, found: _one(item["urgency"], found.get("urgency"))),
    "journey_stage": ("situations", "f1", "journey", _part("stage")),
    "journey_channel": ("situations", "f1", "journey", _part("channel")),
    "consider": ("situations", "f1", "intents", _considers),
    "handles": ("handles", "macro_f1", "handles", _handle),
}  # fmt: skip
WHOLE: dict[str, tuple[str, str, Callable[[Item], Pairs]]] = {
    "duplicates": ("pairs", "story", lambda item: _one(item["same"], _shared(item))),
    "bots": ("authors", "bot", lambda item: _one(item["likely"], _likely()[item["id"]])),
}


def compared(task: str) -> list[tuple[Item, Pairs]]:
    """Every item of a task with (expected, found)."""
    if task in WHOLE:
        return [(item, WHOLE[task][2](item)) for item in items(WHOLE[task][0])]
    name, _, _, pairs = TASKS[task]
    return [(item, pairs(item, found)) for item, found in zip(items(name), labels(name), strict=True)]


def rows(half: Callable[[Item], bool] = measures) -> list[Row]:
    """nlp.evaluations' rows: texts a language and over all, on the measuring half (or another `half`); the rest over all items."""
    versions = model_versions(settings_of_gold())
    result = []
    for task in (*TASKS, *WHOLE):
        name, metric, version = TASKS[task][:3] if task in TASKS else (WHOLE[task][0], "f1", WHOLE[task][1])
        by_half = name in ("exchanges", "situations")
        both = [(item, pair) for item, pair in compared(task) if half(item)]
        for language in (*(LANGUAGES if by_half else ()), ALL):
            pairs = [pair for item, pair in both if language in (ALL, item.get("language"))]
            result.append({"language": language, "task": task, "model_version": versions[version],
                           "dataset": f"{datasets.OWN}{name}"} | row_of(metric, pairs))  # fmt: skip
    return result


def misses(task: str) -> list[tuple[str, set[Any], set[Any]]]:
    """(id, expected and not found, found and not expected); of texts only of the half that may be seen."""
    shown = [(item["id"], pair) for item, pair in compared(task) if not item.get("measures")]
    return [(name, said - seen, seen - said) for name, (said, seen) in shown if said != seen]


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table, or a task's misses by id."""
    parser = argparse.ArgumentParser(description="The components on the further gold items.")
    parser.add_argument("--misses", choices=[*TASKS, *WHOLE])
    parser.add_argument("--all", action="store_true", help="both halves")
    given = parser.parse_args(arguments)
    if given.misses:
        for name, missed, extra in misses(given.misses):
            print(f"{name}: missed {sorted(missed, key=str)}, extra {sorted(extra, key=str)}")
        return
    for row in rows((lambda item: True) if given.all else measures):
        told = row["detail"]
        low, high = told["interval"]
        print(f"{row['language']:4}{row['task']:16}{row['metric']:9} {row['value']:.3f} [{low:.3f}, {high:.3f}] "
              f"P {told['precision']} R {told['recall']} of {told['expected']}, {row['n']} items")  # fmt: skip


if __name__ == "__main__":
    main()
