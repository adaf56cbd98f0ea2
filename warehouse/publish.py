"""Keep what the marts said: after their gate, what differs from the newest publication becomes one more, in one transaction.

    marts.* ──► ops.publish() ──► ops.publications, published_cells, published_mentions ──► marts.mart_restatements, marts.published()

A build that dies publishes nothing; one that is run again over the same marts publishes nothing twice (docs/restatements.md).
"""

from __future__ import annotations

import hashlib

from settings import Settings
from warehouse.connection import connect
from warehouse.dbt import PROJECT


def publish(settings: Settings, url: str) -> int | None:
    """Publish the marts as they stand; returns the publication's number, None where nothing differs from the newest one."""
    with connect(url) as connection:
        row = connection.execute(
            "select ops.publish((select as_of from marts_staging.stg_settings), %s, %s)", (settings.config_version, definition_version())
        ).fetchone()
        connection.commit()
    return None if row is None or row[0] is None else int(row[0])


def definition_version() -> str:
    """A hash of the dbt project's SQL and macros: another one means that other definitions made the numbers."""
    digest = hashlib.sha256()
    for path in sorted(path for folder in ("models", "macros") for path in (PROJECT / folder).rglob("*.sql")):
        digest.update(path.relative_to(PROJECT).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]
