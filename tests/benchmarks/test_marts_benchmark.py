"""The marts' benchmark at a tiny size: a whole build, then a partial one, with every figure that its table shows; no times are asserted."""

from __future__ import annotations

import json
from pathlib import Path

import psycopg
import pytest

from benchmarks import marts


@pytest.mark.slow
def test_a_new_day_is_built_in_part_and_every_model_is_timed(server_home: Path, template_url: str) -> None:
    result = marts.run(server_home, [120, 240], 60, asked=True)
    for run in result["runs"]:
        assert not run["whole"]["partial"]
        assert run["day"]["partial"]
        assert run["whole"]["cpu"] > 0 < run["day"]["cpu"]
        assert run["whole"]["models"].keys() == run["day"]["models"].keys() > {"stg_mentions", "mart_reputation_daily"}
    assert json.loads(json.dumps(result)) == result
    assert result["queries"].keys() == marts.queries().keys()
    assert "| 240 |" in marts.table(result)


def test_the_page_of_queries_is_asked_block_by_block(tmp_path: Path) -> None:
    assert marts.queries(tmp_path / "none.md") == marts.TYPICAL
    page = tmp_path / "queries.md"
    page.write_text("# Queries\n\n## Trend\n\n```sql\nselect 1;\n```\nand\n```sql\nselect\n  2\n```\n## No SQL\n```sh\nls\n```\n### Last\n```sql\nselect 3\n```\n")
    assert marts.queries(page) == {"Trend": "select 1", "Trend (2)": "select\n  2", "Last": "select 3"}


def test_the_servers_processor_seconds_are_those_of_its_own_work(template_url: str) -> None:
    before = marts.server_cpu(template_url)
    with psycopg.connect(template_url) as connection:
        connection.execute("select count(*) from generate_series(1, 3000000)")
        during = marts.server_cpu(template_url)
    assert before < during <= marts.server_cpu(template_url) + 0.02  # what a process used is counted when it has ended, too
