"""Superset itself, over a platform that `renown run` filled: every chart's numbers equal SQL's, and every dashboard opens without an error.

Reuses the platform of RENOWN_BI_HOME where that is set, and else runs one (minutes).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from bi.superset import bundle, declaration, layout, server
from cli.services import processes, superset
from settings import load_settings
from settings.home import secret
from settings.loader import REPOSITORY
from tests.bi.expected import EXPECTED
from tests.bi.live import Api, browser, comparable, filtered, log_in, look
from warehouse import embedded
from warehouse.connection import warehouse_url

pytestmark = [pytest.mark.slow, pytest.mark.timeout(2400)]
MAY_BE_EMPTY: set[str] = set()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A platform with marts, and Superset's environment."""
    if not (REPOSITORY / ".venv-bi").exists() and "RENOWN_BI_VENV" not in os.environ:
        subprocess.run(["make", "-s", ".venv-bi/.installed"], cwd=REPOSITORY, check=True)
    given = os.environ.get("RENOWN_BI_HOME")
    if given:
        yield Path(given)
        return
    made = tmp_path_factory.mktemp("bi")
    made.chmod(0o755)
    subprocess.run(
        [sys.executable, "-m", "cli.main", "run"],
        cwd=REPOSITORY,
        check=True,
        env={**os.environ, "RENOWN_HOME": str(made), "PYTHONPATH": str(REPOSITORY)},
    )
    yield made
    processes.end_all(made)
    embedded.stop(made)


@pytest.fixture(scope="module")
def address(home: Path) -> str:
    settings = load_settings(home=home)
    first = superset.start(settings)
    assert superset.start(settings) == first, "a second import goes over the first, and the server stays"
    return first


@pytest.fixture(scope="module")
def api(address: str, home: Path) -> Api:
    return Api(address, *superset.login(home))


def rows_of(answer: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [tuple(row[name] for name in answer["colnames"]) for row in answer["data"]]


def test_every_chart_says_what_sql_says(api: Api, home: Path) -> None:
    url = psycopg.conninfo.make_conninfo(warehouse_url(home), user="bi_reader", password=secret(home, "bi_reader"))
    charts, boards = api.charts(), api.dashboards()
    asked, wrong = set(), []
    with psycopg.connect(url) as reader:
        for board in declaration.read():
            metadata = json.loads(boards[f"renown-{board.slug}"]["json_metadata"])
            for name in layout.shown(board):
                key = bundle.key(board, name)
                told = comparable(rows_of(api.data(filtered(charts[bundle.identity("chart", key)], metadata))))
                wanted = comparable(reader.execute(EXPECTED[key].encode()).fetchall())
                if told != wanted or not (wanted or key in MAY_BE_EMPTY):
                    wrong.append(
                        (
                            key,
                            len(told),
                            len(wanted),
                            [row for row in told if row not in wanted][:2],
                            [row for row in wanted if row not in told][:2],
                        )
                    )
                asked.add(key)
    assert wrong == []
    assert asked == set(EXPECTED)


def test_each_dashboard_opens_in_a_browser(address: str, home: Path, tmp_path: Path) -> None:
    with browser() as opened:
        page = log_in(opened, address, *superset.login(home))
        for board in declaration.read():
            picture = tmp_path / f"{board.slug}.png"
            answers, errors = look(page, address, f"renown-{board.slug}", len(layout.shown(board)), picture)
            assert errors == [], board.slug
            assert len(answers) >= len(layout.shown(board)), board.slug
            assert all(answer["rowcount"] for answer in answers), board.slug
            assert picture.stat().st_size > 50_000


def test_superset_reads_as_bi_reader_and_may_not_write(api: Api) -> None:
    [database] = [row for row in api._json("get", "/api/v1/database/")["result"] if row["database_name"] == bundle.DATABASE]
    known = api._json("get", f"/api/v1/database/{database['id']}/connection")["result"]
    assert known["parameters"]["username"] == "bi_reader"
    assert "XXXX" in known["sqlalchemy_uri"]
    asked = {"database_id": database["id"], "sql": "select count(*) from marts.fct_cases", "client_id": uuid.uuid4().hex[:10]}
    answer = api.session.post(f"{api.url}/api/v1/sqllab/execute/", json=asked, timeout=60)
    assert "permission denied" in answer.text


def test_its_secrets_are_the_homes(home: Path, address: str) -> None:
    assert (home / "home.json").stat().st_mode & 0o077 == 0
    stored = (home / "superset" / "superset.db").read_bytes()
    for name in ("bi_reader", "superset_key", "superset_admin"):
        assert secret(home, name).encode() not in stored, name
    assert server.password(home).encode() not in (home / "logs" / "superset.log").read_bytes()
