"""`renown dbt`: dbt's words reach this warehouse, its verdict comes back, and nothing that writes is let through."""

from __future__ import annotations

import json
from pathlib import Path

import psycopg
import pytest

from tests.cli.calling import Renown

BATCH = """insert into raw.batches (batch_id, source_id, platform, mode, status, started_at, ended_at)
values (gen_random_uuid(), 's', 'x', 'incremental', 'success', now() - interval '13 hours', now() - interval '13 hours')"""
MENTION = """insert into core.mentions (mention_id, version, platform, kind, native_id, source_id, text, event_at, event_at_basis, content_sha256,
    payload_sha256, batch_id, first_seen_at) select gen_random_uuid(), 1, 'x', 'post', '1', 's', 't', now(), 'created_at', '', '', batch_id, now()
from raw.batches"""
LABEL = "insert into nlp.annotations (mention_id, mention_version, task, model_version, label) select mention_id, 1, 'language', 'm', '{}' from core.mentions"


def test_sources_are_fresh_or_not(renown: Renown, warehouse_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RENOWN_WAREHOUSE_URL", warehouse_url)
    monkeypatch.setenv("RENOWN_HOME", str(tmp_path))
    with psycopg.connect(warehouse_url, autocommit=True) as connection:
        for statement in (BATCH, MENTION, LABEL):
            connection.execute(statement.encode())
        assert renown("dbt", "source", "freshness").code == 1
        found = json.loads((tmp_path / "dbt" / "target" / "sources.json").read_text("utf-8"))["results"]
        states = {result["unique_id"].split(".", 2)[2]: result["status"] for result in found}
        assert states == {"raw.batches": "error", "core.mentions": "pass", "nlp.annotations": "pass"}


@pytest.mark.parametrize("words", [("run",), ("build",), ("seed",), ("run-operation", "x"), ("--", "--debug", "run")])
def test_what_writes_models_is_refused(renown: Renown, words: tuple[str, ...]) -> None:
    outcome = renown("dbt", *words)
    assert outcome.code == 2
    assert "renown run" in outcome.err
