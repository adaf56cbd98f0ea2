"""docker-compose.yml at work: its processes with Redis and two Celery workers fill the marts, also when one worker is killed.

No container engine is needed (tests/whole/topology.py): commands, environment, order and health checks are the file's own.
"""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from cli.services.airflow import Api
from nlp.enrich import pending_count
from settings import load_settings
from settings.home import update_home
from settings.loader import REPOSITORY
from tests.whole import topology
from tests.whole.runner import wait_until
from tests.whole.topology import Topology
from tests.whole.world import AS_OF, LEDGER

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1500)]
WORKERS = ("worker-1", "worker-2")
RUN_SECONDS = 420


@pytest.fixture(scope="module")
def compose(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Topology]:
    folder = tmp_path_factory.mktemp("compose")
    redis = topology.redis_programs(folder / "redis")
    if redis is None:
        pytest.skip("needs redis-server and redis-cli (apt-get install redis-server)")
    programs = topology.celery_environment(folder / "venv")
    if programs is None:
        pytest.skip("needs a package index: requirements-celery.lock could not be installed")
    with topology.running(folder / "up", programs, redis) as started:
        yield started


def rows_of(url: str) -> dict[str, list[tuple[object, ...]]]:
    """Every table of schema marts but those that tell of the runs themselves, whole and sorted."""
    with psycopg.connect(url) as connection:
        names = [name for (name,) in connection.execute(
            "select table_name from information_schema.tables where table_schema = 'marts' and table_name not like 'explain%' order by 1") if name not in LEDGER]
        return {name: sorted(connection.execute(f'select * from marts."{name}"'.encode()).fetchall(), key=repr) for name in names}


def count(url: str, statement: str) -> int:
    """One number; 0 while the table is not there."""
    with psycopg.connect(url) as connection:
        try:
            row = connection.execute(statement.encode()).fetchone()
        except psycopg.errors.UndefinedTable:
            return 0
        return int(row[0]) if row else 0


def api_of(compose: Topology) -> Api:
    """Airflow's API, by the login that the file's `init` made."""
    home = compose.folder / "client"
    update_home(home, airflow_url=f"http://127.0.0.1:{compose.ports['api-server']}",
                secrets={"airflow_admin": compose.variables["AIRFLOW_ADMIN_PASSWORD"]})
    api = Api(home)
    api.login()
    return api


def test_celery_workers_fill_the_marts_though_one_is_killed(
        compose: Topology, built_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RENOWN_AS_OF", AS_OF)
    url = compose.local(str(compose.services["worker"]["environment"]["RENOWN_WAREHOUSE_URL"]))
    settings = load_settings(REPOSITORY / "config", home=compose.folder / "client")
    extractions = {f"extract__{source.id}" for source in settings.sources.sources if source.enabled and source.terms == "approved"}
    api = api_of(compose)
    assert wait_until(lambda: extractions | {"enrich", "marts"} <= api.dag_ids(), 120), api.import_errors()
    health = api.health()
    assert {part: health[part]["status"] for part in ("metadatabase", "scheduler", "dag_processor", "triggerer")} == dict.fromkeys(
        ("metadatabase", "scheduler", "dag_processor", "triggerer"), "healthy")
    assert count(url, "select count(*) from pg_roles where rolname = current_user and rolsuper") == 0
    idle = {worker: len(compose.processes(worker)) for worker in WORKERS}

    # docs/install_into_existing.md: enrich and marts first, then the sources
    for dag in ["enrich", "marts", *sorted(extractions)]:
        api.call("PATCH", f"dags/{dag}", json={"is_paused": False})
    started = {dag: api.trigger(dag, "test") for dag in sorted(extractions)}
    assert wait_until(lambda: count(url, "select count(*) from core.mentions") > 0, 180), compose.log("worker-1")

    # a worker that works is killed, once labels are being written
    def busy() -> list[str]:
        return [worker for worker in WORKERS if len(compose.processes(worker)) > idle[worker]]

    assert wait_until(lambda: count(url, "select count(*) from nlp.done") > 0 and bool(busy()), 240), compose.log("scheduler")
    victim = (busy() or list(WORKERS))[0]
    compose.kill(victim)
    survivor = WORKERS[1 - WORKERS.index(victim)]

    def finished() -> bool:
        runs = [run for dag in ("enrich", "marts", *started) for run in api.runs(dag)]
        with psycopg.connect(url) as connection:
            waiting = pending_count(connection)
        return not waiting and not any(run["state"] in ("queued", "running") for run in runs) and count(
            url, "select count(*) from marts.mart_reputation_daily") > 0

    assert wait_until(finished, RUN_SECONDS), compose.log("scheduler")
    states = {dag: api.call("GET", f"dags/{dag}/dagRuns/{run}")["state"] for dag, run in started.items()}
    assert states == dict.fromkeys(started, "success")
    assert compose.healthy("worker", survivor)
    assert not compose.healthy("worker", victim), "the file's own check sees a dead worker"
    expected, found = rows_of(built_url), rows_of(url)
    assert found.keys() == expected.keys()
    for name, rows in expected.items():
        assert found[name] == rows, f"{name} differs from the world built without Airflow"
