"""`renown migrate`: bring a warehouse that you run yourselves to the newest schema, before Airflow starts on it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    import psycopg


def migrate(
    reader: Annotated[bool, typer.Option("--reader/--no-reader", help="Make the read-only role bi_reader too.")] = True,
) -> None:
    """Make or update the warehouse's tables, copy config/ into it, make the role that BI tools use."""
    from cli.output import note
    from cli.warehouse import open_warehouse
    from settings import load_settings
    from warehouse.config_sync import sync_config
    from warehouse.connection import connect, redacted
    from warehouse.migrate import migrate as apply

    settings = load_settings()
    with open_warehouse(settings.home) as url, connect(url) as connection:
        applied = apply(connection)
        note(f"{redacted(url)}: {f'applied {len(applied)} migrations' if applied else 'the schema is up to date'}")
        sync_config(connection, settings)
        if reader:
            _make_reader(connection, settings.home)
            note("role bi_reader: its password stands in home.json (secrets) under RENOWN_HOME")


def _make_reader(connection: psycopg.Connection, home: Path) -> None:
    """The role, or the way to do without it where our login may not make roles."""
    import psycopg

    from settings import RenownError
    from warehouse.roles import ensure_bi_reader

    try:
        ensure_bi_reader(connection, home)
    except psycopg.errors.InsufficientPrivilege:
        raise RenownError("the warehouse's login may not make the role bi_reader",
                          "grant it CREATEROLE, or let your DBA make the role and use --no-reader") from None
