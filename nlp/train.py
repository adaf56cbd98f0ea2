"""`python -m nlp.train --shared DIR --out nlp/models`: every head that Renown ships, from public sets, the same each time.

DIR/data ──► mix (nlp/mixes.yml) ──► train part ──► hashed TF-IDF ──► logistic regression ──► temperature on held-out ──► int8 weights
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")

import numpy as np  # noqa: E402
import yaml  # noqa: E402
from scipy.sparse import csr_matrix  # noqa: E402
from sklearn.linear_model import LogisticRegression  # noqa: E402

from nlp import datasets, polarity  # noqa: E402
from nlp.heads import MODELS, Floats, Head, count, save_head, softmax, weigh  # noqa: E402

MIXES = Path(__file__).resolve().parent / "mixes.yml"
STRENGTH = 3.0  # inverse of the L2 penalty; 1 and 3 were tried on the held-out parts
TEMPERATURES = np.exp(np.linspace(np.log(0.4), np.log(4.0), 47))


def mixes() -> dict[str, list[datasets.Source]]:
    """Language → its training sets, the one whose class balance counts first."""
    stored = yaml.safe_load(MIXES.read_text("utf-8"))
    return {
        language: [datasets.Source(**entry) for entry in entries] for language, entries in stored["sentiment"].items()
    }


def train_sentiment(shared: Path, language: str, sources: Sequence[datasets.Source]) -> Head:
    """One language's head: all sets of its mix at their weights, classes balanced over the whole."""
    texts, labels, weights, held = _mix(shared, sources)
    counts = count(texts, language)
    idf = _idf(counts)
    model = LogisticRegression(C=STRENGTH, class_weight="balanced", max_iter=80, tol=1e-3)
    model.fit(weigh(counts, idf), labels, sample_weight=weights)
    weights_by_class = np.ascontiguousarray(model.coef_.T, np.float32)
    meta = {"language": language, "sets": {s.name: s.weight for s in sources}, "rows": len(texts)}
    head = Head(polarity.CLASSES, weights_by_class, idf, model.intercept_.astype(np.float32), 1.0, meta)
    return _calibrate(head, held, language)


def _mix(
    shared: Path, sources: Sequence[datasets.Source]
) -> tuple[list[str], list[int], list[float], list[dict[str, Any]]]:
    texts, labels, weights, held = [], [], [], []
    for source in sources:
        train, test = datasets.split(datasets.polarity_rows(shared, source.name))
        for row in datasets.spread(train, source.limit):
            texts.append(row["text"])
            labels.append(datasets.POLARITY[row["label"]])
            weights.append(source.weight)
        if source.calibrate:
            held += datasets.calibration_part(test)
    return texts, labels, weights, held


def _idf(counts: csr_matrix) -> Floats:
    """ln((1 + n)/(1 + df)) + 1 as in scikit-learn, 0 for buckets never seen."""
    seen = np.bincount(counts.indices, minlength=counts.shape[1])
    idf = np.log((1 + counts.shape[0]) / (1 + seen)) + 1.0
    return np.where(seen > 0, idf, 0.0).astype(np.float32)


def _calibrate(head: Head, held: Sequence[dict[str, Any]], language: str) -> Head:
    """The temperature with the least log loss on held-out rows (Guo et al. 2017)."""
    scores = polarity.logits(head, [row["text"] for row in held], language)
    truth = np.array([datasets.POLARITY[row["label"]] for row in held])
    losses = [-np.log(softmax(scores, t)[np.arange(len(truth)), truth] + 1e-9).mean() for t in TEMPERATURES]
    return Head(head.classes, head.weights, head.idf, head.bias, float(TEMPERATURES[int(np.argmin(losses))]), head.meta)


def main(arguments: Sequence[str] | None = None) -> None:
    """Train what is asked for (default: all) and write it beside its metrics."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shared", type=Path, required=True, help="folder that holds data/")
    parser.add_argument("--out", type=Path, default=MODELS)
    parser.add_argument("--only", nargs="*", default=[], help="languages, or 'entities'; default all")
    options = parser.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    for language, sources in mixes().items():
        if not options.only or language in options.only:
            save_head(polarity.head_path(language, options.out), train_sentiment(options.shared, language, sources))
            print(f"sentiment {language}: written")
    if not options.only or "entities" in options.only:
        from nlp.entity_training import train_entities

        train_entities(options.shared, options.out)


if __name__ == "__main__":
    main()
