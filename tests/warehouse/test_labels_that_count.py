"""nlp.current_annotations: of each mention version and task the newest human label, else the active pipeline's."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from warehouse.connection import connect

START = datetime(2026, 3, 1, tzinfo=UTC)
Row = tuple[str, int, str, str, str, datetime]
MANIFEST = "insert into nlp.manifests (pipeline_version, models, is_active) values (%s, jsonb_build_object('sentiment', %s::text, 'topics', %s::text), %s)"


def annotations(seed: int) -> list[Row]:
    """Labels of two tasks by old, active and future models and by people, some of one instant."""
    draw = random.Random(seed)
    models = ("s1", "s2", "s3", "t1", "human:ann", "human:bob", "human")
    keys = {(draw.randrange(12), draw.randrange(1, 3), draw.choice(("sentiment", "topics")), draw.choice(models)) for _ in range(150)}
    return [(f"00000000-0000-0000-0000-{mention:012}", version, task, model, str(draw.random()), START + timedelta(hours=draw.randrange(4)))
            for mention, version, task, model in sorted(keys)]


def counted(rows: list[Row], active: dict[str, str]) -> set[tuple[Any, ...]]:
    """The definition, said without SQL."""
    found: dict[tuple[Any, ...], Row] = {}
    for row in rows:
        is_human = row[3].startswith("human:")
        if not is_human and active.get(row[2]) != row[3]:
            continue
        other = found.get(row[:3])
        if other is None or _rank(row) > _rank(other) or (_rank(row) == _rank(other) and row[3] < other[3]):
            found[row[:3]] = row
    return {row[:4] for row in found.values()}


def _rank(row: Row) -> tuple[bool, datetime]:
    return row[3].startswith("human:"), row[5]


@pytest.mark.parametrize("seed", range(6))
def test_the_label_that_counts(warehouse_url: str, seed: int) -> None:
    rows = annotations(seed)
    with connect(warehouse_url) as connection:
        connection.execute(MANIFEST, ("old", "s1", "t1", False))
        if seed:  # seed 0: no pipeline is active, people's labels count all the same
            connection.execute(MANIFEST, ("now", "s2", "t1", True))
        connection.cursor().executemany(
            "insert into nlp.annotations (mention_id, mention_version, task, model_version, label, created_at) values (%s, %s, %s, %s, to_jsonb(%s::text), %s)", rows)
        found = connection.execute("select mention_id::text, mention_version, task, model_version from nlp.current_annotations").fetchall()
    expected = counted(rows, {"sentiment": "s2", "topics": "t1"} if seed else {})
    assert len(found) == len(set(found))
    assert set(found) == expected
    assert {row[3].startswith("human:") for row in expected} == ({True, False} if seed else {True})
