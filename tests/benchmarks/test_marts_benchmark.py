"""The marts' benchmark at a tiny size: a whole build, then a partial one, with every figure that its table shows; no times are asserted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import marts


@pytest.mark.slow
def test_a_new_day_is_built_in_part_and_every_model_is_timed(server_home: Path, template_url: str) -> None:
    result = marts.run(server_home, [120, 240], 60)
    for run in result["runs"]:
        assert not run["whole"]["partial"]
        assert run["day"]["partial"]
        assert run["whole"]["models"].keys() == run["day"]["models"].keys() > {"stg_mentions", "mart_reputation_daily"}
    assert json.loads(json.dumps(result)) == result
    assert "| 240 |" in marts.table(result)
