"""What the CRFs of nlp/tagger.py see of a text: for each token a row of hashed features, computed for many tokens at once.

tokens ──► columns() (hashes of the word, its parts, name lists, clusters, an outer tagger, the run) ──► feature_ids() (templates over neighbours)
Every feature is a hash into BUCKETS: no word of the training data stands in the weights.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

from nlp.entity_features_chinese import characters
from nlp.entity_features_clusters import Clusters
from nlp.entity_features_lexicon import load_lexicon
from nlp.entity_features_runs import WIDTH, run_hashes
from nlp.entity_features_words import Token, cluster_key, hash_of, word_hashes

Ids = npt.NDArray[np.int64]
Columns = npt.NDArray[np.uint64]
Template = tuple[tuple[int, int], ...]  # (offset of the token, column), hashed together
BITS = 22
BUCKETS = 2**BITS
REACH = 2  # tokens that a template may look to either side
_EDGE = 7  # the hash of "beyond the text"; 0: "this token has no such part", and the template gives no feature

# Columns of words: the order of entity_features_words, then those that need the whole text.
WORD, SHAPE, BRIEF, STEM = range(4)
PREFIXES, SUFFIXES = range(4, 9), range(9, 14)
TAIL, LIGHT = 14, 15
STEM_SUFFIXES = range(16, 19)
PLACE, NAME, CLUSTER, FINE_CLUSTER, OUTER, POSITION, CAPITALS = range(19, 26)
# Columns of the run of capitalised words, for RUNS languages: the order of entity_features_runs.
SIX, SEAT_RUN, SEAT_LENGTH, RUN_LAST, RUN_LAST_WORD, RUN_LAST_SUFFIX, RUN_FIRST, AFTER, SECOND_AFTER, BEFORE, SECOND_BEFORE = range(26, 37)
RUN_SUFFIX, AFTER_SUFFIX, OPENS = range(37, 40)
RUNS = ("tr",)
# Columns of Chinese characters.
CHAR, KIND = 0, 1
SEAT, PART, SEGMENT, SEGMENT_BEFORE, SEGMENT_AFTER, PART_BEFORE, PART_AFTER, ZH_PLACE, ZH_NAME, SEAT_PART, LAST, NEXT_FIRST = (
    range(3, 15)
)


def columns(text: str, found: Sequence[Token], language: str, clusters: Clusters, outer: Sequence[str] | None = None) -> Columns:
    """(tokens, columns) hashes; `outer`: what another tagger says of each token, where the CRF is stacked on one."""
    if language == "zh":
        return _han_columns(text, found)
    words = [word for _, _, word in found]
    places, names = load_lexicon(language).marks(words)
    capitals = hash_of("caps" if _is_headline(words) else "mixed")
    rows = np.zeros((len(words), CAPITALS + 1 + (WIDTH if language in RUNS else 0)), np.uint64)
    for i, word in enumerate(words):
        coarse, fine = _cluster_hashes(clusters.get(hash_of(cluster_key(word, language))))
        tag = hash_of(outer[i]) if outer is not None else 0
        position = hash_of("0" if i == 0 else "2" if words[i - 1].isalnum() else "1")
        rows[i, :CAPITALS + 1] = (*word_hashes(word, language), places[i], names[i], coarse, fine, tag, position, capitals)
    if language in RUNS and words:
        rows[:, CAPITALS + 1 :] = run_hashes(words, language)
    return rows


def _is_headline(words: Sequence[str]) -> bool:
    return sum(w.isupper() and len(w) > 1 for w in words) * 2 > sum(w[:1].isalpha() for w in words)


@cache
def _cluster_hashes(pair: tuple[int, int] | None) -> tuple[int, int]:
    return (hash_of(f"c{pair[0]}"), hash_of(f"d{pair[1]}")) if pair else (hash_of("oov"), hash_of("oov"))


def _han_columns(text: str, found: Sequence[Token]) -> Columns:
    around = characters(text)
    places, names = load_lexicon("zh").marks([word for _, _, word in found])
    rows = np.zeros((len(found), 15), np.uint64)
    for i, (start, _, word) in enumerate(found):
        seen = around[start]
        rows[i] = (*word_hashes(word, "zh"), *seen[:7], places[i], names[i], *seen[7:])
    return rows


@cache
def templates(language: str, *, stacked: bool = False) -> tuple[Template, ...]:
    """The templates in the order that salts their hashes: to add one in the middle is to train anew."""
    if language == "zh":
        return _han_templates()
    runs = _run_templates() if language in RUNS else ()
    return (*_word_templates(), *_list_templates(), *_cluster_templates(), *(_outer_templates() if stacked else ()), *runs)


def _each(column: int, *offsets: int) -> list[Template]:
    return [((offset, column),) for offset in offsets]


def _word_templates() -> list[Template]:
    w, b = WORD, BRIEF
    return [
        *_each(w, -2, -1, 0, 1, 2),
        *_each(SHAPE, -1, 0, 1),
        *_each(b, -2, -1, 0, 1, 2),
        *(((0, STEM),), ((0, TAIL),), ((0, LIGHT),), ((-1, LIGHT),), ((1, LIGHT),)),
        *(((0, c),) for c in (*PREFIXES, *SUFFIXES, *STEM_SUFFIXES)),
        *(((o, c),) for o in (-1, 1) for c in (PREFIXES[2], SUFFIXES[2])),
        *(((-1, b), (0, b)), ((0, b), (1, b)), ((-1, b), (0, b), (1, b)), ((-2, b), (-1, b), (0, b)), ((0, b), (1, b), (2, b))),
        *(((-1, w), (0, w)), ((0, w), (1, w)), ((-1, w), (0, b)), ((0, b), (1, w)), ((-1, w), (1, w)), ((-2, w), (-1, w))),
        *(((0, POSITION), (0, b)), ((0, CAPITALS), (0, b)), ((0, CAPITALS), (0, w))),
    ]


def _list_templates() -> list[Template]:
    p, n, b = PLACE, NAME, BRIEF
    return [
        *(((o, c),) for o in (-2, -1, 0, 1, 2) for c in (p, n)),
        *(((0, p), (1, p)), ((-1, p), (0, p)), ((0, n), (1, n)), ((-1, n), (0, n)), ((0, n), (0, b)), ((0, p), (0, b))),
        *(((0, p), (0, n)), ((0, p), (0, n), (1, b)), ((0, n), (0, POSITION))),
    ]


def _cluster_templates() -> list[Template]:
    c, f, b = CLUSTER, FINE_CLUSTER, BRIEF
    return [
        *(((o, column),) for o in (-2, -1, 0, 1, 2) for column in (c, f)),
        *(((-1, c), (0, c)), ((0, c), (1, c)), ((-1, c), (0, b)), ((0, b), (1, c)), ((-1, f), (0, b)), ((0, b), (1, f))),
        *(((-1, c), (0, c), (1, c)), ((-2, c), (-1, c), (0, b))),
    ]


def _outer_templates() -> list[Template]:
    t = OUTER
    pairs = ((0, WORD), (0, BRIEF), (0, SUFFIXES[1]), (-1, WORD), (1, WORD), (0, PLACE), (0, NAME))
    return [
        *_each(t, -2, -1, 0, 1, 2),
        *(((-1, t), (0, t)), ((0, t), (1, t)), ((-1, t), (0, t), (1, t))),
        *(((0, t), pair) for pair in pairs),
    ]


def _run_templates() -> list[Template]:
    """Longer affixes of the neighbours, then the run: its head word, its suffix, what stands around it."""
    seat, last = SEAT_RUN, RUN_LAST
    alone = (SEAT_LENGTH, last, RUN_LAST_WORD, RUN_LAST_SUFFIX, RUN_FIRST, AFTER, SECOND_AFTER, BEFORE, SECOND_BEFORE, RUN_SUFFIX, AFTER_SUFFIX)
    pairs = (
        *((column, seat) for column in (last, RUN_LAST_SUFFIX, AFTER, BEFORE, RUN_SUFFIX, WORD, RUN_FIRST)),
        *((AFTER, AFTER_SUFFIX), (RUN_SUFFIX, PLACE), (RUN_SUFFIX, NAME), (SEAT_LENGTH, OPENS), (AFTER, SECOND_AFTER), (BEFORE, AFTER)),
        *((last, AFTER), (SEAT_LENGTH, NAME), (SEAT_LENGTH, PLACE), (last, BRIEF), (BEFORE, SECOND_BEFORE)),
    )
    return [
        *_each(PREFIXES[4], -2, -1, 1, 2),
        *(((o, column),) for o in (-1, 1) for column in (PREFIXES[3], SUFFIXES[1], SUFFIXES[3], SIX)),
        *(((0, column),) for column in (SIX, *alone, OPENS)),
        *(((0, one), (0, other)) for one, other in pairs),
        ((0, SEAT_LENGTH), (0, RUN_SUFFIX), (0, OPENS)),
    ]


def _han_templates() -> tuple[Template, ...]:
    c, s, n, p = CHAR, SEAT_PART, ZH_NAME, ZH_PLACE
    here = [(0, column) for column in range(15)]
    return (
        *_each(c, -2, -1, 0, 1, 2),
        *(((-2, c), (-1, c)), ((-1, c), (0, c)), ((0, c), (1, c)), ((1, c), (2, c)), ((-1, c), (1, c))),
        *(((-2, c), (-1, c), (0, c)), ((-1, c), (0, c), (1, c)), ((0, c), (1, c), (2, c))),
        *(*_each(KIND, -1, 0, 1), ((-1, KIND), (0, KIND), (1, KIND))),
        *(
            *_each(s, -1, 0, 1),
            (here[s], here[PART_BEFORE]),
            (here[s], here[PART_AFTER]),
            (here[s], here[PART_BEFORE], here[PART_AFTER]),
        ),
        *(((-1, s), (0, s)), ((0, s), (1, s)), ((-2, s), (-1, s), (0, s)), ((0, s), (1, s), (2, s))),
        *((here[SEAT], here[SEGMENT]), (here[SEAT], here[SEGMENT_BEFORE]), (here[SEAT], here[SEGMENT_AFTER])),
        *((here[SEGMENT], here[SEGMENT_BEFORE]), (here[SEGMENT], here[SEGMENT_AFTER])),
        *((here[SEAT], here[PART], here[SEGMENT_AFTER]), (here[SEAT], here[PART], here[SEGMENT_BEFORE])),
        *((here[SEAT], here[LAST]), (here[s], here[LAST]), (here[s], here[NEXT_FIRST])),
        *(
            *_each(p, -2, -1, 0, 1, 2),
            ((-1, p), (0, p)),
            ((0, p), (1, p)),
            ((0, p), (0, s)),
            ((0, p), (1, c)),
            ((0, p), (0, PART_BEFORE)),
        ),
        *(*_each(n, -1, 0, 1, 2), ((0, n), (1, n)), ((0, n), (1, n), (2, n)), ((-1, n), (0, n), (1, n)), ((0, n), (0, s))),
        *(((0, n), (1, n), (0, s)), ((-1, n), (0, n), (0, s)), ((-1, n), (-1, s), (0, c))),
    )


def feature_ids(parts: Sequence[Columns], chosen: Sequence[Template]) -> Ids:
    """(tokens of all texts, templates) bucket numbers, 0 for no feature; texts are told apart by edges."""
    lengths = [len(part) for part in parts]
    width = parts[0].shape[1]
    gap = np.full((REACH, width), _EDGE, np.uint64)
    padded = np.ascontiguousarray(np.concatenate([gap, *(block for part in parts for block in (part, gap))]).T)
    inside = np.concatenate([np.arange(n) + start for n, start in zip(lengths, _starts(lengths), strict=True)])
    return np.stack([_bucket(padded, template, inside, salt) for salt, template in enumerate(chosen, 1)], axis=1)


def _starts(lengths: Sequence[int]) -> list[int]:
    starts, place = [], REACH
    for length in lengths:
        starts.append(place)
        place += length + REACH
    return starts


def _bucket(padded: Columns, template: Template, inside: npt.NDArray[np.int64], salt: int) -> Ids:
    """Multiply-xor hashing of a template's columns (the constants of MurmurHash3's finaliser)."""
    mixed = np.full(len(inside), (salt * 0x9E3779B97F4A7C15) % 2**64, np.uint64)
    absent = np.zeros(len(inside), bool)
    for offset, column in template:
        value = padded[column][inside + offset]
        absent |= value == 0
        mixed = (mixed ^ value) * np.uint64(0xFF51AFD7ED558CCD)
        mixed ^= mixed >> np.uint64(32)
    ids = ((mixed * np.uint64(0xC4CEB9FE1A85EC53)) >> np.uint64(64 - BITS)).astype(np.int64)
    ids[absent] = 0
    return ids
