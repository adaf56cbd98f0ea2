"""docs/queries.md as analysts would run it: under the role that it names, with the columns that it promises, and something to read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest

from settings.loader import REPOSITORY
from tests.marts.conftest import Built, copied
from warehouse.connection import connect
from warehouse.publish import publish, standing_build
from warehouse.roles import ensure_bi_reader, ensure_groups

PAGE = (REPOSITORY / "docs" / "queries.md").read_text("utf-8")
SECTION = re.compile(r"^## (\d+)\. ([^\n]+)\nAs `(\w+)`\.\n```sql\n(.*?)```\n\*\*Columns:\*\* ([^\n]+)\n\n(\S[^#]*)", re.DOTALL | re.MULTILINE)
QUIET = {22}  # one publication restates nothing
AREAS = {  # what the questions have to cover, each by a mart of its own
    "reputation": "mart_reputation_daily", "voice": "mart_share_of_voice", "care": "mart_customer_care", "queue": "mart_open_cases", "crisis": "mart_crisis_signals",
    "incidents": "mart_incidents", "product": "mart_topics_daily", "campaigns": "mart_campaigns", "places": "mart_places", "switching": "mart_switching", "leads": "mart_leads",
    "audience": "mart_audience", "compliance": "mart_pii_exposures", "coverage": "mart_coverage", "lineage": "explain_reputation_daily",
    "point in time": "published", "restatements": "mart_restatements"}  # fmt: skip


@dataclass(frozen=True)
class Query:
    """One question of the page."""

    number: int
    question: str
    role: str
    sql: str
    columns: list[str]
    reading: str


QUERIES = [Query(int(n), question, role, sql, re.findall(r"`(\w+)`", columns), reading.strip()) for n, question, role, sql, columns, reading in SECTION.findall(PAGE)]


def test_why_a_rate_is_empty_is_said_of_that_rate() -> None:
    """suppressed_reason alone speaks of every rate of a row, also of those that are not asked for."""
    assert [q.number for q in QUERIES if re.search(r"(?<!is null then )suppressed_reason", q.sql)] == []


@pytest.fixture(scope="module")
def asked(built: Built) -> Iterator[str]:
    """The address of a copy of the built warehouse, published once, whose roles are let in."""
    with copied(built.url) as url:
        publish(url, standing_build(url))
        with connect(url) as connection:
            ensure_bi_reader(connection, built.settings.home)
            ensure_groups(connection, built.settings)
        yield url


def answer(url: str, role: str, statement: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    with psycopg.connect(url) as connection:
        connection.execute(f"set role {role}".encode())
        cursor = connection.execute(statement.encode())
        return [column.name for column in cursor.description or ()], cursor.fetchall()


def test_the_page_is_read_whole_and_covers_every_area() -> None:
    assert [query.number for query in QUERIES] == list(range(1, PAGE.count("\n## ") + 1))
    assert len(QUERIES) >= 20
    assert {query.question[-1] for query in QUERIES} == {"?"}
    assert min(len(query.reading) for query in QUERIES) > 100, "how to read the answer"
    read = {name for query in QUERIES for name in re.findall(r"\bmarts\.(\w+)", query.sql)}
    assert {area for area, mart in AREAS.items() if mart not in read} == set()
    for query in QUERIES:
        assert set(re.findall(r"\b(?:from|join) (?!\()(\w+)\.", query.sql)) == {"marts"}, query.number


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: str(query.number))
def test_a_query_answers_as_the_page_says(query: Query, asked: str) -> None:
    columns, rows = answer(asked, query.role, query.sql)
    assert columns == query.columns
    assert bool(rows) != (query.number in QUIET)
    if rows and query.number not in QUIET:
        empty = [name for at, name in enumerate(columns) if all(row[at] is None for row in rows)]
        assert len(empty) < 2 / 3 * len(columns), f"mostly nothing: {empty}"


@pytest.mark.parametrize("query", [query for query in QUERIES if query.role != "bi_reader"], ids=lambda query: str(query.number))
def test_the_role_is_the_least_one_that_may(query: Query, asked: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        answer(asked, "bi_reader", query.sql)
    assert answer(asked, "department_cards", query.sql)[0] == query.columns


def test_the_posts_of_a_number_make_it(asked: str) -> None:
    lineage = next(query for query in QUERIES if "explain_reputation_daily" in query.sql)
    columns, rows = answer(asked, lineage.role, lineage.sql)
    sums = {part: sum(row[columns.index("value")] for row in rows if row[columns.index("part")] == part) for part in ("numerator", "denominator")}
    published = answer(asked, "bi_reader", "select negative_pct from marts.mart_reputation_daily where bank_id = 'velmora' and platform = 'all'"
                                           " and language = 'all' and country = 'all' and event_day = '2026-03-01'")[1]
    assert published == [(pytest.approx(100 * sums["numerator"] / sums["denominator"]),)]
