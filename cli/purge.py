"""`renown purge`: the words of what platforms deleted, out of every table once the grace is over (docs/contracts.md).

    --dry-run ──► how much is due, by platform
    else ──► warehouse.purge, batch by batch ──► copies of alerts, extracts and the outbox from before the grace
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    import psycopg

    from settings import Settings

PROGRESS_ITEMS = 10_000


def purge(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say how much is due, and stop.")] = False,
    json: Annotated[bool, typer.Option("--json", help="The counts as JSON.")] = False,
) -> None:
    """Take the words of what was deleted out of every table, once deletion_grace_days are over. May be killed and run again."""
    from cli.warehouse import prepared
    from settings import load_settings

    settings = load_settings()
    with prepared(settings.home) as (connection, _):
        if dry_run:
            _look(connection, settings, json)
        else:
            _purge(connection, settings, json)


def _look(connection: psycopg.Connection, settings: Settings, json: bool) -> None:
    from dataclasses import asdict

    from cli import output
    from warehouse.purge import due

    waiting = [asdict(one) for one in due(connection, settings.now(), settings.general.deletion_grace_days)]
    if json:
        output.print_json({"purged": False, "grace_days": settings.general.deletion_grace_days, "due": waiting})
    elif waiting:
        output.records(waiting, f"due after {settings.general.deletion_grace_days} days of grace")
    else:
        print("nothing is due")


def _purge(connection: psycopg.Connection, settings: Settings, json: bool) -> None:
    from cli import output
    from cli.through import every
    from delivery.extracts import deletions_wait
    from delivery.forget import forget_purged
    from warehouse.purge import purge as purge_due
    from warehouse.purge import raise_failed

    done = purge_due(connection, settings.now(), settings.general.deletion_grace_days,
                     progress=every(PROGRESS_ITEMS, output.note, "{} items purged"))  # fmt: skip
    files = forget_purged(connection, settings, settings.home / "bi" / "hyper")
    removed = {name: count for name, count in (done.removed | files).items() if count}
    _tell(done.items, removed, json)
    if deletions_wait(connection):
        output.note("the marts still show what was deleted since their last build: 'renown run' (or the DAG marts) builds them")
    raise_failed(done)


def _tell(items: int, removed: dict[str, int], json: bool) -> None:
    """How much went, never what it said."""
    from cli import output

    told: dict[str, Any] = {"purged": True, "items": items, "removed": removed}
    if json:
        output.print_json(told)
    elif removed:
        output.table(("what", "rows"), [("items", items), *removed.items()], "purged")
    else:
        print("nothing is due")
