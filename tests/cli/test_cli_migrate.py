"""`renown migrate` on a PostgreSQL that exists, also with a login that is no superuser."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from settings.home import read_home
from tests.cli.calling import Renown, one_clear_line
from warehouse import roles


@pytest.fixture
def ordinary(template_url: str) -> Iterator[str]:
    """An empty database that an ordinary login owns: no superuser, no right to make roles."""
    name, base = f"own_{uuid.uuid4().hex[:10]}", template_url.rsplit("/", 1)[0]
    with psycopg.connect(base + "/postgres", autocommit=True) as connection:
        connection.execute(f"create role {name} login password 'p'".encode())
        connection.execute(f"create database {name} owner {name}".encode())
    parts = urlsplit(base)
    yield f"postgresql://{name}:p@{parts.hostname}:{parts.port}/{name}"
    with psycopg.connect(base + "/postgres", autocommit=True) as connection:
        connection.execute(f"drop database {name} with (force)".encode())
        connection.execute(f"drop role {name}".encode())


def count(url: str, statement: str) -> int:
    """One number."""
    with psycopg.connect(url) as connection:
        row = connection.execute(statement.encode()).fetchone()
        return int(row[0]) if row else 0


def test_an_empty_database_becomes_a_warehouse(renown: Renown, ordinary: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RENOWN_WAREHOUSE_URL", ordinary)
    first = renown("migrate", "--no-reader")
    assert first.code == 0, first.err
    assert "applied" in first.err
    assert count(ordinary, "select count(*) from config.banks") == 5
    assert "places: 49 branches and 97 ATMs" in first.err
    assert count(ordinary, "select count(*) from nlp.place_names") > 20_000
    again = renown("migrate", "--no-reader")
    assert (again.code, "up to date" in again.err) == (0, True)


def test_the_reader_is_made_with_a_password_in_the_home(
    renown: Renown, warehouse_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RENOWN_WAREHOUSE_URL", warehouse_url)
    assert renown("migrate").code == 0
    parts = urlsplit(warehouse_url)
    password = read_home(tmp_path / "home")["secrets"]["bi_reader"]
    reader = f"postgresql://bi_reader:{password}@{parts.hostname}:{parts.port}{parts.path}"
    assert count(reader, "select count(*) from pg_namespace where nspname = 'marts'") == 1
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        count(reader, "select count(*) from raw.batches")


def test_a_login_that_may_not_make_roles_is_told_so(
    renown: Renown, ordinary: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RENOWN_WAREHOUSE_URL", ordinary)
    monkeypatch.setattr(roles, "READER", "nobody_made_me")  # roles belong to the whole server: other tests may have made theirs
    refused = renown("migrate")
    assert refused.code == 1
    line = refused.err.strip().splitlines()[-1]
    assert line.startswith("renown: the warehouse's login may not make the role bi_reader: 'alter role own_")
    assert "--no-reader" in line
    assert "Traceback" not in refused.err


def test_a_reader_that_a_dba_made_keeps_its_password(
    renown: Renown, ordinary: str, template_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, parts = f"reader_{uuid.uuid4().hex[:8]}", urlsplit(ordinary)
    monkeypatch.setenv("RENOWN_WAREHOUSE_URL", ordinary)
    monkeypatch.setattr(roles, "READER", name)
    with psycopg.connect(template_url, autocommit=True) as connection:
        connection.execute(f"create role {name} login password 'dba'".encode())
    try:
        assert "made by another login" in renown("migrate").err
        assert read_home(tmp_path / "home")["bi_password_ours"] is False
        with psycopg.connect(ordinary) as connection:
            connection.execute("create table marts.t as select 1 as n")
            connection.execute(f"grant select on marts.t to {name}".encode())
        assert count(f"postgresql://{name}:dba@{parts.hostname}:{parts.port}{parts.path}", "select n from marts.t") == 1
    finally:
        with psycopg.connect(template_url.rsplit("/", 1)[0] + parts.path, autocommit=True) as connection:
            connection.execute(f"drop owned by {name}".encode())
            connection.execute(f"drop role {name}".encode())


def test_a_login_without_a_right_on_the_database_is_told_which(
    renown: Renown, ordinary: str, template_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = f"other_{uuid.uuid4().hex[:8]}"
    parts = urlsplit(ordinary)
    monkeypatch.setenv("RENOWN_WAREHOUSE_URL", f"postgresql://{other}:p@{parts.hostname}:{parts.port}{parts.path}")
    with psycopg.connect(template_url, autocommit=True) as connection:
        connection.execute(f"create role {other} login password 'p'".encode())
    try:
        line = one_clear_line(renown("migrate"))
        assert "permission denied for database" in line
        assert f"'grant create on database {parts.path[1:]} to {other}'" in line
    finally:
        with psycopg.connect(template_url, autocommit=True) as connection:
            connection.execute(f"drop role {other}".encode())


def test_nothing_is_done_without_a_configuration(
    renown: Renown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RENOWN_CONFIG", str(tmp_path / "nowhere"))
    assert "no such folder" in one_clear_line(renown("migrate"))
    assert not (tmp_path / "home").exists()
