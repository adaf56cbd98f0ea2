"""Train the CRFs of nlp/tagger.py from BIO-tagged sets; features are hashes, so no word stands in the weights.

sets ──► text and gold spans ──► train / held-out parts ──► run-time tokens and features ──► nlp/entity_crf.py ──► entities_<language>.npz
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from nlp import datasets
from nlp.entity_crf import SEED, fit
from nlp.entity_features import BUCKETS, Ids, feature_ids, templates
from nlp.entity_features_clusters import Clusters, build_clusters
from nlp.entity_features_words import Token, tokens
from nlp.polarity import CLEAN, models_of
from nlp.tagger import STACKED, Crf, Span, crf_path, encode, natasha_tagger, save_crf

LABELS = {
    **{name: "PER" for name in ("PER", "PERS", "PERSON")},
    **{name: "ORG" for name in ("ORG", "CORPORATION", "GROUP")},
    **{name: "LOC" for name in ("LOC", "LOCATION", "GPE", "FAC")},
}
OTHER = "MISC"  # a fourth kind that some plans learn, so that it is not taken for an organisation; the tagger leaves it out
CHUNK = 256
Example = tuple[str, list[Span]]


@dataclass(frozen=True)
class Part:
    """A set of a plan: its last `held` share is never trained on; `limit` rows at most, evenly spread; each row `times` times.

    `licence` as stated by the source; `clean`: it lets weights be made and passed on, for any use.
    """

    name: str
    held: float
    limit: int | None = None
    times: int = 1
    licence: str = "none stated"
    clean: bool = False
    origin: str = ""


@dataclass(frozen=True)
class Plan:
    """How one language's CRF is trained: sets, sets of unlabelled texts for the clusters, passes and step size."""

    parts: tuple[Part, ...]
    unlabelled: tuple[str, ...] = ()
    epochs: int = 5
    rate: float = 0.1
    prune: float = 0.02
    min_count: int = 2  # of a feature in the training part
    other: bool = False
    averaged: bool = False  # the mean of the passes' weights instead of the last ones
    dropout: float = 0.0  # share of the templates that a step does not see
    fits: int = 1  # of different seeds, whose weights are averaged


CONLL = Part("en_conll03", 0.15, licence="CC BY-NC-SA 4.0", origin="Babelscape/wikineural")
WNUT = Part("en_wnut17", 0.1, licence="CC BY 4.0", clean=True, origin="leondz/emerging_entities_17")
WIKINEURAL = Part("ru_wikineural", 0.15, licence="CC BY-NC-SA 4.0", origin="Babelscape/wikineural")
UNER = Part("zh_uner_gsdsimp", 0.112, times=2, licence="CC BY-SA 4.0", clean=True, origin="UNER")
WEIBO = Part("zh_weibo", 0.15, licence="CC BY-SA 3.0", clean=True, origin="hltcoe/golden-horse")
MSRA = Part("zh_msra", 0.1, limit=6000, licence="unknown", origin="ChineseNlpCorpus")
ANERCORP = Part("ar_anercorp", 0.2, origin="HassanAzzam/Arabic-NER")
WIKI_TR = Part("tr_wikiner", 0.1, licence="CC BY-SA 4.0", clean=True, origin="turkish-nlp-suite/Turkish-Wiki-NER-Dataset")

# Step, dropout and averaging were chosen on the ninth tenth of the Turkish set, before its last tenth was measured.
_STEADY = Plan((), epochs=14, rate=0.06, averaged=True, dropout=0.6)

PLANS = {
    "en": Plan((CONLL, WNUT), unlabelled=("en_semeval17_task4a", "en_airline_tweets", "en_fpb_50agree"), other=True),
    "ru": Plan((WIKINEURAL,)),
    "zh": Plan((UNER, WEIBO, MSRA), epochs=4),
    "ar": Plan((ANERCORP,), unlabelled=("ar_arsarcasm_v2", "ar_marsa_tech", "ar_marsa_social")),
    "tr": replace(_STEADY, fits=4, parts=(WIKI_TR,), unlabelled=("tr_boun_univ_tweets", "tr_magaza", "tr_tweetset")),
}
# What `models: clean` reads: sets whose licence is stated and lets weights be passed on; ru is slovnet alone, ar and tr rules alone (nlp/tagger.py).
CLEAN_PLANS = {
    "en": replace(_STEADY, parts=(WNUT,)),
    "zh": replace(_STEADY, parts=(UNER, WEIBO)),
}


def examples(shared: Path, name: str, language: str, *, other: bool = False) -> list[Example]:
    """(text, gold spans) of one set in file order: tokens joined with blanks, for Chinese without; spans over PER ORG LOC (and OTHER)."""
    gap = "" if language == "zh" else " "
    rows = (row for row in datasets.read(shared, "ner", name) if row["tokens"])
    return [(gap.join(row["tokens"]), list(_gold(row["tokens"], row["tags"], len(gap), other))) for row in rows]


def split(rows: Sequence[Example], held: float) -> tuple[list[Example], list[Example]]:
    """(train, test): the test is the last `held` share in file order, since neighbouring rows come from one article, without near-duplicates."""
    cut = int(len(rows) * (1 - held))
    known = [{"text": text} for text, _ in rows[:cut]]
    test = datasets.without_near_duplicates(known, [{"text": text, "spans": spans} for text, spans in rows[cut:]])
    return list(rows[:cut]), [(row["text"], row["spans"]) for row in test]


def _gold(words: Sequence[str], tags: Sequence[str], gap: int, other: bool) -> Iterator[Span]:
    place, start, end, label = 0, 0, 0, ""
    for word, tag in zip(words, tags, strict=True):
        kind = _kind(tag, other)
        if kind and tag[:2] == "I-" and kind == label:
            end = place + len(word)
        else:
            if label:
                yield start, end, label
            start, end, label = place, place + len(word), kind
        place += len(word) + gap
    if label:
        yield start, end, label


def _kind(tag: str, other: bool) -> str:
    """B-PER.NAM → PER; a nominal mention (PER.NOM: "the woman") is no name."""
    name = tag.partition("-")[2].upper()
    if not name or name.endswith(".NOM"):
        return ""
    return LABELS.get(name.split(".")[0], OTHER if other else "")


def bio(found: Sequence[Token], spans: Sequence[Span]) -> list[str]:
    """Tags of run-time tokens: those that touch a gold span are in it."""
    tags = ["O"] * len(found)
    for start, end, label in spans:
        inside = [i for i, (s, e, _) in enumerate(found) if s < end and e > start]
        for place, i in enumerate(inside):
            tags[i] = f"{'I' if place else 'B'}-{label}"
    return tags


def train_entities(shared: Path, out: Path, languages: Sequence[str] = (), models: str = "all") -> list[Path]:
    """Write entities_<language>.npz for these languages, by default all that `models` (all or clean) has a plan for; the files written."""
    plans, folder = CLEAN_PLANS if models == CLEAN else PLANS, models_of(models, out)
    folder.mkdir(parents=True, exist_ok=True)
    chosen = [language for language in languages or plans if language in plans]
    for language in chosen:
        save_crf(crf_path(language, folder), train_crf(shared, language, plans[language]))
    return [crf_path(language, folder) for language in chosen]


def train_crf(shared: Path, language: str, plan: Plan) -> Crf:
    """One language's CRF: clusters, features, then Adagrad; the same rows give the same weights."""
    rows = _training_rows(shared, language, plan)
    clusters: Clusters = {}
    if plan.unlabelled:
        texts = [row["text"] for name in plan.unlabelled for row in datasets.read(shared, "sentiment", name)]
        clusters = build_clusters([*(text for text, _ in rows), *texts], language)
    ids, tags = _encoded(rows, language, clusters)
    meta = {"language": language, "sets": [part.name for part in plan.parts], "rows": len(rows)}
    return _fit(ids, tags, plan, clusters, meta)


def _training_rows(shared: Path, language: str, plan: Plan) -> list[Example]:
    rows: list[Example] = []
    for part in plan.parts:
        train = examples(shared, part.name, language, other=plan.other)
        train = train[: int(len(train) * (1 - part.held))]
        if part.limit is not None and len(train) > part.limit:
            train = [train[i * len(train) // part.limit] for i in range(part.limit)]
        rows += train * part.times
    return rows


def _encoded(rows: Sequence[Example], language: str, clusters: Clusters) -> tuple[list[Ids], list[list[str]]]:
    outer = natasha_tagger() if language in STACKED else None
    chosen = templates(language, stacked=language in STACKED)
    ids: list[Ids] = []
    tags: list[list[str]] = []
    for i in range(0, len(rows), CHUNK):
        chunk = [(text, cut, spans) for text, spans in rows[i : i + CHUNK] if (cut := tokens(text, language))]
        texts, cuts = [text for text, _, _ in chunk], [cut for _, cut, _ in chunk]
        seen = encode(texts, cuts, language, clusters, outer(texts) if outer else None)
        ids += np.split(feature_ids(seen, chosen).astype(np.int32), np.cumsum([len(cut) for cut in cuts])[:-1])
        tags += [bio(cut, spans) for _, cut, spans in chunk]
    return ids, tags


def _fit(ids: Sequence[Ids], tags: Sequence[Sequence[str]], plan: Plan, clusters: Clusters, meta: dict[str, Any]) -> Crf:
    counts = np.bincount(np.concatenate([rows.ravel() for rows in ids]), minlength=BUCKETS)
    counts[0] = 0
    kept = np.flatnonzero(counts >= plan.min_count)
    table = np.zeros(BUCKETS, np.int64)
    table[kept] = np.arange(1, len(kept) + 1)
    labels = tuple(sorted({tag for sentence in tags for tag in sentence}))
    numbers = [np.array([labels.index(tag) for tag in sentence]) for sentence in tags]
    sizes = len(kept) + 1, len(labels)
    given = [table[rows] for rows in ids]
    found = [
        fit(given, numbers, *sizes, plan.epochs, plan.rate, averaged=plan.averaged, dropout=plan.dropout, seed=SEED + n) for n in range(plan.fits)
    ]
    weights, moves = (np.mean(np.stack(parts), axis=0) for parts in zip(*found, strict=True))
    # A weight that cannot tip a decision is left out: the files stay small.
    weights[np.abs(weights) < plan.prune] = 0
    told = np.flatnonzero(weights[1:].any(axis=1))
    return Crf(labels, kept[told], weights[1:][told], moves, clusters, meta)
