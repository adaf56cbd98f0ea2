"""`renown migrate`: bring a warehouse that you run yourselves to the newest schema, before Airflow starts on it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    import psycopg

    from settings import Settings


def migrate(
    reader: Annotated[bool, typer.Option("--reader/--no-reader", help="Make bi_reader and the groups of docs/access.md too.")] = True,
) -> None:
    """Make or update the warehouse's tables, copy config/ into it, read the registers of branches and ATMs, make the roles that BI tools and people use."""
    from cli.output import note
    from cli.places import read_places
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
        note(read_places(connection, settings))
        if reader:
            note(_make_reader(connection, settings.home))
            note(_make_groups(connection, settings))


def _make_reader(connection: psycopg.Connection, home: Path) -> str:
    """Make the role; returns where its password is."""
    from settings import RenownError
    from warehouse.roles import ensure_bi_reader

    try:
        ours = ensure_bi_reader(connection, home)
    except RenownError as error:
        raise RenownError(str(error), "'renown migrate --no-reader' goes on without it") from None
    return ("role bi_reader: its password stands in home.json (secrets) under RENOWN_HOME" if ours else
            "role bi_reader was made by another login: it may read the marts, its password is that login's affair")


def _make_groups(connection: psycopg.Connection, settings: Settings) -> str:
    """Make the groups; returns which of them a DBA has to make."""
    from warehouse.roles import ensure_groups, group_names

    refused = ensure_groups(connection, settings)
    if refused:
        return f"groups that our login may not make, for your DBA: {' '.join(f'create role {name};' for name in refused)} (docs/access.md)"
    return f"groups for people's logins: {', '.join(group_names(settings))} (docs/access.md)"
