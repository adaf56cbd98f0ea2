"""docker-compose.yml with processes for containers: its own commands, environment, order and health checks, on loopback.

    file ──► names of services become 127.0.0.1 with free ports, /renown a folder, /opt/renown the checkout ──► processes

What a container gives for nothing is set beside it: a port of its own for each process, a host name for each worker.
"""

from __future__ import annotations

import base64
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from cli.services.processes import MARK, end_all, marked
from settings.loader import REPOSITORY
from tests.test_compose import AIRFLOW, ENV_EXAMPLE, ONE_SHOT, document
from warehouse import embedded

PORTS = {"postgres": 5432, "redis": 6379, "api-server": 8080, "sandbox": 8900, "scheduler": 8974}
UP_SECONDS = 180
SPEED = {  # the rest of the environment is the file's own
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "30",  # default 300 s: how soon a killed worker's task is missed
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT_DETECTION_INTERVAL": "5",
}


class Topology:
    """The services of the file under one folder. `programs`: bin/ of the image's environment; `redis`: bin/ and libraries."""

    def __init__(self, folder: Path, programs: Path, redis: Path) -> None:
        self.folder, self.home = folder, folder / "renown"
        self.home.mkdir(parents=True)
        self.ports = {name: embedded.free_port() for name in PORTS}
        self.variables = dotenv()
        self.services: dict[str, Any] = document(environment=self.variables)["services"]
        image = re.findall(r"([A-Z_]+)=(\S+)", re.findall(r"^ENV (PATH=.*)$", (REPOSITORY / "Dockerfile").read_text("utf-8"), re.MULTILINE)[0])
        libraries = {} if redis == Path("/") else {"LD_LIBRARY_PATH": str(redis / "usr" / "lib" / "x86_64-linux-gnu")}
        path = os.pathsep.join([str(programs), str(redis / "usr" / "bin"), str(embedded.binaries()), os.environ["PATH"]])
        self.image = {name: self.local(value) for name, value in image} | {
            "PATH": path, "HOME": str(folder), "LANG": "C.UTF-8", **libraries}

    def local(self, text: str) -> str:
        """The text with this machine's addresses and folders in the place of the containers'."""
        text = text.replace("/opt/renown", str(REPOSITORY))
        text = re.sub(r"(?<![\w@/.-])/renown(?![\w])", str(self.home), text)
        for name, port in PORTS.items():
            text = re.sub(rf"(?:\b{name}|127\.0\.0\.1|localhost):{port}\b", f"127.0.0.1:{self.ports[name]}", text)
        text = re.sub(r"\bredis-cli\b", f"redis-cli -p {self.ports['redis']}", text)
        return re.sub(r"\bredis-server\b", f"redis-server --bind 127.0.0.1 --port {self.ports['redis']} --dir {self.folder}", text)

    def environment(self, service: str, host: str) -> dict[str, str]:
        """What the container would see."""
        own = {key: self.local(str(value)) for key, value in self.services[service].get("environment", {}).items()}
        ports = {"PGHOST": "127.0.0.1", "PGPORT": str(self.ports["postgres"]), "HOSTNAME": host, MARK: str(self.folder / host)}
        if service in AIRFLOW:
            logs = {f"AIRFLOW__LOGGING__{kind}_LOG_SERVER_PORT": str(embedded.free_port()) for kind in ("WORKER", "TRIGGER")}
            ports |= logs | SPEED | {"AIRFLOW__API__PORT": str(self.ports["api-server"]), "AIRFLOW__API__HOST": "127.0.0.1",
                                     "AIRFLOW__SCHEDULER__SCHEDULER_HEALTH_CHECK_SERVER_PORT": str(self.ports["scheduler"])}
        return {**self.image, **own, **ports, "SPT_NOENV": "1"}

    def command(self, service: str) -> list[str]:
        """Entry point and command, as the container would run them."""
        found = self.services[service]
        words = [*found.get("entrypoint", []), *found["command"]]
        alone = {"0.0.0.0": "127.0.0.1", str(PORTS["sandbox"]): str(self.ports["sandbox"])}  # the sandbox's --host and --port
        return [alone.get(word, self.local(word)) for word in words]

    def start(self, service: str, host: str | None = None, *more: str) -> None:
        """Start a service, after what it waits for; one that ends by itself is waited for. AssertionError with its log."""
        host = host or service
        with (self.folder / f"{host}.log").open("ab") as log:
            process = subprocess.Popen([*self.command(service), *more], env=self.environment(service, host), cwd=REPOSITORY,
                                       stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True)
        if service in ONE_SHOT:
            assert process.wait(UP_SECONDS) == 0, self.log(host)

    def healthy(self, service: str, host: str | None = None) -> bool:
        """The service's own health check, once."""
        host = host or service
        kind, *words = [self.local(word) for word in self.services[service]["healthcheck"]["test"]]
        words = ["/bin/sh", "-c", *words] if kind == "CMD-SHELL" else words
        with suppress(subprocess.TimeoutExpired):
            return subprocess.run(words, env=self.environment(service, host) | {MARK: str(self.folder / "checks")}, cwd=REPOSITORY,
                                  capture_output=True, timeout=60).returncode == 0
        return False

    def wait(self, service: str, host: str | None = None) -> None:
        """Until the health check passes; AssertionError with the log's tail."""
        deadline = time.monotonic() + UP_SECONDS
        while not self.healthy(service, host):
            assert time.monotonic() < deadline, f"{host or service} is not healthy:\n{self.log(host or service)}"
            time.sleep(1)

    def log(self, host: str) -> str:
        """The end of a service's output."""
        return (self.folder / f"{host}.log").read_text("utf-8", "replace")[-3000:]

    def processes(self, host: str) -> list[int]:
        """Pids of one container's processes."""
        return marked(self.folder / host)

    def kill(self, host: str) -> None:
        """SIGKILL to everything in one container, as `docker kill` does."""
        while pids := self.processes(host):
            for pid in pids:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.1)


def dotenv() -> dict[str, str]:
    """.env as .env.example says: what is empty filled in, and the lines of the scripted world taken."""
    values = {name: secrets.token_hex(24) for name in re.findall(r"^([A-Z_]+)=$", ENV_EXAMPLE, re.MULTILINE)}
    world = re.findall(r"^# (RENOWN_SANDBOX_URL|RENOWN_AS_OF|RENOWN_RATE_FACTOR)=(\S+)$", ENV_EXAMPLE, re.MULTILINE)
    assert len(world) == 3
    return values | dict(world) | {"AIRFLOW_FERNET_KEY": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()}


@contextmanager
def postgres(topology: Topology) -> Iterator[None]:
    """The file's PostgreSQL 18 with its initdb arguments, by the wheel's binaries (they do not run as root, so not by `start`)."""
    data, password = topology.folder / "pgdata", topology.folder / "pgpassword"
    data.mkdir()
    password.write_text(topology.variables["POSTGRES_PASSWORD"])
    for path in (data, password):
        embedded._own(path)
    arguments = topology.services["postgres"]["environment"]["POSTGRES_INITDB_ARGS"].split()
    control = [str(embedded.binaries() / "pg_ctl"), "-D", str(data), "-w"]
    embedded._run([str(embedded.binaries() / "initdb"), "-D", str(data), "-U", "postgres", f"--pwfile={password}",
                   "--auth=scram-sha-256", *arguments], topology.folder)
    log = topology.folder / "postgres.log"
    log.touch()
    embedded._own(log)
    embedded._run([*control, "-l", str(log), "-s", "-o", f"-c port={topology.ports['postgres']} -c listen_addresses=127.0.0.1"
                   " -c unix_socket_directories=''", "start"], topology.folder, log=log)
    try:
        yield
    finally:
        embedded._run([*control, "-m", "immediate", "stop"], topology.folder, check=False)


@contextmanager
def running(folder: Path, programs: Path, redis: Path, *, workers: int = 2, scale: str = "0.1") -> Iterator[Topology]:
    """Everything up in the order of the file, every health check passed; everything ended afterwards, by pid."""
    topology = Topology(folder, programs, redis)
    hosts = [("api-server", "api-server"), ("scheduler", "scheduler"), ("dag-processor", "dag-processor"), ("triggerer", "triggerer")]
    hosts += [("worker", f"worker-{number}") for number in range(1, workers + 1)]
    with postgres(topology):
        try:
            topology.wait("postgres")
            topology.start("redis")
            topology.start("sandbox", None, "--scale", scale)
            topology.start("databases")
            topology.wait("redis")
            topology.start("init")
            for service, host in hosts:
                more = ["--celery-hostname", f"celery@{host}"] if service == "worker" else []
                topology.start(service, host, *more)
                if service == "api-server":
                    topology.wait(service)
            topology.wait("sandbox")
            for service, host in hosts:
                topology.wait(service, host)
            yield topology
        finally:
            for host in ["checks", "sandbox", "databases", "init", *(host for _, host in hosts), "redis"]:
                end_all(topology.folder / host, 5)


def celery_environment(folder: Path) -> Path | None:
    """bin/ of an environment made as the Dockerfile makes the image's, or None where it cannot be installed here."""
    uv = Path(sys.executable).parent / "uv"
    environment = {**os.environ, "VIRTUAL_ENV": str(folder), "UV_LINK_MODE": "hardlink"}
    steps = [[sys.executable, "-m", "venv", "--without-pip", str(folder)],
             [str(uv), "pip", "sync", "-q", "--require-hashes", "requirements-celery.lock", "requirements-bootstrap.lock"],
             [str(uv), "pip", "install", "-q", "--no-deps", "--no-build-isolation", "-e", "."]]
    for step in steps:
        if subprocess.run(step, cwd=REPOSITORY, env=environment, capture_output=True, timeout=400).returncode:
            return None
    return folder / "bin"


def redis_programs(folder: Path) -> Path | None:
    """A folder with usr/bin/redis-server: the machine's own, or Debian's packages unpacked; None where neither is to be had."""
    if shutil.which("redis-server") and shutil.which("redis-cli"):
        return Path("/")
    packages = ["redis-server", "redis-tools", "libjemalloc2", "liblzf1"]
    folder.mkdir(parents=True)
    os.chmod(folder, 0o777)
    try:
        subprocess.run(["apt-get", "download", "-qq", *packages], cwd=folder, check=True, capture_output=True, timeout=120)
        for package in folder.glob("*.deb"):
            subprocess.run(["dpkg", "-x", str(package), str(folder)], check=True, capture_output=True, timeout=60)
    except (OSError, subprocess.SubprocessError):
        return None
    return folder
