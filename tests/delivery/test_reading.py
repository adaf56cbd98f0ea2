"""An extract is read with its department's rights: its own rows, people hidden, nothing that is closed. Real roles, real row security."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import psycopg
import pytest

from delivery import deliver
from settings import ConfigError, RenownError, Settings, load_settings
from settings.loader import REPOSITORY
from warehouse.connection import connect
from warehouse.roles import _made, ensure_groups

CASES = """
create table marts_rows.mart_waiting (case_id text, department_id text, author_id text);
insert into marts_rows.mart_waiting values ('1', 'cards', 'ann'), ('2', 'atms', 'bob'), ('3', 'cards', 'cid');
select ops.publish_rows('mart_waiting', $$
    select case_id, department_id, case when ops.reads_personal() then author_id end as author_id from marts_rows.mart_waiting
    where ops.sees_every_row() or department_id = any (ops.my_departments())$$, '{}');
create table marts.mart_counts as select 5 as n;
select ops.class_mart('mart_counts', 'open');
create table marts.mart_secret as select 1 as n;
"""
SUBSCRIPTION = """
subscriptions:
  - {{id: mine, department: {department}, owner: me, mart: {mart}, schedule: "0 7 * * 1", personal_data: {personal_data},
     channel: {{kind: folder, path: out}}}}
"""
Configure = Callable[..., Settings]


@pytest.fixture
def url(warehouse_url: str) -> str:
    with connect(warehouse_url) as connection:
        connection.execute(CASES.encode())
    return warehouse_url


@pytest.fixture
def configure(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Configure:
    monkeypatch.setenv("RENOWN_AS_OF", "2026-03-30T00:00:00Z")
    folder = tmp_path / "config"
    folder.mkdir()
    for path in (REPOSITORY / "config").glob("*.yml"):
        (folder / path.name).write_bytes(path.read_bytes())

    def build(mart: str = "mart_waiting", department: str = "cards", personal_data: str = "masked", granted: str = "false") -> Settings:
        text = (REPOSITORY / "config" / "departments.yml").read_text("utf-8")
        (folder / "departments.yml").write_text(text.replace("name: Cards,", f"name: Cards, personal_data: {granted},"), "utf-8")
        (folder / "subscriptions.yml").write_text(SUBSCRIPTION.format(mart=mart, department=department, personal_data=personal_data), "utf-8")
        settings = load_settings(folder, home=tmp_path / "home")
        with connect(url) as connection:
            assert ensure_groups(connection, settings) == []
        return settings

    return build


def rows(settings: Settings, url: str) -> list[tuple[Any, ...]]:
    result = deliver(settings, "mine", url=url)
    return [row for row in openpyxl.load_workbook(result.file)["Data"].iter_rows(values_only=True)][1:]


def execute_again(url: str) -> None:
    """Forget what was sent."""
    with connect(url) as connection:
        connection.execute("delete from ops.deliveries")


def reader(url: str) -> str:
    with connect(url) as connection:
        [(role,)] = connection.execute("select read_as from ops.deliveries").fetchall()
    return str(role)


def test_a_department_gets_its_own_rows_with_people_hidden(url: str, configure: Configure) -> None:
    assert rows(configure(), url) == [("1", "cards", None), ("3", "cards", None)]
    assert reader(url) == "department_cards"


def test_people_are_named_only_where_the_department_is_granted_it(url: str, configure: Configure) -> None:
    with pytest.raises(ConfigError, match=r"subscriptions\.yml:3.*'cards' is not granted personal data"):
        deliver(configure(personal_data="pii"), "mine", url=url)
    assert rows(configure(personal_data="pii", granted="true"), url) == [("1", "cards", "ann"), ("3", "cards", "cid")]
    assert reader(url) == "extract_cards"
    with connect(url) as connection:
        assert connection.execute("select pg_has_role('extract_cards', 'pii_reader', 'usage')").fetchone() == (True,)
    execute_again(url)
    assert rows(configure(granted="true"), url) == [("1", "cards", None), ("3", "cards", None)], "a grant is no order"
    configure(granted="false")
    with connect(url) as connection:
        assert connection.execute("select pg_has_role('extract_cards', 'pii_reader', 'usage')").fetchone() == (False,), "taken back"


def test_what_is_closed_stays_closed(url: str, configure: Configure) -> None:
    with pytest.raises(RenownError, match=r"marts\.mart_secret is closed to departments"):
        deliver(configure(mart="mart_secret"), "mine", url=url)


def test_a_department_without_a_role_reads_what_is_open_and_nothing_else(url: str, configure: Configure, tmp_path: Path) -> None:
    name = f"new_{uuid.uuid4().hex[:8]}"
    path = tmp_path / "config" / "departments.yml"
    settings = configure("mart_counts")

    def added(mart: str) -> Settings:
        configure(mart)
        path.write_text(path.read_text("utf-8") + f"  - {{id: {name}, name: New}}\n", "utf-8")
        (path.parent / "subscriptions.yml").write_text(SUBSCRIPTION.format(mart=mart, department=name, personal_data="masked"), "utf-8")
        return load_settings(path.parent, home=settings.home)

    with connect(url) as connection:
        connection.execute("do $$ begin create role bi_reader; exception when duplicate_object then null; end $$")
        connection.execute("grant usage on schema marts to bi_reader")
        connection.execute("select ops.grant_mart('mart_counts')")
    with pytest.raises(RenownError, match=f"role department_{name} does not exist: run 'renown migrate'"):
        deliver(added("mart_waiting"), "mine", url=url)
    with connect(url) as connection:
        connection.execute("delete from ops.deliveries")
    assert rows(added("mart_counts"), url) == [(5,)]
    assert reader(url) == "bi_reader"


def test_a_login_that_made_the_groups_may_read_as_them(url: str) -> None:
    """The embedded login is a superuser; a bank's own is not."""
    maker, group = f"maker_{uuid.uuid4().hex[:8]}", f"department_t{uuid.uuid4().hex[:8]}"
    with psycopg.connect(url) as connection:
        connection.execute(f"create role {maker} createrole".encode())
        connection.execute(f"set session authorization {maker}".encode())
        assert _made(connection, group)
        connection.execute(f"set role {group}".encode())
        assert connection.execute("select current_user").fetchone() == (group,)
        connection.execute("reset role")
        assert connection.execute(f"select pg_has_role('{maker}', '{group}', 'usage')".encode()).fetchone() == (False,), "it inherits nothing"
        connection.rollback()
