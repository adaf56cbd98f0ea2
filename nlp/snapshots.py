"""Labels that depend on other rows: stories (near-duplicate clusters) and likely bots, written as tasks 'story' and 'bot'.

core.current_mentions ──► nlp/stories.py (MinHash LSH, exact check) ──► nlp.annotations task story
                      ├─► nlp/bots.py (rate, templates, links of an author) ──► task bot
                      └─► nlp/emerging.py (phrases that grew) ──► nlp.emerging_topics
"""

from __future__ import annotations

from typing import Any

from nlp import bots, emerging, stories
from settings import Settings
from warehouse.connection import connect

STORY_VERSION = stories.VERSION
BOT_VERSION = bots.VERSION


def snapshot(settings: Settings, *, url: str) -> dict[str, int]:
    """Bring both snapshots up to date and say how many rows each wrote; run it when enrichment has nothing pending. Rerunning writes nothing."""
    with connect(url) as connection:
        written = {"story": _stories(connection)}
    with connect(url) as connection:
        written["bot"] = _bots(connection, settings)
    with connect(url) as connection:
        written["emerging"] = _emerging(connection, settings)
    return written


def due(connection: Any) -> bool:
    """Whether a current, annotated mention lacks its story label, or with a known author its bot label (a run died before them)."""
    row = connection.execute("""
        select exists (
            select from core.current_mentions m
            join nlp.done d on d.mention_id = m.mention_id and d.mention_version = m.version and d.outcome = 'annotated'
            where exists (select from (values ('story'), ('bot')) as wanted (task)
                where (wanted.task = 'story' or m.author_id is not null) and not exists (
                select from nlp.annotations a
                where a.mention_id = m.mention_id and a.mention_version = m.version and a.task = wanted.task)))""").fetchone()
    return bool(row[0])


def _stories(connection: Any) -> int:
    with connection.transaction():
        connection.execute("select pg_advisory_xact_lock(hashtext('nlp.story'))")
        return stories.update_stories(connection, f"story-{STORY_VERSION}")


def _bots(connection: Any, settings: Settings) -> int:
    with connection.transaction():
        connection.execute("select pg_advisory_xact_lock(hashtext('nlp.bot'))")
        return bots.update_bots(connection, settings, f"bot-{BOT_VERSION}", f"story-{STORY_VERSION}")


def _emerging(connection: Any, settings: Settings) -> int:
    with connection.transaction():
        connection.execute("select pg_advisory_xact_lock(hashtext('nlp.emerging'))")
        return emerging.update_emerging(connection, settings)
