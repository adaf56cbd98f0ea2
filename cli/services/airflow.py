"""A real Airflow 3.3 with LocalExecutor on loopback: its settings, its three services, and a thin client of its REST API.

Airflow is reached as a program and over HTTP; only dags/ imports it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from cli.services.processes import MARK, Service
from settings import RenownError
from settings.home import read_home, secret, update_home
from settings.loader import REPOSITORY
from warehouse.connection import sqlalchemy_url
from warehouse.embedded import free_port

USER = "admin"
PATIENCE = 90  # seconds for one answer: a busy machine imports for a minute at the first question
ASK_AGAIN = Retry(total=2, allowed_methods=("GET", "PATCH"), backoff_factor=1, respect_retry_after_header=False)  # what starts something is asked once


def environment(home: Path, metadata_url: str) -> dict[str, str]:
    """The whole Airflow configuration of this home, as environment variables."""
    known = read_home(home)
    port = known.get("airflow_port") or free_port()
    log_port = known.get("airflow_log_port") or free_port()
    update_home(home, airflow_port=port, airflow_log_port=log_port, airflow_url=f"http://127.0.0.1:{port}", airflow_user=USER)
    key = base64.urlsafe_b64encode(hashlib.sha256(secret(home, "fernet").encode()).digest()).decode()
    base = f"http://127.0.0.1:{port}"
    values: dict[str, dict[str, object]] = {
        "core": {"dags_folder": REPOSITORY / "dags", "load_examples": False, "executor": "LocalExecutor", "parallelism": 6,
                 "max_active_tasks_per_dag": 6, "fernet_key": key, "execution_api_server_url": f"{base}/execution/",
                 "simple_auth_manager_users": f"{USER}:admin", "dags_are_paused_at_creation": False,
                 "simple_auth_manager_passwords_file": home / "airflow" / "passwords.json"},
        "database": {"sql_alchemy_conn": sqlalchemy_url(metadata_url), "sql_alchemy_pool_size": 5},
        "api": {"host": "127.0.0.1", "port": port, "base_url": base, "workers": 1, "secret_key": secret(home, "airflow_api"),
                "expose_config": False},
        "api_auth": {"jwt_secret": secret(home, "airflow_jwt") * 2},
        "execution_api": {"jwt_expiration_time": 7200},
        "logging": {"base_log_folder": home / "airflow" / "logs", "worker_log_server_port": log_port,
                    "worker_log_server_host": "127.0.0.1"},
        "scheduler": {"scheduler_idle_sleep_time": 0.5, "scheduler_heartbeat_sec": 2, "orphaned_tasks_check_interval": 20,
                      "scheduler_health_check_threshold": 20, "task_instance_heartbeat_timeout": 60},
        "dag_processor": {"refresh_interval": 60, "min_file_process_interval": 120, "parsing_processes": 1,
                          "dag_file_processor_timeout": 120},
        "usage_data_collection": {"enabled": False},
        "webserver": {"expose_config": False},
    }
    flat = {f"AIRFLOW__{section.upper()}__{name.upper()}": str(value)
            for section, names in values.items() for name, value in names.items()}
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    return {**flat, "AIRFLOW_HOME": str(home / "airflow"), "PYTHONPATH": str(REPOSITORY), "PATH": path,
            "PYTHONDONTWRITEBYTECODE": "", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "NO_PROXY": "127.0.0.1,localhost"}


def write_password(home: Path) -> str:
    """The generated password of the one user, in the file that Airflow's simple auth manager reads."""
    path = home / "airflow" / "passwords.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(json.dumps({USER: secret(home, "airflow_admin")}))
    return secret(home, "airflow_admin")


def migrate(home: Path, env: dict[str, str]) -> bool:
    """Migrate Airflow's metadata database where this version has not done so yet; True when it ran."""
    version = subprocess.run([_program(), "version"], env={**os.environ, **env}, capture_output=True, text=True).stdout.strip()
    stamp = f"{version} {env['AIRFLOW__DATABASE__SQL_ALCHEMY_CONN']}"
    digest = hashlib.sha256(stamp.encode()).hexdigest()
    if read_home(home).get("airflow_migrated") == digest:
        return False
    log = home / "logs" / "airflow-migrate.log"
    with log.open("wb") as output:
        result = subprocess.run([_program(), "db", "migrate"], env={**os.environ, **env, MARK: str(home)}, stdout=output,
                                stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
    if result.returncode:
        last = (log.read_text("utf-8", "replace").strip().splitlines() or ["no output"])[-1]
        raise RenownError(f"Airflow's database could not be migrated ({last[:200]})", f"see {log}")
    update_home(home, airflow_migrated=digest)
    return True


def services(env: dict[str, str]) -> list[Service]:
    """api-server, scheduler and dag-processor; health of the latter two is asked of the api-server."""
    base = env["AIRFLOW__API__BASE_URL"]
    return [Service("api-server", [_program(), "api-server"], env, f"{base}/api/v2/version"),
            Service("scheduler", [_program(), "scheduler"], env),
            Service("dag-processor", [_program(), "dag-processor"], env)]


def _program() -> str:
    return str(Path(sys.executable).parent / "airflow")


class Api:
    """The calls of Airflow's public REST API (v2) that we need. Every method raises RenownError on a refusal."""

    def __init__(self, home: Path) -> None:
        self.base = str(read_home(home)["airflow_url"])
        self.password = secret(home, "airflow_admin")
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.mount(self.base, HTTPAdapter(max_retries=ASK_AGAIN))

    def login(self) -> None:
        """Fetch a token of the simple auth manager."""
        answer = self.session.post(f"{self.base}/auth/token", json={"username": USER, "password": self.password}, timeout=PATIENCE)
        answer.raise_for_status()
        self.session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    def call(self, method: str, path: str, accept: Iterable[int] = (200, 201, 204), **kwargs: Any) -> Any:
        """One call under /api/v2; a token that ran out is renewed once."""
        answer = self.session.request(method, f"{self.base}/api/v2/{path}", timeout=PATIENCE, **kwargs)
        if answer.status_code == 401:
            self.login()
            answer = self.session.request(method, f"{self.base}/api/v2/{path}", timeout=PATIENCE, **kwargs)
        if answer.status_code not in accept:
            raise RenownError(f"Airflow refused {method} {path} ({answer.status_code})", "see logs/api-server.log in the home")
        return answer.json() if answer.content else {}

    def health(self) -> dict[str, Any]:
        """Health of metadatabase, scheduler and dag processor."""
        return dict(self.call("GET", "monitor/health"))

    def dag_ids(self) -> set[str]:
        """Ids of the DAGs that are parsed and serialised."""
        return {dag["dag_id"] for dag in self.call("GET", "dags", params={"limit": 200})["dags"]}

    def import_errors(self) -> list[dict[str, Any]]:
        """DAG files that do not import."""
        return list(self.call("GET", "importErrors")["import_errors"])

    def ensure_pool(self, name: str, slots: int) -> None:
        """Create the pool, or set its slots."""
        body = {"slots": slots, "description": "one pool a platform", "include_deferred": False}
        self.call("POST", "pools", accept=(201, 409), json={"name": name, **body})
        self.call("PATCH", f"pools/{name}", json={"pool": name, **body})

    def trigger(self, dag_id: str, note: str) -> str:
        """Start a run of a DAG now; returns the run's id."""
        body = {"logical_date": None, "note": note, "run_after": datetime.now(UTC).isoformat()}
        return str(self.call("POST", f"dags/{dag_id}/dagRuns", json=body)["dag_run_id"])

    def runs(self, dag_id: str = "~", **parameters: Any) -> list[dict[str, Any]]:
        """Runs of a DAG (or of all), newest first."""
        return list(self.call("GET", f"dags/{dag_id}/dagRuns",
                              params={"limit": 100, "order_by": "-run_after", **parameters})["dag_runs"])

    def fail_run(self, dag_id: str, run_id: str) -> None:
        """Mark a run as failed, its unfinished tasks with it."""
        self.call("PATCH", f"dags/{dag_id}/dagRuns/{run_id}", json={"state": "failed"}, accept=(200, 404, 409))

    def tasks(self, dag_id: str, run_id: str) -> list[dict[str, Any]]:
        """Task instances of a run."""
        return list(self.call("GET", f"dags/{dag_id}/dagRuns/{run_id}/taskInstances", params={"limit": 100})["task_instances"])
