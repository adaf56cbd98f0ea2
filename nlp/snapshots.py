"""Labels that depend on other rows: stories (near-duplicate clusters) and likely bots, written as tasks 'story' and 'bot'.

core.current_mentions ──► nlp/stories.py (MinHash LSH, exact check) ──► nlp.annotations task story
                      └─► nlp/bots.py (rate, templates, links of an author) ──► task bot
"""

from __future__ import annotations

from typing import Any

from nlp import bots, stories
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
    return written


def _stories(connection: Any) -> int:
    with connection.transaction():
        connection.execute("select pg_advisory_xact_lock(hashtext('nlp.story'))")
        return stories.update_stories(connection, f"story-{STORY_VERSION}")


def _bots(connection: Any, settings: Settings) -> int:
    with connection.transaction():
        connection.execute("select pg_advisory_xact_lock(hashtext('nlp.bot'))")
        return bots.update_bots(connection, settings, f"bot-{BOT_VERSION}", f"story-{STORY_VERSION}")
