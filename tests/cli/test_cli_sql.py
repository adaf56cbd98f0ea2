"""`renown sql`: one read-only statement, in three forms."""

from __future__ import annotations

import csv
import io
import json
import socket
from pathlib import Path

import psycopg
import pytest

from tests.cli.calling import Renown, one_clear_line
from warehouse import embedded

VALUES = (
    "select 1 as n, null as nothing, true as yes, 'a,\"b\"\n%s' as text, timestamptz '2026-01-05 10:00+03' as at, "
    "'{\"k\": [1]}'::jsonb as body, 1.50 as amount, array['x'] as list"
)


@pytest.fixture
def on_warehouse(renown: Renown, warehouse_url: str, monkeypatch: pytest.MonkeyPatch) -> Renown:
    """`renown` against a fresh migrated warehouse, given by its address."""
    monkeypatch.setenv("RENOWN_WAREHOUSE_URL", warehouse_url)
    return renown


def test_csv_has_a_header_and_plain_cells(on_warehouse: Renown) -> None:
    outcome = on_warehouse("sql", VALUES, "--csv")
    assert (outcome.code, outcome.err) == (0, "")
    assert list(csv.reader(io.StringIO(outcome.out))) == [
        ["n", "nothing", "yes", "text", "at", "body", "amount", "list"],
        ["1", "", "true", 'a,"b"\n%s', "2026-01-05T07:00:00+00:00", '{"k": [1]}', "1.50", '["x"]'],
    ]


def test_json_has_one_object_a_row(on_warehouse: Renown) -> None:
    outcome = on_warehouse("sql", "select n, 'ж' as letter from generate_series(1, 2) n", "--json")
    assert [json.loads(line) for line in outcome.out.splitlines()] == [{"n": 1, "letter": "ж"}, {"n": 2, "letter": "ж"}]


def test_no_rows_still_have_a_header(on_warehouse: Renown) -> None:
    assert on_warehouse("sql", "select 1 as n where false", "--csv").out == "n\n"


def test_csv_is_whole_and_a_table_has_an_end(on_warehouse: Renown) -> None:
    series = "select n from generate_series(1, 1000) n"
    assert on_warehouse("sql", series, "--csv").out.split() == ["n", *map(str, range(1, 1001))]
    shown = on_warehouse("sql", series)
    assert " 200 " in shown.out
    assert " 201 " not in shown.out
    assert "--csv prints all" in shown.err


def test_a_cell_is_never_markup(on_warehouse: Renown) -> None:
    assert "[red]x[/red]" in on_warehouse("sql", "select '[red]x[/red]' as t").out


@pytest.mark.parametrize(
    "statement",
    [
        "create table public.t (n int)",
        "delete from raw.batches",
        "select 1; create table public.t (n int)",
        "commit; create table public.t (n int)",
        "set transaction read write; create table public.t (n int)",
    ],
)
def test_it_only_reads(on_warehouse: Renown, warehouse_url: str, statement: str) -> None:
    outcome = on_warehouse("sql", statement)
    assert one_clear_line(outcome).startswith("renown: SQL: ")
    assert outcome.code == 2
    with psycopg.connect(warehouse_url) as connection:
        assert connection.execute("select to_regclass('public.t')").fetchone() == (None,)


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("selct 1", 'syntax error at or near "selct"'),
        ("select * from marts.nowhere", "'make run' or 'renown ingest' fill the warehouse"),
        ("select 1 / n from generate_series(1, 0, -1) n", "division by zero"),
    ],
)
def test_a_wrong_statement_is_one_line(on_warehouse: Renown, statement: str, words: str) -> None:
    outcome = on_warehouse("sql", statement, "--csv")
    assert outcome.code == 2
    assert words in one_clear_line(outcome)


def test_a_role_has_its_own_rights(on_warehouse: Renown, warehouse_url: str) -> None:
    with psycopg.connect(warehouse_url) as connection:
        connection.execute("do $$ begin create role cli_reader; exception when duplicate_object then null; end $$")
    assert on_warehouse("sql", "select count(*) from raw.batches", "--csv").code == 0
    refused = on_warehouse("sql", "select count(*) from raw.batches", "--csv", "--role", "cli_reader")
    assert "permission denied" in one_clear_line(refused)
    assert "does not exist" in one_clear_line(on_warehouse("sql", "select 1", "--role", "no_such_role"))


def test_two_forms_at_once_are_refused(on_warehouse: Renown) -> None:
    assert "--csv and --json exclude each other" in one_clear_line(on_warehouse("sql", "select 1", "--csv", "--json"))


def test_a_server_that_is_down_is_one_line(renown: Renown, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    monkeypatch.setenv("RENOWN_WAREHOUSE_URL", f"postgresql://me:hidden@127.0.0.1:{port}/renown")
    outcome = renown("sql", "select 1")
    line = one_clear_line(outcome)
    assert f"127.0.0.1:{port}/renown does not answer" in line
    assert "hidden" not in line
    assert outcome.code == 3


def test_the_embedded_server_is_started_and_stopped_again(renown: Renown, tmp_path: Path) -> None:
    tmp_path.parent.parent.chmod(0o755)
    home = tmp_path / "home"
    outcome = renown("sql", "select 6 * 7 as answer", "--csv")
    assert outcome.out == "answer\n42\n"
    assert not embedded.answers(home)
    embedded.ensure_running(home)
    try:
        assert renown("sql", "select 43 as answer", "--csv").out == "answer\n43\n"
        assert embedded.answers(home)  # what ran before goes on running
    finally:
        embedded.stop(home)
