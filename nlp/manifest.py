"""The pipeline's version: what each task's model is made of, as short hashes; a change of weights, rules or configuration is a new one.

code version + weights + cues + config of a component ──► model version a task ──► pipeline version ──► nlp.manifests (one active)
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from nlp import banking, polarity, speech, topic_head
from nlp.components import (
    banking_intent,
    banks,
    campaigns,
    entities,
    handles,
    intent,
    journey,
    language,
    moments,
    personal,
    places,
    replies,
    sentiment,
    topics,
    urgency,
)
from nlp.cues import CUES
from nlp.entity_features_lexicon import names_path
from nlp.heads import file_digest
from nlp.pipelines import FALLBACK, FILE, assembly
from nlp.places.table import FILE as NAMES
from nlp.snapshots import BOT_VERSION, STORY_VERSION
from nlp.tagger import crf_path
from settings import Settings


def model_versions(settings: Settings) -> dict[str, str]:
    """Task → model version such as 'sentiment-1-3f9a0c12'; a task built on another one changes with it."""
    dump = [bank.model_dump(mode="json") for bank in settings.banks.banks]
    languages: list[str] = [*settings.general.languages]
    versions = {
        "language": _version("language", language.VERSION, language.settings_part(languages)),
        "entities": _version("entities", entities.VERSION, personal.VERSION, file_digest(FILE), *entity_weights(settings)),
    }
    versions["sentiment"] = _version(
        "sentiment",
        sentiment.VERSION,
        settings.general.nlp_profile,
        [speech.WORDS, speech.WORDS_ELSEWHERE],
        [file_digest(CUES / f"{name}.yml") for name in ("sentiment", "intents", "replies")],
        sentiment_weights(settings),
        versions["language"],
    )
    versions["banks"] = _version("banks", banks.VERSION, dump, versions["sentiment"])
    versions["handles"] = _version("handles", handles.VERSION, dump, settings.banks.home)
    versions["topics"] = _version(
        "topics", topics.VERSION, topics.settings_part(settings.topics.topics), versions["language"], topic_head.weights(settings.general.nlp_profile)
    )
    versions["intents"] = _version("intents", intent.VERSION, file_digest(CUES / "intents.yml"), versions["sentiment"])
    versions["banking_intent"] = _version(
        "banking_intent",
        banking_intent.VERSION,
        settings.general.nlp_profile,
        banking.weights(settings.general.nlp_profile),
        versions["language"],
    )
    versions["reply"] = _version(
        "reply",
        replies.VERSION,
        file_digest(CUES / "replies.yml"),
        replies.settings_part(settings.replies.patterns),
        versions["sentiment"],
        dump,
    )
    versions["official_kind"] = versions["reply"].replace("reply", "official_kind", 1)
    versions["pii"] = _version(
        "pii", personal.VERSION, file_digest(CUES / "personal.yml"), personal.plans(), versions["language"]
    )
    versions["masked_text"] = versions["pii"].replace("pii", "masked_text", 1)
    versions["places"] = _version(
        "places", places.VERSION, file_digest(NAMES), versions["entities"], dump
    )
    versions["journey"] = _version(
        "journey", journey.VERSION, file_digest(CUES / "journey.yml"), versions["intents"], versions["topics"], versions["handles"]
    )
    versions["urgency"] = _version("urgency", urgency.VERSION, file_digest(CUES / "urgency.yml"), versions["intents"])
    versions["moments"] = _version("moments", moments.VERSION, file_digest(CUES / "moments.yml"), versions["intents"])
    versions["campaigns"] = _version(
        "campaigns",
        campaigns.VERSION,
        campaigns.settings_part(settings.campaigns.campaigns),
        settings.general.timezone,
        dump,
        versions["language"],
    )
    return versions | {"bot": f"bot-{BOT_VERSION}", "story": f"story-{STORY_VERSION}"}


def sentiment_weights(settings: Settings) -> list[str]:
    """Digests of the weights that sentiment rests on: of the chosen models, and in the accurate profile those on sentence vectors too."""
    folder = polarity.models_of(settings.general.models)
    found = _weights([*settings.general.languages], lambda code: polarity.head_path(code, folder))
    if settings.general.nlp_profile == "accurate":
        found += _weights([*settings.general.languages], lambda code: polarity.vector_head_path(code, folder))
    return found


def entity_weights(settings: Settings) -> tuple[list[str], list[str]]:
    """Digests of the chosen models' CRFs and of the name lists."""
    languages: list[str] = [*settings.general.languages]
    folder = polarity.models_of(settings.general.models)
    return _weights(languages, lambda code: crf_path(code, folder)), _weights(languages, names_path)


def _weights(languages: list[str], path: Any) -> list[str]:
    return [file_digest(path(code)) for code in languages if code != FALLBACK and path(code).exists()]


def _version(task: str, number: str, *parts: Any) -> str:
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False, default=str)
    return f"{task}-{number}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def pipeline_version(versions: dict[str, str]) -> str:
    """The hash of the model versions of every task that a pipeline runs a text through (snapshots apart)."""
    own = {task: version for task, version in versions.items() if task not in ("bot", "story")}
    return "pipeline-" + hashlib.sha256(json.dumps(own, sort_keys=True).encode()).hexdigest()[:12]


def activate(connection: psycopg.Connection[Any], versions: dict[str, str], known_as: str | None = None) -> str:
    """Write the manifest and make it the active one, in the caller's transaction; its pipeline version. Two at once are safe.

    `known_as`: the name that the manifest was written under, when other code had other tasks.
    """
    name = known_as or pipeline_version(versions)
    active = connection.execute("select pipeline_version, models from nlp.manifests where is_active").fetchone()
    if active and (active[0], active[1]) == (name, versions):
        return name
    connection.execute("select pg_advisory_xact_lock(hashtext('nlp.manifests'))")
    connection.execute("update nlp.manifests set is_active = false where is_active and pipeline_version <> %s", [name])
    connection.execute(
        "insert into nlp.manifests (pipeline_version, models, is_active, activated_at) values (%s, %s, true, clock_timestamp()) "
        "on conflict (pipeline_version) do update set is_active = true, models = excluded.models, activated_at = clock_timestamp()",
        [name, Jsonb(versions)],
    )
    return name


def register(connection: psycopg.Connection[Any], versions: dict[str, str]) -> str:
    """Write the manifest as a shadow: its labels are kept and count nowhere. One that is known stays as it is. Its pipeline version."""
    name = pipeline_version(versions)
    connection.execute(
        "insert into nlp.manifests (pipeline_version, models) values (%s, %s) on conflict (pipeline_version) do nothing",
        [name, Jsonb(versions)],
    )
    return name


def active_version(connection: psycopg.Connection[Any]) -> str | None:
    """The pipeline version whose labels count; None before the first run."""
    row = connection.execute("select pipeline_version from nlp.manifests where is_active").fetchone()
    return str(row[0]) if row else None


def enrol(connection: psycopg.Connection[Any], versions: dict[str, str], promote: str) -> bool:
    """Before a run with these models: whether their labels count. They do at once where `promote` is 'automatic', on a first run, and
    where the active pipeline is the same (stories and bots are no part of its version); else they wait in shadow for `renown models promote`.
    """
    if promote == "automatic" or active_version(connection) in (None, pipeline_version(versions)):
        activate(connection, versions)
        return True
    register(connection, versions)
    return False


def marts_stale(connection: psycopg.Connection[Any]) -> bool:
    """Whether a pipeline was activated after the marts' gate last passed: they show another one's labels. Never built is not stale."""
    row = connection.execute("""
        select exists (select from nlp.manifests where is_active and activated_at > (
            select max(passed.ran_at) from (
                select max(ran_at) as ran_at from quality.results where layer = 'marts'
                group by run_id having bool_and(success or severity = 'row')) as passed))""").fetchone()
    return bool(row and row[0])


def tasks() -> list[str]:
    """Every task that the pipelines label, in the order of nlp/pipelines.yml."""
    return list(dict.fromkeys(task for left in assembly()["tasks"].values() for task in left))
