"""Kill the task process, the scheduler or PostgreSQL at random moments; run again; the marts are the same, row for row."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest

from cli.services.processes import marked
from tests.whole import runner
from warehouse import embedded

pytestmark = [pytest.mark.slow, pytest.mark.timeout(2400)]
SEED = 20260318


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[tuple[object, ...]]]:
    home = tmp_path_factory.mktemp("undisturbed")
    runner.run(home)
    return runner.marts(home)


@pytest.mark.parametrize("attempt", range(5))
def test_killed_at_a_random_moment_and_run_again(
        attempt: int, tmp_path: Path, undisturbed: dict[str, list[tuple[object, ...]]]) -> None:
    chance = random.Random(SEED + attempt)
    victim = ("task", "scheduler", "postgres", "task", "postgres")[attempt]
    home = tmp_path / "home"
    process = runner.start(home)
    assert runner.wait_until(lambda: b"extracting" in (home / "run.log").read_bytes(), 240), (home / "run.log").read_text()
    time.sleep(chance.uniform(0, 40))
    if process.poll() is None:
        assert runner.wait_until(lambda: process.poll() is not None or runner.KILLS[victim](home), 60), f"no {victim} found"
    process.wait(900)
    assert not marked(home), "a killed part left processes behind"
    runner.run(home)
    rebuilt = runner.marts(home)
    assert rebuilt.keys() == undisturbed.keys()
    for name, rows in undisturbed.items():
        assert rebuilt[name] == rows, f"{name} differs after killing the {victim}"


def test_the_supervisor_itself_killed_and_run_again(
        tmp_path: Path, undisturbed: dict[str, list[tuple[object, ...]]]) -> None:
    home = tmp_path / "home"
    process = runner.start(home)
    assert runner.wait_until(lambda: b"extracting" in (home / "run.log").read_bytes(), 240)
    time.sleep(5)
    process.kill()
    process.wait()
    runner.run(home)
    assert not marked(home), "the second run took what the killed one left for a platform that stays up"
    assert not embedded.answers(home)
    assert runner.marts(home) == undisturbed
