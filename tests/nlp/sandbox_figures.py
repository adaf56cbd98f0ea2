"""How well the fast pipeline reads the sandbox's texts: `python tests/nlp/sandbox_figures.py [--misses TASK LANGUAGE]`.

No weight was trained on them; the cue lists were widened after reading some of them (docs/model_card.md).

sandbox.texts.compose (act, topic, tone known) ──► Annotator ──► accuracy of sentiment and reply role, F1 of topics and intents
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from nlp.pipelines import Annotator
from nlp.records import Analysis, Post
from sandbox.texts import SHAPES, TOPICS, compose
from sandbox.world.acts import ACTS
from settings import load_settings

SURFACES = {
    "en": ("Velmora", "Tarnwick Bank"),
    "ru": ("Велмора", "Тарнвик"),
    "zh": ("维摩拉银行", "塔恩维克"),
    "ar": ("فيلمورا", "تارنويك"),
    "tr": ("Velmora", "Tarnwick"),
}
OFFICIAL = {"answer", "ask", "divert", "automatic", "official_pr"}
CLOSINGS = {"thanks", "confirms", "still_angry"}
PLATFORMS = {"en": "x", "ru": "vk", "zh": "weibo", "ar": "x", "tr": "discourse"}


@dataclass(frozen=True)
class Example:
    """One composed text and what it must be read as."""

    post: Post
    language: str
    act: str
    topic: str | None
    sentiment: str
    towards: dict[str, str]


def examples(language: str, each: int, seed: int = 11) -> Iterator[Example]:
    """`each` texts an act, topics in turn."""
    rng = random.Random(f"{seed}{language}")
    one, other = SURFACES[language]
    for act, shape in SHAPES.items():
        for _ in range(each):
            tone = rng.choice(("positive", "neutral", "negative")) if act in ("opinion", "news") else "neutral"
            topic = rng.choice(TOPICS) if shape.topical else None
            composed = compose(
                rng,
                language,
                act,
                bank=one if shape.needs or rng.random() < 0.3 else None,
                other=other if act == "comparison" else None,
                topic=topic,
                tone=tone,
                platform=PLATFORMS[language],
            )
            text = f"{composed.title}\n{composed.text}" if composed.title else composed.text
            post = Post(
                text,
                platform="rss" if act == "news" else PLATFORMS[language],
                kind="article" if act == "news" else "post",
                is_official=act in OFFICIAL,
                is_reply=act in (OFFICIAL - {"official_pr"}) | CLOSINGS,
            )
            towards = {"velmora": "positive", "tarnwick": "negative"} if act == "comparison" else {}
            yield Example(
                post, language, act, topic, tone if act in ("opinion", "news") else ACTS[act].sentiment, towards
            )


def misses(task: str, item: Example, found: Analysis) -> list[tuple[str, str]]:
    """(expected, found) pairs of one task; equal pairs are hits."""
    if task == "language":
        return [(item.language, found.language)]
    if task == "sentiment":
        return (
            []
            if item.act in ("comparison", "offtopic", "ambiguous_place")
            else [(item.sentiment, found.labels["sentiment"]["label"])]
        )
    if task == "aspect":
        given = {b["bank_id"]: b["sentiment"]["label"] for b in found.labels["banks"]}
        return [(want, given.get(bank, "missing")) for bank, want in item.towards.items()]
    if task == "role":
        return [(ACTS[item.act].role, found.labels["reply"]["role"])]
    if task == "closing":
        return [(ACTS[item.act].closing, found.labels["reply"]["closing"])]
    if task == "kind":
        return (
            [(str(ACTS[item.act].official_kind), str(found.labels["official_kind"]["kind"]))]
            if item.act in OFFICIAL
            else []
        )
    key, task_name = ("topic_id", "topics") if task == "topics" else ("intent", "intents")
    want = {item.topic} - {None} if task == "topics" else set(ACTS[item.act].intents)
    if task == "topics" and (
        item.act in CLOSINGS | {"ask", "divert", "automatic", "promotion"} or not SHAPES[item.act].topical
    ):
        return []
    got = {entry[key] for entry in found.labels[task_name]}
    return [(str(w), str(w) if w in got else "-") for w in sorted(want, key=str)] + [
        ("-", g) for g in sorted(got - want)
    ]


def summary(pairs: list[tuple[str, str]]) -> str:
    """Accuracy for one-of tasks, micro precision / recall / F1 for the others."""
    if any("-" in pair for pair in pairs):
        hits = sum(a == b for a, b in pairs)
        found, wanted = sum(b != "-" for _, b in pairs), sum(a != "-" for a, _ in pairs)
        return f"P {100 * hits / max(found, 1):.0f} R {100 * hits / max(wanted, 1):.0f} F1 {200 * hits / max(found + wanted, 1):.1f}"
    return f"{100 * sum(a == b for a, b in pairs) / max(len(pairs), 1):.1f} %"


def figures(languages: list[str], each: int) -> dict[str, dict[str, Any]]:
    """Language → task → pairs with their examples."""
    annotator = Annotator(
        load_settings(), tasks=["language", "banks", "sentiment", "topics", "intents", "reply", "official_kind"]
    )
    out: dict[str, dict[str, Any]] = {}
    for language in languages:
        items = list(examples(language, each))
        results = annotator.annotate([item.post for item in items])
        tasks: dict[str, Any] = defaultdict(list)
        for item, result in zip(items, results, strict=True):
            if isinstance(result, Exception):
                raise result
            for task in ("language", "sentiment", "aspect", "topics", "intents", "role", "closing", "kind"):
                tasks[task] += [(pair, item, result) for pair in misses(task, item, result)]
        out[language] = tasks
    return out


def main() -> None:
    """Print the table, or the misses of one task and language."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--misses", nargs=2, metavar=("TASK", "LANGUAGE"))
    parser.add_argument("--each", type=int, default=40)
    parser.add_argument("--languages", nargs="*", default=list(SURFACES))
    options = parser.parse_args()
    if options.misses:
        task, language = options.misses
        rows = [row for row in figures([language], options.each)[language][task] if row[0][0] != row[0][1]]
        for (want, got), count in Counter(row[0] for row in rows).most_common(25):
            print(f"{count:4} want {want} got {got}")
        for (want, got), item, result in rows:
            print(
                f"[{item.act}/{item.topic}] want {want} got {got}: {item.post.text[:170]!r} {result.labels['sentiment']['probabilities']}"
            )
        return
    for language, tasks in figures(options.languages, options.each).items():
        print(language, " | ".join(f"{task} {summary([row[0] for row in rows])}" for task, rows in tasks.items()))


if __name__ == "__main__":
    main()
