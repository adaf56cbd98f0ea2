"""Coverage of the corrected shares' intervals: how often does the published interval hold the truth, with the models alone?

    sandbox seed ──► world ──► the shipped models (language, banks) ──► labelled truth records, kept in a folder
        evaluation seeds ──► sensitivity and specificity by language, and by language × bank ──► nlp.evaluations
        measured seeds   ──► core.*, nlp.annotations ──► mart_reputation_periods ──► bank × week cells against the truth's shares

python benchmarks/coverage.py [--seeds 301-304] [--scale 0.5] [--folder FOLDER] [--json FILE]
    every seed is measured with the figures of each other one; labelling a world of scale 0.5 takes some minutes, once a folder

A cell counts where at least 100 brand mentions have a sentiment. Covered: the share of the true labels of the cell's brand mentions lies within the
published bounds. The width is the mean of the published intervals. `raw` is the Wilson interval of the uncorrected share: sampling error alone.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))
for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")

from nlp.pipelines import Annotator
from nlp.records import Post
from sandbox.truth import expected, in_event_order, line
from sandbox.world.build import build_world
from sandbox.world.model import Item
from settings import load_settings

REPOSITORY = Path(__file__).parents[1]
BATCH = 512
Record = dict[str, Any]


# -- worlds -----------------------------------------------------------------------------------------------------------
def labelled(seed: int, scale: float, folder: Path) -> list[Record]:
    """The counted truth records of a world, each with `found`: what the models say (language, banks); read back where the folder has it."""
    path = folder / f"{seed}-{scale}.jsonl"
    if not path.exists():
        world = build_world(seed, scale, REPOSITORY / "config" / "banks.yml")
        items = [item for item in in_event_order(world) if expected(item)]
        unfinished = path.with_suffix(".part")
        with unfinished.open("w", encoding="utf-8") as file:
            for item, found in zip(items, _found(items), strict=True):
                file.write(json.dumps(line(world, item) | {"found": found}, ensure_ascii=False) + "\n")
        unfinished.rename(path)
    with path.open(encoding="utf-8") as file:
        return [json.loads(text) for text in file]


def _found(items: Sequence[Item]) -> Iterator[dict[str, Any]]:
    """Of each item the models' language and the sentiment towards each bank."""
    annotator = Annotator(load_settings(REPOSITORY / "config"), tasks=["language", "banks", "sentiment"])
    for start in range(0, len(items), BATCH):
        for result in annotator.annotate([_post(item) for item in items[start : start + BATCH]]):
            if isinstance(result, Exception):
                raise result
            banks = {named["bank_id"]: named["sentiment"]["label"] for named in reversed(result.labels["banks"])}
            yield {"language": result.language, "banks": banks}


def _post(item: Item) -> Post:
    """The text as enrichment gets it, with what it knows of the item besides."""
    text = f"{item.title}\n{item.text}" if item.title else item.text
    return Post(text, platform=item.platform, kind=item.kind, handles=tuple(item.mentions) if item.mentions else None,
                is_official=bool(item.official_of) if item.author else None, is_reply=item.parent is not None)
