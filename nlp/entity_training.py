"""Train the CRFs of nlp/tagger.py for Chinese, Arabic and Turkish from BIO-tagged sets; features are hashes, so no word stands in the weights."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from nlp import datasets
from nlp.tagger import crf_path, features

LABELS = {"PER": "PER", "PERSON": "PER", "ORG": "ORG", "LOC": "LOC", "GPE": "LOC", "FAC": "LOC"}
# Set → rows at most, smallest count of a feature, how strongly weights are drawn to zero (L1): what keeps a file below 3 MB.
PLANS: dict[str, dict[str, Any]] = {
    "zh": {"sets": {"zh_msra": 9000, "zh_weibo": 1350, "zh_uner_gsdsimp": 3500}, "minfreq": 3, "c1": 1.0},
    "ar": {"sets": {"ar_anercorp": 4232}, "minfreq": 2, "c1": 0.3},
    "tr": {"sets": {"tr_wikiner": 15000}, "minfreq": 3, "c1": 1.0},
}
Sentence = tuple[list[str], list[str]]


def is_test(tokens: Sequence[str]) -> bool:
    """A tenth of the sentences, by hash, is never trained on; the same sentence always falls on the same side."""
    return zlib.crc32(" ".join(tokens).encode()) % 10 == 0


def sentences(shared: Path, name: str, language: str) -> Iterator[Sentence]:
    """(tokens, tags over PER ORG LOC) of one set; Chinese is cut into characters whatever the set's own tokens are."""
    for row in datasets.read(shared, "ner", name):
        tags = [_tag(tag) for tag in row["tags"]]
        if language == "zh":
            yield _characters(row["tokens"], tags)
        elif row["tokens"]:
            yield list(row["tokens"]), tags


def _tag(tag: str) -> str:
    kind, _, label = tag.partition("-")
    label = LABELS.get(label.split(".")[0].upper(), "")
    return f"{kind}-{label}" if label and kind in ("B", "I") else "O"


def _characters(tokens: Sequence[str], tags: Sequence[str]) -> Sentence:
    letters: list[str] = []
    labels: list[str] = []
    for token, tag in zip(tokens, tags, strict=True):
        for place, letter in enumerate(token):
            letters.append(letter)
            labels.append("I" + tag[1:] if place and tag != "O" else tag)
    return letters, labels


def train_entities(shared: Path, out: Path) -> None:
    """Write entities_<language>.crfsuite for every plan."""
    import pycrfsuite

    for language, plan in PLANS.items():
        trainer = pycrfsuite.Trainer(verbose=False)
        for name, limit in plan["sets"].items():
            rows = [s for s in sentences(shared, name, language) if not is_test(s[0])]
            for tokens, tags in rows[:: max(1, len(rows) // limit)][:limit]:
                trainer.append(features(tokens, language), tags)
        trainer.set_params(
            {
                "c1": plan["c1"],
                "c2": 0.01,
                "max_iterations": 60,
                "feature.minfreq": plan["minfreq"],
                "feature.possible_transitions": True,
            }
        )
        trainer.train(str(crf_path(language, out)))
        print(f"entities {language}: {crf_path(language, out).stat().st_size / 1e6:.1f} MB")
