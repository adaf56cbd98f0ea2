"""The pipeline's version: what each task's model is made of, as short hashes; a change of weights, rules or configuration is a new one.

code version + weights + cues + config of a component ──► model version a task ──► pipeline version ──► nlp.manifests (one active)
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from nlp import polarity
from nlp.components import banks, entities, handles, intent, language, replies, sentiment, topics
from nlp.cues import CUES
from nlp.heads import file_digest
from nlp.pipelines import FALLBACK, FILE, assembly
from nlp.snapshots import BOT_VERSION, STORY_VERSION
from nlp.tagger import crf_path
from settings import Settings


def model_versions(settings: Settings) -> dict[str, str]:
    """Task → model version such as 'sentiment-1-3f9a0c12'; a task built on another one changes with it."""
    dump = [bank.model_dump(mode="json") for bank in settings.banks.banks]
    languages: list[str] = [*settings.general.languages]
    versions = {
        "language": _version("language", language.VERSION, language.settings_part(languages)),
        "entities": _version("entities", entities.VERSION, file_digest(FILE), _weights(languages, crf_path)),
    }
    versions["sentiment"] = _version(
        "sentiment",
        sentiment.VERSION,
        polarity.GAIN,
        file_digest(CUES / "sentiment.yml"),
        _weights(languages, polarity.head_path),
        versions["language"],
    )
    versions["banks"] = _version("banks", banks.VERSION, dump, versions["sentiment"])
    versions["handles"] = _version("handles", handles.VERSION, dump, settings.banks.home)
    versions["topics"] = _version(
        "topics", topics.VERSION, topics.settings_part(settings.topics.topics), versions["language"]
    )
    versions["intents"] = _version("intents", intent.VERSION, file_digest(CUES / "intents.yml"), versions["sentiment"])
    versions["reply"] = _version(
        "reply",
        replies.VERSION,
        file_digest(CUES / "replies.yml"),
        replies.settings_part(settings.replies.patterns),
        versions["sentiment"],
        dump,
    )
    versions["official_kind"] = versions["reply"].replace("reply", "official_kind", 1)
    return versions | {"bot": f"bot-{BOT_VERSION}", "story": f"story-{STORY_VERSION}"}


def _weights(languages: list[str], path: Any) -> list[str]:
    return [file_digest(path(code)) for code in languages if code != FALLBACK and path(code).exists()]


def _version(task: str, number: str, *parts: Any) -> str:
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False, default=str)
    return f"{task}-{number}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def pipeline_version(versions: dict[str, str]) -> str:
    """The hash of the model versions of every task that a pipeline runs a text through (snapshots apart)."""
    own = {task: version for task, version in versions.items() if task not in ("bot", "story")}
    return "pipeline-" + hashlib.sha256(json.dumps(own, sort_keys=True).encode()).hexdigest()[:12]


def activate(connection: psycopg.Connection[Any], versions: dict[str, str]) -> str:
    """Write the manifest and make it the active one, in the caller's transaction; its pipeline version. Two at once are safe."""
    name = pipeline_version(versions)
    active = connection.execute("select pipeline_version, models from nlp.manifests where is_active").fetchone()
    if active and (active[0], active[1]) == (name, versions):
        return name
    connection.execute("select pg_advisory_xact_lock(hashtext('nlp.manifests'))")
    connection.execute("update nlp.manifests set is_active = false where is_active and pipeline_version <> %s", [name])
    connection.execute(
        "insert into nlp.manifests (pipeline_version, models, is_active) values (%s, %s, true) "
        "on conflict (pipeline_version) do update set is_active = true, models = excluded.models",
        [name, Jsonb(versions)],
    )
    return name


def tasks() -> list[str]:
    """Every task that the pipelines label, in the order of nlp/pipelines.yml."""
    return list(dict.fromkeys(task for left in assembly()["tasks"].values() for task in left))
