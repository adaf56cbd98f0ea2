"""The marts' benchmark at a tiny size: a whole build, then a partial one, with every figure that its table shows; no times are asserted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import psycopg
import pytest

from benchmarks import marts
from settings import Settings
from warehouse.dbt import run_dbt


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


@pytest.mark.slow
def test_an_interrupted_whole_build_goes_on_with_the_models_that_are_left(server_home: Path, template_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def some(settings: Settings, args: list[str], **given: Any) -> None:
        run_dbt(settings, [*args, "--select", "+fct_mentions"], **given)
        raise KeyboardInterrupt

    monkeypatch.setattr(marts, "run_dbt", some)
    with pytest.raises(KeyboardInterrupt):
        marts.run(server_home, [90], 30, keep=True)
    monkeypatch.setattr(marts, "run_dbt", run_dbt)
    first, second = (marts.run(server_home, [90], 30, keep=True)["runs"][0] for _ in range(2))
    assert "mart_reputation_daily" in first["whole"]["models"]
    assert "fct_mentions" not in first["whole"]["models"], "made by the attempt before"
    assert second["whole"] == first["whole"], "it is there"
    assert first["day"]["partial"]
    assert second["day"]["partial"]
    base, name = template_url.rsplit("/", 1)[0], "bench_marts_90_30"
    with psycopg.connect(f"{base}/{name}") as connection:
        assert connection.execute("select count(*), count(distinct (event_at at time zone 'UTC')::date) from marts.fct_mentions").fetchone() == (150, 5)
        attempts = connection.execute("select sum(told::numeric) from public.bench_steps where step like 'attempt %'").fetchone()
    assert attempts
    assert first["whole"]["cpu"] == pytest.approx(float(attempts[0]))
    with psycopg.connect(f"{base}/postgres", autocommit=True) as connection:
        connection.execute(f"drop database {name}")


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
