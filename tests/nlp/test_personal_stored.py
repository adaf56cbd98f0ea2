"""What enrichment keeps of personal data: spans in nlp.annotations, the masked text apart, and not a digit of it in logs, errors or check results."""

from __future__ import annotations

import logging
import traceback
from typing import Any

import psycopg
import pytest
from conftest import lines
from test_enrich import count, land

import nlp.components.topics as topics_component
from expectations import GateFailed, run_gate
from nlp import enrich as enrichment
from nlp.annotate import annotate
from nlp.manifest import model_versions
from settings import RenownError, Settings
from warehouse.config_sync import sync_config
from warehouse.connection import connect

CANARIES = ("4111 1111 1111 1111", "+7 916 123-45-67", "DE89370400440532013000", "anna.kowal@canary.example", "4510 654321", "112-233-445 95", "40817810099910004312", "Заповедная")
TEXTS = [
    "Карта 4111 1111 1111 1111 не работает третий день, звоните +7 916 123-45-67",
    "Деньги ушли на DE89370400440532013000, пишите anna.kowal@canary.example",
    "Мой паспорт 4510 654321 и СНИЛС 112-233-445 95 потеряли",
    "р/с 40817810099910004312 закрыли, живу на ул. Заповедная, д. 5",
    "В отделении опять очередь",
]


def leaks(text: str) -> list[str]:
    return [canary for canary in CANARIES if canary in text]


def dump(connection: psycopg.Connection[Any], table: str) -> str:
    return "\n".join(str(row) for row in connection.execute(f"select t::text from {table} as t".encode()).fetchall())


def test_the_masked_text_is_stored_apart_from_the_spans(settings: Settings, warehouse_url: str) -> None:
    land(warehouse_url, TEXTS)
    assert enrichment.enrich(settings, url=warehouse_url)["annotated"] == len(TEXTS)
    with connect(warehouse_url) as connection:
        rows = connection.execute("select masked_text from nlp.masked_texts join core.mentions using (mention_id) order by event_at").fetchall()
        versions = connection.execute("select distinct model_version from nlp.masked_texts").fetchall()
        labels = connection.execute("select label from nlp.annotations where task = 'pii'").fetchall()
    assert rows[0][0] == "Карта [card] не работает третий день, звоните [phone]"
    assert rows[4][0] == TEXTS[4]
    assert len(rows) == len(labels) == len(TEXTS)
    assert leaks("\n".join(row[0] for row in rows)) == []
    assert versions == [(model_versions(settings)["masked_text"],)]
    assert all(set(span) == {"start", "end", "kind"} for (label,) in labels for span in label)
    assert count(warehouse_url, "select count(*) from nlp.annotations where task = 'masked_text'") == 0


def test_a_killed_batch_leaves_no_masked_text(settings: Settings, warehouse_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    land(warehouse_url, TEXTS)

    def die(*arguments: Any, **named: Any) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(enrichment, "copy_upsert", die)
    with pytest.raises(KeyboardInterrupt):
        enrichment.enrich(settings, url=warehouse_url)
    assert count(warehouse_url, "select count(*) from nlp.masked_texts") == 0


def test_no_canary_reaches_logs_errors_or_check_results(
    settings: Settings, warehouse_url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    land(warehouse_url, TEXTS)
    original = topics_component.TopicsComponent.scores

    def brittle(self: Any, analysis: Any) -> Any:
        if "не работает" in analysis.text or "СНИЛС" in analysis.text:
            raise ValueError(f"cannot read {analysis.text}")
        return original(self, analysis)

    monkeypatch.setattr(topics_component.TopicsComponent, "scores", brittle)
    with caplog.at_level(logging.DEBUG):
        report = enrichment.enrich(settings, url=warehouse_url)
        errors = [row.get("error", "") for row in annotate(lines(*TEXTS), settings)]
        with connect(warehouse_url) as connection:
            sync_config(connection, settings)
            connection.execute("delete from nlp.done where outcome = 'annotated'")
            connection.execute("update nlp.annotations set label = '[{\"start\": 0, \"end\": 9999}]' where task = 'entities'")
        with pytest.raises(GateFailed) as failed:
            run_gate(settings, "nlp", url=warehouse_url, run_id="canary")
    assert report["rejected"] == 2
    assert sum("pipeline failed (ValueError)" in error for error in errors) == 2
    with connect(warehouse_url) as connection:
        stored = "".join(dump(connection, table) for table in ("nlp.done", "quality.results", "quality.quarantine", "nlp.manifests"))
        assert "pipeline failed (ValueError)" in stored
    written = capfd.readouterr()
    assert leaks(stored + str(report) + "".join(errors) + str(failed.value) + repr(failed.value.__dict__) + caplog.text + written.out + written.err) == []


@pytest.mark.parametrize(("table", "column"), [("nlp.masked_texts", "masked_text"), ("nlp.annotations", "label::text")])
def test_a_row_that_the_warehouse_refuses_is_not_quoted(
    settings: Settings, warehouse_url: str, table: str, column: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """PostgreSQL quotes the failing row in DETAIL: a traceback in a scheduler's log must not hold it, of this process nor of a worker's."""
    land(warehouse_url, ["Иван Заповедный из Казани пишет на anna.kowal@canary.example о карте Велморы"])
    words = ("Заповедн", "Казан", "Велмор", "canary.example")
    with connect(warehouse_url, autocommit=True) as connection:
        connection.execute(f"alter table {table} add constraint refused check ({column} not like '%Велмор%')".encode())
    with pytest.raises(psycopg.errors.CheckViolation) as refused:
        enrichment.enrich(settings, url=warehouse_url)
    told = "".join(traceback.format_exception(refused.value))
    assert "violates check constraint" in told
    assert [word for word in words if word in told] == []
    with pytest.raises(RenownError, match="an enrichment worker ended"):
        enrichment.enrich(settings, url=warehouse_url, processes=2)
    written = capfd.readouterr()
    assert "violates check constraint" in written.err
    assert [word for word in words if word in written.out + written.err] == []
    assert count(warehouse_url, "select count(*) from nlp.done") == 0
