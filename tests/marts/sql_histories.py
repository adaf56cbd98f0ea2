"""A server of its own with the marts of some random histories, for tools that try many statements on them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg

from settings import load_settings
from settings.loader import REPOSITORY
from tests.marts.compare import fill
from tests.marts.conftest import copied, history
from tests.marts.sql_mutants import Model, models_of
from warehouse.connection import connect
from warehouse.dbt import run_dbt
from warehouse.embedded import ensure_running, stop
from warehouse.migrate import migrate


@contextmanager
def built_histories(folder: Path, seeds: Sequence[str]) -> Iterator[tuple[list[Model], list[str]]]:
    """(the models, compiled as for a whole build, one address a history); the server stops at the end."""
    os.chmod(folder, 0o755)
    base = ensure_running(folder)
    try:
        with connect(base) as connection:
            migrate(connection)
        with ExitStack() as stack:
            urls = [_built(stack.enter_context(copied(base)), int(seed), folder) for seed in seeds]
            yield models_of(folder / "dbt" / "target" / "manifest.json"), urls
    finally:
        stop(folder, "immediate")


def _built(url: str, seed: int, folder: Path) -> str:
    settings, world = history(seed, load_settings(REPOSITORY / "config", home=folder))
    fill(url, settings, world)
    run_dbt(settings, ["run", "--full-refresh"], url=url, as_of=settings.as_of)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("analyze")
    return url
