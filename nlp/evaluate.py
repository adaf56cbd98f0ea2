"""`python -m nlp.evaluate --shared DIR`: how good each head is on rows that it never saw; the figures go into metrics.json and nlp.evaluations.

held-out parts (nlp/datasets.py) ──► predictions ──► rows of (language, task, model_version, dataset, metric, value, n) ──► metrics.json
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import psycopg
from psycopg.types.json import Jsonb

from nlp import banking, banking_training, datasets, embeddings, entity_training, polarity
from nlp.components import banking_intent
from nlp.components import entities as entities_component
from nlp.components import language as language_component
from nlp.components import sentiment as sentiment_component
from nlp.gold import further, score
from nlp.heads import MODELS, file_digest, load_head
from nlp.intervals import bootstrap, rounded, wilson
from nlp.pipelines import Annotator
from nlp.quality import figures
from nlp.records import Post
from nlp.tagger import KINDS, STACKED, crf_path
from nlp.train import mixes
from settings import Settings, load_settings
from settings.loader import REPOSITORY
from settings.models import LANGUAGES
from warehouse.bulk import copy_upsert

FILE = "metrics.json"
POOLED = "held_out_pooled"
CORRECTED = ("negative", "positive")  # labels whose share the marts correct (dbt_project/macros/correction.sql)
MAX_ACCURATE = 800  # vectors are slow: so many rows a set
MAX_SENTENCES = 1_500
Row = dict[str, Any]
_COLUMNS = ("language", "task", "model_version", "dataset", "metric", "value", "n", "detail")
_CHANGED = """(language, task, model_version, dataset, metric, bank_id) do update
    set value = excluded.value, n = excluded.n, detail = excluded.detail, measured_at = clock_timestamp()
    where (evaluations.value, evaluations.n, evaluations.detail) is distinct from (excluded.value, excluded.n, excluded.detail)"""


def store_evaluations(connection: psycopg.Connection[Any], models: Path = MODELS) -> int:
    """The shipped figures into nlp.evaluations, in the caller's transaction; rows written or changed, 0 when nothing is new."""
    path = models / FILE
    if not path.exists():
        return 0
    stored = json.loads(path.read_text("utf-8"))["evaluations"]
    rows = [
        tuple(row.get(name) if name != "detail" else Jsonb(row.get("detail") or {}) for name in _COLUMNS)
        for row in stored
    ]
    return copy_upsert(connection, "nlp.evaluations", _COLUMNS, rows, _CHANGED)


def sentiment_rows(shared: Path, models: str = "all", profile: str = "fast", languages: Sequence[str] = ()) -> Iterator[Row]:
    """Macro-F1, accuracy, macro recall and calibration error a set; sensitivity and specificity of `negative` and `positive`
    pooled over a language's sets.

    Measured on the twins that training leaves beside the heads; the version named is that of the head, which saw all rows afterwards.
    The rows of other models or profiles than all and fast are named so in `detail` and in the data set's name.
    """
    settings = _settings(models, profile)
    for language, sources in mixes(models).items():
        path = polarity.head_path(language, polarity.models_of(models))
        if not path.exists() or (languages and language not in languages):
            continue
        version = f"sentiment-{sentiment_component.VERSION}-{'' if profile == 'fast' else profile + '-'}{file_digest(path)[:8]}"
        annotator = Annotator(settings, tasks=["sentiment"], language=language)
        base = {"language": language, "task": "sentiment", "model_version": version}
        pooled: list[dict[str, int]] = []
        for source in _measured_sources(language, sources, models):
            test = _test_rows(shared, source, profile)
            if not test:
                continue
            truth, rows = _measure(test, annotator)
            named = base | {"dataset": source.name + _suffix(models, profile)}
            yield from (named | row for row in _polarity_metrics(truth, rows))
            if source.calibrate:
                pooled.append(_confusion(truth, rows.argmax(axis=1)))
        if models == "all" and profile == "fast":  # what the marts correct by
            yield from (base | {"dataset": POOLED} | row for row in pooled_rows(pooled))


def _settings(models: str, profile: str, *, twin: bool = True) -> Settings:
    """Those of the shipped configuration, with the twins of the heads, which saw no held-out row; CRFs have none and never saw one."""
    settings = load_settings(REPOSITORY / "config")
    general = settings.general.model_copy(update={"nlp_profile": profile, "models": f"{models} {polarity.TWIN}" if twin else models})
    return settings.model_copy(update={"general": general})


def _suffix(models: str, profile: str) -> str:
    return "".join(f" ({word})" for word, usual in ((models, "all"), (profile, "fast")) if word != usual)


def _measured_sources(language: str, sources: Sequence[datasets.Source], models: str) -> list[datasets.Source]:
    """The sets of the mix that are of the language itself; clean heads are measured on the others' sets too, for comparison."""
    listed = mixes()[language] if models != "all" else sources
    return [source for source in listed if not source.name.startswith(datasets.OWN) or source.name == datasets.OWN + language]


def _test_rows(shared: Path, source: datasets.Source, profile: str) -> list[dict[str, Any]]:
    """Held-out rows, at most datasets.MEASURED; in the accurate profile evenly spread pairs of them, MAX_ACCURATE rows, of sets that it was made for.

    Of each pair the first row may have set the temperature, the second never did.
    """
    test = datasets.spread(datasets.parts(shared, source.name)[1], datasets.MEASURED)
    if profile == "fast":
        return test
    pairs = datasets.spread(list(range(0, len(test) - 1, 2)), MAX_ACCURATE // 2) if source.vectors else []
    return [row for place in pairs for row in test[place : place + 2]]


def _measure(
    test: Sequence[dict[str, Any]], annotator: Annotator
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
    """Truth and probabilities by the whole pipeline, as `renown enrich --language` would give them."""
    truth = np.array([datasets.POLARITY[row["label"]] for row in test], np.int64)
    rows = []
    for result in annotator.annotate([Post(row["text"]) for row in test]):
        if isinstance(result, Exception):
            raise result
        rows.append([result.labels["sentiment"]["probabilities"][name] for name in polarity.CLASSES])
    return truth, np.array(rows, np.float32)


def _polarity_metrics(truth: npt.NDArray[np.int64], rows: npt.NDArray[np.float32]) -> Iterator[Row]:
    for row in figures(truth, rows):
        more = {"confusion": _confusion(truth, rows.argmax(axis=1))} if row["metric"] == "macro_f1" else {}
        yield row | {"detail": row.get("detail", {}) | more}


def _confusion(truth: npt.NDArray[np.int64], found: npt.NDArray[np.int64]) -> dict[str, int]:
    pairs = Counter(zip(truth.tolist(), found.tolist(), strict=True))
    return {f"{polarity.CLASSES[t]}→{polarity.CLASSES[f]}": count for (t, f), count in sorted(pairs.items())}


def pooled_rows(confusions: Sequence[Mapping[str, int]]) -> Iterator[Row]:
    """METRICS.md's se and sp of the labels that the marts correct: how often a text of that kind is called so, and another one is not.

    `n` is the texts of that kind; `confusions`: of each set, counts by "truth→label", as metrics.json keeps them.
    """
    cells = sum((Counter(confusion) for confusion in confusions), Counter[str]())
    for label in CORRECTED:
        of_kind = sum(n for cell, n in cells.items() if cell.startswith(f"{label}→"))
        others = cells.total() - of_kind
        called_wrongly = sum(n for cell, n in cells.items() if cell.endswith(f"→{label}")) - cells[f"{label}→{label}"]
        yield {"metric": f"se_{label}", "value": cells[f"{label}→{label}"] / of_kind, "n": of_kind}
        yield {"metric": f"sp_{label}", "value": 1 - called_wrongly / others, "n": others}


def banking_rows(profile: str = "fast") -> Iterator[Row]:
    """The figures that the training of banking_intent took on its held-out fifth; the shipped head was trained on all rows afterwards."""
    path = banking.head_path() if profile == "fast" else banking.vector_head_path()
    if not path.exists():
        return
    measured = load_head(path).meta["measured"] if profile == "fast" else embeddings.load_vector_head(path).meta["measured"]
    base = {"language": banking.LANGUAGE, "task": "banking_intent", "dataset": banking_training.SET + _suffix("all", profile)}
    version = f"banking_intent-{banking_intent.VERSION}-{'' if profile == 'fast' else profile + '-'}{file_digest(path)[:8]}"
    yield from (base | {"model_version": version} | row for row in measured)


def renew(shared: Path, task: str, languages: Sequence[str] = (), models: str = "all", profile: str = "fast", out: Path = MODELS) -> list[Row]:
    """Measure one task anew and put its rows in the place of their like in metrics.json; the new rows."""
    if task == "sentiment":
        fresh = list(sentiment_rows(shared, models, profile, languages))
    elif task == "banking_intent":
        fresh = list(banking_rows(profile))
    elif task == "topics":
        fresh = [row for language in LANGUAGES for row in score.rows(language, "accurate", [task])]
    else:
        fresh = list(entity_rows(shared, models, languages))
    stored = json.loads((out / FILE).read_text("utf-8"))["evaluations"] if (out / FILE).exists() else []
    replaced = {(row["language"], row["task"], row["dataset"], row["metric"]) for row in fresh}
    renewed = {row["language"] for row in fresh}
    suffix = _suffix(models, profile)
    kept = [row for row in stored if (row["language"], row["task"], row["dataset"], row["metric"]) not in replaced
            and not (measure_of(row) == task and row["language"] in renewed and _ending(row["dataset"]) == suffix)]
    write([*kept, *fresh], out)
    return fresh


def _ending(dataset: str) -> str:
    """The part of a data set's name that _suffix() put there."""
    return dataset[dataset.index(" (") :] if " (" in dataset else ""


def language_rows(shared: Path) -> Iterator[Row]:
    """Accuracy of language on short texts: of each configured language's own, and of strangers ("und" is right)."""
    configured = ("en", "ru", "zh", "ar", "tr")
    hits: dict[tuple[str, str], list[bool]] = {}
    for row in datasets.read(shared, "language", "short_texts"):
        wanted = row["lang"] if row["lang"] in configured else "und"
        found = language_component.detect(row["text"], configured)[0]
        hits.setdefault((wanted, f"short_texts_{row['src']}"), []).append(found == wanted)
    for (wanted, dataset), right in sorted(hits.items()):
        yield {
            "language": wanted,
            "task": "language",
            "model_version": f"language-{language_component.VERSION}",
            "dataset": dataset,
            "metric": "accuracy",
            "value": float(np.mean(right)),
            "n": len(right),
            "detail": {"interval": rounded(wilson(float(np.mean(right)), len(right)))},
        }


def entity_rows(shared: Path, models: str = "all", languages: Sequence[str] = ()) -> Iterator[Row]:
    """Exact-span F1 over PER, ORG, LOC by the whole pipeline, on the last part of each set in file order (entity_training.PLANS)."""
    for language, plan in entity_training.PLANS.items():
        if languages and language not in languages:
            continue
        path = crf_path(language, polarity.models_of(models))
        made = f"crf-{file_digest(path)[:8]}" if path.exists() else "rules" if language not in STACKED else "slovnet"
        version = f"entities-{entities_component.VERSION}-{made}"
        annotator = Annotator(_settings(models, "fast", twin=False), tasks=["entities"], language=language)
        for part in plan.parts:
            test = entity_training.split(entity_training.examples(shared, part.name, language), part.held)[1]
            measured = _span_f1(datasets.spread(test, MAX_SENTENCES), annotator)
            yield {"language": language, "task": "entities", "model_version": version, "dataset": part.name + _suffix(models, "fast")} | measured


def _span_f1(test: Sequence[entity_training.Example], annotator: Annotator) -> Row:
    """The pooled figure with its 95 % bootstrap interval over sentences, and each kind's; n is the gold spans."""
    hits, found, wanted = np.zeros((3, len(test), len(KINDS)))
    for i, ((_, gold), result) in enumerate(
        zip(test, annotator.annotate([Post(text) for text, _ in test]), strict=True)
    ):
        if isinstance(result, Exception):
            raise result
        spans = {(e["start"], e["end"], e["label"]) for e in result.labels["entities"]}
        for k, kind in enumerate(KINDS):
            right = {span for span in gold if span[2] == kind}
            mine = {span for span in spans if span[2] == kind}
            hits[i, k], found[i, k], wanted[i, k] = len(right & mine), len(mine), len(right)

    def f1(places: Any, kinds: Any = slice(None)) -> float:
        both = found[places][:, kinds].sum() + wanted[places][:, kinds].sum()
        return float(2 * hits[places][:, kinds].sum() / max(1.0, both))

    every = np.arange(len(test))
    interval = bootstrap(f1, len(test)) or (0.0, 1.0)
    by_kind = {kind: round(f1(every, [k]), 4) for k, kind in enumerate(KINDS)}
    detail = {"interval": [round(value, 4) for value in interval], "sentences": len(test)} | by_kind
    return {"metric": "span_f1", "value": f1(every), "n": int(wanted.sum()), "detail": detail}


def write(rows: Iterable[Row], out: Path) -> list[Row]:
    """metrics.json: {"evaluations": [...]}, values to four places."""
    ready = [row | {"value": round(row["value"], 4)} for row in rows]
    (out / FILE).write_text(json.dumps({"evaluations": ready}, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return ready


def gold_rows(profile: str = "fast") -> list[Row]:
    """Every task that our own gold texts are labelled for, a language (nlp/gold/score.py); sentiment is sentiment_rows' to measure."""
    return [*(row for language in LANGUAGES for row in score.rows(language, profile)), *further.rows()]


def measure_of(row: Row) -> str:
    """Which of MEASURES gave a row."""
    gold = row["dataset"].startswith(datasets.OWN) and row["task"] not in score.OTHERS
    return "gold" if gold else str(row["task"])


MEASURES: dict[str, Callable[[Path], Iterable[Row]]] = {
    "gold": lambda shared: gold_rows(),
    "language": language_rows,
    "sentiment": sentiment_rows,
    "banking_intent": lambda shared: banking_rows(),
    "entities": entity_rows,
}


def measure(shared: Path | None, only: Sequence[str] = (), out: Path = MODELS) -> list[Row]:
    """Measure anew, at the fast profile, and write metrics.json; the fresh rows. Without `shared` only what needs no set: our own gold texts.

    Figures that are not measured now, and those of other profiles and models, stay. Raises RenownError where a set is missing.
    """
    chosen = list(only) or (list(MEASURES) if shared else ["gold"])
    fresh = [row for task in chosen for row in MEASURES[task](shared or Path())]
    path = out / FILE
    stored = json.loads(path.read_text("utf-8"))["evaluations"] if path.exists() else []
    write([*(row for row in stored if measure_of(row) not in chosen or _ending(row["dataset"])), *fresh], out)
    return fresh


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shared", type=Path, required=True, help="folder that holds data/")
    parser.add_argument("--out", type=Path, default=MODELS)
    parser.add_argument("--only", nargs="*", default=list(MEASURES), choices=list(MEASURES), help="tasks; other figures stay")
    options = parser.parse_args(arguments)
    for row in measure(options.shared, options.only, options.out):
        print(
            f"{row['language']:4}{row['task']:16}{row['dataset']:28}{row['metric']:20}{row['value']:.3f}  n {row['n']}"
        )


if __name__ == "__main__":
    main()
