"""A server of its own with the marts of some histories, for tools that try many statements on them; it may be kept for the next time.

    "1", "2" …  random histories      "coverage"  the hand-made ledger of test_coverage.py      "volume"  the ten weeks of test_statistics.py
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import psycopg

from settings import Settings, load_settings
from settings.loader import REPOSITORY
from tests.marts import sql_judges, test_coverage, test_statistics
from tests.marts.compare import fill, world_of
from tests.marts.conftest import history
from tests.marts.sql_judges import History, Judges, data_tests_of, learn, unit_tests_of
from tests.marts.sql_mutants import models_of
from warehouse.connection import connect
from warehouse.dbt import PROJECT, run_dbt
from warehouse.embedded import ensure_running
from warehouse.migrate import migrate


def judges(folder: Path, names: Sequence[str]) -> tuple[Judges, list[str]]:
    """(those who judge, the models that they cannot judge); what was built in the folder before is used again."""
    os.chmod(folder, 0o755)
    base = ensure_running(folder)
    with connect(base) as connection:
        migrate(connection)
    urls = {name: _database(base, name, folder) for name in names}
    tested = _manifest(folder, urls[names[0]])
    models = models_of(tested)
    histories = [_history(folder, name, url) for name, url in urls.items()]
    unstable = {name for history in histories for name in learn(history, models)}
    unit_tests = unit_tests_of(tested, models, histories[0].connection)
    return Judges(models, histories, unit_tests, list(data_tests_of(tested, histories[0]))), sorted(unstable)


def _database(base: str, name: str, folder: Path) -> str:
    server, template = base.rsplit("/", 1)
    url, kept = f"{server}/history_{name}", folder / f"{name}.built"
    if not kept.exists():
        with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
            connection.execute(f"drop database if exists history_{name} with (force)".encode())
            connection.execute(f"create database history_{name} template {template}".encode())
        settings = _filled(url, name, load_settings(REPOSITORY / "config", home=folder))
        run_dbt(settings, ["run", "--full-refresh", *_selected(name)], url=url, as_of=settings.as_of)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("analyze")
        kept.write_text((settings.as_of or settings.now()).isoformat(), "utf-8")
    return url


def _selected(name: str) -> list[str]:
    return {"coverage": ["--select", *test_coverage.SELECTED], "volume": ["--select", "+mart_crisis_episodes"]}.get(name, [])


def _filled(url: str, name: str, settings: Settings) -> Settings:
    if name == "coverage":
        settings = test_coverage.coverage_settings(settings)
        test_coverage.fill(url, settings)
        return settings
    if name == "volume":
        settings = settings.model_copy(update={"as_of": test_statistics.utc(2026, 3, 25)})
        world = world_of(settings, test_statistics.volume(4))
    else:
        settings, world = history(int(name), settings)
    fill(url, settings, world)
    return settings


def _manifest(folder: Path, url: str) -> Path:
    """The manifest with the statements of models and data tests; beside it lie those of the unit tests, which dbt writes as it runs them."""
    digest = hashlib.sha256()
    for path in sorted(PROJECT.rglob("*.*ml")) + sorted(PROJECT.rglob("*.sql")):
        digest.update(path.read_bytes())
    kept = folder / f"compiled-{digest.hexdigest()[:12]}"
    if not kept.exists():
        settings = load_settings(REPOSITORY / "config", home=folder)
        run_dbt(settings, ["compile"], url=url, as_of=_clock(folder, url))
        compiled = (folder / "dbt" / "target" / "manifest.json").read_bytes()
        run_dbt(settings, ["test", "--select", "test_type:unit"], url=url, as_of=None)
        shutil.copytree(folder / "dbt" / "target", kept)
        (kept / "manifest.json").write_bytes(compiled)
    return kept / "manifest.json"


def _clock(folder: Path, url: str) -> datetime:
    return datetime.fromisoformat((folder / f"{url.rsplit('_', 1)[1]}.built").read_text("utf-8"))


def _history(folder: Path, name: str, url: str) -> History:
    held = {"coverage": sql_judges.HELD_OF_COVERAGE, "volume": sql_judges.HELD_OF_VOLUME}.get(name) or sql_judges.held_of_random_histories()
    return History(name, url, held, _clock(folder, url).isoformat(), sql_judges.ALARMS)
