"""docker-compose.yml, Dockerfile, .env.example: valid, complete, free of secrets; each check with its mutant.

No container engine is needed: the file is read as Compose reads it (merge keys, ${VAR:-default}, ${VAR:?message}).
Where a Compose client or a parser of the Compose Specification is installed, that reads it too.
"""

from __future__ import annotations

import copy
import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import psycopg
import pytest
import yaml

from delivery.channels.address import variable
from extractors.registry import PLATFORMS
from settings import load_settings
from settings.loader import REPOSITORY

TEXT = (REPOSITORY / "docker-compose.yml").read_text("utf-8")
ENV_EXAMPLE = (REPOSITORY / ".env.example").read_text("utf-8")
CHANNELS_EXAMPLE = (REPOSITORY / "channels.env.example").read_text("utf-8")
VARIABLE = re.compile(r"(?<!\$)\$\{([A-Z_][A-Z0-9_]*)(?:(:?[-?])([^}]*))?\}")
AIRFLOW = {"init", "api-server", "scheduler", "dag-processor", "triggerer", "worker"}
ON_DEMAND = {"sandbox", "links"}  # each behind a profile of its own name
OURS = AIRFLOW | ON_DEMAND
SERVICES = OURS | {"postgres", "databases", "redis", "metabase"}
ONE_SHOT = {"databases", "init"}
SECRET_NAME = re.compile(r"PASS|SECRET|KEY|TOKEN|(NOTIFY|SMTP|AWS|SFTP)_URL|REDISCLI_AUTH")
Document = dict[str, Any]

# The part of the Compose Specification that the file uses; whatever is not named here is refused, misspellings too.
STRINGS = {"oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
DURATION = {"type": "string", "pattern": r"^([0-9]+(us|ms|s|m|h))+$"}
SERVICE = {
    "type": "object",
    "additionalProperties": False,
    "patternProperties": {"^x-": {}},
    "required": ["image"],
    "properties": {
        "image": {"type": "string", "pattern": r"^[a-z0-9./_-]+:[A-Za-z0-9._-]+$"},
        "build": {"type": "object", "properties": {"context": {"type": "string"}}, "additionalProperties": False},
        "init": {"type": "boolean"},
        "restart": {"enum": ["no", "always", "on-failure", "unless-stopped"]},
        "logging": {
            "type": "object",
            "properties": {"driver": {"type": "string"}, "options": {"additionalProperties": {"type": "string"}}},
        },
        "security_opt": {"type": "array", "items": {"type": "string"}},
        "cap_drop": {"type": "array", "items": {"type": "string"}},
        "env_file": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["path", "required"],
                "additionalProperties": False,
                "properties": {"path": {"type": "string"}, "required": {"type": "boolean"}},
            },
        },
        "environment": {"type": "object", "additionalProperties": {"type": ["string", "number", "null"]}},
        "volumes": {"type": "array", "items": {"type": "string", "pattern": "^[^:]+:/[^:]+(:ro)?$"}},
        "ports": {"type": "array", "items": {"type": "string", "pattern": r"^([0-9.]+:)?[0-9]+:[0-9]+$"}},
        "shm_size": {"type": "string", "pattern": "^[0-9]+(b|k|m|g|kb|mb|gb)$"},
        "entrypoint": STRINGS,
        "command": STRINGS,
        "profiles": {"type": "array", "items": {"type": "string", "pattern": "^[a-zA-Z0-9][a-zA-Z0-9_.-]+$"}},
        "stop_grace_period": DURATION,
        "depends_on": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "required": ["condition"],
                "additionalProperties": False,
                "properties": {"condition": {"enum": ["service_healthy", "service_completed_successfully"]}},
            },
        },
        "healthcheck": {
            "type": "object",
            "additionalProperties": False,
            "required": ["test"],
            "properties": {
                "test": STRINGS, "interval": DURATION, "timeout": DURATION, "retries": {"type": "integer"},
                "start_period": DURATION,
            },
        },
    },
}  # fmt: skip
SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "patternProperties": {"^x-": {}},
    "required": ["services"],
    "properties": {
        "services": {
            "type": "object",
            "patternProperties": {"^[a-zA-Z0-9._-]+$": SERVICE},
            "additionalProperties": False,
        },
        "volumes": {"type": "object", "additionalProperties": {"type": "null"}},
    },
}


def platform_credentials() -> set[str]:
    """Every variable that a platform's contract reads a credential from."""
    contracts = [module.CONTRACT for module in PLATFORMS.values()]
    return {name for contract in contracts for name in (*contract.secrets, *contract.optional_credentials)}


def example_environment() -> dict[str, str]:
    """Every variable of .env.example with a value: the example's own, or a plain word where it is left empty."""
    lines = re.findall(r"^(?:# )?([A-Z][A-Z0-9_]*)=(.*)$", ENV_EXAMPLE, re.MULTILINE)
    return {name: value or f"filled{name.replace('_', '').lower()}" for name, value in lines}


def interpolate(text: str, environment: dict[str, str]) -> str:
    """The text as Compose reads it. Raises KeyError for a required variable that is missing."""

    def value(match: re.Match[str]) -> str:
        name, operator, argument = match.groups()
        given = environment.get(name, "")
        if given or (operator in (None, "-", "?") and name in environment):
            return given
        if operator and operator.endswith("?"):
            raise KeyError(name)
        return argument or ""

    return VARIABLE.sub(value, text).replace("$$", "$")


def document(text: str = TEXT, environment: dict[str, str] | None = None) -> Document:
    """The file as a tree; like Compose, YAML is read first and variables are filled in afterwards."""
    given = example_environment() if environment is None else environment

    def filled(node: Any) -> Any:
        if isinstance(node, dict):
            return {key: filled(value) for key, value in node.items()}
        if isinstance(node, list):
            return [filled(value) for value in node]
        return interpolate(node, given) if isinstance(node, str) else node

    loaded: Document = filled(yaml.safe_load(text))
    return loaded


# ---- the checks: each returns what is wrong ----


def against_schema(compose: Document) -> list[str]:
    return [
        f"{'/'.join(map(str, e.absolute_path))}: {e.message[:80]}"
        for e in jsonschema.Draft7Validator(SCHEMA).iter_errors(compose)
    ]


def services(compose: Document) -> list[str]:
    found = compose["services"]
    wrong = [f"missing or unknown service {name}" for name in SERVICES ^ set(found)]
    wrong += [
        f"{name} is behind no profile"
        for name in ON_DEMAND & set(found)
        if found[name].get("profiles") != [name]
    ]
    images = {found[name]["image"] for name in OURS & set(found)}
    return wrong + ([f"more than one image of ours: {images}"] if len(images) != 1 else [])


def health(compose: Document) -> list[str]:
    return [
        f"{name} has no health check"
        for name, service in compose["services"].items()
        if name not in ONE_SHOT and not service.get("healthcheck", {}).get("test")
    ]


def order(compose: Document) -> list[str]:
    """Whoever needs another waits until it is healthy, or has ended well; only for services that are there."""
    wrong, found = [], compose["services"]
    for name, service in found.items():
        for other, how in service.get("depends_on", {}).items():
            expected = "service_completed_successfully" if other in ONE_SHOT else "service_healthy"
            if other not in found or how["condition"] != expected:
                wrong.append(f"{name} waits for {other} by {how['condition']}")
    needs = {
        "databases": {"postgres"},
        "init": {"databases"},
        "api-server": {"init"},
        "metabase": {"databases"},
        "links": {"init"},
        **{name: {"init", "redis", "api-server"} for name in AIRFLOW - {"init", "api-server"}},
    }
    return wrong + [
        f"{name} does not wait for {other}"
        for name, others in needs.items()
        for other in others - set(found.get(name, {}).get("depends_on", {}))
    ]


def ports(compose: Document) -> list[str]:
    return [
        f"{name} publishes {port} beyond this machine"
        for name, service in compose["services"].items()
        for port in service.get("ports", [])
        if not port.startswith("127.0.0.1:")
    ]


def state(compose: Document) -> list[str]:
    """What must survive lies in named volumes that are declared; configuration is mounted read-only."""
    declared, wrong = set(compose["volumes"]), []
    for name, target in (
        ("postgres", "/var/lib/postgresql"),
        ("redis", "/data"),
        *((name, "/renown") for name in (*AIRFLOW, "links")),
    ):
        mounts = {volume.split(":")[1]: volume.split(":")[0] for volume in compose["services"][name].get("volumes", [])}
        if mounts.get(target) not in declared:
            wrong.append(f"{name} keeps {target} in no named volume")
    wrong += [
        f"{name} mounts {volume} writable"
        for name, service in compose["services"].items()
        for volume in service.get("volumes", [])
        if volume.startswith(".") and not volume.endswith(":ro")
    ]
    return wrong


def door(compose: Document) -> list[str]:
    """The door listens where its port is published and looked for, reads the warehouse that the tasks write, and gets both of its keys."""
    service, wrong = compose["services"]["links"], []
    given = dict(zip(service["command"][3::2], service["command"][4::2], strict=True))
    published = [port.rsplit(":", 1)[1] for port in service.get("ports", [])]
    if service["command"][:3] != ["renown", "links", "serve"] or given.get("--host") != "0.0.0.0" or [given.get("--port")] != published:
        wrong.append(f"it runs {service['command']} and publishes {published}")
    if f'"127.0.0.1", {given.get("--port")})' not in service["healthcheck"]["test"][-1]:
        wrong.append("its health check looks elsewhere")
    tasks = compose["services"]["worker"]["environment"]
    same = ("RENOWN_WAREHOUSE_URL", "RENOWN_CONFIG", "RENOWN_HOME", "RENOWN_LINK_KEY", "RENOWN_AS_OF")
    wrong += [f"{name} is not the tasks'" for name in same if service["environment"].get(name) != tasks.get(name)]
    return wrong + ([] if "RENOWN_DESK_KEY" in service["environment"] else ["outcomes have no key"])


def named_addresses() -> set[str]:
    """Every variable that oncall.yml and subscriptions.yml name: env: of people, connections of channels."""
    settings = load_settings(REPOSITORY / "config")
    people = [reference for person in settings.oncall.people for reference in (person.email, person.chat) if reference]
    connections = [getattr(sub.channel, "conn_id", None) for sub in settings.subscriptions.subscriptions]
    return {name.removeprefix("env:") for name in people if name.startswith("env:")} | {variable(name) for name in connections if name}


def addresses(compose: Document) -> list[str]:
    """What config/ names reaches whoever sends; nobody else gets the file, and no file with the database owner's password goes anywhere."""
    held, wrong = set(re.findall(r"^# (RENOWN_[A-Z0-9_]+)=", CHANNELS_EXAMPLE, re.MULTILINE)), []
    for name, service in compose["services"].items():
        files = service.get("env_file", [])
        wrong += [f"{name} gets {file['path']}" for file in files if file["path"] != "channels.env" or name not in AIRFLOW]
        wrong += [f"{name} does not start without {file['path']}" for file in files if file["required"]]
        if name in AIRFLOW:
            given = set(service["environment"]) | (held if any(file["path"] == "channels.env" for file in files) else set())
            wrong += [f"{name} does not get {missing}" for missing in named_addresses() - given]
            wrong += [f"{both} of channels.env is hidden by what {name} sets" for both in held & set(service["environment"])]
    return wrong


def airflow(compose: Document) -> list[str]:
    """What Airflow 3 with Celery needs in every one of its containers, the same in all of them."""
    wrong = []
    environments = {name: compose["services"][name].get("environment", {}) for name in AIRFLOW}
    must = {
        "AIRFLOW__CORE__EXECUTOR": "CeleryExecutor",
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": "http://api-server:8080/execution/",
        "AIRFLOW__CORE__LOAD_EXAMPLES": "false",
        "AIRFLOW__SCHEDULER__ENABLE_HEALTH_CHECK": "true",
        **{
            name: None
            for name in (
                "AIRFLOW__API_AUTH__JWT_SECRET",
                "AIRFLOW__CORE__FERNET_KEY",
                "AIRFLOW__API__BASE_URL",
                "AIRFLOW__API__SECRET_KEY",
                "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN",
                "AIRFLOW__CELERY__BROKER_URL",
                "AIRFLOW__CELERY__RESULT_BACKEND",
                "RENOWN_WAREHOUSE_URL",
            )
        },
    }
    for key, expected in must.items():
        values = {str(environment.get(key)) for environment in environments.values()}
        if len(values) != 1 or values == {"None"} or (expected and values != {expected}):
            wrong.append(f"{key} is {values}")
    commands = {
        "api-server": "api-server",
        "scheduler": "scheduler",
        "dag-processor": "dag-processor",
        "triggerer": "triggerer",
        "worker": "worker",
    }
    return wrong + [
        f"{name} runs another command"
        for name, last in commands.items()
        if compose["services"][name].get("command", [""])[-1] != last
    ]


def secrets(text: str) -> list[str]:
    """No value of a secret stands in the file, and each secret that it needs stops Compose when it is missing."""
    wrong = []
    for line in text.splitlines():
        name, _, value = line.strip().partition(": ")
        if (
            SECRET_NAME.search(name)
            and name.isupper()
            and not name.endswith(("_FILE", "_CMD"))
            and not value.startswith("${")
        ):
            wrong.append(f"{name} has a literal value")
        wrong += [f"{found} may be empty" for found in re.findall(r"://[a-z]*:([^@\s]+)@", line) if ":?" not in found]
    optional = {"RENOWN_NOTIFY_URL", "RENOWN_LINK_KEY", "RENOWN_DESK_KEY", "RENOWN_SMTP_URL", "RENOWN_AWS_URL", "RENOWN_SFTP_URL", *platform_credentials()}
    return wrong + [
        f"{name} may be empty"
        for name, operator, _ in VARIABLE.findall(text)
        if SECRET_NAME.search(name) and name not in optional and operator != ":?"
    ]


def documented(text: str) -> list[str]:
    """All variables stand in .env.example and are used; required ones are empty, others name the default."""
    used: dict[str, set[tuple[str, str]]] = {}
    for name, operator, argument in VARIABLE.findall(text):
        used.setdefault(name, set()).add((operator, argument))
    listed = dict(re.findall(r"^((?:# )?[A-Z][A-Z0-9_]*)=(.*)$", ENV_EXAMPLE, re.MULTILINE))
    names = {name.removeprefix("# ") for name in listed}
    wrong = [f"{name} is not in .env.example" for name in set(used) - names]
    wrong += [f"{name} of .env.example is used nowhere" for name in names - set(used) - {"COMPOSE_PROFILES"}]
    required = {name for name, forms in used.items() if any(operator == ":?" for operator, _ in forms)}
    wrong += [f"{name} is not left empty in .env.example" for name in required if listed.get(name) != ""]
    sandbox = {"RENOWN_SANDBOX_URL", "RENOWN_AS_OF", "RENOWN_RATE_FACTOR"}
    return wrong + [
        f"{name} says another default than the file"
        for name, forms in used.items()
        if name not in required | sandbox and {listed.get(f"# {name}")} != {argument for _, argument in forms}
    ]


STRUCTURE: tuple[Callable[[Document], list[str]], ...] = (
    against_schema,
    services,
    health,
    order,
    ports,
    state,
    door,
    addresses,
    airflow,
)


@pytest.mark.parametrize("check", STRUCTURE, ids=lambda check: str(check.__name__))
def test_the_file_as_read_by_compose(check: Callable[[Document], list[str]]) -> None:
    assert check(document()) == []


@pytest.mark.parametrize("check", [secrets, documented], ids=lambda check: str(check.__name__))
def test_the_file_as_written(check: Callable[[str], list[str]]) -> None:
    assert check(TEXT) == []


def _set(*path: str, to: Any = None) -> Callable[[Document], None]:
    def change(compose: Document) -> None:
        node = compose["services"]
        for key in path[:-1]:
            node = node[key]
        if to is None:
            del node[path[-1]]
        else:
            node[path[-1]] = to

    return change


MUTANTS: list[tuple[Callable[[Document], list[str]], Callable[[Document], None]]] = [
    (against_schema, _set("redis", "helthcheck", to={})),
    (against_schema, _set("redis", "depends_on", to={"postgres": {"condition": "healthy"}})),
    (against_schema, _set("postgres", "image", to="postgres")),
    (against_schema, _set("worker", "stop_grace_period", to="two minutes")),
    (services, _set("triggerer")),
    (services, _set("sandbox", "profiles")),
    (services, _set("worker", "image", to="renown:other")),
    (health, _set("worker", "healthcheck")),
    (order, _set("scheduler", "depends_on", "init")),
    (order, _set("api-server", "depends_on", "init", "condition", to="service_started")),
    (order, _set("init", "depends_on", "databases", "condition", to="service_healthy")),
    (order, _set("metabase", "depends_on", to={"ghost": {"condition": "service_healthy"}})),
    (ports, _set("postgres", "ports", to=["5432:5432"])),
    (ports, _set("metabase", "ports", to=["0.0.0.0:3000:3000"])),
    (state, _set("postgres", "volumes", to=["postgres:/var/lib/postgresql/data"])),
    (state, _set("worker", "volumes", to=["./config:/opt/renown/config", "home:/renown"])),
    (services, _set("links", "profiles", to=["sandbox"])),
    (order, _set("links", "depends_on", "init")),
    (ports, _set("links", "ports", to=["8790:8790"])),
    (state, _set("links", "volumes", to=["./config:/opt/renown/config:ro"])),
    (door, _set("links", "ports", to=["127.0.0.1:8790:8791"])),
    (door, _set("links", "command", to=["renown", "links", "serve", "--port", "8790"])),
    (door, _set("links", "environment", "RENOWN_WAREHOUSE_URL", to="postgresql://renown:x@postgres:5432/other")),
    (door, _set("links", "environment", "RENOWN_DESK_KEY")),
    (door, _set("links", "healthcheck", "test", to=["CMD", "true"])),
    (addresses, _set("worker", "env_file")),
    (addresses, _set("worker", "env_file", to=[{"path": ".env", "required": False}])),
    (addresses, _set("links", "env_file", to=[{"path": "channels.env", "required": False}])),
    (addresses, _set("scheduler", "env_file", to=[{"path": "channels.env", "required": True}])),
    (addresses, _set("worker", "environment", "RENOWN_ONCALL_PRESS_EMAIL", to="")),
    (airflow, _set("worker", "environment", "AIRFLOW__API_AUTH__JWT_SECRET", to="another")),
    (
        airflow,
        _set(
            "scheduler", "environment", "AIRFLOW__CORE__EXECUTION_API_SERVER_URL", to="http://localhost:8080/execution/"
        ),
    ),
    (airflow, _set("worker", "environment", "AIRFLOW__CELERY__BROKER_URL")),
    (airflow, _set("triggerer", "command", to=["airflow", "scheduler"])),
]


@pytest.mark.parametrize(
    ("check", "mutate"), MUTANTS, ids=[f"{check.__name__}-{i}" for i, (check, _) in enumerate(MUTANTS)]
)
def test_a_broken_file_is_caught(check: Callable[[Document], list[str]], mutate: Callable[[Document], None]) -> None:
    broken = copy.deepcopy(document())  # anchors share their objects: a change in one service must not be one in all
    broken["services"] = {name: copy.deepcopy(service) for name, service in broken["services"].items()}
    mutate(broken)
    assert check(broken)


@pytest.mark.parametrize(
    ("check", "old", "new"),
    [
        (secrets, "MB_DB_PASS: ${METABASE_DB_PASSWORD:?set it in .env}", "MB_DB_PASS: hunter2"),
        (secrets, "redis://:${REDIS_PASSWORD:?set it in .env}@", "redis://:${REDIS_PASSWORD:-redis}@"),
        (secrets, "airflow:${AIRFLOW_DB_PASSWORD:?set it in .env}@", "airflow:airflow@"),
        (secrets, "${AIRFLOW_JWT_SECRET:?set it in .env}", "${AIRFLOW_JWT_SECRET}"),
        (documented, "${METABASE_PORT:-3000}", "${METABASE_HTTP_PORT:-3000}"),
        (documented, "${AIRFLOW_PORT:-8080}", "${AIRFLOW_PORT:-8081}"),
        (documented, "${WORKER_CONCURRENCY:-4}", "4"),
    ],
)
def test_a_broken_text_is_caught(check: Callable[[str], list[str]], old: str, new: str) -> None:
    assert old in TEXT
    assert check(TEXT.replace(old, new, 1))


@pytest.mark.parametrize("name", sorted({name for name, operator, _ in VARIABLE.findall(TEXT) if operator == ":?"}))
def test_a_missing_secret_stops_with_its_name(name: str) -> None:
    for missing in ({k: v for k, v in example_environment().items() if k != name}, {**example_environment(), name: ""}):
        with pytest.raises(KeyError, match=name):
            document(environment=missing)


@pytest.mark.parametrize("name", sorted(platform_credentials()))
def test_every_credential_of_every_platform_reaches_the_tasks(name: str) -> None:
    assert f"# {name}=\n" in ENV_EXAMPLE, "name it in .env.example"
    given = document(environment={**example_environment(), name: "of-mine"})["services"]
    assert {given[service]["environment"].get(name) for service in AIRFLOW} == {"of-mine"}, "pass it on in docker-compose.yml"


def test_who_is_on_call_is_named_in_the_example_and_kept_out_of_version_control() -> None:
    assert "RENOWN_ONCALL_PRESS_EMAIL" in named_addresses()
    assert named_addresses() <= set(re.findall(r"^# (RENOWN_[A-Z0-9_]+)=$", CHANNELS_EXAMPLE, re.MULTILINE))
    assert not re.findall(r"^[A-Z]", CHANNELS_EXAMPLE, re.MULTILINE), "it gives nobody an address as it stands"
    for kept_out in (".gitignore", ".dockerignore"):
        assert re.search(r"^(\*\*/)?channels\.env$", (REPOSITORY / kept_out).read_text("utf-8"), re.MULTILINE)


def test_the_commands_of_env_example_fill_every_secret(tmp_path: Path) -> None:
    """The two lines of its head, run as written."""
    if not shutil.which("openssl"):
        pytest.skip("needs openssl, which .env.example names")
    (tmp_path / ".env.example").write_text(ENV_EXAMPLE)
    fill, fernet = re.findall(r"^#   (cp .*|sed .*)$", ENV_EXAMPLE, re.MULTILINE)
    subprocess.run(["bash", "-euc", f"{fill}\n{fernet}"], cwd=tmp_path, check=True)
    filled = dict(re.findall(r"^([A-Z_]+)=(.*)$", (tmp_path / ".env").read_text(), re.MULTILINE))
    assert against_schema(document(environment=filled)) == []
    assert len(set(filled.values())) == len(filled) == len(re.findall(r"^[A-Z_]+=$", ENV_EXAMPLE, re.MULTILINE))
    from cryptography.fernet import Fernet

    key = filled.pop("AIRFLOW_FERNET_KEY")
    assert Fernet(key.encode()).decrypt(Fernet(key.encode()).encrypt(b"x")) == b"x"
    assert all(re.fullmatch(r"[0-9a-f]{48}", value) for value in filled.values()), "they stand inside addresses"


def test_the_databases_script_makes_three_tenants_and_may_run_again(template_url: str) -> None:
    """The script of service `databases`, on a real server, with names that do not meet others'."""
    psql = shutil.which("psql")
    if not psql:
        pytest.skip("needs psql on PATH")
    [script] = document()["services"]["databases"]["command"]
    parts = psycopg.conninfo.conninfo_to_dict(template_url)
    script = re.sub(r"(make_tenant|alter role) (renown|airflow|metabase)\b", r"\1 tenant_\2", script)
    environment = {
        **os.environ,
        "PGHOST": str(parts["host"]),
        "PGPORT": str(parts["port"]),
        "PGUSER": str(parts["user"]),
        "PGPASSWORD": str(parts["password"]),
        "PGDATABASE": "postgres",
    }
    base = template_url.rsplit("@", 1)[1].rsplit("/", 1)[0]
    try:
        for password in ("first1", "second2"):  # the second run changes the passwords, and makes nothing twice
            given = {f"{name}_PASSWORD": password for name in ("WAREHOUSE", "AIRFLOW_DB", "METABASE_DB")}
            subprocess.run(["bash", "-euc", script], env=environment | given, check=True, timeout=60)
            for tenant in ("tenant_renown", "tenant_airflow", "tenant_metabase"):
                with psycopg.connect(f"postgresql://{tenant}:{password}@{base}/{tenant}") as connection:
                    connection.execute("create table if not exists mine (id int)")
        with pytest.raises(psycopg.OperationalError, match=r"permission denied"):
            psycopg.connect(f"postgresql://tenant_airflow:second2@{base}/tenant_renown")
        with psycopg.connect(template_url) as connection:
            may = connection.execute(
                "select rolname from pg_roles where rolname like 'tenant%' and rolcreaterole"
            ).fetchall()
        assert may == [("tenant_renown",)]
    finally:
        with psycopg.connect(template_url, autocommit=True) as connection:
            for tenant in ("tenant_renown", "tenant_airflow", "tenant_metabase"):
                connection.execute(f"drop database if exists {tenant} with (force)".encode())
                connection.execute(f"drop role if exists {tenant}".encode())


def test_a_compose_client_reads_it(tmp_path: Path) -> None:
    client = next(
        (command for command in (["docker", "compose"], ["docker-compose"]) if _answers([*command, "version"])), None
    )
    if not client:
        pytest.skip("no Compose client on PATH (docker compose)")
    (tmp_path / ".env").write_text("".join(f"{name}={value}\n" for name, value in example_environment().items()))
    read = subprocess.run(
        [
            *client,
            "-f",
            str(REPOSITORY / "docker-compose.yml"),
            "--env-file",
            str(tmp_path / ".env"),
            "config",
            "--quiet",
        ],
        capture_output=True,
        text=True,
    )
    assert read.returncode == 0, read.stderr


def test_a_parser_of_the_specification_reads_it() -> None:
    if importlib.util.find_spec("compose_spec") is None:
        pytest.skip("no parser of the Compose Specification installed (compose-spec)")
    import compose_spec

    parsed = compose_spec.PyCompose.from_yaml(yaml.safe_dump(document()))
    assert set(parsed.service_names()) == SERVICES


def test_the_image_holds_what_the_rooms_are_and_nothing_else() -> None:
    """Every room that Python imports is let through .dockerignore; what is not named stays out."""
    lines = (REPOSITORY / ".dockerignore").read_text("utf-8").splitlines()
    let_in = {line.removeprefix("!") for line in lines if line.startswith("!")}
    assert lines[[line for line in lines if not line.startswith("#")] and 1] == "*"
    rooms = {"settings", "extractors", "warehouse", "nlp", "expectations", "delivery", "bi", "sandbox", "cli", "dags"}
    assert rooms | {"dbt_project", "config"} <= let_in
    assert not {".env", "channels.env", ".venv", ".git", ".renown", "tests"} & let_in
    dockerfile = (REPOSITORY / "Dockerfile").read_text("utf-8")
    copied = {
        word for line in re.findall(r"^COPY (?!--from)(.*) \S+$", dockerfile, re.MULTILINE) for word in line.split()
    }
    assert copied - {"."} <= let_in, "what the Dockerfile copies reaches the build"
    assert dockerfile.count("--require-hashes") == 2
    assert re.search(r"^USER 10001", dockerfile, re.MULTILINE)


def _answers(command: list[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, timeout=30).returncode == 0
    except OSError:
        return False
