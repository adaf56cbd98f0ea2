"""Enrichment against a real warehouse: everything once, resumable, several workers, rejects with a reason, human labels win."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import nlp.components.topics as topics_component
from nlp import enrich as enrichment
from nlp.labels import import_labels, mention_id
from nlp.manifest import activate, model_versions, pipeline_version, tasks
from nlp.snapshots import snapshot
from settings import Settings
from warehouse.connection import connect

START = datetime(2026, 2, 1, tzinfo=UTC)
TEXTS = [
    "Карта Велмора не работает третий день",
    "Спасибо, Велмора, быстро решили",
    "В Тарнвике опять очередь",
    "подскажите, когда откроют отделение?",
]
STORED = len(set(tasks()) - {"masked_text"})  # tasks whose labels are rows of nlp.annotations


def land(url: str, texts: list[str], *, first: int = 0, platform: str = "vk", **columns: Any) -> None:
    """Put mentions straight into core."""
    with connect(url) as connection:
        for i, text in enumerate(texts, first):
            row = {
                "mention_id": mention_id(platform, "", "post", str(i)),
                "version": 1,
                "platform": platform,
                "kind": "post",
                "native_id": str(i),
                "source_id": "test",
                "text": text,
                "event_at": START + timedelta(minutes=i),
                "event_at_basis": "created_at",
                "content_sha256": text.encode()[:32] + str(i).encode(),
                "payload_sha256": b"0",
                "batch_id": "00000000-0000-0000-0000-000000000000",
                "first_seen_at": START,
                "author_id": str(i % 5),
                "author_handle": f"someone{i % 5}",
            } | columns
            names = ", ".join(row)
            connection.execute(
                f"insert into core.mentions ({names}) values ({', '.join(['%s'] * len(row))})".encode(),
                list(row.values()),
            )


def count(url: str, query: str) -> int:
    with connect(url) as connection:
        row = connection.execute(query.encode()).fetchone()
        assert row
        return int(row[0])


@pytest.fixture
def small(settings: Settings) -> Settings:
    """Batches of three, so that a few rows make several."""
    return settings.model_copy(update={"general": settings.general.model_copy(update={"nlp_batch_size": 3})})


def test_everything_is_annotated_once_and_a_second_run_does_nothing(small: Settings, warehouse_url: str) -> None:
    land(warehouse_url, TEXTS * 3)
    seen: list[int] = []
    first = enrichment.enrich(small, url=warehouse_url, progress=seen.append)
    assert (first["annotated"], first["rejected"], first["pending"]) == (12, 0, 0)
    assert seen == [3, 6, 9, 12]
    assert count(warehouse_url, "select count(distinct task) from nlp.current_annotations") == STORED
    assert (
        count(
            warehouse_url,
            "select count(*) from nlp.current_annotations where task = 'language' and label ->> 'language' = 'ru'",
        )
        == 12
    )
    again = enrichment.enrich(small, url=warehouse_url)
    assert (again["annotated"], again["labels"]) == (0, 0)
    assert count(warehouse_url, "select count(*) from nlp.done") == 12


def test_limit_stops_and_the_next_run_goes_on(small: Settings, warehouse_url: str) -> None:
    land(warehouse_url, TEXTS * 2)
    assert enrichment.enrich(small, url=warehouse_url, limit=5)["pending"] == 3
    assert enrichment.enrich(small, url=warehouse_url)["annotated"] == 3


def test_a_killed_batch_leaves_nothing_and_is_pending_again(
    small: Settings, warehouse_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    land(warehouse_url, TEXTS)
    original = enrichment.copy_upsert

    def die(*arguments: Any, **named: Any) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(enrichment, "copy_upsert", die)
    with pytest.raises(KeyboardInterrupt):
        enrichment.enrich(small, url=warehouse_url)
    assert count(warehouse_url, "select count(*) from nlp.annotations") == 0
    monkeypatch.setattr(enrichment, "copy_upsert", original)
    assert enrichment.enrich(small, url=warehouse_url)["annotated"] == 4


def test_a_text_that_breaks_a_component_is_rejected_with_a_reason_and_without_its_words(
    small: Settings, warehouse_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    land(warehouse_url, [*TEXTS, "заветное слово банка"])
    original = topics_component.TopicsComponent.scores

    def brittle(self: Any, analysis: Any) -> Any:
        if "заветное" in analysis.text:
            raise RuntimeError(analysis.text)
        return original(self, analysis)

    monkeypatch.setattr(topics_component.TopicsComponent, "scores", brittle)
    report = enrichment.enrich(small, url=warehouse_url)
    assert (report["annotated"], report["rejected"], report["pending"]) == (4, 1, 0)
    with connect(warehouse_url) as connection:
        reasons = connection.execute("select reason from nlp.done where outcome = 'rejected'").fetchall()
    assert reasons == [("pipeline failed (RuntimeError)",)]
    assert enrichment.enrich(small, url=warehouse_url)["rejected"] == 0


def test_two_workers_at_once_share_the_work(small: Settings, warehouse_url: str) -> None:
    land(warehouse_url, TEXTS * 10)
    with connect(warehouse_url) as connection:
        activate(connection, model_versions(small))
    tallies: list[enrichment.Tally] = []
    threads = [threading.Thread(target=lambda: tallies.append(enrichment.work(small, warehouse_url))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count(warehouse_url, "select count(*) from nlp.done") == 40
    assert sum(t.labels for t in tallies) == count(warehouse_url, "select count(*) from nlp.annotations") == 40 * STORED


def test_worker_processes_do_the_same_as_one(small: Settings, warehouse_url: str) -> None:
    land(warehouse_url, TEXTS * 4)
    report = enrichment.enrich(small, url=warehouse_url, processes=2)
    assert (report["annotated"], report["pending"]) == (16, 0)


def test_deleted_and_superseded_versions_are_not_pending(small: Settings, warehouse_url: str) -> None:
    land(warehouse_url, TEXTS)
    with connect(warehouse_url) as connection:
        connection.execute(
            "insert into core.deletions (mention_id, observed_at, basis) values (%s, now(), 'author')",
            [mention_id("vk", "", "post", "0")],
        )
    land(warehouse_url, ["Карта Велмора заработала"], first=1, version=2)
    report = enrichment.enrich(small, url=warehouse_url)
    assert report["annotated"] == 3
    assert count(warehouse_url, "select count(*) from nlp.done where mention_version = 2") == 1


def test_new_configuration_is_a_new_pipeline_version(settings: Settings) -> None:
    other = settings.model_copy(update={"banks": settings.banks.model_copy(update={"home": "nimbra"})})
    assert pipeline_version(model_versions(settings)) != pipeline_version(model_versions(other))
    assert model_versions(settings)["sentiment"] == model_versions(other)["sentiment"]


def test_human_labels_win_and_say_what_is_wrong_with_a_line(
    small: Settings, warehouse_url: str, tmp_path: Path
) -> None:
    land(warehouse_url, TEXTS)
    enrichment.enrich(small, url=warehouse_url)
    file = tmp_path / "labels.jsonl"
    label = {"label": "positive", "probabilities": {"positive": 1, "neutral": 0, "negative": 0}}
    lines = [
        {"platform": "vk", "site": "", "kind": "post", "native_id": str(i), "labels": {"sentiment": label}}
        for i in (0, 1, 99)
    ]
    file.write_text("\n".join(map(json.dumps, lines)) + "\n", "utf-8")
    with connect(warehouse_url) as connection:
        assert import_labels(connection, file) == 2
        assert import_labels(connection, file) == 0
    assert (
        count(
            warehouse_url,
            "select count(*) from nlp.current_annotations where task = 'sentiment' and model_version = 'human:truth'",
        )
        == 2
    )
    assert count(warehouse_url, "select count(*) from nlp.current_annotations where task = 'sentiment'") == 4
    file.write_text('{"platform": "vk"}\n', "utf-8")
    with connect(warehouse_url) as connection, pytest.raises(Exception, match=r"labels.jsonl:1: not a label line"):
        import_labels(connection, file)


def test_snapshots_give_copies_one_story_and_see_the_template(small: Settings, warehouse_url: str) -> None:
    spam = "Зарабатывай 5000 рублей в день не выходя из дома, пиши в личку прямо сейчас"
    land(warehouse_url, [spam + end for end in ("", " !", " 🔥")], author_id="1")
    land(warehouse_url, [spam + end for end in (" ✅", " 💰")], first=3, author_id="2")
    land(warehouse_url, ["Сегодня в отделении на Мостовой улице было тихо и спокойно"], first=10, author_id="9")
    written = snapshot(small, url=warehouse_url)
    assert written == {"story": 6, "bot": 6, "emerging": 0}
    assert snapshot(small, url=warehouse_url) == {"story": 0, "bot": 0, "emerging": 0}
    first = mention_id("vk", "", "post", "0")
    assert (
        count(
            warehouse_url,
            f"select count(*) from nlp.annotations where task = 'story' and label ->> 'story_id' = '{first}'",
        )
        == 5
    )
    assert (
        count(
            warehouse_url, "select count(*) from nlp.annotations where task = 'bot' and (label ->> 'likely')::boolean"
        )
        == 5
    )
    land(
        warehouse_url,
        ["Зарабатывай 5000 рублей в день не выходя из дома, пиши в личку прямо сейчас!!"],
        first=20,
        event_at=START - timedelta(days=1),
    )
    assert snapshot(small, url=warehouse_url)["story"] == 1
    assert (
        count(
            warehouse_url,
            f"select count(*) from nlp.annotations where task = 'story' and label ->> 'story_id' = '{first}'",
        )
        == 6
    )
