"""One way to call the command: as `renown …` is called, in this process, with what it printed and its exit code."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import responses

from cli.main import main
from settings.loader import REPOSITORY
from tests.cli.calling import Outcome, Renown
from tests.extractors.worlds import HOST


@pytest.fixture
def renown(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Renown:
    """`renown(*arguments)`, in a home of its own, with the committed configuration."""
    monkeypatch.setenv("RENOWN_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("RENOWN_CONFIG", str(REPOSITORY / "config"))
    monkeypatch.delenv("RENOWN_WAREHOUSE_URL", raising=False)
    monkeypatch.delenv("RENOWN_AS_OF", raising=False)

    def call(*arguments: str) -> Outcome:
        capsys.readouterr()
        with pytest.raises(SystemExit) as stopped:
            main(list(arguments))
        printed = capsys.readouterr()
        code = stopped.value.code
        return Outcome(code if isinstance(code, int) else 1, printed.out, printed.err)

    return call


@pytest.fixture
def own_config(renown: Renown, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A config folder of the test's own: the demo's banks, and the sources that the test writes into sources.yml."""
    folder = tmp_path / "config"
    folder.mkdir()
    for name in ("banks.yml", "renown.yml"):
        (folder / name).write_text((REPOSITORY / "config" / name).read_text("utf-8"), "utf-8")
    monkeypatch.setenv("RENOWN_CONFIG", str(folder))
    monkeypatch.setenv("RENOWN_AS_OF", "2026-03-30T00:00:00Z")
    return folder


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Iterator[responses.RequestsMock]:
    """No network but what a test serves under https://platform.test, where every source is led; nothing waits there."""
    monkeypatch.setenv("RENOWN_SANDBOX_URL", HOST)
    monkeypatch.setenv("RENOWN_RATE_FACTOR", "1000000")
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock
