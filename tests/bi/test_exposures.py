"""dbt's exposures name what the readers of the marts that we ship really read: extracts, the digest, alerts, dashboards."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from bi.superset import declaration
from settings import load_settings
from settings.loader import REPOSITORY

NAMED = re.compile(r"\bmarts(?:_rows)?\.((?:mart|fct|dim)_[a-z_]+)")


def _exposed() -> dict[str, set[str]]:
    listed = yaml.safe_load((REPOSITORY / "dbt_project" / "models" / "exposures.yml").read_text("utf-8"))["exposures"]
    assert all(exposure["owner"]["name"] and exposure["owner"]["email"] and exposure["description"] for exposure in listed)
    return {exposure["name"]: {ref.split("'")[1] for ref in exposure["depends_on"]} for exposure in listed}


def _read_by(folder: Path) -> set[str]:
    return {name for path in folder.rglob("*.py") for name in NAMED.findall(path.read_text("utf-8"))}


def _readers() -> dict[str, set[str]]:
    shipped = load_settings(REPOSITORY / "config").subscriptions.subscriptions
    readers = {f"dashboard_{board.slug}": {name for dataset in board.datasets.values() for name in NAMED.findall(dataset.sql)} for board in declaration.read()}
    return readers | {
        "scheduled_extracts": {part.mart for subscription in shipped for part in subscription.parts if part.mart},
        "weekly_digest": _read_by(REPOSITORY / "delivery" / "digest"),
        "alerts": _read_by(REPOSITORY / "delivery" / "alerts"),
    }


def test_every_reader_that_we_ship_is_an_exposure() -> None:
    assert set(_exposed()) == set(_readers())


@pytest.mark.parametrize("name", sorted(_readers()))
def test_an_exposure_names_what_its_reader_reads(name: str) -> None:
    assert _readers()[name] != set()
    assert _exposed()[name] == _readers()[name]
