"""The warehouse for the length of one command: the address given, or the embedded server, started when it is not up."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import psycopg


@contextlib.contextmanager
def open_warehouse(home: Path) -> Iterator[str]:
    """The warehouse's address. RENOWN_WAREHOUSE_URL wins; else the embedded server of `home`, stopped again after
    the block where it was not running before. Raises RenownError where neither can be reached."""
    from warehouse.embedded import running

    given = os.environ.get("RENOWN_WAREHOUSE_URL")
    if given:
        yield given
    else:
        with running(home) as url:
            yield url


def prepare(url: str) -> None:
    """Bring the warehouse's tables up to date; what is there already stays. Raises RenownError."""
    from warehouse.connection import connect
    from warehouse.migrate import migrate

    with connect(url) as connection:
        migrate(connection)


@contextlib.contextmanager
def prepared(home: Path) -> Iterator[tuple[psycopg.Connection, str]]:
    """A connection to the warehouse, whose tables are up to date, and its address. Raises RenownError."""
    from warehouse.connection import connect

    with open_warehouse(home) as url:
        prepare(url)
        with connect(url) as connection:
            yield connection, url
