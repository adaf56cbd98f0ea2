"""Stories: clusters of near-duplicates, Jaccard ≥ 0.8 over 5-character shingles of normalised text (METRICS.md).

    pending mentions in (event_at, id) order ──► LSH candidates ──► exact Jaccard ──► the earliest match's story, else one of its own

A mention that has a story keeps it for ever: a later bridge never merges two stories, a late arrival joins what is there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import psycopg

from nlp import minhash
from nlp.rows import write_annotations
from nlp.text import jaccard, shingles, story_text

VERSION = "2"
THRESHOLD = 0.8
WINDOW = timedelta(days=92)  # a wording that comes back a quarter later is a new story; bounds what a run reads
CHUNK = 20_000

PENDING = """
select m.mention_id, m.version, m.event_at, coalesce(m.title || chr(10), '') || m.text
from core.current_mentions m
where not exists (select 1 from nlp.annotations a where a.mention_id = m.mention_id and a.task = 'story' and a.model_version = %s)
order by m.event_at, m.mention_id
limit %s"""
# An edit does not move a mention out of its story: its label is copied to the new version.
EDITED = """
select distinct on (m.mention_id) m.mention_id, m.version, a.label ->> 'story_id'
from core.current_mentions m
join nlp.annotations a on a.mention_id = m.mention_id and a.task = 'story' and a.model_version = %s
where not exists (select 1 from nlp.annotations b
                  where b.mention_id = m.mention_id and b.mention_version = m.version and b.task = 'story' and b.model_version = %s)
order by m.mention_id, a.mention_version desc"""
KNOWN = """
select m.mention_id, a.label ->> 'story_id', coalesce(m.title || chr(10), '') || m.text
from core.current_mentions m
join nlp.annotations a on a.mention_id = m.mention_id and a.mention_version = m.version and a.task = 'story' and a.model_version = %s
where m.event_at between %s and %s
order by m.event_at, m.mention_id"""


class StoryIndex:
    """Known texts by their LSH bands; `place` gives a text's story id. Shingles are cut only of texts that a candidate is compared with."""

    def __init__(self) -> None:
        self._bands: dict[int, list[int]] = defaultdict(list)
        self._texts: list[str] = []
        self._cuts: dict[int, frozenset[str]] = {}
        self._stories: list[str] = []
        self._same: dict[str, str] = {}

    def add(self, text: str, story_id: str) -> None:
        """Make a text findable under its story."""
        normal = story_text(text)
        if normal not in self._same:
            self._keep(normal, minhash.text_bands(normal), story_id)

    def place(self, text: str, own_id: str) -> str:
        """The story of the earliest-added near-duplicate, else `own_id`; the text is added under it."""
        normal = story_text(text)
        if not normal:
            return own_id
        if known := self._same.get(normal):
            return known
        bands = minhash.text_bands(normal)
        match = self._match(normal, bands)
        story_id = own_id if match is None else self._stories[match]
        self._keep(normal, bands, story_id)
        return story_id

    def _match(self, normal: str, bands: Iterable[int]) -> int | None:
        candidates = sorted({i for band in bands for i in self._bands.get(band, ())})
        if not candidates:
            return None
        cut = shingles(normal)
        return next((i for i in candidates if _same_story(cut, self._cut(i))), None)

    def _cut(self, place: int) -> frozenset[str]:
        if place not in self._cuts:
            self._cuts[place] = shingles(self._texts[place])
        return self._cuts[place]

    def _keep(self, normal: str, bands: Iterable[int], story_id: str) -> None:
        for band in bands:
            self._bands[band].append(len(self._texts))
        self._texts.append(normal)
        self._stories.append(story_id)
        self._same[normal] = story_id


def _same_story(one: frozenset[str], other: frozenset[str]) -> bool:
    """Jaccard at THRESHOLD or above; sets too different in size are told apart without counting."""
    small, large = sorted((len(one), len(other)))
    return small >= THRESHOLD * large and jaccard(one, other) >= THRESHOLD


def assign(rows: Sequence[tuple[str, str]], known: Iterable[tuple[str, str]] = ()) -> dict[str, str]:
    """Mention id → story id for (mention id, text) in (event_at, id) order, beside `known` (story id, text)."""
    index = StoryIndex()
    for story_id, text in known:
        index.add(text, story_id)
    return {mention_id: index.place(text, mention_id) for mention_id, text in rows}


def update_stories(connection: psycopg.Connection[Any], model_version: str) -> int:
    """Give every current mention without a story one, chunk by chunk in time order; rows written. Memory: one chunk and its window."""
    written = write_annotations(connection, _edited(connection, model_version))
    while pending := connection.execute(PENDING, [model_version, CHUNK]).fetchall():
        first: datetime = pending[0][2]
        last: datetime = pending[-1][2]
        stored = connection.execute(KNOWN, [model_version, first - WINDOW, last + WINDOW]).fetchall()
        placed = assign([(str(row[0]), row[3]) for row in pending], ((row[1], row[2]) for row in stored))
        versions = {str(row[0]): row[1] for row in pending}
        written += write_annotations(
            connection,
            (
                (mention_id, versions[mention_id], "story", model_version, {"story_id": story_id})
                for mention_id, story_id in placed.items()
            ),
        )
    return written


def _edited(
    connection: psycopg.Connection[Any], model_version: str
) -> Iterator[tuple[str, int, str, str, dict[str, Any]]]:
    for mention_id, version, story_id in connection.execute(EDITED, [model_version, model_version]).fetchall():
        yield str(mention_id), version, "story", model_version, {"story_id": story_id}
