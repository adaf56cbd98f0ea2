"""What counts as a platform that is up: one that `renown up` was asked to keep, not what a killed run left behind."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import responses

from cli.services import platform
from settings.home import update_home
from settings.loader import REPOSITORY


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home whose services are alive (this process stands for them) and whose Airflow answers."""
    monkeypatch.setenv("RENOWN_WAREHOUSE_URL", "postgresql://127.0.0.1/nowhere")
    monkeypatch.setenv("RENOWN_CONFIG", str(REPOSITORY / "config"))
    monkeypatch.setenv("RENOWN_HOME", str(tmp_path))
    update_home(tmp_path, services=dict.fromkeys(("api-server", "scheduler", "dag-processor"), os.getpid()), airflow_url="http://127.0.0.1:9")
    return tmp_path


@responses.activate
def test_only_what_is_kept_is_attached_to(home: Path) -> None:
    responses.post("http://127.0.0.1:9/auth/token", json={"access_token": "t"}, status=201)
    assert platform.attach(home) is None
    platform.keep(home)
    attached = platform.attach(home)
    assert attached
    assert attached.attached
    update_home(home, services={})
    assert platform.attach(home) is None
