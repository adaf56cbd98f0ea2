"""The tables of docs/model_card.md, written from nlp/mixes.yml and nlp/models/metrics.json between marks; the words around them are ours.

mixes.yml + metrics.json ──► rows ──► <!-- sets --> … <!-- /sets -->, <!-- figures --> … <!-- /figures -->
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nlp.entity_training import PLANS
from nlp.heads import MODELS
from nlp.train import mixes
from settings.loader import REPOSITORY

CARD = REPOSITORY / "docs" / "model_card.md"


def write(card: Path = CARD, models: Path = MODELS) -> None:
    """Renew both tables of the card."""
    text = card.read_text("utf-8")
    stored = json.loads((models / "metrics.json").read_text("utf-8"))["evaluations"]
    for mark, lines in (("sets", sets()), ("figures", figures(stored))):
        before, rest = text.split(f"<!-- {mark} -->\n", 1)
        after = rest[rest.index(f"<!-- /{mark} -->") :]
        text = "".join([before, f"<!-- {mark} -->\n", *(f"{line}\n" for line in lines), after])
    card.write_text(text, "utf-8")


def sets() -> Iterator[str]:
    """What each trained head is made of, and whether the set's licence lets weights be passed on."""
    yield "| task | language | set | weight | rows at most | licence stated | allows redistribution | origin |"
    yield "|---|---|---|---|---|---|---|---|"
    for task in ("sentiment", "banking_intent"):
        for language, sources in mixes(task=task).items():
            for s in sources:
                allowed = "yes" if s.clean else "not stated"
                yield f"| {task} | {language} | {s.name} | {s.weight:g} | {s.limit or 'all'} | {s.licence} | {allowed} | {s.origin} |"
    for language, plan in PLANS.items():
        for part in plan.parts:
            allowed = "yes" if part.clean else "non-commercial only" if "NC" in part.licence else "not stated"
            yield f"| entities | {language} | {part.name} | {part.times} | {part.limit or 'all'} | {part.licence} | {allowed} | {part.origin} |"


def figures(evaluations: list[dict[str, Any]]) -> Iterator[str]:
    """One row a measurement, with its 95 % interval where it was drawn."""
    yield "| task | language | data set | measure | value | 95 % interval | n |"
    yield "|---|---|---|---|---|---|---|"
    for row in sorted(evaluations, key=lambda row: (row["task"], row["language"], row["dataset"], row["metric"])):
        span = (row.get("detail") or {}).get("interval")
        told = f"{span[0]:.3f} to {span[1]:.3f}" if span else _by_chance(row)
        yield f"| {row['task']} | {row['language']} | {row['dataset']} | {row['metric']} | {row['value']:.3f} | {told} | {row['n']} |"


def _by_chance(row: dict[str, Any]) -> str:
    """What a calibration error would be on so many rows if the head were perfectly calibrated."""
    known = (row.get("detail") or {}).get("by_chance")
    return f"by chance {known[0]:.3f}, up to {known[1]:.3f}" if known else ""
