"""`renown train TASK --data DIR`: every head that Renown ships, from labelled sets, the same each time.

DIR/data ──► mix (nlp/mixes.yml) [+ a bank's own labels] ──► train part, or all rows ──► hashed TF-IDF + columns ──► logistic regressions (all sets,
each large set, which set) ──► temperature ──► int8 weights;  accurate: sentence vectors ──► logistic regression ──► joined with the hashed logits

A twin of each sentiment head sees the train part alone: its held-out rows give the temperature and the figures. The shipped head, same settings,
sees all rows.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, hstack
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from nlp import datasets, embeddings, features, polarity
from nlp.heads import MODELS, Floats, Head, Layout, count, load_head, narrow, save_head, softmax, weigh
from settings import RenownError
from settings.models import LANGUAGES
from settings.yaml_files import read_yaml

MIXES = Path(__file__).resolve().parent / "mixes.yml"
TASKS = ("sentiment", "banking_intent", "entities", "topics")
BITS = (19, 19)  # buckets of character and word n-grams, most of which stay empty
STRENGTH = 1.5  # inverse of the L2 penalty
GATE_STRENGTH = 3.0
UNSEEN = -20.0  # the gate's logit of a kind of text that training had none of
COLUMNS_SCALE = 0.3  # a column beside n-grams of length 1: its weight may grow, its penalty is smaller than an n-gram's
OWN_LABELS_WEIGHT = 3.0  # a row of a bank's own labels against a public one
TEMPERATURES = np.exp(np.linspace(np.log(0.3), np.log(4.0), 80))
LEAST = {"en": 6, "ru": 3, "ar": 3, "tr": 5, "zh": 8}  # texts that a bucket must be in: by cross-validation on training parts
EXPERT_ROWS = 1000  # a set that calibrates and has so many rows gets an expert
VECTOR_STRENGTH = 0.003  # of a head on vectors whose numbers all have spread 1
VECTOR_SHARE = 0.75  # of the vectors' logits beside the hashed ones: cross-validation leans to 1, the held-out rows to 0.5
PSEUDO = 60.0  # rows that the other sets count for in a set's temperature
HELD_VECTORS = 2_000  # held-out rows embedded a language
Integers = npt.NDArray[np.int64]
Given = ParamSpec("Given")
Made = TypeVar("Made")
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Mixed:
    """Training rows of one language, what each counts, and the held-out rows that calibrate.

    `vectors`: rows that the head on sentence vectors is trained on; `sets`: where each comes from; `seen`: rows that the twin sees (empty: all).
    """

    texts: list[str]
    labels: Integers
    weights: npt.NDArray[np.float64]
    held: list[dict[str, Any]]
    vectors: list[bool]
    held_sets: list[str] = field(default_factory=list)
    sets: list[str] = field(default_factory=list)
    seen: list[bool] = field(default_factory=list)

    def part(self, places: Integers) -> Mixed:
        """Those rows, without held-out ones."""
        sets = [self.sets[i] for i in places] if self.sets else []
        return Mixed([self.texts[i] for i in places], self.labels[places], self.weights[places], [], [], [], sets)


@dataclass(frozen=True)
class Counted:
    """What fit() reads of some texts: n-gram counts a block, and columns; counted once for the twin and the head."""

    blocks: list[csr_matrix]
    columns: Floats

    def part(self, places: Integers) -> Counted:
        """Those rows."""
        return Counted([csr_matrix(block[places]) for block in self.blocks], self.columns[places])


def mixes(models: str = "all", task: str = "sentiment") -> dict[str, list[datasets.Source]]:
    """Language → its training sets, the one whose class balance counts first; `clean`: only those whose licence allows it."""
    stored = read_yaml(MIXES.read_text("utf-8"))
    found = {language: [datasets.Source(**entry) for entry in entries] for language, entries in stored[task].items()}
    if task != "sentiment":
        return found
    borrowed = {language: [datasets.Source(name, 0.5, clean=True, licence="our own", origin="nlp/gold") for name in names]
                for language, names in stored["clean_borrows" if models == polarity.CLEAN else "own_expert"].items()}
    if models == polarity.CLEAN:
        found = {language: [replace(s, calibrate=s.calibrate or s.name.startswith(datasets.OWN)) for s in sources if s.clean]
                 for language, sources in found.items()}
    return {language: sources + borrowed.get(language, []) for language, sources in found.items()}


def own_labels(path: Path, known: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """Language → rows of a bank's own labels, JSON lines {text, language, label}. Raises RenownError naming the first bad line."""
    found: dict[str, list[dict[str, Any]]] = {}
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError:
            row = None
        text, language, label = (row.get(key) for key in ("text", "language", "label")) if isinstance(row, dict) else (None,) * 3
        if not isinstance(text, str) or language not in LANGUAGES or label not in known:
            raise RenownError(f"{path}, line {number}: not {{text, language, label}}",
                              f"languages {', '.join(LANGUAGES)}; labels {', '.join(list(known)[:5])}{' …' if len(known) > 5 else ''}", exit_code=2)
        found.setdefault(language, []).append({"text": text, "label": label})
    return found


def train_sentiment(shared: Path, language: str, sources: Sequence[datasets.Source], own: Sequence[dict[str, Any]] = ()) -> tuple[Head, Head]:
    """(twin, head) on hashed n-grams: all sets of the mix at their weights, classes balanced over the whole, an expert for each large set.

    The twin never saw the held-out rows, which give its temperature; the head has all rows, the same settings and that temperature.
    """
    mixed = mix(shared, sources, own)
    layout = Layout(*BITS, 15 if language in ("en", "ru", "ar") else 0, least=LEAST[language])
    counted = count_all(mixed.texts, language, layout)
    places = np.flatnonzero(mixed.seen)
    seen = mixed.part(places)
    large = [s.name for s in sources if s.calibrate and seen.sets.count(s.name) >= EXPERT_ROWS]
    if large and any(s.is_borrowed(language) for s in sources):
        large.append(datasets.OWN_SET)
    meta = {"language": language, "sets": {s.name: s.weight for s in sources}, "own_labels": len(own), "experts": large}
    twin = fit(seen, language, layout, polarity.CLASSES, balanced=True, experts=large, counted=counted.part(places))
    found = temperatures(twin.logits([row["text"] for row in mixed.held], language), _truth(mixed.held), mixed.held_sets, large)
    head = fit(mixed, language, layout, polarity.CLASSES, balanced=True, experts=large, counted=counted)
    return (replace(twin, temperature=found[-1], temperatures=found, meta=meta | {"rows": len(places)}),
            replace(head, temperature=found[-1], temperatures=found, meta=meta | {"rows": len(mixed.texts)}))


def temperatures(scores: Floats, truth: Integers, sets: Sequence[str], experts: Sequence[str]) -> tuple[float, ...]:
    """One for each expert's set, and last one for other texts, for which each set says as much as any other; 1 without held-out rows.

    A set's own rows count 1 each, those of the others PSEUDO together: few rows lean on what the others say.
    """
    if not len(truth):
        return (1.0,)
    names = np.array(sets)
    sizes = {name: int((names == name).sum()) for name in set(sets)}
    even = np.array([1.0 / sizes[name] for name in sets])
    found = []
    for name in experts:
        own = names == name
        found.append(calibrated(scores, truth, np.where(own, 1.0, PSEUDO / max(1, int((~own).sum())))))
    return (*found, calibrated(scores, truth, even))


def mix(shared: Path, sources: Sequence[datasets.Source], own: Sequence[dict[str, Any]] = ()) -> Mixed:
    """The rows of all sets, then a bank's own. Held-out ones are there too, unseen by the twin, but those of our own gold texts only measure."""
    rows: list[tuple[dict[str, Any], float, bool]] = []
    sets: list[str] = []
    seen: list[bool] = []
    held: list[dict[str, Any]] = []
    held_sets: list[str] = []
    for source in sources:
        train, test = datasets.parts(shared, source.name)
        chosen = datasets.spread(train if source.name.startswith(datasets.OWN) else train + test, source.limit)
        embedded = {id(row) for row in datasets.varied(chosen, source.vectors)}
        inside = {id(row) for row in train}
        rows += [(row, source.weight, id(row) in embedded) for row in chosen]
        sets += [source.set_name] * len(chosen)
        seen += [id(row) in inside for row in chosen]
        if source.calibrate:
            part = datasets.calibration_part(datasets.spread(test, datasets.MEASURED))
            held += part
            held_sets += [source.set_name] * len(part)
    rows += [({"text": row["text"], "label": row["label"][:3]}, OWN_LABELS_WEIGHT, True) for row in own]
    labels = np.array([datasets.POLARITY[row["label"]] for row, _, _ in rows], np.int64)
    weights = np.array([weight for _, weight, _ in rows])
    sets, seen = sets + ["own labels"] * len(own), seen + [True] * len(own)
    return Mixed([row["text"] for row, _, _ in rows], labels, weights, held, [flag for _, _, flag in rows], held_sets, sets, seen)


def count_all(texts: Sequence[str], language: str, layout: Layout) -> Counted:
    """What fit() reads of these texts."""
    columns = features.columns(texts, language) if layout.columns else np.zeros((len(texts), 0), np.float32)
    return Counted(count(texts, language, layout), columns)


def fit(
    mixed: Mixed, language: str, layout: Layout, classes: tuple[str, ...], *, balanced: bool, strength: float = STRENGTH,
    experts: Sequence[str] = (), counted: Counted | None = None,
) -> Head:
    """A hashed head of these rows, without temperature; `experts`: the sets that get one; `counted`: what is read of the rows, if known."""
    counted = counted or count_all(mixed.texts, language, layout)
    idf = np.concatenate([_idf(block, layout.least) for block in counted.blocks])
    kept = np.flatnonzero(idf) if layout.least > 1 else None
    idf = idf if kept is None else idf[kept]
    rows = csr_matrix(hstack([weigh(narrow(counted.blocks, kept), idf), csr_matrix(counted.columns * COLUMNS_SCALE)], format="csr"))
    weights, bias = _outputs(rows, mixed, balanced, strength, experts)
    edge = len(idf)
    return Head(classes, layout, weights[:edge], idf, weights[edge:] * COLUMNS_SCALE, bias, 1.0, {}, kept)


def _outputs(rows: csr_matrix, mixed: Mixed, balanced: bool, strength: float, experts: Sequence[str]) -> tuple[Floats, Floats]:
    """(features, outputs) and (outputs,) in the order of nlp/experts.py."""
    sets = np.array(mixed.sets)
    found = [_regression(rows, mixed.labels, mixed.weights * (_balance(mixed) if balanced else 1.0), strength)]
    for name in experts:
        part = np.flatnonzero(sets == name)
        one = Mixed([], mixed.labels[part], mixed.weights[part], [], [])
        found.append(_regression(rows[part], one.labels, one.weights * _balance(one), strength))
    if experts:
        found.append(_gate(rows, [sets == name for name in experts]))
    return np.concatenate([weights for weights, _ in found], axis=1), np.concatenate([bias for _, bias in found])


def _gate(rows: csr_matrix, inside: Sequence[npt.NDArray[np.bool_]]) -> tuple[Floats, Floats]:
    """Which of the sets a text is like, the last: none; each counts the same."""
    which = np.select(list(inside), list(range(len(inside))), len(inside))
    outputs = len(inside) + 1
    sizes = np.bincount(which, minlength=outputs)
    weights: Floats = np.zeros((rows.shape[1], outputs), np.float32)
    bias: Floats = np.full(outputs, UNSEEN, np.float32)
    there = np.flatnonzero(sizes)
    if len(there) == 1:
        bias[there] = 0.0
    else:
        weights[:, there], bias[there] = _regression(rows, which, (len(which) / np.maximum(sizes, 1))[which] / len(there), GATE_STRENGTH, rounds=25)
    return weights, bias


def _regression(rows: csr_matrix, labels: Integers, weights: npt.NDArray[np.float64], strength: float, rounds: int = 50) -> tuple[Floats, Floats]:
    model = LogisticRegression(C=strength, max_iter=rounds, tol=1e-4)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # stopping early is part of the recipe
        model.fit(rows, labels, sample_weight=weights)
    found: Floats = np.ascontiguousarray(model.coef_.T, np.float32)
    bias: Floats = model.intercept_.astype(np.float32)
    if len(bias) == 1:  # two classes: scikit-learn gives the second's logit alone
        halves = np.array([-0.5, 0.5], np.float32)
        return found * halves, bias * halves
    return found, bias


def _balance(mixed: Mixed) -> npt.NDArray[np.float64]:
    """What makes all classes weigh the same over the whole mix."""
    totals = np.bincount(mixed.labels, mixed.weights)
    factors: npt.NDArray[np.float64] = (totals.sum() / (len(totals) * np.maximum(totals, 1e-9)))[mixed.labels]
    return factors


def _idf(counts: csr_matrix, least: int = 1) -> Floats:
    """ln((1 + n)/(1 + df)) + 1 as in scikit-learn, 0 for buckets in fewer than `least` texts."""
    seen = np.bincount(counts.indices, minlength=counts.shape[1])
    idf = np.log((1 + counts.shape[0]) / (1 + seen)) + 1.0
    return np.where(seen >= least, idf, 0.0).astype(np.float32)


def _truth(held: Sequence[dict[str, Any]]) -> Integers:
    return np.array([datasets.POLARITY[row["label"]] for row in held], np.int64)


def calibrated(scores: Floats, truth: Integers, weights: npt.NDArray[np.float64] | None = None) -> float:
    """The temperature whose confidence in the chosen label has the least log loss on held-out rows (Guo et al. 2017, for one label)."""
    right = scores.argmax(axis=1) == truth
    losses = []
    for temperature in TEMPERATURES:
        sure = np.clip(softmax(scores, float(temperature)).max(axis=1), 1e-6, 1 - 1e-6)
        losses.append(np.average(-np.where(right, np.log(sure), np.log(1 - sure)), weights=weights))
    return float(TEMPERATURES[int(np.argmin(losses))])


def train_vectors(
    shared: Path, language: str, sources: Sequence[datasets.Source], twin: Head, own: Sequence[dict[str, Any]] = (), known_only: bool = False
) -> tuple[embeddings.VectorHead, embeddings.VectorHead] | None:
    """(twin, head) on sentence vectors, to be joined with the hashed ones; `twin`: the hashed head that saw no held-out row.

    `known_only`: only rows whose vectors were recalled. None where those are too few.
    """
    mixed = mix(shared, sources, own)
    every = np.array([i for i, chosen in enumerate(mixed.vectors) if (embeddings.is_known(mixed.texts[i]) if known_only else chosen)], np.int64)
    held = [row for row in mixed.held if embeddings.is_known(row["text"])] if known_only else datasets.spread(mixed.held, HELD_VECTORS)
    seen = every[np.array(mixed.seen)[every]]
    if len(seen) < 100 or len(held) < 50:
        return None
    first, last = (_vector_head(mixed.part(places)) for places in (seen, every))
    texts = [row["text"] for row in held]
    sets = {id(row): name for row, name in zip(mixed.held, mixed.held_sets, strict=True)}
    joined = first.joined(twin.logits(texts, language), texts)
    found = temperatures(joined, _truth(held), [sets[id(row)] for row in held], twin.meta.get("experts", ()))
    first, last = (replace(head, temperature=found[-1], temperatures=found, meta=head.meta | {"held_out": len(held)}) for head in (first, last))
    return first, last


def _vector_head(part: Mixed) -> embeddings.VectorHead:
    head = vector_regression(embeddings.vectors(part.texts), part.labels, part.weights * _balance(part), VECTOR_STRENGTH)
    return replace(head, meta={"rows": len(part.texts)})


def vector_regression(vectors: Floats, labels: Integers, weights: npt.NDArray[np.float64], strength: float) -> embeddings.VectorHead:
    """A logistic regression on vectors brought to mean 0 and spread 1; mean and spread go into its weights."""
    mean, spread = vectors.mean(axis=0), np.maximum(vectors.std(axis=0), 1e-6)
    model = LogisticRegression(C=strength, max_iter=300, tol=1e-4)
    model.fit((vectors - mean) / spread, labels, sample_weight=weights)
    scaled = np.ascontiguousarray(model.coef_.T / spread[:, None], np.float32)
    bias = np.asarray(model.intercept_ - mean @ scaled, np.float32)
    return embeddings.VectorHead(scaled, bias, (1.0, VECTOR_SHARE), 1.0, {})


def _by_one_thread(function: Callable[Given, Made]) -> Callable[Given, Made]:
    """Sums of several threads round otherwise, and the same data must give the same bytes."""

    @wraps(function)
    def limited(*args: Given.args, **options: Given.kwargs) -> Made:
        with threadpool_limits(limits=1):
            return function(*args, **options)

    return limited


@_by_one_thread
def run(
    task: str,
    data: Path,
    out: Path = MODELS,
    *,
    languages: Sequence[str] = (),
    labels: Path | None = None,
    models: str = "all",
    profile: str = "fast",
    vectors: Path | None = None,
    known_only: bool = False,
    seed: int = 0,
) -> list[Path]:
    """Train one task's heads into `out` and return the files written. `profile` accurate trains the heads on sentence vectors beside the hashed ones
    that lie there; `vectors` is a folder that keeps them. Raises RenownError where a set is missing.
    """
    np.random.seed(seed)  # every draw here is by hash; the seed holds what a library may draw
    out.mkdir(parents=True, exist_ok=True)
    if vectors is not None:
        embeddings.recall(vectors)
    if task == "entities":
        from nlp.entity_training import train_entities

        return train_entities(data, out, languages, models)
    if task == "topics":
        from nlp.topic_training import train_topics

        return [train_topics(out)]
    if task == "banking_intent":
        from nlp.banking_training import train_banking

        return train_banking(data, out, labels, profile, known_only)
    own = own_labels(labels, polarity.CLASSES) if labels else {}
    folder = polarity.models_of(models, out)
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for language, sources in mixes(models).items():
        if languages and language not in languages:
            continue
        written += _train_language(data, folder, language, sources, own.get(language, []), profile, known_only, vectors)
    return written


def _train_language(
    data: Path, folder: Path, language: str, sources: Sequence[datasets.Source], own: Sequence[dict[str, Any]], profile: str,
    known_only: bool, vectors: Path | None,
) -> list[Path]:
    """The twin, which measures, and the head of all rows, each in its folder."""
    twins = folder / polarity.TWIN
    twins.mkdir(exist_ok=True)
    if profile == "fast" or not polarity.head_path(language, twins).exists():
        for where, head in zip((twins, folder), train_sentiment(data, language, sources, own), strict=True):
            save_head(polarity.head_path(language, where), head)
        load_head.cache_clear()
    if profile == "fast":
        return [polarity.head_path(language, folder)]
    if vectors is not None and not known_only:
        mixed = mix(data, sources, own)
        embeddings.keep(vectors, [text for text, chosen in zip(mixed.texts, mixed.vectors, strict=True) if chosen]
                        + [row["text"] for row in datasets.spread(mixed.held, HELD_VECTORS)])
    found = train_vectors(data, language, sources, polarity.head_of(language, twins), own, known_only)
    if found is None:
        return []
    for where, joined in zip((twins, folder), found, strict=True):
        embeddings.save_vector_head(polarity.vector_head_path(language, where), joined)
    embeddings.load_vector_head.cache_clear()
    return [polarity.vector_head_path(language, folder)]
