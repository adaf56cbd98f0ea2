"""Superset as a service of a home, beside the platform's: it may end without the platform being down, and `renown down` ends it too."""

from __future__ import annotations

import os
import time
from pathlib import Path

import psycopg
import requests

from bi.superset import bundle, server
from cli.services import processes
from settings import RenownError, Settings
from settings.home import read_home, secret, update_home
from warehouse import embedded
from warehouse.connection import connect, sqlalchemy_url, warehouse_url
from warehouse.roles import READER, ensure_bi_reader

START_SECONDS = 180
RECENT = "Last quarter"
BEGINNING = "select (max(event_day) - 90)::text from marts.mart_reputation_daily"


def start(settings: Settings) -> str:
    """Superset up with our dashboards, imported over what was there; returns its address. Raises RenownError."""
    home = settings.home
    if not os.environ.get("RENOWN_WAREHOUSE_URL"):
        server.interpreter()  # asked before a server is started
        embedded.ensure_running(home)
    url = warehouse_url(home)
    with connect(url) as connection:
        period = _period(connection, home)
        ours = ensure_bi_reader(connection, home)
    server.load(home, bundle.files(settings.banks.home, period, reader_url(url, ours)))
    address = running(home)
    return address or _launch(home)


def running(home: Path) -> str | None:
    """The address of this home's Superset where it answers."""
    known = read_home(home).get("superset", {})
    if not known or not processes.alive(known["pid"]) or known["pid"] not in processes.marked(home):
        return None
    return str(known["url"]) if _answers(str(known["url"])) else None


def reader_url(url: str, password: str | None) -> str:
    """The warehouse's address for SQLAlchemy, as bi_reader. Raises RenownError where only a DBA knows the password."""
    known = password or os.environ.get("RENOWN_BI_PASSWORD")
    if not known:
        raise RenownError("the password of bi_reader is your DBA's", "set RENOWN_BI_PASSWORD")
    parts = psycopg.conninfo.conninfo_to_dict(url)
    return sqlalchemy_url(
        f"postgresql://{READER}:{known}@{parts.get('host', '127.0.0.1')}:{parts.get('port', 5432)}/{parts.get('dbname', 'renown')}"
    )


def _period(connection: psycopg.Connection, home: Path) -> str:
    """What the dashboards show at first: the last quarter, or where the sandbox's clock stands still its last 90 days and what was read since."""
    if connection.execute("select to_regclass('marts.mart_reputation_daily') is null").fetchone() == (True,):
        raise RenownError("there are no marts to show", "'make run' or 'renown ingest' build them")
    [(beginning,)] = connection.execute(BEGINNING).fetchall()
    return f"{beginning} : " if read_home(home).get("sandboxed") and beginning else RECENT


def _launch(home: Path) -> str:
    port = int(os.environ.get("RENOWN_SUPERSET_PORT") or embedded.free_port())
    url = f"http://127.0.0.1:{port}"
    pid = processes.launch(home, processes.Service("superset", server.command(port), server.environment(home)))
    update_home(home, superset={"pid": pid, "url": url})
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        processes.reap()
        if not processes.alive(pid):
            break
        if _answers(url):
            return url
        time.sleep(0.5)
    raise RenownError("Superset did not come up", f"see logs/superset.log in {home}")


def _answers(url: str) -> bool:
    with requests.Session() as session:
        session.trust_env = False
        try:
            return session.get(f"{url}/health", timeout=5).status_code == 200
        except requests.RequestException:
            return False


def login(home: Path) -> tuple[str, str]:
    """Who may log in there."""
    return server.LOGIN, secret(home, "superset_admin")
