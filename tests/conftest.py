"""Fixtures that every room shares: one embedded PostgreSQL a test run, one fresh migrated database a test."""

from __future__ import annotations

import os
import socket
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from settings import Settings, load_settings
from settings.loader import REPOSITORY
from tests import parsed
from tests.warm_dbt import WarmDbt
from warehouse import dbt
from warehouse.connection import connect
from warehouse.embedded import ensure_running, stop
from warehouse.migrate import migrate

dbt.run_dbt = parsed.sharing(dbt.run_dbt)  # before any file of tests takes it by name
dbt.subprocess = WarmDbt()  # type: ignore[assignment]
_resolve = socket.getaddrinfo


def _only_this_machine(host: Any, *given: Any, **named: Any) -> Any:
    """No test asks the network for a name: whoever looks one up waits for the resolver, and is answered otherwise on another machine."""
    name = host.decode() if isinstance(host, bytes) else host
    if name in (None, "", "localhost") or name[0].isdigit() or ":" in name or name == socket.gethostname():
        return _resolve(host, *given, **named)
    raise socket.gaierror(socket.EAI_NONAME, f"tests look up no name: {name}")


socket.getaddrinfo = _only_this_machine


@pytest.fixture(scope="session", autouse=True)
def _one_parse(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What dbt has parsed in one test is there for the others, also those of other workers."""
    base = tmp_path_factory.getbasetemp()
    parsed.keep_in(base.parent if "PYTEST_XDIST_WORKER" in os.environ else base)


@pytest.fixture(scope="module", autouse=True)
def _no_setting_left_behind() -> Iterator[None]:
    """No file of tests leaves a RENOWN_ variable to the next, whichever that is."""
    before = _renown_variables()
    yield
    assert _renown_variables() == before


def _renown_variables() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name.startswith("RENOWN_")}


@pytest.fixture(scope="session")
def server_home() -> Iterator[Path]:
    """The home of the test run's own server."""
    with tempfile.TemporaryDirectory(prefix="renown-tests-", ignore_cleanup_errors=True) as folder:
        os.chmod(folder, 0o755)
        home = Path(folder)
        yield home
        stop(home, "immediate")


@pytest.fixture(scope="session")
def template_url(server_home: Path) -> str:
    """The address of a migrated database that tests copy."""
    url = ensure_running(server_home)
    base, name = url.rsplit("/", 1)[0], f"template_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(base + "/postgres", autocommit=True) as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):  # nobody pulls this server's plug: do not wait for the disk
            connection.execute(f"alter system set {setting} = off".encode())
        connection.execute("select pg_reload_conf()")
        connection.execute(f"create database {name}".encode())
    with connect(f"{base}/{name}") as connection:
        migrate(connection)
    return f"{base}/{name}"


@pytest.fixture
def warehouse_url(template_url: str) -> Iterator[str]:
    """A fresh migrated database, dropped afterwards."""
    base, template = template_url.rsplit("/", 1)
    name = f"tests_{uuid.uuid4().hex[:12]}"  # as long as a copy's (tests/parsed.py)
    with psycopg.connect(base + "/postgres", autocommit=True) as connection:
        connection.execute(f"create database {name} template {template} strategy file_copy".encode())
    yield f"{base}/{name}"
    with psycopg.connect(base + "/postgres", autocommit=True) as connection:
        connection.execute(f"drop database if exists {name} with (force)".encode())


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The committed demo configuration, with a home of its own and the sandbox's clock."""
    monkeypatch.setenv("RENOWN_AS_OF", "2026-03-30T00:00:00Z")
    return load_settings(REPOSITORY / "config", home=tmp_path / "home")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of research data, where this machine has it."""
    folder = Path(os.environ.get("RENOWN_SHARED") or REPOSITORY.parent / "shared") / "data"
    if not folder.is_dir():
        pytest.skip(f"needs the research data under {folder} (set RENOWN_SHARED); they are not part of the repository")
    return folder


# Files whose few tests take minutes begin first, so that no worker is left with one of them at the end (`--no-loadscope-reorder`).
LONG_FILES = (
    "tests/whole/test_world.py",
    "tests/whole/test_real_tweets.py",
    "tests/extractors/test_contract_suite.py",
    "tests/marts/test_reference.py",
    "tests/marts/",
    "tests/nlp/",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first, the rest as collected."""

    def place(item: pytest.Item) -> int:
        return next((n for n, start in enumerate(LONG_FILES) if item.nodeid.startswith(start)), len(LONG_FILES))

    items.sort(key=place)
