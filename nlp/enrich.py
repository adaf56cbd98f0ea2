"""Enrich what is pending: claim mentions, run them through their pipelines, write labels and `done` together.

    core.mentions without nlp.done ──► FOR UPDATE SKIP LOCKED claim ──► Annotator ──► nlp.annotations, masked_texts, done (one transaction a batch)

May be killed anywhere: an open batch rolls back and is pending again. Several workers at once are safe.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import psycopg

from nlp.annotate import reason
from nlp.authors import official_accounts
from nlp.manifest import active_version, enrol, model_versions, pipeline_version, tasks
from nlp.pipelines import Annotator
from nlp.records import Analysis, Post
from nlp.rows import STORED_APART, Row, write_annotations, write_masked_texts
from settings import Settings
from warehouse.bulk import copy_upsert
from warehouse.connection import connect

Progress = Callable[[int], None]
FIRST = uuid.UUID(int=0)
WAITING = (
    "{} waits in shadow, since enrichment.promote is manual: new mentions have no labels that count, and the marts stay as they are, "
    "until 'renown models promote' ('renown models diff' says what would change)"
)
_PENDING = """
from core.mentions m
where not exists (select 1 from nlp.done d where d.mention_id = m.mention_id and d.mention_version = m.version and d.pipeline_version = %(pipeline)s)
  and not exists (select 1 from core.mentions newer where newer.mention_id = m.mention_id and newer.version > m.version)
  and not exists (select 1 from core.deletions d where d.mention_id = m.mention_id and d.undone_at is null)"""
_CLAIM = f"""
select m.mention_id::text, m.version, m.platform, m.kind, m.title, m.text, m.author_id, lower(m.author_handle), m.parent_id, m.in_reply_to_author_id,
       m.language_hint, m.mentions, m.event_at {_PENDING} and m.mention_id > %(after)s
       and (%(days)s::date[] is null or (m.event_at at time zone %(zone)s)::date = any(%(days)s))
       and not exists (select 1 from nlp.done d where d.mention_id = m.mention_id and d.mention_version = m.version and d.pipeline_version = %(beside)s)
order by m.mention_id limit %(limit)s for update of m skip locked"""


@dataclass(frozen=True)
class Part:
    """Which of the pending mentions: only those of these event days, and only those that the pipeline `beside` has not finished either."""

    days: tuple[date, ...] | None = None
    beside: str | None = None


ALL = Part()


@dataclass
class Tally:
    """What a run did; `annotated` and `rejected` count mention versions."""

    annotated: int = 0
    rejected: int = 0
    labels: int = 0

    def add(self, other: Tally) -> None:
        """Sum up."""
        self.annotated += other.annotated
        self.rejected += other.rejected
        self.labels += other.labels


def pending_count(connection: psycopg.Connection[Any], version: str | None = None) -> int:
    """Current mentions that `version` (default: the active pipeline) has not finished; all of them while no pipeline is active."""
    if version is None:
        version = active_version(connection) or ""
    row = connection.execute(f"select count(*) {_PENDING}".encode(), {"pipeline": version}).fetchone()
    return int(row[0]) if row else 0


def enrich(
    settings: Settings,
    *,
    url: str,
    limit: int | None = None,
    processes: int = 1,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Annotate up to `limit` pending mentions (default: all) and say what was done.

    `progress` is called with the number of mentions finished so far. Returns {"pipeline_version", "annotated", "rejected", "labels", "pending",
    "warning"}; the warning is None unless the labels wait for promotion (config/renown.yml, enrichment.promote: manual).
    Raises RenownError when the warehouse does not answer, weights are missing, or a worker process fails.
    """
    versions = model_versions(settings)
    with connect(url) as connection:
        counts = enrol(connection, versions, settings.general.enrichment.promote)
        # A version that waits reads what is new and no history: that is for `renown models shadow`.
        part = ALL if counts else Part(beside=active_version(connection))
    version = pipeline_version(versions)
    tally = run(settings, url, limit=limit, processes=processes, progress=progress, part=part)
    with connect(url) as connection:
        left = pending_count(connection, version)
    return {
        "pipeline_version": version,
        "annotated": tally.annotated,
        "rejected": tally.rejected,
        "labels": tally.labels,
        "pending": left,
        "warning": None if counts else WAITING.format(version),
    }


def run(
    settings: Settings,
    url: str,
    *,
    limit: int | None = None,
    processes: int = 1,
    progress: Progress | None = None,
    part: Part = ALL,
) -> Tally:
    """Annotate by the present weights and configuration, whether or not their labels count."""
    if processes > 1:
        from nlp.workers import run_workers

        return run_workers(settings, url, limit, processes, progress, part)
    return work(settings, url, limit, progress, part)


def work(
    settings: Settings, url: str, limit: int | None = None, progress: Progress | None = None, part: Part = ALL
) -> Tally:
    """One worker: batch after batch until nothing is left to claim or `limit` is reached."""
    total = Tally()
    with connect(url) as connection:
        for tally in batches(connection, settings, limit, part):
            total.add(tally)
            if progress:
                progress(total.annotated + total.rejected)
    return total


def batches(
    connection: psycopg.Connection[Any], settings: Settings, limit: int | None = None, part: Part = ALL
) -> Iterator[Tally]:
    """Claim, annotate, write, commit; a tally a batch. A pass that starts at the first id and finds nothing ends it."""
    versions = model_versions(settings)
    annotator, version = Annotator(settings), pipeline_version(versions)
    officials = official_accounts(settings)
    wanted = {"days": list(part.days) if part.days is not None else None, "beside": part.beside, "zone": settings.general.timezone}
    after, done, found = FIRST, 0, False
    while limit is None or done < limit:
        size = settings.general.nlp_batch_size if limit is None else min(settings.general.nlp_batch_size, limit - done)
        with connection.transaction():
            asked = wanted | {"pipeline": version, "after": after, "limit": size}
            rows = connection.execute(_CLAIM.encode(), asked).fetchall()
            tally = _write(connection, rows, annotator, versions, version, officials) if rows else None
        if tally is None:
            if not found:
                return
            after, found = FIRST, False  # once more from the start, for what others held locked and gave back
            continue
        after, found = uuid.UUID(rows[-1][0]), True
        done += len(rows)
        yield tally


def _write(
    connection: psycopg.Connection[Any],
    rows: Sequence[Any],
    annotator: Annotator,
    versions: dict[str, str],
    version: str,
    officials: dict[tuple[str, str], str],
) -> Tally:
    results = annotator.annotate([as_post(row, officials) for row in rows])
    labels: list[Row] = []
    masked: list[tuple[str, int, str, str]] = []
    done: list[tuple[Any, ...]] = []
    for row, result in zip(rows, results, strict=True):
        rejected = not isinstance(result, Analysis)
        if isinstance(result, Analysis):
            labels += [
                (row[0], row[1], task, versions[task], result.labels[task])
                for task in tasks()
                if task in result.labels and task != STORED_APART
            ]
            masked.append((row[0], row[1], versions[STORED_APART], result.labels[STORED_APART]))
        done.append(
            (row[0], row[1], version, "rejected" if rejected else "annotated", reason(result) if rejected else None)
        )
    written = write_annotations(connection, labels)
    write_masked_texts(connection, masked)
    copy_upsert(
        connection, "nlp.done", ("mention_id", "mention_version", "pipeline_version", "outcome", "reason"), done
    )
    rejected_count = sum(row[3] == "rejected" for row in done)
    return Tally(len(done) - rejected_count, rejected_count, written)


def as_post(row: Sequence[Any], officials: dict[tuple[str, str], str]) -> Post:
    """A claimed row as a Post; title and text are given to the pipeline as one text (docs/contracts.md)."""
    _, _, platform, kind, title, text, author_id, handle, parent_id, answered, hint, mentions, event_at = row
    bank = officials.get((platform, handle or "")) or officials.get((platform, author_id or ""))
    return Post(
        text=f"{title}\n{text}" if title else text,
        platform=platform,
        kind=kind,
        language_hint=hint,
        handles=tuple(mentions or ()),
        official_of=bank,
        is_official=bank is not None,
        is_reply=parent_id is not None or answered is not None,
        created_at=event_at,
    )
