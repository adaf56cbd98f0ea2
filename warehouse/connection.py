"""Where the warehouse is and how to reach it.

    RENOWN_WAREHOUSE_URL, else $RENOWN_HOME/home.json (embedded server) ──► warehouse_url() ──► connect()
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from settings import RenownError
from settings.home import read_home

SUPPORTED_MAJOR = range(15, 19)
# What a session of ours relies on, whatever the server's defaults. jit: compiling a landing takes far longer than running it.
SESSION = "-c timezone=UTC -c datestyle=ISO -c intervalstyle=postgres -c jit=off"


def warehouse_url(home: Path) -> str:
    """The warehouse's address, postgresql://user:password@host:port/database. Raises RenownError where there is none."""
    url = os.environ.get("RENOWN_WAREHOUSE_URL") or read_home(home).get("warehouse_url")
    if not url:
        raise RenownError(f"no warehouse at {home}", "run 'make run' or 'renown up' first, or set RENOWN_WAREHOUSE_URL", exit_code=3)
    return str(url)


def connect(url: str, *, autocommit: bool = False) -> psycopg.Connection:
    """A psycopg connection in UTC, without JIT. Raises RenownError (one line, no password) when the server does not answer."""
    try:
        connection = psycopg.connect(url, autocommit=autocommit, connect_timeout=10, application_name="renown",
                                     options=SESSION)
    except psycopg.OperationalError as error:
        raise RenownError(f"warehouse at {redacted(url)} does not answer ({_first_line(error)})",
                          "start it ('renown up') or correct RENOWN_WAREHOUSE_URL", exit_code=3) from None
    return connection


def check_version(connection: psycopg.Connection) -> None:
    """Raises RenownError unless the server is PostgreSQL 15 to 18."""
    major = connection.info.server_version // 10_000
    if major not in SUPPORTED_MAJOR:
        raise RenownError(f"the warehouse is PostgreSQL {major}", "use PostgreSQL 15 to 18", exit_code=2)


def redacted(url: str) -> str:
    """host:port/database of an address, without user and password."""
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port or 5432}{parts.path}"


def libpq_environment(url: str) -> dict[str, str]:
    """Variables for tools that want the parts of an address (dbt's profile): RENOWN_PG*, and libpq's own for TLS."""
    parts = psycopg.conninfo.conninfo_to_dict(url)
    names = {"host": "RENOWN_PGHOST", "port": "RENOWN_PGPORT", "user": "RENOWN_PGUSER",
             "password": "RENOWN_PGPASSWORD", "dbname": "RENOWN_PGDATABASE",
             **{key: f"PG{key.upper()}" for key in ("sslmode", "sslrootcert", "sslcert", "sslkey")}}
    return {names[key]: str(value) for key, value in {"host": "", "port": "5432", **parts}.items() if key in names}


def sqlalchemy_url(url: str, driver: str = "psycopg2") -> str:
    """The same address for SQLAlchemy, with an explicit driver."""
    return re.sub(r"^postgres(ql)?(\+\w+)?://", f"postgresql+{driver}://", url)


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or ["no reason given"])[0][:200]
