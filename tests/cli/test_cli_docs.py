"""`renown docs`: what it prints is the committed document."""

from __future__ import annotations

from settings.loader import REPOSITORY
from tests.cli.calling import Renown, one_clear_line


def test_platforms_prints_the_document(renown: Renown) -> None:
    outcome = renown("docs", "platforms")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out == (REPOSITORY / "docs" / "platforms.md").read_text("utf-8")


def test_metrics_prints_the_document(renown: Renown) -> None:
    outcome = renown("docs", "metrics")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out == (REPOSITORY / "docs" / "metrics.md").read_text("utf-8")


def test_an_unknown_document_is_one_line(renown: Renown) -> None:
    assert "No such command 'galaxies'" in one_clear_line(renown("docs", "galaxies"))
