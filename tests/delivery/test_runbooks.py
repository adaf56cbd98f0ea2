"""docs/runbooks.md names only what exists, and its SQL, backup and restore run as written."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from settings.loader import REPOSITORY
from warehouse.connection import connect

TEXT = (REPOSITORY / "docs" / "runbooks.md").read_text("utf-8")
BLOCKS = re.findall(r"^```bash\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
QUERIES = re.findall(r'renown sql "([^"]+)"', TEXT)


def block(heading: str) -> str:
    """The first shell block under a heading."""
    return re.search(rf"^## {heading}\n.*?^```bash\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)[1]  # type: ignore[index]


def test_every_link_leads_to_a_heading() -> None:
    headings = {
        re.sub(r"[^a-z0-9 -]", "", h.lower()).replace(" ", "-") for h in re.findall(r"^## (.+)$", TEXT, re.MULTILINE)
    }
    assert set(re.findall(r"\]\(#([^)]+)\)", TEXT)) <= headings


def test_every_command_target_service_and_rule_exists() -> None:
    commands = set(
        re.findall(r"\brenown ([a-z]+)\b(?!\.)", "".join(BLOCKS) + "".join(re.findall(r"`([^`\n]+)`", TEXT)))
    )
    for command in commands - {"by"}:
        answer = subprocess.run(
            [sys.executable, "-c", f"from cli.main import main; main(['{command}', '--help'])"],
            capture_output=True,
            cwd=REPOSITORY,
        )
        assert answer.returncode == 0, f"renown {command}"
    makefile = (REPOSITORY / "Makefile").read_text("utf-8")
    for target in set(re.findall(r"\bmake ([a-z-]+)\b", "".join(BLOCKS))):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
    compose = (REPOSITORY / "docker-compose.yml").read_text("utf-8")
    for service in set(re.findall(r"docker compose (?:exec(?: -T)?|logs --tail=50) ([a-z-]+)", TEXT)):
        assert re.search(rf"^  {service}:$", compose, re.MULTILINE), service
    rules = "".join(path.read_text("utf-8") for path in (REPOSITORY / "expectations").glob("*.py"))
    for name in (
        "counters_add_up",
        "no_silent_gap",
        "current_mentions_finished",
        "quarantine_bounded",
        "facts_complete",
        "versions_have_payload",
    ):
        assert name in TEXT
        assert f'"{name}"' in rules, name


@pytest.mark.parametrize("query", QUERIES, ids=range(len(QUERIES)))
def test_every_query_runs(query: str, warehouse_url: str) -> None:
    with connect(warehouse_url) as connection:
        connection.execute(query.encode())


def test_backup_and_restore_run_as_written(server_home: Path, template_url: str, tmp_path: Path) -> None:
    """The blocks themselves, with the start of the server left out and a database of this test instead."""
    base, name = template_url.rsplit("/", 1)[0], f"backup_{os.getpid()}"
    with psycopg.connect(base + "/postgres", autocommit=True) as connection:
        connection.execute(f"create database {name} template {template_url.rsplit('/', 1)[1]}".encode())
        connection.execute(f"create database {name}_new".encode())
    (tmp_path / ".renown").mkdir()
    (tmp_path / ".renown" / "home.json").write_text("{}")
    (tmp_path / "config").mkdir()
    try:
        with connect(f"{base}/{name}") as connection:
            connection.execute(
                "insert into core.authors (platform, author_id, handle, first_seen_at, last_seen_at) "
                "values ('x', '1', 'Ünïcode 银行', now(), now())"
            )
            connection.execute("create table marts.mart_big as select 1 as n")
        saved = _run(block("Backup"), f"{base}/{name}", tmp_path)
        assert int(saved.split()[-1]) > 20
        _run(re.sub(r"(?m)^renown .*$", "", block("Restore")), f"{base}/{name}_new", tmp_path)
        tables = "select count(*) from pg_tables where schemaname in ('raw', 'core', 'nlp', 'quality', 'config', 'ops')"
        counts = []
        for database in (name, f"{name}_new"):
            with connect(f"{base}/{database}") as connection:
                counts.append(
                    (
                        connection.execute(tables.encode()).fetchone(),
                        connection.execute("table core.authors").fetchall(),
                    )
                )
        assert counts[0] == counts[1]
        with connect(f"{base}/{name}_new") as connection:
            schemas = connection.execute("select to_regnamespace('marts')::text, to_regclass('marts.mart_big')::text")
            assert schemas.fetchone() == ("marts", None), "the place of the marts is kept, the marts are built again"
    finally:
        with psycopg.connect(base + "/postgres", autocommit=True) as connection:
            for database in (name, f"{name}_new"):
                connection.execute(f"drop database if exists {database} with (force)".encode())


def _run(script: str, url: str, folder: Path) -> str:
    python = f"PYTHONPATH={REPOSITORY} {sys.executable}"
    script = re.sub(r"(?m)^export URL=.*$", f"export URL='{url}'", script).replace(".venv/bin/python", python)
    ran = subprocess.run(["bash", "-euc", script], cwd=folder, capture_output=True, text=True, timeout=120)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout
