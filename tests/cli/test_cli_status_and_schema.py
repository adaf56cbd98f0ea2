"""`renown status` tells and starts nothing; `schema` prints what the loader accepts; `sources` lists."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path

import jsonschema
import psycopg
import pytest
import yaml

from settings.home import read_home, update_home
from settings.loader import FILES, REPOSITORY
from tests.cli.calling import Renown, one_clear_line

FILL = """
insert into raw.batches (batch_id, source_id, platform, mode, status, items_new, items_known, started_at, interval_end)
values
    (gen_random_uuid(), 'x', 'x', 'incremental', 'success', 40, 2, '2026-03-29T10:00Z', '2026-03-29T10:00Z'),
    (gen_random_uuid(), 'x', 'x', 'incremental', 'failed', 2, 0, '2026-03-29T12:00Z', '2026-03-29T12:00Z'),
    (gen_random_uuid(), 'vk', 'vk', 'backfill', 'success', 7, 0, '2026-03-28T00:00Z', null);
insert into core.mentions (mention_id, version, platform, kind, native_id, source_id, text, event_at, event_at_basis,
                           content_sha256, payload_sha256, batch_id, first_seen_at)
select core.mention_id('x', '', 'post', n::text), 1, 'x', 'post', n::text, 'x', 'secret words', now(),
       'created_at', 'a', 'b', gen_random_uuid(), now()
from generate_series(1, 5) n;
insert into nlp.manifests values ('p1', '{}', true), ('p0', '{}', false);
insert into nlp.done (mention_id, mention_version, pipeline_version, outcome) values
    (core.mention_id('x', '', 'post', '1'), 1, 'p1', 'annotated'),
    (core.mention_id('x', '', 'post', '2'), 1, 'p1', 'rejected'),
    (core.mention_id('x', '', 'post', '3'), 1, 'p0', 'annotated');
insert into quality.results (run_id, layer, suite, expectation, target, severity, success, ran_at) values
    ('old', 'core', 'core', 'a', 't', 'batch', false, '2026-03-29T09:00Z'),
    ('new', 'core', 'core', 'a', 't', 'batch', true, '2026-03-29T10:00Z'),
    ('new', 'core', 'core', 'b', 't', 'row', false, '2026-03-29T10:00Z');
insert into quality.quarantine (mention_id, mention_version, layer, rule, released_at) values
    (core.mention_id('x', '', 'post', '4'), 1, 'core', 'r1', null),
    (core.mention_id('x', '', 'post', '4'), 1, 'core', 'r2', null),
    (core.mention_id('x', '', 'post', '5'), 1, 'core', 'r1', now());
insert into raw.rejects (batch_id, source_id, platform, stage, payload_sha256, body, reason, resolved_at) values
    (gen_random_uuid(), 'x', 'x', 'item', 'a', 'secret words', 'missing id', null),
    (gen_random_uuid(), 'x', 'x', 'item', 'b', 'secret words', 'missing id', now());
insert into ops.deliveries (subscription_id, window_start, window_end, status, row_count, channel) values
    ('weekly', '2026-03-16', '2026-03-23', 'failed', 1, 'folder'),
    ('weekly', '2026-03-23', '2026-03-30', 'sent', 9, 'folder');
"""


@pytest.fixture
def filled(renown: Renown, warehouse_url: str, monkeypatch: pytest.MonkeyPatch) -> Renown:
    """`renown` on a warehouse where something happened, at a pinned clock."""
    with psycopg.connect(warehouse_url) as connection:
        connection.execute(FILL)
    monkeypatch.setenv("RENOWN_WAREHOUSE_URL", warehouse_url)
    monkeypatch.setenv("RENOWN_AS_OF", "2026-03-30T00:00:00Z")
    return renown


def test_status_tells_the_last_of_each(filled: Renown) -> None:
    told = json.loads(filled("status", "--json").out)["warehouse"]
    sources = {row["source_id"]: row for row in told["sources"]}
    assert (sources["x"]["status"], sources["x"]["items_new"], sources["x"]["rows_total"]) == ("failed", 2, 42)
    assert (sources["x"]["age_hours"], sources["vk"]["age_hours"]) == (12.0, 48.0)
    assert told["pending_enrichment"] == 3  # what another pipeline finished is still pending
    assert told["quarantined"] == 1
    assert told["unresolved_rejects"] == 1
    assert [(g["layer"], g["run_id"], g["passed"], g["failed"]) for g in told["gates"]] == [("core", "new", 1, 1)]
    assert [(d["subscription_id"], d["status"], d["row_count"]) for d in told["deliveries"]] == [("weekly", "sent", 9)]


def test_status_tells_which_models_wait_for_promotion(filled: Renown, warehouse_url: str) -> None:
    with psycopg.connect(warehouse_url) as connection:
        connection.execute("update nlp.manifests set created_at = '2026-03-01' where pipeline_version = 'p0'")  # older than what counts
    assert json.loads(filled("status", "--json").out)["warehouse"]["waiting_models"] == []
    with psycopg.connect(warehouse_url) as connection:
        connection.execute("update nlp.manifests set activated_at = '2026-03-29' where is_active")
        connection.execute("insert into nlp.manifests (pipeline_version, models, is_active, created_at) values ('p2', '{}', false, '2026-03-29T09:30Z')")
        connection.execute("insert into nlp.done (mention_id, mention_version, pipeline_version, outcome) "
                           "values (core.mention_id('x', '', 'post', '1'), 1, 'p2', 'annotated')")
    (waiting,) = json.loads(filled("status", "--json").out)["warehouse"]["waiting_models"]
    assert (waiting["version"], waiting["finished"]) == ("p2", 1)
    assert "p2 waits for promotion since 2026-03-29 09:30, 1 mentions finished" in filled("status").out
    with psycopg.connect(warehouse_url) as connection:
        connection.execute("update nlp.manifests set activated_at = '2026-03-30' where is_active")  # somebody went back to it
    assert json.loads(filled("status", "--json").out)["warehouse"]["waiting_models"] == []


def test_status_is_readable_and_tells_no_words(filled: Renown) -> None:
    outcome = filled("status")
    assert outcome.code == 0
    assert "pending enrichment: 3" in outcome.out
    assert "weekly" in outcome.out
    assert "secret words" not in outcome.out


def test_status_of_nothing_starts_nothing(renown: Renown, tmp_path: Path) -> None:
    outcome = renown("status")
    assert outcome.code == 0
    assert "services: none" in outcome.out
    assert "warehouse: down (no warehouse at" in outcome.out
    assert not (tmp_path / "home").exists()


def test_status_names_services_and_addresses_but_no_password(renown: Renown, tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    update_home(
        tmp_path / "home",
        services={"scheduler": os.getpid(), "gone": 4_194_305},
        airflow_url="http://127.0.0.1:1",
        warehouse_url=f"postgresql://renown:hidden@127.0.0.1:{port}/renown",
        postgres_port=port,
        secrets={"a": "hidden"},
    )
    for arguments in (("status",), ("status", "--json")):
        assert "hidden" not in renown(*arguments).out
    told = json.loads(renown("status", "--json").out)
    assert {s["name"]: s["runs"] for s in told["services"]} == {"scheduler": True, "gone": False}
    assert told["addresses"] == {"airflow_url": "http://127.0.0.1:1", "postgres_port": port}
    assert told["warehouse"]["up"] is False
    assert "does not answer" in told["warehouse"]["reason"]
    assert "services" in read_home(tmp_path / "home")


def test_status_of_an_empty_database(renown: Renown, warehouse_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with psycopg.connect(warehouse_url) as connection:
        connection.execute("drop schema raw cascade")
    monkeypatch.setenv("RENOWN_WAREHOUSE_URL", warehouse_url)
    told = json.loads(renown("status", "--json").out)["warehouse"]
    assert told["up"] is True
    assert "no tables yet" in told["reason"]


def test_each_committed_file_fits_its_schema(renown: Renown) -> None:
    schemas = json.loads(renown("schema").out)
    assert set(schemas) == set(FILES)
    for stem, schema in schemas.items():
        jsonschema.Draft202012Validator.check_schema(schema)
        path = REPOSITORY / "config" / f"{stem}.yml"
        if path.exists():
            content = yaml.safe_load(path.read_text("utf-8"))
            jsonschema.validate(json.loads(json.dumps(content, default=str)), schema)  # YAML's dates are JSON's strings


def test_a_schema_refuses_what_the_loader_refuses(renown: Renown) -> None:
    schema = json.loads(renown("schema", "config/banks.yml").out)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"home": "alpha", "banks": [{"id": "alpha", "name": "A", "surprise": 1}]}, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"home": "alpha", "banks": []}, schema)


def test_schemas_are_written_for_editors(renown: Renown, tmp_path: Path) -> None:
    assert renown("schema", "--out", str(tmp_path / "schemas")).code == 0
    assert {path.name for path in (tmp_path / "schemas").iterdir()} == {f"{stem}.schema.json" for stem in FILES}
    one = json.loads((tmp_path / "schemas" / "topics.schema.json").read_text("utf-8"))
    assert one == json.loads(renown("schema", "topics").out)


def test_sources_lists_contracts_and_configuration(renown: Renown, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RENOWN_X_TOKEN", "set")
    monkeypatch.delenv("RENOWN_VK_TOKEN", raising=False)
    told = json.loads(renown("sources", "--json").out)
    assert {row["platform"] for row in told["platforms"]} >= {"x", "vk", "weibo", "discourse", "rss"}
    configured = {row["source"]: row for row in told["sources"]}
    assert (configured["x"]["state"], configured["x"]["credential"]) == ("on", "set")
    assert configured["vk"]["credential"] == "missing (RENOWN_VK_TOKEN)"
    shown = renown("sources").out
    assert "Platforms" in shown
    assert "RENOWN_X_TOKEN" in shown


def test_a_source_without_approved_terms_is_off(
    renown: Renown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "banks.yml").write_text("home: a\nbanks: [{id: a, name: A}]\n", "utf-8")
    (tmp_path / "config" / "sources.yml").write_text(
        "sources:\n  - {id: a, platform: x}\n  - {id: b, platform: x, enabled: false, terms: approved}\n"
        "  - {id: c, platform: renren, terms: approved}\n",
        "utf-8",
    )
    monkeypatch.setenv("RENOWN_CONFIG", str(tmp_path / "config"))
    told = json.loads(renown("sources", "--json").out)["sources"]
    assert [row["state"] for row in told] == ["off (terms unreviewed)", "off (enabled: false)", "no extractor"]


@pytest.mark.parametrize("command", [("sources",), ("enrich", "FILE"), ("ingest", "FILE", "--platform", "x")])
def test_broken_configuration_is_one_line_for_every_command(
    renown: Renown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "banks.yml").write_text("home: alpha\nbanks:\n  - id: [\n", "utf-8")
    (tmp_path / "FILE").write_text("{}\n", "utf-8")
    monkeypatch.setenv("RENOWN_CONFIG", str(tmp_path / "config"))
    outcome = renown(*(str(tmp_path / word) if word == "FILE" else word for word in command))
    assert "banks.yml:4: broken YAML" in one_clear_line(outcome)
    assert outcome.code == 2
