"""The landing benchmark at a tiny size: all of them load the same ids, and the result says what was asked; no times are asserted."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path

import pytest

from benchmarks import landing
from benchmarks.payload_pages import payload_page, payload_pages
from extractors.parse import parse_with_rejects

FIELDS = {"rows_per_second", "rows_per_cpu_second", "seconds", "client_cpu", "server_cpu", "peak_mb"}


@pytest.mark.slow
def test_all_variants_load_the_same_ids(server_home: Path, template_url: str) -> None:
    if find_spec("dlt") is None:
        pytest.skip("needs dlt (requirements-dev)")
    result = landing.measure(server_home, items=60, repeats=1, memory=[40], size=20)
    assert result["same_ids"]
    assert [(run["variant"], run["loaded"], run["rows"]) for run in result["runs"]] == [(v, 60, 40) for v in landing.VARIANTS]
    assert set(result["variants"]) == set(landing.VARIANTS)
    assert all(set(found) == FIELDS for found in result["variants"].values())
    assert set(result["ratios"]) == {f"ours/{other}" for other in landing.VARIANTS if other != "ours"}
    assert [(run["items"], run["loaded"]) for run in result["memory"]] == [(40, 40)]
    assert all(run["peak_mb"] > 10 for run in result["runs"])
    assert json.loads(json.dumps(result)) == result
    assert "same ids in every run: yes" in landing.table(result)


def test_a_variant_that_loses_a_row_is_told() -> None:
    runs = [{"variant": variant, "loaded": 60, "ids": "a"} for variant in landing.VARIANTS]
    assert landing.is_same(runs, 60, 20)
    assert not landing.is_same([*runs[:-1], {**runs[-1], "ids": "b"}], 60, 20)
    assert not landing.is_same([*runs[:-1], {**runs[-1], "loaded": 59}], 60, 20)


@pytest.mark.slow
def test_pages_are_the_same_for_a_seed_and_understood_whole() -> None:
    pages = list(payload_pages(250, 100))
    assert pages == list(payload_pages(250, 100))
    assert pages[0] != payload_page(0, 100, seed=2)
    read = [parse_with_rejects("x", page) for page in pages]
    assert not any(rejects for _, rejects in read)
    mentions = [mention for found, _ in read for mention in found]
    assert len({mention.native_id for mention in mentions}) == 250
    assert all(mention.author_handle and mention.created_at and mention.links for mention in mentions)
    assert {mention.kind for mention in mentions} == {"post", "reply"}
