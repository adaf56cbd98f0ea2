"""`renown models`: from a changed configuration through its shadow to the labels that count."""

from __future__ import annotations

import json
from pathlib import Path

import psycopg
import pytest

from nlp.enrich import enrich
from settings import load_settings
from settings.loader import REPOSITORY
from tests.cli.calling import Renown, one_clear_line
from tests.nlp.test_enrich import TEXTS, land


@pytest.fixture
def world(warehouse_url: str, own_config: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Four annotated mentions, then other topics in config/."""
    monkeypatch.setenv("RENOWN_WAREHOUSE_URL", warehouse_url)
    land(warehouse_url, TEXTS)
    enrich(load_settings(), url=warehouse_url)
    for name in ("departments.yml", "topics.yml"):
        (own_config / name).write_text((REPOSITORY / "config" / name).read_text("utf-8"), "utf-8")
    return warehouse_url


def current(url: str) -> set[str]:
    with psycopg.connect(url) as connection:
        return {row[0] for row in connection.execute("select distinct model_version from nlp.current_annotations where task = 'topics'")}


@pytest.mark.timeout(120)
def test_shadow_diff_promote_list(renown: Renown, world: str) -> None:
    before = current(world)
    assert "have not run: run 'renown models shadow' first" in one_clear_line(renown("models", "diff"))
    assert "have not run" in one_clear_line(renown("models", "promote"))
    ran = renown("models", "shadow")
    assert ran.code == 0, ran.err
    assert "annotated 4, rejected 0, 0 mentions left" in ran.err
    assert current(world) == before
    listed = json.loads(renown("models", "list", "--json").out)
    assert [(m["is_active"], m["is_present"], m["finished"]) for m in listed] == [(True, False, 4), (False, True, 4)]
    assert listed[1]["pipeline_version"] in renown("models", "list").out
    told = json.loads(renown("models", "diff", "--json", "--weeks", "60").out)
    assert (told["is_empty"], told["compared"], told["mentions"]) == (False, 4, 4)
    assert told["labels"]["topics"]["changed"] > 0
    assert any(cell["before"] == "–" for cell in told["labels"]["topics"]["confusion"])
    assert told["movers"]
    shown = renown("models", "diff", "--by-week").out
    assert "topics" in shown
    assert told["movers"][0]["mention_id"] in shown.replace("\n", "")
    promoted = renown("models", "promote")
    assert f"{listed[1]['pipeline_version']} is active; {listed[0]['pipeline_version']} was" in promoted.err
    assert current(world) == {listed[1]["models"]["topics"]} != before
    assert "nothing would change" in renown("models", "diff").out
    assert "is active already" in renown("models", "promote").err
    back = renown("models", "promote", listed[0]["pipeline_version"])
    assert "the next run activates theirs again" in back.err
    assert current(world) == before


def test_without_a_version_there_is_nothing_to_compare(renown: Renown, warehouse_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RENOWN_WAREHOUSE_URL", warehouse_url)
    assert "no version is active yet" in one_clear_line(renown("models", "diff"))
    assert "model versions: none yet" in renown("models", "list").out
