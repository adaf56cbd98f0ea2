"""The mutants of tests/mutants.yml: each still applies (quick), and each is caught by its tests (long)."""

from __future__ import annotations

import pytest

from tests.mutants import REPOSITORY, load, main


def test_every_mutant_still_applies() -> None:
    mutants = load()
    assert len({mutant.name for mutant in mutants}) == len(mutants) >= 30
    gone = [mutant.name for mutant in mutants if mutant.old not in (REPOSITORY / mutant.file).read_text("utf-8")]
    assert gone == []
    assert all(mutant.old != mutant.new for mutant in mutants)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_every_mutant_is_caught() -> None:
    assert main([]) == 0
