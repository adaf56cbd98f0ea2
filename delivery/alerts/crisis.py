"""Crisis: an episode of alarms of one bank is one alert, told with the gravest alarm's numbers.

    mart_crisis_episodes × fct_alerts (without a dark platform's own since its last data) ──► the gravest alarm ──► mart_crisis_signals: its baseline
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from delivery.alerts.candidates import Candidate, banks
from settings import Settings

EPISODES = """
with alarms as (
    select a.*, e.leading_topic_id
    from marts.fct_alerts a join marts.mart_crisis_episodes e using (episode_id)
    where a.bank_id = any(%(banks)s) and a.severity >= %(least)s and a.raised_at <= %(now)s and e.ended_at > %(since)s
      and (a.series_type = 'platform' and a.raised_at > (%(dark)s::jsonb ->> a.series_id)::timestamptz) is not true
), hours as (
    select episode_id, hour_at, max(mention_count) as mention_count from alarms group by 1, 2
), sizes as (
    select episode_id, sum(mention_count)::bigint as episode_mentions, count(*) as alarm_hours,
           min(hour_at) as first_hour, max(hour_at) + interval '1 hour' as last_alarm
    from hours group by 1
), told as (
    select episode_id, jsonb_object_agg(department_id, severity) as departments
    from (select episode_id, department_id, max(severity) as severity from alarms group by 1, 2) as each_one group by 1
)
select distinct on (a.episode_id) a.*, sizes.*, told.departments, s.baseline_mean, s.baseline_median, s.baseline_points, s.robust_z,
       s.tail_probability, s.ratio_to_24h_mean, s.six_hour_count, s.story_count, s.bot_likely_count, s.negative_count, s.sentiment_count
from alarms a join sizes using (episode_id) join told using (episode_id)
left join marts.mart_crisis_signals s on s.signal_id = a.alert_id
order by a.episode_id, a.severity desc, a.is_regulated_topic desc, a.mention_count desc, a.hour_at, a.series_type, a.series_id
"""
# The loudest of the last six hours, a story and an author once: what was said most and by whom it was heard.
EXAMPLES = """
with stories as (
    select distinct on (story_id) mention_id, author_key, sentiment = 'negative' as is_negative, engagement, author_followers
    from marts_rows.fct_brand_mentions
    where bank_id = %(bank)s and not is_official and event_at >= %(hour)s - interval '5 hours' and event_at < %(hour)s + interval '1 hour'
      and (%(series_type)s <> 'topic' or %(series)s = any(topics)) and (%(series_type)s <> 'platform' or platform = %(series)s)
    order by story_id, engagement desc nulls last, mention_id
), authors as (
    select distinct on (coalesce(author_key, mention_id::text)) * from stories
    order by coalesce(author_key, mention_id::text), is_negative desc nulls last, engagement desc nulls last, mention_id
)
select mention_id::text from authors
order by is_negative desc nulls last, engagement desc nulls last, author_followers desc nulls last, mention_id limit %(count)s
"""
NUMBERS = ("series_type", "series_id", "mention_count", "distinct_authors", "platform_count", "story_count", "bot_likely_count", "negative_share",
           "negative_count", "sentiment_count", "volume_score", "q_value", "tail_probability", "robust_z", "baseline_mean", "baseline_median",
           "baseline_points", "ratio_to_24h_mean", "six_hour_count", "episode_mentions", "alarm_hours")  # fmt: skip


def episodes(connection: psycopg.Connection, settings: Settings, now: datetime, dark: Mapping[str, datetime]) -> list[Candidate]:
    """Episodes that are going on, and those that late data brought after their end where they were grave enough; oldest first."""
    rule = settings.alerts.crisis
    given = {"banks": banks(settings), "least": rule.min_severity, "now": now, "dark": Jsonb({platform: last.isoformat() for platform, last in dark.items()}),
             "since": now - timedelta(days=rule.look_back_days, minutes=rule.over_after_minutes)}
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(EPISODES, given).fetchall()
    found = [_candidate(connection, settings, row, now) for row in rows]
    return sorted((c for c in found if not c.is_over or c.severity >= rule.min_severity_when_over), key=lambda c: c.started_at)


def _candidate(connection: psycopg.Connection, settings: Settings, row: dict[str, Any], now: datetime) -> Candidate:
    is_topic = row["series_type"] == "topic"
    topic = row["series_id"] if is_topic else row["leading_topic_id"]
    about = f"{row['series_type']} {row['series_id']}" if row["series_type"] != "all" else "all mentions" + (f", topic {topic}" if topic else "")
    bank = settings.banks.by_id(row["bank_id"]).name
    facts = {name: row[name] for name in NUMBERS} | {
        "unit": "mentions", "hour_at": row["hour_at"].isoformat(), "raised_at": row["raised_at"].isoformat(),
        "started_at": row["first_hour"].isoformat(), "last_alarm_at": row["last_alarm"].isoformat(), "departments": row["departments"]}
    over = row["last_alarm"] + timedelta(minutes=settings.alerts.crisis.over_after_minutes)
    return Candidate(
        key=f"crisis|{row['bank_id']}", kind="crisis", severity=row["severity"], magnitude=float(row["episode_mentions"]),
        title=f"{bank}: alarm of severity {row['severity']}, {about}", facts=facts, started_at=row["first_hour"], last_at=row["last_alarm"],
        departments=row["departments"], bank_id=row["bank_id"], topic_id=topic, is_over=over <= now,
        example_ids=_examples(connection, row, settings.alerts.examples.count))


def _examples(connection: psycopg.Connection, row: dict[str, Any], count: int) -> tuple[str, ...]:
    given = {"bank": row["bank_id"], "hour": row["hour_at"], "series_type": row["series_type"], "series": row["series_id"], "count": count}
    return tuple(found[0] for found in connection.execute(EXAMPLES, given))
