"""One small world a session, and its application."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from sandbox.app import create_app
from sandbox.world.build import build_world
from sandbox.world.model import World

BANKS = Path(__file__).resolve().parents[2] / "config" / "banks.yml"
SEED, SCALE = 7, 0.12


@pytest.fixture(scope="session")
def world() -> World:
    return build_world(SEED, SCALE, BANKS)


@pytest.fixture(scope="session")
def client(world: World) -> TestClient:
    return TestClient(create_app(world), headers={"Authorization": "Bearer any"})
