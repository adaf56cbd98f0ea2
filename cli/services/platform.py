"""Bring the whole platform of one home up, and down again.

    PostgreSQL ──► migrations, config, roles ──► sandbox ──► Airflow (migrate, api-server, scheduler, dag-processor) ──► pools
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import requests

from cli.places import read_places
from cli.services import airflow, processes, sandbox
from cli.services.airflow import Api
from settings import RenownError, Settings, load_settings
from settings.home import read_home, update_home
from warehouse import embedded
from warehouse.config_sync import sync_config
from warehouse.connection import connect
from warehouse.migrate import migrate
from warehouse.roles import ensure_bi_reader, ensure_groups

Say = Callable[[str], None]
START_SECONDS = 180


@dataclass
class Platform:
    """A platform that is up: its address, Airflow's API and the settings that its processes see."""

    home: Path
    url: str
    settings: Settings
    api: Api
    sandboxed: bool
    attached: bool = False
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))


def prepare(home: Path, say: Say) -> tuple[str, str]:
    """Start the embedded server and bring the warehouse to the newest schema; returns (warehouse, metadata) addresses."""
    say("PostgreSQL: starting the embedded server")
    embedded_url = embedded.ensure_running(home)
    url = os.environ.get("RENOWN_WAREHOUSE_URL") or embedded_url
    settings = load_settings(home=home)
    with connect(url) as connection:
        applied = migrate(connection)
        sync_config(connection, settings)
        read_places(connection, settings)
        try:
            ensure_bi_reader(connection, home)
            ensure_groups(connection, settings)
        except RenownError as error:  # the marts can be built without it; BI tools wait
            say(str(error))
    say(f"warehouse: {len(applied)} migrations applied" if applied else "warehouse: schema is up to date, nothing to migrate")
    return url, embedded_url.rsplit("/", 1)[0] + "/airflow"


def start(home: Path, say: Say, *, sandboxed: bool) -> Platform:
    """Everything up and healthy. Raises RenownError naming the service and its log when one does not come up."""
    started_at = datetime.now(UTC)
    update_home(home, is_kept=False)
    left = processes.end_all(home)
    if left:
        say(f"ended {left} processes that an earlier start left behind")
    url, metadata_url = prepare(home, say)
    os.environ["RENOWN_HOME"] = str(home)
    if sandboxed:
        say("sandbox: generating the world (12 weeks, five platforms)")
        service = sandbox.service(home, load_settings(home=home).config_dir)
        processes.start(home, service)
        os.environ.update(sandbox.environment(home))
        _wait_for(home, "sandbox", str(service.health_url))
    api = _start_airflow(home, metadata_url, say)
    settings = load_settings(home=home)
    for source in settings.sources.sources:
        slots = max(s.pool_slots for s in settings.sources.sources if s.platform == source.platform)
        api.ensure_pool(f"platform_{source.platform}", slots)
    update_home(home, sandboxed=sandboxed, is_kept=False)
    return Platform(home, url, settings, api, sandboxed, started_at=started_at)


def attach(home: Path) -> Platform | None:
    """The platform that `renown up` keeps running in this home, or None: what a killed `renown run` left behind is nobody's to keep."""
    known = read_home(home)
    pids = known.get("services", {})
    if not known.get("is_kept") or not {"api-server", "scheduler", "dag-processor"} <= set(pids) or not all(map(processes.alive, pids.values())):
        return None
    if known.get("sandboxed"):
        os.environ.update(sandbox.environment(home))
    os.environ["RENOWN_HOME"] = str(home)
    api = Api(home)
    try:
        api.login()
    except requests.RequestException:
        return None
    url = os.environ.get("RENOWN_WAREHOUSE_URL") or embedded.ensure_running(home)
    return Platform(home, url, load_settings(home=home), api, bool(known.get("sandboxed")), attached=True)


def keep(home: Path) -> None:
    """From now on this home's services are to stay up until `renown down`."""
    update_home(home, is_kept=True)


def stop(home: Path) -> int:
    """End every process of this home, the database last; returns how many services there were."""
    update_home(home, is_kept=False)
    count = processes.end_all(home)
    embedded.stop(home)
    return count


def check_alive(home: Path) -> None:
    """Raises RenownError when a service or the database died: the next run heals what it left."""
    for name, pid in read_home(home).get("services", {}).items():
        if not processes.alive(pid):
            raise RenownError(f"the {name} (pid {pid}) died", f"see logs/{name}.log in {home}; run again, nothing is lost")
    if not embedded.answers(home):
        raise RenownError("PostgreSQL does not answer any more", f"see logs/postgres.log in {home}; run again, nothing is lost",
                          exit_code=3)


def _start_airflow(home: Path, metadata_url: str, say: Say) -> Api:
    env = airflow.environment(home, metadata_url)
    airflow.write_password(home)
    say("Airflow: migrating its database" if not read_home(home).get("airflow_migrated") else "Airflow: checking its database")
    airflow.migrate(home, env)
    say("Airflow: starting api-server, scheduler and dag-processor")
    for service in airflow.services(env):
        processes.start(home, service)
    _wait_for(home, "api-server", f"{env['AIRFLOW__API__BASE_URL']}/api/v2/version")
    api = Api(home)
    api.login()
    _wait_for_dags(home, api)
    return api


def _wait_for(home: Path, name: str, address: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    pid = read_home(home)["services"][name]
    with requests.Session() as session:
        session.trust_env = False
        while time.monotonic() < deadline:
            processes.reap()
            if not processes.alive(pid):
                raise RenownError(f"the {name} ended while starting ({_last_line(home, name)})", f"see logs/{name}.log in {home}")
            try:
                if session.get(address, timeout=5).status_code == 200:
                    return
            except requests.RequestException:
                pass
            time.sleep(0.5)
    raise RenownError(f"the {name} did not answer within {START_SECONDS} s", f"see logs/{name}.log in {home}")


def _wait_for_dags(home: Path, api: Api) -> None:
    settings = load_settings(home=home)
    wanted = {"enrich", "marts", "watch", "extracts", "purge"} | {f"extract__{s.id}" for s in settings.sources.sources if s.enabled and s.terms == "approved"}
    wanted |= {f"deliver__{s.id}" for s in settings.subscriptions.subscriptions}
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        check_alive(home)
        if wanted <= api.dag_ids() and api.health()["scheduler"]["status"] == "healthy":
            return
        errors = api.import_errors()
        if errors:
            raise RenownError(f"DAG file {errors[0]['filename']} does not import", "see logs/dag-processor.log in the home")
        time.sleep(1)
    raise RenownError(f"Airflow did not show {', '.join(sorted(wanted - api.dag_ids())) or 'a healthy scheduler'} within "
                      f"{START_SECONDS} s", f"see logs/dag-processor.log in {home}")


def _last_line(home: Path, name: str) -> str:
    log = home / "logs" / f"{name}.log"
    lines = log.read_text("utf-8", "replace").strip().splitlines() if log.exists() else []
    return lines[-1][:200] if lines else "no output"
