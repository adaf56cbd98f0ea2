"""The small world of world.py, in a database of its own for each test or for a whole module."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import psycopg
import pytest

from tests.expectations.world import fill
from warehouse.connection import connect


@pytest.fixture
def world_url(warehouse_url: str) -> str:
    """A fresh database in which every rule holds."""
    with connect(warehouse_url) as connection:
        fill(connection)
    return warehouse_url


@pytest.fixture(scope="module")
def lasting_world_url(template_url: str) -> Iterator[str]:
    """The same, kept for a module: its tests undo what they do."""
    base, template = template_url.rsplit("/", 1)
    name = f"world_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(base + "/postgres", autocommit=True) as connection:
        connection.execute(f"create database {name} template {template} strategy file_copy".encode())
    with connect(f"{base}/{name}") as connection:
        fill(connection)
    yield f"{base}/{name}"
    with psycopg.connect(base + "/postgres", autocommit=True) as connection:
        connection.execute(f"drop database if exists {name} with (force)".encode())
