"""One small sandbox world for the whole session: extracted, annotated, checked and built once."""

from __future__ import annotations

import os
from collections.abc import Iterator

import psycopg
import pytest

from tests.whole.world import World, annotate_all, build_all, extract_all, start_sandbox


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A sandbox at a tenth of its size."""
    started = start_sandbox(tmp_path_factory.mktemp("world"))
    yield started
    started.process.terminate()
    started.process.wait(20)


@pytest.fixture(autouse=True)
def _environment(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that uses the world speaks to it; no other test is told of it."""
    if "world" in request.fixturenames:
        request.getfixturevalue("world").enter(monkeypatch)


@pytest.fixture(scope="session")
def built_url(world: World, template_url: str) -> str:
    """The address of a warehouse that holds the world, all the way to the marts."""
    base = template_url.rsplit("/", 1)[0]
    with psycopg.connect(base + "/postgres", autocommit=True) as connection:
        connection.execute(f"create database built template {template_url.rsplit('/', 1)[1]}".encode())
    url = f"{base}/built"
    with pytest.MonkeyPatch.context() as patch:
        world.enter(patch)
        extract_all(world, url)
        annotate_all(world, url)
        build_all(world, url)
    return url


@pytest.fixture
def copied_url(built_url: str) -> Iterator[str]:
    """A copy of the built warehouse that a test may spoil."""
    base, name = built_url.rsplit("/", 1)[0], f"copy_{os.urandom(4).hex()}"
    with psycopg.connect(base + "/postgres", autocommit=True) as connection:
        connection.execute(f"create database {name} template built strategy file_copy".encode())
    yield f"{base}/{name}"
    with psycopg.connect(base + "/postgres", autocommit=True) as connection:
        connection.execute(f"drop database {name} with (force)".encode())
