"""Hand-made marts for alerts, with the contracts' own columns; a desk of people with real addresses; rows like the sandbox's crisis.

The crisis: Velmora, 18 March 2026, alarms from 12 to 15 o'clock UTC on topic outage (department internet_bank) and over all mentions.
"""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
import yaml
from psycopg import sql

from settings import Settings
from settings.alerting import Alerts, Oncall
from settings.loader import REPOSITORY
from warehouse.connection import connect

MARTS = ("mart_crisis_episodes", "fct_alerts", "mart_crisis_signals", "mart_open_cases", "fct_cases", "fct_brand_mentions", "dim_topic",
         "mart_coverage", "mart_freshness")
NOON = datetime(2026, 3, 18, 12, tzinfo=UTC)  # a Wednesday; 13:00 in Berlin
EPISODE = "e0000000-0000-0000-0000-000000000001"
POSTS = [f"a0000000-0000-0000-0000-00000000000{n}" for n in range(1, 5)]
SECRET_TEXT = "my card 4111111111111111 was eaten"


@cache
def _contract(name: str) -> tuple[str, list[tuple[str, str]]]:
    [path] = (REPOSITORY / "dbt_project" / "models" / "marts").rglob(f"{name}.yml")
    [model] = [m for m in yaml.safe_load(Path(path).read_text("utf-8"))["models"] if m["name"] == name]
    return model["config"].get("schema", "marts"), [(column["name"], column["data_type"]) for column in model["columns"]]


@cache
def line(url: str) -> psycopg.Connection:
    """One connection a warehouse: a scene is many small statements."""
    return connect(url, autocommit=True)


def build(url: str) -> None:
    """Empty marts: the columns of their contracts."""
    made = ["create schema if not exists marts_rows"]
    for name in MARTS:
        schema, columns = _contract(name)
        made.append(f"create table {schema}.{name} ({', '.join(f'{c} {t}' for c, t in columns)})")
    line(url).execute(";".join(made).encode())
    put(url, "dim_topic", topic_id="cards", department_id="cards")


def put(url: str, name: str, /, **values: Any) -> None:
    """One row; what is not given is null."""
    schema = _contract(name)[0] if name in MARTS else None
    table = sql.Identifier(schema, name) if schema else sql.Identifier(*name.split("."))
    statement = sql.SQL("insert into {} ({}) values ({})").format(
        table, sql.SQL(", ").join(map(sql.Identifier, values)), sql.SQL(", ").join(sql.Placeholder() * len(values)))
    line(url).execute(statement, [json.dumps(v) if isinstance(v, dict) else v for v in values.values()])


def ask(url: str, statement: str) -> list[tuple[Any, ...]]:
    return line(url).execute(statement.encode()).fetchall()


def do(url: str, statement: str) -> None:
    line(url).execute(statement.encode())


def alarm(url: str, hour: datetime, severity: int, mentions: int, *, series: tuple[str, str] = ("topic", "outage"), department: str = "internet_bank",
          bank: str = "velmora", episode: str = EPISODE, q_value: float = 2.1e-9) -> None:
    """An alarm with its signal; the episode grows to hold it."""
    key = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{bank}{series}{hour}"))
    shared = {"bank_id": bank, "series_type": series[0], "series_id": series[1], "hour_at": hour, "mention_count": mentions, "distinct_authors": mentions - 2,
              "platform_count": 3, "negative_share": 0.8, "volume_score": 3.4, "q_value": q_value, "severity": severity, "is_regulated_topic": True}
    put(url, "fct_alerts", alert_id=key, raised_at=hour + timedelta(hours=1), raised_day=hour.date(), episode_id=episode, department_id=department,
        is_after_hours=False, **shared)
    put(url, "mart_crisis_signals", signal_id=key, baseline_points=24, baseline_median=3, baseline_mean=3.2, robust_z=18.2, tail_probability=4e-11,
        story_count=12, bot_likely_count=2, ratio_to_24h_mean=12.1, six_hour_count=mentions, negative_count=int(0.8 * mentions), sentiment_count=mentions,
        is_alarm=True, cold_start=False, **shared)
    do(url, f"delete from marts.mart_crisis_episodes where episode_id = '{episode}'")
    [(first, last)] = ask(url, f"select min(hour_at), max(hour_at) + interval '1 hour' from marts.fct_alerts where episode_id = '{episode}'")
    put(url, "mart_crisis_episodes", episode_id=episode, bank_id=bank, started_at=first, ended_at=last, peak_severity=severity, leading_topic_id="outage")


def crisis(url: str, severity: int = 4) -> None:
    """An hour of the crisis with four posts behind it: two of one story, one deleted."""
    alarm(url, NOON, severity, 57)
    for n, mention in enumerate(POSTS):
        _post(url, n, mention)


def _post(url: str, n: int, mention: str) -> None:
    put(url, "fct_brand_mentions", brand_mention_id=str(uuid.uuid4()), mention_id=mention, bank_id="velmora", platform="x", site="", kind="post",
        event_at=NOON + timedelta(minutes=n), sentiment="negative", is_official=False, is_press=False, bot_likely=False, topics=["outage"],
        story_id=f"00000000-0000-0000-0000-00000000000{min(n, 2) + 1}", engagement=100 - n, author_key=f"author {n}")
    put(url, "core.mentions", mention_id=mention, version=1, platform="x", site="", kind="post", native_id=f"177{n}", source_id="x",
        url=f"https://x.example/i/177{n}", text=SECRET_TEXT, content_sha256=b"1", event_at=NOON, event_at_basis="created_at", first_seen_at=NOON,
        payload_sha256=b"1", batch_id=str(uuid.uuid4()))


def case(url: str, n: int, platform: str = "x", *, age_hours: float = 30, level: int = 4, department: str = "cards", bank: str = "velmora",
         now: datetime = NOON) -> None:
    """An open case past the window (24 h), and its fact."""
    opened = now - timedelta(hours=age_hours)
    shared = {"case_id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{platform}{n}{bank}")), "bank_id": bank, "platform": platform, "opened_at": opened,
              "is_negative": True, "main_topic_id": "cards", "opening_mention_id": POSTS[n % 4]}
    put(url, "mart_open_cases", department_id=department, triage_level=level, triage_rank=n, age_seconds=age_hours * 3600, **shared)
    put(url, "fct_cases", is_older_than_window=age_hours >= 24, is_answered_in_window=False, is_open=True, **shared)


def answered(url: str, n: int, platform: str = "x", now: datetime = NOON) -> None:
    """A case that was answered in time."""
    put(url, "fct_cases", case_id=str(uuid.uuid4()), bank_id="velmora", platform=platform, opened_at=now - timedelta(hours=40 + n),
        is_older_than_window=True, is_answered_in_window=True, is_open=False, main_topic_id="cards")


def run_of(url: str, source: str, ended: datetime, platform: str = "x", status: str = "success") -> None:
    """A batch of a source."""
    put(url, "raw.batches", batch_id=str(uuid.uuid4()), source_id=source, platform=platform, mode="incremental", status=status, started_at=ended,
        heartbeat_at=ended, ended_at=ended)


def fresh(url: str, settings: Settings, now: datetime) -> None:
    """Every source has just run."""
    for source in settings.sources.sources:
        if source.enabled and source.terms == "approved":
            run_of(url, source.id, now, source.platform)


def gate(url: str, run: str, at: datetime, *, holds: bool, layer: str = "marts") -> None:
    """A gate's run with one check."""
    put(url, "quality.results", run_id=run, layer=layer, suite=layer, expectation="expect_totals", target="marts.mart_scorecard", severity="batch",
        success=holds, unexpected_count=0 if holds else 3, detail={"as_of": at.isoformat()}, ran_at=at)


def with_rules(settings: Settings, **given: Any) -> Settings:
    """The settings with other rules of alerts.yml."""
    return settings.model_copy(update={"alerts": Alerts.model_validate(settings.alerts.model_dump() | given)})


def with_oncall(settings: Settings, **given: Any) -> Settings:
    """The settings with another oncall.yml."""
    return settings.model_copy(update={"oncall": Oncall.model_validate(settings.oncall.model_dump() | given)})
