"""Which mentions people should label: where the models are unsure, over all strata, and a random part that keeps estimates honest.

population (one a story) ──► half: smallest margins, spread over strata, weight 1 (they stand for themselves)
                         └─► the rest of the population, stratified: a tenth at random, then evenly over strata, weight N_h / n_h

Strata are (language, platform, predicted label). Within a stratum the random and the even draws together are a simple random sample of
fixed size given the random draw's counts, so that Σ w·right / Σ w estimates the models' accuracy over the population without bias
(Horvitz and Thompson 1952; the ratio is Hájek's). What an annotator has labelled is passed over only by the uncertain half: elsewhere it
would take known answers out of the population.
"""

from __future__ import annotations

import heapq
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from nlp.stories import StoryIndex

UNCERTAIN, RANDOM = 0.5, 0.1
POOL = 3  # the uncertain half is spread over strata among this many times as many of the smallest margins
OTHER = ("other", "", "")
Stratum = tuple[str, str, str]


class Candidate(NamedTuple):
    """One mention that may be drawn; `margin` 0 (undecided) to 1 (sure)."""

    mention_id: str
    version: int
    stratum: Stratum
    margin: float


@dataclass(frozen=True)
class Drawn:
    """A drawn mention, how it was drawn (uncertain, random, spread) and how many of the population it stands for."""

    candidate: Candidate
    part: str
    weight: float


class _Fresh:
    """Passes over what was drawn, and near-repeats of it (nlp/stories.py); texts are read one by one."""

    def __init__(self, text: Callable[[Candidate], str]) -> None:
        self._text, self._index, self.taken = text, StoryIndex(), set[str]()

    def take(self, candidates: Iterable[Candidate], count: int) -> list[Candidate]:
        """The first `count` that are no repeats."""
        return list(islice((c for c in candidates if self._admit(c)), count))

    def _admit(self, candidate: Candidate) -> bool:
        if (
            candidate.mention_id in self.taken
            or self._index.place(self._text(candidate), candidate.mention_id) != candidate.mention_id
        ):
            return False
        self.taken.add(candidate.mention_id)
        return True


def draw(
    population: Sequence[Candidate], size: int, seed: int, text: Callable[[Candidate], str], labelled: Collection[str] = ()
) -> list[Drawn]:
    """Up to `size` mentions, the three parts interleaved so that a half-filled sheet holds each of them; the same seed draws the same.

    `text` gives a candidate's text (near-repeats are left out), `labelled` the ids that the annotator has done.
    """
    fresh = _Fresh(text)
    ordered = sorted(population, key=lambda c: c.mention_id)
    uncertain = fresh.take(_by_margin(ordered, round(size * UNCERTAIN), labelled), round(size * UNCERTAIN))
    rest = [c for c in ordered if c.mention_id not in fresh.taken]
    random.Random(seed).shuffle(rest)
    count = round(size * RANDOM)
    spread_count = size - round(size * UNCERTAIN) - count
    chance = fresh.take(rest, count)
    strata = _strata(rest, spread_count)
    spread = _spread(rest, strata, chance, spread_count, fresh)
    weights = _weights(rest, strata, [*chance, *spread])
    return _interleave(
        [Drawn(c, "uncertain", 1.0) for c in uncertain],
        [Drawn(c, "spread", weights[strata[c.stratum]]) for c in spread],
        [Drawn(c, "random", weights[strata[c.stratum]]) for c in chance],
    )


def _by_margin(ordered: Sequence[Candidate], count: int, labelled: Collection[str]) -> Iterator[Candidate]:
    """The smallest margins, each stratum's in turn; what lies beyond the pool comes last, for repeats that are passed over."""
    open_ones = [c for c in ordered if c.mention_id not in labelled]
    pool = heapq.nsmallest(POOL * count, open_ones, key=lambda c: (c.margin, c.mention_id))
    lanes: dict[Stratum, list[Candidate]] = defaultdict(list)
    for candidate in pool:
        lanes[candidate.stratum].append(candidate)
    for turn in range(max(map(len, lanes.values()), default=0)):
        yield from (lane[turn] for lane in lanes.values() if turn < len(lane))
    inside = {c.mention_id for c in pool}
    yield from sorted((c for c in open_ones if c.mention_id not in inside), key=lambda c: (c.margin, c.mention_id))


def _strata(rest: Sequence[Candidate], places: int) -> dict[Stratum, Stratum]:
    """Stratum → itself, or one common stratum for the smallest where there are more strata than places: none is left without a draw."""
    counts = sorted(Counter(c.stratum for c in rest).items(), key=lambda item: (-item[1], item[0]))
    kept = len(counts) if len(counts) <= places else max(0, places - 1)
    return {stratum: stratum if place < kept else OTHER for place, (stratum, _) in enumerate(counts)}


def _spread(
    rest: Sequence[Candidate], strata: dict[Stratum, Stratum], chance: Sequence[Candidate], places: int, fresh: _Fresh
) -> list[Candidate]:
    """One of each stratum in turn, in the shuffled order, until the places are filled."""
    lanes: dict[Stratum, list[Candidate]] = defaultdict(list)
    for candidate in rest:
        lanes[strata[candidate.stratum]].append(candidate)
    waiting = {stratum: iter(lane) for stratum, lane in sorted(lanes.items())}
    found: list[Candidate] = []
    while waiting and len(found) < places:
        for stratum in list(waiting):
            taken = fresh.take(waiting[stratum], 1) if len(found) < places else []
            found += taken
            if not taken:
                del waiting[stratum]
    return found


def _weights(rest: Sequence[Candidate], strata: dict[Stratum, Stratum], drawn: Sequence[Candidate]) -> dict[Stratum, float]:
    there, sampled = Counter(strata[c.stratum] for c in rest), Counter(strata[c.stratum] for c in drawn)
    return {stratum: there[stratum] / count for stratum, count in sampled.items()}


def _interleave(*lists: Sequence[Drawn]) -> list[Drawn]:
    placed = [
        ((place + 0.5) / len(items), number, drawn) for number, items in enumerate(lists) for place, drawn in enumerate(items)
    ]
    return [drawn for _, _, drawn in sorted(placed, key=lambda item: item[:2])]
